"""The search page."""

import re

import pytest
from django.urls import reverse

from content.models import ViolenceTypePage
from tests.search.publishing import heading, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pages():
    page("Skoter", text("Om skotrar."), heading("Bensin"), text("Fyll på bensin i skotern."))
    page("Släde", text("En släde är ingen skoter."), model=ViolenceTypePage, slug="slade")


@pytest.fixture
def show(client):
    def get(**parameters):
        response = client.get("/sok/", parameters)
        assert response.status_code == 200
        return response

    return get


def test_the_address_has_its_name():
    assert reverse("sok") == "/sok/"


def test_without_a_query_the_page_is_an_empty_start(show):
    response = show()
    assert response.context["q"] == ""
    assert response.context["results"] == []
    assert response.context["pagination"] is None
    assert "Inga träffar" not in response.content.decode()


def test_results_show_marked_words_and_lead_to_the_section(show):
    response = show(q="bensin")
    [result] = response.context["results"]
    assert result["type_label"] == "Vägledning"
    html = response.content.decode()
    assert 'href="/skoter/#bensin"' in html
    assert "Fyll på <mark>bensin</mark> i skotern." in html
    assert "1 träff" in html


def test_a_correction_is_said(show):
    html = show(q="sälde").content.decode()
    assert "”släde”" in html
    assert "”sälde”" in html


def test_nothing_found_offers_help_that_is_needed_now(show):
    html = show(q="xylofonkonsert").content.decode()
    assert "Inga träffar" in html
    assert "112" in html


def test_filters_are_offered_with_their_counts_and_kept(show):
    response = show(q="skoter", typ="valdstyp", verksamhet="forskola")
    types = {choice["value"]: choice for choice in response.context["types"]}
    assert {value: choice["count"] for value, choice in types.items()} == {
        "vagledning": 1,
        "valdstyp": 1,
    }
    assert [value for value, choice in types.items() if choice["selected"]] == ["valdstyp"]
    chosen = [choice for choice in response.context["operations"] if choice["selected"]]
    assert chosen == [{"value": "forskola", "label": "Förskola", "selected": True}]
    assert [result["path"] for result in response.context["results"]] == ["slade"]


def test_an_unknown_filter_is_left_out(show):
    response = show(q="skoter", typ="recept", verksamhet="rymden", sida="minus ett")
    assert response.context["total"] == 2
    assert not any(choice["selected"] for choice in response.context["types"])


def test_what_was_typed_is_escaped(show):
    html = show(q='"><script>alert(1)</script>').content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("query", ["\x00", "och", "NEAR(", "å" * 3000, "🙂", "%s %(x)s"])
def test_any_query_gets_a_page(show, query):
    assert len(show(q=query).context["q"]) <= 200


class TestPages:
    @pytest.fixture(autouse=True)
    def _many(self):
        for number in range(11):
            page(f"Skoter {number}", text("En skoter till."))

    def test_pages_follow_each_other_and_keep_the_filters(self, show):
        first = show(q="skoter", typ="vagledning")
        assert first.context["pagination"] == {
            "number": 1,
            "pages": 2,
            "previous_url": None,
            "next_url": "/sok/?q=skoter&typ=vagledning&sida=2",
        }
        last = show(q="skoter", typ="vagledning", sida="2")
        assert len(last.context["results"]) == 2
        assert last.context["pagination"]["next_url"] is None
        shown = [
            result["path"]
            for number in "12"
            for result in show(q="skoter", typ="vagledning", sida=number).context["results"]
        ]
        assert len(shown) == len(set(shown)) == 12

    @pytest.mark.parametrize("number", ["3", "19", "999", "99999999999"])
    def test_a_page_beyond_the_last_is_the_last_or_the_first(self, show, number):
        response = show(q="skoter", sida=number)
        assert response.context["results"]
        assert response.context["pagination"]["number"] in {1, 2}

    def test_the_page_asks_few_questions_of_the_database(
        self, client, django_assert_max_num_queries
    ):
        client.get("/sok/", {"q": "skoter"})
        with django_assert_max_num_queries(8):
            client.get("/sok/", {"q": "skoter", "typ": "vagledning", "sida": "2"})


def test_only_reading_is_allowed(client):
    assert client.post("/sok/", {"q": "skoter"}).status_code == 405


def test_nothing_is_remembered_and_nothing_is_said_to_other_sites(client):
    response = client.get("/sok/", {"q": "skoter"})
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert not re.search(r'(src|action)="https?://', response.content.decode())


def test_the_way_in_is_open_in_english_too(client):
    response = client.get("/en/sok/", {"q": "skoter"})
    assert response.status_code == 200
    assert response.context["results"][0]["url"] == "/skoter/"


def test_a_closed_portal_asks_for_sign_in(client, settings):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE, "django.contrib.auth.middleware.LoginRequiredMiddleware"
    ]  # fmt: skip
    response = client.get("/sok/", {"q": "skoter"})
    assert response.status_code == 302
    assert response["Location"].startswith("/logga-in/")
