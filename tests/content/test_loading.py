"""Loading the files: all or nothing, again and again, and never over an editor's head."""

from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from content.loading import PAGE_TYPES, page_index
from content.models import (
    Activity,
    Contact,
    Edition,
    Goal,
    Indicator,
    LegalProvision,
    LibraryRecord,
    Precondition,
    Source,
    StartPage,
)
from tests.content.files import SOURCES, Files

pytestmark = pytest.mark.django_db

BARE = 1  # Wagtail's welcome page
EDITION = """\
editions:
  - {key: andra, title: A, period_start: 2021, period_end: 2025, status: ended}
"""


def page(path: str) -> Any:
    return page_index()[path].specific


def words(path: str) -> str:
    """Return the text of a page as it is stored."""
    return str(page(path).body.get_prep_value())


def ids(stream: Any) -> list[str]:
    return [block["id"] for block in stream.get_prep_value()]


def everything() -> dict[str, list[Any]]:
    """Return all rows that a load may change, without the moments of the loads."""
    models = (Source, LegalProvision, Contact, Edition, Goal, Activity, Indicator, Precondition)
    rows: dict[str, list[Any]] = {
        model.__name__: list(model.objects.order_by("pk").values()) for model in models
    }
    rows["pages"] = [each.specific.to_json() for each in Page.objects.order_by("pk")]
    rows["records"] = list(LibraryRecord.objects.order_by("pk").values("key", "stored_hash"))
    return rows


class TestFirstLoad:
    def test_says_what_it_made_and_puts_pages_where_their_files_lie(self, files: Files) -> None:
        said = files.load()

        records = LibraryRecord.objects.count()
        assert said == f"{records} nya, 0 ändrade, 0 oförändrade.\n"
        assert set(page_index()) == {
            "", "vagledning", "vagledning/akut-fara", "vagledning/orosanmalan", "utbildning",
            "utbildning/oro",
        }  # fmt: skip
        assert Page.objects.filter(depth=2).get().specific_class is StartPage
        assert all(each.live and not each.has_unpublished_changes for each in page_index().values())


class TestWhatALoadMakes:
    def test_fills_the_page(self, loaded: Files) -> None:
        acute = page("vagledning/akut-fara")

        assert (acute.title, acute.summary, acute.who) == (
            "Vid akut fara",
            "Vad den säger.",
            "Alla",
        )
        assert (acute.written_date, acute.reviewed_date) == (date(2026, 11, 21), None)
        assert [each["title"] for each in acute.linked_pages("related")] == ["Orosanmälan"]
        assert [each["title"] for each in acute.linked_pages("modules")] == ["Oro"]
        assert [(s["key"], s["locator"]) for s in acute.source_list()] == [
            ("D3", ""),
            ("D0", "s. 28"),
        ]

    def test_links_between_pages_follow_the_page_when_it_moves(self, loaded: Files) -> None:
        target = page("vagledning/orosanmalan")

        target.move(page_index()[""], pos="last-child")

        assert f'linktype="page" id="{target.pk}"' in words("vagledning/akut-fara")

    def test_keeps_the_order_of_the_files_rows_and_pages(self, loaded: Files) -> None:
        cards = page("vagledning").sub_pages()

        assert [card["title"] for card in cards] == ["Vid akut fara", "Orosanmälan"]
        assert list(Contact.objects.order_by("sort_order").values_list("key", flat=True)) == [
            "bris", "rvc"
        ]  # fmt: skip

    def test_fills_the_programme(self, loaded: Files) -> None:
        goal = Goal.objects.get()

        activity = goal.activities.get(key="m6-a1")
        assert (str(goal.edition), goal.gaps) == ("2021–2025", ["responsible"])
        assert [(r.board.name, r.note) for r in activity.responsibilities.all()] == [
            ("Socialnämnden", "en av dem")
        ]
        assert [area.key for area in activity.areas.all()] == ["close_relationships"]
        assert list(Activity.objects.filter(goal=None).values_list("text", flat=True)) == [
            "Utan mål"
        ]
        assert [str(i.edition) for i in Indicator.objects.filter(goal=None)] == ["2021–2025"]

    def test_claims_no_call_and_no_review(self, loaded: Files) -> None:
        assert not Contact.objects.exclude(verified_on=None).exists()
        assert [each for each in page_index().values() if each.specific.reviewed_date] == []


