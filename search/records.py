"""What goes into an engine and what comes out of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of a page, a lesson, a contact, a law: the smallest thing a hit can lead to.

    `path` is the page's address without the first and last slash; several passages share it.
    `anchor` is the id of the section on that page, empty for the top.
    `keywords` are the words editors say people search with; they count as part of the title.
    """

    id: int
    path: str
    kind: str
    title: str
    heading: str
    anchor: str
    text: str
    keywords: str = ""
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage an engine found; a higher score is better, scores of two engines do not compare."""

    passage_id: int
    score: float


@dataclass(frozen=True, slots=True)
class PageHit:
    """A page with its score over all its passages, and the passage that a reader should land on."""

    path: str
    score: float
    passage_id: int
