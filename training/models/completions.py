"""Completions: facts that are only ever added. Status is derived from them, never the reverse."""

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.facts import Fact, FactQuerySet
from portal.organisation.models import Person
from training.models.attempts import Attempt
from training.models.versions import Module, ModuleVersion

# No vowels and nothing that looks like something else, so that codes read aloud and spell nothing.
_ALPHABET = "23456789BCDFGHJKMNPQRTVWX"


def new_code() -> str:
    """Return a certificate's code, such as `K7QF-2M9X-R4TD`: 55 bits, not to be guessed."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join(letters[i : i + 4] for i in range(0, 12, 4))


class How(models.TextChoices):
    """How a module was completed."""

    QUIZ = "quiz", "kunskapstest"
    GROUP = "group", "gruppträff"
    ACCREDITED = "accredited", "tidigare utbildning, godkänd av chef"
    IMPORTED = "import", "överförd från annat system"


class CompletionQuerySet(FactQuerySet):
    """Questions about completions."""

    def standing(self) -> "CompletionQuerySet":
        """Completions that nobody has revoked."""
        return self.filter(revocation__isnull=True)


class Completion(Fact):
    """A person completed a version of a module."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="completions")
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="completions")
    version = models.ForeignKey(ModuleVersion, on_delete=models.PROTECT, related_name="completions")
    cycle = models.PositiveSmallIntegerField("omgång", default=1)
    how = models.CharField("hur", max_length=20, choices=How)
    attempt = models.OneToOneField(
        Attempt, null=True, blank=True, on_delete=models.PROTECT, related_name="completion"
    )
    completed_at = models.DateTimeField("genomförd")
    code = models.CharField("kod", max_length=20, unique=True, default=new_code)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField("anteckning", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = CompletionQuerySet.as_manager()

    class Meta:
        verbose_name = "genomförande"
        verbose_name_plural = "genomföranden"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "version", "cycle"], name="training_completion_once"
            ),
            models.CheckConstraint(
                name="training_quiz_completion_has_attempt",
                condition=~Q(how="quiz") | Q(attempt__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["module", "person"])]

    def __str__(self) -> str:
        return f"{self.version} {self.completed_at:%Y-%m-%d}"


class CompletionRevocation(Fact):
    """A completion that turned out wrong. The fact stays; this says that it no longer counts."""

    completion = models.OneToOneField(
        Completion, on_delete=models.PROTECT, related_name="revocation"
    )
    reason = models.TextField("skäl")
    revoked_at = models.DateTimeField("återkallad")
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "återkallelse"
        verbose_name_plural = "återkallelser"

    def __str__(self) -> str:
        return str(self.completion)
