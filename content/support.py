"""The directory of support: which services suit what one is looking for.

What is chosen stands in the address, so that a choice can be shared and printed. Nothing of it is
stored, and a value that is not offered counts as no choice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from content import directory, documents, tree
from content.models.registers import LANGUAGES, AgeGroup, Audience, Contact, Violence

ANY = ("", "Alla")
YES = "ja"


@dataclass(frozen=True)
class _Filter:
    """One thing to choose by: its name in the address, and which contacts suit a value."""

    name: str
    label: str
    choices: Callable[[list[Contact]], list[tuple[str, str]]]
    suits: Callable[[Contact, str], bool]


def _languages(rows: list[Contact]) -> list[tuple[str, str]]:
    """Return the languages that somebody answers in, Swedish apart: it goes without saying."""
    spoken = {code for row in rows for code in row.speaks} - {"sv"}
    return [(code, name.capitalize()) for code, name in LANGUAGES.items() if code in spoken]


_SELECTS = (
    _Filter("for", "Vem är stödet för?", lambda rows: list(Audience.choices),
            lambda row, value: value in row.audience),
    _Filter("alder", "Ålder", lambda rows: list(AgeGroup.choices),
            lambda row, value: value in row.age_groups),
    _Filter("typ", "Typ av våld", lambda rows: list(Violence.choices),
            lambda row, value: not row.violence or value in row.violence),
    _Filter("sprak", "Språk", _languages, lambda row, value: value in row.speaks),
)  # fmt: skip
_BOXES = (
    _Filter("dygnet-runt", "Öppet dygnet runt", lambda rows: [(YES, "")],
            lambda row, value: row.always_open),
    _Filter("anonymt", "Går att kontakta anonymt", lambda rows: [(YES, "")],
            lambda row, value: row.anonymous.casefold().startswith(YES)),
)  # fmt: skip


def listing(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the services that suit what is *asked* (an address's query), in groups.

    `groups` is a list of {label, value, contacts}; without a choice of whom it is for, each
    contact stands once, under the first of those it is for. `selects` and `boxes` are the filters
    with what is chosen, `count` how many services suit and `is_filtered` whether anything is
    chosen.
    """
    rows = list({row.pk: row for row in directory.contacts().values()}.values())
    chosen = {
        each.name: value
        for each in (*_SELECTS, *_BOXES)
        if (value := asked.get(each.name, "")) in dict(each.choices(rows))
    }
    found = [
        row
        for row in rows
        if all(
            each.suits(row, chosen[each.name])
            for each in (*_SELECTS, *_BOXES)
            if each.name in chosen
        )
    ]
    groups = [
        {"label": label, "value": value, "contacts": contacts}
        for value, label in Audience.choices
        if chosen.get("for", value) == value
        and (contacts := [_row(row) for row in found if _stands_in(row, value, chosen)])
    ]
    return {
        "groups": groups,
        "count": sum(len(group["contacts"]) for group in groups),
        "is_filtered": bool(chosen),
        "selects": [
            {
                "name": each.name,
                "label": each.label,
                "options": [
                    {"value": value, "label": label, "selected": chosen.get(each.name, "") == value}
                    for value, label in [ANY, *each.choices(rows)]
                ],
            }
            for each in _SELECTS
            if len(each.choices(rows)) > 1
        ],
        "boxes": [
            {"name": each.name, "label": each.label, "checked": each.name in chosen}
            for each in _BOXES
        ],
    }


def _stands_in(row: Contact, value: str, chosen: Mapping[str, str]) -> bool:
    return value in (row.audience if "for" in chosen else row.audience[:1])


def _row(row: Contact) -> dict[str, Any]:
    """Return a contact as the directory lists it, with the page that says more."""
    place = tree.now().about("SupportPage", row.pk)
    return documents.contact_dict(row) | {"url": place.url if place else ""}
