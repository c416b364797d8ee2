"""The programme: editions, goals, activities, indicators, responsibility.

Only what a source quotes stands here. A new edition is made by copying the goals of another, in the
editor, without code. `gaps` on a goal says which parts the sources do not give.
"""

from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.template.response import TemplateResponse
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, InlinePanel
from wagtail.models import DraftStateMixin, Orderable, PreviewableMixin, RevisionMixin

from content.fields import ChoiceListField
from content.models.registers import KEY_HELP, Source
from content.taxonomy import operation_options, target_group_options


class Tag(models.TextChoices):
    """How a source gives something: word for word, or as its own account of the programme."""

    QUOTED = "quoted", "ordagrant i källan"
    REPORTED = "reported", "källans redogörelse"


class EditionStatus(models.TextChoices):
    """Where an edition is in its life."""

    DRAFT = "draft", "Förslag"
    CURRENT = "current", "Gäller"
    ENDED = "ended", "Perioden är slut"
    REPLACED = "replaced", "Ersatt"


class Edition(ClusterableModel):
    """The programme for one period. A draft is nobody's but the editors'."""

    key = models.CharField("nyckel", max_length=40, unique=True, help_text=KEY_HELP)
    title = models.CharField("titel", max_length=400)
    period_start = models.PositiveSmallIntegerField("från och med år")
    period_end = models.PositiveSmallIntegerField("till och med år")
    status = models.CharField("läge", max_length=20, choices=EditionStatus)
    status_note = models.TextField("om läget", blank=True)
    replaces = models.OneToOneField(
        "self", verbose_name="ersätter", null=True, blank=True, on_delete=models.PROTECT,
        related_name="replaced_by",
    )  # fmt: skip
    source = models.ForeignKey(
        Source, verbose_name="källa", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("period_start"), FieldPanel("period_end")]),
        FieldRowPanel([FieldPanel("key"), FieldPanel("status")]),
        FieldPanel("status_note"),
        FieldRowPanel([FieldPanel("replaces"), FieldPanel("source")]),
        InlinePanel(
            "steps",
            heading="Året från plan till uppföljning",
            label="Steg",
            panels=[
                FieldPanel("moments"),
                FieldPanel("who"),
                FieldPanel("text"),
                FieldPanel("boards"),
                FieldRowPanel([FieldPanel("tag"), FieldPanel("sources")]),
            ],
        ),
    ]

    class Meta:
        verbose_name = "programutgåva"
        verbose_name_plural = "programutgåvor"
        constraints = [
            models.CheckConstraint(
                name="content_edition_ends_after_start",
                condition=Q(period_end__gte=models.F("period_start")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.period_start}–{self.period_end}"

    def clean(self) -> None:
        """Refuse, at the field, a period that ends before it starts and an edition of itself."""
        super().clean()
        if self.period_start and self.period_end and self.period_end < self.period_start:
            raise ValidationError(
                {"period_end": "Perioden slutar innan den börjar. Ange ett senare år."}
            )
        if self.replaces_id and self.replaces_id == self.pk:
            raise ValidationError({"replaces": "En utgåva kan inte ersätta sig själv."})

    def has_ended(self, on: date) -> bool:
        """Return whether the period is over on *on*, whatever an editor has had time to write."""
        return self.period_end < on.year or self.status in {
            EditionStatus.ENDED, EditionStatus.REPLACED,
        }  # fmt: skip


class YearMoment(models.TextChoices):
    """Where in the year of planning and follow-up something is done."""

    PLAN = "plan", "Verksamhetsplan"
    TERTIAL_1 = "tertial_1", "Tertialrapport 1"
    TERTIAL_2 = "tertial_2", "Tertialrapport 2"
    REPORT = "report", "Verksamhetsberättelse"
    ALL_YEAR = "all_year", "Hela året"


class FollowUpStep(Orderable):
    """A step in the chain from plan to follow-up, as sources tell of it."""

    edition = ParentalKey(
        Edition, verbose_name="utgåva", on_delete=models.CASCADE, related_name="steps"
    )
    moments = ChoiceListField("när på året", options=lambda: list(YearMoment.choices))
    who = models.CharField("vem", max_length=200)
    text = models.TextField("vad")
    boards = ChoiceListField("nämnder som det gäller", options=lambda: board_options())
    tag = models.CharField("märkning", max_length=10, choices=Tag, default=Tag.REPORTED)
    sources = models.CharField("källor", max_length=100, help_text="Nycklar, till exempel D0 D1.")

    class Meta(Orderable.Meta):
        verbose_name = "steg i uppföljningen"
        verbose_name_plural = "steg i uppföljningen"

    def __str__(self) -> str:
        return self.text[:80]


class BoardKind(models.TextChoices):
    """What sort of board it is."""

    EXECUTIVE = "executive", "kommunstyrelse"
    SPECIALIST = "specialist", "facknämnd"
    DISTRICT = "district", "stadsdelsnämnd"
    COMPANY = "company", "bolagsstyrelse"


def board_options() -> list[tuple[str, str]]:
    """Return the boards as choices."""
    return list(Board.objects.order_by("pk").values_list("key", "name"))


class Board(ClusterableModel):
    """A board, or a group of boards, that answers for something."""

    key = models.SlugField("nyckel", max_length=60, unique=True, help_text=KEY_HELP)
    name = models.CharField("namn", max_length=200)
    kind = models.CharField("slag", max_length=20, choices=BoardKind)
    employer_perspective_mainly = models.BooleanField("främst arbetsgivarperspektiv", default=False)
    operations = ChoiceListField("verksamheter", options=operation_options)

    panels = [
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("key"), FieldPanel("kind")]),
        FieldPanel("employer_perspective_mainly"),
        FieldPanel("operations"),
        InlinePanel(
            "statements",
            heading="Vad källor säger att nämnden gör eller ansvarar för",
            label="Uppgift",
            panels=[
                FieldPanel("text"),
                FieldRowPanel([FieldPanel("tag"), FieldPanel("source")]),
            ],
        ),
    ]

    class Meta:
        verbose_name = "nämnd"
        verbose_name_plural = "nämnder"

    def __str__(self) -> str:
        return self.name


