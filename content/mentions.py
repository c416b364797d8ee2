"""Numbers and paragraphs in running text, taken from the registers that hold them.

A text says `{tel:KEY}` for the number of a contact and `{lag:KEY}` for the reference of a
provision. The reader sees today's number or reference as a link; a number that changes is changed
in one place. The marks are plain text in the editor, in files and in frozen lessons alike.
"""

import html
import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.apps import apps

_MARK = re.compile(r"\{(tel|lag):([^{}\s]*)\}")
TEL, LAW = "tel", "lag"


# The blocks use this module and the models use the blocks: hence no model is named here.
class Number(Protocol):
    """A contact, as far as its number goes."""

    @property
    def phone(self) -> str:
        """The number as it is read, or an empty string."""

    @property
    def phone_link(self) -> str:
        """The number as a `tel:` link needs it."""


class Paragraph(Protocol):
    """A provision, as far as a sentence says it."""

    @property
    def key(self) -> str:
        """What the register calls it."""

    @property
    def act(self) -> str:
        """The law's name."""

    @property
    def reference(self) -> str:
        """The chapter and paragraph."""


def keys(texts: Iterable[str]) -> dict[str, set[str]]:
    """Return the keys that *texts* mention, under `tel` and `lag`."""
    found: dict[str, set[str]] = {TEL: set(), LAW: set()}
    for text in texts:
        if "{" in text:
            for kind, key in _MARK.findall(text):
                found[kind].add(key)
    return found


def mark(kind: str, key: str) -> str:
    """Return the mark for a row, as it stands in a text."""
    return f"{{{kind}:{key}}}"


def filled(
    value: str,
    contact: Callable[[str], Number | None],
    provision: Callable[[str], Paragraph | None],
    law_url: Callable[[str], str],
) -> str:
    """Return the HTML *value* with each mark replaced by what it stands for.

    *law_url* gives the address of a provision's row. A row that is gone is said to be missing: a
    sentence without its number would read as if nothing were wrong.
    """
    if "{" not in value:
        return value

    def words(match: re.Match[str]) -> str:
        kind, key = match[1], html.unescape(match[2])
        if kind == TEL:
            row = contact(key)
            return phone_html(row) if row and row.phone else "(uppgift om numret saknas)"
        law = provision(key)
        return law_html(law, law_url(law.key)) if law else "(uppgift om lagrummet saknas)"

    return _MARK.sub(words, value)


def phone_html(row: Number) -> str:
    """Return the number of a contact as a link that calls it."""
    return f'<a class="nowrap" href="{html.escape(row.phone_link)}">{html.escape(row.phone)}</a>'


def law_html(row: Paragraph, url: str) -> str:
    """Return the reference of a provision, as it is said in a sentence, as a link to its row."""
    words = html.escape(law_words(row))
    return f'<a href="{html.escape(url)}">{words}</a>' if url else words


def law_words(row: Paragraph) -> str:
    """Return the reference of a provision as it is said in a sentence."""
    act = row.act[:1].lower() + row.act[1:]
    if row.reference.endswith("i sin helhet"):
        return act
    # Paragraph and number belong together at the end of a line.
    return f"{row.reference} {act}".replace(" §", "\N{NO-BREAK SPACE}§").replace(
        " kap.", "\N{NO-BREAK SPACE}kap."
    )


def faults(text: str) -> list[str]:
    """Return what is wrong with the marks of *text*, each as a sentence in Swedish."""
    found = keys([text])
    numbers = dict(_rows("Contact", found[TEL]).values_list("key", "phone"))
    said = []
    if missing := found[TEL] - set(numbers):
        said.append(
            f"Det finns ingen kontakt med nyckeln {', '.join(sorted(missing))}. "
            "Välj en nyckel i registret över kontakter."
        )
    if without := [key for key, phone in numbers.items() if not phone]:
        said.append(
            f"Kontakten {', '.join(sorted(without))} har inget nummer. Skriv det i registret först."
        )
    laws = _rows("LegalProvision", found[LAW]).values_list("key", flat=True)
    if missing := found[LAW] - set(laws):
        said.append(
            f"Det finns inget lagrum med nyckeln {', '.join(sorted(missing))}. "
            "Välj en nyckel i registret över lagrum."
        )
    return said


def _rows(model: str, wanted: set[str]) -> Any:
    return apps.get_model("content", model)._default_manager.filter(key__in=wanted)
