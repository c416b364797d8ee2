"""`manage.py db_worker`: django-tasks-db's worker, with a sign of life.

The row in `Worker` tells `tick` which tasks were left by a worker that died, and the health page
how the workers are.
"""

import logging
import os
from typing import Any

from django.utils import timezone
from django_tasks_db.management.commands import db_worker

from portal.jobs.actions import is_overdue
from portal.jobs.models import Worker
from portal.jobs.pulse import Pulse

logger = logging.getLogger("portal.jobs")

_BEAT_SECONDS = 5


class Command(db_worker.Command):
    """Work off the queue until told to end; the task that is going on is finished first."""

    help = "Arbetar av kön av uppgifter. Avslutas med SIGTERM; en pågående uppgift görs klart."

    def configure_logging(self, verbosity: int) -> None:
        """Leave the logs as the settings have them."""

    def handle(self, *, worker_id: str, reload: bool, **options: Any) -> None:
        """Give a sign of life while the worker works. Never reload: that would cut tasks short."""
        Worker.objects.update_or_create(
            pk=worker_id, defaults={"started_at": timezone.now(), "seen_at": timezone.now()}
        )
        with Pulse(lambda: _is_well(worker_id), every=_BEAT_SECONDS):
            try:
                super().handle(worker_id=worker_id, reload=False, **options)
            except SystemExit as ending:
                # Told to end while it had nothing to do. Else the row stays and tells of a death.
                if not ending.code:
                    Worker.objects.filter(pk=worker_id).delete()
                raise
        Worker.objects.filter(pk=worker_id).delete()


def _is_well(worker_id: str) -> bool:
    """Give a sign of life; end the process when it hangs in a job, so that a new one takes over."""
    if is_overdue():
        logger.error("a job took longer than its kind allows, so its worker ends")
        os._exit(1)
    Worker.objects.filter(pk=worker_id).update(seen_at=timezone.now())
    return True
