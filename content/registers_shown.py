"""The registers as pages show them, row by row, each row with an anchor of its own."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.text import slugify

from content import documents, glossary
from content import known as known_rows
from content.facts import Facts
from content.models.registers import (
    Figure,
    LegalProvision,
    RemarkStatus,
    SourceKind,
)
from content.programme_shown import remark
from portal.charts import Chart, Value, bar_chart

# Kinds of source that the programme itself is known by; they come before the rest.
_SEEDS = (SourceKind.CONSULTATION, SourceKind.INTERPELLATION)


def laws(act: str, on: date) -> dict[str, Any]:
    """Return the paragraphs of all laws, or those of the law whose slug is *act*."""
    rows = list(LegalProvision.objects.order_by("act", "pk"))
    acts = dict.fromkeys(row.act for row in rows)
    groups = [
        {
            "title": name,
            "slug": slugify(name),
            "sfs": sorted({row.sfs for row in rows if row.act == name}),
            "laws": [
                documents.law_dict(row) | {"url": "", "stale": row.is_stale(on)}
                for row in rows
                if row.act == name
            ],
        }
        for name in acts
        if not act or slugify(name) == act
    ]
    return {
        "groups": groups,
        "choices": [
            {"value": value, "label": label, "selected": value == act}
            for value, label in [("", "Alla lagar"), *((slugify(name), name) for name in acts)]
        ],
    }


def acts() -> set[str]:
    """Return the slugs of the laws that the register holds."""
    return {
        slugify(name) for name in LegalProvision.objects.values_list("act", flat=True).distinct()
    }


def figures(known: Facts) -> list[dict[str, Any]]:
    """Return the figures by topic, each topic with a chart when its values can be compared."""
    topics: dict[str, list[Figure]] = {}
    for row in Figure.objects.select_related("source").order_by("sort_order", "key"):
        topics.setdefault(row.topic, []).append(row)
    return [
        {
            "title": topic,
            "anchor": slugify(topic),
            "chart": _chart(topic, rows),
            "head": ["Grupp", "Värde"],
            "figures": [_figure(row, known) for row in rows],
        }
        for topic, rows in topics.items()
    ]


def _figure(row: Figure, known: Facts) -> dict[str, Any]:
    source = documents.cited(row.source, row.locator, known.tree)
    return {
        "key": row.key,
        "text": row.text,
        "group": row.group,
        "year": row.year,
        "note": row.note,
        "sources": [source],
    }


def _chart(topic: str, rows: list[Figure]) -> Chart | None:
    """Return the chart of a topic: two values or more of the same unit, each of a named group."""
    drawn = [row for row in rows if row.value is not None and row.value >= 0 and row.group]
    units = {row.unit for row in drawn}
    if len(drawn) < 2 or len(units) != 1 or not any(row.value for row in drawn):
        return None
    highest = max(drawn, key=lambda row: row.value or 0)
    years = {row.year or "år anges inte" for row in drawn}
    return bar_chart(
        key=slugify(topic),
        title=f"Högst: {highest.group}",
        about=f"{_unit(units.pop())}. {', '.join(sorted(years)).capitalize()}.",
        values=[Value(row.group, _plain(row.value)) for row in drawn],
        unit=_sign(drawn[0].unit),
    )


def _plain(value: Decimal | None) -> Decimal | None:
    """Return the value without the noughts that the column adds."""
    if value is None:
        return None
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _unit(unit: str) -> str:
    return {"%": "Procent"}.get(unit, unit.capitalize() or "Antal")


def _sign(unit: str) -> str:
    return {"procent": "%"}.get(unit, unit)


def sources(known: Facts) -> list[dict[str, Any]]:
    """Return all sources: those that the programme is known by, then the rest by kind."""
    uses = _uses(known)
    rows = list(known.sources.values())
    seeds = sorted((row for row in rows if row.kind in _SEEDS), key=lambda row: row.key)
    groups = [("Det som programmet är känt genom", seeds)]
    for kind in SourceKind:
        if kind not in _SEEDS:
            found = [row for row in rows if row.kind == kind]
            groups.append((kind.label, sorted(found, key=lambda row: row.title.casefold())))
    return [
        {
            "title": title,
            "anchor": slugify(title),
            "sources": [
                {
                    "key": row.key,
                    "title": row.title,
                    "publisher": row.publisher,
                    "kind_label": SourceKind(row.kind).label,
                    "published": row.published,
                    "url": row.url,
                    "note": row.note,
                    "uses": uses.get(row.key, []),
                }
                for row in found
            ],
        }
        for title, found in groups
        if found
    ]


def _uses(known: Facts) -> dict[str, list[str]]:
    """Return in words how much of the programme rests on each source."""
    counts: dict[str, Counter[str]] = {}

    def note(pk: int | None, what: str) -> None:
        if pk in known.sources:
            counts.setdefault(known.sources[pk].key, Counter())[what] += 1

    for goal in known.goals:
        note(goal.source_id, "målnamn")
        for row in goal.preconditions:
            note(row.source_id, "ska vara på plats")
    for row in (*(a for goal in known.goals for a in goal.activities), *known.loose_activities):
        note(row.source_id, "aktivitet")
    for row in (*(i for goal in known.goals for i in goal.indicators), *known.loose_indicators):
        note(row.source_id, "indikator")
    for board in known.boards.values():
        for row in board.statements:
            note(row.source_id, "uppgift om nämnd")
    for remark_row in known.remarks:
        for key in remark_row.sources.split():
            counts.setdefault(key, Counter())["synpunkt"] += 1
    for pk, number in Figure.objects.values_list("source_id").annotate(Count("pk")):
        if pk in known.sources:
            counts.setdefault(known.sources[pk].key, Counter())["siffra"] += number
    return {
        key: [_how_many(number, what) for what, number in found.items()]
        for key, found in counts.items()
    }


def remarks(known: Facts) -> dict[str, Any]:
    """Return all remarks, with how many have each status."""
    rows = [remark(row, known) for row in known.remarks]
    counts = Counter(row["status"] for row in rows)
    return {
        "remarks": rows,
        "counts": [
            {"status": status, "label": label, "count": counts[status]}
            for status, label in RemarkStatus.choices
            if counts[status]
        ],
    }


def words(known: Facts) -> list[dict[str, Any]]:
    """Return the words in Swedish order, by the letter they begin with, each with its explanation.

    `page` is the page that says more, if it is published; `sources` is empty for what is our own.
    """
    letters: dict[str, list[dict[str, Any]]] = {}
    by_key = {row.key: row for row in known.sources.values()}
    rows = glossary.rows()
    laws = known_rows.laws()
    for row in rows:
        place = known.tree.at(row.page) if row.page else None
        cited = [by_key.get(key) or laws.get(key) for key in row.sources.split()]
        letters.setdefault(row.term[0].upper(), []).append(
            {
                "key": row.key,
                "term": row.term,
                "text": row.text,
                "synonyms": row.synonym_list,
                "page": {"title": place.title, "url": place.url} if place else None,
                "sources": [documents.cited(each, "", known.tree) for each in cited if each],
            }
        )
    return [
        # By number, since Å and A are the same in an address made of letters.
        {"letter": letter, "anchor": f"bokstav-{number}", "terms": terms}
        for number, (letter, terms) in enumerate(letters.items(), start=1)
    ]


_PLURALS = {
    "aktivitet": "aktiviteter",
    "indikator": "indikatorer",
    "uppgift om nämnd": "uppgifter om nämnder",
    "synpunkt": "synpunkter",
    "siffra": "siffror",
    "ska vara på plats": "rader om vad som ska vara på plats",
}


def _how_many(number: int, what: str) -> str:
    if what == "ska vara på plats" and number == 1:
        return "1 rad om vad som ska vara på plats"
    return f"{number} {what if number == 1 else _PLURALS.get(what, what)}"
