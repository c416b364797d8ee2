"""The JSON contract."""

import json
import logging

import pytest
from django.urls import reverse

from content.models import ViolenceTypePage
from content.taxonomy import Kind
from tests.search.publishing import heading, page, text

pytestmark = pytest.mark.django_db

KEYS = {"query", "corrected", "total", "engine", "results"}
RESULT_KEYS = {"path", "type", "title", "url", "heading", "snippet", "score"}


@pytest.fixture(autouse=True)
def _pages():
    page("Skoter", text("Om skotrar."), heading("Bensin & olja"), text("Fyll på bensin."))
    page("Skoter i förskolan", text("Barn på skoter."), operations=["forskola"])
    page("Släde", text("En släde är ingen skoter."), model=ViolenceTypePage, slug="slade")


@pytest.fixture
def search(client):
    def get(**parameters):
        response = client.get("/api/sok", parameters)
        assert response["Content-Type"] == "application/json"
        return response.status_code, response.json()

    return get


def test_the_addresses_have_their_names():
    assert reverse("api_search") == "/api/sok"
    assert reverse("api_suggest") == "/api/sok/forslag"


def test_an_answer_has_exactly_the_keys_and_types_of_the_contract(search):
    status, answer = search(q="bensin")
    assert status == 200
    assert set(answer) == KEYS
    assert answer["query"] == "bensin"
    assert answer["corrected"] is None
    assert answer["total"] == 1
    assert answer["engine"] == "embedded"
    [result] = answer["results"]
    assert set(result) == RESULT_KEYS
    assert isinstance(result.pop("score"), float)
    assert result == {
        "path": "skoter",
        "type": "vagledning",
        "title": "Skoter",
        "url": "/skoter/#bensin-olja",
        "heading": "Bensin & olja",
        "snippet": "Fyll på <mark>bensin</mark>.",
    }


def test_a_correction_is_a_string(search):
    assert search(q="sälde")[1]["corrected"] == "släde"


def test_ten_come_by_default_and_total_counts_all(search, client):
    for number in range(8):
        page(f"Skoter {number}", text("En skoter till."))
    answer = search(q="skoter")[1]
    assert (len(answer["results"]), answer["total"]) == (10, 11)
    assert len(search(q="skoter", antal="50")[1]["results"]) == 11
    assert len(search(q="skoter", antal="1")[1]["results"]) == 1
    assert len(client.get("/api/sok/forslag", {"q": "sko"}).json()["suggestions"]) == 8


@pytest.mark.parametrize("count", ["0", "-1", "51", "1000000000000", "tio", "1.5", "٣", " 5"])
def test_a_count_out_of_bounds_is_refused(search, count):
    status, answer = search(q="skoter", antal=count)
    assert status == 400
    assert answer == {"error": "antal ska vara ett heltal från 1 till 50."}


def test_typ_keeps_one_kind(search):
    answer = search(q="skoter", typ="valdstyp")[1]
    assert [result["path"] for result in answer["results"]] == ["slade"]
    assert answer["total"] == 1


def test_every_kind_of_the_contract_is_known(search):
    assert " ".join(Kind.values) == (
        "vagledning valdstyp uttryck forebyggande perspektiv program mal ansvar verksamhet stod "
        "ordlista lag statistik utbildning"
    )
    assert {search(q="skoter", typ=kind)[0] for kind in Kind.values} == {200}


def test_verksamhet_leaves_out_what_only_concerns_others(search):
    assert search(q="skoter", verksamhet="forskola")[1]["total"] == 3
    assert search(q="skoter", verksamhet="skola")[1]["total"] == 2


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"typ": "recept"}, "typ"),
        ({"verksamhet": "rymden"}, "verksamhet"),
        ({"typ": "\x00"}, "typ"),
    ],
)
def test_an_unknown_filter_is_refused(search, parameters, word):
    status, answer = search(q="skoter", **parameters)
    assert status == 400
    assert set(answer) == {"error"}
    assert word in answer["error"]


@pytest.mark.parametrize("query", ["", "   ", "\x00", "\u200b"])
def test_an_empty_query_is_refused(search, query):
    status, answer = search(q=query)
    assert status == 400
    assert answer == {"error": "Skriv vad du söker i q."}


def test_a_missing_query_is_refused(search):
    assert search() == (400, {"error": "Skriv vad du söker i q."})


@pytest.mark.parametrize(
    "query", ["och i att", '"', "NEAR(a b)", "'; DROP TABLE x; --", "<b>", "🙂", "a" * 5000, "%"]
)
def test_any_query_gets_an_answer(search, query):
    status, answer = search(q=query)
    assert status == 200
    assert set(answer) == KEYS
    assert len(answer["query"]) <= 200


def test_suggestions_have_exactly_the_keys_of_the_contract(client):
    response = client.get("/api/sok/forslag", {"q": "ben"})
    assert response.json() == {
        "suggestions": [{"text": "Bensin & olja", "url": "/skoter/#bensin-olja"}]
    }
    assert client.get("/api/sok/forslag").json() == {"suggestions": []}
    assert client.get("/api/sok/forslag", {"q": "\x00"}).json() == {"suggestions": []}


@pytest.mark.parametrize("path", ["/api/sok", "/api/sok/forslag"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_only_get_is_allowed_and_the_refusal_is_json(client, path, method):
    response = getattr(client, method)(path)
    assert response.status_code == 405
    assert response.json() == {"error": "Använd GET."}
    assert response["Allow"] == "GET, HEAD"
    assert client.head(f"{path}?q=skoter").status_code == 200


@pytest.mark.parametrize("path", ["/api/sok?q=skoter", "/api/sok", "/api/sok/forslag?q=sko"])
def test_nothing_is_remembered(client, caplog, path):
    with caplog.at_level(logging.DEBUG):
        response = client.get(path)
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert "skoter" not in "".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )


def test_letters_are_written_as_they_are(client):
    assert "Släde".encode() in client.get("/api/sok", {"q": "släde"}).content


def test_a_search_asks_few_questions_of_the_database(client, django_assert_max_num_queries):
    client.get("/api/sok", {"q": "skoter"})
    with django_assert_max_num_queries(4):
        client.get("/api/sok", {"q": "skoter", "typ": "valdstyp", "verksamhet": "skola"})


def test_a_closed_portal_asks_for_sign_in_in_json(client, settings, ada):
    settings.OPEN_CONTENT = False
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"
    ]  # fmt: skip
    for path in ("/api/sok?q=skoter", "/api/sok/forslag?q=sko"):
        response = client.get(path)
        assert (response.status_code, response.json()) == (401, {"error": "Logga in för att söka."})
    client.force_login(ada)
    assert client.get("/api/sok?q=skoter").status_code == 200


def test_an_answer_is_plain_json(client):
    assert json.loads(client.get("/api/sok?q=skoter").content)["total"] == 3
