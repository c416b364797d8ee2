"""Ada's whole way without a line of JavaScript, and what Berit and Cem see of it."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from portal.organisation.models import User
from tests.conftest import Organisation
from tests.training.factories import KEY_WORD, require
from training.models import AnswerEvent, Attempt, Completion, ModulePage, ModuleVersion

pytestmark = pytest.mark.django_db

RIGHT = {"blåmärken", "sant", "jourboende", "larm", "socialtjänsten", "genast"}


class Form(HTMLParser):
    """The form in the main part of a page, as a browser without scripts would send it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.labels: dict[str, str] = {}
        self.found = self.is_inside = False
        self._value: str | None = None
        self.feed(html[html.index("<main") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        if tag == "form" and has.get("method") == "post":
            self.found = self.is_inside = True
        if not self.is_inside:
            return
        if tag == "input":
            name, value = has.get("name") or "", has.get("value") or ""
            if has.get("type") in {"radio", "checkbox"}:
                self._value = value
                if "checked" not in has:
                    return
            self.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if self.is_inside and self._value and data.strip():
            self.labels[data.strip()] = self._value
            self._value = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False

    def data(self, **more: Any) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name, value in self.fields:
            data.setdefault(name, []).append(value)
        return {**data, **more}


class Browser:
    """A browser that checks every form's token and follows where it is sent."""

    def __init__(self, user: User | None = None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        if user:
            self.client.force_login(user)
        self.html, self.path, self.status = "", "", 0

    def get(self, path: str) -> str:
        return self._read(self.client.get(path, follow=True), path)

    def send(self, **more: Any) -> str:
        form = Form(self.html)
        assert form.found, f"no form on {self.path}"
        return self._read(self.client.post(self.path, form.data(**more), follow=True), self.path)

    def _read(self, response: Any, path: str) -> str:
        chain = response.redirect_chain
        self.html = response.content.decode()
        self.path = chain[-1][0] if chain else path
        self.status = response.status_code
        return self.html

    def link(self, words: str) -> str:
        """Return where the first link with *words* leads."""
        for href, text in re.findall(
            r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', self.html, re.DOTALL
        ):
            if words in unescape(re.sub(r"<[^>]+>", "", text)):
                return unescape(href)
        raise AssertionError(f"no link {words!r} on {self.path}")


@pytest.fixture
def walker(ada: User) -> Browser:
    return Browser(ada)


def answer_rightly(walker: Browser) -> None:
    """Answer the question shown, with every right choice, and go on."""
    form = Form(walker.html)
    chosen = [value for text, value in form.labels.items() if text in RIGHT]
    assert chosen, form.labels
    walker.send(choice=chosen, go="next")


def test_from_the_module_to_the_certificate_and_to_the_managers_list(
    prova: ModulePage,
    version: ModuleVersion,
    walker: Browser,
    berit: User,
    cem: User,
    organisation: Organisation,
) -> None:
    require(version.module)
    unit = f"/chef/enhet/{organisation.bjorken.pk}/"
    before = Browser(berit).get(unit)
    assert "Ada Ahlgren" in before
    assert "Klar</" not in re.sub(r"\s+", "", before.split("Ada Ahlgren")[1].split("</tr>")[0])

    walker.get("/utbildning/")
    walker.get(walker.link("Prova"))
    walker.get(walker.link("Vem och nar"))
    for slug in ("gor-sa-har", "sedan", "kunskapstest"):
        walker.send()
        assert walker.path == f"/utbildning/prova/{slug}/"
    walker.send()
    for number in range(1, 6):
        assert f"Fråga {number} av 5" in walker.html
        assert KEY_WORD not in walker.html
        answer_rightly(walker)
    assert walker.path.endswith("/oversikt/")
    assert KEY_WORD not in walker.html
    walker.send()
    assert walker.path.endswith("/resultat/")
    assert "Godkänt" in walker.html
    walker.get(walker.link("Visa ditt intyg"))
    completion = Completion.objects.get()
    for words in ("Ada Ahlgren", "Prova", completion.code):
        assert words in walker.html

    manager = Browser(berit)
    row = manager.get(unit).split("Ada Ahlgren")[1].split("</tr>")[0]
    assert "Klar" in row
    assert "Prova" in row

    other = Browser(cem)
    other.get(unit)
    assert other.status == 404
    assert "Ada" not in other.html
    refused = ModelLogEntry.objects.get(action="organisation.unit_refused")
    assert (refused.user, refused.label) == (cem, "Förskolan Björken")


def test_an_interruption_costs_nothing(version: ModuleVersion, ada: User) -> None:
    first = Browser(ada)
    first.get("/utbildning/prova/vem-och-nar/")
    first.send()
    assert "Gor sa har" in Browser(ada).get("/min-utbildning/")
    first.get("/utbildning/prova/kunskapstest/")
    first.send()
    answer_rightly(first)
    answer_rightly(first)

    second = Browser(ada)
    second.get("/min-utbildning/")
    second.get(second.link("Fortsätt"))

    assert "Fråga 3 av 5" in second.html
    for _ in range(3):
        answer_rightly(second)
    second.get("/min-utbildning/")
    second.get(second.link("Fortsätt"))
    assert second.path.endswith("/oversikt/")
    second.send()
    assert Attempt.objects.get().score == 5


def test_back_and_forth_keeps_what_was_chosen(version: ModuleVersion, walker: Browser) -> None:
    walker.get("/utbildning/prova/kunskapstest/")
    walker.send()
    form = Form(walker.html)
    wrong, right = form.labels["regn"], form.labels["blåmärken"]
    walker.send(choice=wrong, go="next")
    walker.send(go="previous")
    assert "Fråga 1 av 5" in walker.html
    assert Form(walker.html).data()["choice"] == [wrong]

    walker.send(choice=right, go="review")

    assert walker.path.endswith("/oversikt/")
    assert list(AnswerEvent.objects.order_by("pk").values_list("choice_ids", flat=True)) == [
        [wrong],
        [right],
    ]


def test_a_failed_quiz_leads_to_a_new_try(version: ModuleVersion, walker: Browser) -> None:
    walker.get("/utbildning/prova/kunskapstest/")
    walker.send()
    walker.get(f"{walker.path.rsplit('/', 2)[0]}/oversikt/")
    walker.send()
    assert "Inte godkänt" in walker.html

    walker.get(walker.link("Gör om testet"))
    walker.send()

    assert "Fråga 1 av 5" in walker.html
    assert Attempt.objects.count() == 2
    assert Attempt.objects.latest("pk").started_at <= timezone.now()


def test_without_signing_in_everything_can_be_read_and_nothing_is_saved(
    version: ModuleVersion,
) -> None:
    stranger = Browser()

    for path in ("/utbildning/", "/utbildning/prova/", "/utbildning/prova/sedan/"):
        stranger.get(path)
        assert stranger.status == 200
        assert KEY_WORD not in stranger.html
        assert not stranger.client.session.keys()
    stranger.get("/utbildning/prova/kunskapstest/")

    assert stranger.path == "/logga-in/?next=/utbildning/prova/kunskapstest/"
