"""What changes training records. Every function takes keywords only, and is told the time.

What is refused is refused by a named exception; the view chooses the words.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from portal import audit
from portal.organisation.models import Person, User
from training.models import (
    AnswerEvent,
    Attempt,
    AttemptState,
    Completion,
    CompletionRevocation,
    How,
    LessonRead,
    Module,
    ModulePage,
    ModuleVersion,
)
from training.models.freezing import build
from training.models.versions import canonical, content_hash


class AttemptIsClosed(Exception):
    """The attempt has been handed in, so it takes no more answers."""


class UnknownQuestion(Exception):
    """The attempt does not ask that question."""


class UnknownChoice(Exception):
    """The question has no such answer, or takes fewer answers than were given."""


class NoQuestions(Exception):
    """The module has no quiz."""


class AlreadyRevoked(Exception):
    """The completion has been revoked before."""


# --- Versions -----------------------------------------------------------------------------------


@transaction.atomic
def freeze(*, page: ModulePage, at: datetime, revision: Any | None = None) -> ModuleVersion:
    """Freeze what learners will see and return the version; the same content is the same version.

    A version is made only when the content differs from the newest one.
    """
    content = canonical(build(page))
    module, _ = Module.objects.get_or_create(
        key=page.translation_key, defaults={"title": page.title, "slug": page.slug}
    )
    # One freeze at a time per module, so that numbers follow each other.
    module = Module.objects.select_for_update().get(pk=module.pk)
    if (module.title, module.slug) != (page.title, page.slug):
        module.title, module.slug = page.title, page.slug
        module.save(update_fields=["title", "slug"])
    language = page.locale.language_code
    versions = module.versions.filter(language=language)
    newest: ModuleVersion | None = versions.order_by("-number").first()
    if newest and newest.content_hash == content_hash(content):
        return newest
    user = getattr(revision, "user", None)
    version = ModuleVersion.objects.create(
        module=module,
        language=language,
        number=newest.number + 1 if newest else 1,
        content=content,
        content_hash=content_hash(content),
        change_kind=page.change_kind,
        change_note=page.change_note,
        published_at=at,
        published_by=user,
        source_revision_id=revision.pk if revision else None,
    )
    audit.record(audit.Action.MODULE_FROZEN, page, by=user, version=version.number)
    return version


# --- Lessons ------------------------------------------------------------------------------------


def mark_lesson_read(
    *, person: Person, version: ModuleVersion, lesson_id: str, at: datetime
) -> None:
    """Note that *person* has marked a lesson as read. Doing it again changes nothing."""
    LessonRead.objects.get_or_create(
        person=person,
        module_id=version.module_id,
        lesson_id=lesson_id,
        cycle=current_cycle(person=person, module_id=version.module_id),
        defaults={"version": version, "read_at": at},
    )


def current_cycle(*, person: Person, module_id: int) -> int:
    """Return the number of the round that *person* is in: 1 until a later one is begun."""
    latest = Attempt.objects.filter(person=person, module_id=module_id).aggregate(Max("cycle"))
    return latest["cycle__max"] or 1


# --- Attempts -----------------------------------------------------------------------------------


def start_attempt(*, person: Person, version: ModuleVersion, at: datetime) -> Attempt:
    """Return *person*'s open attempt at the module, begun now if there was none.

    The person's row is locked meanwhile, so that double clicks and two tabs find the same attempt.
    Raises NoQuestions for a module without a quiz.
    """
    if not version.questions:
        raise NoQuestions
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        mine = Attempt.objects.filter(person=person, module_id=version.module_id)
        open_attempt = mine.filter(state=AttemptState.OPEN).select_related("version").first()
        if open_attempt:
            return open_attempt
        cycle = current_cycle(person=person, module_id=version.module_id)
        latest = mine.filter(cycle=cycle).aggregate(Max("number"))["number__max"] or 0
        return Attempt.objects.create(
            person=person,
            module_id=version.module_id,
            version=version,
            cycle=cycle,
            number=latest + 1,
            shown=_draw(version, seed=f"{person.uid}/{version.pk}/{cycle}/{latest + 1}"),
            policy=version.data["policy"],
            started_at=at,
        )


def _draw(version: ModuleVersion, *, seed: str) -> list[dict[str, Any]]:
    """Return which questions an attempt asks and in what order their answers stand."""
    chooser = random.Random(seed)  # noqa: S311  # shuffling, not secrecy
    questions = version.questions
    count = version.data["policy"]["draw"]
    if count and count < len(questions):
        chosen = {question["id"] for question in chooser.sample(questions, count)}
        questions = [question for question in questions if question["id"] in chosen]
    shown = []
    for question in questions:
        choices = [choice["id"] for choice in question["choices"]]
        if question["kind"] != "true_false":
            chooser.shuffle(choices)
        shown.append({"question": question["id"], "choices": choices})
    return shown


def save_answer(
    *,
    attempt: Attempt,
    question_id: str,
    choice_ids: Sequence[str],
    client: UUID,
    client_seq: int,
    at: datetime,
) -> AnswerEvent:
    """Save an answer and return it; the same request again returns the first row.

    An answer that a later one from the same form has overtaken is kept, but does not count.
    Raises UnknownQuestion, UnknownChoice and AttemptIsClosed, and then saves nothing.
    """
    shown = next((item for item in attempt.shown if item["question"] == question_id), None)
    question = attempt.version.question(question_id)
    if shown is None or question is None:
        raise UnknownQuestion
    chosen = sorted(
        set(choice_ids), key=shown["choices"].index if _known(choice_ids, shown) else str
    )
    if not _known(choice_ids, shown) or (question["kind"] != "multiple" and len(chosen) > 1):
        raise UnknownChoice
    with transaction.atomic():
        # The lock that handing in takes too: an answer is before it or refused, never lost.
        locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
        same_form = AnswerEvent.objects.filter(
            attempt=locked, question_id=question_id, client=client
        )
        already: AnswerEvent | None = same_form.filter(client_seq=client_seq).first()
        if already and already.choice_ids == chosen:
            return already
        if not locked.is_open:
            raise AttemptIsClosed
        if already:
            # The same number with another answer: a form that was sent, changed and sent again.
            client_seq = (same_form.aggregate(Max("client_seq"))["client_seq__max"] or 0) + 1
        return AnswerEvent.objects.create(
            attempt=locked,
            question_id=question_id,
            choice_ids=chosen,
            client=client,
            client_seq=client_seq,
            is_late=same_form.filter(client_seq__gt=client_seq).exists(),
            saved_at=at,
        )


def _known(choice_ids: Sequence[str], shown: dict[str, Any]) -> bool:
    return set(choice_ids) <= set(shown["choices"])


@dataclass(frozen=True)
class SavedAnswer:
    """The answer that counts for a question."""

    choice_ids: list[str]
    saved_at: datetime


def saved_answers(*, attempt: Attempt) -> dict[str, SavedAnswer]:
    """Return question id → the answer that counts, in one query."""
    events = AnswerEvent.objects.filter(attempt=attempt, is_late=False).order_by("pk")
    return {
        str(event.question_id): SavedAnswer(event.choice_ids, event.saved_at) for event in events
    }


def submit_attempt(*, attempt: Attempt, at: datetime) -> Attempt:
    """Hand in *attempt*: grade it from the saved answers and record the completion when passed.

    Handing in twice, or fifty times at once, gives the same result and one completion.
    """
    with transaction.atomic():
        locked = (
            Attempt.objects.select_for_update(of=("self",))
            .select_related("version", "person")
            .get(pk=attempt.pk)
        )
        if not locked.is_open:
            return locked
        answers = saved_answers(attempt=locked)
        score = sum(
            is_right(locked.version.question(question_id), answers.get(question_id))
            for question_id in locked.question_ids
        )
        locked.score, locked.max_score = score, len(locked.question_ids)
        locked.passed = score * 100 >= locked.policy["pass_percent"] * locked.max_score
        locked.state, locked.submitted_at = AttemptState.SUBMITTED, at
        locked.save()
        if locked.passed:
            _complete(attempt=locked, at=at)
        return locked


def is_right(question: dict[str, Any] | None, answer: SavedAnswer | None) -> bool:
    """Return whether exactly the right answers were chosen."""
    if question is None or answer is None:
        return False
    right = {choice["id"] for choice in question["choices"] if choice["correct"]}
    return set(answer.choice_ids) == right


def _complete(*, attempt: Attempt, at: datetime) -> None:
    """Record the completion, unless this version was completed in this round already."""
    try:
        with transaction.atomic():
            Completion.objects.create(
                person=attempt.person,
                module_id=attempt.module_id,
                version=attempt.version,
                cycle=attempt.cycle,
                how=How.QUIZ,
                attempt=attempt,
                completed_at=at,
            )
    except IntegrityError:
        if not Completion.objects.filter(
            person=attempt.person, version=attempt.version, cycle=attempt.cycle
        ).exists():
            raise


@transaction.atomic
def revoke_completion(
    *, completion: Completion, by: User, reason: str, at: datetime
) -> CompletionRevocation:
    """Say that *completion* no longer counts. The fact stays. Raises AlreadyRevoked."""
    try:
        with transaction.atomic():
            revocation = CompletionRevocation.objects.create(
                completion=completion, reason=reason, revoked_at=at, revoked_by=by
            )
    except IntegrityError as error:
        raise AlreadyRevoked from error
    audit.record(audit.Action.COMPLETION_REVOKED, completion, by=by)
    return revocation
