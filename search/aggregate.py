"""From passages to pages: what an engine found, in the order a reader sees it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from search.records import Hit, PageHit, Passage

NEXT_PASSAGES: Final = 2
NEXT_PASSAGES_WEIGHT: Final = 0.3
KIND_PRIOR: Final[Mapping[str, float]] = MappingProxyType(
    {
        "nyhet": 0.8,
        "dokument": 0.8,
        "remiss": 0.8,
        "utbildning": 0.85,
        "stod": 0.95,
        "vagledning": 1.05,
    }
)
"""What kinds count for: those that tell of guidance rather than give it a little less.

A module teaches what a guidance page says, in much the same words. Somebody who asks what to do
wants the guidance first; somebody who asks for a course still finds the module, which says so.
A contact's page is short and names whom it is for, so that a question about them would lead to a
telephone number before it leads to what to do.
"""

REGISTER_PRIOR: Final[Mapping[str, float]] = MappingProxyType(
    {"lagar": 0.75, "statistik": 0.85, "kallor": 0.5, "remissynpunkter": 0.7, "ordlista": 0.7}
)
"""What rows of a register count for, by the path of its page.

A row is short and says in few words what other pages are about, so that it would stand before
them; who asks for a law, a word or a source by name finds it all the same.
"""

BEGINNING_WEIGHT: Final = 1.15
"""What the beginning of a page counts for: there it says what all of it is about."""


def aggregate(
    hits: Iterable[Hit],
    passages: Mapping[int, Passage],
    *,
    prior: Mapping[str, float] = KIND_PRIOR,
) -> list[PageHit]:
    """Group hits by page, best page first.

    A page scores as its best passage and a little for the next two, times the prior of its kind.
    Equal pages are ordered by path, so that two engines and two runs give the same list. A hit
    whose passage is not among `passages` is left out: it is gone, or not for this reader.
    """
    by_path: dict[str, list[tuple[float, int]]] = {}
    for hit in hits:
        if (passage := passages.get(hit.passage_id)) is not None:
            weight = REGISTER_PRIOR.get(passage.path, 1.0) if passage.anchor else BEGINNING_WEIGHT
            by_path.setdefault(passage.path, []).append((hit.score * weight, hit.passage_id))
    pages: list[PageHit] = []
    for path, found in by_path.items():
        found.sort(key=lambda scored: (-scored[0], scored[1]))
        (best, passage_id), *others = found
        score = best + NEXT_PASSAGES_WEIGHT * sum(score for score, _ in others[:NEXT_PASSAGES])
        score *= prior.get(passages[passage_id].kind, 1.0)
        pages.append(PageHit(path, score, passage_id))
    return sorted(pages, key=lambda page: (-page.score, page.path))
