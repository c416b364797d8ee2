"""The three forms of a text: as stored, as files keep it, and ready for a reader."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from content import documents
from content.blocks import LESSON_BLOCKS, TEXT_BLOCKS, template_of
from content.documents import (
    FIELDS,
    Document,
    Keys,
    UnknownKey,
    alive_paths,
    contents,
    from_portable,
    ready_from_portable,
    ready_from_stored,
    sections,
    to_portable,
    unwrap,
    wrap,
)
from content.loading import LESSON_ONLY, TEXT_ONLY, page_index
from content.models import Contact, LegalProvision
from content.templatetags.content_tags import document
from tests.content.files import Files
from tests.content.pages import with_ids
from tests.content.test_parsing import KINDS

LINKS = "[hit](/vagledning/akut-fara/) och [ut](https://a.se/)"


def one_of_each() -> Document:
    """A text with a block of every kind, pointing at the small library."""
    return with_ids([wanted for _, wanted in KINDS if wanted.get("contact") != "x"])


def stored(*blocks: dict[str, Any]) -> Document:
    return from_portable(with_ids(list(blocks)), Keys.now())


class TestTheKindsOfBlocks:
    """Whole population: each kind that an editor can choose is known everywhere."""

    def test_are_the_same_for_editors_files_and_templates(self) -> None:
        in_lessons, in_texts = ({kind for kind, _ in each} for each in (LESSON_BLOCKS, TEXT_BLOCKS))
        assert in_lessons | in_texts == set(FIELDS)
        assert in_lessons - in_texts == LESSON_ONLY
        assert in_texts - in_lessons == TEXT_ONLY

    def test_hold_what_the_editor_can_fill_in(self) -> None:
        for kind, block in {**dict(LESSON_BLOCKS), **dict(TEXT_BLOCKS)}.items():
            assert set(getattr(block, "child_blocks", {})) == set(FIELDS[kind]), kind

    def test_are_all_drawn(self, loaded: Files) -> None:
        ready = ready_from_stored(from_portable(one_of_each(), Keys.now()))

        assert {block["kind"] for block in ready} == set(FIELDS)
        for block in ready:
            assert "<" in document([block]), template_of(block["kind"])


class TestPortableAndStored:
    def test_are_the_same_text(self, loaded: Files) -> None:
        paths = documents.paths_by_id()
        portable = one_of_each()

        kept = from_portable(portable, Keys.now())

        assert to_portable(kept, path_of=paths.get) == portable
        assert from_portable(to_portable(kept, path_of=paths.get), Keys.now()) == kept

    def test_keep_references_as_primary_keys_and_links_as_page_ids(self, loaded: Files) -> None:
        law, contact, text = stored(
            {"kind": "law", "provision": "SOL-19-1", "text": "x"},
            {"kind": "contact", "contact": "bris"},
            {
                "kind": "text",
                "text": LINKS,
                "sources": [{"key": "SOL-19-1", "locator": "andra stycket"}],
            },
        )

        assert law["provision"] == LegalProvision.objects.get().pk
        assert contact["contact"] == Contact.objects.get(key="bris").pk
        assert text["sources"] == [
            {"source": None, "provision": law["provision"], "locator": "andra stycket"}
        ]
        target = page_index()["vagledning/akut-fara"].pk
        assert f'<a linktype="page" id="{target}">hit</a>' in text["text"]

    @pytest.mark.parametrize(
        "block",
        [
            {"kind": "law", "provision": "X-1", "text": "x"},
            {"kind": "contact", "contact": "X-1"},
            {"kind": "quote", "text": "x", "of": "", "sources": [{"key": "X-1"}]},
        ],
    )
    def test_an_unknown_key_is_refused_by_name(self, block: dict[str, Any], loaded: Files) -> None:
        with pytest.raises(UnknownKey, match="X-1"):
            stored(block)

    def test_wagtails_own_shape_holds_the_same(self, loaded: Files) -> None:
        kept = from_portable(one_of_each(), Keys.now())
        page = page_index()["vagledning/akut-fara"].specific
        kept = [block for block in kept if block["kind"] not in LESSON_ONLY]

        page.body = page._meta.get_field("body").stream_block.to_python(wrap(kept))
        page.save_revision().publish()

        assert unwrap(page_index()["vagledning/akut-fara"].specific.body) == kept
        page.body.stream_block.clean(page.body)

    def test_the_same_text_gets_the_same_ids_each_time(self, loaded: Files) -> None:
        kept = from_portable(one_of_each(), Keys.now())

        assert wrap(kept) == wrap(kept)
        assert len(set(re.findall(r"'id': '([^']+)'", str(wrap(kept))))) == str(wrap(kept)).count(
            "'id'"
        )


class TestReady:
    def test_is_the_same_from_a_page_and_from_a_frozen_version(self, loaded: Files) -> None:
        portable = one_of_each()

        from_page = ready_from_stored(from_portable(portable, Keys.now()))

        assert ready_from_portable(portable) == from_page

    def test_gives_templates_what_registers_hold(self, loaded: Files) -> None:
        law, contact, quote, figure = ready_from_stored(
            stored(
                {"kind": "law", "provision": "SOL-19-1", "text": "Anmäl."},
                {"kind": "contact", "contact": "bris"},
                {"kind": "quote", "text": "Ord.", "of": "Lagen",
                 "sources": [{"key": "D0", "locator": "s. 2"}]},
                {"kind": "statistic", "value": "2", "unit": "fall", "group": "alla", "year": "",
                 "note": "", "sources": [{"key": "SOL-19-1"}]},
            )
        )  # fmt: skip

        assert (law["law"]["reference"], law["html"]) == ("19 kap. 1 §", "<p>Anmäl.</p>")
        assert (contact["contact"]["name"], contact["contact"]["phone_link"]) == (
            "Bris",
            "tel:116111",
        )
        assert contact["contact"]["source"] == "Ett remissvar"
        assert (quote["text"], quote["of"]) == ("Ord.", "Lagen")
        assert [(s["label"], s["locator"]) for s in quote["sources"]] == [("Ett remissvar", "s. 2")]
        assert figure["sources"][0]["label"] == "Socialtjänstlagen (2025:400) 19 kap. 1 §"

    def test_a_law_or_contact_that_is_gone_leaves_no_empty_box(self, loaded: Files) -> None:
        kept = stored(
            {"kind": "law", "provision": "SOL-19-1", "text": "Anmäl."},
            {"kind": "contact", "contact": "rvc"},
            {"kind": "note", "text": "Kvar."},
            {"kind": "quote", "text": "Ord.", "of": "",
             "sources": [{"key": "D0"}, {"key": "SOL-19-1"}]},
        )  # fmt: skip
        LegalProvision.objects.all().delete()
        Contact.objects.filter(key="rvc").delete()

        ready = ready_from_stored(kept)

        assert [block["kind"] for block in ready] == ["note", "quote"]
        assert [source["key"] for source in ready[1]["sources"]] == ["D0"]

    def test_an_unfinished_draft_does_not_break(self, loaded: Files) -> None:
        empty = [{"type": kind, "id": "", "value": dict.fromkeys(FIELDS[kind])} for kind in FIELDS]

        ready = ready_from_stored(unwrap(empty))

        assert {block["kind"] for block in ready} == set(FIELDS) - {"law", "contact"}
        for block in ready:
            document([block])

    def test_headings_inside_blocks_go_one_level_below_the_text(self, loaded: Files) -> None:
        ready = ready_from_portable(
            with_ids(
                [
                    {"kind": "note", "text": "a"},
                    {"kind": "heading", "text": "A", "level": "2"},
                    {"kind": "note", "text": "b"},
                ]
            )
        )

        assert [block["depth"] for block in ready] == [2, 2, 3]


class TestLinks:
    def html(self, markdown: str, *, portable: bool = False) -> str:
        block = {"kind": "text", "text": markdown, "sources": []}
        if portable:
            return str(ready_from_portable(with_ids([block]))[0]["html"])
        return str(ready_from_stored(stored(block))[0]["html"])

    @pytest.mark.parametrize("portable", [False, True])
    def test_lead_to_the_pages_address(self, portable: bool, loaded: Files) -> None:
        assert self.html("[a](/vagledning/akut-fara/)", portable=portable) == (
            '<p><a href="/vagledning/akut-fara/">a</a></p>'
        )

    @pytest.mark.parametrize("portable", [False, True])
    def test_to_pages_that_are_not_there_are_only_words(
        self, portable: bool, loaded: Files
    ) -> None:
        text = "[a **b**](/finns-inte/) [c](/finns-inte/#d)"

        assert self.html(text, portable=portable) == "<p>a <b>b</b> c</p>"

    @pytest.mark.parametrize("address", ["/vagledning/akut-fara/", "/vagledning/akut-fara/#ring"])
    @pytest.mark.parametrize("portable", [False, True])
    def test_to_a_draft_are_words_until_it_is_published(
        self, address: str, portable: bool, loaded: Files
    ) -> None:
        target = page_index()["vagledning/akut-fara"].specific
        target.unpublish()
        assert self.html(f"[a]({address})", portable=portable) == "<p>a</p>"

        target.save_revision().publish()

        assert (
            self.html(f"[a]({address})", portable=portable) == f'<p><a href="{address}">a</a></p>'
        )

    def test_to_a_private_page_are_only_words(self, loaded: Files) -> None:
        target = page_index()["vagledning/akut-fara"]
        target.view_restrictions.create(restriction_type="login")

        assert (
            self.html("[a](/vagledning/akut-fara/) [b](/vagledning/akut-fara/#c)") == "<p>a b</p>"
        )

    def test_to_the_portals_own_views_and_to_elsewhere_stay(self, loaded: Files) -> None:
        html = self.html("[a](/sok/?q=oro) [b](#c) [d](tel:112) [e](mailto:a@b.se) [f](/)")

        assert re.findall(r'href="([^"]*)"', html) == [
            "/sok/?q=oro", "#c", "tel:112", "mailto:a@b.se", "/"
        ]  # fmt: skip

    def test_in_lists_tables_steps_and_answers_are_looked_after_too(self, loaded: Files) -> None:
        dead = "[död](/finns-inte/)"
        ready = ready_from_stored(
            stored(
                {"kind": "steps", "steps": [{"title": "a", "text": dead}]},
                {"kind": "faq", "items": [{"question": "a", "answer": dead}]},
                {"kind": "table", "caption": "a", "table": {"head": ["b"], "rows": [[dead]]}},
                {"kind": "reflect", "question": dead, "answer": dead},
                {"kind": "law", "provision": "SOL-19-1", "text": dead},
                {"kind": "sheet", "title": "a", "text": dead},
            )
        )

        assert "finns-inte" not in str(ready)
        assert str(ready).count("död") == 7

    def test_alive_paths_are_published_pages_and_views(self, loaded: Files) -> None:
        paths = ["", "vagledning", "finns-inte", "sok", "halsa/live", "utbildning/oro/vem"]

        assert alive_paths(paths) == {"", "vagledning", "sok", "utbildning/oro/vem"}


class TestAnchors:
    def ready(self, *blocks: dict[str, Any]) -> Document:
        return ready_from_portable(with_ids(list(blocks)))

    def test_are_unique_in_the_text_whatever_block_they_are_on(self, loaded: Files) -> None:
        same = "Ring 112"
        ready = self.ready(
            {"kind": "heading", "text": same, "level": "2"},
            {"kind": "heading", "text": same, "level": "3"},
            {
                "kind": "steps",
                "steps": [{"title": same, "text": "a"}, {"title": same, "text": "b"}],
            },
            {"kind": "faq", "items": [{"question": same, "answer": "a"}]},
            {"kind": "heading", "text": "Ring 112 2", "level": "2"},
        )

        assert re.findall(r"'anchor': '([^']+)'", str(ready)) == [
            "ring-112", "ring-112-2", "ring-112-3", "ring-112-4", "ring-112-5", "ring-112-2-2"
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("heading", "anchor"),
        [("Åtgärd på öppen dag", "atgard-pa-oppen-dag"), ("???", "avsnitt"), (90 * "a", 60 * "a")],
    )
    def test_are_made_of_the_heading(self, heading: str, anchor: str, loaded: Files) -> None:
        ready = self.ready({"kind": "heading", "text": heading, "level": "2"})

        assert ready[0]["anchor"] == anchor

    def test_of_level_two_are_the_contents(self, loaded: Files) -> None:
        ready = self.ready(
            {"kind": "heading", "text": "A", "level": "2"},
            {"kind": "heading", "text": "B", "level": "3"},
            {"kind": "heading", "text": "C", "level": "2"},
        )

        assert contents(ready) == [{"text": "A", "anchor": "a"}, {"text": "C", "anchor": "c"}]


class TestSections:
    def test_are_the_parts_under_each_heading_of_level_two_in_plain_words(
        self, loaded: Files
    ) -> None:
        ready = ready_from_portable(
            with_ids(
                [
                    {"kind": "text", "text": "Först **fet** & sist.", "sources": []},
                    {"kind": "heading", "text": "A", "level": "2"},
                    {"kind": "text", "text": "- ett\n- två", "sources": []},
                    {"kind": "heading", "text": "Under", "level": "3"},
                    {"kind": "note", "text": "Nära."},
                    {"kind": "heading", "text": "B", "level": "2"},
                ]
            )
        )

        assert [(s.heading, s.anchor, s.text) for s in sections(ready)] == [
            ("", "", "Först fet & sist."),
            ("A", "a", "ett\ntvå\nUnder\nNära."),
            ("B", "b", ""),
        ]

    def test_hold_the_words_of_every_kind_of_block(self, loaded: Files) -> None:
        text = "\n".join(part.text for part in sections(ready_from_portable(one_of_each())))

        for words in (
            "Ett stycke på två rader.", "Ett faktum.", "Ring\nNu.", "Ring 112.", "Se upp.", "Kort",
            "Nummer saknas.", "Socialtjänstlagen 19 kap. 1 §: Skyldigheten att anmäla",
            "Du ska anmäla.", "Exakta ord.", "Så står det.", "Vill du berätta?", "Kan jag?\nJa.",
            "Bris 116 111 Barn", "0,6 procent kvinnor", "Nivåer", "a b | c", "Att ge", "Elsa",
            "Vad gör du?\nRinger.",
        ):  # fmt: skip
            assert words in text, words
        assert "<" not in text

    def test_of_nothing_are_none(self, loaded: Files) -> None:
        assert sections(ready_from_portable([])) == []


class TestQueries:
    """Registers and pages are fetched together, however long the text."""

    def count(self, blocks: Document, *, portable: bool) -> int:
        make = ready_from_portable if portable else ready_from_stored
        make(blocks)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            make(blocks)
        return len(queries)

    def long(self, times: int) -> Document:
        linked = [
            {"kind": "text", "text": LINKS + " [a](/vagledning/#b)", "sources": [{"key": "D0"}]}
        ]
        return with_ids([block for _, block in KINDS] * times + linked * times)

    def test_of_a_page_do_not_grow_with_its_blocks(self, loaded: Files) -> None:
        short, long = (from_portable(self.long(times), Keys.now()) for times in (1, 8))

        assert self.count(long, portable=False) == self.count(short, portable=False) <= 8

    def test_of_a_page_do_not_grow_with_the_pages_it_links_to(self, loaded: Files) -> None:
        def linking(paths: list[str]) -> Document:
            links = " ".join(f"[a](/{path}/)" for path in paths)
            return stored({"kind": "text", "text": links, "sources": []})

        few, many = linking(["vagledning"]), linking([p for p in page_index() if p])

        assert self.count(many, portable=False) == self.count(few, portable=False) <= 3

    def test_of_a_frozen_version_do_not_grow_with_its_blocks(self, loaded: Files) -> None:
        assert (
            self.count(self.long(8), portable=True) == self.count(self.long(1), portable=True) <= 6
        )

    def test_of_plain_words_are_none(self, loaded: Files) -> None:
        plain = [{"kind": "note", "text": "Bara ord."}]

        assert self.count(with_ids(plain), portable=True) == 0
        assert self.count(stored(*plain), portable=False) == 0

    def test_of_turning_a_text_into_a_file_do_not_grow_either(self, loaded: Files) -> None:
        counts = []
        for times in (1, 8):
            kept = from_portable(self.long(times), Keys.now())
            with CaptureQueriesContext(connection) as queries:
                to_portable(kept, path_of={}.get)
            counts.append(len(queries))

        assert counts == [3, 3]
