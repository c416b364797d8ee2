"""The programme for the city's own systems: everything that readers see, and nothing more."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from django.test import Client, override_settings

from content.models import Activity, Edition, Goal, Source
from tests.content.files import Files

TABLES = ["goals", "activities", "indicators", "responsibilities"]


def programme() -> Any:
    """Return what `/api/program` answers."""
    response = Client().get("/api/program")
    assert response["Content-Type"] == "application/json"
    return json.loads(response.content)


def table(name: str) -> list[dict[str, str]]:
    """Return a table as rows by column."""
    text = Client().get(f"/api/program/{name}.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def test_holds_editions_goals_boards_and_sources(loaded: Files) -> None:
    data = programme()

    [goal] = data["goals"]
    first = goal["activities"][0]
    assert [edition["key"] for edition in data["editions"]] == ["andra", "forsta"]
    assert data["editions"][0]["has_ended"] is True
    assert data["editions"][0]["replaces"] == "forsta"
    assert goal["label"] == "Mål 6 (stadens program)"
    assert goal["gaps"] == ["responsible"]
    assert goal["target_groups"] == ["barn", "vuxna"]
    assert (first["key"], first["tag"], first["source"]) == ("m6-a1", "quoted", "D3")
    assert first["responsible"][0] == {
        "board": "socialnamnden", "note": "en av dem", "tag": "reported", "source": "D3"
    }  # fmt: skip
    assert goal["indicators"][0]["follows"] == ["m6-a1", "m6-a2"]
    assert [board["key"] for board in data["boards"]] == ["socialnamnden", "servicenamnden"]
    assert {source["key"] for source in data["sources"]} == {"D0", "D3"}


def test_keeps_our_suggestion_and_what_has_no_goal_apart(loaded: Files) -> None:
    data = programme()

    [activity] = data["unplaced"]["activities"]
    assert (activity["key"], activity["portals_suggested_goal"]) == ("o-a1", 6)
    assert "o-a1" not in json.dumps(data["goals"])


@pytest.mark.parametrize(
    ("name", "rows"), [("goals", 1), ("activities", 3), ("indicators", 3), ("responsibilities", 1)]
)
def test_tables_hold_each_row_once(name: str, rows: int, loaded: Files) -> None:
    found = table(name)

    assert len(found) == rows
    assert all(row["edition"] == "andra" for row in found)


def test_a_table_has_an_empty_cell_where_nothing_is_known(loaded: Files) -> None:
    rows = {row["activity"]: row for row in table("activities")}

    assert rows["m6-a1"]["kind"] == "core"
    assert rows["m6-a2"]["kind"] == ""
    assert rows["o-a1"]["goal"] == ""
    assert rows["o-a1"]["portals_suggested_goal"] == "6"


def test_never_gives_out_a_draft(loaded: Files) -> None:
    source = Source.objects.get(key="D0")
    edition = Edition.objects.create(
        key="nasta", title="HEMLIGT", period_start=2027, period_end=2030, status="draft"
    )
    goal = Goal.objects.create(edition=edition, number=1, name="HEMLIGT", source=source)
    Activity.objects.create(key="x", edition=edition, goal=goal, text="HEMLIGT", source=source)
    shown = Goal.objects.get(number=6)
    hidden = Goal.objects.create(
        edition=shown.edition, number=7, name="HEMLIGT", source=source, live=False
    )
    Activity.objects.create(
        key="y", edition=shown.edition, goal=hidden, text="HEMLIGT", source=source
    )

    answers = [
        Client().get("/api/program"),
        *(Client().get(f"/api/program/{n}.csv") for n in TABLES),
    ]

    assert ["HEMLIGT" in answer.content.decode() for answer in answers] == [False] * 5


@pytest.mark.parametrize("address", ["/api/program", "/api/program/goals.csv"])
def test_is_sent_again_only_when_it_has_changed(address: str, loaded: Files) -> None:
    first = Client().get(address)
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    goal = Goal.objects.get()
    goal.name = "Ett annat namn"
    goal.save()
    changed = Client().get(address, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert changed.status_code == 200
    assert "Ett annat namn" in changed.content.decode()


def test_an_unknown_table_is_told_in_words(loaded: Files) -> None:
    response = Client().get("/api/program/boards.csv")

    assert response.status_code == 404
    assert "goals, activities, indicators, responsibilities" in response.json()["error"]


@pytest.mark.parametrize("address", ["/api/program", "/api/program/goals.csv"])
def test_is_only_read(address: str, loaded: Files) -> None:
    response = Client().post(address)

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("address", ["/api/program", "/api/program/goals.csv"])
def test_is_closed_where_the_content_is(address: str, loaded: Files) -> None:
    with override_settings(OPEN_CONTENT=False):
        response = Client().get(address)

    assert response.status_code == 401
    assert "error" in response.json()


def test_asks_few_questions(loaded: Files, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(10):
        Client().get("/api/program")
