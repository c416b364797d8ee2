"""What training offers pages of the programme. Training says it, since content may not ask."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Taught:
    """A published module: its page's id, its name, and the competence areas that it covers."""

    page_id: int
    title: str
    areas: frozenset[str]


_offers: list[Callable[[], list[Taught]]] = []


def offer(modules: Callable[[], list[Taught]]) -> None:
    """Let *modules* be asked, once, for what is taught."""
    if modules not in _offers:
        _offers.append(modules)


def modules() -> list[Taught]:
    """Return all that is taught."""
    return [taught for each in _offers for taught in each()]
