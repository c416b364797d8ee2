"""What a change of the vocabulary does to the saved searches, before it is saved.

The first results are compared as they are and as they would be. Only a search whose plan or whose
pins differ is asked for, since all others find what they found. The database's own engine answers,
so that an editor never waits for another server.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from search import catalogue, indexing, service
from search.catalogue import Catalogue
from search.models import SavedSearch
from search.wording import Wording

FIRST: Final = 5
LONGEST_SECONDS: Final = 3.0
MOST_SEARCHES: Final = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """A page in a list of results."""

    path: str
    title: str
    is_wanted: bool = False
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A saved search whose first results become others. An empty list finds nothing."""

    query: str
    before: list[Shown]
    after: list[Shown]
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """What changes, and how many searches there was time to compare."""

    changes: list[Change]
    compared: int
    total: int

    @property
    def is_cut(self) -> bool:
        return self.compared < self.total


def of(
    change: Callable[[Wording], Wording], *, clock: Callable[[], float] = time.monotonic
) -> Effects:
    """Return what *change* would do to the saved searches."""
    begun = clock()
    now = catalogue.current()
    then = now.saying(change(now.wording))
    saved = list(SavedSearch.objects.order_by("query")[:MOST_SEARCHES])
    changes: list[Change] = []
    compared = 0
    for each in saved:
        if clock() - begun > LONGEST_SECONDS:
            break
        compared += 1
        if not _may_differ(each.query, now, then):
            continue
        before, after = first_paths(each.query, now), first_paths(each.query, then)
        if before != after:
            changes.append(
                Change(
                    each.query,
                    [_shown(path, now, each.path) for path in before],
                    [_shown(path, now, each.path, known=before) for path in after],
                    each.path,
                )
            )
    return Effects(changes, compared, SavedSearch.objects.count())


def _may_differ(query: str, now: Catalogue, then: Catalogue) -> bool:
    before, after = now.planner.plan(query), then.planner.plan(query)
    return before != after or any(
        now.wording.pins.of(text) != then.wording.pins.of(text)
        for text in (before.query, before.corrected or "")
    )


def first_paths(query: str, known: Catalogue) -> list[str]:
    """Return the paths of the first results of a query."""
    plan = known.planner.plan(query)
    hits = indexing.engine(known.lexicon).search(plan, service.MAX_HITS)
    return [page.path for page in service.ranked(plan, hits, known)[:FIRST]]


def _shown(path: str, now: Catalogue, wanted: str, *, known: list[str] | None = None) -> Shown:
    return Shown(
        path,
        now.passages[now.tops[path]].title,
        is_wanted=path == wanted,
        is_new=known is not None and path not in known,
    )
