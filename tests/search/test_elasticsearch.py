"""The engine by itself, on a real server."""

import secrets

import pytest
from elasticsearch import Elasticsearch

from search.engines.elasticsearch import ElasticsearchEngine, WriteRefused, create
from tests.search.engine_contract import EngineContract

pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture
def client(elasticsearch):
    with Elasticsearch(elasticsearch, max_retries=0) as client:
        yield client


@pytest.fixture
def index(client):
    name = f"test_{secrets.token_hex(6)}"
    create(client, name)
    yield name
    client.indices.delete(index=name, ignore_unavailable=True)


class Kept:
    """An index for one test after another, since it takes half a second to make.

    What was deleted counts in the ranking until it is merged away, so one that was written to is
    made anew.
    """

    def __init__(self, client, lexicon):
        self.client, self.lexicon, self.name = client, lexicon, ""

    def engine(self):
        return ElasticsearchEngine(self.client, self.name, self.lexicon)

    def documents(self):
        if not self.name:
            return None
        self.client.indices.refresh(index=self.name)
        found = self.client.indices.stats(index=self.name, metric="docs")["_all"]["primaries"]
        return found["docs"]["count"], found["docs"]["deleted"]

    def emptied(self):
        if self.documents() != (0, 0):
            self.remove()
            self.name = f"test_{secrets.token_hex(6)}"
            create(self.client, self.name)
        return self.engine()

    def filled(self, passages):
        if self.documents() != (len(passages), 0) or self.engine().drift(passages):
            self.emptied().index(passages)
        return self.engine()

    def remove(self):
        if self.name:
            self.client.indices.delete(index=self.name)


class TestElasticsearchEngine(EngineContract):
    @pytest.fixture(scope="class")
    def kept(self, elasticsearch, lexicon):
        with Elasticsearch(elasticsearch, max_retries=0) as client:
            kept = Kept(client, lexicon)
            yield kept
            kept.remove()

    @pytest.fixture
    def engine(self, kept):
        return kept.emptied()

    @pytest.fixture
    def filled(self, kept, passages):
        return kept.filled(passages)


class TestVersions:
    @pytest.fixture
    def at(self, client, index, lexicon):
        return lambda version: ElasticsearchEngine(client, index, lexicon, version=version)

    @pytest.fixture
    def found(self, at, planner):
        return lambda: [hit.passage_id for hit in at(1).search(planner.plan("könsstympning"))]

    def test_what_is_sent_late_does_not_bring_back_what_was_removed(self, at, found, passages):
        at(1).index(passages)
        at(3).delete([4])
        at(2).index(passages)
        assert found() == []

    def test_nor_when_the_removal_came_before_anything_else(self, at, found, passages):
        at(3).delete([4])
        at(2).index(passages)
        assert found() == []

    def test_nor_does_it_overwrite_what_is_newer_or_remove_it(self, at, found, passages):
        at(3).index(passages)
        at(2).delete([4])
        assert found() == [4]

    def test_the_same_message_twice_does_no_harm(self, at, found, passages):
        at(1).index(passages)
        at(1).index(passages)
        assert found() == [4]


def test_a_passage_for_an_index_that_is_gone_makes_no_new_one(client, index, lexicon, passages):
    client.cluster.put_settings(persistent={"action.auto_create_index": "true"})
    client.indices.delete(index=index)

    with pytest.raises(WriteRefused) as refusal:
        ElasticsearchEngine(client, index, lexicon).index(passages)

    assert refusal.value.is_without_index
    assert not client.indices.exists(index=f"{index}*", allow_no_indices=False)
    client.cluster.put_settings(persistent={"action.auto_create_index": "false"})
