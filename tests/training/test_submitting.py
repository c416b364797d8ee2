"""Handing in: graded on the server from what was saved, with one completion at most."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError
from wagtail.models import ModelLogEntry

from tests.factories import PersonFactory, UserFactory
from tests.training.factories import (
    CompletionFactory,
    VersionFactory,
    answer,
    choices,
    hand_in,
)
from training import actions
from training.models import Attempt, Completion, How
from training.models.completions import new_code

pytestmark = pytest.mark.django_db

MULTIPLE = 3


@pytest.fixture
def attempt(learner, version, now) -> Attempt:
    return actions.start_attempt(person=learner, version=version, at=now)


class TestGrading:
    def test_gives_a_point_for_each_right_answer(self, learner, version, now):
        attempt = hand_in(learner, version, now, right=3)

        assert (attempt.score, attempt.max_score, attempt.passed) == (3, 5, False)
        assert (attempt.state, attempt.submitted_at) == ("submitted", now)

    @pytest.mark.parametrize("chosen", ["one right", "right and wrong", "all", "none"])
    def test_gives_no_part_of_a_point_for_several_choices(self, attempt, now, chosen):
        right = choices(attempt, MULTIPLE)
        wrong = choices(attempt, MULTIPLE, right=False)
        everything = attempt.shown[MULTIPLE - 1]["choices"]
        answer(
            attempt,
            MULTIPLE,
            {
                "one right": right[:1],
                "right and wrong": right + wrong,
                "all": everything,
                "none": [],
            }[chosen],
        )

        assert actions.submit_attempt(attempt=attempt, at=now).score == 0

    def test_gives_the_point_for_all_right_choices_and_no_other(self, attempt, now):
        answer(attempt, MULTIPLE, list(reversed(choices(attempt, MULTIPLE))))

        assert actions.submit_attempt(attempt=attempt, at=now).score == 1

    def test_counts_what_was_left_open_as_wrong(self, attempt, now):
        submitted = actions.submit_attempt(attempt=attempt, at=now)

        assert (submitted.score, submitted.max_score, submitted.passed) == (0, 5, False)
        assert not Completion.objects.exists()

    def test_counts_what_was_taken_back_as_wrong(self, attempt, now):
        client = uuid4()
        answer(attempt, MULTIPLE, client=client, seq=1)
        answer(attempt, MULTIPLE, [], client=client, seq=2)

        assert actions.submit_attempt(attempt=attempt, at=now).score == 0

    def test_counts_the_newest_answer_and_not_the_overtaken(self, attempt, now):
        client = uuid4()
        answer(attempt, 1, client=client, seq=2)
        answer(attempt, 1, right=False, client=client, seq=1)

        assert actions.submit_attempt(attempt=attempt, at=now).score == 1

    def test_asks_no_more_of_a_drawn_attempt_than_it_showed(self, learner, now):
        version = VersionFactory(questions=20, draw=4, pass_percent=100)

        attempt = hand_in(learner, version, now)

        assert (attempt.score, attempt.max_score, attempt.passed) == (4, 4, True)


class TestThePassMark:
    @pytest.mark.parametrize(
        ("questions", "percent", "least"),
        [
            (5, 80, 4),
            (10, 80, 8),
            (6, 80, 5),
            (3, 67, 3),
            (3, 66, 2),
            (7, 50, 4),
            (1, 1, 1),
            (5, 100, 5),
            (9, 1, 1),
        ],
    )
    def test_is_reached_by_just_enough_and_by_no_less(
        self, learner, now, questions, percent, least
    ):
        version = VersionFactory(questions=questions, pass_percent=percent)

        below = hand_in(learner, version, now, right=least - 1)
        enough = hand_in(learner, version, now, right=least)

        assert (below.passed, enough.passed) == (False, True)

    def test_is_the_one_that_held_when_the_attempt_began(self, learner, version, now):
        attempt = actions.start_attempt(person=learner, version=version, at=now)
        VersionFactory(module=version.module, number=2, pass_percent=100)

        for number in range(1, 5):
            answer(attempt, number)

        assert actions.submit_attempt(attempt=attempt, at=now).passed


class TestTheCompletion:
    def test_says_who_what_when_and_how(self, learner, version, now):
        attempt = hand_in(learner, version, now)

        (completion,) = Completion.objects.all()

        assert (completion.person, completion.version) == (learner, version)
        assert (completion.module, completion.cycle) == (version.module, 1)
        assert (completion.attempt, completion.how) == (attempt, How.QUIZ)
        assert completion.completed_at == now

    def test_has_a_code_that_can_be_read_aloud(self, learner, version, now):
        hand_in(learner, version, now)

        code = Completion.objects.get().code

        assert len(code) == 14
        assert not set(code) - set("23456789BCDFGHJKMNPQRTVWX-")

    def test_is_not_made_of_a_failed_attempt(self, learner, version, now):
        hand_in(learner, version, now, right=3)

        assert not Completion.objects.exists()

    def test_is_one_however_often_the_attempt_is_handed_in(self, attempt, now):
        for number in range(1, 6):
            answer(attempt, number)

        results = [
            actions.submit_attempt(attempt=attempt, at=now + timedelta(hours=hours))
            for hours in range(4)
        ]

        assert {(row.pk, row.score, row.submitted_at) for row in results} == {(attempt.pk, 5, now)}
        assert Completion.objects.get().completed_at == now

    def test_stands_when_a_later_attempt_fails(self, learner, version, now):
        hand_in(learner, version, now)

        hand_in(learner, version, now + timedelta(days=1), right=0)

        assert Completion.objects.standing().count() == 1

    def test_is_one_for_each_version_in_a_round(self, learner, version, now):
        newer = VersionFactory(module=version.module, number=2)

        for each in (version, newer, newer):
            hand_in(learner, each, now)

        assert list(Completion.objects.values_list("version__number", "cycle")) == [(1, 1), (2, 1)]

    def test_is_one_for_each_person(self, version, now):
        for _ in range(3):
            hand_in(PersonFactory(), version, now)

        assert len(set(Completion.objects.values_list("code", flat=True))) == 3

    def test_recorded_by_a_leader_at_the_same_time_is_the_one_that_stands(
        self, attempt, learner, version, now
    ):
        for number in range(1, 6):
            answer(attempt, number)
        session = CompletionFactory(person=learner, version=version, completed_at=now)

        submitted = actions.submit_attempt(attempt=attempt, at=now)

        assert submitted.passed
        assert list(Completion.objects.all()) == [session]


class TestRevokeCompletion:
    def test_leaves_the_fact_and_says_that_it_no_longer_counts(self, disa, now):
        completion = CompletionFactory()

        revocation = actions.revoke_completion(
            completion=completion, by=disa, reason="Fel person", at=now
        )

        assert (revocation.revoked_by, revocation.revoked_at) == (disa, now)
        assert Completion.objects.get() == completion
        assert not Completion.objects.standing().exists()

    def test_a_second_time_is_refused_and_changes_nothing(self, disa, now):
        completion = CompletionFactory()
        first = actions.revoke_completion(
            completion=completion, by=disa, reason="Fel person", at=now
        )

        with pytest.raises(actions.AlreadyRevoked):
            actions.revoke_completion(completion=completion, by=disa, reason="Igen", at=now)

        completion.refresh_from_db()
        assert completion.revocation == first

    def test_is_on_the_audit_trail_without_name_or_reason(self, protected, version, disa, now):
        completion = CompletionFactory(person=protected.person, version=version)

        actions.revoke_completion(completion=completion, by=disa, reason="Åsa var inte där", at=now)

        entry = ModelLogEntry.objects.get(action="training.completion_revoked")
        assert (entry.user, entry.object_id) == (disa, str(completion.pk))
        trail = f"{entry.label} {entry.data}"
        assert not any(word in trail for word in ("Åsa", "Öberg", "inte där"))

    def test_needs_someone_who_answers_for_it(self, now):
        with pytest.raises(IntegrityError):
            actions.revoke_completion(completion=CompletionFactory(), by=None, reason="Fel", at=now)


def test_codes_do_not_repeat() -> None:
    assert len({new_code() for _ in range(2000)}) == 2000


def test_the_accounts_that_answer_for_evidence_cannot_be_deleted(now) -> None:
    user = UserFactory()
    CompletionFactory(recorded_by=user)

    with pytest.raises(ProtectedError):
        user.delete()
