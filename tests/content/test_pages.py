"""Pages as readers meet them: every type, what is missing, and whether anyone has reviewed them."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import get_template
from django.test import Client
from wagtail.models import Page

from content.exporting import TYPE_OF
from content.loading import PAGE_TYPES, page_index
from content.models import (
    Activity,
    Contact,
    Edition,
    Goal,
    GoalPage,
    GuidancePage,
    InformationPage,
    LegalProvision,
    SectionPage,
    StartPage,
    SupportIndexPage,
    SupportPage,
)
from content.taxonomy import Kind
from tests.conftest import Library
from tests.content.files import Files
from tests.content.pages import TEXT_PAGES, body_of, context_of, page_of, words_of
from training.loading import INDEX, MODULE
from training.models import TrainingIndexPage

LOADED_BY_TRAINING = {INDEX.model, MODULE.model}


class TestEveryPageType:
    """Whole population: each type can be loaded, made, drawn and found."""

    def test_has_an_entry_for_the_files(self) -> None:
        loaded = {page_type.model for page_type in PAGE_TYPES.values()} | LOADED_BY_TRAINING

        assert loaded == set(TEXT_PAGES)
        assert {PAGE_TYPES[name].model for name in TYPE_OF.values()} == set(TYPE_OF)
        assert all(PAGE_TYPES[name].model is model for model, name in TYPE_OF.items())

    def test_has_a_template(self) -> None:
        for model in TEXT_PAGES:
            assert get_template(model.page_template), model

    def test_says_in_swedish_what_it_is(self) -> None:
        names = [str(model._meta.verbose_name) for model in TEXT_PAGES]

        assert len(set(names)) == len(names)
        assert not any(name.endswith(" page") for name in names)

    @pytest.mark.parametrize("model", TEXT_PAGES, ids=lambda model: model.__name__)
    def test_is_drawn_for_a_stranger(self, model: type[Any], loaded: Files) -> None:
        page = page_of(model, title="Rubriken här", summary="Ingressen här.")

        said = words_of(page)

        assert "Rubriken här" in said
        assert "Ingressen här." in said

    @pytest.mark.parametrize("model", TEXT_PAGES, ids=lambda model: model.__name__)
    def test_says_that_nobody_has_reviewed_it_and_who_owns_it(
        self, model: type[Any], loaded: Files
    ) -> None:
        said = words_of(page_of(model))

        assert re.search(r"Ägs av uppgift saknas", said)
        if model is not StartPage:
            assert "Ännu inte sakgranskad" in said
        assert re.search(r"Sakgranskad ännu inte", said)

    def test_of_the_shipped_library_is_answered_with_200(self, library: Library) -> None:
        pages = Page.objects.live().filter(depth__gt=1)

        statuses = {page.url: Client().get(page.url).status_code for page in pages}

        assert len(statuses) > 40
        assert {url: status for url, status in statuses.items() if status != 200} == {}


class TestReview:
    def test_is_told_with_its_day_and_function_when_it_has_happened(self, loaded: Files) -> None:
        page = page_of(
            GuidancePage, reviewed_date=date(2026, 12, 1), reviewed_by="Sakkunnig i våld",
            owner_function="Socialförvaltningen",
        )  # fmt: skip

        said = words_of(page)

        assert "Sakgranskad 1 december 2026 av Sakkunnig i våld" in said
        assert "Ännu inte sakgranskad" not in said
        assert "Ägs av Socialförvaltningen" in said

    @pytest.mark.parametrize("field", ["reviewed_date", "reviewed_by"])
    def test_cannot_be_half(self, field: str, loaded: Files) -> None:
        page = page_index()["vagledning/akut-fara"].specific
        half = {field: {"reviewed_date": date(2026, 12, 1), "reviewed_by": "Någon"}[field]}

        with pytest.raises(IntegrityError, match="review_is_whole"), transaction.atomic():
            type(page).objects.filter(pk=page.pk).update(**half)


class TestGaps:
    """What the sources do not say is shown as missing, never guessed."""

    def test_in_a_text_are_shown_as_gaps(self, loaded: Files) -> None:
        page = page_of(GuidancePage)
        page.body = body_of(page, [{"kind": "gap", "text": "Underlaget saknar adressen."}])
        page.save_revision().publish()

        said = words_of(page)

        assert "Uppgift saknas" in said
        assert "Underlaget saknar adressen." in said

    def test_of_a_goal_are_named(self, loaded: Files) -> None:
        goal = Goal.objects.get()
        goal.gaps = ["activities", "indicators", "responsible", "något annat"]
        goal.save()

        page = page_of(GoalPage)

        assert [gap["label"] for gap in context_of(page)["goal"]["gaps"]] == [
            "aktiviteter", "indikatorer", "ansvariga nämnder"
        ]  # fmt: skip
        assert re.search(r"ger inte målets aktiviteter, indikatorer och ansvariga", words_of(page))

    def test_an_activity_without_a_named_board_says_so(self, loaded: Files) -> None:
        Activity.objects.get(key="m6-a1").delete()

        assert "Ansvar uppgift saknas" in words_of(page_of(GoalPage))

    def test_a_contact_without_a_number_says_so(self, loaded: Files) -> None:
        page = page_of(SupportPage, contact=Contact.objects.get(key="rvc"))

        said = words_of(page)

        assert re.search(r"Telefon: Uppgift saknas", said)

    def test_a_number_that_nobody_has_called_says_so(self, loaded: Files) -> None:
        page = page_of(SupportPage)
        assert "inte kontrollerat" in words_of(page)
        contact = Contact.objects.get(key="bris")
        contact.verified_on = date(2026, 12, 1)
        contact.save()

        said = words_of(page)

        assert "Kontrollerad 1 december 2026." in said
        assert "inte kontrollerat" not in said

    def test_a_figure_without_a_year_says_so(self, loaded: Files) -> None:
        page = page_of(GuidancePage)
        figure = {
            "kind": "statistic", "value": "0,6", "unit": "procent", "group": "kvinnor",
            "year": "", "note": "", "sources": [{"key": "D0"}],
        }  # fmt: skip
        page.body = body_of(page, [figure])
        page.save_revision().publish()

        assert "anges inte" in words_of(page)

    def test_a_law_whose_day_is_unknown_says_so(self, loaded: Files) -> None:
        law = LegalProvision.objects.get()
        law.in_force, law.in_force_note = None, "dagen gick inte att läsa"
        law.save()
        page = page_of(GuidancePage)
        page.body = body_of(page, [{"kind": "law", "provision": "SOL-19-1", "text": "x"}])
        page.save_revision().publish()

        assert "dagen gick inte att läsa" in words_of(page)


class TestTheStartPage:
    @pytest.mark.parametrize(
        ("status", "words"),
        [("ended", "perioden är slut"), ("replaced", "ersatt"), ("current", "gäller")],
    )
    def test_says_where_the_newest_edition_is_in_its_life(
        self, status: str, words: str, loaded: Files
    ) -> None:
        edition = Edition.objects.get(key="andra")
        edition.status = status
        edition.save()

        said = words_of(page_index()[""])

        assert re.search(rf"2021–2025:? {words}", said), said
        assert "Perioden är slut." in said

    def test_shows_no_edition_that_is_only_a_draft(self, loaded: Files) -> None:
        Edition.objects.create(
            key="nasta", title="Nästa", period_start=2026, period_end=2030, status="draft"
        )

        assert context_of(page_index()[""].specific)["edition"].key == "andra"

    def test_is_drawn_before_there_is_any_edition(self, loaded: Files) -> None:
        Activity.objects.all().delete()
        Edition.objects.update(replaces=None)
        for model in (Goal, Edition):
            for row in model.objects.all():
                row.indicators.all().delete()
                row.delete()

        assert "2021–2025" not in words_of(page_index()[""])


class TestTheDirectory:
    @pytest.fixture
    def directory(self, loaded: Files) -> Any:
        return page_of(SupportIndexPage)

    def shown(self, page: Any, query: str) -> list[tuple[str, list[str]]]:
        return [
            (group["value"], [contact["key"] for contact in group["contacts"]])
            for group in context_of(page, query)["groups"]
        ]

    def test_shows_the_contacts_by_whom_they_are_for(self, directory: Any) -> None:
        shown = self.shown(directory, "")

        assert {key for _, keys in shown for key in keys} == {"bris", "rvc"}

    def test_leaves_one_group_when_asked(self, directory: Any) -> None:
        assert self.shown(directory, "?for=utovare") == [("utovare", ["rvc"])]
        assert "Bris" not in words_of(directory, "?for=utovare")

    def test_says_what_to_do_when_nobody_fits(self, directory: Any) -> None:
        assert self.shown(directory, "?for=personal") == []
        assert "112" in words_of(directory, "?for=personal")

    @pytest.mark.parametrize(
        "query",
        ["?for=", "?for=alla", "?for=utsatt&for=x", "?for=%00", "?for=%FF", "?for=<script>", "?x=1",
         f"?for={3000 * 'a'}", "?for[]=utsatt", "?for=UTSATT"],
    )  # fmt: skip
    def test_takes_odd_values_for_no_choice(self, query: str, directory: Any) -> None:
        said = words_of(directory, query)

        assert "Bris" in said
        assert "Relationsvåldscentrum" in said

    def test_shows_a_contact_that_is_for_nobody_in_particular_in_no_group(
        self, directory: Any
    ) -> None:
        Contact.objects.create(key="x", name="Utan grupp", for_whom="Alla")

        assert "Utan grupp" not in words_of(directory, "?for=utsatt")


class TestWhatAPageKnows:
    def test_of_the_way_to_it(self, loaded: Files) -> None:
        page = page_index()["vagledning/akut-fara"].specific

        assert context_of(page)["breadcrumb"] == [{"title": "Vägledning", "url": "/vagledning/"}]

    def test_of_pages_below_it_in_their_order_without_drafts(self, loaded: Files) -> None:
        page_of(GuidancePage, title="Sist", sort_order=3)
        page_of(InformationPage, title="Först", sort_order=0)
        page_index()["vagledning/orosanmalan"].specific.unpublish()

        children = context_of(page_index()["vagledning"].specific)["children"]

        assert [child["title"] for child in children] == ["Först", "Vid akut fara", "Sist"]

    def test_of_relations_only_those_that_are_published(self, loaded: Files) -> None:
        page_index()["vagledning/orosanmalan"].specific.unpublish()

        context = context_of(page_index()["vagledning/akut-fara"].specific)

        assert context["related"] == []
        assert [(m["title"], m["minutes"]) for m in context["modules"]] == [("Oro", 10)]

    def test_of_whom_it_is_about(self, loaded: Files) -> None:
        page = page_of(
            GuidancePage, target_groups=["barn", "medarbetare"], operations=["skola", "forskola"]
        )

        context = context_of(page)

        assert context["target_groups"] == ["Barn", "Stadens medarbetare"]
        assert [o["name"] for o in context["operations"]] == ["Förskola", "Skola"]

    def test_of_its_kind(self, loaded: Files) -> None:
        assert page_of(SectionPage, children_kind="").kind is None
        assert page_index()["vagledning"].specific.kind is Kind.GUIDANCE
        assert TrainingIndexPage.kind is Kind.TRAINING

    def test_of_the_words_people_search_with(self) -> None:
        assert GuidancePage(keywords=" dagis \n\nförskola\n").keyword_list() == [
            "dagis",
            "förskola",
        ]

    def test_a_page_about_the_readers_own_need_has_a_neutral_title(self, loaded: Files) -> None:
        page = page_of(InformationPage, title="Stöd vid våld", slug="stod-till-dig")

        title = re.search(
            r"<title>(.*?)</title>", Client().get(page.url).content.decode(), re.DOTALL
        )

        assert page.neutral_title
        assert title
        assert "våld" not in title[1]
