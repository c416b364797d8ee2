"""Modules from files: `training/library/<slug>/` becomes a module page under the catalogue."""

from pathlib import Path
from typing import Any
from uuid import UUID

from wagtail.models import Page

from content import documents
from content.exporting import export_front, write_page
from content.faults import Faults
from content.loading import PageFile, PageType, check_page
from content.parsing import TextFile, read_text, read_yaml, stable_id
from content.writing import to_yaml, write_text
from training.models import ChangeKind, ModulePage, TrainingIndexPage
from training.models.freezing import build

INDEX = PageType(TrainingIndexPage)
MODULE = PageType(ModulePage)
MODULE_KEYS = (
    "minutes", "goals", "areas", "pass_percent", "draw", "change_kind", "change_note",
)  # fmt: skip
LESSON_KEYS = ("title", "slug", "minutes", "goal")
QUESTION_KEYS = {"key", "kind", "text", "lesson", "link", "choices", "explanation", "source"}
AREAS = ("close_relationships", "honour_related", "prostitution_trafficking", "sexual_violence")
ROOT = "utbildning"


def read_modules(root: Path, faults: Faults) -> list[PageFile]:
    """Return the catalogue and the modules below *root* (training/library), noting faults."""
    files: list[PageFile] = []
    index = root / f"{ROOT}.md"
    if index.exists():
        text = read_text(index, faults, seed=ROOT)
        found = text and check_page(ROOT, text, faults, {"training_index": INDEX})
        if found:
            files.append(found)
    for folder in sorted(path.parent for path in root.glob("*/module.md")):
        module = _read_module(folder, faults)
        if module:
            files.append(module)
    return files


def _read_module(folder: Path, faults: Faults) -> PageFile | None:
    slug = folder.name
    path = f"{ROOT}/{slug}"
    text = read_text(folder / "module.md", faults, seed=path)
    if text is None:
        return None
    text.front.setdefault("type", "module")
    page = check_page(path, text, faults, {"module": MODULE}, *MODULE_KEYS)
    lessons = _read_lessons(folder, faults, slug)
    questions = _read_questions(
        folder / "questions.yaml", faults, slug, {lesson["slug"] for lesson in lessons}
    )
    if page is None:
        return None
    _check_front(text, faults)
    page.more = [lessons, questions]
    page.references = {q["source"] for q in questions if q.get("source")}
    # Their laws and contacts are checked as if they stood in the overview.
    checked = TextFile(
        text.path,
        text.front,
        text.lines,
        [*text.body, *(block for lesson in lessons for block in lesson["body"])],
    )

    def fill(target: Page, keys: documents.Keys) -> None:
        _fill(target, text.front, slug, lessons, questions, keys)

    return _ModuleFile(
        path,
        text,
        MODULE,
        fill,
        module_content,
        page.more,
        page.references,
        {"minutes": text.front.get("minutes")},
        checked=checked,
    )


class _ModuleFile(PageFile):
    """A module's page with its lessons' blocks, for checking references."""

    def __init__(self, *args: Any, checked: TextFile) -> None:
        super().__init__(*args)
        self.checked = checked


def checkable(pages: list[PageFile]) -> list[PageFile]:
    """Return *pages* with modules' lessons among the blocks that references are looked for in."""
    return [
        PageFile(page.path, page.checked, page.page_type, references=page.references)
        if isinstance(page, _ModuleFile)
        else page
        for page in pages
    ]


def _check_front(text: TextFile, faults: Faults) -> None:
    front = text.front

    def fault(name: str, message: str) -> None:
        faults.add(text.path, text.lines.get(name, 2), f"{name}: {message}")

    if not isinstance(front.get("minutes"), int):
        fault("minutes", "ange hur många minuter modulen tar.")
    if front.get("change_kind") not in ChangeKind:
        fault("change_kind", f"välj bland {', '.join(ChangeKind.values)}.")
    for area in front.get("areas") or []:
        if area not in AREAS:
            fault("areas", f"området {area} finns inte; välj bland {', '.join(AREAS)}.")
    for goal in front.get("goals") or []:
        if not isinstance(goal, dict) or goal.get("kind") not in {"F", "I", "A"}:
            fault("goals", "varje mål skrivs som {kind: F, I eller A, text: …}.")


