"""Which changes to the programme and the registers begin a new generation of what readers see."""

from typing import Any

import pytest

from content.models import (
    Activity,
    Board,
    BoardStatement,
    Edition,
    Figure,
    FollowUpStep,
    Goal,
    GoalConcern,
    Indicator,
    Precondition,
    PreventionCell,
    Remark,
    Responsibility,
)
from portal import generation
from tests.content.files import Files

ROWS: list[type[Any]] = [
    Activity, Board, BoardStatement, Edition, Figure, FollowUpStep, Goal, GoalConcern, Indicator,
    Precondition, PreventionCell, Remark, Responsibility,
]  # fmt: skip


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_a_saved_row_is_seen_at_once(model: type[Any], loaded: Files) -> None:
    before = generation.current()

    model.objects.earliest("pk").save()

    assert generation.current() > before


@pytest.mark.parametrize("model", [BoardStatement, Figure, FollowUpStep, GoalConcern, Remark])
def test_a_deleted_row_is_gone_at_once(model: type[Any], loaded: Files) -> None:
    before = generation.current()

    model.objects.earliest("pk").delete()

    assert generation.current() > before


def test_the_boards_of_a_remark_are_seen_at_once(loaded: Files) -> None:
    before = generation.current()

    Remark.objects.get(key="W02").boards.add(Board.objects.earliest("pk"))

    assert generation.current() > before


def test_a_draft_of_a_goal_changes_nothing_that_readers_see(loaded: Files) -> None:
    before = generation.current()
    goal = Goal.objects.get()
    goal.name = "Ett utkast"

    revision = goal.save_revision()
    assert generation.current() == before

    revision.publish()
    assert generation.current() > before
