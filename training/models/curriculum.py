"""Modules as authors write them. What learners see is the frozen version (training.versions)."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.fields import StreamField

from content import documents
from content.fields import ChoiceListField
from content.models.pages import TextPage
from content.models.programme import CompetenceArea
from content.taxonomy import Kind
from training.admin_forms import ModuleCopyForm, ModuleForm
from training.blocks import (
    LearningGoalBlock,
    LessonBlock,
    MultipleQuestionBlock,
    SingleQuestionBlock,
    TrueFalseQuestionBlock,
)
from training.models import overview
from training.models.versions import ChangeKind


def area_options() -> list[tuple[str, str]]:
    """Return the competence areas as choices, each once."""
    return list(
        dict(CompetenceArea.objects.order_by("sort_order").values_list("key", "name")).items()
    )


class TrainingIndexPage(TextPage):
    """The catalogue of modules."""

    page_template = "training/training_index_page.html"
    copy_form_class = ModuleCopyForm
    kind = Kind.TRAINING
    # One, at the address that lessons and quizzes have too.
    parent_page_types: ClassVar[list[str]] = ["content.StartPage"]
    max_count_per_parent = 1
    subpage_types: ClassVar[list[str]] = ["training.ModulePage"]

    class Meta(TextPage.Meta):
        verbose_name = "utbildningskatalog"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the modules, with the reader's own status when signed in."""
        context = super().get_context(request, *args, **kwargs)
        return context | overview.index_context(self, request)


class ModulePage(TextPage):
    """A training module: overview, lessons, quiz. Publishing it freezes a version."""

    page_template = "training/module_page.html"
    base_form_class = ModuleForm
    copy_form_class = ModuleCopyForm
    kind = Kind.TRAINING
    parent_page_types: ClassVar[list[str]] = ["training.TrainingIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    minutes = models.PositiveSmallIntegerField("minuter", validators=[MinValueValidator(1)])
    learning_goals = StreamField(
        [("goal", LearningGoalBlock())], blank=True, verbose_name="lärandemål"
    )
    areas = ChoiceListField(
        "kompetensområden",
        options=area_options,
        help_text="Områden i mål 6 (stadens program) som modulen täcker helt.",
    )
    lessons = StreamField([("lesson", LessonBlock())], blank=True, verbose_name="lektioner")
    questions = StreamField(
        [
            ("single", SingleQuestionBlock()),
            ("multiple", MultipleQuestionBlock()),
            ("true_false", TrueFalseQuestionBlock()),
        ],
        blank=True,
        verbose_name="frågor",
    )
    pass_percent = models.PositiveSmallIntegerField(
        "gräns för godkänt (procent)",
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    draw = models.PositiveSmallIntegerField(
        "antal frågor per försök", null=True, blank=True, help_text="Tomt betyder alla."
    )
    change_kind = models.CharField(
        "ändringens slag", max_length=20, choices=ChangeKind, default=ChangeKind.EDITORIAL
    )
    change_note = models.TextField("vad som ändras", blank=True)

    change_panels = [
        FieldPanel("change_kind"),
        FieldPanel("change_note"),
    ]
    lesson_panels = [
        FieldRowPanel([FieldPanel("minutes")]),
        FieldPanel("learning_goals"),
        FieldPanel("areas"),
        FieldPanel("lessons"),
    ]
    quiz_panels = [
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("pass_percent"), FieldPanel("draw")])], heading="Regler"
        ),
        FieldPanel("questions"),
    ]

    class Meta(TextPage.Meta):
        verbose_name = "utbildningsmodul"

    @classmethod
    def get_edit_handler(cls) -> Any:
        """Return the editor's tabs."""
        return TabbedInterface(
            [
                ObjectList(cls.content_panels, heading="Översikt"),
                ObjectList(cls.lesson_panels, heading="Lektioner"),
                ObjectList(cls.quiz_panels, heading="Kunskapstest"),
                ObjectList(cls.change_panels, heading="Ändring"),
                ObjectList(cls.provenance_panels, heading="Ursprung och granskning"),
                ObjectList(cls.promote_panels, heading="Adress"),
                ObjectList(cls.settings_panels, heading="Publicering"),
            ]
        ).bind_to_model(cls)

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the page says to every reader. Its list of lessons is its contents."""
        return super().text_context(request) | {"contents": []}

    def drawn_body(self) -> documents.Document:
        """Return nothing: readers are shown the overview of the frozen version."""
        return []

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the frozen version's lessons and the reader's own progress."""
        context = super().get_context(request, *args, **kwargs)
        return context | overview.module_context(self, request)
