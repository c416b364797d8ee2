"""The words that the portal's open texts hold, and how common each is.

Only texts that an anonymous reader may see go into it, so a correction can never give away a word
of a draft.
"""

import math
from collections import Counter
from collections.abc import Iterable
from typing import Final, Self

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search import swedish
from search.compounds import Lexicon

TWIN_RATIO: Final = 3
"""A word is taken for its twin with diacritics when the twin is this many times as common."""

SHORTEST_CORRECTED: Final = 4
MIN_FREQUENCY: Final = 2
_FIRST_LETTER_PENALTY: Final = 0.5


class Vocabulary:
    """Words, roots and their frequencies. A vocabulary does not change; make a new one."""

    def __init__(
        self, size: int, words: Counter[str], roots: Counter[str], trusted: frozenset[str]
    ) -> None:
        self.size: Final = size
        self._words: Final = words
        self._roots: Final = roots
        self._trusted: Final = trusted
        self._trusted_roots: Final = frozenset(map(swedish.root, trusted))
        twins: dict[str, list[str]] = {}
        for word in words.keys() | trusted:
            folded = swedish.fold(word)
            if folded != word:
                twins.setdefault(folded, []).append(word)
        self._twins: Final = twins
        root_twins: dict[str, list[str]] = {}
        for root in roots:
            folded = swedish.fold(root)
            if folded != root:
                root_twins.setdefault(folded, []).append(root)
        self._root_twins: Final = root_twins
        self._candidates: Final = [
            word for word in sorted(words.keys() | trusted) if self._may_be_suggested(word)
        ]
        self._folded_candidates: Final = [swedish.fold(word) for word in self._candidates]

    @classmethod
    def from_texts(
        cls, texts: Iterable[str], *, lexicon: Lexicon, trusted: Iterable[str] = ()
    ) -> Self:
        """Count the words of the texts, one text per passage.

        `trusted` words (titles, search keywords, synonyms) may be suggested however rare they are.
        """
        size = 0
        words: Counter[str] = Counter()
        roots: Counter[str] = Counter()
        for text in texts:
            size += 1
            found = {token.word for token in swedish.tokenise(text)}
            found = {word for word in found if not swedish.is_stop_word(word)}
            words.update(found)
            roots.update(
                {swedish.root(word) for word in found}
                | {part for word in found for part in lexicon.split(word)}
            )
        trusted_words = frozenset(
            word
            for text in trusted
            for word, _, _ in swedish.tokenise(text)
            if not swedish.is_stop_word(word)
        )
        return cls(size, words, roots, trusted_words)

    def trusting(self, words: Iterable[str]) -> "Vocabulary":
        """Return the same vocabulary with more trusted words."""
        more = {word for word in words if not swedish.is_stop_word(word)}
        return Vocabulary(self.size, self._words, self._roots, self._trusted | more)

    def _may_be_suggested(self, word: str) -> bool:
        """Keep out numbers, short words, words seen once, and words that lost their diacritics."""
        if len(word) < SHORTEST_CORRECTED or not word.isalpha():
            return False
        if self._words[word] < MIN_FREQUENCY and word not in self._trusted:
            return False
        return not self.twins(word)

    def knows(self, root: str) -> bool:
        """Say whether a root can be found, or is a word that editors have written down."""
        return root in self._roots or root in self._trusted_roots

    def frequency(self, root: str) -> int:
        """Say how many passages hold a root, whole or as a part of a compound."""
        return self._roots[root]

    def rarity(self, root: str) -> float:
        """Say how much a root tells a passage apart; the idf of BM25, always above zero."""
        frequency = self._roots[root]
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))

    def twins(self, word: str) -> list[str]:
        """Give the much more common words that this one becomes when its diacritics are put back.

        "orosanmalan" gives "orosanmälan". A word that is common as it stands gives nothing.
        """
        at_least = max(1, TWIN_RATIO * self._words[word])
        found = [
            twin
            for twin in self._twins.get(word, ())
            if self._words[twin] >= at_least or (twin in self._trusted and word not in self._words)
        ]
        return sorted(found, key=lambda twin: (-self._words[twin], twin))

    def root_twins(self, root: str) -> list[str]:
        """Do the same for roots, for a form that no text holds: "orosanmalningars"."""
        at_least = max(1, TWIN_RATIO * self._roots[root])
        found = [twin for twin in self._root_twins.get(root, ()) if self._roots[twin] >= at_least]
        return sorted(found, key=lambda twin: (-self._roots[twin], twin))

    def nearest(self, word: str, *, distance: int, limit: int = 2) -> list[str]:
        """Give the words that are exactly so many slips away, the most likely first.

        A slip is a letter too many, too few, wrong, or swapped with its neighbour. Diacritics do
        not count as slips, a wrong first letter counts for more.
        """
        folded = swedish.fold(word)
        if len(folded) < SHORTEST_CORRECTED or not folded.isalpha():
            return []
        matches = process.extract(
            folded,
            self._folded_candidates,
            scorer=OSA.distance,
            score_cutoff=distance,
            limit=None,
        )
        ranked: list[tuple[float, int, int, str]] = []
        for candidate, slips, index in matches:
            penalty = 0.0 if candidate[0] == folded[0] else _FIRST_LETTER_PENALTY
            spelled = self._candidates[index]
            exact = OSA.distance(word, spelled)
            ranked.append((slips + penalty, int(exact), -self._words[spelled], spelled))
        ranked.sort()
        closest = [row for row in ranked if row[0] == ranked[0][0]]
        return [spelled for *_, spelled in closest[:limit]]
