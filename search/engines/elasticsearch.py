"""Search in an Elasticsearch, which holds a copy of the passages.

The analysis is done before the text gets here, so only the core of the server is used: the
whitespace analyzer, combined_fields, phrases, aliases and versions from outside.

Every write carries a version, and the server refuses one that is older than what it has. So what
is sent late, by a process that was paused or a network that was slow, cannot bring back what has
been removed or overwrite what is newer.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from search.analysis import analyse_passage
from search.compounds import Lexicon
from search.engines import SEARCH_LIMIT, TIE_BREAKER
from search.plan import Alternative, Group, QueryPlan
from search.records import Hit, Passage

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

FORM: Final = 2
"""Rises when an index that an older version of the portal made can no longer be used."""

# Title, heading, body, then the compound parts of each, in the proportions of FTS5. combined_fields
# takes no weight below 1, so all are times 2.5, and so is k1 of BM25: what a word counts for when
# it comes again is then the same as with the weights themselves. b is lower than FTS5's, which
# cannot be changed: a passage's length says little of how much it is about a word.
_WEIGHTS: Final = ("t^7.5", "h^5", "b^2", "tp^3.75", "hp^2.5", "bp^1")
_PHRASE_WEIGHTS: Final = ("t^3", "h^2", "b^0.8")
_COLUMNS: Final = ("t", "h", "b", "tp", "hp", "bp")

SETTINGS: Final[Mapping[str, Any]] = {
    "number_of_shards": 1,
    "similarity": {"default": {"type": "BM25", "k1": 3.0, "b": 0.4}},
    # A second node gets a copy; one alone is not told that it lacks one.
    "auto_expand_replicas": "0-1",
    # Said outright, so that the first search after a quiet while does not wait for a refresh.
    "refresh_interval": "1s",
    # How long the version of what was removed is remembered: longer than any message is late.
    "gc_deletes": "1h",
}
MAPPINGS: Final[Mapping[str, Any]] = {
    "dynamic": "strict",
    "properties": {
        "id": {"type": "long"},
        **{name: {"type": "text", "analyzer": "whitespace"} for name in _COLUMNS},
    },
}

_BATCH: Final = 500
_NEWER_IS_THERE: Final = "version_conflict_engine_exception"
_NO_INDEX: Final = "index_not_found_exception"
_WRITTEN: Final = "_write"


class WriteRefused(Exception):
    """The server did not take a passage. `kind` is the server's own name for why."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind

    @property
    def is_without_index(self) -> bool:
        """Whether the index is no longer there."""
        return self.kind == _NO_INDEX


class IncompleteAnswer(Exception):
    """The server answered before it had looked everywhere."""


def create(client: "Elasticsearch", index: str) -> None:
    """Make an empty index. It is written by another name, since a missing name makes no index."""
    client.indices.create(
        index=index,
        settings=SETTINGS,
        mappings=MAPPINGS,
        aliases={written_as(index): {}},
    )


def written_as(index: str) -> str:
    """Return the name that an index is written by."""
    return f"{index}{_WRITTEN}"


def is_searched(aliases: Iterable[str]) -> bool:
    """Return whether an index with these aliases has another than the one it is written by."""
    return any(not alias.endswith(_WRITTEN) for alias in aliases)


