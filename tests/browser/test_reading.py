"""However one reads: narrow, with large or spread-out letters, in one's own colours, on paper."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.page_types import PAGE_TYPES, SAMPLE, PageType
from tests.browser.visiting import Visit

pytestmark = pytest.mark.django_db(transaction=True)

# What sticks out to the right, and what is cut off.
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return ["the page is wider than the window", ...[...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > wide + 1)
    .slice(-3).map((element) => element.outerHTML.slice(0, 120))];
}"""
CUT_OFF = """() => [...document.body.querySelectorAll("*")]
  .filter((element) => element.checkVisibility() && element.innerText?.trim())
  .filter((element) => {
    const style = getComputedStyle(element);
    const hides = ["hidden", "clip"].includes(style.overflowX);
    // Words for screen readers alone are a pixel wide on purpose.
    return hides && element.clientWidth > 1
      && (element.scrollWidth > element.clientWidth + 1
        || element.scrollHeight > element.clientHeight + 1);
  })
  .map((element) => `cut off: ${element.outerHTML.slice(0, 120)}`)"""
# WCAG 1.4.12
SPACED = """* {
  line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important
} p { margin-block-end: 2em !important }"""
# Ornaments that run out of their frame on purpose.
ORNAMENTS = ".footer__ring, .certificate__ring { display: none !important }"
STYLE = """(css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [sheet];
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, input, select, summary")]
  .filter((element) => element.checkVisibility({visibilityProperty: true}))
  .filter((element) => !element.matches(".skip, [type=hidden]"))
  .filter((element) => {
    const after = getComputedStyle(element, "::after");
    // The whole row or door opens where the link's ::after covers it.
    if (after.position === "absolute" && after.content !== "none") return false;
    const {width, height} = (element.closest("label") ?? element).getBoundingClientRect();
    const inAText = getComputedStyle(element).display === "inline";
    return !inAText && (width < 24 || height < 24);
  })
  .map((element) => element.outerHTML.slice(0, 120))"""

# Fields and buttons where neither they nor the label that draws them have an edge. Links, and
# buttons that read as links, are underlined.
WITHOUT_EDGE = """() => [...document.querySelectorAll("input, select, button, .button, .exit")]
  .filter((element) => element.checkVisibility())
  .filter((element) => !element.matches("[type=hidden], .button--link, .user__open, .term"))
  .filter((element) => !element.closest(".drawer"))
  .map((element) => element.closest("label") ?? element)
  .filter((element) => ![element, ...element.children].some((each) => {
    const style = getComputedStyle(each);
    return parseFloat(style.borderTopWidth) >= 1 && style.borderTopStyle !== "none";
  }))
  .map((element) => element.outerHTML.slice(0, 120))"""


def faults(visit: Visit, page_types: list[PageType], *scripts: str, css: str = "") -> list[str]:
    """Visit all of *page_types* and return what *scripts* find, with where."""
    found: list[str] = []
    for page_type in page_types:
        page = visit(page_type)
        page.evaluate(STYLE, ORNAMENTS + css)
        for script in scripts:
            found += [f"{page_type.name}: {fault}" for fault in page.evaluate(script)]
    return found


class TestRoom:
    def test_320_pixels_are_enough_and_everything_to_hit_is_large_enough(
        self, visit: Visit
    ) -> None:
        visit.page.set_viewport_size({"width": 320, "height": 640})
        found = faults(visit, PAGE_TYPES, OVERFLOW, CUT_OFF, SMALL_TARGETS)

        assert not found, "\n".join(found)

    @pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)])
    def test_text_of_twice_the_size_has_room(self, visit: Visit, width: int, height: int) -> None:
        visit.page.set_viewport_size({"width": width, "height": height})
        # As a reader sets it in the browser, so that widths in rem follow.
        session = visit.page.context.new_cdp_session(visit.page)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        visit(PAGE_TYPES[0])
        assert visit.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        found = faults(visit, PAGE_TYPES, OVERFLOW, CUT_OFF)

        assert not found, "\n".join(found)

    def test_a_root_of_twice_the_size_has_room_too(self, visit: Visit) -> None:
        visit.page.set_viewport_size({"width": 1280, "height": 900})
        twice = "html { font-size: 200% !important }"
        found = faults(visit, SAMPLE, OVERFLOW, CUT_OFF, css=twice)

        assert not found, "\n".join(found)

    def test_letters_and_lines_far_apart_have_room(self, visit: Visit) -> None:
        visit.page.set_viewport_size({"width": 390, "height": 844})
        found = faults(visit, SAMPLE, OVERFLOW, CUT_OFF, css=SPACED)

        assert not found, "\n".join(found)


