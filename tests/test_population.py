"""What must hold for all of something: every page, every model, every page type."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.db import models
from django.test import Client

from content import documents
from content.exporting import TYPE_OF
from content.loading import PAGE_TYPES
from content.models import TextPage
from tests.conftest import Library
from training.models import ModuleVersion

# How a leaver's rows are treated when the time comes. `purge` (a later part) follows this list.
ERASED = {"AnswerEvent", "Job", "Absence", "Attempt", "LessonRead", "User", "RoleAssignment"}
# A version of a routine is kept when the account that saved it goes; then nobody is named.
KEPT_BY_LAW = {
    "Completion", "CompletionRevocation", "Employment", "Person", "RoutineVersion",
}  # fmt: skip
NOT_PERSONAL = {
    # organisation
    "Operation", "Profession", "Unit",
    # content
    "Activity", "Board", "BoardPage", "BoardStatement", "CompetenceArea", "Contact", "District",
    "Edition", "Figure", "FollowUpStep", "GlossaryTerm", "Goal", "GoalConcern",
    "GoalPage", "GuidancePage", "Indicator",
    "InformationPage", "LegalProvision", "LibraryRecord", "MatrixPage", "OperationPage",
    "PerspectivePage", "Precondition", "PreventionCell", "PreventionPage", "ProgrammePage",
    "RegisterPage", "Remark", "Responsibility", "SectionPage", "Source", "StartPage",
    "SupportIndexPage", "SupportPage", "UnitRoutine", "ViolenceFormPage", "ViolenceTypePage",
    # training
    "Module", "ModulePage", "ModuleVersion", "Requirement", "Track", "TrackModule",
    "TrainingIndexPage",
    # the house
    "ChoreRun", "Generation", "Worker",
    # search
    "AcuteWord", "CompoundPart", "PinnedResult", "SavedSearch", "SearchPassage", "SearchState",
    "Synonym", "UnansweredSearch", "UnsentChange",
}  # fmt: skip
OURS = {"portal", "organisation", "content", "training", "search"}


def project_models() -> set[str]:
    return {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model._meta.auto_created
    }


def test_every_model_says_what_happens_when_a_person_leaves() -> None:
    assert project_models() == ERASED | KEPT_BY_LAW | NOT_PERSONAL


def test_no_deletion_reaches_evidence_by_itself() -> None:
    evidence = {"Completion", "CompletionRevocation", "ModuleVersion", "Attempt", "AnswerEvent"}
    cascades = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__name__ in evidence
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete is not models.PROTECT
    ]

    assert cascades == []


def test_every_page_type_can_be_loaded_and_exported() -> None:
    text_pages = {model for model in apps.get_models() if issubclass(model, TextPage)}
    training = {model for model in text_pages if model._meta.app_label == "training"}

    assert {page_type.model for page_type in PAGE_TYPES.values()} == text_pages - training
    assert set(TYPE_OF) == text_pages - training


class Page(HTMLParser):
    """What a page asks the browser for, and how it is built."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.headings: list[int] = []
        self.inline: list[str] = []
        self.focusable: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.lang = ""
        self.title = ""
        self._in_title = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "html":
            self.lang = found.get("lang") or ""
        self._in_title = tag == "title" and not self.title
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        for name in ("src", "srcset", "data", "poster"):
            if found.get(name):
                self.loads.append(str(found[name]))
        if tag == "link" and found.get("rel") not in {"canonical", "alternate"}:
            self.loads.append(str(found.get("href")))
        if (tag == "script" and not found.get("src")) or tag == "style":
            self.inline.append(tag)
        self.inline += [name for name in found if name == "style" or name.startswith("on")]
        if (tag == "a" and found.get("href")) or tag in {"button", "input", "select", "summary"}:
            self.focusable.append(found)
        if found.get("id"):
            self.ids.append(str(found["id"]))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False


def open_addresses() -> list[str]:
    """Every address that a stranger may read."""
    paths = [f"/{path}/" if path else "/" for path in sorted(documents.paths_by_id().values())]
    lessons = [
        f"/utbildning/{version.module.slug}/{lesson['slug']}/"
        for version in ModuleVersion.objects.select_related("module")
        for lesson in version.lessons
    ]
    return [*paths, *lessons, "/sok/?q=oro", "/sok/", "/intyg/verifiera/", "/finns-inte/"]


class TestEveryOpenPage:
    """All of them, as a stranger meets them."""

    def test_sets_no_cookie_and_asks_no_other_host_for_anything(self, library: Library) -> None:
        for address in open_addresses():
            response = Client().get(address)
            page = Page(response.content.decode())

            assert response.status_code == (404 if address == "/finns-inte/" else 200), address
            assert not response.cookies, address
            assert page.loads, address
            assert all(load.startswith(("/static/", "data:")) for load in page.loads), address
            assert page.inline == [], address

    def test_is_built_for_reading_aloud_and_by_keyboard(self, library: Library) -> None:
        for address in open_addresses():
            page = Page(Client().get(address).content.decode())
            steps = list(zip(page.headings, page.headings[1:], strict=False))

            assert page.lang == "sv", address
            assert len(page.title.strip()) > 5, address
            assert page.headings.count(1) == 1, address
            assert all(after - before <= 1 for before, after in steps), (address, page.headings)
            assert page.focusable[0]["href"] == "#innehall", address
            assert "data-exit" in page.focusable[1], address
            assert len(page.ids) == len(set(page.ids)), address

    def test_sends_the_headers_that_protect_the_reader(self, library: Library) -> None:
        for address in open_addresses():
            headers = Client().get(address).headers

            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, address
            assert "unsafe" not in policy, address
            assert headers["Referrer-Policy"] == "no-referrer", address
            assert headers["X-Content-Type-Options"] == "nosniff", address

    def test_says_who_stands_behind_a_text_and_that_nobody_has_reviewed_it(
        self, library: Library
    ) -> None:
        for path in documents.paths_by_id().values():
            if not path:
                continue
            html = Client().get(f"/{path}/").content.decode()

            assert "Ännu inte sakgranskad" in html, path
            assert "2026" in html, path

    def test_titles_about_the_readers_own_need_are_neutral(self, library: Library) -> None:
        page = Page(Client().get("/stod-till-dig/").content.decode())

        assert "våld" not in page.title.lower()


@pytest.mark.parametrize("address", ["/", "/vagledning/orosanmalan/", "/sok/?q=oro"])
def test_a_guidance_page_is_light(address: str, library: Library) -> None:
    page = Page(Client().get(address).content.decode())
    files = {load.removeprefix("/static/") for load in page.loads if load.startswith("/static/")}
    sizes = {file: Path(str(finders.find(file))).stat().st_size for file in files}

    # Uncompressed, so the page as sent is lighter still (DESIGN: under 150 kB cold).
    assert sum(sizes.values()) < 150_000, sizes
