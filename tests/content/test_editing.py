"""The editor: every page type and register opens, and what is filled in is kept."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.models import Page
from wagtail.test.utils.form_data import (
    nested_form_data,
    querydict_from_html,
    rich_text,
    streamfield,
)

from content import documents
from content.fields import ChoiceListField
from content.loading import page_index
from content.models import (
    Activity,
    Board,
    Contact,
    Edition,
    Figure,
    Goal,
    GoalPage,
    GuidancePage,
    Indicator,
    LegalProvision,
    PreventionCell,
    Remark,
    SectionPage,
    Source,
)
from content.taxonomy import target_group_options
from tests.content.files import Files
from tests.content.pages import TEXT_PAGES, page_of

REGISTERS: list[type[Any]] = [
    Contact, LegalProvision, Source, Figure, Remark, PreventionCell, Edition, Goal, Board, Activity,
    Indicator,
]  # fmt: skip


def address_of(row: Any, what: str = "edit") -> str:
    """Return where a register's row is edited."""
    return f"/cms/snippets/content/{type(row)._meta.model_name}/{what}/{row.pk}/"


def empty_streams(model: type[Page]) -> dict[str, str]:
    names = ("body", "sources", "related", "modules", "easy_read_body", "lessons", "questions")
    fields = {field.name for field in model._meta.get_fields()}
    streams = {name: streamfield([]) for name in (*names, "learning_goals") if name in fields}
    found: dict[str, str] = nested_form_data(streams)
    return found


def form_of(client: Client, page: Any) -> dict[str, Any]:
    """Return what the page's form would send, with every stream empty."""
    html = client.get(f"/cms/pages/{page.pk}/edit/").content.decode()
    data = querydict_from_html(html, form_id="page-edit-form")
    return dict(data.lists()) | empty_streams(type(page))


def send(client: Client, page: Any, **changes: Any) -> Any:
    """Publish the page through its form with *changes*; return the page as it is then."""
    data = form_of(client, page) | changes | {"action-publish": "1"}

    response = client.post(f"/cms/pages/{page.pk}/edit/", data)

    context = response.context
    assert response.status_code == 302, context and context["form"].errors
    return type(page).objects.get(pk=page.pk)


def rows(model: type[Any]) -> Any:
    """Return the rows that the register lists: those of a goal are edited with the goal."""
    is_loose = model in (Activity, Indicator)
    return model.objects.filter(goal=None) if is_loose else model.objects.all()


