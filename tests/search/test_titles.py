import pytest

from search.titles import TitleRoots


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("orosanmälan", "Gör en orosanmälan"),
        ("Gör en orosanmälan", "Gör en orosanmälan"),
        ("anmäla oro", "Gör en orosanmälan"),
        ("orosanmalan", "Gör en orosanmälan"),
        ("VNR", "Våld i nära relationer"),
        ("omskärelse", "Könsstympning"),
    ],
)
def test_a_title_is_named_by_its_own_words_their_synonyms_and_the_parts_of_its_compounds(
    planner, lexicon, query, title
):
    assert TitleRoots.of(title, lexicon).is_named_by(planner.plan(query))


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("orosanmälan", "Orosanmälan i förskolan"),
        ("orosanmälan förskolan", "Gör en orosanmälan"),
        ("oro", "Gör en orosanmälan"),
        ("våld", "Våld i nära relationer"),
        ("mål 5", "Mål 3"),
        ("och i att", "Och i att"),
        ("", "Källor"),
    ],
)
def test_a_title_that_says_more_or_less_is_not_named(planner, lexicon, query, title):
    assert not TitleRoots.of(title, lexicon).is_named_by(planner.plan(query))


def test_a_word_for_the_kind_of_page_may_be_asked_for_with_the_title(planner, lexicon):
    title = TitleRoots.of("Sekretess", lexicon, also=["utbildning"])
    assert title.is_named_by(planner.plan("sekretess utbildning"))
    assert title.is_named_by(planner.plan("kurs sekretess"))
    assert title.is_named_by(planner.plan("sekretess"))
    assert not title.is_named_by(planner.plan("utbildning"))
