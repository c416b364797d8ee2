import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import swedish

SAME_ROOT = [
    "anmäla anmälan anmälning anmält anmäld anmälde anmälningar anmälningarna anmälans anmäls",
    "orosanmälan orosanmälningar orosanmälningarna orosanmäla",
    "skola skolan skolor skolorna skolans",
    "slå slår slog slagit slagen slaget",
    "socialtjänst socialtjänsten socialtjänstens",
    "ansvar ansvaret ansvarar ansvarig ansvariga",
    "barn barnet barnen barns barnets",
    "man männen mäns mannen",
    "våld våldet våldets våldsamma",
    "utreda utredning utreder utredningar utrett",
    "kvinna kvinnor kvinnans kvinnorna",
    "ekonomi ekonomin ekonomisk ekonomiskt",
    "nämnd nämnden nämnder nämndernas",
    "trygg trygga trygghet tryggheten",
    "sekretess sekretessen",
    "förebygga förebyggande förebygger",
    "könsstympning könsstympningen könsstympad könsstympas",
    "människohandel människohandeln",
    "förfölja förföljelse förföljd förföljer",
    "tystnadsplikt tystnadsplikten",
    "ungdomsmottagning ungdomsmottagningen ungdomsmottagningarna",
]

DIFFERENT_ROOTS = [
    ("ska", "skola"),
    ("skulle", "skola"),
    ("tidning", "tid"),
    ("ordning", "ord"),
    ("vård", "vårdnad"),
    ("vald", "våld"),
    ("kön", "kan"),
    ("mål", "mall"),
    ("3", "5"),
    ("nämnd", "nämna"),
]

words = st.text(alphabet="abcdefghijklmnoprstuvyåäöé", min_size=1, max_size=25)


@pytest.mark.parametrize("forms", SAME_ROOT, ids=lambda forms: forms.split()[0])
def test_all_forms_of_a_word_share_one_root(forms):
    assert len({swedish.root(form) for form in forms.split()}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT_ROOTS)
def test_words_that_mean_different_things_keep_apart(one, other):
    assert swedish.root(one) != swedish.root(other)


@given(words)
def test_the_root_of_a_root_is_itself(word):
    assert swedish.root(swedish.root(word)) == swedish.root(word)


@given(words)
def test_a_root_is_never_empty(word):
    assert swedish.root(word)


def test_short_words_and_numbers_stay_as_they_are():
    assert [swedish.root(word) for word in ("hus", "112", "2025", "sex")] == [
        "hus",
        "112",
        "2025",
        "sex",
    ]


def test_no_irregular_form_stands_in_two_rows():
    with pytest.raises(ValueError, match="'hotet' stands in two rows"):
        swedish.irregular_table("hot hotet\nlöfte hotet")


def test_words_are_split_at_hyphens_slashes_and_stops():
    found = [token.word for token in swedish.tokenise("SoL-utredning och/eller 19.1, hot- & våld")]
    assert found == ["sol", "utredning", "och", "eller", "19", "1", "hot", "våld"]


def test_decomposed_letters_and_soft_hyphens_give_the_same_word():
    written = unicodedata.normalize("NFD", "orosan\u00admälan")
    (token,) = swedish.tokenise(written)
    assert token.word == "orosanmälan"
    assert (token.start, token.end) == (0, len(written))


@given(st.text(max_size=200))
def test_offsets_cut_the_text_that_was_given(text):
    end = 0
    for token in swedish.tokenise(text):
        assert end <= token.start < token.end <= len(text)
        assert token.word
        end = token.end


def test_folding_takes_the_diacritics_off():
    assert swedish.fold("våld i nära relationer à la Åsa é") == "vald i nara relationer a la Asa e"


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing_more(text):
    assert swedish.fold(swedish.fold(text)) == swedish.fold(text)


def test_words_that_carry_sense_here_are_no_stop_words():
    assert not {"mot", "under", "vem", "efter", "över"} & swedish.STOP_WORDS


def test_a_lone_letter_is_left_out_but_a_lone_digit_is_kept():
    assert swedish.roots("e i 3 å x") == ["3"]


def test_roots_come_in_order_without_stop_words():
    assert swedish.roots("Vem ska anmäla att barnen far illa?") == [
        "vem",
        "anmäl",
        "barn",
        "fara",
        "ill",
    ]
