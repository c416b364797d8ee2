"""Search in PostgreSQL's own index: what answers in production when Elasticsearch cannot.

The analysis is done before the text gets here, so no text search configuration takes part: the
vectors and queries are written out as such.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from typing import Final

from search.analysis import AnalysedPassage, analyse_passage
from search.compounds import Lexicon
from search.engines import SEARCH_LIMIT, TIE_BREAKER, Cursor
from search.plan import QueryPlan, RootSequence
from search.records import Hit, Passage

TABLE: Final = "search_vector"
CREATE_TABLE: Final = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} (id bigint PRIMARY KEY, vector tsvector NOT NULL)"
)
CREATE_INDEX: Final = f"CREATE INDEX IF NOT EXISTS {TABLE}_vector ON {TABLE} USING gin (vector)"
DROP_TABLE: Final = f"DROP TABLE IF EXISTS {TABLE}"

# PostgreSQL has four labels for FTS5's six columns: A title, B heading, C body and the parts of the
# title, D the other parts. Same proportions, 2 : 1.5 : 1 : 0.5, listed from D to A.
_WEIGHTS: Final = "{0.25, 0.5, 0.75, 1.0}"
_DIVIDE_BY_LOG_OF_LENGTH: Final = 1

_SEARCH: Final = f"""
    WITH wanted AS MATERIALIZED (
        SELECT word, query::tsquery, value
        FROM unnest(%s::int[], %s::text[], %s::float8[]) AS wanted (word, query, value)
    ), found AS (
        SELECT wanted.word, passage.id, wanted.value * ts_rank(
            %s::float4[], passage.vector, wanted.query, {_DIVIDE_BY_LOG_OF_LENGTH}
        ) AS score
        FROM wanted JOIN {TABLE} AS passage ON passage.vector @@ wanted.query {{only}}
    ), answered AS (
        SELECT id, %s * max(score) + %s * sum(score) AS score FROM found GROUP BY word, id
    )
    SELECT id, sum(score) AS total FROM answered GROUP BY id ORDER BY total DESC, id LIMIT %s
"""  # noqa: S608

_MAX_POSITION: Final = 16_383
_MAX_PLACES: Final = 255


class PostgresEngine:
    """The database's own engine of an installation on PostgreSQL.

    `get_cursor` opens a cursor on the connection to use.
    """

    name = "embedded"

    def __init__(self, get_cursor: Callable[[], Cursor], lexicon: Lexicon) -> None:
        self._get_cursor = get_cursor
        self._lexicon = lexicon

    def index(self, passages: Iterable[Passage]) -> None:
        """Store the passages, in place of any with the same ids."""
        rows = self._rows(passages)
        with closing(self._get_cursor()) as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (id, vector) VALUES (%s, %s::tsvector)"  # noqa: S608
                " ON CONFLICT (id) DO UPDATE SET vector = EXCLUDED.vector",
                rows,
            )

    def delete(self, ids: Iterable[int]) -> None:
        """Take passages out; ids that are not there are no fault."""
        with closing(self._get_cursor()) as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608

    def clear(self) -> None:
        """Take everything out."""
        with closing(self._get_cursor()) as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608

    def search(
        self,
        plan: QueryPlan,
        limit: int = SEARCH_LIMIT,
        *,
        allowed: Collection[int] | None = None,
    ) -> list[Hit]:
        """Rank the passages for a plan, only those in `allowed` when it is given.

        ts_rank knows nothing of how rare a word is, so each alternative is ranked alone and
        counts by its rarity.
        """
        if plan.is_empty:
            return []
        alternatives = [
            (number, found)
            for number, group in enumerate(plan.groups)
            for found in group.alternatives
        ]
        params: list[object] = [
            [number for number, _ in alternatives],
            [phrase(found.terms) for _, found in alternatives],
            [found.weight * found.rarity for _, found in alternatives],
            _WEIGHTS,
        ]
        only = ""
        if allowed is not None:
            only = "WHERE passage.id = ANY(%s)"
            params.append(sorted(allowed))
        params += [1 - TIE_BREAKER, TIE_BREAKER, limit]
        with closing(self._get_cursor()) as cursor:
            cursor.execute(_SEARCH.format(only=only), params)
            return [Hit(passage_id, score) for passage_id, score in cursor.fetchall()]

    def drift(self, passages: Iterable[Passage]) -> set[int]:
        """Give the ids that are not stored as these passages would be, or belong to none."""
        rows = self._rows(passages)
        with closing(self._get_cursor()) as cursor:
            cursor.execute(
                f"SELECT coalesce(stored.id, wanted.id) FROM {TABLE} AS stored"  # noqa: S608
                " FULL JOIN unnest(%s::bigint[], %s::text[]) AS wanted (id, vector)"
                " ON wanted.id = stored.id"
                " WHERE stored.vector IS DISTINCT FROM wanted.vector::tsvector",
                [[passage_id for passage_id, _ in rows], [written for _, written in rows]],
            )
            return {passage_id for (passage_id,) in cursor.fetchall()}

    def _rows(self, passages: Iterable[Passage]) -> list[tuple[int, str]]:
        return [
            (
                passage.id,
                vector(
                    analyse_passage(
                        passage.title,
                        passage.heading,
                        passage.text,
                        passage.keywords,
                        lexicon=self._lexicon,
                    )
                ),
            )
            for passage in passages
        ]


def vector(passage: AnalysedPassage) -> str:
    """Write an analysed passage as a tsvector, with places so that phrases can be found."""
    places: dict[str, list[str]] = {}
    position = 1
    for label, text, step in (
        ("A", passage.t, 1),
        ("B", passage.h, 1),
        ("C", passage.b, 1),
        ("C", passage.tp, 2),  # parts of compounds never stand next to each other
        ("D", passage.hp, 2),
        ("D", passage.bp, 2),
    ):
        for word in text.split():
            found = places.setdefault(word, [])
            if len(found) < _MAX_PLACES:
                found.append(f"{min(position, _MAX_POSITION)}{label}")
            position += step
        position += 1  # a phrase does not reach from the title into the heading
    return " ".join(f"{_quoted(word)}:{','.join(found)}" for word, found in places.items())


def phrase(terms: RootSequence) -> str:
    """Write a root or a phrase of roots as a tsquery."""
    return " <-> ".join(map(_quoted, terms))


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
