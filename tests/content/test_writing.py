"""From blocks to a file: what is written is read as the same text."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.documents import FIELDS, Document
from content.richtext import html_to_markdown, markdown_to_html
from content.writing import to_yaml, write_body, write_text
from tests.content.files import read_body
from tests.content.test_parsing import KINDS

words = st.text(st.sampled_from('abåö 1.)-*_#:[](){}|!&"”'), min_size=1, max_size=12)
plain = words.map(lambda text: f"a {' '.join(text.split())} z")
paragraphs = st.lists(plain, min_size=1, max_size=2).map(
    lambda parts: html_to_markdown("".join(f"<p>{part}</p>" for part in parts))
)
lists = st.lists(plain, min_size=1, max_size=3).map(
    lambda parts: html_to_markdown("<ul>" + "".join(f"<li>{part}</li>" for part in parts) + "</ul>")
)
rich = paragraphs | lists
cells = plain.map(html_to_markdown)
keys = st.sampled_from(["D0", "D3", "SOL-19-1", "rikshandboken"])
locators = st.sampled_from(["", "s. 28", "s. 3, 5", "avsnitt 2; not {4}"])
sources = st.lists(
    st.fixed_dictionaries({"key": keys, "locator": locators}), min_size=1, max_size=3
)


def block(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})


def table(width: int) -> st.SearchStrategy[dict[str, Any]]:
    heads = st.lists(plain, min_size=width, max_size=width)
    rows = st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=3)
    return st.fixed_dictionaries({"head": heads, "rows": rows})


steps = st.lists(st.fixed_dictionaries({"title": plain, "text": rich}), min_size=1, max_size=2)
items = st.lists(st.fixed_dictionaries({"question": plain, "answer": rich}), min_size=1, max_size=2)
blocks = st.one_of(
    block("heading", text=plain, level=st.sampled_from(["2", "3"])),
    block("text", text=rich, sources=st.just([]) | sources),
    block("steps", steps=steps),
    *(block(kind, text=rich) for kind in ("acute", "warning", "note", "gap")),
    block("depth"),
    block("law", provision=keys, text=rich),
    block("quote", text=plain, of=st.just("") | st.just("Lagen"), sources=sources),
    block("reported", text=rich, sources=sources),
    block("ask", phrases=st.lists(plain, min_size=1, max_size=3)),
    block("faq", items=items),
    block("contact", contact=keys),
    block(
        "statistic", value=plain, unit=plain, group=plain, year=st.just("") | plain, note=plain,
        sources=sources,
    ),
    block("table", caption=plain, table=st.integers(1, 3).flatmap(table)),
    *(block(kind, title=plain, text=rich) for kind in ("sheet", "case")),
    block("reflect", question=rich, answer=rich),
)  # fmt: skip


def as_read(document: Document) -> Document:
    """Return *document* as a file can tell it: each paragraph with a source by itself."""
    result: Document = []
    for each in document:
        if each["kind"] != "text":
            result.append(as_written(each))
            continue
        if each["sources"]:
            parts = [{**each, "text": part} for part in each["text"].split("\n\n")]
            result += [as_written(part) for part in parts]
        elif result and result[-1]["kind"] == "text" and not result[-1]["sources"]:
            joined = f"{result[-1]['text']}\n\n{each['text']}"
            result[-1] = {**each, "text": html_to_markdown(markdown_to_html(joined))}
        else:
            result.append(each)
    return result


def as_written(each: dict[str, Any]) -> dict[str, Any]:
    """Return a block with braces in a place as the brackets that they become."""
    if not each.get("sources"):
        return each
    braces = str.maketrans("{}", "()")
    is_marked = each["kind"] == "text" or any(
        mark in ref["locator"] for ref in each["sources"] for mark in ",;"
    )
    if not is_marked:
        return each
    changed = [ref | {"locator": ref["locator"].translate(braces)} for ref in each["sources"]]
    return {**each, "sources": changed}


class TestBodies:
    def test_every_kind_of_block_is_tried(self) -> None:
        assert {wanted["kind"] for _, wanted in KINDS} == set(FIELDS)

    @pytest.mark.parametrize(
        "wanted", [wanted for _, wanted in KINDS], ids=lambda each: each["kind"]
    )
    def test_a_block_is_read_as_it_was_written(
        self, wanted: dict[str, Any], tmp_path: Path
    ) -> None:
        assert read_body(write_body([wanted]), tmp_path) == ([wanted], [])

    @settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
    )
    @given(document=st.lists(blocks, min_size=1, max_size=4))
    def test_a_text_is_read_as_it_was_written_and_written_the_same_again(
        self, document: Document, tmp_path: Path
    ) -> None:
        written = write_body(document)

        read, faults = read_body(written, tmp_path)

        assert faults == []
        assert read == as_read(document)
        assert write_body(read) == written

    def test_the_source_of_two_paragraphs_stays_with_both(self, tmp_path: Path) -> None:
        source = [{"key": "D0", "locator": ""}]

        written = write_body([{"kind": "text", "text": "Ett.\n\nTvå.", "sources": source}])

        assert written == "Ett. {D0}\n\nTvå. {D0}\n"

    def test_two_lists_after_each_other_are_one_in_the_file_too(self) -> None:
        two = [{"kind": "text", "text": f"- {each}", "sources": []} for each in "ab"]

        assert write_body(two) == "- a\n- b\n"

    def test_a_cell_is_one_line(self) -> None:
        rows = [["- a\n- b", "c\n\nd | e"]]
        cells = {"kind": "table", "caption": "R", "table": {"head": ["1", "2"], "rows": rows}}

        assert "| - a - b | c d \\| e |" in write_body([cells])

    def test_marks_around_a_whole_sentence_or_lines_in_it_go(self) -> None:
        ask = {"kind": "ask", "phrases": ["”Vill du\nberätta?”"]}

        assert write_body([ask]) == "::: ask\n- Vill du berätta?\n:::\n"


class TestFrontMatter:
    def test_leaves_out_what_is_empty_but_keeps_no_and_nought(self) -> None:
        front = {"title": "Å", "who": "", "sources": [], "acute": False, "order": 0, "owner": None}

        written = write_text(front, [])

        assert yaml.safe_load(written.split("---")[1]) == {"title": "Å", "acute": False, "order": 0}

    @settings(deadline=None, max_examples=60)
    @given(st.text(max_size=100))
    def test_words_survive(self, text: str) -> None:
        assert yaml.safe_load(to_yaml([{"key": text}])) == [{"key": text}]
