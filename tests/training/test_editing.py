"""Modules in /cms/: what an editor does never harms evidence, and refusals are kind."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from portal.organisation.models import Person, User
from tests.conftest import Library
from tests.training.cms import form_data
from tests.training.factories import (
    LESSONS,
    QUESTIONS,
    answer,
    edit,
    hand_in,
    lesson,
    make_module_page,
    make_track,
    moment,
    question,
    require,
    version_of,
)
from training import actions
from training.models import (
    Attempt,
    Completion,
    Module,
    ModulePage,
    ModuleVersion,
    Requirement,
    Track,
    TrainingIndexPage,
)
from training.wagtail_hooks import renew_block_ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def done(learner: Person, version: ModuleVersion) -> Completion:
    """Ada has completed Prova."""
    return hand_in(learner, version, moment(2026, 3, 2)).completion


def url(name: str, *arguments: Any) -> str:
    return reverse(f"wagtailadmin_pages:{name}", args=arguments)


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def faults(response: Any, name: str) -> str:
    """What the form says is wrong inside a stream."""
    (error,) = response.context["form"].errors.as_data()[name]
    return json.dumps(error.as_json_data(), ensure_ascii=False)


def ids(data: dict[str, Any]) -> set[str]:
    """Every id that evidence may hang on."""
    return {
        *(each["id"] for each in data["lessons"]),
        *(each["id"] for each in data["questions"]),
        *(choice["id"] for each in data["questions"] for choice in each["choices"]),
    }


class TestTheForm:
    def test_publishes_the_next_version_with_the_same_ids(self, editor, prova, version):
        data = form_data(prova, title="Prova igen", change_note="Ny rubrik")

        response = editor.post(url("edit", prova.pk), {**data, "action-publish": "1"})

        assert response.status_code == 302
        newer = version_of(prova)
        assert (newer.number, newer.data["title"]) == (2, "Prova igen")
        assert ids(newer.data) == ids(version.data)

    def test_refuses_a_material_change_that_says_nothing_of_what_changed(self, editor, prova):
        data = form_data(prova, title="Annat", change_kind="material", change_note=" ")

        response = editor.post(url("edit", prova.pk), {**data, "action-publish": "1"})

        assert response.status_code == 200
        assert response.context["form"].errors["change_note"] == [
            "Skriv vad som ändras den här gången. Den som redan är klar med modulen ser det."
        ]
        assert ModuleVersion.objects.count() == 1

    def test_refuses_two_lessons_at_one_address(self, editor, prova):
        twice = [LESSONS[0], lesson("sedan"), lesson("sedan") | {"id": LESSONS[1]["id"]}]
        data = form_data(prova, lessons=twice)

        response = editor.post(url("edit", prova.pk), {**data, "action-publish": "1"})

        assert "Två lektioner har samma adress: sedan." in str(response.context["form"].errors)
        assert ModuleVersion.objects.count() == 1

    def test_lets_a_draft_be_unfinished(self, editor, prova):
        data = form_data(prova, change_kind="material", lessons=[lesson("sedan"), *LESSONS])

        response = editor.post(url("edit", prova.pk), data)

        assert response.status_code == 302
        draft = ModulePage.objects.get().get_latest_revision_as_object()
        assert draft.change_kind == "material"

    def test_refuses_a_lesson_at_the_quizs_address(self, editor, prova):
        data = form_data(prova, lessons=[lesson("kunskapstest")])

        response = editor.post(url("edit", prova.pk), {**data, "action-publish": "1"})

        assert "Adressen är upptagen. Välj en annan." in faults(response, "lessons")
        assert ModuleVersion.objects.count() == 1

    @pytest.mark.parametrize(
        ("kind", "right", "message"),
        [
            ("single", [], "Kryssa i exakt ett rätt svar."),
            ("single", ["a", "b"], "Kryssa i exakt ett rätt svar."),
            ("true_false", ["a", "b"], "Kryssa i exakt ett rätt svar."),
            ("multiple", [], "Kryssa i minst ett rätt svar."),
        ],
    )
    def test_refuses_a_question_that_cannot_be_answered(self, editor, prova, kind, right, message):
        wrong = [word for word in ("a", "b", "c") if word not in right]
        data = form_data(prova, questions=[question("fel", right, wrong, kind=kind)])

        response = editor.post(url("edit", prova.pk), {**data, "action-publish": "1"})

        assert message in faults(response, "questions")
        assert ModuleVersion.objects.count() == 1

    def test_can_be_sent_to_be_published_later(self, editor, catalogue):
        draft = make_module_page(catalogue, publish=False)
        later = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%d %H:%M")

        response = editor.post(
            url("edit", draft.pk),
            {**form_data(draft), "go_live_at": later, "action-publish": "1"},
        )

        assert response.status_code == 302
        assert not ModuleVersion.objects.exists()

    def test_opens_and_so_does_the_history(self, editor, prova):
        for name in ("edit", "history", "usage"):
            assert editor.get(url(name, prova.pk)).status_code == 200


class TestThePreview:
    def post(self, editor: Client, page: ModulePage, **fields: Any) -> Any:
        place = url("preview_on_edit", page.pk)
        editor.post(place, form_data(page, **fields))
        return editor.get(place)

    def test_shows_the_draft_and_freezes_nothing(self, editor, prova):
        response = self.post(editor, prova, title="Ett utkast")

        assert "Ett utkast" in response.content.decode()
        assert ModuleVersion.objects.count() == 1

    def test_shows_a_lesson_that_has_no_address_yet(self, editor, prova):
        unfinished = lesson("sedan")
        unfinished["value"] |= {"slug": "", "title": "Halvfärdig lektion"}

        response = self.post(editor, prova, lessons=[unfinished])

        assert response.status_code == 200

    def test_of_a_page_that_was_never_published_is_shown(self, editor, catalogue):
        draft = make_module_page(catalogue, publish=False)

        assert self.post(editor, draft).status_code == 200


class TestDeleting:
    @pytest.mark.parametrize("what", ["module", "catalogue"])
    def test_a_published_module_is_refused_with_what_to_do_instead(
        self, editor, prova, catalogue, done, what
    ):
        page = prova if what == "module" else catalogue
        for method in (editor.get, editor.post):
            response = method(url("delete", page.pk))

            assert response.url == url("edit", page.pk)
            assert "Prova har publicerats" in said(response)
            assert "Avpublicera den i stället" in said(response)
        assert Page.objects.filter(pk=prova.pk).exists()

    def test_several_pages_at_once_is_refused_too(self, editor, prova, catalogue):
        other = make_module_page(catalogue, slug="utkast", publish=False)
        place = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])

        response = editor.post(f"{place}?id={prova.pk}&id={other.pk}")

        assert response.url == reverse("wagtailadmin_explore_root")
        assert "Avpublicera den i stället" in said(response)
        assert ModulePage.objects.count() == 2

    def test_an_unpublished_module_is_refused_since_the_facts_stay(self, editor, prova, done):
        prova.unpublish()

        response = editor.post(url("delete", prova.pk))

        assert response.url == url("edit", prova.pk)

    def test_a_draft_that_nobody_has_seen_is_allowed(self, editor, catalogue):
        draft = make_module_page(catalogue, publish=False)

        editor.post(url("delete", draft.pk))

        assert not ModulePage.objects.exists()


class TestUnpublishing:
    def test_hides_the_module_and_keeps_what_was_done(self, editor, client, prova, done):
        response = editor.post(url("unpublish", prova.pk))

        assert response.status_code == 302
        for address in ("/utbildning/prova/", "/utbildning/prova/sedan/"):
            assert client.get(address).status_code == 404
        assert list(Completion.objects.standing()) == [done]

    def test_lets_an_open_attempt_be_finished(self, editor, prova, learner, ada, version):
        attempt = actions.start_attempt(person=learner, version=version, at=moment(2026, 3, 2))
        for number in range(2, 6):
            answer(attempt, number)
        editor.post(url("unpublish", prova.pk))
        browser = Client()
        browser.force_login(ada)

        resume = browser.get("/min-utbildning/").context["resume"]
        browser.post(resume["url"], {"choice": attempt.shown[0]["choices"][0]})
        browser.post(reverse("training:quiz_review", args=["prova", attempt.guid]))

        assert resume["title"] == "Kunskapstest, fråga 1"
        assert Completion.objects.get().attempt == attempt


class TestRenaming:
    def test_changes_no_fact_and_leaves_no_open_page_without_a_way(
        self, editor, prova, learner, ada, version
    ):
        attempt = actions.start_attempt(person=learner, version=version, at=moment(2026, 3, 2))
        old = reverse("training:quiz_question", args=["prova", attempt.guid, 1])
        data = form_data(prova, title="Ny titel", slug="ny-adress")
        editor.post(url("edit", prova.pk), {**data, "action-publish": "1"})
        browser = Client()
        browser.force_login(ada)

        response = browser.post(old, {"choice": attempt.shown[0]["choices"][0]})

        assert response.url == reverse(
            "training:quiz_question", args=["ny-adress", attempt.guid, 2]
        )
        assert len(actions.saved_answers(attempt=attempt)) == 1
        attempt.refresh_from_db()
        assert attempt.version == version


class TestCopying:
    def copy(self, editor: Client, page: Page, **fields: Any) -> Any:
        return editor.post(
            url("copy", page.pk),
            {
                "new_title": "Kopia",
                "new_slug": "kopia",
                "new_parent_page": page.get_parent().pk,
                **fields,
            },
        )

    def test_makes_a_draft_of_its_own_with_ids_of_its_own(self, editor, prova, version, done):
        self.copy(editor, prova, publish_copies="on", alias="on")

        copied = ModulePage.objects.get(slug="kopia")
        assert (copied.live, copied.alias_of) == (False, None)
        assert copied.translation_key != prova.translation_key
        assert Module.objects.count() == 1
        copied.get_latest_revision().publish()
        frozen = version_of(copied)
        assert (frozen.module.slug, frozen.number) == ("kopia", 1)
        assert not ids(frozen.data) & ids(version.data)
        assert len(ids(frozen.data)) == len(ids(version.data))

    def test_copies_the_draft_as_it_is_and_not_what_is_published(self, editor, prova):
        edit(prova, summary="Ett utkast till ingress", questions=QUESTIONS[:2])

        self.copy(editor, prova)

        copied = ModulePage.objects.get(slug="kopia")
        draft = copied.get_latest_revision_as_object()
        assert draft.summary == "Ett utkast till ingress"
        assert len(draft.questions) == 2

    def test_leaves_the_original_and_its_evidence_alone(self, editor, prova, version, done):
        self.copy(editor, prova)

        prova.refresh_from_db()
        prova.get_latest_revision().publish()
        assert version_of(prova) == version
        assert list(Completion.objects.all()) == [done]

    def test_keeps_the_learning_text(self, editor, prova, version):
        self.copy(editor, prova)

        copied = ModulePage.objects.get(slug="kopia")
        copied.get_latest_revision().publish()
        frozen = version_of(copied).data
        for name in ("slug", "title", "goal", "minutes"):
            assert [each[name] for each in frozen["lessons"]] == [
                each[name] for each in version.data["lessons"]
            ]

    @pytest.mark.parametrize("keep_live", [True, False])
    def test_of_everything_above_it_renews_the_ids_too(
        self, catalogue, prova, version, admin, rf, keep_live
    ):
        request = rf.post("/")
        request.user = admin
        copied = catalogue.copy(
            recursive=True, keep_live=keep_live, update_attrs={"slug": "kopia"}, user=admin
        )

        renew_block_ids(request, catalogue, copied)

        module = ModulePage.objects.exclude(pk=prova.pk).get()
        assert module.live == keep_live
        if not keep_live:
            module.get_latest_revision().publish()
        assert module.translation_key != prova.translation_key
        assert not ids(version_of(module).data) & ids(version.data)

    def test_as_an_alias_is_left_to_follow_its_source(self, catalogue, prova, admin, rf):
        request = rf.post("/")
        request.user = admin
        alias = prova.create_alias(update_slug="spegel", user=admin)

        renew_block_ids(request, prova, alias)

        alias.refresh_from_db()
        assert alias.alias_of == prova.page_ptr
        assert alias.lessons.get_prep_value() == prova.lessons.get_prep_value()


class TestTheCatalogue:
    def test_is_one_below_the_start_page(self):
        assert TrainingIndexPage.max_count_per_parent == 1
        assert TrainingIndexPage.parent_page_types == ["content.StartPage"]


class TestRequirements:
    def post(self, editor: Client, **fields: Any) -> Any:
        return editor.post(
            reverse("wagtailsnippets_training_requirement:add"),
            {
                "title": "Krav",
                "reason": "Du möter barn.",
                "due_rule": "after_start",
                "due_days": "30",
                "retake_days": "90",
                "material_policy": "keep",
                "starts_date": "2026-01-01",
                **fields,
            },
        )

    def test_are_made_for_a_module(self, editor, version):
        response = self.post(editor, module=version.module.pk)

        assert response.status_code == 302
        assert Requirement.objects.get().module == version.module

    @pytest.mark.parametrize("both", [True, False])
    def test_of_both_module_and_track_or_neither_are_refused_in_words(self, editor, version, both):
        track = make_track(version.module)
        fields = {"module": version.module.pk, "track": track.pk} if both else {}

        response = self.post(editor, **fields)

        assert response.status_code == 200
        assert "Välj en modul eller ett utbildningsspår" in response.content.decode()

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"due_rule": "fixed"}, "Ange vilket datum som är den sista dagen."),
            ({"due_days": ""}, "Ange hur många dagar"),
            ({"ends_date": "2026-01-01"}, "Sista dagen måste komma efter den första."),
        ],
    )
    def test_that_do_not_hang_together_are_refused_in_words(self, editor, version, fields, words):
        response = self.post(editor, module=version.module.pk, **fields)

        assert response.status_code == 200
        assert words in response.content.decode()

    def test_can_be_changed_to_another_audience(self, editor, version, organisation):
        requirement = require(version.module, units=[organisation.bjorken])
        place = reverse("wagtailsnippets_training_requirement:edit", args=[requirement.pk])

        response = editor.post(
            place,
            {
                "title": requirement.title,
                "reason": requirement.reason,
                "module": version.module.pk,
                "units": [organisation.granen.pk],
                "roles": ["manager"],
                "due_rule": "after_start",
                "due_days": "90",
                "retake_days": "90",
                "material_policy": "keep",
                "starts_date": "2026-01-01",
            },
        )

        assert response.status_code == 302
        requirement = Requirement.objects.get()
        assert (list(requirement.units.all()), requirement.roles) == (
            [organisation.granen],
            ["manager"],
        )

    def test_keep_the_track_they_point_at_from_being_deleted(self, editor, version):
        track = make_track(version.module)
        require(track)
        place = reverse("wagtailsnippets_training_track:delete", args=[track.pk])

        assert editor.get(place).status_code == 200
        refused = editor.post(place)

        assert refused.status_code == 409
        assert "Krav på" in refused.content.decode()
        assert Track.objects.exists()

    def test_are_not_for_those_who_edit_texts(self, disa, version):
        client = Client()
        client.force_login(disa)

        for name in ("list", "add"):
            place = reverse(f"wagtailsnippets_training_requirement:{name}")
            assert client.get(place).status_code == 302


def test_no_fact_has_changed_through_all_of_it(
    editor: Client, prova: ModulePage, learner: Person, version: ModuleVersion, done: Completion
) -> None:
    before = [list(model.objects.order_by("pk").values()) for model in (Attempt, Completion)]
    data = form_data(prova, title="Helt annat", slug="annat", questions=QUESTIONS[:1])

    editor.post(url("edit", prova.pk), {**data, "action-publish": "1"})
    editor.post(url("unpublish", prova.pk))
    editor.post(url("delete", prova.pk))

    assert before == [
        list(model.objects.order_by("pk").values()) for model in (Attempt, Completion)
    ]
    assert ModuleVersion.objects.get(pk=version.pk).is_untouched()


def test_the_shipped_module_can_be_saved_and_published(editor: Client, library: Library):
    """Its form is the largest there is: more fields than Django takes unless it is told to."""
    page = ModulePage.objects.get(slug="orosanmalan")
    data = form_data(page, title="Orosanmälan, ny titel", change_kind="editorial")
    assert len(data) > 1000

    response = editor.post(url("edit", page.pk), data | {"action-publish": "1"})

    page.refresh_from_db()
    assert response.status_code == 302
    assert page.title == "Orosanmälan, ny titel"
    assert version_of(page).data["title"] == "Orosanmälan, ny titel"
