"""A real worker process over the test's database: it works, dies and is replaced."""

import json
import os
import signal
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import ReferenceIndex

from content.models import InformationPage
from portal import mail
from portal.background import test_mail
from portal.jobs import actions
from portal.jobs.models import ChoreRun, Job, JobState, Worker
from portal.jobs.pulse import LEASE_SECONDS
from tests.factories import PersonFactory
from tests.portal.jobs.processes import wait_until, worker
from tests.portal.jobs.trials import short_trial, trial
from tests.services import smtp

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("with_worker"),
]

HOUR = timedelta(hours=1)


@pytest.fixture
def log(tmp_path):
    """Where the workers write."""
    return tmp_path / "log"


@pytest.fixture
def marks(tmp_path):
    """Where the trials leave their marks."""
    file = tmp_path / "marks"
    file.touch()
    return file


def count(marks) -> int:
    return len(marks.read_text(encoding="utf-8").splitlines())


def ask(does: str = "", *, key: str = "a", marks=None, kind=trial) -> Job:
    arguments = {"does": does} if does else {}
    return actions.enqueue(
        kind=kind, key=key, at=timezone.now(), arguments=arguments | {"marks": str(marks or "")}
    )


def state(job: Job) -> str:
    return str(Job.objects.get(pk=job.pk).state)


def time_passes() -> None:
    """Let every sign of life grow too old, and what waits for its time be due."""
    then = timezone.now() - timedelta(seconds=LEASE_SECONDS + 1)
    Job.objects.filter(state=JobState.RUNNING).update(lease_until=then)
    Worker.objects.update(seen_at=then)
    ChoreRun.objects.update(started_at=then, finished_at=then)


def test_does_what_is_in_the_queue_wagtails_own_tasks_too_and_ends_when_told(library, log, marks):
    done = ask(marks=marks)
    page = library.page("om-portalen")
    ReferenceIndex.objects.all().delete()
    page.save()
    assert isinstance(page, InformationPage)
    assert DBTaskResult.objects.count() >= 2

    with worker(log) as process:
        wait_until(lambda: not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists(), log=log)
        assert Worker.objects.count() == 1
        assert process.stop() == 0

    assert state(done) == JobState.DONE
    assert count(marks) == 1
    assert not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists()
    assert ReferenceIndex.objects.filter(base_content_type__model="page").exists()
    assert not Worker.objects.exists()
    # Only that it was told to end; in particular no task by its arguments.
    for line in log.read_text(encoding="utf-8").splitlines():
        assert json.loads(line)["level"] == "WARNING", line
        assert "Received" in json.loads(line)["event"], line


def test_finishes_what_it_is_doing_when_it_is_told_to_end(log, marks):
    job = ask("sleep 1.5", marks=marks)
    with worker(log) as process:
        wait_until(lambda: Job.objects.get().done > 1, log=log)
        assert process.stop() == 0

    assert state(job) == JobState.DONE


def test_killed_in_the_middle_it_leaves_nothing_for_good(log, marks):
    job = ask("sleep 3", marks=marks)
    with worker(log) as process:
        wait_until(lambda: Job.objects.get().done > 2, log=log)
        process.kill()

    # This is what django-tasks-db itself would never come back to.
    assert state(job) == JobState.RUNNING
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING
    call_command("tick", verbosity=0)
    assert state(job) == JobState.RUNNING  # it may still live, for all anyone knows
    time_passes()
    call_command("tick", verbosity=0)
    assert state(job) == JobState.WAITING

    with worker(log):
        wait_until(lambda: state(job) == JobState.DONE, log=log)
        wait_until(lambda: not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists(), log=log)

    job.refresh_from_db()
    assert (job.runs, job.deaths, count(marks)) == (2, 1, 2)


def test_a_job_that_kills_its_worker_every_time_ends_too(log, marks):
    job = ask("die", marks=marks)
    for _ in range(2):
        with worker(log) as process:
            assert process.wait() == -signal.SIGKILL
        time_passes()
        actions.recover(at=timezone.now())

    assert state(job) == JobState.FAILED
    with worker(log) as process:
        wait_until(lambda: not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists(), log=log)
    assert count(marks) == 2


def test_a_worker_that_hangs_in_a_job_ends_itself(log, marks):
    job = actions.enqueue(
        kind=short_trial, key="a", at=timezone.now(), arguments={"marks": str(marks)}
    )
    with worker(log) as process:
        assert process.wait(40) == 1

    assert count(marks) == 1
    assert "longer than its kind allows" in log.read_text(encoding="utf-8")
    time_passes()
    actions.recover(at=timezone.now())
    assert state(job) == JobState.WAITING


class TestMail:
    """Six people are to get a mail each, and the worker dies when the third was just taken."""

    @pytest.fixture
    def sink(self):
        with smtp.server() as sink:
            yield sink

    @pytest.fixture
    def people(self, now):
        people = PersonFactory.create_batch(6)
        for person in people:
            mail.send(message=test_mail, to=person, key="k", at=now)
        return people

    def die_at(self, sink, number, process) -> None:
        """Kill the worker when it has sent that many, before the server says thanks."""

        def kill() -> None:
            if len(sink.received) == number:
                os.kill(process.pid, signal.SIGKILL)

        sink.before_thanks = kill

    def test_killed_between_sending_and_noting_it_sends_one_of_them_twice(self, sink, people, log):
        with worker(log, PORTAL_EMAIL_URL=sink.url) as process:
            self.die_at(sink, 3, process)
            assert process.wait() == -signal.SIGKILL
        assert len(sink.received) == 3
        time_passes()
        call_command("tick", verbosity=0)
        with worker(log, PORTAL_EMAIL_URL=sink.url):
            wait_until(lambda: not Job.objects.exclude(state=JobState.DONE).exists(), log=log)

        times = Counter(sink.recipients)
        assert set(times) == {person.email for person in people}
        assert sorted(times.values()) == [1, 1, 1, 1, 1, 2]
        # A mailbox can tell that the two are one.
        assert len({mail.message["Message-ID"] for mail in sink.received}) == 6

    def test_killed_there_again_and_again_it_never_sends_a_third(self, sink, people, log):
        for number in (1, 2):
            with worker(log, PORTAL_EMAIL_URL=sink.url) as process:
                self.die_at(sink, number, process)
                assert process.wait() == -signal.SIGKILL
            Job.objects.exclude(state=JobState.RUNNING).update(due_at=timezone.now() + HOUR)
            time_passes()
            call_command("tick", verbosity=0)
        Job.objects.waiting().update(due_at=timezone.now())
        call_command("tick", verbosity=0)
        with worker(log, PORTAL_EMAIL_URL=sink.url):
            wait_until(lambda: not Job.objects.waiting().exists(), log=log)
            wait_until(lambda: not Job.objects.filter(state="running").exists(), log=log)

        assert max(Counter(sink.recipients).values()) == 2
        assert Job.objects.failed().count() == 1
        assert Job.objects.filter(state=JobState.DONE).count() == 5
