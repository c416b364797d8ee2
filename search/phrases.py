"""Words and phrases of editors, found again in a query in any order and form."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from search import swedish

type Key = frozenset[str]


def key(text: str) -> Key:
    """Return what a phrase is compared by: its roots without order, stop words and diacritics."""
    return frozenset(swedish.fold(root) for root in swedish.roots(text))


class Pins:
    """Which pages stand first for which query. They do not change: new rows make new pins."""

    def __init__(self, rows: Iterable[tuple[str, str]] = ()) -> None:
        """Take each query and a path that is pinned to it, the one to stand first at the front."""
        found: dict[Key, dict[str, None]] = {}
        for query, path in rows:
            found.setdefault(key(query), {})[path] = None
        self._paths: Final[Mapping[Key, tuple[str, ...]]] = MappingProxyType(
            {phrase: tuple(paths) for phrase, paths in found.items() if phrase}
        )

    def of(self, query: str) -> tuple[str, ...]:
        """Return the paths for a query that is just one of the phrases."""
        return self._paths.get(key(query), ()) if self._paths else ()


class AcuteWords:
    """Words that tell of danger, or of somebody who looks for a number to call."""

    def __init__(self, phrases: Iterable[str] = ()) -> None:
        keys = {key(phrase) for phrase in phrases} - {frozenset()}
        self._words: Final = frozenset(word for found in keys if len(found) == 1 for word in found)
        self._phrases: Final = tuple(found for found in keys if len(found) > 1)

    def are_in(self, roots: Iterable[str]) -> bool:
        """Say whether these roots, of a query's words and their parts, hold one of the words."""
        found = {swedish.fold(root) for root in roots}
        return not found.isdisjoint(self._words) or any(phrase <= found for phrase in self._phrases)
