"""Ask for a job, do it, and take care of those that were left.

A job is done by whoever turns its row from waiting to running; the database lets only one. While
the work goes on its lease is renewed. When the process dies the lease runs out, and `recover`,
which `manage.py tick` calls, lets the job wait again or gives it up.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal.jobs import kinds
from portal.jobs.kinds import Dropped, GivenUp, Kind
from portal.jobs.models import ENDED, Job, JobState, Worker
from portal.jobs.pulse import LEASE_SECONDS, Pulse

logger = logging.getLogger("portal.jobs")

LEASE: Final = timedelta(seconds=LEASE_SECONDS)
NUDGE_LATE: Final = timedelta(minutes=2)
"""A job that has been due for longer, with no task to come, is nudged again."""
UNKNOWN_WORKER: Final = timedelta(minutes=15)
"""How long a task may run with a worker that has never given a sign of life."""
TASK_RUNS: Final = 4
"""How many workers may die with the same task."""
RECOVERY_SECONDS: Final = 45
"""How long waiting jobs are done by `recover` itself, where there is no worker."""

KEEP_ENDED: Final = timedelta(days=90)
KEEP_FAILED: Final = timedelta(days=180)
KEEP_TASKS: Final = timedelta(days=7)
KEEP_WORKERS: Final = timedelta(days=1)

FINISHED_NOTICE: Final = "mail"
_PROGRESS_EVERY: Final = 0.5


class LostClaim(Exception):
    """Someone else has taken over the job, or it has been given up."""


# --- Asking -------------------------------------------------------------------------------------


def enqueue(
    *,
    kind: Kind,
    key: str,
    at: datetime,
    arguments: Mapping[str, Any] | None = None,
    owner: Any = None,
    label: str = "",
    unit: str = "",
    result_path: str = "",
    wants_notice: bool = False,
    due_at: datetime | None = None,
) -> Job:
    """Have a job done once, in this transaction or not at all; return it.

    The same kind and key again give the job that is there already, whatever has become of it. Where
    there is no worker the job is done as soon as the transaction is committed.
    """
    with transaction.atomic():
        job, is_new = Job.objects.get_or_create(
            kind=kind.code,
            key=key,
            defaults={
                "arguments": dict(arguments or {}),
                "owner": owner,
                "label": label,
                "unit": unit,
                "result_path": result_path,
                "wants_notice": wants_notice,
                "created_at": at,
                "due_at": due_at or at,
            },
        )
        if is_new:
            _nudge(job.pk, due_at=job.due_at, at=at)
    return job


def retry(*, job: Job, at: datetime) -> bool:
    """Let a job that was given up begin anew; return whether it was one."""
    with transaction.atomic():
        changed = Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(
            state=JobState.WAITING,
            due_at=at,
            finished_at=None,
            nudge=None,
            failures=0,
            deaths=0,
            outcome="",
        )
        if changed:
            _nudge(job.pk, due_at=at, at=at)
    return bool(changed)


def _nudge(job_id: uuid.UUID, *, due_at: datetime, at: datetime) -> None:
    """Have someone look at the job when it is due."""
    if settings.WORKER:
        later = run_in_background.using(run_after=due_at) if due_at > at else run_in_background
        Job.objects.filter(pk=job_id).update(nudge=later.enqueue(str(job_id)).id)
    elif due_at <= at:
        # What is not committed does not exist: a mail must not be sent of it.
        transaction.on_commit(lambda: run_in_background.enqueue(str(job_id)), robust=True)


@task()
def run_in_background(job_id: str) -> None:
    """Do the job, if it is still to be done."""
    run(job_id=uuid.UUID(job_id))


# --- Doing --------------------------------------------------------------------------------------


class Attempt:
    """One attempt at a job: what the work is handed."""

    def __init__(self, job: Job, *, claim: uuid.UUID, started_at: datetime) -> None:
        self._job = job
        self._claim = claim
        self._started_at = started_at
        self._told_at = -_PROGRESS_EVERY

    @property
    def job_id(self) -> str:
        """What names the job in every attempt."""
        return str(self._job.pk)

    @property
    def owner_id(self) -> int | None:
        """The account that started it, if any."""
        owner: int | None = self._job.owner_id
        return owner

    @property
    def rows(self) -> QuerySet[Job]:
        """The job's row, as long as it is this attempt's."""
        return Job.objects.filter(pk=self._job.pk, claim=self._claim)

    def progress(self, done: int, total: int | None = None) -> None:
        """Tell how far the work has come, as often as wanted: it is written twice a second.

        Raises LostClaim when someone else has taken over.
        """
        if done != total and time.monotonic() - self._told_at < _PROGRESS_EVERY:
            return
        self._told_at = time.monotonic()
        if not self.rows.update(done=done, total=total):
            raise LostClaim

    def renew(self, *, at: datetime, limit: timedelta) -> bool:
        """Renew the lease, but not past *limit*; return whether the job is still this attempt's."""
        until = min(at + LEASE, self._started_at + limit)
        return bool(self.rows.update(lease_until=until))

    def end(self, state: JobState, *, at: datetime, outcome: str = "", **values: Any) -> bool:
        """Write how it went; return whether the job was still this attempt's."""
        values |= {"state": state, "outcome": outcome[:200], "claim": None, "lease_until": None}
        if state in ENDED:
            values["finished_at"] = at
        if state in {JobState.DONE, JobState.DROPPED}:
            values["arguments"] = {}
        return bool(self.rows.update(**values))


