"""Files into the portal. Loading again changes what a file changed, never what an editor did.

Each file or row has a LibraryRecord. When the portal no longer holds what was stored right after
the last load, an editor has changed it, and the file is left unread.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from wagtail.models import Locale, Page, Site

from content import documents
from content.exporting import (
    LINES,
    export_activity,
    export_board,
    export_body,
    export_edition,
    export_front,
    export_goal,
    export_indicator,
    export_row,
    is_below,
    key_of,
    row_key,
)
from content.faults import Faults
from content.models import (
    Activity,
    Board,
    BoardPage,
    BoardStatement,
    CompetenceArea,
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
    LibraryRecord,
    MatrixPage,
    OperationPage,
    PerspectivePage,
    Precondition,
    PreventionCell,
    PreventionPage,
    ProgrammePage,
    RegisterPage,
    Remark,
    Responsibility,
    SectionPage,
    Source,
    StartPage,
    SupportIndexPage,
    SupportPage,
    ViolenceFormPage,
    ViolenceTypePage,
)
from content.models.pages import Matrix, Register
from content.models.programme import EditionStatus, Tag
from content.parsing import TextFile, read_mapping, read_rows, read_text, stable_id
from content.programme_checks import check_programme, older_first, rows_in
from content.taxonomy import Kind, PreventionLevel, TargetGroup
from portal.organisation.models import Operation

# What every page's front matter may say → the field it fills. Special ones are handled by name.
COMMON = {
    "title": "title",
    "menu_title": "menu_title",
    "summary": "summary",
    "who": "who",
    "owner": "owner_function",
    "written_date": "written_date",
    "review_due_date": "review_due_date",
    "acute": "is_acute",
    "order": "sort_order",
}
LISTS = ("target_groups", "operations", "keywords", "sources", "related", "modules")
REQUIRED = ("type", "title", "summary", "written_date", "review_due_date")
TEXTS = ("title", "menu_title", "summary", "who", "owner")
# Blocks that only a lesson may hold.
LESSON_ONLY = {"case", "reflect"}
# And one that a lesson may not: it is read to its end.
TEXT_ONLY = {"depth"}


@dataclass(frozen=True)
class PageType:
    """How a `type:` in a file becomes a page. `extra` are front matter keys of its own."""

    model: type[Page]
    extra: tuple[str, ...] = ()


PAGE_TYPES: dict[str, PageType] = {
    "start": PageType(StartPage),
    "section": PageType(SectionPage, ("kind",)),
    "programme": PageType(ProgrammePage),
    "goal": PageType(GoalPage, ("goal",)),
    "violence_type": PageType(ViolenceTypePage),
    "violence_form": PageType(ViolenceFormPage),
    "prevention": PageType(PreventionPage, ("level",)),
    "perspective": PageType(PerspectivePage),
    "guidance": PageType(GuidancePage),
    "support_index": PageType(SupportIndexPage),
    "support": PageType(SupportPage, ("contact",)),
    "operation": PageType(OperationPage, ("operation",)),
    "board": PageType(BoardPage, ("board",)),
    "information": PageType(InformationPage),
    "register": PageType(RegisterPage, ("register",)),
    "matrix": PageType(MatrixPage, ("matrix",)),
}


class Reference(NamedTuple):
    """A key of a source or law, or an address, and where it stands."""

    path: Path
    line: int
    key: str


class Piece(NamedTuple):
    """Words that a page has beside its texts, such as a question, and where they stand."""

    path: Path
    line: int
    words: str
    is_rich: bool = False


@dataclass
class PageFile:
    """A page as its file says it: where it lies, what it says, and how to fill the model."""

    path: str
    text: TextFile
    page_type: PageType
    # Extra content of a richer page, such as a module's lessons: model field → portable value.
    fill: Callable[[Page, documents.Keys], None] | None = None
    export: Callable[[Page], Any] | None = None
    # What else the file's hash covers.
    more: Any = None
    # Other files of the same page, such as a module's lessons.
    parts: list[TextFile] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    # Addresses that it leads to, and words that it says, outside its texts.
    links: list[Reference] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    # What the model must have from the first moment, beyond what every page has.
    initial: dict[str, Any] = field(default_factory=dict)

    def targets(self, name: str, pages: Mapping[str, int]) -> list[int]:
        """Return those of the pages named by `related` or `modules` that there are."""
        return [pages[path] for path in self.text.front.get(name) or [] if path in pages]

    def file_hash(self) -> str:
        """Return the hash of what the file says."""
        return digest([self.text.front, self.text.body, self.more])


@dataclass
class Library:
    """All files, read and found faultless as far as can be told without the database."""

    root: Path
    rows: dict[str, list[tuple[int, dict[str, Any]]]]
    programme: dict[str, Any]
    pages: list[PageFile]


@dataclass
class Report:
    """What a load did. `kept` is what an editor had changed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)


