"""A sign of life, given by a thread of its own for as long as the process lives."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

from django.db import connections

logger = logging.getLogger("portal.jobs")

LEASE_SECONDS: Final = 90
"""How long a sign of life is good for. Whoever is silent longer is taken for dead."""
BEAT_SECONDS: Final = 20


class Pulse:
    """Calls *beat* every so often until the block ends or *beat* returns False."""

    def __init__(self, beat: Callable[[], bool], *, every: float = BEAT_SECONDS) -> None:
        self._beat = beat
        self._every = every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End, and wait for a beat that is under way; not for long, since it can do no harm."""
        self._over.set()
        self._thread.join(2)

    def _go_on(self) -> None:
        while not self._over.wait(self._every):
            try:
                if not self._beat():
                    return
            except Exception:
                # Out of reach, or busy. The lease lasts for several beats.
                logger.exception("a sign of life could not be given")
            finally:
                connections.close_all()
