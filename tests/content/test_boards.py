"""What a board, a goal and an edition show: whose words, what is missing, what only is wished."""

import pytest
import time_machine
from django.test import Client

from content import facts, programme_shown
from content.loading import page_index
from content.models import (
    Activity,
    Board,
    BoardPage,
    BoardStatement,
    Edition,
    FollowUpStep,
    Goal,
    GoalConcern,
    GoalPage,
    GuidancePage,
    Indicator,
    ProgrammePage,
    Remark,
    SectionPage,
    Source,
)
from tests.content.files import Files
from tests.content.pages import page_of, words_of
from tests.training.factories import make_module_page


@pytest.fixture
def board(loaded: Files) -> Board:
    """The board of the small library, which answers for an activity of goal 6."""
    return Board.objects.get(key="socialnamnden")


@pytest.fixture
def other(board: Board) -> Board:
    """A board that no source says anything of."""
    FollowUpStep.objects.all().delete()
    return Board.objects.create(key="annan", name="Andra nämnden", kind="specialist")


@pytest.fixture
def told(board: Board) -> Source:
    """An interpellation answer."""
    return Source.objects.create(key="D4", title="Ett svar", kind="interpellationssvar")


def d0() -> Source:
    return Source.objects.get(key="D0")


class TestABoard:
    def test_shows_the_goals_and_activities_it_answers_for_with_their_source(
        self, board: Board
    ) -> None:
        page_of(GoalPage)

        said = words_of(page_of(BoardPage))

        assert "Mål 6 (stadens program): ”Kunskap” En källa namnger nämnden" in said
        assert "Yrkesverksamma utbildar sig Hör till Mål 6 (stadens program)" in said
        assert "Socialnämnden (en av dem)" in said
        assert "Programmets ord" in said
        assert "Källa: Ett annat remissvar." in said

    def test_shows_goals_that_concern_it_without_an_activity(self, other: Board) -> None:
        GoalConcern.objects.create(
            goal=Goal.objects.get(), board=other, note="som arbetsgivare", source=d0()
        )

        said = words_of(page_of(BoardPage, board=other))

        assert "”Kunskap” Som arbetsgivare. Källa: Ett remissvar." in said
        assert "Ingen källa namnger nämnden som ansvarig för en aktivitet." in said

    def test_of_which_nothing_is_said_says_so_everywhere(self, other: Board) -> None:
        said = words_of(page_of(BoardPage, board=other))

        assert "Ingen källa säger vilka mål som berör nämnden." in said
        assert "Det här säger källorna att nämnden gör Uppgift saknas" in said
        assert "Nämndens år Uppgift saknas" in said
        assert "Ingen synpunkt i underlaget nämner nämnden." in said
        assert "Verksamheter uppgift saknas" in said

    @pytest.mark.parametrize(
        ("tag", "mark"),
        [("quoted", "Programmets ord"), ("reported", "Enligt interpellationssvar")],
    )
    def test_tells_whose_account_a_statement_is(
        self, tag: str, mark: str, board: Board, told: Source
    ) -> None:
        BoardStatement.objects.all().delete()
        BoardStatement.objects.create(board=board, text="Samordnar.", tag=tag, source=told)

        [statement] = programme_shown.board(board.pk, facts.now())["statements"]

        assert f"Samordnar. {mark}" in words_of(page_of(BoardPage))
        assert statement["chip"] == ("quoted" if tag == "quoted" else "answered")

    def test_keeps_what_is_only_wished_for_apart(self, other: Board) -> None:
        remark = Remark.objects.create(
            key="W04", text="Nämnden saknas som ansvarig.", sources="D0", status="built",
            answer="Visas för sig.",
        )  # fmt: skip
        remark.boards.add(other)

        html = Client().get(page_of(BoardPage, board=other).url).content.decode()
        before, _, apart = html.partition('aria-labelledby="remissvar"')

        assert "Nämnden saknas som ansvarig." not in before
        assert "Nämnden saknas som ansvarig." in apart
        assert "Synpunkt" in apart
        assert programme_shown.board(other.pk, facts.now())["editions"][0]["activities"] == []

    def test_with_mainly_the_employers_perspective_says_so_and_where_to_read(
        self, board: Board
    ) -> None:
        Board.objects.filter(pk=board.pk).update(employer_perspective_mainly=True)
        page_of(GuidancePage, slug="stodja-en-medarbetare", title="Stödja en medarbetare")

        html = Client().get(page_of(BoardPage).url).content.decode()

        assert "Främst arbetsgivarperspektiv" in html
        assert '<a href="/vagledning/stodja-en-medarbetare/">Stödja en medarbetare</a>' in html

    def test_offers_the_modules_of_its_operations_and_those_for_all(self, board: Board) -> None:
        Board.objects.filter(pk=board.pk).update(operations=["skola"])
        catalogue = page_index()["utbildning"].specific
        for slug, operations in {"for-skola": ["skola"], "alla": [], "fritid": ["fritid"]}.items():
            make_module_page(catalogue, slug=slug, title=slug, operations=operations)

        modules = programme_shown.board(board.pk, facts.now())["modules"]

        assert [each["title"] for each in modules["own"]] == ["for-skola"]
        assert "alla" in [each["title"] for each in modules["all"]]
        assert "fritid" not in str(modules)

    def test_does_not_show_a_draft_of_an_edition(self, board: Board) -> None:
        edition = Edition.objects.create(
            key="utkast", title="Nästa", period_start=2027, period_end=2030, status="draft"
        )
        goal = Goal.objects.create(edition=edition, number=1, name="Hemligt", source=d0())
        GoalConcern.objects.create(goal=goal, board=board, source=d0())
        page = page_of(BoardPage)
        assert "Hemligt" not in words_of(page)
        assert "2027–2030" not in words_of(page)

        edition.status = "current"
        edition.save()

        assert "Mål 1 (stadens program): ”Hemligt”" in words_of(page)
        assert "Tidigare: programmet 2021–2025" in words_of(page)


