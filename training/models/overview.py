"""A module, and the catalogue, as one learner sees them. Without sign-in: the same, unmarked."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, UUIDField, Value
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from content import documents, tree
from portal import generation
from portal.organisation.models import Person
from portal.prepared import Prepared
from training.models.attempts import Attempt, AttemptState, LessonRead
from training.models.completions import Completion
from training.models.freezing import build
from training.models.obligations import may_lapse, obligations
from training.models.versions import Module, ModuleVersion

STATE_LABELS = {"not_started": "Inte påbörjad", "started": "Påbörjad", "done": "Klar"}
GOAL_LABELS = {"F": "Förebygga", "I": "Identifiera", "A": "Agera"}


def person_of(request: Any) -> Person | None:
    """Return the person behind the signed-in account, or None."""
    user = request.user
    return user.person if user.is_authenticated else None


def latest_versions(keys: list[UUID], language: str) -> dict[UUID, ModuleVersion]:
    """Return module key → newest version, in one query and without the frozen content."""
    versions = (
        ModuleVersion.objects.filter(module__key__in=keys, language=language)
        .select_related("module")
        .defer("content")
        .order_by("number")
    )
    return {version.module.key: version for version in versions}


# Versions never change, so they can be shared; which is the newest holds for a generation.
_versions = generation.Memory(200)
_texts = generation.Memory(1000)


def current_version(key: UUID, language: str) -> ModuleVersion | None:
    """Return the newest version of the module, or None before the first is frozen."""

    def find() -> ModuleVersion | None:
        return (
            ModuleVersion.objects.filter(module__key=key, language=language)
            .select_related("module")
            .order_by("-number")
            .first()
        )

    return _versions.get((key, language), find)


def ready_text(version: ModuleVersion | None, name: str, text: documents.Document) -> Any:
    """Return a frozen *text* ready to draw, remembered by *version* and its *name* in there."""
    if version is None:
        return documents.ready_from_portable(text)
    return _texts.get((version.pk, name), lambda: documents.ready_from_portable(text))


@dataclass(frozen=True)
class Done:
    """A completion that nobody has revoked."""

    completed_at: datetime
    code: str
    version_id: int


@dataclass(frozen=True)
class Progress:
    """Where one person is in one module. Only for that person's eyes."""

    lessons_read: frozenset[str] = frozenset()
    # The attempt that takes answers, by its guid.
    open_attempt: UUID | None = None
    completion: Done | None = None
    # A completion that the requirements no longer take: out of date, or before a material change.
    lapsed: Done | None = None
    tried: bool = False

    @property
    def state(self) -> str:
        """`done`, `started` or `not_started`."""
        if self.completion:
            return "done"
        begun = self.tried or (self.lessons_read and not self.lapsed)
        return "started" if begun else "not_started"


_READ, _TRIED, _DONE = 0, 1, 2


def _facts_of(person_id: int) -> QuerySet[Any, Any]:
    """Return all that is known of a person's training: what it is, module, key, when, text, row."""
    no_key = Value(None, output_field=UUIDField())
    return (
        LessonRead.objects.filter(person=person_id)
        .values_list(Value(_READ), "module_id", "lesson_id", "read_at", Value(""), "pk")
        .union(
            Attempt.objects.filter(person=person_id).values_list(
                Value(_TRIED), "module_id", "guid", "started_at", "state", "pk"
            ),
            Completion.objects.standing()
            .filter(person=person_id)
            .values_list(Value(_DONE), "module_id", no_key, "completed_at", "code", "version_id"),
            all=True,
        )
    )


_facts = Prepared(_facts_of)


def progress_of(person: Person | None, modules: list[Module], *, on: date) -> dict[int, Progress]:
    """Return module pk → where *person* is. The modules' number does not change the queries'."""
    if person is None:
        return {}
    read: dict[int, set[str]] = {}
    tried: dict[int, list[datetime]] = {}
    is_open: dict[int, UUID] = {}
    completions: dict[int, Done] = {}
    for kind, module_id, key, at, text, row in sorted(
        _facts.rows(person.pk), key=lambda fact: fact[3]
    ):
        if kind == _READ:
            read.setdefault(module_id, set()).add(str(key))
        elif kind == _TRIED:
            tried.setdefault(module_id, []).append(at)
            if text == AttemptState.OPEN:
                is_open[module_id] = key
        else:
            completions[module_id] = Done(at, text, row)
    # Whom the requirements concern is asked only when one of them may ask for a completion anew.
    again: set[int] = set()
    if any(
        may_lapse(module.pk, done.version_id, done.completed_at, on)
        for module in modules
        if (done := completions.get(module.pk))
    ):
        items = obligations([person.pk], on=on)[person.pk]
        again = {item.module_id for item in items if item.state != "done"}
    result = {}
    for module in modules:
        done = completions.get(module.pk)
        lapsed = done if module.pk in again else None
        result[module.pk] = Progress(
            frozenset(read.get(module.pk, set())),
            is_open.get(module.pk),
            None if lapsed else done,
            lapsed,
            any(not lapsed or at > lapsed.completed_at for at in tried.get(module.pk, [])),
        )
    return result