class TestPages:
    @pytest.mark.parametrize("model", TEXT_PAGES, ids=lambda model: model.__name__)
    def test_of_every_type_open_in_the_editor(
        self, model: type[Any], loaded: Files, editor: Client
    ) -> None:
        page = page_of(model)

        response = editor.get(f"/cms/pages/{page.pk}/edit/")

        assert response.status_code == 200
        html = response.content.decode()
        for name in ("title", "summary", "who", "owner_function", "reviewed_date", "keywords"):
            assert f'name="{name}"' in html, name

    @pytest.mark.parametrize("model", TEXT_PAGES, ids=lambda model: model.__name__)
    def test_of_every_type_can_be_begun_where_they_belong(
        self, model: type[Any], loaded: Files, editor: Client
    ) -> None:
        below = {"ModulePage": "utbildning", "TrainingIndexPage": ""}
        parent = page_index()[below.get(model.__name__, "vagledning")]
        name = f"{model._meta.app_label}/{model._meta.model_name}"

        response = editor.get(f"/cms/pages/add/{name}/{parent.pk}/")

        # There is one start page and one catalogue, and both are there.
        is_one = model.__name__ in {"StartPage", "TrainingIndexPage"}
        assert response.status_code == (302 if is_one else 200)

    def test_can_be_saved_as_drafts_with_a_title_alone(self, loaded: Files, editor: Client) -> None:
        """The days are filled in: else nothing that is written would be kept by itself."""
        parent = page_index()["vagledning"]
        add = f"/cms/pages/add/content/guidancepage/{parent.pk}/"
        html = editor.get(add).content.decode()
        form = dict(querydict_from_html(html, form_id="page-edit-form").lists())
        # The address is made of the title while one writes.
        data = form | empty_streams(GuidancePage) | {"title": "Utkast", "slug": "utkast"}

        response = editor.post(add, data)

        assert response.status_code == 302, response.context["form"].errors
        page = GuidancePage.objects.get(title="Utkast")
        assert not page.live
        assert page.written_date == timezone.localdate()
        assert timedelta(days=180) < page.review_due_date - page.written_date < timedelta(days=190)

    def test_are_not_published_changed_under_an_earlier_review(
        self, loaded: Files, editor: Client
    ) -> None:
        page = page_of(
            GuidancePage, summary="Läst.", reviewed_date=date(2026, 11, 2), reviewed_by="Jurist"
        )
        edit = f"/cms/pages/{page.pk}/edit/"
        changed = form_of(editor, page) | {"summary": "Omskriven."}

        draft = editor.post(edit, changed)
        refused = editor.post(edit, changed | {"action-publish": "1"})

        assert draft.status_code == 302
        assert refused.status_code == 200
        assert "efter granskningen" in str(refused.context["form"].errors["reviewed_date"])
        page.refresh_from_db()
        assert (page.summary, page.is_reviewed) == ("Läst.", True)

        send(editor, page, summary="Omskriven.", reviewed_date="", reviewed_by="")
        page.refresh_from_db()
        assert (page.summary, page.is_reviewed) == ("Omskriven.", False)

    def test_keep_their_review_when_something_else_is_changed(
        self, loaded: Files, editor: Client
    ) -> None:
        page = page_of(GuidancePage, reviewed_date=date(2026, 11, 2), reviewed_by="Jurist")

        assert send(editor, page, keywords="nytt sökord").is_reviewed

    @pytest.mark.parametrize("model", [GuidancePage, SectionPage], ids=lambda model: model.__name__)
    def test_keep_what_is_filled_in(self, model: type[Any], loaded: Files, editor: Client) -> None:
        body = nested_form_data(
            {
                "body": streamfield(
                    [
                        ("heading", {"text": "Ring först", "level": "2"}),
                        (
                            "text",
                            {
                                "text": rich_text("<p>Ring <b>112</b>.</p>", features=["bold"]),
                                "sources": streamfield([]),
                            },
                        ),
                    ]
                )
            }
        )

        page = send(
            editor, page_of(model), title="Ny rubrik", summary="Ny ingress.",
            target_groups=["barn", "unga"], operations=["forskola"], is_acute="on", **body,
        )  # fmt: skip

        assert (page.title, page.summary, page.is_acute) == ("Ny rubrik", "Ny ingress.", True)
        assert (page.target_groups, page.operations) == (["barn", "unga"], ["forskola"])
        portable = documents.to_portable(documents.unwrap(page.body), path_of={}.get)
        assert [block["text"] for block in portable] == ["Ring först", "Ring **112**."]
        html = Client().get(page.url).content.decode()
        assert '<h2 id="ring-forst">Ring först</h2>' in html
        assert "<p>Ring <b>112</b>.</p>" in html

    @pytest.mark.parametrize(
        ("given", "asked"),
        [
            ({"reviewed_date": "2026-12-01"}, "Skriv vilken funktion som har granskat texten."),
            ({"reviewed_by": "Socialsekreterare"}, "Skriv vilken dag texten granskades."),
        ],
    )
    def test_ask_for_the_other_half_of_a_review(
        self, given: dict[str, str], asked: str, loaded: Files, editor: Client
    ) -> None:
        page = page_of(GuidancePage)

        response = editor.post(f"/cms/pages/{page.pk}/edit/", form_of(editor, page) | given)

        assert [asked] in response.context["form"].errors.values()

    def test_have_labels_that_begin_with_a_capital(self, loaded: Files, editor: Client) -> None:
        html = editor.get(f"/cms/pages/{page_of(GuidancePage).pk}/edit/").content.decode()

        assert "Målgrupper" in html
        assert "målgrupper" not in html

    def test_take_no_link_that_runs_code(self, loaded: Files, editor: Client) -> None:
        link = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(1)"}}
        block = {
            "key": "a", "text": "länk <b>", "type": "unstyled", "depth": 0, "inlineStyleRanges": [],
            "entityRanges": [{"offset": 0, "length": 4, "key": 0}],
        }  # fmt: skip
        hostile = json.dumps({"blocks": [block], "entityMap": {"0": link}})
        body = nested_form_data({"body": streamfield([("note", {"text": hostile})])})

        page = send(editor, page_of(GuidancePage), **body)

        assert "javascript" not in str(page.body.get_prep_value())
        assert "&lt;b&gt;" in str(page.body.get_prep_value())

    def test_say_what_is_wrong_and_keep_the_old(self, loaded: Files, editor: Client) -> None:
        page = page_of(GuidancePage)
        data = form_of(editor, page) | {"summary": "", "reviewed_date": "2026-12-01"}

        response = editor.post(f"/cms/pages/{page.pk}/edit/", data | {"action-publish": "1"})

        assert response.status_code == 200
        assert "summary" in response.context["form"].errors
        assert GuidancePage.objects.get(pk=page.pk).summary == "Vad den säger."

    @pytest.mark.parametrize(
        ("sources", "is_right"),
        [(("D0", None), True), ((None, "SOL-19-1"), True), (("D0", "SOL-19-1"), False),
         ((None, None), False)],
    )  # fmt: skip
    def test_take_a_source_or_a_law_but_not_both_or_neither(
        self, sources: tuple[str | None, str | None], is_right: bool, loaded: Files, editor: Client
    ) -> None:
        source, law = sources
        item = {
            "source": str(Source.objects.get(key=source).pk) if source else "",
            "provision": str(LegalProvision.objects.get(key=law).pk) if law else "",
            "locator": "s. 3",
        }
        page = page_of(GuidancePage)
        data = form_of(editor, page) | nested_form_data(
            {"sources": streamfield([("source", item)])}
        )

        response = editor.post(f"/cms/pages/{page.pk}/edit/", data | {"action-publish": "1"})

        assert (response.status_code == 302) is is_right
        assert len(GuidancePage.objects.get(pk=page.pk).source_list()) == int(is_right)


