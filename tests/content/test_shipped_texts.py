"""The texts that ship: faultless, honest about what they know, and without links to nowhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve
from wagtail.models import Page

from content import documents
from content.documents import Leaf
from content.exporting import TYPE_OF
from content.faults import Faults
from content.loading import Library as LibraryFiles
from content.loading import PageFile, read_library
from content.models import Contact, LegalProvision, Source
from content.models.programme import GAP_LABELS
from tests.conftest import Library
from training.loading import ROOT, read_modules

BASE = Path(settings.BASE_DIR)
PLANNED = {
    line
    for line in (Path(__file__).parent / "planned_paths.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
}
LINK = re.compile(r"\]\(((?:\\.|[^()\\])+)\)")
# 020-50 50 50, 08-508 25 120, 116 111, 114 14, 1177, +46 771 …, and whatever a link would ring.
PHONE = re.compile(
    r"(?<![\w:/.,-])(?:\+\d{2}|0)\d{0,3}[-–  ]?\d[\d  -]{4,}\d"
    r"|(?<![\w:/.,-])11[0-9][  ]?\d{2,3}(?![\d%])"
    r"|(?<![\w:/.,-])1177(?![\w.]*\.se)\b"
    r"|(?<=tel:)[+\d]+"
)
EMERGENCY = {"112", "11414"}
REVIEWED = re.compile(r"(?i)\b(sak|fakta)?granska(d|t|de|ts|des)\b|kvalitetssäkra|godkän(d|t) av")
DENIED = re.compile(r"(?i)\b(inte|ingen|inget|ännu|utan|när|den som)\b")


@dataclass(frozen=True)
class Text:
    """A file of a page, with everything that a reader may see of it."""

    name: str
    page: PageFile
    front: dict[str, Any]
    blocks: documents.Document

    @property
    def address(self) -> str:
        """Where the text is read."""
        parts = [self.page.path, self.front.get("slug", "")]
        return "".join(f"/{part}" for part in parts if part) + "/"

    def words(self) -> Iterator[str]:
        for name in ("title", "menu_title", "summary", "who", "owner", "goal"):
            if self.front.get(name):
                yield str(self.front[name])
        for block in self.blocks:
            for leaf, value in documents.leaves(block):
                if leaf in {Leaf.PLAIN, Leaf.RICH}:
                    yield str(value or "")
                elif leaf is Leaf.TABLE:
                    yield from value["head"]
                    yield from (cell for row in value["rows"] for cell in row)
        for question in self.questions():
            yield from (question["text"], question["explanation"])
            for choice in question["choices"]:
                yield from (choice["text"], choice["feedback"])

    def questions(self) -> list[dict[str, Any]]:
        is_module = self.page.more and self.name.endswith("module.md")
        return list(self.page.more[1]) if is_module else []

    def links(self) -> Iterator[str]:
        for words in self.words():
            yield from (re.sub(r"\\(.)", r"\1", found) for found in LINK.findall(words))
        for name in ("related", "modules"):
            yield from (f"/{path}/" for path in self.front.get(name) or [])
        yield from (question["link"] for question in self.questions() if question["link"])


def read() -> tuple[LibraryFiles, list[PageFile], Faults]:
    faults = Faults(BASE)
    library = read_library(BASE / "content" / "library", faults)
    return library, [*library.pages, *read_modules(BASE / "training" / "library", faults)], faults


LIBRARY, PAGES, FAULTS = read()
TEXTS = [
    Text(str(part.path.relative_to(BASE)), page, part.front, part.body)
    for page in PAGES
    for part in (page.text, *page.parts)
]
PATHS = {page.path for page in PAGES} | {
    f"{page.path}/{lesson['slug']}" for page in PAGES if page.more for lesson in page.more[0]
}


class Ids(HTMLParser):
    """The places on a page that a link may lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {str(value) for name, value in attrs if name == "id"}


