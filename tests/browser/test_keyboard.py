"""Where focus goes on a page: everywhere it should, seen all the way, never under the bar."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.keyboard import MOST_TABS, Keyboard
from tests.browser.page_types import SAMPLE
from tests.browser.visiting import Visit

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}

# What is focused: whether that can be seen, and whether something lies over it. A control that is
# drawn by its label or by the words beside it shows focus there.
FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  window.reached = (window.reached ?? new Set()).add(element);
  const drawn = [element, element.closest("label"), element.nextElementSibling];
  const ring = drawn.find((each) => {
    const style = each && getComputedStyle(each);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const line = (ring ?? element).getClientRects()[0];
  const points = [0.1, 0.5, 0.9].map((part) => [
    line.left + part * line.width, line.top + line.height / 2,
  ]);
  const over = points.map(([x, y]) => document.elementFromPoint(x, y)).filter(
    (found) => !found || !(found.contains(element) || element.contains(found)
      || found.closest("label")?.contains(element)),
  );
  return {
    name: (element.getAttribute("aria-label") ?? element.innerText ?? "").trim()
      || element.name || element.outerHTML.slice(0, 80),
    ring: Boolean(ring),
    over: over.map((found) => found ? found.outerHTML.slice(0, 80) : "outside the window"),
  };
}"""
# Some pages put focus where something is told; the way through the page begins at its top.
FROM_THE_TOP = """() => {
  window.reached = new Set();
  const top = document.createElement("a");
  top.tabIndex = -1;
  document.body.prepend(top);
  top.focus();
  top.remove();
}"""
NEVER_REACHED = """() => {
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  return [...document.querySelectorAll(all)]
    .filter((element) => element.checkVisibility({visibilityProperty: true}))
    .filter((element) => !window.reached.has(element))
    // Of radio buttons with one name, one is reached by Tab and the others by the arrows.
    .filter((element) => element.type !== "radio" || ![...window.reached].some(
      (reached) => reached.type === "radio" && reached.name === element.name))
    .map((element) => element.outerHTML.slice(0, 120));
}"""


def faults_on_the_way(page: Page, keyboard: Keyboard) -> list[str]:
    """Press Tab through the whole page and return what was wrong on the way."""
    faults: list[str] = []
    page.evaluate(FROM_THE_TOP)
    for step in range(MOST_TABS):
        keyboard.press("Tab")
        focused: dict[str, Any] | None = page.evaluate(FOCUSED)
        if focused is None:
            break
        if step == 0 and focused["name"] != "Hoppa till innehållet":
            faults.append(f"first in tab order is {focused['name']!r}")
        if step == 1 and focused["name"] != "Lämna sidan":
            faults.append(f"second in tab order is {focused['name']!r}")
        if not focused["ring"]:
            faults.append(f"focus cannot be seen on {focused['name']!r}")
        faults += [f"over {focused['name']!r} lies {what}" for what in focused["over"]]
    else:
        faults.append("Tab never came to the end of the page")
    return faults + [f"never reached: {html}" for html in page.evaluate(NEVER_REACHED)]


@pytest.mark.parametrize("size", SIZES)
def test_tab_leads_to_everything_and_focus_is_always_seen(
    size: str, visit: Visit, keyboard: Keyboard
) -> None:
    width, height = SIZES[size]
    visit.page.set_viewport_size({"width": width, "height": height})
    found: list[str] = []
    for page_type in SAMPLE:
        page = visit(page_type)
        found += [f"{page_type.name}: {fault}" for fault in faults_on_the_way(page, keyboard)]

    assert not found, "\n".join(found)


def test_the_first_link_skips_to_the_text(visit: Visit, keyboard: Keyboard) -> None:
    page = visit(next(kind for kind in SAMPLE if kind.name == "guidance"))
    keyboard.press("Tab")
    keyboard.press("Enter")
    keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_shift_tab_from_below_leaves_nothing_under_the_bar(
    visit: Visit, keyboard: Keyboard
) -> None:
    page = visit(next(kind for kind in SAMPLE if kind.name == "guidance"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("contentinfo").get_by_role("link").last.focus()
    covered: list[str] = []
    for _ in range(60):
        keyboard.press("Shift+Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        covered += [f"over {focused['name']!r} lies {what}" for what in focused["over"]]

    assert not covered, "\n".join(covered)
