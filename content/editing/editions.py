"""A new edition of the programme: copied from another, compared with it, and published."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from rapidfuzz import fuzz

from content.models import (
    Activity,
    Board,
    Edition,
    Goal,
    GoalConcern,
    GoalPage,
    Indicator,
    Precondition,
)
from content.models.programme import EditionStatus
from portal.audit import Action, record

# --- Copying ------------------------------------------------------------------------------------


@transaction.atomic
def copy(old: Edition, *, title: str, start: int, end: int, by: Any) -> Edition:
    """Return a draft of a new edition with everything that *old* has, under the same keys.

    Goals are unpublished until the edition is published: nobody but editors sees any of it.
    """
    taken = Edition.objects.filter(replaces=old).exists()
    new = Edition(
        key=_free_key(f"{start}-{end}"), title=title, period_start=start, period_end=end,
        status=EditionStatus.DRAFT, replaces=None if taken else old, source=old.source,
    )  # fmt: skip
    new.full_clean()
    new.save()
    for step in old.steps.all():
        _copied(step, edition=new)
    for goal in Goal.objects.filter(edition=old).order_by("number"):
        _copy_goal(goal, new)
    for activity in Activity.objects.filter(edition=old, goal=None).order_by("sort_order", "pk"):
        _copy_activity(activity, edition=new)
    for indicator in Indicator.objects.filter(edition=old, goal=None).order_by("sort_order", "pk"):
        _copied(indicator, edition=new)
    record(Action.EDITION_COPIED, new, by=by, copied_from=old.key)
    return new


def _free_key(wanted: str) -> str:
    keys = set(Edition.objects.values_list("key", flat=True))
    names = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(keys) + 2))
    return next(name for name in names if name not in keys)


def _copied(row: Any, **changes: Any) -> Any:
    """Return a saved copy of *row* with *changes*."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name not in changes
    }
    return type(row)._default_manager.create(**values | changes)


def _copy_goal(old: Goal, edition: Edition) -> None:
    new = Goal.objects.create(
        edition=edition, number=old.number, name=old.name, source=old.source, gaps=old.gaps,
        target_groups=old.target_groups, open_question=old.open_question,
        open_question_source=old.open_question_source, live=False,
    )  # fmt: skip
    for activity in old.activities.all():
        _copy_activity(activity, edition=edition, goal=new)
    for indicator in old.indicators.all():
        _copied(indicator, edition=edition, goal=new)
    for row in (*old.preconditions.all(), *old.concerns.all()):
        _copied(row, goal=new)


def _copy_activity(old: Activity, **changes: Any) -> None:
    new = _copied(old, **changes)
    for row in (*old.responsibilities.all(), *old.areas.all()):
        _copied(row, activity=new)


# --- Comparing ----------------------------------------------------------------------------------


class State(StrEnum):
    """What has become of a row, in the words that a person reads."""

    SAME = "Oförändrad"
    CHANGED = "Ändrad"
    NEW = "Ny"
    REMOVED = "Borttagen"


_OF_A_PART = {
    State.SAME: "inga ändringar",
    State.CHANGED: "ändringar",
    State.NEW: "nytt",
    State.REMOVED: "borttaget",
}


@dataclass(frozen=True)
class Difference:
    """One fact of a row that is not as it was."""

    label: str
    old: str
    new: str

    @property
    def is_wording(self) -> bool:
        """Whether it is the row's own words, which stand side by side anyway."""
        return self.label == WORDING


@dataclass(frozen=True)
class RowPair:
    """A row of the old edition and what it has become in the new one."""

    what: str
    state: State
    old: str
    new: str
    differences: list[Difference]


