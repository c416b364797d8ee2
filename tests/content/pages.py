"""Makers of pages: one of every type, made as an editor would."""

from datetime import date
from typing import Any

from django.apps import apps
from wagtail.models import Page

from content import documents
from content.documents import Keys, from_portable
from content.loading import page_index
from content.models import (
    Board,
    BoardPage,
    Contact,
    Goal,
    GoalPage,
    MatrixPage,
    OperationPage,
    RegisterPage,
    SectionPage,
    StartPage,
    SupportPage,
    TextPage,
)
from content.parsing import stable_id
from portal.organisation.models import Operation
from training.models import ModulePage, TrainingIndexPage

TEXT_PAGES: list[type[Any]] = sorted(
    (model for model in apps.get_models() if issubclass(model, TextPage)),
    key=lambda model: model.__name__,
)


def needs(model: type[Any]) -> dict[str, Any]:
    """Return what a page of this type must have beyond what every page has."""
    if model is GoalPage:
        return {"goal": Goal.objects.earliest("pk")}
    if model is BoardPage:
        return {"board": Board.objects.get(key="socialnamnden")}
    if model is SupportPage:
        return {"contact": Contact.objects.get(key="bris")}
    if model is OperationPage:
        return {"operation": Operation.objects.get(slug="forskola")}
    if model is SectionPage:
        return {"children_kind": "vagledning"}
    if model is RegisterPage:
        return {"register": "kallor"}
    if model is MatrixPage:
        return {"matrix": "namnd-aktivitet"}
    return {"minutes": 5} if model is ModulePage else {}


def page_of(model: type[Any], **values: Any) -> Any:
    """Return a published page of the type *model* in the small library.

    The start page and the catalogue are the library's own, since there can be but one of each.
    """
    pages = page_index()
    if model is StartPage or model is TrainingIndexPage:
        page = pages["" if model is StartPage else "utbildning"].specific
        for name, value in values.items():
            setattr(page, name, value)
    else:
        parent = pages["utbildning" if model is ModulePage else "vagledning"]
        page = model(
            **{
                "title": "En sida",
                "slug": f"ny-{model.__name__.lower()}",
                "summary": "Vad den säger.",
                "written_date": date(2026, 11, 21),
                "review_due_date": date(2027, 5, 21),
            }
            | needs(model)
            | values
        )
        Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision().publish()
    return type(page).objects.get(pk=page.pk)


def body_of(page: Any, blocks: list[dict[str, Any]], name: str = "body") -> Any:
    """Return portable *blocks* as a value of the page's field *name*."""
    numbered = [{"id": stable_id("test", str(n)), **block} for n, block in enumerate(blocks)]
    raw = documents.wrap(from_portable(numbered, Keys.now()))
    return page._meta.get_field(name).stream_block.to_python(raw)
