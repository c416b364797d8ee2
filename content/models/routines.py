"""A unit's own routine, and every version of it. A version is a fact: a change makes a new one."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from portal.facts import Fact, FactQuerySet
from portal.organisation.models import Unit


class RoutineTemplate(models.TextChoices):
    """What a routine is made from. The sections of each are in `content/routines/sections.py`."""

    CONCERN = "orosanmalan", "Rutin vid orosanmälan"


class UnitRoutine(models.Model):
    """A unit's routine. What it says stands in its versions."""

    unit = models.ForeignKey(
        Unit, verbose_name="enhet", on_delete=models.PROTECT, related_name="routines"
    )
    template = models.CharField("mall", max_length=40, choices=RoutineTemplate)

    class Meta:
        verbose_name = "enhetens rutin"
        verbose_name_plural = "enheternas rutiner"
        constraints = [
            models.UniqueConstraint(fields=["unit", "template"], name="content_routine_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_template_display()}, {self.unit}"


class RoutineVersionQuerySet(FactQuerySet):
    """Questions about many versions."""

    def of(self, template: RoutineTemplate) -> Self:
        """Versions of routines made from *template*."""
        return self.filter(routine__template=template)

    def newest(self) -> Self:
        """The last version of each routine."""
        same = RoutineVersion._base_manager.filter(routine=OuterRef("routine"))
        return self.exclude(Exists(same.filter(number__gt=OuterRef("number"))))

    def with_maker(self) -> Self:
        """The same, with who saved each."""
        return self.select_related("made_by__person")


class RoutineVersion(Fact):
    """A routine as it was saved once. `answers` holds what was filled in, by field."""

    routine = models.ForeignKey(UnitRoutine, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("version")
    made_at = models.DateTimeField("sparad")
    # The account may go; what it saved stays. The triggers let this one column be emptied.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="sparad av", null=True, blank=True,
        on_delete=models.SET_NULL, related_name="+",
    )  # fmt: skip
    owner = models.CharField("ansvarig för rutinen", max_length=200)
    applies_from = models.DateField("gäller från", null=True, blank=True)
    review_due_date = models.DateField("ska granskas senast")
    answers = models.JSONField("det ifyllda", default=dict, blank=True)

    objects: ClassVar[Any] = RoutineVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "version av en rutin"
        verbose_name_plural = "versioner av rutiner"
        constraints = [
            models.UniqueConstraint(fields=["routine", "number"], name="content_routine_number"),
            models.CheckConstraint(
                name="content_routine_numbered_from_one", condition=Q(number__gte=1)
            ),
            models.CheckConstraint(
                name="content_routine_review_after_start",
                condition=Q(applies_from__isnull=True) | Q(review_due_date__gt=F("applies_from")),
            ),
        ]
        indexes = [models.Index(fields=["review_due_date"])]

    def __str__(self) -> str:
        return f"{self.routine}, version {self.number}"

    def texts(self) -> dict[str, str]:
        """Return all that the version says, by field. What is empty is left out."""
        head = {
            "owner": self.owner,
            "applies_from": self.applies_from.isoformat() if self.applies_from else "",
            "review_due_date": self.review_due_date.isoformat(),
        }
        return {key: text for key, text in {**head, **self.answers}.items() if text}

    def is_overdue(self, on: date) -> bool:
        """Return whether the day of review has passed."""
        return self.review_due_date < on

    def has_begun(self, on: date) -> bool:
        """Return whether the version applies by *on*."""
        return self.applies_from is None or self.applies_from <= on
