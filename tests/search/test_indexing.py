"""What gets into the index, what stays out, and that it follows the pages."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction

from content.models import (
    Activity,
    Contact,
    Edition,
    Goal,
    GoalPage,
    InformationPage,
    LegalProvision,
    SectionPage,
    Source,
    StartPage,
    SupportIndexPage,
    SupportPage,
)
from content.models.pages import OperationPage
from content.taxonomy import Kind
from portal.organisation.models import Operation
from search import catalogue, indexing, service
from search.models import SearchPassage, SearchState
from tests.search.publishing import A_DAY, heading, page, root, text

CANARY = "snöskoterförbudet"

pytestmark = pytest.mark.django_db


def paths(query: str = CANARY) -> list[str]:
    return [result.path for result in service.search(query).results]


def everything_stored() -> str:
    """All that the index holds, the engine's own table included, as one text."""
    stored = [str(row) for row in SearchPassage.objects.values_list()]
    stored += map(str, SearchState.objects.values_list("lexicon_words", flat=True))
    table = "search_vector" if connection.vendor == "postgresql" else "search_fts"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
        stored += map(str, cursor.fetchall())
    return "\n".join(stored).lower()


class TestWhatAPageGives:
    def test_a_section_is_a_passage_with_its_anchor_and_the_pages_title(self):
        page(
            "Akut fara",
            text("Ring genast."),
            heading("Efteråt"),
            text("Skriv ner vad du såg."),
            slug="akut-fara",
            summary="När minuter räknas.",
            who="Alla medarbetare.",
            keywords="nödläge\nlarma",
        )

        top, after = SearchPassage.objects.order_by("order")

        assert (top.path, top.url, top.heading, top.anchor) == ("akut-fara", "/akut-fara/", "", "")
        assert top.text == "När minuter räknas.\nAlla medarbetare.\nRing genast."
        assert top.keywords == "nödläge\nlarma"
        assert (after.title, after.heading) == ("Akut fara", "Efteråt")
        assert after.url == "/akut-fara/#efterat"
        assert after.text == "Skriv ner vad du såg."
        assert after.keywords == ""
        assert {top.kind, after.kind} == {"vagledning"}

    def test_a_page_without_text_is_found_by_its_summary(self):
        page("Tom sida", summary=f"Om {CANARY}.")
        assert paths() == ["tom-sida"]

    @pytest.mark.parametrize(
        ("model", "parent_slug", "fields", "kind"),
        [
            (InformationPage, "", {}, "program"),
            (SectionPage, "", {"children_kind": ""}, "program"),
            (SectionPage, "", {"children_kind": Kind.BOARD}, "ansvar"),
            (InformationPage, "stod-till-dig", {}, "stod"),
        ],
    )
    def test_every_page_is_found_as_some_kind(self, model, parent_slug, fields, kind):
        parent = page("Stöd till dig", slug=parent_slug) if parent_slug else None
        page("Sidan", text(CANARY), model=model, parent=parent, **fields)
        assert [result.kind for result in service.search(CANARY).results] == [kind]

    def test_the_start_page_is_not_indexed(self):
        page("Startsida", text(CANARY), model=StartPage)
        assert paths() == []

    def test_an_operations_own_page_concerns_that_operation(self):
        preschool = Operation.objects.get(slug="forskola")
        page("Förskola", text(CANARY), model=OperationPage, operation=preschool)
        assert SearchPassage.objects.get().operations == ["forskola"]

    def test_a_contact_in_the_directory_is_a_passage_that_leads_to_its_card(self):
        contact = Contact.objects.create(key="jouren", name="Testjouren", for_whom="Alla i nöd")
        page("Stöd", model=SupportIndexPage, slug="stod")
        [found] = service.search("testjouren").results
        assert found.url == f"/stod/#kontakt-{contact.key}"
        assert "<mark>Testjouren</mark>" in found.snippet

    def test_a_goals_activity_leads_to_the_goals_activities(self):
        page("Mål 9", model=GoalPage, goal=goal_with_activity().goal, slug="mal-9")
        [found] = service.search("volontärer").results
        assert found.url == "/mal-9/#aktiviteter"
        assert found.heading == "Aktiviteter"

    def test_a_law_box_is_found_by_what_the_law_is_called(self):
        law = LegalProvision.objects.create(
            key="TEST-1", act="Provlagen", sfs="2025:1", reference="1 kap. 1 §",
            heading="Om prov", summary="Prov.", checked_on=A_DAY,
        )  # fmt: skip
        page("Regler", {"type": "law", "value": {"provision": law.pk, "text": "<p>Så här.</p>"}})
        assert paths("provlagen") == ["regler"]


