"""The demo's training history: believable shares, and rows such as the real actions write."""

import random
import re
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from portal.organisation import demo
from portal.organisation.models import Absence, Employment, Person, Unit, User, in_force
from training import actions, reports
from training.demo import (
    ANSWERS_FOR_DAYS,
    DUE_DAYS,
    MODULE,
    OPERATIONS,
    NoVersion,
    Report,
    load_history,
)
from training.models import (
    AnswerEvent,
    Attempt,
    AttemptState,
    Completion,
    LessonRead,
    Module,
    ModuleVersion,
    Requirement,
)
from training.models.versions import canonical, content_hash

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.get_current_timezone())
KINDS = ("single", "multiple", "true_false")


def make_question(number: int, chance: random.Random) -> dict[str, Any]:
    kind = KINDS[number % 3]
    right = {"single": 1, "multiple": 2, "true_false": 1}[kind]
    choices = [
        {"id": str(UUID(int=chance.getrandbits(128))), "correct": place < right}
        for place in range(2 if kind == "true_false" else 4)
    ]
    return {"id": str(UUID(int=chance.getrandbits(128))), "kind": kind, "choices": choices}


def make_version(module: Module, *, number: int = 1, questions: int = 9) -> ModuleVersion:
    chance = random.Random(number)  # noqa: S311  # the same ids each time
    content = canonical(
        {
            "policy": {"pass_percent": 80, "draw": 6},
            "questions": [make_question(place, chance) for place in range(questions)],
            "lessons": [{"id": str(UUID(int=chance.getrandbits(128)))} for _ in range(4)],
        }
    )
    return ModuleVersion.objects.create(
        module=module,
        language="sv",
        number=number,
        content=content,
        content_hash=content_hash(content),
        change_kind="material",
        published_at=NOW,
    )


@pytest.fixture
def city(db: None) -> None:
    demo.load(today=TODAY, password="ett-kant-losenord")


@pytest.fixture
def module(db: None) -> Module:
    return Module.objects.create(key=uuid4(), title="Orosanmälan", slug=MODULE)


@pytest.fixture
def version(module: Module) -> ModuleVersion:
    return make_version(module)


@pytest.fixture
def history(city: None, version: ModuleVersion) -> Report:
    return load_history(today=TODAY)


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Attempt, Completion, AnswerEvent, LessonRead, Requirement)
    }


def audience(unit: Unit) -> set[int]:
    """Return those in *unit* whom the requirement concerns, without the cast."""
    return set(
        Employment.objects.in_force_on(TODAY)
        .filter(unit=unit, operation__slug__in=OPERATIONS, person__user__isnull=True)
        .values_list("person_id", flat=True)
    )


class TestShares:
    def test_most_are_done_but_not_all_in_every_unit(self, history: Report) -> None:
        done = set(Completion.objects.values_list("person_id", flat=True))
        units = {unit.name: audience(unit) for unit in Unit.objects.all()}
        shares = {
            name: len(people & done) / len(people)
            for name, people in units.items()
            if len(people) >= 10
        }
        everybody = set().union(*units.values())

        assert len(shares) >= 5
        assert all(0.5 <= share <= 0.8 for share in shares.values()), shares
        assert len(set(shares.values())) > 3
        assert 0.55 <= len(everybody & done) / len(everybody) <= 0.75

    def test_a_manager_sees_every_sort_of_status(self, history: Report) -> None:
        chef = User.objects.get(username="chef").person
        below = Person.objects.employed_in(Unit.objects.managed_by(chef, on=TODAY), on=TODAY)
        city = Person.objects.filter(employments__isnull=False).distinct()

        assert {"done", "late", "not_started"} <= states_of(below)
        assert states_of(city) == {"done", "late", "started", "not_started", "paused"}

    def test_the_employee_of_the_cast_has_not_begun_and_has_time_left(
        self, history: Report
    ) -> None:
        person = User.objects.get(username="medarbetare").person
        assert person

        (item,) = reports.obligations([person.pk], on=TODAY)[person.pk]
        assert item.state == "not_started"
        assert item.due_date > TODAY
        assert item.reason

    def test_nobody_of_the_cast_has_a_past(self, history: Report) -> None:
        cast = Person.objects.filter(user__isnull=False)

        for model in (Attempt, Completion, LessonRead):
            assert not model.objects.filter(person__in=cast).exists()

    def test_the_requirement_is_one_that_the_reports_understand(self, history: Report) -> None:
        requirement = Requirement.objects.get()

        requirement.full_clean()
        assert set(requirement.operations.values_list("slug", flat=True)) == set(OPERATIONS)
        assert requirement.due_days == DUE_DAYS


