"""Pages whose title is just what a person searched for.

Where many pages are about one thing ("orosanmälan"), their passages score much the same. The page
that is called that is the one meant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from search import swedish
from search.compounds import Lexicon
from search.plan import QueryPlan

NAMED_WEIGHT: Final = 1.5
"""What a page's score is multiplied by when its title is just what was searched for."""


@dataclass(frozen=True, slots=True)
class TitleRoots:
    """The words of a title, each by its root and, for a compound, the roots of its parts."""

    words: tuple[tuple[str, frozenset[str]], ...]
    roots: frozenset[str]

    @classmethod
    def of(cls, title: str, lexicon: Lexicon, *, also: Iterable[str] = ()) -> "TitleRoots":
        """Take a title apart; stop words say nothing and are left out.

        *also* are words that may be asked for with it, such as "utbildning" for a module.
        """
        found = [token.word for token in swedish.tokenise(title)]
        words = tuple(
            (swedish.root(word), frozenset(lexicon.split(word)))
            for word in found
            if not swedish.is_stop_word(word)
        )
        return cls(words, frozenset((*_all_roots(words), *map(swedish.root, also))))

    def is_named_by(self, plan: QueryPlan) -> bool:
        """Say whether the query names this title: each word of the one stands in the other.

        A word may stand there as a synonym, and as all parts of a compound: "anmäla oro" names
        "Gör en orosanmälan".
        """
        if not self.words or plan.is_empty:
            return False
        asked = {term for found in plan.alternatives for term in found.terms}
        return all(
            word in asked or (bool(parts) and parts <= asked) for word, parts in self.words
        ) and all(
            any(self.roots.issuperset(found.terms) for found in group.alternatives)
            for group in plan.groups
        )


def _all_roots(words: Iterable[tuple[str, frozenset[str]]]) -> Iterable[str]:
    for word, parts in words:
        yield word
        yield from parts
