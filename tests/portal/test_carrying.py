"""Nothing that was filled in is lost because a session ended."""

import re
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils import timezone

from portal import carrying
from portal.organisation.models import User
from tests.conftest import Library
from training import actions
from training.models import AnswerEvent, Attempt, ModuleVersion

PASSWORD = "en-lang-och-hemlig-fras"
ORIGIN = "http://testserver"


def hidden_fields(html: str) -> dict[str, str]:
    """Return the hidden fields of the page's main part."""
    main = html.split("<main", 1)[1].split("</main>", 1)[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main))


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def attempt(library: Library, ada: User, cem: User) -> Attempt:
    """Ada's open attempt."""
    for user in (ada, cem):
        user.set_password(PASSWORD)
        user.save()
    assert ada.person
    version = ModuleVersion.objects.get(module__slug="orosanmalan")
    return actions.start_attempt(person=ada.person, version=version, at=timezone.now())


@pytest.fixture
def address(attempt: Attempt) -> str:
    """Where the form of the first question is sent."""
    return reverse("training:quiz_question", args=["orosanmalan", attempt.guid, 1])


@pytest.fixture
def answer(attempt: Attempt) -> dict[str, str]:
    """What the form of the first question says."""
    return {
        "choice": attempt.shown[0]["choices"][0],
        "client": str(uuid4()),
        "seq": "1",
        "go": "next",
    }


@pytest.fixture
def visitor() -> Client:
    """A browser whose forms are checked as in production."""
    return Client(enforce_csrf_checks=True)


def with_token(client: Client, fields: dict[str, str]) -> dict[str, str]:
    """Return *fields* as a form drawn for *client* just now would send them."""
    if settings.CSRF_COOKIE_NAME not in client.cookies:
        client.get("/logga-in/")
    return {**fields, "csrfmiddlewaretoken": client.cookies[settings.CSRF_COOKIE_NAME].value}


def sign_in(client: Client, page, username: str = "ada", password: str = PASSWORD):
    """Fill in the sign-in form that *page* shows and send it."""
    fields = hidden_fields(text(page))
    return client.post("/logga-in/", {**fields, "username": username, "password": password})


def saved(attempt: Attempt) -> list[list[str]]:
    return [event.choice_ids for event in AnswerEvent.objects.filter(attempt=attempt)]


class TestAnAnswerSentAfterTheSessionEnded:
    def test_is_saved_by_signing_in_and_one_more_form(self, visitor, attempt, address, answer):
        asked = visitor.post(address, with_token(visitor, answer))
        step = sign_in(visitor, asked)
        action = re.search(r'<form action="([^"]+)"\s+method="post"\s+data-send>', text(step))
        done = visitor.post(action[1], hidden_fields(text(step)))

        assert asked.status_code == 401
        assert "Det du fyllde i är inte borta" in text(asked)
        assert step.status_code == 200
        assert action[1] == address
        assert done["Location"] == address.replace("/1/", "/2/")
        assert saved(attempt) == [[answer["choice"]]]

    def test_is_not_saved_before_that_form_is_sent(self, visitor, attempt, address, answer):
        sign_in(visitor, visitor.post(address, with_token(visitor, answer)))

        assert saved(attempt) == []

    def test_survives_a_mistyped_password(self, visitor, attempt, address, answer):
        asked = visitor.post(address, with_token(visitor, answer))
        mistyped = sign_in(visitor, asked, password="fel")
        step = sign_in(visitor, mistyped)
        visitor.post(address, hidden_fields(text(step)))

        assert "Det finns ett problem" in text(mistyped)
        assert saved(attempt) == [[answer["choice"]]]

    def test_gives_nothing_to_someone_else_who_signs_in(self, visitor, attempt, address, answer):
        step = sign_in(visitor, visitor.post(address, with_token(visitor, answer)), "cem")
        refused = visitor.post(address, hidden_fields(text(step)))

        assert refused.status_code == 404
        assert saved(attempt) == []

    def test_is_carried_on_for_who_has_signed_in_in_another_tab(
        self, visitor, attempt, address, answer
    ):
        asked = visitor.post(address, with_token(visitor, answer))
        sign_in(visitor, visitor.get("/logga-in/"))
        # The first tab's sign-in form is now as old as the question's own.
        fields = hidden_fields(text(asked)) | {"username": "ada", "password": PASSWORD}
        step = visitor.post("/logga-in/", fields, headers={"Origin": ORIGIN})
        visitor.post(address, hidden_fields(text(step)))

        assert step.status_code == 403
        assert "Ett steg kvar" in text(step)
        assert saved(attempt) == [[answer["choice"]]]

    def test_is_said_to_be_lost_when_two_hours_have_passed(self, visitor, address, answer):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            asked = visitor.post(address, with_token(visitor, answer))
            clock.shift(carrying.VALID.total_seconds() + 1)
            back = sign_in(visitor, asked)
            page = visitor.get(back["Location"])

        assert back["Location"] == address
        assert "hann bli för gammalt" in text(page)

    def test_leaves_no_trace_on_the_server_meanwhile(
        self, visitor, address, answer, django_assert_max_num_queries
    ):
        token = with_token(visitor, answer)

        with django_assert_max_num_queries(4) as queries:
            asked = visitor.post(address, token)

        assert [
            q["sql"] for q in queries.captured_queries if not q["sql"].startswith("SELECT")
        ] == []
        assert settings.SESSION_COOKIE_NAME not in asked.cookies
        assert asked["Cache-Control"].startswith("max-age=0")

    def test_is_kept_in_a_portal_that_is_closed_to_strangers(
        self, visitor, attempt, address, answer
    ):
        guard = "django.contrib.auth.middleware.LoginRequiredMiddleware"
        with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, guard], OPEN_CONTENT=False):
            step = sign_in(visitor, visitor.post(address, with_token(visitor, answer)))
            visitor.post(address, hidden_fields(text(step)))

        assert saved(attempt) == [[answer["choice"]]]


