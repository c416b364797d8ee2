"""Words of the glossary are explained where they first stand in a text."""

import re
from typing import Any

import pytest
from django.test import Client

from content.documents import Keys, from_portable, ready_from_stored
from content.models import GlossaryTerm, GuidancePage, RegisterPage
from content.templatetags.content_tags import document
from tests.content.files import Files
from tests.content.pages import page_of, with_ids


@pytest.fixture(autouse=True)
def _words(loaded: Files) -> None:
    for key, term, forms, page in (
        ("eftervald", "eftervåld", "eftervåldet", ""),
        ("skyddat-boende", "skyddat boende", "skyddade boenden\nskyddat boende", ""),
        ("boende", "boende", "", ""),
        ("vnr", "VNR", "", ""),
        ("oro", "oro", "oron", "vagledning/akut-fara"),
    ):
        GlossaryTerm.objects.create(
            key=key, term=term, forms=forms, text=f"Vad {term} betyder.", page=page
        )


def ready(*blocks: dict[str, Any], path: str = "") -> Any:
    return ready_from_stored(from_portable(with_ids(list(blocks)), Keys.now()), path=path)


def text(words: str) -> dict[str, Any]:
    return {"kind": "text", "text": words, "sources": []}


def marked(found: Any) -> list[str]:
    """Return the words that have become buttons, in order."""
    return re.findall(r'popovertarget="ord-[^"]*">([^<]*)</button>', document(found))


class TestWhichWords:
    def test_the_first_time_alone_in_any_form(self) -> None:
        found = ready(text("Eftervåldet går vidare. Eftervåld, eftervåldet."), text("Eftervåld."))

        assert marked(found) == ["Eftervåldet"]
        assert [term.key for term in found.terms] == ["eftervald"]

    def test_the_longest_first(self) -> None:
        assert marked(ready(text("Ett skyddat boende är ett boende."))) == [
            "skyddat boende", "boende",
        ]  # fmt: skip

    def test_whole_words_alone(self) -> None:
        assert marked(ready(text("Orolig. Boendet. Dödsboende. VNR-gruppen."))) == []

    def test_an_abbreviation_in_capitals_alone(self) -> None:
        assert marked(ready(text("En vnr är inte VNR."))) == ["VNR"]

    def test_not_in_links_headings_quotations_or_where_danger_is(self) -> None:
        found = ready(
            {"kind": "heading", "text": "Eftervåld", "level": "2"},
            {
                "kind": "quote",
                "text": "Eftervåld",
                "of": "",
                "sources": [{"key": "D0", "locator": ""}],
            },
            {"kind": "acute", "text": "Eftervåld"},
            text("[Eftervåld](https://example.se/)"),
        )

        assert marked(found) == []

    def test_not_what_the_page_is_about(self) -> None:
        assert marked(ready(text("Oron är stor."), path="vagledning/akut-fara")) == []
        assert marked(ready(text("Oron är stor."), path="vagledning")) == ["Oron"]


class TestTheExplanation:
    def test_stands_once_after_the_text_and_leads_to_the_glossary(self) -> None:
        page = page_of(RegisterPage, register="ordlista", slug="ordlista")
        page.save_revision().publish()

        html = document(ready(text("Eftervåld och eftervåld.")))

        assert html.count('id="ord-eftervald" popover') == 1
        assert "Vad eftervåld betyder." in html

    def test_is_escaped(self) -> None:
        GlossaryTerm.objects.filter(key="eftervald").update(text="<script>x</script>")
        GlossaryTerm.objects.get(key="vnr").save()

        assert "<script>" not in document(ready(text("Eftervåld.")))

    def test_changes_when_an_editor_changes_it(self) -> None:
        page = page_of(GuidancePage)
        page.summary = "x"
        page.body = page._meta.get_field("body").stream_block.to_python(
            [{"type": "text", "value": {"text": "<p>Eftervåld.</p>", "sources": []}, "id": "1"}]
        )
        page.save_revision().publish()
        assert "Vad eftervåld betyder." in Client().get(page.url).content.decode()

        row = GlossaryTerm.objects.get(key="eftervald")
        row.text = "En ny förklaring."
        row.save()

        assert "En ny förklaring." in Client().get(page.url).content.decode()


class TestTheRegister:
    def test_is_in_swedish_order_with_an_anchor_for_each_word(self) -> None:
        for term in ("ånger", "ärende", "zon"):
            GlossaryTerm.objects.create(key=f"x{ord(term[0])}", term=term, text="Text.")
        page = page_of(RegisterPage, register="ordlista")
        page.save_revision().publish()

        html = Client().get(page.url).content.decode()

        letters = re.findall(r'<h2 id="bokstav-[^"]*">(.)</h2>', html)
        assert letters == ["B", "E", "O", "S", "V", "Z", "Å", "Ä"]
        assert 'id="eftervald"' in html
