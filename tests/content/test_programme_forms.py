"""What the editor refuses, at the field, with what to do; and what it does not delete."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from wagtail.test.utils.form_data import (
    inline_formset,
    nested_form_data,
    querydict_from_html,
)

from content.models import (
    Activity,
    Board,
    Contact,
    Edition,
    Figure,
    Goal,
    GuidancePage,
    Indicator,
    LegalProvision,
    PreventionCell,
    Remark,
    Source,
)
from content.models.programme import EditionStatus
from tests.content.files import Files
from tests.content.pages import body_of, page_of

pytestmark = pytest.mark.django_db


def address(row: Any, what: str = "edit") -> str:
    return f"/cms/snippets/content/{type(row)._meta.model_name}/{what}/{row.pk}/"


def form_of(editor: Client, row: Any) -> dict[str, Any]:
    html = editor.get(address(row)).content.decode()
    return dict(querydict_from_html(html, form_id="w-editor-form").lists())


def refused(editor: Client, row: Any, changes: dict[str, Any]) -> Any:
    """Return the form of *row* after it has refused *changes*."""
    data = form_of(editor, row) | changes | {"action-publish": "action-publish"}

    response = editor.post(address(row), data)

    assert response.status_code == 200, "it was saved"
    return response.context["form"]


def added(prefix: str, place: int, **values: str) -> dict[str, str]:
    """Return a row more in a formset that has *place* rows, without rows of its own."""
    empty = nested_form_data(
        {name: inline_formset([]) for name in ("responsibilities", "areas")}
        if prefix == "activities"
        else {}
    )
    row = values | empty | {"id": "", "ORDER": str(place + 1), "DELETE": ""}
    return {f"{prefix}-{place}-{name}": value for name, value in row.items()} | {
        f"{prefix}-TOTAL_FORMS": str(place + 1)
    }


@pytest.fixture
def goal(loaded: Files) -> Goal:
    return Goal.objects.get()


def pk(model: Any, key: str) -> str:
    return str(model.objects.get(key=key).pk)


class TestGoals:
    def test_take_a_new_activity_with_the_edition_of_the_goal(
        self, goal: Goal, editor: Client
    ) -> None:
        row = added("activities", 2, key="m6-a3", text="Ny", tag="quoted", source=pk(Source, "D0"))
        row["activities-2-responsibilities-TOTAL_FORMS"] = "1"
        row |= {
            f"activities-2-responsibilities-0-{name}": value
            for name, value in {
                "id": "", "ORDER": "1", "DELETE": "", "note": "", "tag": "reported",
                "board": pk(Board, "servicenamnden"), "source": pk(Source, "D0"),
            }.items()
        }  # fmt: skip
        data = form_of(editor, goal) | row | {"action-publish": "action-publish"}

        response = editor.post(address(goal), data)

        assert response.status_code == 302
        activity = Activity.objects.get(key="m6-a3")
        assert (activity.goal, activity.edition) == (goal, goal.edition)
        assert [each.board.key for each in activity.responsibilities.all()] == ["servicenamnden"]

    @pytest.mark.parametrize("publishing", [True, False])
    def test_refuse_a_quotation_without_a_source(
        self, publishing: bool, goal: Goal, editor: Client
    ) -> None:
        data = form_of(editor, goal) | {"activities-0-source": ""}
        if publishing:
            data["action-publish"] = "action-publish"

        response = editor.post(address(goal), data)

        assert response.status_code == 200
        errors = response.context["form"].formsets["activities"].forms[0].errors
        assert errors["source"] == [
            "Välj källan. Ett citat eller en uppgift utan källa får inte stå här."
        ]

    @pytest.mark.parametrize("prefix", ["indicators", "preconditions", "concerns"])
    def test_refuse_every_sort_of_row_without_a_source(
        self, prefix: str, goal: Goal, editor: Client
    ) -> None:
        form = refused(editor, goal, {f"{prefix}-0-source": ""})

        assert form.formsets[prefix].forms[0].errors["source"][0].startswith("Välj källan.")

    def test_refuse_a_responsible_board_without_a_source(self, goal: Goal, editor: Client) -> None:
        form = refused(editor, goal, {"activities-0-responsibilities-0-source": ""})

        row = form.formsets["activities"].forms[0].formsets["responsibilities"].forms[0]
        assert row.errors["source"][0].startswith("Välj källan.")

    def test_refuse_a_board_twice_on_a_row(self, goal: Goal, editor: Client) -> None:
        board, source = pk(Board, "socialnamnden"), pk(Source, "D0")
        again = added(
            "activities-0-responsibilities", 1, board=board, source=source, tag="reported", note=""
        )

        form = refused(editor, goal, again)

        row = form.formsets["activities"].forms[0].formsets["responsibilities"].forms[1]
        assert row.errors == {
            "board": ["Nämnden Socialnämnden står två gånger på raden. Ta bort den ena."]
        }

    def test_refuse_a_board_that_is_concerned_twice(self, goal: Goal, editor: Client) -> None:
        board, source = pk(Board, "servicenamnden"), pk(Source, "D0")

        form = refused(editor, goal, added("concerns", 1, board=board, source=source, note=""))

        assert form.formsets["concerns"].forms[1].errors == {
            "board": ["Nämnden Servicenämnden står två gånger. Ta bort den ena raden."]
        }

    def test_take_a_board_again_when_its_other_row_goes(self, goal: Goal, editor: Client) -> None:
        board, source = pk(Board, "servicenamnden"), pk(Source, "D0")
        again = added("concerns", 1, board=board, source=source, note="ny")
        data = form_of(editor, goal) | again | {"concerns-0-DELETE": "1"}

        response = editor.post(address(goal), data | {"action-publish": "action-publish"})

        assert response.status_code == 302
        assert [row.note for row in Goal.objects.get().concerns.all()] == ["ny"]

    def test_refuse_a_key_twice(self, goal: Goal, editor: Client) -> None:
        form = refused(editor, goal, {"activities-1-key": "m6-a1"})

        errors = form.formsets["activities"].forms[1].errors
        assert "key" in errors
        assert any("Välj en annan" in each for each in errors["key"])

    @pytest.mark.parametrize("publishing", [True, False])
    def test_refuse_a_key_that_another_row_of_the_edition_has(
        self, publishing: bool, goal: Goal, editor: Client
    ) -> None:
        data = form_of(editor, goal) | {"activities-1-key": "o-a1"}
        if publishing:
            data["action-publish"] = "action-publish"

        response = editor.post(address(goal), data)

        assert response.context["form"].formsets["activities"].forms[1].errors == {
            "key": ["Nyckeln o-a1 finns redan i utgåvan. Välj en annan."]
        }

    def test_take_a_key_that_only_another_edition_has(self, goal: Goal, editor: Client) -> None:
        first = Edition.objects.get(key="forsta")
        Activity.objects.create(key="a", edition=first, text="A", source=goal.source)
        data = form_of(editor, goal) | {"activities-1-key": "a", "indicators-0-follows": "m6-a1 a"}

        assert editor.post(address(goal), data).status_code == 302

    def test_refuse_to_follow_what_is_not_there(self, goal: Goal, editor: Client) -> None:
        form = refused(editor, goal, {"indicators-0-follows": "m6-a1 m9-a9 m8-a8"})

        assert form.formsets["indicators"].forms[0].errors == {
            "follows": [
                "Aktiviteterna m9-a9, m8-a8 finns inte. Skriv nycklar som finns, med mellanslag "
                "emellan. I utgåvan finns m6-a1, m6-a2, o-a1."
            ]
        }

    def test_let_an_indicator_follow_a_row_that_comes_with_it(
        self, goal: Goal, editor: Client
    ) -> None:
        row = added("activities", 2, key="m6-a3", text="Ny", tag="quoted", source=pk(Source, "D0"))
        data = form_of(editor, goal) | row | {"indicators-0-follows": "m6-a3"}

        response = editor.post(address(goal), data | {"action-publish": "action-publish"})

        assert response.status_code == 302
        assert Indicator.objects.get(text="Andel utbildade").follows == "m6-a3"

    def test_refuse_an_open_question_that_nobody_asks(self, goal: Goal, editor: Client) -> None:
        form = refused(editor, goal, {"open_question_source": ""})

        assert form.errors["open_question_source"] == [
            "Välj den källa som ställer frågan, eller ta bort frågan."
        ]

    def test_refuse_a_number_that_is_taken(self, goal: Goal, editor: Client) -> None:
        other = Goal.objects.create(edition=goal.edition, number=7, name="A", source=goal.source)

        form = refused(editor, other, {"number": "6"})

        assert form.errors["number"] == [
            "Numret är taget i utgåvan. Välj ett annat eller ändra det målet."
        ]

    def test_stay_in_their_edition(self, goal: Goal, editor: Client) -> None:
        data = form_of(editor, goal) | {
            "edition": pk(Edition, "forsta"), "action-publish": "action-publish"
        }  # fmt: skip

        editor.post(address(goal), data)

        assert Goal.objects.get().edition.key == "andra"


class TestWords:
    def test_that_wagtail_leaves_in_english_are_swedish(
        self, loaded: Files, editor: Client
    ) -> None:
        for row in (
            Goal.objects.get(), PreventionCell.objects.earliest("pk"),
            Remark.objects.earliest("pk"),
            Board.objects.earliest("pk"), Edition.objects.get(key="andra"),
            Source.objects.earliest("pk"),
        ):  # fmt: skip
            html = editor.get(address(row)).content.decode()
            assert "Select an option" not in html, row
            assert "---------" not in html, row
        html = editor.get(address(Goal.objects.get())).content.decode()
        assert '<option value="">uppgift saknas</option>' in html


class TestOtherRows:
    def test_of_an_edition_end_after_they_start(self, loaded: Files, editor: Client) -> None:
        form = refused(editor, Edition.objects.get(key="andra"), {"period_end": "2019"})

        assert form.errors["period_end"] == [
            "Perioden slutar innan den börjar. Ange ett senare år."
        ]

    def test_of_the_year_name_sources_that_there_are(self, loaded: Files, editor: Client) -> None:
        form = refused(editor, Edition.objects.get(key="andra"), {"steps-0-sources": "D0 D7"})

        assert form.formsets["steps"].forms[0].errors["sources"] == [
            "Källan D7 finns inte. Skriv nycklar som finns, med mellanslag emellan."
        ]

    def test_a_law_has_a_day_or_says_why_not(self, loaded: Files, editor: Client) -> None:
        law = LegalProvision.objects.get()

        form = refused(editor, law, {"in_force": "", "in_force_note": ""})

        assert form.errors["in_force"][0].startswith("Ange dagen som lydelsen gäller från.")
        data = form_of(editor, law) | {"in_force": "", "in_force_note": "Inte kontrollerad"}
        assert editor.post(address(law), data).status_code == 302

    def test_a_statement_on_a_board_has_a_source(self, loaded: Files, editor: Client) -> None:
        board = Board.objects.get(key="socialnamnden")

        form = refused(editor, board, {"statements-0-source": ""})

        assert form.formsets["statements"].forms[0].errors["source"][0].startswith("Välj källan.")

    def test_a_figure_has_a_source(self, loaded: Files, editor: Client) -> None:
        form = refused(editor, Figure.objects.earliest("pk"), {"source": ""})

        assert form.errors["source"][0].startswith("Välj källan.")

    @pytest.mark.parametrize("model", [Remark, PreventionCell])
    def test_a_remark_and_a_cell_name_sources_that_there_are(
        self, model: type[Any], loaded: Files, editor: Client
    ) -> None:
        form = refused(editor, model.objects.earliest("pk"), {"sources": "D8 D9"})

        assert form.errors["sources"] == [
            "Källorna D8, D9 finns inte. Skriv nycklar som finns, med mellanslag emellan."
        ]

    def test_a_cell_stands_once(self, loaded: Files, editor: Client) -> None:
        cell = PreventionCell.objects.get(level="selective")

        form = refused(editor, cell, {"level": "universal"})

        assert form.non_field_errors() == ["Rutan finns redan. Ändra den i stället."]

    def test_an_indicator_without_a_goal_follows_what_there_is(
        self, loaded: Files, editor: Client
    ) -> None:
        row = Indicator.objects.get(goal=None)

        form = refused(editor, row, {"follows": "m6-a9"})

        assert form.errors["follows"][0].startswith("Aktiviteten m6-a9 finns inte.")
        data = form_of(editor, row) | {"follows": "m6-a1"}
        assert editor.post(address(row), data).status_code == 302

    def test_an_activity_without_a_goal_has_a_key_of_its_own(
        self, loaded: Files, editor: Client
    ) -> None:
        form = refused(editor, Activity.objects.get(key="o-a1"), {"key": "m6-a1"})

        assert form.errors["key"] == ["Nyckeln m6-a1 finns redan i utgåvan. Välj en annan."]

    def test_a_new_edition_is_a_draft_whatever_is_sent(self, loaded: Files, editor: Client) -> None:
        values = {
            "title": "A", "key": "tredje", "period_start": "2026", "period_end": "2030",
            "status": "current", "status_note": "", "replaces": "", "source": "",
        }  # fmt: skip

        response = editor.post(
            "/cms/snippets/content/edition/add/",
            values | nested_form_data({"steps": inline_formset([])}),
        )

        assert response.status_code == 302
        assert Edition.objects.get(key="tredje").status == EditionStatus.DRAFT


class TestDeleting:
    """What others point at stays, and the page says what points at it."""

    def refuses(self, editor: Client, row: Any, *names: str) -> None:
        asked = editor.get(address(row, "delete"))
        answer = editor.post(address(row, "delete"))

        assert (asked.status_code, answer.status_code) == (200, 409)
        for html in (asked.content.decode(), answer.content.decode()):
            assert "Det här pekar på raden. Ändra eller ta bort det först." in html
            assert "Ja, ta bort" not in html
            for name in names:
                assert name in html, name
        assert type(row).objects.filter(pk=row.pk).exists()

    def test_a_source(self, loaded: Files, editor: Client) -> None:
        goal = Goal.objects.get()

        self.refuses(
            editor, Source.objects.get(key="D3"), address(goal), "Mål 6 (stadens program",
            "Antalet ökar", "W01", "2021–2025",
        )  # fmt: skip

    def test_a_source_that_only_a_text_rests_on(self, loaded: Files, editor: Client) -> None:
        source = Source.objects.create(key="ny", title="Ny", kind="eget")
        page = page_of(GuidancePage, title="Vilar på den")
        page.body = body_of(
            page,
            [{"kind": "text", "text": "Text.", "sources": [{"key": "ny", "locator": ""}]}],
        )
        page.save_revision().publish()

        self.refuses(editor, source, "Vilar på den", f"/cms/pages/{page.pk}/edit/")

    @pytest.mark.parametrize("name", ["sources", "follows"])
    def test_a_row_that_is_named_by_its_key_alone(
        self, name: str, loaded: Files, editor: Client
    ) -> None:
        if name == "sources":
            source = Source.objects.create(key="ny", title="Ny", kind="eget")
            PreventionCell.objects.filter(level="selective").update(sources="D0 ny")
            self.refuses(editor, source, "selektiv")
        else:
            Indicator.objects.filter(goal=None).update(follows="o-a1")
            self.refuses(editor, Activity.objects.get(key="o-a1"), "Antal utan mål")

    def test_a_source_whose_key_only_begins_another_is_deleted(
        self, loaded: Files, editor: Client
    ) -> None:
        source = Source.objects.create(key="D", title="Ny", kind="eget")

        assert editor.post(address(source, "delete")).status_code == 302
        assert not Source.objects.filter(key="D").exists()

    def test_a_board(self, loaded: Files, editor: Client) -> None:
        self.refuses(
            editor, Board.objects.get(key="socialnamnden"), address(Goal.objects.get()), "W01",
            "2021–2025",
        )  # fmt: skip

    def test_an_edition(self, loaded: Files, editor: Client) -> None:
        self.refuses(editor, Edition.objects.get(key="andra"), "Mål 6 (stadens program")
        self.refuses(editor, Edition.objects.get(key="forsta"), "2021–2025")

    def test_a_law(self, loaded: Files, editor: Client) -> None:
        page = page_of(GuidancePage, title="Om anmälan")
        page.body = body_of(page, [{"kind": "law", "provision": "SOL-19-1", "text": "Text."}])
        page.save_revision().publish()

        self.refuses(editor, LegalProvision.objects.get(), "Om anmälan")

    def test_a_contact(self, loaded: Files, editor: Client) -> None:
        page = page_of(GuidancePage, title="Vem du ringer")
        page.body = body_of(page, [{"kind": "contact", "contact": "bris"}])
        page.save_revision().publish()

        self.refuses(editor, Contact.objects.get(key="bris"), "Vem du ringer")

    def test_a_goal_that_a_page_shows(self, loaded: Files, editor: Client) -> None:
        from content.models import GoalPage

        page_of(GoalPage, title="Målets sida")

        self.refuses(editor, Goal.objects.get(), "Målets sida")

    def test_what_nothing_points_at_is_deleted_with_its_parts(
        self, loaded: Files, editor: Client
    ) -> None:
        for row in (
            Figure.objects.earliest("pk"), Remark.objects.get(key="W01"),
            PreventionCell.objects.earliest("pk"), Activity.objects.get(key="o-a1"),
            Contact.objects.get(key="rvc"), Goal.objects.get(),
        ):  # fmt: skip
            assert editor.get(address(row, "delete")).status_code == 200
            assert editor.post(address(row, "delete")).status_code == 302, row
            assert not type(row).objects.filter(pk=row.pk).exists()

    def test_of_many_at_once_is_refused_too(self, loaded: Files, editor: Client) -> None:
        rows = list(Source.objects.all())
        ids = "&".join(f"id={row.pk}" for row in rows)

        response = editor.post(f"/cms/bulk/content/source/delete/?next=/cms/&{ids}")

        assert response.status_code == 409
        assert "Ett remissvar" in response.content.decode()
        assert Source.objects.count() == len(rows)


class TestReport:
    ADDRESS = "/cms/rapporter/att-se-over/"

    def found(self, editor: Client) -> dict[str, list[tuple[str, str]]]:
        groups = editor.get(self.ADDRESS).context["groups"]
        return {what: [(row.name, row.note) for row in rows] for what, rows in groups.items()}

    def test_tells_what_is_to_be_looked_at(self, loaded: Files, editor: Client) -> None:
        LegalProvision.objects.update(checked_on=date(2020, 1, 1))

        found = self.found(editor)

        assert [name for name, _ in found["Aktivitet utan indikator"]] == ["Utan mål"]
        assert [name for name, _ in found["Indikator som inte följer upp någon aktivitet"]] == [
            "Antal kurser", "Antal utan mål",
        ]  # fmt: skip
        assert {name for name, _ in found["Aktivitet utan ansvarig nämnd"]} == {
            "Något mer", "Utan mål",
        }  # fmt: skip
        assert len(found["Rad utan mål"]) == 2
        assert found["Mål med luckor"][0][1] == "ansvariga nämnder"
        assert found["Lag som inte har lästs på sex månader"] == [
            ("Socialtjänstlagen 19 kap. 1 §", "läst i kopia av den 2020-01-01")
        ]
        assert found["Kontakt som ingen har kontrollerat"][0] == ("Bris", "116 111")
        assert "Orosanmälan" in [n for n, _ in found["Text som ingen sakkunnig har granskat"]]

    def test_is_quiet_about_what_has_been_seen_to(self, loaded: Files, editor: Client) -> None:
        Indicator.objects.update(follows="m6-a1 m6-a2 o-a1")
        Contact.objects.update(verified_on=date(2026, 11, 1))

        found = self.found(editor)

        for what in ("Aktivitet utan indikator", "Kontakt som ingen har kontrollerat"):
            assert what not in found

    @pytest.mark.parametrize(
        ("activity", "indicator", "is_near"),
        [
            (
                "Relationsvåldscentrum erbjuder stöd under rättsprocess när våldet är polisanmält",
                "Antal unga som får stöd och hjälp av Stödcentrum utifrån våld i nära relationer",
                True,
            ),
            (
                "Sprida lättillgänglig information på flera språk om stöd- och skyddsinsatser",
                "Antal unga som får stöd och hjälp av Stödcentrum utifrån våld i nära relationer",
                False,
            ),
        ],
    )
    def test_finds_an_indicator_that_speaks_of_what_an_activity_does(
        self, activity: str, indicator: str, is_near: bool, loaded: Files, editor: Client
    ) -> None:
        Activity.objects.filter(key="o-a1").update(text=activity)
        Indicator.objects.filter(goal=None).update(text=indicator)

        near = self.found(editor).get("Rader som liknar varandra", [])
        assert any(name == activity and indicator in note for name, note in near) is is_near
        Indicator.objects.filter(goal=None).update(follows="o-a1")

        # Once they are linked there is nothing to wonder about.
        near = self.found(editor).get("Rader som liknar varandra", [])
        assert not any(name == activity and indicator in note for name, note in near)

    def test_finds_two_activities_that_say_nearly_the_same(
        self, loaded: Files, editor: Client
    ) -> None:
        Activity.objects.filter(key="m6-a2").update(text="Yrkesverksamma utbildar sig ofta")

        near = self.found(editor)["Rader som liknar varandra"]

        assert [name for name, _ in near] == ["Yrkesverksamma utbildar sig"]

    def test_looks_at_the_edition_in_force_and_at_drafts(
        self, loaded: Files, editor: Client
    ) -> None:
        source = Source.objects.get(key="D0")
        for key, text in (("forsta", "I den gamla"), ("ny", "I förslaget")):
            edition, _ = Edition.objects.get_or_create(
                key=key,
                defaults={"title": "A", "period_start": 2026, "period_end": 2030,
                          "status": EditionStatus.DRAFT},
            )  # fmt: skip
            Activity.objects.create(key="a", edition=edition, text=text, source=source)

        names = [name for name, _ in self.found(editor)["Rad utan mål"]]

        assert "I förslaget" in names
        assert "I den gamla" not in names

    def test_can_be_had_as_a_file_that_runs_no_formula(self, loaded: Files, editor: Client) -> None:
        Contact.objects.filter(key="bris").update(name="=1+1;x")

        response = editor.get(self.ADDRESS, {"format": "csv"})

        assert response["Content-Disposition"] == 'attachment; filename="att-se-over.csv"'
        lines = response.content.decode("utf-8-sig").splitlines()
        assert response.content.startswith(b"\xef\xbb\xbf")
        assert lines[0] == "Vad;Rad;Anmärkning;Adress i redigeringen"
        contact = Contact.objects.get(key="bris")
        assert (
            f'Kontakt som ingen har kontrollerat;"\'=1+1;x";116 111;http://testserver'
            f"{address(contact)}"
        ) in lines

    def test_is_in_the_menu_of_reports_for_editors_alone(
        self, loaded: Files, editor: Client, ada: Any
    ) -> None:
        client = Client()
        client.force_login(ada)

        assert self.ADDRESS in editor.get("/cms/").content.decode()
        assert client.get(self.ADDRESS).status_code in {302, 403}
