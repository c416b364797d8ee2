"""What axe-core finds on every kind of page, by day and by night, on a phone and on a wide screen.

A machine finds a third of what is wrong at best; the rest of this folder is about what it cannot.
PORTAL_TEST_SHOTS=1 keeps a picture of every page in var/browser/shots, to look at.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.template import Template
from django.test import Client
from django.test.signals import template_rendered
from wagtail.models import Page

from content import documents
from content.models import TextPage
from portal.organisation.models import User
from tests.browser.page_types import PAGE_TYPES, SAMPLE, PageType, Reader, Staged
from tests.browser.visiting import Visit

pytestmark = pytest.mark.django_db(transaction=True)

PHONE, DESKTOP = (390, 844), (1280, 900)
SHOTS = settings.VAR_DIR / "browser" / "shots"
SHOOTING = bool(os.environ.get("PORTAL_TEST_SHOTS"))


@pytest.mark.browser_context_args(reduced_motion="reduce")
class TestAxe:
    @staticmethod
    def faults(
        visit: Visit,
        axe: Callable[..., list[str]],
        page_types: list[PageType],
        size: tuple[int, int],
    ) -> list[str]:
        visit.page.set_viewport_size({"width": size[0], "height": size[1]})
        found: list[str] = []
        for page_type in page_types:
            page = visit(page_type)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if SHOOTING:
                    name = f"{page_type.name}-{size[0]}-{scheme}.png"
                    page.screenshot(path=SHOTS / name, full_page=True)
                faults = axe(page, only_colours=scheme == "dark")
                found += [f"{page_type.name}, {scheme}: {fault}" for fault in faults]
        return found

    def test_finds_nothing_on_any_page_on_a_phone(
        self, visit: Visit, axe: Callable[..., list[str]]
    ) -> None:
        found = self.faults(visit, axe, PAGE_TYPES, PHONE)

        assert not found, "\n".join(found)

    def test_finds_nothing_on_a_wide_screen(
        self, visit: Visit, axe: Callable[..., list[str]]
    ) -> None:
        found = self.faults(visit, axe, PAGE_TYPES if SHOOTING else SAMPLE, DESKTOP)

        assert not found, "\n".join(found)

    def test_finds_nothing_on_paper(self, visit: Visit, axe: Callable[..., list[str]]) -> None:
        found: list[str] = []
        for page_type in SAMPLE:
            visit.page.emulate_media(media="screen")  # a button cannot be pressed on paper
            page = visit(page_type)
            page.emulate_media(media="print")
            faults = axe(page, only_colours=True)
            found += [f"{page_type.name}: {fault}" for fault in faults]

        assert not found, "\n".join(found)


class TestThePagesLookedAt:
    """Nothing is left out of what this folder looks at."""

    def test_they_are_of_every_kind_in_the_tree(self, staged: Staged) -> None:
        paths = {page_type.path(staged).partition("?")[0].strip("/") for page_type in PAGE_TYPES}
        ids = [pk for pk, path in documents.paths_by_id().items() if path in paths]
        shown = {type(page).__name__ for page in Page.objects.filter(pk__in=ids).specific()}
        kinds = {model.__name__ for model in apps.get_models() if issubclass(model, TextPage)}

        assert kinds <= shown

    def test_they_are_drawn_by_every_template_of_a_whole_page(
        self, staged: Staged, readers: dict[Reader, User], drawn: set[str]
    ) -> None:
        for page_type in PAGE_TYPES:
            client = Client()
            if user := readers.get(page_type.reader):
                client.force_login(user)
            client.get(page_type.path(staged))
        templates = {
            f"{app}/{path.name}"
            for app in ("content", "search", "training")
            for path in (settings.BASE_DIR / app / "templates" / app).glob("*.html")
        }

        assert templates - drawn == set()


@pytest.fixture
def drawn() -> Iterator[set[str]]:
    """The names of the templates that have been drawn."""
    names: set[str] = set()

    def note(template: Template, **kwargs: Any) -> None:
        names.add(str(template.name))

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)