def _read_lessons(folder: Path, faults: Faults, slug: str) -> list[dict[str, Any]]:
    lessons = []
    for path in sorted(folder.glob("[0-9]*.md")):
        text = read_text(path, faults, seed=f"{ROOT}/{slug}/{path.stem}")
        if text is None:
            continue
        missing = [name for name in LESSON_KEYS if text.front.get(name) in (None, "")]
        for name in missing:
            faults.add(path, text.lines.get(name, 2), f"{name} saknas.")
        for name in sorted(set(text.front) - set(LESSON_KEYS)):
            faults.add(
                path, text.lines.get(name, 2), f"uppgiften {name} finns inte för en lektion."
            )
        if missing:
            continue
        lessons.append(
            {name: text.front[name] for name in LESSON_KEYS}
            | {
                "id": stable_id(ROOT, slug, "lesson", str(text.front["slug"])),
                "body": text.body,
            }
        )
    slugs = [lesson["slug"] for lesson in lessons]
    for twice in sorted({s for s in slugs if slugs.count(s) > 1}):
        faults.add(folder / "module.md", 0, f"två lektioner har adressen {twice}.")
    return lessons


def _read_questions(
    path: Path, faults: Faults, slug: str, lessons: set[str]
) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    rows = read_yaml(path, faults)
    if rows is None:
        return []
    if not isinstance(rows, list):
        faults.add(path, 1, "ska vara en lista med frågor som börjar med ”- key:”.")
        return []
    starts = [
        number
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.startswith("- ")
    ]
    questions: list[dict[str, Any]] = []
    seen: set[str] = set()
    for line, row in zip(starts, rows, strict=False):
        fault = _question_fault(row, lessons, seen)
        if fault:
            faults.add(path, line, fault)
            continue
        seen.add(row["key"])
        questions.append(_question(row, slug))
    return questions


def _question_fault(row: Any, lessons: set[str], seen: set[str]) -> str:
    """Return what is wrong with a question, or an empty string."""
    if not isinstance(row, dict) or not row.get("key"):
        return "frågan saknar key."
    key = row["key"]
    if key in seen:
        return f"nyckeln {key} finns redan; nycklar är unika och återanvänds aldrig."
    if unknown := set(row) - QUESTION_KEYS:
        return f"{key}: uppgiften {', '.join(sorted(unknown))} finns inte."
    if row.get("kind") not in {"single", "multiple", "true_false"}:
        return f"{key}: kind ska vara single, multiple eller true_false."
    if not row.get("text") or not row.get("explanation"):
        return f"{key}: text och explanation ska finnas."
    if row.get("lesson") and row["lesson"] not in lessons:
        return f"{key}: lektionen {row['lesson']} finns inte."
    choices = row.get("choices")
    if not isinstance(choices, list) or not 2 <= len(choices) <= 8:
        return f"{key}: frågan ska ha mellan två och åtta svar."
    for choice in choices:
        if not isinstance(choice, dict) or not all(
            choice.get(name) not in (None, "") for name in ("key", "text", "feedback")
        ):
            return f"{key}: varje svar ska ha key, text och feedback."
    if len({choice["key"] for choice in choices}) < len(choices):
        return f"{key}: två svar har samma key."
    right = sum(bool(choice.get("correct")) for choice in choices)
    if right < 1 or (row["kind"] != "multiple" and right != 1):
        wanted = "minst ett" if row["kind"] == "multiple" else "exakt ett"
        return f"{key}: {right} svar är rätta; {row['kind']} ska ha {wanted}."
    return ""


def _as_id(*parts: str) -> str:
    """Return the block id of a key: itself when it is one (an exported question of an editor)."""
    try:
        return str(UUID(parts[-1]))
    except ValueError:
        return stable_id(*parts)


def _question(row: dict[str, Any], slug: str) -> dict[str, Any]:
    question_id = _as_id(ROOT, slug, "question", str(row["key"]))
    return {
        "id": question_id,
        "key": str(row["key"]),
        "kind": row["kind"],
        "text": " ".join(str(row["text"]).split()),
        "lesson": row.get("lesson") or "",
        "link": row.get("link") or "",
        "explanation": str(row["explanation"]).strip(),
        "source": row.get("source") or "",
        "choices": [
            {
                "id": _as_id(question_id, str(choice["key"])),
                "key": str(choice["key"]),
                "text": " ".join(str(choice["text"]).split()),
                "correct": bool(choice.get("correct")),
                "feedback": " ".join(str(choice["feedback"]).split()),
            }
            for choice in row["choices"]
        ],
    }


