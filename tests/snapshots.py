"""States of the test database that it can be put back into, fast and whole.

A test that commits would otherwise leave an empty database behind: Django's flush also removes
what migrations wrote, forgets tables without a model (the search index), and the triggers that
guard evidence rightly refuse it. Here the rows are put back below the triggers instead.
"""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from psycopg import sql

type Restore = Callable[[], None]


class States:
    """The named states a test database can have, each made when first wanted."""

    def __init__(self) -> None:
        self._restores: dict[str, Restore] = {}
        self._current: str | None = None
        self._copies = ExitStack()

    def close(self) -> None:
        """Let go of the copies."""
        self._copies.close()

    def keep(self, name: str) -> None:
        """Remember the database as it is now under *name*."""
        connection.close()
        take = _take_postgresql if connection.vendor == "postgresql" else _take_sqlite
        self._restores[name] = take(connection.settings_dict, self._copies)
        self._current = name

    def spoil(self) -> None:
        """Note that a test has committed something, so that no state can be relied on."""
        self._current = None

    def put(self, name: str, *, make: Callable[[], None]) -> None:
        """Put the database in the state *name*; *make* makes it out of the bare one."""
        if self._current == name:
            return
        known = name in self._restores
        connection.close()
        self._restores[name if known else "bare"]()
        self._current = name if known else "bare"
        _forget_caches()
        if not known:
            self._current = None
            make()
            self.keep(name)
            _forget_caches()


def _forget_caches() -> None:
    ContentType.objects.clear_cache()
    cache.clear()


def _take_sqlite(settings: dict[str, Any], copies: ExitStack) -> Restore:
    """Copy the file into memory. Restoring copies the pages back, past every trigger."""
    copy = copies.enter_context(closing(sqlite3.connect(":memory:")))
    with closing(sqlite3.connect(settings["NAME"])) as database:
        database.backup(copy)

    def restore() -> None:
        with closing(sqlite3.connect(settings["NAME"], timeout=20)) as database:
            copy.backup(database)

    return restore


def _take_postgresql(settings: dict[str, Any], copies: ExitStack) -> Restore:
    """Copy every table's rows. Restoring empties and refills them with the triggers asleep."""

    def connect() -> psycopg.Connection[Any]:
        return psycopg.connect(
            dbname=settings["NAME"],
            user=settings["USER"],
            password=settings["PASSWORD"],
            host=settings["HOST"],
            port=settings["PORT"],
            options="-c session_replication_role=replica -c lock_timeout=20s",
        )

    rows: dict[str, bytes] = {}
    with connect() as raw, raw.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                rows[table] = b"".join(bytes(part) for part in copy)
        cursor.execute(
            "SELECT quote_ident(sequencename), start_value, last_value FROM pg_sequences "
            "WHERE schemaname = 'public'"
        )
        sequences = cursor.fetchall()

    def restore() -> None:
        with connect() as raw, raw.cursor() as cursor:
            for table in tables:
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            for table, content in rows.items():
                if content:
                    into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
                    with cursor.copy(into) as copy:
                        copy.write(content)
            for name, start, last in sequences:
                # One that nobody has drawn from has no last value.
                cursor.execute(
                    "SELECT setval(%s, %s, %s)",
                    [name, start if last is None else last, last is not None],
                )

    return restore