def states_of(people: Any) -> set[str]:
    ids = list(people.values_list("pk", flat=True))
    return {item.state for items in reports.obligations(ids, on=TODAY).values() for item in items}


class TestRows:
    def test_an_attempt_is_as_starting_one_makes_it(
        self, history: Report, version: ModuleVersion
    ) -> None:
        with transaction.atomic():
            learner = Person.objects.create(staff_number="A1", given_name="A", family_name="B")
            real = actions.start_attempt(person=learner, version=version, at=NOW)
            transaction.set_rollback(True)

        for attempt in Attempt.objects.all():
            assert attempt.policy == real.policy
            assert [set(item) for item in attempt.shown] == [set(item) for item in real.shown]
            for item in attempt.shown:
                question = version.question(item["question"])
                assert question
                assert sorted(item["choices"]) == sorted(c["id"] for c in question["choices"])

    def test_an_attempt_is_graded_as_handing_one_in_grades_it(
        self, history: Report, version: ModuleVersion
    ) -> None:
        handed_in = Attempt.objects.filter(state=AttemptState.SUBMITTED)

        assert {attempt.passed for attempt in handed_in} == {True, False}
        for attempt in handed_in:
            assert attempt.max_score == len(attempt.shown) == 6
            assert attempt.score is not None
            assert attempt.passed == (attempt.score * 100 >= 80 * attempt.max_score)

    def test_answers_of_late_give_the_score_and_old_ones_are_gone(
        self, history: Report, version: ModuleVersion
    ) -> None:
        recent = 0
        limit = TODAY - timedelta(days=ANSWERS_FOR_DAYS)
        for attempt in Attempt.objects.filter(state=AttemptState.SUBMITTED):
            answers = actions.saved_answers(attempt=attempt)
            if timezone.localdate(attempt.submitted_at) <= limit:
                assert not answers
                continue
            recent += 1
            right = [
                actions.is_right(version.question(question_id), answers.get(question_id))
                for question_id in attempt.question_ids
            ]
            assert sum(right) == attempt.score

        assert recent

    def test_an_open_attempt_can_be_gone_on_with_and_passed(
        self, history: Report, version: ModuleVersion
    ) -> None:
        attempt = Attempt.objects.filter(state=AttemptState.OPEN).select_related("person")[0]

        assert actions.start_attempt(person=attempt.person, version=version, at=NOW) == attempt
        assert 0 < len(actions.saved_answers(attempt=attempt)) < 6
        for item in attempt.shown:
            question = version.question(item["question"])
            assert question
            actions.save_answer(
                attempt=attempt, question_id=item["question"], client=uuid4(), client_seq=1, at=NOW,
                choice_ids=[c["id"] for c in question["choices"] if c["correct"]],
            )  # fmt: skip
        assert actions.submit_attempt(attempt=attempt, at=NOW).passed
        assert Completion.objects.filter(attempt=attempt).exists()

    def test_who_failed_first_may_try_again(self, history: Report, version: ModuleVersion) -> None:
        failed = Attempt.objects.filter(passed=False, person__completions__isnull=True)[0]

        again = actions.start_attempt(person=failed.person, version=version, at=NOW)

        assert again.number == failed.number + 1

    def test_a_completion_rests_on_the_attempt_that_passed(self, history: Report) -> None:
        for completion in Completion.objects.select_related("attempt"):
            attempt = completion.attempt
            assert attempt.passed
            assert attempt.person_id == completion.person_id
            assert attempt.submitted_at == completion.completed_at
            assert attempt.started_at < attempt.submitted_at <= NOW
            assert re.fullmatch(r"(?:[2-9B-DF-HJ-NP-TV-X]{4}-?){3}", completion.code)

    def test_nobody_completed_anything_before_being_employed(self, history: Report) -> None:
        for completion in Completion.objects.all():
            day = timezone.localdate(completion.completed_at)
            assert Employment.objects.filter(in_force(day), person=completion.person_id).exists()

    def test_nobody_completed_anything_while_away(self, city: None, version: ModuleVersion) -> None:
        away = Person.objects.filter(user=None, employments__unit__code="DEMO-KOMETEN").distinct()
        since, until = TODAY - timedelta(days=140), TODAY - timedelta(days=40)
        Absence.objects.bulk_create(
            Absence(person=person, starts_date=since, ends_date=until) for person in away
        )

        load_history(today=TODAY)

        completions = Completion.objects.filter(person__in=away)
        assert completions
        for completion in completions:
            assert not since <= timezone.localdate(completion.completed_at) < until

    def test_attempts_follow_each_other(self, history: Report) -> None:
        seconds = Attempt.objects.filter(number=2)

        assert seconds
        for second in seconds:
            first = Attempt.objects.get(person=second.person, number=1)
            assert first.passed is False
            assert first.submitted_at
            assert first.submitted_at < second.started_at


