"""What each person must complete and how it stands: derived from the facts, never stored.

Nothing here asks for answers, scores or which lessons were read, so nothing built on it can show
them by mistake.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet
from django.utils import timezone
from wagtail.models import Page

from portal import generation
from portal.organisation.models import Absence, Employment, RoleAssignment
from training.models.attempts import Attempt, LessonRead
from training.models.completions import Completion
from training.models.requirements import DueRule, MaterialPolicy, Requirement
from training.models.versions import ChangeKind, Module, ModuleVersion

LABELS = {
    "done": "Klar",
    "late": "Försenad",
    "started": "Påbörjad",
    "not_started": "Inte påbörjad",
    "paused": "Pausad",
}
# How long those have who begin after a fixed last day was set, when the requirement does not say.
NEWCOMER_DAYS = 30

type People = Iterable[int] | QuerySet[Employment, Any]


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
    completed_at: datetime | None = None
    valid_until: date | None = None

    @property
    def label(self) -> str:
        """The state in Swedish."""
        return LABELS[self.state]

    @property
    def pressure(self) -> tuple[bool, date]:
        """What presses most sorts first: what is not done, then the nearest day."""
        if self.state == "done":
            return True, self.valid_until or date.max
        return False, self.due_date


@dataclass(frozen=True)
class Duty:
    """An item, and the paths of the units in which the person works under its requirement."""

    item: Item
    paths: frozenset[str]


def obligations(people: Iterable[int], *, on: date) -> dict[int, list[Item]]:
    """Return person pk → what the person must complete, as of *on*."""
    return {person_id: most_pressing(found) for person_id, found in duties(people, on=on).items()}


def most_pressing(duties: Iterable[Duty], *, below: str = "") -> list[Item]:
    """Return one item for each module, the one that presses most, in the order of their last day.

    With *below*, the path of a unit, only work there and further down counts.
    """
    items: dict[int, Item] = {}
    for duty in duties:
        if not any(path.startswith(below) for path in duty.paths):
            continue
        known = items.get(duty.item.module_id)
        if known is None or duty.item.pressure < known.pressure:
            items[duty.item.module_id] = duty.item
    return sorted(items.values(), key=lambda item: (item.due_date, item.module, item.module_id))


def duties(people: People, *, on: date) -> dict[int, list[Duty]]:
    """Return person pk → what each requirement asks of the person, as of *on*.

    *people* are primary keys, or a query for them, which is better for many. The number of queries
    does not depend on how many they are.
    """
    if isinstance(people, QuerySet):
        ids = list(people.values_list("person_id", flat=True).distinct())
    else:
        people = ids = list(people)
    rules = [_Rule.of(requirement) for requirement in _requirements(on)] if ids else []
    if not rules:
        return {person_id: [] for person_id in ids}
    facts = _facts(people, rules, on)
    return {
        person_id: [
            Duty(_item(rule.requirement, module, person_id, place.begins, facts, on), place.paths)
            for rule in rules
            if (place := _place(rule, person_id, facts, on))
            for module in rule.modules
            if module.pk not in facts.retired or (person_id, module.pk) in facts.completions
        ]
        for person_id in ids
    }


# --- Whom a requirement concerns ----------------------------------------------------------------


def _requirements(on: date) -> QuerySet[Requirement]:
    return (
        Requirement.objects.in_force_on(on)
        .select_related("module", "track")
        .prefetch_related("operations", "professions", "units", "track__items__module")
        .order_by("pk")
    )


def _modules_of(requirement: Requirement) -> list[Module]:
    track, module = requirement.track, requirement.module
    return [item.module for item in track.items.all()] if track else [module] if module else []


@dataclass(frozen=True)
class _Rule:
    """A requirement with its audience taken apart, once for all persons."""

    requirement: Requirement
    modules: list[Module]
    operations: frozenset[int]
    professions: frozenset[int]
    paths: tuple[str, ...]

    @classmethod
    def of(cls, requirement: Requirement) -> "_Rule":
        return cls(
            requirement,
            _modules_of(requirement),
            frozenset(row.pk for row in requirement.operations.all()),
            frozenset(row.pk for row in requirement.professions.all()),
            tuple(row.path for row in requirement.units.all()),
        )

    def fits(self, work: "_Work") -> bool:
        """Return whether the audience covers an employment."""
        return (
            (not self.operations or work.operation_id in self.operations)
            and (not self.professions or work.profession_id in self.professions)
            and (not self.paths or work.path.startswith(self.paths))
        )


class _Work(NamedTuple):
    """An employment that has begun, and may have ended."""

    starts_date: date
    ends_date: date | None
    operation_id: int
    profession_id: int
    path: str


class _Held(NamedTuple):
    """A role that has been given, and may have ended."""

    starts_date: date
    ends_date: date | None
    role: str


def _goes_on(period: _Work | _Held | Requirement, on: date) -> bool:
    return period.ends_date is None or period.ends_date > on


def _since(periods: Iterable[_Work | _Held], on: date) -> date | None:
    """Return when what holds on *on* began; what followed straight on something else began with it.

    *periods* are in order of their start.
    """
    periods = list(periods)
    begins = min((period.starts_date for period in periods if _goes_on(period, on)), default=None)
    for period in reversed(periods):
        if begins and period.ends_date and period.ends_date >= begins > period.starts_date:
            begins = period.starts_date
    return begins


class _Done(NamedTuple):
    """A completion that nobody has revoked."""

    completed_at: datetime
    number: int
    language: str


@dataclass
class _Facts:
    """What the statuses are derived from, fetched in one go for all persons."""

    employments: dict[int, list[_Work]] = field(default_factory=dict)
    roles: dict[int, list[_Held]] = field(default_factory=dict)
    completions: dict[tuple[int, int], list[_Done]] = field(default_factory=dict)
    touched: dict[tuple[int, int], datetime] = field(default_factory=dict)
    absences: dict[int, list[Absence]] = field(default_factory=dict)
    material: dict[tuple[int, str], list[tuple[int, datetime]]] = field(default_factory=dict)
    retired: set[int] = field(default_factory=set)


def _facts(people: People, rules: list[_Rule], on: date) -> _Facts:
    facts = _Facts()
    modules = {module.pk: module for rule in rules for module in rule.modules}
    of_them = {"person__in": people}
    learned = {**of_them, "module__in": modules}
    midnight = timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
    for person_id, starts, ends, operation_id, profession_id, path in (
        Employment.objects.filter(starts_date__lte=on, **of_them)
        .order_by("starts_date")
        .values_list(
            "person_id", "starts_date", "ends_date", "operation_id", "profession_id", "unit__path"
        )
    ):
        facts.employments.setdefault(person_id, []).append(
            _Work(starts, ends, operation_id, profession_id, path)
        )
    if any(rule.requirement.roles for rule in rules):
        for person_id, starts, ends, role in (
            RoleAssignment.objects.filter(starts_date__lte=on, **of_them)
            .order_by("starts_date")
            .values_list("person_id", "starts_date", "ends_date", "role")
        ):
            facts.roles.setdefault(person_id, []).append(_Held(starts, ends, role))
    for person_id, module_id, *done in (
        Completion.objects.standing()
        .filter(completed_at__lt=midnight, **learned)
        .order_by("completed_at", "pk")
        .values_list(
            "person_id", "module_id", "completed_at", "version__number", "version__language"
        )
    ):
        facts.completions.setdefault((person_id, module_id), []).append(_Done(*done))
    for model, moment in ((LessonRead, "read_at"), (Attempt, "started_at")):
        for person_id, module_id, at in (
            model._default_manager.filter(**{f"{moment}__lt": midnight}, **learned)
            .values_list("person_id", "module_id")
            .annotate(Max(moment))
            .order_by()
        ):
            key = (person_id, module_id)
            facts.touched[key] = max(at, facts.touched.get(key, at))
    for absence in Absence.objects.filter(starts_date__lte=on, **of_them).order_by("starts_date"):
        facts.absences.setdefault(absence.person_id, []).append(absence)
    for module_id, language, number, at in (
        ModuleVersion.objects.filter(
            module__in=modules,
            change_kind=ChangeKind.MATERIAL,
            number__gt=1,
            published_at__lt=midnight,
        )
        .order_by("number")
        .values_list("module_id", "language", "number", "published_at")
    ):
        facts.material.setdefault((module_id, language), []).append((number, at))
    facts.retired = _retired(modules)
    return facts


def _retired(modules: dict[int, Module]) -> set[int]:
    """Return the modules whose pages have all been unpublished: nobody can do those."""
    keys = {module.key: pk for pk, module in modules.items()}
    pages = list(
        Page.objects.filter(translation_key__in=keys).values_list("translation_key", "live")
    )
    return {keys[key] for key, _ in pages} - {keys[key] for key, live in pages if live}


class _Place(NamedTuple):
    """Where a requirement meets a person."""

    begins: date
    paths: frozenset[str]


def _place(rule: _Rule, person_id: int, facts: _Facts, on: date) -> _Place | None:
    """Return since when *rule* has concerned the person without a break and where, or None."""
    fitting = [work for work in facts.employments.get(person_id, []) if rule.fits(work)]
    begins = _since(fitting, on)
    if begins is None:
        return None
    if rule.requirement.roles:
        held = [h for h in facts.roles.get(person_id, []) if h.role in rule.requirement.roles]
        given = _since(held, on)
        if given is None:
            return None
        begins = max(begins, given)
    return _Place(begins, frozenset(work.path for work in fitting if _goes_on(work, on)))


# --- How it stands ------------------------------------------------------------------------------


def _item(
    requirement: Requirement,
    module: Module,
    person_id: int,
    begins: date,
    facts: _Facts,
    on: date,
) -> Item:
    key = (person_id, module.pk)
    absences = facts.absences.get(person_id, [])
    found = facts.completions.get(key, [])
    counts = next(
        (done for done in reversed(found) if not _lapses(requirement, module, done, facts, on)),
        None,
    )
    if found and not counts:
        begins, due = min(
            _lapses(requirement, module, found[-1], facts, on), key=lambda lapse: lapse[1]
        )
    else:
        due = _first_due(requirement, begins)
        begins = max(requirement.starts_date, begins)
    due = extend(due, begins, absences, on)
    touched = facts.touched.get(key)
    if counts:
        state = "done"
    elif any(absence.ends_date is None or absence.ends_date > on for absence in absences):
        state = "paused"
    elif due < on:
        state = "late"
    elif touched and (not found or touched > found[-1].completed_at):
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
        counts.completed_at if counts else None,
        _valid_until(requirement, counts) if counts else None,
    )


@dataclass
class _Terms:
    """What can make completions lapse, whomever it concerns."""

    by_module: dict[int, list[tuple[Requirement, Module]]] = field(default_factory=dict)
    versions: dict[int, tuple[int, str]] = field(default_factory=dict)
    facts: _Facts = field(default_factory=_Facts)


_terms = generation.Memory(1)


def _find_terms() -> _Terms:
    terms = _Terms()
    for requirement in Requirement.objects.select_related("module", "track").prefetch_related(
        "track__items__module"
    ):
        for module in _modules_of(requirement):
            terms.by_module.setdefault(module.pk, []).append((requirement, module))
    for pk, module_id, language, number, kind, at in ModuleVersion.objects.order_by(
        "number"
    ).values_list("pk", "module_id", "language", "number", "change_kind", "published_at"):
        terms.versions[pk] = number, language
        if kind == ChangeKind.MATERIAL and number > 1:
            terms.facts.material.setdefault((module_id, language), []).append((number, at))
    return terms


def may_lapse(module_id: int, version_id: int, completed_at: datetime, on: date) -> bool:
    """Return whether some requirement, of anyone, no longer takes such a completion on *on*.

    What it asks for is the same for all and changes seldom, so it is remembered for a generation.
    """
    terms = _terms.get("terms", _find_terms)
    if version_id not in terms.versions:
        return True  # a version that is newer than what is remembered
    done = _Done(completed_at, *terms.versions[version_id])
    return any(
        _lapses(requirement, module, done, terms.facts, on)
        for requirement, module in terms.by_module.get(module_id, [])
        if requirement.starts_date <= on and _goes_on(requirement, on)
    )


def _first_due(requirement: Requirement, begins: date) -> date:
    """Return the last day for someone whom the requirement has concerned since *begins*."""
    is_newcomer = begins > requirement.starts_date
    begins = max(requirement.starts_date, begins)
    if requirement.due_rule != DueRule.FIXED or requirement.due_date is None:
        return begins + timedelta(days=requirement.due_days or 0)
    if not is_newcomer:
        return requirement.due_date
    days = NEWCOMER_DAYS if requirement.due_days is None else requirement.due_days
    return max(requirement.due_date, begins + timedelta(days=days))


def _lapses(
    requirement: Requirement, module: Module, done: _Done, facts: _Facts, on: date
) -> list[tuple[date, date]]:
    """Return why *done* does not count on *on*: for each reason since when, and the new last day.

    Nothing is returned for a completion that counts.
    """
    lapses = []
    valid_until = _valid_until(requirement, done)
    if valid_until and valid_until <= on:
        lapses.append((valid_until, valid_until))
    if requirement.material_policy != MaterialPolicy.KEEP:
        changes = facts.material.get((module.pk, done.language), [])
        # The first change since: a later one gives nobody more time for it.
        at = next((at for number, at in changes if number > done.number), None)
        if at:
            changed = timezone.localdate(at)
            lapses.append((changed, changed + timedelta(days=requirement.retake_days)))
    return lapses


def _valid_until(requirement: Requirement, done: _Done) -> date | None:
    if not requirement.valid_months:
        return None
    return add_months(timezone.localdate(done.completed_at), requirement.valid_months)


def extend(due: date, begins: date, absences: Iterable[Absence], on: date) -> date:
    """Return *due* moved by the days of absence between *begins* and the (moved) last day.

    Each day counts once, however many absences cover it. *absences* are in order of their start.
    """
    counted = begins
    for absence in absences:
        if absence.starts_date > due:
            break
        start = max(absence.starts_date, counted)
        end = min(absence.ends_date, on) if absence.ends_date else on
        if end > start:
            due += end - start
            counted = end
    return due


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later, or the last day of that month when it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))
