"""The made-up city of the demo: believable, sound, the same each time, never mixed with ours."""

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db.models import Count, Q
from django.test import Client, override_settings
from wagtail.models import Page

from portal.organisation import demo
from portal.organisation.models import (
    Absence,
    Employment,
    Operation,
    Person,
    Profession,
    Role,
    RoleAssignment,
    Unit,
    UnitKind,
    User,
    in_force,
)
from tests.factories import PersonFactory, UnitFactory, UserFactory

TODAY = date(2026, 11, 21)
PASSWORD = "ett-kant-losenord"
CAST = {
    "medarbetare", "chef", "annanchef", "samordnare", "uppfoljare", "registrator", "redaktor",
    "granskare", "personaladmin", "admin",
}  # fmt: skip


def unsaved_lists() -> demo.Lists:
    slugs = {"aldreomsorg", "arbetsmarknad", "chef-och-hr", "forskola", "fritid", "kultur", "skola",
             "socialtjanst", "ungdomsmottagning"}  # fmt: skip
    return demo.Lists(
        {slug: Operation(slug=slug) for slug in slugs},
        {code: Profession(code=code) for code in demo.PROFESSIONS},
    )


def as_values(city: demo.City) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that is known of *city*, without keys that a database hands out."""
    return {
        "units": [
            (unit.path, unit.depth, unit.numchild, unit.code, unit.name, unit.kind,
             unit.operation.slug, unit.opened_date, unit.closed_date)
            for unit in city.units
        ],
        "people": [
            (person.uid, person.staff_number, person.full_name, person.email, person.is_protected)
            for person in city.people
        ],
        "employments": [
            (job.person.staff_number, job.unit.code, job.profession.code, job.operation.slug,
             job.starts_date, job.ends_date)
            for job in city.employments
        ],
        "absences": [
            (absence.person.staff_number, absence.starts_date, absence.ends_date)
            for absence in city.absences
        ],
        "roles": [
            (role.person.staff_number, role.role, role.unit and role.unit.code, role.starts_date,
             role.ends_date)
            for role in city.roles
        ],
    }  # fmt: skip


def invented(seed: int = 1, employees: int = 200, today: date = TODAY) -> demo.City:
    return demo.invent(seed=seed, employees=employees, today=today, lists=unsaved_lists())


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return every row that the demo writes, passwords included."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Unit, Person, Employment, Absence, RoleAssignment, Profession, User)
    }


@pytest.fixture
def city(db: None) -> demo.Report:
    """The demo is loaded."""
    return demo.load(today=TODAY, password=PASSWORD)


class TestInvent:
    def test_the_same_seed_gives_the_same_city(self) -> None:
        assert as_values(invented()) == as_values(invented())

    def test_another_seed_gives_another_city(self) -> None:
        first, second = as_values(invented(seed=1)), as_values(invented(seed=2))

        assert first["people"] != second["people"]
        assert first["employments"] != second["employments"]

    def test_a_larger_city_begins_as_the_small_one(self) -> None:
        small, large = as_values(invented()), as_values(invented(employees=900))

        names = [person[1:] for person in small["people"]]
        assert [person[1:] for person in large["people"]][:200] == names
        assert large["employments"][: len(small["employments"])] == small["employments"]

    @pytest.mark.parametrize("employees", [60, 100, 200, 215, 229, 230, 260, 1500])
    def test_has_as_many_people_as_were_asked_for_and_work_for_each(self, employees: int) -> None:
        city = invented(employees=employees)

        assert len(city.people) == employees
        assert {job.person.staff_number for job in city.employments} == {
            person.staff_number for person in city.people
        }

    @pytest.mark.parametrize("employees", [60, 229, 230, 1500])
    @pytest.mark.parametrize("seed", [1, 2])
    def test_every_open_unit_has_a_manager_today(self, seed: int, employees: int) -> None:
        city = invented(seed, employees)

        managed = {
            role.unit.code
            for role in city.roles
            if role.role == Role.MANAGER and role.unit
            if role.starts_date <= TODAY and (role.ends_date is None or role.ends_date > TODAY)
        }
        assert managed == {unit.code for unit in city.units if unit.closed_date is None}

    def test_grows_to_units_of_a_size_that_a_manager_can_know(self) -> None:
        city = invented(employees=5000)

        sizes = Counter(job.unit.code for job in city.employments if job.ends_date is None)
        leaves = [
            unit for unit in city.units if unit.kind == UnitKind.UNIT and not unit.closed_date
        ]
        assert 180 < len(leaves) < 280
        assert max(sizes.values()) < 80

    @pytest.mark.parametrize("employees", [60, 200, 1500])
    def test_periods_are_whole_and_a_role_lies_within_an_employment(self, employees: int) -> None:
        city = invented(employees=employees)

        jobs: dict[str, list[Employment]] = {}
        for job in city.employments:
            assert job.ends_date is None or job.ends_date > job.starts_date
            jobs.setdefault(job.person.staff_number, []).append(job)
        for role in city.roles:
            assert any(
                job.starts_date <= role.starts_date
                and (job.ends_date is None or (role.ends_date and role.ends_date <= job.ends_date))
                for job in jobs[role.person.staff_number]
            )
        for absence in city.absences:
            assert absence.ends_date is None or absence.ends_date > absence.starts_date

    def test_no_address_leads_to_anyone_real(self) -> None:
        addresses = [person.email for person in invented(employees=3000).people]

        assert len(set(addresses)) == len(addresses)
        assert all(
            address.endswith("@staden.example") and address.isascii() for address in addresses
        )

    def test_refuses_too_few_people(self) -> None:
        with pytest.raises(demo.TooFewEmployees):
            invented(employees=demo.FEWEST_EMPLOYEES - 1)


class TestLoad:
    def test_writes_a_sound_tree_that_can_grow(self, city: demo.Report) -> None:
        assert Unit.find_problems() == ([], [], [], [], [])
        new = Unit.objects.get(code="DEMO-FORSKOLA").add_child(
            code="NY", name="Ny", kind=UnitKind.UNIT
        )
        assert Unit.find_problems() == ([], [], [], [], [])
        assert new.get_parent().name == "Avdelningen för förskola"

    def test_tells_how_much_there_is(self, city: demo.Report) -> None:
        assert city.is_new
        assert (city.units, city.people) == (16, 200)
        assert (Unit.objects.count(), Person.objects.count()) == (16, 200)

    def test_has_a_past_of_two_years(self, city: demo.Report) -> None:
        two_years_ago = TODAY - timedelta(days=730)
        people = Person.objects.annotate(
            now=Count("employments", filter=in_force(TODAY, "employments__")),
            before=Count("employments", filter=Q(employments__ends_date__lte=TODAY)),
        )
        ended = Employment.objects.filter(ends_date__lte=TODAY)

        assert people.filter(now=0, before=1).count() >= 5
        assert people.filter(now=1, before=1).count() >= 8
        assert people.filter(now=2).count() >= 2
        assert Employment.objects.filter(starts_date__gt=two_years_ago).count() >= 30
        assert all(job.ends_date and job.ends_date >= two_years_ago for job in ended)

    def test_some_are_away_and_some_have_been(self, city: demo.Report) -> None:
        assert Absence.objects.filter(in_force(TODAY)).count() >= 3
        assert Absence.objects.filter(ends_date__lte=TODAY).count() >= 3

    def test_three_have_a_protected_identity_and_an_address_that_is_no_name(
        self, city: demo.Report
    ) -> None:
        protected = Person.objects.filter(is_protected=True)

        assert protected.count() == 3
        assert all(person.email.startswith("demo-") for person in protected)
        here = Employment.objects.in_force_on(TODAY).filter(person__is_protected=True)
        assert "DEMO-BJORKEN" in here.values_list("unit__code", flat=True)

    def test_one_manager_acts_for_another_until_a_day_that_is_set(self, city: demo.Report) -> None:
        acting = RoleAssignment.objects.get(role=Role.MANAGER, ends_date__gt=TODAY)

        ordinary = acting.unit and acting.unit.roles.get(role=Role.MANAGER, ends_date=None)
        assert ordinary
        assert Absence.objects.filter(in_force(TODAY), person=ordinary.person).exists()

    def test_a_closed_preschool_says_where_its_staff_went(self, city: demo.Report) -> None:
        closed = Unit.objects.get(closed_date__isnull=False)

        assert closed.successor
        assert closed.successor.name == "Förskolan Björken"
        moved = Employment.objects.filter(unit=closed)
        assert 1 <= moved.count() <= 4
        for job in moved:
            assert job.ends_date == closed.closed_date
            assert closed.successor.employments.filter(
                person=job.person, starts_date=closed.closed_date
            ).exists()

    def test_uses_the_operations_and_professions_that_are_there(self, db: None) -> None:
        Profession.objects.create(code="barnskotare", name="Barnskötare, vårt eget ord")
        operations = Operation.objects.count()

        demo.load(today=TODAY, password=PASSWORD)

        assert Profession.objects.get(code="barnskotare").name == "Barnskötare, vårt eget ord"
        assert Operation.objects.count() == operations


class TestCast:
    def test_nobody_else_has_an_account(self, city: demo.Report) -> None:
        assert set(User.objects.values_list("username", flat=True)) == CAST
        assert {member.username for member in demo.CAST} == CAST

    @pytest.mark.parametrize("username", sorted(CAST))
    def test_signs_in_with_the_one_password(
        self, city: demo.Report, client: Client, username: str
    ) -> None:
        assert client.login(username=username, password=PASSWORD)

    def test_the_manager_has_the_employee_below_and_the_other_manager_has_not(
        self, city: demo.Report
    ) -> None:
        people = {user.username: user.person for user in User.objects.select_related("person")}
        units = Unit.objects.managed_by(people["chef"], on=TODAY)
        others = Unit.objects.managed_by(people["annanchef"], on=TODAY)

        employee = Employment.objects.get(person=people["medarbetare"])
        assert employee.unit.name == "Förskolan Björken"
        assert employee.profession.name == "Förskollärare"
        assert employee.unit in units
        assert units.count() > 1
        assert others.exists()
        assert not set(units) & set(others)

    def test_has_roles_groups_and_no_more(self, city: demo.Report) -> None:
        held = {
            (role.person.user.username, role.role, role.unit and role.unit.name)
            for role in RoleAssignment.objects.filter(in_force(TODAY), person__user__isnull=False)
        }
        groups = {
            user.username: group.name for user in User.objects.all() for group in user.groups.all()
        }

        assert held == {
            ("chef", Role.MANAGER, "Avdelningen för förskola"),
            ("annanchef", Role.MANAGER, "Månstensskolan"),
            ("samordnare", Role.COORDINATOR, "Stadsdelsförvaltningen Ljungåsen"),
            ("uppfoljare", Role.FOLLOW_UP, None),
            ("registrator", Role.REGISTRAR, None),
            ("personaladmin", Role.STAFF_ADMIN, None),
        }
        assert groups == {"redaktor": "Redaktörer", "granskare": "Granskare"}
        assert [user.username for user in User.objects.filter(is_superuser=True)] == ["admin"]

    @pytest.mark.parametrize("username", ["redaktor", "granskare"])
    def test_editors_may_enter_the_editor_and_change_pages(
        self, city: demo.Report, username: str
    ) -> None:
        user = User.objects.get(username=username)

        assert user.has_perm("wagtailadmin.access_admin")
        assert user.has_perm("content.change_contact")
        rights = user.groups.get().page_permissions.values_list("permission__codename", flat=True)
        assert {"change_page", "publish_page"} <= set(rights)

    def test_what_editors_submit_comes_to_the_reviewers(self, city: demo.Report) -> None:
        workflow = Page.objects.get(depth=1).workflowpage.workflow

        (task,) = workflow.tasks
        assert [group.name for group in task.specific.groups.all()] == ["Granskare"]
        assert task.specific.user_can_access_editor(None, User.objects.get(username="granskare"))

    def test_an_employee_may_not(self, city: demo.Report) -> None:
        assert not User.objects.get(username="chef").has_perm("wagtailadmin.access_admin")


class TestAgain:
    def test_changes_nothing_on_another_day(self, city: demo.Report) -> None:
        before = everything()

        again = demo.load(today=TODAY + timedelta(days=40), password=PASSWORD)

        assert not again.changed
        assert everything() == before

    def test_any_demo_will_do_when_nothing_is_asked_for(self, db: None) -> None:
        demo.load(today=TODAY, password=PASSWORD, seed=3, employees=80)

        assert not demo.load(today=TODAY, password=PASSWORD).changed

    @pytest.mark.parametrize("asked", [{"seed": 7}, {"employees": 300}])
    def test_refuses_another_demo_than_the_one_that_is_there(
        self, city: demo.Report, asked: dict[str, int]
    ) -> None:
        before = everything()

        with pytest.raises(demo.AnotherDemo):
            demo.load(today=TODAY, password=PASSWORD, **asked)

        assert everything() == before

    def test_accepts_people_who_have_come_since(self, city: demo.Report) -> None:
        PersonFactory(staff_number="A1")

        assert not demo.load(today=TODAY, password=PASSWORD).changed

    def test_gives_the_cast_a_password_that_has_changed_in_the_environment(
        self, city: demo.Report, client: Client
    ) -> None:
        again = demo.load(today=TODAY, password="ett-nytt-losenord")

        assert set(again.new_passwords) == CAST
        assert client.login(username="chef", password="ett-nytt-losenord")

    def test_keeps_a_password_that_somebody_has_chosen(self, city: demo.Report) -> None:
        user = User.objects.get(username="redaktor")
        user.set_password("mitt-alldeles-egna")
        user.save()

        again = demo.load(today=TODAY, password="ett-nytt-losenord")

        user.refresh_from_db()
        assert again.kept_passwords == ["redaktor"]
        assert check_password("mitt-alldeles-egna", user.password)
        assert set(again.new_passwords) == CAST - {"redaktor"}

    def test_leaves_an_account_alone_that_has_been_shut(self, city: demo.Report) -> None:
        user = User.objects.get(username="chef")
        user.set_unusable_password()
        user.is_active = False
        user.save()

        demo.load(today=TODAY, password="ett-nytt-losenord")

        user.refresh_from_db()
        assert not user.has_usable_password()
        assert not user.is_active

    def test_makes_an_account_again_that_has_been_removed(self, city: demo.Report) -> None:
        person = User.objects.get(username="chef").person
        User.objects.filter(username="chef").delete()

        again = demo.load(today=TODAY, password=PASSWORD)

        assert again.new_accounts == ["chef"]
        assert User.objects.get(username="chef").person == person


class TestRefusals:
    def test_refuses_people_that_are_not_its_own(self, db: None) -> None:
        PersonFactory()

        with pytest.raises(demo.NotTheDemosPeople):
            demo.load(today=TODAY, password=PASSWORD)

        assert Person.objects.count() == 1
        assert not User.objects.exists()

    def test_refuses_units_that_are_not_its_own(self, db: None) -> None:
        UnitFactory()

        with pytest.raises(demo.NotTheDemosPeople):
            demo.load(today=TODAY, password=PASSWORD)

    def test_takes_over_nobodys_account(self, db: None) -> None:
        admin = UserFactory(username="admin", person=None)

        with pytest.raises(demo.NotTheDemosAccounts, match="admin"):
            demo.load(today=TODAY, password=PASSWORD)

        assert not Person.objects.exists()
        assert not check_password(PASSWORD, User.objects.get(pk=admin.pk).password)

    def test_says_when_migrations_have_not_made_the_operations(self, db: None) -> None:
        Operation.objects.filter(slug="fritid").delete()

        with pytest.raises(demo.NotMigrated, match="fritid"):
            demo.load(today=TODAY, password=PASSWORD)

        assert not Person.objects.exists()


class TestCommand:
    @override_settings(DEMO=False)
    def test_makes_no_account_where_the_demo_is_off(self, db: None) -> None:
        with pytest.raises(CommandError, match="sätt PORTAL_DEMO=1"):
            call_command("load_demo")

        assert not User.objects.exists()
        assert not Person.objects.exists()

    def test_says_that_a_second_run_changed_nothing(self, db: None) -> None:
        first, second = StringIO(), StringIO()

        call_command("load_demo", stdout=first)
        before = everything()
        call_command("load_demo", stdout=second)

        assert "200 personer i 16 enheter" in first.getvalue()
        assert "Ingenting ändrades." in second.getvalue()
        assert everything() == before

    @override_settings(DEMO_PASSWORD="ur-miljons-variabel")
    def test_takes_the_password_from_the_environment(self, db: None, client: Client) -> None:
        call_command("load_demo", employees=60, seed=5, stdout=StringIO())

        assert Person.objects.count() == 60
        assert client.login(username="medarbetare", password="ur-miljons-variabel")

    @pytest.mark.parametrize(
        ("arguments", "there", "sentence"),
        [
            ({"employees": 3}, None, "minst 60 personer"),
            ({"seed": 99}, "demo", "annat frö"),
            ({}, "person", "inte hör till demon"),
            ({}, "account", "Kontona chef finns redan"),
        ],
    )
    def test_refuses_in_one_swedish_sentence(
        self, db: None, arguments: dict[str, int], there: str | None, sentence: str
    ) -> None:
        if there == "demo":
            demo.load(today=TODAY, password=PASSWORD)
        elif there == "person":
            PersonFactory()
        elif there == "account":
            UserFactory(username="chef", person=None)

        with pytest.raises(CommandError, match=sentence) as refused:
            call_command("load_demo", stdout=StringIO(), **arguments)

        assert str(refused.value).endswith(".")
        assert str(refused.value).count(".") == 1
