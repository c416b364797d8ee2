"""What is to be done, who does it, and when each chore was done last."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class JobState(models.TextChoices):
    """How far a job has come. The last three are ends."""

    WAITING = "waiting", "väntar"
    RUNNING = "running", "pågår"
    DONE = "done", "klart"
    DROPPED = "dropped", "behövdes inte längre"
    FAILED = "failed", "gick inte att göra"


ENDED = (JobState.DONE, JobState.DROPPED, JobState.FAILED)


class JobQuerySet(models.QuerySet["Job"]):
    """Questions about many jobs."""

    def owned_by(self, user: Any) -> Self:
        """The jobs that *user* started and may look at."""
        return self.filter(owner=user) if user.is_authenticated else self.none()

    def waiting(self) -> Self:
        """Jobs that nobody works on yet."""
        return self.filter(state=JobState.WAITING)

    def due(self, at: datetime) -> Self:
        """Jobs that should have begun at *at*, the longest waiting first."""
        return self.waiting().filter(due_at__lte=at).order_by("due_at", "pk")

    def abandoned(self, at: datetime) -> Self:
        """Jobs that say they go on, though nobody has given a sign of life for too long."""
        return self.filter(state=JobState.RUNNING, lease_until__lt=at)

    def failed(self) -> Self:
        """Jobs that were given up."""
        return self.filter(state=JobState.FAILED)


class Job(models.Model):
    """Something to be done once, in the background, whatever happens to the process that does it.

    `arguments` hold primary keys and codes, never names, addresses or texts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("slag", max_length=60)
    key = models.CharField("nyckel", max_length=200)
    arguments = models.JSONField("uppgifter", default=dict, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="startades av", null=True, blank=True,
        on_delete=models.CASCADE, related_name="jobs",
    )  # fmt: skip
    label = models.CharField("vad som görs", max_length=200, blank=True)
    unit = models.CharField("vad som räknas", max_length=40, blank=True)
    result_path = models.CharField("var resultatet finns", max_length=300, blank=True)
    wants_notice = models.BooleanField("mejl när det är klart", default=False)

    state = models.CharField("läge", max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField("gjorda", default=0)
    total = models.PositiveIntegerField("av", null=True, blank=True)
    outcome = models.CharField("utfall", max_length=200, blank=True)
    runs = models.PositiveSmallIntegerField("försök", default=0)
    failures = models.PositiveSmallIntegerField("misslyckade försök", default=0)
    deaths = models.PositiveSmallIntegerField("avbrutna försök", default=0)
    # The task that will look at this job; empty when none is needed.
    nudge = models.UUIDField("uppgift i kön", null=True, blank=True)

    created_at = models.DateTimeField("skapat")
    due_at = models.DateTimeField("ska göras tidigast")
    started_at = models.DateTimeField("påbörjat", null=True, blank=True)
    # Whoever works holds a claim, and renews the lease for as long as it lives.
    claim = models.UUIDField("anspråk", null=True, blank=True)
    lease_until = models.DateTimeField("livstecken gäller till", null=True, blank=True)
    finished_at = models.DateTimeField("avslutat", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "jobb"
        verbose_name_plural = "jobb"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="portal_job_once_per_key"),
            models.CheckConstraint(
                name="portal_job_claimed_while_running",
                condition=Q(state="running", claim__isnull=False, lease_until__isnull=False)
                | (~Q(state="running") & Q(claim__isnull=True, lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="portal_job_finished_when_ended",
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | (~Q(state__in=["waiting", "running"]) & Q(finished_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="portal_job_state_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in ENDED


class Worker(models.Model):
    """A process that works off the queue, and when it last gave a sign of life."""

    id = models.CharField("id", max_length=64, primary_key=True)
    started_at = models.DateTimeField("startade")
    seen_at = models.DateTimeField("senaste livstecken")

    class Meta:
        verbose_name = "arbetare"
        verbose_name_plural = "arbetare"

    def __str__(self) -> str:
        return self.pk

    @classmethod
    def last_seen(cls) -> datetime | None:
        """Return when the liveliest worker gave a sign of life; None when none ever has."""
        rows = cls.objects.order_by("-seen_at").values_list("seen_at", flat=True)
        found: datetime | None = rows.first()
        return found


class ChoreRun(models.Model):
    """When a chore was done last, and whether someone is doing it now."""

    name = models.CharField("namn", max_length=60, primary_key=True)
    started_at = models.DateTimeField("påbörjad", null=True, blank=True)
    finished_at = models.DateTimeField("avslutad", null=True, blank=True)
    succeeded_at = models.DateTimeField("lyckades senast", null=True, blank=True)
    failures = models.PositiveIntegerField("misslyckanden i rad", default=0)
    outcome = models.CharField("utfall", max_length=200, blank=True)
    claim = models.UUIDField("anspråk", null=True, blank=True)
    lease_until = models.DateTimeField("livstecken gäller till", null=True, blank=True)

    class Meta:
        verbose_name = "syssla"
        verbose_name_plural = "sysslor"

    def __str__(self) -> str:
        return self.pk
