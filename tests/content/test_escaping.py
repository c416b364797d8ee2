"""What an editor has stored is shown as words, whatever it looks like: nothing of it is run."""

import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from itertools import cycle
from typing import Any

import pytest
from django.db import models
from django.test import Client
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from content import documents
from content.blocks import RICH
from content.loading import page_index
from content.models import (
    Activity,
    Board,
    CompetenceArea,
    Contact,
    Edition,
    Goal,
    GuidancePage,
    Indicator,
    LegalProvision,
    Precondition,
    Responsibility,
    Source,
)
from content.parsing import stable_id
from content.templatetags.content_tags import document
from portal.organisation.models import Operation
from tests.content.files import Files
from tests.content.pages import TEXT_PAGES, page_of
from training.models import ModulePage

PAYLOADS = [
    "<script>xss()</script>",
    '"><img src=x onerror=xss()>',
    "'><svg/onload=xss()>",
    "</title><script>xss()</script>",
    '" onfocus=xss() autofocus x="',
    "</textarea></style></script><b onclick=xss()>",
    "<iframe srcdoc=xss>",
    "{{ xss }}{% xss %}",
]
LINKS = [
    "javascript:xss()", " javascript:xss()", "JaVaScRiPt:xss()", "java&#115;cript:xss()",
    "java\tscript:xss()", "vbscript:xss()", "data:text/html,<script>xss()</script>",
    "//xss.example/", "/\\xss.example/",
]  # fmt: skip
ALL = " ".join(PAYLOADS)
KEEP = {"slug", "key", "draft_title", "url_path", "path", "kind", "status", "level", "change_kind"}


class Dangers(HTMLParser):
    """What on a page would run or load something of a payload."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.words = ""
        self.inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"iframe", "object", "embed", "img", "base", "textarea"}:
            self.found.append(tag)
        for name, value in attrs:
            text = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or name in {"srcdoc", "autofocus", "style"}:
                self.found.append(f"{tag} {name}")
            if name in {"href", "src", "action", "formaction"} and (
                re.match(r"(javascript|vbscript|data):", text) or re.match(r"[/\\]{2}", text)
            ):
                self.found.append(f"{tag} {name}={value}")
        self.inside = tag if tag in {"script", "style"} else ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside and "xss" in data:
            self.found.append(f"in {self.inside}: {data}")
        self.words += data


def poison(row: models.Model) -> None:
    """Put all payloads in every text field of *row*; in a short one, one of them."""
    turn = cycle(PAYLOADS)
    if hasattr(row, "reviewed_by"):
        row.reviewed_date = date(2026, 12, 1)
    for field in row._meta.get_fields():
        if not isinstance(field, models.CharField | models.TextField) or field.name in KEEP:
            continue
        if isinstance(field, models.UUIDField) or field.choices or field.is_relation:
            continue
        fits = not field.max_length or field.max_length >= len(ALL) + 20
        payload = ALL if fits else next(turn)[: field.max_length]
        if isinstance(field, models.URLField):
            setattr(row, field.name, f"https://xss.example/{payload}")
        elif field.editable and field.model._meta.app_label in {
            "content", "training", "wagtailcore", "organisation"
        }:  # fmt: skip
            setattr(row, field.name, payload)


def as_stored_by_the_editor(html: str) -> str:
    """Return rich text as Wagtail's editor hands it to the database."""
    converter = ContentstateConverter(features=RICH)
    return str(converter.to_database_format(converter.from_database_format(html)))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def hostile_block(kind: str, words: str, rich: str) -> dict[str, Any]:
    """Return a stored block of *kind* with *words* and *rich* wherever they can stand."""

    def leaf(what: Any) -> Any:
        if isinstance(what, list):
            return [leaf(what[0])]
        if isinstance(what, dict):
            return {name: leaf(inner) for name, inner in what.items()}
        return {
            documents.Leaf.PLAIN: words,
            documents.Leaf.RICH: rich,
            documents.Leaf.SOURCES: [
                {"source": Source.objects.get(key="D0").pk, "provision": None, "locator": words}
            ],
            documents.Leaf.LAW: LegalProvision.objects.get().pk,
            documents.Leaf.CONTACT: Contact.objects.get(key="bris").pk,
            documents.Leaf.TABLE: {
                "columns": [{"type": "text", "heading": words}, {"type": "text", "heading": words}],
                "rows": [{"values": [rich, rich]}],
                "caption": "",
            },
        }[what]

    block = {name: leaf(what) for name, what in documents.FIELDS[kind].items()}
    if kind == "heading":
        block["level"] = "2"
    return {"id": stable_id("hostile", kind), "kind": kind, **block}


def hostile_body(page: Any, words: str, rich: str) -> Any:
    block = page._meta.get_field("body").stream_block
    stored = [hostile_block(kind, words, rich) for kind in block.child_blocks]
    return block.to_python(documents.wrap(stored))


def dangers(address: str) -> tuple[list[str], str]:
    response = Client().get(address)
    assert response.status_code == 200, address
    page = Dangers(response.content.decode())
    return page.found, page.words


