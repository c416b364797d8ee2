"""What a learner is in the middle of: lessons read, attempts at a quiz, answers as they come."""

import uuid

from django.db import models
from django.db.models import Q

from portal.facts import Fact
from portal.organisation.models import Person
from training.models.versions import Module, ModuleVersion


class LessonRead(models.Model):
    """A lesson that a learner has marked as read. Only the learner sees it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ModuleVersion, on_delete=models.PROTECT, related_name="+")
    lesson_id = models.UUIDField("lektionens block")
    cycle = models.PositiveSmallIntegerField("omgång", default=1)
    read_at = models.DateTimeField("läst")

    class Meta:
        verbose_name = "läst lektion"
        verbose_name_plural = "lästa lektioner"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module", "lesson_id", "cycle"], name="training_lesson_read_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.module} {self.lesson_id}"


class AttemptState(models.TextChoices):
    """Where an attempt is."""

    OPEN = "open", "Öppet"
    SUBMITTED = "submitted", "Inlämnat"
    CANCELLED = "cancelled", "Avbrutet"


class Attempt(models.Model):
    """One go at a module's quiz, tied to the version it began with."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attempts")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="attempts")
    version = models.ForeignKey(ModuleVersion, on_delete=models.PROTECT, related_name="attempts")
    cycle = models.PositiveSmallIntegerField("omgång", default=1)
    number = models.PositiveIntegerField("försök")
    state = models.CharField("läge", max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    shown = models.JSONField("frågor och svar i den ordning de visas")
    policy = models.JSONField("regler när försöket började")
    started_at = models.DateTimeField("påbörjat")
    submitted_at = models.DateTimeField("inlämnat", null=True, blank=True)
    score = models.PositiveSmallIntegerField("poäng", null=True, blank=True)
    max_score = models.PositiveSmallIntegerField("möjliga poäng", null=True, blank=True)
    passed = models.BooleanField("godkänt", null=True, blank=True)

    class Meta:
        verbose_name = "försök"
        verbose_name_plural = "försök"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module", "cycle", "number"], name="training_attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["person", "module"],
                condition=Q(state="open"),
                name="training_one_open_attempt",
            ),
            models.CheckConstraint(
                name="training_attempt_submitted_is_whole",
                condition=(
                    ~Q(state="submitted")
                    & Q(
                        submitted_at__isnull=True,
                        score__isnull=True,
                        max_score__isnull=True,
                        passed__isnull=True,
                    )
                )
                | Q(
                    state="submitted",
                    submitted_at__isnull=False,
                    score__isnull=False,
                    max_score__isnull=False,
                    passed__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module} försök {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether answers are still taken."""
        return self.state == AttemptState.OPEN

    @property
    def question_ids(self) -> list[str]:
        """The block ids of the questions, in the order shown."""
        return [item["question"] for item in self.shown]


class AnswerEvent(Fact):
    """An answer as it arrived. The latest that was not late counts.

    `client` is one rendering of a form and `client_seq` its counter, so that a repeated request is
    the same row and one that was overtaken on the way does not win.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    question_id = models.UUIDField("frågans block")
    choice_ids = models.JSONField("valda svar", default=list)
    client = models.UUIDField()
    client_seq = models.PositiveIntegerField()
    is_late = models.BooleanField(default=False)
    saved_at = models.DateTimeField("sparat")

    class Meta:
        verbose_name = "svar"
        verbose_name_plural = "svar"
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "question_id", "client", "client_seq"],
                name="training_answer_event_once",
            )
        ]
        indexes = [models.Index(fields=["attempt", "question_id"])]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.question_id}"
