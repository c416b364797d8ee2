"""Who has completed what: figures derived from the facts, never stored.

Managers are given exactly the fields of `Item` and `Row`. Answers, scores, attempts and what was
read are not in these queries, so no view can show them by mistake.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from portal.organisation.models import (
    Absence,
    Employment,
    Person,
    RoleAssignment,
    Unit,
    UnitQuerySet,
    in_force,
)
from training.models import (
    Attempt,
    ChangeKind,
    Completion,
    DueRule,
    LessonRead,
    MaterialPolicy,
    Module,
    ModuleVersion,
    Requirement,
)

LABELS = {
    "done": "Klar",
    "late": "Försenad",
    "started": "Påbörjad",
    "not_started": "Inte påbörjad",
    "paused": "Pausad",
}
# What to show first when a person has several modules to do.
_URGENCY = ("late", "started", "not_started", "paused", "done")


@dataclass(frozen=True)
class Item:
    """One module that a person must complete, and how it stands."""

    module_id: int
    module: str
    slug: str
    requirement: str
    reason: str
    state: str
    due_date: date
    completed_at: Any = None
    valid_until: date | None = None

    @property
    def label(self) -> str:
        """The state in Swedish."""
        return LABELS[self.state]


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
    def completed_at(self) -> Any:
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

    def add(self, items: list[Item]) -> None:
        """Count one person."""
        self.people += 1
        if not items:
            self.nothing_required += 1
            return
        states = {item.state for item in items}
        state = next(state for state in _URGENCY if state in states)
        setattr(self, state, getattr(self, state) + 1)


@dataclass(frozen=True)
class UnitReport:
    """A manager's view of a unit and what lies below it."""

    rows: list[Row]
    totals: Totals
    protected_count: int


@dataclass
class _Facts:
    """What the statuses are derived from, fetched in one go for all persons."""

    employments: dict[int, list[Employment]] = field(default_factory=dict)
    roles: dict[int, set[str]] = field(default_factory=dict)
    completions: dict[tuple[int, int], Completion] = field(default_factory=dict)
    begun: set[tuple[int, int]] = field(default_factory=set)
    absences: dict[int, list[Absence]] = field(default_factory=dict)
    material: dict[int, ModuleVersion] = field(default_factory=dict)


def obligations(
    person_ids: Iterable[int], *, on: date, units: UnitQuerySet | None = None
) -> dict[int, list[Item]]:
    """Return person pk → what the person must complete, as of *on*.

    With *units* only employments there count. The number of queries does not depend on the number
    of persons. Items are in the order of their last day.
    """
    ids = list(person_ids)
    requirements = list(
        Requirement.objects.in_force_on(on)
        .select_related("module", "track")
        .prefetch_related("operations", "professions", "units", "track__items__module")
        .order_by("pk")
    )
    if not ids or not requirements:
        return {person_id: [] for person_id in ids}
    facts = _facts(ids, requirements, on, units)
    result: dict[int, list[Item]] = {}
    for person_id in ids:
        items: dict[int, Item] = {}
        for requirement in requirements:
            employment = _match(requirement, person_id, facts)
            if employment is None:
                continue
            for module in _modules(requirement):
                item = _item(requirement, module, person_id, employment, facts, on)
                known = items.get(module.pk)
                if known is None or item.due_date < known.due_date:
                    items[module.pk] = item
        result[person_id] = sorted(items.values(), key=lambda item: (item.due_date, item.module))
    return result


def _modules(requirement: Requirement) -> list[Module]:
    if requirement.track_id and requirement.track:
        return [item.module for item in requirement.track.items.all()]
    return [requirement.module] if requirement.module else []


def _facts(
    ids: list[int], requirements: list[Requirement], on: date, units: UnitQuerySet | None
) -> _Facts:
    facts = _Facts()
    modules = {module.pk for requirement in requirements for module in _modules(requirement)}
    employments = Employment.objects.in_force_on(on).filter(person__in=ids).select_related("unit")
    if units is not None:
        employments = employments.filter(unit__in=units)
    for employment in employments.order_by("starts_date"):
        facts.employments.setdefault(employment.person_id, []).append(employment)
    if any(requirement.roles for requirement in requirements):
        for person_id, role in RoleAssignment.objects.filter(
            in_force(on), person__in=ids
        ).values_list("person_id", "role"):
            facts.roles.setdefault(person_id, set()).add(role)
    for completion in (
        Completion.objects.standing()
        .filter(person__in=ids, module__in=modules)
        .select_related("version")
        .defer("version__content")
        .order_by("completed_at")
    ):
        facts.completions[completion.person_id, completion.module_id] = completion
    for model in (LessonRead, Attempt):
        facts.begun |= set(
            model.objects.filter(person__in=ids, module__in=modules).values_list(
                "person_id", "module_id"
            )
        )
    for absence in Absence.objects.filter(person__in=ids, starts_date__lte=on).order_by(
        "starts_date"
    ):
        facts.absences.setdefault(absence.person_id, []).append(absence)
    for version in (
        ModuleVersion.objects.filter(
            module__in=modules, change_kind=ChangeKind.MATERIAL, number__gt=1
        )
        .defer("content")
        .order_by("published_at")
    ):
        facts.material[version.module_id] = version
    return facts