class TestTheYear:
    @pytest.fixture(autouse=True)
    def _no_steps(self, loaded: Files) -> None:
        FollowUpStep.objects.all().delete()

    def steps(self, *moments: str, boards: tuple[str, ...] = ()) -> FollowUpStep:
        return FollowUpStep.objects.create(
            edition=Edition.objects.get(key="andra"), moments=list(moments), who="Nämnder",
            text=f"gör {' '.join(moments)}.", boards=list(boards), sources="D0 D3",
        )  # fmt: skip

    def test_goes_from_plan_to_report_and_says_alike_moments_once(self, board: Board) -> None:
        self.steps("plan")
        self.steps("tertial_1", "tertial_2", "report")
        self.steps("all_year")

        year = programme_shown.year(facts.now().newest, facts.now())

        assert year
        assert [moment["short"] for moment in year["moments"]] == ["VP", "T1", "T2", "VB"]
        assert [[m["short"] for m in stage["moments"]] for stage in year["stages"]] == [
            ["VP"], ["T1", "T2", "VB"],
        ]  # fmt: skip
        assert [step["text"] for step in year["all_year"]] == ["gör all_year."]

    def test_of_a_board_has_the_steps_of_all_and_its_own(self, board: Board, other: Board) -> None:
        self.steps("plan")
        self.steps("report", boards=("socialnamnden",))

        own = programme_shown.board(board.pk, facts.now())["year"]
        others = programme_shown.board(other.pk, facts.now())["year"]

        assert [len(moment["steps"]) for moment in own["moments"]] == [1, 0, 0, 1]
        assert [len(moment["steps"]) for moment in others["moments"]] == [1, 0, 0, 0]

    def test_says_where_nothing_is_known_and_the_picture_says_nothing_more(
        self, board: Board
    ) -> None:
        self.steps("plan")

        html = Client().get(page_of(BoardPage).url).content.decode()

        ring = html[html.index('<div class="year__ring"') :].partition("</div>")[0]
        assert html.count("year__node--empty") == ring.count("year__node--empty") == 3
        assert 'aria-hidden="true"' in ring
        assert '<p class="quiet">Uppgift saknas i underlaget.</p>' in html


