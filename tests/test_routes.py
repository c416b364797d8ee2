"""Every address of ours and every role, in one table.

A route that is missing from the table fails the last test. Wagtail's own routes are tried as a
group. The subject is always Ada: her attempt, her certificate, her unit.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from portal.organisation.models import User
from tests.conftest import Library, Organisation
from tests.content.routines import saved
from tests.factories import JobFactory
from training import actions
from training.models import Attempt, Completion, ModuleVersion

pytestmark = pytest.mark.django_db

EMPLOYEES = (
    "ada", "protected", "disa", "reviewer", "coordinator", "follow_up", "registrar", "staff_admin",
)  # fmt: skip
MANAGERS = ("berit", "cem")
ROLES = ("anonymous", *EMPLOYEES, *MANAGERS, "admin")


def everyone(status: int) -> dict[str, int]:
    """The same answer for every role."""
    return dict.fromkeys(ROLES, status)


def persons(status: int) -> dict[str, int]:
    """*status* for persons; sign-in for a stranger, 403 for an account without a person."""
    return everyone(status) | {"anonymous": 302, "admin": 403}


def only(*roles: str) -> dict[str, int]:
    """200 for *roles*; for every other person it does not exist."""
    return persons(404) | dict.fromkeys(roles, 200)


ROUTES: dict[str, dict[str, int]] = {
    "live": everyone(200),
    "ready": everyone(200),
    "measures": everyone(200),
    "login": everyone(302) | {"anonymous": 200},
    "logout": everyone(405),
    # In demo mode alone, which is how tests run.
    "components": everyone(200),
    "job": everyone(404) | {"anonymous": 302, "ada": 200},
    "guide": everyone(200),
    "sok": everyone(200),
    "api_programme": everyone(200),
    "api_programme_table": everyone(200),
    "api_search": everyone(200),
    "api_suggest": everyone(200),
    "training:mine": persons(200),
    "training:lesson": everyone(200),
    "training:quiz": persons(200),
    "training:quiz_question": only("ada"),
    "training:quiz_review": only("ada"),
    "training:quiz_result": only("ada"),
    "training:quiz_autosave": everyone(405),
    "training:verify_form": everyone(200),
    "training:verify": everyone(200),
    "training:certificate": only("ada"),
    "training:manager": only("berit", "cem"),
    "training:manager_unit": only("berit"),
    "routines:list": persons(200),
    "routines:unit": only("ada", "protected", "berit"),
    "routines:edit": only("berit"),
    "routines:history": only("ada", "protected", "berit"),
    "routines:version": only("ada", "protected", "berit"),
}
# What changes something answers GET with the table above and POST with this one.
POSTS: dict[str, dict[str, int]] = {
    "logout": everyone(302),
    "training:lesson": everyone(302),
    "training:quiz": persons(302),
    # A form that was filled in is met by the sign-in form itself, which carries it along.
    "training:quiz_question": persons(404) | {"anonymous": 401, "ada": 302},
    "training:quiz_review": persons(404) | {"ada": 302},
    "training:quiz_autosave": everyone(404) | {"anonymous": 401, "admin": 401, "ada": 200},
    "routines:edit": persons(404) | {"anonymous": 401, "berit": 302},
}
READ_ONLY = set(ROUTES) - set(POSTS) - {"login"}


class Ada:
    """What the routes are about."""

    def __init__(self, ada: User, organisation: Organisation) -> None:
        assert ada.person
        version = ModuleVersion.objects.get(module__slug="orosanmalan")
        now = timezone.now()
        done = actions.start_attempt(person=ada.person, version=version, at=now)
        for question in version.questions:
            actions.save_answer(
                attempt=done,
                question_id=question["id"],
                choice_ids=[c["id"] for c in question["choices"] if c["correct"]],
                client=uuid4(),
                client_seq=1,
                at=now,
            )
        self.done = actions.submit_attempt(attempt=done, at=now)
        self.open = actions.start_attempt(person=ada.person, version=version, at=now)
        self.completion = Completion.objects.get(person=ada.person)
        self.unit = organisation.bjorken
        self.routine = saved(self.unit, ada)
        self.job = JobFactory(owner=ada)
        self.lesson = version.lessons[0]["slug"]

    def url(self, name: str) -> str:
        """Return the address of route *name*, about Ada."""
        arguments: dict[str, list[Any]] = {
            "api_programme_table": ["goals"],
            "job": [self.job.pk],
            "training:lesson": ["orosanmalan", self.lesson],
            "training:quiz": ["orosanmalan"],
            "training:quiz_question": ["orosanmalan", self.open.guid, 1],
            "training:quiz_autosave": ["orosanmalan", self.open.guid, 1],
            "training:quiz_review": ["orosanmalan", self.open.guid],
            "training:quiz_result": ["orosanmalan", self.done.guid],
            "training:verify": [self.completion.code],
            "training:certificate": [self.completion.code],
            "training:manager_unit": [self.unit.pk],
            "routines:unit": [self.unit.pk],
            "routines:edit": [self.unit.pk],
            "routines:history": [self.unit.pk],
            "routines:version": [self.unit.pk, self.routine.number],
        }
        query = "?q=oro" if name in {"api_search", "api_suggest"} else ""
        return reverse(name, args=arguments.get(name, [])) + query

    def data(self, name: str) -> dict[str, Any]:
        """Return what a well-meant form of route *name* would send."""
        if name in {"training:quiz_question", "training:quiz_autosave"}:
            shown = self.open.shown[0]
            return {"choice": shown["choices"][0], "client": str(uuid4()), "seq": 1}
        if name == "routines:edit":
            due = self.routine.review_due_date.isoformat()
            return {"version": 1, "owner": "Rektor", "review_due_date": due}
        return {}


@pytest.fixture
def subject(library: Library, ada: User, organisation: Organisation) -> Ada:
    """Ada with a completed and an open attempt."""
    return Ada(ada, organisation)


@pytest.fixture
def client_of(request: pytest.FixtureRequest) -> Callable[[str], Client]:
    """Return a browser signed in as a role."""

    def sign_in(role: str) -> Client:
        client = Client()
        if role != "anonymous":
            client.force_login(request.getfixturevalue(role))
        return client

    return sign_in


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_exactly_what_the_table_says(
    role: str, subject: Ada, client_of: Callable[[str], Client]
) -> None:
    client = client_of(role)

    found = {name: client.get(subject.url(name)).status_code for name in ROUTES}

    assert found == {name: statuses[role] for name, statuses in ROUTES.items()}


@pytest.mark.parametrize("name", sorted(POSTS))
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_change_exactly_what_the_table_says(
    role: str, name: str, subject: Ada, client_of: Callable[[str], Client]
) -> None:
    response = client_of(role).post(subject.url(name), subject.data(name))

    assert response.status_code == POSTS[name][role]


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_what_only_shows_refuses_to_be_posted_to(
    name: str, subject: Ada, client_of: Callable[[str], Client]
) -> None:
    assert client_of("berit").post(subject.url(name)).status_code == 405


@pytest.mark.parametrize("name", sorted(set(POSTS) - {"logout"}))
def test_a_change_without_the_forms_token_changes_nothing(
    name: str, subject: Ada, ada: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    before = Attempt.objects.get(pk=subject.open.pk)

    response = client.post(subject.url(name), subject.data(name))

    after = Attempt.objects.get(pk=subject.open.pk)
    assert response.status_code == 403
    assert (after.state, after.answers.count()) == (before.state, before.answers.count())
    assert "Formuläret" in response.content.decode()


def without_token(html: bytes) -> bytes:
    """Return *html* without the form token, which is new in every response."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", html)


