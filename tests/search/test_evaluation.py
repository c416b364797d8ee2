import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.evaluation import (
    JudgedQuery,
    JudgmentError,
    answerable,
    evaluate,
    load_judged,
    ndcg10,
    page_of,
    ranked_pages,
    reciprocal_rank,
)

HEADER = "query\tjudgments\n"
OWN_JUDGED = Path(__file__).parent / "judged" / "own.tsv"


def _file(tmp_path, content: str):
    path = tmp_path / "queries.tsv"
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("vagledning/orosanmalan", "vagledning/orosanmalan"),
        ("/vagledning/orosanmalan/", "vagledning/orosanmalan"),
        ("lagar#sol-19-1", "lagar"),
        ("utbildning", "utbildning"),
        ("utbildning/grund", "utbildning/grund"),
        ("utbildning/grund/fem-valdstyper", "utbildning/grund"),
        ("/utbildning/grund/fem-valdstyper/#fraga", "utbildning/grund"),
        ("vagledning/orosanmalan/i-skolan", "vagledning/orosanmalan/i-skolan"),
        ("vagledning/orosanmalan/lattlast", "vagledning/orosanmalan"),
        ("/lattlast/", "lattlast"),
        ("/en/vagledning/orosanmalan/", "vagledning/orosanmalan"),
        ("en/utbildning/grund/fem-valdstyper/lattlast#a", "utbildning/grund"),
        ("en", ""),
        ("", ""),
    ],
)
def test_what_says_the_same_as_a_page_counts_as_the_page(path, page):
    assert page_of(path) == page


def test_each_page_counts_once_at_its_best_rank():
    paths = ["utbildning/grund/a", "lagar#x", "utbildning/grund/b", "lagar"]
    assert ranked_pages(paths) == ["utbildning/grund", "lagar"]


def test_only_searches_with_a_good_page_are_asked_and_judged_by_the_pages_there_are():
    judged = [
        JudgedQuery("a", {"a": 3, "b": 2}),
        JudgedQuery("b", {"a": 3, "c": 1}),
        JudgedQuery("c", {"a": 3}),
    ]
    assert answerable(judged, ["b#x", "c/lattlast"]) == [JudgedQuery("a", {"b": 2})]


def test_the_best_order_scores_one():
    assert ndcg10(["a", "b", "c"], {"a": 3, "b": 2, "c": 1}) == 1.0


def test_a_later_page_is_worth_less():
    grades = {"a": 3}
    assert ndcg10(["x", "a"], grades) == pytest.approx(1 / math.log2(3))
    assert ndcg10(["x"] + ["y"] * 3 + ["a"], grades) == pytest.approx(1 / math.log2(4))


def test_the_gain_grows_with_the_grade():
    assert ndcg10(["b", "a"], {"a": 3, "b": 1}) == pytest.approx(
        (1 + 7 / math.log2(3)) / (7 + 1 / math.log2(3))
    )


def test_only_the_first_ten_pages_count():
    assert ndcg10([f"x{number}" for number in range(10)] + ["a"], {"a": 3}) == 0.0
    grades = {f"p{number}": 3 for number in range(15)}
    assert ndcg10(list(grades), grades) == 1.0


def test_a_query_no_page_answers_scores_nothing():
    assert ndcg10(["a"], {"a": 0}) == 0.0


def test_the_reciprocal_rank_is_that_of_the_first_page_that_answers():
    assert reciprocal_rank(["x", "x#1", "a", "b"], {"a": 1, "b": 3}) == 0.5
    assert reciprocal_rank(["x"], {"a": 3}) == 0.0


def test_the_figures_are_means_over_the_queries():
    judged = [JudgedQuery("found", {"a": 3}), JudgedQuery("lost", {"b": 3})]
    result = evaluate(judged, lambda query: ["a"] if query == "found" else [])
    assert (result.ndcg10, result.mrr, result.zero_hit_rate, result.queries) == (0.5, 0.5, 0.5, 2)


def test_no_queries_give_no_figures():
    assert evaluate([], lambda query: []).queries == 0


def test_a_judged_file_is_read(tmp_path):
    path = _file(tmp_path, HEADER + "hot\ta/b:3 utbildning/grund/x:2 utbildning/grund:1\n\n")
    assert load_judged(path) == [JudgedQuery("hot", {"a/b": 3, "utbildning/grund": 2})]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "rad 1: rubrikraden"),
        ("fråga\tsvar\n", "rad 1: rubrikraden"),
        (HEADER + "hot a:3\n", "rad 2: .*tabb"),
        (HEADER + "\ta:3\n", "rad 2: .*tabb"),
        (HEADER + "hot\ta:3\nvåld\tb\n", "rad 3: ”b” ska vara sida:betyg"),
        (HEADER + "hot\ta:4\n", "rad 2: ”a:4”"),
        (HEADER + "hot\ta:-1\n", "rad 2: ”a:-1”"),
        (HEADER + "hot\t:3\n", "rad 2: ”:3”"),
    ],
)
def test_a_faulty_file_is_refused_with_file_line_and_fault(tmp_path, content, fault):
    with pytest.raises(JudgmentError, match=rf"queries\.tsv, {fault}"):
        load_judged(_file(tmp_path, content))


_GRADES = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3))


@given(st.permutations("abcdefgh"), _GRADES)
def test_a_score_is_between_nothing_and_one(paths, grades):
    assert 0.0 <= ndcg10(paths, grades) <= 1.0 + 1e-12


@given(_GRADES.filter(lambda grades: any(grades.values())))
def test_sorting_by_grade_is_always_perfect(grades):
    best = sorted(grades, key=lambda page: -grades[page])
    assert ndcg10(best, grades) == pytest.approx(1.0)


def test_the_portals_own_judged_searches_can_be_measured():
    judged = load_judged(OWN_JUDGED)
    assert len({query.query for query in judged}) == len(judged) >= 160
    assert {max(query.grades.values()) for query in judged} == {3}
    assert evaluate(judged, lambda query: []).zero_hit_rate == 1.0
