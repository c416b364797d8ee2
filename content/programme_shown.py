"""The programme as pages show it: goals, boards, editions and the year.

What a source quotes, what it reports, what it wishes for and what we suggest are told apart in
every row, and what no source gives is said to be missing.
"""

from collections import Counter
from datetime import date
from typing import Any

from content import facts
from content.facts import Facts, Row
from content.models.programme import (
    GAP_LABELS,
    ActivityKind,
    BoardKind,
    EditionStatus,
    Tag,
    YearMoment,
)
from content.models.registers import RemarkStatus, SourceKind
from content.taxonomy import TargetGroup

STATUS_PAGE = "programmet/programperiod-och-status"
EMPLOYER_GUIDANCE = "vagledning/stodja-en-medarbetare"
# The four reports of a year, in the order that they follow on one another.
_ROUND = (YearMoment.PLAN, YearMoment.TERTIAL_1, YearMoment.TERTIAL_2, YearMoment.REPORT)
_SHORT = {
    YearMoment.PLAN: "VP",
    YearMoment.TERTIAL_1: "T1",
    YearMoment.TERTIAL_2: "T2",
    YearMoment.REPORT: "VB",
}


def goal_name(number: int) -> str:
    """Return what a goal is called where the county's goals could be meant too."""
    return f"Mål {number} (stadens program)"


def card(path: str, known: Facts) -> dict[str, Any] | None:
    """Return the page at *path* as lists show it, or None while it is not published."""
    place = known.tree.at(path)
    return place.card() if place else None


def _url(model: str, pk: int, known: Facts) -> str:
    place = known.tree.about(model, pk)
    return place.url if place else ""


# --- Goals --------------------------------------------------------------------------------------


def goal(row: Row, known: Facts) -> dict[str, Any]:
    """Return a goal as its page shows it."""
    activities = [_activity(each, row.indicators, known) for each in row.activities]
    return {
        "number": row.number,
        "label": goal_name(row.number),
        "name": row.name,
        "sources": _sources(row, known),
        "edition": row.edition.name,
        "activities": activities,
        "kinds": _kinds(row.activities),
        "indicators": [_indicator(each, row.activities, known) for each in row.indicators],
        "preconditions": [_said(each, known) for each in row.preconditions],
        "concerns": [
            {
                "board": known.boards[each.board_id].name,
                "url": _url("BoardPage", each.board_id, known),
                "note": each.note,
                "sources": _sources(each, known),
            }
            for each in row.concerns
        ],
        "gaps": [{"label": GAP_LABELS[gap]} for gap in row.gaps if gap in GAP_LABELS],
        "target_groups": [
            TargetGroup(code).label for code in row.target_groups if code in TargetGroup
        ],
        "open_question": row.open_question,
        "open_question_sources": [
            source for source in [known.source(row.open_question_source_id)] if source
        ],
        "suggested": _suggested(row, known),
    }


def _said(row: Row, known: Facts) -> dict[str, Any]:
    return {
        "text": row.text,
        "tag": row.tag,
        "chip": chip(row.tag, [known.sources[row.source_id]] if row.source_id else []),
        "sources": _sources(row, known),
    }


def chip(tag: str, sources: list[Row]) -> str:
    """Return the mark of a row: the programme's words, or whose account of them it is."""
    if tag == Tag.QUOTED:
        return "quoted"
    kinds = {source.kind for source in sources}
    return "answered" if kinds == {SourceKind.INTERPELLATION} else "reported"


def _sources(row: Row, known: Facts) -> list[dict[str, str]]:
    found = known.source(row.source_id)
    return [found] if found else []


def _activity(row: Row, indicators: list[Row], known: Facts) -> dict[str, Any]:
    return _said(row, known) | {
        "key": row.key,
        "anchor": f"aktivitet-{row.key}",
        "kind_label": ActivityKind(row.kind).label if row.kind else "",
        "responsible": [
            {
                "board": known.boards[item.board_id].name,
                "url": _url("BoardPage", item.board_id, known),
                "note": item.note,
                "tag": item.tag,
                "sources": _sources(item, known),
            }
            for item in row.responsibilities
        ],
        "areas": [area.name for area in row.areas],
        "followed_by": [
            {"text": each.text, "anchor": f"indikator-{each.pk}"}
            for each in indicators
            if row.key in each.follows.split()
        ],
    }


def _indicator(row: Row, activities: list[Row], known: Facts) -> dict[str, Any]:
    wanted = row.follows.split()
    return _said(row, known) | {
        "anchor": f"indikator-{row.pk}",
        "follows": [
            {"text": each.text, "anchor": f"aktivitet-{each.key}"}
            for each in activities
            if each.key in wanted
        ],
    }


