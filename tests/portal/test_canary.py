"""A canary: no search term, answer, name or address reaches a log, a figure or the audit trail.

A real server and a real worker are used as the demo's cast would, with words that occur nowhere
else, also where things go wrong. Then everything that they wrote is searched for those words.
"""

import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import ModelLogEntry, PageLogEntry

from portal import mail
from portal.background import test_mail
from portal.jobs.models import Job, JobState
from portal.organisation.models import Person, User
from tests.portal.jobs.conftest import IN_DATABASE
from tests.portal.jobs.processes import ROOT, environment, wait_until, worker
from tests.services import postgres, smtp
from training.models import Completion

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TERM, ANSWER, PATH = "kanariesok", "kanariesvar", "kanariesida"
GIVEN, FAMILY, MAILBOX = "Kanarieada", "Kanariedotter", "kanariebrev@staden.example"
ACCOUNT, PASSWORD, HOST, AGENT = "kanariekonto", "kanarielosen", "kanarievard", "kanarielasare"
ADDRESS = "203.0.113.77"
CANARIES = (
    TERM, ANSWER, PATH, GIVEN, FAMILY, MAILBOX, ACCOUNT, PASSWORD, HOST, AGENT, ADDRESS, "kanarie",
)  # fmt: skip
DEMO_PASSWORD = secrets.token_hex(8)


class Browser:
    """A plain browser with cookies, that says who it is in every way it can."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.page = ""

    def ask(self, method: str, path: str, data: dict[str, object] | None = None) -> int:
        """Return the status; the page is kept."""
        headers = {
            "User-Agent": AGENT,
            "X-Forwarded-For": ADDRESS,
            "Referer": f"http://127.0.0.1/{PATH}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        body = None
        if data is not None:
            body = urlencode(data, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            server.request(method, quote(path, safe="/?=&%"), body, headers)
            response = server.getresponse()
            self.page = response.read().decode(errors="replace")
            for name, value in response.getheaders():
                if name == "Set-Cookie":
                    for morsel in SimpleCookie(value).values():
                        self.cookies[morsel.key] = morsel.value
            self.location = response.getheader("Location", "")
            return response.status
        finally:
            server.close()

    def get(self, path: str) -> int:
        return self.ask("GET", path)

    def post(self, path: str, /, **data: object) -> int:
        """Fill in a form of the last page."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.page)
        return self.ask("POST", path, {"csrfmiddlewaretoken": token[1] if token else "", **data})

    def sign_in(self, username: str, password: str = DEMO_PASSWORD) -> int:
        self.get("/logga-in/")
        return self.post("/logga-in/", username=username, password=password)


@dataclass
class Portal:
    """A server over the test's database, and where it writes."""

    port: int
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def ask(self, path: str) -> str:
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            browser.request("GET", path)
            return browser.getresponse().read().decode()
        finally:
            browser.close()

    def is_up(self) -> bool:
        try:
            return self.ask("/halsa/live") == "ok"
        except OSError:
            return False

    def written(self) -> str:
        return self.log.read_text(encoding="utf-8")


@pytest.fixture
def demo(library) -> None:
    """The demo city, with one of the cast under a name that occurs nowhere else."""
    from django.test import override_settings

    with override_settings(
        DEMO_PASSWORD=DEMO_PASSWORD,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"],
    ):
        call_command("load_demo", employees=60, verbosity=0)
    Person.objects.filter(user__username="medarbetare").update(
        given_name=GIVEN, family_name=FAMILY, email=MAILBOX
    )
    User.objects.filter(username="medarbetare").update(
        first_name=GIVEN, last_name=FAMILY, email=MAILBOX
    )


@pytest.fixture
def portal(demo, tmp_path) -> Iterator[Portal]:
    """gunicorn with two processes, as it is always started, but for the application that breaks."""
    with socket.socket() as chooser:
        chooser.bind(("127.0.0.1", 0))
        port = chooser.getsockname()[1]
    log = tmp_path / "web.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "--config", "python:portal.server",
                "tests.portal.breaking:application",
            ],
            cwd=ROOT,
            env=environment(PORT=str(port), PORTAL_DEMO_PASSWORD=DEMO_PASSWORD),
            stdout=out,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    found = Portal(port, log, process)
    try:
        wait_until(found.is_up, 60, log=log)
        yield found
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def sink() -> Iterator[smtp.Sink]:
    """A mail server."""
    with smtp.server() as sink:
        yield sink


