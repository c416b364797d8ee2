"""A new edition of the programme, made, compared and published in the editor."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from content.models import Edition
from content.models.programme import EditionStatus
from portal.organisation.models import User
from tests.browser.keyboard import Keyboard
from tests.conftest import Library

pytestmark = pytest.mark.django_db(transaction=True)

ACTIVITY = "Alla bibliotek visar var den som är utsatt kan få stöd"
INDICATOR = "Andel bibliotek som visar var stöd finns"


@pytest.fixture
def reader(browser: Browser, library: Library, live_server: Any) -> Callable[[], Locator]:
    """Return a function that opens the board's page as a stranger and returns its main part."""

    def open_page() -> Locator:
        context = browser.new_context(locale="sv-SE")
        page = context.new_page()
        page.goto(f"{live_server.url}/ansvar/kulturnamnden/")
        return page.get_by_role("main")

    return open_page


def choose(page: Page, field: str, name: str) -> None:
    """Choose the row called *name* in the chooser of *field*."""
    page.locator(f"#id_{field}-chooser").get_by_role("button", name="Välj").first.click()
    dialog = page.get_by_role("dialog")
    search = dialog.get_by_role("textbox").first
    if search.count():
        search.fill(name)
    dialog.get_by_role("link", name=name).first.click()
    expect(dialog).to_have_count(0)
    expect(page.locator(f"#id_{field}-chooser")).to_contain_text(name)


class TestANewEdition:
    def test_is_copied_changed_compared_and_published_and_the_boards_page_shows_it(
        self,
        page: Page,
        keyboard: Keyboard,
        sign_in: Callable[[User], None],
        admin: User,
        live_server: Any,
        reader: Callable[[], Locator],
    ) -> None:
        page.set_viewport_size({"width": 1400, "height": 1000})
        expect(reader()).not_to_contain_text(ACTIVITY)
        sign_in(admin)

        # Made, from the one there is
        old = Edition.objects.get(key="2021-2025")
        page.goto(f"{live_server.url}/cms/snippets/content/edition/")
        row = page.get_by_role("row", name=re.compile("2021-2025"))
        row.get_by_role("button", name=re.compile("Fler alternativ")).press("Enter")
        with page.expect_navigation():
            page.get_by_role("link", name="Gör en ny utgåva av den här").first.press("Enter")
        keyboard.tab_to("textbox", re.compile("Titel"))
        page.keyboard.press("Control+A")
        page.keyboard.type("Stockholms stads program mot våld 2026-2030")
        page.get_by_label("Från och med år").fill("2026")
        page.get_by_label("Till och med år").fill("2030")
        keyboard.follow("Gör utgåvan", role="button")
        expect(page.get_by_role("main")).to_contain_text("Bara redaktörer ser den.")
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            "Utgåvan 2026–2030 jämförd med 2021–2025"
        )
        expect(page.get_by_role("heading", name="Mål 6: inga ändringar")).to_be_visible()
        compared = page.url

        # An activity, with a responsible board, and an indicator that follows it
        keyboard.follow("Redigera mål 6")
        new = "activities-1"
        page.locator("#id_activities-ADD").press("Enter")
        page.locator(f"#id_{new}-text").fill(ACTIVITY)
        page.locator(f"#id_{new}-key").fill("m6-a2")
        choose(page, f"{new}-source", "Kulturförvaltningen")
        page.locator(f"#id_{new}-responsibilities-ADD").press("Enter")
        choose(page, f"{new}-responsibilities-0-board", "Kulturnämnden")
        choose(page, f"{new}-responsibilities-0-source", "Kulturförvaltningen")
        page.locator("#id_indicators-ADD").press("Enter")
        page.locator("#id_indicators-0-text").fill(INDICATOR)
        page.locator("#id_indicators-0-follows").fill("m6-a2")
        choose(page, "indicators-0-source", "Kulturförvaltningen")
        with page.expect_navigation():
            page.get_by_role("button", name="Spara utkast").first.click()
        expect(reader()).not_to_contain_text(ACTIVITY)

        # Compared, in words
        page.goto(compared)
        expect(page.get_by_role("heading", name="Mål 6: ändringar")).to_be_visible()
        for words in (ACTIVITY, INDICATOR):
            changed = page.get_by_role("row").filter(has_text=words)
            expect(changed).to_contain_text("Ny")
            expect(changed).to_contain_text("finns inte")
        expect(page.get_by_role("row").filter(has_text=ACTIVITY)).to_contain_text("Kulturnämnden")

        # Published, and seen by everyone at once
        keyboard.follow("Publicera utgåvan")
        expect(page.get_by_role("main")).to_contain_text("2021–2025 blir ersatt.")
        keyboard.follow("Publicera utgåvan 2026–2030", role="button")
        expect(page.get_by_role("main")).to_contain_text("Utgåvan 2026–2030 gäller.")
        expect(reader()).to_contain_text(ACTIVITY)
        expect(reader()).to_contain_text("2026–2030")
        old.refresh_from_db()
        assert old.status == EditionStatus.REPLACED