class TestWordsThatLookLikeCode:
    def test_on_every_type_of_page_are_words(self, loaded: Files) -> None:
        rich = as_stored_by_the_editor(f"<p>{escaped(ALL)} <b>{escaped(ALL)}</b></p>")
        for row in (LegalProvision.objects.get(), *Source.objects.all(), *Contact.objects.all()):
            poison(row)
            row.save()
        for model in TEXT_PAGES:
            page = page_of(model)
            poison(page)
            page.body = hostile_body(page, ALL, rich)
            page.save_revision().publish()

            found, words = dangers(page.url)

            assert found == [], model
            assert words.count("xss") > 10, model

    def test_in_the_programme_and_the_registers_are_words(self, loaded: Files) -> None:
        goal = page_of(next(model for model in TEXT_PAGES if model.__name__ == "GoalPage"))
        board = page_of(next(model for model in TEXT_PAGES if model.__name__ == "BoardPage"))
        directory = page_of(next(m for m in TEXT_PAGES if m.__name__ == "SupportIndexPage"))
        goal.operations = ["forskola"]
        goal.save_revision().publish()
        tables = (
            Goal, Activity, Responsibility, CompetenceArea, Indicator, Precondition, Edition, Board,
            Contact, Source, Operation,
        )  # fmt: skip
        for table in tables:
            for row in table.objects.all():
                poison(row)
                row.save()

        for page in (goal, board, directory, page_index()[""]):
            found, words = dangers(page.url)

            assert found == [], page.url
            assert "xss" in words or page is board, page.url

    def test_in_a_module_and_its_lessons_are_words(self, loaded: Files) -> None:
        module = page_index()["utbildning/oro"].specific
        poison(module)
        raw = module.lessons.get_prep_value()
        body = module.lessons.stream_block.child_blocks["lesson"].child_blocks["body"]
        rich = as_stored_by_the_editor(f"<p>{escaped(ALL)}</p>")
        raw[0]["value"] |= {
            "title": ALL,
            "goal": ALL,
            "body": documents.wrap([hostile_block(kind, ALL, rich) for kind in body.child_blocks]),
        }
        goals = module.learning_goals.get_prep_value()
        goals[0]["value"]["text"] = ALL
        module.lessons = module.lessons.stream_block.to_python(raw)
        module.learning_goals = module.learning_goals.stream_block.to_python(goals)
        module.save_revision().publish()

        for address in ("/utbildning/", "/utbildning/oro/", "/utbildning/oro/vem/"):
            found, words = dangers(address)

            assert found == [], address
            assert "xss" in words, address

    def test_in_a_search_are_words(self, loaded: Files) -> None:
        page = page_of(TEXT_PAGES[0], title=f"Oro {ALL[:200]}", summary=f"Oro {ALL}")

        for query in ("oro", *PAYLOADS, ALL):
            response = Client().get("/sok/", {"q": query})
            assert Dangers(response.content.decode()).found == [], page.url
        for hit in Client().get("/api/sok", {"q": "oro"}).json()["results"]:
            assert not re.search(r"<(?!/?mark>)", hit["snippet"])


class TestRichTextThatIsCode:
    """As if Wagtail's own allow-list had been got past."""

    def test_is_shown_as_words_or_not_at_all(self, loaded: Files) -> None:
        page = page_of(GuidancePage)
        rich = "".join(f"<p>{payload} kvar</p>" for payload in PAYLOADS)
        page.body = hostile_body(page, "ord", rich)
        page.save_revision().publish()

        found, words = dangers(page.url)

        assert found == []
        assert words.count("kvar") > 8 * len(PAYLOADS)

    @pytest.mark.parametrize("kept", [as_stored_by_the_editor, str], ids=["by the editor", "raw"])
    def test_links_that_run_or_lead_astray_are_only_words(
        self, kept: Callable[[str], str], loaded: Files
    ) -> None:
        page = page_of(GuidancePage)
        rich = "".join(f'<p><a href="{escaped(link)}">länken</a></p>' for link in LINKS)
        page.body = hostile_body(page, "ord", kept(rich))
        page.save_revision().publish()

        found, words = dangers(page.url)

        assert found == []
        assert words.count("länken") > 8 * len(LINKS)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_frozen_version_of_hostile_words_is_drawn_as_words(payload: str) -> None:
    portable = [
        {"id": "", "kind": "note", "text": payload},
        {"id": "", "kind": "heading", "text": payload, "level": "2"},
    ]

    html = document(documents.ready_from_portable(portable))

    assert Dangers(html).found == []
    assert "xss" in html


def test_every_page_type_has_a_field_to_poison() -> None:
    """The corpus is worth something only while it reaches the fields."""
    for model in TEXT_PAGES:
        row = model()
        poison(row)
        assert row.summary == row.who == row.keywords == ALL, model
        assert {row.title[:3], row.menu_title[:3], row.owner_function[:3]} <= {
            payload[:3] for payload in PAYLOADS
        }
    module = ModulePage()
    poison(module)
    assert module.change_note == ALL