def read_and_search(browser: Browser) -> None:
    assert browser.get(f"/sok/?q={TERM}+orosanmälan") == 200
    assert TERM in browser.page
    assert browser.get(f"/sok/?q={GIVEN}&sida=999&typ={TERM}") == 200
    assert browser.get(f"/api/sok?q={TERM}") == 200
    assert browser.get(f"/api/sok?q={TERM}&antal={TERM}") in {200, 400}
    assert browser.get(f"/api/sok/forslag?q={TERM}") == 200
    assert browser.get(f"/{PATH}/{GIVEN}/") == 404
    assert browser.get(f"/vagledning/orosanmalan/?{PATH}={GIVEN}") == 200
    assert browser.get(f"/intyg/verifiera/{PATH}/") == 404
    assert browser.get(f"/api/{PATH}/") == 404
    assert browser.get(f"/static/{PATH}.css") == 404


def break_things(browser: Browser) -> None:
    assert browser.get(f"/sok/?q=krasch+{TERM}") == 500
    assert browser.get(f"/sok/?q=databasfel+{TERM}") == 500
    assert browser.ask("POST", f"/logga-in/?next=/{PATH}/", {"username": ACCOUNT}) in {302, 403}
    for line in (
        f"GET /{PATH} HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
        f"{PATH}\r\n\r\n",
        f"GET /{PATH} HTTP/1.1\r\nHost: {HOST}.example\r\n\r\n",
        f"GET /{PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n{GIVEN}\r\n\r\n",
        f"POST /sok/?q={TERM} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n{ANSWER}",
    ):
        with socket.create_connection(("127.0.0.1", browser.port), timeout=10) as raw:
            raw.sendall(line.encode())
            raw.shutdown(socket.SHUT_WR)
            raw.recv(100)


def learn(browser: Browser) -> None:
    assert browser.sign_in(ACCOUNT, PASSWORD) == 200
    assert browser.sign_in("medarbetare") == 302
    assert browser.get("/min-utbildning/") == 200
    assert GIVEN in browser.page
    quiz = "/utbildning/orosanmalan/kunskapstest/"
    assert browser.get(quiz) == 200
    assert browser.post(quiz) == 302
    question = browser.location
    assert browser.get(question) == 200
    form = dict(re.findall(r'name="(client|seq)" value="([^"]*)"', browser.page))
    assert set(form) == {"client", "seq"}
    assert browser.post(question, choice=ANSWER, **form) in {400, 404, 409}
    browser.get(question)
    assert browser.post(f"{question}svar/", choice=f"krasch{ANSWER}", **form) == 500
    assert browser.ask("POST", question, {"choice": ANSWER}) == 403
    assert browser.get(f"{question}{PATH}/") == 404
    assert browser.get("/chef/") == 404


def manage(browser: Browser) -> None:
    assert browser.sign_in("chef") == 302
    assert browser.get("/chef/") == 200
    for unit in re.findall(r'href="(/chef/enhet/\d+/)"', browser.page):
        assert browser.get(unit) == 200
        if FAMILY in browser.page:
            break
    else:
        raise AssertionError("the manager never saw the name")
    assert browser.get("/chef/enhet/999999/") == 404
    code = Completion.objects.values_list("code", flat=True).first()
    assert browser.get(f"/intyg/verifiera/{code}/") == 200


def edit(browser: Browser) -> None:
    assert browser.sign_in("redaktor") == 302
    assert browser.get("/cms/") == 200
    assert browser.get(f"/cms/pages/search/?q={TERM}") == 200
    assert browser.get(f"/cms/{PATH}/") in {302, 404}