_deadlines: dict[uuid.UUID, float] = {}
_deadlines_lock = threading.Lock()


def is_overdue() -> bool:
    """Return whether a job of this process has gone on for longer than its kind allows."""
    with _deadlines_lock:
        return any(deadline < time.monotonic() for deadline in _deadlines.values())


def run(*, job_id: uuid.UUID, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Do the job unless it is ended, not yet due or someone else's; return whether it was done."""
    claim, at = uuid.uuid4(), clock()
    claimed = Job.objects.due(at).filter(pk=job_id).update(
        state=JobState.RUNNING, claim=claim, started_at=at, lease_until=at + LEASE,
        runs=F("runs") + 1,
    )  # fmt: skip
    if not claimed:
        return False
    job = Job.objects.get(pk=job_id)
    attempt = Attempt(job, claim=claim, started_at=at)
    kind = kinds.find(job.kind)
    if kind is None:
        logger.error("a job is of an unknown kind", extra={"job": str(job.pk), "kind": job.kind})
        attempt.end(JobState.FAILED, at=clock(), outcome="unknown_kind")
        return True
    with _deadlines_lock:
        _deadlines[claim] = time.monotonic() + kind.limit.total_seconds()
    try:
        with Pulse(lambda: attempt.renew(at=clock(), limit=kind.limit)):
            _work(kind, job, attempt, clock)
    finally:
        with _deadlines_lock:
            _deadlines.pop(claim, None)
    return True


def _work(kind: Kind, job: Job, attempt: Attempt, clock: Callable[[], datetime]) -> None:
    facts = {"job": str(job.pk), "kind": kind.code}
    try:
        kind.work(attempt, **job.arguments)
    except Dropped as reason:
        attempt.end(JobState.DROPPED, at=clock(), outcome=reason.code)
    except GivenUp as reason:
        logger.exception("a job was given up", extra=facts | {"outcome": reason.code})
        _give_up(kind, attempt, at=clock(), outcome=reason.code, failures=job.failures + 1)
    except LostClaim:
        logger.warning("a job was taken over by another", extra=facts)
    except Exception as error:  # noqa: BLE001  # whatever happened, the job must end or wait
        _failed(kind, job, attempt, error, at=clock())
    except BaseException:
        # The process is told to end at once: as if it had died, but known without waiting.
        attempt.rows.update(lease_until=clock())
        raise
    else:
        if attempt.end(JobState.DONE, at=clock()):
            _tell_owner(job, at=clock())
        else:
            logger.warning("a job was done, but had been taken over", extra=facts)


def _failed(kind: Kind, job: Job, attempt: Attempt, error: Exception, *, at: datetime) -> None:
    failures = job.failures + 1
    outcome = kinds.describe(error, getattr(error, "smtp_code", ""))
    facts = {"job": str(job.pk), "kind": kind.code, "outcome": outcome, "failures": failures}
    if failures >= kind.failures:
        logger.error("a job failed for good", exc_info=error, extra=facts)
        _give_up(kind, attempt, at=at, outcome=outcome, failures=failures)
        return
    logger.warning("a job failed and is tried again", exc_info=error, extra=facts)
    due_at = at + kind.pause_after(failures)
    with transaction.atomic():
        if attempt.end(
            JobState.WAITING, at=at, outcome=outcome, failures=failures, due_at=due_at, nudge=None
        ):
            _nudge(job.pk, due_at=due_at, at=at)


def _give_up(kind: Kind, attempt: Attempt, *, at: datetime, outcome: str, failures: int) -> None:
    forgotten: dict[str, Any] = {"arguments": {}} if kind.forgets else {}
    attempt.end(JobState.FAILED, at=at, outcome=outcome, failures=failures, **forgotten)


def _tell_owner(job: Job, *, at: datetime) -> None:
    notice = kinds.find(FINISHED_NOTICE)
    if job.wants_notice and job.owner_id and notice:
        enqueue(
            kind=notice,
            key=f"job_finished:{job.pk}",
            at=at,
            arguments={"message": "job_finished", "user": job.owner_id, "job": str(job.pk)},
        )


# --- Taking care of what was left ---------------------------------------------------------------


def recover(*, at: datetime) -> int:
    """See that no job is left for good; return how many were taken care of."""
    return _take_back_jobs(at) + _take_back_tasks(at) + _go_on_with_waiting(at)


def _take_back_jobs(at: datetime) -> int:
    """Let jobs wait again whose process died, unless too many have died with them."""
    taken = 0
    for job in Job.objects.abandoned(at):
        kind = kinds.find(job.kind)
        deaths = job.deaths + 1
        facts = {"job": str(job.pk), "kind": job.kind, "deaths": deaths}
        is_over = kind is None or deaths >= kind.deaths
        with transaction.atomic():
            values: dict[str, Any] = {
                "state": JobState.FAILED if is_over else JobState.WAITING,
                "deaths": deaths,
                "outcome": "process_died",
                "claim": None,
                "lease_until": None,
                "nudge": None,
            }
            values |= {"finished_at": at} if is_over else {"due_at": at}
            if is_over and kind and kind.forgets:
                values["arguments"] = {}
            rows = Job.objects.filter(pk=job.pk, claim=job.claim, lease_until__lt=at)
            if not rows.update(**values):
                continue  # it lives after all, or another recovery was first
            taken += 1
            if not is_over:
                _nudge(job.pk, due_at=at, at=at)
        if is_over:
            logger.error("a job was cut short too often and is given up", extra=facts)
        else:
            logger.warning("a job was cut short and is done again", extra=facts)
    return taken


def _take_back_tasks(at: datetime) -> int:
    """Let tasks wait again whose worker died, Wagtail's own among them."""
    alive = set(Worker.objects.filter(seen_at__gte=at - LEASE).values_list("pk", flat=True))
    known = set(Worker.objects.values_list("pk", flat=True))
    taken = 0
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    for result in running.only("pk", "worker_ids", "started_at"):
        worker = result.worker_ids[-1] if result.worker_ids else ""
        is_old = result.started_at is None or result.started_at < at - UNKNOWN_WORKER
        if worker in alive or (worker not in known and not is_old):
            continue
        is_over = len(result.worker_ids) >= TASK_RUNS
        values: dict[str, Any] = {"status": TaskResultStatus.READY, "started_at": None}
        if is_over:
            values = {
                "status": TaskResultStatus.FAILED,
                "finished_at": at,
                "exception_class_path": "builtins.TimeoutError",
            }
            logger.error("a task was cut short too often", extra={"task": str(result.pk)})
        taken += running.filter(pk=result.pk, started_at=result.started_at).update(**values)
    return taken


def _go_on_with_waiting(at: datetime) -> int:
    """Nudge jobs whose nudge was lost. Without a worker: do those that are due, here and now."""
    if not settings.WORKER:
        return _do_waiting(at)
    to_come = DBTaskResult.objects.filter(
        pk=OuterRef("nudge"), status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]
    )
    lost = Job.objects.due(at - NUDGE_LATE).filter(~Exists(to_come))
    job_ids = list(lost.values_list("pk", flat=True))
    for job_id in job_ids:
        with transaction.atomic():
            _nudge(job_id, due_at=at, at=at)
    return len(job_ids)


def _do_waiting(at: datetime) -> int:
    end = time.monotonic() + RECOVERY_SECONDS
    done = 0
    for job_id in list(Job.objects.due(at).values_list("pk", flat=True)[:1000]):
        if time.monotonic() > end:
            break
        done += run(job_id=job_id)
    return done


def prune(*, at: datetime) -> int:
    """Remove what ended long ago; return how many rows. A key may be used anew after that."""
    ended = Job.objects.filter(
        state__in=[JobState.DONE, JobState.DROPPED], finished_at__lt=at - KEEP_ENDED
    )
    failed = Job.objects.failed().filter(finished_at__lt=at - KEEP_FAILED)
    tasks = DBTaskResult.objects.filter(
        status__in=[TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED],
        finished_at__lt=at - KEEP_TASKS,
    )
    workers = Worker.objects.filter(seen_at__lt=at - KEEP_WORKERS)
    return sum(rows.delete()[0] for rows in (ended, failed, tasks, workers))
