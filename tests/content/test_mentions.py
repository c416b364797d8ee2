"""Numbers and paragraphs in sentences come from the registers that hold them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from content import directory, documents
from content.blocks import rich_text
from content.documents import Keys, from_portable, ready_from_portable, ready_from_stored
from content.editing.referrers import referrers
from content.mentions import faults, keys
from content.models import Contact, GuidancePage, LegalProvision
from tests.content.files import Files
from tests.content.pages import body_of, page_of, words_of

SAID = "Ring {tel:bris}. Så står det i {lag:SOL-19-1}."


def drawn(text: str) -> str:
    """Return the HTML of a paragraph with *text*, as a page of the library shows it."""
    block = {"id": "1", "kind": "text", "text": text, "sources": []}
    stored = ready_from_stored(from_portable([block], Keys.now()))
    portable = ready_from_portable([block])
    assert stored[0]["html"] == portable[0]["html"]
    return str(stored[0]["html"])


class TestWhatTheReaderSees:
    def test_is_the_number_as_a_link_that_calls(self, loaded: Files) -> None:
        assert '<a class="nowrap" href="tel:116111">116 111</a>' in drawn(SAID)

    def test_is_the_reference_as_it_is_said_in_a_sentence(self, loaded: Files) -> None:
        nbsp = "\N{NO-BREAK SPACE}"
        assert f"19{nbsp}kap. 1{nbsp}§ socialtjänstlagen" in drawn(SAID)

    def test_of_a_whole_act_is_its_name(self, loaded: Files) -> None:
        LegalProvision.objects.update(reference="lagen i sin helhet")

        assert "i socialtjänstlagen." in drawn(SAID)

    def test_is_the_new_number_as_soon_as_it_is_changed(self, loaded: Files) -> None:
        page = page_of(GuidancePage)
        page.body = body_of(page, [{"kind": "text", "text": SAID, "sources": []}])
        page.save_revision().publish()
        assert "116 111" in Client().get(page.url).content.decode()

        row = Contact.objects.get(key="bris")
        row.phone = "0770-123 456"
        row.save()

        said = Client().get(page.url).content.decode()
        assert "0770-123 456" in said
        assert "116 111" not in said

    def test_says_so_when_the_number_or_the_row_is_gone(self, loaded: Files) -> None:
        said = drawn("Ring {tel:rvc}. Läs {lag:SOL-99-9}.")

        assert "Ring (uppgift om numret saknas)" in said
        assert "Läs (uppgift om lagrummet saknas)" in said

    def test_is_escaped(self, loaded: Files) -> None:
        Contact.objects.filter(key="bris").update(phone='1"><script>')
        directory._kept.clear()

        assert "<script>" not in drawn(SAID)

    def test_costs_no_more_the_more_there_are(self, loaded: Files) -> None:
        def cost(times: int) -> int:
            block = {"id": "1", "kind": "text", "text": SAID * times, "sources": []}
            stored = from_portable([block], Keys.now())
            ready_from_stored(stored)
            with CaptureQueriesContext(connection) as asked:
                ready_from_stored(stored)
            return len(asked)

        assert cost(1) == cost(20)


class TestMarks:
    def test_are_found_by_kind(self) -> None:
        assert keys([SAID, "utan", "{D0}"]) == {"tel": {"bris"}, "lag": {"SOL-19-1"}}

    def test_that_stand_for_something_are_no_fault(self, loaded: Files) -> None:
        assert faults(SAID) == []

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{tel:finns-inte}", "ingen kontakt med nyckeln finns-inte"),
            ("{tel:rvc}", "rvc har inget nummer"),
            ("{lag:SOL-99-9}", "inget lagrum med nyckeln SOL-99-9"),
            ("{tel:}", "ingen kontakt med nyckeln"),
        ],
    )
    def test_that_stand_for_nothing_are_refused_in_the_editor(
        self, text: str, said: str, loaded: Files
    ) -> None:
        block = rich_text()
        with pytest.raises(ValidationError) as refused:
            block.clean(block.to_python(f"<p>Ring {text}.</p>"))

        assert said in " ".join(refused.value.messages)

    def test_stay_as_they_are_in_the_files(self, loaded: Files) -> None:
        block = {"id": "1", "kind": "text", "text": SAID, "sources": []}
        stored = from_portable([block], Keys.now())

        back = documents.to_portable(stored, path_of={}.get)

        assert back[0]["text"] == SAID


class TestARowThatIsMentioned:
    @pytest.mark.parametrize("of", [(Contact, "bris"), (LegalProvision, "SOL-19-1")])
    def test_is_not_deleted_from_under_the_page(self, of: Any, loaded: Files) -> None:
        page = page_of(GuidancePage)
        page.body = body_of(page, [{"kind": "text", "text": SAID, "sources": []}])
        page.save_revision().publish()

        assert str(page) in {each.name for each in referrers(of[0].objects.get(key=of[1]))}


class TestTheNumbersOfTemplates:
    def phone(self, key: str) -> str:
        template = Template("{% load content_tags %}{% phone key %}")
        return str(template.render(Context({"key": key})))

    def test_are_those_of_the_register(self, loaded: Files) -> None:
        assert self.phone("bris") == '<a class="nowrap" href="tel:116111">116 111</a>'

    def test_are_the_shipped_ones_when_the_row_is_gone(self, loaded: Files) -> None:
        assert ">112<" in self.phone("sos112")

    def test_are_the_shipped_ones_without_a_database(
        self, monkeypatch: pytest.MonkeyPatch, loaded: Files
    ) -> None:
        def broken() -> None:
            raise DatabaseError

        monkeypatch.setattr(directory, "_read", broken)
        directory._kept.clear()

        assert ">112<" in self.phone("sos112")

    def test_are_empty_when_an_editor_has_taken_the_number_away(self, loaded: Files) -> None:
        assert self.phone("rvc") == ""


def test_the_strip_of_danger_shows_the_register_s_number(loaded: Files) -> None:
    page = page_of(GuidancePage, is_acute=True)
    page.save_revision().publish()

    assert "Fara nu? Ring 112." in words_of(page)
