"""The texts that ship: faultless, honest about what they know, and without links to nowhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import Resolver404, resolve

from content import documents
from content.documents import Leaf
from content.exporting import TYPE_OF
from content.faults import Faults
from content.loading import Library as LibraryFiles
from content.loading import PageFile, read_library
from content.models import Contact, LegalProvision, Source
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
            f"content/library/{name}.yaml" for name in ("sources", "laws", "contacts", "programme")
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
        for name in ("sources.yaml", "laws.yaml", "programme.yaml"):
            text = (BASE / "content" / "library" / name).read_text("utf-8")
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
