"""The quiz over HTTP: who may, what is said, what is ignored, and what never leaves the server."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client, modify_settings, override_settings
from django.urls import reverse

from portal.organisation.models import User
from tests.training.factories import (
    KEY_WORD,
    answer,
    choices,
    hand_in,
    make_module_page,
    moment,
    question,
    republish,
    version_of,
)
from training import actions
from training.models import (
    AnswerEvent,
    Attempt,
    AttemptState,
    Completion,
    LessonRead,
    ModuleVersion,
)

pytestmark = pytest.mark.django_db

NOW = moment(2026, 3, 2, 9)
SINGLE, TRUE_FALSE, MULTIPLE = 1, 2, 3


@pytest.fixture
def attempt(learner: Any, version: ModuleVersion) -> Attempt:
    return actions.start_attempt(person=learner, version=version, at=NOW)


@pytest.fixture
def as_ada(ada: User) -> Client:
    return signed_in(ada)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, attempt: Attempt, *more: Any) -> str:
    return reverse(f"training:quiz_{name}", args=["prova", attempt.guid, *more])


def saved(attempt: Attempt, number: int) -> list[str] | None:
    found = actions.saved_answers(attempt=attempt).get(attempt.question_ids[number - 1])
    return found and found.choice_ids


def form_of(as_ada: Client, attempt: Attempt, number: int) -> dict[str, Any]:
    """What the question's form holds when it is drawn."""
    context = as_ada.get(at("question", attempt, number)).context
    checked = [choice["key"] for choice in context["choices"] if choice["checked"]]
    return {"client": str(context["client"]), "seq": context["seq"], "choice": checked}


class TestTheQuestion:
    def test_shows_its_choices_in_the_attempts_order(self, as_ada, attempt):
        context = as_ada.get(at("question", attempt, MULTIPLE)).context

        assert [choice["key"] for choice in context["choices"]] == attempt.shown[2]["choices"]
        assert context["question"]["hint"] == "Välj alla som stämmer."
        assert context["saved_at"] is None

    def test_shows_what_was_saved_and_when(self, as_ada, attempt):
        answer(attempt, SINGLE, at=moment(2026, 3, 29, 3, 5))

        context = as_ada.get(at("question", attempt, SINGLE)).context

        assert [c["key"] for c in context["choices"] if c["checked"]] == choices(attempt, SINGLE)
        assert context["saved_at"] == "03:05"

    @pytest.mark.parametrize("number", [0, 6, 99, 10**30])
    def test_that_is_not_there_is_not_found(self, as_ada, attempt, number):
        for method in (as_ada.get, as_ada.post):
            assert method(at("question", attempt, number)).status_code == 404
        assert as_ada.post(at("autosave", attempt, number)).status_code == 404

    def test_of_a_closed_attempt_leads_to_the_result(self, as_ada, attempt):
        actions.submit_attempt(attempt=attempt, at=NOW)

        for name, more in (("question", [1]), ("review", [])):
            assert as_ada.get(at(name, attempt, *more)).url == at("result", attempt)

    def test_can_be_left_for_later(self, as_ada, attempt):
        response = as_ada.post(at("question", attempt, 1), {"go": "next"})

        assert response.url == at("question", attempt, 2)
        assert not AnswerEvent.objects.exists()

    @pytest.mark.parametrize(
        ("number", "go", "leads_to"),
        [
            (1, "next", ("question", 2)),
            (3, "previous", ("question", 2)),
            (1, "previous", ("review",)),
            (5, "next", ("review",)),
            (2, "review", ("review",)),
            (2, "//evil.example", ("review",)),
            (2, "", ("review",)),
        ],
    )
    def test_leads_on_within_the_attempt(self, as_ada, attempt, number, go, leads_to):
        response = as_ada.post(at("question", attempt, number), {"go": go})

        assert response.url == at(leads_to[0], attempt, *leads_to[1:])


