"""The registers as pages: every row with an anchor, its source and what is not known of it."""

from datetime import date

import pytest
from django.test import Client

from content import facts, registers_shown
from content.models import Figure, GuidancePage, LegalProvision, RegisterPage, Source
from tests.content.files import Files
from tests.content.pages import body_of, page_of, words_of


def html_of(register: str, query: str = "", **values: str) -> str:
    """Return the page of a register."""
    page = page_of(RegisterPage, register=register, **values)
    return Client().get(page.url + query).content.decode()


class TestLaws:
    @pytest.fixture(autouse=True)
    def _another(self, loaded: Files) -> None:
        LegalProvision.objects.create(
            key="BRB-4-5", act="Brottsbalken", sfs="1962:700", reference="4 kap. 5 §",
            heading="Olaga hot", summary="Den som hotar.", in_force_note="dagen är okänd",
            checked_on=date(2020, 1, 1), earlier="3 kap. 1 §",
        )  # fmt: skip

    def test_stand_by_act_with_their_days_and_history(self) -> None:
        said = words_of(page_of(RegisterPage, register="lagar"))

        assert said.index("Olaga hot") < said.index("Skyldigheten att anmäla")
        assert "Gäller från 1 juli 2025" in said
        assert "Gäller från dagen är okänd" in said
        assert "Tidigare bestämmelse: 3 kap. 1 §" in said
        assert said.count("Läst för mer än sex månader sedan.") == 1

    def test_have_an_anchor_each(self) -> None:
        html = html_of("lagar")

        assert 'id="SOL-19-1"' in html
        assert 'id="BRB-4-5"' in html

    @pytest.mark.parametrize(
        ("query", "shown"),
        [("?lag=brottsbalken", False), ("?lag=", True), ("?lag=finns-inte", True)],
    )
    def test_can_be_filtered_by_act(self, query: str, shown: bool) -> None:
        html = html_of("lagar", query)

        assert "Olaga hot" in html
        assert ("Skyldigheten att anmäla" in html) is shown


class TestFigures:
    def test_say_group_source_place_and_that_no_year_is_given(self, loaded: Files) -> None:
        said = words_of(page_of(RegisterPage, register="statistik"))

        assert "0,6 procent av kvinnorna År anges inte." in said
        assert "Ett remissvar, s. 28." in said
        assert "Antalet ökar År: 2019." in said

    def test_that_can_be_compared_are_drawn_with_their_table(self, loaded: Files) -> None:
        Figure.objects.create(
            key="man", topic="Upprepat fysiskt våld", group="män", value="0.4", unit="procent",
            text="0,4 procent av männen", source=Source.objects.get(key="D0"), sort_order=1,
        )  # fmt: skip

        html = html_of("statistik")
        [chart, none] = [topic["chart"] for topic in registers_shown.figures(facts.now())]

        assert none is None
        assert chart.title == "Högst: kvinnor"
        assert [(bar.label, bar.shown) for bar in chart.bars] == [
            ("kvinnor", "0,6\N{NO-BREAK SPACE}%"), ("män", "0,4\N{NO-BREAK SPACE}%"),
        ]  # fmt: skip
        assert "Procent. År anges inte." in html
        assert "<caption" in html

    @pytest.mark.parametrize(
        "other",
        [{"unit": "personer"}, {"value": None}, {"group": ""}],
        ids=["another unit", "no value", "no group"],
    )
    def test_that_cannot_be_compared_are_not_drawn(
        self, other: dict[str, str | None], loaded: Files
    ) -> None:
        values = {"unit": "procent", "value": "0.4", "group": "män"} | other
        Figure.objects.create(
            key="man", topic="Upprepat fysiskt våld", text="Något",
            source=Source.objects.get(key="D0"), **values,
        )  # fmt: skip

        assert [topic["chart"] for topic in registers_shown.figures(facts.now())] == [None, None]


class TestSources:
    def test_begin_with_those_the_programme_is_known_by(self, loaded: Files) -> None:
        Source.objects.create(key="A", title="Aaa", kind="myndighet", published="2024")
        Source.objects.create(key="D4", title="Ett svar", kind="interpellationssvar")

        groups = registers_shown.sources(facts.now())

        assert [row["key"] for row in groups[0]["sources"]] == ["D0", "D3", "D4"]
        assert [(group["title"], len(group["sources"])) for group in groups[1:]] == [
            ("Myndighet", 1)
        ]

    def test_say_what_rests_on_them_and_what_is_not_known(self, loaded: Files) -> None:
        said = words_of(page_of(RegisterPage, register="kallor"))

        assert "Ett remissvar Beteckning D0 Slag Remissvar Datum datum anges inte Bär upp" in said
        assert "1 aktivitet" in said
        assert "2 synpunkter" in said
        assert "1 siffra" in said

    def test_are_linked_to_from_what_they_carry(self, loaded: Files) -> None:
        page = page_of(GuidancePage)
        page.body = body_of(
            page,
            [
                {"kind": "text", "text": "Ord.", "sources": [{"key": "D0"}]},
                {"kind": "law", "provision": "SOL-19-1", "text": ""},
            ],
        )
        page.save_revision().publish()
        assert 'href="/kallor/#D0"' not in Client().get(page.url).content.decode()

        for register in ("kallor", "lagar"):
            made = page_of(RegisterPage, register=register, slug=register)
            made.move(made.get_site().root_page, pos="last-child")

        html = Client().get(page.url).content.decode()
        assert 'href="/kallor/#D0"' in html
        assert 'href="/lagar/#SOL-19-1"' in html


class TestRemarks:
    def test_say_wish_source_status_and_what_the_portal_does(self, loaded: Files) -> None:
        said = words_of(page_of(RegisterPage, register="remissynpunkter"))

        assert "W01 Aktiviteterna är för många" in said
        assert "Källa: Ett remissvar; Ett annat remissvar. Läge Finns delvis" in said
        assert "Det gör portalen Varje aktivitet säger vad den är." in said
        assert "Gäller Socialnämnden" in said
        assert "Läge Ligger utanför portalen" in said

    def test_have_an_anchor_each(self, loaded: Files) -> None:
        html = html_of("remissynpunkter")

        assert 'id="W01"' in html
        assert 'id="W02"' in html