class TestRegisters:
    def test_are_listed_by_name_in_swedish(self, loaded: Files, editor: Client) -> None:
        for name in ("Örnen", "Ankan", "Ålen", "Zebran"):
            Contact.objects.create(key=name.lower(), name=name, for_whom="Alla")

        html = editor.get("/cms/snippets/content/contact/").content.decode()

        names = re.findall(r">\s*(Örnen|Ankan|Ålen|Zebran)\s*<", html)
        assert names == ["Ankan", "Zebran", "Ålen", "Örnen"]

    @pytest.mark.parametrize("model", REGISTERS, ids=lambda model: model.__name__)
    def test_have_a_list_that_opens_and_can_be_searched(
        self, model: type[Any], loaded: Files, editor: Client
    ) -> None:
        address = f"/cms/snippets/content/{model._meta.model_name}/"

        response = editor.get(address)

        assert response.status_code == 200
        assert str(rows(model).first()) in response.content.decode()
        assert editor.get(address, {"q": "a"}).status_code == 200

    @pytest.mark.parametrize("model", REGISTERS, ids=lambda model: model.__name__)
    def test_have_rows_that_can_be_added_edited_copied_and_looked_up(
        self, model: type[Any], loaded: Files, editor: Client
    ) -> None:
        name = model._meta.model_name

        for row in (rows(model).first(), rows(model).last()):
            for what in ("edit", "copy", "history", "usage", "delete"):
                assert editor.get(address_of(row, what)).status_code == 200, what
        assert editor.get(f"/cms/snippets/content/{name}/add/").status_code == 200

    @pytest.mark.parametrize("model", REGISTERS, ids=lambda model: model.__name__)
    def test_are_kept_as_they_were_when_nothing_is_changed(
        self, model: type[Any], loaded: Files, editor: Client
    ) -> None:
        row = rows(model).order_by("pk").first()
        # That it has been published, and by which revision, is what has changed.
        marks = {"live_revision_id", "latest_revision_id"}
        marks |= {"first_published_at", "last_published_at"}

        def stored() -> list[Any]:
            found = model.objects.filter(pk=row.pk).values()
            parts = [
                list(relation.related_model.objects.filter(**{relation.field.name: row}).values())
                for relation in model._meta.related_objects
                if isinstance(relation.field, ParentalKey)
            ]
            return [{k: v for k, v in each.items() if k not in marks} for each in found] + parts

        before = stored()

        response = editor.post(
            address_of(row), self.form(editor, row) | {"action-publish": "action-publish"}
        )

        assert response.status_code == 302, response.context and response.context["form"].errors
        assert stored() == before

    def form(self, client: Client, row: Any) -> dict[str, Any]:
        html = client.get(address_of(row)).content.decode()
        return dict(querydict_from_html(html, form_id="w-editor-form").lists())

    def test_a_goal_keeps_its_activities_through_the_form(
        self, loaded: Files, editor: Client
    ) -> None:
        goal = Goal.objects.get()
        data = self.form(editor, goal) | {
            "name": "Ny lydelse",
            "gaps": ["activities", "responsible"],
            "action-publish": "action-publish",
        }

        editor.post(address_of(goal), data)

        goal.refresh_from_db()
        assert (goal.name, goal.gaps) == ("Ny lydelse", ["activities", "responsible"])
        activity = Activity.objects.get(key="m6-a1")
        assert [row.board.key for row in activity.responsibilities.all()] == ["socialnamnden"]
        assert [row.key for row in activity.areas.all()] == ["close_relationships"]
        assert [(row.board.key, row.note) for row in goal.concerns.all()] == [
            ("servicenamnden", "som arbetsgivare")
        ]

    def test_a_goal_takes_its_rows_in_the_order_they_were_dragged_to(
        self, loaded: Files, editor: Client
    ) -> None:
        goal = Goal.objects.get()
        data = self.form(editor, goal) | {
            "activities-0-ORDER": "2", "activities-1-ORDER": "1", "action-publish": "action-publish"
        }  # fmt: skip

        editor.post(address_of(goal), data)

        assert [row.key for row in goal.activities.all()] == ["m6-a2", "m6-a1"]

    def test_a_draft_of_a_goal_is_kept_and_shown_to_no_reader(
        self, loaded: Files, editor: Client
    ) -> None:
        page = page_of(GoalPage)
        goal = Goal.objects.get()
        data = self.form(editor, goal) | {"activities-0-text": "Bara ett utkast"}

        editor.post(address_of(goal), data)

        assert "Bara ett utkast" not in Client().get(page.url).content.decode()
        assert "Bara ett utkast" in editor.get(address_of(goal)).content.decode()
        goal.refresh_from_db()
        assert goal.live
        assert goal.has_unpublished_changes

    def test_a_draft_of_a_goal_is_previewed_on_its_page(
        self, loaded: Files, editor: Client
    ) -> None:
        page_of(GoalPage, title="Målets sida")
        goal = Goal.objects.get()
        address = address_of(goal, "preview")
        data = self.form(editor, goal) | {"activities-0-text": "Bara ett utkast"}

        assert editor.post(address, data).json()["is_valid"]
        html = editor.get(address).content.decode()

        assert "Målets sida" in html
        assert "Bara ett utkast" in html

    def test_a_goal_without_a_page_has_no_preview(self, loaded: Files, editor: Client) -> None:
        assert not Goal.objects.get().is_previewable()
        assert editor.get(address_of(Goal.objects.get())).status_code == 200

    def test_a_change_shows_at_once_on_the_pages_that_use_the_row(
        self, loaded: Files, editor: Client
    ) -> None:
        page = page_of(next(m for m in TEXT_PAGES if m.__name__ == "SupportPage"))
        assert "Bris" in Client().get(page.url).content.decode()
        contact = Contact.objects.get(key="bris")

        editor.post(address_of(contact), self.form(editor, contact) | {"name": "Barnens linje"})

        assert "Barnens linje" in Client().get(page.url).content.decode()

    @pytest.mark.parametrize("web", ["javascript:alert(1)", "data:text/html,x", "ett två"])
    def test_take_no_address_that_runs_code(self, web: str, loaded: Files, editor: Client) -> None:
        contact = Contact.objects.get(key="bris")

        response = editor.post(address_of(contact), self.form(editor, contact) | {"web": web})

        assert response.status_code == 200
        assert "web" in response.context["form"].errors
        contact.refresh_from_db()
        assert contact.web == ""


