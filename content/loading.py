"""Files into the portal. Loading again changes what a file changed, never what an editor did.

Each file or row has a LibraryRecord. When the portal no longer holds what was stored right after
the last load, an editor has changed it, and the file is left unread.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from wagtail.models import Locale, Page, Site

from content import documents
from content.exporting import (
    export_activity,
    export_body,
    export_front,
    export_goal,
    export_row,
    export_simple,
)
from content.faults import Fault, Faults, FaultyFiles
from content.models import (
    Activity,
    Board,
    BoardPage,
    CompetenceArea,
    Contact,
    Edition,
    Goal,
    GoalPage,
    GuidancePage,
    Indicator,
    InformationPage,
    LegalProvision,
    LibraryRecord,
    OperationPage,
    PerspectivePage,
    Precondition,
    PreventionPage,
    ProgrammePage,
    Responsibility,
    SectionPage,
    Source,
    StartPage,
    SupportIndexPage,
    SupportPage,
    ViolenceFormPage,
    ViolenceTypePage,
)
from content.models.pages import Kind, PreventionLevel, TargetGroup
from content.parsing import TextFile, read_rows, read_text, read_yaml, stable_id
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
}


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
    references: set[str] = field(default_factory=set)
    # What the model must have from the first moment, beyond what every page has.
    initial: dict[str, Any] = field(default_factory=dict)

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

REGISTERS: dict[str, type[models.Model]] = {
    "sources.yaml": Source,
    "laws.yaml": LegalProvision,
    "contacts.yaml": Contact,
}


def read_library(root: Path, faults: Faults) -> Library:
    """Read every file below *root* (a folder like content/library), noting faults."""
    rows = {name: read_rows(root / name, faults) for name in REGISTERS}
    for name, found in rows.items():
        _check_rows(root / name, REGISTERS[name], found, faults)
    programme_path = root / "programme.yaml"
    programme = read_yaml(programme_path, faults) if programme_path.exists() else {}
    pages = []
    folder = root / "pages"
    for path in sorted(folder.rglob("*.md")):
        place = path.relative_to(folder).with_suffix("").as_posix()
        text = read_text(path, faults, seed=place)
        if text:
            page_file = check_page("" if place == "index" else place, text, faults, PAGE_TYPES)
            if page_file:
                pages.append(page_file)
    return Library(root, rows, programme or {}, pages)


def _check_rows(
    path: Path,
    model: type[models.Model],
    rows: list[tuple[int, dict[str, Any]]],
    faults: Faults,
) -> None:
    fields = {f.name: f for f in model._meta.get_fields() if isinstance(f, models.Field)}
    never = {"id", "verified_on"}
    seen: set[str] = set()
    for line, row in rows:
        key = row.get("key")
        if not key or not isinstance(key, str):
            faults.add(path, line, "raden saknar key.")
            continue
        if key in seen:
            faults.add(path, line, f"nyckeln {key} finns redan; nycklar är unika.")
        seen.add(key)
        for name in sorted(set(row) - (set(fields) - never)):
            faults.add(
                path, line, f"{key}: uppgiften {name} finns inte eller får inte stå i en fil."
            )
        values = {
            name: value
            for name, value in row_values(row).items()
            if name in fields and name != "source" and name not in never
        }
        try:
            model(**values).clean_fields(exclude=["source", "id"])
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                faults.add(path, line, f"{key}: {name}: {' '.join(messages)}")


def row_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with empty values as the model wants them: no day is None, no text is empty."""
    days = {"in_force", "checked_on", "verified_on"}
    return {
        name: value
        if value is not None and not (name in days and value == "")
        else (None if name in days else [] if name == "audience" else "")
        for name, value in row.items()
    }


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
        faults.add(
            text.path,
            line("type"),
            f"typen {front.get('type')} finns inte; välj bland {', '.join(sorted(types))}.",
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
    for name in ("written_date", "review_due_date"):
        if front.get(name) and not isinstance(front[name], date):
            faults.add(text.path, line(name), f"{name} ska vara en dag som 2026-11-21.")
    for name in LISTS:
        if not isinstance(front.get(name) or [], list):
            faults.add(text.path, line(name), f"{name} ska vara en lista.")
            front[name] = []
    for code in front.get("target_groups") or []:
        if code not in TargetGroup:
            faults.add(text.path, line("target_groups"), f"målgruppen {code} finns inte.")
    choices = {"kind": Kind, "level": PreventionLevel}
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


def check_references(
    libraries: Iterable[Library], pages: Iterable[PageFile], faults: Faults
) -> None:
    """Note references to sources, laws and contacts that are neither in the files nor here."""
    known: dict[str, set[str]] = {
        name: set(model._default_manager.values_list("key", flat=True))
        for name, model in REGISTERS.items()
    }
    for library in libraries:
        for name, rows in library.rows.items():
            known[name] |= {row["key"] for _, row in rows if row.get("key")}
        for line, row in library.rows["contacts.yaml"]:
            if row.get("source") and row["source"] not in known["sources.yaml"]:
                faults.add(
                    library.root / "contacts.yaml", line, f"källan {row['source']} finns inte."
                )
    operations = set(Operation.objects.values_list("slug", flat=True))
    rests_on = known["sources.yaml"] | known["laws.yaml"]
    for page in pages:
        text = page.text
        for key in [*map(source_key, text.front.get("sources") or []), *page.references]:
            if key not in rests_on:
                faults.add(text.path, text.lines.get("sources", 2), f"källan {key} finns inte.")
        for slug in text.front.get("operations") or []:
            if slug not in operations:
                faults.add(
                    text.path, text.lines.get("operations", 2), f"verksamheten {slug} finns inte."
                )
        _check_body(text, text.body, known, rests_on, faults)


def _check_body(
    text: TextFile,
    body: documents.Document,
    known: Mapping[str, set[str]],
    rests_on: set[str],
    faults: Faults,
) -> None:
    for block in body:
        for leaf, value in documents.leaves(block):
            if leaf is documents.Leaf.LAW and value not in known["laws.yaml"]:
                missing = f"lagrummet {value}"
            elif leaf is documents.Leaf.CONTACT and value not in known["contacts.yaml"]:
                missing = f"kontakten {value}"
            elif leaf is documents.Leaf.SOURCES and {r["key"] for r in value or []} - rests_on:
                missing = f"källan {', '.join(sorted({r['key'] for r in value} - rests_on))}"
            else:
                continue
            faults.add(
                text.path, _line_of(text.path, missing.split()[-1]), f"{missing} finns inte."
            )


def _line_of(path: Path, words: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if words in line), 0)