def _kinds(activities: list[Row]) -> list[dict[str, Any]]:
    """Return how many activities are ordinary work, how many go beyond it, and of how many no
    source says which."""
    counts = Counter(row.kind for row in activities)
    labels = [*ActivityKind.choices, ("", "uppgift saknas")]
    return [
        {"label": label, "count": counts[value]} for value, label in labels if counts[value]
    ]  # fmt: skip


def _suggested(row: Row, known: Facts) -> list[dict[str, Any]]:
    """Return the rows without a goal that we think could belong to this one."""
    return [
        each
        for each in loose(row.edition, known)
        if each["suggested"] and each["suggested"]["number"] == row.number
    ]


def loose(edition: Row | None, known: Facts) -> list[dict[str, Any]]:
    """Return the rows of *edition* that sources quote without saying to which goal they belong."""
    if edition is None:
        return []
    goals = {goal.number: goal for goal in known.goals_of(edition)}
    rows = []
    for row, what in [
        *((row, "Aktivitet") for row in known.loose_activities),
        *((row, "Indikator") for row in known.loose_indicators),
    ]:
        if row.edition.pk != edition.pk:
            continue
        kind = getattr(row, "kind", "")
        goal_row = goals.get(row.suggested_goal)
        rows.append(
            _said(row, known)
            | {
                "what": what,
                "kind_label": ActivityKind(kind).label if kind else "",
                "suggested": {
                    "number": row.suggested_goal,
                    "label": goal_name(row.suggested_goal),
                    "url": _url("GoalPage", goal_row.pk, known) if goal_row else "",
                }
                if row.suggested_goal
                else None,
            }
        )
    return rows


def goal_list(known: Facts) -> dict[str, Any]:
    """Return the goals of the newest edition with what is known of each, and the loose rows."""
    edition = known.newest
    return {
        "edition": edition.name if edition else "",
        "goals": [
            {
                "label": goal_name(row.number),
                "name": row.name,
                "url": _url("GoalPage", row.pk, known),
                "counts": [
                    ("Aktiviteter", len(row.activities)),
                    ("Indikatorer", len(row.indicators)),
                    ("Ska vara på plats", len(row.preconditions)),
                ],
                "boards": _named(row, known),
            }
            for row in known.goals_of(edition)
        ],
        "loose": loose(edition, known),
    }


def _named(goal_row: Row, known: Facts) -> list[str]:
    """Return the boards that some source names as responsible within a goal."""
    ids = {item.board_id for row in goal_row.activities for item in row.responsibilities}
    return [board.name for pk, board in known.boards.items() if pk in ids]


# --- Boards -------------------------------------------------------------------------------------


def board(pk: int, known: Facts) -> dict[str, Any]:
    """Return what concerns a board."""
    row = known.boards[pk]
    editions = [found for edition in known.editions if (found := _in_edition(row, edition, known))]
    if known.newest and (not editions or editions[0]["name"] != known.newest.name):
        editions.insert(0, _empty(known.newest))
    return {
        "name": row.name,
        "kind_label": BoardKind(row.kind).label,
        "employer_mainly": row.employer_perspective_mainly,
        "operations": [
            {"name": operation.name, "url": _url("OperationPage", operation.pk, known)}
            for operation in known.operations.values()
            if operation.slug in row.operations
        ],
        "editions": editions,
        "statements": [_said(each, known) for each in row.statements],
        "remarks": [
            remark(each, known) for each in known.remarks if row in each.boards
        ],
        "year": year(known.newest, known, board_key=row.key),
        "modules": _modules(row.operations, known),
        "guidance": card(EMPLOYER_GUIDANCE, known) if row.employer_perspective_mainly else None,
    }  # fmt: skip


def _empty(edition: Row) -> dict[str, Any]:
    return {"name": edition.name, "goals": [], "activities": []}


def _in_edition(board_row: Row, edition: Row, known: Facts) -> dict[str, Any] | None:
    """Return the goals and activities of *edition* that concern a board, or None for none."""
    goals, activities = [], []
    for row in known.goals_of(edition):
        own = [
            (activity, item)
            for activity in row.activities
            for item in activity.responsibilities
            if item.board_id == board_row.pk
        ]
        concerns = [each for each in row.concerns if each.board_id == board_row.pk]
        if not own and not concerns:
            continue
        sources = {
            each.source_id: known.source(each.source_id)
            for each in (*(item for _, item in own), *concerns)
        }
        url = _url("GoalPage", row.pk, known)
        goals.append(
            {
                "label": goal_name(row.number),
                "name": row.name,
                "url": url,
                "activities": len(own),
                "notes": [each.note for each in concerns if each.note],
                "sources": [source for source in sources.values() if source],
            }
        )
        activities += [
            _duty(activity, item, row.indicators, known)
            | {"goal": goal_name(row.number), "url": url}
            for activity, item in own
        ]
    for activity in known.loose_activities:
        if activity.edition.pk == edition.pk:
            activities += [
                _duty(activity, item, [], known) | {"goal": "", "url": ""}
                for item in activity.responsibilities
                if item.board_id == board_row.pk
            ]
    if not goals and not activities:
        return None
    return _empty(edition) | {"goals": goals, "activities": activities}