class TestFiles:
    def test_are_faultless(self, db: None) -> None:
        out = StringIO()

        call_command("load_content", check=True, stdout=out)

        assert FAULTS.found == []
        assert out.getvalue() == f"{len(PAGES)} sidor lästa, inga fel.\n"

    def test_are_all_read(self) -> None:
        here = {
            str(path.relative_to(BASE))
            for folder in ("content", "training")
            for path in (BASE / folder / "library").rglob("*.*")
        }
        registers = {
            f"content/library/{name}.yaml"
            for name in (
                "sources",
                "laws",
                "contacts",
                "programme",
                "figures",
                "remarks",
                "prevention",
                "glossary",
                "districts",
            )
        }
        questions = {
            f"training/library/{page.path.removeprefix(f'{ROOT}/')}/questions.yaml"
            for page in PAGES
            if page.more
        }

        assert here == {text.name for text in TEXTS} | registers | questions

    def test_are_of_types_that_can_be_exported(self) -> None:
        types = {page.text.front["type"] for page in LIBRARY.pages}

        assert types <= set(TYPE_OF.values())

    def test_lead_to_nothing_in_secret(self) -> None:
        """Only https, telephone, mail and the portal's own pages."""
        odd = {
            (text.name, link)
            for text in TEXTS
            for link in text.links()
            if not re.match(r"https://|tel:|mailto:|/(?!/)|#", link)
        }

        assert odd == set()


class TestLinks:
    def test_within_the_portal_lead_to_a_page_that_is_there_or_planned(self) -> None:
        lost = {
            (text.name, link)
            for text in TEXTS
            for link in text.links()
            if link.startswith("/") and not self.is_known(re.split(r"[#?]", link)[0].strip("/"))
        }

        assert lost == set()

    def is_known(self, path: str) -> bool:
        if path in PATHS or path in PLANNED:
            return True
        try:
            return resolve(f"/{path}/").url_name not in {"wagtail_serve", "lesson", "quiz"}
        except Resolver404:
            return False

    def test_to_a_place_on_a_page_lead_to_one_that_is_there(self, library: Library) -> None:
        wanted = {
            (text.name, address or text.address, anchor)
            for text in TEXTS
            for address, mark, anchor in (link.partition("#") for link in text.links())
            if mark and (address.strip("/") in PATHS or not address)
        }
        ids = {
            address: Ids(Client().get(address).content.decode()).found
            for address in {address for _, address, _ in wanted}
        }

        assert {each for each in wanted if each[2] not in ids[each[1]]} == set()

    def test_of_a_page_to_itself_are_none(self) -> None:
        assert {text.name for text in TEXTS if text.address in text.links()} == set()

    def test_planned_paths_are_written_as_paths(self) -> None:
        assert all(re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)*", path) for path in PLANNED)
        assert len(PLANNED) > 100


def test_every_planned_page_but_the_modules_is_there(library: Library) -> None:
    """Whole population: with text, the day it was written, sources, and an honest review."""
    wanted = {path for path in PLANNED if not path.startswith("utbildning")}
    assert len(wanted) > 140
    client = Client()
    for path in sorted(wanted):
        answer = client.get(f"/{path}/")
        assert answer.status_code == 200, path
        html = answer.content.decode()
        for words in ("Ännu inte sakgranskad", "21 november 2026", "Källor till sidan"):
            assert words in html, (path, words)
        assert len(html.partition("<main")[2]) > 3000, path


class TestTelephoneNumbers:
    """A wrong number can cost someone their help: all of them stand in one register."""

    @pytest.fixture(scope="class")
    def known(self) -> set[str]:
        rows = [row for _, row in LIBRARY.rows["contacts.yaml"]]
        return {digits(row["phone"]) for row in rows if row.get("phone")} | EMERGENCY

    def test_in_the_texts_stand_in_the_register_too(self, known: set[str]) -> None:
        strange = {
            (text.name, number)
            for text in TEXTS
            for words in text.words()
            for number in PHONE.findall(words)
            if digits(number) not in known
        }

        assert strange == set()

    def test_in_the_programme_and_the_other_registers_are_none(self) -> None:
        files = (
            "sources",
            "laws",
            "programme",
            "figures",
            "remarks",
            "prevention",
            "glossary",
            "districts",
        )
        for name in files:
            text = (BASE / "content" / "library" / f"{name}.yaml").read_text("utf-8")
            words = "\n".join(line for line in text.splitlines() if "url:" not in line)
            assert [n for n in PHONE.findall(words) if digits(n) not in EMERGENCY] == [], name

    @pytest.mark.parametrize(
        "words",
        ["Ring 020-50 50 50.", "ring 08-508 25 120", "116 111", "114 14", "nummer 1177",
         "+46 771 141 400", "[112](tel:112)", "0771-50 50 50", "070 144 38 06"],
    )  # fmt: skip
    def test_are_known_when_seen(self, words: str) -> None:
        assert PHONE.findall(words)

    @pytest.mark.parametrize(
        "words",
        ["2021–2025", "2025:400", "19 kap. 1 §", "1177.se", "SOD 2020/764", "10 000 kronor",
         "2026-11-21", "https://a.se/020-505050", "0,6 procent", "1 200 barn"],
    )  # fmt: skip
    def test_are_not_seen_in_other_figures(self, words: str) -> None:
        assert PHONE.findall(words) == []


