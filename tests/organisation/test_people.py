"""People: employed by dates, several times over, and sometimes never to be named."""

import json
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from wagtail.models import ModelLogEntry

from portal import audit
from portal.organisation.models import Absence, Employment, Person, RoleAssignment, Unit, User
from tests.conftest import Organisation
from tests.factories import (
    AbsenceFactory,
    EmploymentFactory,
    PersonFactory,
    RoleAssignmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 3, 2)


class TestAPersonWithProtectedIdentity:
    def test_has_no_name_where_things_are_shown_or_logged(
        self, protected: User, organisation: Organisation
    ):
        person = protected.person
        rows = [
            person,
            Employment.objects.get(person=person),
            AbsenceFactory(person=person),
            RoleAssignmentFactory(person=person, unit=organisation.bjorken),
        ]

        for row in rows:
            assert not any(name in f"{row} {row!r}" for name in ("Åsa", "Öberg"))

    def test_still_has_the_full_name_for_the_person(self, protected: User):
        assert protected.person.full_name == "Åsa Öberg"

    def test_is_not_among_those_who_may_be_named(self, ada: User, protected: User):
        assert list(Person.objects.namable()) == [ada.person]

    def test_has_no_name_on_the_account(self, protected: User):
        assert "Öberg" not in f"{protected} {protected!r} {protected.get_full_name()}"


class TestEmployedIn:
    @pytest.mark.parametrize(
        ("starts_date", "ends_date", "is_employed"),
        [
            (date(2026, 3, 2), None, True),
            (date(2026, 3, 3), None, False),
            (date(2025, 1, 1), date(2026, 3, 2), False),
            (date(2025, 1, 1), date(2026, 3, 3), True),
        ],
    )
    def test_holds_from_the_first_day_and_not_on_the_day_it_ends(
        self, organisation: Organisation, starts_date, ends_date, is_employed
    ):
        EmploymentFactory(unit=organisation.bjorken, starts_date=starts_date, ends_date=ends_date)

        found = Person.objects.employed_in(Unit.objects.all(), on=ON)

        assert found.exists() == is_employed

    def test_counts_someone_with_several_employments_once(self, organisation: Organisation):
        person = PersonFactory()
        for unit in (organisation.bjorken, organisation.granen):
            EmploymentFactory(person=person, unit=unit)

        assert list(Person.objects.employed_in(Unit.objects.all(), on=ON)) == [person]

    def test_asks_of_one_employment_both_when_and_where(self, organisation: Organisation):
        person = PersonFactory()
        EmploymentFactory(person=person, unit=organisation.bjorken, ends_date=date(2026, 1, 1))
        EmploymentFactory(person=person, unit=organisation.lonnen)
        bjorken = Unit.objects.filter(pk=organisation.bjorken.pk)

        assert not Person.objects.employed_in(bjorken, on=ON).exists()

    def test_agrees_with_the_employments_in_force(self, organisation: Organisation):
        held = EmploymentFactory(unit=organisation.bjorken)
        EmploymentFactory(unit=organisation.bjorken, ends_date=ON)

        assert list(Employment.objects.in_force_on(ON)) == [held]


def test_people_are_sorted_in_swedish_by_family_name() -> None:
    for given, family in (("Bo", "Öberg"), ("Al", "Ek"), ("Bo", "Åberg"), ("Åke", "Ek")):
        PersonFactory(given_name=given, family_name=family)

    assert [person.full_name for person in Person.objects.by_name()] == [
        "Al Ek",
        "Åke Ek",
        "Bo Åberg",
        "Bo Öberg",
    ]


class TestTheDatabase:
    def test_ends_nothing_before_it_began(self):
        for factory in (EmploymentFactory, AbsenceFactory, RoleAssignmentFactory):
            with pytest.raises(IntegrityError), transaction.atomic():
                factory(starts_date=ON, ends_date=date(2026, 3, 1))

    def test_lets_an_employment_end_and_another_begin_the_same_day(
        self, organisation: Organisation
    ):
        first = EmploymentFactory(unit=organisation.bjorken, ends_date=ON)
        EmploymentFactory(
            person=first.person,
            unit=organisation.bjorken,
            profession=first.profession,
            starts_date=ON,
        )

        assert Employment.objects.in_force_on(ON).count() == 1

    def test_takes_the_same_employment_once(self):
        first = EmploymentFactory()

        with pytest.raises(IntegrityError), transaction.atomic():
            EmploymentFactory(
                person=first.person,
                unit=first.unit,
                profession=first.profession,
                starts_date=first.starts_date,
            )

    def test_takes_a_staff_number_once(self):
        person = PersonFactory()

        with pytest.raises(IntegrityError), transaction.atomic():
            PersonFactory(staff_number=person.staff_number)

    def test_keeps_a_person_whom_something_is_known_of(self, ada: User):
        with pytest.raises(ProtectedError):
            ada.person.delete()

    def test_gives_a_person_one_account(self, ada: User):
        with pytest.raises(IntegrityError), transaction.atomic():
            UserFactory(person=ada.person)

    @pytest.mark.parametrize("model", [Absence, Employment, RoleAssignment, Person, User])
    def test_has_no_field_for_why_someone_is_away_or_for_identity_numbers(self, model):
        names = {field.name for field in model._meta.get_fields()}

        assert not names & {"reason", "cause", "kind", "personal_number", "personnummer", "ssn"}


class TestTheAuditTrail:
    def test_says_who_did_what_to_what_and_when(self, berit: User, organisation: Organisation):
        audit.record(audit.Action.UNIT_VIEWED, organisation.bjorken, by=berit, rows=3)

        entry = ModelLogEntry.objects.get()
        assert (entry.user, entry.action) == (berit, "organisation.unit_viewed")
        assert (entry.label, entry.data) == ("Förskolan Björken", {"rows": 3})
        assert entry.timestamp

    def test_names_every_action_in_swedish(self):
        labels = [action.label for action in audit.Action]

        assert len(set(labels)) == len(audit.Action)
        assert all(label[0].isupper() for label in labels)

    def test_of_something_about_a_protected_person_does_not_name_them(self, protected: User):
        audit.record(audit.Action.UNITS_LISTED, protected.person, by=None, rows=1)

        entry = ModelLogEntry.objects.get()
        assert "Öberg" not in f"{entry.label} {json.dumps(entry.data)}"

    def test_outlives_the_account(self, organisation: Organisation):
        user = UserFactory(person=None)
        audit.record(audit.Action.UNIT_VIEWED, organisation.bjorken, by=user, rows=0)

        key = user.pk
        user.delete()

        entry = ModelLogEntry.objects.get()
        assert entry.user_id == key
