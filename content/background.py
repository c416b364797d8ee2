"""What the texts' room does by the clock: units are told that their routine is to be reviewed."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from content.models import RoutineVersion
from portal import mail
from portal.jobs.schedule import Daily, chore
from portal.mail import Letter
from portal.organisation.models import Person, RoleAssignment

AHEAD = timedelta(days=30)


@mail.message(
    "routine_review",
    subject="Något att se över på din enhet",
    why="du är chef för en enhet som har en text i portalen",
)
def routine_review(recipient: Person, arguments: Mapping[str, Any]) -> Letter | None:
    """Tell a manager of a unit's routine; nothing when it has been reviewed meanwhile."""
    newest = RoutineVersion.objects.newest().filter(routine=arguments["routine"])
    version = newest.select_related("routine__unit").first()
    if version is None or version.review_due_date != date.fromisoformat(arguments["due"]):
        return None
    return Letter({"unit": version.routine.unit_id, "due": version.review_due_date})


@chore("review_routines", label="Påminner om rutiner att granska", rhythm=Daily(time(7, 0)))
def remind(at: datetime) -> str:
    """Have the nearest managers told, once for each day of review, when it is a month away."""
    today = timezone.localdate(at)
    due = RoutineVersion.objects.newest().filter(review_due_date__range=(today, today + AHEAD))
    sent = 0
    for version in due.select_related("routine__unit"):
        day = version.review_due_date.isoformat()
        for role in RoleAssignment.objects.nearest_managers(version.routine.unit, on=today):
            arguments = {"routine": version.routine_id, "due": day}
            key = f"{version.routine_id}:{day}"
            mail.send(message=routine_review, to=role.person, key=key, at=at, arguments=arguments)
            sent += 1
    return f"{sent} mejl" if sent else ""
