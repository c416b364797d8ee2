"""A unit's own routine: who may read and write it, its versions, and what is told of them."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ModelLogEntry

from content import background
from content.models import RoutineVersion, UnitRoutine
from content.routines import actions, shown
from content.routines.forms import RoutineForm
from content.routines.sections import LONGEST, MOST_LINES, SECTIONS, fields, labels
from portal import generation
from portal.database import purging
from portal.facts import WrittenOnce
from portal.jobs.models import Job
from portal.mail import TOPIC_WORDS
from portal.organisation.models import Employment, RoleAssignment, Unit, User
from tests.conftest import Organisation
from tests.content.routines import TEMPLATE, full, in_a_year, saved
from tests.factories import EmploymentFactory, RoleAssignmentFactory, UnitFactory, UserFactory

pytestmark = pytest.mark.django_db

HOME = "/vagledning/orosanmalan/rutin/"
SHEET = Path(__file__).parents[2] / "content/library/pages/vagledning/orosanmalan/rutinmall.md"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.get_default_timezone())


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: Any) -> str:
    """Return the words of the page's main part, as they are read."""
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    words = unescape(re.sub(r"<[^>]+>", " ", main))
    return re.sub(r"\s+([.,])", r"\1", re.sub(r"\s+", " ", words))


def filled(version: int = 0, **texts: str) -> dict[str, str]:
    """Return a form that can be saved, written from a version."""
    due = in_a_year(timezone.now()).isoformat()
    return {
        "version": str(version), "owner": "Biträdande rektor", "review_due_date": due, **texts
    }  # fmt: skip


@pytest.fixture
def bjorken(organisation: Organisation) -> Unit:
    return organisation.bjorken


@pytest.fixture
def manager(berit: User) -> Client:
    return client_of(berit)


@pytest.fixture
def edit(bjorken: Unit) -> str:
    return f"{HOME}{bjorken.pk}/andra/"


class TestTheTemplate:
    def test_has_a_section_for_each_heading_of_the_sheet(self):
        text = SHEET.read_text(encoding="utf-8")
        sheet = text.partition("::: sheet")[2].partition("\n:::")[0]
        headings = re.findall(r"^\*\*(\d+\. .+)\*\*$", sheet, re.MULTILINE)

        assert len(headings) == 11
        assert [part.heading for part in SECTIONS if part.heading[0].isdigit()] == headings

    def test_asks_for_each_thing_once_and_says_what(self):
        keys = [field.key for field in fields()]
        names = list(labels().values())

        assert len(keys) == len(set(keys))
        assert len(names) == len(set(names))
        assert all(field.help for field in fields() if field.kind == "phone")

    def test_never_leaves_a_step_to_be_decided_that_may_not_be(self):
        rules = {part.key: " ".join(part.rules) for part in SECTIONS}

        assert "112" in rules["danger"]
        assert "godkänner inte anmälan" in rules["reporter"]
        assert "ingen kontakt med hemmet före socialtjänsten" in rules["home"]


class TestWhoMayRead:
    @pytest.mark.parametrize("role", ["ada", "protected", "berit"])
    def test_all_who_work_there_and_its_managers(self, request, role, berit, bjorken):
        user = request.getfixturevalue(role)
        saved(bjorken, berit)

        response = client_of(user).get(f"{HOME}{bjorken.pk}/")

        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store, private"
        assert "Biträdande rektor" in text_of(response)

    @pytest.mark.parametrize("place", ["preschools", "north", "city"])
    def test_those_who_work_below_it_too(self, ada, berit, organisation: Organisation, place):
        unit = getattr(organisation, place)
        saved(unit, berit)

        assert client_of(ada).get(f"{HOME}{unit.pk}/").status_code == 200

    @pytest.mark.parametrize("place", ["granen", "home_care", "south", "lonnen"])
    def test_nobody_beside(self, ada, berit, organisation: Organisation, place):
        unit = getattr(organisation, place)
        saved(unit, berit)

        for path in ("", "versioner/", "versioner/1/", "andra/"):
            response = client_of(ada).get(f"{HOME}{unit.pk}/{path}")
            assert response.status_code == 404
            assert unit.name not in text_of(response)

    def test_nobody_whose_employment_has_ended(self, ada, bjorken):
        Employment.objects.filter(person=ada.person).update(ends_date=timezone.localdate())

        assert client_of(ada).get(f"{HOME}{bjorken.pk}/").status_code == 404

    def test_no_stranger(self, bjorken):
        response = Client().get(f"{HOME}{bjorken.pk}/")

        assert response.status_code == 302
        assert response["Location"] == f"/logga-in/?next={HOME}{bjorken.pk}/"

    def test_and_no_search_engine(self, ada, bjorken):
        html = client_of(ada).get(f"{HOME}{bjorken.pk}/").content.decode()

        assert '<meta name="robots" content="noindex">' in html

    def test_reading_leaves_nothing_on_record(self, ada, berit, bjorken):
        saved(bjorken, berit)
        before = ModelLogEntry.objects.count()

        for path in ("", f"{bjorken.pk}/", f"{bjorken.pk}/versioner/"):
            client_of(ada).get(f"{HOME}{path}")

        assert ModelLogEntry.objects.count() == before