def digits(number: str) -> str:
    return re.sub(r"\D", "", number)


class TestHonesty:
    def test_no_text_claims_a_review(self) -> None:
        claims = {
            (text.name, sentence.strip())
            for text in TEXTS
            for words in text.words()
            for sentence in re.split(r"(?<=[.!?])\s|\n", words)
            if REVIEWED.search(sentence) and not DENIED.search(sentence)
        }

        assert claims == set()

    @pytest.mark.parametrize(
        ("sentence", "is_claim"),
        [
            ("Texten är granskad av en jurist.", True),
            ("Sakgranskat material.", True),
            ("Innehållet är kvalitetssäkrat.", True),
            ("Ingen sakkunnig har granskat texten.", False),
            ("Ännu inte sakgranskad.", False),
        ],
    )
    def test_a_claim_is_known_when_seen(self, sentence: str, is_claim: bool) -> None:
        assert bool(REVIEWED.search(sentence) and not DENIED.search(sentence)) is is_claim

    def test_no_page_is_loaded_as_reviewed_and_no_number_as_called(self, library: Library) -> None:
        pages = [library.page(page.path) for page in PAGES]

        assert {page.url for page in pages if page.reviewed_date or page.reviewed_by} == set()
        assert not Contact.objects.exclude(verified_on=None).exists()

    def test_every_quotation_and_figure_has_its_source(self) -> None:
        bare = {
            (text.name, block["kind"])
            for text in TEXTS
            for block in text.blocks
            if block["kind"] in {"quote", "reported", "statistic"} and not block["sources"]
        }

        assert bare == set()

    def test_every_law_box_contact_and_source_is_in_its_register(self, library: Library) -> None:
        registers: dict[str, set[str]] = {
            model.__name__: set(model._default_manager.values_list("key", flat=True))
            for model in (LegalProvision, Contact, Source)
        }
        rests_on = registers["LegalProvision"] | registers["Source"]
        lost = set()
        for text in TEXTS:
            for block in text.blocks:
                for leaf, value in documents.leaves(block):
                    if leaf is Leaf.LAW and value not in registers["LegalProvision"]:
                        lost.add((text.name, value))
                    if leaf is Leaf.CONTACT and value not in registers["Contact"]:
                        lost.add((text.name, value))
                    if leaf is Leaf.SOURCES:
                        lost |= {(text.name, r["key"]) for r in value if r["key"] not in rests_on}

        assert lost == set()

    def test_every_law_says_when_it_was_read_and_from_when_it_holds_or_why_not(
        self, library: Library
    ) -> None:
        silent = LegalProvision.objects.filter(in_force=None, in_force_note="")

        assert list(silent.values_list("key", flat=True)) == []

    def test_every_number_says_where_it_comes_from(self, library: Library) -> None:
        silent = Contact.objects.exclude(phone="").filter(source=None)

        assert list(silent.values_list("key", flat=True)) == []

    def test_every_text_says_whom_it_is_for_and_when_it_is_looked_at_again(self) -> None:
        silent = {
            page.path
            for page in PAGES
            if not page.text.front.get("who")
            or page.text.front["review_due_date"] <= page.text.front["written_date"]
        }

        assert silent == set()


# --- The programme ------------------------------------------------------------------------------
# The wording below is copied from the five source documents, so that a slip in the library shows.

