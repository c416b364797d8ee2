import pytest

from search.compounds import Lexicon
from search.vocabulary import Vocabulary

TEXTS = [
    "Våldet drabbar barn. Frågan om heder.",
    "Våld och hot. Frågor till barnet om heder.",
    "våldet i hemmet, frågor om vårdnadstvister",
    "vald fraga",
]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.from_texts(TEXTS, lexicon=Lexicon.from_texts(TEXTS), trusted=["Socialjouren"])


def test_it_knows_words_parts_of_words_and_trusted_words(vocabulary):
    assert vocabulary.knows("våld")
    assert vocabulary.knows("vårdn")
    assert vocabulary.knows("socialjour")
    assert not vocabulary.knows("husdjur")


def test_the_rarer_a_root_the_more_it_tells(vocabulary):
    assert vocabulary.rarity("husdjur") > vocabulary.rarity("heder") > vocabulary.rarity("våld") > 0


def test_a_much_more_common_twin_is_given_for_a_word_without_diacritics(vocabulary):
    assert vocabulary.root_twins("fraga") == ["fråga"]
    assert vocabulary.twins("vardnadstvister") == ["vårdnadstvister"]
    assert vocabulary.twins("socialjouren") == []


def test_words_seen_once_are_not_suggested_unless_they_are_trusted(vocabulary):
    assert vocabulary.nearest("hemmmet", distance=1) == []
    assert vocabulary.nearest("sociajouren", distance=1) == ["socialjouren"]


def test_the_commonest_of_equally_near_words_comes_first():
    texts = ["kursen", "kursen", "kursen kurser", "kurser"]
    vocabulary = Vocabulary.from_texts(texts, lexicon=Lexicon.from_texts([]))
    assert vocabulary.nearest("kurset", distance=1) == ["kursen", "kurser"]


def test_a_wrong_first_letter_counts_for_more():
    texts = ["stalkning walkning"] * 3
    vocabulary = Vocabulary.from_texts(texts, lexicon=Lexicon.from_texts([]))
    assert vocabulary.nearest("salkning", distance=1) == ["stalkning"]


@pytest.mark.parametrize("word", ["", "abc", "112", "a1b2c3"])
def test_short_words_and_numbers_have_no_neighbours(vocabulary, word):
    assert vocabulary.nearest(word, distance=1) == []


def test_an_empty_vocabulary_answers_everything():
    vocabulary = Vocabulary.from_texts([], lexicon=Lexicon.from_texts([]))
    assert not vocabulary.knows("våld")
    assert vocabulary.nearest("sekretess", distance=2) == []
    assert vocabulary.rarity("våld") > 0
