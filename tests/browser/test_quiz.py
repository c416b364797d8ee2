"""The quiz in a browser: what is chosen is saved at once, and never lost without a word."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, expect

from portal.organisation.models import User
from tests.browser.page_types import Begun
from tests.conftest import Library
from tests.factories import PASSWORD
from training import actions

pytestmark = pytest.mark.django_db(transaction=True)

SAVED = re.compile(r"^Sparat \d\d:\d\d$")
PRESS = "main button[value=next]"


class Question:
    """A question of Ada's open attempt, as she sees it in one tab."""

    def __init__(self, page: Page, begun: Begun, url: str, kind: str = "single") -> None:
        self.page, self.begun = page, begun
        page.goto(url + begun.question(kind))

    @property
    def options(self) -> Locator:
        """The answers to choose from."""
        return self.page.get_by_role("main").locator("input[name=choice]")

    @property
    def status(self) -> Locator:
        """What the page says of saving."""
        return self.page.locator("[data-autosave-status]")

    def saved(self) -> list[str]:
        """Return the answers that the server holds."""
        number = int(self.page.url.rstrip("/").rpartition("/")[2])
        question_id = self.begun.open.question_ids[number - 1]
        event = actions.saved_answers(attempt=self.begun.open).get(question_id)
        return list(event.choice_ids) if event else []

    def value(self, place: int) -> str:
        """Return what the answer at *place* sends."""
        return str(self.options.nth(place).get_attribute("value"))


@pytest.fixture
def begun(library: Library, ada: User) -> Begun:
    """Ada is in the middle of the quiz."""
    return Begun(ada)


@pytest.fixture
def question(
    page: Page, begun: Begun, live_server: Any, ada: User, sign_in: Callable[[User], None]
) -> Question:
    """The first question with one answer, in Ada's tab."""
    sign_in(ada)
    return Question(page, begun, live_server.url)


class TestSaving:
    def test_a_chosen_answer_is_saved_and_the_time_is_shown(self, question: Question) -> None:
        question.options.nth(2).check()

        expect(question.status).to_have_text(SAVED)
        assert question.saved() == [question.value(2)]

    def test_the_answer_is_there_after_a_reload(self, question: Question) -> None:
        question.options.nth(1).check()
        expect(question.status).to_have_text(SAVED)
        question.page.reload()

        expect(question.options.nth(1)).to_be_checked()
        expect(question.status).to_have_text(SAVED)

    def test_several_answers_are_saved_as_they_are_ticked_and_unticked(
        self,
        page: Page,
        begun: Begun,
        live_server: Any,
        ada: User,
        sign_in: Callable[[User], None],
    ) -> None:
        sign_in(ada)
        question = Question(page, begun, live_server.url, "multiple")
        for place in (0, 1, 3):
            question.options.nth(place).check()
        question.options.nth(1).uncheck()

        expect(question.status).to_have_text(SAVED)
        assert sorted(question.saved()) == sorted([question.value(0), question.value(3)])

    def test_what_is_said_is_said_aloud(self, question: Question) -> None:
        expect(question.status).to_have_role("status")

    def test_the_key_is_nowhere_in_the_page(self, question: Question) -> None:
        html = question.page.content()
        data = question.begun.version.questions[0]

        assert "correct" not in html
        assert all(choice["feedback"] not in html for choice in data["choices"])