def _match(requirement: Requirement, person_id: int, facts: _Facts) -> Employment | None:
    """Return the earliest employment that the requirement fits, or None."""
    if requirement.roles and not facts.roles.get(person_id, set()) & set(requirement.roles):
        return None
    operations = {row.pk for row in requirement.operations.all()}
    professions = {row.pk for row in requirement.professions.all()}
    paths = [row.path for row in requirement.units.all()]
    for employment in facts.employments.get(person_id, []):
        if operations and employment.operation_id not in operations:
            continue
        if professions and employment.profession_id not in professions:
            continue
        if paths and not any(employment.unit.path.startswith(path) for path in paths):
            continue
        return employment
    return None


def _item(
    requirement: Requirement,
    module: Module,
    person_id: int,
    employment: Employment,
    facts: _Facts,
    on: date,
) -> Item:
    begins = max(requirement.starts_date, employment.starts_date)
    if requirement.due_rule == DueRule.FIXED and requirement.due_date:
        due = requirement.due_date
    else:
        due = begins + timedelta(days=requirement.due_days or 0)
    completion = facts.completions.get((person_id, module.pk))
    valid_until = None
    if completion:
        completed = timezone.localdate(completion.completed_at)
        if requirement.valid_months:
            valid_until = add_months(completed, requirement.valid_months)
        material = facts.material.get(module.pk)
        if (
            material
            and requirement.material_policy != MaterialPolicy.KEEP
            and completion.version.published_at < material.published_at
        ):
            begins = timezone.localdate(material.published_at)
            due, completion = begins + timedelta(days=requirement.retake_days), None
        elif valid_until and valid_until <= on:
            begins, due, completion = valid_until, valid_until, None
    absences = facts.absences.get(person_id, [])
    due = extend(due, begins, absences, on)
    if completion:
        state = "done"
    elif any(a.ends_date is None or a.ends_date > on for a in absences):
        state = "paused"
    elif due < on:
        state = "late"
    elif (person_id, module.pk) in facts.begun:
        state = "started"
    else:
        state = "not_started"
    return Item(
        module.pk,
        module.title,
        module.slug,
        requirement.title,
        requirement.reason,
        state,
        due,
        completion.completed_at if completion else None,
        valid_until if completion else None,
    )


def extend(due: date, begins: date, absences: Iterable[Absence], on: date) -> date:
    """Return *due* moved by the days of absence between *begins* and the (moved) last day."""
    for absence in absences:
        if absence.starts_date > due:
            break
        start = max(absence.starts_date, begins)
        end = min(absence.ends_date, on) if absence.ends_date else on
        due += timedelta(days=max((end - start).days, 0))
    return due


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later, or the last day of that month when it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def of_unit(unit: Unit, *, on: date) -> UnitReport:
    """Return the report of *unit* and everything below it. Eleven queries, whatever the size."""
    units = Unit.objects.filter(path__startswith=unit.path)
    # One line per person: the unit is the one of the earliest employment there.
    employed: dict[int, tuple[Person, str]] = {}
    for employment in (
        Employment.objects.in_force_on(on)
        .filter(unit__in=units)
        .select_related("person", "unit")
        .order_by("starts_date", "pk")
    ):
        employed.setdefault(employment.person_id, (employment.person, employment.unit.name))
    items = obligations(employed, on=on, units=units)
    totals, rows, protected = Totals(), [], 0
    order = list(Person.objects.filter(pk__in=employed).by_name().values_list("pk", flat=True))
    for person_id in order:
        person, unit_name = employed[person_id]
        totals.add(items[person_id])
        if person.is_protected:
            protected += 1
            continue
        rows += [Row(person.full_name, unit_name, item) for item in items[person_id]]
    return UnitReport(rows, totals, protected)


@dataclass(frozen=True)
class UnitLine:
    """A unit in a manager's list of units."""

    pk: int
    name: str
    depth: int
    totals: Totals


def of_managed(units: UnitQuerySet, *, on: date) -> list[UnitLine]:
    """Return one line for each of *units* (in tree order), counting what lies below it too."""
    found = list(units.open_on(on).order_by("path"))
    employed: dict[int, set[str]] = {}
    for person_id, path in (
        Employment.objects.in_force_on(on)
        .filter(unit__in=[unit.pk for unit in found])
        .values_list("person_id", "unit__path")
    ):
        employed.setdefault(person_id, set()).add(path)
    items = obligations(employed, on=on, units=units)
    lines = []
    top = min((unit.depth for unit in found), default=1)
    for unit in found:
        totals = Totals()
        for person_id, paths in employed.items():
            if any(path.startswith(unit.path) for path in paths):
                totals.add(items[person_id])
        lines.append(UnitLine(unit.pk, unit.name, unit.depth - top, totals))
    return lines
