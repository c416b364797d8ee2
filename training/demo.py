"""A made-up training history for the demo's people: who has done Orosanmälan, who is on the way.

The rows have the shape that training.actions gives them, but are written in bulk. What they say is
drawn from who the demo's people are, so the same city always gets the same history.
"""

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.organisation.demo import PREFIX, with_thousands
from portal.organisation.models import Absence, Employment, Operation, Person
from training import actions
from training.models import (
    AnswerEvent,
    Attempt,
    AttemptState,
    Completion,
    DueRule,
    How,
    LessonRead,
    Module,
    ModuleVersion,
    Requirement,
)

MODULE = "orosanmalan"
OPERATIONS = ("forskola", "skola", "fritid", "kultur", "socialtjanst", "ungdomsmottagning")
TITLE = "Orosanmälan för alla som möter barn"
REASON = (
    "Du möter barn i ditt arbete. Då är du skyldig att genast anmäla till socialnämnden om du "
    "misstänker att ett barn far illa. Utbildningen övar dig i hur du gör."
)
REQUIRED_FOR_DAYS = 150
DUE_DAYS = 120
# Answers are minimised, so a history without them is what a real installation would hold: only
# attempts that are open, or were handed in within so many days, have any.
ANSWERS_FOR_DAYS = 30

# As new_code of training.models.completions, which a seed cannot steer. Not secret: made-up people.
_LETTERS = "23456789BCDFGHJKMNPQRTVWX"
_BATCH = 2000


class NoVersion(Exception):
    """The module has not been loaded, or has no quiz."""


@dataclass(frozen=True)
class Report:
    """What a load of the history did."""

    is_new: bool
    attempts: int = 0
    completions: int = 0


@dataclass
class _Learner:
    """One of the demo's people whom the requirement concerns, or has concerned."""

    person_id: int
    uid: uuid.UUID
    unit: str
    starts_date: date
    ends_date: date | None
    absences: list[tuple[date, date | None]] = field(default_factory=list)

    def works_on(self, day: date) -> bool:
        return self.starts_date <= day and (self.ends_date is None or day < self.ends_date)

    def is_away_on(self, day: date) -> bool:
        return any(since <= day and (end is None or day < end) for since, end in self.absences)


@dataclass
class _Rows:
    """What will be written."""

    attempts: list[Attempt] = field(default_factory=list)
    completions: list[Completion] = field(default_factory=list)
    answers: list[AnswerEvent] = field(default_factory=list)
    lessons_read: list[LessonRead] = field(default_factory=list)


@transaction.atomic
def load_history(*, today: date, tell: Callable[[str], None] = lambda message: None) -> Report:
    """Require the module of those who meet children, and give the demo's people a past with it.

    A history that is there is left as it is, and nobody who has an account or has begun the module
    is given one. Raises NoVersion.
    """
    module = Module.objects.filter(slug=MODULE).order_by("pk").first()
    version: ModuleVersion | None = (
        module.versions.filter(language="sv").order_by("-number").first() if module else None
    )
    if module is None or version is None or not version.questions:
        raise NoVersion
    others = Person.objects.filter(staff_number__startswith=PREFIX, user__isnull=True)
    if Attempt.objects.filter(module=module, person__in=others).exists():
        return Report(is_new=False)
    _require(module, today)
    tell("Skapar utbildningshistorik.")
    rows = _Historian(version, _learners(module, today), today).write()
    Attempt.objects.bulk_create(rows.attempts, batch_size=_BATCH)
    Completion.objects.bulk_create(rows.completions, batch_size=_BATCH)
    AnswerEvent.objects.bulk_create(rows.answers, batch_size=_BATCH)
    LessonRead.objects.bulk_create(rows.lessons_read, batch_size=_BATCH)
    tell(
        f"Skapade {with_thousands(len(rows.attempts))} försök och "
        f"{with_thousands(len(rows.completions))} genomföranden."
    )
    return Report(True, len(rows.attempts), len(rows.completions))


def _require(module: Module, today: date) -> None:
    if Requirement.objects.filter(module=module, title=TITLE).exists():
        return
    requirement = Requirement(
        title=TITLE,
        reason=REASON,
        module=module,
        due_rule=DueRule.AFTER_START,
        due_days=DUE_DAYS,
        starts_date=today - timedelta(days=REQUIRED_FOR_DAYS),
    )
    requirement.operations = list(Operation.objects.filter(slug__in=OPERATIONS))
    requirement.save()


