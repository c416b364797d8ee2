"""Open pages are kept, and never a moment too long or for the wrong reader."""

import gzip
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, PageViewRestriction

from content.models import Contact, GuidancePage, LegalProvision
from portal import generation, pagecache
from portal.organisation.models import User
from tests.conftest import Library
from training.models import ModulePage

ADDRESS = "/vagledning/orosanmalan/"
PATH = "vagledning/orosanmalan"


def read(address: str = ADDRESS) -> str:
    """Return the page as a stranger reads it now."""
    return Client().get(address).content.decode()


class TestTheSecondReader:
    def test_costs_one_small_query(self, library: Library, django_assert_num_queries) -> None:
        read()

        with django_assert_num_queries(1):
            read()

    def test_is_given_the_same_page(self, library: Library) -> None:
        first, second = Client().get(ADDRESS), Client().get(ADDRESS)

        assert first.content == second.content
        assert first.headers["Referrer-Policy"] == second.headers["Referrer-Policy"]
        assert first.headers["Content-Security-Policy"] == second.headers["Content-Security-Policy"]
        assert not second.cookies

    def test_is_told_when_the_browser_has_it_already(self, library: Library) -> None:
        etag = Client().get(ADDRESS)["ETag"]

        again = Client().get(ADDRESS, headers={"If-None-Match": etag})
        other = Client().get(ADDRESS, headers={"If-None-Match": '"another"'})

        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == etag
        assert other.status_code == 200

    def test_may_take_it_packed(self, library: Library) -> None:
        plain = Client().get(ADDRESS)
        packed = Client().get(ADDRESS, headers={"Accept-Encoding": "gzip, br"})

        assert gzip.decompress(packed.content) == plain.content
        assert packed["Content-Encoding"] == "gzip"
        assert packed["ETag"] != plain["ETag"]
        assert "Accept-Encoding" in packed["Vary"]

    def test_must_ask_again_each_time(self, library: Library) -> None:
        assert Client().get(ADDRESS)["Cache-Control"] == "no-cache"

    def test_on_another_day_gets_that_days_page(self, library: Library) -> None:
        with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC)):
            assert "21 november 2026" in read()
        with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
            assert "22 november 2026" in read()


class TestWhatIsNotKept:
    def test_anything_of_someone_signed_in(self, library: Library, ada: User) -> None:
        client = Client()
        client.force_login(ada)

        mine = client.get(ADDRESS)

        assert "Ada Ahlgren" in mine.content.decode()
        assert mine["Cache-Control"] == "no-store, private"
        assert "Ada Ahlgren" not in read()

    def test_a_signed_in_reader_never_gets_the_strangers_page(
        self, library: Library, ada: User
    ) -> None:
        read()
        client = Client()
        client.force_login(ada)

        assert "Ada Ahlgren" in client.get(ADDRESS).content.decode()

    @pytest.mark.parametrize("address", ["/logga-in/", "/finns-inte/", "/sok/?q=oro", "/chef/"])
    def test_forms_faults_searches_and_redirects(self, library: Library, address: str) -> None:
        assert "ETag" not in Client().get(address).headers

    def test_what_is_posted(self, library: Library) -> None:
        read()

        assert "ETag" not in Client().post(ADDRESS).headers

    def test_searches_leave_no_trace_in_memory(self, library: Library) -> None:
        Client().get("/sok/?q=kanariefagel")

        assert "kanariefagel" not in repr(list(pagecache.memory._kept))