class TestChoiceListField:
    """A list of choices in one column, ticked in boxes."""

    def test_is_a_box_for_each_choice_with_the_chosen_ticked(
        self, loaded: Files, editor: Client
    ) -> None:
        page = page_of(GuidancePage, target_groups=["barn"])

        html = editor.get(f"/cms/pages/{page.pk}/edit/").content.decode()

        boxes = [part for part in html.split("<input ")[1:] if 'name="target_groups"' in part]
        assert len(boxes) == len(target_group_options())
        assert all('type="checkbox"' in box for box in boxes)
        assert ["checked" in box.split(">")[0] for box in boxes].count(True) == 1

    def test_of_a_contact_is_boxes_too(self, loaded: Files, editor: Client) -> None:
        contact = Contact.objects.get(key="bris")
        html = editor.get(address_of(contact)).content.decode()
        assert html.count('type="checkbox" name="audience"') == 4
        data = querydict_from_html(html, form_id="w-editor-form")

        editor.post(address_of(contact), dict(data.lists()) | {"audience": ["personal", "anhorig"]})

        contact.refresh_from_db()
        assert contact.audience == ["personal", "anhorig"]

    def test_may_be_emptied(self, loaded: Files, editor: Client) -> None:
        page = page_of(GuidancePage, target_groups=["barn"], operations=["skola"])

        data = form_of(editor, page)
        for name in ("target_groups", "operations"):
            data.pop(name)
        response = editor.post(f"/cms/pages/{page.pk}/edit/", data | {"action-publish": "1"})

        page.refresh_from_db()
        assert response.status_code == 302
        assert (page.target_groups, page.operations) == ([], [])

    def test_takes_no_choice_that_is_not_there(self, loaded: Files, editor: Client) -> None:
        page = page_of(GuidancePage)
        data = form_of(editor, page) | {"target_groups": ["alla"], "action-publish": "1"}

        response = editor.post(f"/cms/pages/{page.pk}/edit/", data)

        assert response.status_code == 200
        assert "target_groups" in response.context["form"].errors

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            ("barn", "ska vara en lista"),
            ({"barn": 1}, "ska vara en lista"),
            (["barn", "alla"], "Okänt val: alla."),
            ([["barn"], None], "Okänt val: "),
        ],
    )
    def test_refuses_other_values_wherever_they_come_from(self, value: Any, message: str) -> None:
        field = ChoiceListField("målgrupper", options=target_group_options)

        with pytest.raises(ValidationError, match=message):
            field.clean(value, None)

    def test_without_choices_is_an_ordinary_list(self) -> None:
        field = ChoiceListField("lista")

        assert field.clean(["vad som helst"], None) == ["vad som helst"]
        assert isinstance(field.formfield(), forms.JSONField)

    def test_keeps_its_choices_out_of_migrations(self) -> None:
        _, path, _, options = ChoiceListField("a", options=target_group_options).deconstruct()

        assert path == "content.fields.ChoiceListField"
        assert "options" not in options
