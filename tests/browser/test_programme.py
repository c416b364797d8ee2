"""The programme's pages where the browser decides: on paper, and on the narrowest screen."""

import re

import pytest
from django.db.models import QuerySet
from playwright.sync_api import Page

from content.models import BoardPage, MatrixPage
from tests.conftest import Library


def boards() -> QuerySet[BoardPage]:
    """Return the boards' pages."""
    return BoardPage.objects.live().order_by("slug")


def test_a_boards_page_is_a_sheet_of_two_pages(
    page: Page, live_server: object, library: Library
) -> None:
    sheets = {}
    for board in boards():
        page.goto(f"{live_server}{board.url}")
        paper = page.pdf(format="A4", prefer_css_page_size=True)
        sheets[board.slug] = len(re.findall(rb"/Type\s*/Page\b(?!s)", paper))

    assert len(sheets) == 9
    assert {slug: count for slug, count in sheets.items() if not 1 <= count <= 2} == {}


def test_a_sheet_keeps_whose_words_a_row_is_in(
    page: Page, live_server: object, library: Library
) -> None:
    page.emulate_media(media="print")
    page.goto(f"{live_server}/ansvar/kulturnamnden/")

    assert page.get_by_text("Programmets ord", exact=True).first.is_visible()
    assert page.get_by_text("Synpunkt", exact=True).first.is_visible()
    assert page.get_by_text("Programmets period").is_visible()


@pytest.mark.parametrize("width", [320, 700, 1280])
def test_a_matrix_never_scrolls_sideways(
    width: int, page: Page, live_server: object, library: Library
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for matrix in MatrixPage.objects.live():
        page.goto(f"{live_server}{matrix.url}")

        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, matrix.url
        # Each cell says which column it is, in words that stand beside it or above the column.
        is_card = page.evaluate("getComputedStyle(document.querySelector('.matrix td')).display")
        assert is_card == ("block" if width < 960 else "table-cell"), matrix.url


def test_a_matrix_can_be_taken_home_as_a_file(
    page: Page, live_server: object, library: Library
) -> None:
    page.goto(f"{live_server}/ansvar/namnder-och-aktiviteter/")

    with page.expect_download() as started:
        page.get_by_role("link", name="Ladda ner tabellen som CSV").click()

    assert started.value.suggested_filename == "namnd-aktivitet.csv"
    assert started.value.path().read_bytes().startswith(b"\xef\xbb\xbfN\xc3\xa4mnd;")


def test_a_row_of_a_register_is_marked_when_a_source_leads_to_it(
    page: Page, live_server: object, library: Library
) -> None:
    page.goto(f"{live_server}/ansvar/kulturnamnden/")
    page.get_by_role("main").get_by_role("link", name="Kulturförvaltningens").first.click()
    page.wait_for_url("**/kallor/#D3")

    row = page.locator("#D3")
    assert row.is_visible()
    assert row.evaluate("row => row.matches(':target')")
    assert row.bounding_box()["y"] > 0  # type: ignore[index]