GOALS = {
    1: "Stadens verksamheter arbetar våldsförebyggande",
    2: "Våldsutövare har tillgång till återfallsförebyggande insatser utifrån sina behov",
    3: "Stadens verksamheter arbetar aktivt för att upptäcka våldsutsatta vuxna och barn samt "
    "våldsutövare",
    4: "Våldsutsatta vuxna och barn har tillgång till insatser utifrån sina behov",
    5: "Våldsutsatta vuxna och barn medverkar i brottsutredningar",
    6: "Stadens verksamheter arbetar med systematisk kunskapsutveckling",
    7: "Stadens verksamheter använder metoder och insatser som vilar på evidens och/eller på "
    "beprövad erfarenhet",
}
GOAL_PAGES = {
    1: "mal/mal-1-valdsforebyggande",
    2: "mal/mal-2-aterfallsforebyggande",
    3: "mal/mal-3-upptacka",
    4: "mal/mal-4-insatser",
    5: "mal/mal-5-brottsutredningar",
    6: "mal/mal-6-kunskapsutveckling",
    7: "mal/mal-7-evidens",
}
ACTIVITIES = {
    3: "Sprida lättillgänglig information på flera språk om stöd- och skyddsinsatser via de arenor "
    "och verksamheter där barn, unga, vuxna och äldre vistas",
    6: "Yrkesverksamma inom skola, fritid, socialtjänst, kultur och arbetsmarknad utbildar sig "
    "kring våld i nära relation, hedersrelaterat våld och förtryck inklusive barnäktenskap, "
    "tvångsäktenskap och könsstympning, prostitution och människohandel för sexuella ändamål samt "
    "sexuellt våld oberoende relation.",
}
IN_PLACE = [
    (3, "Staden har rutiner och kompetens för att upptäcka våldsutsatta vuxna och barn"),
    (3, "Staden har rutiner och kompetens för att upptäcka våldsutövare"),
    (6, "Staden använder systematisk kunskapsutveckling och utvärdering för att utveckla sin "
        "verksamhet"),
    (7, "Staden arbetar utifrån bästa tillgängliga kunskap"),
]  # fmt: skip
WITHOUT_GOAL = [
    "Erbjuda insatser och stöd till våldsutsatta vuxna och äldre på kort och lång sikt",
    "Relationsvåldscentrum erbjuder stöd under rättsprocess när våldet är polisanmält",
]
INDICATOR = "Antal unga som får stöd och hjälp av Stödcentrum utifrån våld i nära relationer"
VISION = (
    "Stockholm är en stad fri från våld i nära relationer, hedersrelaterat våld och förtryck, "
    "prostitution, människohandel för sexuella ändamål samt sexuellt våld oberoende relation"
)
TARGET_GROUPS = [
    "Barn, unga, vuxna och äldre i Stockholm som har utsatts för våld i nära relationer, "
    "hedersrelaterat våld och förtryck, prostitution och människohandel för sexuella ändamål "
    "eller sexuellt våld oberoende relation.",
    "Unga, vuxna och äldre i Stockholm som utövar våld i nära relationer, hedersrelaterat våld "
    "och förtryck eller köper sexuella tjänster.",
]
OTHER_PROGRAMME = (
    "varje verksamhet som på olika sätt träffar på barn ska ha tydliga rutiner för hur anmälan "
    "till socialtjänsten ska göras vid kännedom eller misstanke om att ett barn far illa "
    "(orosanmälan)"
)
# Wording → the documents that it may be quoted from.
WORDING = {
    VISION: {"D0", "D1", "D2", "D3"},
    **dict.fromkeys(GOALS.values(), frozenset({"D1", "D3"})),
    **dict.fromkeys(ACTIVITIES.values(), frozenset({"D3"})),
    **dict.fromkeys((text for _, text in IN_PLACE), frozenset({"D2"})),
    **dict.fromkeys([*WITHOUT_GOAL, INDICATOR], frozenset({"D0"})),
    **dict.fromkeys(TARGET_GROUPS, frozenset({"D3"})),
    OTHER_PROGRAMME: {"D3"},
}
PROGRAMME = LIBRARY.programme


def rows_of(name: str) -> list[dict[str, Any]]:
    return [row for _, row in LIBRARY.rows[name]]


