""" "Lämna sidan": away at once, by every means, with nothing to go back to."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.keyboard import Keyboard
from tests.conftest import Library

pytestmark = pytest.mark.django_db(transaction=True)

ELSEWHERE = settings.EXIT_URL
SIZES = [pytest.param((390, 844), id="phone"), pytest.param((1280, 900), id="desktop")]


@pytest.fixture(autouse=True)
def elsewhere(context: BrowserContext) -> list[Request]:
    """Where the exit leads, without a net; returns what was asked of it."""
    asked: list[Request] = []

    def answer(route: Any) -> None:
        asked.append(route.request)
        route.fulfill(body="<title>Väder</title><p>Uppehåll", content_type="text/html")

    context.route(f"{ELSEWHERE}**", answer)
    return asked


@pytest.fixture
def reading(page: Page, library: Library, live_server: Any) -> Page:
    """Someone has come from the start page and reads about an orosanmälan."""
    page.goto(live_server.url)
    page.goto(f"{live_server.url}/vagledning/orosanmalan/")
    return page


def goes_back_to(page: Page) -> str:
    """Press Back and return the path one comes to."""
    page.go_back()
    return str(page.evaluate("location.pathname"))


class TestLeaving:
    def test_by_a_click(self, reading: Page) -> None:
        reading.get_by_role("link", name="Lämna sidan").click()

        reading.wait_for_url(ELSEWHERE)
        assert goes_back_to(reading) == "/"

    def test_by_three_presses_of_shift(self, reading: Page, keyboard: Keyboard) -> None:
        keyboard.press("Shift", 3)

        reading.wait_for_url(ELSEWHERE)
        assert goes_back_to(reading) == "/"

    def test_by_keyboard_in_two_presses_of_tab(self, reading: Page, keyboard: Keyboard) -> None:
        keyboard.press("Tab", 2)
        keyboard.press("Enter")

        reading.wait_for_url(ELSEWHERE)
        assert goes_back_to(reading) == "/"

    def test_from_an_open_menu(self, reading: Page, keyboard: Keyboard) -> None:
        reading.set_viewport_size({"width": 390, "height": 844})
        reading.get_by_role("button", name="Meny").click()
        expect(reading.get_by_role("navigation", name="Huvudmeny")).to_be_visible()
        reading.get_by_role("link", name="Lämna sidan").click()

        reading.wait_for_url(ELSEWHERE)

    def test_tells_nobody_where_the_reader_came_from(
        self, reading: Page, elsewhere: list[Request]
    ) -> None:
        reading.get_by_role("link", name="Lämna sidan").click()
        reading.wait_for_url(ELSEWHERE)

        assert [request.header_value("referer") for request in elsewhere] == [None]

    def test_blanks_the_page_before_the_next_one_answers(
        self, reading: Page, context: BrowserContext
    ) -> None:
        context.route(f"{ELSEWHERE}**", lambda route: None)  # never answers
        # Asked inside the page, since the browser itself waits for where it is going.
        seen = reading.evaluate("""() => {
          document.querySelector("[data-exit]").click();
          return [getComputedStyle(document.body).display, document.title];
        }""")

        assert seen == ["none", "www.smhi.se"]

    @pytest.mark.browser_context_args(java_script_enabled=False)
    def test_without_a_script_the_link_leads_away(self, reading: Page) -> None:
        reading.get_by_role("link", name="Lämna sidan").click()

        expect(reading).to_have_url(ELSEWHERE)


class TestNotLeaving:
    @pytest.mark.parametrize("keys", [("Shift", "A"), ("Shift", "Tab")])
    def test_when_shift_is_part_of_writing_or_moving(
        self, reading: Page, keys: tuple[str, str]
    ) -> None:
        for _ in range(4):
            reading.keyboard.press("+".join(keys))

        assert reading.evaluate("document.documentElement.dataset.leaving") is None

    def test_when_the_presses_are_far_between(self, reading: Page) -> None:
        # An event's time is the browser's own, so the presses are made in the page.
        reading.evaluate("""() => {
          for (const at of [0, 3000, 6000, 9000]) {
            const event = new KeyboardEvent("keydown", {key: "Shift", bubbles: true});
            Object.defineProperty(event, "timeStamp", {value: at});
            document.dispatchEvent(event);
          }
        }""")

        assert reading.evaluate("document.documentElement.dataset.leaving") is None


@pytest.mark.parametrize("size", SIZES)
class TestTheButton:
    @pytest.fixture(autouse=True)
    def _size(self, reading: Page, size: tuple[int, int]) -> None:
        reading.set_viewport_size({"width": size[0], "height": size[1]})

    def test_is_second_in_the_tab_order(self, reading: Page, keyboard: Keyboard) -> None:
        keyboard.press("Tab", 2)

        expect(reading.get_by_role("link", name="Lämna sidan")).to_be_focused()

    def test_stays_in_view_however_far_one_scrolls(
        self, reading: Page, size: tuple[int, int]
    ) -> None:
        button = reading.get_by_role("link", name="Lämna sidan")
        for place in (0, 0.5, 1):
            reading.evaluate("part => scrollTo(0, part * document.body.scrollHeight)", place)
            expect(button).to_be_in_viewport(ratio=1)
            box = button.bounding_box()
            assert box
            assert box["height"] >= 44
            # Nothing lies over it.
            assert button.evaluate(
                """link => {
                  const {left, right, top, bottom} = link.getBoundingClientRect();
                  const middle = [(left + right) / 2, (top + bottom) / 2];
                  return link.contains(document.elementFromPoint(...middle));
                }"""
            )