def digest(value: Any) -> str:
    """Return the SHA-256 of *value* as canonical JSON.

    Empty values are left out, so that a new field in a later release does not make every text look
    as if an editor had changed it.
    """
    text = json.dumps(_filled(value), cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _filled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            str(key): _filled(item)
            for key, item in value.items()
            if item not in (None, "", [], {}, False)
        }
    if isinstance(value, list | tuple):
        return [_filled(item) for item in value]
    return value


# --- Reading ------------------------------------------------------------------------------------

# Where each register lies, and what tells its rows apart.
REGISTERS: dict[str, type[models.Model]] = {
    "sources.yaml": Source,
    "laws.yaml": LegalProvision,
    "contacts.yaml": Contact,
    "figures.yaml": Figure,
    "remarks.yaml": Remark,
    "prevention.yaml": PreventionCell,
    "glossary.yaml": GlossaryTerm,
    "districts.yaml": District,
}


# The programme points at these; the others point at the programme.
FIRST = ("sources.yaml", "laws.yaml", "contacts.yaml")


def read_library(root: Path, faults: Faults) -> Library:
    """Read every file below *root* (a folder like content/library), noting faults."""
    rows = {name: read_rows(root / name, faults) for name in REGISTERS}
    for name, found in rows.items():
        _check_rows(root / name, REGISTERS[name], found, faults)
    programme = read_mapping(root / "programme.yaml", faults)
    pages = []
    folder = root / "pages"
    for path in sorted(folder.rglob("*.md")):
        place = path.relative_to(folder).with_suffix("").as_posix()
        text = read_text(path, faults, seed=place)
        if text:
            page_file = check_page("" if place == "index" else place, text, faults, PAGE_TYPES)
            if page_file:
                pages.append(page_file)
    return Library(root, rows, programme, pages)


def _check_rows(
    path: Path,
    model: type[models.Model],
    rows: list[tuple[int, dict[str, Any]]],
    faults: Faults,
) -> None:
    allowed = {field.name for field in _file_fields(model)}
    if model is Remark:
        allowed.add("boards")
    seen: set[str] = set()
    for line, row in rows:
        missing = [name for name in row_key(model) if not isinstance(row.get(name) or None, str)]
        if missing == ["key"]:
            faults.add(path, line, "raden saknar key; ge den en egen nyckel.")
        elif missing:
            faults.add(path, line, f"raden saknar {' och '.join(missing)}.")
        if missing:
            continue
        key = key_of(model, row)
        if key in seen:
            faults.add(path, line, f"nyckeln {key} finns redan; nycklar är unika.")
        seen.add(key)
        for name in sorted(set(row) - allowed):
            faults.add(
                path, line, f"{key}: uppgiften {name} finns inte eller får inte stå i en fil."
            )
        for each in _file_fields(model):
            if each.is_relation and not each.null and not row.get(each.name):
                faults.add(path, line, f"{key}: {each.name} saknas.")
        # What a row points at is looked up when all files have been read.
        found = model(**{
            name: value for name, value in values_of(model, row).items()
            if not model._meta.get_field(name).is_relation
        })  # fmt: skip
        try:
            found.full_clean(
                exclude=[field.name for field in model._meta.fields if field.is_relation],
                validate_unique=False, validate_constraints=False,
            )  # fmt: skip
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                place = f"{key}: {name}" if name != "__all__" else key
                faults.add(path, line, f"{place}: {' '.join(messages)}")


def _file_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the fields that a file may say; the others only the portal knows."""
    never = {"id", "verified_on", "sort_order"}
    return [field for field in model._meta.fields if field.name not in never]


def values_of(model: type[models.Model], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return every field that a file may say, those that *row* leaves out with their default."""
    return {
        field.name: field.get_default()
        if row.get(field.name) in (None, "")
        else _as_stored(field, row[field.name])
        for field in _file_fields(model)
        if field.name in row or not field.is_relation
    }


def _as_stored(field: models.Field[Any, Any], value: Any) -> Any:
    """Return a value of a file as *field* takes it."""
    if field.name == "sources" and isinstance(value, list):
        return " ".join(str(key) for key in value)
    if field.name in LINES and isinstance(value, list):
        return "\n".join(str(word) for word in value)
    if isinstance(field, models.DecimalField):
        try:
            return Decimal(str(value).replace(",", "."))
        except InvalidOperation:
            return value
    return value


