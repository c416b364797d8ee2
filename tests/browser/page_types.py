"""Every kind of page there is, each with an address and a reader, and what it takes to show it.

Whole pages that nobody meets when all is well (faults, closed, signed out) are on the living page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from portal.organisation.models import Unit, User
from tests.content.routines import full, saved
from tests.factories import some_time_ago
from tests.training.factories import answer, hand_in, require
from training import actions
from training.models import Attempt, Completion, ModuleVersion

type Reader = Literal["anonymous", "ada", "berit", "protected", "admin"]


class Begun:
    """Ada has begun the quiz and answered the second question."""

    def __init__(self, ada: User) -> None:
        assert ada.person
        self.version = ModuleVersion.objects.get(module__slug="orosanmalan")
        now = timezone.now()
        self.open = actions.start_attempt(person=ada.person, version=self.version, at=now)
        answer(self.open, 2, at=now)

    def quiz(self, name: str, attempt: Attempt, *more: int) -> str:
        """Return the address of a page of an attempt."""
        return reverse(f"training:quiz_{name}", args=["orosanmalan", attempt.guid, *more])

    def question(self, kind: str) -> str:
        """Return the address of the first question of a kind in the open attempt."""
        for number, question_id in enumerate(self.open.question_ids, start=1):
            data = self.version.question(question_id)
            if data and data["kind"] == kind:
                return self.quiz("question", self.open, number)
        raise LookupError(kind)


class Staged(Begun):
    """Everything that can be seen: Ada has failed, passed and begun anew; the others have to."""

    def __init__(self, ada: User) -> None:
        assert ada.person
        version = ModuleVersion.objects.get(module__slug="orosanmalan")
        require(version.module, starts_date=some_time_ago())
        now = timezone.now()
        self.failed = hand_in(ada.person, version, now, right=9)
        self.passed = hand_in(ada.person, version, now)
        super().__init__(ada)
        self.code = Completion.objects.get(person=ada.person).code
        self.lesson = version.lessons[0]["slug"]
        self.unit = Unit.objects.get(name="Norrs förskolor").pk
        self.routine = saved(Unit.objects.get(name="Förskolan Björken"), ada, **full()).routine
        saved(self.routine.unit, ada, **full() | {"deputy": "Rektor", "talk_with": ""})

    def routine_of(self, name: str, *more: int) -> str:
        """Return the address of a page of the routine that is written."""
        return reverse(f"routines:{name}", args=[self.routine.unit_id, *more])


@dataclass(frozen=True)
class PageType:
    """A kind of page. `arrive` does what must be done there before it shows what it is about."""

    name: str
    address: str | Callable[[Staged], str]
    reader: Reader = "anonymous"
    arrive: Callable[[Page], None] | None = None

    def path(self, staged: Staged) -> str:
        """Return the address, without host."""
        return self.address if isinstance(self.address, str) else self.address(staged)


def _sign_in_wrongly(page: Page) -> None:
    page.get_by_label("Användarnamn").fill("ada")
    page.get_by_label("Lösenord").fill("fel")
    page.get_by_role("main").get_by_role("button", name="Logga in").click()
    page.get_by_role("alert").wait_for()


def _save_nothing(page: Page) -> None:
    page.get_by_role("button", name="Spara rutinen").click()
    page.get_by_role("alert").wait_for()


def _save_after_another(page: Page) -> None:
    """Save from a form that was opened before the newest version came."""
    page.locator("input[name=version]").evaluate("input => { input.value = 1 }")
    page.get_by_label("Tolk bokas genom").fill("Växeln")
    page.get_by_role("button", name="Spara rutinen").click()
    page.get_by_role("alert").wait_for()


def _open_details(page: Page) -> None:
    """Unfold everything that is folded."""
    page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true })")


OPEN = [
    PageType("start", "/"),
    PageType("section", "/vagledning/"),
    PageType("section_of_goals", "/mal/"),
    PageType("guidance", "/vagledning/orosanmalan/", arrive=_open_details),
    PageType("guidance_long", "/vagledning/orosanmalan/anmalningsskyldighet/"),
    PageType("guidance_faq", "/vagledning/orosanmalan/vanliga-fragor/"),
    PageType("guidance_sheet", "/vagledning/orosanmalan/rutinmall/"),
    PageType("violence_type", "/valdstyper/vald-i-nara-relationer/"),
    PageType("violence_form", "/valdets-uttryck/tecken-pa-vald/"),
    PageType("prevention", "/forebyggande/universell/"),
    PageType("programme", "/programmet/"),
    PageType("goal", "/mal/mal-6-kunskapsutveckling/", arrive=_open_details),
    PageType("board", "/ansvar/kulturnamnden/", arrive=_open_details),
    PageType("board_employer", "/ansvar/servicenamnden/"),
    PageType("programme_editions", "/programmet/programperiod-och-status/"),
    PageType("programme_year", "/programmet/ansvar-och-uppfoljning/"),
    PageType("matrix_prevention", "/forebyggande/matris/"),
    PageType("matrix_boards", "/ansvar/namnder-och-aktiviteter/"),
    PageType("matrix_groups", "/programmet/malgrupper-och-delar/"),
    PageType("matrix_areas", "/programmet/kunskapsutveckling/moduler-och-omraden/"),
    PageType("register_laws", "/lagar/"),
    PageType("register_law", "/lagar/?lag=socialtjanstlagen"),
    PageType("register_figures", "/statistik/", arrive=_open_details),
    PageType("register_sources", "/kallor/"),
    PageType("register_remarks", "/remissynpunkter/"),
    PageType("register_words", "/ordlista/"),
    PageType("guide", "/vagledning/orosanmalan/guide/"),
    PageType(
        "guide_districts",
        "/vagledning/orosanmalan/guide/?fara=nej&verksamhet=skola&oro=heder&idag=nej",
    ),
    PageType(
        "guide_result",
        "/vagledning/orosanmalan/guide/?fara=nej&verksamhet=skola&oro=heder&idag=nej&stadsdel=jarva",
    ),
    PageType("guide_danger", "/vagledning/orosanmalan/guide/?fara=ja"),
    PageType("operation", "/verksamheter/forskola/"),
    PageType("perspective", "/perspektiv/arbetsgivarperspektivet/"),
    PageType("knowledge", "/valdets-uttryck/digitalt-vald/", arrive=_open_details),
    PageType("information", "/tillganglighet/"),
    PageType("support_for_you", "/stod-till-dig/"),
    PageType("support_index", "/stod/", arrive=_open_details),
    PageType("support_filtered", "/stod/?for=utovare"),
    PageType("support", "/stod/origo/", arrive=_open_details),
    PageType("training_index", "/utbildning/"),
    PageType("module", "/utbildning/orosanmalan/"),
    PageType("lesson", lambda staged: f"/utbildning/orosanmalan/{staged.lesson}/"),
    PageType("search_empty", "/sok/"),
    PageType("search_hits", "/sok/?q=oro"),
    PageType("search_filtered", "/sok/?q=oro&typ=vagledning"),
    PageType("search_nothing", "/sok/?q=xyzzyq"),
    PageType("missing", "/finns-inte/"),
    PageType("verify", "/intyg/verifiera/"),
    PageType("verify_error", "/intyg/verifiera/?kod=---"),
    PageType("verify_unknown", "/intyg/verifiera/AAAA-BBBB-CCCC/"),
    PageType("verify_known", lambda staged: f"/intyg/verifiera/{staged.code}/"),
]
# The forms of signing in hold a token, and its cookie.
SIGN_IN = [
    PageType("login", "/logga-in/"),
    PageType("login_error", "/logga-in/", arrive=_sign_in_wrongly),
]
SIGNED_IN = [
    PageType("mine_done", "/min-utbildning/", "ada"),
    PageType("module_done", "/utbildning/orosanmalan/", "ada"),
    PageType("quiz_start", "/utbildning/orosanmalan/kunskapstest/", "ada"),
    PageType("question_single", lambda staged: staged.question("single"), "ada"),
    PageType("question_multiple", lambda staged: staged.question("multiple"), "ada"),
    PageType("review", lambda staged: staged.quiz("review", staged.open), "ada"),
    PageType("result_passed", lambda staged: staged.quiz("result", staged.passed), "ada"),
    PageType("result_failed", lambda staged: staged.quiz("result", staged.failed), "ada"),
    PageType("certificate", lambda staged: f"/intyg/{staged.code}/", "ada"),
    PageType("missing_signed_in", "/chef/", "ada"),
    PageType("mine_to_do", "/min-utbildning/", "protected"),
    PageType(
        "lesson_signed_in", lambda staged: f"/utbildning/orosanmalan/{staged.lesson}/", "protected"
    ),
    PageType("manager", "/chef/", "berit"),
    PageType("manager_unit", lambda staged: f"/chef/enhet/{staged.unit}/", "berit"),
    PageType("routine_list", "/vagledning/orosanmalan/rutin/", "berit"),
    PageType("routine_missing", lambda staged: reverse("routines:unit", args=[staged.unit]), "ada"),
    PageType("routine", lambda staged: staged.routine_of("unit"), "ada"),
    PageType("routine_version", lambda staged: staged.routine_of("version", 1), "ada"),
    PageType("routine_history", lambda staged: staged.routine_of("history"), "ada"),
    PageType("routine_form", lambda staged: staged.routine_of("edit"), "berit"),
    PageType(
        "routine_error",
        lambda staged: reverse("routines:edit", args=[staged.unit]),
        "berit",
        _save_nothing,
    ),
    PageType(
        "routine_clash", lambda staged: staged.routine_of("edit"), "berit", _save_after_another
    ),
    PageType("no_person", "/min-utbildning/", "admin"),
]
PAGE_TYPES = [*OPEN, *SIGN_IN, *SIGNED_IN]
# Between them these hold every component: for what takes long to look at.
_SAMPLE = {
    "start", "guidance", "goal", "board", "matrix_boards", "register_figures", "support_index",
    "module", "search_filtered", "missing", "login_error", "mine_to_do", "quiz_start",
    "question_single", "question_multiple", "review", "result_failed", "certificate",
    "manager_unit", "routine", "routine_history", "routine_form", "routine_clash",
}  # fmt: skip
SAMPLE = [page_type for page_type in PAGE_TYPES if page_type.name in _SAMPLE]