class TestAFormFromBeforeANewSession:
    """The person signed in anew in another tab, so the form's token is no longer the session's."""

    def test_is_one_press_from_being_saved(self, visitor, attempt, address, answer):
        old = with_token(visitor, answer)
        sign_in(visitor, visitor.get("/logga-in/"))
        step = visitor.post(address, old, headers={"Origin": ORIGIN})
        visitor.post(address, hidden_fields(text(step)))

        assert step.status_code == 403
        assert saved(attempt) == [[answer["choice"]]]

    def test_is_never_sent_by_a_script(self, visitor, address, answer):
        old = with_token(visitor, answer)
        sign_in(visitor, visitor.get("/logga-in/"))

        step = visitor.post(address, old, headers={"Origin": ORIGIN})

        assert "data-send" not in text(step)

    @pytest.mark.parametrize("origin", ["https://example.org", "null", None])
    def test_from_anywhere_else_is_refused_and_not_repeated(
        self, visitor, attempt, address, answer, origin
    ):
        old = with_token(visitor, answer)
        sign_in(visitor, visitor.get("/logga-in/"))

        refused = visitor.post(address, old, headers={"Origin": origin} if origin else {})

        assert refused.status_code == 403
        assert "Formuläret är för gammalt" in text(refused)
        assert answer["choice"] not in text(refused)

    def test_never_shows_a_password_again(self, visitor, attempt):
        secret = {"username": "ada", "password": "hemlighet-som-inte-syns"}

        refused = visitor.post("/logga-in/", secret, headers={"Origin": ORIGIN})

        assert refused.status_code == 403
        assert secret["password"] not in text(refused)


def test_a_request_that_says_nothing_is_sent_to_sign_in_and_back(visitor, attempt):
    address = reverse("training:quiz_review", args=["orosanmalan", attempt.guid])

    asked = visitor.post(address, with_token(visitor, {}))

    assert asked.status_code == 302
    assert asked["Location"] == f"/logga-in/?next={address}"


class TestTheSeal:
    FORM = carrying.Form("/utbildning/a/", (("choice", "a"), ("choice", "b"), ("go", "next")))

    def test_gives_the_form_back(self):
        assert carrying.unseal(carrying.seal(self.FORM)) == self.FORM

    def test_holds_nothing_but_the_form(self):
        sealed = carrying.seal(self.FORM)

        assert carrying.signing.loads(sealed, salt="portal.carrying") == [
            "/utbildning/a/",
            [["choice", "a"], ["choice", "b"], ["go", "next"]],
        ]

    @pytest.mark.parametrize("text", ["", "x", "W10:1abc:def", None])
    def test_is_not_anyones_to_make(self, text):
        sealed = text if text is not None else carrying.seal(self.FORM)[:-1] + "_"

        assert carrying.unseal(sealed) is None

    def test_of_another_purpose_opens_nothing(self):
        assert carrying.unseal(carrying.signing.dumps(["/", []], salt="other")) is None


class TestWhatIsCarried:
    @pytest.fixture
    def request_to(self):
        """Return a function that makes a request as a view sees it."""

        def request_to(view, data, method="post"):
            request = getattr(RequestFactory(), method)("/prov/", data)
            request.resolver_match = type("Match", (), {"func": view})()
            return request

        return request_to

    @staticmethod
    def open_view(request):
        raise AssertionError("never called")

    def test_leaves_the_old_token_behind(self, request_to):
        view = carrying.carries(lambda request: None)

        form = carrying.form_of(request_to(view, {"csrfmiddlewaretoken": "x", "choice": "a"}))

        assert form == carrying.Form("/prov/", (("choice", "a"),))

    def test_is_nothing_for_a_view_that_did_not_say_so(self, request_to):
        assert carrying.form_of(request_to(self.open_view, {"choice": "a"})) is None

    def test_is_nothing_for_a_request_that_only_reads(self, request_to):
        view = carrying.carries(lambda request: None)

        assert carrying.form_of(request_to(view, {"choice": "a"}, method="get")) is None

    def test_is_nothing_that_would_fill_the_page(self, request_to):
        view = carrying.carries(lambda request: None)

        assert carrying.form_of(request_to(view, {"choice": "a" * 20_001})) is None
