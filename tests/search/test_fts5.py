import sqlite3

import pytest

from search.engines.fts5 import CREATE_TABLE, DROP_TABLE, Fts5Engine, match_expression
from tests.search.engine_contract import EngineContract


class TestFts5Engine(EngineContract):
    @pytest.fixture
    def database(self):
        database = sqlite3.connect(":memory:")
        database.execute(CREATE_TABLE)
        yield database
        database.close()

    @pytest.fixture
    def engine(self, database, lexicon):
        return Fts5Engine(database.cursor, lexicon)

    def test_the_write_belongs_to_the_callers_transaction(
        self, database, engine, planner, passages
    ):
        engine.index(passages)
        database.commit()
        engine.clear()
        database.rollback()
        assert engine.search(planner.plan("våld")) != []

    def test_the_table_can_be_made_and_dropped_again_and_again(self, database):
        database.execute(CREATE_TABLE)
        database.execute(DROP_TABLE)
        database.execute(DROP_TABLE)
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_a_phrase_is_quoted_and_its_quotes_are_doubled():
    assert match_expression(("sex", "mot")) == '"sex mot"'
    assert match_expression(('a"b', "NEAR(")) == '"a""b NEAR("'