def source_key(value: Any) -> str:
    """Return the key of a page source written as `KEY` or `KEY s. 28`."""
    return str(value).split(" ", 1)[0]


# --- Loading ------------------------------------------------------------------------------------


class Loader:
    """One load. Use `load`, which wraps it in a transaction."""

    def __init__(self) -> None:
        self.report = Report()
        self.records = {record.key: record for record in LibraryRecord.objects.all()}

    def _keep(self, key: str, file_hash: str, stored_hash: Callable[[], str] | None) -> bool:
        """Return whether what is here stays: the file is as before, or an editor changed it."""
        record = self.records.get(key)
        if stored_hash is None:
            return False
        if record is None:
            # Made here before any file spoke of it.
            self.report.kept.append(key)
            return True
        if record.file_hash == file_hash:
            self.report.unchanged += 1
            return True
        if record.stored_hash != stored_hash():
            self.report.kept.append(key)
            return True
        return False

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
        for name, model in REGISTERS.items():
            here = {row.key: row for row in model._default_manager.all()}  # type: ignore[attr-defined]
            for order, (_, row) in enumerate(library.rows[name]):
                self._row(name, model, row, here.get(row["key"]), order)

    def _row(
        self,
        name: str,
        model: type[models.Model],
        row: dict[str, Any],
        instance: models.Model | None,
        order: int,
    ) -> None:
        key, file_hash = f"{name}#{row['key']}", digest(row)
        if self._keep(key, file_hash, _hash_of(export_row, instance)):
            return
        values = row_values(row)
        if model is Contact:
            values["source"] = Source.objects.get(key=row["source"]) if row.get("source") else None
            values["sort_order"] = order
        saved = instance or model()
        for field_name, value in values.items():
            setattr(saved, field_name, value)
        saved.full_clean()
        saved.save()
        self._note(key, file_hash, digest(export_row(saved)), created=instance is None)

    # --- programme

    def programme(self, data: Mapping[str, Any]) -> None:
        """Load editions, boards, goals and the rows without a goal."""
        for row in data.get("boards") or []:
            self._simple(Board, "board", row)
        for row in data.get("editions") or []:
            values = {**row, "source": _source(row.get("source"))}
            self._simple(Edition, "edition", values, hashed=row)
        goals = data.get("goals") or []
        for row in goals:
            self._goal(row)
        orphans = data.get("orphans") or {}
        for row in orphans.get("activities") or []:
            edition = _edition(row)
            key = f"programme.yaml#activity/{edition.key}/{row['key']}"
            here = Activity.objects.filter(edition=edition, key=row["key"]).first()
            if self._keep(key, digest(row), _hash_of(export_activity, here)):
                continue
            activity = here or Activity(edition=edition, key=row["key"])
            activity.text, activity.kind = row["text"], row.get("kind") or ""
            activity.source = _source(row["source"])
            activity.save()
            self._note(key, digest(row), digest(export_activity(activity)), created=here is None)
        for row in orphans.get("indicators") or []:
            edition = _edition(row)
            key = f"programme.yaml#indicator/{edition.key}/{digest(row['text'])[:12]}"
            indicator = Indicator.objects.filter(edition=edition, text=row["text"]).first()
            if self._keep(key, digest(row), _hash_of(_text_of, indicator)):
                continue
            indicator = indicator or Indicator(edition=edition, text=row["text"])
            indicator.source = _source(row["source"])
            indicator.save()
            self._note(key, digest(row), digest(indicator.text), created=True)

    def _simple(
        self,
        model: type[models.Model],
        name: str,
        values: dict[str, Any],
        hashed: dict[str, Any] | None = None,
    ) -> None:
        key, file_hash = f"programme.yaml#{name}/{values['key']}", digest(hashed or values)
        here = model._default_manager.filter(key=values["key"]).first()
        if self._keep(key, file_hash, _hash_of(export_simple, here)):
            return
        saved = here or model()
        for field_name, value in values.items():
            setattr(saved, field_name, value or ("" if value is None else value))
        saved.full_clean()
        saved.save()
        self._note(key, file_hash, digest(export_simple(saved)), created=here is None)

    def _goal(self, row: dict[str, Any]) -> None:
        edition = Edition.objects.get(key=row["edition"])
        key = f"programme.yaml#goal/{edition.key}/{row['number']}"
        here = Goal.objects.filter(edition=edition, number=row["number"]).first()
        if self._keep(key, digest(row), _hash_of(export_goal, here)):
            return
        goal = here or Goal(edition=edition, number=row["number"])
        goal.name, goal.source = row["name"], _source(row["source"])
        goal.gaps = row.get("gaps") or []
        goal.save()
        goal.activities.all().delete()
        goal.indicators.all().delete()
        goal.preconditions.all().delete()
        for order, item in enumerate(row.get("activities") or []):
            activity = Activity.objects.create(
                goal=goal, edition=edition, key=item["key"], text=item["text"],
                kind=item.get("kind") or "", source=_source(item["source"]), sort_order=order,
            )  # fmt: skip
            for place, responsible in enumerate(item.get("responsible") or []):
                Responsibility.objects.create(
                    activity=activity, board=Board.objects.get(key=responsible["board"]),
                    note=responsible.get("note") or "", source=_source(responsible["source"]),
                    sort_order=place,
                )  # fmt: skip
            for place, area in enumerate(item.get("areas") or []):
                CompetenceArea.objects.create(
                    activity=activity, key=area["key"], name=area["name"],
                    sort_order=place,
                )  # fmt: skip
        for order, item in enumerate(row.get("indicators") or []):
            Indicator.objects.create(
                goal=goal, edition=edition, text=item["text"], source=_source(item["source"]),
                sort_order=order,
            )  # fmt: skip
        for order, item in enumerate(row.get("preconditions") or []):
            Precondition.objects.create(
                goal=goal, text=item["text"], source=_source(item["source"]), sort_order=order
            )
        self._note(key, digest(row), digest(export_goal(goal)), created=here is None)

    # --- pages

    def pages(self, files: list[PageFile]) -> None:
        """Make the pages that are missing, then fill and publish what the files changed.

        Two passes, so that a link may point at a page that comes later.
        """
        ordered = sorted(
            files, key=lambda file: (file.path.count("/") if file.path else -1, file.path)
        )
        here = page_index()
        fresh: set[str] = set()
        for file in ordered:
            if file.path not in here:
                here[file.path] = self._make(file, here)
                fresh.add(file.path)
        keys = documents.Keys.now()
        for file in ordered:
            # Read again: children made since would otherwise be forgotten when it is saved.
            page = Page.objects.get(pk=here[file.path].pk).specific
            key, file_hash = f"page:{file.path}", file.file_hash()
            if file.path not in fresh and self._keep(
                key,
                file_hash,
                lambda f=file, p=page: self._page_hash(f, p),  # type: ignore[misc]
            ):
                continue
            self._fill(file, page, keys)
            page.save_revision().publish()
            stored = self._page_hash(file, type(page).objects.get(pk=page.pk))
            self._note(key, file_hash, stored, created=file.path in fresh)

    def _page_hash(self, file: PageFile, page: Page) -> str:
        # A draft counts as a change: loading would bury it.
        draft = page.has_unpublished_changes
        more = file.export(page) if file.export else None
        return digest([export_front(page), export_body(page), more, draft])

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
        parent = here.get(parent_path)
        if parent is None:
            raise FaultyFiles(
                [_fault(file, f"sidan {parent_path} som skulle ligga ovanför finns inte.")]
            )
        # The parent's count of children has changed since it was read.
        return Page.objects.get(pk=parent.pk).add_child(instance=model(**values))

    def _extra(self, file: PageFile) -> dict[str, Any]:
        front, values = file.text.front, {}
        for name in file.page_type.extra:
            if name == "kind":
                values["children_kind"] = front["kind"]
            elif name == "level":
                values["level"] = front["level"]
            elif name == "goal":
                values["goal"] = (
                    Goal.objects.filter(number=front["goal"])
                    .order_by("-edition__period_start")
                    .first()
                )
            elif name == "contact":
                values["contact"] = Contact.objects.filter(key=front["contact"]).first()
            elif name == "board":
                values["board"] = Board.objects.filter(key=front["board"]).first()
            elif name == "operation":
                values["operation"] = Operation.objects.filter(slug=front["operation"]).first()
            else:
                continue
            if values and list(values.values())[-1] is None:
                raise FaultyFiles([_fault(file, f"{name} {front[name]} finns inte.")])
        return values

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
            targets = [keys.pages[path] for path in front.get(name) or [] if path in keys.pages]
            setattr(
                page,
                name,
                _raw(page, name, [_item(file.path, "page", n, pk) for n, pk in enumerate(targets)]),
            )
        if file.fill:
            file.fill(page, keys)


