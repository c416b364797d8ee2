"""What a manager is told of the own units: names, duties, states and days; nothing else."""

import dataclasses
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.organisation.models import Employment, Person, Unit
from tests.conftest import Organisation
from tests.factories import (
    AbsenceFactory,
    EmploymentFactory,
    OperationFactory,
    PersonFactory,
    UnitFactory,
)
from tests.training.factories import (
    CompletionFactory,
    ModuleFactory,
    VersionFactory,
    hand_in,
    moment,
    read_lesson,
    require,
)
from training import reports
from training.models import Module, ModuleVersion

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 2)


@pytest.fixture
def version() -> ModuleVersion:
    return VersionFactory()


@pytest.fixture
def module(version: ModuleVersion) -> Module:
    """A module that everybody must complete before April."""
    require(version.module)
    return version.module


def employ(unit: Unit, name: str = "", **person: object) -> Person:
    given, _, family = (name or "Ny Person").partition(" ")
    made = PersonFactory(given_name=given, family_name=family, **person)
    EmploymentFactory(person=made, unit=unit, starts_date=date(2020, 1, 1))
    return made


def people_of(unit: Unit, on: date = ON) -> list[str]:
    return [row.name for row in reports.of_unit(unit, on=on).rows]


class TestTheRows:
    def test_say_who_what_how_and_when(self, organisation: Organisation, module, version):
        person = employ(organisation.bjorken, "Ada Ahlgren")
        CompletionFactory(person=person, version=version, completed_at=moment(2026, 2, 1))

        (row,) = reports.of_unit(organisation.bjorken, on=ON).rows

        assert (row.name, row.unit) == ("Ada Ahlgren", "Förskolan Björken")
        assert (row.module, row.state, row.label) == (module.title, "done", "Klar")
        assert (row.due_date, row.completed_at) == (date(2026, 4, 1), moment(2026, 2, 1))

    def test_have_no_field_for_answers_scores_attempts_or_reading(self):
        fields = {
            field.name
            for kind in (reports.Row, reports.Item, reports.UnitLine, reports.Totals)
            for field in dataclasses.fields(kind)
        }

        assert fields == {
            "name", "unit", "item",
            "module_id", "module", "slug", "requirement", "reason", "state", "due_date",
            "completed_at", "valid_until",
            "pk", "depth", "totals",
            "people", "done", "late", "started", "not_started", "paused", "nothing_required",
        }  # fmt: skip

    def test_are_in_swedish_order(self, organisation: Organisation, module):
        for name in ("Bo Öberg", "Bo Zetterlund", "Bo Åberg", "Bo Ek", "Al Ek", "Bo Ärlig"):
            employ(organisation.bjorken, name)

        assert people_of(organisation.bjorken) == [
            "Al Ek", "Bo Ek", "Bo Zetterlund", "Bo Åberg", "Bo Ärlig", "Bo Öberg",
        ]  # fmt: skip

    def test_reach_all_below_and_nobody_beside_or_above(self, organisation: Organisation, module):
        for unit in (
            organisation.city,
            organisation.preschools,
            organisation.bjorken,
            organisation.granen,
            organisation.home_care,
            organisation.lonnen,
        ):
            employ(unit, f"I {unit.name}")

        assert people_of(organisation.preschools) == [
            "I Förskolan Björken",
            "I Förskolan Granen",
            "I Norrs förskolor",
        ]

    def test_are_one_for_each_module(self, organisation: Organisation, module):
        require(ModuleFactory())
        employ(organisation.bjorken)

        assert len(reports.of_unit(organisation.bjorken, on=ON).rows) == 2

    def test_leave_out_those_of_whom_nothing_is_required(self, organisation: Organisation):
        require(ModuleFactory(), operations=[OperationFactory(slug="skola", name="Skola")])
        employ(organisation.bjorken)

        report = reports.of_unit(organisation.bjorken, on=ON)

        assert report.rows == []
        assert (report.totals.people, report.totals.nothing_required) == (1, 1)


