"""Makers of pages: one of every type, made as an editor would."""

from datetime import date
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from wagtail.models import Page

from content import documents
from content.documents import Document, Keys, from_portable
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


def with_ids(blocks: list[dict[str, Any]]) -> Document:
    """Return *blocks* with an id each, the same every time."""
    return [{"id": stable_id("test", str(n)), **block} for n, block in enumerate(blocks)]


def body_of(page: Any, blocks: list[dict[str, Any]], name: str = "body") -> Any:
    """Return portable *blocks* as a value of the page's field *name*."""
    raw = documents.wrap(from_portable(with_ids(blocks), Keys.now()))
    return page._meta.get_field(name).stream_block.to_python(raw)


class Words(HTMLParser):
    """The words of a page's main part, in one line."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "main"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "main"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.parts.append(data)


def words_of(page: Any, query: str = "") -> str:
    """Return the words of *page* as a stranger reads them."""
    response = Client().get(page.url + query)
    assert response.status_code == 200, page.url
    return " ".join("".join(Words(response.content.decode()).parts).split())


def context_of(page: Any, query: str = "") -> dict[str, Any]:
    """Return what the template of *page* is given."""
    request = RequestFactory().get(page.url + query)
    request.user = AnonymousUser()
    found: dict[str, Any] = page.get_context(request)
    return found