class TestFaults:
    """Each is told by file and line, nothing is changed, and the command fails."""

    CASES: list[tuple[str, dict[str, Any], str]] = [
        ("type saknas.", {"type": None}, "rad 2"),
        ("typen x finns inte; välj bland board, goal, guidance", {"type": "x"}, "rad 2"),
        ("title saknas.", {"title": None}, "rad 2"),
        ("title ska vara text; sätt citattecken omkring.", {"title": 112}, "rad 3"),
        ("summary saknas.", {"summary": ""}, "rad 4"),
        ("written_date saknas.", {"written_date": None}, "rad 2"),
        ("written_date ska vara en dag som 2026-11-21.", {"written_date": "i dag"}, "rad 6"),
        ("reviewed_date: det sätts bara av en sakkunnig", {"reviewed_date": "x"}, "rad 8"),
        ("reviewed_by: det sätts bara av en sakkunnig i portalen.", {"reviewed_by": "x"}, "rad 8"),
        ("agare: uppgiften finns inte för typen guidance.", {"agare": "x"}, "rad 8"),
        ("level: uppgiften finns inte för typen guidance.", {"level": "universal"}, "rad 8"),
        ("kind ska vara ett av vagledning, valdstyp", {"type": "section", "kind": "x"}, "rad 8"),
        ("level ska vara ett av universal, selective, indicated.", {"type": "prevention"}, "rad 2"),
        ("contact saknas.", {"type": "support"}, "rad 2"),
        ("kontakten bri finns inte.", {"type": "support", "contact": "bri"}, "rad 8"),
        ("målet 9 finns inte.", {"type": "goal", "goal": 9}, "rad 8"),
        ("nämnden x finns inte.", {"type": "board", "board": "x"}, "rad 8"),
        ("verksamheten x finns inte.", {"type": "operation", "operation": "x"}, "rad 8"),
        ("verksamheten dagis finns inte.", {"operations": ["dagis"]}, "rad 8"),
        ("målgruppen alla finns inte.", {"target_groups": ["alla"]}, "rad 8"),
        ("keywords ska vara en lista, som [ett, två].", {"keywords": "dagis"}, "rad 8"),
        ("källan D9 finns inte.", {"sources": ["D3", "D9 s. 2"]}, "rad 8"),
        ("order ska vara ett heltal från 0.", {"order": "först"}, "rad 8"),
        ("acute ska vara true eller false.", {"acute": "ja"}, "rad 8"),
        ("menu_title: ", {"menu_title": 101 * "a"}, "rad 1"),
    ]  # fmt: skip

    @pytest.mark.parametrize(("message", "front", "place"), CASES, ids=[case[0] for case in CASES])
    def test_in_the_front_matter(
        self, message: str, front: dict[str, Any], place: str, files: Files
    ) -> None:
        files.page("vagledning/fel", "Text.", **front)

        faults = files.faults()

        named = f"content/library/pages/vagledning/fel.md, {place}: "
        assert [fault.startswith(named) and message in fault for fault in faults] == [True], faults
        assert Page.objects.filter(depth__gt=1).count() == BARE
        assert not LibraryRecord.objects.exists()

    BODIES = [
        ("::: law SOL-1\nText.\n:::", 10, "lagrummet SOL-1 finns inte."),
        ("::: contact bri\n:::", 10, "kontakten bri finns inte."),
        ("::: quote D9\nOrd.\n:::", 10, "källan D9 finns inte."),
        ("Text.\n\nEtt faktum. {D9 s. 2}", 12, "källan D9 finns inte."),
        ("::: reported rikshandboken D0 och\nOrd.\n:::", 10, "källan rikshandboken finns inte."),
        ("::: reported D0 SOL-19-1\nOrd.\n:::\n\n::: quote SOL-19-1 D3\nOrd.\n:::", None, ""),
        ("::: case Elsa\nText.\n:::", 10, "blocket case hör hemma i en lektion; ta bort det"),
        ("##Rubrik", 10, "rubriker skrivs med ## eller ### och ett mellanslag."),
    ]  # fmt: skip

    @pytest.mark.parametrize(("body", "line", "message"), BODIES, ids=[body[0] for body in BODIES])
    def test_in_the_body(self, body: str, line: int | None, message: str, files: Files) -> None:
        files.page("vagledning/fel", body)

        if line is None:
            assert "nya" in files.load()
            return
        faults = files.faults()

        assert [fault.partition(": ")[0] for fault in faults] == [
            f"content/library/pages/vagledning/fel.md, rad {line}"
        ]
        assert message in faults[0]

    def test_two_keys_without_a_comma_are_not_taken_for_a_place(self, files: Files) -> None:
        files.write("sources.yaml", f"{SOURCES}- {{key: a, title: A, kind: eget}}\n")
        files.page("vagledning/fel", "::: quote a D0\nOrd.\n:::\n\n::: quote a a\nOrd.\n:::")

        assert files.faults() == [
            "content/library/pages/vagledning/fel.md, rad 14: källan a a finns inte."
        ]

    ROWS = [
        ("sources.yaml", "- title: A\n", "rad 1: raden saknar key; ge den en egen nyckel."),
        ("sources.yaml", "- {key: A, title: A, kind: eget}\n- {key: A, title: A, kind: eget}\n",
         "rad 2: nyckeln A finns redan; nycklar är unika."),
        ("sources.yaml", "- {key: A, title: A, kind: bok}\n", "rad 1: A: kind: "),
        ("sources.yaml", "- {key: A, title: A, kind: eget, url: sida}\n", "rad 1: A: url: "),
        ("sources.yaml", "- {key: A, kind: eget}\n", "rad 1: A: title: "),
        ("laws.yaml", "- {key: A, act: a, sfs: b, reference: c, heading: d, summary: e}\n",
         "rad 1: A: checked_on: "),
        ("contacts.yaml", "- {key: a, name: A, for_whom: B, verified_on: 2026-11-21}\n",
         "rad 1: a: uppgiften verified_on finns inte eller får inte stå i en fil."),
        ("contacts.yaml", "- {key: a, name: A, for_whom: B, audience: [alla]}\n",
         "rad 1: a: audience: Okänt val: alla."),
        ("contacts.yaml", "- {key: a, name: A, for_whom: B, audience: utsatt}\n",
         "rad 1: a: audience: Värdet ska vara en lista."),
        ("contacts.yaml", "- {key: a, name: A, for_whom: B, source: D9}\n",
         "rad 1: källan D9 finns inte."),
        ("contacts.yaml", "- {key: a, name: A, for_whom: B, web: 'javascript:alert(1)'}\n",
         "rad 1: a: web: "),
    ]  # fmt: skip

    @pytest.mark.parametrize(("name", "text", "message"), ROWS, ids=[row[2] for row in ROWS])
    def test_in_the_registers(self, name: str, text: str, message: str, files: Files) -> None:
        files.write(name, text)

        faults = files.faults()

        assert any(fault.startswith(f"content/library/{name}, {message}") for fault in faults), (
            faults
        )
        assert not Source.objects.exists()

    PROGRAMMES = [
        ("boards: alla\n", "rad 1: boards ska vara en lista med rader."),
        ("boards:\n  - a\n", "rad 1: boards ska vara en lista med rader."),
        ("boards:\n  - {key: a, kind: specialist}\n", "rad 2: boards, a: name saknas."),
        ("boards:\n  - {key: a, name: A, kind: specialist, x: 1}\n",
         "rad 2: boards, a: uppgiften x finns inte."),
        ("boards:\n  - {key: a, name: A, kind: stor}\n", "programmet: kind: "),
        ("goals:\n  - {number: 1, edition: x, name: A, source: D0}\n",
         "rad 2: goals, A: utgåvan x finns inte."),
        ("goals:\n  - {number: 1, edition: andra, name: A, source: D9}\n",
         "rad 2: goals, A: källan D9 finns inte."),
        ("goals:\n  - number: 1\n    edition: andra\n    name: A\n    source: D0\n    activities:\n"
         "      - {key: m1, text: B, source: D0, responsible: [{board: x, source: D0}]}\n",
         "rad 7: responsible, x: nämnden x finns inte."),
        ("goals:\n  - {number: 1, edition: andra, name: A, source: D0, gaps: [allt]}\n",
         "programmet: gaps: Okänt val: allt."),
        ("orphans: alla\n", "rad 1: orphans ska ha activities och indicators."),
        ("orphans:\n  indicators:\n    - {text: A}\n", "rad 3: indicators, A: source saknas."),
        ("editions:\n  - {key: a, title: A, period_start: 2030, period_end: 2029, status: draft}\n",
         "programmet: "),
    ]  # fmt: skip

    @pytest.mark.parametrize(("text", "message"), PROGRAMMES, ids=[row[1] for row in PROGRAMMES])
    def test_in_the_programme(self, text: str, message: str, files: Files) -> None:
        if "editions:" not in text:
            text += EDITION
        files.write("programme.yaml", text)

        faults = files.faults()

        assert len(faults) == 1, faults
        assert faults[0].startswith("content/library/programme.yaml"), faults
        assert message in faults[0]
        assert not Source.objects.exists()

    def test_a_page_without_a_page_above_it_says_which_file_is_missing(self, files: Files) -> None:
        files.page("ansvar/namnden", "Text.")

        assert files.faults() == [
            "content/library/pages/ansvar/namnden.md, rad 1: sidan ansvar som skulle ligga ovanför "
            "finns inte; lägg till ansvar.md."
        ]

    def test_pages_without_a_start_page_say_so(self, files: Files) -> None:
        (files.library / "pages" / "index.md").unlink()

        faults = files.faults()

        assert len(faults) == 2
        assert all(
            "startsidan som skulle ligga ovanför finns inte; lägg till index.md" in each
            for each in faults
        )

    def test_another_encoding_is_told_for_every_sort_of_file(self, files: Files) -> None:
        for path in ("pages/vagledning/akut-fara.md", "laws.yaml", "programme.yaml"):
            text = (files.library / path).read_text(encoding="utf-8")
            files.write(path, f"{text}# åäö".encode("latin-1"))

        faults = [fault for fault in files.faults() if "UTF-8" in fault]

        assert faults == [
            f"content/library/{path}: filen är inte UTF-8; spara om den i UTF-8."
            for path in ("laws.yaml", "pages/vagledning/akut-fara.md", "programme.yaml")
        ]

    def test_faults_of_all_files_are_told_at_once_in_the_order_of_the_files(
        self, files: Files
    ) -> None:
        files.write("sources.yaml", "- title: A\n")
        files.page("vagledning/b", "##Fel")
        files.page("vagledning/a", "##Fel")

        files_named = [fault.split(":")[0].split(",")[0] for fault in files.faults()]

        assert files_named == sorted(files_named)
        assert len(set(files_named)) > 3

    def test_a_folder_without_files_is_not_taken_for_an_empty_library(self, tmp_path: Any) -> None:
        with pytest.raises(CommandError, match="saknas content/library; ange en annan mapp"):
            call_command("load_content", folder=str(tmp_path))
        with pytest.raises(CommandError, match="finns inte; ange en som export_content"):
            call_command("load_content", folder=str(tmp_path / "x"))


