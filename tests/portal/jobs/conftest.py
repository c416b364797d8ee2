"""What the tests of jobs may ask for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from portal.jobs.models import Job, JobState
from tests.factories import JobFactory
from tests.portal.jobs import trials

__all__ = ["trials"]

IN_DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def now() -> datetime:
    """This moment."""
    return timezone.now()


@pytest.fixture
def with_worker() -> Iterator[None]:
    """The portal counts on a worker: tasks are rows, and nothing is done in the request."""
    with override_settings(WORKER=True, TASKS=IN_DATABASE):
        yield


def running(at: datetime, **values: object) -> Job:
    """Return a job whose process died without a word just before *at*."""
    return JobFactory(
        **{
            "state": JobState.RUNNING,
            "claim": "5f8dc9d2-0000-4000-8000-000000000000",
            "created_at": at - timedelta(hours=1),
            "started_at": at - timedelta(hours=1),
            "lease_until": at - timedelta(seconds=1),
            "runs": 1,
        }
        | values
    )
