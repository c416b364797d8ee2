import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import swedish
from search.compounds import Lexicon
from search.plan import (
    EXPRESSION_WEIGHT,
    MAX_QUERY_LENGTH,
    MAX_WORDS,
    PART_WEIGHT,
    Planner,
    QueryPlan,
    clean,
)
from search.synonyms import Synonyms, parse_rule
from search.vocabulary import Vocabulary


def _looked_for(plan: QueryPlan) -> dict[str, float]:
    return {" ".join(found.terms): round(found.weight, 3) for found in plan.alternatives}


def _roots(text: str) -> str:
    return " ".join(swedish.roots(text))


def test_a_known_word_is_looked_for_by_its_root(planner):
    plan = planner.plan("anmälningar")
    assert _looked_for(plan) == {"anmäl": 1.0}
    assert plan.corrected is None


def test_a_compound_is_looked_for_whole_and_by_its_parts(planner):
    found = _looked_for(planner.plan("orosanmälningar"))
    assert found["orosanmäl"] == 1.0
    assert found["oro"] == found["anmäl"] == PART_WEIGHT


def test_each_part_of_a_compound_has_a_group_of_its_own(planner):
    groups = planner.plan("orosanmälan").groups
    assert [group.alternatives[0].terms for group in groups] == [
        ("orosanmäl",),
        ("oro",),
        ("anmäl",),
    ]


@pytest.mark.parametrize("typed", ["orosanmalan", "OROSANMALAN", "orosanmalningar"])
def test_a_word_typed_without_diacritics_finds_the_word_with_them(planner, typed):
    plan = planner.plan(typed)
    assert _looked_for(plan)["orosanmäl"] == 1.0
    assert plan.corrected is None


def test_a_sentence_typed_without_diacritics_is_understood_whole(planner):
    found = _looked_for(planner.plan("vald i nara relationer"))
    assert found[_roots("våld i nära relationer")] == 1.0
    assert found["våld"] == 1.0
    assert found["vnr"] == EXPRESSION_WEIGHT


def test_a_word_that_lost_its_diacritics_in_a_text_is_taken_for_its_twin(planner):
    plan = planner.plan("manniskohandel")
    assert _looked_for(plan)["människohandel"] == 1.0


def test_a_word_with_diacritics_is_never_taken_for_one_without(planner):
    assert "välj" not in _looked_for(planner.plan("våld"))


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("könstympning", "könsstympning"),
        ("konsstympnig", "könsstympning"),
        ("tystnadspligt", "tystnadsplikt"),
        ("orosanmäaln", "orosanmälan"),
        ("sekretes om tystnadsplit", "sekretess om tystnadsplikt"),
        ("menniskohandel", "människohandel"),
    ],
)
def test_a_misspelt_word_is_corrected_and_the_correction_is_told(planner, typed, corrected):
    plan = planner.plan(typed)
    assert plan.corrected == corrected
    assert _looked_for(plan)[swedish.root(corrected.split()[-1])] in {0.85, 0.7}


def test_two_slips_count_for_less_than_one(planner):
    assert _looked_for(planner.plan("sekretes"))["sekretess"] == 0.85
    assert _looked_for(planner.plan("sekrettes"))["sekretess"] == 0.7


def test_a_word_that_has_hits_is_never_corrected(planner):
    assert planner.plan("vård").corrected is None
    assert _looked_for(planner.plan("vård"))["vård"] == 1.0


def test_a_correction_can_be_turned_down(planner):
    plan = planner.plan("tystnadspligt", correct=False)
    assert plan.corrected is None
    assert swedish.root("tystnadsplikt") not in _looked_for(plan)


def test_no_word_is_corrected_to_one_that_a_single_text_misspells():
    lexicon = Lexicon.from_texts([])
    texts = ["En sekretass.", "Ingenting annat."]
    vocabulary = Vocabulary.from_texts(texts, lexicon=lexicon)
    assert Planner(lexicon, Synonyms(), vocabulary).plan("sekretess").corrected is None


def test_the_known_ends_of_an_unknown_word_are_looked_for(planner):
    found = _looked_for(planner.plan("vårdnadsgnabb"))
    assert found[swedish.root("vårdnad")] == 0.4


def test_synonyms_of_single_words_join_their_group(planner):
    found = _looked_for(planner.plan("dagis"))
    assert found[swedish.root("förskola")] == 0.84


def test_what_an_expression_stands_for_counts_as_the_expression_itself(planner):
    found = _looked_for(planner.plan("misstänker att barn far illa"))
    assert found[_roots("misstänker att barn far illa")] == EXPRESSION_WEIGHT
    assert found["orosanmäl"] == EXPRESSION_WEIGHT
    assert found[_roots("misstänker")] == 1.0