def check_page(
    path: str, text: TextFile, faults: Faults, types: Mapping[str, PageType], *extra: str
) -> PageFile | None:
    """Return the page of a file, or None after noting why it cannot be one."""
    front, before = text.front, len(faults.found)

    def line(name: str) -> int:
        return text.lines.get(name, 2)

    for name in REQUIRED:
        if front.get(name) in (None, ""):
            faults.add(text.path, line(name), f"{name} saknas.")
    page_type = types.get(str(front.get("type")))
    if page_type is None:
        if front.get("type"):
            faults.add(
                text.path,
                line("type"),
                f"typen {front['type']} finns inte; välj bland {', '.join(sorted(types))}.",
            )
        return None
    allowed = {"type", *COMMON, *LISTS, *page_type.extra, *extra}
    for name in sorted(set(front) - allowed):
        hint = (
            "det sätts bara av en sakkunnig i portalen."
            if name.startswith("reviewed")
            else f"uppgiften finns inte för typen {front['type']}."
        )
        faults.add(text.path, line(name), f"{name}: {hint}")
    for name in TEXTS:
        if not isinstance(front.get(name) or "", str):
            faults.add(text.path, line(name), f"{name} ska vara text; sätt citattecken omkring.")
    for name in ("written_date", "review_due_date"):
        day = front.get(name)
        if day and (not isinstance(day, date) or isinstance(day, datetime)):
            faults.add(text.path, line(name), f"{name} ska vara en dag som 2026-11-21.")
    if not isinstance(front.get("acute") or False, bool):
        faults.add(text.path, line("acute"), "acute ska vara true eller false.")
    order = front.get("order") or 0
    if not isinstance(order, int) or isinstance(order, bool) or not 0 <= order < 2**15:
        faults.add(text.path, line("order"), "order ska vara ett heltal från 0.")
    for name in LISTS:
        values = front.get(name) or []
        if not isinstance(values, list) or not all(isinstance(v, str | int) for v in values):
            faults.add(text.path, line(name), f"{name} ska vara en lista, som [ett, två].")
            front[name] = []
    check_kinds(
        text, LESSON_ONLY, "hör hemma i en lektion; ta bort det eller flytta texten", faults
    )
    for code in front.get("target_groups") or []:
        if code not in TargetGroup:
            faults.add(text.path, line("target_groups"), f"målgruppen {code} finns inte.")
    choices = {"kind": Kind, "level": PreventionLevel, "register": Register, "matrix": Matrix}
    for name, options in choices.items():
        if name in page_type.extra and front.get(name) not in options:
            faults.add(
                text.path, line(name), f"{name} ska vara ett av {', '.join(options.values)}."
            )
    for name in set(page_type.extra) - set(choices):
        if front.get(name) in (None, ""):
            faults.add(text.path, line(name), f"{name} saknas.")
    if len(faults.found) > before:
        return None
    return PageFile(path, text, page_type)


def check_kinds(text: TextFile, refused: set[str], why: str, faults: Faults) -> None:
    """Note the blocks of kinds that *text* may not hold."""
    for kind in sorted({block["kind"] for block in text.body} & refused):
        faults.add(text.path, _line_of(text.path, f"::: {kind}"), f"blocket {kind} {why}.")


def check_references(
    libraries: Iterable[Library], pages: Iterable[PageFile], faults: Faults
) -> None:
    """Note what the files point at that is neither in them nor in the portal."""
    libraries, pages = list(libraries), list(pages)
    known = _Known.of(libraries)
    for library in libraries:
        for name in REGISTERS:
            for line, row in library.rows[name]:
                for message in _astray(row, known):
                    faults.add(library.root / name, line, message)
        path = library.root / "programme.yaml"
        check_programme(path, library.programme, known, _line_of, faults)
    here = {page.path for page in pages} | set(_paths_here()) | _loaded_paths()
    for page in pages:
        parent = page.path.rpartition("/")[0]
        if page.path and parent not in here:
            name = f"sidan {parent}" if parent else "startsidan"
            faults.add(
                page.text.path,
                1,
                f"{name} som skulle ligga ovanför finns inte; lägg till {parent or 'index'}.md.",
            )
        _check_page_references(page, known, faults)


def _astray(row: Mapping[str, Any], known: "_Known") -> Iterator[str]:
    """Yield what a row of a register points at in vain."""
    for name, (what, keys) in {
        "source": ("källan", known.sources),
        # A word of the glossary may rest on a law.
        "sources": ("källan", known.sources | known.laws if "term" in row else known.sources),
        "boards": ("nämnden", known.boards),
        "operation": ("verksamheten", known.operations),
    }.items():
        values = row.get(name) or []
        for key in values if isinstance(values, list) else str(values).split():
            if not isinstance(key, str) or key not in keys:
                yield f"{what} {key} finns inte."