class TestFaultsAfterALoad:
    def test_a_fault_leaves_what_was_loaded_before_as_it_was(self, loaded: Files) -> None:
        before = everything()
        loaded.edit("contacts.yaml", "Relationsvåldscentrum", "RVC")
        loaded.page("vagledning/akut-fara", "Ny text.")
        loaded.page("vagledning/fel", "##Rubrik")

        loaded.faults()

        assert everything() == before

    def test_what_only_the_database_refuses_leaves_everything_as_it_was_too(
        self, loaded: Files
    ) -> None:
        before = everything()
        loaded.page("vagledning/akut-fara", "Ny text.")
        loaded.page("vagledning/orosanmalan", "Text.", title=300 * "a")

        faults = loaded.faults()

        assert len(faults) == 1
        assert faults[0].startswith(
            "content/library/pages/vagledning/orosanmalan.md, rad 1: sidan: "
        )
        assert everything() == before


class TestCheck:
    def test_says_that_all_is_well_and_writes_nothing(self, files: Files) -> None:
        before = everything()

        assert files.load("--check") == "6 sidor lästa, inga fel.\n"
        assert everything() == before

    def test_finds_the_same_faults_as_a_load(self, files: Files) -> None:
        files.page("vagledning/fel", "::: law X-1\nText.\n:::\n\n##Rubrik", sources=["D9"])
        files.page("ansvar/fel", "Text.")

        assert files.faults("--check") == files.faults()