@dataclass
class Part:
    """A goal, or what lies beside the goals, in both editions."""

    title: str
    state: State
    old: str
    new: str
    goal: Goal | None
    differences: list[Difference] = field(default_factory=list)
    rows: list[RowPair] = field(default_factory=list)

    @property
    def in_words(self) -> str:
        """What has become of the whole, after its title."""
        return _OF_A_PART[self.state]

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many rows are new, changed, removed and as before; those that there are."""
        found = [(state.value, sum(row.state == state for row in self.rows)) for state in State]
        return [(label, number) for label, number in found if number]


# A row as it is compared: what it is known by, and its facts by the words for them.
type Facts = tuple[str, dict[str, str]]
WORDING = "Lydelse"
# Two rows without a key, this much alike in percent, are the same row with other words.
ALIKE = 80


def edited(goal: Goal) -> Goal:
    """Return *goal* as its editors have it: with what is in a draft of it."""
    if goal.has_unpublished_changes and goal.latest_revision_id:
        draft: Goal = goal.get_latest_revision_as_object()
        return draft
    return goal


def compare(old: Edition | None, new: Edition) -> list[Part]:
    """Return the two editions side by side, goal by goal."""
    before = {goal.number: edited(goal) for goal in Goal.objects.filter(edition=old)}
    after = {goal.number: edited(goal) for goal in Goal.objects.filter(edition=new)}
    parts = [
        _compare_goal(number, before.get(number), after.get(number))
        for number in sorted(before.keys() | after.keys())
    ]
    boards = dict(Board.objects.values_list("key", "name"))
    beside: list[tuple[str, Callable[[Edition], list[tuple[str, list[Facts]]]]]] = [
        ("Rader utan mål", _loose),
        ("Året från plan till uppföljning", lambda edition: _steps(edition, boards)),
    ]
    for title, rows_of in beside:
        rows = _pairs(rows_of(old) if old else [], rows_of(new))
        if rows:
            parts.append(Part(title, _state(rows, []), "", "", None, rows=rows))
    return parts


def _compare_goal(number: int, old: Goal | None, new: Goal | None) -> Part:
    rows = _pairs(_rows(old) if old else [], _rows(new) if new else [])
    differences = _differences(_goal_facts(old), _goal_facts(new)) if old and new else []
    state = _state(rows, differences) if old and new else State.NEW if new else State.REMOVED
    return Part(
        f"Mål {number}", state, old.name if old else "", new.name if new else "", new,
        differences, rows,
    )  # fmt: skip


def _state(rows: Iterable[RowPair], differences: list[Difference]) -> State:
    as_before = not differences and all(row.state == State.SAME for row in rows)
    return State.SAME if as_before else State.CHANGED


def _goal_facts(goal: Goal) -> dict[str, str]:
    return {
        "Namn": goal.name,
        "Källa": _name(goal.source),
        "Målgrupper": ", ".join(goal.target_groups),
        "Öppen fråga": goal.open_question,
        "Saknas i underlaget": ", ".join(goal.gaps),
    }


def _name(row: Any) -> str:
    return str(row) if row else ""


def _said(row: Any) -> dict[str, str]:
    return {WORDING: row.text, "Märkning": row.get_tag_display(), "Källa": _name(row.source)}


def _activity_facts(row: Activity) -> Facts:
    boards = [
        f"{each.board} ({each.note})" if each.note else str(each.board)
        for each in row.responsibilities.all()
    ]
    return row.key, _said(row) | {
        "Slag": row.get_kind_display(),
        "Ansvariga": ", ".join(boards),
        "Kompetensområden": ", ".join(area.name for area in row.areas.all()),
        "Kan höra till mål": str(row.suggested_goal or ""),
    }


def _indicator_facts(row: Indicator) -> Facts:
    return "", _said(row) | {
        "Följer upp": row.follows,
        "Kan höra till mål": str(row.suggested_goal or ""),
    }


def _concern_facts(row: GoalConcern) -> Facts:
    facts = {WORDING: _name(row.board), "Anmärkning": row.note, "Källa": _name(row.source)}
    return (row.board.key if row.board else ""), facts


def _rows(goal: Goal) -> list[tuple[str, list[Facts]]]:
    preconditions: Iterable[Precondition] = goal.preconditions.all()
    return [
        ("Aktivitet", [_activity_facts(row) for row in goal.activities.all()]),
        ("Indikator", [_indicator_facts(row) for row in goal.indicators.all()]),
        ("Ska vara på plats", [("", _said(row)) for row in preconditions]),
        ("Nämnd som målet berör", [_concern_facts(row) for row in goal.concerns.all()]),
    ]


def _loose(edition: Edition) -> list[tuple[str, list[Facts]]]:
    activities = Activity.objects.filter(edition=edition, goal=None).order_by("sort_order", "pk")
    indicators = Indicator.objects.filter(edition=edition, goal=None).order_by("sort_order", "pk")
    return [
        ("Aktivitet", [_activity_facts(row) for row in activities]),
        ("Indikator", [_indicator_facts(row) for row in indicators]),
    ]


def _steps(edition: Edition, boards: dict[str, str]) -> list[tuple[str, list[Facts]]]:
    return [
        (
            "Steg",
            [
                (
                    "",
                    {
                        WORDING: step.text,
                        "Vem": step.who,
                        "När": ", ".join(step.moments),
                        "Nämnder": ", ".join(boards.get(key, key) for key in step.boards),
                        "Källor": step.sources,
                    },
                )
                for step in edition.steps.all()
            ],
        )
    ]


def _pairs(old: list[tuple[str, list[Facts]]], new: list[tuple[str, list[Facts]]]) -> list[RowPair]:
    """Return the rows of both, sort by sort, each with what it has become."""
    before, after = dict(old), dict(new)
    return [
        pair
        for what in dict.fromkeys([*after, *before])
        for pair in _paired(what, before.get(what, []), after.get(what, []))
    ]


def _paired(what: str, old: list[Facts], new: list[Facts]) -> Iterator[RowPair]:
    left = list(old)
    found: dict[int, Facts] = {}
    # The surest first, so that no row takes another's place: by key, by words, by likeness.
    for is_same in (_same_key, _same_words, _like_words):
        for place, row in enumerate(new):
            match = next((each for each in left if is_same(each, row)), None)
            if place not in found and match is not None:
                found[place] = match
                left.remove(match)
    for place, (_, facts) in enumerate(new):
        if place not in found:
            yield RowPair(what, State.NEW, "", facts[WORDING], _differences({}, facts))
            continue
        before = found[place][1]
        differences = _differences(before, facts)
        state = State.CHANGED if differences else State.SAME
        yield RowPair(what, state, before[WORDING], facts[WORDING], differences)
    for _, facts in left:
        yield RowPair(what, State.REMOVED, facts[WORDING], "", [])


def _same_key(old: Facts, new: Facts) -> bool:
    return bool(old[0]) and old[0] == new[0]


def _same_words(old: Facts, new: Facts) -> bool:
    return plain(old[1][WORDING]) == plain(new[1][WORDING])


def _like_words(old: Facts, new: Facts) -> bool:
    return fuzz.ratio(plain(old[1][WORDING]), plain(new[1][WORDING])) >= ALIKE


def plain(text: str) -> str:
    """Return *text* as it is compared: small letters, no signs, single spaces."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _differences(old: dict[str, str], new: dict[str, str]) -> list[Difference]:
    """Return the facts that differ. The wording of a row stands beside it, and is not one."""
    return [
        Difference(label, old.get(label, ""), value)
        for label, value in new.items()
        if value != old.get(label, "") and not (label == WORDING and not old)
    ]