def _learners(module: Module, today: date) -> list[_Learner]:
    """Return the demo's people in staff number's order, each once, but not the cast."""
    begun: set[int] = set()
    for model in (Attempt, Completion, LessonRead):
        begun |= set(model.objects.filter(module=module).values_list("person_id", flat=True))
    learners: dict[int, _Learner] = {}
    for person_id, uid, code, starts_date, ends_date in (
        Employment.objects.filter(
            person__staff_number__startswith=PREFIX,
            person__user__isnull=True,
            operation__slug__in=OPERATIONS,
            starts_date__lte=today,
        )
        .order_by("person__staff_number", "starts_date", "unit__code")
        .values_list("person_id", "person__uid", "unit__code", "starts_date", "ends_date")
    ):
        known = learners.get(person_id)
        if person_id in begun:
            continue
        if known is None:
            learners[person_id] = _Learner(person_id, uid, code, starts_date, ends_date)
        elif known.ends_date is not None:
            # Moved: one span of work, counted where it goes on.
            known.unit, known.ends_date = code, ends_date
    for person_id, since, until in Absence.objects.filter(
        person__staff_number__startswith=PREFIX
    ).values_list("person_id", "starts_date", "ends_date"):
        if person_id in learners:
            learners[person_id].absences.append((since, until))
    return list(learners.values())


