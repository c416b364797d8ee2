"""From the start page to the right first step, for those who are in a hurry, in four steps at most.

Each case is walked twice: with a keyboard and without scripts, and on a phone with a thumb.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from content.models import GuidancePage
from tests.browser.keyboard import Keyboard
from tests.conftest import Library

pytestmark = pytest.mark.django_db(transaction=True)
MOST = 4


@dataclass(frozen=True)
class Case:
    """Who it is, what is followed, and words of the first step that one then reads."""

    name: str
    follow: tuple[str, ...]
    first_step: str


CASES = [
    Case("a hurt child in preschool", ("Jag är orolig", "I förskolan"), "Fara nu"),
    Case(
        "a pupil afraid of being married off in the summer",
        ("För en ung, en vuxen eller en äldre", "Heder: agera säkert"),
        "säg ingenting hemma",
    ),
    Case(
        "an elderly man hit by his wife",
        ("För en ung, en vuxen eller en äldre", "Våld mot äldre"),
        "112",
    ),
    Case(
        "a youth whose pictures are spread",
        ("För en ung, en vuxen eller en äldre", "Digitalt våld"),
        "bild",
    ),
    Case("a colleague with bruises", ("För en kollega",), "enskilt"),
    Case("someone at the desk who is threatened now", ("Någon hotar mig på jobbet",), "112"),
]


@pytest.fixture(autouse=True)
def _at_the_start_page(library: Library, page: Page, live_server: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url)


def reads_the_first_step(page: Page, case: Case) -> None:
    """See that what to do stands in the steps, above the depth."""
    first = page.locator("ol.steps > li").first
    expect(first).to_be_visible()
    short = page.locator("article").inner_text().partition("Fördjupning")[0]
    assert case.first_step.casefold() in short.casefold(), page.url


@pytest.mark.browser_context_args(java_script_enabled=False)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_by_keyboard_without_scripts(page: Page, keyboard: Keyboard, case: Case) -> None:
    for words in case.follow:
        keyboard.follow(words, exact=False)

    assert keyboard.pages <= MOST
    reads_the_first_step(page, case)


@pytest.mark.browser_context_args(has_touch=True, is_mobile=True)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_with_a_thumb_on_a_phone(page: Page, case: Case) -> None:
    taps = 0
    for words in case.follow:
        wanted = page.get_by_role("main").get_by_role("link", name=words).first
        with page.expect_navigation():
            wanted.tap()
        taps += 1

    assert taps <= MOST
    reads_the_first_step(page, case)


class TestTheStepper:
    ANSWERS = (
        "Nej, inte just nu",
        "Förskola",
        "Slag, hot eller kränkningar",
        "Nej, eller jag vet inte",
        "Järva",
    )

    @pytest.mark.browser_context_args(java_script_enabled=False)
    def test_takes_five_presses_goes_back_and_leaves_nothing_behind(
        self, page: Page, keyboard: Keyboard
    ) -> None:
        keyboard.follow("För ett barn: svara på några frågor")
        for words in self.ANSWERS:
            keyboard.follow(words, exact=False)

        expect(page.get_by_role("heading", level=1)).to_have_text("Gör så här")
        expect(page.locator("ol.steps > li").first).to_contain_text("innan barnet går hem")
        expect(page.get_by_role("main")).to_contain_text("Järva")
        expect(page.get_by_role("link", name="Orosanmälan i förskolan")).to_be_visible()
        assert page.context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0

        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Var bor barnet?")
        page.get_by_role("link", name="Tillbaka till förra frågan").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("tryggt")

    def test_danger_leads_to_the_number_at_once(self, page: Page) -> None:
        page.get_by_role("link", name="För ett barn: svara på några frågor").click()
        page.get_by_role("link", name="Ja, det är fara nu").click()

        expect(page.locator("ol.steps > li").first).to_contain_text("Ring 112 nu")

    def test_is_printed_on_a_page_or_two(self, page: Page, live_server: Any) -> None:
        page.goto(
            f"{live_server.url}/vagledning/orosanmalan/guide/"
            "?fara=nej&verksamhet=skola&oro=heder&idag=nej&stadsdel=jarva"
        )
        pages = page.pdf(format="A4").count(b"/Type /Page\n")
        assert 1 <= pages <= 2


class TestAWordOfTheGlossary:
    def test_is_explained_by_a_press_and_closed_by_escape(
        self, page: Page, live_server: Any
    ) -> None:
        page.goto(f"{live_server.url}/valdstyper/hedersrelaterat-vald-och-fortryck/")
        word = page.locator("button.term").first
        tip = page.locator(f"#{word.get_attribute('popovertarget')}")
        expect(tip).to_be_hidden()

        word.focus()
        page.keyboard.press("Enter")
        expect(tip).to_be_visible()
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()
        expect(word).to_be_focused()

    def test_breaks_no_rule_while_it_is_open(
        self, page: Page, live_server: Any, axe: Callable[..., list[str]]
    ) -> None:
        page.goto(f"{live_server.url}/valdstyper/hedersrelaterat-vald-och-fortryck/")
        page.locator("button.term").first.click()

        # Of the text that lies below the explanation axe cannot tell the contrast.
        found = [fault for fault in axe(page) if "color-contrast (incomplete)" not in fault]
        assert found == []

    @pytest.mark.browser_context_args(java_script_enabled=False)
    def test_needs_no_script(self, page: Page, live_server: Any) -> None:
        page.goto(f"{live_server.url}/valdstyper/hedersrelaterat-vald-och-fortryck/")
        word = page.locator("button.term").first
        word.click()

        tip = page.locator(f"#{word.get_attribute('popovertarget')}")
        expect(tip).to_be_visible()
        expect(tip.get_by_role("link", name="Se ordlistan")).to_be_visible()


def test_guidance_is_printed_without_its_depth(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/vagledning/orosanmalan/i-forskolan/")
    page.emulate_media(media="print")
    below = page.locator(".depth ~ :not(.about-text)").first

    expect(page.locator("ol.steps").first).to_be_visible()
    expect(below).to_be_hidden()

    page.emulate_media(media="screen")
    page.get_by_label("Ta med fördjupningen på utskriften").check()
    page.emulate_media(media="print")
    expect(below).to_be_visible()


@pytest.mark.slow
def test_every_guidance_is_printed_on_one_page(page: Page, live_server: Any) -> None:
    """Whole population: what one needs to act has room on one sheet of A4."""
    printed = {}
    for guidance in GuidancePage.objects.live():
        if not guidance.url.startswith("/vagledning/"):
            continue
        page.goto(f"{live_server.url}{guidance.url}")
        printed[guidance.url] = page.pdf(format="A4", prefer_css_page_size=True).count(
            b"/Type /Page\n"
        )

    assert len(printed) > 45
    assert {url: pages for url, pages in printed.items() if pages != 1} == {}
