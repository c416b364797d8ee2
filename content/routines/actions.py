"""Changes to a unit's routine. Each makes a version; none is changed."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from content.models import RoutineVersion, UnitRoutine
from content.models.routines import RoutineTemplate
from portal import audit
from portal.organisation.models import Unit, User


class Outdated(Exception):
    """Someone else has saved meanwhile. `newest` is what they saved."""

    def __init__(self, newest: RoutineVersion) -> None:
        super().__init__(newest.number)
        self.newest = newest


class Unchanged(Exception):
    """The newest version says just this already."""


@transaction.atomic
def save_version(
    *,
    unit: Unit,
    template: RoutineTemplate,
    owner: str,
    applies_from: date | None,
    review_due_date: date,
    answers: Mapping[str, str],
    base: int,
    by: User,
    at: datetime,
) -> RoutineVersion:
    """Save the routine as a new version. *base* is the number of the version it was written from.

    Raises Outdated when a newer one has come, and Unchanged when there is nothing new to save: a
    form that is sent twice is saved once.
    """
    routine, _ = UnitRoutine.objects.get_or_create(unit=unit, template=template)
    # Two who save at once wait for each other here, and the second is told.
    UnitRoutine.objects.select_for_update().get(pk=routine.pk)
    newest = routine.versions.with_maker().order_by("-number").first()
    version = RoutineVersion(
        routine=routine,
        number=newest.number + 1 if newest else 1,
        made_at=at,
        made_by=by,
        owner=owner,
        applies_from=applies_from,
        review_due_date=review_due_date,
        answers={key: text for key, text in answers.items() if text},
    )
    if newest and newest.texts() == version.texts():
        raise Unchanged
    if newest and newest.number != base:
        raise Outdated(newest)
    version.save()
    audit.record(audit.Action.ROUTINE_SAVED, routine, by=by, version=version.number)
    return version
