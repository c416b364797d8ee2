"""LIX, words and minutes, by texts that were counted by hand."""

from typing import Any

import pytest

from content.documents import Document
from content.readability import above_depth, lix, minutes, words


def text(words: str) -> dict[str, Any]:
    return {"kind": "text", "text": words, "sources": []}


def block(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind} | fields


def table(*rows: list[str]) -> dict[str, Any]:
    return block("table", caption="Många kolumnrubriker", table={"head": ["Ett"], "rows": rows})


class TestLix:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            # Four words in one sentence, none of more than six letters.
            ("Du ska anmäla genast.", 4.0),
            # Six words in two sentences, and three of them have seven letters or more.
            ("Anmälan görs genast. Socialtjänsten bedömer den.", 6 / 2 + 100 * 3 / 6),
            # A colon, an exclamation and a question end a sentence as a full stop does.
            ("Ring: nu! Eller hur?", 4 / 3),
            # An abbreviation ends nothing before a digit or a small letter.
            ("Det hände kl. 15 i går, dvs. på en onsdag.", 9 / 1),
            ("Ring kl. 15. Skriv sedan.", 4 / 2),
            # A line ends a sentence without any sign at all.
            ("Ring nu\n\nSkriv sedan", 4 / 2),
            ("- ring\n- skriv nu\n- vänta", 4 / 3),
            # The closing quotation mark belongs to its sentence.
            ("Jag sa: ”Vill du berätta?” Hon teg.", 7 / 3 + 100 / 7),
            # A hyphen is not a letter, and digits are no words.
            ("Sos-112 och hbtqi-a 1177", 3 / 1),
            # Bold and links leave only their words.
            ("**Ring** [nu](/vagledning/vald-i-nara-relationer/).", 2.0),
            # A number or a paragraph from the registers is one short word.
            ("Ring \\{tel:kvinnofridslinjen} enligt \\{lag:SOL-19-1}.", 4.0),
            ("", 0.0),
            ("1177.", 0.0),
        ],
    )
    def test_is_the_length_of_sentences_and_the_share_of_long_words(
        self, said: str, expected: float
    ) -> None:
        assert lix([text(said)]) == pytest.approx(expected)

    def test_counts_each_cell_and_each_sentence_to_say(self) -> None:
        assert lix([table(["Ring nu", "Vänta"])]) == pytest.approx(3 / 2)
        assert lix([block("ask", phrases=["Hur mår du", "Vill du berätta mer?"])]) == pytest.approx(
            7 / 2 + 100 / 7
        )

    @pytest.mark.parametrize(
        "left_out",
        [
            block("heading", text="Socialtjänstens ansvarsområden", level="2"),
            block("quote", text="Yrkesverksamma utbildar sig", of="", sources=[]),
            block("contact", contact="kvinnofridslinjen"),
            block("statistic", value="5", unit="procent", group="tonåringar", year="", note="Nej"),
            block("depth"),
            table(),
        ],
    )
    def test_leaves_out_titles_and_what_is_not_our_text(self, left_out: dict[str, Any]) -> None:
        assert lix([text("Ring nu."), left_out]) == 2.0

    def test_reads_what_steps_answers_and_boxes_say_but_not_their_titles(self) -> None:
        document = [
            block("steps", steps=[{"title": "Dokumentera observationerna", "text": "Skriv nu."}]),
            block("faq", items=[{"question": "Dokumentationsskyldighet?", "answer": "Ja då."}]),
            block("law", provision="SOL-19-1", text="Du ska."),
            block("case", title="Tisdagsmorgonen", text="Elsa gick."),
        ]

        assert lix(document) == 2.0


class TestWords:
    def test_are_all_that_is_read(self) -> None:
        document = [
            # 3, 2 and 3, 3; a caption of 2, a heading of 1 and cells of 4
            block("heading", text="Gör så här", level="2"),
            block("steps", steps=[{"title": "Ring nu", "text": "Säg \\{tel:bris} först."}]),
            block("quote", text="Staden har rutiner", of="", sources=[]),
            table(["Ring", "Vänta på svar"]),
            # nothing
            block("contact", contact="bris"),
            block("statistic", value="5", unit="procent", group="alla", year="", note="Nej"),
        ]

        assert words(document) == 18

    def test_of_a_stored_text_are_the_same(self) -> None:
        stored = [
            text("<p>Ring <b>nu</b>.</p><ul><li>Säg {tel:bris}</li></ul>"),
            block("table", caption="Vem", table={
                "columns": [{"type": "text", "heading": "Ett"}],
                "rows": [{"values": ["<p>Ring</p>"]}],
            }),
            block("table", caption="", table=None),
        ]  # fmt: skip

        assert words(stored, is_stored=True) == 4 + 3

    def test_above_the_depth_are_those_one_needs_to_act(self) -> None:
        document: Document = [text("Ring nu."), block("depth"), text("Så säger lagen om det.")]

        assert words(above_depth(document)) == 2
        assert words(above_depth(document[:1])) == 2

    @pytest.mark.parametrize(
        ("count", "expected"), [(0, 0), (1, 1), (230, 1), (231, 2), (460, 2), (461, 3)]
    )
    def test_take_whole_minutes_to_read(self, count: int, expected: int) -> None:
        assert minutes(count) == expected
