"""Lessons, the module's page, the catalogue and Min utbildning, as one learner sees them."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.organisation.models import Operation, User
from tests.factories import AbsenceFactory
from tests.training.factories import (
    LESSONS,
    CompletionFactory,
    answer,
    hand_in,
    lesson,
    make_module_page,
    make_track,
    moment,
    read_lesson,
    republish,
    require,
    version_of,
)
from training import actions
from training.models import Attempt, ChangeKind, Completion, LessonRead, ModuleVersion

pytestmark = pytest.mark.django_db

MINE = "/min-utbildning/"
NOW = moment(2026, 3, 2, 9)


@pytest.fixture
def as_ada(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def monday() -> Any:
    """Let the clock stand at NOW. Sessions made before are valid then too."""
    with time_machine.travel(NOW, tick=False):
        yield


class TestALesson:
    def test_shows_the_frozen_text_and_not_the_draft(self, client, prova):
        draft = prova.get_latest_revision_as_object()
        draft.title = "Utkast"
        draft.save_revision()

        response = client.get("/utbildning/prova/vem-och-nar/")

        assert response.context["module"]["title"] == "Prova"
        assert "Om vem-och-nar." in response.content.decode()

    def test_leads_from_one_to_the_next_and_then_to_the_quiz(self, client, version):
        steps = [
            client.get(f"/utbildning/prova/{slug}/").context["next"].url
            for slug in ("vem-och-nar", "gor-sa-har", "sedan")
        ]

        assert steps == [
            "/utbildning/prova/gor-sa-har/",
            "/utbildning/prova/sedan/",
            "/utbildning/prova/kunskapstest/",
        ]

    def test_marked_as_read_leads_on(self, as_ada, learner, version):
        response = as_ada.post("/utbildning/prova/vem-och-nar/")

        assert response.url == "/utbildning/prova/gor-sa-har/"
        read = LessonRead.objects.get()
        assert (read.person, read.version) == (learner, version)
        assert str(read.lesson_id) == version.lessons[0]["id"]

    def test_marked_twice_is_read_once(self, as_ada, version):
        for _ in range(3):
            as_ada.post("/utbildning/prova/sedan/")

        assert LessonRead.objects.count() == 1
        assert as_ada.get("/utbildning/prova/sedan/").context["done"]

    def test_that_is_the_last_of_a_module_without_quiz_leads_back(self, as_ada, catalogue):
        make_module_page(catalogue, slug="text", questions=[])

        assert as_ada.post("/utbildning/text/sedan/").url == "/utbildning/text/"

    def test_marked_by_someone_signed_out_asks_for_sign_in_and_comes_back(self, client, version):
        response = client.post("/utbildning/prova/sedan/")

        assert response.url == "/logga-in/?next=/utbildning/prova/sedan/"
        assert not LessonRead.objects.exists()

    @pytest.mark.parametrize(
        "path",
        ["/utbildning/prova/finns-inte/", "/utbildning/finns-inte/sedan/", "/utbildning/a/b/c/"],
    )
    def test_that_is_not_there_is_not_found(self, as_ada, version, path):
        for method in (as_ada.get, as_ada.post):
            assert method(path).status_code == 404

    def test_in_a_private_module_is_not_found(self, client, prova):
        prova.view_restrictions.create(restriction_type="login")

        assert client.get("/utbildning/prova/sedan/").status_code == 404


class TestTheModulesPage:
    def test_marks_what_is_done(self, as_ada, learner, version):
        read_lesson(learner, version, NOW)

        context = as_ada.get("/utbildning/prova/").context

        assert [step.done for step in context["lessons"]] == [True, False, False]
        assert context["state"] == {"state": "started", "label": "Påbörjad"}
        assert context["resume"] == {
            "title": "Gor sa har",
            "url": "/utbildning/prova/gor-sa-har/",
        }

    def test_says_when_it_was_completed(self, as_ada, learner, version):
        completion = CompletionFactory(person=learner, version=version, completed_at=NOW)

        context = as_ada.get("/utbildning/prova/").context

        assert context["completion"]["completed_at"] == NOW
        assert context["completion"]["url"] == f"/intyg/{completion.code}/"
        assert (context["resume"], context["changed_note"]) == (None, "")

    def test_says_what_has_changed_since(self, as_ada, learner, prova, version):
        CompletionFactory(person=learner, version=version)
        republish(prova, title="Prova 2", change_note="Nytt telefonnummer")

        assert as_ada.get("/utbildning/prova/").context["changed_note"] == "Nytt telefonnummer"

    def test_does_not_say_done_of_what_must_be_done_again(self, as_ada, learner, version):
        require(version.module, valid_months=12)
        hand_in(learner, version, timezone.now() - timedelta(days=500))

        context = as_ada.get("/utbildning/prova/").context

        assert (context["completion"], context["state"]["state"]) == (None, "not_started")
        assert context["lapsed"]["code"] == Completion.objects.get().code

        as_ada.post("/utbildning/prova/kunskapstest/")

        assert as_ada.get("/utbildning/prova/").context["state"]["state"] == "started"

    @pytest.mark.parametrize("in_a_track", [False, True])
    def test_asks_again_as_soon_as_a_requirement_says_so(
        self, as_ada, learner, version, in_a_track
    ):
        requirement = require(make_track(version.module) if in_a_track else version.module)
        hand_in(learner, version, timezone.now() - timedelta(days=500))
        assert as_ada.get("/utbildning/prova/").context["completion"]

        requirement.valid_months = 12
        requirement.save()
        assert as_ada.get("/utbildning/prova/").context["lapsed"]

        requirement.delete()
        assert as_ada.get("/utbildning/prova/").context["completion"]

    def test_asks_again_only_those_whom_the_requirement_concerns(self, as_ada, learner, version):
        elsewhere = Operation.objects.create(slug="annan", name="Annan")
        require(version.module, valid_months=12, operations=[elsewhere])
        hand_in(learner, version, timezone.now() - timedelta(days=500))

        assert as_ada.get("/utbildning/prova/").context["completion"]

    def test_is_as_cheap_for_those_who_are_done(self, as_ada, learner, version):
        require(version.module, valid_months=12)
        as_ada.get("/utbildning/prova/")
        with CaptureQueriesContext(connection) as before:
            as_ada.get("/utbildning/prova/")
        hand_in(learner, version, timezone.now() - timedelta(days=5))
        as_ada.get("/utbildning/prova/")  # what the requirements say is remembered from here on

        with CaptureQueriesContext(connection) as after:
            as_ada.get("/utbildning/prova/")

        assert len(after) == len(before) <= 4

    def test_shows_nothing_of_anyone_elses(self, as_ada, disa, version):
        hand_in(disa.person, version, NOW)

        context = as_ada.get("/utbildning/prova/").context

        assert (context["state"]["state"], context["quiz"]["tried"]) == ("not_started", False)

    def test_asks_the_same_number_of_questions_however_much_is_done(
        self, as_ada, learner, version, django_assert_num_queries
    ):
        as_ada.get("/utbildning/prova/")
        read_lesson(learner, version, NOW)
        with CaptureQueriesContext(connection) as few:
            as_ada.get("/utbildning/prova/")
        for _ in range(4):
            hand_in(learner, version, NOW, right=0)
        for each in version.lessons:
            actions.mark_lesson_read(person=learner, version=version, lesson_id=each["id"], at=NOW)

        with django_assert_num_queries(len(few)):
            as_ada.get("/utbildning/prova/")


class TestTheCatalogue:
    def test_lists_published_modules_with_ones_own_state(self, as_ada, catalogue, learner, version):
        make_module_page(catalogue, slug="utkast", publish=False)
        make_module_page(catalogue, slug="annan")
        hand_in(learner, version, NOW)

        cards = as_ada.get("/utbildning/").context["modules"]

        assert [(card["title"], card["status"]["label"]) for card in cards] == [
            ("Prova", "Klar"),
            ("Annan", "Inte påbörjad"),
        ]

    def test_shows_strangers_no_state(self, client, version):
        (card,) = client.get("/utbildning/").context["modules"]

        assert card["status"] is None


class TestMyTraining:
    def test_lists_what_to_do_by_its_last_day_and_says_why(self, as_ada, catalogue, version):
        later = version_of(make_module_page(catalogue, slug="senare")).module
        require(later, starts_date=timezone.localdate(), due_days=60, reason="Du är ny.")
        require(version.module, starts_date=timezone.localdate(), due_days=10)

        todo = as_ada.get(MINE).context["todo"]

        assert [(item["title"], item["url"], item["why"]) for item in todo] == [
            ("Prova", "/utbildning/prova/", "Du möter barn."),
            ("Senare", "/utbildning/senare/", "Du är ny."),
        ]
        assert {item["label"] for item in todo} == {"Inte påbörjad"}

    def test_lists_what_is_done_with_its_certificate(self, as_ada, learner, version):
        require(version.module, valid_months=24)
        completion = hand_in(learner, version, timezone.now()).completion

        context = as_ada.get(MINE).context

        (item,) = context["done"]
        assert context["todo"] == []
        assert item["certificate_url"] == f"/intyg/{completion.code}/"
        assert item["valid_until"].year == timezone.localdate().year + 2

    def test_says_of_the_newest_completion_alone_how_long_it_holds(self, as_ada, learner, version):
        require(version.module, valid_months=24)
        hand_in(learner, version, timezone.now() - timedelta(days=400))
        hand_in(learner, version, timezone.now())

        newest, older = as_ada.get(MINE).context["done"]

        assert newest["valid_until"] is not None
        assert older["valid_until"] is None

    def test_does_not_list_what_was_revoked(self, as_ada, learner, version, disa):
        completion = hand_in(learner, version, NOW).completion
        actions.revoke_completion(completion=completion, by=disa, reason="Fel", at=NOW)

        assert as_ada.get(MINE).context["done"] == []

    def test_rests_during_absence(self, as_ada, learner, version):
        require(version.module, due_days=1)
        AbsenceFactory(person=learner, starts_date=date(2026, 1, 1))

        (item,) = as_ada.get(MINE).context["todo"]

        assert item["label"] == "Pausad"

    def test_turns_late_at_midnight_in_stockholm(self, ada, version, monday):
        require(version.module, due_rule="fixed", due_date=date(2026, 3, 31))

        def label(hour: int, minute: int, day: int, month: int) -> str:
            with time_machine.travel(moment(2026, month, day, hour, minute), tick=False):
                client = Client()
                client.force_login(ada)
                return client.get(MINE).context["todo"][0]["label"]

        assert label(23, 59, 31, 3) == "Inte påbörjad"
        assert label(0, 0, 1, 4) == "Försenad"

    def test_is_ones_own_alone(self, client, as_ada, disa, version):
        hand_in(disa.person, version, NOW)

        assert as_ada.get(MINE).context["done"] == []
        assert client.get(MINE).url == f"/logga-in/?next={MINE}"


class TestWhereToGoOn:
    def resume(self, client: Client) -> Any:
        return client.get(MINE).context["resume"]

    def test_is_nowhere_before_anything_is_begun(self, as_ada, version):
        assert self.resume(as_ada) is None

    def test_is_the_first_lesson_not_read(self, as_ada, learner, version):
        for place in (0, 2):
            actions.mark_lesson_read(
                person=learner,
                version=version,
                lesson_id=version.lessons[place]["id"],
                at=NOW,
            )

        assert self.resume(as_ada) == {
            "module": "Prova",
            "title": "Gor sa har",
            "url": "/utbildning/prova/gor-sa-har/",
        }

    def test_is_the_quiz_when_every_lesson_is_read(self, as_ada, learner, version):
        for each in version.lessons:
            actions.mark_lesson_read(person=learner, version=version, lesson_id=each["id"], at=NOW)

        assert self.resume(as_ada)["url"] == "/utbildning/prova/kunskapstest/"

    def test_is_the_first_question_without_an_answer(self, as_ada, learner, version):
        attempt = actions.start_attempt(person=learner, version=version, at=NOW)
        for number in (1, 3):
            answer(attempt, number)

        assert self.resume(as_ada) == {
            "module": "Prova",
            "title": "Kunskapstest, fråga 2",
            "url": reverse("training:quiz_question", args=["prova", attempt.guid, 2]),
        }

    def test_is_a_question_whose_boxes_were_emptied(self, as_ada, learner, version):
        attempt = actions.start_attempt(person=learner, version=version, at=NOW)
        for number in range(1, 6):
            answer(attempt, number)
        answer(attempt, 3, [])

        assert self.resume(as_ada)["title"] == "Kunskapstest, fråga 3"

    def test_is_the_review_when_every_question_is_answered(self, as_ada, learner, version):
        attempt = actions.start_attempt(person=learner, version=version, at=NOW)
        for number in range(1, 6):
            answer(attempt, number)

        resume = self.resume(as_ada)

        assert resume["title"] == "Lämna in testet"
        assert resume["url"] == reverse("training:quiz_review", args=["prova", attempt.guid])

    def test_is_the_quiz_again_after_failing(self, as_ada, learner, version):
        for each in version.lessons:
            actions.mark_lesson_read(person=learner, version=version, lesson_id=each["id"], at=NOW)
        hand_in(learner, version, NOW, right=0)

        assert self.resume(as_ada)["url"] == "/utbildning/prova/kunskapstest/"

    def test_is_nowhere_when_the_module_is_done(self, as_ada, learner, version):
        read_lesson(learner, version, NOW)
        hand_in(learner, version, NOW)

        assert self.resume(as_ada) is None

    def test_is_the_open_attempt_also_when_renewing(self, as_ada, learner, version):
        hand_in(learner, version, NOW)
        attempt = actions.start_attempt(
            person=learner, version=version, at=NOW + timedelta(days=300)
        )

        assert self.resume(as_ada)["url"] == reverse(
            "training:quiz_question", args=["prova", attempt.guid, 1]
        )

    def test_is_the_module_touched_last(self, as_ada, catalogue, learner, version):
        other = version_of(make_module_page(catalogue, slug="annan"))
        read_lesson(learner, other, NOW)
        read_lesson(learner, version, NOW + timedelta(hours=1))

        assert self.resume(as_ada)["module"] == "Prova"

    def test_passes_by_what_is_done_or_unpublished(self, as_ada, catalogue, learner, version):
        gone = make_module_page(catalogue, slug="borta")
        read_lesson(learner, version, NOW)
        read_lesson(learner, version_of(gone), NOW + timedelta(hours=1))
        gone.unpublish()

        assert self.resume(as_ada)["module"] == "Prova"

    def test_follows_a_lesson_to_its_new_place_in_a_newer_version(
        self, as_ada, prova, learner, version
    ):
        read_lesson(learner, version, NOW)
        republish(prova, lessons=[lesson("ny-forst"), *LESSONS])

        assert self.resume(as_ada)["url"] == "/utbildning/prova/ny-forst/"

    def test_is_the_same_in_every_session(self, ada, learner, version):
        read_lesson(learner, version, NOW)
        places = set()
        for _ in range(2):
            client = Client()
            client.force_login(ada)
            places.add(self.resume(client)["url"])

        assert places == {"/utbildning/prova/gor-sa-har/"}


def test_a_material_change_asks_again_on_every_page(
    as_ada: Client, prova: Any, learner: Any, version: ModuleVersion
) -> None:
    require(version.module, material_policy="retake_all", retake_days=30)
    hand_in(learner, version, timezone.now())
    assert as_ada.get(MINE).context["todo"] == []

    republish(prova, title="Prova om", change_kind=ChangeKind.MATERIAL, change_note="Ny lag")

    (item,) = as_ada.get(MINE).context["todo"]
    assert item["due_date"] == timezone.localdate() + timedelta(days=30)
    assert as_ada.get("/utbildning/prova/").context["state"]["state"] == "not_started"
    assert as_ada.get("/utbildning/").context["modules"][0]["status"]["state"] == "not_started"

    again = hand_in(learner, version_of(prova), timezone.now())

    assert again.completion.version.number == 2
    assert as_ada.get(MINE).context["todo"] == []
    assert Attempt.objects.count() == 2
