"""Loading the files: all or nothing, again and again, and never over an editor's head."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page

from content.loading import PAGE_TYPES, page_index
from content.models import (
    Activity,
    Board,
    BoardStatement,
    Contact,
    Edition,
    Figure,
    FollowUpStep,
    Goal,
    GoalConcern,
    Indicator,
    LegalProvision,
    LibraryRecord,
    Precondition,
    PreventionCell,
    Remark,
    Responsibility,
    Source,
    StartPage,
)
from tests.content.files import SOURCES, Files

pytestmark = pytest.mark.django_db

BARE = 1  # Wagtail's welcome page
EDITION = """\
editions:
  - key: andra
    title: A
    period_start: 2021
    period_end: 2025
    status: ended
"""
BOARD = "boards:\n  - {key: a, name: A, kind: company}\n"
GOAL = "goals:\n  - number: 1\n    edition: andra\n    name: A\n    source: D0\n"


def page(path: str) -> Any:
    return page_index()[path].specific


def words(path: str) -> str:
    """Return the text of a page as it is stored."""
    return str(page(path).body.get_prep_value())


def ids(stream: Any) -> list[str]:
    return [block["id"] for block in stream.get_prep_value()]


def everything() -> dict[str, list[Any]]:
    """Return all rows that a load may change, without the moments of the loads."""
    models = (
        Source, LegalProvision, Contact, Figure, Remark, PreventionCell, Board, BoardStatement,
        Edition, FollowUpStep, Goal, GoalConcern, Activity, Responsibility, Indicator, Precondition,
    )  # fmt: skip
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

    def test_needs_none_of_the_files_that_not_every_city_has(self, files: Files) -> None:
        for name in ("figures.yaml", "remarks.yaml", "prevention.yaml"):
            (files.library / name).unlink()

        assert "nya" in files.load()
        assert not Figure.objects.exists()


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
        assert Indicator.objects.get(text="Andel utbildade").follows == "m6-a1 m6-a2"
        assert (goal.target_groups, goal.open_question) == (["barn", "vuxna"], "Ingår äldre?")
        assert goal.open_question_source == Source.objects.get(key="D0")
        assert [(c.board.key, c.note) for c in goal.concerns.all()] == [
            ("servicenamnden", "som arbetsgivare")
        ]

    def test_says_of_each_row_how_its_source_gives_it(self, loaded: Files) -> None:
        goal = Goal.objects.get()
        orphan = Activity.objects.get(key="o-a1")

        assert (orphan.tag, orphan.suggested_goal) == ("reported", 6)
        assert goal.activities.get(key="m6-a1").tag == "quoted"
        assert goal.preconditions.get().tag == "reported"
        assert [row.tag for row in goal.indicators.all()] == ["quoted", "reported"]
        assert goal.activities.get(key="m6-a1").responsibilities.get().tag == "reported"

    def test_fills_the_year_of_an_edition_and_what_it_replaced(self, loaded: Files) -> None:
        edition = Edition.objects.get(key="andra")

        assert edition.replaces == Edition.objects.get(key="forsta")
        assert [
            (step.moments, step.who, step.boards, step.tag, step.sources)
            for step in edition.steps.all()
        ] == [
            (["plan"], "Nämnderna", ["socialnamnden"], "reported", "D0"),
            (["tertial_1", "tertial_2", "report"], "Alla", [], "quoted", "D0 D3"),
        ]

    def test_fills_what_sources_say_of_a_board(self, loaded: Files) -> None:
        board = Board.objects.get(key="socialnamnden")

        assert board.operations == ["socialtjanst"]
        assert [(row.text, row.tag, row.source.key) for row in board.statements.all()] == [
            ("Utbildar nyckelpersoner", "reported", "D0"),
            ("Samlar uppföljningen", "quoted", "D3"),
        ]

    def test_fills_figures_remarks_and_the_matrix_of_prevention(self, loaded: Files) -> None:
        figure, other = Figure.objects.order_by("sort_order")
        remark = Remark.objects.get(key="W01")
        cell = PreventionCell.objects.get(level="universal")

        assert (figure.value, figure.unit, figure.year) == (Decimal("0.60"), "procent", "")
        assert (other.value, other.year, other.source.key) == (None, "2019", "D3")
        assert (remark.sources, remark.status, remark.page) == ("D0 D3", "partly", "vagledning")
        assert [board.key for board in remark.boards.all()] == ["socialnamnden"]
        assert (cell.operation.slug, cell.text, cell.sources) == (
            "forskola", "Prata om kroppen.", "D0"
        )  # fmt: skip

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
        ("laws.yaml", "- {key: A, act: a, sfs: b, reference: c, heading: d, summary: e, "
         "checked_on: 2026-11-21}\n",
         "rad 1: A: in_force: Ange dagen som lydelsen gäller från."),
        ("figures.yaml", "- {key: a, topic: A, text: B}\n", "rad 1: a: source saknas."),
        ("figures.yaml", "- {key: a, topic: A, text: B, source: D9}\n",
         "rad 1: källan D9 finns inte."),
        ("figures.yaml", "- {key: a, topic: A, text: B, source: D0, value: många}\n",
         "rad 1: a: value: "),
        ("remarks.yaml", "- {key: W1, text: A, status: built, answer: B}\n",
         "rad 1: W1: sources: "),
        ("remarks.yaml", "- {key: W1, text: A, sources: [D0, D9], status: built, answer: B}\n",
         "rad 1: källan D9 finns inte."),
        ("remarks.yaml", "- {key: W1, text: A, sources: [D0], status: klar, answer: B}\n",
         "rad 1: W1: status: "),
        ("remarks.yaml",
         "- {key: W1, text: A, sources: [D0], status: built, answer: B, boards: [x]}\n",
         "rad 1: nämnden x finns inte."),
        ("prevention.yaml", "- {level: universal, text: A}\n", "rad 1: raden saknar operation."),
        ("prevention.yaml", "- {level: alla, operation: forskola, text: A}\n",
         "rad 1: alla/forskola: level: "),
        ("prevention.yaml", "- {level: universal, operation: cirkus, text: A}\n",
         "rad 1: verksamheten cirkus finns inte."),
        ("prevention.yaml", "- {level: universal, operation: forskola, text: A}\n"
         "- {level: universal, operation: forskola, text: B}\n",
         "rad 2: nyckeln universal/forskola finns redan; nycklar är unika."),
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
        ("boards:\n  - {key: a, name: A, kind: stor}\n",
         "rad 2: boards, a: kind: stor finns inte; välj bland executive, specialist, "),
        ("boards:\n  - {key: a, name: A, kind: company, operations: [cirkus]}\n",
         "rad 2: boards, a: verksamheten cirkus finns inte."),
        ("boards:\n  - key: a\n    name: A\n    kind: company\n    statements:\n"
         "      - {text: B}\n", "rad 6: statements, B: source saknas."),
        ("boards:\n  - key: a\n    name: A\n    kind: company\n    statements:\n"
         "      - {text: B, source: D0, tag: own}\n",
         "rad 6: statements, B: tag: own finns inte; välj bland quoted, reported."),
        ("boards:\n  - {key: a, name: A, kind: company}\n  - {key: a, name: B, kind: company}\n",
         "rad 3: boards, a: nyckeln a finns redan; nycklar är unika."),
        ("goals:\n  - {number: 1, edition: x, name: A, source: D0}\n",
         "rad 2: goals, A: utgåvan x finns inte."),
        ("goals:\n  - {number: 1, edition: andra, name: A, source: D9}\n",
         "rad 2: goals, A: källan D9 finns inte."),
        ("goals:\n  - number: 1\n    edition: andra\n    name: A\n    source: D0\n    activities:\n"
         "      - {key: m1, text: B, source: D0, responsible: [{board: x, source: D0}]}\n",
         "rad 7: responsible, x: nämnden x finns inte."),
        ("goals:\n  - {number: 1, edition: andra, name: A, source: D0, gaps: [allt]}\n",
         "rad 2: goals, A: gaps: allt finns inte; välj bland activities, indicators, "),
        ("goals:\n  - {number: sex, edition: andra, name: A, source: D0}\n",
         "rad 2: goals, A: number ska vara ett heltal."),
        ("goals:\n  - {number: 1, edition: andra, name: A, source: D0, gaps: activities}\n",
         "rad 2: goals, A: gaps ska vara en lista, som [ett, två]."),
        ("goals:\n  - {number: 1, edition: andra, name: [A], source: D0}\n",
         "rad 2: goals, ['A']: name ska vara text; sätt citattecken omkring."),
        ("goals:\n  - {number: 1, edition: andra, name: A, source: D0, target_groups: [alla]}\n",
         "rad 2: goals, A: target_groups: alla finns inte; välj bland barn, unga, vuxna, "),
        ("goals:\n  - {number: 1, edition: andra, name: A, source: D0, open_question: Vem?}\n",
         "rad 2: goals, A: open_question_source saknas; vem ställer frågan?"),
        ("goals:\n  - {number: 1, edition: andra, name: A, source: D0}\n"
         "  - {number: 1, edition: andra, name: B, source: D0}\n",
         "rad 3: goals, B: mål 1 finns redan i utgåvan andra."),
        (f"{BOARD}{GOAL}    concerns:\n      - {{board: a, source: D0}}\n"
         "      - {board: a, source: D3}\n",
         "rad 10: concerns, a: nämnden a står två gånger på raden; behåll en."),
        (f"{BOARD}{GOAL}    activities:\n      - key: m1\n        text: B\n        source: D0\n"
         "        responsible: [{board: a, source: D0}, {board: a, source: D0}]\n",
         "rad 12: responsible, a: nämnden a står två gånger på raden; behåll en."),
        (f"{GOAL}    activities:\n      - {{key: m1, text: B, source: D0}}\n"
         "      - {key: m1, text: C, source: D0}\n",
         "rad 8: activities, m1: nyckeln m1 finns redan i utgåvan."),
        (f"{GOAL}    activities:\n      - {{key: m1, text: B, source: D0, edition: x}}\n"
         "editions:\n  - {key: x, title: A, period_start: 2021, period_end: 2025, status: ended}\n"
         "  - {key: andra, title: A, period_start: 2021, period_end: 2025, status: ended}\n",
         "rad 7: activities, m1: raden har en annan utgåva än målet; ta bort edition från raden."),
        (f"{GOAL}    activities:\n      - {{key: m1, text: B, source: D0, suggested_goal: 2}}\n",
         "rad 7: activities, m1: suggested_goal hör bara till rader utan mål; ta bort det."),
        (f"{GOAL}    indicators:\n      - {{text: B, source: D0, follows: [m1]}}\n",
         "rad 7: indicators, B: follows: aktiviteten m1 finns inte i utgåvan."),
        ("orphans: alla\n", "rad 1: orphans ska ha activities och indicators."),
        ("orphans:\n  indicators:\n    - {text: A}\n", "rad 3: indicators, A: source saknas."),
        ("editions:\n  - {key: a, title: A, period_start: 2030, period_end: 2029, status: draft}\n",
         "rad 2: editions, a: perioden slutar innan den börjar; rätta åren."),
        ("editions:\n"
         "  - {key: a, title: A, period_start: 1, period_end: 2, status: draft, replaces: a}\n",
         "rad 2: editions, a: utgåvan kan inte ersätta sig själv."),
        ("editions:\n"
         "  - {key: a, title: A, period_start: 1, period_end: 2, status: draft, replaces: b}\n",
         "rad 2: editions, a: utgåvan b finns inte."),
        (f"{EDITION}    steps: [{{moments: [jul], who: A, text: B, sources: [D0]}}]\n",
         "rad 7: steps, B: moments: jul finns inte; välj bland plan, tertial_1, tertial_2, "),
        (f"{EDITION}    steps: [{{moments: [plan], who: A, text: B, sources: [D9]}}]\n",
         "rad 7: steps, B: källan D9 finns inte."),
        (f"{EDITION}    steps: [{{moments: [plan], who: A, text: B, sources: []}}]\n",
         "rad 7: steps, B: sources saknas."),
        (f"{EDITION}    steps:\n"
         "      - {moments: [plan], who: A, text: B, sources: [D0], boards: [x]}\n",
         "rad 8: steps, B: nämnden x finns inte."),
    ]  # fmt: skip

    @pytest.mark.parametrize(("text", "message"), PROGRAMMES, ids=[row[1] for row in PROGRAMMES])
    def test_in_the_programme(self, text: str, message: str, files: Files) -> None:
        if "editions:" not in text:
            text += EDITION
        files.write("programme.yaml", text)
        files.write("remarks.yaml", "[]\n")  # they point at boards

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

        *table, said = files.load("--check").splitlines()

        assert said == "6 sidor lästa, inga fel."
        assert table == [
            "Sida                       LIX    Ord  Minuter",
            "/                        101,0      1        1",
            "/utbildning                1,0      1        1",
            "/utbildning/oro            1,0      5        1",
            "/utbildning/oro/hur        3,0      3        1",
            "/utbildning/oro/vem       11,3     15        1",
            "/vagledning                0,0      0        0",
            "/vagledning/akut-fara      2,0      5        1",
            "/vagledning/orosanmalan    2,0      2        1",
        ]
        assert everything() == before

    def test_tells_faults_of_the_texts_beside_the_table_and_ends_with_a_fault(
        self, files: Files
    ) -> None:
        files.page("vagledning/fel", "Ring 112.\n\n::: depth\n:::")
        out, err = StringIO(), StringIO()

        with pytest.raises(CommandError, match=r"^1 fel. Ingenting har ändrats.$") as raised:
            call_command("load_content", "--check", folder=files.root, stdout=out, stderr=err)

        assert raised.value.returncode == 1
        assert err.getvalue() == (
            "content/library/pages/vagledning/fel.md, rad 10: numret 112 är utskrivet; skriv "
            "{tel:NYCKEL} så att numret hämtas ur registret.\n"
        )
        assert "/vagledning/fel" in out.getvalue()

    def test_of_the_texts_stops_no_load(self, files: Files) -> None:
        """A long sentence is mended, but what it says is wanted meanwhile."""
        files.page("vagledning/fel", "Ring 112.")

        assert "0 ändrade" in files.load()

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
        loaded.edit("pages/vagledning/akut-fara.md", "Ring nu.", "Ring genast.")

        said = loaded.load()

        after = page("vagledning/akut-fara")
        assert said.startswith("0 nya, 1 ändrade, ")
        assert after.pk == before.pk
        assert after.live
        assert ids(after.body) == ids(before.body)
        assert "Ring genast." in words("vagledning/akut-fara")

    def test_what_is_taken_out_of_a_file_goes_from_the_page(self, loaded: Files) -> None:
        loaded.page("vagledning/akut-fara", "Kort.", title="Vid fara", who=None)

        loaded.load()

        after = page("vagledning/akut-fara")
        assert (after.title, after.who, after.sort_order) == ("Vid fara", "", 100)
        assert not after.sources
        assert not after.related

    def test_what_is_taken_out_of_a_row_goes_from_the_register(self, loaded: Files) -> None:
        loaded.edit("contacts.yaml", '  phone: "116 111"\n', "")
        loaded.edit("laws.yaml", "  in_force: 2025-07-01\n", "  in_force_note: Osäkert\n")
        loaded.edit("figures.yaml", '  value: "0,6"\n', "")
        loaded.edit("remarks.yaml", "  boards: [socialnamnden]\n", "")

        loaded.load()

        assert Contact.objects.get(key="bris").phone == ""
        assert LegalProvision.objects.get().in_force is None
        assert Figure.objects.get(key="upprepat-fysiskt").value is None
        assert not Remark.objects.get(key="W01").boards.exists()

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
            "{text: Andel utbildade, source: D3, follows: [m6-a1, m6-a2]}",
            "{text: Andel utbildade, source: D3, follows: [m6-a1]}",
        )

        said = loaded.load()

        assert said.startswith("0 nya, 1 ändrade, ")
        assert Activity.objects.get(key="m6-a1").pk == activity.pk
        assert Activity.objects.get(key="m6-a1").text == "De utbildar sig"
        assert not Activity.objects.filter(key="m6-a2").exists()
        assert Indicator.objects.get(text="Andel utbildade").pk == indicator.pk
        assert Indicator.objects.get(text="Andel utbildade").follows == "m6-a1"

    def test_an_activity_that_gets_a_goal_is_the_same_activity(self, loaded: Files) -> None:
        before = Activity.objects.get(key="o-a1").pk
        loaded.edit(
            "programme.yaml",
            "    - {key: o-a1, text: Utan mål, source: D0, suggested_goal: 6, tag: reported}\n",
            "    []\n",
        )
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
        files.edit("pages/vagledning/akut-fara.md", "Ring nu.", "Ring genast.")

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

    def test_of_a_figure_a_remark_and_a_cell_stays(self, loaded: Files) -> None:
        Figure.objects.filter(key="anmalningar").update(text="Redaktörens")
        Remark.objects.get(key="W02").boards.add(Board.objects.get(key="socialnamnden"))
        PreventionCell.objects.filter(level="selective").update(text="Redaktörens")
        loaded.edit("figures.yaml", "Antalet ökar", "Antalet minskar")
        loaded.edit("remarks.yaml", "Raderna liknar varandra", "Raderna krockar")
        loaded.edit("prevention.yaml", "Se den som är ensam.", "Se alla.")

        assert self.kept(loaded.load()) == [
            "figures.yaml#anmalningar", "remarks.yaml#W02", "prevention.yaml#selective/forskola",
        ]  # fmt: skip

    def test_of_a_boards_statements_and_an_editions_year_stays(self, loaded: Files) -> None:
        Board.objects.get(key="socialnamnden").statements.all().delete()
        Edition.objects.get(key="andra").steps.all().delete()
        loaded.edit("programme.yaml", "Utbildar nyckelpersoner", "Utbildar alla")
        loaded.edit("programme.yaml", "text: Planerar", "text: Planerar allt")

        assert self.kept(loaded.load()) == [
            "programme.yaml#board/socialnamnden", "programme.yaml#edition/andra",
        ]  # fmt: skip

    def test_that_is_a_draft_of_a_goal_is_not_buried(self, loaded: Files) -> None:
        goal = Goal.objects.get()
        goal.name = "Redaktörens utkast"
        goal.save_revision()
        loaded.edit("programme.yaml", "name: Kunskap", "name: Kunskaper")

        assert self.kept(loaded.load()) == ["programme.yaml#goal/andra/6"]
        assert Goal.objects.get().get_latest_revision_as_object().name == "Redaktörens utkast"

    def test_a_goal_that_was_published_unchanged_is_opened_as_the_file_says_it_now(
        self, loaded: Files
    ) -> None:
        Goal.objects.get().save_revision().publish()
        loaded.edit("programme.yaml", "name: Kunskap", "name: Kunskaper")

        loaded.load()

        goal = Goal.objects.get()
        assert goal.name == goal.get_latest_revision_as_object().name == "Kunskaper"
        assert not goal.has_unpublished_changes
        assert goal.get_latest_revision_as_object().activities.count() == 2

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
