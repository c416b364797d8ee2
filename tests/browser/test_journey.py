"""The way through the portal with a keyboard and without a script."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from portal.organisation.models import User
from tests.browser.keyboard import Keyboard
from tests.conftest import Library
from tests.factories import PASSWORD
from tests.training.factories import require
from training.models import Attempt, Completion, ModuleVersion

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser_context_args(java_script_enabled=False),
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def version(library: Library) -> ModuleVersion:
    """The module as learners see it, required of everyone."""
    version = ModuleVersion.objects.get(module__slug="orosanmalan")
    require(version.module, due_days=90, starts_date=timezone.localdate())
    return version


def right_answers(version: ModuleVersion) -> dict[str, list[str]]:
    """Return question → its right answers, in words."""
    return {
        " ".join(question["text"].split()): [
            " ".join(choice["text"].split()) for choice in question["choices"] if choice["correct"]
        ]
        for question in version.questions
    }


def sign_in(keyboard: Keyboard, username: str) -> None:
    """Sign in from the link in the header, by keyboard."""
    keyboard.follow("Logga in")
    keyboard.write("Användarnamn", username)
    keyboard.write("Lösenord", PASSWORD)
    with keyboard.page.expect_navigation():
        keyboard.press("Enter")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
class TestFromTheStartPage:
    @pytest.fixture(autouse=True)
    def _at_the_start_page(
        self, library: Library, page: Page, live_server: Any, size: dict[str, int]
    ) -> None:
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.goto(live_server.url)

    def test_the_steps_of_an_orosanmalan_are_one_step_away_and_the_whole_guide_two(
        self, page: Page, keyboard: Keyboard
    ) -> None:
        keyboard.follow("Jag är orolig")

        expect(page.get_by_role("heading", level=1)).to_have_text("Gör en orosanmälan")
        expect(page.get_by_role("heading", name="Gör så här")).to_be_visible()
        assert keyboard.pages == 1

        keyboard.follow(re.compile("Så gör du en orosanmälan"))

        expect(page.get_by_role("heading", level=1)).to_have_text("Så gör du en orosanmälan")
        assert keyboard.pages == 2

    def test_the_header_leads_there_too(self, page: Page, keyboard: Keyboard) -> None:
        keyboard.follow("Gör en orosanmälan")

        expect(page.get_by_role("heading", name="Gör så här")).to_be_visible()


class TestTheMenusOfAPhone:
    @pytest.fixture(autouse=True)
    def _on_a_phone(self, library: Library, page: Page) -> None:
        page.set_viewport_size({"width": 390, "height": 844})

    def test_the_main_menu_opens_and_closes(
        self, page: Page, keyboard: Keyboard, live_server: Any
    ) -> None:
        page.goto(live_server.url)
        menu = page.get_by_role("navigation", name="Huvudmeny")
        expect(menu).not_to_be_visible()

        keyboard.tab_to("button", "Meny")
        keyboard.press("Enter")
        expect(menu).to_be_visible()
        keyboard.press("Escape")
        expect(menu).not_to_be_visible()
        keyboard.press("Enter")
        keyboard.follow("Våldstyper")

        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Våldstyper"))

    def test_one_signs_out_from_the_account(
        self, page: Page, keyboard: Keyboard, live_server: Any, ada: User
    ) -> None:
        page.goto(live_server.url)
        sign_in(keyboard, "ada")
        keyboard.tab_to("button", "Ada Ahlgren")
        keyboard.press("Enter")
        keyboard.follow("Logga ut", role="button")

        expect(page.get_by_role("link", name="Logga in")).to_be_visible()
        expect(page.get_by_text("Ada Ahlgren")).to_have_count(0)


class TestTheModule:
    def test_leads_to_a_certificate_and_the_manager_sees_that_it_is_done(
        self,
        page: Page,
        keyboard: Keyboard,
        live_server: Any,
        version: ModuleVersion,
        ada: User,
        berit: User,
    ) -> None:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(live_server.url)
        heading = page.get_by_role("heading", level=1)

        # Ada signs in, finds what she has to do and begins.
        sign_in(keyboard, "ada")
        expect(heading).to_have_text("Min utbildning")
        expect(page.get_by_role("main")).to_contain_text("Inte påbörjad")
        keyboard.follow("Orosanmälan")
        keyboard.follow("Börja utbildningen")

        # Every lesson, in order.
        for lesson in version.lessons:
            expect(heading).to_have_text(lesson["title"])
            keyboard.follow("Markera som läst och gå vidare", role="button")
        expect(heading).to_have_text("Kunskapstest")
        keyboard.follow("Börja kunskapstestet", role="button")

        # Every question, rightly.
        answers = right_answers(version)
        total = len(version.questions)
        for number in range(1, total + 1):
            expect(page.get_by_text(f"Fråga {number} av {total}")).to_be_visible()
            keyboard.choose(*answers[" ".join(heading.inner_text().split())])
            last = number == total
            keyboard.follow(
                "Spara och gå till översikten" if last else "Spara och gå vidare", role="button"
            )
        expect(heading).to_have_text("Innan du lämnar in")
        expect(page.get_by_role("main")).to_contain_text("Alla frågor har ett svar.")
        keyboard.follow("Lämna in", role="button")

        # The result, the certificate.
        expect(heading).to_have_text("Godkänt")
        expect(page.get_by_role("main")).to_contain_text(f"{total} av {total} rätt")
        keyboard.follow("Visa ditt intyg")
        completion = Completion.objects.get(person=ada.person)
        certificate = page.get_by_role("article")
        for words in ("Ada Ahlgren", "Orosanmälan", completion.code):
            expect(certificate).to_contain_text(words)
        assert Attempt.objects.get(person=ada.person).score == total

        # Ada leaves; Berit, her manager, sees that she is done and nothing more.
        keyboard.follow("Logga ut", role="button")
        sign_in(keyboard, "berit")
        keyboard.follow("Min enhet")
        keyboard.follow("Förskolan Björken")
        row = page.get_by_role("row", name=re.compile("Ada Ahlgren"))
        expect(row).to_contain_text("Klar")
        expect(page.get_by_role("main")).not_to_contain_text(f"{total} av {total}")
        expect(page.get_by_role("main")).not_to_contain_text(completion.code)


class TestOtherForms:
    @pytest.fixture(autouse=True)
    def _library(self, library: Library) -> None:
        pass

    def test_the_search_in_the_header(
        self, page: Page, keyboard: Keyboard, live_server: Any
    ) -> None:
        page.goto(live_server.url)
        keyboard.tab_to("searchbox", "Sök")
        page.keyboard.type("anmäla oro")
        with page.expect_navigation():
            keyboard.press("Enter")

        expect(page.get_by_role("heading", level=1)).to_have_text("Sökresultat")
        keyboard.follow("Gör en orosanmälan")
        expect(page.get_by_role("heading", level=1)).to_have_text("Gör en orosanmälan")

    def test_a_missing_page_offers_a_search_of_its_own(
        self, page: Page, keyboard: Keyboard, live_server: Any
    ) -> None:
        page.goto(f"{live_server.url}/vagledning/orosanmalning/")
        form = page.get_by_role("search", name="Sök efter sidan")
        keyboard.press("Tab")
        while not form.get_by_role("searchbox").and_(keyboard.focused).count():
            keyboard.press("Tab")
        page.keyboard.type("orosanmälan")
        keyboard.follow("Sök", role="button")

        expect(page.get_by_role("heading", level=1)).to_have_text("Sökresultat")
        expect(page.get_by_role("link", name="Gör en orosanmälan").last).to_be_visible()

    def test_the_check_of_a_certificate(
        self, page: Page, keyboard: Keyboard, live_server: Any
    ) -> None:
        page.goto(f"{live_server.url}/intyg/verifiera/")
        keyboard.write("Intygets kod", "aaaabbbbcccc")
        keyboard.follow("Kontrollera", role="button")

        assert page.url.endswith("/intyg/verifiera/AAAA-BBBB-CCCC/")
        expect(page.get_by_role("main")).to_contain_text("inget intyg")

    def test_the_filter_of_the_directory_of_support(
        self, page: Page, keyboard: Keyboard, live_server: Any
    ) -> None:
        page.goto(f"{live_server.url}/stod/")
        keyboard.unfold("Visa bara det stöd som passar")
        keyboard.tab_to("combobox", "Vem är stödet för?")
        keyboard.press("ArrowDown", 2)
        keyboard.follow("Visa stöd", role="button")

        assert "for=utovare" in page.url
        expect(page.get_by_role("combobox", name="Vem är stödet för?")).to_have_value("utovare")
        expect(page.get_by_role("heading", name="Den som är utsatt")).to_have_count(0)
