"""Which generation of the content this is, and what may be remembered while it lasts.

Everything a stranger reads is a function of the database's content. Publishing, unpublishing,
moving, and editing a register moves a counter on in the same transaction; what any process has
remembered under an older number is then never asked for again. So a change shows at once, on every
page, in every process, and no list of what depends on what has to be kept.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, cast
from weakref import WeakSet

from django.db import DatabaseError, transaction
from django.db.models import F

from portal.models import Generation
from portal.prepared import Prepared

ROW = 1
# Room for four thousand million changes below the largest number that the column holds.
_LONGEST_STEP = 2**31
_memories: "WeakSet[Memory]" = WeakSet()
# Inside a request: the number once it has been asked for. Outside: nothing is taken for granted,
# since a worker or a shell lives through many generations.
_OUTSIDE, _NOT_ASKED = -2, -1
_seen: ContextVar[int] = ContextVar("generation", default=_OUTSIDE)


_number = Prepared(lambda row: Generation.objects.filter(pk=row).values_list("number"))


def current() -> int:
    """Return the generation's number: one small query for each request."""
    seen = _seen.get()
    if seen >= 0:
        return seen
    rows = _number.rows(ROW)
    number: int = rows[0][0] if rows else 0
    if seen == _NOT_ASKED:
        _seen.set(number)
    return number


@contextmanager
def one_request() -> Iterator[None]:
    """Ask the database for the number at most once while a request is answered."""
    token = _seen.set(_NOT_ASKED)
    try:
        yield
    finally:
        _seen.reset(token)


def forget() -> None:
    """Ask the database again next time: something has changed."""
    if _seen.get() >= 0:
        _seen.set(_NOT_ASKED)


def advance(**kwargs: object) -> None:
    """Begin a new generation, in the transaction of the change. Can be a signal's receiver.

    The step is a random one: the number of a change that is taken back must never be given to
    another, since what was remembered meanwhile would then be taken for what holds.
    """
    step = 1 + secrets.randbelow(_LONGEST_STEP)
    with transaction.atomic():
        changed = Generation.objects.filter(pk=ROW).update(number=F("number") + step)
        if not changed:
            Generation.objects.get_or_create(pk=ROW, defaults={"number": step})
    forget()


class Memory:
    """What a process remembers of one generation, the least used forgotten first.

    Nothing that depends on who is reading may be put in here.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()
        _memories.add(self)

    def get[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what *make* gave for *key* in this generation, making it when it is not kept."""
        try:
            whole = (current(), key)
        except DatabaseError:
            return make()
        with self._lock:
            if whole in self._kept:
                self._kept.move_to_end(whole)
                return cast("T", self._kept[whole])
        value = make()
        with self._lock:
            self._kept[whole] = value
            self._kept.move_to_end(whole)
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


def forget_everything() -> None:
    """Empty every memory of this process: for tests, whose databases come and go."""
    forget()
    for memory in list(_memories):
        memory.clear()