def test_synonyms_of_parts_count_as_parts(planner):
    found = _looked_for(planner.plan("dagispersonal"))
    assert found[swedish.root("förskola")] == pytest.approx(PART_WEIGHT * 0.84, abs=0.001)


def test_synonyms_of_several_words_are_sent_as_phrases(planner):
    found = _looked_for(planner.plan("VNR"))
    assert found[_roots("våld i nära relationer")] == 0.84


@pytest.mark.parametrize("typed", ["VNR", "HRV", "IOP", "SoL"])
def test_the_abbreviations_of_the_trade_are_known(planner, typed):
    plan = planner.plan(typed)
    assert plan.corrected is None
    assert max(len(found.terms) for found in plan.alternatives) >= 2 or typed == "SoL"
    assert len(plan.alternatives) >= 2


def test_a_misspelt_word_gets_the_synonyms_of_what_it_meant():
    lexicon = Lexicon.from_texts([])
    synonyms = Synonyms([parse_rule("trafficking, människohandel")])
    vocabulary = Vocabulary.from_texts(["människohandel"], lexicon=lexicon, trusted=synonyms.words)
    plan = Planner(lexicon, synonyms, vocabulary).plan("traficking")
    assert plan.corrected == "trafficking"
    assert _looked_for(plan)["människohandel"] == pytest.approx(0.85 * 0.84)


def test_a_number_is_kept_with_the_word_before_it(planner):
    third, fifth = planner.plan("mål 3"), planner.plan("mål 5")
    assert _looked_for(third)["mål 3"] == 1.0
    assert "mål 5" not in _looked_for(third)
    assert _looked_for(fifth)["mål 5"] == 1.0


def test_a_rare_word_counts_for_more_than_a_common_one(planner):
    plan = planner.plan("våld könsstympning")
    rarity = {found.terms: found.rarity for found in plan.alternatives}
    assert rarity[("könsstymp",)] > rarity[("våld",)] > 0


def test_a_word_typed_twice_is_looked_for_once(planner):
    assert planner.plan("våld våld våld").groups == planner.plan("våld").groups


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "och i att", "?!…,.;:", "🙂🙂", "\x00\x01\x1f", "\ud800", "\u200b\u00ad", "i å ö"],
)
def test_a_query_with_nothing_to_look_for_gives_an_empty_plan(planner, typed):
    plan = planner.plan(typed)
    assert plan.is_empty
    assert plan.alternatives == ()
    assert plan.corrected is None


def test_control_characters_and_emoji_do_not_hide_the_words(planner):
    assert planner.plan("\x00oros\u00adanmälan\x07🙂").groups == planner.plan("orosanmälan").groups


def test_a_query_is_cut_at_200_characters_and_20_words(planner):
    assert len(clean("orosanmälan " * 100)) <= MAX_QUERY_LENGTH
    letters = [f"{a}{b}" for a in "bcdfg" for b in "hjklmnp"]
    plan = planner.plan(" ".join(letters))
    assert len(plan.groups) == MAX_WORDS


def test_a_cut_never_ends_in_the_middle_of_nothing():
    assert clean("a" * 199 + " b") == "a" * 199
    assert clean("  hot \t och\n våld ") == "hot och våld"


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_gives_a_plan(text):
    plan = _PLANNER.plan(text)
    assert len(plan.query) <= MAX_QUERY_LENGTH
    for found in plan.alternatives:
        assert 0 < found.weight <= 1
        assert found.rarity > 0
        assert all(term and term.isalnum() for term in found.terms)
    plan.query.encode()


_TYPED = st.sampled_from(["våld", "vald", "soc", "mål", "3", "orosanmälan", "xyzzy", "barnet", "i"])


@given(st.lists(_TYPED))
def test_any_row_of_words_gives_a_plan_whose_groups_lead_with_the_surest(words):
    for group in _PLANNER.plan(" ".join(words)).groups:
        weights = [found.weight for found in group.alternatives]
        assert weights == sorted(weights, reverse=True)


_LEXICON = Lexicon.from_texts(["våld i nära relationer", "orosanmälan", "socialtjänsten mål 3"])
_PLANNER = Planner(
    _LEXICON,
    Synonyms([parse_rule("vnr, våld i nära relationer"), parse_rule("soc => socialtjänst")]),
    Vocabulary.from_texts(
        ["våld i nära relationer", "orosanmälan hos socialtjänsten"], lexicon=_LEXICON
    ),
)