def goal_with_activity() -> Activity:
    source = Source.objects.create(key="test", title="Ett remissvar", kind="remissvar")
    edition = Edition.objects.create(
        key="test", title="Programmet", period_start=2030, period_end=2034, status="current"
    )
    goal = Goal.objects.create(edition=edition, number=9, name="Ingen är ensam", source=source)
    return Activity.objects.create(
        edition=edition, goal=goal, key="a1", text="Volontärer besöker äldre.", source=source
    )


class TestWhatStaysOut:
    """One word that stands nowhere else, in a page of each state that nobody may read."""

    def assert_absent(self):
        assert CANARY not in everything_stored()
        assert "snöskoter" not in everything_stored()
        answer = service.search(CANARY)
        assert (answer.results, answer.total, answer.corrected) == ((), 0, None)
        assert service.search(CANARY[:-2] + "x" + CANARY[-1]).corrected is None
        assert service.suggest(CANARY[:6]) == []
        assert not indexing.find_drift()

    def test_a_page_that_was_never_published(self):
        page(f"Om {CANARY}", text(CANARY), live=False, keywords=CANARY)
        self.assert_absent()

    def test_the_draft_of_a_published_page(self):
        published = page("Skotrar", text("Om skotrar."))
        published.title = f"Om {CANARY}"
        published.body = [text(CANARY)]
        published.keywords = CANARY
        published.save_revision()
        indexing.update([published.pk])
        self.assert_absent()
        assert paths("skotrar") == ["skotrar"]

    def test_a_page_that_was_unpublished(self):
        published = page(f"Om {CANARY}", text(CANARY))
        assert paths() == [published.slug]
        published.unpublish()
        self.assert_absent()

    def test_a_page_that_was_deleted_with_what_lay_below_it(self):
        section = page("Avdelning", model=SectionPage)
        page(f"Om {CANARY}", text(CANARY), parent=section)
        assert len(paths()) == 1
        Page.objects.get(pk=section.pk).delete()
        self.assert_absent()
        assert not SearchPassage.objects.exists()

    def test_a_page_that_only_some_may_open(self):
        published = page(f"Om {CANARY}", text(CANARY))
        PageViewRestriction.objects.create(page=published, restriction_type="login")
        self.assert_absent()

    def test_a_page_below_one_that_only_some_may_open_until_it_is_opened(self):
        section = page("Avdelning", model=SectionPage)
        restriction = PageViewRestriction.objects.create(page=section, restriction_type="login")
        page(f"Om {CANARY}", text(CANARY), parent=section)
        self.assert_absent()
        restriction.delete()
        assert len(paths()) == 1

    def test_a_closed_page_that_is_deleted_is_not_opened_on_the_way(self):
        published = page(f"Om {CANARY}", text(CANARY))
        PageViewRestriction.objects.create(page=published, restriction_type="login")
        Page.objects.get(pk=published.pk).delete()
        self.assert_absent()

    def test_a_page_that_is_moved_below_a_closed_one(self):
        closed = page("Stängt", model=SectionPage)
        PageViewRestriction.objects.create(page=closed, restriction_type="login")
        section = page("Avdelning", model=SectionPage)
        page(f"Om {CANARY}", text(CANARY), parent=section)
        Page.objects.get(pk=section.pk).move(Page.objects.get(pk=closed.pk), pos="last-child")
        self.assert_absent()

    def test_a_page_whose_time_is_out_before_anybody_has_cleared_up(self):
        now = timezone.now()
        page(f"Om {CANARY}", text(CANARY), expire_at=now + timedelta(hours=1))
        assert len(paths()) == 1
        with time_machine.travel(now + timedelta(hours=2), tick=False):
            assert paths() == []
            assert service.search(CANARY).total == 0
            assert service.suggest(CANARY[:6]) == []
            assert service.search(CANARY[:-2] + "x" + CANARY[-1]).corrected is None
            call_command("publish_scheduled")
            self.assert_absent()

    def test_a_page_in_another_language(self):
        english = Locale.objects.create(language_code="en")
        page(f"Om {CANARY}", text(CANARY), locale=english)
        self.assert_absent()

    def test_a_page_outside_the_site(self):
        tree_root = Page.objects.get(depth=1)
        page(f"Om {CANARY}", text(CANARY), parent=tree_root)
        self.assert_absent()

    def test_the_questions_of_a_module(self, library):
        module = library.page("utbildning/orosanmalan")
        question = module.questions.get_prep_value()[0]
        feedback = question["value"]["choices"][0]["value"]["feedback"]
        stored = "\n".join(SearchPassage.objects.values_list("text", flat=True))
        assert feedback not in stored
        assert question["value"]["text"] not in stored


