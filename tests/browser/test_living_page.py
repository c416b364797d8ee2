"""Every component and every state in a browser: rules, widths, sizes, and what a press does."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portal.components import TABS
from tests.conftest import Library

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/om-portalen/komponenter/"
STATES = ("404", "403", "formular", "utloggad", "steg", "nej", "500", "stangt")
PLACES = [
    *(f"?flik={tab}" for tab in TABS),
    "?flik=formular&prova=1",
    *(f"?tillstand={state}" for state in STATES),
]
HOW_FAR_OUTSIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def open_page(page: Page, library: Library, live_server: Any) -> Callable[[str], Page]:
    """Return what opens the living page with a query."""

    def open_page(query: str) -> Page:
        page.goto(f"{live_server.url}{ADDRESS}{query}")
        return page

    return open_page


class TestEveryComponentAndState:
    @pytest.mark.parametrize("width", [320, 1280])
    def test_breaks_no_rule_by_day_or_by_night(
        self, open_page: Callable[[str], Page], axe: Callable[..., list[str]], width: int
    ) -> None:
        found: list[str] = []
        for query in PLACES:
            page = open_page(query)
            page.set_viewport_size({"width": width, "height": 900})
            page.locator("main details").evaluate_all("all => all.forEach(d => { d.open = true })")
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                faults = axe(page, only_colours=scheme == "dark")
                found += [f"{query}, {scheme}: {fault}" for fault in faults]

        assert not found, "\n".join(found)

    def test_fits_a_narrow_screen_and_large_letters(self, open_page: Callable[[str], Page]) -> None:
        outside = {}
        for query in PLACES:
            page = open_page(query)
            for width, size in ((320, "100%"), (640, "200%"), (390, "200%")):
                page.set_viewport_size({"width": width, "height": 900})
                page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
                if (far := page.evaluate(HOW_FAR_OUTSIDE)) > 0:
                    outside[query, width, size] = far

        assert outside == {}


class TestTheExampleForm:
    def test_moves_focus_to_the_summary_and_from_there_to_the_field(
        self, open_page: Callable[[str], Page]
    ) -> None:
        page = open_page("?flik=formular")
        page.get_by_role("button", name="Prova formuläret").click()
        summary = page.get_by_role("alert")

        expect(summary).to_be_focused()
        summary.get_by_role("link", name="Välj ett svar.").click()
        expect(
            page.get_by_role("group", name="Måste chefen").get_by_label("Ja", exact=True)
        ).to_be_focused()

    def test_says_its_fault_when_the_field_is_reached(
        self, open_page: Callable[[str], Page]
    ) -> None:
        page = open_page("?flik=formular&prova=1")

        expect(page.get_by_label("Vad gäller det?")).to_have_accessible_description(
            "Skriv aldrig namn eller personnummer. Fel: Skriv vad det gäller."
        )

    def test_can_be_filled_in_without_a_mouse_or_a_script(
        self, browser: Any, browser_context_args: dict[str, Any], library: Library, live_server: Any
    ) -> None:
        context = browser.new_context(**browser_context_args, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{live_server.url}{ADDRESS}?flik=formular")
        form = page.locator(".example-form")
        form.get_by_label("Vad gäller det?").fill("Ett barn i gruppen")
        form.get_by_label("Verksamhet").select_option("Förskola")
        form.get_by_label("Nej").check()
        form.get_by_label("Barnet sover dåligt").check()
        for place, step in enumerate(("Ring 112", "Gör orosanmälan", "Skriv ner"), start=1):
            form.get_by_label(step).select_option(str(place))
        for row in ("Barnet är i fara", "Du misstänker", "Du vet inte"):
            form.get_by_label(row).select_option(index=1)
        form.get_by_role("button").press("Enter")

        expect(page.get_by_role("status").filter(has_text="Allt är ifyllt")).to_be_visible()
        context.close()


class TestWhatAWordMeans:
    def test_opens_by_a_press_stays_and_closes_by_escape(
        self, open_page: Callable[[str], Page]
    ) -> None:
        page = open_page("?flik=knappar")
        word, meaning = page.locator("[data-tip] summary"), page.locator(".tip__text")
        expect(meaning).to_be_hidden()
        word.press("Enter")
        page.mouse.move(5, 5)
        expect(meaning).to_be_visible()
        page.keyboard.press("Escape")

        expect(meaning).to_be_hidden()
        expect(word).to_be_focused()

    def test_takes_no_line_of_its_own_before_it_is_opened(
        self, open_page: Callable[[str], Page]
    ) -> None:
        page = open_page("?flik=knappar")
        sentence = page.locator(".prose > div:has([data-tip])")

        assert sentence.evaluate(
            "e => e.getClientRects()[0].height / parseFloat(getComputedStyle(e).lineHeight)"
        ) == pytest.approx(1, abs=0.3)


class TestWithoutANet:
    def test_the_page_says_so_until_the_net_is_back(
        self, open_page: Callable[[str], Page], context: BrowserContext
    ) -> None:
        page = open_page("?flik=vagar")
        notice = page.get_by_role("status").get_by_text("Du är utan nät.")
        expect(notice).to_be_hidden()
        context.set_offline(True)
        expect(notice).to_be_visible()
        context.set_offline(False)

        expect(notice).to_be_hidden()

    def test_a_machine_without_a_net_still_reaches_a_portal_of_its_own(
        self, open_page: Callable[[str], Page]
    ) -> None:
        """`make run` on a laptop in a train: the browser says offline, the portal answers."""
        page = open_page("?flik=vagar")
        page.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => false})")
        with page.expect_response("**/halsa/live"):
            page.evaluate("window.dispatchEvent(new Event('offline'))")

        expect(page.locator("[data-offline] p")).to_be_hidden()


def test_forced_colours_keep_the_bars_and_the_chosen_tab(open_page: Callable[[str], Page]) -> None:
    page = open_page("?flik=siffror")
    page.emulate_media(forced_colors="active")
    shape = "e => [getComputedStyle(e).fill, getComputedStyle(e).stroke]"
    fill, _ = page.locator(".chart__fill").first.evaluate(shape)
    track, outline = page.locator(".chart__track").first.evaluate(shape)
    tabs = page.get_by_role("navigation", name="Komponenter").get_by_role("link")
    widths = tabs.evaluate_all("all => all.map(e => getComputedStyle(e).borderBottomWidth)")

    assert fill != track
    assert outline == fill
    assert sorted(set(widths)) == ["0px", "4px"]