class _Historian:
    """Decides who has done what and when, unit by unit, all from one source of chance."""

    def __init__(self, version: ModuleVersion, learners: list[_Learner], today: date) -> None:
        self.version, self.learners, self.today = version, learners, today
        # From the city itself, so that it need not be known what seed made it.
        seed = f"{learners[0].uid}/{MODULE}" if learners else MODULE
        self.chance = random.Random(seed)  # noqa: S311  # a made-up history, not a secret
        self.required_from = today - timedelta(days=REQUIRED_FOR_DAYS)
        self.policy = version.data["policy"]
        self.questions = {question["id"]: question for question in version.questions}
        self.lessons = [lesson["id"] for lesson in version.lessons]
        self.codes: set[str] = set()
        self.rows = _Rows()

    def write(self) -> _Rows:
        units: dict[str, list[_Learner]] = {}
        for learner in self.learners:
            units.setdefault(learner.unit, []).append(learner)
        for code in sorted(units):
            self._unit(units[code])
        return self.rows

    def _unit(self, learners: list[_Learner]) -> None:
        """Let between 55 and 75 in a hundred of a unit be done, and some of the rest be on the way.

        Those who have left had their chance too, if the requirement held while they were there.
        """
        here = [learner for learner in learners if learner.works_on(self.today)]
        # First those with most time behind them and at work now: they are the ones who are done.
        likely = {learner.person_id: self._likelihood(learner) for learner in here}
        here.sort(key=lambda learner: -likely[learner.person_id])
        count = round(len(here) * self.chance.uniform(0.57, 0.73))
        for number, learner in enumerate(here):
            done_at = self._done_at(learner) if number < count else None
            if done_at:
                self._done(learner, done_at)
            elif not learner.is_away_on(self.today) and self.chance.random() < 0.45:
                lately = self.today - timedelta(days=25)
                if at := self._moment(learner, first=lately, last=self.today, usual_days=20):
                    self._begun(learner, at)
        for learner in learners:
            has_left = not learner.works_on(self.today)
            if has_left and self.chance.random() < 0.5 and (done_at := self._done_at(learner)):
                self._done(learner, done_at)

    def _likelihood(self, learner: _Learner) -> float:
        return (
            self.chance.random()
            - (0.5 if learner.starts_date > self.required_from else 0)
            - (2 if learner.is_away_on(self.today) else 0)
        )

    def _moment(
        self, learner: _Learner, *, first: date, last: date, usual_days: float
    ) -> datetime | None:
        """Return a moment at work between two days, or None if there was no such time.

        Most often it is *usual_days* after the first.
        """
        first = max(first, learner.starts_date + timedelta(days=2))
        last = min(last, (learner.ends_date or self.today) - timedelta(days=1))
        span = (last - first).days
        if span < 1:
            return None
        for _ in range(8):
            days = self.chance.triangular(0, span, min(usual_days, span))
            day = first + timedelta(days=int(days))
            if day.weekday() < 5 and not learner.is_away_on(day):
                return self._at(day)
        return None

    def _done_at(self, learner: _Learner) -> datetime | None:
        # Most of them when half the time to the last day had gone.
        return self._moment(
            learner, first=self.required_from, last=self.today, usual_days=DUE_DAYS / 2
        )

    def _at(self, day: date) -> datetime:
        clock = time(self.chance.randint(8, 15), self.chance.randint(0, 59))
        return timezone.make_aware(datetime.combine(day, clock))

    def _done(self, learner: _Learner, at: datetime) -> None:
        number = 1
        if self.chance.random() < 0.15:
            self._attempt(learner, number, at - timedelta(minutes=50), passed=False)
            number = 2
        attempt = self._attempt(learner, number, at, passed=True)
        self.rows.completions.append(
            Completion(
                person_id=learner.person_id,
                module_id=attempt.module_id,
                version=self.version,
                cycle=1,
                how=How.QUIZ,
                attempt=attempt,
                completed_at=at,
                code=self._code(),
            )
        )

    def _begun(self, learner: _Learner, at: datetime) -> None:
        """Let *learner* have read some lessons, have a test half done, or have failed one."""
        kind = self.chance.random()
        if kind < 0.5:
            for lesson_id in self.lessons[: self.chance.randint(1, max(len(self.lessons) - 1, 1))]:
                at += timedelta(minutes=6)
                self.rows.lessons_read.append(
                    LessonRead(
                        person_id=learner.person_id,
                        module_id=self.version.module_id,
                        version=self.version,
                        lesson_id=lesson_id,
                        cycle=1,
                        read_at=at,
                    )
                )
        elif kind < 0.85:
            attempt = self._new_attempt(learner, 1, at)
            answered = self.chance.randint(1, max(len(attempt.shown) - 1, 1))
            self._answer(attempt, [True] * answered, minutes=answered)
        else:
            self._attempt(learner, 1, at, passed=False)

    def _attempt(self, learner: _Learner, number: int, at: datetime, *, passed: bool) -> Attempt:
        """Make an attempt that was handed in at *at*."""
        minutes = self.chance.randint(9, 25)
        attempt = self._new_attempt(learner, number, at - timedelta(minutes=minutes))
        most = len(attempt.shown)
        # The least that passes, as submit_attempt counts.
        enough = -(-attempt.policy["pass_percent"] * most // 100)
        score = self.chance.randint(enough, most) if passed else self.chance.randrange(enough)
        attempt.state, attempt.submitted_at = AttemptState.SUBMITTED, at
        attempt.score, attempt.max_score, attempt.passed = score, most, passed
        if at.date() > self.today - timedelta(days=ANSWERS_FOR_DAYS):
            rights = [True] * score + [False] * (most - score)
            self.chance.shuffle(rights)
            self._answer(attempt, rights, minutes=minutes)
        return attempt

    def _new_attempt(self, learner: _Learner, number: int, at: datetime) -> Attempt:
        # What start_attempt asks, drawn the same way.
        seed = f"{learner.uid}/{self.version.pk}/1/{number}"
        attempt = Attempt(
            guid=self._uuid(),
            person_id=learner.person_id,
            module_id=self.version.module_id,
            version=self.version,
            cycle=1,
            number=number,
            shown=actions._draw(self.version, seed=seed),
            policy=self.policy,
            started_at=at,
        )
        self.rows.attempts.append(attempt)
        return attempt

    def _answer(self, attempt: Attempt, rights: list[bool], *, minutes: int) -> None:
        """Answer the first questions of *attempt*, rightly or wrongly as *rights* says."""
        for number, (shown, right) in enumerate(zip(attempt.shown, rights, strict=False), start=1):
            chosen = list(_choices(self.questions[shown["question"]], shown, right=right))
            if not chosen:
                continue
            self.rows.answers.append(
                AnswerEvent(
                    attempt=attempt,
                    question_id=shown["question"],
                    choice_ids=chosen,
                    client=self._uuid(),
                    client_seq=1,
                    saved_at=attempt.started_at
                    + timedelta(minutes=minutes * number / (len(rights) + 1)),
                )
            )

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def _code(self) -> str:
        while True:
            letters = "".join(self.chance.choices(_LETTERS, k=12))
            if letters not in self.codes:
                self.codes.add(letters)
                return "-".join(letters[i : i + 4] for i in range(0, 12, 4))


def _choices(question: dict[str, Any], shown: dict[str, Any], *, right: bool) -> Iterator[str]:
    """Yield the right answers, or one that is wrong, in the order they were shown."""
    correct = {choice["id"] for choice in question["choices"] if choice["correct"]}
    for choice_id in shown["choices"]:
        if (choice_id in correct) == right:
            yield choice_id
            if not right:
                return
