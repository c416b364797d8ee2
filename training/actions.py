"""What changes training records. Every function takes keywords only, and is told the time.

What is refused is refused by a named exception; the view chooses the words.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    ChangeKind,
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

# Passing again so soon after a completion is practice. Later it begins a new round, so that whoever
# renews in good time has it counted.
PRACTICE = timedelta(days=14)


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
    module, _ = Module.objects.get_or_create(
        key=page.translation_key, defaults={"title": page.title, "slug": page.slug}
    )
    # One freeze at a time per module, each of what is published by then.
    module = Module.objects.select_for_update().get(pk=module.pk)
    page = ModulePage.objects.select_related("locale").get(pk=page.pk)
    content = canonical(build(page))
    if (module.title, module.slug) != (page.title, page.slug):
        module.title, module.slug = page.title, page.slug
        module.save(update_fields=["title", "slug"])
    language = page.locale.language_code
    versions = module.versions.filter(language=language)
    newest: ModuleVersion | None = versions.order_by("-number").first()
    if newest and newest.content_hash == content_hash(content):
        return newest
    kind, note = page.change_kind, page.change_note
    if versions.filter(change_kind=kind, change_note=note).exists():
        # Left in the form since that version: it says nothing of this one, and must not make
        # everybody take the module again for a mended spelling.
        kind, note = ChangeKind.EDITORIAL, ""
    user = getattr(revision, "user", None)
    version = ModuleVersion.objects.create(
        module=module,
        language=language,
        number=newest.number + 1 if newest else 1,
        content=content,
        content_hash=content_hash(content),
        change_kind=kind,
        change_note=note,
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
        cycle=current_cycle(person=person, module_id=version.module_id, at=at),
        defaults={"version": version, "read_at": at},
    )


def current_cycle(*, person: Person, module_id: int, at: datetime) -> int:
    """Return the number of the round that *person* is in, from 1.

    A round is over when it has been completed, a while ago or in a way that was revoked.
    """
    mine = {"person": person, "module_id": module_id}
    latest = max(
        model._default_manager.filter(**mine).aggregate(Max("cycle"))["cycle__max"] or 1
        for model in (Attempt, Completion)
    )
    completions = Completion.objects.filter(cycle=latest, **mine)
    is_over = completions.exists() and not (
        completions.standing().filter(completed_at__gt=at - PRACTICE).exists()
    )
    return latest + 1 if is_over else latest


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
        cycle = current_cycle(person=person, module_id=version.module_id, at=at)
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
    is_final: bool = False,
) -> AnswerEvent:
    """Save an answer and return it; the same request again returns the first row.

    An answer that a later one from the same form has overtaken is kept, but does not count. One
    that `is_final` comes from the form's own button: it is newer than all the form has sent, and
    only the answer that counts already is not saved again.
    Raises UnknownQuestion, UnknownChoice and AttemptIsClosed, and then saves nothing.
    """
    shown = next((item for item in attempt.shown if item["question"] == question_id), None)
    question = attempt.version.question(question_id)
    if shown is None or question is None:
        raise UnknownQuestion
    if not set(choice_ids) <= set(shown["choices"]):
        raise UnknownChoice
    chosen = [choice_id for choice_id in shown["choices"] if choice_id in choice_ids]
    if question["kind"] != "multiple" and len(chosen) > 1:
        raise UnknownChoice
    with transaction.atomic():
        # The lock that handing in takes too: an answer is before it or refused, never lost.
        locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
        events = AnswerEvent.objects.filter(attempt=locked, question_id=question_id)
        same_form = events.filter(client=client)
        already: AnswerEvent | None = (
            events.filter(is_late=False).order_by("pk").last()
            if is_final
            else same_form.filter(client_seq=client_seq).first()
        )
        if already and already.choice_ids == chosen:
            return already
        if not locked.is_open:
            raise AttemptIsClosed
        newest = same_form.aggregate(Max("client_seq"))["client_seq__max"]
        if newest is not None and (is_final or already):
            # In the order it came: the number may be one that another answer has.
            client_seq = max(client_seq, newest + 1)
        event: AnswerEvent = AnswerEvent.objects.create(
            attempt=locked,
            question_id=question_id,
            choice_ids=chosen,
            client=client,
            client_seq=client_seq,
            is_late=newest is not None and newest > client_seq,
            saved_at=at,
        )
        return event


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


def unanswered(*, attempt: Attempt) -> list[int]:
    """Return the numbers, from 1, of the questions without an answer."""
    saved = saved_answers(attempt=attempt)
    return [
        number
        for number, question_id in enumerate(attempt.question_ids, start=1)
        if question_id not in saved or not saved[question_id].choice_ids
    ]


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
    """Record the completion, unless this version was completed in this round already.

    The round is the one that is on now: an attempt may have lain open while the last one ended.
    """
    cycle = current_cycle(person=attempt.person, module_id=attempt.module_id, at=at)
    same = Completion.objects.filter(person=attempt.person, version=attempt.version, cycle=cycle)
    if same.exists():
        return
    try:
        with transaction.atomic():
            Completion.objects.create(
                person=attempt.person,
                module_id=attempt.module_id,
                version=attempt.version,
                cycle=cycle,
                how=How.QUIZ,
                attempt=attempt,
                completed_at=at,
            )
    except IntegrityError:
        # Recorded in another way at the same moment.
        if not same.exists():
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
        if not CompletionRevocation.objects.filter(completion=completion).exists():
            raise
        raise AlreadyRevoked from error
    audit.record(audit.Action.COMPLETION_REVOKED, completion, by=by)
    return revocation