@dataclass(frozen=True)
class _Known:
    """Every key that a file may point at: in the files or in the portal."""

    sources: set[str]
    laws: set[str]
    contacts: set[str]
    operations: set[str]
    boards: set[Any]
    editions: set[Any]
    goals: set[Any]

    @classmethod
    def of(cls, libraries: Iterable[Library]) -> "_Known":
        def keys(name: str) -> set[str]:
            found = set(REGISTERS[name]._default_manager.values_list("key", flat=True))
            rows = (row for library in libraries for _, row in library.rows[name])
            return found | {row["key"] for row in rows if isinstance(row.get("key"), str)}

        def named(name: str, key: str, model: type[models.Model]) -> set[Any]:
            found = set(model._default_manager.values_list(key, flat=True))
            rows = (row for each in libraries for row in rows_in(each.programme, name))
            return found | {row.get(key) for row in rows if isinstance(row.get(key), str | int)}

        return cls(
            keys("sources.yaml"),
            keys("laws.yaml"),
            keys("contacts.yaml"),
            set(Operation.objects.values_list("slug", flat=True)),
            named("boards", "key", Board),
            named("editions", "key", Edition),
            named("goals", "number", Goal),
        )


def _check_page_references(page: PageFile, known: _Known, faults: Faults) -> None:
    text = page.text
    front = text.front
    rests_on = known.sources | known.laws

    def line(name: str) -> int:
        return text.lines.get(name, 2)

    used = [Reference(text.path, line("sources"), key) for key in front.get("sources") or []]
    for path, place, key in [*used, *page.references]:
        if source_key(key) not in rests_on:
            faults.add(path, place, f"källan {source_key(key)} finns inte.")
    for slug in front.get("operations") or []:
        if slug not in known.operations:
            faults.add(text.path, line("operations"), f"verksamheten {slug} finns inte.")
    others = {
        "goal": ("målet", known.goals),
        "contact": ("kontakten", known.contacts),
        "board": ("nämnden", known.boards),
        "operation": ("verksamheten", known.operations),
    }
    for name in set(page.page_type.extra) & set(others):
        what, keys = others[name]
        if front[name] not in keys:
            faults.add(text.path, line(name), f"{what} {front[name]} finns inte.")
    for part in (text, *page.parts):
        for block in part.body:
            for what, key in _missing(block, known, rests_on):
                faults.add(part.path, _line_of(part.path, key), f"{what} {key} finns inte.")


def _missing(
    block: documents.Block, known: _Known, rests_on: set[str]
) -> Iterator[tuple[str, str]]:
    """Yield what *block* points at in vain: what it is, and its key."""
    for leaf, value in documents.leaves(block):
        if leaf is documents.Leaf.LAW and value not in known.laws:
            yield "lagrummet", value
        elif leaf is documents.Leaf.CONTACT and value not in known.contacts:
            yield "kontakten", value
        elif leaf is documents.Leaf.SOURCES:
            for reference in value or []:
                if reference["key"] not in rests_on:
                    yield "källan", reference["key"]
                # Two keys without a comma look like a key and a place in it.
                if reference["locator"] in rests_on:
                    yield "källan", f"{reference['key']} {reference['locator']}"


def _line_of(path: Path, words: str) -> int:
    """Return the first line with *words*, as far as they stand on one; 0 when there is none."""
    wanted = re.compile(rf"(?<![\w-]){re.escape(words[:60])}")
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if wanted.search(line)), 0)


def source_key(value: Any) -> str:
    """Return the key of a page source written as `KEY` or `KEY s. 28`."""
    return str(value).split(" ", 1)[0]


# --- Loading ------------------------------------------------------------------------------------