class TestTheFormWithoutScript:
    def test_saves_a_choice(self, as_ada, attempt):
        form = form_of(as_ada, attempt, SINGLE)

        as_ada.post(at("question", attempt, SINGLE), form | {"choice": choices(attempt, SINGLE)})

        assert saved(attempt, SINGLE) == choices(attempt, SINGLE)

    def test_sent_again_and_again_saves_once(self, as_ada, attempt):
        form = form_of(as_ada, attempt, SINGLE) | {"choice": choices(attempt, SINGLE)}

        for _ in range(5):
            assert as_ada.post(at("question", attempt, SINGLE), form).status_code == 302

        assert AnswerEvent.objects.count() == 1

    def test_saves_a_change_of_mind_and_back_after_the_back_button(self, as_ada, attempt):
        form = form_of(as_ada, attempt, SINGLE)
        one, other, _ = attempt.shown[0]["choices"]

        for chosen in (one, other, one):
            as_ada.post(at("question", attempt, SINGLE), form | {"choice": [chosen]})

        assert saved(attempt, SINGLE) == [one]

    def test_takes_back_every_box_of_a_multiple_choice(self, as_ada, attempt):
        answer(attempt, MULTIPLE)
        form = form_of(as_ada, attempt, MULTIPLE)
        assert form["choice"]

        as_ada.post(at("question", attempt, MULTIPLE), form | {"choice": []})

        assert saved(attempt, MULTIPLE) == []
        assert form_of(as_ada, attempt, MULTIPLE)["choice"] == []

    @pytest.mark.parametrize("number", [SINGLE, TRUE_FALSE, MULTIPLE])
    def test_left_empty_in_a_second_tab_takes_nothing_from_the_first(self, as_ada, attempt, number):
        second = form_of(as_ada, attempt, number)
        first = form_of(as_ada, attempt, number)
        chosen = choices(attempt, number)
        as_ada.post(at("question", attempt, number), first | {"choice": chosen})

        as_ada.post(at("question", attempt, number), second)
        as_ada.post(at("question", attempt, number), second | {"seq": second["seq"] + 1})

        assert sorted(saved(attempt, number)) == sorted(chosen)

    def test_in_a_second_tab_with_another_choice_is_the_one_that_counts(self, as_ada, attempt):
        first, second = (form_of(as_ada, attempt, SINGLE) for _ in range(2))
        one, other, _ = attempt.shown[0]["choices"]
        as_ada.post(at("question", attempt, SINGLE), first | {"choice": [one]})

        as_ada.post(at("question", attempt, SINGLE), second | {"choice": [other]})

        assert saved(attempt, SINGLE) == [other]

    def test_to_a_closed_attempt_is_refused_with_where_to_go(self, as_ada, attempt):
        form = form_of(as_ada, attempt, SINGLE) | {"choice": choices(attempt, SINGLE)}
        actions.submit_attempt(attempt=attempt, at=NOW)

        response = as_ada.post(at("question", attempt, SINGLE), form)

        page = response.content.decode()
        assert response.status_code == 409
        assert "Testet är redan inlämnat" in page
        assert "Svaret sparades inte" in page
        assert at("result", attempt) in page
        assert not AnswerEvent.objects.exists()

    def test_with_an_unknown_choice_is_refused_and_saves_nothing(self, as_ada, attempt):
        response = as_ada.post(at("question", attempt, SINGLE), {"choice": "hittepå"})

        assert response.status_code == 400
        assert "Svaret finns inte bland alternativen" in response.content.decode()
        assert not AnswerEvent.objects.exists()

    @pytest.mark.parametrize(
        ("client", "seq"),
        [("", ""), ("inget-uuid", "1"), ("\x00", "-1"), ("x" * 5000, "9" * 50), ("1", "1.5")],
    )
    def test_with_an_odd_counter_still_saves(self, as_ada, attempt, client, seq):
        for name in ("question", "autosave"):
            for chosen in attempt.shown[0]["choices"]:
                as_ada.post(
                    at(name, attempt, SINGLE), {"choice": chosen, "client": client, "seq": seq}
                )
                assert saved(attempt, SINGLE) == [chosen]


