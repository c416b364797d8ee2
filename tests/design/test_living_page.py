"""The living page shows every component, and is itself a good example of what it says."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client, override_settings

from portal import components

ROOT = Path(__file__).parents[2]
ADDRESS = "/om-portalen/komponenter/"
FILES = {
    "components": ROOT / "portal" / "templates" / "components",
    "content/blocks": ROOT / "content" / "templates" / "content" / "blocks",
    "portal/examples": ROOT / "portal" / "templates" / "portal" / "examples",
}
FILLED_IN = {
    "flik": "formular",
    "prova": "1",
    "rubrik": "Ett barn i gruppen",
    "verksamhet": "forskola",
    "svar": "nej",
    "tecken": "radd",
    "plats-112": "1",
    "plats-anmal": "2",
    "plats-skriv": "3",
    "par-fara": "112",
    "par-misstanke": "anmal",
    "par-osaker": "fraga",
}

pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """What is on a page: the ids, the links within it, the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name in {"for", "aria-describedby", "aria-labelledby"} and value:
                self.references += value.split()
            elif name == "href" and value and value.startswith("#"):
                self.references.append(value[1:])


def get(**query: str) -> str:
    """Return the page that *query* asks for."""
    return Client().get(f"{ADDRESS}?{urlencode(query)}").content.decode()


def shown() -> set[str]:
    """Return the templates that are on the living page."""
    return {
        name
        for tab in components.TABS
        for section in components.sections(tab, QueryDict())
        for name in components.files(section)
    }


class TestNothingIsMissing:
    @pytest.mark.parametrize("folder", FILES)
    def test_every_template_is_shown_or_seen_anyhow(self, folder):
        files = {f"{folder}/{file.name}" for file in FILES[folder].glob("*.html")}
        anyhow = {f"components/{name}.html" for name in components.SEEN_ANYHOW}

        assert files - anyhow - shown() == set()

    def test_what_is_said_to_be_seen_anyhow_is_a_file_and_not_here(self):
        files = {file.stem for file in FILES["components"].glob("*.html")}

        assert files >= components.SEEN_ANYHOW
        assert not {f"components/{name}.html" for name in components.SEEN_ANYHOW} & shown()

    @pytest.mark.parametrize("folder", FILES)
    def test_every_template_says_what_it_needs(self, folder):
        silent = [
            file.name
            for file in FILES[folder].glob("*.html")
            if not file.read_text(encoding="utf-8").startswith(f"{{# {file.name}: ")
        ]

        assert silent == []


class TestOnlyInDemoMode:
    @pytest.mark.parametrize("query", [{}, {"flik": "siffror"}, {"tillstand": "500"}])
    def test_it_does_not_exist_otherwise(self, query, library):
        with override_settings(DEMO=False):
            assert Client().get(ADDRESS, query).status_code == 404


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("404", 404),
        ("403", 403),
        ("formular", 403),
        ("utloggad", 401),
        ("steg", 200),
        ("nej", 409),
        ("500", 500),
        ("stangt", 503),
    ],
)
def test_a_whole_page_answers_as_the_real_one_does(state, status, library):
    assert Client().get(ADDRESS, {"tillstand": state}).status_code == status


@pytest.mark.parametrize("query", [{"flik": "nej"}, {"tillstand": "finns-inte"}])
def test_there_is_no_page_for_a_name_that_is_not_one(query, library):
    assert Client().get(ADDRESS, query).status_code == 404


@pytest.mark.parametrize("tab", components.TABS)
class TestEveryTab:
    def test_has_each_id_once_and_leads_nowhere_that_is_not_there(self, tab):
        page = Page(get(flik=tab))

        assert sorted(page.ids) == sorted(set(page.ids))
        # One error summary and one file are there to be looked at alone.
        assert set(page.references) - set(page.ids) <= {"filer"}

    def test_says_that_every_sample_is_an_example(self, tab):
        html = get(flik=tab)
        count = sum(len(section.examples) for section in components.sections(tab, QueryDict()))

        assert len(re.findall(r'specimen__label">\s*Exempel', html)) == count

    def test_names_itself_in_the_title_and_among_the_tabs(self, tab):
        html = get(flik=tab)

        assert f"<title>{components.TABS[tab]} – Komponenter – Fri från våld</title>" in html
        tabs = html.split('aria-label="Komponenter"')[1].split("</nav>")[0]
        assert re.findall(r'href="\?flik=(\w+)"\s+aria-current="true"', tabs) == [tab]


class TestTheExampleForm:
    def test_says_each_fault_above_and_beside_the_field_in_the_same_words(self):
        html = get(flik="formular", prova="1")
        errors = components.form_errors(QueryDict("prova=1"))

        assert len(errors) == 6
        for error in errors:
            assert f'<a href="{error["href"]}">{error["text"]}</a>' in html
            assert html.count(error["text"]) >= 2
        assert {error["href"][1:] for error in errors} <= set(Page(html).ids)

    def test_begins_its_title_with_the_fault_and_moves_focus_to_the_summary(self):
        html = get(flik="formular", prova="1")

        assert "<title>Fel: Formulär – Komponenter" in html
        assert html.index("data-focus") < html.index("<h1>")
        assert html.count("data-focus") == 1

    def test_keeps_what_was_filled_in(self):
        html = get(**{**FILLED_IN, "rubrik": ""})

        assert re.search(r'id="svar-2"[^>]*checked', html)
        assert re.search(r'id="tecken-1"[^>]*checked', html)
        assert re.search(r'<option value="forskola"\s+selected', html)
        assert len(components.form_errors(QueryDict(urlencode({**FILLED_IN, "rubrik": ""})))) == 1

    def test_refuses_two_things_in_one_place(self):
        data = QueryDict(urlencode({**FILLED_IN, "plats-skriv": "2"}))

        assert [error["field"] for error in components.form_errors(data)] == ["plats"]

    def test_is_content_when_all_is_filled_in(self):
        html = get(**FILLED_IN)

        assert "Allt är ifyllt." in html
        assert "<title>Formulär – Komponenter" in html

    def test_has_no_fault_before_it_is_sent(self):
        assert components.form_errors(QueryDict("flik=formular")) == []

    @pytest.mark.parametrize(
        "odd", ["plats-112=%C2%B2", "plats-112=-1", "svar=%00", "tecken=&par="]
    )
    def test_is_not_upset_by_what_no_form_sends(self, odd):
        response = Client().get(f"{ADDRESS}?flik=formular&prova=1&{odd}")

        assert response.status_code == 200
