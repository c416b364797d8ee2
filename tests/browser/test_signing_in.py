"""Signing in and out through the forms, in a browser that sends what browsers send."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Request, expect

from portal.organisation.models import User
from tests.conftest import Library
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _library(library: Library) -> None:
    """There are pages to read."""


def sign_in(page: Page, url: str, username: str, password: str = PASSWORD) -> None:
    """Fill in the form and send it."""
    page.goto(f"{url}/logga-in/")
    page.get_by_label("Användarnamn").fill(username)
    page.get_by_label("Lösenord").fill(password)
    page.get_by_role("main").get_by_role("button", name="Logga in").click()


class TestSigningIn:
    def test_works_since_the_form_says_where_it_comes_from(
        self, page: Page, live_server: Any, ada: User
    ) -> None:
        sent: list[Request] = []
        page.on("request", lambda request: sent.append(request) if request.post_data else None)
        sign_in(page, live_server.url, "ada")

        expect(page.get_by_role("heading", level=1)).to_have_text("Min utbildning")
        # Under the policy no-referrer the origin would be "null", and every form refused.
        assert [request.header_value("origin") for request in sent] == [live_server.url]

    def test_leads_back_to_where_one_was(self, page: Page, live_server: Any, ada: User) -> None:
        page.goto(f"{live_server.url}/utbildning/orosanmalan/")
        page.get_by_role("main").get_by_role("link", name="Logga in").click()
        page.get_by_label("Användarnamn").fill("ada")
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_label("Lösenord").press("Enter")

        expect(page).to_have_url(f"{live_server.url}/utbildning/orosanmalan/")
        expect(page.get_by_role("button", name="Logga ut")).to_be_visible()

    def test_a_wrong_password_is_told_in_the_title_and_at_the_top_with_focus(
        self, page: Page, live_server: Any, ada: User
    ) -> None:
        sign_in(page, live_server.url, "ada", "fel")
        alert = page.get_by_role("alert")

        expect(alert).to_be_focused()
        expect(alert).to_contain_text("Det finns ett problem")
        assert page.title().startswith("Fel: ")
        alert.get_by_role("link").click()
        expect(page.get_by_label("Användarnamn")).to_be_focused()
        expect(page.get_by_label("Användarnamn")).to_have_value("ada")


class TestSigningOut:
    def test_back_shows_no_name(self, page: Page, live_server: Any, ada: User) -> None:
        sign_in(page, live_server.url, "ada")
        page.get_by_role("link", name="Fri från våld").first.click()
        expect(page.get_by_text("Ada Ahlgren").first).to_be_attached()
        page.get_by_role("button", name="Logga ut").click()
        expect(page.get_by_role("link", name="Logga in")).to_be_visible()

        for _ in range(3):
            page.go_back()
            expect(page.get_by_text("Ada")).to_have_count(0)


class TestABrowserThatKeepsPagesWhole:
    """Chromium as people have it: Back shows the page as it was, if the page allows that."""

    @pytest.fixture
    def keeping(
        self, browser_type: BrowserType, browser_type_launch_args: dict[str, Any]
    ) -> Iterator[BrowserContext]:
        """A browser with its back-forward cache, which Playwright otherwise turns off."""
        browser: Browser = browser_type.launch(
            **browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser.new_context(viewport={"width": 1280, "height": 900})
        browser.close()

    def test_back_after_signing_out_shows_no_name(
        self, keeping: BrowserContext, live_server: Any, ada: User
    ) -> None:
        page = keeping.new_page()
        sign_in(page, live_server.url, "ada")
        expect(page.get_by_role("heading", level=1)).to_have_text("Min utbildning")
        page.get_by_role("button", name="Logga ut").click()
        expect(page.get_by_role("link", name="Logga in")).to_be_visible()
        page.evaluate("history.back()")
        expect(page).to_have_url(f"{live_server.url}/logga-in/?next=/min-utbildning/")

        expect(page.get_by_text("Ada Ahlgren")).to_have_count(0)

    def test_a_page_that_was_left_is_not_blank_when_one_comes_back(
        self, keeping: BrowserContext, live_server: Any
    ) -> None:
        keeping.route("https://www.smhi.se/**", lambda route: route.fulfill(body="Uppehåll"))
        page = keeping.new_page()
        page.goto(f"{live_server.url}/vagledning/")
        title = page.title()
        page.evaluate("""() => {
          document.documentElement.dataset.leaving = "";
          document.title = "";
          location.assign("https://www.smhi.se/");
        }""")
        page.wait_for_url("https://www.smhi.se/")
        page.evaluate("history.back()")

        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page).to_have_title(title)