def _hash_of[T](export: Callable[[T], Any], row: T | None) -> Callable[[], str] | None:
    """Return what computes the hash of *row* as it is here, or None when it is not here."""
    return None if row is None else lambda: digest(export(row))


def _text_of(indicator: Indicator) -> str:
    return indicator.text


def _raw(page: Any, name: str, raw: list[dict[str, Any]]) -> Any:
    """Return *raw* as a value of the StreamField *name*."""
    return page._meta.get_field(name).stream_block.to_python(raw)


def _item(path: str, kind: str, number: int, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": stable_id(path, kind, str(number))}


def _fault(file: PageFile, message: str) -> Fault:
    return Fault(file.text.path.name, 1, message)


def _source(key: str | None) -> Source | None:
    return Source.objects.get(key=key) if key else None


def _edition(row: Mapping[str, Any]) -> Edition:
    """Return the edition that a row names, or the newest."""
    if row.get("edition"):
        return Edition.objects.get(key=row["edition"])
    return Edition.objects.latest("period_start")


@transaction.atomic
def load(libraries: list[Library], pages: list[PageFile]) -> Report:
    """Load everything or nothing and return what was done.

    Raises FaultyFiles for what only the database can tell.
    """
    loader = Loader()
    for library in libraries:
        loader.rows(library)
        loader.programme(library.programme)
    loader.pages(pages)
    return loader.report


def page_index() -> dict[str, Page]:
    """Return path → page of the default site; nothing before the start page is made."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None or not StartPage.objects.filter(pk=site.root_page_id).exists():
        return {}
    ids = documents.paths_by_id()
    pages = Page.objects.in_bulk(ids)
    return {path: pages[pk] for pk, path in ids.items()}


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
