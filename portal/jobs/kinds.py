"""The kinds of job there are. Each app names its own in a module called `background`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

LONGEST_PAUSE = timedelta(hours=6)


class Dropped(Exception):
    """There is nothing to do any more. The code says why, such as `no_recipient`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class GivenUp(Exception):
    """Trying again cannot help. The code says why, such as `refused 550`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Run(Protocol):
    """One attempt at a job, as the work itself sees it."""

    @property
    def job_id(self) -> str:
        """What names the job in every attempt."""

    @property
    def owner_id(self) -> int | None:
        """The account that started it, if any."""

    def progress(self, done: int, total: int | None = None) -> None:
        """Tell how far the work has come. Raises LostClaim when someone else has taken over."""


@dataclass(frozen=True)
class Kind:
    """What to do for a job, and how often to try.

    `failures` is how many attempts may end in an exception, `deaths` how many may be cut short by
    a process that died; the last of either is the end. `limit` is how long one attempt may take.
    """

    code: str
    work: Callable[..., None]
    failures: int
    deaths: int
    first_pause: timedelta
    limit: timedelta
    forgets: bool

    def pause_after(self, failures: int) -> timedelta:
        """Return how long to wait after that many failures: four times longer each time."""
        factor: int = 4 ** min(failures - 1, 10)
        return min(self.first_pause * factor, LONGEST_PAUSE)


_kinds: dict[str, Kind] = {}


def kind(
    code: str,
    *,
    failures: int = 3,
    deaths: int = 3,
    first_pause: timedelta = timedelta(minutes=1),
    limit: timedelta = timedelta(hours=1),
    forgets: bool = False,
) -> Callable[[Callable[..., None]], Kind]:
    """Make the decorated function the work of a kind of job, called with a Run and the arguments.

    The work may be done more than once when a process dies, so it must bear that. With `forgets`
    the arguments are removed also from a job that failed.
    """

    def register(work: Callable[..., None]) -> Kind:
        if code in _kinds and _kinds[code].work.__qualname__ != work.__qualname__:
            raise ValueError(f"two kinds of job are called {code}")
        _kinds[code] = Kind(code, work, failures, deaths, first_pause, limit, forgets)
        return _kinds[code]

    return register


def find(code: str) -> Kind | None:
    """Return the kind of that code, or None."""
    return _kinds.get(code)


def describe(error: BaseException, code: Any = "") -> str:
    """Return an error's type and *code*: its text may hold a name or an address."""
    return f"{type(error).__name__} {code}".strip()
