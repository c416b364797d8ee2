"""A real Chromium against a running portal. Every test in this folder is marked `browser`.

A page that breaks the content security policy or throws in a script fails the test it is in.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from portal.organisation.models import User
from tests.browser.keyboard import Keyboard
from tests.browser.page_types import Reader, Staged
from tests.browser.visiting import Visit, session_cookie
from tests.conftest import Library
from tests.services import axe as axe_core
from tests.services import chromium

HERE = Path(__file__).parent
# Playwright's own event loop runs in the test's thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# The rules of WCAG 2.2 AA, and what axe calls good practice.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the system's Chromium."""
    # The sandbox refuses root, and most containers refuse the sandbox; the pages are our own.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": chromium.path(), "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Be a Swedish reader."""
    return {**browser_context_args, "locale": "sv-SE", "timezone_id": "Europe/Stockholm"}


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that fails the test on a broken policy or an uncaught error in a script."""
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    """The reader's keyboard."""
    return Keyboard(page)


@pytest.fixture
def sign_in(context: BrowserContext, live_server: Any) -> Callable[[User], None]:
    """Return a function that signs someone in without going through the form."""

    def sign_in(user: User) -> None:
        context.add_cookies([session_cookie(user, live_server.url)])

    return sign_in


@pytest.fixture
def staged(library: Library, readers: dict[Reader, User]) -> Staged:
    """Everything that can be seen is there to see."""
    return Staged(readers["ada"])


@pytest.fixture
def readers(ada: User, berit: User, protected: User, admin: User) -> dict[Reader, User]:
    """Those who pages are shown to."""
    return {"ada": ada, "berit": berit, "protected": protected, "admin": admin}


@pytest.fixture
def visit(page: Page, staged: Staged, live_server: Any, readers: dict[Reader, User]) -> Visit:
    """Return what opens a page of any kind."""
    return Visit(page, staged, readers, live_server.url)


# Ornaments that axe cannot see through: with them gone it knows what lies behind every word. That
# they leave the words readable is measured in test_accessibility.
ORNAMENTS = """.footer__ring, .certificate__ring, .steps > li::before, .steps > li::after {
  display: none !important
}"""
# What the time of day changes is colours alone.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
AXE = """([only, ornaments]) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(ornaments);
  document.adoptedStyleSheets = [sheet];
  return axe.run(document, {
    runOnly: only,
    rules: only.type == "tag" ? {"target-size": {enabled: true}} : {},
    resultTypes: ["violations", "incomplete"],
  }).finally(() => { document.adoptedStyleSheets = []; });
}"""


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Return a function that lists the rules a page breaks, or may break, with where."""

    def faults(page: Page, *, only_colours: bool = False) -> list[str]:
        # evaluate, not a script tag: the page's policy allows no script of ours.
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(axe_core.script())
        tags = {"type": "tag", "values": AXE_TAGS}
        rules = {"type": "rule", "values": COLOUR_RULES}
        found = page.evaluate(AXE, [rules if only_colours else tags, ORNAMENTS])
        return [
            f"{rule['id']} ({kind}): {rule['help']} – {node['html'][:160]}"
            for kind in ("violations", "incomplete")
            for rule in found[kind]
            for node in rule["nodes"]
        ]

    return faults
