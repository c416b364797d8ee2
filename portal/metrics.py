"""Figures of how the portal runs: how much, how fast, how long the queue is. Never who or what.

Requests are counted by the name of their route, which has no slug or number in it; the texts all
share one. With several web processes each writes its own file in the directory that portal.server
names in PROMETHEUS_MULTIPROC_DIR, and whichever is asked adds them up. What the database knows is
read when it is asked for.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from django.db import DatabaseError
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from portal.jobs.models import ChoreRun, Job, JobState, Worker

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

_registry = CollectorRegistry()
_requests = Counter(
    "portal_requests",
    "Answered requests, by route and class of status.",
    ["route", "status"],
    registry=_registry,
)
_seconds = Histogram(
    "portal_request_seconds",
    "How long a request took, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_registry,
)


# --- Requests -----------------------------------------------------------------------------------


class MetricsMiddleware:
    """Count and time every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and note how it went."""
        begun = time.perf_counter()
        status = 500  # unless there is an answer: what breaks the page of faults comes through
        try:
            response = self.get_response(request)
            status = response.status_code
        finally:
            route = route_of(request)
            _requests.labels(route, f"{status // 100}xx").inc()
            _seconds.labels(route).observe(time.perf_counter() - begun)
        return response


def route_of(request: HttpRequest) -> str:
    """Return what a request is counted as: a route's name, or the group that it belongs to."""
    for prefix, group in (("/cms/", "cms"), ("/static/", "static"), ("/dokument/", "document")):
        if request.path_info.startswith(prefix):
            return group
    match = request.resolver_match
    # Without a match no view was looked for: a kept page, a redirection, closed for work.
    return (match.view_name or "unnamed") if match else "direct"


# --- What the database knows --------------------------------------------------------------------

type Measure = Callable[[], float | None]
_gauges: dict[str, tuple[str, Measure]] = {}


def gauge(name: str, text: str) -> Callable[[Measure], Measure]:
    """Have the decorated function give a figure whenever the figures are read."""

    def register(measure: Measure) -> Measure:
        _gauges[name] = (text, measure)
        return measure

    return register


class DatabaseCollector(Collector):
    """Reads what is in the database, when asked."""

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; only that the database is away, when it is."""
        try:
            found = [*_of_jobs(), *_of_chores(), *_of_others()]
            yield GaugeMetricFamily("portal_database_up", "Whether the database answers.", 1)
            yield from found
        except DatabaseError:
            yield GaugeMetricFamily("portal_database_up", "Whether the database answers.", 0)


def _of_jobs() -> Iterable[Metric]:
    now = timezone.now()
    counted = {
        row["state"]: row["number"]
        for row in Job.objects.order_by().values("state").annotate(number=Count("pk"))
    }
    states = GaugeMetricFamily("portal_jobs", "Jobs, by how far they have come.", labels=["state"])
    for state in JobState.values:
        states.add_metric([state], counted.get(state, 0))
    due = Job.objects.due(now).order_by().aggregate(number=Count("pk"), oldest=Min("due_at"))
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, run_after__lte=now)
    no_time = DBTaskResult.objects.filter(status=TaskResultStatus.READY, run_after__year=9999)
    tasks = (ready | no_time).aggregate(number=Count("pk"), oldest=Min("enqueued_at"))
    return [
        states,
        GaugeMetricFamily("portal_jobs_due", "Jobs that should have begun.", due["number"]),
        GaugeMetricFamily(
            "portal_jobs_oldest_due_seconds",
            "How long the oldest of them has waited.",
            _age(due["oldest"], now),
        ),
        GaugeMetricFamily("portal_tasks_ready", "Tasks in the queue.", tasks["number"]),
        GaugeMetricFamily(
            "portal_tasks_oldest_ready_seconds",
            "How long the oldest of them has waited.",
            _age(tasks["oldest"], now),
        ),
        GaugeMetricFamily(
            "portal_tasks_failed",
            "Tasks that failed in the last days.",
            DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count(),
        ),
        *_seen(now),
    ]


def _seen(now: datetime) -> Iterator[Metric]:
    if seen := Worker.last_seen():
        yield GaugeMetricFamily(
            "portal_worker_seen_seconds",
            "How long ago the liveliest worker gave a sign of life.",
            _age(seen, now),
        )


def _of_chores() -> Iterable[Metric]:
    now = timezone.now()
    age = GaugeMetricFamily(
        "portal_chore_age_seconds", "How long ago a chore last went well.", labels=["chore"]
    )
    failures = GaugeMetricFamily(
        "portal_chore_failures", "How many times in a row a chore has failed.", labels=["chore"]
    )
    for run in ChoreRun.objects.order_by("pk"):
        if run.succeeded_at:
            age.add_metric([run.pk], _age(run.succeeded_at, now))
        failures.add_metric([run.pk], run.failures)
    return [age, failures]


def _of_others() -> Iterator[Metric]:
    for name, (text, measure) in _gauges.items():
        value = measure()
        if value is not None:
            yield GaugeMetricFamily(name, text, value)


def _age(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0


# --- Reading ------------------------------------------------------------------------------------


def render() -> bytes:
    """Return all figures in Prometheus's text format."""
    registry = _registry
    if os.environ.get(FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the package has a gap
    return bytes(generate_latest(registry) + generate_latest(_databases))


_databases = CollectorRegistry()
_databases.register(DatabaseCollector())
