"""The matrices: what is said, what is empty, which layer it is, and the file of it."""

import csv
import re
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from content import facts, matrices, teaching
from content.loading import page_index
from content.models import (
    Activity,
    Board,
    BoardPage,
    CompetenceArea,
    Goal,
    MatrixPage,
    PreventionCell,
    Remark,
    Responsibility,
)
from content.tables import csv_bytes
from portal.organisation.models import Operation
from tests.content.files import Files
from tests.content.pages import page_of, words_of
from tests.training.factories import make_module_page

ALL = ["niva-verksamhet", "namnd-aktivitet", "malgrupp-del", "modul-omrade"]


def page(matrix: str, **values: Any) -> MatrixPage:
    """Return a page of the matrix."""
    made: MatrixPage = page_of(MatrixPage, matrix=matrix, **values)
    return made


def rows_of(matrix: str) -> list[list[str]]:
    """Return the file of the matrix as a spreadsheet reads it."""
    response = Client().get(page(matrix, slug=f"matris-{matrix}").url + "?format=csv")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


class TestEveryMatrix:
    @pytest.mark.parametrize("matrix", ALL)
    def test_has_a_caption_and_a_head_for_every_row_and_column(
        self, matrix: str, loaded: Files
    ) -> None:
        html = Client().get(page(matrix).url).content.decode()
        table = html[html.index("<table") : html.index("</table>")]
        body = table[table.index("<tbody") :]

        assert "<caption>" in table
        assert table.count('scope="col"') >= 2
        assert body.count('scope="row"') == body.count("<tr") > 0
        # The label that a narrow screen puts before each value.
        assert body.count("<td") == len(re.findall(r'data-label="[^"]+"', body))

    @pytest.mark.parametrize("matrix", ALL)
    def test_says_in_every_empty_cell_that_it_is_empty(self, matrix: str, loaded: Files) -> None:
        rows = rows_of(matrix)

        assert all(cell.strip() for row in rows for cell in row)
        assert len({len(row) for row in rows}) == 1

    @pytest.mark.parametrize("matrix", ALL)
    def test_without_any_rows_says_so(self, matrix: str, loaded: Files) -> None:
        PreventionCell.objects.all().delete()
        Goal.objects.update(live=False)
        Activity.objects.filter(goal=None).delete()
        Remark.objects.all().delete()
        Board.objects.first().save()  # type: ignore[union-attr]

        assert Client().get(page(matrix).url).status_code == 200


class TestPrevention:
    def test_shows_each_operation_and_level_with_what_it_leans_on(self, loaded: Files) -> None:
        table = matrices.prevention(facts.now())
        [row] = [row for row in table.rows if row.head.text == "Förskola"]
        universal, selective, indicated = row.cells

        assert len(table.rows) == Operation.objects.count()
        assert (universal[0].text, universal[0].url) == ("Prata om kroppen.", "/vagledning/")
        assert [source["key"] for source in universal[0].sources] == ["D0"]
        assert selective[0].sources == ()
        assert indicated == ()

    def test_says_that_the_proposals_are_ours_and_holds_whatever_the_period(
        self, loaded: Files
    ) -> None:
        said = words_of(page("niva-verksamhet"))

        assert "Texterna i rutorna är våra förslag." in said
        assert "tomt: uppgift saknas" in said
        assert "Programmets period" not in said


