"""Faults in how the portal is configured, found before it starts."""

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import Warning as Remark
from django.core.checks import register as register_check
from django.db import connection

from portal.env import LOOPBACK, SearchServer


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


def elasticsearch_is_guarded(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse an Elasticsearch out on a network that asks nobody who they are.

    A name without a dot, or a private number, may be a network of the portal's own, as in
    docker-compose.yml, and only `check --deploy` remarks on it.
    """
    server: SearchServer | None = settings.ELASTICSEARCH
    if server is None or server.is_guarded or _is_near(server.host):
        return []
    return [
        Error(
            "PORTAL_ELASTICSEARCH_URL leder ut på ett nät utan lösenord och TLS; skriv "
            "https://användare:lösenord@värd:9200/.",
            id="portal.E005",
        )
    ]


def elasticsearch_is_alone(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Remark on an Elasticsearch that is only guarded by the network that it is on."""
    server: SearchServer | None = settings.ELASTICSEARCH
    if server is None or server.is_guarded or server.host in LOOPBACK or not _is_near(server.host):
        return []
    return [
        Remark(
            "PORTAL_ELASTICSEARCH_URL saknar lösenord och TLS; se till att bara portalen når "
            "servern, eller skriv https://användare:lösenord@värd:9200/.",
            id="portal.W001",
        )
    ]


def _is_near(host: str) -> bool:
    """Return whether a host can only be on this machine or a private network."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host


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
    for check in (
        demo_only_on_loopback,
        secret_key_is_long,
        debug_is_off,
        elasticsearch_is_guarded,
    ):
        register_check(check, Tags.security)
    register_check(elasticsearch_is_alone, Tags.security, deploy=True)
    register_check(sqlite_can_search, Tags.database)
