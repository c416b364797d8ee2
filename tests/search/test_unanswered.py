"""Searches that found nothing: counted without knowing who, told only when they are many."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from content.models import GuidancePage, LibraryRecord
from portal.organisation.models import User
from search import background, service, unanswered
from search.loading import FILES, export_vocabulary
from search.models import SavedSearch, Synonym, UnansweredSearch
from tests.search.publishing import page, text

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
NOTHING = "xylofonkonsert"


def on_days(query: str, count: int, start: date = MONDAY) -> None:
    for number in range(count):
        unanswered.note(query, today=start + timedelta(days=number))


def kept_words() -> list[str]:
    return [row.words for row in UnansweredSearch.objects.all() if row.words]


def everything_stored() -> str:
    """Every text of every table, as a thief of the database would read it."""
    found: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            try:
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # names of tables
            except DatabaseError:
                continue
            found.extend(str(row) for row in cursor.fetchall())
    return "\n".join(found).lower()


class TestCounting:
    @pytest.mark.parametrize("address", ["/sok/", "/api/sok"])
    def test_a_search_without_a_hit_is_counted_by_a_hash_and_a_day(
        self, client: Client, address: str
    ):
        client.get(address, {"q": NOTHING})
        row = UnansweredSearch.objects.get()
        today = timezone.localdate()
        assert (row.days, row.words, row.counted_on) == (1, "", today)
        assert row.week.weekday() == 0
        assert NOTHING not in row.digest

    def test_the_words_of_a_single_search_are_nowhere_in_the_database(
        self, client: Client, disa: User
    ):
        client.get("/sok/", {"q": f"{NOTHING} Kanariefågel"})
        client.force_login(disa)
        client.get("/sok/", {"q": f"{NOTHING} Kanariefågel"})
        stored = everything_stored()
        assert UnansweredSearch.objects.get().digest in stored
        assert NOTHING not in stored
        assert "kanariefågel" not in stored

    def test_one_who_tries_again_all_day_counts_once(self, client: Client):
        with time_machine.travel("2026-11-23 08:00+01:00") as clock:
            for _ in range(12):
                client.get("/sok/", {"q": NOTHING})
                clock.shift(timedelta(minutes=20))
        assert UnansweredSearch.objects.get().days == 1
        assert kept_words() == []

    def test_from_the_fifth_day_the_words_are_kept(self):
        on_days(NOTHING, 4)
        assert kept_words() == []
        unanswered.note(NOTHING, today=MONDAY + timedelta(days=4))
        assert kept_words() == [NOTHING]
        assert [row.days for row in unanswered.report()] == [5]

    def test_weeks_are_added_up(self):
        on_days(NOTHING, 2)
        on_days(NOTHING, 3, MONDAY + timedelta(weeks=3))
        [row] = unanswered.report()
        assert (row.words, row.days, row.last_week) == (NOTHING, 5, MONDAY + timedelta(weeks=3))

    def test_case_spaces_signs_and_diacritics_make_no_other_search(self):
        for number, query in enumerate(
            ["Söka  lyckan", "soka lyckan?", " SÖKA, LYCKAN ", "söka-lyckan"]
        ):
            unanswered.note(query, today=MONDAY + timedelta(days=number))
        assert UnansweredSearch.objects.get().days == 4

    def test_the_hash_needs_the_secret_key(self, settings: Any):
        before = unanswered.digest_of(NOTHING)
        settings.SECRET_KEY = "en helt annan nyckel som också är lång nog för det här"
        assert unanswered.digest_of(NOTHING) != before

    @pytest.mark.parametrize(
        "query",
        [
            "19121212-1212 xyz", "121212 1212", "xyz 070 123", "ada@staden.example",
            "ett två tre fyra fem sex xyz", "tel 08508",
        ],
    )  # fmt: skip
    def test_what_may_be_about_a_person_is_never_kept(self, query: str):
        on_days(query, 7)
        assert UnansweredSearch.objects.get().days == 7
        assert kept_words() == []
        assert unanswered.report() == []

    @pytest.mark.parametrize("query", ["lag 1982", "fem vanliga ord i rad"])
    def test_a_year_and_a_few_words_may_be_kept(self, query: str):
        on_days(query, 5)
        assert kept_words() == [query]

    @pytest.mark.parametrize("query", ["", "och i att", "?!", "🙂"])
    def test_what_holds_no_words_is_not_counted(self, client: Client, query: str):
        client.get("/sok/", {"q": query})
        assert not UnansweredSearch.objects.exists()

    def test_what_was_found_is_not_counted_nor_what_a_filter_left_out(self, client: Client):
        page("Skoter", text("Om skotrar."), operations=["forskola"])
        for parameters in (
            {"q": "skoter"},
            {"q": "skoter", "typ": "valdstyp"},
            {"q": "skoter", "verksamhet": "skola"},
            {"q": "skooter"},
        ):
            client.get("/sok/", parameters)
            client.get("/api/sok", parameters)
        client.head("/sok/", {"q": NOTHING})
        client.get("/api/sok/forslag", {"q": NOTHING})
        assert not UnansweredSearch.objects.exists()

    def test_a_flood_fills_no_disk(self, monkeypatch: Any):
        monkeypatch.setattr(unanswered, "MAX_A_WEEK", 3)
        for number in range(6):
            unanswered.note(f"flod{'abcdef'[number]}", today=MONDAY)
        assert UnansweredSearch.objects.count() == 3
        unanswered.note("floda", today=MONDAY + timedelta(days=1))
        assert UnansweredSearch.objects.get(digest=unanswered.digest_of("floda")).days == 2

    def test_a_search_is_answered_when_it_cannot_be_counted(
        self, client: Client, monkeypatch: Any, caplog: Any
    ):
        def broken(*arguments: Any) -> None:
            raise DatabaseError(f"no room for {NOTHING}")

        monkeypatch.setattr(unanswered, "_count", broken)
        assert client.get("/sok/", {"q": NOTHING}).status_code == 200
        assert "could not be counted" in caplog.text
        assert NOTHING not in caplog.text

    def test_no_cookie_and_no_cache_come_of_it(self, client: Client):
        response = client.get("/sok/", {"q": NOTHING})
        assert not response.cookies
        assert "no-store" in response["Cache-Control"]


class TestPurging:
    def test_weeks_are_kept_for_twelve_weeks(self):
        on_days(NOTHING, 5)
        later = MONDAY + timedelta(weeks=12, days=6)
        assert unanswered.purge(today=later) == 0
        assert kept_words() == [NOTHING]
        assert unanswered.purge(today=later + timedelta(days=1)) == 1
        assert not UnansweredSearch.objects.exists()

    def test_words_go_when_the_weeks_left_do_not_bear_them(self):
        on_days(NOTHING, 3)
        on_days(NOTHING, 3, MONDAY + timedelta(weeks=2))
        assert kept_words() == [NOTHING]
        unanswered.purge(today=MONDAY + timedelta(weeks=13))
        assert UnansweredSearch.objects.get().days == 3
        assert kept_words() == []

    def test_it_is_done_by_the_clock(self):
        on_days(NOTHING, 1)
        at = timezone.make_aware(timezone.datetime(2027, 5, 3, 3, 45))
        assert background.purge_searches.work(at) == "1 rader"
        assert background.purge_searches.work(at) == ""


@pytest.fixture
def editor(client: Client, disa: User) -> Client:
    client.force_login(disa)
    return client


class TestReport:
    ADDRESS = "/cms/sokning/utan-traff/"

    @pytest.fixture(autouse=True)
    def _asked(self):
        page("Släde", text("En släde."), slug="slade", keywords="pulka")
        on_days("kälke", 5, timezone.localdate() - timedelta(days=10))
        on_days("bob", 4, timezone.localdate() - timedelta(days=10))

    def digest(self) -> str:
        return unanswered.digest_of("kälke")

    def test_tells_what_was_asked_often_and_not_the_rest(self, editor: Client):
        html = editor.get(self.ADDRESS).content.decode()
        assert "kälke" in html
        assert "bob" not in html.partition("<main")[2]

    def test_a_synonym_begins_with_the_words(self, editor: Client):
        html = editor.get(self.ADDRESS).content.decode()
        add = reverse("wagtailsnippets_search_synonym:add")
        assert f'href="{add}?text=k%C3%A4lke%2C+"' in html
        form = editor.get(add, {"text": "kälke, "}).content.decode()
        assert 'value="kälke, "' in form

    def test_what_finds_something_by_now_is_not_shown(self, editor: Client):
        Synonym.objects.create(text="kälke, släde")
        assert "Inga sökningar att visa" in editor.get(self.ADDRESS).content.decode()

    def test_one_press_makes_the_words_a_keyword_of_a_page(self, editor: Client, disa: User):
        response = editor.post(
            f"{self.ADDRESS}sokord/", {"digest": self.digest(), "path": "/slade/"}
        )
        assert response.status_code == 302
        changed = GuidancePage.objects.get(slug="slade")
        assert changed.keywords.splitlines() == ["pulka", "kälke"]
        assert not changed.has_unpublished_changes
        assert changed.latest_revision.user == disa
        assert [result.path for result in service.search("kälke").results] == ["slade"]
        assert not UnansweredSearch.objects.filter(digest=self.digest()).exists()

    @pytest.mark.parametrize(
        ("path", "message"),
        [("", "Skriv sidans adress."), ("nix", "ingen publicerad sida på nix")],
    )
    def test_a_wrong_address_is_told_of_at_the_field(self, editor: Client, path: str, message: str):
        response = editor.post(f"{self.ADDRESS}sokord/", {"digest": self.digest(), "path": path})
        assert response.status_code == 400
        assert message in response.content.decode()

    def test_a_draft_is_not_published_with_it(self, editor: Client):
        draft = GuidancePage.objects.get(slug="slade")
        draft.summary = "Det här skriver jag på."
        draft.save_revision()
        response = editor.post(f"{self.ADDRESS}sokord/", {"digest": self.digest(), "path": "slade"})
        assert response.status_code == 400
        assert "Sidan har ett utkast." in response.content.decode()
        assert "kälke" not in GuidancePage.objects.get(slug="slade").keywords

    def test_a_locked_page_is_left_alone(self, editor: Client):
        GuidancePage.objects.filter(slug="slade").update(locked=True)
        response = editor.post(f"{self.ADDRESS}sokord/", {"digest": self.digest(), "path": "slade"})
        assert response.status_code == 400
        assert "låst" in response.content.decode()

    def test_a_search_may_be_taken_off_the_list(self, editor: Client):
        response = editor.post(f"{self.ADDRESS}ta-bort/", {"digest": self.digest()})
        assert response.status_code == 302
        assert not UnansweredSearch.objects.filter(digest=self.digest()).exists()

    def test_what_has_not_been_asked_often_cannot_be_picked_by_its_hash(self, editor: Client):
        other = {"digest": unanswered.digest_of("bob"), "path": "slade"}
        assert editor.post(f"{self.ADDRESS}sokord/", other).status_code == 404

    def test_words_are_escaped(self, editor: Client):
        on_days("<b>x</b> kälkbacke", 5, timezone.localdate() - timedelta(days=10))
        assert "<b>x" not in editor.get(self.ADDRESS).content.decode()


class TestFiles:
    """The shipped words: loaded once, then the editors'."""

    def load(self, root: Path) -> None:
        call_command("load_content", folder=str(root), verbosity=0)

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        (tmp_path / "content" / "library").mkdir(parents=True)
        words = tmp_path / "search" / "library"
        words.mkdir(parents=True)
        (words / "synonyms.yaml").write_text("- kälke, släde\n- soc => nämnd\n", encoding="utf-8")
        (words / "saved_searches.yaml").write_text("- {query: kälke, path: slade}\n", "utf-8")
        (words / "compounds.yaml").write_text("parts: aga barn\nblocked: inne\n", "utf-8")
        (words / "acute_words.yaml").write_text("- akut\n- '112'\n", "utf-8")
        (words / "pinned.yaml").write_text("- {query: hjälp, path: stod}\n", "utf-8")
        return tmp_path

    def test_loading_again_changes_nothing(self, root: Path):
        for _ in range(2):
            self.load(root)
            assert set(Synonym.objects.values_list("text", flat=True)) == {
                "kälke, släde", "soc => nämnd",
            }  # fmt: skip

    def test_what_an_editor_changed_or_removed_stays_so(self, root: Path):
        self.load(root)
        Synonym.objects.filter(text="kälke, släde").update(text="kälke, släde, pulka")
        Synonym.objects.get(text="soc => nämnd").delete()
        self.load(root)
        assert [rule.text for rule in Synonym.objects.all()] == ["kälke, släde, pulka"]

    def test_a_changed_line_is_followed_unless_an_editor_was_there(self, root: Path):
        self.load(root)
        file = root / "search" / "library" / "saved_searches.yaml"
        file.write_text("- {query: kälke, path: pulka}\n", encoding="utf-8")
        self.load(root)
        assert SavedSearch.objects.get().path == "pulka"
        SavedSearch.objects.update(path="fjall")
        file.write_text("- {query: kälke, path: slade}\n", encoding="utf-8")
        self.load(root)
        assert SavedSearch.objects.get().path == "fjall"

    def test_faults_are_told_with_file_and_line_and_nothing_is_loaded(self, root: Path):
        words = root / "search" / "library"
        (words / "synonyms.yaml").write_text("- kälke, släde\n- ensam\n", encoding="utf-8")
        (words / "pinned.yaml").write_text("- {query: hjälp, plats: stod}\n", encoding="utf-8")
        with pytest.raises(CommandError) as failure:
            self.load(root)
        told = str(failure.value)
        assert "search/library/synonyms.yaml, rad 2: text: Skriv minst två ord" in told
        assert "search/library/pinned.yaml, rad 1" in told
        assert not Synonym.objects.exists()

    def test_what_is_exported_loads_the_same(self, root: Path, tmp_path: Path):
        self.load(root)
        Synonym.objects.create(text="bob => kälke")

        def rows() -> list[Any]:
            return [
                sorted(str(values) for values in file.model.objects.values_list(*file.fields))
                for file in FILES
            ]

        before = rows()
        assert export_vocabulary(tmp_path / "ut") == 5
        for file in FILES:
            file.model.objects.all().delete()
            (root / "search" / "library" / file.name).write_text(
                (tmp_path / "ut" / file.name).read_text("utf-8"), "utf-8"
            )
        LibraryRecord.objects.all().delete()
        self.load(root)
        assert rows() == before