class TestLoadingAgain:
    def test_changes_nothing(self, loaded: Files) -> None:
        before = everything()
        revisions = page("vagledning/akut-fara").revisions.count()

        said = loaded.load()

        assert said == f"0 nya, 0 ändrade, {len(before['records'])} oförändrade.\n"
        assert everything() == before
        assert page("vagledning/akut-fara").revisions.count() == revisions

    def test_a_changed_file_updates_its_page_and_no_other(self, loaded: Files) -> None:
        before = page("vagledning/akut-fara")
        loaded.edit("pages/vagledning/akut-fara.md", "Ring 112.", "Ring genast 112.")

        said = loaded.load()

        after = page("vagledning/akut-fara")
        assert said.startswith("0 nya, 1 ändrade, ")
        assert after.pk == before.pk
        assert after.live
        assert ids(after.body) == ids(before.body)
        assert "Ring genast 112." in words("vagledning/akut-fara")

    def test_what_is_taken_out_of_a_file_goes_from_the_page(self, loaded: Files) -> None:
        loaded.page("vagledning/akut-fara", "Kort.", title="Vid fara", who=None)

        loaded.load()

        after = page("vagledning/akut-fara")
        assert (after.title, after.who, after.sort_order) == ("Vid fara", "", 100)
        assert not after.sources
        assert not after.related

    def test_what_is_taken_out_of_a_row_goes_from_the_register(self, loaded: Files) -> None:
        loaded.edit("contacts.yaml", '  phone: "116 111"\n', "")
        loaded.edit("laws.yaml", "  in_force: 2025-07-01\n", "")

        loaded.load()

        assert Contact.objects.get(key="bris").phone == ""
        assert LegalProvision.objects.get().in_force is None

    def test_a_changed_row_keeps_its_primary_key(self, loaded: Files) -> None:
        before = Contact.objects.get(key="rvc").pk
        loaded.edit("contacts.yaml", "Relationsvåldscentrum", "RVC")

        said = loaded.load()

        assert said.startswith("0 nya, 1 ändrade, ")
        assert (Contact.objects.get(key="rvc").pk, Contact.objects.get(key="rvc").name) == (
            before,
            "RVC",
        )

    def test_a_changed_goal_keeps_the_rows_that_it_still_names(self, loaded: Files) -> None:
        activity = Activity.objects.get(key="m6-a1")
        indicator = Indicator.objects.get(text="Andel utbildade")
        loaded.edit("programme.yaml", "text: Yrkesverksamma utbildar sig", "text: De utbildar sig")
        loaded.edit("programme.yaml", "      - {key: m6-a2, text: Något mer, source: D3}\n", "")
        loaded.edit(
            "programme.yaml",
            "{text: Andel utbildade, source: D3}",
            "{text: Andel utbildade, source: D3, activity: m6-a1}",
        )

        said = loaded.load()

        assert said.startswith("0 nya, 1 ändrade, ")
        assert Activity.objects.get(key="m6-a1").pk == activity.pk
        assert Activity.objects.get(key="m6-a1").text == "De utbildar sig"
        assert not Activity.objects.filter(key="m6-a2").exists()
        assert Indicator.objects.get(text="Andel utbildade").pk == indicator.pk
        assert Indicator.objects.get(text="Andel utbildade").activity == activity

    def test_an_activity_that_gets_a_goal_is_the_same_activity(self, loaded: Files) -> None:
        before = Activity.objects.get(key="o-a1").pk
        loaded.edit("programme.yaml", "    - {key: o-a1, text: Utan mål, source: D0}\n", "    []\n")
        loaded.edit(
            "programme.yaml",
            "      - {key: m6-a2, text: Något mer, source: D3}\n",
            "      - {key: m6-a2, text: Något mer, source: D3}\n"
            "      - {key: o-a1, text: Med mål, source: D3}\n",
        )

        loaded.load()

        assert Activity.objects.get(key="o-a1").pk == before
        assert Activity.objects.get(key="o-a1").goal == Goal.objects.get()

    def test_a_page_finds_its_relations_when_they_come(self, loaded: Files) -> None:
        loaded.page("vagledning/tidig", "Läs [mer](/vagledning/sen/).", related=["vagledning/sen"])
        loaded.load()
        assert page("vagledning/tidig").linked_pages("related") == []
        loaded.page("vagledning/sen", "Nu finns den.", title="Sen")

        loaded.load()

        assert [each["title"] for each in page("vagledning/tidig").linked_pages("related")] == [
            "Sen"
        ]
        assert 'linktype="page"' in words("vagledning/tidig")

    def test_an_emptied_tree_is_filled_again(self, loaded: Files) -> None:
        page_index()[""].delete()

        loaded.load()

        assert "vagledning/akut-fara" in page_index()


