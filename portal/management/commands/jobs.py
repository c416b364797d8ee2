"""`manage.py jobs`: which jobs wait, go on or were given up, and begin one anew."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.jobs import actions
from portal.jobs.models import ENDED, Job


class Command(BaseCommand):
    """List jobs that need someone's attention. Names nobody."""

    help = "Visar jobb som väntar, pågår eller har getts upp. --retry ID börjar om ett av dem."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the job to begin anew."""
        parser.add_argument("--retry", type=UUID, metavar="ID", help="Börja om det här jobbet.")

    def handle(self, *args: Any, retry: UUID | None, **options: Any) -> None:
        """List, or begin anew."""
        if retry:
            job = Job.objects.filter(pk=retry).first()
            if job is None or not actions.retry(job=job, at=timezone.now()):
                raise CommandError("Det finns inget jobb med det numret som har getts upp.")
            self.stdout.write("Jobbet väntar nu på sin tur igen.")
            return
        open_jobs = Job.objects.exclude(state__in=ENDED) | Job.objects.failed()
        for job in open_jobs.order_by("state", "due_at"):
            self.stdout.write(
                f"{job.pk}  {job.get_state_display():<18} {job.kind:<14} "
                f"{timezone.localtime(job.due_at):%Y-%m-%d %H:%M}  {job.outcome}".rstrip()
            )
        self.stdout.write(f"{open_jobs.count()} jobb.")