def send(portal: Portal, sink: smtp.Sink, log: Path) -> None:
    person = Person.objects.get(email=MAILBOX)
    with worker(log, PORTAL_EMAIL_URL=sink.url):
        taken = mail.send(message=test_mail, to=person, key="taken", at=timezone.now())
        wait_until(lambda: Job.objects.get(pk=taken.pk).is_ended, log=log)
        sink.answer_to_recipient = f"550 {MAILBOX} unknown here"
        refused = mail.send(message=test_mail, to=person, key="refused", at=timezone.now())
        wait_until(lambda: Job.objects.get(pk=refused.pk).is_ended, log=log)
        sink.answer_to_recipient = None
        sink.answer_to_mail = f"451 {GIVEN} {FAMILY}: later"
        later = mail.send(message=test_mail, to=person, key="later", at=timezone.now())
        wait_until(lambda: Job.objects.get(pk=later.pk).failures, log=log)
    assert sink.recipients == [MAILBOX]
    assert Job.objects.get(pk=refused.pk).state == JobState.FAILED


def test_nothing_that_tells_of_a_person_is_written_anywhere(
    portal: Portal, sink, tmp_path, settings, capfd
) -> None:
    settings.WORKER, settings.TASKS = True, IN_DATABASE
    stranger, employee, manager, editor = (Browser(portal.port) for _ in range(4))
    worker_log = tmp_path / "worker.log"

    read_and_search(stranger)
    break_things(stranger)
    learn(employee)
    manage(manager)
    edit(editor)
    send(portal, sink, worker_log)
    call_command("tick", verbosity=2)

    said = {
        "web": portal.written(),
        "worker": worker_log.read_text(encoding="utf-8"),
        "tick": "".join(capfd.readouterr()),
        "figures": portal.ask("/halsa/matt"),
        "readiness": portal.ask("/halsa/redo"),
        "audit": str(list(ModelLogEntry.objects.values("label", "action", "data")))
        + str(list(PageLogEntry.objects.values("label", "action", "data"))),
        "jobs": str(list(Job.objects.values())),
    }
    if connection.vendor == "postgresql" and not os.environ.get(postgres.GIVEN):
        said["PostgreSQL"] = (postgres._home() / "log").read_text(encoding="utf-8")
    for where, text in said.items():
        for canary in CANARIES:
            assert canary.lower() not in text.lower(), where
    # And yet it is told what went wrong, and where in the code.
    errors = [json.loads(line) for line in said["web"].splitlines()]
    assert [error["error"] for error in errors if error["logger"] == "django.request"] == [
        "RuntimeError", "ProgrammingError" if connection.vendor == "postgresql" else
        "OperationalError", "ValueError",
    ]  # fmt: skip
    assert any("breaking.py" in place for place in errors[0]["stack"])
    refusals = [json.loads(line) for line in said["worker"].splitlines()]
    assert {refusal.get("outcome") for refusal in refusals} >= {
        "SMTPRecipientsRefused 550", "SMTPDataError 451",
    }  # fmt: skip
    assert "organisation.unit_viewed" in said["audit"]
    assert "127.0.0.1" not in said["web"] + said["worker"]


class TestTheFiguresOfTwoProcesses:
    """Each process counts for itself; whichever is asked tells of both."""

    def counted(self, text: str, line: str) -> float:
        found = re.search(rf"^{re.escape(line)} ([\d.e+]+)$", text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def test_are_the_same_whoever_is_asked(self, portal: Portal) -> None:
        for _ in range(30):
            portal.ask("/sok/?q=oro")
            portal.ask("/logga-in/")
        answers = [portal.ask("/halsa/matt") for _ in range(8)]

        for text in answers:
            assert self.counted(text, 'portal_requests_total{route="sok",status="2xx"}') == 30
            assert self.counted(text, 'portal_request_seconds_count{route="login"}') == 30
            assert self.counted(text, "portal_search_passages") > 100

    def test_are_put_away_with_the_server(self, portal: Portal) -> None:
        portal.ask("/sok/?q=oro")
        folder = next(Path("/dev/shm").glob(f"portal-metrics-{portal.process.pid}"))  # noqa: S108  # the portal's own
        assert len(list(folder.glob("*.db"))) >= 2

        portal.process.terminate()
        portal.process.wait(20)

        assert not folder.exists()