class TestWithoutANet:
    def test_it_says_so_keeps_the_answer_and_saves_it_when_the_net_is_back(
        self, question: Question, context: BrowserContext
    ) -> None:
        context.set_offline(True)
        question.options.nth(0).check()
        question.options.nth(1).check()

        expect(question.status).to_contain_text("Inte sparat: du verkar vara utan nät.")
        expect(question.status).to_contain_text("Svaret ligger kvar")
        assert question.saved() == []

        context.set_offline(False)

        expect(question.status).to_have_text(SAVED)
        assert question.saved() == [question.value(1)]

    def test_it_tries_again_by_itself_when_the_portal_does_not_answer(
        self, question: Question
    ) -> None:
        refused: list[str] = []

        def refuse_once(route: Any) -> None:
            if refused:
                route.fallback()
            else:
                refused.append(route.request.url)
                route.fulfill(status=503, body="")

        question.page.route("**/svar/", refuse_once)
        question.options.nth(0).check()

        expect(question.status).to_contain_text("portalen svarar inte just nu")
        expect(question.status).to_have_text(SAVED, timeout=8000)
        assert len(refused) == 1
        assert question.saved() == [question.value(0)]

    def test_leaving_with_an_unsaved_answer_asks_first(self, question: Question) -> None:
        asked: list[str] = []

        def agree(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.accept()

        question.page.on("dialog", agree)
        question.page.route("**/svar/", lambda route: route.abort())
        question.options.nth(0).check()
        expect(question.status).to_contain_text("Inte sparat")
        question.page.get_by_role("link", name="Fri från våld").first.click()
        expect(question.page.get_by_role("link", name="Jag är orolig")).to_be_visible()

        assert asked == ["beforeunload"]

    def test_nothing_holds_back_who_leaves_in_haste(
        self, question: Question, context: BrowserContext
    ) -> None:
        asked: list[str] = []
        question.page.on("dialog", lambda dialog: asked.append(dialog.type))
        context.route("https://www.smhi.se/**", lambda route: route.fulfill(body="Uppehåll"))
        question.page.route("**/svar/", lambda route: route.abort())
        question.options.nth(0).check()
        expect(question.status).to_contain_text("Inte sparat")
        question.page.get_by_role("link", name="Lämna sidan").click()

        question.page.wait_for_url("https://www.smhi.se/")
        assert asked == []


class TestTwoTabs:
    def test_an_empty_form_in_a_second_tab_takes_no_answer_away(
        self, question: Question, context: BrowserContext
    ) -> None:
        second = context.new_page()
        second.goto(question.page.url)
        question.options.nth(1).check()
        expect(question.status).to_have_text(SAVED)
        with second.expect_navigation():
            second.locator(PRESS).click()

        assert question.saved() == [question.value(1)]

    def test_the_answer_given_last_holds(
        self, question: Question, begun: Begun, context: BrowserContext, live_server: Any
    ) -> None:
        other = Question(context.new_page(), begun, live_server.url)
        question.options.nth(0).check()
        expect(question.status).to_have_text(SAVED)
        other.options.nth(2).check()
        expect(other.status).to_have_text(SAVED)

        assert question.saved() == [other.value(2)]

    def test_an_attempt_handed_in_elsewhere_takes_no_more_answers_and_says_so(
        self, question: Question, context: BrowserContext, live_server: Any
    ) -> None:
        second = context.new_page()
        second.goto(live_server.url + question.begun.quiz("review", question.begun.open))
        second.get_by_role("button", name="Lämna in").click()
        expect(second.get_by_role("heading", level=1)).to_have_text("Inte godkänt än")
        question.options.nth(0).check()

        expect(question.status).to_contain_text("Inte sparat: Testet är redan inlämnat")
        expect(question.options.nth(0)).to_be_checked()
        assert question.saved() == []


class TestAfterTheSessionHasEnded:
    def test_it_says_so_and_the_answer_stays_on_the_page(
        self, question: Question, context: BrowserContext
    ) -> None:
        context.clear_cookies()
        question.options.nth(1).check()

        expect(question.status).to_contain_text("Inte sparat")
        expect(question.options.nth(1)).to_be_checked()
        assert question.saved() == []

    def test_the_answer_follows_through_signing_in(
        self, question: Question, context: BrowserContext
    ) -> None:
        page, chosen = question.page, question.value(1)
        number = int(page.url.rstrip("/").rpartition("/")[2])
        context.clear_cookies()
        question.options.nth(1).check()
        expect(question.status).to_contain_text("Inte sparat")
        page.locator(PRESS).click()
        page.get_by_label("Användarnamn").fill("ada")
        page.get_by_label("Lösenord").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Logga in").click()

        expect(page.get_by_text(f"Fråga {number + 1} av 15")).to_be_visible()
        question_id = question.begun.open.question_ids[number - 1]
        saved = actions.saved_answers(attempt=question.begun.open)[question_id]
        assert saved.choice_ids == [chosen]
