"""Modules from files: `training/library/<slug>/` becomes a module page under the catalogue."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from wagtail.models import Page

from content import documents
from content.exporting import export_front, published, write_page
from content.faults import Faults
from content.loading import TEXT_ONLY, PageFile, PageType, Piece, Reference, check_kinds, check_page
from content.parsing import TextFile, read_rows, read_text, stable_id
from content.writing import to_yaml, write_text
from training.blocks import RESERVED_SLUGS
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
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# A page of the portal, and maybe a place on it.
_LINK = re.compile(r"/(?:[a-z0-9-]+/)*(?:#[a-z0-9-]+)?")


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
    files = _lesson_files(folder, faults, slug)
    lessons = [_lesson(file, slug) for file in files]
    asked = _read_questions(
        folder / "questions.yaml", faults, slug, {lesson["slug"] for lesson in lessons}
    )
    questions = [question for _, question in asked]
    if page is None:
        return None
    _check_front(text, faults)

    def fill(target: Page, keys: documents.Keys) -> None:
        _fill(target, text.front, slug, lessons, questions, keys)

    page.fill, page.export = fill, module_content
    page.more, page.parts = [lessons, questions], files
    for line, question in asked:
        _tell(page, folder / "questions.yaml", line, question)
    page.initial = {"minutes": text.front.get("minutes")}
    return page


def _tell(page: PageFile, path: Path, line: int, question: dict[str, Any]) -> None:
    """Note on *page* what a question rests on, leads to and says."""
    page.references += [Reference(path, line, source["key"]) for source in question["sources"]]
    if question["link"]:
        page.links.append(Reference(path, line, question["link"]))
    page.pieces += [
        Piece(path, line, question["text"]),
        Piece(path, line, question["explanation"], is_rich=True),
        *(
            Piece(path, line, choice[name])
            for choice in question["choices"]
            for name in ("text", "feedback")
        ),
    ]


def _check_front(text: TextFile, faults: Faults) -> None:
    front = text.front

    def fault(name: str, message: str) -> None:
        faults.add(text.path, text.lines.get(name, 2), f"{name}: {message}")

    if not _is_number(front.get("minutes"), 1, 1000):
        fault("minutes", "ange hur många minuter modulen tar.")
    percent = front.get("pass_percent")
    if percent is not None and not _is_number(percent, 1, 100):
        fault("pass_percent", "ange gränsen i procent, från 1 till 100.")
    if front.get("draw") not in (None, "all") and not _is_number(front["draw"], 1, 1000):
        fault("draw", "ange all eller hur många frågor ett försök har.")
    if front.get("change_kind") not in ChangeKind:
        fault("change_kind", f"välj bland {', '.join(ChangeKind.values)}.")
    for name in ("areas", "goals"):
        if not isinstance(front.get(name) or [], list):
            fault(name, "ska vara en lista, som [ett, två].")
            front[name] = []
    for area in front.get("areas") or []:
        if area not in AREAS:
            fault("areas", f"området {area} finns inte; välj bland {', '.join(AREAS)}.")
    for goal in front.get("goals") or []:
        if (
            not isinstance(goal, dict)
            or goal.get("kind") not in {"F", "I", "A"}
            or not isinstance(goal.get("text"), str)
        ):
            fault("goals", "varje mål skrivs som {kind: F, I eller A, text: …}.")


def _is_number(value: Any, lowest: int, highest: int) -> bool:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and lowest <= value <= highest


def _lesson_files(folder: Path, faults: Faults, slug: str) -> list[TextFile]:
    """Return the lessons in order, those that are whole."""
    files: list[TextFile] = []
    for path in sorted(folder.glob("[0-9]*.md")):
        text = read_text(path, faults, seed=f"{ROOT}/{slug}/{path.stem}")
        if text is None:
            continue
        before = len(faults.found)
        for name in LESSON_KEYS:
            if text.front.get(name) in (None, ""):
                faults.add(path, text.lines.get(name, 2), f"{name} saknas.")
        for name in sorted(set(text.front) - set(LESSON_KEYS)):
            faults.add(
                path, text.lines.get(name, 2), f"uppgiften {name} finns inte för en lektion."
            )
        address = str(text.front.get("slug") or "x")
        if not _SLUG.fullmatch(address) or address in RESERVED_SLUGS:
            faults.add(
                path,
                text.lines.get("slug", 2),
                f"adressen {address} går inte att använda; "
                "skriv små bokstäver a–z, siffror och bindestreck.",
            )
        twin = next((file for file in files if file.front["slug"] == address), None)
        if twin:
            faults.add(
                path,
                text.lines.get("slug", 2),
                f"två lektioner har adressen {address}; {twin.path.name} är den andra.",
            )
        minutes = text.front.get("minutes")
        if minutes not in (None, "") and not _is_number(minutes, 1, 60):
            faults.add(path, text.lines.get("minutes", 2), "minutes ska vara från 1 till 60.")
        check_kinds(text, TEXT_ONLY, "hör inte hemma i en lektion; ta bort det", faults)
        if len(faults.found) == before:
            files.append(text)
    return files


def _lesson(file: TextFile, slug: str) -> dict[str, Any]:
    return {name: file.front[name] for name in LESSON_KEYS} | {
        "id": stable_id(ROOT, slug, "lesson", str(file.front["slug"])),
        "body": file.body,
    }


def _read_questions(
    path: Path, faults: Faults, slug: str, lessons: set[str]
) -> list[tuple[int, dict[str, Any]]]:
    """Return the questions with the line that each begins on."""
    questions: list[tuple[int, dict[str, Any]]] = []
    seen: set[str] = set()
    for line, row in read_rows(path, faults):
        fault = _question_fault(row, lessons, seen)
        if fault:
            faults.add(path, line, fault)
            continue
        seen.add(row["key"])
        questions.append((line, _question(row, slug)))
    return questions


def _question_fault(row: Any, lessons: set[str], seen: set[str]) -> str:
    """Return what is wrong with a question, or an empty string."""
    key = row.get("key")
    if not key or not isinstance(key, str):
        return "frågan saknar key; ge den en egen nyckel, som q01."
    if key in seen:
        return f"nyckeln {key} finns redan; nycklar är unika och återanvänds aldrig."
    if unknown := set(row) - QUESTION_KEYS:
        return f"{key}: uppgiften {', '.join(sorted(unknown))} finns inte."
    if row.get("kind") not in {"single", "multiple", "true_false"}:
        return f"{key}: kind ska vara single, multiple eller true_false."
    if not row.get("text") or not row.get("explanation"):
        return f"{key}: text och explanation ska finnas."
    if row.get("link") and not _LINK.fullmatch(str(row["link"])):
        return f"{key}: link ska vara en sida här, som /vagledning/akut-fara/#rubrik."
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
    if row["kind"] == "true_false" and len(choices) != 2:
        return f"{key}: true_false ska ha två svar, sant och falskt."
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
    sources = row.get("source") or []
    return {
        "id": question_id,
        "key": str(row["key"]),
        "kind": row["kind"],
        "text": " ".join(str(row["text"]).split()),
        "lesson": row.get("lesson") or "",
        "link": row.get("link") or "",
        "explanation": str(row["explanation"]).strip(),
        "sources": [
            {"key": str(each).partition(" ")[0], "locator": str(each).partition(" ")[2].strip()}
            for each in (sources if isinstance(sources, list) else [sources])
        ],
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
                    "sources": question["sources"],
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
    shown = published(paths)
    written = 0
    for index in TrainingIndexPage.objects.filter(pk__in=shown):
        front = export_front(index, shown) | {"type": "training_index"}
        write_page(folder, paths[index.pk], index, front, paths)
        written += 1
    for page in ModulePage.objects.filter(pk__in=shown):
        written += _export_module(folder / page.slug, page, export_front(page, shown), paths)
    return written


def _export_module(folder: Path, page: Any, front: dict[str, Any], paths: dict[int, str]) -> int:
    data = module_content(page)
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
    write_page(folder, "module", page, front, paths)
    for number, lesson in enumerate(data["lessons"], start=1):
        (folder / f"{number:02}-{lesson['slug']}.md").write_text(
            write_text({name: lesson[name] for name in LESSON_KEYS}, lesson["body"]),
            encoding="utf-8",
        )
    rows = [_question_row(question) for question in data["questions"]]
    (folder / "questions.yaml").write_text(to_yaml(rows), encoding="utf-8")
    return 2 + len(data["lessons"])


def _question_row(question: dict[str, Any]) -> dict[str, Any]:
    """Return a question as its file says it."""
    sources = [f"{ref['key']} {ref['locator']}".strip() for ref in question["sources"]]
    return (
        {name: question[name] for name in ("key", "kind")}
        | {"text": " ".join(question["text"].split())}
        | {name: question[name] for name in ("lesson", "link")}
        | {
            "choices": [
                {
                    "key": choice["key"],
                    "text": " ".join(choice["text"].split()),
                    "correct": choice["correct"],
                    "feedback": " ".join(choice["feedback"].split()),
                }
                for choice in question["choices"]
            ],
            "explanation": question["explanation"],
            "source": sources[0] if len(sources) == 1 else sources,
        }
    )
