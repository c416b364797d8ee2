"""Words in, pages out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from content.models import SectionPage, ViolenceTypePage
from search import catalogue, service
from search.catalogue import Suggestion, Suggestions
from search.engines.fts5 import Fts5Engine
from search.engines.postgres import PostgresEngine
from search.models import SearchPassage, Synonym
from tests.search.publishing import heading, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def few_pages():
    """A handful of pages that say "skoter" in different places."""
    page(
        "En skoter",
        text("Ta på hjälmen."),
        heading("Innan du kör"),
        text("Kontrollera att skotern har bensin och att isen håller."),
        slug="skoter",
        keywords="snowmobile\nsläde",
    )
    page("Skoter i förskolan", text("Barn åker aldrig ensamma."), slug="i-forskolan",
         operations=["forskola"])  # fmt: skip
    page("Skoter i skolan", text("Skolan har egna regler."), slug="i-skolan", operations=["skola"])
    page("Fjällsäkerhet", text("En skoter väger mycket."), slug="fjall", model=ViolenceTypePage)


def found(query, **options):
    return [result.path for result in service.search(query, **options).results]


@pytest.mark.usefixtures("few_pages")
class TestSearch:
    def test_a_page_comes_once_by_its_best_passage(self):
        answer = service.search("bensin skoter")
        assert answer.results[0].path == "skoter"
        assert answer.results[0].url == "/skoter/#innan-du-kor"
        assert answer.results[0].heading == "Innan du kör"
        assert "har <mark>bensin</mark>" in answer.results[0].snippet
        assert len({result.path for result in answer.results}) == len(answer.results)

    def test_a_page_that_is_called_what_was_asked_for_comes_first_and_from_its_beginning(self):
        [first, *_] = service.search("skoter").results
        assert (first.path, first.url) == ("skoter", "/skoter/")
        assert first.title_html == "En <mark>skoter</mark>"

    def test_of_two_pages_with_such_a_title_the_upper_is_meant(self):
        upper = SearchPassage.objects.get(path="skoter", order=0).page
        below = "Skoter, skoter och skoter"
        page(below, text("En skoter. " * 5), parent=upper, slug="mer", keywords="skoter")
        assert found("skoter")[0] == "skoter"

    def test_the_words_of_a_title_are_enough_without_diacritics(self):
        assert found("fjallsakerhet") == ["fjall"]

    def test_search_words_that_the_text_lacks_lead_to_the_page(self):
        assert found("snowmobile") == ["skoter"]

    def test_a_misspelt_word_is_searched_for_as_it_should_be_and_said(self):
        answer = service.search("fjälsäkerhet")
        assert answer.corrected == "fjällsäkerhet"
        assert answer.query == "fjälsäkerhet"
        assert [result.path for result in answer.results] == ["fjall"]

    def test_a_correction_that_finds_nothing_is_not_mentioned(self):
        Synonym.objects.create(text="nekar, tackar nej")
        assert catalogue.current().planner.plan("nekra").corrected == "nekar"
        assert service.search("nekra").corrected is None

    def test_counts_are_of_all_kinds_while_results_are_of_one(self):
        answer = service.search("skoter", kind="valdstyp")
        assert [result.path for result in answer.results] == ["fjall"]
        assert answer.total == 1
        assert answer.counts == {"vagledning": 3, "valdstyp": 1}

    def test_an_operation_leaves_out_what_only_concerns_others(self):
        assert set(found("skoter", operation="forskola")) == {"skoter", "i-forskolan", "fjall"}
        answer = service.search("skoter", operation="skola")
        assert answer.total == 3
        assert answer.counts == {"vagledning": 2, "valdstyp": 1}

    def test_limit_and_offset_cut_the_same_list(self):
        everything = found("skoter")
        assert len(everything) == 4
        parts = [found("skoter", limit=2, offset=offset) for offset in (0, 2, 4)]
        assert parts == [everything[:2], everything[2:], []]
        assert service.search("skoter", limit=1, offset=3).total == 4

    def test_scores_fall(self):
        scores = [result.score for result in service.search("skoter kör").results]
        assert scores == sorted(scores, reverse=True)
        assert scores[-1] > 0

    @pytest.mark.parametrize("query", ["", "   ", "och i att", "\x00", "🙂", '"', "NEAR(", "-*:^"])
    def test_what_holds_no_words_finds_nothing_and_breaks_nothing(self, query):
        answer = service.search(query)
        assert (answer.results, answer.total, answer.corrected) == ((), 0, None)
        assert answer.counts == {}

    def test_a_long_query_is_cut(self):
        answer = service.search("skoter " * 100)
        assert len(answer.query) <= 200
        assert answer.total == 4

    def test_a_search_asks_three_questions_of_the_database(self):
        service.search("skoter")
        with CaptureQueriesContext(connection) as queries:
            service.search("bensin skoter hjälm barn", kind="vagledning", operation="skola")
        assert len(queries) == 3

    def test_a_page_closed_behind_the_indexs_back_is_not_shown(self):
        SearchPassage.objects.get(path="fjall").page.__class__.objects.filter(slug="fjall").update(
            live=False
        )
        assert "fjall" not in found("skoter")

    def test_an_index_that_changes_in_mid_search_is_searched_again(self, monkeypatch):
        engine = PostgresEngine if connection.vendor == "postgresql" else Fts5Engine
        real = engine.search
        calls = []

        def changed_meanwhile(self, *args, **kwargs):
            if not calls:
                page("Ny skoter", text("En skoter till."), slug="ny")
            calls.append(1)
            return real(self, *args, **kwargs)

        service.search("skoter")
        monkeypatch.setattr(engine, "search", changed_meanwhile)
        assert "ny" in found("skoter")
        assert len(calls) == 2


def test_markup_in_a_text_stays_text():
    page('Skoter <script>alert("1")</script>', text("Skoter &lt;img onerror=x&gt; i &amp; ur."))
    [result] = service.search("skoter").results
    assert result.title_html == (
        "<mark>Skoter</mark> &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;"
    )
    assert "<mark>Skoter</mark> &lt;img onerror=x&gt; i &amp; ur." in result.snippet
    assert "<" not in result.snippet.replace("<mark>", "").replace("</mark>", "")


class TestSuggest:
    @pytest.mark.usefixtures("few_pages")
    def test_titles_come_before_headings_and_headings_before_search_words(self):
        page("Is och snö", heading("Skotern på isen"), text("Is."), keywords="skoterförbud")
        texts = [suggestion.text for suggestion in service.suggest("skot")]
        assert texts == [
            "Skoter i förskolan",
            "Skoter i skolan",
            "En skoter",
            "Skotern på isen",
            "skoterförbud",
        ]

    @pytest.mark.usefixtures("few_pages")
    def test_a_heading_leads_to_its_section_and_a_search_word_to_its_page(self):
        assert service.suggest("innan") == [Suggestion("Innan du kör", "/skoter/#innan-du-kor")]
        assert service.suggest("snow") == [Suggestion("snowmobile", "/skoter/")]

    @pytest.mark.usefixtures("few_pages")
    @pytest.mark.parametrize("query", ["en s", "innan KOR", "kör innan", "innan, du kö"])
    def test_every_word_must_begin_a_word_whatever_the_case_order_or_diacritics(self, query):
        assert service.suggest(query)[0].url.startswith("/skoter/")

    @pytest.mark.usefixtures("few_pages")
    @pytest.mark.parametrize("query", ["", " ", "koter", "skoter xyz", "%", "\x00", "🙂"])
    def test_what_begins_nothing_suggests_nothing(self, query):
        assert service.suggest(query) == []

    def test_no_more_than_eight_and_none_twice(self):
        entries = [Suggestion(f"Skoter {number}", f"/{number}/") for number in range(20)]
        suggestions = Suggestions([entries, [Suggestion("skoter 3", "/annan/")]])
        found = suggestions.of("sko")
        assert len(found) == 8
        assert suggestions.of("skoter 3") == [Suggestion("Skoter 3", "/3/")]

    def test_suggesting_asks_one_question_of_the_database(self, django_assert_num_queries):
        page("Skoter", text("Text."))
        service.suggest("sko")
        with django_assert_num_queries(1):
            service.suggest("sko")


class TestCatalogue:
    def test_it_is_kept_until_the_index_changes(self):
        page("Skoter", text("Text."))
        first = catalogue.current()
        assert catalogue.current() is first
        page("Släde", text("Text."))
        assert catalogue.current() is not first

    def test_every_page_has_a_top(self):
        section = page("Avdelning", heading("Rubrik"), text("Text."), model=SectionPage)
        known = catalogue.current()
        assert set(known.tops) == set(known.titles) == {section.slug}
        assert known.passages[known.tops[section.slug]].heading == ""