def test_what_is_not_yours_looks_like_what_does_not_exist(
    subject: Ada, client_of: Callable[[str], Client]
) -> None:
    client = client_of("cem")
    theirs = client.get(subject.url("training:certificate"))
    nobodys = client.get(reverse("training:certificate", args=["XXXX-XXXX-XXXX"]))

    assert theirs.status_code == nobodys.status_code == 404
    assert without_token(theirs.content) == without_token(nobodys.content)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_the_editor_is_for_editors(role: str, client_of: Callable[[str], Client]) -> None:
    expected = {"disa": 200, "reviewer": 200, "anonymous": 302}.get(role, 403)

    response = client_of(role).get("/cms/")

    assert response.status_code == expected
    if expected == 302:
        assert response["Location"] == "/logga-in/?next=/cms/"
    if expected == 403:
        assert "Du kommer inte åt sidan" in response.content.decode()


@pytest.mark.parametrize("path", ["/cms/users/", "/cms/sites/", "/cms/groups/"])
@pytest.mark.parametrize("role", ["disa", "reviewer"])
def test_editors_see_no_accounts(role: str, path: str, client_of: Callable[[str], Client]) -> None:
    response = client_of(role).get(path)

    assert response.status_code in {302, 403, 404}


@pytest.mark.parametrize("role", ["disa", "reviewer"])
def test_the_editors_history_says_nothing_of_managers_looking(
    role: str, subject: Ada, client_of: Callable[[str], Client]
) -> None:
    client_of("berit").get(subject.url("training:manager_unit"))

    response = client_of(role).get("/cms/reports/site-history/")

    assert subject.unit.name not in response.content.decode()
    assert (
        subject.unit.name in client_of("admin").get("/cms/reports/site-history/").content.decode()
    )


class TestClosedContent:
    """PORTAL_OPEN_CONTENT=false: nothing but the door and its health is open."""

    OPEN = {"live", "ready", "measures", "login", "logout"}

    @pytest.fixture(autouse=True)
    def _closed(self) -> Iterator[None]:
        guard = "django.contrib.auth.middleware.LoginRequiredMiddleware"
        with override_settings(MIDDLEWARE=[*settings.MIDDLEWARE, guard], OPEN_CONTENT=False):
            yield

    def test_a_stranger_is_sent_to_sign_in_from_everywhere_else(self, subject: Ada) -> None:
        client = Client()

        for name in set(ROUTES) - self.OPEN - {"training:quiz_autosave"}:
            response = client.get(subject.url(name))
            if name.startswith("api_"):
                assert response.status_code == 401, name
                continue
            assert response.status_code == 302, name
            assert response["Location"].startswith("/logga-in/"), name

    def test_the_texts_are_closed_too(self, library: Library) -> None:
        response = Client().get("/vagledning/orosanmalan/")

        assert response.status_code == 302
        assert response["Location"].startswith("/logga-in/")

    def test_the_door_is_open(self, library: Library) -> None:
        client = Client()

        assert client.get("/logga-in/").status_code == 200
        assert client.get("/halsa/live").status_code == 200


def names(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    """Yield the names of our own routes: what Wagtail brings lies under these or has its names."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) not in {"cms/", "dokument/"}:
                space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                yield from names(pattern.url_patterns, space)
        elif isinstance(pattern, URLPattern) and not str(pattern.name).startswith("wagtail"):
            yield f"{prefix}{pattern.name}"


def test_every_route_is_in_the_table() -> None:
    assert set(names(get_resolver().url_patterns)) == set(ROUTES)