class TestSomeoneWithTwoEmployments:
    def test_is_one_row_in_each_unit_and_one_above_them(self, organisation: Organisation, module):
        person = employ(organisation.bjorken, "Två Jobb")
        EmploymentFactory(person=person, unit=organisation.granen, starts_date=date(2022, 1, 1))

        for unit in (organisation.bjorken, organisation.granen, organisation.preschools):
            report = reports.of_unit(unit, on=ON)
            assert [row.name for row in report.rows] == ["Två Jobb"]
            assert report.totals.people == 1

    def test_is_shown_where_the_first_employment_there_is(self, organisation: Organisation, module):
        person = employ(organisation.granen)
        EmploymentFactory(person=person, unit=organisation.bjorken, starts_date=date(2022, 1, 1))

        (row,) = reports.of_unit(organisation.preschools, on=ON).rows

        assert row.unit == "Förskolan Granen"

    def test_is_shown_only_what_the_work_in_the_unit_requires(self, organisation: Organisation):
        care = ModuleFactory(title="Om äldre")
        require(care, operations=[organisation.home_care.operation])
        preschool = ModuleFactory(title="Om barn")
        require(preschool, operations=[organisation.bjorken.operation])
        person = employ(organisation.bjorken)
        EmploymentFactory(person=person, unit=organisation.home_care)

        titles = {
            unit.name: sorted(row.module for row in reports.of_unit(unit, on=ON).rows)
            for unit in (organisation.bjorken, organisation.home_care, organisation.north)
        }

        assert titles == {
            "Förskolan Björken": ["Om barn"],
            "Norrs hemtjänst": ["Om äldre"],
            "Norr": ["Om barn", "Om äldre"],
        }

    def test_has_the_same_last_day_whoever_asks(self, organisation: Organisation):
        module = ModuleFactory()
        require(module, due_days=30)
        person = employ(organisation.bjorken)
        EmploymentFactory(person=person, unit=organisation.granen, starts_date=date(2026, 2, 20))

        days = {
            row.due_date
            for unit in (organisation.bjorken, organisation.granen)
            for row in reports.of_unit(unit, on=ON).rows
        }

        assert days == {
            item.due_date for item in reports.obligations([person.pk], on=ON)[person.pk]
        }


class TestSomeoneWhoMoves:
    def test_is_with_the_old_manager_until_the_day_and_with_the_new_from_it(
        self, organisation: Organisation, module
    ):
        person = PersonFactory(given_name="Flytt", family_name="Fågel")
        EmploymentFactory(
            person=person,
            unit=organisation.bjorken,
            starts_date=date(2020, 1, 1),
            ends_date=ON,
        )
        EmploymentFactory(person=person, unit=organisation.lonnen, starts_date=ON)
        day_before = ON - timedelta(days=1)

        assert people_of(organisation.bjorken, day_before) == ["Flytt Fågel"]
        assert people_of(organisation.lonnen, day_before) == []
        assert people_of(organisation.bjorken) == []
        assert people_of(organisation.lonnen) == ["Flytt Fågel"]

    def test_brings_the_completion_along(self, organisation: Organisation, module, version):
        person = PersonFactory()
        CompletionFactory(person=person, version=version, completed_at=moment(2025, 2, 1))
        EmploymentFactory(
            person=person, unit=organisation.bjorken, starts_date=date(2020, 1, 1), ends_date=ON
        )
        EmploymentFactory(person=person, unit=organisation.lonnen, starts_date=ON)

        (row,) = reports.of_unit(organisation.lonnen, on=ON).rows

        assert (row.state, row.completed_at) == ("done", moment(2025, 2, 1))

    def test_away_is_gone_the_day_the_employment_ends(self, organisation: Organisation, module):
        EmploymentFactory(unit=organisation.bjorken, starts_date=date(2020, 1, 1), ends_date=ON)

        report = reports.of_unit(organisation.bjorken, on=ON)

        assert (report.rows, report.totals.people) == ([], 0)


class TestSomeoneWithProtectedIdentity:
    def test_is_counted_and_never_named(self, organisation: Organisation, module, version):
        employ(organisation.bjorken, "Ada Ahlgren")
        hidden = employ(organisation.bjorken, "Åsa Öberg", is_protected=True)
        CompletionFactory(person=hidden, version=version)

        report = reports.of_unit(organisation.bjorken, on=ON)

        assert [row.name for row in report.rows] == ["Ada Ahlgren"]
        assert report.protected_count == 1
        assert (report.totals.people, report.totals.done) == (2, 1)
        assert "Öberg" not in repr(report)

    def test_is_in_the_counts_of_every_unit_above(self, organisation: Organisation, module):
        employ(organisation.bjorken, is_protected=True)

        lines = reports.of_managed(Unit.objects.all(), on=ON)

        assert {line.name: line.totals.people for line in lines if line.totals.people} == {
            "Staden": 1,
            "Norr": 1,
            "Norrs förskolor": 1,
            "Förskolan Björken": 1,
        }


