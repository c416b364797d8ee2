"""Keeping the index as the pages are.

Every change goes through `update`, which makes what is stored equal to what should be stored and
touches nothing else. It may be called too often, never too seldom. It runs in the caller's
transaction, so that a page and its passages are seen together or not at all.
"""

import time
import uuid
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import Page

from search import extraction, mirror, swedish, wording
from search.compounds import Lexicon
from search.engines import Engine
from search.engines.fts5 import Fts5Engine
from search.engines.postgres import PostgresEngine
from search.extraction import Part
from search.lexicons import lexicon_of
from search.models import SearchPassage, SearchState

OUTGROWN: Final = 1.25
"""The lexicon is made anew when there are this many times the passages it was made from."""

_FIELDS: Final = tuple(item.name for item in fields(Part))


def engine(lexicon: Lexicon) -> Engine:
    """Return the engine of the database in use."""
    if connection.vendor == "postgresql":
        return PostgresEngine(connection.cursor, lexicon)
    return Fts5Engine(connection.cursor, lexicon, placeholder="%s")


# --- Keeping up ---------------------------------------------------------------------------------


@transaction.atomic
def update(page_ids: Collection[int]) -> int:
    """Make the passages of these pages what they should be; return how many rows changed."""
    if not page_ids:
        return 0
    state = _locked_state()
    changed = _write(
        extraction.open_pages().filter(pk__in=page_ids),
        SearchPassage.objects.filter(page__in=page_ids),
        engine(lexicon_of(state)),
        state,
    )
    if changed:
        _stamp(state)
        transaction.on_commit(grow, robust=True)
    return changed


def update_from(page: Page) -> int:
    """Do the same for a page and everything below it."""
    return update(list(page.get_descendants(inclusive=True).values_list("pk", flat=True)))


def update_all() -> int:
    """Do the same for every page."""
    indexed = SearchPassage.objects.values_list("page", flat=True)
    return update({*extraction.open_pages().values_list("pk", flat=True), *indexed})


def update_users_of(name: str, *, also: Iterable[int] = ()) -> int:
    """Do the same for the pages that show a row of a register, such as `contact:socialjouren`."""
    users = SearchPassage.objects.filter(registers__contains=f" {name} ")
    return update({*users.values_list("page", flat=True), *also})


def is_readdressed(page_id: int) -> bool:
    """Return whether the page is indexed under another address than it has now."""
    indexed = SearchPassage.objects.filter(page=page_id, order=0).values_list("path", flat=True)
    path, root = indexed.first(), extraction.site_root()
    if path is None or root is None:
        return False
    return path != extraction.path_of(Page.objects.get(pk=page_id), root)


@transaction.atomic
def remove(page_ids: Collection[int]) -> int:
    """Take the passages of these pages out, whatever the pages say; return how many there were."""
    state = _locked_state()
    stored = SearchPassage.objects.filter(page__in=page_ids)
    ids = list(stored.values_list("pk", flat=True))
    if ids:
        engine(lexicon_of(state)).delete(ids)
        stored.delete()
        mirror.note(ids, version=state.version)
        _stamp(state)
    return len(ids)


