"""The blocks a module is written in: lessons and questions.

A block's own id is its key: it survives edits, publishing and reverting, so evidence can point at
it together with the module. `key` is the short name used in the files.
"""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks

from content.blocks import LESSON_BLOCKS, TextStreamBlock, rich_text, sources

RESERVED_SLUGS = frozenset({"kunskapstest"})


class LearningGoalBlock(blocks.StructBlock):
    """What a learner can do afterwards, as prevent, identify or act (wish W27 in the seeds)."""

    kind = blocks.ChoiceBlock(
        [("F", "Förebygga"), ("I", "Identifiera"), ("A", "Agera")], label="Slag"
    )
    text = blocks.CharBlock(label="Mål")

    class Meta:
        label = "Lärandemål"


class LessonBlock(blocks.StructBlock):
    """One lesson."""

    slug = blocks.RegexBlock(
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        label="Adress",
        help_text="Små bokstäver a–z, siffror och bindestreck. Ändra den inte efter publicering.",
    )
    title = blocks.CharBlock(label="Rubrik")
    minutes = blocks.IntegerBlock(label="Minuter", min_value=1, max_value=60)
    goal = blocks.CharBlock(label="Efteråt kan du")
    body = TextStreamBlock(LESSON_BLOCKS, label="Text")

    class Meta:
        label = "Lektion"
        icon = "openquote"

    def clean(self, value: Any) -> Any:
        """Refuse an address that the quiz already has."""
        result = super().clean(value)
        if result["slug"] in RESERVED_SLUGS:
            raise blocks.StructBlockValidationError(
                block_errors={"slug": ValidationError("Adressen är upptagen. Välj en annan.")}
            )
        return result


class ChoiceOptionBlock(blocks.StructBlock):
    """One answer to choose."""

    key = blocks.CharBlock(label="Nyckel", required=False)
    text = blocks.CharBlock(label="Svar")
    correct = blocks.BooleanBlock(label="Rätt svar", required=False)
    feedback = blocks.TextBlock(label="Återkoppling till den som väljer detta")

    class Meta:
        label = "Svarsalternativ"


class QuestionBlock(blocks.StructBlock):
    """A question. How many answers may be right follows from its kind in the stream."""

    key = blocks.CharBlock(label="Nyckel", required=False)
    text = blocks.TextBlock(label="Fråga")
    lesson = blocks.CharBlock(label="Lektion som lär ut svaret (adress)", required=False)
    link = blocks.CharBlock(label="Sida och stycke som ger svaret", required=False)
    choices = blocks.ListBlock(ChoiceOptionBlock(), label="Svarsalternativ", min_num=2, max_num=8)
    explanation = rich_text(label="Förklaring som alla får")
    sources = sources(required=False)

    class Meta:
        label = "Fråga"
        icon = "help"


class SingleQuestionBlock(QuestionBlock):
    """Exactly one right answer."""

    class Meta:
        label = "Ett rätt svar"

    def clean(self, value: Any) -> Any:
        """Ask for exactly one right answer."""
        result = super().clean(value)
        if sum(bool(choice["correct"]) for choice in result["choices"]) != 1:
            raise blocks.StructBlockValidationError(
                non_block_errors=["Kryssa i exakt ett rätt svar."]
            )
        return result


class MultipleQuestionBlock(QuestionBlock):
    """One or more right answers; all of them, and no other, give the point."""

    class Meta:
        label = "Flera rätta svar"

    def clean(self, value: Any) -> Any:
        """Ask for at least one right answer."""
        result = super().clean(value)
        if not any(choice["correct"] for choice in result["choices"]):
            raise blocks.StructBlockValidationError(
                non_block_errors=["Kryssa i minst ett rätt svar."]
            )
        return result


class TrueFalseQuestionBlock(SingleQuestionBlock):
    """True or false."""

    class Meta:
        label = "Sant eller falskt"