class BoardStatement(Orderable):
    """What a source says that a board does or answers for, beyond single activities."""

    board = ParentalKey(
        Board, verbose_name="nämnd", on_delete=models.CASCADE, related_name="statements"
    )
    text = models.TextField("vad källan säger")
    tag = models.CharField("märkning", max_length=10, choices=Tag, default=Tag.REPORTED)
    source = models.ForeignKey(
        Source, verbose_name="källa", on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Orderable.Meta):
        verbose_name = "uppgift om nämnden"
        verbose_name_plural = "uppgifter om nämnden"

    def __str__(self) -> str:
        return self.text[:80]


GAP_LABELS = {
    "activities": "aktiviteter",
    "indicators": "indikatorer",
    "preconditions": "vad som ska vara på plats",
    "responsible": "ansvariga nämnder",
}


def gap_options() -> list[tuple[str, str]]:
    """Return the parts of a goal that sources may leave out, as choices."""
    return list(GAP_LABELS.items())


def _row_panels(*more: FieldPanel) -> list[Any]:
    """Return what is filled in for a row that a source gives."""
    return [
        FieldPanel("text", required_on_save=True),
        *more,
        FieldRowPanel([FieldPanel("tag"), FieldPanel("source")]),
    ]


# What hangs on an activity. A row without a goal is edited by itself, so both forms need it.
ACTIVITY_PARTS = [
    InlinePanel(
        "responsibilities",
        heading="Ansvariga nämnder",
        label="Ansvarig nämnd",
        panels=[
            FieldRowPanel([FieldPanel("board"), FieldPanel("note")]),
            FieldRowPanel([FieldPanel("tag"), FieldPanel("source")]),
        ],
    ),
    InlinePanel(
        "areas",
        heading="Kompetensområden",
        label="Kompetensområde",
        panels=[FieldRowPanel([FieldPanel("name"), FieldPanel("key", required_on_save=True)])],
    ),
]


