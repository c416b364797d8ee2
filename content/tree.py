"""The published pages, read in one question and remembered for a generation of content.

Menus, link lists, trails of crumbs and the finding of an address all need the same few facts of
many pages. Asked for page by page they cost a dozen questions; together they are a hundred rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast
from wagtail.models import Page, PageViewRestriction, Site

from portal import generation

_STEP = Page.steplen
# The root of the tree, and below it the start page of each language.
_START = 2 * _STEP
_SUBJECTS = ("operation", "goal", "board", "contact")


@dataclass(frozen=True, slots=True)
class Place:
    """A published page of a type of ours: what lists say of it, and where it lies."""

    pk: int
    model: str
    title: str
    path: str
    url: str
    language: str
    translation_key: UUID
    summary: str
    sort_order: int
    operations: tuple[str, ...]
    minutes: int | None
    # The row that the page is about: an operation, a goal, a board, a contact.
    subject_id: int | None
    # Someone may not see it, or an alias may decide who may.
    is_closed: bool

    def card(self) -> dict[str, Any]:
        """Return the page as lists show it."""
        return {
            "title": self.title,
            "url": self.url,
            "summary": self.summary,
            "minutes": self.minutes,
        }

    def fetch(self) -> Page:
        """Return the page itself, as its own type."""
        page: Page = apps.get_model(self.model).objects.select_related("locale").get(pk=self.pk)
        return page


@dataclass(frozen=True)
class Tree:
    """All places, by id, by address and in the order of the tree."""

    places: dict[int, Place]
    by_url: dict[str, Place]
    in_order: tuple[Place, ...]
    # Whether one site answers for all of it, so that an address is a path and nothing more.
    is_one_site: bool

    def open(self, pks: Iterable[int]) -> Iterator[Place]:
        """Yield the places of *pks* that everyone may see, in that order."""
        for pk in pks:
            place = self.places.get(pk)
            if place and not place.is_closed:
                yield place

    def at(self, path: str) -> Place | None:
        """Return the open page at *path*, written without the first and last slash."""
        place = self.by_url.get(f"/{path}/" if path else "/")
        return place if place and not place.is_closed else None

    def about(self, model: str, subject_id: int) -> Place | None:
        """Return the open page of the type *model*, such as `GoalPage`, about a row."""
        label = f"content.{model}"
        return next(
            (
                place
                for place in self.in_order
                if place.subject_id == subject_id and place.model == label and not place.is_closed
            ),
            None,
        )

    def above(self, path: str) -> list[Place]:
        """Return the published pages above the treebeard path *path*, below the start page."""
        wanted = {path[:end] for end in range(_START + _STEP, len(path), _STEP)}
        return [place for place in self.in_order if place.path in wanted]

    def below(self, path: str) -> list[Place]:
        """Return the open pages right below the treebeard path *path*, in the order of lists."""
        found = [
            place
            for place in self.in_order
            if len(place.path) == len(path) + _STEP
            and place.path.startswith(path)
            and not place.is_closed
        ]
        return sorted(found, key=lambda place: (place.sort_order, place.path))


_memory = generation.Memory(1)


def now() -> Tree:
    """Return the tree as it is."""
    return _memory.get("tree", _read)


class _Row(NamedTuple):
    """The columns of `_rows`."""

    pk: int
    title: str
    path: str
    url_path: str
    translation_key: UUID
    language: str
    alias_of: int | None
    summary: str
    sort_order: int
    operations: list[str]
    minutes: int | None
    subject_id: int | None
    model: str


def _read() -> Tree:
    sites = list(
        Site.objects.values_list(
            "is_default_site",
            "root_page__path",
            "root_page__url_path",
            "root_page__translation_key",
        )
    )
    root, root_url, key = next((site[1:] for site in sites if site[0]), ("", "", None))
    closed = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
    models = [
        model
        for model in apps.get_models()
        if issubclass(model, Page) and hasattr(model, "text_context")
    ]
    first, *others = [_rows(model) for model in models]
    found = first.union(*others, all=True)
    rows = sorted((_Row(*values) for values in found), key=lambda row: row.path)
    # Where addresses begin: at the site's own root, and in other languages at a translation of it.
    starts = {root: ("/", root_url)} if root else {}
    for row in rows:
        if row.translation_key == key and row.language != settings.LANGUAGE_CODE:
            starts[row.path] = (f"/{row.language}/", row.url_path)
    closed += tuple(row.path for row in rows if row.alias_of is not None)
    places = []
    for row in rows:
        if row.path[: len(root)] not in starts:
            continue
        prefix, start = starts[row.path[: len(root)]]
        places.append(
            Place(
                pk=row.pk,
                model=row.model,
                title=row.title,
                path=row.path,
                url=prefix + row.url_path[len(start) :],
                language=row.language,
                translation_key=row.translation_key,
                summary=row.summary,
                sort_order=row.sort_order,
                operations=tuple(row.operations),
                minutes=row.minutes,
                subject_id=row.subject_id,
                is_closed=row.path.startswith(closed),
            )
        )
    return Tree(
        {place.pk: place for place in places},
        {place.url: place for place in places},
        tuple(places),
        len(sites) == 1,
    )


def _rows(model: Any) -> QuerySet[Any, Any]:
    """Return the published pages of *model*, each as the same columns."""
    fields = {field.name for field in model._meta.get_fields()}
    nothing = Cast(Value(None), IntegerField())  # PostgreSQL takes a bare NULL for text
    rows: QuerySet[Any, Any] = (
        model.objects.filter(live=True)
        .order_by()
        .values_list(
            "pk",
            "title",
            "path",
            "url_path",
            "translation_key",
            "locale__language_code",
            "alias_of_id",
            "summary",
            "sort_order",
            "operations",
            F("minutes") if "minutes" in fields else nothing,
            next((F(f"{name}_id") for name in _SUBJECTS if name in fields), nothing),
            Value(model._meta.label),
        )
    )
    return rows
