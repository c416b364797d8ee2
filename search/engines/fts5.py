"""Search in SQLite's own full-text index, in the same database and transaction as the pages."""

import json
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import astuple
from typing import Final, Literal

from search.analysis import analyse_passage
from search.compounds import Lexicon
from search.engines import SEARCH_LIMIT, TIE_BREAKER, Cursor
from search.plan import QueryPlan, RootSequence
from search.records import Hit, Passage

TABLE: Final = "search_fts"

# Diacritics are told apart here and folded in the plan: FTS5's default takes våld for vald.
CREATE_TABLE: Final = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5("
    't, h, b, tp, hp, bp, tokenize="unicode61 remove_diacritics 0")'
)
DROP_TABLE: Final = f"DROP TABLE IF EXISTS {TABLE}"

# Title, heading, body, then the compound parts of each: see docs/search.md.
_WEIGHTS: Final = "3.0, 2.0, 0.8, 1.5, 1.0, 0.4"

# FTS5 cannot weigh the alternatives of one MATCH, so each is matched by itself. CROSS JOIN keeps
# the order: an expression first, then its rows.
#
# bm25() takes a word that stands in half of the rows or more for worth nothing, which here is
# "våld", and "oro" and "anmälan" too where much is about them. So its measure of how rare a word is
# (the logarithm of the odds, at least a millionth) is divided away and the one that is always above
# zero put in its place: the logarithm of one plus the odds, as in Lucene.
_SEARCH: Final = f"""
    WITH found AS MATERIALIZED (
        SELECT wanted.key AS number, json_extract(wanted.value, '$[0]') AS word,
            {TABLE}.rowid AS id,
            -json_extract(wanted.value, '$[2]') * bm25({TABLE}, {_WEIGHTS}) AS score
        FROM json_each({{mark}}) AS wanted CROSS JOIN {TABLE}
        WHERE {TABLE} MATCH json_extract(wanted.value, '$[1]')
    ), counted AS (
        SELECT number, (total - count(*) + 0.5) / (count(*) + 0.5) AS odds
        FROM found, (SELECT count(*) AS total FROM {TABLE}) GROUP BY number
    ), rarity AS MATERIALIZED (
        SELECT number, ln(1 + odds) / max(ln(odds), 1e-6) AS factor FROM counted
    ), answered AS (
        SELECT id, {{mark}} * max(score * factor) + {{mark}} * sum(score * factor) AS score
        FROM found JOIN rarity USING (number) {{only}} GROUP BY word, id
    )
    SELECT id, sum(score) AS total FROM answered GROUP BY id ORDER BY total DESC, id LIMIT {{mark}}
"""  # noqa: S608


class Fts5Engine:
    """The engine of an installation on one machine.

    `get_cursor` opens a cursor on the connection to use. `placeholder` is how that connection
    writes a parameter: "?" for plain sqlite3, "%s" for Django's.
    """

    name = "embedded"

    def __init__(
        self,
        get_cursor: Callable[[], Cursor],
        lexicon: Lexicon,
        *,
        placeholder: Literal["?", "%s"] = "?",
    ) -> None:
        self._get_cursor = get_cursor
        self._lexicon = lexicon
        self._placeholder = placeholder

    def index(self, passages: Iterable[Passage]) -> None:
        """Store the passages, in place of any with the same ids."""
        rows = self._rows(passages)
        self.delete(rows)
        places = ", ".join([self._placeholder] * 7)
        with closing(self._get_cursor()) as cursor:
            cursor.executemany(
                f"INSERT INTO {TABLE} (rowid, t, h, b, tp, hp, bp) VALUES ({places})",  # noqa: S608
                [(passage_id, *columns) for passage_id, columns in rows.items()],
            )

    def delete(self, ids: Iterable[int]) -> None:
        """Take passages out; ids that are not there are no fault."""
        with closing(self._get_cursor()) as cursor:
            cursor.executemany(
                f"DELETE FROM {TABLE} WHERE rowid = {self._placeholder}",  # noqa: S608
                [(passage_id,) for passage_id in ids],
            )

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
        """Rank the passages for a plan, only those in `allowed` when it is given."""
        if plan.is_empty:
            return []
        mark = self._placeholder
        params: list[object] = [wanted(plan), 1 - TIE_BREAKER, TIE_BREAKER]
        only = ""
        if allowed is not None:
            only = f"WHERE id IN (SELECT value FROM json_each({mark}))"  # noqa: S608
            params.append(json.dumps(sorted(allowed)))
        params.append(limit)
        with closing(self._get_cursor()) as cursor:
            cursor.execute(_SEARCH.format(mark=mark, only=only), params)
            return [Hit(passage_id, score) for passage_id, score in cursor.fetchall()]

    def drift(self, passages: Iterable[Passage]) -> set[int]:
        """Give the ids that are not stored as these passages would be, or belong to none."""
        should_be = self._rows(passages)
        with closing(self._get_cursor()) as cursor:
            cursor.execute(f"SELECT rowid, t, h, b, tp, hp, bp FROM {TABLE}")  # noqa: S608
            stored = {passage_id: tuple(columns) for passage_id, *columns in cursor.fetchall()}
        ids = should_be.keys() | stored.keys()
        return {found for found in ids if should_be.get(found) != stored.get(found)}

    def _rows(self, passages: Iterable[Passage]) -> dict[int, tuple[str, ...]]:
        return {
            passage.id: astuple(
                analyse_passage(
                    passage.title,
                    passage.heading,
                    passage.text,
                    passage.keywords,
                    lexicon=self._lexicon,
                )
            )
            for passage in passages
        }


def wanted(plan: QueryPlan) -> str:
    """Write the plan as JSON: for each alternative its group, its FTS5 expression, its weight."""
    return json.dumps(
        [
            [number, match_expression(alternative.terms), alternative.weight]
            for number, group in enumerate(plan.groups)
            for alternative in group.alternatives
        ]
    )


def match_expression(terms: RootSequence) -> str:
    """Quote a root or phrase in FTS5's language, so that nothing in it is an operator."""
    return '"' + " ".join(terms).replace('"', '""') + '"'
