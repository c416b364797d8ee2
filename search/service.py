"""Search as the views use it: words in, pages out.

The engine ranks passages; here they become pages, are filtered and counted, and get the extract
that shows why they were found. Nothing is written down here about who asked, or what.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from search import catalogue, highlight, indexing, mirror, swedish
from search.aggregate import aggregate
from search.catalogue import MAX_SUGGESTIONS, Catalogue, Suggestion
from search.models import SearchPassage
from search.plan import QueryPlan
from search.records import Hit, PageHit, Passage
from search.titles import NAMED_WEIGHT

type EngineName = Literal["embedded", "elasticsearch"]

MAX_HITS: Final = 2_000
"""Passages asked of the engine: so many that the counts by kind are those of everything found."""


@dataclass(frozen=True, slots=True)
class Result:
    """A page that was found, and the part of it that answers best."""

    path: str
    kind: str
    title: str
    title_html: str
    url: str
    heading: str
    snippet: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave. `total` and `counts` are numbers of pages; `counts` is by kind.

    `engine` is the one that answered. `is_in_reserve` says that it was the database's although
    there is an Elasticsearch. `is_acute` says that the words ask for numbers to call.
    """

    query: str
    corrected: str | None = None
    total: int = 0
    engine: EngineName = "embedded"
    is_in_reserve: bool = False
    results: tuple[Result, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    is_acute: bool = False


def search(
    query: str,
    *,
    kind: str = "",
    operation: str = "",
    limit: int = 10,
    offset: int = 0,
    engine: EngineName | None = None,
) -> Answer:
    """Find the pages that answer a query, best first.

    With *kind* only those of that kind are given, while `counts` tells of the others too. With
    *operation* pages that are only for other operations are left out; a page that names none is
    for all.

    Elasticsearch answers if there is one that can, else the database. With *engine* that one is
    asked and no other; raises search.mirror.Unavailable when Elasticsearch is asked for in vain.
    """
    known, plan, hits, answered_by = _find(query, engine)
    pages = ranked(plan, hits, known, operation=operation)
    counts = Counter(known.passages[page.passage_id].kind for page in pages)
    if kind:
        pages = [page for page in pages if known.passages[page.passage_id].kind == kind]
    return Answer(
        query=plan.query,
        corrected=_shown_correction(plan, hits),
        total=len(pages),
        engine=answered_by,
        is_in_reserve=answered_by == "embedded" and mirror.is_used() and not plan.is_empty,
        results=_results(pages[offset : offset + limit], plan, known),
        counts=counts,
        is_acute=known.wording.acute.are_in(_roots_and_parts(plan, known)),
    )


def ranked(
    plan: QueryPlan, hits: list[Hit], known: Catalogue, *, operation: str = ""
) -> list[PageHit]:
    """Return the pages of what an engine found, best first and what is pinned before all."""
    passages = {
        hit.passage_id: passage
        for hit in hits
        if (passage := known.passages.get(hit.passage_id)) and _concerns(passage, operation)
    }
    pages = _named_first(aggregate(hits, passages), plan, known)
    pinned = [
        path
        for path in _pinned_to(plan, hits, known)
        if path in known.tops and _concerns(known.passages[known.tops[path]], operation)
    ]
    return _pinned_first(pages, pinned, known) if pinned else pages


def _pinned_to(plan: QueryPlan, hits: list[Hit], known: Catalogue) -> tuple[str, ...]:
    """Return the paths that editors have pinned to the query, or to what it was taken for."""
    pins = known.wording.pins
    corrected = _shown_correction(plan, hits)
    return pins.of(plan.query) or (pins.of(corrected) if corrected else ())


def _pinned_first(pages: list[PageHit], pinned: list[str], known: Catalogue) -> list[PageHit]:
    """Put these paths first, each once, with the score of the best: they are ordinary results."""
    score = pages[0].score if pages else 1.0
    first = [PageHit(path, score, known.tops[path]) for path in pinned]
    return [*first, *(page for page in pages if page.path not in pinned)]


def _shown_correction(plan: QueryPlan, hits: list[Hit]) -> str | None:
    return plan.corrected if hits else None


def _roots_and_parts(plan: QueryPlan, known: Catalogue) -> set[str]:
    """Return the roots of the words that were written, as they were understood, and their parts."""
    words = [
        found.word
        for text in (plan.query, plan.corrected or "")
        for found in swedish.tokenise(text)
        if not swedish.is_stop_word(found.word)
    ]
    parts = (part for word in words for part in known.lexicon.split(word))
    return {*map(swedish.root, words), *parts}


def _find(
    query: str, wanted: EngineName | None
) -> tuple[Catalogue, QueryPlan, list[Hit], EngineName]:
    """Return what an engine finds, which one, and the catalogue that knows what the ids stand for.

    An id that the catalogue does not know means that the index was changed in between; then both
    are asked once more. One that is still unknown is shown to nobody.
    """
    for _ in range(2):
        known, is_mirrored = catalogue.look()
        plan = known.planner.plan(query)
        hits, engine = _hits(plan, known, wanted, is_mirrored=is_mirrored)
        if all(hit.passage_id in known.passages for hit in hits):
            break
    return known, plan, hits, engine


def _hits(
    plan: QueryPlan, known: Catalogue, wanted: EngineName | None, *, is_mirrored: bool
) -> tuple[list[Hit], EngineName]:
    """Return what is found and by whom: the database when Elasticsearch cannot, unless it must."""
    try:
        if wanted == "embedded" or plan.is_empty:
            raise mirror.Unavailable("not asked for")
        if not is_mirrored:
            raise mirror.Unavailable("no whole copy")
        return mirror.search(
            plan, MAX_HITS, lexicon=known.lexicon, lexicon_stamp=known.lexicon_stamp
        ), "elasticsearch"
    except mirror.Unavailable:
        if wanted == "elasticsearch" and not plan.is_empty:
            raise
    return indexing.engine(known.lexicon).search(plan, MAX_HITS), "embedded"


def _named_first(pages: list[PageHit], plan: QueryPlan, known: Catalogue) -> list[PageHit]:
    """Raise the pages whose title is just what was searched for, and lead to their beginning.

    Of two such pages, one below the other, the upper is the one meant.
    """
    named = {page.path for page in pages if known.titles[page.path].is_named_by(plan)}
    meant = {path for path in named if not named.intersection(_paths_above(path))}
    raised = [
        PageHit(page.path, page.score * NAMED_WEIGHT, known.tops[page.path])
        if page.path in meant
        else page
        for page in pages
    ]
    return sorted(raised, key=lambda page: (-page.score, page.path))


def _paths_above(path: str) -> list[str]:
    steps = path.split("/")
    return ["/".join(steps[:count]) for count in range(1, len(steps))]


def _concerns(passage: Passage, operation: str) -> bool:
    return not operation or not passage.operations or operation in passage.operations


def _results(pages: list[PageHit], plan: QueryPlan, known: Catalogue) -> tuple[Result, ...]:
    """Return the pages as they are shown, each by its best passage."""
    rows = catalogue.shown().in_bulk([page.passage_id for page in pages]) if pages else {}
    return tuple(
        _result(page, rows[page.passage_id], plan, known)
        for page in pages
        if page.passage_id in rows
    )


def _result(page: PageHit, row: SearchPassage, plan: QueryPlan, known: Catalogue) -> Result:
    return Result(
        path=row.path,
        kind=row.kind,
        title=row.title,
        title_html=highlight.mark(row.title, plan, known.lexicon),
        url=row.url,
        heading=row.heading,
        snippet=highlight.snippet(row.text, plan, known.lexicon),
        score=page.score,
    )


def suggest(query: str, *, limit: int = MAX_SUGGESTIONS) -> list[Suggestion]:
    """Return what a person may be about to write: titles, then headings, then search words."""
    return catalogue.current().suggestions.of(query, limit=limit)