class TestAutosave:
    def test_says_when_it_saved_by_the_clock_in_stockholm(self, as_ada, attempt):
        response = as_ada.post(
            at("autosave", attempt, SINGLE),
            {"choice": choices(attempt, SINGLE), "client": str(uuid.uuid4()), "seq": 1},
        )

        event = AnswerEvent.objects.get()
        clock = event.saved_at.astimezone(NOW.tzinfo).strftime("%H:%M")
        assert (response.status_code, response.json()) == (200, {"saved_at": clock})
        assert response["Cache-Control"] == "no-store, private"

    def test_takes_boxes_back(self, as_ada, attempt):
        form = {"client": str(uuid.uuid4())}
        place = at("autosave", attempt, MULTIPLE)
        as_ada.post(place, form | {"seq": 1, "choice": choices(attempt, MULTIPLE)})

        assert as_ada.post(place, form | {"seq": 2}).status_code == 200

        assert saved(attempt, MULTIPLE) == []

    def test_that_comes_after_the_forms_own_button_does_not_undo_it(self, as_ada, attempt):
        form = form_of(as_ada, attempt, SINGLE)
        one, other, third = attempt.shown[0]["choices"]
        seq = form["seq"]
        place = at("autosave", attempt, SINGLE)
        as_ada.post(place, form | {"seq": seq + 1, "choice": [one]})
        as_ada.post(at("question", attempt, SINGLE), form | {"seq": seq + 3, "choice": [third]})

        as_ada.post(place, form | {"seq": seq + 2, "choice": [other]})

        assert saved(attempt, SINGLE) == [third]

    def test_to_someone_signed_out_says_so(self, attempt):
        response = Client().post(at("autosave", attempt, SINGLE))

        assert response.status_code == 401
        assert response.json() == {
            "error": "Du är utloggad. Gå vidare som vanligt, "
            "så får du logga in och svaret följer med."
        }

    @modify_settings(
        MIDDLEWARE={"append": "django.contrib.auth.middleware.LoginRequiredMiddleware"}
    )
    def test_to_someone_signed_out_says_so_where_everything_asks_for_sign_in(self, attempt):
        assert Client().post(at("autosave", attempt, SINGLE)).status_code == 401

    def test_to_an_attempt_that_is_not_there_says_where_to_go(self, as_ada, attempt):
        place = reverse("training:quiz_autosave", args=["prova", uuid.uuid4(), 1])

        response = as_ada.post(place)

        assert response.status_code == 404
        assert response.json()["error"].startswith("Försöket finns inte.")

    def test_of_an_unknown_choice_says_what_to_do(self, as_ada, attempt):
        response = as_ada.post(at("autosave", attempt, SINGLE), {"choice": "hittepå"})

        assert response.status_code == 400
        assert response.json()["error"].startswith("Svaret finns inte bland alternativen")

    def test_to_a_closed_attempt_says_that_the_result_stands(self, as_ada, attempt):
        actions.submit_attempt(attempt=attempt, at=NOW)

        response = as_ada.post(
            at("autosave", attempt, SINGLE), {"choice": choices(attempt, SINGLE)}
        )

        assert response.status_code == 409
        assert "Resultatet står kvar som det var." in response.json()["error"]
        assert not AnswerEvent.objects.exists()


class TestSomeoneElsesAttempt:
    @pytest.mark.parametrize("role", ["berit", "cem", "disa", "protected", "registrar"])
    def test_does_not_exist_whatever_is_asked_of_it(self, request, attempt, role):
        other = signed_in(request.getfixturevalue(role))
        data = {"choice": choices(attempt, SINGLE)}

        for place in (at("question", attempt, 1), at("review", attempt)):
            for method in (other.get, other.head):
                assert method(place).status_code == 404
            assert other.post(place, data).status_code == 404
        assert other.get(at("result", attempt)).status_code == 404
        assert other.post(at("autosave", attempt, 1), data).status_code == 404

        attempt.refresh_from_db()
        assert attempt.is_open
        assert not AnswerEvent.objects.exists()

    def test_is_answered_like_one_that_never_was(self, cem, attempt):
        other = signed_in(cem)
        nowhere = reverse("training:quiz_question", args=["prova", uuid.uuid4(), 1])

        def body(place: str) -> str:
            response = other.get(place)
            assert response.status_code == 404
            html = response.content.decode().replace(place, "")
            return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html)

        assert body(at("question", attempt, 1)) == body(nowhere)

    def test_asks_a_stranger_to_sign_in(self, attempt):
        for name, more in (("question", [1]), ("review", []), ("result", [])):
            response = Client().get(at(name, attempt, *more))
            assert response.url == f"/logga-in/?next={at(name, attempt, *more)}"


