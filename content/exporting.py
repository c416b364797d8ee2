"""The portal back into files: what `content.loading` reads, from what is in the database."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models
from wagtail.models import Page

from content import documents
from content.models import (
    Activity,
    Board,
    BoardPage,
    BoardStatement,
    Contact,
    District,
    Edition,
    Figure,
    FollowUpStep,
    GlossaryTerm,
    Goal,
    GoalConcern,
    GoalPage,
    GuidancePage,
    Indicator,
    InformationPage,
    LegalProvision,
    MatrixPage,
    OperationPage,
    PerspectivePage,
    Precondition,
    PreventionCell,
    PreventionPage,
    ProgrammePage,
    RegisterPage,
    Remark,
    SectionPage,
    Source,
    StartPage,
    SupportIndexPage,
    SupportPage,
    ViolenceFormPage,
    ViolenceTypePage,
)
from content.models.programme import EditionStatus, Tag
from content.writing import to_yaml, write_text
from portal.organisation.models import Operation

TYPE_OF: dict[type[Page], str] = {
    StartPage: "start",
    SectionPage: "section",
    ProgrammePage: "programme",
    GoalPage: "goal",
    ViolenceTypePage: "violence_type",
    ViolenceFormPage: "violence_form",
    PreventionPage: "prevention",
    PerspectivePage: "perspective",
    GuidancePage: "guidance",
    SupportIndexPage: "support_index",
    SupportPage: "support",
    OperationPage: "operation",
    BoardPage: "board",
    InformationPage: "information",
    RegisterPage: "register",
    MatrixPage: "matrix",
}


# Fields that hold one word or phrase a line, and are lists in a file.
LINES = frozenset({"forms", "synonyms"})


def row_key(model: type[models.Model]) -> tuple[str, ...]:
    """Return what tells the rows of a register apart in its file."""
    return ("level", "operation") if model is PreventionCell else ("key",)


def key_of(model: type[models.Model], row: Mapping[str, Any]) -> str:
    """Return what *row* of a file is known by."""
    return "/".join(row[name] for name in row_key(model))


def export_row(row: Any) -> dict[str, Any]:
    """Return a row of a register as its file says it."""
    skip = {"id", "verified_on", "sort_order"}
    values: dict[str, Any] = {}
    for field in row._meta.fields:
        if field.name not in skip:
            values[field.name] = _as_written(field.name, getattr(row, field.name))
    if isinstance(row, Remark):
        values["boards"] = list(row.boards.order_by("pk").values_list("key", flat=True))
    return values


def _as_written(name: str, value: Any) -> Any:
    if isinstance(value, Operation):
        return value.slug
    if isinstance(value, models.Model):
        return value.key  # type: ignore[attr-defined]
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if name in LINES:
        return value.splitlines()
    return value.split() if name == "sources" else value


def _unless(default: str, tag: str) -> dict[str, str]:
    """Return how a source gives a row, unless it is as such rows are given by default.

    Empty or ordinary facts are left out, so that rows loaded by an earlier release, which knew
    nothing of them, do not look as if an editor had changed them.
    """
    return {} if tag == default else {"tag": str(tag)}


def export_board(board: Board) -> dict[str, Any]:
    """Return a board with what sources say of it."""
    statements = BoardStatement.objects.filter(board=board).select_related("source")
    return export_row(board) | {
        "statements": [
            {"text": row.text, "source": row.source.key} | _unless(Tag.REPORTED, row.tag)
            for row in statements
        ]
    }


def export_edition(edition: Edition) -> dict[str, Any]:
    """Return an edition with the steps of its year."""
    return export_row(edition) | {
        "steps": [
            {
                "moments": row.moments, "who": row.who, "text": row.text, "boards": row.boards,
                "sources": row.sources.split(),
            } | _unless(Tag.REPORTED, row.tag)
            for row in FollowUpStep.objects.filter(edition=edition)
        ]
    }  # fmt: skip


def _cited(row: Any) -> dict[str, Any]:
    """Return what a row says and what gives it, and what is said of it beyond the ordinary."""
    more = _unless(Tag.QUOTED, row.tag)
    suggested = getattr(row, "suggested_goal", None)
    return {"text": row.text, "source": row.source.key} | more | (
        {"suggested_goal": suggested} if suggested else {}
    )  # fmt: skip


def export_indicator(row: Indicator) -> dict[str, Any]:
    """Return an indicator, with the activities it follows up if an editor has said which."""
    return _cited(row) | ({"follows": row.follows.split()} if row.follows else {})


def export_activity(activity: Activity) -> dict[str, Any]:
    """Return an activity with what hangs on it."""
    return {"key": activity.key} | _cited(activity) | {
        "kind": activity.kind,
        "responsible": [
            {"board": row.board.key, "note": row.note, "source": row.source.key}
            | _unless(Tag.REPORTED, row.tag)
            for row in activity.responsibilities.select_related("board", "source").order_by(
                "sort_order"
            )
        ],
        "areas": [
            {"key": row.key, "name": row.name} for row in activity.areas.order_by("sort_order")
        ],
    }  # fmt: skip


def export_goal(goal: Goal) -> dict[str, Any]:
    """Return a goal with its rows."""
    return {
        "number": goal.number,
        "edition": goal.edition.key,
        "name": goal.name,
        "source": goal.source.key,
        "gaps": goal.gaps,
        "target_groups": goal.target_groups,
        "open_question": goal.open_question,
        "open_question_source": (
            goal.open_question_source.key if goal.open_question_source else None
        ),
        "activities": [
            export_activity(row)
            for row in Activity.objects.filter(goal=goal)
            .select_related("source")
            .order_by("sort_order")
        ],
        "indicators": [
            export_indicator(row)
            for row in Indicator.objects.filter(goal=goal)
            .select_related("source")
            .order_by("sort_order")
        ],
        "preconditions": [
            _cited(row)
            for row in Precondition.objects.filter(goal=goal)
            .select_related("source")
            .order_by("sort_order")
        ],
        "concerns": [
            {"board": row.board.key, "note": row.note, "source": row.source.key}
            for row in GoalConcern.objects.filter(goal=goal).select_related("board", "source")
        ],
    }


def export_programme() -> dict[str, Any]:
    """Return programme.yaml: what readers have been shown, and no draft."""
    editions = Edition.objects.exclude(status=EditionStatus.DRAFT)
    return {
        "editions": [export_edition(row) for row in editions.order_by("period_start")],
        "boards": [export_board(row) for row in Board.objects.order_by("pk")],
        "goals": [
            export_goal(row)
            for row in Goal.objects.filter(edition__in=editions, live=True)
            .select_related("edition", "source")
            .order_by("edition__period_start", "number")
        ],
        "orphans": {
            "activities": [
                export_activity(row) | {"edition": row.edition.key}
                for row in Activity.objects.filter(goal=None, edition__in=editions).order_by("pk")
            ],
            "indicators": [
                export_indicator(row) | {"edition": row.edition.key}
                for row in Indicator.objects.filter(goal=None, edition__in=editions).order_by("pk")
            ],
        },
    }


def export_front(page: Any, paths: dict[int, str] | None = None) -> dict[str, Any]:
    """Return the front matter of a text page."""
    paths = documents.paths_by_id() if paths is None else paths
    sources = documents.to_portable(
        [
            {
                "id": "",
                "kind": "reported",
                "text": "",
                "sources": [item["value"] for item in page.sources.get_prep_value()],
            }
        ],
        path_of=paths.get,
    )[0]["sources"]
    front: dict[str, Any] = {
        "type": TYPE_OF.get(type(page), ""),
        "title": page.title,
        "menu_title": page.menu_title,
        "summary": " ".join(page.summary.split()),
        "who": " ".join(page.who.split()),
        "owner": page.owner_function,
        "written_date": page.written_date,
        "review_due_date": page.review_due_date,
        "target_groups": page.target_groups,
        "operations": page.operations,
        "keywords": page.keyword_list(),
        "sources": [f"{ref['key']} {ref['locator']}".strip() for ref in sources],
        "acute": True if page.is_acute else None,
        "order": page.sort_order,
    }
    for name in ("related", "modules"):
        ids = [item["value"] for item in getattr(page, name).get_prep_value()]
        front[name] = [paths[pk] for pk in ids if pk in paths]
    own = {
        "kind": getattr(page, "children_kind", None),
        "level": getattr(page, "level", None),
        "register": page.register if isinstance(page, RegisterPage) else None,
        "matrix": page.matrix if isinstance(page, MatrixPage) else None,
        "goal": page.goal.number if isinstance(page, GoalPage) else None,
        "contact": page.contact.key if isinstance(page, SupportPage) else None,
        "board": page.board.key if isinstance(page, BoardPage) else None,
        "operation": page.operation.slug if isinstance(page, OperationPage) else None,
    }
    return front | {name: value for name, value in own.items() if value}


def export_body(page: Any, paths: dict[int, str] | None = None) -> documents.Document:
    """Return the body of a text page, without the blocks' ids."""
    paths = documents.paths_by_id() if paths is None else paths
    portable = documents.to_portable(documents.unwrap(page.body), path_of=paths.get)
    return [{name: value for name, value in block.items() if name != "id"} for block in portable]


