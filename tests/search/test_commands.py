"""The commands that an administrator runs."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from search.engines import fts5, postgres
from search.models import SearchPassage, SearchState
from tests.search.publishing import heading, page, text

pytestmark = pytest.mark.django_db


def run(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue().strip()


@pytest.fixture
def pages():
    page("Skoter", text("Om skotrar."), heading("Bensin"), text("Fyll på."))
    page("Släde", text("Om slädar."), slug="slade")


def clear_engine():
    table = postgres.TABLE if connection.vendor == "postgresql" else fts5.TABLE
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608


@pytest.mark.usefixtures("pages")
class TestRebuild:
    def test_it_says_how_much_there_is(self):
        assert run("rebuild_search") == "2 sidor och 3 stycken i sökindexet, 0 ändrade."
        assert SearchState.objects.get().built_at is not None

    def test_it_makes_an_emptied_index_whole(self):
        SearchPassage.objects.all().delete()
        clear_engine()
        assert run("rebuild_search").endswith("3 ändrade.")
        assert run("check_search") == "Sökindexet stämmer med sidorna."

    def test_it_can_be_quiet(self):
        assert run("rebuild_search", verbosity=0) == ""

    def test_an_empty_portal_is_no_fault(self):
        SearchPassage.objects.first().page.get_parent().get_children().delete()
        assert run("rebuild_search") == "0 sidor och 0 stycken i sökindexet, 0 ändrade."


@pytest.mark.usefixtures("pages")
class TestCheck:
    def drift(self):
        with pytest.raises(CommandError) as failure:
            run("check_search")
        assert failure.value.returncode == 1
        return str(failure.value).splitlines()

    def test_an_index_that_is_right(self):
        assert run("check_search") == "Sökindexet stämmer med sidorna."
        assert run("check_search", verbosity=0) == ""

    def test_a_passage_that_is_missing(self):
        SearchPassage.objects.filter(anchor="bensin").delete()
        lines = self.drift()
        assert "Saknas i indexet: /skoter/#bensin" in lines
        assert lines[-1] == "2 fel. Kör manage.py rebuild_search."

    def test_a_passage_that_is_left_over(self):
        passage = SearchPassage.objects.get(path="slade")
        type(passage.page).objects.filter(pk=passage.page_id).update(live=False)
        assert self.drift() == [
            "Ska inte finnas i indexet: /slade/",
            "1 fel. Kör manage.py rebuild_search.",
        ]

    def test_a_passage_that_says_something_else(self):
        SearchPassage.objects.filter(path="slade").update(text="Om kälkar.")
        lines = self.drift()
        assert lines[0] == "Har ändrats: /slade/"
        assert lines[1] == "Fel i sökmotorns tabell: /slade/"

    def test_an_engine_that_lost_its_rows(self):
        clear_engine()
        assert len(self.drift()) == 4

    def test_a_row_of_the_engine_that_belongs_to_nothing(self):
        SearchPassage.objects.filter(path="slade").delete()
        assert any("utan stycke" in line for line in self.drift())

    def test_what_it_finds_a_rebuild_mends(self):
        SearchPassage.objects.filter(path="slade").update(text="Om kälkar.")
        clear_engine()
        self.drift()
        run("rebuild_search")
        assert run("check_search") == "Sökindexet stämmer med sidorna."


class TestEvaluate:
    @pytest.fixture
    def judged(self, tmp_path):
        path = tmp_path / "judged.tsv"
        path.write_text(
            "query\tjudgments\nskoter\tskoter:3\nsläde\tskoter:1\nxylofon\tskoter:3\n", "utf-8"
        )
        return path

    @pytest.mark.usefixtures("pages")
    @pytest.mark.parametrize("options", [{}, {"engine": "embedded"}])
    def test_it_prints_one_json_object(self, judged, options):
        figures = json.loads(run("evaluate_search", str(judged), **options))
        assert set(figures) == {"ndcg10", "mrr", "zero_hit_rate", "queries", "engine"}
        assert figures["queries"] == 3
        assert figures["engine"] == "embedded"
        assert figures["ndcg10"] == pytest.approx(1 / 3)
        assert figures["mrr"] == pytest.approx(1 / 3)
        assert figures["zero_hit_rate"] == pytest.approx(1 / 3)

    def test_an_engine_that_is_not_there_is_said_so(self, judged):
        with pytest.raises(CommandError, match="Elasticsearch svarar inte"):
            run("evaluate_search", str(judged), engine="elasticsearch")

    def test_a_file_that_cannot_be_read_is_said_so(self, tmp_path):
        with pytest.raises(CommandError, match="går inte att läsa"):
            run("evaluate_search", str(tmp_path / "saknas.tsv"))
        wrong = tmp_path / "fel.tsv"
        wrong.write_text("query\tjudgments\nskoter utan tabb\n", "utf-8")
        with pytest.raises(CommandError, match="rad 2"):
            run("evaluate_search", str(wrong))