class Loader:
    """One load. Use `load`, which wraps it in a transaction."""

    def __init__(self, faults: Faults) -> None:
        self.report = Report()
        self.faults = faults
        self.records = {record.key: record for record in LibraryRecord.objects.all()}

    def _keep(self, key: str, file_hash: str, stored_hash: Callable[[], str] | None) -> bool:
        """Return whether what is here stays: the file is as before, or an editor changed it.

        *stored_hash* is None for what is not here; if it once was, an editor has removed it.
        """
        record = self.records.get(key)
        if record is None:
            # Made here before any file spoke of it, or new.
            if stored_hash is not None:
                self.report.kept.append(key)
            return stored_hash is not None
        if record.file_hash == file_hash:
            self.report.unchanged += 1
            return True
        if stored_hash is None or record.stored_hash != stored_hash():
            self.report.kept.append(key)
            return True
        return False

    @contextmanager
    def _telling(self, path: Path, line: int, what: str) -> Iterator[None]:
        """Turn what the database refuses into a fault of the file."""
        try:
            yield
        except documents.UnknownKey as error:
            self.faults.add(
                path, line, f"{what}: {error} finns inte; den har tagits bort i portalen."
            )
        except ValidationError as error:
            found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for name, messages in found.items():
                place = f"{what}: {name}" if name and name != "__all__" else what
                self.faults.add(path, line, f"{place}: {' '.join(messages)}")
        self.faults.raise_if_any()

    def _note(self, key: str, file_hash: str, stored_hash: str, *, created: bool) -> None:
        LibraryRecord.objects.update_or_create(
            key=key, defaults={"file_hash": file_hash, "stored_hash": stored_hash}
        )
        if created:
            self.report.created += 1
        else:
            self.report.updated += 1

    # --- registers

    def rows(self, library: Library) -> None:
        """Load the registers, sources first since contacts point at them."""
        for name in FIRST:
            self._rows(library, name)

    def last_rows(self, library: Library) -> None:
        """Load the registers that point at the programme."""
        for name in REGISTERS:
            if name not in FIRST:
                self._rows(library, name)

    def _rows(self, library: Library, name: str) -> None:
        model = REGISTERS[name]
        here = {key_of(model, export_row(row)): row for row in model._default_manager.all()}
        for order, (line, row) in enumerate(library.rows[name]):
            key = key_of(model, row)
            with self._telling(library.root / name, line, key):
                self._row(name, model, row, here.get(key), order)

    def _row(
        self,
        name: str,
        model: type[models.Model],
        row: dict[str, Any],
        instance: models.Model | None,
        order: int,
    ) -> None:
        key, file_hash = f"{name}#{key_of(model, row)}", digest(row)
        if self._keep(key, file_hash, _hash_of(stored_row, instance)):
            return
        values = values_of(model, row)
        fields = {field.name for field in model._meta.fields}
        if "source" in fields:
            values["source"] = _source(row.get("source"))
        if "sort_order" in fields:
            values["sort_order"] = order
        if model is PreventionCell:
            values["operation"] = Operation.objects.get(slug=row["operation"])
        saved = _saved(instance or model(), values)
        if isinstance(saved, Remark):
            saved.boards.set([_row_of(Board, key) for key in row.get("boards") or []])
        self._note(key, file_hash, digest(stored_row(saved)), created=instance is None)

    # --- programme

    def programme(self, library: Library) -> None:
        """Load editions, boards, goals and the rows without a goal."""
        data = library.programme
        with self._telling(library.root / "programme.yaml", 0, "programmet"):
            for row in data.get("boards") or []:
                self._board(row)
            for row in older_first(data.get("editions") or []):
                self._edition(row)
            for row in data.get("goals") or []:
                self._goal(row)
            orphans = data.get("orphans") or {}
            for row in orphans.get("activities") or []:
                self._orphaned_activity(row)
            for row in orphans.get("indicators") or []:
                self._orphaned_indicator(row)

    def _board(self, row: dict[str, Any]) -> None:
        key = f"programme.yaml#board/{row['key']}"
        here = Board.objects.filter(key=row["key"]).first()
        if self._keep(key, digest(row), _hash_of(export_board, here)):
            return
        board = _saved(here or Board(), values_of(Board, row))
        BoardStatement.objects.filter(board=board).delete()
        for order, item in enumerate(row.get("statements") or []):
            _saved(BoardStatement(board=board, sort_order=order), _cited(item, Tag.REPORTED))
        self._note(key, digest(row), digest(export_board(board)), created=here is None)

    def _edition(self, row: dict[str, Any]) -> None:
        key = f"programme.yaml#edition/{row['key']}"
        here = Edition.objects.filter(key=row["key"]).first()
        if self._keep(key, digest(row), _hash_of(export_edition, here)):
            return
        replaces = _row_of(Edition, row["replaces"]) if row.get("replaces") else None
        related = {"source": _source(row.get("source")), "replaces": replaces}
        edition = _saved(here or Edition(), values_of(Edition, row) | related)
        FollowUpStep.objects.filter(edition=edition).delete()
        for order, item in enumerate(row.get("steps") or []):
            _saved(
                FollowUpStep(edition=edition, sort_order=order),
                {
                    "moments": item["moments"], "who": item["who"], "text": item["text"],
                    "boards": item.get("boards") or [], "tag": item.get("tag") or Tag.REPORTED,
                    "sources": " ".join(item["sources"]),
                },
            )  # fmt: skip
        self._note(key, digest(row), digest(export_edition(edition)), created=here is None)

    def _goal(self, row: dict[str, Any]) -> None:
        edition = _edition(row)
        key = f"programme.yaml#goal/{edition.key}/{row['number']}"
        here = Goal.objects.filter(edition=edition, number=row["number"]).first()
        if self._keep(key, digest(row), _hash_of(stored_goal, here)):
            return
        goal = here or Goal(edition=edition, number=row["number"])
        _saved(
            goal,
            {
                "name": row["name"], "source": _source(row["source"]),
                "gaps": row.get("gaps") or [], "target_groups": row.get("target_groups") or [],
                "open_question": row.get("open_question") or "",
                "open_question_source": _source(row.get("open_question_source")),
            },
        )  # fmt: skip
        activities = [
            _activity(item, edition, goal, order)
            for order, item in enumerate(row.get("activities") or [])
        ]
        # What the file still names keeps its row, since other rows may point at it.
        Activity.objects.filter(goal=goal).exclude(pk__in=[a.pk for a in activities]).delete()
        _quotations(Indicator, goal, row.get("indicators") or [])
        _quotations(Precondition, goal, row.get("preconditions") or [])
        GoalConcern.objects.filter(goal=goal).delete()
        for order, item in enumerate(row.get("concerns") or []):
            _saved(GoalConcern(goal=goal, sort_order=order), _board_on_row(item))
        if goal.latest_revision_id:
            # The editor opens the latest revision, which must be what the file says now.
            Goal.objects.get(pk=goal.pk).save_revision().publish()
        self._note(key, digest(row), digest(stored_goal(goal)), created=here is None)

    def _orphaned_activity(self, row: dict[str, Any]) -> None:
        edition = _edition(row)
        key = f"programme.yaml#activity/{edition.key}/{row['key']}"
        here = Activity.objects.filter(edition=edition, key=row["key"]).first()
        if self._keep(key, digest(row), _hash_of(export_activity, here)):
            return
        activity = _activity(row, edition, None, 0)
        self._note(key, digest(row), digest(export_activity(activity)), created=here is None)

    def _orphaned_indicator(self, row: dict[str, Any]) -> None:
        edition = _edition(row)
        key = f"programme.yaml#indicator/{edition.key}/{digest(row['text'])[:12]}"
        here = Indicator.objects.filter(edition=edition, goal=None, text=row["text"]).first()
        if self._keep(key, digest(row), _hash_of(export_indicator, here)):
            return
        indicator = _saved(
            here or Indicator(edition=edition, text=row["text"]),
            _cited(row) | {
                "follows": " ".join(row.get("follows") or []),
                "suggested_goal": row.get("suggested_goal"),
            },
        )  # fmt: skip
        self._note(key, digest(row), digest(export_indicator(indicator)), created=here is None)

    # --- pages

    def pages(self, files: list[PageFile]) -> None:
        """Make the pages that are missing, then fill and publish what the files changed.

        Two passes, so that a link may point at a page that comes later.
        """
        ordered = sorted(
            files, key=lambda file: (file.path.count("/") if file.path else -1, file.path)
        )
        here = page_index()
        # With no page at all the tree is new, whatever was loaded into an earlier one.
        gone = _loaded_paths() - set(here) if here else set()
        fresh: set[str] = set()
        for file in ordered:
            if file.path not in here and not is_below(file.path, gone):
                with self._telling(file.text.path, 1, "sidan"):
                    here[file.path] = self._make(file, here)
                fresh.add(file.path)
        keys = documents.Keys.now()
        for file in ordered:
            self._page(file, here.get(file.path), keys, is_fresh=file.path in fresh)

    def _page(
        self, file: PageFile, page: Page | None, keys: documents.Keys, *, is_fresh: bool
    ) -> None:
        key, file_hash = f"page:{file.path}", file.file_hash()
        if page is None:
            # Moved or removed by an editor, or below such a page.
            if not self._keep(key, file_hash, None):
                self.report.kept.append(key)
            return

        def stored_hash() -> str:
            return self._page_hash(file, page)

        # Read again: children made since would otherwise be forgotten when it is saved.
        page = Page.objects.get(pk=page.pk).specific
        if not isinstance(page, file.page_type.model):
            self.report.kept.append(key)
            return
        record = self.records.get(key)
        if (
            not is_fresh
            and not (
                record and self._waits(file, page, keys) and record.stored_hash == stored_hash()
            )
            and self._keep(key, file_hash, stored_hash)
        ):
            return
        with self._telling(file.text.path, 1, "sidan"):
            self._fill(file, page, keys)
            page.save_revision().publish()
        stored = self._page_hash(file, type(page).objects.get(pk=page.pk))
        self._note(key, file_hash, stored, created=is_fresh)

    def _waits(self, file: PageFile, page: Any, keys: documents.Keys) -> bool:
        """Return whether pages that the file points at have come since *page* was filled."""
        return any(
            file.targets(name, keys.pages)
            != [item["value"] for item in getattr(page, name).get_prep_value()]
            for name in ("related", "modules")
        )

    def _page_hash(self, file: PageFile, page: Any) -> str:
        # A draft counts as a change: loading would bury it. So does a review, which was not of
        # the words that the file says now.
        draft = page.has_unpublished_changes
        review = [page.reviewed_date, page.reviewed_by]
        more = file.export(page) if file.export else None
        return digest([export_front(page), export_body(page), more, draft, review])

    def _make(self, file: PageFile, here: dict[str, Page]) -> Page:
        parent_path, _, slug = file.path.rpartition("/")
        front = file.text.front
        values: dict[str, Any] = {
            "title": front["title"],
            "slug": slug or "start",
            "summary": front["summary"],
            "written_date": front["written_date"],
            "review_due_date": front["review_due_date"],
            "live": False,
            "locale": Locale.get_default(),
        }
        model = file.page_type.model
        values |= self._extra(file) | file.initial
        if not file.path:
            return _make_start(model(**values))
        # The parent's count of children has changed since it was read.
        parent = Page.objects.get(pk=here[parent_path].pk)
        return parent.add_child(instance=model(**values))

    def _extra(self, file: PageFile) -> dict[str, Any]:
        front = file.text.front
        # Front matter → the field it fills, and how its row is found.
        found: dict[str, tuple[str, Callable[[Any], Any]]] = {
            "kind": ("children_kind", str),
            "level": ("level", str),
            "register": ("register", str),
            "matrix": ("matrix", str),
            "goal": ("goal", _newest_goal),
            "contact": ("contact", lambda key: _row_of(Contact, key)),
            "board": ("board", lambda key: _row_of(Board, key)),
            "operation": ("operation", lambda slug: Operation.objects.get(slug=slug)),
        }
        return {found[name][0]: found[name][1](front[name]) for name in file.page_type.extra}

    def _fill(self, file: PageFile, page: Any, keys: documents.Keys) -> None:
        front = file.text.front
        for name, attribute in COMMON.items():
            default = page._meta.get_field(attribute).get_default()
            value = front.get(name)
            setattr(page, attribute, default if value is None else value)
        for attribute, value in self._extra(file).items():
            setattr(page, attribute, value)
        page.summary = " ".join(str(front["summary"]).split())
        page.who = " ".join(str(front.get("who") or "").split())
        page.target_groups = front.get("target_groups") or []
        page.operations = front.get("operations") or []
        page.keywords = "\n".join(str(word) for word in front.get("keywords") or [])
        page.body = _raw(
            page, "body", documents.wrap(documents.from_portable(file.text.body, keys))
        )
        page.sources = _raw(
            page,
            "sources",
            [
                _item(
                    file.path,
                    "source",
                    number,
                    documents.stored_reference(
                        {
                            "key": source_key(value),
                            "locator": str(value)[len(source_key(value)) :].strip(),
                        },
                        keys,
                    ),
                )
                for number, value in enumerate(front.get("sources") or [])
            ],
        )
        for name in ("related", "modules"):
            targets = enumerate(file.targets(name, keys.pages))
            setattr(
                page, name, _raw(page, name, [_item(file.path, "page", n, pk) for n, pk in targets])
            )
        if file.fill:
            file.fill(page, keys)


