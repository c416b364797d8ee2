"""Turn what a person typed into what an engine looks for.

A plan is a row of groups, mostly one for each word. A group holds alternatives, each a root or a
phrase of roots, and a weight that says how sure it is that the person meant it. Every engine
gets the same plan, so that they answer alike.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

from search import swedish
from search.compounds import Lexicon
from search.synonyms import Synonyms
from search.vocabulary import Vocabulary

MAX_QUERY_LENGTH: Final = 200
MAX_WORDS: Final = 20

PART_WEIGHT: Final = 0.45
ONE_SLIP_WEIGHT: Final = 0.85
TWO_SLIPS_WEIGHT: Final = 0.7
START_WEIGHT: Final = 0.4
END_WEIGHT: Final = 0.32
EXPRESSION_WEIGHT: Final = 1.0
"""What an expression counts for, and what it is a synonym of: several words in a row leave no doubt
of what is meant, and each of them counts by itself as well.
"""
SHORTEST_FOR_TWO_SLIPS: Final = 6

type RootSequence = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """A root, or several that must stand next to each other.

    `weight` says how sure it is that the person meant this, `rarity` how much it tells apart.
    """

    terms: RootSequence
    weight: float
    rarity: float = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """What one word of the query may stand for, the surest first."""

    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class QueryPlan:
    """What to look for. An empty plan finds nothing."""

    query: str
    groups: tuple[Group, ...] = ()
    corrected: str | None = None
    """The query as it was understood, when a word in it was taken for another."""

    @property
    def is_empty(self) -> bool:
        return not self.groups

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """All alternatives of all groups, each once at its highest weight."""
        best: dict[RootSequence, Alternative] = {}
        for group in self.groups:
            for alternative in group.alternatives:
                known = best.get(alternative.terms)
                if known is None or known.weight < alternative.weight:
                    best[alternative.terms] = alternative
        return tuple(best.values())


@dataclass(slots=True)
class _Reading:
    """How one word of the query is understood while the plan is made."""

    token: swedish.Token
    roots: dict[str, float]
    parts: tuple[str, ...] = ()
    correction: str | None = None
    extra: dict[RootSequence, float] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The likeliest root, the one that synonyms are looked up by."""
        return next(iter(self.roots))


def clean(query: str) -> str:
    """Cut a query to a sane length and take out NUL, control characters and lone surrogates."""
    kept = []
    for char in query[: MAX_QUERY_LENGTH * 2]:
        category = unicodedata.category(char)
        if category == "Cf":
            continue  # soft hyphens and joiners stand inside words
        kept.append(" " if category[0] == "C" else char)
    return " ".join("".join(kept).split())[:MAX_QUERY_LENGTH].strip()