class TestTheTotals:
    def test_count_each_person_once_by_what_presses_most(
        self, organisation: Organisation, module, version
    ):
        other = require(ModuleFactory(), due_days=10).module
        other_version = VersionFactory(module=other)
        both, one, begun, away = (employ(organisation.bjorken) for _ in range(4))
        for person in (both, one):
            CompletionFactory(person=person, version=version)
        CompletionFactory(person=both, version=other_version)
        for person in (begun, away):
            CompletionFactory(person=person, version=other_version)
        read_lesson(begun, version, moment(2026, 2, 1))
        AbsenceFactory(person=away, starts_date=date(2026, 2, 1))

        totals = reports.of_unit(organisation.bjorken, on=ON).totals

        assert dataclasses.asdict(totals) == {
            "people": 4,
            "done": 1,
            "late": 1,
            "started": 1,
            "not_started": 0,
            "paused": 1,
            "nothing_required": 0,
        }

    def test_of_the_list_are_those_of_each_units_own_report(
        self, organisation: Organisation, module, version
    ):
        require(ModuleFactory(), operations=[organisation.home_care.operation], due_days=5)
        for unit in (organisation.bjorken, organisation.granen, organisation.lonnen):
            CompletionFactory(person=employ(unit), version=version)
            employ(unit, is_protected=True)
        two_jobs = employ(organisation.bjorken)
        EmploymentFactory(person=two_jobs, unit=organisation.home_care)
        closed = UnitFactory(parent=organisation.preschools, closed_date=date(2026, 1, 1))
        employ(closed)

        lines = {line.pk: line.totals for line in reports.of_managed(Unit.objects.all(), on=ON)}

        assert closed.pk not in lines
        assert lines == {
            unit.pk: reports.of_unit(unit, on=ON).totals
            for unit in Unit.objects.exclude(pk=closed.pk)
        }
        assert lines[organisation.bjorken.pk].late == 0
        assert lines[organisation.home_care.pk].late == 1

    def test_of_the_list_are_of_the_managed_units_alone(self, organisation: Organisation, module):
        employ(organisation.bjorken)
        employ(organisation.lonnen)
        managed = Unit.objects.filter(path__startswith=organisation.preschools.path)

        lines = reports.of_managed(managed, on=ON)

        assert [(line.name, line.depth, line.totals.people) for line in lines] == [
            ("Norrs förskolor", 0, 1),
            ("Förskolan Björken", 1, 1),
            ("Förskolan Granen", 1, 0),
        ]

    def test_of_no_units_are_no_lines(self, module):
        assert reports.of_managed(Unit.objects.none(), on=ON) == []


@pytest.fixture
def crowd(organisation: Organisation, module: Module, version: ModuleVersion) -> None:
    """Fifty people at Björken and five at Granen, with all that can be known of them."""
    for unit, count in ((organisation.bjorken, 50), (organisation.granen, 5)):
        for number in range(count):
            person = employ(unit, is_protected=number % 5 == 0)
            AbsenceFactory(person=person)
            EmploymentFactory(person=person, unit=organisation.home_care)
            if number % 2:
                CompletionFactory(person=person, version=version)
    for person in Person.objects.all()[:4]:
        hand_in(person, version, moment(2026, 2, 20), right=1)


@pytest.mark.usefixtures("crowd")
class TestTheQueries:
    def test_are_as_many_for_fifty_people_as_for_five(
        self, organisation: Organisation, django_assert_num_queries
    ):
        for unit, people in ((organisation.bjorken, 50), (organisation.granen, 5)):
            with django_assert_num_queries(14):
                report = reports.of_unit(unit, on=ON)
            assert report.totals.people == people

    def test_are_as_many_for_one_unit_as_for_eight(
        self, organisation: Organisation, django_assert_num_queries
    ):
        one = Unit.objects.filter(pk=organisation.granen.pk)
        for units in (one, Unit.objects.all()):
            with django_assert_num_queries(14):
                reports.of_managed(units, on=ON)

    def test_ask_for_no_answer_score_note_or_lesson(self, organisation: Organisation):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            reports.of_unit(organisation.north, on=ON)
            reports.of_managed(Unit.objects.all(), on=ON)

        asked = " ".join(query["sql"].lower() for query in captured.captured_queries)
        assert "training_answerevent" not in asked
        for column in (
            "score", "max_score", "passed", "shown", "policy", "submitted_at", "number",
            "lesson_id", "choice_ids", "guid", "attempt_id", "code", "note", "recorded_by_id",
            "content",
        ):  # fmt: skip
            tables = "completion|attempt|lessonread" if column == "number" else r"\w+"
            assert not re.search(rf'training_({tables})"\."{column}"', asked), column


def test_a_report_stores_nothing(organisation: Organisation, module: Module) -> None:
    employ(organisation.bjorken)
    before = Employment.objects.count()

    with CaptureQueriesContext(connection) as captured:
        reports.of_unit(organisation.bjorken, on=ON)

    assert all(query["sql"].startswith("SELECT") for query in captured.captured_queries)
    assert Employment.objects.count() == before
