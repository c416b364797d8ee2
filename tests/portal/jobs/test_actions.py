"""A job is done once, tried again as often as it is worth, and never left for good."""

import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from portal.jobs import actions, kinds
from portal.jobs.actions import LostClaim
from portal.jobs.models import Job, JobState, Worker
from tests.factories import JobFactory
from tests.portal.jobs.conftest import running
from tests.portal.jobs.trials import trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    """Do what waits for the commit, at the end of a block."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def marks(tmp_path):
    """Where a trial leaves its marks, and how many it has left."""

    class Marks:
        path = str(tmp_path / "marks")

        def __len__(self) -> int:
            file = Path(self.path)
            return len(file.read_text(encoding="utf-8").splitlines()) if file.exists() else 0

    return Marks()


class TestAskingForAJob:
    def test_the_same_key_twice_is_one_job(self, now, marks, on_commit):
        with on_commit():
            first = actions.enqueue(kind=trial, key="a", at=now, arguments={"marks": marks.path})
        with on_commit():
            second = actions.enqueue(kind=trial, key="a", at=now, arguments={"marks": marks.path})

        assert first.pk == second.pk
        assert len(marks) == 1

    def test_a_job_that_has_ended_is_not_done_again_either(self, now):
        done = JobFactory(state=JobState.DONE, key="a", finished_at=now)

        assert actions.enqueue(kind=trial, key="a", at=now).pk == done.pk
        assert Job.objects.get().state == JobState.DONE

    def test_the_database_itself_refuses_a_second_one(self):
        JobFactory(key="a")

        with pytest.raises(IntegrityError), transaction.atomic():
            JobFactory(key="a")

    def test_without_a_worker_it_is_done_once_the_transaction_is_committed(
        self, now, marks, on_commit
    ):
        with on_commit():
            job = actions.enqueue(kind=trial, key="a", at=now, arguments={"marks": marks.path})
            assert len(marks) == 0

        job.refresh_from_db()
        assert (job.state, job.runs, len(marks)) == (JobState.DONE, 1, 1)
        assert job.arguments == {}

    def test_with_a_worker_it_waits_for_that(self, now, marks, on_commit, with_worker):
        with on_commit():
            job = actions.enqueue(kind=trial, key="a", at=now, arguments={"marks": marks.path})

        job.refresh_from_db()
        task = DBTaskResult.objects.get()
        assert (job.state, job.nudge, task.status) == (JobState.WAITING, task.pk, "READY")
        assert len(marks) == 0

    @pytest.mark.parametrize("worker", [True, False])
    def test_what_is_rolled_back_was_never_asked_for(
        self, worker, now, marks, on_commit, settings, request
    ):
        if worker:
            request.getfixturevalue("with_worker")
        with on_commit(), transaction.atomic():
            actions.enqueue(kind=trial, key="a", at=now, arguments={"marks": marks.path})
            transaction.set_rollback(True)

        assert not Job.objects.exists()
        assert not DBTaskResult.objects.exists()
        assert len(marks) == 0

    def test_one_for_later_is_not_begun_before(self, now, on_commit, with_worker):
        due_at = now + timedelta(hours=1)
        job = actions.enqueue(kind=trial, key="a", at=now, due_at=due_at)

        assert DBTaskResult.objects.get().run_after == due_at
        assert not actions.run(job_id=job.pk, clock=lambda: now)
        assert actions.run(job_id=job.pk, clock=lambda: due_at)


class TestDoingAJob:
    def test_who_comes_second_finds_nothing_to_do(self, now):
        job = JobFactory()

        assert actions.run(job_id=job.pk)
        assert not actions.run(job_id=job.pk)
        job.refresh_from_db()
        assert job.runs == 1

    def test_one_that_fails_is_tried_again_after_a_while_and_a_longer_while(self, now):
        job = JobFactory(arguments={"does": "fail"}, created_at=now)

        actions.run(job_id=job.pk, clock=lambda: now)
        job.refresh_from_db()
        first = job.due_at - now
        actions.run(job_id=job.pk, clock=lambda: job.due_at)
        again = Job.objects.get()

        assert (again.state, again.failures) == (JobState.WAITING, 2)
        assert first == timedelta(minutes=1)
        assert again.due_at - job.due_at == timedelta(minutes=4)
        assert again.outcome == "Unwell"

    def test_the_last_failure_is_the_end_and_is_seen(self, now, caplog):
        job = JobFactory(arguments={"does": "fail"}, failures=2)

        actions.run(job_id=job.pk)

        job.refresh_from_db()
        assert job.state == JobState.FAILED
        assert job.finished_at is not None
        assert job.arguments == {"does": "fail"}
        [record] = [record for record in caplog.records if record.levelname == "ERROR"]
        assert record.job == str(job.pk)

    @pytest.mark.parametrize(
        ("does", "state", "outcome"),
        [
            ("drop", JobState.DROPPED, "no_reason"),
            ("give_up", JobState.FAILED, "refused 550"),
        ],
    )
    def test_the_work_may_say_that_it_is_no_use(self, does, state, outcome):
        job = JobFactory(arguments={"does": does})

        actions.run(job_id=job.pk)

        job.refresh_from_db()
        assert (job.state, job.outcome, job.runs) == (state, outcome, 1)

    def test_a_kind_that_no_longer_exists_ends_and_is_seen(self):
        job = JobFactory(kind="of_yesterday")

        actions.run(job_id=job.pk)

        job.refresh_from_db()
        assert (job.state, job.outcome) == (JobState.FAILED, "unknown_kind")

    def test_one_that_was_given_up_can_begin_anew(self, now):
        job = JobFactory(state=JobState.FAILED, failures=3, deaths=1, finished_at=now)

        assert actions.retry(job=job, at=now)
        assert actions.run(job_id=job.pk, clock=lambda: now)

        job.refresh_from_db()
        assert (job.state, job.failures) == (JobState.DONE, 0)

    def test_one_that_goes_well_cannot(self, now):
        assert not actions.retry(job=JobFactory(), at=now)

    def test_pauses_grow_to_six_hours_and_no_further(self):
        pauses = [trial.pause_after(number) for number in range(1, 20)]

        assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 4, 16, 64)]
        assert max(pauses) == kinds.LONGEST_PAUSE


class TestTheOneWhoWorks:
    def test_renews_the_lease_but_not_past_what_the_kind_allows(self, now):
        job = running(now, started_at=now - timedelta(minutes=59), lease_until=now)
        attempt = actions.Attempt(
            job, claim=UUID(str(job.claim)), started_at=now - timedelta(minutes=59)
        )

        assert attempt.renew(at=now, limit=timedelta(hours=1))
        job.refresh_from_db()
        assert job.lease_until == now + timedelta(minutes=1)

    def test_learns_that_another_has_taken_over(self, now):
        job = running(now)
        attempt = actions.Attempt(job, claim=uuid4(), started_at=now)

        assert not attempt.renew(at=now, limit=timedelta(hours=1))
        with pytest.raises(LostClaim):
            attempt.progress(1, 2)

    def test_cannot_end_what_another_has_taken_over(self, now):
        job = running(now)

        assert not actions.Attempt(job, claim=uuid4(), started_at=now).end(JobState.DONE, at=now)
        job.refresh_from_db()
        assert job.state == JobState.RUNNING

    def test_tells_how_far_it_has_come(self, now):
        job = running(now)
        attempt = actions.Attempt(job, claim=UUID(str(job.claim)), started_at=now)

        attempt.progress(1, 50)
        attempt.progress(2, 50)  # too soon to be written
        job.refresh_from_db()
        assert (job.done, job.total) == (1, 50)
        attempt.progress(50, 50)
        job.refresh_from_db()
        assert job.done == 50


class TestRecovering:
    def test_a_job_whose_process_died_is_done_again(self, now, marks):
        job = running(now, arguments={"marks": marks.path})

        assert actions.recover(at=now) >= 1

        job.refresh_from_db()
        assert (job.state, job.runs, job.deaths, len(marks)) == (JobState.DONE, 2, 1, 1)

    def test_one_that_still_gives_signs_of_life_is_left_alone(self, now):
        job = running(now, lease_until=now + timedelta(seconds=1))

        actions.recover(at=now)

        job.refresh_from_db()
        assert job.state == JobState.RUNNING

    def test_one_that_too_many_have_died_with_is_given_up_and_seen(self, now, caplog):
        job = running(now, deaths=1)

        actions.recover(at=now)

        job.refresh_from_db()
        assert (job.state, job.outcome) == (JobState.FAILED, "process_died")
        assert any(record.levelname == "ERROR" for record in caplog.records)

    def test_one_that_waits_and_whose_task_was_lost_is_nudged_again(self, now, with_worker):
        job = JobFactory(created_at=now - timedelta(minutes=3))

        assert actions.recover(at=now) == 1
        assert actions.recover(at=now) == 0

        job.refresh_from_db()
        assert job.nudge == DBTaskResult.objects.get().pk

    def test_one_whose_task_was_consumed_in_vain_is_nudged_again(self, now, with_worker):
        job = actions.enqueue(kind=trial, key="a", at=now - timedelta(hours=1))
        DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL, finished_at=now)

        actions.recover(at=now)

        job.refresh_from_db()
        assert DBTaskResult.objects.get(pk=job.nudge).status == TaskResultStatus.READY

    def test_without_a_worker_what_waits_is_done_at_once(self, now):
        due = JobFactory(failures=1)
        later = JobFactory(due_at=now + timedelta(hours=1))

        actions.recover(at=now + timedelta(seconds=1))

        assert Job.objects.get(pk=due.pk).state == JobState.DONE
        assert Job.objects.get(pk=later.pk).state == JobState.WAITING


class TestTasksOfADeadWorker:
    """Wagtail's own tasks have no row of ours, so the worker's signs of life decide."""

    @pytest.fixture
    def task(self, now, with_worker):
        actions.enqueue(kind=trial, key="a", at=now)
        DBTaskResult.objects.update(
            status=TaskResultStatus.RUNNING, started_at=now - timedelta(minutes=5), worker_ids=["w"]
        )
        return DBTaskResult.objects.get()

    def after(self, now) -> str:
        actions._take_back_tasks(now)
        return str(DBTaskResult.objects.get().status)

    def test_wait_again(self, task, now):
        Worker.objects.create(pk="w", started_at=now, seen_at=now - timedelta(minutes=2))

        assert self.after(now) == "READY"

    def test_stay_with_a_worker_that_lives(self, task, now):
        Worker.objects.create(pk="w", started_at=now, seen_at=now - timedelta(seconds=30))

        assert self.after(now) == "RUNNING"

    def test_stay_a_while_with_a_worker_that_nobody_knows(self, task, now):
        assert self.after(now) == "RUNNING"
        assert self.after(now + timedelta(minutes=11)) == "READY"

    def test_are_given_up_when_several_have_died_with_them(self, task, now):
        Worker.objects.create(pk="w", started_at=now, seen_at=now - timedelta(minutes=2))
        DBTaskResult.objects.update(worker_ids=["x", "y", "z", "w"])

        assert self.after(now) == "FAILED"


class TestPruning:
    def test_removes_what_ended_long_ago_and_nothing_else(self, now):
        def job(state, days):
            ended = now - timedelta(days=days) if state in actions.ENDED else None
            return JobFactory(state=state, finished_at=ended, created_at=now - timedelta(days=days))

        kept = [
            job(JobState.DONE, 89), job(JobState.FAILED, 179), job(JobState.WAITING, 400),
        ]  # fmt: skip
        job(JobState.DONE, 91), job(JobState.DROPPED, 91), job(JobState.FAILED, 181)
        Worker.objects.create(pk="w", started_at=now, seen_at=now - timedelta(days=2))

        assert actions.prune(at=now) == 4
        assert set(Job.objects.all()) == set(kept)


class TestWhoStartedIt:
    def test_gets_a_notice_when_they_asked_for_one(self, now, ada, mailoutbox):
        job = JobFactory(owner=ada, wants_notice=True)

        actions.run(job_id=job.pk)
        actions.recover(at=now + timedelta(seconds=5))

        [mail] = mailoutbox
        assert mail.to == [ada.person.email]
        assert str(job.pk) in mail.body
        assert "våld" not in (mail.subject + mail.body).lower()

    def test_gets_none_otherwise(self, now, ada, mailoutbox):
        actions.run(job_id=JobFactory(owner=ada).pk)
        actions.recover(at=now + timedelta(seconds=5))

        assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Several processes at the same time, each with a connection of its own."""

    def together(self, work, count=8):
        start = threading.Barrier(count)
        answers: list[object] = []

        def go():
            start.wait()
            try:
                answers.append(work())
            finally:
                connection.close()

        threads = [threading.Thread(target=go) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_the_same_key_is_one_job(self, now, with_worker):
        found = self.together(lambda: actions.enqueue(kind=trial, key="a", at=now).pk)

        assert len(found) == 8
        assert len(set(found)) == 1
        assert DBTaskResult.objects.count() == 1

    def test_one_of_them_does_the_job(self, now, marks):
        job = JobFactory(arguments={"marks": marks.path})

        done = self.together(lambda: actions.run(job_id=job.pk))

        assert sorted(done) == [False] * 7 + [True]
        assert len(marks) == 1

    def test_a_dead_ones_job_is_taken_back_once(self, now, with_worker):
        running(now)

        taken = self.together(lambda: actions._take_back_jobs(now))

        assert sum(taken) == 1
        assert DBTaskResult.objects.count() == 1
