import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.compounds import Lexicon
from search.highlight import MAX_TEXT_LENGTH, SNIPPET_LENGTH, mark, snippet
from search.plan import Planner, QueryPlan
from search.synonyms import Synonyms, parse_rule
from search.vocabulary import Vocabulary

_TEXTS = [
    "orosanmälan till socialtjänsten",
    "våld i nära relationer",
    "våld i hemmet",
    "könsstympning, omskärelse",
]
_LEXICON = Lexicon.from_texts(_TEXTS)
_SYNONYMS = Synonyms(
    [parse_rule("vnr, våld i nära relationer"), parse_rule("könsstympning, omskärelse")]
)
_PLANNER = Planner(_LEXICON, _SYNONYMS, Vocabulary.from_texts(_TEXTS, lexicon=_LEXICON))


def _marked(text: str, query: str) -> list[str]:
    return re.findall(r"<mark>(.*?)</mark>", mark(text, _PLANNER.plan(query), _LEXICON), re.DOTALL)


def _plain(output: str) -> str:
    """Undo what the highlighter does to the text: the marks, then the escapes."""
    return html.unescape(output.replace("<mark>", "").replace("</mark>", ""))


def test_other_forms_of_the_word_are_marked():
    assert _marked("Gör en Orosanmälan. Orosanmälningarna är många.", "orosanmälningar") == [
        "Orosanmälan",
        "Orosanmälningarna",
    ]


def test_synonyms_are_marked():
    assert _marked("Det kallas också könsstympning.", "omskärelse") == ["könsstympning"]


def test_a_compound_is_marked_when_a_part_of_it_is_meant():
    assert _marked("Hedersvåldet ökar.", "våld") == ["Hedersvåldet"]


def test_a_phrase_is_marked_as_one_with_the_small_words_in_it():
    assert _marked("Om våld i nära relationer.", "VNR") == ["våld i nära relationer"]


def test_small_words_are_not_marked_by_themselves():
    assert _marked("Du ska gå till skolan i dag.", "ska i skolan") == ["skolan"]


def test_nothing_is_marked_for_an_empty_plan():
    assert mark("Våld & hot", QueryPlan(""), _LEXICON) == "Våld &amp; hot"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert('våld')</script>",
        "våld<img src=x onerror=alert(1)>",
        '"><svg onload=alert(1)> våld',
        "<mark>våld</mark>",
        "&lt;script&gt; våld &amp; hot",
    ],
)
@pytest.mark.parametrize("render", [mark, snippet])
def test_the_text_can_never_bring_markup_of_its_own(text, render):
    output = render(text, _PLANNER.plan("våld script <b>"), _LEXICON)
    assert "<mark>" in output
    assert re.findall(r"<(?!/?mark>)", output) == []
    assert _plain(output) == html.unescape(html.escape(text))


def test_the_query_never_gets_into_the_output():
    plan = _PLANNER.plan('våld"><script>alert(1)</script>')
    assert snippet("Våld.", plan, _LEXICON) == "<mark>Våld</mark>."


def test_a_short_text_is_given_whole():
    assert (
        snippet("Våld i hemmet.", _PLANNER.plan("våld"), _LEXICON) == "<mark>Våld</mark> i hemmet."
    )


def test_a_long_text_is_cut_to_where_most_of_the_query_is():
    filler = "Den här meningen handlar om något helt annat och är ganska lång. " * 8
    text = f"{filler}Här nämns våld. {filler}En orosanmälan om våld görs genast. {filler}"
    output = snippet(text, _PLANNER.plan("orosanmälan våld"), _LEXICON)
    assert output.startswith("…En <mark>orosanmälan</mark> om <mark>våld</mark> görs genast.")
    assert output.endswith("…")
    assert len(_plain(output)) <= SNIPPET_LENGTH + 2


def test_a_rare_word_draws_the_window_rather_than_a_common_one_again_and_again():
    filler = "Det står ingenting av värde i den här raden. " * 8
    text = f"Våld, våld, våld, våld och våld. {filler} Könsstympning nämns en gång. {filler}"
    output = snippet(text, _PLANNER.plan("våld könsstympning"), _LEXICON)
    assert "<mark>Könsstympning</mark>" in output


def test_without_a_hit_the_beginning_is_shown():
    text = "Början av texten. " * 40
    output = snippet(text, _PLANNER.plan("husdjur"), _LEXICON)
    assert output.startswith("Början av texten.")
    assert output.endswith("…")


def test_words_are_not_cut_in_two():
    text = "abcdefghij " * 30 + "våld " + "klmnopqrst " * 30
    output = snippet(text, _PLANNER.plan("våld"), _LEXICON)
    assert set(_plain(output).strip("…").split()) == {"abcdefghij", "våld", "klmnopqrst"}


def test_an_endless_text_is_capped():
    text = "x" * (MAX_TEXT_LENGTH * 3) + " våld"
    assert len(mark(text, _PLANNER.plan("våld"), _LEXICON)) == MAX_TEXT_LENGTH
    assert len(snippet(text, _PLANNER.plan("våld"), _LEXICON)) <= SNIPPET_LENGTH + 2


_PIECES = st.sampled_from(
    ["våld", "Våldet", "orosanmälan", "könsstympning", " ", ". ", "\n", "<b>", "&amp;", "'\"", "…"]
)
_HOSTILE_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=120).map("".join)


@given(text=_HOSTILE_TEXTS, query=st.one_of(_PIECES, st.text(max_size=30)))
def test_a_marked_text_without_its_marks_is_the_text(text, query):
    output = mark(text, _PLANNER.plan(f"våld {query}"), _LEXICON)
    assert re.findall(r"<(?!/?mark>)", output) == []
    assert _unescaped_slices(output) == text


@given(text=_HOSTILE_TEXTS, query=st.one_of(_PIECES, st.text(max_size=30)))
def test_a_snippet_without_its_marks_is_a_stretch_of_the_text(text, query):
    output = snippet(text, _PLANNER.plan(f"våld {query}"), _LEXICON)
    assert re.findall(r"<(?!/?mark>)", output) == []
    assert output.count("<mark>") == output.count("</mark>")
    stretch = _unescaped_slices(output)
    assert any(
        candidate in text
        for candidate in (
            stretch,
            stretch.removeprefix("…"),
            stretch.removesuffix("…"),
            stretch.removeprefix("…").removesuffix("…"),
        )
    )


def _unescaped_slices(output: str) -> str:
    """Undo exactly the five escapes that are made, and nothing that the text held before."""
    output = output.replace("<mark>", "").replace("</mark>", "")
    for escaped, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'")):
        output = output.replace(escaped, char)
    return output.replace("&amp;", "&")