def _locked_state() -> SearchState:
    """Return the state, locked until the end of the transaction. Read it before any page.

    Its version is that of the changes which are now to be made. It follows the clock, so that it
    goes on rising when the database is put back as it was some time ago.
    """
    state = SearchState.objects.light().select_for_update().first()
    state = state or SearchState.objects.create(pk=SearchState.THE_ROW)
    state.version = max(state.version + 1, time.time_ns() // 1000)
    return state


def _stamp(state: SearchState, **values: object) -> None:
    if not mirror.is_used():
        values["is_mirrored"] = False  # nobody tells it of this change
    SearchState.objects.filter(pk=state.pk).update(
        stamp=uuid.uuid4(), version=state.version, **values
    )


def _write(pages: Any, stored: QuerySet[SearchPassage], target: Engine, state: SearchState) -> int:
    """Make the *stored* rows those of *pages*. A row that stays the same keeps its id."""
    here = {(row.page_id, row.order): row for row in stored}
    new: list[SearchPassage] = []
    changed: list[SearchPassage] = []
    for page_id, parts in extraction.parts_of(pages):
        for order, part in enumerate(parts):
            values = asdict(part) | {"operations": list(part.operations)}
            row = here.pop((page_id, order), None)
            if row is None:
                new.append(SearchPassage(page_id=page_id, order=order, **values))
            elif any(getattr(row, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                changed.append(row)
    gone = [row.pk for row in here.values()]
    if gone:
        target.delete(gone)
        SearchPassage.objects.filter(pk__in=gone).delete()
    if changed:
        SearchPassage.objects.bulk_update(changed, _FIELDS, batch_size=100)
    if new:
        SearchPassage.objects.bulk_create(new, batch_size=100)
    if new or changed:
        target.index(row.record() for row in (*new, *changed))
    mirror.note([*gone, *(row.pk for row in (*changed, *new))], version=state.version)
    return len(gone) + len(changed) + len(new)


# --- The lexicon --------------------------------------------------------------------------------


def _renew_lexicon(state: SearchState) -> None:
    """Make the lexicon from what is indexed and said of words now; store it with the state."""
    texts = SearchPassage.objects.values_list("title", "heading", "text", "keywords")
    words = {token.word for row in texts for text in row for token in swedish.tokenise(text)}
    state.lexicon_words = sorted(words | wording.read().words)
    state.lexicon_parts = wording.parts()
    state.lexicon_stamp = uuid.uuid4()
    state.lexicon_size = len(texts)
    state.is_mirrored = False
    state.save(
        update_fields=[
            "lexicon_words", "lexicon_parts", "lexicon_stamp", "lexicon_size", "is_mirrored",
        ]
    )  # fmt: skip


@transaction.atomic
def grow() -> None:
    """Make the lexicon anew, and analyse everything with it, once it is outgrown.

    So a library that has just been loaded is searched as well as one that was rebuilt, while an
    editor who publishes a page waits for that page alone.
    """
    state = SearchState.objects.light().first()
    if state is None or SearchPassage.objects.count() <= state.lexicon_size * OUTGROWN:
        return
    _reanalyse(_locked_state())


@transaction.atomic
def follow_parts() -> bool:
    """Make the lexicon anew when editors have other parts than it was made from.

    Return whether they had. Searches go on meanwhile with the old one.
    """
    if not SearchState.objects.filter(pk=SearchState.THE_ROW).exists():
        return False
    state = _locked_state()
    if state.lexicon_parts == wording.parts():
        return False
    _reanalyse(state)
    return True


@transaction.atomic
def wording_changed() -> None:
    """Have every process read at its next search what editors have said of words."""
    if not SearchState.objects.filter(pk=SearchState.THE_ROW).update(wording_stamp=uuid.uuid4()):
        _locked_state()


def _reanalyse(state: SearchState) -> None:
    _renew_lexicon(state)
    target = engine(lexicon_of(state))
    target.clear()
    target.index(row.record() for row in SearchPassage.objects.iterator(chunk_size=500))
    _stamp(state)


# --- All of it ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is indexed."""

    pages: int
    passages: int
    changed: int


@transaction.atomic
def rebuild() -> Counts:
    """Make the whole index anew. Searches go on meanwhile and see the old one until the end."""
    state = _locked_state()
    changed = _write(
        extraction.open_pages(), SearchPassage.objects.all(), engine(lexicon_of(state)), state
    )
    _reanalyse(state)
    _stamp(state, built_at=timezone.now())
    paths = SearchPassage.objects.values_list("path", flat=True)
    return Counts(len(set(paths)), len(paths), changed)


# --- Drift --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Drift:
    """Where the index is not what it should be, by address."""

    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    engine: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.different or self.engine)


def find_drift() -> Drift:
    """Compare what should be indexed with what is, the engine's own table included.

    The copy in Elasticsearch is compared by itself, since it may be away.
    """
    drift = Drift()
    stored = {(row.page_id, row.order): row for row in SearchPassage.objects.all()}
    records = {row.pk: row for row in stored.values()}
    for page_id, parts in extraction.parts_of(extraction.open_pages()):
        for order, part in enumerate(parts):
            row = stored.pop((page_id, order), None)
            if row is None:
                drift.missing.append(part.url)
            elif row_values(row) != asdict(part):
                drift.different.append(part.url)
    drift.extra = [row.url for row in stored.values()]
    state = SearchState.objects.filter(pk=SearchState.THE_ROW).first() or SearchState()
    target = engine(lexicon_of(state))
    drift.engine = _urls(target.drift(row.record() for row in records.values()))
    return drift


def find_drift_of_mirror() -> list[str]:
    """Compare the copy in Elasticsearch with the passages. Raises mirror.Unavailable."""
    return _urls(mirror.find_drift())


def _urls(passage_ids: Collection[int]) -> list[str]:
    """Return where passages lead, or what a row is that belongs to none."""
    found = SearchPassage.objects.in_bulk(list(passage_ids))
    return [
        found[passage_id].url if passage_id in found else f"rad {passage_id} utan stycke"
        for passage_id in sorted(passage_ids)
    ]


def row_values(row: SearchPassage) -> dict[str, object]:
    """Return a stored passage as the values of a Part."""
    return {name: getattr(row, name) for name in _FIELDS} | {"operations": tuple(row.operations)}