def export_library(folder: Path) -> int:
    """Write registers, programme and text pages below *folder*; return the number of files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    registers: list[tuple[str, type[Any], str]] = [
        ("sources.yaml", Source, "pk"),
        ("laws.yaml", LegalProvision, "pk"),
        ("contacts.yaml", Contact, "sort_order"),
        ("figures.yaml", Figure, "sort_order"),
        ("remarks.yaml", Remark, "sort_order"),
        ("prevention.yaml", PreventionCell, "pk"),
        ("glossary.yaml", GlossaryTerm, "pk"),
        ("districts.yaml", District, "sort_order"),
    ]
    for name, model, order in registers:
        rows = [export_row(row) for row in model.objects.order_by(order, "pk")]
        (folder / name).write_text(to_yaml(rows), encoding="utf-8")
        written += 1
    (folder / "programme.yaml").write_text(to_yaml(export_programme()), encoding="utf-8")
    paths = documents.paths_by_id()
    shown = published(paths)
    for page in Page.objects.filter(pk__in=shown).specific():
        if type(page) in TYPE_OF:
            write_page(folder / "pages", paths[page.pk], page, export_front(page, shown), paths)
            written += 1
    return written + 1


def published(paths: dict[int, str]) -> dict[int, str]:
    """Return those of *paths* that lead to a published page below none but published pages.

    A page that has never been shown, or is shown no longer, must not be published by a load.
    """
    hidden = set(Page.objects.filter(pk__in=paths, live=False).values_list("pk", flat=True))
    closed = {paths[pk] for pk in hidden}
    return {pk: path for pk, path in paths.items() if not is_below(path, closed)}


def is_below(path: str, others: set[str]) -> bool:
    """Return whether *path* is one of *others* or lies below one."""
    parts = path.split("/")
    return any("/".join(parts[:n]) in others for n in range(len(parts) + 1))


def write_page(
    folder: Path, path: str, page: Any, front: dict[str, Any], paths: dict[int, str]
) -> None:
    """Write one text page with its *front* matter to its file; *paths* are where links lead."""
    file = folder / f"{path or 'index'}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(write_text(front, export_body(page, paths)), encoding="utf-8")
