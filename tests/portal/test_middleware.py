"""What holds for every response."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from portal.middleware import PrivatePagesMiddleware
from portal.organisation.models import User


@pytest.fixture
def answer(rf):
    """Return a function that sends a request of a reader through the middleware."""

    def answer(user, response=None):
        request = rf.get("/")
        request.user = user
        return PrivatePagesMiddleware(lambda _: response or HttpResponse("text"))(request)

    return answer


def test_what_a_signed_in_person_saw_is_kept_nowhere(answer):
    assert answer(User(username="ada"))["Cache-Control"] == "no-store, private"


def test_an_open_text_may_be_kept(answer):
    assert "Cache-Control" not in answer(AnonymousUser())


def test_a_view_that_has_decided_is_left_alone(answer):
    response = HttpResponse("text", headers={"Cache-Control": "max-age=60"})

    assert answer(User(username="ada"), response)["Cache-Control"] == "max-age=60"


def test_an_open_text_sends_no_referrer_at_all(answer):
    assert answer(AnonymousUser())["Referrer-Policy"] == "no-referrer"


def test_a_page_with_a_form_lets_its_origin_be_known(client, db):
    # Under no-referrer the browser would call the origin null, and the form be refused.
    assert client.get("/logga-in/")["Referrer-Policy"] == "same-origin"


def test_a_page_of_a_signed_in_person_lets_its_forms_origin_be_known(answer):
    assert "Referrer-Policy" not in answer(User(username="ada"))
