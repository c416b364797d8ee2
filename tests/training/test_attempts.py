"""Starting an attempt: one open at a time, numbered, with questions drawn once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories import PersonFactory
from tests.training.factories import (
    CompletionFactory,
    VersionFactory,
    hand_in,
    make_module_page,
    version_of,
)
from training import actions
from training.models import Attempt, AttemptState, Completion, LessonRead

pytestmark = pytest.mark.django_db


class TestStartAttempt:
    def test_opens_the_first_attempt_at_the_version(self, learner, version, now):
        attempt = actions.start_attempt(person=learner, version=version, at=now)

        assert (attempt.person, attempt.version) == (learner, version)
        assert (attempt.cycle, attempt.number, attempt.state) == (1, 1, "open")
        assert (attempt.started_at, attempt.submitted_at, attempt.score) == (now, None, None)

    def test_a_second_time_finds_the_open_attempt(self, learner, version, now):
        first = actions.start_attempt(person=learner, version=version, at=now)

        second = actions.start_attempt(person=learner, version=version, at=now + timedelta(hours=1))

        assert second == first
        assert second.started_at == now
        assert Attempt.objects.count() == 1

    def test_after_a_failed_one_numbers_the_next(self, learner, version, now):
        hand_in(learner, version, now, right=1)

        attempt = actions.start_attempt(person=learner, version=version, at=now)

        assert (attempt.cycle, attempt.number, attempt.is_open) == (1, 2, True)

    def test_keeps_persons_apart(self, learner, version, now):
        other = PersonFactory()
        mine = actions.start_attempt(person=learner, version=version, at=now)

        theirs = actions.start_attempt(person=other, version=version, at=now)

        assert theirs != mine
        assert theirs.number == 1

    def test_keeps_modules_apart(self, learner, version, catalogue, now):
        other = version_of(make_module_page(catalogue, slug="annan"))
        mine = actions.start_attempt(person=learner, version=version, at=now)

        attempt = actions.start_attempt(person=learner, version=other, at=now)

        assert attempt != mine
        assert attempt.number == 1

    def test_copies_the_rules_so_that_they_hold_to_the_end(self, learner, version, now):
        attempt = actions.start_attempt(person=learner, version=version, at=now)

        assert attempt.policy == {"pass_percent": 80, "draw": None}

    def test_refuses_a_module_without_questions_and_saves_nothing(self, learner, catalogue, now):
        reading = version_of(make_module_page(catalogue, slug="text", questions=[]))

        with pytest.raises(actions.NoQuestions):
            actions.start_attempt(person=learner, version=reading, at=now)

        assert not Attempt.objects.exists()


class TestWhatAnAttemptAsks:
    def test_is_every_question_in_the_authors_order(self, learner, version, now):
        attempt = actions.start_attempt(person=learner, version=version, at=now)

        assert attempt.question_ids == [question["id"] for question in version.questions]

    def test_is_every_choice_of_each_once(self, learner, version, now):
        attempt = actions.start_attempt(person=learner, version=version, at=now)

        for item, question in zip(attempt.shown, version.questions, strict=True):
            assert sorted(item["choices"]) == sorted(c["id"] for c in question["choices"])

    def test_leaves_true_and_false_in_their_order(self, version, now):
        (place,) = [n for n, q in enumerate(version.questions) if q["kind"] == "true_false"]
        wanted = [choice["id"] for choice in version.questions[place]["choices"]]

        for _ in range(8):
            attempt = actions.start_attempt(person=PersonFactory(), version=version, at=now)
            assert attempt.shown[place]["choices"] == wanted

    def test_comes_in_different_orders_to_different_people(self, version, now):
        orders = {
            tuple(
                actions.start_attempt(person=PersonFactory(), version=version, at=now).shown[2][
                    "choices"
                ]
            )
            for _ in range(12)
        }

        assert len(orders) > 1

    def test_is_the_same_however_often_the_page_is_fetched(self, learner, version, now):
        first = actions.start_attempt(person=learner, version=version, at=now)

        again = Attempt.objects.get(pk=first.pk)

        assert again.shown == first.shown

    def test_is_drawn_from_a_seed_so_that_it_can_be_shown_again(self, learner, now):
        version = VersionFactory(questions=20, draw=5)
        attempt = actions.start_attempt(person=learner, version=version, at=now)

        drawn = actions._draw(version, seed=f"{learner.uid}/{version.pk}/1/1")

        assert attempt.shown == drawn
        assert len(drawn) == 5

    def test_is_drawn_in_the_authors_order(self, learner, now):
        version = VersionFactory(questions=20, draw=5)

        attempt = actions.start_attempt(person=learner, version=version, at=now)

        order = [question["id"] for question in version.questions]
        assert attempt.question_ids == sorted(attempt.question_ids, key=order.index)

    def test_is_drawn_anew_for_each_attempt(self, learner, now):
        version = VersionFactory(questions=40, draw=5)

        drawn = {tuple(hand_in(learner, version, now, right=0).question_ids) for _ in range(4)}

        assert len(drawn) == 4

    @pytest.mark.parametrize("draw", [0, 5, 6, None])
    def test_is_all_questions_when_as_many_or_more_are_to_be_drawn(self, learner, now, draw):
        version = VersionFactory(questions=5, draw=draw)

        attempt = actions.start_attempt(person=learner, version=version, at=now)

        assert len(attempt.shown) == 5


class TestTheRound:
    def test_is_the_first_until_something_is_completed(self, learner, version, now):
        for _ in range(3):
            hand_in(learner, version, now, right=0)

        attempt = actions.start_attempt(person=learner, version=version, at=now)

        assert (attempt.cycle, attempt.number) == (1, 4)

    def test_goes_on_for_those_who_practise_after_passing(self, learner, version, now):
        hand_in(learner, version, now)

        again = hand_in(learner, version, now + timedelta(days=13))

        assert (again.cycle, again.number, again.passed) == (1, 2, True)
        assert Completion.objects.count() == 1

    def test_is_a_new_one_for_those_who_renew_later(self, learner, version, now):
        hand_in(learner, version, now)
        later = now + timedelta(days=300)

        again = hand_in(learner, version, later)

        assert (again.cycle, again.number) == (2, 1)
        assert again.completion.completed_at == later
        assert Completion.objects.count() == 2

    def test_is_a_new_one_at_once_when_the_completion_is_revoked(self, learner, version, disa, now):
        first = hand_in(learner, version, now).completion
        actions.revoke_completion(completion=first, by=disa, reason="Delat konto", at=now)

        again = hand_in(learner, version, now)

        assert again.cycle == 2
        assert list(Completion.objects.standing()) == [again.completion]

    def test_counts_a_completion_by_other_means(self, learner, version, now):
        CompletionFactory(person=learner, version=version, completed_at=now)

        practice = hand_in(learner, version, now + timedelta(days=1))
        renewal = hand_in(learner, version, now + timedelta(days=200))

        assert (practice.cycle, renewal.cycle) == (1, 2)
        assert [row.how for row in Completion.objects.order_by("pk")] == ["group", "quiz"]

    def test_that_ended_while_an_attempt_lay_open_does_not_swallow_it(self, learner, version, now):
        hand_in(learner, version, now)
        practice = actions.start_attempt(person=learner, version=version, at=now)
        later = now + timedelta(days=300)

        found = hand_in(learner, version, later)

        assert found == practice
        assert Completion.objects.latest("pk").completed_at == later


class TestTheDatabase:
    """What holds even for code that forgets to ask."""

    def test_takes_no_second_open_attempt(self, learner, version, now):
        attempt = actions.start_attempt(person=learner, version=version, at=now)

        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.create(
                person=learner, module=version.module, version=version, number=2,
                shown=attempt.shown, policy=attempt.policy, started_at=now,
            )  # fmt: skip

    def test_takes_no_number_twice(self, learner, version, now):
        done = hand_in(learner, version, now)

        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.create(
                person=learner, module=version.module, version=version, number=done.number,
                shown=done.shown, policy=done.policy, started_at=now,
                state=AttemptState.CANCELLED,
            )  # fmt: skip

    @pytest.mark.parametrize(
        "half", [{"submitted_at": None}, {"score": None}, {"max_score": None}, {"passed": None}]
    )
    def test_takes_no_half_result(self, learner, version, now, half):
        done = hand_in(learner, version, now)

        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.filter(pk=done.pk).update(**half)

    def test_takes_no_result_on_an_open_attempt(self, learner, version, now):
        attempt = actions.start_attempt(person=learner, version=version, at=now)

        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(score=5)

    def test_takes_no_second_completion_of_a_version_in_a_round(self, learner, version):
        CompletionFactory(person=learner, version=version)

        with pytest.raises(IntegrityError), transaction.atomic():
            CompletionFactory(person=learner, version=version)

    def test_takes_no_completion_by_quiz_without_an_attempt(self, learner, version):
        with pytest.raises(IntegrityError), transaction.atomic():
            CompletionFactory(person=learner, version=version, how="quiz")


class TestMarkLessonRead:
    def test_notes_it_once_however_often_it_is_asked(self, learner, version, now):
        for hours in range(3):
            actions.mark_lesson_read(
                person=learner,
                version=version,
                lesson_id=version.lessons[0]["id"],
                at=now + timedelta(hours=hours),
            )

        (read,) = LessonRead.objects.filter(person=learner)
        assert (str(read.lesson_id), read.read_at) == (version.lessons[0]["id"], now)

    def test_keeps_lessons_and_persons_apart(self, learner, version, now):
        for person in (learner, PersonFactory()):
            for lesson in version.lessons[:2]:
                actions.mark_lesson_read(
                    person=person, version=version, lesson_id=lesson["id"], at=now
                )

        assert len(LessonRead.objects.filter(person=learner)) == 2