# --- Publishing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moving:
    """A goal's page that will show the new edition's goal of the same number."""

    page: GoalPage
    goal: Goal


@dataclass(frozen=True)
class Plan:
    """What publishing a draft would do, and what stands in its way."""

    replaced: Edition | None
    moving: list[Moving]
    # Pages of goals that the new edition does not have: they keep the old goal and its banner.
    staying: list[GoalPage]
    # Goals that no page shows yet.
    unshown: list[Goal]
    faults: list[tuple[Goal | None, str]]


def predecessor(edition: Edition) -> Edition | None:
    """Return the edition that *edition* replaces: the one it names, or the newest shown."""
    named: Edition | None = edition.replaces
    if named:
        return named
    others = Edition.objects.exclude(pk=edition.pk).exclude(status=EditionStatus.DRAFT)
    newest: Edition | None = others.order_by("-period_start").first()
    return newest


def plan(edition: Edition) -> Plan:
    """Return what publishing *edition* would do."""
    replaced = predecessor(edition)
    goals = {goal.number: goal for goal in Goal.objects.filter(edition=edition)}
    shown = set(GoalPage.objects.filter(goal__edition=edition).values_list("goal", flat=True))
    pages = GoalPage.objects.filter(goal__edition=replaced).select_related("goal").order_by("path")
    moving: list[Moving] = []
    staying: list[GoalPage] = []
    for page in pages:
        goal = goals.get(page.goal.number)
        if goal is None or goal.pk in shown:
            staying.append(page)
        else:
            moving.append(Moving(page, goal))
    shown |= {each.goal.pk for each in moving}
    unshown = [goal for goal in goals.values() if goal.pk not in shown]
    return Plan(replaced, moving, staying, unshown, list(_faults(edition, goals.values())))