class TestAnEditorsChange:
    """It stays, and the load says so when the file wants something else."""

    def change_the_file(self, files: Files) -> None:
        files.edit("pages/vagledning/akut-fara.md", "Ring 112.", "Ring genast 112.")

    def kept(self, said: str) -> list[str]:
        mark = "Lämnad orörd, ändrad i portalen: "
        return [line.removeprefix(mark) for line in said.splitlines() if line.startswith(mark)]

    def test_that_is_published_stays(self, loaded: Files) -> None:
        mine = page("vagledning/akut-fara")
        mine.summary = "Redaktörens ingress."
        mine.save_revision().publish()
        self.change_the_file(loaded)

        said = loaded.load()

        assert self.kept(said) == ["page:vagledning/akut-fara"]
        assert page("vagledning/akut-fara").summary == "Redaktörens ingress."
        assert "genast" not in words("vagledning/akut-fara")

    def test_in_the_text_stays(self, loaded: Files) -> None:
        mine = page("vagledning/akut-fara")
        mine.body.append(("text", {"text": "<p>Redaktörens rad.</p>", "sources": []}))
        mine.save_revision().publish()
        self.change_the_file(loaded)

        assert self.kept(loaded.load()) == ["page:vagledning/akut-fara"]
        assert "Redaktörens rad." in words("vagledning/akut-fara")

    def test_that_is_a_draft_is_not_buried(self, loaded: Files) -> None:
        mine = page("vagledning/akut-fara")
        mine.summary = "Ett utkast."
        mine.save_revision()
        self.change_the_file(loaded)

        assert self.kept(loaded.load()) == ["page:vagledning/akut-fara"]
        assert page("vagledning/akut-fara").get_latest_revision_as_object().summary == "Ett utkast."
        assert page("vagledning/akut-fara").summary == "Vad den säger."

    def test_is_not_mentioned_while_the_file_is_as_it_was(self, loaded: Files) -> None:
        mine = page("vagledning/akut-fara")
        mine.summary = "Redaktörens ingress."
        mine.save_revision().publish()

        said = loaded.load()

        assert self.kept(said) == []
        assert page("vagledning/akut-fara").summary == "Redaktörens ingress."

    def test_is_mentioned_again_at_each_load_until_someone_acts(self, loaded: Files) -> None:
        mine = page("vagledning/akut-fara")
        mine.summary = "Redaktörens ingress."
        mine.save_revision().publish()
        self.change_the_file(loaded)

        assert self.kept(loaded.load()) == self.kept(loaded.load()) == ["page:vagledning/akut-fara"]

    def test_a_reviewed_text_is_not_replaced_by_one_that_nobody_has_reviewed(
        self, loaded: Files
    ) -> None:
        mine = page("vagledning/akut-fara")
        mine.reviewed_date, mine.reviewed_by = date(2026, 12, 1), "Sakkunnig"
        mine.save_revision().publish()
        self.change_the_file(loaded)

        assert self.kept(loaded.load()) == ["page:vagledning/akut-fara"]
        assert "genast" not in words("vagledning/akut-fara")

    def test_an_unpublished_page_stays_unpublished(self, loaded: Files) -> None:
        page("vagledning/akut-fara").unpublish()
        self.change_the_file(loaded)

        assert self.kept(loaded.load()) == ["page:vagledning/akut-fara"]
        assert not page("vagledning/akut-fara").live

    def test_a_removed_page_does_not_come_back_and_new_pages_below_it_are_told(
        self, loaded: Files
    ) -> None:
        page("vagledning").delete()
        loaded.page("vagledning/ny", "Text.")

        said = loaded.load()

        assert self.kept(said) == ["page:vagledning/ny"]
        assert not any(path.startswith("vagledning") for path in page_index())

    def test_a_moved_page_is_not_made_twice(self, loaded: Files) -> None:
        page("vagledning/akut-fara").move(page_index()[""], pos="last-child")
        self.change_the_file(loaded)

        assert self.kept(loaded.load()) == ["page:vagledning/akut-fara"]
        assert "vagledning/akut-fara" not in page_index()
        assert "akut-fara" in page_index()

    def test_a_page_made_in_the_portal_is_left_to_its_maker(self, loaded: Files) -> None:
        mine = PAGE_TYPES["guidance"].model(
            title="Min", slug="min", summary="Min.", written_date=date(2026, 11, 21),
            review_due_date=date(2027, 11, 21),
        )  # fmt: skip
        Page.objects.get(pk=page_index()["vagledning"].pk).add_child(instance=mine)
        loaded.page("vagledning/min", "Text.", title="Filens")

        assert self.kept(loaded.load()) == ["page:vagledning/min"]
        assert page("vagledning/min").title == "Min"

    def test_a_file_cannot_make_a_page_another_type(self, loaded: Files) -> None:
        loaded.page("vagledning/akut-fara", "Text.", type="section", kind="vagledning", title="Ny")

        assert self.kept(loaded.load()) == ["page:vagledning/akut-fara"]
        assert page("vagledning/akut-fara").title == "Vid akut fara"

    def test_of_a_row_stays(self, loaded: Files) -> None:
        Contact.objects.filter(key="bris").update(phone="0771-50 50 50")
        loaded.edit("contacts.yaml", "116 111", "116 112")

        assert self.kept(loaded.load()) == ["contacts.yaml#bris"]
        assert Contact.objects.get(key="bris").phone == "0771-50 50 50"

    def test_a_number_that_someone_has_called_is_not_replaced_behind_their_back(
        self, loaded: Files
    ) -> None:
        Contact.objects.filter(key="bris").update(verified_on=date(2026, 12, 1))
        loaded.edit("contacts.yaml", "116 111", "116 112")

        assert self.kept(loaded.load()) == ["contacts.yaml#bris"]
        assert Contact.objects.get(key="bris").phone == "116 111"

    def test_a_removed_row_does_not_come_back(self, loaded: Files) -> None:
        Contact.objects.get(key="rvc").delete()

        assert self.kept(loaded.load()) == []
        assert not Contact.objects.filter(key="rvc").exists()

    def test_a_file_that_needs_a_removed_row_is_told(self, loaded: Files) -> None:
        Contact.objects.get(key="rvc").delete()
        loaded.page("vagledning/akut-fara", "::: contact rvc\n:::")

        assert loaded.faults() == [
            "content/library/pages/vagledning/akut-fara.md, rad 1: sidan: rvc finns inte; den har "
            "tagits bort i portalen."
        ]

    @pytest.mark.parametrize(
        ("before", "after", "key"),
        [
            ("name: Socialnämnden", "name: Nämnden", "programme.yaml#board/socialnamnden"),
            (
                "status_note: Perioden är slut.",
                "status_note: Slut.",
                "programme.yaml#edition/andra",
            ),
            ("name: Kunskap", "name: Kunskaper", "programme.yaml#goal/andra/6"),
            (
                "text: Utan mål, source: D0",
                "text: Ändrad, source: D0",
                "programme.yaml#activity/andra/o-a1",
            ),
        ],
    )
    def test_of_the_programme_stays(self, before: str, after: str, key: str, loaded: Files) -> None:
        edition, goal = Edition.objects.get(key="andra"), Goal.objects.get()
        board = goal.activities.get(key="m6-a1").responsibilities.get().board
        orphan = Activity.objects.get(key="o-a1")
        for row, name in (
            (edition, "status_note"),
            (goal, "name"),
            (board, "name"),
            (orphan, "text"),
        ):
            setattr(row, name, "Redaktörens ord")
            row.save()
        loaded.edit("programme.yaml", before, after)

        said = loaded.load()

        assert self.kept(said) == [key]
        for row, name in (
            (edition, "status_note"),
            (goal, "name"),
            (board, "name"),
            (orphan, "text"),
        ):
            row.refresh_from_db()
            assert getattr(row, name) == "Redaktörens ord"
