"""What every fresh database connection is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from portal.swedish_order import SWEDISH, compare

# SQLite connections (by id) that may remove evidence just now.
_purging: set[int] = set()


def prepare(connection: Any, **kwargs: object) -> None:
    """Give SQLite what PostgreSQL has: Swedish order, and the switch that guards evidence.

    A receiver of connection_created.
    """
    if connection.vendor != "sqlite":
        return
    raw = connection.connection
    raw.create_collation(SWEDISH, compare)
    raw.create_function("portal_purging", 0, lambda: int(id(raw) in _purging))
    # Else INSERT OR REPLACE would remove a row without asking the triggers that guard it.
    raw.execute("PRAGMA recursive_triggers = ON")


@contextmanager
def purging(connection: Any) -> Iterator[None]:
    """Let *connection* remove evidence meanwhile: for the archive's purge alone."""
    connection.ensure_connection()
    raw = connection.connection
    if connection.vendor == "sqlite":
        _purging.add(id(raw))
    else:
        raw.execute("SELECT set_config('portal.purging', 'on', false)")
    try:
        yield
    finally:
        if connection.vendor == "sqlite":
            _purging.discard(id(raw))
        else:
            raw.execute("SELECT set_config('portal.purging', 'off', false)")