class TestFollowingThePages:
    def test_a_published_change_replaces_what_was_there(self):
        published = page("Skotrar", text("Om skotrar."), heading("Mer"), text(CANARY))
        published.body = [text("Om skidor.")]
        published.save_revision().publish()
        assert paths() == []
        assert paths("skidor") == ["skotrar"]
        assert not indexing.find_drift()

    def test_a_passage_that_stays_the_same_keeps_its_id(self):
        published = page("Skotrar", text("Om skotrar."), heading("Mer"), text("Mera."))
        before = dict(SearchPassage.objects.values_list("order", "pk"))
        published.body = [text("Om skotrar."), heading("Mer"), text(CANARY)]
        published.save_revision().publish()
        assert dict(SearchPassage.objects.values_list("order", "pk")) == before

    def test_doing_it_again_changes_nothing(self):
        published = page("Skotrar", text(CANARY))
        stamp = SearchState.objects.get().stamp
        assert indexing.update([published.pk, 999_999]) == 0
        assert indexing.update([]) == 0
        assert SearchState.objects.get().stamp == stamp
        assert indexing.rebuild().changed == 0

    def test_a_new_slug_moves_the_page_and_what_lies_below_it(self):
        section = page("Avdelning", model=SectionPage, slug="gammal")
        page("Skotrar", text(CANARY), parent=section, slug="skotrar")
        assert paths() == ["gammal/skotrar"]
        section = SectionPage.objects.get(pk=section.pk)
        section.slug = "ny"
        section.save_revision().publish()
        [found] = service.search(CANARY).results
        assert (found.path, found.url) == ("ny/skotrar", "/ny/skotrar/")
        assert not indexing.find_drift()

    def test_a_new_slug_of_a_page_that_is_not_published_moves_what_lies_below_it(
        self, django_capture_on_commit_callbacks
    ):
        section = page("Avdelning", model=SectionPage, slug="gammal", live=False)
        page("Skotrar", text(CANARY), parent=section, slug="skotrar")
        section.slug = "ny"
        with django_capture_on_commit_callbacks(execute=True):
            section.save()
        assert paths() == ["ny/skotrar"]

    def test_a_moved_page_is_found_where_it_is(self):
        section = page("Avdelning", model=SectionPage, slug="avdelning")
        published = page("Skotrar", text(CANARY), slug="skotrar")
        Page.objects.get(pk=published.pk).move(Page.objects.get(pk=section.pk), pos="last-child")
        assert paths() == ["avdelning/skotrar"]
        assert not indexing.find_drift()

    def test_a_changed_contact_changes_the_pages_that_show_it(self):
        contact = Contact.objects.create(key="jouren", name="Testjouren", for_whom="Alla")
        block = {"type": "contact", "value": {"contact": contact.pk}}
        page("Stöd", model=SupportIndexPage, slug="stod")
        page("Jouren", model=SupportPage, contact=contact, slug="jouren")
        page("Vägledning", block, slug="vagledning")
        page("Annat", text("Ingenting."))
        contact.for_whom = CANARY
        contact.save()
        assert sorted(paths()) == ["jouren", "stod", "vagledning"]
        assert not indexing.find_drift()

    def test_a_new_contact_is_in_the_directory_and_a_deleted_one_is_not(self):
        page("Stöd", model=SupportIndexPage, slug="stod")
        contact = Contact.objects.create(key="jouren", name="Testjouren", for_whom=CANARY)
        assert paths() == ["stod"]
        contact.delete()
        assert paths() == []
        assert not indexing.find_drift()

    def test_a_changed_law_changes_the_pages_that_show_it(self):
        law = LegalProvision.objects.create(
            key="TEST-1", act="Provlagen", sfs="2025:1", reference="1 kap. 1 §",
            heading="Om prov", summary="Prov.", checked_on=A_DAY,
        )  # fmt: skip
        page("Regler", {"type": "law", "value": {"provision": law.pk, "text": "<p>Så.</p>"}})
        law.heading = CANARY
        law.save()
        assert paths() == ["regler"]
        law.delete()
        assert paths() == []
        assert not indexing.find_drift()

    def test_a_changed_activity_changes_the_goals_page(self):
        activity = goal_with_activity()
        page("Mål 9", model=GoalPage, goal=activity.goal, slug="mal-9")
        activity.text = CANARY
        activity.save()
        assert paths() == ["mal-9"]
        activity.delete()
        assert paths() == []
        assert not indexing.find_drift()

    def test_a_published_module_is_found_by_its_newest_lessons(self, library):
        module = library.page("utbildning/orosanmalan")
        raw = module.lessons.get_prep_value()
        lesson = raw[0]["value"]
        lesson["title"] = f"Lektion om {CANARY}"
        module.lessons = raw
        module.save_revision().publish()
        [found] = service.search(CANARY).results
        assert found.path == f"utbildning/orosanmalan/{lesson['slug']}"
        assert found.url.partition("#")[0] == f"/{found.path}/"
        assert found.kind == "utbildning"
        assert not indexing.find_drift()

    def test_a_rolled_back_publication_leaves_nothing(self):
        page("Skotrar", text("Om skotrar."))
        assert paths("skotrar") == ["skotrar"]
        with transaction.atomic():
            page(f"Om {CANARY}", text(CANARY))
            assert len(paths()) == 1
            transaction.set_rollback(True)
        assert paths() == []
        assert service.suggest(CANARY[:6]) == []
        assert not indexing.find_drift()

    def test_the_lexicon_is_made_anew_once_it_is_outgrown(self, django_capture_on_commit_callbacks):
        before = SearchState.objects.get()
        with django_capture_on_commit_callbacks(execute=True):
            page("Fjällräddning", text("Fjällräddningen kommer med skoter. Fjäll och räddning."))
        after = SearchState.objects.get()
        assert after.lexicon_stamp != before.lexicon_stamp
        assert "fjällräddning" in after.lexicon_words
        assert not indexing.find_drift()
        with django_capture_on_commit_callbacks(execute=True):
            published = page("Fjäll", text("Mer."), live=False)
            indexing.update([published.pk])
        assert SearchState.objects.get().lexicon_stamp == after.lexicon_stamp

    def test_a_page_costs_few_queries_to_index(self, django_assert_max_num_queries):
        published = page("Skotrar", text("Om skotrar."), heading("Mer"), text("Mera."))
        with django_assert_max_num_queries(20):
            indexing.update([published.pk])

    def test_the_vocabulary_is_not_made_for_each_page(self, monkeypatch):
        made = []
        monkeypatch.setattr(catalogue.Vocabulary, "from_texts", lambda *a, **k: made.append(1))
        for number in range(3):
            page(f"Sida {number}", text("Text."))
        assert made == []


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def in_a_thread(self, work):
        failures = []

        def run():
            try:
                work()
            except Exception as error:  # noqa: BLE001  # shown by the test
                failures.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        return thread, failures

    def test_a_rebuild_never_empties_the_answers(self):
        for number in range(20):
            page(f"Skoter {number}", text("Om skotrar."))
        running = True
        answers = []

        def search():
            while running:
                answers.append(service.search("skoter").total)

        thread, failures = self.in_a_thread(search)
        try:
            for _ in range(3):
                SearchState.objects.update(lexicon_size=0)
                indexing.rebuild()
        finally:
            running = False
            thread.join(30)
        assert failures == []
        assert set(answers) == {20}

    def test_a_late_write_does_not_bring_a_page_back(self):
        published = page(f"Om {CANARY}", text(CANARY))
        started = threading.Event()

        def write_late():
            started.set()
            indexing.update([published.pk])

        with transaction.atomic():
            published.unpublish()
            thread, failures = self.in_a_thread(write_late)
            started.wait(10)
        thread.join(30)
        assert failures == []
        assert paths() == []
        assert not SearchPassage.objects.exists()


def test_the_site_may_begin_at_another_page():
    section = page("Ny början", model=SectionPage, slug="ny-borjan")
    page("Skotrar", text(CANARY), parent=section, slug="skotrar")
    site = root().sites_rooted_here.get()
    site.root_page = section
    site.save()
    assert paths() == ["skotrar"]
    assert not indexing.find_drift()
