"""Faults in how the portal is configured, found before it starts."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check
from django.db import connection


def demo_only_on_loopback(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse the demo cast, whose password is public, on a host others can reach."""
    if settings.DEMO and not settings.ONLY_LOOPBACK:
        return [
            Error(
                "PORTAL_DEMO är på fast PORTAL_HOSTS når utanför den här datorn; stäng av demon "
                "eller ange bara 127.0.0.1.",
                id="portal.E001",
            )
        ]
    return []


def secret_key_is_long(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a short secret key where it protects real people."""
    if not settings.ONLY_LOOPBACK and len(settings.SECRET_KEY) < 50:
        return [
            Error(
                "PORTAL_SECRET_KEY är kortare än 50 tecken; skapa en längre och slumpad.",
                id="portal.E002",
            )
        ]
    return []


def debug_is_off(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse debug pages, which show code and settings, on a host others can reach."""
    if settings.DEBUG and not settings.ONLY_LOOPBACK:
        return [
            Error(
                "PORTAL_DEBUG är på fast PORTAL_HOSTS når utanför den här datorn; stäng av det.",
                id="portal.E003",
            )
        ]
    return []


def sqlite_can_search(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse an SQLite without FTS5, since search is built on it."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pragma_compile_options WHERE compile_options = 'ENABLE_FTS5'")
        if cursor.fetchone():
            return []
    return [
        Error(
            "Den här Pythons SQLite saknar FTS5, som sökningen bygger på; använd en Python med "
            "FTS5 eller PostgreSQL.",
            id="portal.E004",
        )
    ]


def register() -> None:
    """Register the checks of this module with Django."""
    for check in (demo_only_on_loopback, secret_key_is_long, debug_is_off):
        register_check(check, Tags.security)
    register_check(sqlite_can_search, Tags.database)
