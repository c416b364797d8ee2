"""The registers that texts point at, read once and remembered for a generation.

Every page cites a few sources and laws and shows a number or two: in cards, in sentences, in the
strip about danger. The registers are a few hundred rows, so all of a register together cost less
than a question for each page.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import DatabaseError, models
from django.utils.safestring import SafeString, mark_safe

from content import mentions
from content.models.registers import Contact, LegalProvision, Source
from portal import generation

SHIPPED: Final = Path(__file__).parent / "library" / "contacts.yaml"

_kept = generation.Memory(3)


def contacts() -> dict[Any, Contact]:
    """Return every contact with its source, by primary key and by key, in the order of the list."""
    rows = Contact.objects.select_related("source").order_by("sort_order", "name")
    return _kept.get("contacts", lambda: _read(rows.all))


def laws() -> dict[Any, LegalProvision]:
    """Return every provision, by primary key and by key."""
    return _kept.get("laws", lambda: _read(LegalProvision.objects.all))


def sources() -> dict[Any, Source]:
    """Return every source, by primary key and by key."""
    return _kept.get("sources", lambda: _read(Source.objects.all))


def _read[T: models.Model](rows: Callable[[], models.QuerySet[T]]) -> dict[Any, T]:
    found: dict[Any, T] = {}
    for row in rows():
        found[row.pk] = found[row.key] = row  # type: ignore[attr-defined]  # each register has it
    return found


def phone(key: str) -> SafeString:
    """Return the number of the contact *key* as a link; empty when an editor has taken it away.

    The pages that tell of a fault are drawn without the database, and whoever is in danger must
    find the number although its row is gone. Then it is the one that the register shipped with.
    """
    try:
        row = contacts().get(key)
    except DatabaseError:
        row = None
    return _drawn(row or _shipped().get(key))


def shipped_phone(key: str) -> SafeString:
    """Return the number that the register shipped with: for what stands on every page unseen.

    It asks the database nothing, which a private page would otherwise do for this alone.
    """
    return _drawn(_shipped().get(key))


def _drawn(row: Contact | None) -> SafeString:
    return mark_safe(mentions.phone_html(row) if row and row.phone else "")  # noqa: S308  # escaped


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Contact]:
    rows: list[dict[str, Any]] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return {row["key"]: Contact(key=row["key"], phone=row["phone"] or "") for row in rows}
