"""Publishing a module freezes what learners see."""

import hashlib
import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Locale, ModelLogEntry, PageLogEntry

from content.models import Contact, LegalProvision, Source
from tests.training.factories import (
    LESSONS,
    QUESTIONS,
    answer,
    choices,
    edit,
    lesson,
    make_module_page,
    moment,
    question,
    republish,
    text,
    version_of,
)
from training import actions
from training.models import ChangeKind, Module, ModulePage, ModuleVersion
from training.models.versions import canonical

pytestmark = pytest.mark.django_db


class TestPublishing:
    def test_freezes_the_first_version(self, prova):
        module = Module.objects.get(key=prova.translation_key)

        (version,) = ModuleVersion.objects.all()

        assert (version.module, version.language, version.number) == (module, "sv", 1)
        assert version.published_at == prova.last_published_at
        assert version.source_revision_id == prova.live_revision_id
        assert version.is_untouched()

    def test_freezes_nothing_of_a_draft(self, catalogue):
        make_module_page(catalogue, publish=False)

        assert not Module.objects.exists()

    def test_of_the_same_content_again_makes_no_version(self, prova):
        republish(prova)
        prova.unpublish()
        republish(prova)

        assert ModuleVersion.objects.count() == 1

    def test_of_other_content_makes_the_next_version(self, prova):
        republish(prova, summary="En bättre ingress.", change_note="Ny ingress")

        first, second = ModuleVersion.objects.order_by("number")

        assert (first.number, second.number) == (1, 2)
        assert first.data["summary"] == "En modul för tester."
        assert second.data["summary"] == "En bättre ingress."
        assert second.change_note == "Ny ingress"

    def test_of_the_first_content_once_more_makes_a_third_version(self, prova):
        first = prova.live_revision
        republish(prova, title="Prova mera")

        first.publish()

        versions = list(ModuleVersion.objects.order_by("number"))
        assert [version.number for version in versions] == [1, 2, 3]
        assert versions[0].content == versions[2].content
        assert versions[0].content != versions[1].content

    def test_a_reverted_draft_keeps_the_ids_that_evidence_hangs_on(self, prova):
        before = version_of(prova).data
        republish(prova, questions=[QUESTIONS[1]], lessons=[LESSONS[2]])

        after = version_of(republish(prova, questions=QUESTIONS, lessons=LESSONS)).data

        assert after["questions"] == before["questions"]
        assert after["lessons"] == before["lessons"]

    def test_later_freezes_nothing_until_then(self, catalogue):
        tomorrow = timezone.now() + timedelta(days=1)
        draft = make_module_page(catalogue, publish=False)

        edit(draft, go_live_at=tomorrow).publish()

        assert not ModuleVersion.objects.exists()

    def test_of_a_later_change_leaves_the_version_that_is_live(self, prova):
        tomorrow = timezone.now() + timedelta(days=1)

        edit(prova, title="Framtiden", go_live_at=tomorrow).publish()

        assert [version.data["title"] for version in ModuleVersion.objects.all()] == ["Prova"]

    def test_is_on_the_audit_trail_with_who_published(self, prova, disa):
        prova.get_latest_revision_as_object().save_revision(user=disa)
        draft = prova.get_latest_revision_as_object()
        draft.title = "Ny titel"
        draft.save_revision(user=disa).publish(user=disa)

        entry = PageLogEntry.objects.filter(action="training.module_frozen").latest("timestamp")

        assert (entry.user, entry.data) == (disa, {"version": 2})
        assert version_of(prova).published_by == disa
        assert not ModelLogEntry.objects.filter(action="training.module_frozen").exists()

    def test_renames_the_module_and_leaves_the_old_name_in_the_old_version(self, prova):
        republish(prova, title="Orosanmälan", slug="oro")

        module = Module.objects.get()

        assert (module.title, module.slug) == ("Orosanmälan", "oro")
        assert [v.data["title"] for v in module.versions.order_by("number")] == [
            "Prova",
            "Orosanmälan",
        ]

    def test_of_two_modules_numbers_each_by_itself(self, prova, catalogue):
        other = make_module_page(catalogue, slug="annan")
        republish(prova, title="Prova två")

        assert version_of(prova).number == 2
        assert version_of(other).number == 1

    def test_of_a_translation_is_the_same_module_in_another_language(self, prova, catalogue):
        english = Locale.objects.get_or_create(language_code="en")[0]
        index = catalogue.get_parent().specific.copy_for_translation(english)
        catalogue.copy_for_translation(english)
        translated = prova.copy_for_translation(english)
        republish(translated, title="Try it")

        module = Module.objects.get()

        assert index.locale == english
        assert set(module.versions.values_list("language", "number")) == {("sv", 1), ("en", 1)}
        languages = {v.language: v.data for v in module.versions.all()}
        ids = [[q["id"] for q in languages[code]["questions"]] for code in ("sv", "en")]
        assert ids[0] == ids[1]