def _fill(
    page: Any,
    front: dict[str, Any],
    slug: str,
    lessons: list[dict[str, Any]],
    questions: list[dict[str, Any]],
    keys: documents.Keys,
) -> None:
    page.minutes = front["minutes"]
    page.areas = front.get("areas") or []
    page.pass_percent = front.get("pass_percent") or 80
    page.draw = front["draw"] if isinstance(front.get("draw"), int) else None
    page.change_kind = front["change_kind"]
    page.change_note = front.get("change_note") or ""
    page.learning_goals = _stream(
        page,
        "learning_goals",
        [
            {
                "type": "goal",
                "id": stable_id(ROOT, slug, "goal", str(number)),
                "value": {"kind": goal["kind"], "text": goal["text"]},
            }
            for number, goal in enumerate(front.get("goals") or [])
        ],
    )
    page.lessons = _stream(
        page,
        "lessons",
        [
            {
                "type": "lesson",
                "id": lesson["id"],
                "value": {name: lesson[name] for name in LESSON_KEYS}
                | {"body": documents.wrap(documents.from_portable(lesson["body"], keys))},
            }
            for lesson in lessons
        ],
    )
    page.questions = _stream(
        page, "questions", [_stored_question(question, keys) for question in questions]
    )


def _stored_question(question: dict[str, Any], keys: documents.Keys) -> dict[str, Any]:
    explained = documents.wrap(
        documents.from_portable(
            [
                {
                    "id": question["id"],
                    "kind": "text",
                    "text": question["explanation"],
                    "sources": [{"key": question["source"]}] if question["source"] else [],
                }
            ],
            keys,
        )
    )[0]["value"]
    return {
        "type": question["kind"],
        "id": question["id"],
        "value": {name: question[name] for name in ("key", "text", "lesson", "link")}
        | {
            "explanation": explained["text"],
            "sources": explained["sources"],
            "choices": [
                {
                    "type": "item",
                    "id": choice["id"],
                    "value": {name: value for name, value in choice.items() if name != "id"},
                }
                for choice in question["choices"]
            ],
        },
    }


def _stream(page: Any, name: str, raw: list[dict[str, Any]]) -> Any:
    return page._meta.get_field(name).stream_block.to_python(raw)


# --- Export -------------------------------------------------------------------------------------


def module_content(page: Any) -> dict[str, Any]:
    """Return what a module holds beyond its text: lessons, questions and rules, with their ids."""
    data = build(page)
    kept = ("minutes", "goals", "areas", "policy", "lessons", "questions")
    return {name: data[name] for name in kept} | {
        "change_kind": page.change_kind,
        "change_note": page.change_note,
    }


def export_modules(folder: Path) -> int:
    """Write the catalogue and every module below *folder*; return the number of files."""
    paths = documents.paths_by_id()
    written = 0
    for index in TrainingIndexPage.objects.filter(pk__in=paths):
        front = export_front(index, paths) | {"type": "training_index"}
        write_page(folder, paths[index.pk], index, paths, front=front)
        written += 1
    for page in ModulePage.objects.filter(pk__in=paths):
        written += _export_module(folder / page.slug, page, paths)
    return written


def _export_module(folder: Path, page: Any, paths: dict[int, str]) -> int:
    data = module_content(page)
    front = export_front(page, paths)
    front.pop("type")
    front |= {
        "minutes": data["minutes"],
        "goals": data["goals"],
        "areas": data["areas"],
        "pass_percent": data["policy"]["pass_percent"],
        "draw": data["policy"]["draw"],
        "change_kind": data["change_kind"],
        "change_note": data["change_note"],
    }
    write_page(folder, "module", page, paths, front=front)
    for number, lesson in enumerate(data["lessons"], start=1):
        (folder / f"{number:02}-{lesson['slug']}.md").write_text(
            write_text({name: lesson[name] for name in LESSON_KEYS}, lesson["body"]),
            encoding="utf-8",
        )
    rows = [
        {name: question[name] for name in ("key", "kind", "text", "lesson", "link")}
        | {
            "choices": [
                {name: choice[name] for name in ("key", "text", "correct", "feedback")}
                for choice in question["choices"]
            ],
            "explanation": question["explanation"],
            "source": question["sources"][0]["key"] if question["sources"] else "",
        }
        for question in data["questions"]
    ]
    (folder / "questions.yaml").write_text(to_yaml(rows), encoding="utf-8")
    return 2 + len(data["lessons"])
