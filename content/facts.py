"""What the programme and its registers hold, read in one question.

Goals, activities, boards and what the sources say of them lie in a dozen small tables, and a page
about a board needs most of them. They come together as rows of JSON and are remembered for a
generation of content, so that no page asks more because it shows more.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db.models import Model, QuerySet, Value
from django.db.models.functions import JSONObject

from content import tree
from content.documents import register_url
from content.models.programme import (
    Activity,
    Board,
    BoardStatement,
    CompetenceArea,
    Edition,
    EditionStatus,
    FollowUpStep,
    Goal,
    GoalConcern,
    Indicator,
    Precondition,
    Responsibility,
)
from content.models.registers import PreventionCell, Remark, Source
from portal import generation
from portal.organisation.models import Operation

# A row of a table as it was read. Its names are those of the model's fields.
type Row = Any

_TABLES: dict[str, tuple[type[Model], str]] = {
    "editions": (
        Edition,
        "key title period_start period_end status status_note replaces_id source_id",
    ),
    "steps": (FollowUpStep, "edition_id moments who text boards tag sources sort_order"),
    "boards": (Board, "key name kind employer_perspective_mainly operations"),
    "statements": (BoardStatement, "board_id text tag source_id sort_order"),
    "goals": (
        Goal,
        "edition_id number name source_id gaps target_groups open_question "
        "open_question_source_id live",
    ),
    "concerns": (GoalConcern, "goal_id board_id note source_id sort_order"),
    "activities": (
        Activity,
        "key edition_id goal_id text kind tag suggested_goal source_id sort_order",
    ),
    "responsibilities": (Responsibility, "activity_id board_id note tag source_id sort_order"),
    "areas": (CompetenceArea, "activity_id key name sort_order"),
    "indicators": (
        Indicator,
        "edition_id goal_id follows text tag suggested_goal source_id sort_order",
    ),
    "preconditions": (Precondition, "goal_id text tag source_id sort_order"),
    "remarks": (Remark, "key text sources status answer page sort_order"),
    "remark_boards": (Remark.boards.through, "remark_id board_id"),
    "cells": (PreventionCell, "level operation_id text page sources"),
    "sources": (Source, "key title publisher kind url published note"),
    "operations": (Operation, "slug name sort_order"),
}
_LISTS = {"moments", "boards", "operations", "gaps", "target_groups"}
_TRUTHS = {"live", "employer_perspective_mainly"}


@dataclass(frozen=True)
class Facts:
    """Everything that readers may see of the programme. Drafts are left out when it is read."""

    editions: tuple[Row, ...]
    boards: dict[int, Row]
    goals: tuple[Row, ...]
    # Quoted without saying to which goal they belong.
    loose_activities: tuple[Row, ...]
    loose_indicators: tuple[Row, ...]
    remarks: tuple[Row, ...]
    cells: tuple[Row, ...]
    operations: dict[int, Row]
    sources: dict[int, Row]
    by_key: dict[str, Row]
    # The pages of the same generation, so that nothing has to ask for them anew.
    tree: tree.Tree

    @property
    def newest(self) -> Row | None:
        """The newest edition, whether or not its period has ended."""
        return self.editions[0] if self.editions else None

    def goals_of(self, edition: Row | None) -> list[Row]:
        """Return the goals of *edition* by number."""
        return [goal for goal in self.goals if edition and goal.edition is edition]

    def goal(self, pk: int | None) -> Row | None:
        """Return the goal that is published, or None."""
        return next((goal for goal in self.goals if goal.pk == pk), None)

    def source(self, pk: int | None) -> dict[str, str]:
        """Return a source as templates show it; empty for none."""
        return self._shown(self.sources[pk]) if pk in self.sources else {}

    def listed(self, keys: str) -> list[dict[str, str]]:
        """Return the sources of *keys*, written with spaces between. Unknown keys are left out."""
        return [self._shown(self.by_key[key]) for key in keys.split() if key in self.by_key]

    def register_url(self, register: str, key: str) -> str:
        """Return the address of a row in a register's page; empty without such a page."""
        return register_url(self.tree, register, key)

    def _shown(self, row: Row) -> dict[str, str]:
        return {
            "key": row.key,
            "label": row.title,
            "locator": "",
            "url": row.url,
            "anchor_url": self.register_url("kallor", row.key),
        }


_memory = generation.Memory(1)


def now() -> Facts:
    """Return what holds now."""
    return _memory.get("facts", _read)


def has_ended(edition: Row, on: date) -> bool:
    """Return whether the period is over on *on*, as `Edition.has_ended` does."""
    return edition.period_end < on.year or edition.status in {
        EditionStatus.ENDED, EditionStatus.REPLACED,
    }  # fmt: skip