def seen(path: str) -> str:
    """Return what a reader sees at *path*, as one line of words."""
    html = Client().get(f"/{path}/").content.decode()
    words = re.sub(r"(?s)<(script|style|template)\b.*?</\1>|<[^>]+>", " ", html)
    return re.sub(r"\s+", " ", unescape(words))


class TestTheProgramme:
    def test_has_the_seven_goals_by_their_exact_names(self) -> None:
        assert {row["number"]: row["name"] for row in PROGRAMME["goals"]} == GOALS

    def test_has_no_other_rows_than_those_that_the_sources_quote(self) -> None:
        """Such as the budget's commitments of 2021 and 2022, which are no activities."""
        goals = {row["number"]: row for row in PROGRAMME["goals"]}

        assert {
            number: row["activities"][0]["text"]
            for number, row in goals.items()
            if row["activities"]
        } == ACTIVITIES
        assert sum(len(row["activities"]) for row in goals.values()) == len(ACTIVITIES)
        assert [row for row in goals.values() if row["indicators"]] == []
        assert [
            (number, line["text"]) for number, row in goals.items() for line in row["preconditions"]
        ] == IN_PLACE
        assert [row["text"] for row in PROGRAMME["orphans"]["activities"]] == WITHOUT_GOAL
        assert [row["text"] for row in PROGRAMME["orphans"]["indicators"]] == [INDICATOR]

    def test_says_which_parts_of_a_goal_no_source_gives(self) -> None:
        for goal in PROGRAMME["goals"]:
            missing = {
                name for name in ("activities", "indicators", "preconditions") if not goal[name]
            }
            assert missing <= set(goal["gaps"]), goal["number"]
            assert "responsible" in goal["gaps"]

    def test_asks_of_the_elderly_openly_where_a_goal_names_adults_and_children(self) -> None:
        asked = {row["number"] for row in PROGRAMME["goals"] if row.get("open_question")}

        assert asked == {3, 4, 5}
        assert all("aldre" not in row["target_groups"] for row in PROGRAMME["goals"])

    def test_names_only_one_board_as_responsible(self) -> None:
        named = {
            (goal["number"], row["board"], row["source"])
            for goal in PROGRAMME["goals"]
            for activity in goal["activities"]
            for row in activity["responsible"]
        }

        assert named == {(3, "kulturnamnden", "D3"), (6, "kulturnamnden", "D3")}

    def test_concerns_the_board_that_is_mainly_an_employer_by_three_goals(self) -> None:
        concerned = {
            goal["number"]
            for goal in PROGRAMME["goals"]
            for row in goal.get("concerns") or []
            if row["board"] == "servicenamnden" and row["source"] == "D2"
        }

        assert concerned == {3, 6, 7}

    def test_rests_on_the_five_documents_alone(self) -> None:
        text = (BASE / "content" / "library" / "programme.yaml").read_text("utf-8")
        named = set(re.findall(r"source: (\S+?)[,}\s]", text))
        steps = PROGRAMME["editions"][1]["steps"]
        named |= {key for step in steps for key in step["sources"]}

        assert named == {"D0", "D1", "D2", "D3", "D4"}

    def test_has_a_page_for_every_goal_and_board(self) -> None:
        fronts = [page.text.front for page in LIBRARY.pages]

        assert {f["goal"] for f in fronts if f["type"] == "goal"} == set(GOALS)
        assert {f["board"] for f in fronts if f["type"] == "board"} == {
            row["key"] for row in PROGRAMME["boards"]
        }

    @pytest.mark.parametrize("number", GOALS)
    def test_is_seen_on_the_goals_page(self, library: Library, number: int) -> None:
        words = seen(GOAL_PAGES[number])

        for text in [
            GOALS[number],
            *[text for goal, text in ACTIVITIES.items() if goal == number],
            *[text for goal, text in IN_PLACE if goal == number],
        ]:
            assert text in words
        goal = next(row for row in PROGRAMME["goals"] if row["number"] == number)
        for gap in goal["gaps"]:
            assert GAP_LABELS[gap] in words
        assert "Indikatorer" not in words
        assert ("Kulturnämnden" in words) == (number in ACTIVITIES)
        assert ("Ingår äldre i målet?" in words) == (number in {3, 4, 5})

    def test_rows_without_a_goal_are_seen_among_the_goals(self, library: Library) -> None:
        words = seen("mal")

        for text in [*WITHOUT_GOAL, INDICATOR]:
            assert text in words

    def test_steps_of_the_year_are_seen_with_the_board_they_are_for(self, library: Library) -> None:
        everyones = (
            "Anger i verksamhetsplanen",
            "Genomför de aktiviteter",
            "Följer upp aktiviteterna",
            "tillräcklig kunskap",
        )
        for board, own in {
            "kulturnamnden": (),
            "bolagsstyrelser": (),
            "socialnamnden": ("lednings- och nyckelpersoner", "samlad uppföljning av programmet"),
            "kommunstyrelsen": ("samlad uppföljning av kommunfullmäktiges mål",),
        }.items():
            words = seen(f"ansvar/{board}")
            for part in (*everyones, *own):
                assert part in words, (board, part)