class Goal(PreviewableMixin, DraftStateMixin, RevisionMixin, ClusterableModel):
    """A goal in an edition, by its exact name."""

    edition = models.ForeignKey(
        Edition, verbose_name="utgåva", on_delete=models.PROTECT, related_name="goals"
    )
    number = models.PositiveSmallIntegerField("nummer")
    name = models.TextField("namn, ordagrant")
    source = models.ForeignKey(
        Source, verbose_name="källa", on_delete=models.PROTECT, related_name="+"
    )
    gaps = ChoiceListField("saknas i underlaget", options=gap_options)
    target_groups = ChoiceListField("målgrupper", options=target_group_options)
    open_question = models.TextField(
        "öppen fråga",
        blank=True,
        help_text="Något som källorna lämnar obesvarat. Svara inte själv.",
    )
    open_question_source = models.ForeignKey(
        Source, verbose_name="vem som ställer frågan", null=True, blank=True,
        on_delete=models.PROTECT, related_name="+",
    )  # fmt: skip

    panels = [
        HelpPanel(
            content="<p>Rader kan dras i den ordning de ska visas. Ett mål i en utgåva som är ett "
            "förslag syns inte för någon utanför redigeringen, inte heller när målet är "
            "publicerat. Det syns när utgåvan publiceras.</p>"
        ),
        FieldRowPanel([FieldPanel("edition"), FieldPanel("number")]),
        FieldPanel("name", required_on_save=True),
        FieldPanel("source"),
        FieldPanel("target_groups", help_text="Bara de som målets namn nämner."),
        FieldRowPanel([FieldPanel("open_question"), FieldPanel("open_question_source")]),
        InlinePanel(
            "activities",
            heading="Aktiviteter",
            label="Aktivitet",
            panels=[
                *_row_panels(
                    FieldPanel(
                        "key",
                        required_on_save=True,
                        help_text="Till exempel m6-a2. Indikatorer pekar på den. Ändra den aldrig.",
                    ),
                    FieldPanel("kind"),
                ),
                *ACTIVITY_PARTS,
            ],
        ),
        InlinePanel(
            "indicators",
            heading="Indikatorer",
            label="Indikator",
            panels=_row_panels(FieldPanel("follows")),
        ),
        InlinePanel(
            "preconditions",
            heading="Vad som ska vara på plats",
            label="Förutsättning",
            panels=_row_panels(),
        ),
        InlinePanel(
            "concerns",
            heading="Nämnder som målet berör utan att ha en aktivitet",
            label="Nämnd",
            panels=[
                FieldRowPanel([FieldPanel("board"), FieldPanel("note")]),
                FieldPanel("source"),
            ],
        ),
        FieldPanel("gaps", help_text="Visas som ”uppgift saknas”."),
    ]

    class Meta:
        verbose_name = "mål"
        verbose_name_plural = "mål"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "number"], name="content_goal_number_once_per_edition"
            )
        ]

    def __str__(self) -> str:
        return f"Mål {self.number} (stadens program {self.edition})"

    def clean(self) -> None:
        """Refuse, at the field, a number that is taken and a question that nobody asks."""
        super().clean()
        others = Goal.objects.filter(edition=self.edition_id, number=self.number)
        if self.edition_id and others.exclude(pk=self.pk).exists():
            raise ValidationError(
                {"number": "Numret är taget i utgåvan. Välj ett annat eller ändra det målet."}
            )
        if self.open_question and not self.open_question_source_id:
            raise ValidationError(
                {"open_question_source": "Välj den källa som ställer frågan, eller ta bort frågan."}
            )

    # --- Preview

    def page_to_preview(self) -> Any:
        """Return the page that shows the goal, or the one that will: of the same number."""
        pages = apps.get_model("content", "GoalPage").objects
        return (
            pages.filter(goal=self.pk).first()
            or pages.filter(goal__number=self.number)
            .order_by("-goal__edition__period_start")
            .first()
        )

    def is_previewable(self) -> bool:
        """Return whether there is a page to show the goal on."""
        return bool(self.page_to_preview())

    def serve_preview(self, request: HttpRequest, mode_name: str) -> TemplateResponse:
        """Draw the goal's page with the goal as it is in the form."""
        from content.models.pages import goal_dict

        page = self.page_to_preview()
        context = page.get_context(request) | {"goal": goal_dict(self)}
        return TemplateResponse(request, page.get_template(request), context)


class GoalConcern(Orderable):
    """A board that a source says the goal concerns, without any activity of its own."""

    goal = ParentalKey(Goal, verbose_name="mål", on_delete=models.CASCADE, related_name="concerns")
    board = models.ForeignKey(
        Board, verbose_name="nämnd", on_delete=models.PROTECT, related_name="concerns"
    )
    note = models.CharField("anmärkning", max_length=200, blank=True)
    source = models.ForeignKey(
        Source, verbose_name="källa", on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Orderable.Meta):
        verbose_name = "nämnd som målet berör"
        verbose_name_plural = "nämnder som målet berör"

    def __str__(self) -> str:
        return str(self.board)


class ActivityKind(models.TextChoices):
    """Whether an activity is part of the ordinary task or goes beyond it."""

    CORE = "core", "grunduppdrag"
    DEVELOPMENT = "development", "utveckling"


