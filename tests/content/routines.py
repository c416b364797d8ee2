"""Makers of units' routines for tests."""

import textwrap
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from content.models import RoutineVersion
from content.models.routines import RoutineTemplate
from content.routines import actions
from content.routines.sections import LONGEST, MOST_LINES, fields
from portal.organisation.models import Unit, User

TEMPLATE = RoutineTemplate.CONCERN


def saved(unit: Unit, by: User, *, at: datetime | None = None, **texts: Any) -> RoutineVersion:
    """Save a version on top of the newest, with *texts* by field, and return it."""
    newest = RoutineVersion.objects.filter(routine__unit=unit).order_by("-number").first()
    at = at or timezone.now()
    return actions.save_version(
        unit=unit,
        template=TEMPLATE,
        owner=texts.pop("owner", "Biträdande rektor"),
        applies_from=texts.pop("applies_from", None),
        review_due_date=texts.pop("review_due_date", in_a_year(at)),
        answers=texts,
        base=newest.number if newest else 0,
        by=by,
        at=at,
    )


def in_a_year(at: datetime) -> date:
    """Return the day a year after."""
    return timezone.localdate(at) + timedelta(days=365)


def full() -> dict[str, str]:
    """Return an answer to every field, as long as it may be."""
    words = "Biträdande rektor ringer och ser till att alla på avdelningen vet vad som gäller. "
    long = {kind: (words * 6)[:longest].strip() for kind, longest in LONGEST.items()}
    long["text"] = "\n".join(textwrap.wrap(long["text"], LONGEST["text"] // MOST_LINES + 3))
    return {
        field.key: "08-465 004 00" if field.kind == "phone" else long[field.kind]
        for field in fields()
    }
