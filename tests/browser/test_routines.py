"""A unit's routine where the browser decides: on paper, on a narrow screen, without script."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from content.models import RoutineVersion
from portal.organisation.models import User
from tests.conftest import Library, Organisation
from tests.content.routines import full, saved

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "/vagledning/orosanmalan/rutin/"


@pytest.fixture
def home(live_server: Any, library: Library, organisation: Organisation) -> str:
    return f"{live_server}{HOME}{organisation.bjorken.pk}/"


@pytest.mark.parametrize("is_full", [True, False])
def test_a_routine_is_a_sheet_of_two_pages_however_much_is_filled_in(
    page: Page,
    home: str,
    sign_in: Callable[[User], None],
    organisation: Organisation,
    berit: User,
    is_full: bool,
) -> None:
    most = {**full(), "owner": full()["deputy"], "review_due_date": date(2026, 1, 2)}
    saved(organisation.bjorken, berit, **(most if is_full else {}))
    sign_in(berit)
    page.goto(home)

    paper = page.pdf(format="A4", prefer_css_page_size=True)

    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) <= 2
    page.emulate_media(media="print")
    assert page.get_by_text("Ska granskas senast").is_visible()
    assert not page.get_by_role("link", name="Ändra rutinen").is_visible()


@pytest.mark.parametrize("path", ["", "andra/", "versioner/", "versioner/1/", "../"])
def test_nothing_scrolls_sideways_on_the_narrowest_screen(
    page: Page,
    home: str,
    sign_in: Callable[[User], None],
    organisation: Organisation,
    berit: User,
    path: str,
) -> None:
    saved(organisation.bjorken, berit, **full())
    saved(organisation.bjorken, berit, **full() | {"own": "https://" + "a" * 90})
    sign_in(berit)
    page.set_viewport_size({"width": 320, "height": 800})

    page.goto(f"{home}{path}")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_manager_writes_it_without_script_and_nothing_is_lost_to_a_fault(
    page: Page,
    home: str,
    sign_in: Callable[[User], None],
    organisation: Organisation,
    berit: User,
) -> None:
    sign_in(berit)
    page.goto(home)
    page.get_by_role("link", name="Fyll i rutinen").click()
    page.get_by_label("Telefon till socialjouren").fill("08-465 004 00")
    page.get_by_role("button", name="Spara rutinen").click()

    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Skriv vem som är ansvarig för rutinen.")
    expect(page.get_by_label("Telefon till socialjouren")).to_have_value("08-465 004 00")
    page.get_by_label("Ansvarig för rutinen").fill("Biträdande rektor")
    page.get_by_label("Ska granskas senast").fill("2099-11-21")
    page.get_by_role("button", name="Spara rutinen").click()

    expect(page.get_by_role("main")).to_contain_text("Version 1 av rutinen är sparad.")
    expect(page.get_by_role("link", name="08-465 004 00")).to_be_visible()
    assert RoutineVersion.objects.get().owner == "Biträdande rektor"
