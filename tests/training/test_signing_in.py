"""On the way to a quiz someone signs in: and lands where they were going, nowhere else."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from portal.organisation.models import User
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(user: User, following: str) -> str:
    response = Client().post(
        "/logga-in/",
        {"username": user.username, "password": PASSWORD, "next": following},
        query_params={"next": following},
    )
    assert response.status_code == 302
    return response.url


@pytest.mark.parametrize(
    "following",
    ["/utbildning/prova/kunskapstest/", "/chef/enhet/1/?sida=2", "/intyg/K7QF-2M9X-R4TD/"],
)
def test_the_page_that_was_asked_for_comes_next(ada: User, following: str) -> None:
    assert sign_in(ada, following) == following


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example/",
        "http://testserver.evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "https:evil.example",
        "https:/evil.example",
        "http://testserver@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "\thttps://evil.example/",
        " //evil.example/",
        "%2f%2fevil.example/",
        "http://[::1",
        "/\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_another_site_never_comes_next(ada: User, following: str) -> None:
    came = sign_in(ada, following)

    # A browser reads a backslash as a slash.
    target = urlsplit(urljoin("http://testserver/logga-in/", came.replace("\\", "/")))
    assert (target.scheme, target.netloc) == ("http", "testserver")
    assert not set("\r\n") & set(came)


def test_the_session_gets_a_new_key(ada: User) -> None:
    client = Client()
    client.get("/logga-in/")
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["session"] = session.session_key

    client.post("/logga-in/", {"username": ada.username, "password": PASSWORD})

    assert client.session.session_key != session.session_key


def test_signing_out_hides_what_was_on_screen(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    assert client.get("/min-utbildning/").status_code == 200

    client.post("/logga-ut/")

    assert client.get("/min-utbildning/").status_code == 302


def test_an_account_that_was_closed_in_the_middle_is_asked_to_sign_in(ada: User) -> None:
    client = Client()
    client.force_login(ada)
    ada.is_active = False
    ada.save()

    assert client.get("/min-utbildning/").url == "/logga-in/?next=/min-utbildning/"
