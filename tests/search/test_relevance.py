"""How well the shipped texts answer, and that the searches that matter most never fail."""

from functools import partial
from pathlib import Path

import pytest

from search import mirror as mirroring
from search import service
from search.evaluation import JudgedQuery, evaluate, load_judged, page_of
from search.management.commands.evaluate_search import found_paths
from search.models import SearchPassage

JUDGED = Path(__file__).parent / "judged"

pytestmark = pytest.mark.django_db


def answerable(name: str) -> list[JudgedQuery]:
    """The judged searches that the library has a good page for, judged by the pages it has."""
    here = {page_of(path) for path in SearchPassage.objects.values_list("path", flat=True)}
    restricted = [
        JudgedQuery(judged.query, {p: g for p, g in judged.grades.items() if p in here})
        for judged in load_judged(JUDGED / name)
    ]
    return [judged for judged in restricted if max(judged.grades.values(), default=0) >= 2]


MEANT = [
    ("orosanmälan", "vagledning/orosanmalan"),
    ("Orosanmälningar", "vagledning/orosanmalan"),
    ("orosanmalan", "vagledning/orosanmalan"),
    ("anmäla oro", "vagledning/orosanmalan"),
    ("göra en orosanmälan", "vagledning/orosanmalan"),
    ("socanmälan", "vagledning/orosanmalan"),
    ("misstänker att barn far illa", "vagledning/orosanmalan"),
    ("dagis", "vagledning/orosanmalan/i-forskolan"),
    ("orosanmälan dagis", "vagledning/orosanmalan/i-forskolan"),
    ("lärare oro elev", "vagledning/orosanmalan/i-skolan"),
    ("kulturskolan orosanmälan", "vagledning/orosanmalan/i-kulturen"),
    ("anmälningsplikt", "vagledning/orosanmalan/anmalningsskyldighet"),
    ("anonym orosanmälan", "vagledning/orosanmalan/anonym-anmalan"),
    ("rutin mall", "vagledning/orosanmalan/rutinmall"),
    ("akut fara", "vagledning/akut-fara"),
    ("strypgrepp", "vagledning/akut-fara"),
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


# Measured when 50 pages were there: .88 on SQLite and .89 on PostgreSQL over 21 searches, .80 and
# .83 over 23. The floors leave room for texts that change, not for a weight that is wrong.
@pytest.mark.parametrize(
    ("name", "at_least", "floor"), [("queries-dev.tsv", 20, 0.85), ("own.tsv", 20, 0.75)]
)
@pytest.mark.usefixtures("library")
def test_judged_searches_are_answered_well(name, at_least, floor):
    judged = answerable(name)
    assert len(judged) >= at_least
    figures = evaluate(judged, found_paths)
    assert figures.zero_hit_rate == 0
    assert figures.ndcg10 >= floor
    assert figures.mrr >= floor


@pytest.mark.parametrize(("query", "path"), MEANT)
@pytest.mark.usefixtures("library")
def test_the_page_that_is_meant_comes_first(query, path):
    assert service.search(query).results[0].path == path


# Measured as above: .90 over 21 searches, .80 over 23. In one test, since the copy takes a second.
@pytest.mark.slow
@pytest.mark.usefixtures("library", "mirror")
def test_elasticsearch_answers_as_well():
    mirroring.rebuild()
    for name, floor in (("queries-dev.tsv", 0.85), ("own.tsv", 0.75)):
        figures = evaluate(answerable(name), partial(found_paths, engine="elasticsearch"))
        assert figures.zero_hit_rate == 0
        assert figures.ndcg10 >= floor
        assert figures.mrr >= floor
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
