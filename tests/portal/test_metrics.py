"""Figures of how much, how fast and how long the queue is; never of who or what."""

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client.parser import text_string_to_metric_families

from portal import metrics
from portal.jobs import actions
from portal.jobs.models import ChoreRun, JobState, Worker
from portal.jobs.schedule import chores
from tests.factories import JobFactory
from tests.portal.jobs.conftest import IN_DATABASE
from tests.portal.jobs.trials import trial
from tests.test_population import open_addresses

pytestmark = pytest.mark.django_db

Figures = dict[tuple[str, tuple[str, ...]], float]


def figures() -> Figures:
    """Return every figure by its name and its labels, these in the order of their names."""
    text = metrics.render().decode()
    return {
        (sample.name, tuple(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def change(before: Figures, name: str, *labels: str) -> float:
    return figures().get((name, labels), 0) - before.get((name, labels), 0)


class TestRequests:
    def test_are_counted_by_route_and_class_of_status(self, client, library):
        before = figures()

        client.get("/sok/?q=oro")
        client.get("/sok/?q=barn")
        client.get("/finns-inte/")

        assert change(before, "portal_requests_total", "sok", "2xx") == 2
        assert change(before, "portal_requests_total", "wagtail_serve", "4xx") == 1
        assert change(before, "portal_request_seconds_count", "sok") == 2
        assert change(before, "portal_request_seconds_bucket", "+Inf", "sok") == 2
        assert change(before, "portal_request_seconds_sum", "sok") > 0

    def test_for_texts_are_one_whichever_the_text_and_whether_it_was_kept(self, client, library):
        before = figures()

        for _ in range(2):
            client.get("/vagledning/orosanmalan/")
        client.get("/valdstyper/")

        assert change(before, "portal_requests_total", "wagtail_serve", "2xx") == 2
        assert change(before, "portal_requests_total", "direct", "2xx") == 1

    def test_that_break_are_counted(self, client, library, monkeypatch):
        client.raise_request_exception = False
        monkeypatch.setattr("search.service._find", lambda query: 1 / 0)
        before = figures()

        client.get("/sok/?q=oro")

        assert change(before, "portal_requests_total", "sok", "5xx") == 1

    def test_for_the_editor_and_for_files_are_groups(self, admin, client):
        client.force_login(admin)
        before = figures()

        client.get("/cms/")
        client.get("/static/finns-inte.css")

        assert change(before, "portal_requests_total", "cms", "2xx") == 1
        assert change(before, "portal_requests_total", "static", "4xx") == 1

    def test_for_health_are_not_counted(self, client):
        before = figures()

        client.get("/halsa/live")

        assert {key for key, value in figures().items() if value != before.get(key)} <= {
            key for key in figures() if key[0].endswith("_seconds")
        }

    def test_leave_no_trace_of_which_page_was_read(self, client, library):
        for address in open_addresses()[:20]:
            client.get(address)

        routes = {labels[0] for name, labels in figures() if name == "portal_requests_total"}

        assert all(re.fullmatch(r"[a-z_]+(:[a-z_]+)?", route) for route in routes), routes
        assert len(routes) < 60


class TestTheQueue:
    def test_tells_how_many_jobs_there_are_and_how_long_the_oldest_has_waited(self):
        now = timezone.now()
        JobFactory(created_at=now - timedelta(minutes=10))
        JobFactory(created_at=now - timedelta(minutes=5))
        JobFactory(created_at=now, due_at=now + timedelta(hours=1))
        JobFactory(state=JobState.FAILED, finished_at=now)

        found = figures()

        assert found["portal_jobs", ("waiting",)] == 3
        assert found["portal_jobs", ("failed",)] == 1
        assert found["portal_jobs", ("running",)] == 0
        assert found["portal_jobs_due", ()] == 2
        assert 600 <= found["portal_jobs_oldest_due_seconds", ()] < 660

    def test_tells_of_tasks_too(self, settings):
        settings.WORKER, settings.TASKS = True, IN_DATABASE
        now = timezone.now()
        actions.enqueue(kind=trial, key="now", at=now)
        actions.enqueue(kind=trial, key="later", at=now, due_at=now + timedelta(hours=1))
        actions.enqueue(kind=trial, key="broken", at=now)
        broken = DBTaskResult.objects.order_by("-enqueued_at").first()
        DBTaskResult.objects.filter(pk=broken.pk).update(status=TaskResultStatus.FAILED)

        found = figures()

        assert found["portal_tasks_ready", ()] == 1
        assert found["portal_tasks_failed", ()] == 1
        assert 0 <= found["portal_tasks_oldest_ready_seconds", ()] < 60

    def test_tells_when_a_worker_was_last_seen_if_ever(self):
        assert ("portal_worker_seen_seconds", ()) not in figures()

        now = timezone.now()
        Worker.objects.create(pk="a", started_at=now, seen_at=now - timedelta(minutes=1))

        assert 60 <= figures()["portal_worker_seen_seconds", ()] < 120


class TestTheRest:
    def test_tells_how_long_ago_each_chore_went_well(self):
        now = timezone.now()
        for chore in chores():
            ChoreRun.objects.create(
                name=chore.name, finished_at=now, succeeded_at=now - timedelta(hours=1), failures=2
            )

        found = figures()

        for chore in chores():
            assert 3600 <= found["portal_chore_age_seconds", (chore.name,)] < 3700
            assert found["portal_chore_failures", (chore.name,)] == 2

    def test_tells_how_much_can_be_found(self, library):
        assert figures()["portal_search_passages", ()] > 100

    def test_tells_that_the_database_is_away_and_what_it_knows_itself(self, client, monkeypatch):
        client.get("/logga-in/")

        def away() -> list[object]:
            raise DatabaseError

        monkeypatch.setattr(metrics, "_of_jobs", away)

        found = figures()

        assert found["portal_database_up", ()] == 0
        assert ("portal_jobs_due", ()) not in found
        assert found["portal_requests_total", ("login", "2xx")] >= 1

    def test_asks_the_database_little_however_much_there_is(self, django_assert_num_queries):
        JobFactory.create_batch(20)
        with django_assert_num_queries(7):
            figures()