class TestWhoMayWrite:
    def test_a_manager_of_the_unit_or_above(self, manager, berit, bjorken, edit):
        assert manager.get(edit).status_code == 200

        assert manager.post(edit, filled()).status_code == 302
        version = RoutineVersion.objects.get()
        assert (version.routine.unit, version.number, version.made_by) == (bjorken, 1, berit)

    @pytest.mark.parametrize("role", ["ada", "cem", "disa", "coordinator", "follow_up"])
    def test_nobody_else(self, request, role, edit):
        client = client_of(request.getfixturevalue(role))

        assert client.get(edit).status_code == 404
        assert client.post(edit, filled()).status_code == 404
        assert not RoutineVersion.objects.exists()

    def test_no_manager_whose_assignment_has_ended(self, manager, edit):
        RoleAssignment.objects.update(ends_date=timezone.localdate())

        assert manager.post(edit, filled()).status_code == 404

    def test_only_they_are_offered_to(self, manager, ada, berit, bjorken, edit):
        saved(bjorken, berit)

        assert edit in manager.get(f"{HOME}{bjorken.pk}/").content.decode()
        assert edit not in client_of(ada).get(f"{HOME}{bjorken.pk}/").content.decode()

    def test_a_form_follows_through_sign_in(self, edit):
        response = Client().post(edit, filled(deputy="Rektor"))

        assert response.status_code == 401
        assert 'name="carried"' in response.content.decode()


class TestTheList:
    def test_is_of_where_one_works_and_of_what_is_written_above(
        self, ada, berit, organisation: Organisation
    ):
        saved(organisation.north, berit)

        rows = client_of(ada).get(HOME).context["rows"]

        assert [row["name"] for row in rows] == ["Norr", "Förskolan Björken"]
        assert [bool(row["version"]) for row in rows] == [True, False]

    def test_is_of_all_that_a_manager_manages(self, manager, organisation: Organisation):
        rows = manager.get(HOME).context["rows"]

        assert [row["name"] for row in rows] == [
            "Norrs förskolor", "Förskolan Björken", "Förskolan Granen",
        ]  # fmt: skip

    def test_leaves_closed_units_out(self, manager, organisation: Organisation):
        Unit.objects.filter(pk=organisation.granen.pk).update(closed_date=timezone.localdate())

        assert "Granen" not in text_of(manager.get(HOME))

    def test_says_when_there_is_nothing(self, coordinator):
        assert "Ingen enhet" in text_of(client_of(coordinator).get(HOME))

    def test_is_divided_into_pages(self, manager, organisation: Organisation):
        for _ in range(60):
            UnitFactory(parent=organisation.preschools)

        assert "Sida 1 av 2" in text_of(manager.get(HOME))
        assert len(manager.get(f"{HOME}?sida=2").context["rows"]) == 13

    def test_asks_as_few_questions_however_many_units(
        self, manager, berit, organisation: Organisation
    ):
        def count() -> int:
            manager.get(HOME)
            with CaptureQueriesContext(connection) as asked:
                assert manager.get(HOME).status_code == 200
            return len(asked)

        saved(organisation.bjorken, berit)
        few = count()
        for _ in range(30):
            saved(UnitFactory(parent=organisation.preschools), berit)

        assert count() == few
        assert few <= 7


