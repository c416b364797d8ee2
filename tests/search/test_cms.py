"""What editors do with the search's words: at once, shown before it is saved, and on record."""

import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from content.models import GlossaryTerm, GuidancePage
from portal.jobs.models import Job
from portal.organisation.models import User
from search import catalogue, effects, indexing, service
from search.models import (
    AcuteWord,
    CompoundPart,
    PartUse,
    PinnedResult,
    SavedSearch,
    SearchPassage,
    SearchState,
    Synonym,
)
from search.wording import RARE
from tests.search.publishing import heading, page, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages() -> None:
    page("Skoter", text("Om skotrar."), heading("Bensin"), text("Fyll på bensin i skotern."))
    page("Släde", text("En släde dras av hundar."), slug="slade")
    page("Fjäll", text("Skotern och pulkan på fjället."), slug="fjall")


@pytest.fixture
def editor(client: Client, disa: User) -> Client:
    client.force_login(disa)
    return client


def found(query: str, **options: Any) -> list[str]:
    return [result.path for result in service.search(query, **options).results]


def address(model: Any, what: str = "add", *arguments: Any) -> str:
    return reverse(f"wagtailsnippets_search_{model._meta.model_name}:{what}", args=arguments)


def errors_of(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, "it was saved"
    return response.context["form"].errors


@pytest.mark.usefixtures("pages")
class TestSynonyms:
    def test_a_rule_works_at_the_next_search_and_is_on_record(self, editor: Client, disa: User):
        assert found("kälke") == []

        response = editor.post(address(Synonym), {"text": "  kälke ,  släde"})

        assert response.status_code == 302
        assert Synonym.objects.get().text == "kälke, släde"
        assert found("kälke") == ["slade"]
        logged = ModelLogEntry.objects.get(content_type__model="synonym")
        assert (logged.action, logged.user) == ("wagtail.create", disa)

    def test_a_changed_rule_works_and_a_removed_one_does_no_more(self, editor: Client):
        rule = Synonym.objects.create(text="kälke, släde")
        editor.post(address(Synonym, "edit", rule.pk), {"text": "kälke => skoter"})
        assert found("kälke")[0] == "skoter"
        editor.post(address(Synonym, "delete", rule.pk))
        assert found("kälke") == []

    def test_another_process_sees_that_what_it_remembers_is_old(self):
        remembered, before = catalogue.current(), SearchState.objects.get()
        Synonym.objects.create(text="kälke, släde")
        after = SearchState.objects.get()
        assert (after.stamp, after.wording_stamp == before.wording_stamp) == (before.stamp, False)
        assert catalogue.current() is not remembered
        assert catalogue.current() is catalogue.current()

    def test_a_word_of_a_rule_that_is_gone_is_no_longer_offered(self):
        rule = Synonym.objects.create(text="kälke, släde")
        assert catalogue.current().planner.plan("käkle").corrected == "kälke"
        rule.delete()
        assert catalogue.current().planner.plan("käkle").corrected is None

    def test_nothing_is_indexed_again(self):
        before = list(SearchPassage.objects.values())
        version = SearchState.objects.get().version
        Synonym.objects.create(text="kälke, släde")
        assert list(SearchPassage.objects.values()) == before
        assert SearchState.objects.get().version == version

    def test_a_search_asks_no_more_of_the_database(self, django_assert_num_queries: Any):
        Synonym.objects.create(text="kälke, släde")
        PinnedResult.objects.create(query="kälke", path="fjall")
        AcuteWord.objects.create(word="kälke")
        service.search("kälke")
        with django_assert_num_queries(3):
            service.search("kälke")

    @pytest.mark.parametrize(
        ("rule", "message"),
        [
            ("kälke", "Skriv minst två ord eller uttryck med komma emellan."),
            ("a => b => c", "Pilen => får bara stå en gång."),
            ("kälke, ", "Det saknas ett ord mellan två komman."),
            ("orosanmälan, orosanmälningar", "redan samma sak"),
        ],
    )
    def test_a_rule_that_cannot_be_used_is_refused_at_the_field(
        self, editor: Client, rule: str, message: str
    ):
        response = editor.post(address(Synonym), {"text": rule})
        assert message in errors_of(response)["text"][0]
        assert not Synonym.objects.exists()

    def test_a_rule_that_is_there_is_refused(self, editor: Client):
        Synonym.objects.create(text="kälke, släde")
        response = editor.post(address(Synonym), {"text": "kälke,släde"})
        assert errors_of(response) == {"text": ["Regeln finns redan."]}

    def test_a_rule_that_no_longer_can_be_read_is_left_out(self):
        Synonym.objects.bulk_create([Synonym(text="kälke"), Synonym(text="kälke, släde")])
        indexing.wording_changed()
        assert found("kälke") == ["slade"]


@pytest.mark.usefixtures("pages")
class TestGlossary:
    def term(self, term: str, *synonyms: str) -> GlossaryTerm:
        return GlossaryTerm.objects.create(
            key=term, term=term, text="En sak.", synonyms="\n".join(synonyms)
        )

    def test_a_word_and_its_synonyms_find_each_other_at_once(self):
        term = self.term("släde", "kälke", "och", "ett två tre fyr fem sex sju åtta nio tio")
        assert found("kälke") == ["slade"]
        term.delete()
        assert found("kälke") == []

    def test_it_works_the_other_way_too(self):
        self.term("kälke", "släde")
        assert found("kälke") == ["slade"]

    def test_two_synonyms_of_a_word_do_not_stand_for_each_other(self):
        self.term("färdmedel", "släde", "kälke")
        assert found("kälke") == []

    def test_a_word_that_many_texts_hold_needs_no_help(self):
        self.term("skoter", "släde")
        assert "slade" in found("skoter")
        for number in range(RARE):
            page(f"Körning {number}", text("En skoter."))
        assert "slade" not in found("skoter", limit=50)
        assert "skoter" in found("släde", limit=50)

    def test_an_editors_rule_wins(self):
        Synonym.objects.create(text="pulka => släde")
        self.term("släde", "pulka")
        assert "slade" in found("pulka")
        assert "fjall" not in found("släde")  # which the glossary alone would find by "pulkan"


@pytest.mark.usefixtures("pages")
class TestPins:
    def pin(self, query: str, path: str, order: int = 0) -> None:
        PinnedResult.objects.create(query=query, path=path, sort_order=order)

    def test_a_pinned_page_stands_first_and_once(self):
        assert found("skoter")[0] == "skoter"
        self.pin("skoter", "fjall")
        assert found("skoter") == ["fjall", "skoter"]

    def test_one_that_was_not_found_is_added_and_counted(self):
        self.pin("bensin", "slade")
        answer = service.search("bensin")
        assert [result.path for result in answer.results] == ["slade", "skoter"]
        assert (answer.total, answer.counts) == (2, {"vagledning": 2})
        assert [result.score for result in answer.results] == sorted(
            (result.score for result in answer.results), reverse=True
        )
        assert answer.results[0].url == "/slade/"

    @pytest.mark.parametrize(
        "query", ["bensin skoter", "Skotern, bensin!", "skotern och bensinen", "SKOTER BENSIN"]
    )
    def test_words_count_in_any_order_and_form(self, query: str):
        self.pin("skoter bensin", "slade")
        assert found(query)[0] == "slade"

    @pytest.mark.parametrize("query", ["skoter", "skoter bensin fjäll"])
    def test_fewer_or_more_words_are_another_search(self, query: str):
        self.pin("skoter bensin", "slade")
        assert "slade" not in found(query)

    def test_what_the_query_was_corrected_to_counts(self):
        self.pin("släde", "fjall")
        assert service.search("sälde").corrected == "släde"
        assert found("sälde") == ["fjall", "slade"]

    def test_several_stand_in_their_order(self):
        self.pin("bensin", "slade", 2)
        self.pin("bensin", "fjall", 1)
        assert found("bensin") == ["fjall", "slade", "skoter"]

    def test_only_what_is_published_is_shown(self):
        self.pin("bensin", "slade")
        self.pin("bensin", "finns-inte")
        GuidancePage.objects.get(slug="slade").unpublish()
        assert found("bensin") == ["skoter"]
        assert service.search("bensin").total == 1

    def test_filters_hold_for_it_too(self):
        page("Bara skola", text("Regler."), slug="skola", operations=["skola"])
        self.pin("bensin", "skola")
        assert "skola" not in found("bensin", operation="forskola")
        assert found("bensin", kind="valdstyp") == []
        assert found("bensin", operation="skola")[0] == "skola"

    def test_it_is_an_ordinary_first_result_in_json(self, client: Client):
        self.pin("kälke", "slade")
        data = client.get("/api/sok", {"q": "kälke"}).json()
        [result] = data["results"]
        assert (data["total"], result["path"], result["url"]) == (1, "slade", "/slade/")
        assert set(result) == {"path", "type", "title", "url", "heading", "snippet", "score"}

    def test_pages_follow_each_other_without_a_gap(self):
        for number in range(12):
            page(f"Skoter {number}", text("En skoter till."))
        self.pin("skoter", "slade")
        everything = found("skoter", limit=50)
        assert everything[0] == "slade"
        assert found("skoter") + found("skoter", offset=10) == everything

    def test_an_address_may_be_pasted_whole_and_must_lead_somewhere(self, editor: Client):
        wrong = editor.post(
            address(PinnedResult), {"query": "kälke", "path": "nix", "sort_order": "0"}
        )
        assert "Det finns ingen publicerad sida på nix." in errors_of(wrong)["path"][0]

        editor.post(
            address(PinnedResult),
            {"query": "kälke", "path": "https://portal.example/slade/#x", "sort_order": "0"},
        )
        assert PinnedResult.objects.get().path == "slade"
        assert found("kälke") == ["slade"]

    def test_a_pin_of_stop_words_is_refused(self, editor: Client):
        response = editor.post(
            address(PinnedResult), {"query": "och i", "path": "slade", "sort_order": "0"}
        )
        assert errors_of(response) == {"query": ["Skriv minst ett ord att söka på."]}

    def test_the_same_pin_twice_is_refused(self, editor: Client):
        self.pin("kälke", "slade")
        response = editor.post(
            address(PinnedResult), {"query": "kälke", "path": "slade", "sort_order": "1"}
        )
        assert errors_of(response)["__all__"] == ["Sidan är redan nålad vid den sökningen."]


@pytest.mark.usefixtures("pages")
class TestAcuteWords:
    @pytest.mark.parametrize(
        ("word", "query", "is_acute"),
        [
            ("slår", "hon blir slagen", True),
            ("akut", "akutt skoter", True),
            ("jour", "kvinnojouren", True),
            ("vill dö", "dö vill hon", True),
            ("vill dö", "vill ha skoter", False),
            ("hot", "hotellrum", False),
            ("fara", "skoter", False),
        ],
    )
    def test_numbers_stand_above_the_hits_where_the_words_ask_for_it(
        self, client: Client, word: str, query: str, is_acute: bool
    ):
        CompoundPart.objects.bulk_create(CompoundPart(word=each) for each in ("kvinna", "jour"))
        page("Akut", text("Akut hjälp. Akuta fall."))
        indexing.rebuild()
        AcuteWord.objects.create(word=word)
        response = client.get("/sok/", {"q": query})
        assert response.context["is_acute"] is is_acute
        assert ("Är det akut?" in response.content.decode()) is is_acute

    def test_the_number_is_there(self, library: Any, client: Client):
        html = client.get("/sok/", {"q": "hot"}).content.decode()
        box = html[html.index("Är det akut?") : html.index('class="hits"')]
        assert 'href="tel:112"' in box
        assert "Socialjouren" in box
        assert "Är det akut?" not in client.get("/sok/", {"q": "statistik"}).content.decode()


class TestParts:
    def test_a_new_part_is_used_when_the_index_has_been_made_again(
        self, editor: Client, few_skoters: None, django_capture_on_commit_callbacks: Any
    ):
        page("Renskötarläger", text("Läger och prat."), slug="ren")
        assert found("renskötarprat") == []
        with django_capture_on_commit_callbacks(execute=True):
            for word in ("ren", "skötar"):
                response = editor.post(address(CompoundPart), {"word": word, "use": "part"})
                assert response.status_code == 302

        assert SearchState.objects.get().lexicon_parts["part"] == ["ren", "skötar"]
        assert found("renskötarprat") == ["ren"]
        assert not indexing.find_drift()
        assert {job.state for job in Job.objects.filter(kind="follow_parts")} == {"done"}

    def test_until_then_index_and_query_agree(self, few_skoters: None):
        page("Renskötarläger", text("Läger och prat."), slug="ren")
        CompoundPart.objects.create(word="ren")
        assert not indexing.find_drift()
        assert found("renskötarläger") == ["ren"]

    def test_a_blocked_word_is_no_part(self, few_skoters: None):
        CompoundPart.objects.create(word="skoter", use=PartUse.BLOCKED)
        indexing.follow_parts()
        assert catalogue.current().lexicon.split("skoterresa") == ()

    def test_nothing_is_done_twice(self, few_skoters: None):
        CompoundPart.objects.create(word="ren")
        assert indexing.follow_parts()
        stamp = SearchState.objects.get().lexicon_stamp
        assert not indexing.follow_parts()
        assert SearchState.objects.get().lexicon_stamp == stamp

    @pytest.mark.parametrize("word", ["or", "två ord", "mål3", ""])
    def test_what_is_no_word_is_refused(self, editor: Client, word: str):
        response = editor.post(address(CompoundPart), {"word": word, "use": "part"})
        assert set(errors_of(response)) == {"word"}


@pytest.mark.usefixtures("pages")
class TestEffects:
    @pytest.fixture(autouse=True)
    def _saved(self):
        SavedSearch.objects.create(query="kälke", path="slade")
        SavedSearch.objects.create(query="bensin", path="skoter")

    def shown(self, response: Any) -> effects.Effects:
        assert response.status_code == 200
        return response.context["form"].effects

    def test_a_rule_shows_what_it_changes_and_nothing_is_saved(self, editor: Client):
        response = editor.post(address(Synonym), {"text": "kälke, släde", "visa-andringar": "1"})
        seen = self.shown(response)
        [change] = seen.changes
        assert (change.query, change.before, seen.compared) == ("kälke", [], 2)
        assert [(each.path, each.is_wanted, each.is_new) for each in change.after] == [
            ("slade", True, True)
        ]
        html = response.content.decode()
        assert "1 av 2 sparade sökningar" in html
        assert 'value="kälke, släde"' in html
        assert not Synonym.objects.exists()
        assert found("kälke") == []

    def test_a_changed_rule_is_compared_with_itself_as_it_was(self, editor: Client):
        rule = Synonym.objects.create(text="kälke, släde")
        response = editor.post(
            address(Synonym, "edit", rule.pk),
            {"text": "kälke => skoter", "visa-andringar": "1"},
        )
        [change] = self.shown(response).changes
        assert [each.path for each in change.before] == ["slade"]
        assert change.after[0].path == "skoter"
        assert Synonym.objects.get().text == "kälke, släde"

    def test_a_pin_shows_what_it_changes(self, editor: Client):
        response = editor.post(
            address(PinnedResult),
            {"query": "bensin", "path": "fjall", "sort_order": "0", "visa-andringar": "1"},
        )
        [change] = self.shown(response).changes
        assert [each.path for each in change.before] == ["skoter"]
        assert [each.path for each in change.after] == ["fjall", "skoter"]
        assert not PinnedResult.objects.exists()

    def test_a_rule_that_changes_nothing_says_so(self, editor: Client):
        response = editor.post(address(Synonym), {"text": "gurka, tomat", "visa-andringar": "1"})
        assert self.shown(response).changes == []
        assert "Ingen av 2 sparade sökningar" in response.content.decode()

    def test_a_faulty_rule_is_told_of_instead(self, editor: Client):
        response = editor.post(address(Synonym), {"text": "kälke", "visa-andringar": "1"})
        assert self.shown(response) is None
        assert errors_of(response)["text"]

    def test_the_button_works_without_a_script(self, editor: Client):
        html = editor.get(address(Synonym)).content.decode()
        form = html[
            html.index('id="w-editor-form"') : html.index("</form>", html.index("w-editor-form"))
        ]
        assert re.search(r'<button type="submit"[^>]*name="visa-andringar"', form)

    def test_the_time_is_bounded(self):
        ticks = iter([0.0, 0.0, 99.0, 99.0])
        seen = effects.of(lambda said: said, clock=lambda: next(ticks))
        assert (seen.compared, seen.total, seen.is_cut) == (1, 2, True)

    def test_a_wrong_page_of_a_saved_search_is_refused(self, editor: Client):
        response = editor.post(address(SavedSearch), {"query": "is", "path": "nix"})
        assert "ingen publicerad sida" in errors_of(response)["path"][0]


VOCABULARY = (Synonym, PinnedResult, CompoundPart, AcuteWord, SavedSearch)


class TestRights:
    @pytest.mark.parametrize("model", VOCABULARY)
    def test_writers_write_and_reviewers_change(
        self, client: Client, disa: User, reviewer: User, model: Any
    ):
        client.force_login(disa)
        assert client.get(address(model, "list")).status_code == 200
        assert client.get(address(model)).status_code == 200
        client.force_login(reviewer)
        assert client.get(address(model, "list")).status_code == 200
        assert client.get(address(model)).status_code in {302, 403}

    @pytest.mark.parametrize("model", VOCABULARY)
    def test_nobody_else_comes_near(self, client: Client, ada: User, berit: User, model: Any):
        assert client.get(address(model)).status_code == 302
        for user in (ada, berit):
            client.force_login(user)
            for what in ("list", "add"):
                assert client.get(address(model, what)).status_code == 403
            client.post(address(model), {"text": "a1, b2", "word": "ordet", "use": "part",
                                         "query": "q", "path": "p", "sort_order": "0"})  # fmt: skip
        assert not model.objects.exists()

    def test_the_report_is_for_editors(self, client: Client, ada: User, disa: User, reviewer: User):
        report = reverse("search_unanswered")
        forget = reverse("search_unanswered_forget")
        assert client.get(report).status_code == 302
        for user, status in ((ada, 403), (disa, 200), (reviewer, 200)):
            client.force_login(user)
            assert client.get(report).status_code == status
        assert client.post(forget, {"digest": "x"}).status_code in {302, 403}
        client.force_login(disa)
        assert client.post(forget, {"digest": "x"}).status_code == 404
        assert client.get(forget).status_code == 405

    def test_the_menu_has_it_in_swedish(self, client: Client, disa: User):
        client.force_login(disa)
        html = client.get("/cms/").content.decode()
        for label in (
            "Sökning", "Synonymer", "Nålade träffar", "Delar av sammansatta ord",
            "Ord för akut hjälp", "Sparade sökningar", "Sökningar utan träff",
        ):  # fmt: skip
            assert f'"label": {json.dumps(label)}' in html


def test_the_shipped_saved_searches_lead_to_pages_there_are(library: Any):
    known = catalogue.current()
    paths = {path for path in SavedSearch.objects.values_list("path", flat=True) if path}
    paths |= set(PinnedResult.objects.values_list("path", flat=True))
    assert SavedSearch.objects.count() >= 30
    assert paths - known.tops.keys() == set()
    call_command("check_search", verbosity=0)