class TestOtherMethods:
    @pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
    def test_are_not_allowed(self, as_ada, attempt, method):
        for place in (
            at("question", attempt, 1),
            at("review", attempt),
            at("result", attempt),
            at("autosave", attempt, 1),
            "/utbildning/prova/kunskapstest/",
            "/utbildning/prova/sedan/",
            "/min-utbildning/",
            "/chef/",
        ):
            assert getattr(as_ada, method)(place).status_code == 405, place

    def test_that_read_change_nothing(self, as_ada, attempt):
        for place in ("/utbildning/prova/kunskapstest/", at("review", attempt)):
            as_ada.get(place)
        assert as_ada.get(at("autosave", attempt, 1)).status_code == 405
        assert as_ada.post(at("result", attempt)).status_code == 405

        assert Attempt.objects.count() == 1
        attempt.refresh_from_db()
        assert attempt.is_open


class TestMoreThanTheFormAsksFor:
    """A hostile form may send anything: only choice, client, seq and go are read."""

    EVIL = {
        "score": 5,
        "max_score": 5,
        "passed": "true",
        "person": 1,
        "person_id": 1,
        "user": 1,
        "completed_at": "2020-01-01",
        "submitted_at": "2020-01-01",
        "saved_at": "2020-01-01",
        "started_at": "2020-01-01",
        "state": "submitted",
        "cycle": 9,
        "number": 9,
        "version": 1,
        "is_late": "true",
        "is_final": "true",
        "how": "import",
    }

    def test_is_ignored_from_start_to_finish(self, as_ada, learner, version):
        as_ada.post("/utbildning/prova/kunskapstest/", self.EVIL)
        attempt = Attempt.objects.get()
        assert (attempt.person, attempt.version, attempt.cycle, attempt.number) == (
            learner,
            version,
            1,
            1,
        )
        assert (attempt.state, attempt.score, attempt.passed) == ("open", None, None)

        as_ada.post(
            at("question", attempt, 1), self.EVIL | {"choice": choices(attempt, 1, right=False)}
        )
        as_ada.post(at("autosave", attempt, 2), self.EVIL | {"choice": choices(attempt, 2)})
        as_ada.post(at("review", attempt), self.EVIL)

        attempt.refresh_from_db()
        assert (attempt.score, attempt.max_score, attempt.passed) == (1, 5, False)
        assert attempt.submitted_at.year > 2020
        assert {event.saved_at.year > 2020 for event in AnswerEvent.objects.all()} == {True}
        assert not Completion.objects.exists()

    def test_is_ignored_when_a_lesson_is_read(self, as_ada, learner, version):
        as_ada.post("/utbildning/prova/sedan/", self.EVIL | {"read_at": "2020-01-01"})

        read = LessonRead.objects.get()
        assert (read.person, read.cycle, read.read_at.year > 2020) == (learner, 1, True)


