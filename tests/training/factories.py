"""Makers of modules for tests: as pages with lessons and questions, and as bare frozen versions.

Every choice has feedback that begins with KEY_WORD, and so has every explanation: a page that holds
the word has let the key out.
"""

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import factory
from django.utils import timezone

from portal.organisation.models import Person
from tests.factories import PersonFactory
from training import actions
from training.models import (
    Attempt,
    ChangeKind,
    Completion,
    DueRule,
    How,
    LessonRead,
    Module,
    ModulePage,
    ModuleVersion,
    Requirement,
    Track,
    TrackModule,
    TrainingIndexPage,
)
from training.models.versions import canonical, content_hash

KEY_WORD = "FACIT"
_NAMESPACE = uuid.UUID("2c7b0f6e-90d1-4d6e-8f0b-6f3f7a3c1d11")
_WRITTEN = {"written_date": date(2026, 1, 1), "review_due_date": date(2027, 1, 1)}


def moment(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment by the clock in Stockholm."""
    return datetime(year, month, day, hour, minute, tzinfo=timezone.get_default_timezone())


def block_id(*parts: object) -> str:
    """The same id for the same words."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


# --- Blocks as Wagtail stores them --------------------------------------------------------------


def text(words: str, **value: Any) -> dict[str, Any]:
    """A block of text."""
    return _block("text", words, text=f"<p>{words}</p>", sources=[], **value)


def _block(kind: str, seed: str, **value: Any) -> dict[str, Any]:
    return {"type": kind, "id": block_id(kind, seed), "value": value}


def lesson(slug: str, *body: dict[str, Any], title: str = "") -> dict[str, Any]:
    """A lesson of five minutes."""
    return _block(
        "lesson",
        slug,
        slug=slug,
        title=title or slug.replace("-", " ").capitalize(),
        minutes=5,
        goal=f"känna igen {slug}",
        body=list(body) or [text(f"Om {slug}.")],
    )


def question(
    key: str, right: Sequence[str], wrong: Sequence[str], *, kind: str = "single", link: str = ""
) -> dict[str, Any]:
    """A question with its right and wrong choices."""
    return _block(
        kind,
        key,
        key=key,
        text=f"Vad stämmer om {key}?",
        lesson="",
        link=link,
        choices=[
            {
                "type": "item",
                "id": block_id(key, words),
                "value": {
                    "key": words,
                    "text": words,
                    "correct": words in right,
                    "feedback": f"{KEY_WORD} {key} {words}",
                },
            }
            for words in [*right, *wrong]
        ],
        explanation=f"<p>{KEY_WORD} förklaring {key}</p>",
        sources=[],
    )


LESSONS = (lesson("vem-och-nar"), lesson("gor-sa-har"), lesson("sedan"))
QUESTIONS = (
    question("tecken", ["blåmärken"], ["regn", "snö"]),
    question("anmäla", ["sant"], ["falskt"], kind="true_false"),
    question("skydd", ["jourboende", "larm"], ["semester", "lotteri"], kind="multiple"),
    question("vem", ["socialtjänsten"], ["grannen", "rektorn"]),
    question("när", ["genast"], ["nästa vecka"]),
)


# --- Pages --------------------------------------------------------------------------------------


def make_catalogue(parent: Any) -> TrainingIndexPage:
    """Make the catalogue at /utbildning/."""
    page = parent.add_child(
        instance=TrainingIndexPage(
            title="Utbildningar", slug="utbildning", summary="Vad du kan lära dig.", **_WRITTEN
        )
    )
    page.save_revision().publish()
    return page


def make_module_page(
    catalogue: TrainingIndexPage,
    *,
    slug: str = "prova",
    lessons: Iterable[dict[str, Any]] = LESSONS,
    questions: Iterable[dict[str, Any]] = QUESTIONS,
    publish: bool = True,
    **fields: Any,
) -> ModulePage:
    """Make a module's page and, unless told otherwise, publish it."""
    page = catalogue.add_child(
        instance=ModulePage(
            **{
                "title": slug.capitalize(),
                "slug": slug,
                "summary": "En modul för tester.",
                "minutes": 15,
                "live": False,
                "lessons": json.dumps(list(lessons)),
                "questions": json.dumps(list(questions)),
                **_WRITTEN,
                **fields,
            }
        )
    )
    revision = page.save_revision()
    if publish:
        revision.publish()
    return ModulePage.objects.get(pk=page.pk)


def edit(page: ModulePage, **fields: Any) -> Any:
    """Save a draft of *page* with *fields* changed and return the revision."""
    draft = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, json.dumps(value) if isinstance(value, (list, tuple)) else value)
    return draft.save_revision()


def republish(page: ModulePage, **fields: Any) -> ModulePage:
    """Publish *page* with *fields* changed."""
    edit(page, **fields).publish()
    return ModulePage.objects.get(pk=page.pk)


def version_of(page: ModulePage) -> ModuleVersion:
    """Return the newest version of a module's page."""
    return ModuleVersion.objects.filter(module__key=page.translation_key).latest("number")


