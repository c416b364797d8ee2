"""The words of the glossary, explained where they first stand in a text.

A word becomes a button that opens its explanation beside it. It needs no script: the explanation
is a popover of HTML, drawn once after the text.
"""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Collate

from content.models.registers import GlossaryTerm
from portal import generation
from portal.swedish_order import SWEDISH

# Where an explanation helps. Danger comes first without anything that asks for attention, quoted
# words stay as they are, and a sheet is for paper.
EXPLAINED_IN = frozenset({"text", "steps", "note", "warning", "faq", "law", "reported"})

_TAG = re.compile(r"(<[^>]*>)")


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its explanation. `page` is the path of a page that says more, or empty."""

    key: str
    term: str
    text: str
    page: str


@dataclass(frozen=True)
class _Words:
    """Every form of every word, as one pattern, and the word that each form belongs to."""

    pattern: re.Pattern[str] | None
    by_form: dict[str, Term]


_kept = generation.Memory(2)


def rows() -> list[GlossaryTerm]:
    """Return the words in Swedish order, remembered for a generation."""
    return _kept.get(
        "rows", lambda: list(GlossaryTerm.objects.order_by(Collate("term", SWEDISH), "pk"))
    )


def explained(pieces: Iterable[tuple[Any, Any]], *, path: str = "") -> tuple[Term, ...]:
    """Mark, in *pieces*, each word of the glossary where it first stands; return those words.

    *pieces* are containers with the place of a piece of HTML in them, in reading order. The words
    that the page at *path* is itself about are left as they are.
    """
    words = _kept.get("words", _words)
    if words.pattern is None:
        return ()
    met: dict[str, Term] = {}
    about = {term.key for term in words.by_form.values() if term.page and term.page == path}
    for holder, place in pieces:
        marked = "".join(_marked(str(holder[place]), words, met, about))
        if marked != holder[place]:
            holder[place] = type(holder[place])(marked)
    return tuple(met.values())


def _marked(value: str, words: _Words, met: dict[str, Term], about: set[str]) -> Iterator[str]:
    """Yield *value* in parts, with the words that have not been met yet as buttons."""

    def button(match: re.Match[str]) -> str:
        term = words.by_form.get(match[0]) or words.by_form.get(match[0].lower())
        if term is None or term.key in met or term.key in about:
            return match[0]
        met[term.key] = term
        return (
            f'<button type="button" class="term" popovertarget="ord-{html.escape(term.key)}">'
            f"{match[0]}</button>"
        )

    links = 0
    for part in _TAG.split(value):
        if part.startswith("<"):
            links += part.startswith("<a ") - (part == "</a>")
            yield part
        else:
            # A link says itself what it leads to.
            yield part if links or not words.pattern else words.pattern.sub(button, part)


def _words() -> _Words:
    """Return every form of every word. A word in capitals is met only in capitals."""
    by_form: dict[str, Term] = {}
    for row in rows():
        term = Term(row.key, row.term, row.text, row.page)
        for form in row.form_list:
            escaped = html.escape(form, quote=False)
            by_form.setdefault(escaped if _is_name(form) else escaped.lower(), term)
    if not by_form:
        return _Words(None, {})
    # The longest first, so that ”skyddat boende” is not met as ”boende”.
    forms = sorted(by_form, key=len, reverse=True)
    return _Words(
        re.compile(rf"(?<![\w-])(?:{'|'.join(_any_case(form) for form in forms)})(?![\w-])"),
        by_form,
    )


def _is_name(form: str) -> bool:
    """Return whether a form is an abbreviation or a name, whose capitals belong to it."""
    return form != form.lower()


def _any_case(form: str) -> str:
    """Return the pattern of a form: a word of small letters may begin a sentence."""
    escaped = re.escape(form)
    if _is_name(form) or not form[0].isalpha():
        return escaped
    return f"[{form[0].upper()}{form[0]}]{re.escape(form[1:])}"
