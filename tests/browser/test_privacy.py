"""A stranger reads without leaving a trace: no cookie, no storage, no other host."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page

from tests.browser.page_types import OPEN, SIGN_IN
from tests.browser.visiting import Visit

pytestmark = pytest.mark.django_db(transaction=True)

STORED = """async () => ({
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


@pytest.fixture
def hosts(context: BrowserContext) -> Iterator[set[str]]:
    """The hosts that the browser has asked for anything."""
    asked: set[str] = set()
    context.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    return asked


def use(page: Page) -> None:
    """Do with a page what readers do: scroll, unfold, write in a field, look at links."""
    page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true })")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    if page.locator("input[type=search]").count():
        page.locator("input[type=search]").last.fill("oro")
    page.get_by_role("link").last.hover()


def test_no_open_page_sets_a_cookie_stores_anything_or_asks_another_host(
    visit: Visit, hosts: set[str], context: BrowserContext
) -> None:
    for page_type in OPEN:
        page = visit(page_type)
        use(page)

        assert context.cookies() == [], page_type.name
        assert set(page.evaluate(STORED).values()) == {0}, page_type.name
    assert hosts == {urlsplit(visit.url).netloc}


def test_signing_in_sets_only_the_cookie_that_guards_its_form(
    visit: Visit, hosts: set[str], context: BrowserContext
) -> None:
    for page_type in SIGN_IN:
        visit(page_type)

        assert [cookie["name"] for cookie in context.cookies()] == [settings.CSRF_COOKIE_NAME]
    assert hosts == {urlsplit(visit.url).netloc}


def test_a_link_to_another_host_tells_it_nothing(
    visit: Visit, live_server: Any, context: BrowserContext
) -> None:
    told: list[str | None] = []

    def answer(route: Any) -> None:
        told.append(route.request.header_value("referer"))
        route.fulfill(body="Någon annans sida", content_type="text/html")

    context.route(lambda url: urlsplit(url).netloc != urlsplit(live_server.url).netloc, answer)
    page = visit(next(kind for kind in OPEN if kind.name == "support_index"))
    page.locator("main a[href^=https]").first.click()
    page.wait_for_url(lambda url: not url.startswith(live_server.url))

    assert told == [None]
