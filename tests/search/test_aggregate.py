import pytest

from search.aggregate import BEGINNING_WEIGHT, aggregate
from search.records import Hit, Passage


def _passage(number: int, path: str, kind: str = "uttryck") -> Passage:
    return Passage(number, path, kind, "Titel", "Rubrik", f"a{number}", "Text")


def _beginning(number: int, path: str) -> Passage:
    return Passage(number, path, "uttryck", "Titel", "", "", "Text")


def _library(*passages: Passage) -> dict[int, Passage]:
    return {passage.id: passage for passage in passages}


def test_a_page_scores_as_its_best_passage_and_a_little_for_the_next_two():
    library = _library(*(_passage(number, "a") for number in range(1, 5)))
    hits = [Hit(1, 1.0), Hit(2, 4.0), Hit(3, 2.0), Hit(4, 3.0)]
    (page,) = aggregate(hits, library)
    assert page.score == pytest.approx(4.0 + 0.3 * (3.0 + 2.0))
    assert page.passage_id == 2


def test_kinds_that_only_tell_of_guidance_count_for_less():
    library = _library(_passage(1, "a", "remiss"), _passage(2, "b"))
    pages = aggregate([Hit(1, 1.0), Hit(2, 0.9)], library)
    assert [(page.path, round(page.score, 2)) for page in pages] == [("b", 0.9), ("a", 0.8)]


def test_of_equal_pages_the_one_that_guides_comes_before_the_one_to_ring():
    library = _library(_passage(1, "a", "stod"), _passage(2, "b"), _passage(3, "c", "vagledning"))
    pages = aggregate([Hit(1, 1.0), Hit(2, 1.0), Hit(3, 1.0)], library)
    assert [page.path for page in pages] == ["c", "b", "a"]


def test_the_beginning_of_a_page_counts_for_more_than_a_section():
    library = _library(_passage(1, "a"), _beginning(2, "b"))
    pages = aggregate([Hit(1, 1.0), Hit(2, 1.0)], library)
    assert [(page.path, page.score) for page in pages] == [("b", BEGINNING_WEIGHT), ("a", 1.0)]


@pytest.mark.parametrize("register", ["lagar", "ordlista", "kallor"])
def test_a_row_of_a_register_counts_for_less_and_its_page_does_not(register):
    library = _library(_passage(1, register), _passage(2, "a"))
    pages = aggregate([Hit(1, 1.0), Hit(2, 0.9)], library)
    assert [page.path for page in pages] == ["a", register]
    beginning = _library(_beginning(1, register), _passage(2, "a"))
    assert aggregate([Hit(1, 1.0), Hit(2, 0.9)], beginning)[0].path == register


def test_a_caller_can_bring_a_prior_of_its_own():
    library = _library(_passage(1, "a"), _passage(2, "b", "lag"))
    pages = aggregate([Hit(1, 1.0), Hit(2, 1.1)], library, prior={"lag": 0.5})
    assert [page.path for page in pages] == ["a", "b"]


def test_equal_pages_come_in_the_order_of_their_paths():
    library = _library(_passage(1, "b"), _passage(2, "a"), _passage(3, "c"))
    hits = [Hit(3, 1.0), Hit(1, 1.0), Hit(2, 1.0)]
    assert [page.path for page in aggregate(hits, library)] == ["a", "b", "c"]
    assert aggregate(reversed(hits), library) == aggregate(hits, library)


def test_of_two_equal_passages_the_first_on_the_page_is_shown():
    library = _library(_passage(1, "a"), _passage(2, "a"))
    (page,) = aggregate([Hit(2, 1.0), Hit(1, 1.0)], library)
    assert page.passage_id == 1


def test_a_hit_whose_passage_is_gone_is_left_out():
    assert aggregate([Hit(7, 1.0)], _library(_passage(1, "a"))) == []


def test_no_hits_give_no_pages():
    assert aggregate([], {}) == []