def _hash_of[T](export: Callable[[T], Any], row: T | None) -> Callable[[], str] | None:
    """Return what computes the hash of *row* as it is here, or None when it is not here."""
    return None if row is None else lambda: digest(export(row))


def stored_row(row: Any) -> dict[str, Any]:
    """Return a row of a register with what only the portal knows: that someone has called."""
    return export_row(row) | {"verified_on": getattr(row, "verified_on", None)}


def stored_goal(goal: Goal) -> dict[str, Any]:
    """Return a goal with whether an editor has a draft of it: loading would bury the draft."""
    return export_goal(goal) | {"draft": goal.has_unpublished_changes}


def _cited(row: Mapping[str, Any], tag: str = Tag.QUOTED) -> dict[str, Any]:
    """Return what every row that a source gives has: its words, how they are given, by what."""
    return {
        "text": row["text"], "tag": row.get("tag") or tag, "source": _source(row["source"])
    }  # fmt: skip


def _board_on_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "board": _row_of(Board, row["board"]), "note": row.get("note") or "",
        "source": _source(row["source"]),
    }  # fmt: skip


def _saved[T: models.Model](row: T, values: Mapping[str, Any]) -> T:
    """Return *row* saved with *values*. Raises ValidationError."""
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    return row


def _raw(page: Any, name: str, raw: list[dict[str, Any]]) -> Any:
    """Return *raw* as a value of the StreamField *name*."""
    return page._meta.get_field(name).stream_block.to_python(raw)


