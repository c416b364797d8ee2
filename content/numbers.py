"""The numbers that templates show, from the register of contacts like every other number."""

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


def phone(key: str) -> SafeString:
    """Return the number of the contact *key* as a link; empty when it has none.

    The pages that tell of a fault are drawn without the database. They show the number that the
    register shipped with.
    """
    try:
        numbers = _kept.get("numbers", _numbers)
    except DatabaseError:
        numbers = _shipped()
    return numbers.get(key, mark_safe(""))


def _numbers() -> dict[str, SafeString]:
    return _drawn(Contact.objects.exclude(phone="").only("key", "phone"))


@lru_cache(maxsize=1)
def _shipped() -> dict[str, SafeString]:
    rows: list[dict[str, Any]] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return _drawn([Contact(key=row["key"], phone=row["phone"]) for row in rows if row["phone"]])


def _drawn(rows: Any) -> dict[str, SafeString]:
    return {row.key: mark_safe(mentions.phone_html(row)) for row in rows}  # noqa: S308  # escaped
