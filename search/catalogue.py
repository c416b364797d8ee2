"""What a process keeps in memory of the index, so that a search asks the database little.

It holds the words of open texts for corrections, what editors have said of words, where each
passage belongs, and what may be suggested. It is made again as soon as the index has another stamp
or a page's time runs out, so a word of a page that was taken away is not even offered as a
correction. When only editors' words are others, only what is made of them is made again.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Final
from uuid import UUID

from django.db.models import Exists, QuerySet
from django.utils import timezone

from search import extraction, mirror, swedish, wording
from search.compounds import Lexicon
from search.lexicons import lexicon_of
from search.models import SearchPassage, SearchState, UnsentChange
from search.plan import Planner
from search.records import Passage
from search.titles import TitleRoots
from search.vocabulary import Vocabulary
from search.wording import Wording

MAX_SUGGESTIONS: Final = 8
MAX_SUGGESTION_WORDS: Final = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a person may be about to write, and where it leads."""

    text: str
    url: str


class Suggestions:
    """Titles, headings and search words, found by how their words begin, diacritics or not."""

    def __init__(self, ranked: Iterable[Iterable[Suggestion]]) -> None:
        """Take groups of suggestions, the group to be offered first at the front."""
        self._entries: Final[list[tuple[int, tuple[str, ...], Suggestion]]] = []
        seen: set[str] = set()
        for rank, group in enumerate(ranked):
            for suggestion in group:
                words = tuple(swedish.fold(found.word) for found in _words(suggestion.text))
                if words and (key := " ".join(words)) not in seen:
                    seen.add(key)
                    self._entries.append((rank, words, suggestion))
        self._starts: Final = sorted(
            (word, number)
            for number, (_, words, _) in enumerate(self._entries)
            for word in set(words)
        )

    def of(self, query: str, *, limit: int = MAX_SUGGESTIONS) -> list[Suggestion]:
        """Return what has a word that begins with each word of the query, the likeliest first."""
        wanted = [swedish.fold(found.word) for found in _words(query)][:MAX_SUGGESTION_WORDS]
        if not wanted:
            return []
        rarest, *others = sorted(wanted, key=len, reverse=True)
        found = [
            self._entries[number]
            for number in set(self._beginning_with(rarest))
            if all(
                any(word.startswith(other) for word in self._entries[number][1]) for other in others
            )
        ]
        found.sort(
            key=lambda entry: (
                entry[0],
                not entry[1][0].startswith(wanted[0]),
                len(entry[1]),
                entry[2].text,
            )
        )
        return [suggestion for _, _, suggestion in found[:limit]]

    def _beginning_with(self, start: str) -> Iterator[int]:
        for place in range(bisect_left(self._starts, (start,)), len(self._starts)):
            word, number = self._starts[place]
            if not word.startswith(start):
                return
            yield number


def _words(text: str) -> Iterator[swedish.Token]:
    return (found for found in swedish.tokenise(text) if found.word)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that is remembered of the index as it was under one stamp.

    `vocabulary` is of the texts alone. `passages` are without their texts. `tops` and `titles` are
    by path: a page's first passage, and the words of its title.
    """

    stamp: UUID
    valid_until: datetime | None
    lexicon: Lexicon
    lexicon_stamp: UUID
    vocabulary: Vocabulary
    wording: Wording
    wording_stamp: UUID
    planner: Planner
    passages: dict[int, Passage]
    tops: dict[str, int]
    titles: dict[str, TitleRoots]
    suggestions: Suggestions

    def saying(self, said: Wording, *, stamp: UUID | None = None) -> "Catalogue":
        """Return the same with what editors say of words, or would say."""
        return replace(
            self,
            wording=said,
            wording_stamp=stamp or self.wording_stamp,
            planner=_planner(self.lexicon, self.vocabulary, said),
        )


def _planner(lexicon: Lexicon, vocabulary: Vocabulary, said: Wording) -> Planner:
    return Planner(lexicon, said.synonyms(vocabulary), vocabulary.trusting(said.words))


_current: Catalogue | None = None
_lock = Lock()


def current() -> Catalogue:
    """Return what is remembered, made again if the index has changed since. One query if not."""
    return look()[0]


def look() -> tuple[Catalogue, bool]:
    """Return the same, and whether Elasticsearch holds all of it and no change is left to send."""
    states = SearchState.objects.light()
    if not mirror.is_used():
        return _kept(states.first()), False
    state = states.annotate(is_behind=Exists(UnsentChange.objects.all())).first()
    return _kept(state), state is not None and state.is_mirrored and not state.is_behind


def _kept(state: SearchState | None) -> Catalogue:
    global _current
    never = UUID(int=0)
    state = state or SearchState(stamp=never, wording_stamp=never, lexicon_stamp=never)
    found = _current
    if found is None or not _is_fresh(found, state):
        with _lock:
            found = _current
            if found is None or not _is_of_index(found, state):
                found = _current = _load(state)
            elif not _is_fresh(found, state):
                found = _current = found.saying(wording.read(), stamp=state.wording_stamp)
    return found


def _is_fresh(found: Catalogue, state: SearchState) -> bool:
    return _is_of_index(found, state) and found.wording_stamp == state.wording_stamp


def _is_of_index(found: Catalogue, state: SearchState) -> bool:
    is_in_time = found.valid_until is None or timezone.now() < found.valid_until
    return found.stamp == state.stamp and is_in_time


def shown() -> QuerySet[SearchPassage]:
    """Return the stored passages that may be shown: a page that is gone by now gives none."""
    return SearchPassage.objects.filter(extraction.not_expired("page__"), page__live=True)


def _load(state: SearchState) -> Catalogue:
    rows = list(shown().order_by("path", "order"))
    tops = list({row.path: row for row in reversed(rows)}.values())
    lexicon = lexicon_of(state)
    said = wording.read()
    vocabulary = Vocabulary.from_texts(
        (f"{row.title}\n{row.heading}\n{row.keywords}\n{row.text}" for row in rows),
        lexicon=lexicon,
        trusted=[
            *{row.title for row in rows},
            *{row.keywords for row in rows},
        ],
    )
    return Catalogue(
        stamp=state.stamp,
        valid_until=(
            shown()
            .filter(page__expire_at__isnull=False)
            .order_by("page__expire_at")
            .values_list("page__expire_at", flat=True)
            .first()
        ),
        lexicon=lexicon,
        lexicon_stamp=state.lexicon_stamp,
        vocabulary=vocabulary,
        wording=said,
        wording_stamp=state.wording_stamp,
        planner=_planner(lexicon, vocabulary, said),
        passages={
            row.pk: Passage(
                row.pk, row.path, row.kind, row.title, row.heading, row.anchor, "",
                operations=tuple(row.operations),
            )
            for row in rows
        },
        tops={row.path: row.pk for row in tops},
        titles={row.path: TitleRoots.of(
                row.title, lexicon, also=extraction.KIND_WORDS.get(row.kind, ())
            )
            for row in tops},
        suggestions=_suggestions(rows, tops),
    )  # fmt: skip


def _suggestions(rows: list[SearchPassage], tops: list[SearchPassage]) -> Suggestions:
    return Suggestions(
        [
            (Suggestion(row.title, row.url) for row in tops),
            (Suggestion(row.heading, row.url) for row in rows if row.heading),
            (
                Suggestion(word, row.url)
                for row in tops
                for word in row.keywords.splitlines()
                if word not in extraction.KIND_WORDS.get(row.kind, ())
            ),
        ]
    )
