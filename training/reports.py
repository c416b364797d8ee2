"""Who has completed what, for those who answer for others: figures derived, never stored.

Managers are given exactly the fields of `Item` and `Row`. Answers, scores, attempts and what was
read are not in these queries, so no view can show them by mistake.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from portal.organisation.models import Employment, Person, Unit, UnitQuerySet
from training.models.obligations import (
    Item,
    add_months,
    duties,
    extend,
    most_pressing,
    obligations,
)

__all__ = [
    "Item",
    "Row",
    "Totals",
    "UnitLine",
    "UnitReport",
    "add_months",
    "extend",
    "obligations",
    "of_managed",
    "of_unit",
]

# How a person with several modules stands: as the one that presses most.
_URGENCY = ("late", "started", "not_started", "paused", "done")


@dataclass(frozen=True)
class Row:
    """A line in a manager's list. Only persons who may be named have one."""

    name: str
    unit: str
    item: Item

    @property
    def module(self) -> str:
        """The module's title."""
        return self.item.module

    @property
    def state(self) -> str:
        """The state's code."""
        return self.item.state

    @property
    def label(self) -> str:
        """The state in Swedish."""
        return self.item.label

    @property
    def due_date(self) -> date:
        """The last day."""
        return self.item.due_date

    @property
    def completed_at(self) -> datetime | None:
        """When it was completed, or None."""
        return self.item.completed_at


@dataclass
class Totals:
    """Counts of people by how they stand with everything they must do."""

    people: int = 0
    done: int = 0
    late: int = 0
    started: int = 0
    not_started: int = 0
    paused: int = 0
    nothing_required: int = 0

    def add(self, items: Iterable[Item]) -> None:
        """Count one person."""
        self.people += 1
        states = {item.state for item in items}
        if not states:
            self.nothing_required += 1
            return
        state = next(state for state in _URGENCY if state in states)
        setattr(self, state, getattr(self, state) + 1)


@dataclass(frozen=True)
class UnitReport:
    """A manager's view of a unit and what lies below it."""

    rows: list[Row]
    totals: Totals
    protected_count: int


def of_unit(unit: Unit, *, on: date) -> UnitReport:
    """Return the report of *unit* and everything below it, in a fixed number of queries."""
    here = Employment.objects.in_force_on(on).filter(unit__path__startswith=unit.path)
    # One line per person and module: the unit is the one of the earliest employment here.
    units: dict[int, str] = {}
    for person_id, name in here.order_by("starts_date", "pk").values_list(
        "person_id", "unit__name"
    ):
        units.setdefault(person_id, name)
    found = duties(here.values("person_id"), on=on)
    totals, rows, protected = Totals(), [], 0
    for person in Person.objects.filter(pk__in=here.values("person_id")).by_name():
        items = most_pressing(found[person.pk], below=unit.path)
        totals.add(items)
        if person.is_protected:
            protected += 1
            continue
        rows += [Row(person.full_name, units[person.pk], item) for item in items]
    return UnitReport(rows, totals, protected)


@dataclass(frozen=True)
class UnitLine:
    """A unit in a manager's list of units."""

    pk: int
    name: str
    depth: int
    totals: Totals


def of_managed(units: UnitQuerySet, *, on: date) -> list[UnitLine]:
    """Return one line for each open unit of *units* (in tree order), with what lies below it too.

    A line says what the unit's own report says, in a fixed number of queries for all of them.
    """
    lines = {unit.path: (unit, Totals()) for unit in units.open_on(on).order_by("path")}
    here = Employment.objects.in_force_on(on).filter(unit__in=units)
    paths: dict[int, set[str]] = {}
    for person_id, path in here.values_list("person_id", "unit__path"):
        paths.setdefault(person_id, set()).update(_up_from(path) & lines.keys())
    found = duties(here.values("person_id"), on=on)
    for person_id, above in paths.items():
        for path in above:
            lines[path][1].add(most_pressing(found[person_id], below=path))
    top = min((unit.depth for unit, _ in lines.values()), default=1)
    return [
        UnitLine(unit.pk, unit.name, unit.depth - top, totals) for unit, totals in lines.values()
    ]


def _up_from(path: str) -> set[str]:
    """Return *path* and the paths of the units above it."""
    return {path[:end] for end in range(Unit.steplen, len(path) + 1, Unit.steplen)}