class TestTheKey:
    def test_is_in_no_page_before_the_attempt_is_handed_in(self, as_ada, attempt):
        pages = [
            "/utbildning/",
            "/utbildning/prova/",
            "/utbildning/prova/sedan/",
            "/utbildning/prova/kunskapstest/",
            *(at("question", attempt, number) for number in range(1, 6)),
            at("review", attempt),
            "/min-utbildning/",
            f"/sok/?q={KEY_WORD}",
            f"/api/sok/?q={KEY_WORD}",
        ]
        for number in range(1, 6):
            answer(attempt, number, right=number % 2 == 0)

        for place in pages:
            page = as_ada.get(place).content.decode().replace(f"q={KEY_WORD}", "")
            page = page.replace(f'value="{KEY_WORD}"', "").replace(f"”{KEY_WORD}”", "")
            assert f"{KEY_WORD} " not in page, place
            assert "correct" not in page, place

    def test_makes_no_right_choice_look_different(self, as_ada, attempt):
        for number in range(1, 6):
            context = as_ada.get(at("question", attempt, number)).context
            assert {tuple(choice) for choice in context["choices"]} == {("key", "text", "checked")}
            assert set(context["question"]) == {"number", "total", "text", "kind", "hint"}

    def test_is_told_of_ones_own_choices_alone_afterwards(self, as_ada, attempt):
        wrong = choices(attempt, SINGLE, right=False)
        answer(attempt, SINGLE, wrong)
        actions.submit_attempt(attempt=attempt, at=NOW)

        context = as_ada.get(at("result", attempt)).context
        first = context["results"][0]

        assert first["right"] is False
        (chosen,) = first["chosen"]
        assert chosen["feedback"].startswith(f"{KEY_WORD} tecken")
        assert "blåmärken" not in str(first["chosen"])


class TestTheReview:
    def test_says_which_questions_lack_an_answer(self, as_ada, attempt):
        client = uuid.uuid4()
        answer(attempt, SINGLE)
        answer(attempt, MULTIPLE, client=client, seq=1)
        answer(attempt, MULTIPLE, [], client=client, seq=2)

        context = as_ada.get(at("review", attempt)).context

        assert [row["answered"] for row in context["rows"]] == [True, False, False, False, False]
        assert context["unanswered"] == 4

    def test_hands_in_and_leads_to_the_result(self, as_ada, attempt):
        response = as_ada.post(at("review", attempt))

        assert response.url == at("result", attempt)
        attempt.refresh_from_db()
        assert attempt.state == AttemptState.SUBMITTED

    def test_pressed_again_leads_to_the_same_result(self, as_ada, attempt):
        for number in range(1, 6):
            answer(attempt, number)

        pages = {as_ada.post(at("review", attempt)).url for _ in range(3)}

        assert pages == {at("result", attempt)}
        assert Completion.objects.count() == 1


class TestTheResult:
    def test_of_an_open_attempt_is_not_there_yet(self, as_ada, attempt):
        assert as_ada.get(at("result", attempt)).url == at("review", attempt)

    def test_says_how_it_went_in_words(self, as_ada, learner, version):
        attempt = hand_in(learner, version, NOW, right=3)

        response = as_ada.get(at("result", attempt))

        context = response.context
        assert (context["passed"], context["score"], context["max_score"]) == (False, 3, 5)
        assert (context["percent"], context["pass_percent"]) == (60, 80)
        assert context["completion"] is None
        assert "Inte godkänt" in response.content.decode()

    def test_follows_the_version_of_the_attempt(self, as_ada, prova, learner, version):
        attempt = hand_in(learner, version, NOW)
        republish(prova, title="Något nytt", questions=[question("nytt", ["ja"], ["nej"])])

        context = as_ada.get(at("result", attempt)).context

        assert context["module"]["title"] == "Prova"
        assert len(context["results"]) == 5

    def test_of_a_practice_shows_the_certificate_there_is(self, as_ada, learner, version):
        first = hand_in(learner, version, NOW).completion
        practice = hand_in(learner, version, NOW)

        context = as_ada.get(at("result", practice)).context

        assert context["completion"]["code"] == first.code

    def test_of_a_revoked_completion_shows_no_certificate(self, as_ada, learner, version, disa):
        attempt = hand_in(learner, version, NOW)
        actions.revoke_completion(
            completion=attempt.completion, by=disa, reason="Delat konto", at=NOW
        )

        assert as_ada.get(at("result", attempt)).context["completion"] is None

    def test_of_an_attempt_that_was_cancelled_is_not_there(self, as_ada, attempt):
        Attempt.objects.update(state=AttemptState.CANCELLED)

        for name, more in (("question", [1]), ("review", [])):
            assert as_ada.get(at(name, attempt, *more)).url == at("result", attempt)
        assert as_ada.get(at("result", attempt)).status_code == 404

    def test_links_to_the_paragraph_only_when_it_can_be_read(self, as_ada, catalogue, learner):
        linked = question("länk", ["ja"], ["nej"], link="/utbildning/#mal")
        dead = question("borta", ["ja"], ["nej"], link="/finns/inte/")
        page = make_module_page(catalogue, slug="lankar", questions=[linked, dead])
        attempt = hand_in(learner, version_of(page), NOW)

        results = as_ada.get(
            reverse("training:quiz_result", args=["lankar", attempt.guid])
        ).context["results"]

        assert [(r["link"], r["link_title"]) for r in results] == [
            ("/utbildning/#mal", "Utbildningar"),
            ("", ""),
        ]