def _item(path: str, kind: str, number: int, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": stable_id(path, kind, str(number))}


def _row_of[T: models.Model](model: type[T], key: str) -> T:
    row = model._default_manager.filter(key=key).first()
    if row is None:
        raise documents.UnknownKey(key)
    return row


def _source(key: str | None) -> Source | None:
    return _row_of(Source, key) if key else None


def _edition(row: Mapping[str, Any]) -> Edition:
    """Return the edition that a row names, or the newest."""
    if row.get("edition"):
        return _row_of(Edition, row["edition"])
    # A draft is an editor's: no file means it without saying so.
    shown = Edition.objects.exclude(status=EditionStatus.DRAFT)
    newest: Edition = (shown if shown.exists() else Edition.objects).latest("period_start")
    return newest


def _newest_goal(number: int) -> Goal:
    goals = Goal.objects.filter(number=number).order_by("-edition__period_start")
    shown = goals.exclude(edition__status=EditionStatus.DRAFT)
    goal: Goal | None = shown.first() or goals.first()
    if goal is None:
        raise documents.UnknownKey(str(number))
    return goal


def _activity(row: dict[str, Any], edition: Edition, goal: Goal | None, order: int) -> Activity:
    """Return the activity that *row* tells of, with what hangs on it."""
    here = Activity.objects.filter(edition=edition, key=row["key"]).first()
    activity = _saved(
        here or Activity(edition=edition, key=row["key"]),
        _cited(row) | {
            "goal": goal, "kind": row.get("kind") or "", "sort_order": order,
            "suggested_goal": row.get("suggested_goal"),
        },
    )  # fmt: skip
    Responsibility.objects.filter(activity=activity).delete()
    CompetenceArea.objects.filter(activity=activity).delete()
    for place, item in enumerate(row.get("responsible") or []):
        _saved(
            Responsibility(activity=activity, sort_order=place),
            _board_on_row(item) | {"tag": item.get("tag") or Tag.REPORTED},
        )
    for place, item in enumerate(row.get("areas") or []):
        CompetenceArea.objects.create(
            activity=activity, key=item["key"], name=item["name"], sort_order=place
        )
    return activity


def _quotations(
    model: type[Indicator] | type[Precondition], goal: Goal, rows: list[dict[str, Any]]
) -> None:
    """Make *goal* have these indicators or preconditions, and no other."""
    here = {row.text: row for row in model.objects.filter(goal=goal)}
    for order, item in enumerate(rows):
        values = _cited(item) | {"sort_order": order}
        if model is Indicator:
            values |= {"edition": goal.edition, "follows": " ".join(item.get("follows") or [])}
        _saved(here.pop(item["text"], None) or model(goal=goal, text=item["text"]), values)
    model.objects.filter(pk__in=[row.pk for row in here.values()]).delete()


@transaction.atomic
def load(libraries: list[Library], pages: list[PageFile], faults: Faults) -> Report:
    """Load everything or nothing and return what was done.

    Raises FaultyFiles for what only the database can tell.
    """
    loader = Loader(faults)
    for library in libraries:
        loader.rows(library)
        loader.programme(library)
        loader.last_rows(library)
    loader.pages(pages)
    return loader.report


def _paths_here() -> dict[str, int]:
    """Return path → id of the default site's pages; nothing before the start page is made."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is None or not StartPage.objects.filter(pk=site.root_page_id).exists():
        return {}
    return {path: pk for pk, path in documents.paths_by_id().items()}


def page_index() -> dict[str, Page]:
    """Return path → page of the default site; nothing before the start page is made."""
    paths = _paths_here()
    pages = Page.objects.in_bulk(paths.values())
    return {path: pages[pk] for path, pk in paths.items()}


def _loaded_paths() -> set[str]:
    """Return the paths of every page that has been loaded, also those that are gone."""
    keys = LibraryRecord.objects.filter(key__startswith="page:").values_list("key", flat=True)
    return {key.removeprefix("page:") for key in keys}


def _make_start(page: Page) -> Page:
    """Put the start page under the root instead of Wagtail's welcome page."""
    root = Page.get_first_root_node()
    for child in root.get_children():
        if child.specific_class is Page:
            child.delete()
    root = Page.objects.get(pk=root.pk)
    root.add_child(instance=page)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    site.hostname, site.port, site.site_name = "localhost", 80, "Fri från våld"
    site.root_page = page
    site.save()
    return page
