"""The engines: each stores analysed passages and ranks them for a plan.

Which passages an engine may answer with is decided by the caller, never in here.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

from search.plan import QueryPlan
from search.records import Hit, Passage

SEARCH_LIMIT = 200
"""Passages asked for; pages are made of them afterwards, so it is well above what is shown."""

TIE_BREAKER = 0.2
"""What the other alternatives of a group count, beside the one that a passage answers best.

With 1 a word with many synonyms would drown the rest of the query.
"""


class Engine(Protocol):
    """What every engine can do; an engine in a database writes in the caller's transaction."""

    name: str

    def index(self, passages: Iterable[Passage]) -> None:
        """Store the passages, in place of any with the same ids."""

    def delete(self, ids: Iterable[int]) -> None:
        """Take passages out; ids that are not there are no fault."""

    def clear(self) -> None:
        """Take everything out."""

    def search(
        self,
        plan: QueryPlan,
        limit: int = SEARCH_LIMIT,
        *,
        allowed: Collection[int] | None = None,
    ) -> list[Hit]:
        """Rank the passages for a plan, only those in `allowed` when it is given."""

    def drift(self, passages: Iterable[Passage]) -> set[int]:
        """Give the ids that are not stored as these passages would be, or belong to none."""


class Cursor(Protocol):
    """The part of a DB-API cursor that the engines in a database use."""

    def execute(self, sql: str, params: Sequence[Any] = ..., /) -> Any: ...

    def executemany(self, sql: str, params: Any, /) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def close(self) -> None: ...
