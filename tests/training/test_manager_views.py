"""What managers see under /chef/: the own sub-tree, on record, without names that are protected."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ModelLogEntry

from portal.organisation.models import Employment, Person, RoleAssignment, User
from tests.conftest import Organisation
from tests.factories import EmploymentFactory, PersonFactory, RoleAssignmentFactory
from tests.training.factories import (
    CompletionFactory,
    ModuleFactory,
    VersionFactory,
    hand_in,
    moment,
    require,
)
from training.models import ModuleVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> ModuleVersion:
    version = VersionFactory()
    require(version.module, title="För alla", starts_date=timezone.localdate(), due_days=30)
    return version


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def unit_page(user: User, unit: Any, query: str = "") -> Any:
    return signed_in(user).get(f"/chef/enhet/{unit.pk}/{query}")


class TestTheList:
    def test_is_of_the_own_units_with_their_counts(
        self, berit, ada, version, organisation: Organisation
    ):
        CompletionFactory(person=ada.person, version=version)

        units = signed_in(berit).get("/chef/").context["units"]

        assert [(unit["name"], unit["people"], unit["done"]) for unit in units] == [
            ("Norrs förskolor", 2, 1),
            ("Förskolan Björken", 1, 1),
            ("Förskolan Granen", 0, 0),
        ]
        assert [unit["url"] for unit in units] == [
            f"/chef/enhet/{unit.pk}/"
            for unit in (organisation.preschools, organisation.bjorken, organisation.granen)
        ]

    @pytest.mark.parametrize("role", ["ada", "disa", "coordinator", "follow_up", "registrar"])
    def test_is_not_there_for_those_who_manage_nothing(self, request, role, version):
        assert signed_in(request.getfixturevalue(role)).get("/chef/").status_code == 404
        assert not ModelLogEntry.objects.exists()

    def test_is_on_record(self, berit, version):
        signed_in(berit).get("/chef/")

        entry = ModelLogEntry.objects.get(action="organisation.units_listed")
        assert (entry.user, entry.data) == (berit, {"units": 3})

    def test_ends_with_the_assignment(self, berit, version):
        RoleAssignment.objects.update(ends_date=timezone.localdate())

        assert signed_in(berit).get("/chef/").status_code == 404


class TestAUnit:
    def test_shows_who_what_and_when(self, berit, ada, version, organisation: Organisation):
        done_at = moment(2026, 2, 1)
        CompletionFactory(person=ada.person, version=version, completed_at=done_at)

        response = unit_page(berit, organisation.bjorken)

        (row,) = response.context["rows"]
        assert (row.name, row.module) == ("Ada Ahlgren", version.module.title)
        assert (row.label, row.completed_at) == ("Klar", done_at)
        assert "Du ser aldrig" in re.sub(r"\s+", " ", response.content.decode())

    def test_is_on_record_with_how_many_were_shown(
        self, berit, ada, version, organisation: Organisation
    ):
        unit_page(berit, organisation.bjorken)

        entry = ModelLogEntry.objects.get(action="organisation.unit_viewed")
        assert (entry.user, entry.label) == (berit, "Förskolan Björken")
        assert entry.data == {"rows": 1}

    @pytest.mark.parametrize("place", ["city", "north", "south", "home_care", "lonnen"])
    def test_beside_or_above_is_not_found_and_that_is_on_record(
        self, berit, version, organisation: Organisation, place
    ):
        unit = getattr(organisation, place)

        response = unit_page(berit, unit)

        assert response.status_code == 404
        assert unit.name not in response.content.decode().split("<main")[1]
        entry = ModelLogEntry.objects.get()
        assert (entry.action, entry.user) == ("organisation.unit_refused", berit)
        assert entry.object_id == str(unit.pk)

    @pytest.mark.parametrize("role", ["ada", "cem", "disa", "coordinator", "follow_up"])
    def test_is_not_found_by_those_who_do_not_manage_it(
        self, request, version, organisation: Organisation, role
    ):
        user = request.getfixturevalue(role)

        assert unit_page(user, organisation.bjorken).status_code == 404
        assert ModelLogEntry.objects.get(action="organisation.unit_refused").user == user

    @pytest.mark.parametrize("pk", [0, 999_999, 10**19, 10**40])
    def test_that_never_was_is_not_found_and_not_on_record(self, berit, version, pk):
        response = signed_in(berit).get(f"/chef/enhet/{pk}/")

        assert response.status_code == 404
        assert not ModelLogEntry.objects.exists()

    def test_is_lost_and_won_on_the_day_of_a_transfer(
        self, berit, cem, ada, version, organisation: Organisation
    ):
        today = timezone.localdate()
        Employment.objects.filter(person=ada.person).update(ends_date=today)
        EmploymentFactory(person=ada.person, unit=organisation.lonnen, starts_date=today)

        def names(user: User, unit: Any) -> list[str]:
            return [row.name for row in unit_page(user, unit).context["rows"]]

        assert names(berit, organisation.bjorken) == []
        assert "Ada Ahlgren" in names(cem, organisation.lonnen)

    def test_is_seen_by_an_acting_manager_while_it_lasts(
        self, cem, ada, version, organisation: Organisation
    ):
        today = timezone.localdate()
        acting = RoleAssignmentFactory(
            person=cem.person,
            unit=organisation.bjorken,
            starts_date=today - timedelta(days=5),
            ends_date=today + timedelta(days=1),
        )
        assert unit_page(cem, organisation.bjorken).status_code == 200

        acting.ends_date = today
        acting.save()

        assert unit_page(cem, organisation.bjorken).status_code == 404

    def test_counts_a_protected_person_and_never_names_them(
        self, berit, ada, protected, version, organisation: Organisation
    ):
        CompletionFactory(person=protected.person, version=version)

        for query in ("", "?sida=2", f"?modul={version.module.slug}", "?modul=Öberg"):
            response = unit_page(berit, organisation.bjorken, query)
            page = response.content.decode()
            assert not any(word in page for word in ("Åsa", protected.person.staff_number))
            assert response.context["protected_count"] == 1
            assert (response.context["totals"].people, response.context["totals"].done) == (2, 1)
        for entry in ModelLogEntry.objects.all():
            assert "Öberg" not in f"{entry.label} {entry.data}"

    def test_can_be_narrowed_to_one_module(self, berit, ada, version, organisation: Organisation):
        other = ModuleFactory(title="Annan", slug="annan")
        require(other)

        context = unit_page(berit, organisation.bjorken, "?modul=annan").context

        assert [row.module for row in context["rows"]] == ["Annan"]
        assert [m["value"] for m in context["modules"] if m["selected"]] == ["annan"]

    def test_shows_fifty_rows_at_a_time(self, berit, version, organisation: Organisation):
        for number in range(60):
            EmploymentFactory(
                unit=organisation.granen, person=PersonFactory(family_name=f"Nr{number:02}")
            )

        shown = [
            len(unit_page(berit, organisation.granen, query).context["rows"])
            for query in ("", "?sida=2", "?sida=0", "?sida=99", "?sida=x")
        ]

        assert shown == [50, 10, 10, 10, 50]

    def test_leads_from_each_fifty_to_the_next(self, berit, version, organisation: Organisation):
        for number in range(60):
            EmploymentFactory(
                unit=organisation.granen, person=PersonFactory(family_name=f"Nr{number:02}")
            )
        query = f"?modul={version.module.slug}"

        first = unit_page(berit, organisation.granen, query).content.decode()
        following = re.search(r'rel="next"\s+href="([^"]+)"', first)
        assert following
        second = unit_page(berit, organisation.granen, unescape(following[1])).content.decode()

        assert "Sida 1 av 2" in first
        assert "Sida 2 av 2" in second
        assert ("Nr00" in first, "Nr00" in second) == (True, False)
        assert ("Nr59" in first, "Nr59" in second) == (False, True)
        assert 'rel="prev"' in second

    def test_escapes_what_is_in_the_address(self, berit, version, organisation: Organisation):
        response = unit_page(berit, organisation.bjorken, '?modul="><script>alert(1)</script>')

        assert "<script>alert" not in response.content.decode()

    def test_leads_up_and_down_within_the_own_sub_tree(
        self, berit, version, organisation: Organisation
    ):
        context = unit_page(berit, organisation.preschools).context
        assert [unit["name"] for unit in context["sub_units"]] == [
            "Förskolan Björken",
            "Förskolan Granen",
        ]

        below = unit_page(berit, organisation.bjorken).context

        assert [step["title"] for step in below["breadcrumb"]] == ["Min enhet", "Norrs förskolor"]


class TestTheQueries:
    @pytest.fixture
    def crowd(self, organisation: Organisation, version: ModuleVersion) -> None:
        for unit, count in ((organisation.bjorken, 50), (organisation.granen, 5)):
            for number in range(count):
                person = PersonFactory()
                EmploymentFactory(person=person, unit=unit)
                if number < 3:
                    hand_in(person, version, moment(2026, 2, 1), right=number)

    def test_are_as_many_for_fifty_people_as_for_five(
        self, berit, crowd, organisation: Organisation
    ):
        client = signed_in(berit)
        client.get("/chef/")
        counts = []
        for unit in (organisation.granen, organisation.bjorken):
            with CaptureQueriesContext(connection) as captured:
                client.get(f"/chef/enhet/{unit.pk}/")
            counts.append(len(captured))

        assert counts[0] == counts[1]

    def test_select_no_answer_or_score_column(self, berit, crowd, organisation: Organisation):
        client = signed_in(berit)
        with CaptureQueriesContext(connection) as captured:
            for place in ("/chef/", f"/chef/enhet/{organisation.preschools.pk}/"):
                assert client.get(place).status_code == 200

        asked = " ".join(query["sql"].lower() for query in captured.captured_queries)
        assert "training_attempt" in asked
        assert "training_answerevent" not in asked
        for column in ("score", "max_score", "passed", "shown", "choice_ids", "lesson_id", "guid"):
            assert not re.search(rf'"{column}"', asked), column

    def test_give_the_page_no_word_of_a_score(self, berit, crowd, organisation: Organisation):
        page = unit_page(berit, organisation.bjorken).content.decode().split("<table")[1]

        for word in ("poäng", "rätt", "försök", "fråga", "godkänt"):
            assert word not in page.split("</table>")[0].lower()


def test_looking_leaves_the_facts_as_they_were(
    berit: User, ada: User, version: ModuleVersion, organisation: Organisation
) -> None:
    before = [list(model.objects.values()) for model in (Person, Employment)]

    unit_page(berit, organisation.bjorken)
    signed_in(berit).get("/chef/")

    assert before == [list(model.objects.values()) for model in (Person, Employment)]


def test_a_day_is_shown_as_people_write_it(
    berit: User, ada: User, organisation: Organisation
) -> None:
    require(ModuleFactory(), due_rule="fixed", due_date=date(2099, 3, 1))

    page = unit_page(berit, organisation.bjorken).content.decode()

    assert "1 mars 2099" in page
