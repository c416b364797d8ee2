"""Who must complete what, by when, and what a material change means for them."""

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable

from content.fields import ChoiceListField
from portal.organisation.models import Operation, Profession, Role, Unit, in_force
from training.models.versions import Module


class Track(ClusterableModel):
    """Several modules in order, required together."""

    title = models.CharField("titel", max_length=200)
    summary = models.TextField("ingress", blank=True)

    panels = [FieldPanel("title"), FieldPanel("summary"), InlinePanel("items", label="Moduler")]

    class Meta:
        verbose_name = "utbildningsspår"
        verbose_name_plural = "utbildningsspår"

    def __str__(self) -> str:
        return self.title


class TrackModule(Orderable):
    """A module's place in a track."""

    track = ParentalKey(Track, on_delete=models.CASCADE, related_name="items")
    module = models.ForeignKey(
        Module, verbose_name="modul", on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["track", "module"], name="training_track_module_once")
        ]

    def __str__(self) -> str:
        return str(self.module)


class DueRule(models.TextChoices):
    """How the last day is found."""

    FIXED = "fixed", "ett bestämt datum"
    AFTER_START = "after_start", "ett antal dagar efter att kravet eller anställningen började"


class MaterialPolicy(models.TextChoices):
    """What a material change of the module means for those who are done."""

    KEEP = "keep", "den som är klar förblir klar"
    RETAKE_CHANGED = "retake_changed", "gör om det ändrade inom ett antal dagar"
    RETAKE_ALL = "retake_all", "gör om hela modulen inom ett antal dagar"


def role_options() -> list[tuple[str, str]]:
    """Return the roles as choices."""
    return list(Role.choices)


class RequirementQuerySet(models.QuerySet["Requirement"]):
    """Questions about requirements."""

    def in_force_on(self, on: date) -> Self:
        """Requirements that hold on *on*."""
        return self.filter(in_force(on))


class Requirement(ClusterableModel):
    """Someone must complete a module or a track.

    The audience is everyone whose employment fits every field that is filled in: operation, unit
    (with what lies below it) and profession; with roles ticked, only those who hold one of them.
    """

    title = models.CharField("titel", max_length=200)
    reason = models.TextField("varför", help_text="Visas för den som omfattas.")
    module = models.ForeignKey(
        Module, verbose_name="modul", null=True, blank=True, on_delete=models.PROTECT,
        related_name="requirements",
    )  # fmt: skip
    track = models.ForeignKey(
        Track, verbose_name="utbildningsspår", null=True, blank=True, on_delete=models.PROTECT,
        related_name="requirements",
    )  # fmt: skip
    operations = ParentalManyToManyField(Operation, verbose_name="verksamheter", blank=True)
    professions = ParentalManyToManyField(Profession, verbose_name="befattningar", blank=True)
    units = ParentalManyToManyField(Unit, verbose_name="enheter", blank=True)
    roles = ChoiceListField("roller", options=role_options)
    due_rule = models.CharField("sista dag", max_length=20, choices=DueRule)
    due_date = models.DateField("datum", null=True, blank=True)
    due_days = models.PositiveSmallIntegerField("antal dagar", null=True, blank=True)
    valid_months = models.PositiveSmallIntegerField(
        "gäller i antal månader", null=True, blank=True, help_text="Tomt betyder tills vidare."
    )
    material_policy = models.CharField(
        "vid väsentlig ändring", max_length=20, choices=MaterialPolicy, default=MaterialPolicy.KEEP
    )
    retake_days = models.PositiveSmallIntegerField("dagar att göra om", default=90)
    starts_date = models.DateField("gäller från")
    ends_date = models.DateField("gäller till (dagen efter den sista)", null=True, blank=True)

    objects = RequirementQuerySet.as_manager()

    panels = [
        FieldPanel("title"),
        FieldPanel("reason"),
        FieldRowPanel([FieldPanel("module"), FieldPanel("track")]),
        MultiFieldPanel(
            [
                FieldPanel("operations"),
                FieldPanel("professions"),
                FieldPanel("units"),
                FieldPanel("roles"),
            ],
            heading="Vilka omfattas",
        ),
        MultiFieldPanel(
            [
                FieldPanel("due_rule"),
                FieldRowPanel([FieldPanel("due_date"), FieldPanel("due_days")]),
                FieldRowPanel([FieldPanel("valid_months"), FieldPanel("retake_days")]),
                FieldPanel("material_policy"),
            ],
            heading="När",
        ),
        FieldRowPanel([FieldPanel("starts_date"), FieldPanel("ends_date")]),
    ]

    class Meta:
        verbose_name = "utbildningskrav"
        verbose_name_plural = "utbildningskrav"
        constraints = [
            models.CheckConstraint(
                name="training_requirement_module_or_track",
                condition=Q(module__isnull=False, track__isnull=True)
                | Q(module__isnull=True, track__isnull=False),
            ),
            models.CheckConstraint(
                name="training_requirement_due_is_whole",
                condition=Q(due_rule="fixed", due_date__isnull=False)
                | Q(due_rule="after_start", due_days__isnull=False),
            ),
            models.CheckConstraint(
                name="training_requirement_ends_after_start",
                condition=Q(ends_date__isnull=True) | Q(ends_date__gt=F("starts_date")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Say in words what the constraints would refuse."""
        super().clean()
        faults = {}
        if bool(self.module_id) == bool(self.track_id):
            faults["module"] = "Välj en modul eller ett utbildningsspår, inte båda."
        if self.due_rule == DueRule.FIXED and self.due_date is None:
            faults["due_date"] = "Ange vilket datum som är den sista dagen."
        if self.due_rule == DueRule.AFTER_START and self.due_days is None:
            faults["due_days"] = "Ange hur många dagar den som omfattas har på sig."
        if self.starts_date and self.ends_date and self.ends_date <= self.starts_date:
            faults["ends_date"] = "Sista dagen måste komma efter den första."
        if faults:
            raise ValidationError(faults)
