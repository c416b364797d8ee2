"""Answers are saved one by one, as they come, and never lost in silence."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.training.factories import answer, block_id, choices, hand_in
from training import actions
from training.models import AnswerEvent, Attempt
from training.views.common import clock

pytestmark = pytest.mark.django_db

# The questions of Prova by their number.
SINGLE, TRUE_FALSE, MULTIPLE = 1, 2, 3


@pytest.fixture
def attempt(learner, version, now) -> Attempt:
    return actions.start_attempt(person=learner, version=version, at=now)


def shown(attempt: Attempt, number: int) -> list[str]:
    return list(attempt.shown[number - 1]["choices"])


def counts(attempt: Attempt, number: int) -> list[str] | None:
    """The choices that count for question *number*."""
    found = actions.saved_answers(attempt=attempt).get(attempt.question_ids[number - 1])
    return found and found.choice_ids


class TestAnAnswer:
    @pytest.mark.parametrize("number", [SINGLE, TRUE_FALSE])
    def test_of_one_choice_is_saved(self, attempt, now, number):
        (chosen,) = choices(attempt, number)

        event = answer(attempt, number, [chosen], at=now)

        assert (event.choice_ids, event.saved_at, event.is_late) == ([chosen], now, False)
        assert counts(attempt, number) == [chosen]

    def test_of_several_choices_is_saved_in_the_order_shown(self, attempt):
        wanted = shown(attempt, MULTIPLE)[:3]

        answer(attempt, MULTIPLE, [*reversed(wanted), wanted[0]])

        assert counts(attempt, MULTIPLE) == wanted

    def test_can_be_changed_until_the_attempt_is_handed_in(self, attempt):
        for chosen in shown(attempt, SINGLE):
            answer(attempt, SINGLE, [chosen])

            assert counts(attempt, SINGLE) == [chosen]

        assert AnswerEvent.objects.count() == 3

    def test_of_several_choices_can_be_taken_back(self, attempt):
        client = uuid4()
        answer(attempt, MULTIPLE, client=client, seq=1)

        answer(attempt, MULTIPLE, [], client=client, seq=2)

        assert counts(attempt, MULTIPLE) == []
        assert MULTIPLE in actions.unanswered(attempt=attempt)

    def test_is_of_its_own_question_and_attempt_alone(self, attempt, version, disa, now):
        other = actions.start_attempt(person=disa.person, version=version, at=now)

        answer(attempt, SINGLE)

        assert actions.saved_answers(attempt=other) == {}
        assert actions.unanswered(attempt=attempt) == [2, 3, 4, 5]


class TestTheSameRequestAgain:
    def test_is_the_same_row(self, attempt, now):
        client = uuid4()
        first = answer(attempt, SINGLE, client=client, seq=7, at=now)

        for minutes in range(1, 5):
            again = answer(
                attempt, SINGLE, client=client, seq=7, at=now + timedelta(minutes=minutes)
            )
            assert again == first

        assert again.saved_at == now
        assert AnswerEvent.objects.count() == 1

    def test_does_not_undo_what_came_after_it(self, attempt):
        client = uuid4()
        one, other, _ = shown(attempt, SINGLE)
        answer(attempt, SINGLE, [one], client=client, seq=1)
        answer(attempt, SINGLE, [other], client=client, seq=2)

        answer(attempt, SINGLE, [one], client=client, seq=1)

        assert counts(attempt, SINGLE) == [other]

    def test_is_answered_as_before_when_the_attempt_has_been_handed_in(self, attempt, now):
        client = uuid4()
        first = answer(attempt, SINGLE, client=client, seq=1)
        actions.submit_attempt(attempt=attempt, at=now)

        again = answer(attempt, SINGLE, client=client, seq=1)

        assert again == first

    def test_with_another_choice_under_the_same_number_is_another_answer(self, attempt):
        client = uuid4()
        one, other, _ = shown(attempt, SINGLE)
        answer(attempt, SINGLE, [one], client=client, seq=1)

        event = answer(attempt, SINGLE, [other], client=client, seq=1)

        assert (event.client_seq, event.is_late) == (2, False)
        assert counts(attempt, SINGLE) == [other]


class TestAnswersOutOfOrder:
    def test_from_one_form_leave_the_newest_in_force(self, attempt):
        client = uuid4()
        one, other, third = shown(attempt, SINGLE)
        answer(attempt, SINGLE, [one], client=client, seq=1)
        answer(attempt, SINGLE, [third], client=client, seq=3)

        late = answer(attempt, SINGLE, [other], client=client, seq=2)

        assert late.is_late
        assert counts(attempt, SINGLE) == [third]
        assert AnswerEvent.objects.count() == 3

    def test_from_two_tabs_leave_the_last_to_arrive_in_force(self, attempt):
        first, second = uuid4(), uuid4()
        one, other, third = shown(attempt, SINGLE)
        answer(attempt, SINGLE, [one], client=first, seq=5)
        answer(attempt, SINGLE, [other], client=second, seq=1)
        assert counts(attempt, SINGLE) == [other]

        answer(attempt, SINGLE, [third], client=first, seq=6)

        assert counts(attempt, SINGLE) == [third]


class TestTheFormsOwnButton:
    """`is_final`: a person pressed it, so nothing the form has sent before is newer."""

    def test_counts_over_everything_the_form_sent_before(self, attempt):
        client = uuid4()
        one, other, third = shown(attempt, SINGLE)
        answer(attempt, SINGLE, [one], client=client, seq=1)
        answer(attempt, SINGLE, [third], client=client, seq=4, is_final=True)

        straggler = answer(attempt, SINGLE, [other], client=client, seq=3)

        assert straggler.is_late
        assert counts(attempt, SINGLE) == [third]

    def test_pressed_twice_saves_once(self, attempt):
        client = uuid4()

        for _ in range(3):
            answer(attempt, SINGLE, client=client, seq=0, is_final=True)

        assert AnswerEvent.objects.count() == 1

    def test_saves_a_change_of_mind_and_back_from_one_form_without_script(self, attempt):
        client = uuid4()
        one, other, _ = shown(attempt, SINGLE)

        for chosen in (one, other, one):
            answer(attempt, SINGLE, [chosen], client=client, seq=0, is_final=True)

        assert counts(attempt, SINGLE) == [one]

    def test_saves_nothing_new_when_autosave_has_it(self, attempt):
        client = uuid4()
        saved = answer(attempt, SINGLE, client=client, seq=1)

        pressed = answer(attempt, SINGLE, client=client, seq=2, is_final=True)

        assert pressed == saved


class TestARefusedAnswer:
    def test_to_a_question_that_is_not_asked_saves_nothing(self, attempt, now):
        with pytest.raises(actions.UnknownQuestion):
            actions.save_answer(
                attempt=attempt,
                question_id=block_id("en annan fråga"),
                choice_ids=[],
                client=uuid4(),
                client_seq=1,
                at=now,
            )

        assert not AnswerEvent.objects.exists()

    @pytest.mark.parametrize("foreign", ["hittepå", "", "\x00", block_id("okänt val")])
    def test_of_a_choice_that_is_not_there_saves_nothing(self, attempt, foreign):
        for number in (SINGLE, TRUE_FALSE, MULTIPLE):
            with pytest.raises(actions.UnknownChoice):
                answer(attempt, number, [*choices(attempt, number)[:1], foreign])

        assert not AnswerEvent.objects.exists()

    def test_of_another_questions_choice_saves_nothing(self, attempt):
        with pytest.raises(actions.UnknownChoice):
            answer(attempt, SINGLE, choices(attempt, MULTIPLE))

        assert not AnswerEvent.objects.exists()

    @pytest.mark.parametrize("number", [SINGLE, TRUE_FALSE])
    def test_of_two_choices_where_one_may_be_right_saves_nothing(self, attempt, number):
        with pytest.raises(actions.UnknownChoice):
            answer(attempt, number, shown(attempt, number)[:2])

        assert not AnswerEvent.objects.exists()

    def test_after_handing_in_saves_nothing_and_changes_no_result(self, attempt, now):
        submitted = actions.submit_attempt(attempt=attempt, at=now)

        for is_final in (False, True):
            with pytest.raises(actions.AttemptIsClosed):
                answer(attempt, SINGLE, is_final=is_final)

        assert not AnswerEvent.objects.exists()
        submitted.refresh_from_db()
        assert submitted.score == 0


def test_saved_answers_are_fetched_in_one_query(attempt, django_assert_num_queries) -> None:
    for number in range(1, 6):
        for _ in range(3):
            answer(attempt, number, client=UUID(int=number), seq=1, is_final=True)

    with django_assert_num_queries(1):
        saved = actions.saved_answers(attempt=attempt)

    assert len(saved) == 5


def test_the_hour_that_comes_twice_in_october_is_kept_apart(attempt) -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))

    events = [answer(attempt, number, at=at) for number, at in ((1, first), (2, second))]

    for event in events:
        event.refresh_from_db()
    assert [event.saved_at for event in events] == [first, second]
    assert clock(first) == clock(second) == "02:30"


def test_an_attempt_that_is_over_keeps_its_answers(learner, version, now) -> None:
    attempt = hand_in(learner, version, now)

    assert len(actions.saved_answers(attempt=attempt)) == 5