class TestTheChangesKind:
    def test_is_frozen_with_its_note(self, prova):
        changed = republish(
            prova,
            questions=QUESTIONS[:4],
            change_kind=ChangeKind.MATERIAL,
            change_note="Ny lag från 1 juli",
        )

        version = version_of(changed)

        assert (version.change_kind, version.change_note) == ("material", "Ny lag från 1 juli")

    def test_left_in_the_form_from_last_time_says_nothing_of_a_mended_spelling(self, prova):
        prova = republish(
            prova, title="Ny lag", change_kind=ChangeKind.MATERIAL, change_note="Ny lag från 1 juli"
        )
        for title in ("Ny lagg", "Ny lagen"):
            prova = republish(prova, title=title)

            version = version_of(prova)

            assert (version.change_kind, version.change_note) == ("editorial", "")

    def test_with_a_new_note_is_a_new_change(self, prova):
        for number, title in enumerate(("Ett", "Två"), start=2):
            prova = republish(
                prova, title=title, change_kind=ChangeKind.MATERIAL, change_note=f"Lag {title}"
            )

            version = version_of(prova)

            assert (version.number, version.change_kind) == (number, "material")


class TestTheFrozenContent:
    def test_is_canonical_json_with_its_hash(self, version):
        data = json.loads(version.content)

        assert version.content == canonical(data)
        assert version.content == canonical(dict(reversed(data.items())))
        assert version.content_hash == hashlib.sha256(version.content.encode()).hexdigest()
        assert "å" in version.content

    def test_that_differs_from_its_hash_is_found_out(self, version):
        version.content = version.content.replace("Prova", "Pröva")

        assert not version.is_untouched()

    def test_is_what_the_learner_sees(self, version):
        data = version.data

        assert data["title"] == "Prova"
        assert data["policy"] == {"pass_percent": 80, "draw": None}
        assert [each["slug"] for each in data["lessons"]] == ["vem-och-nar", "gor-sa-har", "sedan"]
        assert [each["kind"] for each in data["questions"]] == [
            "single",
            "true_false",
            "multiple",
            "single",
            "single",
        ]
        assert data["lessons"][0]["body"][0]["text"] == "Om vem-och-nar."

    def test_keeps_the_ids_of_the_blocks(self, version):
        assert [each["id"] for each in version.lessons] == [each["id"] for each in LESSONS]
        assert [each["id"] for each in version.questions] == [each["id"] for each in QUESTIONS]
        assert [choice["id"] for choice in version.questions[0]["choices"]] == [
            choice["id"] for choice in QUESTIONS[0]["value"]["choices"]
        ]

    def test_is_the_same_however_often_the_page_is_saved(self, prova, version):
        for _ in range(3):
            prova = republish(prova)

        assert version_of(prova) == version

    def test_holds_laws_contacts_and_sources_by_value(self, catalogue):
        source = Source.objects.create(key="K1", title="En rapport", kind="rapport")
        law = LegalProvision.objects.create(
            key="SOL-1",
            act="Socialtjänstlagen",
            sfs="2025:400",
            reference="19 kap. 1 §",
            heading="Anmälan",
            summary="Anmäl genast.",
            checked_on=moment(2026, 1, 1).date(),
        )
        contact = Contact.objects.create(key="JOUR", name="Jouren", for_whom="Alla", phone="020-1")
        body = [
            {
                "type": "law",
                "id": "5b3b3c1e-7d52-4d5e-9a52-3f1f2f6d7c01",
                "value": {"provision": law.pk, "text": "<p>Så säger lagen.</p>"},
            },
            {
                "type": "contact",
                "id": "5b3b3c1e-7d52-4d5e-9a52-3f1f2f6d7c02",
                "value": {"contact": contact.pk},
            },
            text("Enligt rapporten.")
            | {
                "value": {
                    "text": "<p>Enligt rapporten.</p>",
                    "sources": [
                        {
                            "type": "item",
                            "id": "5b3b3c1e-7d52-4d5e-9a52-3f1f2f6d7c03",
                            "value": {"source": source.pk, "provision": None, "locator": "s. 3"},
                        }
                    ],
                }
            },
        ]
        page = make_module_page(catalogue, lessons=[lesson("lag", *body)])

        LegalProvision.objects.update(reference="20 kap. 9 §", summary="Något helt annat.")
        Contact.objects.update(phone="020-2")
        Source.objects.update(title="En annan rapport")

        registers = version_of(page).data["registers"]
        assert registers["laws"]["SOL-1"]["reference"] == "19 kap. 1 §"
        assert registers["laws"]["SOL-1"]["summary"] == "Anmäl genast."
        assert registers["contacts"]["JOUR"]["phone"] == "020-1"
        assert registers["sources"]["K1"]["label"] == "En rapport"

    def test_is_untouched_when_autosave_overwrites_the_published_revision(self, prova, version):
        live = prova.live_revision
        draft = prova.get_latest_revision_as_object()
        draft.title = "Skrivet över i tysthet"

        overwritten = draft.save_revision(overwrite_revision=live)

        assert overwritten.pk == version.source_revision_id
        assert overwritten.content["title"] == "Skrivet över i tysthet"
        (kept,) = ModuleVersion.objects.all()
        assert (kept.content, kept.data["title"]) == (version.content, "Prova")
        assert kept.is_untouched()


