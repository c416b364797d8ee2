from search.analysis import AnalysedPassage, analyse_passage
from search.compounds import Lexicon

LEXICON = Lexicon.from_texts([])


def test_title_heading_and_body_are_reduced_apart():
    found = analyse_passage(
        "Gör en orosanmälan", "När ska du anmäla?", "Genast, till kommunen.", "", lexicon=LEXICON
    )
    assert found == AnalysedPassage(
        t="orosanmäl", h="anmäl", b="gen kommun", tp="oro anmäl", hp="", bp=""
    )


def test_keywords_go_with_the_title():
    found = analyse_passage("Förskola", "", "", "dagis, dagispersonal", lexicon=LEXICON)
    assert found.t.split() == ["förskol", "dagis", "dagispersonal"]


def test_a_part_that_is_the_whole_word_is_not_stored_again():
    found = analyse_passage("", "", "barnmisshandel", "", lexicon=LEXICON)
    assert found.b == "barnmisshandel"
    assert found.bp == "barn misshandel"


def test_stop_words_and_punctuation_leave_nothing():
    assert analyse_passage("och", "!?", "i att på", "…", lexicon=LEXICON) == AnalysedPassage(
        "", "", "", "", "", ""
    )
