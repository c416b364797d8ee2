"""The same things at the same moment, each on a connection of its own, on the database of the run.

Threads meet at a barrier and then act. What each was told is compared with what is stored.
"""

import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.organisation.models import Person, User
from tests.training.factories import (
    QUESTIONS,
    answer,
    choices,
    edit,
    hand_in,
    moment,
)
from training import actions
from training.models import (
    AnswerEvent,
    Attempt,
    Completion,
    LessonRead,
    ModulePage,
    ModuleVersion,
)

pytestmark = pytest.mark.django_db(transaction=True)

NOW = moment(2026, 3, 2, 9)
MANY = 50


def at_once[T](jobs: Iterable[Callable[[], T]]) -> list[T]:
    """Run *jobs* together, each in its own thread, and return what they returned."""
    jobs = list(jobs)
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        try:
            barrier.wait(timeout=30)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, job) for job in jobs]]


@pytest.fixture
def attempt(learner: Person, version: ModuleVersion) -> Attempt:
    return actions.start_attempt(person=learner, version=version, at=NOW)


@pytest.fixture
def answered(attempt: Attempt) -> Attempt:
    for number in range(1, 6):
        answer(attempt, number, at=NOW)
    return attempt


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestStarting:
    def test_fifty_times_opens_one_attempt(self, learner, version):
        found = at_once(
            [lambda: actions.start_attempt(person=learner, version=version, at=NOW)] * MANY
        )

        (attempt,) = Attempt.objects.all()
        assert {each.pk for each in found} == {attempt.pk}

    def test_fifty_times_by_the_button_leads_to_one_attempt(self, ada, version):
        client = browser(ada)
        url = reverse("training:quiz", args=["prova"])
        cookies = client.cookies

        def press() -> str:
            own = Client()
            own.cookies = cookies
            return own.post(url).url

        pages = at_once([press] * MANY)

        (attempt,) = Attempt.objects.all()
        assert set(pages) == {reverse("training:quiz_question", args=["prova", attempt.guid, 1])}

    def test_after_a_failed_attempt_numbers_one_more(self, learner, version):
        hand_in(learner, version, NOW, right=0)

        at_once([lambda: actions.start_attempt(person=learner, version=version, at=NOW)] * 10)

        assert sorted(Attempt.objects.values_list("number", flat=True)) == [1, 2]


class TestAnswering:
    def test_the_same_request_twenty_times_is_one_row(self, attempt):
        client = uuid.uuid4()

        events = at_once([lambda: answer(attempt, 1, client=client, seq=3)] * 20)

        assert len({event.pk for event in events}) == 1
        assert AnswerEvent.objects.count() == 1

    def test_the_button_pressed_twenty_times_is_one_row(self, attempt):
        at_once([lambda: answer(attempt, 1, seq=0, is_final=True)] * 20)

        assert AnswerEvent.objects.count() == 1

    def test_different_choices_in_one_form_leave_the_highest_number_in_force(self, attempt):
        client = uuid.uuid4()
        options = attempt.shown[0]["choices"]

        def job(seq: int) -> Callable[[], Any]:
            return lambda: answer(attempt, 1, [options[seq % 3]], client=client, seq=seq)

        at_once([job(seq) for seq in range(1, 21)])

        (saved,) = actions.saved_answers(attempt=attempt).values()
        assert saved.choice_ids == [options[20 % 3]]
        assert AnswerEvent.objects.count() == 20


class TestHandingIn:
    def test_fifty_times_gives_one_result_and_one_completion(self, answered):
        results = at_once([lambda: actions.submit_attempt(attempt=answered, at=NOW)] * MANY)

        assert {(row.state, row.score, row.passed) for row in results} == {("submitted", 5, True)}
        assert Completion.objects.get().attempt == answered

    def test_fifty_times_by_the_button_gives_everyone_the_same_result_page(self, ada, answered):
        cookies = browser(ada).cookies
        url = reverse("training:quiz_review", args=["prova", answered.guid])

        def press() -> tuple[int, str]:
            own = Client()
            own.cookies = cookies
            response = own.post(url)
            return response.status_code, response.url

        found = at_once([press] * MANY)

        assert set(found) == {(302, reverse("training:quiz_result", args=["prova", answered.guid]))}
        assert Completion.objects.get().attempt == answered
        answered.refresh_from_db()
        assert (answered.score, answered.passed) == (5, True)

    @pytest.mark.parametrize("through", ["action", "button"])
    def test_while_answering_grades_every_answer_that_was_acknowledged(
        self, ada, learner, version, through
    ):
        """Each answer is either counted or refused: never thanked for and dropped."""
        cookies = browser(ada).cookies

        def send(attempt: Attempt, number: int) -> bool:
            chosen = choices(attempt, number)
            if through == "action":
                try:
                    answer(attempt, number, chosen, at=NOW)
                except actions.AttemptIsClosed:
                    return False
                return True
            own = Client()
            own.cookies = cookies
            response = own.post(
                reverse("training:quiz_autosave", args=["prova", attempt.guid, number]),
                {"choice": chosen, "client": str(uuid.uuid4()), "seq": 1},
            )
            assert response.status_code in {200, 409}
            return response.status_code == 200

        def submit(attempt: Attempt) -> bool:
            if through == "action":
                actions.submit_attempt(attempt=attempt, at=NOW)
            else:
                own = Client()
                own.cookies = cookies
                own.post(reverse("training:quiz_review", args=["prova", attempt.guid]))
            return False

        for _ in range(5):
            attempt = actions.start_attempt(person=learner, version=version, at=NOW)
            jobs = [partial(send, attempt, number) for number in range(1, 6)]
            acknowledged = sum(at_once([*jobs[:2], partial(submit, attempt), *jobs[2:]]))

            attempt.refresh_from_db()
            assert attempt.score == acknowledged
            assert attempt.answers.count() == acknowledged
            assert attempt.passed == (acknowledged >= 4)


class TestPublishing:
    def test_together_numbers_the_versions_one_by_one(self, prova: ModulePage):
        drafts = [edit(prova, title=f"Prova {number}") for number in range(6)]

        at_once([draft.publish for draft in drafts])

        numbers = sorted(ModuleVersion.objects.values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        live = ModulePage.objects.get(pk=prova.pk)
        assert ModuleVersion.objects.latest("number").data["title"] == live.title

    def test_the_same_content_together_makes_one_version(self, prova: ModulePage):
        drafts = [edit(prova, questions=QUESTIONS[:3]) for _ in range(6)]

        at_once([draft.publish for draft in drafts])

        assert list(ModuleVersion.objects.order_by("number").values_list("number", flat=True)) == [
            1,
            2,
        ]


def test_revoking_ten_times_together_revokes_once(answered: Attempt, disa: User) -> None:
    actions.submit_attempt(attempt=answered, at=NOW)
    completion = Completion.objects.get()

    def revoke() -> bool:
        try:
            actions.revoke_completion(completion=completion, by=disa, reason="Fel", at=NOW)
        except actions.AlreadyRevoked:
            return False
        return True

    assert sum(at_once([revoke] * 10)) == 1


def test_a_lesson_marked_ten_times_together_is_read_once(
    learner: Person, version: ModuleVersion
) -> None:
    lesson_id = version.lessons[0]["id"]

    at_once(
        [
            lambda: actions.mark_lesson_read(
                person=learner, version=version, lesson_id=lesson_id, at=NOW
            )
        ]
        * 10
    )

    assert LessonRead.objects.count() == 1
