"""The register of contacts as readers see it, read once and remembered for a generation.

Every page shows a number or two: cards, sentences, the strip about danger. The register is some
fifty rows, so all of them together cost less than a question for each page.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.db import DatabaseError
from django.utils.safestring import SafeString, mark_safe

from content import mentions
from content.models.registers import Contact
from portal import generation

SHIPPED: Final = Path(__file__).parent / "library" / "contacts.yaml"

_kept = generation.Memory(1)


def contacts() -> dict[Any, Contact]:
    """Return every contact with its source, by primary key and by key, in the order of the list."""
    return _kept.get("contacts", _read)


def _read() -> dict[Any, Contact]:
    found: dict[Any, Contact] = {}
    for row in Contact.objects.select_related("source").order_by("sort_order", "name"):
        found[row.pk] = found[row.key] = row
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
    row = row or _shipped().get(key)
    return mark_safe(mentions.phone_html(row) if row and row.phone else "")  # noqa: S308  # escaped


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Contact]:
    rows: list[dict[str, Any]] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return {row["key"]: Contact(key=row["key"], phone=row["phone"] or "") for row in rows}
