"""Suggestions while one writes in the search box, by keyboard, by touch, and when they fail."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.conftest import Library

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(page: Page, library: Library, live_server: Any) -> Locator:
    """The search box of the start page."""
    page.goto(live_server.url)
    return page.get_by_role("combobox", name="Sök")


class TestByKeyboard:
    def test_a_page_is_chosen_with_arrows_and_enter(self, page: Page, box: Locator) -> None:
        box.focus()
        page.keyboard.type("kontaktf")
        first = page.get_by_role("option").first
        expect(first).to_be_visible()
        expect(box).to_have_attribute("aria-expanded", "true")
        expect(page.get_by_role("status").filter(has_text="förslag")).to_have_count(1)

        page.keyboard.press("ArrowDown")
        expect(first).to_have_attribute("aria-selected", "true")
        assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert "kontaktforbud" in page.url

    def test_enter_alone_searches_for_what_was_written(self, page: Page, box: Locator) -> None:
        box.focus()
        page.keyboard.type("kontaktf")
        expect(page.get_by_role("option").first).to_be_visible()
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert page.url.endswith("/sok/?q=kontaktf")

    def test_escape_closes_the_list_and_keeps_the_words(self, page: Page, box: Locator) -> None:
        box.focus()
        page.keyboard.type("kontaktf")
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press("Escape")

        expect(page.get_by_role("listbox")).to_have_count(0)
        expect(box).to_have_value("kontaktf")
        expect(box).to_have_attribute("aria-expanded", "false")

    def test_the_list_goes_when_focus_does(self, page: Page, box: Locator) -> None:
        box.focus()
        page.keyboard.type("kontaktf")
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press("Tab")

        expect(page.get_by_role("listbox")).to_have_count(0)


@pytest.mark.browser_context_args(has_touch=True, is_mobile=True)
def test_a_page_is_chosen_with_a_thumb(page: Page, box: Locator) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    box.tap()
    page.keyboard.type("kontaktf")
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    size = option.bounding_box()
    assert size
    assert size["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with page.expect_navigation():
        option.tap()

    assert "kontaktforbud" in page.url


def test_the_open_list_breaks_no_rule(
    page: Page, box: Locator, axe: Callable[..., list[str]]
) -> None:
    box.focus()
    page.keyboard.type("kontaktf")
    expect(page.get_by_role("option").first).to_be_visible()

    # Of what lies below the list axe cannot tell the contrast.
    assert [fault for fault in axe(page) if "color-contrast (incomplete)" not in fault] == []


def test_what_is_suggested_is_shown_as_words(page: Page, box: Locator) -> None:
    page.route(
        re.compile("/api/sok/forslag"),
        lambda route: route.fulfill(
            json={"suggestions": [{"text": "<img src=x onerror=alert(1)>", "url": "/sok/"}]}
        ),
    )
    box.focus()
    page.keyboard.type("ab")

    expect(page.get_by_role("option").first).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator("[role=option] img")).to_have_count(0)


def test_a_fault_leaves_the_box_as_it_is(page: Page, box: Locator) -> None:
    page.route(re.compile("/api/sok/forslag"), lambda route: route.abort())
    box.focus()
    page.keyboard.type("orosanmälan")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert "/sok/?q=orosanm" in page.url
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_the_box_is_a_plain_form(
    page: Page, library: Library, live_server: Any
) -> None:
    page.goto(live_server.url)
    page.get_by_role("searchbox", name="Sök").fill("kontaktförbud")
    page.get_by_role("button", name="Sök").click()

    expect(page.get_by_role("main")).to_contain_text("Kontaktförbud")