class TestTheRoutine:
    def test_shows_what_is_filled_in_and_what_is_not(self, ada, berit, bjorken):
        saved(
            bjorken, berit, applies_from=date(2026, 11, 1), reception_phone="08-465 004 00",
            written_report="Blanketten\nligger i pärmen", deputy="Rektor",
        )  # fmt: skip

        response = client_of(ada).get(f"{HOME}{bjorken.pk}/")

        text, html = text_of(response), response.content.decode()
        assert "Gäller från 1 november 2026" in text
        assert "Ersättare Rektor" in text
        assert '<a href="tel:0846500400">08-465 004 00</a>' in html
        assert "Blanketten<br>ligger i pärmen" in html
        assert "Telefon till chefen inte ifyllt" in text
        assert [part.heading for part in SECTIONS] == re.findall(
            r"<h2 id=\"[a-z_]+\">([^<]+)</h2>", html.split("<main")[1].split("</main>")[0]
        )

    @pytest.mark.parametrize("text", ["08-465 004 00 eller 08-465 004 01", "112 vid fara"])
    def test_makes_no_link_of_what_is_not_one_number(self, ada, berit, bjorken, text):
        saved(bjorken, berit, reception_phone=text)

        html = client_of(ada).get(f"{HOME}{bjorken.pk}/").content.decode()

        assert text in html
        assert f'">{text}</a>' not in html

    def test_shows_text_as_text(self, ada, berit, bjorken):
        saved(bjorken, berit, own="<script>alert(1)</script>", owner="<b>Rektor</b>")

        for path in ("", "versioner/", "versioner/1/"):
            html = client_of(ada).get(f"{HOME}{bjorken.pk}/{path}").content.decode()
            assert "<script>alert" not in html
            assert "<b>Rektor" not in html

    @pytest.mark.parametrize(("days", "is_told"), [(-1, True), (0, False), (1, False)])
    def test_says_calmly_that_the_day_of_review_has_passed(
        self, ada, berit, bjorken, today, days, is_told
    ):
        saved(bjorken, berit, review_due_date=today + timedelta(days=days))

        text = text_of(client_of(ada).get(f"{HOME}{bjorken.pk}/"))

        assert ("Dags att granska rutinen" in text) == is_told

    def test_that_begins_later_leads_to_the_one_that_applies(self, ada, berit, bjorken, today):
        saved(bjorken, berit, deputy="Den gamla")
        saved(bjorken, berit, deputy="Den nya", applies_from=today + timedelta(days=3))

        response = client_of(ada).get(f"{HOME}{bjorken.pk}/")

        assert "Till dess gäller version 1" in text_of(response)
        assert f'href="{HOME}{bjorken.pk}/versioner/1/"' in response.content.decode()

    def test_that_is_missing_leads_to_the_nearest_above(self, ada, berit, organisation):
        saved(organisation.preschools, berit)

        response = client_of(ada).get(f"{HOME}{organisation.bjorken.pk}/")

        assert "ingen egen rutin" in text_of(response)
        assert f'href="{HOME}{organisation.preschools.pk}/"' in response.content.decode()

    def test_that_is_missing_is_offered_to_its_manager(self, manager, ada, bjorken, edit):
        assert edit in manager.get(f"{HOME}{bjorken.pk}/").content.decode()
        assert edit not in client_of(ada).get(f"{HOME}{bjorken.pk}/").content.decode()

    def test_asks_as_few_questions_however_many_versions(self, ada, berit, bjorken):
        client = client_of(ada)

        def count() -> int:
            client.get(f"{HOME}{bjorken.pk}/")
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"{HOME}{bjorken.pk}/").status_code == 200
            return len(asked)

        saved(bjorken, berit)
        few = count()
        for number in range(12):
            saved(bjorken, berit, deputy=f"Rektor {number}")

        assert count() == few
        assert few <= 9