class TestQuotations:
    def test_are_word_for_word_as_a_source_gives_them(self) -> None:
        odd = {
            (text.name, block["text"])
            for text in TEXTS
            for block in text.blocks
            if block["kind"] == "quote"
            and not {row["key"] for row in block["sources"]} <= WORDING.get(block["text"], set())
        }

        assert odd == set()

    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("programmet/vision-och-syfte", VISION),
            *(("programmet/malgrupper", text) for text in TARGET_GROUPS),
        ],
    )
    def test_of_the_frame_are_seen(self, library: Library, path: str, words: str) -> None:
        assert words in seen(path)


# What no source gives → the page where a gap says so, and a word that the gap must hold.
GAPS = [
    ("programmet/ansvar-och-uppfoljning", "målvärden"),
    ("programmet/samverkan", "avsnitt om samverkan"),
    ("programmet/kunskapsutveckling", "avsnitt om fortsatta behov"),
    ("programmet/kunskapsutveckling", "hur ofta"),
    ("programmet/programperiod-och-status", "Dagen då kommunfullmäktige antog"),
    ("programmet/vision-och-syfte", "annan lydelse"),
    ("mal/mal-6-kunskapsutveckling", "vilken utbildning som räknas"),
    ("mal/mal-6-kunskapsutveckling", "hur ofta"),
    ("forebyggande/matris", "bara från kulturen"),
    ("statistik", "ingen kontrollerad siffra"),
    ("ansvar/bolagsstyrelser", "Vad bolagen ska göra"),
    ("ansvar/stadsdelsnamnder", "Telefonnummer"),
    ("ansvar/namnder-och-aktiviteter", "Vilka nämnder som ansvarar"),
]


class TestWhatNoSourceGives:
    @pytest.mark.parametrize(("path", "words"), GAPS)
    def test_is_shown_as_missing(self, path: str, words: str) -> None:
        gaps = [
            block["text"]
            for text in TEXTS
            if text.page.path == path
            for block in text.blocks
            if block["kind"] == "gap"
        ]

        assert any(words in gap for gap in gaps)

    def test_is_missing_on_every_board_and_goal(self) -> None:
        silent = {
            text.name
            for text in TEXTS
            if text.front.get("type") in {"board", "goal", "matrix"}
            and not any(block["kind"] == "gap" for block in text.blocks)
        }

        assert silent == set()


class TestGoalSix:
    """The county's strategy numbers its goals otherwise, and the programme gives no indicator."""

    CALLS = re.compile(r"(?i)\bindikator")
    RATE = re.compile(r"(?i)\b(andel|mått|siffra|klarat|genomför\w*|utbildade?|gått)")

    def is_claim(self, sentence: str) -> bool:
        """Return whether *sentence* calls the portal's own rate an indicator."""
        return bool(
            self.CALLS.search(sentence)
            and self.RATE.search(sentence)
            and re.search(r"(?i)portal|mål 6|utbild", sentence)
            and not re.search(r"(?i)\b(inte|aldrig|ingen|inga)\b|\?$", sentence)
        )

    def sentences(self) -> Iterator[tuple[str, str]]:
        for text in TEXTS:
            for words in text.words():
                for sentence in re.split(r"(?<=[.!?])\s|\n", words):
                    yield text.name, sentence.strip()

    def test_no_text_calls_the_portals_rate_an_indicator(self) -> None:
        assert {each for each in self.sentences() if self.is_claim(each[1])} == set()

    @pytest.mark.parametrize(
        ("sentence", "is_claim"),
        [
            ("Portalens mått är programmets indikator för målet.", True),
            ("Indikatorn för mål 6 är andelen som har gått utbildningen.", True),
            ("Andelen är portalens mått, inte programmets indikator.", False),
            ("Kan jag skicka siffran i portalen som svar på en indikator?", False),
        ],
    )
    def test_such_a_claim_is_known_when_seen(self, sentence: str, is_claim: bool) -> None:
        assert self.is_claim(sentence) is is_claim

    def test_is_always_named_with_whose_it_is(self) -> None:
        bare = {
            (name, sentence)
            for name, sentence in self.sentences()
            if re.search(r"[Mm]ål 6\b", sentence)
            and sentence != "Mål 6"  # the short form in breadcrumbs
            and not re.search(r"(?i)stadens program|länet", sentence)
        }

        assert bare == set()