# --- Reading ------------------------------------------------------------------------------------


def _read() -> Facts:
    first, *others = [_rows(name, model, names) for name, (model, names) in _TABLES.items()]
    tables: dict[str, list[Row]] = defaultdict(list)
    for name, pk, values in first.union(*others, all=True):
        tables[name].append(_row(pk, values))
    for rows in tables.values():
        rows.sort(key=_place)
    return _joined(tables)


def _rows(name: str, model: type[Model], names: str) -> QuerySet[Any, Any]:
    pairs = {each: each for each in names.split()}
    rows: QuerySet[Any, Any] = model._default_manager.order_by().values_list(
        Value(name), "pk", JSONObject(**pairs)
    )
    return rows


def _place(row: Row) -> tuple[int, int]:
    return getattr(row, "sort_order", None) or 0, row.pk


def _row(pk: int, values: dict[str, Any]) -> Row:
    # A list within JSON comes as a string from one database and as a list from the other.
    for name in _LISTS & values.keys():
        if isinstance(values[name], str):
            values[name] = json.loads(values[name])
    for name in _TRUTHS & values.keys():
        values[name] = bool(values[name])
    return SimpleNamespace(pk=pk, **values)


def _joined(tables: dict[str, list[Row]]) -> Facts:
    editions = {row.pk: row for row in tables["editions"] if row.status != EditionStatus.DRAFT}
    boards = {row.pk: row for row in tables["boards"]}
    goals = [
        row for row in tables["goals"] if row.live and row.edition_id in editions
    ]  # fmt: skip
    activities = [row for row in tables["activities"] if row.edition_id in editions]
    indicators = [row for row in tables["indicators"] if row.edition_id in editions]
    for edition in editions.values():
        edition.name = f"{edition.period_start}–{edition.period_end}"
        edition.steps = _of(tables["steps"], "edition_id", edition)
        edition.replaces = editions.get(edition.replaces_id)
    for row in (*goals, *activities, *indicators):
        row.edition = editions[row.edition_id]
    for activity in activities:
        activity.responsibilities = _of(tables["responsibilities"], "activity_id", activity)
        activity.areas = _of(tables["areas"], "activity_id", activity)
    for goal in goals:
        goal.activities = _of(activities, "goal_id", goal)
        goal.indicators = _of(indicators, "goal_id", goal)
        goal.preconditions = _of(tables["preconditions"], "goal_id", goal)
        goal.concerns = _of(tables["concerns"], "goal_id", goal)
    for board in boards.values():
        board.statements = _of(tables["statements"], "board_id", board)
    for remark in tables["remarks"]:
        wanted = {row.board_id for row in tables["remark_boards"] if row.remark_id == remark.pk}
        remark.boards = [board for board in boards.values() if board.pk in wanted]
    return Facts(
        editions=tuple(sorted(editions.values(), key=lambda row: -row.period_start)),
        boards=boards,
        goals=tuple(sorted(goals, key=lambda row: (-row.edition.period_start, row.number))),
        loose_activities=tuple(row for row in activities if row.goal_id is None),
        loose_indicators=tuple(row for row in indicators if row.goal_id is None),
        remarks=tuple(tables["remarks"]),
        cells=tuple(tables["cells"]),
        operations={row.pk: row for row in tables["operations"]},
        sources={row.pk: row for row in tables["sources"]},
        by_key={row.key: row for row in tables["sources"]},
        tree=tree.now(),
    )


def _of(rows: Iterable[Row], name: str, parent: Row) -> list[Row]:
    return [row for row in rows if getattr(row, name) == parent.pk]


# --- A goal that an editor holds ----------------------------------------------------------------


def rows_of(goal: Goal) -> Row:
    """Return *goal* with all that belongs to it as rows, be it a draft or a revision.

    What a reader sees comes from `now`; this is for a goal that is not, or not yet, published.
    """

    def plain(row: Model, **more: Any) -> Row:
        values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
        return SimpleNamespace(**values | {"pk": row.pk} | more)

    edition = plain(goal.edition, name=str(goal.edition))
    return plain(
        goal,
        edition=edition,
        activities=[
            plain(
                row,
                edition=edition,
                responsibilities=[plain(item) for item in row.responsibilities.all()],
                areas=[plain(area) for area in row.areas.all()],
            )
            for row in goal.activities.all()
        ],
        indicators=[plain(row, edition=edition) for row in goal.indicators.all()],
        preconditions=[plain(row) for row in goal.preconditions.all()],
        concerns=[plain(row) for row in goal.concerns.all()],
    )