# --- Rows ---------------------------------------------------------------------------------------


class ModuleFactory(factory.django.DjangoModelFactory[Module]):
    """Makes a module that has no page."""

    class Meta:
        model = Module

    key = factory.LazyFunction(uuid.uuid4)
    title = factory.Sequence(lambda number: f"Modul {number}")
    slug = factory.Sequence(lambda number: f"modul-{number}")


class VersionFactory(factory.django.DjangoModelFactory[ModuleVersion]):
    """Makes a frozen version with `questions` questions of one right answer."""

    class Meta:
        model = ModuleVersion

    class Params:
        questions = 5
        pass_percent = 80
        draw = None

    module = factory.SubFactory(ModuleFactory)
    language = "sv"
    number = 1
    content = factory.LazyAttribute(
        lambda row: canonical(content(row.questions, row.pass_percent, row.draw))
    )
    content_hash = factory.LazyAttribute(lambda row: content_hash(row.content))
    change_kind = ChangeKind.EDITORIAL
    published_at = moment(2026, 1, 1)


def content(questions: int, pass_percent: int = 80, draw: int | None = None) -> dict[str, Any]:
    """The frozen content of a module with so many questions, the first choice right in each."""
    return {
        "title": "Prova",
        "slug": "prova",
        "minutes": 15,
        "policy": {"pass_percent": pass_percent, "draw": draw},
        "lessons": [
            {"id": block_id("lektion", n), "slug": f"lektion-{n}", "title": f"Lektion {n}"}
            for n in range(3)
        ],
        "questions": [
            {
                "id": block_id("fråga", n),
                "kind": "single",
                "text": f"Fråga {n}?",
                "choices": [
                    {"id": block_id("val", n, c), "text": f"Val {c}", "correct": c == 0}
                    for c in range(4)
                ],
            }
            for n in range(questions)
        ],
    }


class CompletionFactory(factory.django.DjangoModelFactory[Completion]):
    """Makes a completion by a group session, so that no attempt is needed."""

    class Meta:
        model = Completion

    person = factory.SubFactory(PersonFactory)
    version = factory.SubFactory(VersionFactory)
    module = factory.SelfAttribute("version.module")
    how = How.GROUP
    completed_at = moment(2026, 2, 1)


def require(module: Module | Track, **fields: Any) -> Requirement:
    """Require *module* of everyone from 1 January 2026, within 90 days unless told otherwise."""
    audience = {name: fields.pop(name, []) for name in ("operations", "professions", "units")}
    requirement = Requirement(
        **{
            "title": f"Krav på {module}",
            "reason": "Du möter barn.",
            "track" if isinstance(module, Track) else "module": module,
            "due_rule": DueRule.AFTER_START,
            "due_days": 90,
            "starts_date": date(2026, 1, 1),
            **fields,
        }
    )
    for name, rows in audience.items():
        setattr(requirement, name, rows)
    requirement.save()
    return requirement


def make_track(*modules: Module) -> Track:
    """Make a track of *modules*."""
    track = Track(title="Introduktion")
    track.items = [TrackModule(module=module, sort_order=n) for n, module in enumerate(modules)]
    track.save()
    return track


# --- What learners do ---------------------------------------------------------------------------


def read_lesson(person: Person, version: ModuleVersion, at: datetime) -> LessonRead:
    """Mark the first lesson as read."""
    actions.mark_lesson_read(
        person=person, version=version, lesson_id=version.lessons[0]["id"], at=at
    )
    return LessonRead.objects.get(person=person, version=version)


def choices(attempt: Attempt, number: int, *, right: bool = True) -> list[str]:
    """Return the right choices of question *number* (from 1), or one that is wrong."""
    found = attempt.version.question(attempt.question_ids[number - 1])
    assert found is not None
    chosen = [choice["id"] for choice in found["choices"] if choice["correct"] == right]
    return chosen if right else chosen[:1]


def answer(
    attempt: Attempt,
    number: int,
    choice_ids: Sequence[str] | None = None,
    *,
    right: bool = True,
    at: datetime | None = None,
    client: uuid.UUID | None = None,
    seq: int = 1,
    is_final: bool = False,
) -> Any:
    """Answer question *number* (from 1), rightly unless told otherwise."""
    return actions.save_answer(
        attempt=attempt,
        question_id=attempt.question_ids[number - 1],
        choice_ids=choices(attempt, number, right=right) if choice_ids is None else choice_ids,
        client=client or uuid.uuid4(),
        client_seq=seq,
        at=at or attempt.started_at,
        is_final=is_final,
    )


def hand_in(
    person: Person, version: ModuleVersion, at: datetime, *, right: int | None = None
) -> Attempt:
    """Take the quiz and hand it in, with *right* right answers, or all of them."""
    attempt = actions.start_attempt(person=person, version=version, at=at)
    for number in range(1, len(attempt.shown) + 1):
        answer(attempt, number, right=right is None or number <= right, at=at)
    return actions.submit_attempt(attempt=attempt, at=at)