class TestTheForm:
    def test_warns_against_writing_about_children(self, manager, edit):
        assert "Skriv inget om barn eller familjer" in text_of(manager.get(edit))

    def test_holds_what_is_saved_already(self, manager, berit, bjorken, edit):
        saved(bjorken, berit, out_of_hours_phone="08-465 004 01", owner="Rektor")

        html = manager.get(edit).content.decode()

        assert 'value="08-465 004 01"' in html
        assert 'value="Rektor"' in html
        assert '<input type="hidden" name="version" value="1">' in html

    def test_saves_every_field(self, manager, bjorken, edit):
        answers = full()

        response = manager.post(edit, filled(**answers), follow=True)

        assert "Version 1 av rutinen är sparad" in text_of(response)
        assert RoutineVersion.objects.get().answers == answers

    def test_needs_an_owner_and_a_day_of_review_and_nothing_else(self, manager, edit):
        response = manager.post(edit, {"version": "0", "deputy": "Rektor"})

        html = response.content.decode()
        assert response.status_code == 400
        assert [error["href"] for error in response.context["errors"]] == [
            "#id_owner", "#id_review_due_date",
        ]  # fmt: skip
        assert "<title>Fel:" in html
        assert 'value="Rektor"' in html
        assert not UnitRoutine.objects.exists()

    @pytest.mark.parametrize(
        ("key", "text"),
        [
            ("reception_phone", "fråga Anna"),
            ("deputy", "x" * (LONGEST["line"] + 1)),
            ("own", "En rad\n" * MOST_LINES + "och en till"),
            ("own", "Barnet är 20150812-1234"),
            ("lawyers_answer", "150872+1234"),
            ("review_due_date", "nästa år"),
            ("review_due_date", "2020-01-01"),
            ("applies_from", "2026-02-30"),
            ("applies_from", "2999-01-01"),
            ("owner", "\x00"),
        ],
    )
    def test_keeps_all_that_was_written_when_something_is_wrong(self, manager, edit, key, text):
        sent = filled(**{"said_at_pickup": "Vi säger\nsom det är", key: text})

        response = manager.post(edit, sent)

        assert response.status_code == 400
        form: RoutineForm = response.context["form"]
        assert {name: form.text_of(name) for name in sent if name != "version"} == {
            name: value for name, value in sent.items() if name != "version"
        }
        [error] = response.context["errors"]
        assert text_of(response).count(error["text"]) == 2
        assert f'aria-describedby="{error["href"][1:]}-om"' in response.content.decode()
        assert not RoutineVersion.objects.exists()

    @pytest.mark.parametrize("text", ["08-465 004 00", "0771-123 4567", "070-174 06 05", "112"])
    def test_takes_no_telephone_number_for_one_of_a_person(self, manager, edit, text):
        assert manager.post(edit, filled(own=text)).status_code == 302

    def test_lets_a_number_be_put_right_when_the_day_of_review_has_passed(
        self, manager, berit, bjorken, edit, today
    ):
        passed = today - timedelta(days=3)
        saved(bjorken, berit, review_due_date=passed)

        response = manager.post(edit, filled(1, review_due_date=passed.isoformat(), deputy="Ny"))

        assert response.status_code == 302

    def test_makes_a_new_version_each_time(self, manager, bjorken, edit):
        manager.post(edit, filled(0, deputy="Ett"))
        manager.post(edit, filled(1, deputy="Två"))

        versions = RoutineVersion.objects.order_by("number")
        assert [(row.number, row.answers) for row in versions] == [
            (1, {"deputy": "Ett"}), (2, {"deputy": "Två"}),
        ]  # fmt: skip

    def test_sent_twice_is_saved_once(self, manager, edit):
        sent = filled(0, deputy="Ett")

        first = manager.post(edit, sent)
        second = manager.post(edit, sent, follow=True)

        assert first.status_code == 302
        assert second.status_code == 200
        assert "Ingen ny version behövdes" in text_of(second)
        assert RoutineVersion.objects.count() == 1

    def test_is_on_record_without_what_was_written(self, manager, berit, bjorken, edit):
        manager.post(edit, filled(deputy="Hemligheten"))

        entry = ModelLogEntry.objects.get(action="content.routine_saved")
        assert (entry.user, entry.data) == (berit, {"version": 1})
        assert entry.label == "Rutin vid orosanmälan, Förskolan Björken"

    def test_begins_no_new_generation_of_the_open_pages(self, manager, edit):
        before = generation.current()

        manager.post(edit, filled())

        assert generation.current() == before


