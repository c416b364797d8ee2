"""The shipped vocabulary: files into the portal once, and from the portal to files.

A line that has been loaded is the editors' from then on. Loading again adds what is new in the
files and follows what a file has changed of a line that no editor has touched. What an editor has
changed or removed stays so, as with the texts (content.loading).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from content.faults import Faults
from content.loading import Report, digest
from content.models import LibraryRecord
from content.parsing import read_list, read_mapping
from content.writing import to_yaml
from search import background, indexing
from search.models import AcuteWord, CompoundPart, PartUse, PinnedResult, SavedSearch, Synonym

type Row = Synonym | PinnedResult | CompoundPart | AcuteWord | SavedSearch

MAX_KEY: Final = 200


@dataclass(frozen=True)
class Entry:
    """A row as its file says it."""

    file: str
    row: Row

    @property
    def key(self) -> str:
        """What tells the row from the others of its file."""
        return _key(self.file, self.row)

    @property
    def values(self) -> dict[str, Any]:
        """What the file says of it."""
        return _values(self.row)


@dataclass(frozen=True)
class _File:
    """A file: the rows that it holds, and what tells them apart."""

    name: str
    model: type[Row]
    fields: tuple[str, ...]
    known_by: tuple[str, ...]
    read: Callable[[Path, Faults], Iterator[tuple[int, Any]]]


def _listed(path: Path, faults: Faults) -> Iterator[tuple[int, Any]]:
    yield from read_list(path, faults)


def _parts(path: Path, faults: Faults) -> Iterator[tuple[int, Any]]:
    """Yield the words of the two lists of `compounds.yaml`."""
    lists = read_mapping(path, faults)
    for name, use in (("parts", PartUse.PART), ("blocked", PartUse.BLOCKED)):
        words = lists.get(name) or ""
        if not isinstance(words, str):
            faults.add(path, 1, f"{name} ska vara ord med mellanslag emellan.")
            continue
        for word in words.split():
            yield 0, {"word": word, "use": use.value}


FILES: Final = (
    _File("synonyms.yaml", Synonym, ("text",), ("text",), _listed),
    _File("compounds.yaml", CompoundPart, ("word", "use"), ("word",), _parts),
    _File("acute_words.yaml", AcuteWord, ("word",), ("word",), _listed),
    _File("pinned.yaml", PinnedResult, ("query", "path", "sort_order"), ("query", "path"), _listed),
    _File("saved_searches.yaml", SavedSearch, ("query", "path"), ("query",), _listed),
)
_FILE_OF: Final = {file.model: file for file in FILES}


def _values(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FILE_OF[type(row)].fields}


def _key(file: str, row: Row) -> str:
    words = "|".join(str(getattr(row, name)) for name in _FILE_OF[type(row)].known_by)
    short = words if len(words) <= MAX_KEY else f"{words[: MAX_KEY - 13]}…{digest(words)[:12]}"
    return f"search/{file}#{short}"


# --- Reading ------------------------------------------------------------------------------------


def read_vocabulary(root: Path, faults: Faults) -> list[Entry]:
    """Return the rows of every file in *root* (search/library), noting faults."""
    found: list[Entry] = []
    for file in FILES:
        seen: set[str] = set()
        path = root / file.name
        for line, said in file.read(path, faults):
            row = _checked(file, path, line, said, faults)
            if row is None:
                continue
            entry = Entry(file.name, row)
            if entry.key in seen:
                faults.add(path, line, f"{row} står två gånger; behåll en.")
            seen.add(entry.key)
            found.append(entry)
    return found


def _checked(file: _File, path: Path, line: int, said: Any, faults: Faults) -> Row | None:
    """Return the row of a file, or None after noting why it cannot be one."""
    values = said if isinstance(said, dict) else {file.fields[0]: said}
    unknown = sorted(set(values) - set(file.fields))
    if unknown or not all(isinstance(value, str | int) for value in values.values()):
        names = ", ".join(file.fields)
        faults.add(path, line, f"raden går inte att läsa; den får ha {names}.")
        return None
    row = file.model(**{
        name: value if name == "sort_order" else str(value) for name, value in values.items()
    })  # fmt: skip
    try:
        row.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            faults.add(path, line, f"{name}: {' '.join(messages)}")
        return None
    return row


# --- Loading ------------------------------------------------------------------------------------


@transaction.atomic
def load_vocabulary(entries: list[Entry]) -> Report:
    """Load what is new in the files, and what they changed and no editor did."""
    report = Report()
    records = {
        record.key: record for record in LibraryRecord.objects.filter(key__startswith="search/")
    }
    here = {_key(file.name, row): row for file in FILES for row in file.model.objects.all()}
    new: list[Entry] = []
    changed: list[Entry] = []
    for entry in entries:
        record, row = records.get(entry.key), here.get(entry.key)
        said = digest(entry.values)
        if record is None and row is None:
            new.append(entry)
        elif record is not None and record.file_hash == said:
            report.unchanged += 1
        elif record is None or row is None or record.stored_hash != digest(_values(row)):
            if row is not None and _values(row) == entry.values:
                report.unchanged += 1  # an editor has written the same
            else:
                report.kept.append(entry.key)
        else:
            for name, value in entry.values.items():
                setattr(row, name, value)
            row.save()
            changed.append(entry)
    for file in FILES:
        rows: list[Any] = [entry.row for entry in new if type(entry.row) is file.model]
        file.model._default_manager.bulk_create(rows, batch_size=200)
    _note([*new, *changed])
    if new:
        # Rows made in bulk send no signals.
        indexing.wording_changed()
        if any(isinstance(entry.row, CompoundPart) for entry in new):
            background.parts_changed(at=timezone.now())
    report.created, report.updated = len(new), len(changed)
    return report


def _note(entries: list[Entry]) -> None:
    records = []
    for entry in entries:
        said = digest(entry.values)
        records.append(LibraryRecord(key=entry.key, file_hash=said, stored_hash=said))
    LibraryRecord.objects.bulk_create(
        records, batch_size=200, update_conflicts=True, unique_fields=["key"],
        update_fields=["file_hash", "stored_hash"],
    )  # fmt: skip


# --- Writing ------------------------------------------------------------------------------------


def export_vocabulary(root: Path) -> int:
    """Write the files that `read_vocabulary` reads; return how many."""
    root.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        rows = list(file.model._default_manager.order_by(*file.known_by))
        (root / file.name).write_text(to_yaml(_as_file(file, rows)), encoding="utf-8")
    return len(FILES)


def _as_file(file: _File, rows: list[Any]) -> Any:
    if file.model is CompoundPart:
        uses = {"parts": PartUse.PART, "blocked": PartUse.BLOCKED}
        return {
            name: " ".join(row.word for row in rows if row.use == use) for name, use in uses.items()
        }
    if len(file.fields) == 1:
        return [getattr(row, file.fields[0]) for row in rows]
    return [
        {name: value for name, value in _values(row).items() if value not in ("", 0)}
        for row in rows
    ]
