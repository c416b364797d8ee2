"""A reader who has a keyboard and nothing else."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page

type Role = Literal["button", "checkbox", "combobox", "link", "radio", "searchbox", "textbox"]
type Name = str | re.Pattern[str]

MOST_TABS = 250


class Keyboard:
    """Moves and presses. `pages` counts the pages that a press of Enter has led to."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages = 0

    @property
    def focused(self) -> Locator:
        """What has focus."""
        return self.page.locator(":focus")

    def press(self, key: str, times: int = 1) -> None:
        """Press *key* so many times."""
        for _ in range(times):
            self.page.keyboard.press(key)

    def tab_to(self, role: Role, name: Name, *, exact: bool = True) -> None:
        """Press Tab until the control of that role and name has focus."""
        exact = exact and isinstance(name, str)
        self.reach(self.page.get_by_role(role, name=name, exact=exact), f"the {role} {name!r}")

    def unfold(self, words: str) -> None:
        """Tab to what is folded under these words and open it."""
        self.reach(self.page.locator("summary", has_text=words), f"the summary {words!r}")
        self.press("Enter")

    def reach(self, wanted: Locator, called: str) -> None:
        """Press Tab until *wanted* has focus."""
        for _ in range(MOST_TABS):
            self.press("Tab")
            if wanted.and_(self.focused).count():
                return
        pytest.fail(f"Tab never reached {called} on {self.page.url}")

    def follow(self, name: Name, *, role: Role = "link", exact: bool = True) -> None:
        """Tab to a link, or a button, and press Enter: another page opens."""
        self.tab_to(role, name, exact=exact)
        with self.page.expect_navigation():
            self.press("Enter")
        self.pages += 1

    def write(self, label: str, text: str) -> None:
        """Tab to the field with that label and write."""
        self.tab_to("textbox", label)
        self.page.keyboard.type(text)

    def choose(self, *names: str) -> None:
        """Choose answers by name: arrows among radio buttons, Space for each checkbox."""
        if self.page.get_by_role("main").get_by_role("radio").count():
            (name,) = names
            options = self.page.get_by_role("main").get_by_role("radio")
            self.tab_to("radio", re.compile(""))
            place = [text.strip() for text in self.labels(options)].index(name)
            # Focus is on the first one when none is chosen; an arrow both moves and chooses.
            self.press("ArrowDown", place) if place else self.press("Space")
            return
        for name in sorted(names, key=self.labels(self.page.get_by_role("checkbox")).index):
            self.tab_to("checkbox", name)
            self.press("Space")

    @staticmethod
    def labels(options: Locator) -> list[str]:
        """Return the words beside each of *options*."""
        return [
            " ".join(text.split())
            for text in options.evaluate_all(
                "inputs => inputs.map(input => input.labels[0].innerText)"
            )
        ]