class TestTwoWhoWriteAtOnce:
    @pytest.fixture
    def refused(self, manager, berit, bjorken, edit):
        """Berit wrote from version 1 while version 2 was saved."""
        saved(bjorken, berit, deputy="Ursprunget", interpreter="Ursprunget", talk_with="Kuratorn")
        other = UserFactory(person__given_name="Gro", person__family_name="Gran")
        saved(bjorken, other, deputy="Den andras", interpreter="Den andras tolk")
        return manager.post(
            edit,
            filled(
                1, deputy="Mitt", interpreter="Ursprunget", talk_with="Kuratorn", own="Mitt eget"
            ),
        )

    def test_are_told_and_nothing_is_overwritten(self, refused):
        assert refused.status_code == 409
        text = text_of(refused)
        assert "Rutinen har ändrats medan du skrev" in text
        assert "Gro Gran sparade version 2" in text
        assert "<title>Inte sparat:" in refused.content.decode()
        assert RoutineVersion.objects.count() == 2

    def test_see_both_texts(self, refused):
        rows = {
            row[0]: [re.sub(r"<[^>]+>", "", cell) for cell in row[1:]]
            for row in refused.context["clashes"]
        }

        assert rows == {
            "Ersättare för den som är ansvarig": ["Mitt", "Den andras", "Din text"],
            "Tolk bokas genom": ["Ursprunget", "Den andras tolk", "Den sparade texten"],
            "Den som anmälde får ett samtal med": ["Kuratorn", "inte ifyllt", "Den sparade texten"],
            "Det här har vi också bestämt": ["Mitt eget", "inte ifyllt", "Din text"],
        }
        assert all(text in text_of(refused) for row in rows.values() for text in row)

    def test_go_on_from_what_the_other_saved(self, refused, manager, edit):
        form: RoutineForm = refused.context["form"]
        again = {"version": str(refused.context["base"])} | {
            key: form.text_of(key) for key in labels()
        }

        response = manager.post(edit, again)

        assert response.status_code == 302
        newest = RoutineVersion.objects.get(number=3)
        assert newest.answers == {
            "deputy": "Mitt", "interpreter": "Den andras tolk", "own": "Mitt eget",
        }  # fmt: skip

    @pytest.mark.parametrize("version", ["", "0", "-1", "7", "x", "9" * 30])
    def test_with_an_odd_number_lose_nothing_either(self, manager, berit, bjorken, edit, version):
        saved(bjorken, berit, deputy="Sparat")

        response = manager.post(edit, filled(deputy="Mitt") | {"version": version})

        assert response.status_code == 409
        assert response.context["form"].text_of("deputy") == "Mitt"
        assert "Sparat" in text_of(response)

    def test_who_both_begin_it_are_told_too(self, manager, berit, bjorken, edit):
        saved(bjorken, berit, deputy="Först")

        assert manager.post(edit, filled(0, deputy="Sist")).status_code == 409
        assert RoutineVersion.objects.get().answers == {"deputy": "Först"}

    def test_merge_gives_each_field_to_who_changed_it(self):
        base = {"owner": "A", "deputy": "B"}

        merged, clashes = shown.merge(
            base=base, mine={"owner": "A", "deputy": "C"}, theirs={"owner": "D", "deputy": "B"}
        )

        assert (merged["owner"], merged["deputy"]) == ("D", "C")
        assert [clash.keeps_mine for clash in clashes] == [False, True]


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_save_at_the_same_moment_one_does_and_nine_are_told(
    berit: User, bjorken: Unit
) -> None:
    barrier = Barrier(10)

    def save(number: int) -> str:
        try:
            barrier.wait(timeout=30)
            actions.save_version(
                unit=bjorken, template=TEMPLATE, owner=f"Rektor {number}", applies_from=None,
                review_due_date=date(2027, 11, 1), answers={}, base=0, by=berit, at=NOON,
            )  # fmt: skip
        except actions.Outdated as refused:
            return f"told of {refused.newest.owner}"
        finally:
            connection.close()
        return f"Rektor {number}"

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(save, range(10)))

    version = RoutineVersion.objects.get()
    assert sorted(found) == [version.owner, *[f"told of {version.owner}"] * 9]