class TestFigures:
    def test_have_a_source_that_is_known_and_a_group(self) -> None:
        known = {row["key"] for row in rows_of("sources.yaml")}
        figures = rows_of("figures.yaml")

        assert [row["key"] for row in figures if row.get("source") not in known] == []
        assert [row["key"] for row in figures if not row.get("group")] == []

    def test_that_the_five_documents_give_are_all_there(self) -> None:
        given = {
            (row["source"], row["value"])
            for row in rows_of("figures.yaml")
            if row["source"] in {"D0", "D3", "D4"}
        }

        assert given == {
            ("D0", 0.6), ("D0", 0.4), ("D0", 3.8), ("D0", 2.5), ("D0", 0.9), ("D0", None),
            ("D0", 7), ("D0", 3), ("D3", 5_000_000), ("D3", 20_000), ("D3", 50_000), ("D3", 50),
            ("D4", 8), ("D4", 13), ("D4", 3), ("D4", None), ("D4", 65),
        }  # fmt: skip

    def test_say_their_year_or_that_there_is_none(self, library: Library) -> None:
        words = seen("statistik")

        assert "0,6 procent av kvinnorna" in words
        assert len(re.findall(r"(?i)år anges inte", words)) >= len(
            [row for row in rows_of("figures.yaml") if not row.get("year")]
        )


class TestRemarks:
    def test_are_thirty_seven_each_with_its_source(self) -> None:
        rows = rows_of("remarks.yaml")

        assert [row["key"] for row in rows] == [f"W{number:02}" for number in range(1, 38)]
        assert all(set(row["sources"]) <= {"D0", "D1", "D2", "D3", "D4"} for row in rows)
        assert all(row["sources"] and row["answer"] for row in rows)

    def test_lead_to_a_page_and_one_that_is_there_when_told_as_built(self) -> None:
        for row in rows_of("remarks.yaml"):
            page = row.get("page")
            assert not page or page in PATHS | PLANNED, row["key"]
            if row["status"] == "built":
                assert page in PATHS, row["key"]

    def test_are_seen_and_never_as_the_programmes_words(self, library: Library) -> None:
        words = seen("remissynpunkter")

        assert [row["key"] for row in rows_of("remarks.yaml") if row["text"] not in words] == []
        assert not {row["text"] for row in rows_of("remarks.yaml")} & set(WORDING)


class TestPrevention:
    def test_has_a_proposal_in_every_cell_of_nine_operations(self) -> None:
        cells = [(row["operation"], row["level"]) for row in rows_of("prevention.yaml")]

        assert len(cells) == len(set(cells)) == 27
        assert "evenemang" not in {operation for operation, _ in cells}
        assert {level for _, level in cells} == {"universal", "selective", "indicated"}

    def test_shows_the_operation_that_has_none(self, library: Library) -> None:
        assert "Evenemang" in seen("forebyggande/matris")


def test_no_reader_meets_the_marks_of_the_files(library: Library) -> None:
    """A `{D1}` that stands where no source can be given would be shown as it is."""
    shown = {}
    for page in Page.objects.live().filter(depth__gt=1):
        html = Client().get(page.url).content.decode()
        if found := re.findall(r"\{[A-Za-z0-9].{0,30}\}|:::", re.sub(r"<[^>]+>", " ", html)):
            shown[page.url] = found

    assert shown == {}