class TestAVersionPublishedInTheMiddleOfAnAttempt:
    def test_leaves_the_attempt_with_the_questions_it_began_with(
        self, prova, version, learner, now
    ):
        attempt = actions.start_attempt(person=learner, version=version, at=now)
        answer(attempt, 1)
        other = question("nytt", ["ja"], ["nej"])
        republish(prova, title="Helt ny", questions=[other], pass_percent=100)

        for number in range(2, 6):
            answer(attempt, number, right=number != 5)
        attempt = actions.submit_attempt(attempt=attempt, at=now)

        assert (attempt.score, attempt.max_score, attempt.passed) == (4, 5, True)
        assert attempt.completion.version == version
        assert attempt.completion.version.data["title"] == "Prova"

    def test_is_what_the_next_attempt_asks(self, prova, version, learner, now):
        first = actions.start_attempt(person=learner, version=version, at=now)
        newer = version_of(republish(prova, questions=[question("nytt", ["ja"], ["nej"])]))

        again = actions.start_attempt(person=learner, version=newer, at=now)
        actions.submit_attempt(attempt=first, at=now)
        second = actions.start_attempt(person=learner, version=newer, at=now)

        assert again == first
        assert (second.number, len(second.shown), second.version) == (2, 1, newer)
        assert choices(second, 1) == [second.version.questions[0]["choices"][0]["id"]]


def test_the_frozen_version_survives_its_page(prova: ModulePage, version: ModuleVersion) -> None:
    prova.unpublish()
    prova.delete()

    (kept,) = ModuleVersion.objects.all()

    assert kept.content == version.content


def test_a_version_says_when_it_was_published_by_the_servers_clock(prova: ModulePage) -> None:
    with time_machine.travel(moment(2026, 3, 29, 3, 30), tick=False):
        prova = republish(prova, title="Sommartid")

    assert version_of(prova).published_at == moment(2026, 3, 29, 3, 30)