class TestTheHistory:
    @pytest.fixture
    def page(self, ada, berit, bjorken):
        due = date(2027, 11, 1)
        saved(bjorken, berit, at=NOON, deputy="Rektor", review_due_date=due)
        saved(
            bjorken, berit, at=NOON + timedelta(hours=1), deputy="Kurator", review_due_date=due,
            applies_from=date(2026, 12, 1),
        )  # fmt: skip
        return client_of(ada).get(f"{HOME}{bjorken.pk}/versioner/")

    def test_says_who_when_and_what_field_by_field(self, page):
        text = text_of(page)

        assert "Sparad 21 november 2026 klockan 13.00 av Berit Berg" in text
        assert "Gäller från inte ifyllt 1 december 2026" in text
        assert "Ersättare för den som är ansvarig Rektor Kurator" in text
        assert text.index("Version 2") < text.index("Version 1")
        assert "Den första versionen" in text

    def test_leads_to_each_version_as_it_was(self, page, ada, bjorken):
        old = text_of(client_of(ada).get(f"{HOME}{bjorken.pk}/versioner/1/"))
        new = text_of(client_of(ada).get(f"{HOME}{bjorken.pk}/versioner/2/"))

        assert "Ersättare Rektor" in old
        assert "Det här är en äldre version" in old
        assert "Ersättare Kurator" in new
        assert "äldre version" not in new

    def test_does_not_name_the_protected_or_who_is_gone(self, ada, berit, protected, bjorken):
        gone = UserFactory(person__family_name="Borta")
        saved(bjorken, protected, deputy="1")
        saved(bjorken, gone, deputy="2")
        gone.delete()

        text = text_of(client_of(ada).get(f"{HOME}{bjorken.pk}/versioner/"))

        assert text.count("av En chef för enheten") + text.count("av en chef för enheten") == 2
        assert "Öberg" not in text
        assert "Borta" not in text

    @pytest.mark.parametrize("path", ["versioner/", "versioner/1/"])
    def test_is_not_there_without_a_routine(self, ada, bjorken, path):
        assert client_of(ada).get(f"{HOME}{bjorken.pk}/{path}").status_code == 404

    def test_knows_no_version_that_was_never_saved(self, page, ada, bjorken):
        for number in (0, 3, 10**30):
            response = client_of(ada).get(f"{HOME}{bjorken.pk}/versioner/{number}/")
            assert response.status_code == 404

    def test_goes_on_over_pages(self, ada, berit, bjorken):
        for number in range(51):
            saved(bjorken, berit, deputy=str(number))
        address = f"{HOME}{bjorken.pk}/versioner/"

        first = client_of(ada).get(address).context["versions"]
        last = client_of(ada).get(f"{address}?sida=2").context["versions"]

        assert [row["number"] for row in (first[-1], last[0])] == [2, 1]
        assert (len(first[-1]["rows"]), last[0]["rows"]) == (1, [])

    def test_asks_as_few_questions_however_long(self, ada, berit, bjorken):
        client = client_of(ada)

        def count() -> int:
            client.get(f"{HOME}{bjorken.pk}/versioner/")
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"{HOME}{bjorken.pk}/versioner/").status_code == 200
            return len(asked)

        saved(bjorken, berit)
        few = count()
        for number in range(12):
            saved(bjorken, berit, deputy=str(number))

        assert count() == few
        assert few <= 9


