import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import swedish
from search.compounds import CURATED_PARTS, Lexicon


@pytest.fixture(scope="module")
def curated() -> Lexicon:
    return Lexicon.from_texts([])


def test_concern_reports_are_concern_and_report(curated):
    assert curated.split("orosanmälningar") == ("oro", "anmäl")


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("könsstympning", "kön stympning"),
        ("könstympning", "kön stympning"),
        ("hedersvåld", "heder våld"),
        ("flickvän", "flicka vän"),
        ("kvinnojouren", "kvinna jour"),
        ("skolkurator", "skola kurator"),
        ("vårdnadstvist", "vårdnad tvist"),
        ("tystnadsplikten", "tystnad plikt"),
        ("medarbetarsamtalet", "medarbetare samtal"),
        ("barnmisshandel", "barn misshandel"),
        ("socialnämnderna", "social nämnd"),
    ],
)
def test_joints_between_the_parts_are_known(curated, word, parts):
    assert curated.split(word) == tuple(map(swedish.root, parts.split()))


@pytest.mark.parametrize("word", ["anmälan", "relationer", "simning", "utomlands", "våldtäkt"])
def test_words_that_are_no_compounds_stay_whole(curated, word):
    assert curated.split(word) == ()


@pytest.mark.parametrize("word", ["", "oro", "hedersvåld3", "a" * 500, "våld" * 200])
def test_short_endless_and_mixed_words_are_not_split(curated, word):
    assert curated.split(word) == ()


def test_words_of_the_texts_become_parts():
    assert Lexicon.from_texts([]).split("strypgrepp") == ()
    lexicon = Lexicon.from_texts(["Ett grepp om halsen.", "Att strypa någon"])
    assert lexicon.split("strypgrepp") == (swedish.root("strypa"), swedish.root("grepp"))


def test_what_is_left_of_a_compound_is_no_part_of_its_own():
    lexicon = Lexicon.from_texts(["kvinno- och mansjourer", "en kvinna"])
    assert lexicon.split("kvinnojour") == (swedish.root("kvinna"), "jour")


def test_endings_are_never_parts():
    lexicon = Lexicon.from_texts(["ande else ningar arna heten"])
    assert lexicon.split("förföljelse") == ()
    assert lexicon.split("jourande") == ()


def test_editors_can_give_parts_of_their_own_and_block_others():
    assert Lexicon.from_texts([], curated={"snö", "boll"}).split("snöboll") == ("snö", "boll")
    blocked = Lexicon.from_texts([], curated={"snö", "boll"}, blocked={"boll"})
    assert blocked.split("snöboll") == ()


def test_a_folded_lexicon_splits_words_without_diacritics(curated):
    assert curated.folded().split("orosanmalningar") == ("oro", "anmäl")


def test_the_ends_of_an_unknown_word_are_found(curated):
    assert curated.longest_start("vårdnadsgnabb") == swedish.root("vårdnad")
    assert curated.longest_end("storkommun") == swedish.root("kommun")
    assert curated.longest_start("xyzxyz") is None
    assert curated.longest_end("xyzxyz") is None


def test_a_lexicon_cannot_be_changed(curated):
    with pytest.raises(TypeError):
        curated.parts["ny"] = "ny"


@given(st.text(max_size=60))
def test_splitting_never_fails_and_never_gives_a_single_part(word):
    parts = _CURATED.split(word)
    assert parts == () or len(parts) >= 2


@given(st.sampled_from(sorted(CURATED_PARTS)), st.sampled_from(sorted(CURATED_PARTS)))
def test_two_curated_parts_in_a_row_are_always_split(one, other):
    if len(one + other) >= 7:
        assert _CURATED.split(one + other)


_CURATED = Lexicon.from_texts([])