def of(name: str) -> PageType:
    """Return the page type with that name."""
    return next(page_type for page_type in PAGE_TYPES if page_type.name == name)


def style(locator: Locator, *names: str) -> list[str]:
    """Return computed values of the element."""
    found: list[str] = locator.evaluate(
        "(element, names) => names.map((name) => getComputedStyle(element)[name])", names
    )
    return found


@pytest.mark.browser_context_args(forced_colors="active")
class TestForcedColours:
    def test_whatever_can_be_pressed_or_filled_in_has_an_edge(self, visit: Visit) -> None:
        found = faults(visit, SAMPLE, WITHOUT_EDGE)

        assert not found, "\n".join(found)

    def test_the_chosen_answer_looks_different(self, visit: Visit) -> None:
        page = visit(of("question_single"))
        options = page.get_by_role("main").locator("label:has(input[name=choice])")
        options.nth(1).click()
        seen = ["outlineStyle", "outlineWidth", "outlineColor"]

        assert style(options.nth(1), *seen) != style(options.nth(2), *seen)

    def test_state_is_told_by_a_shape_that_can_be_seen(self, visit: Visit) -> None:
        page = visit(of("manager_unit"))
        ground = style(page.locator("body"), "backgroundColor")
        shapes = page.locator("main table svg")

        assert shapes.count() >= 2
        for shape in shapes.all():
            assert style(shape, "stroke") != ground


class TestMotion:
    @pytest.mark.browser_context_args(reduced_motion="reduce")
    def test_nothing_moves_for_who_wants_nothing_to(self, visit: Visit) -> None:
        found = faults(
            visit,
            SAMPLE,
            """() => [...document.querySelectorAll("*")].filter((element) => {
              const style = getComputedStyle(element);
              return style.animationName !== "none" || style.scrollBehavior === "smooth"
                || style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
            }).map((element) => element.outerHTML.slice(0, 120))""",
        )

        assert not found, "\n".join(found)


class TestPaper:
    @staticmethod
    def pages(page: Page) -> list[tuple[float, float]]:
        """Print, and return the size of each sheet in points."""
        pdf = page.pdf(prefer_css_page_size=True, format="A4")
        return [
            (float(width), float(height))
            for width, height in re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        ]

    def test_guidance_has_its_address_and_day_and_nothing_that_was_for_the_screen(
        self, visit: Visit
    ) -> None:
        page = visit(of("guidance"))
        page.emulate_media(media="print")

        expect(page.get_by_text(f"{page.url}. Hämtad")).to_be_visible()
        expect(page.get_by_role("heading", name="Gör så här")).to_be_visible()
        for locator in (
            page.get_by_role("link", name="Lämna sidan"),
            page.get_by_role("search"),
            page.get_by_role("navigation"),
            page.get_by_role("contentinfo"),
            # A word that is explained on screen is still a word.
            page.get_by_role("button").and_(page.locator(":not(.term)")),
        ):
            for each in locator.all():
                expect(each).not_to_be_visible()

    def test_the_steps_come_on_the_first_sheet(self, visit: Visit) -> None:
        page = visit(of("guidance"))
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 673, "height": 1000})  # A4 within its margins
        last = page.locator(".steps > li").last.bounding_box()

        assert last
        assert last["y"] + last["height"] < 1000

    def test_the_readers_name_is_not_printed_on_what_is_read(
        self, visit: Visit, sign_in: Any, ada: Any
    ) -> None:
        page = visit(of("guidance"))
        sign_in(ada)
        page.reload()
        page.emulate_media(media="print")

        for each in page.get_by_text("Ada Ahlgren").all():
            expect(each).not_to_be_visible()

    def test_a_certificate_is_one_sheet_lying_down_with_nothing_else_on_it(
        self, visit: Visit
    ) -> None:
        page = visit(of("certificate"))
        sheets = self.pages(page)
        page.emulate_media(media="print")

        assert len(sheets) == 1
        assert sheets[0][0] > sheets[0][1]
        certificate = page.get_by_role("article")
        expect(certificate).to_contain_text("Ada Ahlgren")
        expect(page.get_by_role("banner")).not_to_be_visible()
        expect(page.get_by_role("button", name="Skriv ut intyget")).not_to_be_visible()

    def test_dark_screens_give_light_paper(self, visit: Visit) -> None:
        page = visit(of("guidance"))
        page.emulate_media(media="print", color_scheme="dark")

        assert style(page.locator("body"), "backgroundColor", "color") == [
            "rgb(255, 255, 255)", "rgb(0, 0, 0)",
        ]  # fmt: skip
