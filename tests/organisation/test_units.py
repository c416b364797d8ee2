"""Units: a tree that is dated, and who manages which part of it when."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from portal.organisation.models import Role, RoleAssignment, Unit, User
from tests.conftest import Organisation
from tests.factories import EmploymentFactory, PersonFactory, RoleAssignmentFactory, UnitFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 2)


def names(units: object) -> list[str]:
    return [unit.name for unit in units]


class TestManagedBy:
    def test_is_the_unit_with_everything_below_it_in_tree_order(
        self, organisation: Organisation, berit: User
    ):
        assert names(Unit.objects.managed_by(berit.person, on=ON)) == [
            "Norrs förskolor",
            "Förskolan Björken",
            "Förskolan Granen",
        ]

    def test_is_nothing_for_those_who_manage_nothing(self, ada: User, organisation: Organisation):
        assert not Unit.objects.managed_by(ada.person, on=ON).exists()

    def test_is_nothing_without_a_person(self, organisation: Organisation):
        assert not Unit.objects.managed_by(None, on=ON).exists()

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
    def test_is_nothing_for_those_with_another_role(self, organisation: Organisation, role: Role):
        person = PersonFactory()
        RoleAssignmentFactory(person=person, role=role, unit=organisation.city)

        assert not Unit.objects.managed_by(person, on=ON).exists()

    def test_is_nothing_for_those_who_only_work_there(self, organisation: Organisation):
        person = EmploymentFactory(unit=organisation.city).person

        assert not Unit.objects.managed_by(person, on=ON).exists()

    def test_joins_several_assignments_without_repeating_a_unit(self, organisation: Organisation):
        person = PersonFactory()
        for unit in (organisation.preschools, organisation.bjorken, organisation.lonnen):
            RoleAssignmentFactory(person=person, unit=unit)

        assert names(Unit.objects.managed_by(person, on=ON)) == [
            "Norrs förskolor",
            "Förskolan Björken",
            "Förskolan Granen",
            "Lönnens skola",
        ]

    @pytest.mark.parametrize(
        ("starts_date", "ends_date", "manages"),
        [
            (date(2026, 3, 2), None, True),
            (date(2026, 3, 3), None, False),
            (date(2026, 1, 1), date(2026, 3, 3), True),
            (date(2026, 1, 1), date(2026, 3, 2), False),
        ],
    )
    def test_holds_from_the_first_day_and_not_on_the_day_it_ends(
        self, organisation: Organisation, starts_date, ends_date, manages
    ):
        acting = RoleAssignmentFactory(
            unit=organisation.bjorken, starts_date=starts_date, ends_date=ends_date
        ).person

        assert Unit.objects.managed_by(acting, on=ON).exists() == manages

    def test_tells_a_sibling_with_a_like_path_apart(self, organisation: Organisation):
        for _ in range(40):
            UnitFactory(parent=organisation.preschools)
        person = PersonFactory()
        RoleAssignmentFactory(person=person, unit=organisation.bjorken)

        assert names(Unit.objects.managed_by(person, on=ON)) == ["Förskolan Björken"]

    def test_follows_the_tree_when_a_unit_is_moved(self, organisation: Organisation, berit: User):
        organisation.granen.move(organisation.south, "last-child")

        assert names(Unit.objects.managed_by(berit.person, on=ON)) == [
            "Norrs förskolor",
            "Förskolan Björken",
        ]


class TestLedDirectlyBy:
    def test_is_the_unit_of_the_assignment_alone(self, organisation: Organisation, berit: User):
        assert names(Unit.objects.led_directly_by(berit.person, on=ON)) == ["Norrs förskolor"]

    def test_is_nothing_without_a_person(self, organisation: Organisation):
        assert not Unit.objects.led_directly_by(None, on=ON).exists()


class TestOpenOn:
    @pytest.mark.parametrize(
        ("opened", "closed", "is_open"),
        [
            (None, None, True),
            (date(2026, 3, 2), None, True),
            (date(2026, 3, 3), None, False),
            (None, date(2026, 3, 2), False),
            (None, date(2026, 3, 3), True),
        ],
    )
    def test_is_from_the_first_day_and_until_the_day_of_closing(self, opened, closed, is_open):
        UnitFactory(opened_date=opened, closed_date=closed)

        assert Unit.objects.open_on(ON).exists() == is_open


class TestAClosedUnit:
    def test_keeps_its_people_and_points_at_what_came_after(self, organisation: Organisation):
        employment = EmploymentFactory(unit=organisation.bjorken)
        organisation.bjorken.closed_date = ON
        organisation.bjorken.successor = organisation.granen
        organisation.bjorken.save()

        employment.refresh_from_db()

        assert employment.unit.successor == organisation.granen

    def test_is_not_deleted_with_its_people(self, organisation: Organisation):
        EmploymentFactory(unit=organisation.bjorken)

        for unit in (organisation.bjorken, organisation.preschools, organisation.city):
            with pytest.raises(ProtectedError), transaction.atomic():
                unit.delete()

        assert Unit.objects.count() == 8

    def test_cannot_close_before_it_opened(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            UnitFactory(opened_date=date(2026, 3, 2), closed_date=date(2026, 3, 1))


def test_units_are_sorted_in_swedish(organisation: Organisation) -> None:
    for name in ("Öarna", "Zinken", "Åsen", "Ängen"):
        UnitFactory(name=name)

    found = names(Unit.objects.filter(depth=1).by_name())

    assert found == ["Staden", "Zinken", "Åsen", "Ängen", "Öarna"]


class TestARole:
    def test_of_a_manager_has_a_unit(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleAssignmentFactory(role=Role.MANAGER, unit=None)

    def test_of_others_may_be_for_the_whole_city(self, follow_up: User):
        assert str(RoleAssignment.objects.get(role=Role.FOLLOW_UP)) == "uppföljare hela staden"

    def test_that_ends_the_day_it_begins_never_held(self, organisation: Organisation):
        taken_back = RoleAssignmentFactory(
            unit=organisation.bjorken, starts_date=ON, ends_date=ON
        ).person

        assert not Unit.objects.managed_by(taken_back, on=ON).exists()