class TestTheStart:
    def test_says_what_is_asked_and_what_was_done(self, as_ada, learner, version):
        hand_in(learner, version, NOW, right=2)

        context = as_ada.get("/utbildning/prova/kunskapstest/").context

        assert (context["questions"], context["pass_percent"]) == (5, 80)
        assert [a["score_label"] for a in context["attempts"]] == ["2 av 5 rätt"]
        assert context["open_attempt"] is None

    def test_never_promises_more_questions_than_there_are(self, as_ada, catalogue):
        make_module_page(catalogue, slug="kort", draw=20)

        for place in ("/utbildning/kort/kunskapstest/", "/utbildning/kort/"):
            context = as_ada.get(place).context
            asked = context["questions"] if "questions" in context else context["quiz"]["questions"]
            assert asked == 5

    def test_counts_a_taken_back_answer_as_open(self, as_ada, attempt):
        client = uuid.uuid4()
        answer(attempt, SINGLE)
        answer(attempt, MULTIPLE, client=client, seq=1)
        answer(attempt, MULTIPLE, [], client=client, seq=2)

        context = as_ada.get("/utbildning/prova/kunskapstest/").context

        assert (context["open_attempt"]["answered"], context["open_attempt"]["total"]) == (1, 5)
        assert as_ada.post("/utbildning/prova/kunskapstest/").url == at("question", attempt, 2)

    def test_goes_on_to_the_review_when_everything_is_answered(self, as_ada, attempt):
        for number in range(1, 6):
            answer(attempt, number)

        assert as_ada.post("/utbildning/prova/kunskapstest/").url == at("review", attempt)

    def test_of_a_module_without_questions_is_not_there(self, as_ada, catalogue):
        make_module_page(catalogue, slug="text", questions=[])

        for method in (as_ada.get, as_ada.post):
            assert method("/utbildning/text/kunskapstest/").status_code == 404

    def test_shows_nobody_elses_attempts(self, as_ada, disa, version):
        hand_in(disa.person, version, NOW)

        assert as_ada.get("/utbildning/prova/kunskapstest/").context["attempts"] == []


def test_a_form_that_is_too_old_is_answered_in_swedish_and_saves_nothing(
    ada: User, attempt: Attempt
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)

    response = strict.post(at("review", attempt))

    assert response.status_code == 403
    assert "Formuläret är för gammalt" in response.content.decode()
    attempt.refresh_from_db()
    assert attempt.is_open


def test_an_account_without_a_person_is_told_why(admin: User, version: ModuleVersion) -> None:
    as_ada = signed_in(admin)

    for place in ("/utbildning/prova/kunskapstest/", "/min-utbildning/", "/chef/"):
        response = as_ada.get(place)
        assert response.status_code == 403
        assert "Kontot hör inte till någon anställd" in response.content.decode()


@override_settings(DEBUG=False)
def test_every_personal_page_is_kept_out_of_caches(as_ada: Client, attempt: Attempt) -> None:
    for place in (
        "/utbildning/prova/",
        "/utbildning/prova/sedan/",
        "/utbildning/prova/kunskapstest/",
        at("question", attempt, 1),
        at("review", attempt),
        "/min-utbildning/",
        "/chef/",
        "/intyg/verifiera/",
    ):
        assert "no-store" in as_ada.get(place)["Cache-Control"], place