class Planner:
    """Makes plans from the words the texts hold and the synonyms the editors own."""

    def __init__(self, lexicon: Lexicon, synonyms: Synonyms, vocabulary: Vocabulary) -> None:
        self._lexicon = lexicon
        self._folded_lexicon = lexicon.folded()
        self._synonyms = synonyms
        self._vocabulary = vocabulary

    def plan(self, query: str, *, correct: bool = True) -> QueryPlan:
        """Make the plan for a query; with `correct` false no word is taken for another."""
        query = clean(query)
        words = [token for token in swedish.tokenise(query) if not swedish.is_stop_word(token.word)]
        readings = [self._read(token, correct=correct) for token in words[:MAX_WORDS]]
        phrases = self._add_synonyms(readings)
        groups: dict[Group, None] = {}
        for reading in readings:
            alternatives: dict[RootSequence, float] = {
                (root,): weight for root, weight in reading.roots.items()
            }
            for terms, weight in reading.extra.items():
                alternatives[terms] = max(weight, alternatives.get(terms, 0.0))
            groups[self._group(alternatives)] = None
            for part in reading.parts:
                groups[self._group(self._part_alternatives(part))] = None
        for phrase in (*phrases, *_numbered(readings)):
            groups[self._group(phrase)] = None
        return QueryPlan(query, tuple(groups), _corrected(query, readings))

    def _read(self, token: swedish.Token, *, correct: bool) -> _Reading:
        """Find out what one word stands for; a word that has hits is never taken for another."""
        word = token.word
        root = swedish.root(word)
        twins = self._twins(word, root)
        if twins:
            spelled = twins[0]
            roots = {swedish.root(twin): 1.0 for twin in twins} | {root: 1.0}
            return _Reading(token, roots, self._split(spelled))
        parts = self._split(word)
        if self._vocabulary.knows(root) or not word.isalpha():
            return _Reading(token, {root: 1.0}, parts)
        if correct:
            if reading := self._corrected_reading(token, 1, ONE_SLIP_WEIGHT):
                return reading
            may_slip_twice = not parts and len(word) >= SHORTEST_FOR_TWO_SLIPS
            if may_slip_twice and (reading := self._corrected_reading(token, 2, TWO_SLIPS_WEIGHT)):
                return reading
        reading = _Reading(token, {root: 1.0}, parts)
        if not parts:
            if start := self._lexicon.longest_start(word):
                reading.extra[(start,)] = START_WEIGHT
            if end := self._lexicon.longest_end(word):
                reading.extra.setdefault((end,), END_WEIGHT)
        return reading

    def _twins(self, word: str, root: str) -> list[str]:
        """Give the words this one is when its lost diacritics are put back."""
        if swedish.fold(word) != word:
            return []
        if twins := self._vocabulary.twins(word):
            return twins
        return [] if self._vocabulary.knows(root) else self._vocabulary.root_twins(root)

    def _split(self, word: str) -> tuple[str, ...]:
        """Take a compound apart, also one whose diacritics are lost; each part once."""
        parts = self._lexicon.split(word)
        if not parts and swedish.fold(word) == word:
            parts = self._folded_lexicon.split(word)
        return tuple(dict.fromkeys(parts))

    def _corrected_reading(
        self, token: swedish.Token, slips: int, weight: float
    ) -> _Reading | None:
        nearest = self._vocabulary.nearest(token.word, distance=slips)
        if not nearest:
            return None
        roots = {swedish.root(word): weight for word in nearest}
        return _Reading(token, roots, self._split(nearest[0]), correction=nearest[0])

    def _add_synonyms(self, readings: Sequence[_Reading]) -> list[dict[RootSequence, float]]:
        """Put the synonyms of single words in place; give those of several words as groups."""
        phrases: list[dict[RootSequence, float]] = []
        sequence = tuple(reading.root for reading in readings)
        for start, reading in enumerate(readings):
            for expansion in self._synonyms.of(sequence[start : start + 1]):
                known = reading.extra.get(expansion.terms, 0.0)
                sureness = reading.roots[reading.root]
                reading.extra[expansion.terms] = max(known, expansion.weight * sureness)
            for length in range(2, min(self._synonyms.longest, len(readings) - start) + 1):
                terms = sequence[start : start + length]
                if expansions := self._synonyms.of(terms):
                    same = (terms, *(expansion.terms for expansion in expansions))
                    phrases.append(dict.fromkeys(same, EXPRESSION_WEIGHT))
        return phrases

    def _part_alternatives(self, part: str) -> dict[RootSequence, float]:
        """Give a part of a compound and what it also stands for, all at the weight of a part."""
        alternatives: dict[RootSequence, float] = {(part,): PART_WEIGHT}
        for expansion in self._synonyms.of((part,)):
            alternatives.setdefault(expansion.terms, PART_WEIGHT * expansion.weight)
        return alternatives

    def _group(self, weights: dict[RootSequence, float]) -> Group:
        alternatives = [
            Alternative(terms, weight, max(map(self._vocabulary.rarity, terms)))
            for terms, weight in weights.items()
        ]
        return Group(tuple(sorted(alternatives, key=lambda found: -found.weight)))


def _numbered(readings: Sequence[_Reading]) -> list[dict[RootSequence, float]]:
    """Keep a number with the word before it, so that "mål 3" is not any text with a 3 in it."""
    return [
        {(before.root, after.root): 1.0}
        for before, after in pairwise(readings)
        if after.token.word.isdigit() and not before.token.word.isdigit()
    ]


def _corrected(query: str, readings: Sequence[_Reading]) -> str | None:
    """Write the query as it was understood, or give None when nothing was corrected."""
    pieces: list[str] = []
    position = 0
    for reading in readings:
        if reading.correction:
            pieces += [query[position : reading.token.start], reading.correction]
            position = reading.token.end
    return "".join(pieces) + query[position:] if pieces else None
