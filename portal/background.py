"""What the house does in the background: its mails, and its chores by the clock."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.core.management import call_command
from django.urls import reverse

from portal import mail
from portal.jobs import actions
from portal.jobs.kinds import Run, kind
from portal.jobs.models import Job
from portal.jobs.schedule import Daily, Every, chore
from portal.mail import Letter
from portal.organisation.models import Person

MINUTE = Every(timedelta(minutes=1))


# --- Mail ---------------------------------------------------------------------------------------


@mail.message(
    "job_finished",
    subject="Det du bad om är klart",
    why="du bad om något i portalen som tar en stund att ta fram",
)
def job_finished(recipient: Person, arguments: Mapping[str, Any]) -> Letter | None:
    """Tell who started a job that it is done."""
    job = Job.objects.filter(pk=arguments["job"], owner__person=recipient).first()
    return Letter({"path": reverse("job", args=[job.pk])}) if job else None


@mail.message("test", subject="Prov av e-post", why="någon som sköter portalen prövar e-posten")
def test_mail(recipient: Person, arguments: Mapping[str, Any]) -> Letter | None:
    """Say that mail arrives. Written without a recipient by `send_test_mail`."""
    return Letter()


@kind("test_mail", failures=1, deaths=1, forgets=True)
def send_test(run: Run, address: str) -> None:
    """Send the mail of `manage.py send_test_mail`. The address is forgotten afterwards."""
    mail.post(test_mail, Letter(), address=address, job_id=run.job_id)


# --- Chores -------------------------------------------------------------------------------------


@chore("recover", label="Tar hand om avbrutna och väntande jobb", rhythm=MINUTE)
def recover(at: datetime) -> str:
    """See that no job is left for good."""
    return _count(actions.recover(at=at), "jobb")


@chore("publish", label="Publicerar och avpublicerar det som är schemalagt", rhythm=MINUTE)
def publish(at: datetime) -> str:
    """Publish and unpublish pages whose time has come."""
    call_command("publish_scheduled", verbosity=0)
    return ""


@chore("clear_sessions", label="Tar bort gamla sessioner", rhythm=Daily(time(3, 10)))
def clear_sessions(at: datetime) -> str:
    """Remove sessions that have ended."""
    call_command("clearsessions", verbosity=0)
    return ""


@chore("prune", label="Tar bort gamla jobb", rhythm=Daily(time(3, 20)))
def prune(at: datetime) -> str:
    """Remove jobs and tasks that ended long ago."""
    return _count(actions.prune(at=at), "rader")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number else ""
