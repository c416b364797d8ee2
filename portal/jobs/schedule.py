"""Chores: what is done again and again by the clock. `manage.py tick` asks which are due.

Each app names its own in a module called `background`. A chore is done by whoever gets its row's
lease; the database lets only one, on SQLite and PostgreSQL alike. A chore that was missed, because
the machine slept or the tick was killed, is done once at the next tick and not once for each time.
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from enum import Enum
from typing import Final, Protocol

from django.db.models import F, Q
from django.utils import timezone

from portal.jobs import kinds
from portal.jobs.models import ChoreRun
from portal.jobs.pulse import LEASE_SECONDS, Pulse

logger = logging.getLogger("portal.jobs")

LEASE: Final = timedelta(seconds=LEASE_SECONDS)
RETRY_AFTER: Final = timedelta(minutes=15)
"""A chore that failed is not left until its next time when that is further away than this."""
CLOCK_SLACK: Final = timedelta(minutes=5)
"""What was done further into the future than this was done by a clock that was wrong."""


class Rhythm(Protocol):
    """How often."""

    def latest(self, at: datetime) -> datetime:
        """Return the last moment, *at* included, when the chore should begin."""


@dataclass(frozen=True)
class Every:
    """Every so often, counted from the epoch: a change to summer time changes nothing."""

    interval: timedelta

    def latest(self, at: datetime) -> datetime:
        """Return the beginning of the interval that *at* lies in."""
        seconds = int(self.interval.total_seconds())
        return at - timedelta(seconds=int(at.timestamp()) % seconds, microseconds=at.microsecond)


@dataclass(frozen=True)
class Daily:
    """Once a day, at a time of day in Stockholm.

    One that summer time leaves out is an hour later that day; one that comes twice is the first.
    """

    time: time_of_day

    def latest(self, at: datetime) -> datetime:
        """Return today's moment, or yesterday's when today's is yet to come."""
        zone = timezone.get_default_timezone()
        day = at.astimezone(zone).date()
        for date in (day, day - timedelta(days=1)):
            moment = datetime.combine(date, self.time, tzinfo=zone)
            # Compared as moments: in one zone Python compares what the clocks on the wall say.
            if moment.timestamp() <= at.timestamp():
                return moment
        raise AssertionError("yesterday's moment has passed")


@dataclass(frozen=True)
class Chore:
    """Something to do by the clock. What the work returns is said after its label."""

    name: str
    label: str
    rhythm: Rhythm
    work: Callable[[datetime], str]

    def is_due(self, run: ChoreRun, at: datetime) -> bool:
        """Return whether it should be done *at*."""
        if run.finished_at is None or run.finished_at > at + CLOCK_SLACK:
            return True
        if run.lease_until is not None and run.lease_until < at:
            return True  # whoever did it died
        begun = run.started_at or run.finished_at
        if run.failures and run.finished_at <= at - RETRY_AFTER:
            return True
        return begun < self.rhythm.latest(at)


_chores: dict[str, Chore] = {}


def chore(name: str, *, label: str, rhythm: Rhythm) -> Callable[[Callable[[datetime], str]], Chore]:
    """Make the decorated function a chore. It is called with the moment of the tick."""

    def register(work: Callable[[datetime], str]) -> Chore:
        if name in _chores and _chores[name].work.__qualname__ != work.__qualname__:
            raise ValueError(f"two chores are called {name}")
        _chores[name] = Chore(name, label, rhythm, work)
        return _chores[name]

    return register


def chores() -> list[Chore]:
    """Return every chore, in the order they are done."""
    return list(_chores.values())


class Ending(Enum):
    """What a tick did with a chore."""

    DONE = "done"
    NOT_DUE = "not due"
    TAKEN = "taken"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What a tick did with a chore, and how long it took."""

    chore: Chore
    ending: Ending
    seconds: float = 0.0
    said: str = ""


def tick(*, at: datetime, clock: Callable[[], datetime] = timezone.now) -> Iterator[Outcome]:
    """Do each chore that is due, and tell of each. One that fails stops no other."""
    for each in chores():
        try:
            yield _do(each, at, clock)
        except Exception as error:
            logger.exception("a chore could not be looked after", extra={"chore": each.name})
            yield Outcome(each, Ending.FAILED, said=kinds.describe(error))


def _do(each: Chore, at: datetime, clock: Callable[[], datetime]) -> Outcome:
    run, _ = ChoreRun.objects.get_or_create(name=each.name)
    if not each.is_due(run, at):
        return Outcome(each, Ending.NOT_DUE)
    claim = uuid.uuid4()
    begun, now = time.monotonic(), clock()
    # Only if nobody has it, and nobody has had it since it was found to be due.
    free = ChoreRun.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=now),
        pk=each.name,
        claim=run.claim,
        finished_at=run.finished_at,
    )
    if not free.update(claim=claim, started_at=at, lease_until=now + LEASE):
        return Outcome(each, Ending.TAKEN)
    mine = ChoreRun.objects.filter(pk=each.name, claim=claim)
    try:
        with Pulse(lambda: bool(mine.update(lease_until=clock() + LEASE))):
            said = each.work(at)
    except Exception as error:
        logger.exception("a chore failed", extra={"chore": each.name})
        outcome = kinds.describe(error)
        mine.update(
            finished_at=clock(), lease_until=None, claim=None, outcome=outcome[:200],
            failures=F("failures") + 1,
        )  # fmt: skip
        return Outcome(each, Ending.FAILED, time.monotonic() - begun, outcome)
    now = clock()
    mine.update(
        finished_at=now, succeeded_at=now, lease_until=None, claim=None, outcome="", failures=0
    )
    return Outcome(each, Ending.DONE, time.monotonic() - begun, said)
