"""Swedish compounds: take "orosanmälningsblankett" apart into oro, anmälning and blankett.

A part is a word of the portal's own texts or one of the curated words, which editors own. Swedish
glues parts with an s, swaps a vowel or drops one (kvinna → kvinno-, skola → skol-); the splitter
knows those joints. The curated list matters for words that the texts use only inside compounds, and
for the few three-letter parts; every other three-letter word would find itself everywhere.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

import yaml

from search import swedish

SHORTEST_COMPOUND: Final = 7
LONGEST_COMPOUND: Final = 45
SHORTEST_PART: Final = 3
SHORTEST_CORPUS_PART: Final = 4
SHORTEST_CORPUS_ROOT: Final = 5

_LIBRARY: Final = Path(__file__).parent / "library" / "compounds.yaml"


def load_parts(path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Return the curated parts and the blocked ones that a file lists."""
    lists = yaml.safe_load(path.read_text(encoding="utf-8"))
    parts, blocked = map(swedish.word_list, (lists["parts"], lists["blocked"]))
    return frozenset(parts), frozenset(blocked)


CURATED_PARTS, BLOCKED_PARTS = load_parts(_LIBRARY)
"""The lists that the portal is shipped with. It uses what editors have made of them since."""


class Lexicon:
    """The words that compounds may be made of. A lexicon does not change; make a new one."""

    def __init__(
        self,
        parts: Mapping[str, str],
        *,
        stems: Mapping[str, str] | None = None,
        never: Iterable[str] = (),
    ) -> None:
        """Take `parts`, from how a part is spelled to its root.

        `stems` says what the root of an inflected last part leads to; left out, to itself.
        `never` are spellings that are no part, whatever their root.
        """
        self.parts: Final = MappingProxyType(dict(parts))
        self._stems: Final = dict(stems or {stem: stem for stem in parts.values()})
        self._never: Final = frozenset(never)
        self.split: Final = lru_cache(maxsize=50_000)(self._split)

    @classmethod
    def from_texts(
        cls,
        texts: Iterable[str],
        *,
        curated: Collection[str] = CURATED_PARTS,
        blocked: Collection[str] = BLOCKED_PARTS,
    ) -> Self:
        """Build a lexicon from the words of the texts, the curated parts and their roots."""
        words = {token.word for text in texts for token in swedish.tokenise(text)}
        parts: dict[str, str] = {}
        for word in words:
            # "kvinno- och mansjour": what is left of a compound is no word of its own
            whole = f"{word[:-1]}a"
            is_joint = word.endswith("o") and (whole in words or whole in curated)
            if not word.isalpha() or swedish.is_stop_word(word) or is_joint:
                continue
            stem = swedish.root(word)
            if len(word) >= SHORTEST_CORPUS_PART and len(stem) >= SHORTEST_CORPUS_PART:
                parts[word] = stem
            if len(stem) >= SHORTEST_CORPUS_ROOT:
                parts[stem] = stem
        for word in curated:
            stem = swedish.root(word)
            parts[word] = stem
            if len(stem) >= SHORTEST_CORPUS_PART:
                parts[stem] = stem
        never = {*blocked, *swedish.SUFFIXES}
        return cls({part: parts[part] for part in parts.keys() - never}, never=never)

    def folded(self) -> "Lexicon":
        """Give the same lexicon for words written without their diacritics."""
        return Lexicon(
            {swedish.fold(part): root for part, root in self.parts.items()},
            stems={swedish.fold(stem): root for stem, root in self._stems.items()},
            never=map(swedish.fold, self._never),
        )

    def _split(self, word: str) -> tuple[str, ...]:
        """Give the roots of the parts of a compound in order, or nothing when it is no compound.

        The cheapest cut wins: few parts, and long ones.
        """
        length = len(word)
        if not SHORTEST_COMPOUND <= length <= LONGEST_COMPOUND or not word.isalpha():
            return ()
        best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
        for start in range(length - SHORTEST_PART + 1):
            if start not in best:
                continue
            cost, before = best[start]
            for end in range(start + SHORTEST_PART, length + 1):
                if start == 0 and end == length:
                    continue
                part = word[start:end]
                found = self._last(part) if end == length else self._joined(part)
                if found is None:
                    continue
                total = cost + _cost(part, exact=part in self.parts)
                if end not in best or total < best[end][0]:
                    best[end] = (total, (*before, found))
        return best[length][1] if length in best else ()

    def longest_start(self, word: str) -> str | None:
        """Give the root of the longest known part that an otherwise unknown word begins with."""
        for end in range(len(word) - SHORTEST_PART, SHORTEST_CORPUS_PART - 1, -1):
            if (found := self._joined(word[:end])) is not None:
                return found
        return None

    def longest_end(self, word: str) -> str | None:
        """Give the root of the longest known part that an otherwise unknown word ends with."""
        for start in range(SHORTEST_PART, len(word) - SHORTEST_CORPUS_PART + 1):
            if (found := self._last(word[start:])) is not None:
                return found
        return None

    def _last(self, part: str) -> str | None:
        """Look up the last part of a compound, which may carry an ending of its own."""
        if part in self.parts:
            return self.parts[part]
        stem = swedish.root(part)
        if part in self._never or stem in self._never:
            return None
        is_long_enough = len(stem) >= SHORTEST_CORPUS_PART or len(part) >= SHORTEST_CORPUS_ROOT
        return self._stems.get(stem) if is_long_enough else None

    def _joined(self, part: str) -> str | None:
        """Look up a part that another follows, past the joint between them."""
        if part in self.parts:
            return self.parts[part]
        if part in self._never:
            return None
        tries: list[str] = []
        if len(part) > SHORTEST_PART and part.endswith("s"):
            tries.append(part[:-1])
        if len(part) > SHORTEST_CORPUS_PART and part[-1] in "oue":
            tries += [part[:-1] + "a", part[:-1]]
        if len(part) >= SHORTEST_CORPUS_PART:
            tries += [part + "a", part + "e"]
        for spelling in tries:
            if spelling in self.parts:
                return self.parts[spelling]
        return None


def _cost(part: str, *, exact: bool) -> float:
    """Say what a part costs: short ones and changed ones are found by chance more often."""
    length_cost = 1.6 if len(part) <= 3 else 1.25 if len(part) == 4 else 1.0
    return length_cost if exact else length_cost + 0.1
