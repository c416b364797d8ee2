"""A new edition: copied, kept from readers, compared, published."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import ModelLogEntry

from content.editing import editions
from content.editing.editions import State
from content.models import (
    Activity,
    Board,
    Edition,
    Goal,
    GoalPage,
    Indicator,
    Responsibility,
    Source,
)
from content.models.programme import EditionStatus
from portal import generation
from portal.organisation.models import User
from tests.content.files import Files
from tests.content.pages import page_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NEW = {"title": "Det tredje", "period_start": "2026", "period_end": "2030"}


def address(edition: Edition, what: str) -> str:
    return f"/cms/utgavor/{edition.pk}/{what}/"


@pytest.fixture
def old(loaded: Files) -> Edition:
    """The newest edition that the files know."""
    return Edition.objects.get(key="andra")


@pytest.fixture
def draft(old: Edition, admin: User) -> Edition:
    """A draft made from it."""
    return editions.copy(old, title="Det tredje", start=2026, end=2030, by=admin)


def goal_of(edition: Edition) -> Goal:
    return Goal.objects.get(edition=edition, number=6)


def only(parts: list[editions.Part], title: str) -> editions.Part:
    (found,) = [part for part in parts if part.title == title]
    return found


def shown(address: str) -> str:
    return Client().get(address).content.decode()


class TestCopying:
    def test_asks_for_period_and_title_and_leads_to_the_comparison(
        self, old: Edition, editor: Client
    ) -> None:
        assert "Från och med år" in editor.get(address(old, "ny")).content.decode()

        response = editor.post(address(old, "ny"), NEW, follow=True)

        new = Edition.objects.get(period_start=2026)
        assert (new.key, new.title, new.status) == ("2026-2030", "Det tredje", EditionStatus.DRAFT)
        assert new.replaces == old
        assert response.redirect_chain == [(address(new, "jamfor"), 302)]
        assert "Bara redaktörer ser den." in response.content.decode()

    @pytest.mark.parametrize(
        ("changed", "field", "message"),
        [
            ({"period_end": "2025"}, "period_end", "Perioden slutar innan den börjar."),
            ({"period_start": "2021", "period_end": "2025"}, "period_start", "finns redan en utg"),
            ({"title": ""}, "title", "obligatorisk"),
            ({"period_start": "snart"}, "period_start", "heltal"),
        ],
    )
    def test_refuses_at_the_field(
        self, changed: dict[str, str], field: str, message: str, old: Edition, editor: Client
    ) -> None:
        response = editor.post(address(old, "ny"), NEW | changed)

        assert response.status_code == 200
        assert message in " ".join(response.context["form"].errors[field])
        assert Edition.objects.count() == 2

    def test_copies_everything_under_the_same_keys(self, old: Edition, draft: Edition) -> None:
        before, after = goal_of(old), goal_of(draft)

        for name in ("name", "number", "gaps", "target_groups", "open_question"):
            assert getattr(after, name) == getattr(before, name)
        activity = after.activities.get(key="m6-a1")
        assert [(r.board.key, r.note) for r in activity.responsibilities.all()] == [
            ("socialnamnden", "en av dem")
        ]
        assert [area.key for area in activity.areas.all()] == ["close_relationships"]
        assert [row.follows for row in after.indicators.all()] == ["m6-a1 m6-a2", ""]
        assert [row.tag for row in after.preconditions.all()] == ["reported"]
        assert [row.board.key for row in after.concerns.all()] == ["servicenamnden"]
        assert [step.text for step in draft.steps.all()] == ["Planerar", "Följer upp"]
        loose = Activity.objects.get(edition=draft, goal=None)
        assert (loose.key, loose.suggested_goal) == ("o-a1", 6)
        assert Indicator.objects.filter(edition=draft, goal=None).count() == 1
        # Nothing was moved.
        assert before.activities.count() == 2
        assert {row.state for part in editions.compare(old, draft) for row in part.rows} == {
            State.SAME
        }

    def test_shows_nothing_to_readers(self, old: Edition, draft: Edition) -> None:
        page = page_of(GoalPage, goal=goal_of(old))
        Activity.objects.filter(edition=draft).update(text="Hemligt")

        assert not Goal.objects.filter(edition=draft, live=True).exists()
        for path in (page.url, "/", "/sok/?q=Hemligt"):
            assert "Hemligt</" not in shown(path)
            assert "Det tredje" not in shown(path)

    def test_of_a_second_draft_leaves_what_it_replaces_to_the_first(
        self, old: Edition, draft: Edition, admin: User
    ) -> None:
        second = editions.copy(old, title="B", start=2026, end=2030, by=admin)

        assert (second.key, second.replaces) == ("2026-2030-2", None)
        assert editions.predecessor(second) == old

    def test_is_on_record(self, draft: Edition, admin: User) -> None:
        entry = ModelLogEntry.objects.get(action="content.edition_copied")

        assert (entry.user, entry.data["copied_from"]) == (admin, "andra")
        assert entry.object_id == str(draft.pk)


class TestComparing:
    def test_tells_new_changed_removed_and_same(self, old: Edition, draft: Edition) -> None:
        goal, source = goal_of(draft), Source.objects.get(key="D0")
        goal.activities.filter(key="m6-a1").update(text="Alla utbildar sig varje år")
        goal.activities.filter(key="m6-a2").delete()
        Activity.objects.create(
            key="m6-a3", edition=draft, goal=goal, text="Något nytt", source=source
        )
        goal.indicators.filter(text="Antal kurser").update(text="Antalet kurser")

        part = only(editions.compare(old, draft), "Mål 6")

        found = {(row.what, row.old, row.new): row.state for row in part.rows}
        assert found == {
            ("Aktivitet", "Yrkesverksamma utbildar sig", "Alla utbildar sig varje år"):
                State.CHANGED,
            ("Aktivitet", "", "Något nytt"): State.NEW,
            ("Aktivitet", "Något mer", ""): State.REMOVED,
            ("Indikator", "Andel utbildade", "Andel utbildade"): State.SAME,
            ("Indikator", "Antal kurser", "Antalet kurser"): State.CHANGED,
            ("Ska vara på plats", "Det finns tid", "Det finns tid"): State.SAME,
            ("Nämnd som målet berör", "Servicenämnden", "Servicenämnden"): State.SAME,
        }  # fmt: skip
        assert (part.state, part.counts) == (
            State.CHANGED,
            [("Oförändrad", 3), ("Ändrad", 2), ("Ny", 1), ("Borttagen", 1)],
        )

    def test_tells_what_in_a_row_has_changed(self, old: Edition, draft: Edition) -> None:
        activity = Activity.objects.get(edition=draft, key="m6-a1")
        Responsibility.objects.create(
            activity=activity, board=Board.objects.get(key="servicenamnden"),
            source=activity.source, sort_order=1,
        )  # fmt: skip

        rows = only(editions.compare(old, draft), "Mål 6").rows

        (changed,) = [row for row in rows if row.state == State.CHANGED]
        assert [(each.label, each.old, each.new) for each in changed.differences] == [
            ("Ansvariga", "Socialnämnden (en av dem)", "Socialnämnden (en av dem), Servicenämnden")
        ]

    def test_sees_what_is_in_a_draft_of_a_published_goal(
        self, old: Edition, draft: Edition
    ) -> None:
        goal = goal_of(draft)
        goal.save_revision().publish()
        goal = goal_of(draft)
        goal.name = "Nytt namn"
        goal.save_revision()

        part = only(editions.compare(old, draft), "Mål 6")

        assert (part.old, part.new, part.state) == ("Kunskap", "Nytt namn", State.CHANGED)

    def test_goals_that_only_one_of_them_has(self, old: Edition, draft: Edition) -> None:
        Goal.objects.filter(edition=draft).update(number=8)

        parts = editions.compare(old, draft)

        assert [(part.title, part.state) for part in parts[:2]] == [
            ("Mål 6", State.REMOVED), ("Mål 8", State.NEW),
        ]  # fmt: skip
        assert {row.state for row in parts[0].rows} == {State.REMOVED}

    def test_the_year_and_rows_without_a_goal(self, old: Edition, draft: Edition) -> None:
        draft.steps.filter(text="Planerar").update(who="Alla nämnder")
        Activity.objects.filter(edition=draft, goal=None).delete()

        parts = editions.compare(old, draft)

        year = only(parts, "Året från plan till uppföljning")
        assert [row.state for row in year.rows] == [State.CHANGED, State.SAME]
        assert State.REMOVED in {row.state for row in only(parts, "Rader utan mål").rows}

    def test_is_shown_in_words_with_links_to_the_goals(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        goal_of(draft).activities.filter(key="m6-a2").delete()

        html = editor.get(address(draft, "jamfor")).content.decode()

        assert "Utgåvan 2026–2030 jämförd med 2021–2025" in html
        assert "<strong>Borttagen</strong>" in html
        assert "<h2>Mål 6: ändringar</h2>" in html
        assert "<h2>Rader utan mål: inga ändringar</h2>" in html
        assert f"/cms/snippets/content/goal/edit/{goal_of(draft).pk}/" in html
        assert address(draft, "publicera") in html

    def test_may_be_with_any_other_edition(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        first = Edition.objects.get(key="forsta")

        html = editor.get(address(draft, "jamfor"), {"med": first.pk}).content.decode()

        assert "jämförd med 2017–2020" in html
        for odd in ("", "x", "0", str(draft.pk)):
            response = editor.get(address(draft, "jamfor"), {"med": odd})
            assert "jämförd med 2021–2025" in response.content.decode()


class TestPublishing:
    def test_says_first_what_will_happen(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        page_of(GoalPage, goal=goal_of(old), title="Målets sida")

        html = editor.get(address(draft, "publicera")).content.decode()

        assert "2021–2025 blir ersatt." in html
        assert "Målets sida" in html
        draft.refresh_from_db()
        assert draft.status == EditionStatus.DRAFT

    def test_makes_it_the_one_in_force_and_the_other_replaced(
        self, old: Edition, draft: Edition, editor: Client, admin: User
    ) -> None:
        before = generation.current()

        response = editor.post(address(draft, "publicera"), follow=True)

        draft.refresh_from_db()
        old.refresh_from_db()
        assert "Utgåvan 2026–2030 gäller. 2021–2025 är nu ersatt." in response.content.decode()
        assert (draft.status, old.status) == (EditionStatus.CURRENT, EditionStatus.REPLACED)
        assert draft.replaces == old
        assert goal_of(draft).live
        assert generation.current() > before
        entry = ModelLogEntry.objects.get(action="content.edition_published")
        assert (entry.user, entry.data["replaced"]) == (admin, "andra")

    def test_shows_the_new_goal_on_the_page_at_once(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        page = page_of(GoalPage, goal=goal_of(old))
        Activity.objects.filter(edition=draft, key="m6-a2").update(text="Något helt annat")
        assert "Något mer" in shown(page.url)

        editor.post(address(draft, "publicera"))

        assert "Något helt annat" in shown(page.url)
        assert "Något mer" not in shown(page.url)
        page.refresh_from_db()
        assert not page.has_unpublished_changes
        assert page.get_latest_revision_as_object().goal == goal_of(draft)

    def test_publishes_what_is_in_drafts_of_goals(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        goal_of(draft).save_revision().publish()
        goal = goal_of(draft)
        goal.name = "Nytt namn"
        goal.save_revision()

        editor.post(address(draft, "publicera"))

        assert goal_of(draft).name == "Nytt namn"
        assert not goal_of(draft).has_unpublished_changes

    def test_keeps_an_editors_draft_of_the_page(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        page = page_of(GoalPage, goal=goal_of(old), title="Gammal rubrik")
        page.title = "Ny rubrik"
        page.save_revision()

        editor.post(address(draft, "publicera"))

        page = GoalPage.objects.get(pk=page.pk)
        assert (page.title, page.goal) == ("Gammal rubrik", goal_of(draft))
        later = page.get_latest_revision_as_object()
        assert (later.title, later.goal) == ("Ny rubrik", goal_of(draft))
        assert page.has_unpublished_changes

    def test_publishes_no_page_that_is_not(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        page = page_of(GoalPage, goal=goal_of(old))
        page.unpublish()

        editor.post(address(draft, "publicera"))

        page = GoalPage.objects.get(pk=page.pk)
        assert not page.live
        assert page.goal == page.get_latest_revision_as_object().goal == goal_of(draft)

    def test_leaves_a_page_whose_goal_has_no_counterpart(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        page = page_of(GoalPage, goal=goal_of(old), title="Målets sida")
        Goal.objects.filter(edition=draft).update(number=8)

        html = editor.get(address(draft, "publicera")).content.decode()
        editor.post(address(draft, "publicera"))

        assert "Sidor som behåller det gamla målet" in html
        assert "Mål 8: Kunskap" in html
        page.refresh_from_db()
        assert page.goal == goal_of(old)
        assert "Något mer" in shown(page.url)

    def test_refuses_what_is_not_whole_and_changes_nothing(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        Activity.objects.filter(edition=draft, key="m6-a2").update(text="")
        Indicator.objects.filter(edition=draft, text="Antal kurser").update(follows="m9-a9")

        response = editor.post(address(draft, "publicera"), {"publish": "1"})

        assert response.status_code == 409
        html = response.content.decode()
        assert "Det här måste rättas först" in html
        assert "aktivitet, ordagrant:" in html
        assert "m9-a9, som inte finns i utgåvan" in html
        old.refresh_from_db()
        draft.refresh_from_db()
        assert (draft.status, old.status) == (EditionStatus.DRAFT, EditionStatus.ENDED)
        assert not goal_of(draft).live

    def test_refuses_an_edition_without_goals(self, loaded: Files, admin: User) -> None:
        bare = Edition.objects.create(
            key="ny", title="A", period_start=2026, period_end=2030, status=EditionStatus.DRAFT
        )

        with pytest.raises(editions.NotPublishable):
            editions.publish(bare, by=admin)

    def test_twice_does_nothing_the_second_time(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        editor.post(address(draft, "publicera"))

        response = editor.post(address(draft, "publicera"), follow=True)

        assert "är redan publicerad" in response.content.decode()
        assert ModelLogEntry.objects.filter(action="content.edition_published").count() == 1

    def test_leaves_a_second_draft_without_what_it_meant_to_replace(
        self, old: Edition, draft: Edition, admin: User
    ) -> None:
        second = editions.copy(old, title="B", start=2026, end=2031, by=admin)

        editions.publish(second, by=admin)

        draft.refresh_from_db()
        second.refresh_from_db()
        assert (second.replaces, draft.replaces) == (old, None)
        assert editions.predecessor(draft) == second


class TestWhoMay:
    @pytest.fixture
    def writer(self, db: None) -> Client:
        """A browser of one in the group Redaktörer."""
        user = UserFactory()
        user.groups.add(Group.objects.get(name="Redaktörer"))
        client = Client()
        client.force_login(user)
        return client

    def test_writers_may_do_all_of_it(self, old: Edition, writer: Client) -> None:
        writer.post(address(old, "ny"), NEW)
        new = Edition.objects.get(period_start=2026)
        assert writer.get(address(new, "jamfor")).status_code == 200
        goal = goal_of(new)
        assert writer.get(f"/cms/snippets/content/goal/edit/{goal.pk}/").status_code == 200

        writer.post(address(new, "publicera"))

        new.refresh_from_db()
        assert new.status == EditionStatus.CURRENT

    @pytest.mark.parametrize("what", ["ny", "jamfor", "publicera"])
    def test_others_may_do_none_of_it(self, what: str, old: Edition, ada: User) -> None:
        client = Client()
        assert client.get(address(old, what)).status_code == 302
        client.force_login(ada)

        response = client.post(address(old, what), NEW)

        assert response.status_code in {302, 403}
        assert Edition.objects.count() == 2

    def test_the_list_and_the_form_offer_it(
        self, old: Edition, draft: Edition, editor: Client
    ) -> None:
        listed = editor.get("/cms/snippets/content/edition/").content.decode()
        form = editor.get(f"/cms/snippets/content/edition/edit/{draft.pk}/").content.decode()

        assert address(old, "ny") in listed
        assert address(old, "publicera") not in listed
        for what in ("ny", "jamfor", "publicera"):
            assert address(draft, what) in listed
            assert address(draft, what) in form

    def test_an_edition_that_is_not_there_is_not_found(self, loaded: Files, editor: Client) -> None:
        for what in ("ny", "jamfor", "publicera"):
            assert editor.get(f"/cms/utgavor/9999/{what}/").status_code == 404


class TestTheForm:
    def test_leaves_the_status_of_a_draft_to_publishing(
        self, draft: Edition, editor: Client
    ) -> None:
        response = editor.get(f"/cms/snippets/content/edition/edit/{draft.pk}/")
        form: Any = response.context["form"]

        assert form.fields["status"].disabled
        assert [value for value, _ in form.fields["status"].choices if value] != []

    def test_of_a_published_edition_offers_no_way_back_to_a_draft(
        self, old: Edition, editor: Client
    ) -> None:
        response = editor.get(f"/cms/snippets/content/edition/edit/{old.pk}/")

        choices = dict(response.context["form"].fields["status"].choices)
        assert EditionStatus.DRAFT not in choices
        assert EditionStatus.CURRENT in choices
