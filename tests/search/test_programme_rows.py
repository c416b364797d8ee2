"""What search holds of the programme's rows follows them: after the commit, once, everywhere."""

from typing import Any

import pytest

from content.models import Board, BoardPage, Figure, RegisterPage, Remark, Source
from search import indexing, receivers, service
from search.models import SearchPassage
from tests.conftest import Library

CANARY = "skoterkapell"


@pytest.fixture(autouse=True)
def _loaded(library: Library) -> None:
    """The shipped library is there."""


def places(word: str) -> set[tuple[str, str]]:
    """Return page and anchor of each passage that holds *word*."""
    found = SearchPassage.objects.filter(text__contains=word)
    return set(found.values_list("path", "anchor"))


def test_a_register_is_found_row_by_row() -> None:
    assert service.search("upprepat fysiskt våld", kind="statistik").results[0].path == "statistik"
    for register in RegisterPage.objects.all():
        rows = SearchPassage.objects.filter(page=register.pk).exclude(anchor="")
        assert len(set(rows.values_list("anchor", flat=True))) == rows.count() > 4


def test_a_changed_remark_is_found_in_the_register_and_with_its_boards(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        remark = Remark.objects.get(key="W04")
        remark.text = f"En {CANARY}."
        remark.save()

    assert ("remissynpunkter", "W04") in places(CANARY)
    assert ("ansvar/aldrenamnden", "remissvar") in places(CANARY)
    assert not indexing.find_drift()


def test_a_remark_moves_with_its_boards(django_capture_on_commit_callbacks: Any) -> None:
    remark = Remark.objects.get(key="W04")
    with django_capture_on_commit_callbacks(execute=True):
        remark.boards.set([Board.objects.get(key="kulturnamnden")])

    found = {path for path, _ in places(remark.text)}
    assert "ansvar/kulturnamnden" in found
    assert "ansvar/aldrenamnden" not in found
    assert not indexing.find_drift()


def test_a_new_figure_and_a_new_source_are_found(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        source = Source.objects.create(key="ny", title=f"Om {CANARY}", kind="rapport")
        Figure.objects.create(key="nytal", topic="Nytt", text=f"Tre {CANARY}", source=source)

    assert places(CANARY) == {("kallor", "rapport"), ("statistik", "nytal")}
    assert not indexing.find_drift()


def test_many_rows_of_one_change_are_indexed_once(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as planned:
        for board in Board.objects.all():
            board.save()

    assert [work for work in planned if work is receivers._index_programme] == planned


def test_boards_are_found_by_what_they_do() -> None:
    board = BoardPage.objects.get(slug="kulturnamnden")

    assert SearchPassage.objects.filter(page=board.pk, anchor="aktiviteter").count() == 2