def _faults(edition: Edition, goals: Iterable[Goal]) -> Iterator[tuple[Goal | None, str]]:
    goals = [edited(goal) for goal in goals]
    if not goals:
        yield None, "Utgåvan har inget mål. Lägg till minst ett."
    keys = set(Activity.objects.filter(edition=edition, goal=None).values_list("key", flat=True))
    for goal in goals:
        keys |= {row.key for row in goal.activities.all()}
    for goal in goals:
        for row in (goal, *_below(goal)):
            try:
                # What is edited is not what is stored, so keys are compared here instead.
                row.clean_fields(exclude=["edition", "goal", "activity"])
            except ValidationError as error:
                fields = row._meta
                for name, messages in error.message_dict.items():
                    label = fields.get_field(name).verbose_name
                    yield goal, f"{fields.verbose_name}, {label}: {' '.join(messages)}"
        for indicator in goal.indicators.all():
            for key in set(indicator.follows.split()) - keys:
                yield goal, f"En indikator följer upp aktiviteten {key}, som inte finns i utgåvan."


def _below(goal: Goal) -> Iterator[Any]:
    for activity in goal.activities.all():
        yield activity
        yield from activity.responsibilities.all()
        yield from activity.areas.all()
    yield from goal.indicators.all()
    yield from goal.preconditions.all()
    yield from goal.concerns.all()


class NotPublishable(Exception):
    """The edition is no draft, or something in it is not whole."""


@transaction.atomic
def publish(edition: Edition, *, by: Any) -> Plan:
    """Make *edition* the one in force, and the one before it replaced; return what was done.

    All or nothing, in one transaction: readers see the old edition until they see the new one.
    Raises NotPublishable.
    """
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    done = plan(edition)
    if edition.status != EditionStatus.DRAFT or done.faults:
        raise NotPublishable
    for goal in Goal.objects.filter(edition=edition):
        if not goal.live or goal.has_unpublished_changes:
            edited(goal).save_revision(user=by, changed=True).publish(user=by, log_action=False)
    if done.replaced:
        # A draft that meant to replace the same one must find another.
        Edition.objects.filter(replaces=done.replaced).exclude(pk=edition.pk).update(replaces=None)
    edition.replaces, edition.status = done.replaced, EditionStatus.CURRENT
    for other in Edition.objects.exclude(pk=edition.pk).exclude(status=EditionStatus.DRAFT):
        if other == done.replaced or other.status == EditionStatus.CURRENT:
            other.status = EditionStatus.REPLACED
            other.save()
    edition.save()
    for each in done.moving:
        _move(each, by)
    record(
        Action.EDITION_PUBLISHED, edition, by=by,
        replaced=done.replaced.key if done.replaced else None,
        pages_moved=[each.page.pk for each in done.moving],
    )  # fmt: skip
    return done


def _move(moving: Moving, by: Any) -> None:
    """Let the page show the new goal, and keep whatever draft an editor has of the page."""
    page = moving.page
    draft = page.get_latest_revision_as_object() if page.has_unpublished_changes else None
    page.goal = moving.goal
    if page.live:
        page.save_revision(user=by).publish(user=by)
    else:
        page.save()
    if draft is not None or not page.live:
        draft = draft or page
        draft.goal = moving.goal
        draft.save_revision(user=by)
