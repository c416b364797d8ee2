"""What points at a row, so that nothing is deleted from under what others show."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.deletion import CASCADE, DO_NOTHING
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.fields import StreamField
from wagtail.models import Page, ReferenceIndex

from content import mentions
from content.models import (
    Activity,
    Board,
    Contact,
    FollowUpStep,
    GlossaryTerm,
    Indicator,
    LegalProvision,
    PreventionCell,
    Remark,
    Source,
)


@dataclass(frozen=True)
class Referrer:
    """Something that points at a row: what it is, what it is called, where it is edited."""

    what: str
    name: str
    url: str


def referrers(row: models.Model, user: Any = None) -> list[Referrer]:
    """Return what would lose something if *row* were deleted, each once."""
    finder = AdminURLFinder(user)
    found: dict[tuple[str, Any], Referrer] = {}
    for each in (*_by_relation(row), *_by_text(row), *_by_mention(row), *_by_key(row)):
        whole = _whole(each)
        if whole != row:
            what = str(whole._meta.verbose_name)
            url = finder.get_edit_url(whole) or ""
            found[whole._meta.label, whole.pk] = Referrer(what, str(whole), url)
    return sorted(found.values(), key=lambda each: (each.what, each.name))


def _by_relation(row: Any) -> Iterator[models.Model]:
    """Yield the rows of the database that point at *row* and are no part of it."""
    for relation in row._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete:
            continue
        if relation.many_to_many or relation.on_delete not in {CASCADE, DO_NOTHING}:
            yield from relation.related_model._base_manager.filter(**{relation.field.name: row})


def _by_text(row: models.Model) -> Iterator[models.Model]:
    """Yield the pages whose texts point at *row*: a citation, a law box, a contact card."""
    for reference in ReferenceIndex.get_references_to(row):
        pages = Page.objects.filter(pk=reference.object_id)
        if issubclass(reference.content_type.model_class() or object, Page):
            yield from pages.specific()


def _by_mention(row: models.Model) -> Iterator[models.Model]:
    """Yield the pages whose sentences take their number or their paragraph from *row*."""
    kind = {Contact: mentions.TEL, LegalProvision: mentions.LAW}.get(type(row))
    if kind is None:
        return
    said = mentions.mark(kind, row.key)  # type: ignore[attr-defined]  # both registers have it
    for page in Page.objects.specific():
        streams = (each for each in page._meta.fields if isinstance(each, StreamField))
        if any(
            said in json.dumps(each.value_from_object(page).get_prep_value()) for each in streams
        ):
            yield page


def _by_key(row: Any) -> Iterator[models.Model]:
    """Yield the rows that name *row* by its key in a text of their own."""
    models_and_fields: list[tuple[type[models.Model], str]] = []
    if isinstance(row, Source):
        models_and_fields = [(FollowUpStep, "sources"), (Remark, "sources"),
                             (PreventionCell, "sources"), (GlossaryTerm, "sources")]  # fmt: skip
    elif isinstance(row, LegalProvision):
        models_and_fields = [(GlossaryTerm, "sources")]
    elif isinstance(row, Activity):
        models_and_fields = [(Indicator, "follows")]
    elif isinstance(row, Board):
        yield from (step for step in FollowUpStep.objects.all() if row.key in step.boards)
    for model, name in models_and_fields:
        wanted = Q(**{f"{name}__contains": row.key})
        if isinstance(row, Activity):
            wanted &= Q(edition=row.edition_id)
        for each in model._default_manager.filter(wanted):
            if row.key in getattr(each, name).split():
                yield each


def _whole(row: Any) -> Any:
    """Return what a person edits *row* as: a part of a goal is edited in its goal."""
    for name in ("activity", "goal", "edition", "board"):
        # Only a row that lives inside another: what hangs on it by a ParentalKey.
        field = next((each for each in row._meta.fields if each.name == name), None)
        if field is not None and type(field).__name__ == "ParentalKey" and getattr(row, name):
            return _whole(getattr(row, name))
    return row.specific if isinstance(row, Page) else row