class TestBoards:
    def test_never_merges_a_wish_with_a_duty(self, loaded: Files) -> None:
        social, service = Board.objects.order_by("key").reverse()
        table = matrices.boards(facts.now())
        cells = {row.head.text: row.cells for row in table.rows}
        official = [cell for cells_ in cells.values() for cell in cells_[:-1]]

        assert {entry.mark for cell in official for entry in cell} == {"official"}
        assert [entry.mark for entry in cells[social.name][-1]] == ["remark"]
        assert cells[service.name] == ((),) * len(table.columns)

    def test_tells_the_layers_apart_in_words(self, loaded: Files) -> None:
        rows = rows_of("namnd-aktivitet")
        [social] = [row for row in rows if row[0] == "Socialnämnden"]

        assert "Ansvarig: en av dem" in social
        assert social[-1] == "Synpunkt W01: Aktiviteterna är för många"
        assert rows[0][-1] == "Bara synpunkter"

    def test_shows_rows_without_a_goal_too(self, loaded: Files) -> None:
        loose = Activity.objects.get(key="o-a1")
        Responsibility.objects.create(
            activity=loose, board=Board.objects.get(key="servicenamnden"), source=loose.source
        )

        rows = rows_of("namnd-aktivitet")

        place = rows[0].index("Utan mål")
        assert [row[place] for row in rows if row[0] == "Servicenämnden"] == ["Ansvarig"]

    def test_links_to_the_boards_and_says_that_the_period_is_over(self, loaded: Files) -> None:
        board = page_of(BoardPage)

        html = Client().get(page("namnd-aktivitet").url).content.decode()

        assert f'<a href="{board.url}">Socialnämnden</a>' in html
        assert html.count("Programmets period") == 1


class TestTargetGroups:
    def test_shows_who_is_named_and_leaves_an_open_question_open(self, loaded: Files) -> None:
        table = matrices.target_groups(facts.now())
        [row] = table.rows
        cells = dict(zip([column.text for column in table.columns], row.cells, strict=True))

        assert cells["Barn"][0].mark == cells["Vuxna"][0].mark == "official"
        assert (cells["Äldre"][0].mark, cells["Äldre"][0].text) == ("open", "Ingår äldre?")
        assert cells["Unga"] == ()
        assert "nämns inte" in words_of(page("malgrupp-del"))


class TestCompetence:
    def test_shows_what_published_modules_cover(self, loaded: Files) -> None:
        catalogue = page_index()["utbildning"].specific
        make_module_page(catalogue, slug="tacker", areas=["close_relationships"])
        make_module_page(catalogue, slug="inget")
        make_module_page(catalogue, slug="utkast", areas=["close_relationships"], publish=False)

        table = matrices.competence(facts.now())
        cells = {row.head.text: row.cells[0] for row in table.rows}

        assert [column.text for column in table.columns] == ["Våld i nära relation"]
        assert cells["Tacker"][0].label == "Täcker"
        assert cells["Inget"] == ()
        assert "Utkast" not in cells

    def test_has_a_column_for_each_area_of_the_activity(self, loaded: Files) -> None:
        activity = Activity.objects.get(key="m6-a2")
        CompetenceArea.objects.create(activity=activity, key="ny", name="Något nytt")

        assert rows_of("modul-omrade")[0] == ["Modul", "Våld i nära relation", "Något nytt"]

    def test_asks_each_offer_once(self) -> None:
        before = list(teaching._offers)
        for offered in before:
            teaching.offer(offered)

        assert teaching._offers == before


class TestTheFile:
    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
    def test_runs_nothing_in_a_spreadsheet(self, start: str) -> None:
        [[cell]] = csv.reader(
            StringIO(csv_bytes([[f"{start}cmd|'/c calc'!A1"]]).decode("utf-8-sig"), newline=""),
            delimiter=";",
        )

        assert cell == f"'{start}cmd|'/c calc'!A1"

    def test_is_marked_as_utf_8_and_keeps_words_that_hold_its_own_signs(self) -> None:
        content = csv_bytes([["Å;ä", 'säger "ö"', None, 3]])

        assert content.startswith(b"\xef\xbb\xbf")
        assert list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";")) == [
            ["Å;ä", 'säger "ö"', "", "3"]
        ]

    def test_is_not_sent_again_unchanged(self, loaded: Files) -> None:
        address = page("namnd-aktivitet").url + "?format=csv"
        first = Client().get(address)

        again = Client().get(address, headers={"If-None-Match": first["ETag"]})
        Board.objects.create(key="ny", name="Ny nämnd", kind="specialist")
        changed = Client().get(address, headers={"If-None-Match": first["ETag"]})

        assert (again.status_code, again.content) == (304, b"")
        assert changed.status_code == 200
        assert changed["Cache-Control"] == "no-cache"

    def test_is_asked_for_by_its_name_alone(self, loaded: Files) -> None:
        response = Client().get(page("namnd-aktivitet").url + "?format=xml")

        assert response["Content-Type"].startswith("text/html")