class TestAGoal:
    def test_links_activities_and_indicators_both_ways(self, loaded: Files) -> None:
        indicator = Indicator.objects.get(text="Andel utbildade")

        html = Client().get(page_of(GoalPage).url).content.decode()

        assert f'<a href="#indikator-{indicator.pk}">Andel utbildade</a>' in html
        assert '<a href="#aktivitet-m6-a1">Yrkesverksamma utbildar sig</a>' in html

    def test_counts_the_kinds(self, loaded: Files) -> None:
        said = words_of(page_of(GoalPage))

        assert "2 kända. Slag: grunduppdrag 1, uppgift saknas 1." in said

    def test_shows_an_open_question_as_open(self, loaded: Files) -> None:
        Goal.objects.update(
            target_groups=["barn", "vuxna"], open_question="Ingår äldre?",
            open_question_source=d0(),
        )  # fmt: skip

        said = words_of(page_of(GoalPage))

        assert "Barn, Vuxna." in said
        assert "Öppen fråga Ingår äldre? Underlaget ger inget svar. Källa: Ett remissvar." in said

    def test_shows_a_row_without_a_goal_as_our_suggestion_apart(self, loaded: Files) -> None:
        Activity.objects.filter(key="o-a1").update(suggested_goal=6)

        html = Client().get(page_of(GoalPage).url).content.decode()
        before, _, apart = html.partition('aria-labelledby="kan-hora-hit"')

        assert "Utan mål" not in before
        assert "Utan mål" in apart
        assert "vårt förslag, inte programmets" in apart

    def test_that_is_a_draft_shows_no_rows(self, loaded: Files) -> None:
        page = page_of(GoalPage)
        assert "Yrkesverksamma utbildar sig" in words_of(page)

        Goal.objects.update(live=False)
        Edition.objects.get(key="andra").save()

        assert "Yrkesverksamma utbildar sig" not in words_of(page)

    def test_all_rows_without_a_goal_stand_with_the_goals(self, loaded: Files) -> None:
        Indicator.objects.filter(goal=None).update(suggested_goal=None)

        said = words_of(page_of(SectionPage, children_kind="mal"))

        assert "Aktivitet: Utan mål" in said
        assert "Vårt förslag: raden kan höra till Mål 6 (stadens program)." in said
        assert "Indikator: Antal utan mål" in said
        assert "Vi har inget förslag om vilket mål den hör till." in said

    def test_is_never_called_by_a_bare_number(self, loaded: Files) -> None:
        page_of(GoalPage)
        for model in (BoardPage, GoalPage):
            said = words_of(page_of(model, slug=f"annan-{model.__name__.lower()}"))
            assert "Mål 6" not in said.replace("Mål 6 (stadens program)", "")


class TestAnEditionThatHasEnded:
    @pytest.mark.parametrize("model", [BoardPage, GoalPage, ProgrammePage])
    def test_is_said_once(self, model: type, loaded: Files) -> None:
        said = words_of(page_of(model))

        assert said.count("Programmets period 2021–2025 är slut.") == 1

    @pytest.mark.parametrize(("day", "count"), [("2025-12-31 12:00", 0), ("2026-01-01 12:00", 1)])
    def test_is_so_from_new_years_day_whatever_is_written(
        self, day: str, count: int, loaded: Files
    ) -> None:
        Edition.objects.filter(key="andra").update(status="current")
        page = page_of(BoardPage)

        with time_machine.travel(f"{day} +0100", tick=False):
            assert words_of(page).count("Programmets period") == count

    def test_turns_at_new_year_without_anything_being_published(self, loaded: Files) -> None:
        Edition.objects.filter(key="andra").update(status="current")
        page = page_of(BoardPage)
        client = Client()

        with time_machine.travel("2025-12-31 12:00 +0100", tick=False):
            before = client.get(page.url).content.decode()
        with time_machine.travel("2026-01-02 12:00 +0100", tick=False):
            after = client.get(page.url).content.decode()

        assert "Programmets period" not in before
        assert "Programmets period" in after

    def test_is_listed_with_what_replaced_what(self, loaded: Files) -> None:
        old, new = Edition.objects.get(key="forsta"), Edition.objects.get(key="andra")
        Edition.objects.filter(pk=new.pk).update(replaces=old)

        said = words_of(page_of(ProgrammePage, slug="programperiod-och-status"))

        assert "2021–2025: Perioden är slut Det andra Ersatte 2017–2020 Ersatt av inget" in said
        assert "2017–2020: Ersatt Det första Ersatte uppgift saknas Ersatt av 2021–2025" in said
        assert said.index("2021–2025: P") < said.index("2017–2020: E")

    def test_of_todays_text_is_not_said_where_the_text_is_ours(self, loaded: Files) -> None:
        assert "Programmets period" not in words_of(page_of(SectionPage))
