"""What a person must complete, by when, and how it stands: worked out from the facts alone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.organisation.models import Absence, Operation, Person, Role
from tests.factories import (
    AbsenceFactory,
    EmploymentFactory,
    OperationFactory,
    PersonFactory,
    ProfessionFactory,
    RoleAssignmentFactory,
    UnitFactory,
)
from tests.training.factories import (
    CompletionFactory,
    ModuleFactory,
    VersionFactory,
    hand_in,
    make_track,
    moment,
    read_lesson,
    require,
)
from training import actions
from training.models import ChangeKind, MaterialPolicy, Module, ModulePage, ModuleVersion
from training.models.obligations import Item, add_months, extend, obligations

pytestmark = pytest.mark.django_db

# A requirement of the tests holds from 1 January 2026 and is due 90 days later.
DUE = date(2026, 4, 1)
BEFORE, AFTER = date(2026, 3, 2), date(2026, 4, 2)


@pytest.fixture
def version() -> ModuleVersion:
    return VersionFactory()


@pytest.fixture
def module(version: ModuleVersion) -> Module:
    return version.module


@pytest.fixture
def person() -> Person:
    """Someone who has worked at a preschool for years."""
    employment = EmploymentFactory(starts_date=date(2019, 8, 1))
    return employment.person


def items_of(person: Person, on: date) -> list[Item]:
    return obligations([person.pk], on=on)[person.pk]


def item_of(person: Person, on: date) -> Item:
    (item,) = items_of(person, on)
    return item


class TestTheState:
    def test_is_not_started_before_anything_is_done(self, person, module):
        require(module)

        item = item_of(person, BEFORE)

        assert (item.state, item.label) == ("not_started", "Inte påbörjad")
        assert (item.module_id, item.module, item.slug) == (module.pk, module.title, module.slug)
        assert (item.reason, item.due_date) == ("Du möter barn.", DUE)
        assert (item.completed_at, item.valid_until) == (None, None)

    def test_is_started_when_a_lesson_is_read(self, person, version):
        require(version.module)
        read_lesson(person, version, moment(2026, 2, 1))

        assert item_of(person, BEFORE).label == "Påbörjad"

    def test_is_started_when_the_quiz_is_begun_or_failed(self, person, version):
        require(version.module)
        hand_in(person, version, moment(2026, 2, 1), right=0)

        assert item_of(person, BEFORE).state == "started"

    def test_is_done_when_completed(self, person, version):
        require(version.module)
        CompletionFactory(person=person, version=version, completed_at=moment(2026, 2, 1))

        item = item_of(person, BEFORE)

        assert (item.state, item.label) == ("done", "Klar")
        assert item.completed_at == moment(2026, 2, 1)

    def test_is_done_however_late_it_was_completed(self, person, version):
        require(version.module)
        CompletionFactory(person=person, version=version, completed_at=moment(2026, 6, 1))

        assert item_of(person, date(2026, 6, 2)).state == "done"

    def test_is_done_when_completed_before_the_requirement_was_made(self, person, version):
        require(version.module)
        CompletionFactory(person=person, version=version, completed_at=moment(2024, 6, 1))

        assert item_of(person, BEFORE).state == "done"

    def test_is_late_from_the_day_after_the_last(self, person, module):
        require(module)

        assert [item_of(person, day).state for day in (DUE, AFTER)] == ["not_started", "late"]

    def test_is_late_even_when_begun(self, person, version):
        require(version.module)
        read_lesson(person, version, moment(2026, 2, 1))

        assert item_of(person, AFTER).label == "Försenad"

    def test_is_paused_during_absence_however_late(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=AFTER)

        assert item_of(person, date(2026, 5, 1)).label == "Pausad"

    def test_stays_done_during_absence(self, person, version):
        require(version.module)
        CompletionFactory(person=person, version=version)
        AbsenceFactory(person=person, starts_date=date(2026, 2, 20))

        assert item_of(person, BEFORE).state == "done"

    def test_is_not_done_when_the_completion_is_revoked(self, person, version, disa):
        require(version.module)
        completion = CompletionFactory(person=person, version=version)
        actions.revoke_completion(
            completion=completion, by=disa, reason="Fel person", at=moment(2026, 2, 2)
        )

        item = item_of(person, BEFORE)

        assert (item.state, item.completed_at) == ("not_started", None)

    def test_falls_back_on_another_completion_when_one_is_revoked(self, person, version, disa):
        require(version.module)
        first = CompletionFactory(person=person, version=version, cycle=1)
        second = CompletionFactory(
            person=person, version=version, cycle=2, completed_at=moment(2026, 2, 20)
        )
        actions.revoke_completion(
            completion=second, by=disa, reason="Fel person", at=moment(2026, 2, 21)
        )

        assert item_of(person, BEFORE).completed_at == first.completed_at

    def test_tells_nothing_of_other_modules_or_persons(self, person, version):
        require(version.module)
        CompletionFactory(person=person)
        CompletionFactory(version=version)

        assert item_of(person, BEFORE).state == "not_started"


class TestTheLastDay:
    def test_is_so_many_days_after_the_requirement_for_those_who_were_there(self, person, module):
        require(module, starts_date=date(2026, 1, 1), due_days=30)

        assert item_of(person, BEFORE).due_date == date(2026, 1, 31)

    def test_is_so_many_days_after_the_employment_for_those_who_came_later(self, module):
        new = EmploymentFactory(starts_date=date(2026, 2, 10)).person
        require(module, due_days=30)

        assert item_of(new, BEFORE).due_date == date(2026, 3, 12)

    def test_can_be_a_fixed_day(self, person, module):
        require(module, due_rule="fixed", due_date=date(2026, 3, 31), due_days=None)

        assert item_of(person, BEFORE).due_date == date(2026, 3, 31)

    @pytest.mark.parametrize(
        ("starts_date", "due_days", "due_date"),
        [
            (date(2026, 1, 15), None, date(2026, 3, 31)),
            (date(2026, 3, 20), None, date(2026, 4, 19)),
            (date(2026, 6, 1), None, date(2026, 7, 1)),
            (date(2026, 6, 1), 60, date(2026, 7, 31)),
            (date(2026, 6, 1), 0, date(2026, 6, 1)),
        ],
    )
    def test_that_is_fixed_gives_newcomers_time(self, module, starts_date, due_days, due_date):
        new = EmploymentFactory(starts_date=starts_date).person
        require(module, due_rule="fixed", due_date=date(2026, 3, 31), due_days=due_days)

        assert item_of(new, starts_date).due_date == due_date

    def test_stays_when_someone_moves_straight_to_another_unit(self, module):
        person = PersonFactory()
        EmploymentFactory(person=person, starts_date=date(2026, 1, 10), ends_date=date(2026, 3, 1))
        EmploymentFactory(person=person, starts_date=date(2026, 3, 1))
        require(module, due_days=30)

        assert item_of(person, BEFORE).due_date == date(2026, 2, 9)

    def test_begins_anew_after_a_break(self, module):
        person = PersonFactory()
        EmploymentFactory(person=person, starts_date=date(2026, 1, 10), ends_date=date(2026, 2, 1))
        EmploymentFactory(person=person, starts_date=date(2026, 3, 1))
        require(module, due_days=30)

        assert item_of(person, BEFORE).due_date == date(2026, 3, 31)

    def test_begins_when_the_person_moves_to_where_it_is_required(self, module):
        person = PersonFactory()
        preschool = OperationFactory()
        EmploymentFactory(
            person=person,
            operation=OperationFactory(slug="aldreomsorg", name="Äldreomsorg"),
            starts_date=date(2020, 1, 1),
            ends_date=date(2026, 3, 1),
        )
        EmploymentFactory(person=person, operation=preschool, starts_date=date(2026, 3, 1))
        require(module, operations=[preschool], due_days=30)

        assert item_of(person, BEFORE).due_date == date(2026, 3, 31)

    def test_counts_from_when_a_role_was_given(self, person, module):
        RoleAssignmentFactory(person=person, starts_date=date(2026, 2, 1))
        require(module, roles=[Role.MANAGER], due_days=30)

        assert item_of(person, BEFORE).due_date == date(2026, 3, 3)

    @pytest.mark.parametrize(
        ("moment_of_asking", "state"),
        [
            (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), "not_started"),
            (datetime(2026, 3, 31, 22, 1, tzinfo=UTC), "late"),
        ],
    )
    def test_ends_at_midnight_in_stockholm(self, person, module, moment_of_asking, state):
        require(module, due_rule="fixed", due_date=date(2026, 3, 31))
        in_stockholm = moment_of_asking.astimezone(moment(2026, 1, 1).tzinfo).date()

        assert item_of(person, in_stockholm).state == state

    @pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
    def test_ends_at_the_end_of_a_day_of_any_length(self, person, version, day):
        require(version.module, due_rule="fixed", due_date=day)
        CompletionFactory(
            person=person,
            version=version,
            completed_at=moment(day.year, day.month, day.day, 23, 59),
        )

        item = item_of(person, day)

        assert item.state == "done"
        assert item_of(person, day + timedelta(days=1)).state == "done"


class TestWhomARequirementConcerns:
    def test_is_everyone_employed_without_further_words(self, person, module):
        require(module)

        assert len(items_of(person, BEFORE)) == 1
        assert items_of(PersonFactory(), BEFORE) == []

    @pytest.mark.parametrize(
        ("starts_date", "ends_date", "is_concerned"),
        [
            (date(2026, 3, 2), None, True),
            (date(2026, 3, 3), None, False),
            (date(2025, 1, 1), date(2026, 3, 2), False),
            (date(2025, 1, 1), date(2026, 3, 3), True),
        ],
    )
    def test_is_those_whose_employment_holds_that_day(
        self, module, starts_date, ends_date, is_concerned
    ):
        require(module)
        person = EmploymentFactory(starts_date=starts_date, ends_date=ends_date).person

        assert bool(items_of(person, BEFORE)) == is_concerned

    @pytest.mark.parametrize(
        ("starts_date", "ends_date", "holds"),
        [
            (date(2026, 3, 2), None, True),
            (date(2026, 3, 3), None, False),
            (date(2025, 1, 1), date(2026, 3, 2), False),
            (date(2025, 1, 1), date(2026, 3, 3), True),
        ],
    )
    def test_is_nobody_before_it_begins_or_after_it_ends(
        self, person, module, starts_date, ends_date, holds
    ):
        require(module, starts_date=starts_date, ends_date=ends_date)

        assert bool(items_of(person, BEFORE)) == holds

    def test_follows_operation_profession_and_unit_together(self, module):
        preschool, school = OperationFactory(), OperationFactory(slug="skola", name="Skola")
        teacher, cook = ProfessionFactory(), ProfessionFactory(code="kock", name="Kock")
        north = UnitFactory()
        require(module, operations=[preschool], professions=[teacher], units=[north])
        fits = {"operation": preschool, "profession": teacher, "unit": north}

        def concerns(**other: object) -> bool:
            person = EmploymentFactory(**{**fits, **other}).person
            return bool(items_of(person, BEFORE))

        assert concerns()
        assert not concerns(operation=school)
        assert not concerns(profession=cook)
        assert not concerns(unit=UnitFactory())

    def test_reaches_everything_below_a_unit_and_nothing_beside_or_above(self, module):
        top = UnitFactory()
        north, south = UnitFactory(parent=top), UnitFactory(parent=top)
        below = UnitFactory(parent=UnitFactory(parent=north))
        require(module, units=[north])

        concerned = {
            unit.name: bool(items_of(EmploymentFactory(unit=unit).person, BEFORE))
            for unit in (top, north, south, below)
        }

        assert concerned == {top.name: False, north.name: True, south.name: False, below.name: True}

    def test_is_met_by_any_of_several_employments_but_by_one_of_them_whole(self, module):
        preschool, school = OperationFactory(), OperationFactory(slug="skola", name="Skola")
        teacher, cook = ProfessionFactory(), ProfessionFactory(code="kock", name="Kock")
        person = PersonFactory()
        EmploymentFactory(person=person, operation=preschool, profession=cook)
        EmploymentFactory(person=person, operation=school, profession=teacher)

        for operation, profession, is_concerned in (
            (preschool, cook, True),
            (school, teacher, True),
            (preschool, teacher, False),
        ):
            requirement = require(module, operations=[operation], professions=[profession])
            assert bool(items_of(person, BEFORE)) == is_concerned
            requirement.delete()

    def test_is_one_duty_for_someone_with_two_employments(self, module):
        person = PersonFactory()
        EmploymentFactory(person=person, starts_date=date(2026, 2, 1))
        EmploymentFactory(person=person, starts_date=date(2026, 2, 20))
        require(module, due_days=30)

        assert item_of(person, BEFORE).due_date == date(2026, 3, 3)

    def test_is_those_who_hold_the_role(self, person, module):
        require(module, roles=[Role.MANAGER, Role.COORDINATOR])
        assert items_of(person, BEFORE) == []

        RoleAssignmentFactory(person=person, role=Role.COORDINATOR)

        assert len(items_of(person, BEFORE)) == 1

    def test_is_not_those_whose_role_has_ended_or_is_yet_to_come(self, person, module):
        require(module, roles=[Role.MANAGER])
        RoleAssignmentFactory(person=person, ends_date=date(2026, 3, 2))
        RoleAssignmentFactory(person=person, starts_date=date(2026, 3, 3))

        assert items_of(person, BEFORE) == []

    def test_with_a_track_is_each_of_its_modules(self, person, version):
        other = ModuleFactory(title="Annan")
        require(make_track(version.module, other))
        CompletionFactory(person=person, version=version)

        states = {item.module: item.state for item in items_of(person, BEFORE)}

        assert states == {version.module.title: "done", "Annan": "not_started"}


class TestSeveralRequirementsOfOneModule:
    def test_show_the_nearest_last_day(self, person, module):
        require(module, due_days=90)
        require(module, due_days=10, reason="Du är ny.")

        item = item_of(person, date(2026, 1, 2))

        assert (item.due_date, item.reason) == (date(2026, 1, 11), "Du är ny.")

    def test_show_the_one_that_is_not_met(self, person, version):
        require(version.module, due_days=10)
        require(version.module, due_days=90, valid_months=12, reason="Varje år.")
        CompletionFactory(person=person, version=version, completed_at=moment(2025, 2, 1))

        item = item_of(person, BEFORE)

        assert (item.state, item.reason) == ("late", "Varje år.")

    def test_show_the_shortest_validity_when_all_are_met(self, person, version):
        for months in (None, 36, 12):
            require(version.module, valid_months=months)
        CompletionFactory(person=person, version=version)

        assert item_of(person, BEFORE).valid_until == date(2027, 2, 1)


class TestAbsence:
    def test_moves_the_last_day_by_the_days_away(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=date(2026, 2, 1), ends_date=date(2026, 2, 11))

        assert item_of(person, BEFORE).due_date == date(2026, 4, 11)

    def test_that_goes_on_has_moved_it_by_the_days_until_today(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=date(2026, 2, 20))

        item = item_of(person, BEFORE)

        assert (item.due_date, item.state) == (DUE + timedelta(days=10), "paused")

    def test_is_over_the_day_it_ends(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=date(2026, 2, 20), ends_date=BEFORE)

        assert item_of(person, BEFORE).state == "not_started"
        assert item_of(person, BEFORE - timedelta(days=1)).state == "paused"

    def test_before_the_duty_began_moves_nothing(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=date(2025, 6, 1), ends_date=date(2025, 12, 31))

        assert item_of(person, BEFORE).due_date == DUE

    def test_that_began_before_the_duty_counts_from_it(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=date(2025, 6, 1), ends_date=date(2026, 1, 11))

        assert item_of(person, BEFORE).due_date == DUE + timedelta(days=10)

    def test_that_overlaps_another_counts_once(self, person, module):
        require(module)
        for starts, ends in (((2026, 2, 1), (2026, 2, 15)), ((2026, 2, 10), (2026, 2, 20))):
            AbsenceFactory(person=person, starts_date=date(*starts), ends_date=date(*ends))

        assert item_of(person, BEFORE).due_date == DUE + timedelta(days=19)

    def test_within_another_counts_nothing_more(self, person, module):
        require(module)
        for starts, ends in (((2026, 2, 1), (2026, 2, 25)), ((2026, 2, 3), (2026, 2, 5))):
            AbsenceFactory(person=person, starts_date=date(*starts), ends_date=date(*ends))

        assert item_of(person, BEFORE).due_date == DUE + timedelta(days=24)

    def test_that_begins_on_the_last_day_moves_it(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=DUE, ends_date=DUE + timedelta(days=5))

        item = item_of(person, DUE + timedelta(days=5))

        assert (item.due_date, item.state) == (DUE + timedelta(days=5), "not_started")

    def test_that_begins_after_the_last_day_moves_nothing(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=AFTER, ends_date=AFTER + timedelta(days=20))

        item = item_of(person, AFTER + timedelta(days=30))

        assert (item.due_date, item.state) == (DUE, "late")

    def test_reached_only_because_another_moved_the_day_counts(self, person, module):
        require(module)
        AbsenceFactory(person=person, starts_date=date(2026, 3, 22), ends_date=date(2026, 4, 1))
        AbsenceFactory(person=person, starts_date=date(2026, 4, 5), ends_date=date(2026, 4, 8))

        assert item_of(person, date(2026, 4, 9)).due_date == DUE + timedelta(days=13)

    @given(
        spans=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=6),
        length=st.integers(0, 120),
        on=st.integers(0, 400),
    )
    def test_always_leaves_as_many_days_at_work_as_were_promised(self, spans, length, on):
        """Counted day by day: from the beginning to the moved last day, away days left out."""
        first = date(2026, 1, 1)
        absences = sorted(
            (
                Absence(
                    starts_date=first + timedelta(days=start - 50),
                    ends_date=first + timedelta(days=start - 50 + days),
                )
                for start, days in spans
            ),
            key=lambda absence: absence.starts_date,
        )
        asked = first + timedelta(days=on)

        due = extend(first + timedelta(days=length), first, absences, asked)

        def is_away(day: date) -> bool:
            return day < asked and any(a.starts_date <= day < a.ends_date for a in absences)

        days = [first + timedelta(days=n) for n in range((due - first).days)]
        assert sum(not is_away(day) for day in days) == length
        assert not is_away(due)


class TestValidity:
    def test_is_told_with_the_completion(self, person, version):
        require(version.module, valid_months=12)
        CompletionFactory(person=person, version=version, completed_at=moment(2026, 2, 1))

        assert item_of(person, BEFORE).valid_until == date(2027, 2, 1)

    def test_that_has_run_out_makes_it_due_that_day(self, person, version):
        require(version.module, valid_months=12)
        CompletionFactory(person=person, version=version, completed_at=moment(2026, 2, 1))

        states = {
            day: (item_of(person, day).state, item_of(person, day).due_date)
            for day in (date(2027, 1, 31), date(2027, 2, 1), date(2027, 2, 2))
        }

        assert states[date(2027, 1, 31)][0] == "done"
        assert states[date(2027, 2, 1)] == ("not_started", date(2027, 2, 1))
        assert states[date(2027, 2, 2)] == ("late", date(2027, 2, 1))

    def test_that_runs_out_during_absence_waits_for_the_return(self, person, version):
        require(version.module, valid_months=12)
        CompletionFactory(person=person, version=version, completed_at=moment(2025, 2, 1))
        AbsenceFactory(person=person, starts_date=date(2026, 1, 20), ends_date=date(2026, 2, 21))

        assert item_of(person, date(2026, 2, 10)).state == "paused"
        assert item_of(person, date(2026, 2, 21)).due_date == date(2026, 2, 21)

    def test_counts_from_the_day_in_stockholm(self, person, version):
        require(version.module, valid_months=12)
        CompletionFactory(
            person=person,
            version=version,
            completed_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC),
        )

        assert item_of(person, BEFORE).valid_until == date(2027, 2, 1)

    def test_is_renewed_by_a_later_completion(self, person, version):
        require(version.module, valid_months=12)
        hand_in(person, version, moment(2025, 1, 15))
        hand_in(person, version, moment(2026, 1, 10))

        item = item_of(person, BEFORE)

        assert (item.state, item.valid_until) == ("done", date(2027, 1, 10))

    def test_that_has_run_out_looks_begun_only_when_begun_again(self, person, version):
        require(version.module, valid_months=12)
        hand_in(person, version, moment(2025, 1, 15))
        read_lesson(person, version, moment(2025, 1, 10))
        on = date(2026, 1, 15)
        assert item_of(person, on).state == "not_started"

        actions.start_attempt(person=person, version=version, at=moment(2026, 1, 15, 8))

        assert item_of(person, on).state == "started"

    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2028, 1, 31), 1, date(2028, 2, 29)),
            (date(2026, 8, 31), 1, date(2026, 9, 30)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2026, 12, 31), 12, date(2027, 12, 31)),
            (date(2028, 2, 29), 12, date(2029, 2, 28)),
            (date(2028, 2, 29), 48, date(2032, 2, 29)),
            (date(2026, 11, 15), 1, date(2026, 12, 15)),
            (date(2026, 11, 15), 2, date(2027, 1, 15)),
            (date(2026, 12, 1), 24, date(2028, 12, 1)),
        ],
    )
    def test_in_months_ends_the_same_day_or_the_months_last(self, day, months, expected):
        assert add_months(day, months) == expected


class TestAMaterialChange:
    @pytest.fixture
    def changed(self, version: ModuleVersion) -> ModuleVersion:
        return VersionFactory(
            module=version.module,
            number=2,
            change_kind=ChangeKind.MATERIAL,
            published_at=moment(2026, 2, 10, 23, 30),
        )

    @pytest.fixture
    def done(self, person: Person, version: ModuleVersion) -> None:
        CompletionFactory(person=person, version=version, completed_at=moment(2026, 2, 1))

    def test_leaves_those_who_are_done_when_the_requirement_says_so(
        self, person, module, done, changed
    ):
        require(module, material_policy=MaterialPolicy.KEEP)

        assert item_of(person, BEFORE).state == "done"

    @pytest.mark.parametrize("policy", ["retake_changed", "retake_all"])
    def test_asks_them_again_within_so_many_days(self, person, module, done, changed, policy):
        require(module, material_policy=policy, retake_days=30)

        item = item_of(person, BEFORE)

        assert (item.state, item.due_date) == ("not_started", date(2026, 3, 12))
        assert item_of(person, date(2026, 3, 13)).state == "late"

    def test_asks_nobody_before_it_is_published(self, person, module, done, changed):
        require(module, material_policy="retake_all")

        assert item_of(person, date(2026, 2, 9)).state == "done"
        assert item_of(person, date(2026, 2, 10)).state == "not_started"

    @pytest.mark.parametrize("kind", [ChangeKind.EDITORIAL, ChangeKind.SUBSTANTIVE])
    def test_is_not_any_other_change(self, person, version, done, kind):
        require(version.module, material_policy="retake_all")
        VersionFactory(
            module=version.module,
            number=2,
            change_kind=kind,
            published_at=moment(2026, 2, 10),
        )

        assert item_of(person, BEFORE).state == "done"

    def test_is_not_the_first_version_whatever_it_is_called(self, person):
        first = VersionFactory(change_kind=ChangeKind.MATERIAL)
        require(first.module, material_policy="retake_all")
        CompletionFactory(person=person, version=first)

        assert item_of(person, BEFORE).state == "done"

    def test_is_met_by_completing_the_new_version(self, person, module, done, changed):
        require(module, material_policy="retake_all")
        CompletionFactory(person=person, version=changed, completed_at=moment(2026, 2, 20))

        item = item_of(person, BEFORE)

        assert (item.state, item.completed_at) == ("done", moment(2026, 2, 20))

    def test_is_not_met_by_an_attempt_that_began_before_it(self, person, version, changed):
        require(version.module, material_policy="retake_all", retake_days=30)
        CompletionFactory(person=person, version=version, completed_at=moment(2026, 2, 20))

        assert item_of(person, BEFORE).due_date == date(2026, 3, 12)

    def test_followed_by_another_gives_nobody_more_time(self, person, module, done, changed):
        require(module, material_policy="retake_all", retake_days=30)
        VersionFactory(
            module=module,
            number=3,
            change_kind=ChangeKind.MATERIAL,
            published_at=moment(2026, 3, 1),
        )

        assert item_of(person, BEFORE).due_date == date(2026, 3, 12)

    def test_followed_by_a_mended_spelling_still_asks(self, person, module, done, changed):
        require(module, material_policy="retake_all")
        VersionFactory(module=module, number=3, published_at=moment(2026, 3, 1))

        assert item_of(person, BEFORE).state == "not_started"

    def test_in_another_language_asks_nothing_of_those_who_read_swedish(
        self, person, version, done
    ):
        require(version.module, material_policy="retake_all")
        for number in (1, 2):
            VersionFactory(
                module=version.module,
                language="en",
                number=number,
                change_kind=ChangeKind.MATERIAL,
                published_at=moment(2026, 2, 10),
            )

        assert item_of(person, BEFORE).state == "done"


class TestAnUnpublishedModule:
    def test_is_asked_of_nobody(self, prova: ModulePage, person):
        require(Module.objects.get())
        assert len(items_of(person, BEFORE)) == 1

        prova.unpublish()

        assert items_of(person, BEFORE) == []

    def test_stays_done_for_those_who_did_it(self, prova: ModulePage, person):
        version = ModuleVersion.objects.get()
        require(version.module)
        CompletionFactory(person=person, version=version, completed_at=moment(2026, 2, 1))

        prova.unpublish()

        assert item_of(person, BEFORE).state == "done"


class TestManyPersons:
    def test_come_each_with_their_own(self, version):
        require(version.module, operations=[OperationFactory()])
        done, begun, elsewhere = (
            EmploymentFactory(operation=OperationFactory()).person,
            EmploymentFactory(operation=OperationFactory()).person,
            EmploymentFactory(operation=OperationFactory(slug="skola", name="Skola")).person,
        )
        CompletionFactory(person=done, version=version)
        read_lesson(begun, version, moment(2026, 2, 1))

        found = obligations([done.pk, begun.pk, elsewhere.pk], on=BEFORE)

        states = {person_id: [item.state for item in items] for person_id, items in found.items()}
        assert states == {done.pk: ["done"], begun.pk: ["started"], elsewhere.pk: []}

    def test_are_asked_about_in_as_many_queries_as_a_few(self, version, django_assert_num_queries):
        for number in range(4):
            require(
                make_track(version.module, ModuleFactory()),
                operations=list(Operation.objects.all()),
                professions=[ProfessionFactory()],
                roles=[Role.MANAGER],
                title=f"Krav {number}",
            )
        people = []
        for _ in range(50):
            person = EmploymentFactory().person
            RoleAssignmentFactory(person=person)
            AbsenceFactory(person=person)
            CompletionFactory(person=person, version=version)
            people.append(person.pk)

        for count in (5, 50):
            with django_assert_num_queries(14):
                found = obligations(people[:count], on=BEFORE)
            assert {len(items) for items in found.values()} == {5}
            assert len(found) == count

    def test_of_none_asks_nothing(self, module, django_assert_num_queries):
        require(module)

        with django_assert_num_queries(0):
            assert obligations([], on=BEFORE) == {}