@dataclass(frozen=True)
class Step:
    """One step of a module, for the task list and for "fortsätt där du slutade"."""

    title: str
    url: str
    minutes: int | None = None
    goal: str = ""
    done: bool = False
    number: int = 0
    lesson_id: str = ""


@dataclass(frozen=True)
class Outline:
    """A module's steps for one person."""

    lessons: list[Step] = field(default_factory=list)
    quiz: Step | None = None

    def next_step(self) -> Step | None:
        """Return the first step that is not done."""
        steps = [*self.lessons, *([self.quiz] if self.quiz else [])]
        return next((step for step in steps if not step.done), None)


def outline(data: dict[str, Any], progress: Progress) -> Outline:
    """Return the steps of the module whose frozen content is *data*."""
    slug = data["slug"]
    lessons = [
        Step(
            lesson["title"],
            _lesson_url(slug, lesson["slug"]),
            lesson["minutes"],
            lesson["goal"],
            lesson["id"] in progress.lessons_read,
            number,
            lesson["id"],
        )
        for number, lesson in enumerate(data["lessons"], start=1)
    ]
    quiz = Step(
        "Kunskapstest", reverse("training:quiz", args=[slug]), done=progress.completion is not None
    )
    return Outline(lessons, quiz if data["questions"] else None)


def _lesson_url(module: str, lesson: str) -> str:
    try:
        return reverse("training:lesson", args=[module, lesson])
    except NoReverseMatch:
        return ""  # A preview of a draft, where the address is still missing or odd.


def questions_asked(data: dict[str, Any]) -> int:
    """Return how many questions an attempt at the module whose frozen content is *data* asks."""
    count = len(data["questions"])
    return min(data["policy"]["draw"] or count, count)


def completion_dict(completion: Done) -> dict[str, Any]:
    """Return a completion as its holder's pages show it."""
    return {
        "completed_at": completion.completed_at,
        "code": completion.code,
        "url": reverse("training:certificate", args=[completion.code]),
    }


def index_context(page: Any, request: Any) -> dict[str, Any]:
    """Return what the catalogue shows beyond its text."""
    pages = tree.now().below(page.path) if page.path else []
    versions = latest_versions(
        [child.translation_key for child in pages], page.locale.language_code
    )
    progress = progress_of(
        person_of(request), [v.module for v in versions.values()], on=timezone.localdate()
    )
    cards = []
    for child in pages:
        version = versions.get(child.translation_key)
        if version is None:
            continue
        mine = progress.get(version.module_id)
        status = {"state": mine.state, "label": STATE_LABELS[mine.state]} if mine else None
        cards.append(child.card() | {"status": status})
    return {"modules": cards}


def module_context(page: Any, request: Any) -> dict[str, Any]:
    """Return what a module's page shows: the frozen version and the reader's own progress."""
    is_preview = getattr(request, "is_preview", False)
    version = (
        None if is_preview else current_version(page.translation_key, page.locale.language_code)
    )
    data = version.data if version else build(page)
    person = person_of(request)
    progress = Progress()
    if version and person:
        progress = progress_of(person, [version.module], on=timezone.localdate())[version.module_id]
    steps = outline(data, progress)
    step = steps.next_step() if progress.state == "started" else None
    ready = ready_text(version, "overview", data["overview"])
    completion = progress.completion
    return {
        "blocks": ready,
        "version": {
            "number": version.number if version else 0,
            "published_at": version.published_at if version else None,
            "note": version.change_note if version else "",
        },
        "lessons": steps.lessons,
        "quiz": steps.quiz
        and {
            "url": steps.quiz.url,
            "questions": questions_asked(data),
            "pass_percent": data["policy"]["pass_percent"],
            "open": progress.open_attempt is not None,
            "tried": progress.tried,
        },
        "goals": [
            {"kind_label": GOAL_LABELS[goal["kind"]], "text": goal["text"]}
            for goal in data["goals"]
        ],
        "completion": completion and completion_dict(completion),
        "lapsed": progress.lapsed and completion_dict(progress.lapsed),
        "signed_in": request.user.is_authenticated,
        "resume": step and {"title": step.title, "url": step.url},
        "state": {"state": progress.state, "label": STATE_LABELS[progress.state]},
        "changed_note": version.change_note
        if version and completion and completion.version_id != version.pk
        else "",
    }
