import psycopg
import pytest

from search.analysis import AnalysedPassage
from search.engines.postgres import (
    CREATE_INDEX,
    CREATE_TABLE,
    DROP_TABLE,
    PostgresEngine,
    phrase,
    vector,
)
from tests.search.engine_contract import EngineContract
from tests.services import postgres


@pytest.fixture(scope="module")
def server():
    with postgres.server() as url:
        yield url


@pytest.mark.slow
class TestPostgresEngine(EngineContract):
    @pytest.fixture
    def connection(self, server):
        with psycopg.connect(server, dbname="postgres") as connection:
            for statement in (DROP_TABLE, CREATE_TABLE, CREATE_INDEX):
                connection.execute(statement)
            yield connection
            connection.rollback()

    @pytest.fixture
    def engine(self, connection, lexicon):
        return PostgresEngine(connection.cursor, lexicon)


def test_a_vector_holds_every_word_with_its_label_and_place():
    passage = AnalysedPassage(t="oro", h="anmäl oro", b="barn", tp="", hp="", bp="sol sol")
    assert vector(passage) == "'oro':1A,4B 'anmäl':3B 'barn':6C 'sol':10D,12D"


def test_a_word_that_comes_again_and_again_stays_within_what_postgresql_takes():
    passage = AnalysedPassage(t="", h="", b="våld " * 20_000, tp="", hp="", bp="slut")
    assert len(vector(passage).split(",")) == 255
    assert vector(passage).endswith("'slut':16383D")


def test_quotes_and_backslashes_are_escaped():
    assert phrase(("a'b", "c\\d")) == "'a''b' <-> 'c\\\\d'"
