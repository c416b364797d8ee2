"""What every engine must do. A test class of each engine takes these over by inheriting."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.aggregate import aggregate
from search.plan import Alternative, Group, QueryPlan
from search.records import Passage

HOSTILE = [
    'NEAR("våld" "hot", 5)',
    "NEAR(",
    '"',
    '""""',
    "våld*",
    "t:våld",
    "-våld",
    "^våld",
    "våld AND",
    "OR OR OR",
    "NOT våld",
    "{t h}: våld",
    "våld'; DROP TABLE search_fts; --",
    "' OR 1=1 --",
    "våld & !hot | (barn <-> far)",
    "%s %(x)s ? :name",
    "\\",
    "våld\\'",
    "{}[]()<>~@#$",
]

# The examples only read, or write the same row again, so they may share an engine.
ONE_ENGINE_FOR_ALL_EXAMPLES = [
    HealthCheck.function_scoped_fixture,
    HealthCheck.differing_executors,
]


class EngineContract:
    """Inherit and give a fixture `engine`: empty, and with the lexicon of the library."""

    @pytest.fixture
    def filled(self, engine, passages):
        engine.index(passages)
        return engine

    @pytest.fixture
    def paths(self, filled, planner, passages):
        library = {passage.id: passage for passage in passages}

        def search(query: str, **options) -> list[str]:
            hits = filled.search(planner.plan(query), **options)
            return [page.path for page in aggregate(hits, library)]

        return search

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("orosanmälningar", "vagledning/orosanmalan"),
            ("orosanmalan", "vagledning/orosanmalan"),
            ("omskärelse", "valdstyper/konsstympning"),
            ("könstympning", "valdstyper/konsstympning"),
            ("konsstympning", "valdstyper/konsstympning"),
            ("dagis anmäla", "vagledning/orosanmalan/i-forskolan"),
            ("mål 3", "mal/mal-3"),
            ("mål 5", "mal/mal-5"),
            ("VNR", "valdstyper/vald-i-nara-relationer"),
            ("vald i nara relationer", "valdstyper/vald-i-nara-relationer"),
            ("trafficking", "valdstyper/manniskohandel"),
            ("sugardejting", "valdstyper/prostitution-sex-mot-ersattning"),
            ("vårdnadstvist", "vagledning/vardnad"),
        ],
    )
    def test_the_right_page_comes_first(self, paths, query, first):
        assert paths(query)[0] == first

    def test_scores_fall_from_the_first_hit(self, filled, planner):
        hits = filled.search(planner.plan("våld mot barn"))
        scores = [hit.score for hit in hits]
        assert len(scores) > 2
        assert scores == sorted(scores, reverse=True)

    def test_nothing_is_found_that_is_not_there(self, paths):
        assert paths("husdjur") == []

    def test_å_ä_ö_are_letters_of_their_own_in_the_index(self, filled):
        only_folded = QueryPlan("vald", (Group((Alternative(("valld",), 1.0),)),))
        assert filled.search(only_folded) == []

    def test_a_title_counts_for_more_than_a_body(self, engine, planner):
        in_body = Passage(1, "a", "x", "Annat", "Rubrik", "", "Könsstympning står i texten.")
        in_title = Passage(2, "b", "x", "Könsstympning", "Rubrik", "", "Annat står i texten.")
        engine.index([in_body, in_title])
        hits = engine.search(planner.plan("könsstympning"))
        assert [hit.passage_id for hit in hits] == [2, 1]

    def test_keywords_are_found(self, engine, planner):
        engine.index([Passage(1, "a", "x", "Titel", "", "", "Text", keywords="könsstympning")])
        assert [hit.passage_id for hit in engine.search(planner.plan("könsstympning"))] == [1]

    def test_a_phrase_must_stand_together(self, engine):
        engine.index(
            [
                Passage(1, "a", "x", "", "", "", "sex mot ersättning"),
                Passage(2, "b", "x", "", "", "", "ersättning mot sex"),
            ]
        )
        phrase = Alternative(("sex", "mot", "ersät"), 1.0)
        hits = engine.search(QueryPlan("", (Group((phrase,)),)))
        assert [hit.passage_id for hit in hits] == [1]

    def test_many_synonyms_of_one_word_do_not_drown_the_rest_of_the_query(self, engine):
        engine.index(
            [
                Passage(1, "a", "x", "", "", "", "skydd fristad asyl tak härbärge natt vila ro"),
                Passage(2, "b", "x", "", "", "", "skydd natt vila ro barn tak hav land"),
            ]
        )
        synonyms = ("skydd", "fristad", "asyl", "härbärge")
        shelter = Group(tuple(Alternative((word,), 1.0) for word in synonyms))
        child = Group((Alternative(("barn",), 1.0),))
        hits = engine.search(QueryPlan("", (shelter, child)))
        assert [hit.passage_id for hit in hits] == [2, 1]

    def test_a_surer_alternative_counts_for_more(self, engine):
        engine.index(
            [
                Passage(1, "a", "x", "", "", "", "hot"),
                Passage(2, "b", "x", "", "", "", "oro"),
            ]
        )
        surer = Group((Alternative(("oro",), 1.0), Alternative(("hot",), 0.35)))
        hits = engine.search(QueryPlan("", (surer,)))
        assert [hit.passage_id for hit in hits] == [2, 1]

    def test_the_limit_is_kept_and_the_best_stay(self, filled, planner):
        plan = planner.plan("våld barn anmälan")
        assert filled.search(plan, 2) == filled.search(plan)[:2]

    def test_only_allowed_passages_are_found(self, filled, planner, paths):
        everything = {hit.passage_id for hit in filled.search(planner.plan("orosanmälan"))}
        assert everything > {1, 3}
        allowed = filled.search(planner.plan("orosanmälan"), allowed={1, 3, 999})
        assert {hit.passage_id for hit in allowed} == {1, 3}
        assert filled.search(planner.plan("orosanmälan"), allowed=set()) == []

    def test_an_empty_plan_finds_nothing(self, paths):
        assert paths("och i att") == []

    def test_indexing_again_replaces(self, filled, planner, passages):
        changed = replace(passages[3], title="Annat", heading="", text="Annat.")
        filled.index([changed])
        assert filled.search(planner.plan("könsstympning")) == []
        filled.index([passages[3], passages[3]][:1])
        assert [hit.passage_id for hit in filled.search(planner.plan("könsstympning"))] == [4]

    def test_deleted_passages_are_gone_and_a_second_time_is_no_fault(self, filled, planner):
        filled.delete([4])
        filled.delete(iter([4, 12345]))
        filled.delete([])
        assert filled.search(planner.plan("könsstympning")) == []
        assert filled.search(planner.plan("våld")) != []

    def test_clearing_takes_everything_out(self, filled, planner):
        filled.clear()
        assert filled.search(planner.plan("våld")) == []
        filled.index([])
        assert filled.search(planner.plan("våld")) == []

    def test_what_was_just_indexed_has_not_drifted(self, filled, passages):
        assert filled.drift(passages) == set()

    def test_drift_names_what_is_missing_left_over_or_changed(self, filled, passages):
        filled.delete([2])
        changed = replace(passages[4], text="Något helt annat.")
        now = [passage for passage in passages if passage.id not in {3, 5}]
        assert filled.drift([*now, changed]) == {2, 3, 5}

    @pytest.mark.parametrize("query", HOSTILE)
    def test_the_signs_of_a_query_language_are_only_signs(self, filled, planner, query):
        plain = "".join(char if char.isalnum() else " " for char in query)
        assert filled.search(planner.plan(query)) == filled.search(planner.plan(plain))

    @pytest.mark.parametrize("query", HOSTILE)
    def test_a_plan_made_of_such_signs_finds_nothing_and_breaks_nothing(self, filled, query):
        plan = QueryPlan(query, (Group((Alternative((f"x{query}x",), 1.0),)),))
        assert filled.search(plan) == []

    def test_three_hundred_alternatives_are_no_fault(self, filled):
        alternatives = tuple(Alternative((f"ord{number}",), 1.0) for number in range(300))
        plan = QueryPlan("", (Group((*alternatives, Alternative(("våld",), 1.0))),))
        assert filled.search(plan) != []

    @given(query=st.text(max_size=60))
    @settings(max_examples=60, deadline=None, suppress_health_check=ONE_ENGINE_FOR_ALL_EXAMPLES)
    def test_no_query_breaks_the_engine(self, filled, planner, query):
        assert len(filled.search(planner.plan(query), 5)) <= 5

    @given(text=st.text(max_size=80))
    @settings(max_examples=40, deadline=None, suppress_health_check=ONE_ENGINE_FOR_ALL_EXAMPLES)
    def test_no_text_breaks_the_index(self, filled, planner, text):
        filled.index([Passage(77, "a", "x", text, text, "", f"{text} könsstympning", text)])
        found = {hit.passage_id for hit in filled.search(planner.plan("könsstympning"))}
        assert 77 in found