class ElasticsearchEngine:
    """The engine of an installation with a server of its own for search.

    `index` is the index or the alias to search in; to be written it must be an index that `create`
    has made. `version` is what `index` and `delete` write with.
    """

    name = "elasticsearch"

    def __init__(
        self, client: "Elasticsearch", index: str, lexicon: Lexicon, *, version: int = 1
    ) -> None:
        self._client = client
        self._index = index
        self._lexicon = lexicon
        self._version = version

    def index(self, passages: Iterable[Passage]) -> None:
        """Store the passages, in place of any with the same ids."""
        for some in batched(passages, _BATCH):
            self.write(dict.fromkeys((passage.id for passage in some), self._version), some)

    def delete(self, ids: Iterable[int]) -> None:
        """Take passages out; ids that are not there are no fault."""
        for some in batched(ids, _BATCH):
            self.write(dict.fromkeys(some, self._version), ())

    def clear(self) -> None:
        """Take everything out."""
        self.delete([found["id"] for found in self._stored("id")])

    def write(self, versions: Mapping[int, int], passages: Iterable[Passage]) -> None:
        """Make the server hold these ids as the passages say; one without a passage is taken out.

        Raises WriteRefused for anything but that the server already has what is newer.
        """
        columns = {passage.id: self._columns(passage) for passage in passages}
        operations: list[Mapping[str, Any]] = []
        for passage_id, version in versions.items():
            about = {"_id": str(passage_id), "version": version, "version_type": "external_gte"}
            if passage_id in columns:
                operations += [{"index": about}, {"id": passage_id, **columns[passage_id]}]
            else:
                operations.append({"delete": about})
        if not operations:
            return
        answer = self._client.bulk(
            index=written_as(self._index),
            operations=operations,
            require_alias=True,
            refresh=True,
            filter_path="items.*.error.type",
        )
        for item in answer.get("items", []):
            for result in item.values():
                if result["error"]["type"] != _NEWER_IS_THERE:
                    raise WriteRefused(result["error"]["type"])

    def search(
        self,
        plan: QueryPlan,
        limit: int = SEARCH_LIMIT,
        *,
        allowed: Collection[int] | None = None,
    ) -> list[Hit]:
        """Rank the passages for a plan, only those in `allowed` when it is given."""
        if plan.is_empty:
            return []
        answer = self._client.search(
            index=self._index,
            query=query_of(plan, allowed),
            size=limit,
            sort=[{"_score": "desc"}, {"id": "asc"}],
            source=False,
            track_total_hits=False,
            allow_partial_search_results=False,
            filter_path="timed_out,hits.hits._id,hits.hits._score",
        )
        if answer["timed_out"]:
            raise IncompleteAnswer
        found = answer.get("hits", {}).get("hits", [])
        return [Hit(int(hit["_id"]), float(hit["_score"])) for hit in found]

    def drift(self, passages: Iterable[Passage]) -> set[int]:
        """Give the ids that are not stored as these passages would be, or belong to none."""
        should_be = {
            passage.id: {"id": passage.id, **self._columns(passage)} for passage in passages
        }
        stored = {found["id"]: found for found in self._stored("*")}
        ids = should_be.keys() | stored.keys()
        return {found for found in ids if should_be.get(found) != stored.get(found)}

    def count(self) -> int:
        """Count what is stored, up to this moment."""
        self._client.indices.refresh(index=self._index)
        return int(self._client.count(index=self._index)["count"])

    def _stored(self, columns: str) -> Iterator[dict[str, Any]]:
        self._client.indices.refresh(index=self._index)
        after: list[int] = [-1]
        while True:
            answer = self._client.search(
                index=self._index,
                query={"match_all": {}},
                size=_BATCH,
                sort=[{"id": "asc"}],
                search_after=after,
                source_includes=columns,
                allow_partial_search_results=False,
            )
            hits = answer["hits"]["hits"]
            if not hits:
                return
            yield from (hit["_source"] for hit in hits)
            after = hits[-1]["sort"]

    def _columns(self, passage: Passage) -> dict[str, str]:
        return asdict(
            analyse_passage(
                passage.title,
                passage.heading,
                passage.text,
                passage.keywords,
                lexicon=self._lexicon,
            )
        )


def query_of(plan: QueryPlan, allowed: Collection[int] | None = None) -> dict[str, Any]:
    """Write a plan in Elasticsearch's language."""
    query: dict[str, Any] = {
        "should": [_group(group) for group in plan.groups],
        "minimum_should_match": 1,
    }
    if allowed is not None:
        query["filter"] = {"terms": {"id": sorted(allowed)}}
    return {"bool": query}


def _group(group: Group) -> dict[str, Any]:
    """Write the alternatives of a word: the best counts in full, the others a little."""
    return {
        "dis_max": {
            "tie_breaker": TIE_BREAKER,
            "queries": [_alternative(found) for found in group.alternatives],
        }
    }


def _alternative(alternative: Alternative) -> dict[str, Any]:
    words = " ".join(alternative.terms)
    if len(alternative.terms) > 1:
        return {
            "multi_match": {
                "query": words,
                "type": "phrase",
                "fields": _PHRASE_WEIGHTS,
                "boost": alternative.weight,
            }
        }
    return {
        "combined_fields": {
            "query": words,
            "fields": _WEIGHTS,
            "operator": "and",
            "boost": alternative.weight,
        }
    }