class TestAChangeShowsAtOnce:
    def test_of_a_page(self, library: Library) -> None:
        read()
        page = library.page(PATH)
        page.summary = "En ny ingress."
        page.save_revision().publish()

        assert "En ny ingress." in read()

    def test_of_a_page_on_those_that_list_it(self, library: Library) -> None:
        read("/vagledning/")
        page = library.page(PATH)
        page.title = "Nytt namn på sidan"
        page.save_revision().publish()

        assert "Nytt namn på sidan" in read("/vagledning/")

    def test_of_a_law(self, library: Library) -> None:
        address = "/vagledning/orosanmalan/anmalningsskyldighet/"
        read(address)
        law = LegalProvision.objects.get(key="SOL-19-1")
        law.heading = "En ny rubrik på lagrummet"
        law.save()

        assert "En ny rubrik på lagrummet" in read(address)

    def test_of_a_contact_where_its_card_stands(self, library: Library) -> None:
        read("/stod/")
        read("/stod/socialjouren/")
        contact = Contact.objects.get(key="socialjouren")
        contact.hours = "Alltid öppet på prov"
        contact.save()

        assert "Alltid öppet på prov" in read("/stod/")
        assert "Alltid öppet på prov" in read("/stod/socialjouren/")

    @pytest.mark.parametrize(
        ("model", "key", "field"),
        [(Contact, "socialjouren", "name"), (LegalProvision, "SOL-19-1", "heading")],
    )
    def test_on_every_page_and_to_every_reader(
        self,
        library: Library,
        ada: User,
        model: type[Contact | LegalProvision],
        key: str,
        field: str,
    ) -> None:
        row = model.objects.get(key=key)
        old, new = getattr(row, field), "Nytt namn i registret"
        stranger, signed_in = Client(), Client()
        signed_in.force_login(ada)
        readers = (stranger, signed_in)
        addresses = [page.url for page in Page.objects.live().filter(depth__gt=1)]

        def showing(text: str) -> set[tuple[int, str]]:
            return {
                (number, address)
                for address in addresses
                for number, reader in enumerate(readers)
                if text in reader.get(address).content.decode()
            }

        used = showing(old)
        setattr(row, field, new)
        row.save()

        assert {number for number, _ in used} == {0, 1}
        assert showing(new) == used

    def test_when_a_page_is_unpublished(self, library: Library) -> None:
        read("/vagledning/akut-fara/")
        read()
        library.page("vagledning/akut-fara").unpublish()

        assert Client().get("/vagledning/akut-fara/").status_code == 404

    def test_when_a_page_is_moved(self, library: Library) -> None:
        read("/vagledning/fraga-om-vald/")
        library.page("vagledning/fraga-om-vald").move(library.page("stod"), pos="last-child")

        assert Client().get("/vagledning/fraga-om-vald/").status_code == 404
        assert Client().get("/stod/fraga-om-vald/").status_code == 200

    def test_when_a_page_is_deleted(self, library: Library) -> None:
        read("/vagledning/fraga-om-vald/")
        library.page("vagledning/fraga-om-vald").delete()

        assert Client().get("/vagledning/fraga-om-vald/").status_code == 404

    def test_when_a_page_is_made_private(self, library: Library) -> None:
        read("/vagledning/fraga-om-vald/")
        PageViewRestriction.objects.create(
            page=library.page("vagledning/fraga-om-vald"),
            restriction_type=PageViewRestriction.LOGIN,
        )

        assert Client().get("/vagledning/fraga-om-vald/").status_code == 302

    def test_of_a_module_and_its_lessons(self, library: Library) -> None:
        address = reverse("training:lesson", args=["orosanmalan", "vem-och-nar"])
        read(address)
        page = ModulePage.objects.get(slug="orosanmalan")
        raw = page.lessons.get_prep_value()
        raw[0]["value"]["title"] = "En ny rubrik på lektionen"
        page.lessons = page._meta.get_field("lessons").stream_block.to_python(raw)
        page.save_revision().publish()

        assert "En ny rubrik på lektionen" in read(address)
        assert "En ny rubrik på lektionen" in read("/utbildning/orosanmalan/")

    def test_but_a_draft_never_does(self, library: Library) -> None:
        before = generation.current()
        page = GuidancePage.objects.get(slug="orosanmalan")
        page.summary = "Ett utkast som ingen ska se."
        page.save_revision()
        generation.forget()

        assert "Ett utkast" not in read()
        assert generation.current() == before


class TestAChangeThatIsTakenBack:
    def test_is_never_shown_when_another_comes(self, db: None) -> None:
        """What was remembered while it was under way must not be found under the next number."""
        memory = generation.Memory(2)
        with transaction.atomic():
            generation.advance()
            memory.get("page", lambda: "what nobody was to see")
            transaction.set_rollback(True)
        generation.advance()

        assert memory.get("page", lambda: "what holds") == "what holds"


class TestMemory:
    def test_forgets_the_least_used_first(self, db: None) -> None:
        memory = generation.Memory(2)
        made: list[str] = []

        def ask(key: str) -> None:
            memory.get(key, lambda: made.append(key))

        for key in ("a", "b", "a", "c", "a", "b"):
            ask(key)

        assert made == ["a", "b", "c", "b"]

    def test_starts_anew_with_a_new_generation(self, db: None) -> None:
        memory = generation.Memory(2)
        memory.get("a", lambda: 1)

        generation.advance()

        assert memory.get("a", lambda: 2) == 2

    def test_keeps_nothing_that_failed(self, db: None) -> None:
        memory = generation.Memory(2)

        with pytest.raises(ZeroDivisionError):
            memory.get("a", lambda: 1 // 0)

        assert memory.get("a", lambda: 1) == 1