class Activity(ClusterableModel, Orderable):
    """An activity by its exact wording. Without a goal when the source does not say which."""

    key = models.CharField("nyckel", max_length=40, help_text=KEY_HELP)
    edition = models.ForeignKey(
        Edition, verbose_name="utgåva", on_delete=models.PROTECT, related_name="activities"
    )
    goal = ParentalKey(
        Goal, verbose_name="mål", null=True, blank=True, on_delete=models.CASCADE,
        related_name="activities",
    )  # fmt: skip
    text = models.TextField("ordagrant")
    kind = models.CharField("slag", max_length=20, choices=ActivityKind, blank=True)
    tag = models.CharField("märkning", max_length=10, choices=Tag, default=Tag.QUOTED)
    suggested_goal = models.PositiveSmallIntegerField(
        "kan höra till mål nummer", null=True, blank=True,
        help_text="Vårt förslag för en rad utan mål. Visas som förslag, aldrig som programmets.",
    )  # fmt: skip
    source = models.ForeignKey(
        Source, verbose_name="källa", on_delete=models.PROTECT, related_name="+"
    )

    panels = [
        FieldRowPanel([FieldPanel("edition"), FieldPanel("suggested_goal")]),
        *_row_panels(FieldRowPanel([FieldPanel("key"), FieldPanel("kind")])),
        *ACTIVITY_PARTS,
    ]

    class Meta(Orderable.Meta):
        verbose_name = "aktivitet"
        verbose_name_plural = "aktiviteter"
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "key"], name="content_activity_key_once_per_edition"
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def clean(self) -> None:
        """Refuse a goal of another edition, and a key that the edition has already."""
        super().clean()
        if self.goal and self.goal.edition_id != self.edition_id:
            raise ValidationError({"goal": "Målet hör till en annan utgåva. Välj samma utgåva."})
        others = Activity.objects.filter(edition=self.edition_id, key=self.key)
        if self.key and others.exclude(pk=self.pk).exists():
            raise ValidationError(
                {"key": f"Nyckeln {self.key} finns redan i utgåvan. Välj en annan."}
            )


class Responsibility(Orderable):
    """A board that a source names as responsible for an activity."""

    activity = ParentalKey(
        Activity, verbose_name="aktivitet", on_delete=models.CASCADE,
        related_name="responsibilities",
    )  # fmt: skip
    board = models.ForeignKey(
        Board, verbose_name="nämnd", on_delete=models.PROTECT, related_name="responsibilities"
    )
    note = models.CharField("anmärkning", max_length=200, blank=True)
    tag = models.CharField("märkning", max_length=10, choices=Tag, default=Tag.REPORTED)
    source = models.ForeignKey(
        Source, verbose_name="källa", on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Orderable.Meta):
        verbose_name = "ansvarig"
        verbose_name_plural = "ansvariga"
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "board"], name="content_board_once_per_activity",
                violation_error_message="Nämnden står redan på raden. Ta bort den ena.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.board)


class CompetenceArea(Orderable):
    """A subject that a training activity names. Modules cover areas; people meet them."""

    activity = ParentalKey(
        Activity, verbose_name="aktivitet", on_delete=models.CASCADE, related_name="areas"
    )
    key = models.SlugField("nyckel", max_length=60, allow_unicode=False, help_text=KEY_HELP)
    name = models.CharField("namn", max_length=200)

    class Meta(Orderable.Meta):
        verbose_name = "kompetensområde"
        verbose_name_plural = "kompetensområden"
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "key"], name="content_area_key_once_per_activity"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Indicator(Orderable):
    """An indicator by its exact wording."""

    edition = models.ForeignKey(
        Edition, verbose_name="utgåva", on_delete=models.PROTECT, related_name="indicators"
    )
    goal = ParentalKey(
        Goal, verbose_name="mål", null=True, blank=True, on_delete=models.CASCADE,
        related_name="indicators",
    )  # fmt: skip
    # By key, so that a link holds in a draft and in the copy that a new edition begins as.
    follows = models.CharField(
        "följer upp aktiviteterna", max_length=200, blank=True,
        help_text="Aktiviteternas nycklar med mellanslag emellan.",
    )  # fmt: skip
    text = models.TextField("ordagrant")
    tag = models.CharField("märkning", max_length=10, choices=Tag, default=Tag.QUOTED)
    suggested_goal = models.PositiveSmallIntegerField(
        "kan höra till mål nummer", null=True, blank=True,
        help_text="Vårt förslag för en rad utan mål. Visas som förslag, aldrig som programmets.",
    )  # fmt: skip
    source = models.ForeignKey(
        Source, verbose_name="källa", on_delete=models.PROTECT, related_name="+"
    )

    panels = [
        FieldRowPanel([FieldPanel("edition"), FieldPanel("suggested_goal")]),
        *_row_panels(FieldPanel("follows")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "indikator"
        verbose_name_plural = "indikatorer"

    def __str__(self) -> str:
        return self.text[:80]


class Precondition(Orderable):
    """What the programme says must be in place for a goal."""

    goal = ParentalKey(
        Goal, verbose_name="mål", on_delete=models.CASCADE, related_name="preconditions"
    )
    text = models.TextField("ordagrant")
    tag = models.CharField("märkning", max_length=10, choices=Tag, default=Tag.QUOTED)
    source = models.ForeignKey(
        Source, verbose_name="källa", on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Orderable.Meta):
        verbose_name = "förutsättning"
        verbose_name_plural = "förutsättningar"

    def __str__(self) -> str:
        return self.text[:80]
