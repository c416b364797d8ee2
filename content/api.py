"""The programme for the city's own systems: JSON and CSV, the same facts that pages show.

Drafts are never in it. What comes out is described in docs/programme.md.
"""

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from content import facts
from content.facts import Facts, Row
from content.programme_shown import goal_name
from content.tables import csv_response, kept_response
from portal import generation

_FORMAT = 1
_NAMES = ("goals", "activities", "indicators", "responsibilities")
_kept = generation.Memory(4)


def _open(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:  # fmt: skip
    """Let a program ask *view*: only to read, and only signed in where the content is closed."""

    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            refused = _fault("Bara GET går att använda här.", 405)
            refused["Allow"] = "GET, HEAD"
            return refused
        if not settings.OPEN_CONTENT and not request.user.is_authenticated:
            return _fault("Logga in för att hämta programmet.", 401)
        return view(request, **kwargs)

    return login_not_required(wrapped)


def _fault(text: str, status: int) -> HttpResponse:
    return JsonResponse(
        {"error": text}, status=status, json_dumps_params={"ensure_ascii": False}
    )  # fmt: skip


@_open
def programme(request: HttpRequest) -> HttpResponse:
    """Answer `GET /api/program`."""
    today = timezone.localdate()
    content = _kept.get(
        ("json", today.year),
        lambda: json.dumps(as_data(facts.now(), today), ensure_ascii=False, indent=1).encode(),
    )
    return kept_response(request, content, "application/json")


@_open
def table(request: HttpRequest, name: str) -> HttpResponse:
    """Answer `GET /api/program/<name>.csv`."""
    if name not in _NAMES:
        return _fault(f"Okänd tabell. Välj en av: {', '.join(_NAMES)}.", 404)
    rows = _kept.get(("csv", name), lambda: as_table(facts.now(), name))
    return csv_response(request, rows, f"program-{name}.csv")


# --- JSON ---------------------------------------------------------------------------------------


def as_data(known: Facts, on: Any) -> dict[str, Any]:
    """Return the whole programme as plain data."""
    return {
        "format": _FORMAT,
        "tags": {
            "quoted": "ordagrant i källan",
            "reported": "källans redogörelse, inte programmets ord",
        },
        "editions": [_edition(row, known, on) for row in known.editions],
        "goals": [_goal(row, known) for row in known.goals],
        "unplaced": {
            "activities": [_activity(row, known) for row in known.loose_activities],
            "indicators": [_indicator(row, known) for row in known.loose_indicators],
        },
        "boards": [_board(row, known) for row in known.boards.values()],
        "sources": [
            {
                "key": row.key,
                "title": row.title,
                "kind": row.kind,
                "publisher": row.publisher,
                "published": row.published or None,
                "url": row.url or None,
            }
            for row in _cited(known)
        ],
    }


def _cited(known: Facts) -> list[Row]:
    """Return the sources that rows of the programme rest on."""
    steps = {
        key for edition in known.editions for step in edition.steps for key in step.sources.split()
    }
    rows = [
        *known.editions,
        *known.goals,
        *known.loose_activities,
        *known.loose_indicators,
        *(each for board in known.boards.values() for each in board.statements),
    ]
    for goal in known.goals:
        rows += [*goal.activities, *goal.indicators, *goal.preconditions, *goal.concerns]
    rows += [item for row in rows for item in getattr(row, "responsibilities", [])]
    used = {row.source_id for row in rows}
    used |= {goal.open_question_source_id for goal in known.goals}
    return [row for row in known.sources.values() if row.pk in used or row.key in steps]


def _source(pk: int | None, known: Facts) -> str | None:
    return known.sources[pk].key if pk in known.sources else None


def _edition(row: Row, known: Facts, on: Any) -> dict[str, Any]:
    return {
        "key": row.key,
        "title": row.title,
        "period_start": row.period_start,
        "period_end": row.period_end,
        "status": row.status,
        "has_ended": facts.has_ended(row, on),
        "replaces": row.replaces.key if row.replaces else None,
        "note": row.status_note,
        "source": _source(row.source_id, known),
        "follow_up": [
            {
                "moments": step.moments,
                "who": step.who,
                "text": step.text,
                "boards": step.boards,
                "tag": step.tag,
                "sources": step.sources.split(),
            }
            for step in row.steps
        ],
    }


def _goal(row: Row, known: Facts) -> dict[str, Any]:
    return {
        "edition": row.edition.key,
        "number": row.number,
        "label": goal_name(row.number),
        "name": row.name,
        "source": _source(row.source_id, known),
        "target_groups": row.target_groups,
        "open_question": row.open_question or None,
        "open_question_source": _source(row.open_question_source_id, known),
        "gaps": row.gaps,
        "activities": [_activity(each, known) for each in row.activities],
        "indicators": [_indicator(each, known) for each in row.indicators],
        "preconditions": [_said(each, known) for each in row.preconditions],
        "concerns": [
            {
                "board": known.boards[each.board_id].key,
                "note": each.note,
                "source": _source(each.source_id, known),
            }
            for each in row.concerns
        ],
    }


def _said(row: Row, known: Facts) -> dict[str, Any]:
    return {"text": row.text, "tag": row.tag, "source": _source(row.source_id, known)}


def _activity(row: Row, known: Facts) -> dict[str, Any]:
    return (
        {"key": row.key, "edition": row.edition.key}
        | _said(row, known)
        | {
            "kind": row.kind or None,
            "portals_suggested_goal": row.suggested_goal,
            "responsible": [
                {
                    "board": known.boards[item.board_id].key,
                    "note": item.note,
                    "tag": item.tag,
                    "source": _source(item.source_id, known),
                }
                for item in row.responsibilities
            ],
            "areas": [{"key": area.key, "name": area.name} for area in row.areas],
        }
    )


def _indicator(row: Row, known: Facts) -> dict[str, Any]:
    return (
        {"edition": row.edition.key}
        | _said(row, known)
        | {"follows": row.follows.split(), "portals_suggested_goal": row.suggested_goal}
    )


def _board(row: Row, known: Facts) -> dict[str, Any]:
    return {
        "key": row.key,
        "name": row.name,
        "kind": row.kind,
        "employer_perspective_mainly": row.employer_perspective_mainly,
        "operations": row.operations,
        "statements": [_said(each, known) for each in row.statements],
    }


# --- CSV ----------------------------------------------------------------------------------------


def as_table(known: Facts, name: str) -> list[list[Any]]:
    """Return one table of the programme, its head first. An empty cell is what no source gives."""
    activities = [
        *((row, goal.number) for goal in known.goals for row in goal.activities),
        *((row, "") for row in known.loose_activities),
    ]
    indicators = [
        *((row, goal.number) for goal in known.goals for row in goal.indicators),
        *((row, "") for row in known.loose_indicators),
    ]
    if name == "goals":
        head = ["edition", "goal", "name", "source", "target_groups", "open_question", "gaps"]
        rows = [
            [
                goal.edition.key,
                goal.number,
                goal.name,
                _source(goal.source_id, known),
                " ".join(goal.target_groups),
                goal.open_question,
                " ".join(goal.gaps),
            ]
            for goal in known.goals
        ]
    elif name == "activities":
        head = ["edition", "goal", "activity", "text", "kind", "tag", "source"]
        head += ["portals_suggested_goal"]
        rows = [
            [
                row.edition.key,
                number,
                row.key,
                row.text,
                row.kind,
                row.tag,
                _source(row.source_id, known),
                row.suggested_goal,
            ]
            for row, number in activities
        ]
    elif name == "indicators":
        head = ["edition", "goal", "text", "follows", "tag", "source", "portals_suggested_goal"]
        rows = [
            [
                row.edition.key,
                number,
                row.text,
                row.follows,
                row.tag,
                _source(row.source_id, known),
                row.suggested_goal,
            ]
            for row, number in indicators
        ]
    else:
        head = ["edition", "goal", "activity", "board", "board_name", "note", "tag", "source"]
        rows = [
            [
                row.edition.key,
                number,
                row.key,
                known.boards[item.board_id].key,
                known.boards[item.board_id].name,
                item.note,
                item.tag,
                _source(item.source_id, known),
            ]
            for row, number in activities
            for item in row.responsibilities
        ]
    return [head, *rows]
