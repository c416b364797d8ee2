"""How well the shipped texts answer, and that the searches that matter most never fail."""

from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from search import mirror as mirroring
from search import service
from search.evaluation import Evaluation, answerable, evaluate, load_judged
from search.management.commands.evaluate_search import found_paths
from search.models import SearchPassage

JUDGED = Path(__file__).parent / "judged"

pytestmark = pytest.mark.django_db


MEANT = [
    ("orosanmälan", "vagledning/orosanmalan"),
    ("Orosanmälningar", "vagledning/orosanmalan"),
    ("orosanmalan", "vagledning/orosanmalan"),
    ("anmäla oro", "vagledning/orosanmalan"),
    ("göra en orosanmälan", "vagledning/orosanmalan"),
    ("socanmälan", "vagledning/orosanmalan"),
    ("misstänker att barn far illa", "vagledning/orosanmalan"),
    ("dagis", "verksamheter/forskola"),
    ("orosanmälan dagis", "vagledning/orosanmalan/i-forskolan"),
    ("lärare oro elev", "vagledning/orosanmalan/i-skolan"),
    ("kulturskolan orosanmälan", "vagledning/orosanmalan/i-kulturen"),
    ("anmälningsplikt", "vagledning/orosanmalan/anmalningsskyldighet"),
    ("anonym orosanmälan", "vagledning/orosanmalan/anonym-anmalan"),
    ("rutin mall", "vagledning/orosanmalan/rutinmall"),
    ("akut fara", "vagledning/akut-fara"),
    ("strypgrepp", "valdets-uttryck/fysiskt-vald"),
    ("fråga om våld", "vagledning/fraga-om-vald"),
    ("någon berättar", "vagledning/nar-nagon-berattar"),
    ("VNR", "valdstyper/vald-i-nara-relationer"),
    ("vald i nara relationer", "valdstyper/vald-i-nara-relationer"),
    ("HRV", "valdstyper/hedersrelaterat-vald-och-fortryck"),
    ("tecken på våld", "valdets-uttryck/tecken-pa-vald"),
    ("universel prevention", "forebyggande/universell"),
    ("mål 6", "mal/mal-6-kunskapsutveckling"),
    ("rvc", "stod/relationsvaldscentrum"),
    ("socialjour", "stod/socialjouren"),
    ("kurs orosanmälan", "utbildning/orosanmalan"),
    ("skärmläsare", "tillganglighet"),
]

SECOND_ON_POSTGRESQL = {"fråga om våld"}
"""Common words alone: there the same question in a staff appraisal stands a hair before it."""


LEAST = {"queries-dev.tsv": 35, "own.tsv": 160}
"""How many judged searches the library has a good page for, at the least."""

# Measured with 193 pages: .90, .91 and .89 on the three engines over 38 searches, .82, .81 and .82
# over 226; MRR .97 to .94 and .90 to .89. The floors leave room for texts that change, not for a
# weight that is wrong. Nothing may fall below .80, whoever answers.
FLOORS = {"queries-dev.tsv": (0.87, 0.92), "own.tsv": (0.80, 0.87)}
MOST_WITHOUT_A_HIT = 0.03
MOST_APART = 0.02


def held_to_the_floors(name: str, engine: service.EngineName) -> Evaluation:
    """Ask the judged searches of an engine; what it gives must be above the floors."""
    judged = answerable(load_judged(JUDGED / name), _paths())
    assert len(judged) >= LEAST[name]
    figures = evaluate(judged, partial(found_paths, engine=engine))
    ndcg10, mrr = FLOORS[name]
    assert figures.zero_hit_rate <= MOST_WITHOUT_A_HIT
    assert figures.ndcg10 >= ndcg10
    assert figures.mrr >= mrr
    return figures


def _paths() -> set[str]:
    return set(SearchPassage.objects.values_list("path", flat=True))


@pytest.mark.parametrize("name", FLOORS)
@pytest.mark.usefixtures("library")
def test_judged_searches_are_answered_well(name):
    held_to_the_floors(name, "embedded")


@pytest.mark.parametrize("name", FLOORS)
def test_most_judged_searches_are_about_pages_that_there_are(name, library):
    judged = load_judged(JUDGED / name)
    assert len(answerable(judged, _paths())) >= 0.9 * len(judged)


@pytest.mark.parametrize(("query", "path"), MEANT)
@pytest.mark.usefixtures("library")
def test_the_page_that_is_meant_comes_first(query, path):
    first = 2 if connection.vendor == "postgresql" and query in SECOND_ON_POSTGRESQL else 1
    assert path in [page.path for page in service.search(query).results[:first]]


# In one test, since the copy takes a second. The database that answers beside it is SQLite in one
# run and PostgreSQL in the other, so that the three are held together two by two.
@pytest.mark.slow
@pytest.mark.usefixtures("library", "mirror")
def test_elasticsearch_answers_as_well(monkeypatch):
    monkeypatch.setattr(mirroring, "SEARCH_WITHIN", 30.0)  # how well, not how soon
    mirroring.rebuild()
    for name in FLOORS:
        here = held_to_the_floors(name, "embedded")
        there = held_to_the_floors(name, "elasticsearch")
        assert abs(here.ndcg10 - there.ndcg10) <= MOST_APART
    second_at_most = {
        query
        for query, path in MEANT
        if path in [page.path for page in service.search(query, engine="elasticsearch").results[:2]]
    }
    assert second_at_most == {query for query, _ in MEANT}


@pytest.mark.usefixtures("library")
def test_every_title_finds_its_own_page():
    titles = dict(SearchPassage.objects.filter(order=0).values_list("path", "title"))
    lost = {
        path: title
        for path, title in titles.items()
        if path not in [result.path for result in service.search(title).results[:3]]
    }
    assert lost == {}


@pytest.mark.usefixtures("library")
def test_a_lesson_is_found_at_its_own_address(client):
    found = [
        result
        for result in service.search("skriva sakligt lektion", kind="utbildning").results
        if result.path.count("/") == 2
    ]
    assert found
    assert client.get(found[0].url.partition("#")[0]).status_code == 200


@pytest.mark.usefixtures("library")
def test_every_address_that_search_gives_exists(client):
    urls = set(SearchPassage.objects.values_list("url", flat=True))
    anchors: dict[str, set[str]] = {}
    for url in urls:
        address, _, anchor = url.partition("#")
        anchors.setdefault(address, set()).add(anchor)
    missing = []
    for address, wanted in anchors.items():
        response = client.get(address)
        html = response.content.decode()
        missing += [
            f"{address}#{anchor}"
            for anchor in wanted
            if response.status_code != 200 or (anchor and f'id="{anchor}"' not in html)
        ]
    assert missing == []