class TestAgain:
    def test_changes_nothing_on_another_day(self, history: Report) -> None:
        before = everything()

        again = load_history(today=TODAY + timedelta(days=40))

        assert not again.is_new
        assert everything() == before

    def test_the_same_city_has_the_same_history(self, city: None, version: ModuleVersion) -> None:
        told = []
        for _ in range(2):
            with transaction.atomic():
                load_history(today=TODAY)
                told.append(
                    list(
                        Attempt.objects.order_by("guid").values_list(
                            "guid", "person", "number", "state", "score", "started_at",
                            "completion__code", "completion__completed_at",
                        )
                    )
                )  # fmt: skip
                transaction.set_rollback(True)

        assert told[0] == told[1]
        assert len(told[0]) > 50

    def test_what_the_cast_has_done_stays(self, history: Report, version: ModuleVersion) -> None:
        person = User.objects.get(username="medarbetare").person
        assert person
        attempt = actions.start_attempt(person=person, version=version, at=NOW)

        call_command("load_demo", stdout=StringIO())

        attempt.refresh_from_db()
        assert attempt.is_open
        assert Attempt.objects.filter(person=person).count() == 1

    def test_who_has_begun_before_the_history_is_given_none(
        self, city: None, version: ModuleVersion
    ) -> None:
        person = Person.objects.filter(user=None, employments__unit__code="DEMO-KOMETEN")[0]
        actions.mark_lesson_read(
            person=person, version=version, lesson_id=version.lessons[0]["id"], at=NOW
        )

        assert load_history(today=TODAY).is_new
        assert not Attempt.objects.filter(person=person).exists()

    def test_a_requirement_that_was_removed_stays_removed(self, history: Report) -> None:
        Requirement.objects.all().delete()

        load_history(today=TODAY)

        assert not Requirement.objects.exists()

    def test_a_new_version_of_the_module_gives_no_new_history(
        self, history: Report, module: Module
    ) -> None:
        make_version(module, number=2)

        assert not load_history(today=TODAY).is_new


class TestWithoutModule:
    def test_there_is_no_history_without_a_frozen_version(self, city: None, module: Module) -> None:
        with pytest.raises(NoVersion):
            load_history(today=TODAY)

        assert not Requirement.objects.exists()

    def test_there_is_none_without_a_quiz(self, city: None, module: Module) -> None:
        make_version(module, questions=0)

        with pytest.raises(NoVersion):
            load_history(today=TODAY)

    def test_the_command_says_so_and_a_later_run_makes_up_for_it(self, db: None) -> None:
        first, second = StringIO(), StringIO()

        call_command("load_demo", stdout=first)
        make_version(Module.objects.create(key=uuid4(), title="Orosanmälan", slug=MODULE))
        call_command("load_demo", stdout=second)

        assert "ingen utbildningshistorik skapades" in first.getvalue()
        assert Person.objects.count() == demo.DEFAULT_EMPLOYEES
        assert "genomföranden" in second.getvalue()
        assert "Ingenting ändrades" not in second.getvalue()
        assert Completion.objects.count() > 50
