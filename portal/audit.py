"""The portal's one audit trail: Wagtail's own log, under names that begin with the package.

What is on record: looking at persons, exporting persons, changes to roles and requirements, which
edition of the programme is in force, and changes to a unit's routine.
What is never on record: what anyone reads, searches for or answers.
"""

from enum import StrEnum
from typing import Any

from django.db.models import Model
from wagtail.log_actions import log


class Action(StrEnum):
    """What can be on record. The value is stored; the label is what a person reads."""

    UNIT_VIEWED = "organisation.unit_viewed"
    UNIT_REFUSED = "organisation.unit_refused"
    UNITS_LISTED = "organisation.units_listed"
    CERTIFICATE_CHECKED = "training.certificate_checked"
    MODULE_FROZEN = "training.module_frozen"
    COMPLETION_REVOKED = "training.completion_revoked"
    EDITION_COPIED = "content.edition_copied"
    EDITION_PUBLISHED = "content.edition_published"
    ROUTINE_SAVED = "content.routine_saved"

    @property
    def label(self) -> str:
        """What the action is called on screen."""
        return _LABELS[self]


_LABELS = {
    Action.UNIT_VIEWED: "Visade en enhets medarbetare",
    Action.UNIT_REFUSED: "Nekades att se en enhet",
    Action.UNITS_LISTED: "Visade sina enheter",
    Action.CERTIFICATE_CHECKED: "Såg vem ett intyg gäller",
    Action.MODULE_FROZEN: "Fryste en version av en modul",
    Action.COMPLETION_REVOKED: "Återkallade ett genomförande",
    Action.EDITION_COPIED: "Gjorde en ny utgåva av programmet",
    Action.EDITION_PUBLISHED: "Publicerade en utgåva av programmet",
    Action.ROUTINE_SAVED: "Sparade en ny version av en enhets rutin",
}


def record(action: Action, subject: Model, *, by: Model | None, **facts: Any) -> None:
    """Write *action* on *subject* to the trail. *facts* must be JSON values, never names."""
    log(instance=subject, action=action.value, user=by, data=facts)