class TestAVersion:
    @pytest.fixture
    def version(self, berit, bjorken) -> RoutineVersion:
        return saved(bjorken, berit, deputy="Rektor")

    def test_is_never_saved_again_or_deleted(self, version):
        for change in (version.save, version.delete, RoutineVersion.objects.all().delete):
            with pytest.raises(WrittenOnce):
                change()
        with pytest.raises(WrittenOnce):
            RoutineVersion.objects.update(owner="Ingen")

    @pytest.mark.parametrize(
        "change",
        [
            "SET owner = 'Ingen'",
            "SET answers = '{}'",
            "SET made_by_id = made_by_id",
            "SET number = 9",
        ],
    )
    def test_is_not_changed_by_a_statement_of_sql(self, version, change):
        with (
            pytest.raises(DatabaseError, match="written once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE content_routineversion {change}")

    def test_is_not_deleted_by_a_statement_of_sql(self, version):
        with (
            pytest.raises(DatabaseError, match="written once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("DELETE FROM content_routineversion")

    def test_outlives_the_account_that_saved_it(self, bjorken):
        account = UserFactory()
        version = saved(bjorken, account)

        account.delete()

        version.refresh_from_db()
        assert (version.made_by, version.number) == (None, 1)

    def test_is_open_to_the_archives_purge_alone(self, version):
        with purging(connection), connection.cursor() as cursor:
            cursor.execute("DELETE FROM content_routineversion")

        assert not RoutineVersion.objects.exists()

    @pytest.mark.parametrize(
        "values",
        [
            {"number": 1},
            {"number": 0},
            {"number": 2, "applies_from": date(2027, 1, 1), "review_due_date": date(2027, 1, 1)},
        ],
    )
    def test_keeps_the_rules_of_the_database(self, version, values):
        row = {"routine": version.routine, "made_at": NOON, "owner": "A"} | values
        with pytest.raises(IntegrityError), transaction.atomic():
            RoutineVersion.objects.create(**{"review_due_date": date(2027, 2, 1)} | row)

    def test_a_unit_has_one_routine_of_a_template(self, version):
        with pytest.raises(IntegrityError), transaction.atomic():
            UnitRoutine.objects.create(unit=version.routine.unit, template=TEMPLATE)

    def test_refuses_an_older_base_and_writes_nothing(self, version, berit, bjorken):
        with pytest.raises(actions.Outdated) as refused:
            actions.save_version(
                unit=bjorken, template=TEMPLATE, owner="B", applies_from=None,
                review_due_date=date(2028, 1, 1), answers={}, base=0, by=berit, at=NOON,
            )  # fmt: skip

        assert refused.value.newest == version
        assert RoutineVersion.objects.count() == 1


class TestTheReminder:
    """Thirty days before the day of review, once, to the nearest manager."""

    @pytest.fixture
    def due(self) -> date:
        return date(2026, 12, 21)

    def letters(self) -> list[Job]:
        return list(Job.objects.filter(kind="mail"))

    def test_goes_to_the_nearest_manager_once(self, ada, berit, bjorken, due):
        saved(bjorken, berit, at=NOON, review_due_date=due)
        RoleAssignmentFactory(unit=bjorken.get_root())

        with time_machine.travel(NOON, tick=False):
            said = background.remind.work(NOON)
            background.remind.work(NOON + timedelta(days=1))

        assert said == "1 mejl"
        [job] = self.letters()
        assert job.key == f"routine_review:{berit.person.pk}:{bjorken.routines.get().pk}:{due}"

    @pytest.mark.parametrize("days", [-1, 31, 400])
    def test_is_not_sent_when_the_day_is_far_away_or_has_passed(self, berit, bjorken, days):
        saved(bjorken, berit, at=NOON, review_due_date=NOON.date() + timedelta(days=days))

        assert background.remind.work(NOON) == ""
        assert self.letters() == []

    def test_says_nothing_of_what_it_is_about(self, berit, bjorken, due):
        version = saved(bjorken, berit, at=NOON, review_due_date=due)
        arguments = {"routine": version.routine_id, "due": due.isoformat()}

        letter = background.routine_review.write(berit.person, arguments)

        assert letter is not None
        assert letter.names == ()
        for suffix in ("txt", "html"):
            mail = render_to_string(f"mail/routine_review.{suffix}", {**letter.context})
            assert "senast 21 december 2026" in mail
            assert f"/chef/enhet/{bjorken.pk}/" in mail
            assert not TOPIC_WORDS.search(mail)

    def test_has_no_reason_when_it_has_been_reviewed(self, berit, bjorken, due):
        version = saved(bjorken, berit, at=NOON, review_due_date=due)
        saved(bjorken, berit, at=NOON, review_due_date=date(2027, 12, 1))
        arguments = {"routine": version.routine_id, "due": due.isoformat()}

        assert background.routine_review.write(berit.person, arguments) is None


class TestEmploying:
    def test_is_where_one_works_and_all_above(self, ada, organisation: Organisation, today):
        units = Unit.objects.employing(ada.person, on=today)

        assert [unit.name for unit in units] == [
            "Staden", "Norr", "Norrs förskolor", "Förskolan Björken",
        ]  # fmt: skip

    def test_holds_for_each_of_several_employments(self, ada, organisation, today):
        EmploymentFactory(person=ada.person, unit=organisation.lonnen)

        names = {unit.name for unit in Unit.objects.employing(ada.person, on=today)}

        assert {"Förskolan Björken", "Lönnens skola", "Söder"} <= names

    def test_is_nothing_without_a_person(self, organisation, today):
        assert not Unit.objects.employing(None, on=today).exists()


def test_the_page_tree_does_not_hide_the_routine(library: Any, berit: User, bjorken: Unit) -> None:
    saved(bjorken, berit)
    client = client_of(berit)

    assert client.get("/vagledning/orosanmalan/rutinmall/").status_code == 200
    assert "Biträdande rektor" in text_of(client.get(f"{HOME}{bjorken.pk}/"))
    assert (
        client.get(f"/chef/enhet/{bjorken.pk}/").content.decode().count(f"{HOME}{bjorken.pk}/") == 1
    )