def _duty(activity: Row, item: Row, indicators: list[Row], known: Facts) -> dict[str, Any]:
    """Return an activity with what makes it the board's."""
    shown = _activity(activity, indicators, known)
    return shown | {
        "note": item.note,
        "duty_tag": item.tag,
        "duty_sources": _sources(item, known),
        "others": [each.board_id for each in activity.responsibilities if each is not item],
    }


def _modules(operations: list[str], known: Facts) -> dict[str, list[dict[str, Any]]]:
    """Return the modules made for any of *operations*, and those made for everyone."""
    modules = [
        place
        for place in known.tree.in_order
        if place.model == "training.ModulePage" and not place.is_closed
    ]
    modules.sort(key=lambda place: (place.sort_order, place.path))
    return {
        "own": [
            place.card() for place in modules if set(place.operations) & set(operations)
        ],
        "all": [place.card() for place in modules if not place.operations],
    }  # fmt: skip


def remark(row: Row, known: Facts) -> dict[str, Any]:
    """Return what a consultation answer wishes for, and what the portal does about it."""
    place = known.tree.at(row.page.strip("/").partition("#")[0]) if row.page else None
    anchor = row.page.partition("#")[2]
    return {
        "key": row.key,
        "text": row.text,
        "sources": known.listed(row.sources),
        "status": row.status,
        "status_label": RemarkStatus(row.status).label,
        "answer": row.answer,
        "page": {
            "title": place.title,
            "url": f"{place.url}#{anchor}" if anchor else place.url,
        }
        if place
        else None,
        "boards": [
            {"name": each.name, "url": _url("BoardPage", each.pk, known)} for each in row.boards
        ],
        "url": known.register_url("remissynpunkter", row.key),
    }  # fmt: skip


# --- The year -----------------------------------------------------------------------------------


def year(edition: Row | None, known: Facts, *, board_key: str = "") -> dict[str, Any] | None:
    """Return the chain from plan to follow-up, for one board or for all; None without steps."""
    steps = [
        step
        for step in (edition.steps if edition else [])
        if not board_key or not step.boards or board_key in step.boards
    ]
    if not steps:
        return None

    def at(moment: str) -> list[dict[str, Any]]:
        return [_step(step, known) for step in steps if moment in step.moments]

    moments = [
        {"number": number, "short": _SHORT[moment], "label": moment.label, "steps": at(moment)}
        for number, moment in enumerate(_ROUND, start=1)
    ]
    # What is done alike at moments that follow on one another is said once.
    stages: list[dict[str, Any]] = []
    for each in moments:
        if stages and stages[-1]["steps"] == each["steps"]:
            stages[-1]["moments"].append(each)
        else:
            stages.append({"moments": [each], "steps": each["steps"]})
    return {"moments": moments, "stages": stages, "all_year": at(YearMoment.ALL_YEAR)}


def _step(row: Row, known: Facts) -> dict[str, Any]:
    sources = [known.by_key[key] for key in row.sources.split() if key in known.by_key]
    return {
        "who": row.who,
        "text": row.text,
        "chip": chip(row.tag, sources),
        "sources": known.listed(row.sources),
    }


# --- Editions -----------------------------------------------------------------------------------


def banner(edition: Row | None, known: Facts, on: date) -> dict[str, str] | None:
    """Return what stands on pages of an edition whose period has ended on *on*, else None."""
    if edition is None or not facts.has_ended(edition, on):
        return None
    page = known.tree.at(STATUS_PAGE)
    return {
        "name": edition.name,
        "replaced": "1" if edition.status == EditionStatus.REPLACED else "",
        "url": page.url if page else "",
    }


def editions(known: Facts, on: date) -> list[dict[str, Any]]:
    """Return the editions, newest first, with what replaced what."""
    return [
        {
            "key": row.key,
            "name": row.name,
            "title": row.title,
            "status": EditionStatus(row.status).label
            if row.status != EditionStatus.CURRENT or not facts.has_ended(row, on)
            else EditionStatus.ENDED.label,
            "note": row.status_note,
            "replaces": row.replaces.name if row.replaces else "",
            "replaced_by": next(
                (each.name for each in known.editions if each.replaces is row), ""
            ),
            "goals": len(known.goals_of(row)),
            "sources": _sources(row, known),
        }
        for row in known.editions
    ]  # fmt: skip
