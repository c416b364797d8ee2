"""What must hold for every page of the shipped library that shows the programme."""

import re
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from content import documents, facts
from content.models import (
    Board,
    Figure,
    Goal,
    GoalPage,
    LegalProvision,
    MatrixPage,
    RegisterPage,
    Remark,
    Source,
)
from portal import generation
from tests.conftest import Library
from tests.content.pages import Words

MOST = 10


def addresses() -> list[str]:
    """Return the address of every page."""
    return [f"/{path}/" if path else "/" for path in sorted(documents.paths_by_id().values())]


def cold(address: str) -> int:
    """Return how many questions the first reader's page costs, with nothing remembered at all."""
    generation.forget_everything()
    cache.clear()
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(address).status_code == 200, address
    return len(asked)


def test_every_page_answers_with_few_questions_cold(library: Library) -> None:
    files = [page.url + "?format=csv" for page in MatrixPage.objects.live()]

    costs = {address: cold(address) for address in [*addresses(), *files]}

    assert {address: cost for address, cost in costs.items() if cost > MOST} == {}


def test_a_page_that_is_remembered_costs_at_most_two(library: Library) -> None:
    for address in (
        "/ansvar/kulturnamnden/",
        "/mal/mal-6-kunskapsutveckling/",
        "/forebyggande/matris/",
    ):
        Client().get(address + "?igen")

        with CaptureQueriesContext(connection) as asked:
            Client().get(address + "?igen")

        assert len(asked) <= 2, address


def test_goal_six_is_always_said_to_be_the_citys(library: Library) -> None:
    bare = re.compile(r"\b[Mm]ål 6\b(?! \(stadens program\))")
    found = {}
    for address in addresses():
        said = " ".join("".join(Words(Client().get(address).content.decode()).parts).split())
        # The county's goal of the same number is named as such.
        faults = [said[max(0, m.start() - 60) : m.end() + 30] for m in bare.finditer(said)]
        found[address] = [words for words in faults if "länet" not in words.lower()]

    assert {address: faults for address, faults in found.items() if faults} == {}


def test_every_goal_and_board_has_its_page(library: Library) -> None:
    known = facts.now()

    assert {page.goal_id for page in GoalPage.objects.live()} == {
        goal.pk for goal in known.goals
    } == set(Goal.objects.values_list("pk", flat=True))  # fmt: skip
    assert all(known.tree.about("BoardPage", board.pk) for board in Board.objects.all())


@pytest.mark.parametrize(
    ("register", "model"),
    [
        ("lagar", LegalProvision),
        ("statistik", Figure),
        ("kallor", Source),
        ("remissynpunkter", Remark),
    ],
)
def test_every_row_of_a_register_has_an_anchor_on_its_page(
    register: str, model: Any, library: Library
) -> None:
    assert RegisterPage.objects.filter(register=register, slug=register).exists()
    html = Client().get(f"/{register}/").content.decode()

    ids = set(re.findall(r'\bid="([^"]+)"', html))

    assert set(model.objects.values_list("key", flat=True)) - ids == set()
    assert len(re.findall(r'\bid="([^"]+)"', html)) == len(ids)


@pytest.mark.parametrize(
    ("query", "path", "anchor"),
    [
        ("olaga integritetsintrång", "lagar", "BRB-4-6"),
        ("äldrenämnden saknas som ansvarig", "remissynpunkter", "W04"),
        ("upprepat psykiskt våld procent kvinnor", "statistik", ""),
    ],
)
def test_rows_of_registers_are_found_with_their_anchor(
    query: str, path: str, anchor: str, library: Library
) -> None:
    kind = {"lagar": "lag", "statistik": "statistik"}.get(path, "program")

    found = Client().get("/api/sok", {"q": query, "typ": kind, "antal": 10}).json()["results"]

    urls = [result["url"] for result in found if result["path"] == path]
    assert urls
    assert anchor in urls[0]
    assert "#" in urls[0]
