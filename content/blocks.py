"""The blocks a text is built of. Each says what it means, not how it looks.

A block's kind also says where its words come from (the `provenance` of its class): the city's
own wording, what a consultation answer reports, our text, or a gap in the sources. The reader sees
which. The values' shapes are what `content.documents` reads and writes.
"""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from content import mentions

RICH = ["bold", "italic", "ol", "ul", "link"]


class MarkedTextBlock(blocks.RichTextBlock):
    """Rich text whose sentences may take numbers and paragraphs from the registers."""

    def clean(self, value: Any) -> Any:
        """Refuse a mark that stands for nothing: `{tel:KEY}`, `{lag:KEY}`."""
        cleaned = super().clean(value)
        if wrong := mentions.faults(cleaned.source):
            raise ValidationError(wrong)
        return cleaned


def rich_text(**kwargs: Any) -> blocks.RichTextBlock:
    """Return a rich text block limited to what a text here needs."""
    return MarkedTextBlock(features=RICH, **kwargs)


class SourceReferenceBlock(blocks.StructBlock):
    """One source or law that a statement rests on, with the place in it."""

    source = SnippetChooserBlock("content.Source", label="Källa", required=False)
    provision = SnippetChooserBlock("content.LegalProvision", label="Lagrum", required=False)
    locator = blocks.CharBlock(label="Var i källan", required=False, help_text="Till exempel s. 28")

    class Meta:
        label = "Källa"
        icon = "link"

    def clean(self, value: Any) -> Any:
        """Ask for a source or a law, and not both."""
        result = super().clean(value)
        if bool(result.get("source")) == bool(result.get("provision")):
            raise blocks.StructBlockValidationError(
                block_errors={
                    "source": ValidationError("Välj en källa eller ett lagrum, inte båda.")
                }
            )
        return result


def sources(**kwargs: Any) -> blocks.ListBlock:
    """Return a list of source references."""
    return blocks.ListBlock(SourceReferenceBlock(), label="Källor", default=[], **kwargs)


class HeadingBlock(blocks.StructBlock):
    """A heading. Level 2 starts a section that search and links can lead to."""

    text = blocks.CharBlock(label="Rubrik")
    level = blocks.ChoiceBlock([("2", "Rubrik"), ("3", "Underrubrik")], default="2", label="Nivå")

    class Meta:
        label = "Rubrik"
        icon = "title"


class TextBlock(blocks.StructBlock):
    """Our own text, with the sources it rests on."""

    text = rich_text(label="Text")
    sources = sources(required=False)

    class Meta:
        label = "Text"
        icon = "pilcrow"


class StepBlock(blocks.StructBlock):
    """One thing to do."""

    title = blocks.CharBlock(label="Vad du gör")
    text = rich_text(label="Hur", required=False)


class StepsBlock(blocks.StructBlock):
    """Numbered steps, headed "Gör så här"."""

    steps = blocks.ListBlock(StepBlock(), label="Steg", min_num=1)

    class Meta:
        label = "Gör så här"
        icon = "list-ol"


class LawBlock(blocks.StructBlock):
    """A law, explained. Reference, days and history come from the register of laws."""

    provision = SnippetChooserBlock("content.LegalProvision", label="Lagrum")
    text = rich_text(label="Vad det betyder")

    class Meta:
        label = "Lag"
        icon = "clipboard-list"


class QuoteBlock(blocks.StructBlock):
    """Official wording, word for word. Only with a source."""

    text = blocks.TextBlock(label="Ordagrant citat")
    of = blocks.CharBlock(
        label="Ur", required=False, help_text="Fyll i bara om citatet inte är ur programmet."
    )
    sources = sources(min_num=1)

    class Meta:
        label = "Programmets ord"
        icon = "openquote"


class ReportedBlock(blocks.StructBlock):
    """What a consultation answer reports of the programme."""

    text = rich_text(label="Vad remissvaret återger")
    sources = sources(min_num=1)

    class Meta:
        label = "Enligt remissvar"
        icon = "doc-full"


class GapBlock(blocks.StructBlock):
    """What the sources do not say."""

    text = rich_text(label="Vad som saknas")

    class Meta:
        label = "Uppgift saknas i underlaget"
        icon = "help"


class DepthBlock(blocks.StaticBlock):
    """Where the depth begins: above it stands what one needs to act."""

    class Meta:
        label = "Här börjar fördjupningen"
        icon = "arrow-down-big"
        admin_text = (
            "Det som står ovanför läses på två minuter och skrivs ut. Det som står nedanför är "
            "bakgrund. Använd högst en sådan rad på en sida."
        )


class NoticeBlock(blocks.StructBlock):
    """Text set apart: danger, a warning or a note, by the block's name in the stream."""

    text = rich_text(label="Text")


class FaqItemBlock(blocks.StructBlock):
    """A question with its answer."""

    question = blocks.CharBlock(label="Fråga")
    answer = rich_text(label="Svar")


class FaqBlock(blocks.StructBlock):
    """Questions and answers."""

    items = blocks.ListBlock(FaqItemBlock(), label="Frågor", min_num=1)

    class Meta:
        label = "Frågor och svar"
        icon = "help"


class AskBlock(blocks.StructBlock):
    """Sentences one can say to a person."""

    phrases = blocks.ListBlock(blocks.TextBlock(label="Mening"), label="Meningar", min_num=1)

    class Meta:
        label = "Så kan du säga"
        icon = "comment"


class ContactBlock(blocks.StructBlock):
    """A card from the directory."""

    contact = SnippetChooserBlock("content.Contact", label="Kontakt")

    class Meta:
        label = "Kontakt"
        icon = "user"


class StatisticBlock(blocks.StructBlock):
    """A figure with its source; without a year the page says that the year is not given."""

    value = blocks.CharBlock(label="Värde")
    unit = blocks.CharBlock(label="Enhet")
    group = blocks.CharBlock(label="Vilka")
    year = blocks.CharBlock(label="År", required=False)
    note = blocks.CharBlock(label="Anmärkning", required=False)
    sources = sources(min_num=1)

    class Meta:
        label = "Siffra"
        icon = "decimal"


class TableBlock(blocks.StructBlock):
    """A table. The first column heads each row."""

    caption = blocks.CharBlock(label="Rubrik")
    table = TypedTableBlock([("text", rich_text(label="Text", required=False))], label="Tabell")

    class Meta:
        label = "Tabell"
        icon = "table"


class SheetBlock(blocks.StructBlock):
    """An information sheet: text to print or copy for others."""

    title = blocks.CharBlock(label="Rubrik")
    text = rich_text(label="Text")

    class Meta:
        label = "Informationsblad"
        icon = "doc-full-inverse"


class CaseBlock(blocks.StructBlock):
    """A part of a module's running case. Always made up."""

    title = blocks.CharBlock(label="Rubrik")
    text = rich_text(label="Händelse")

    class Meta:
        label = "Fall (påhittat)"
        icon = "user"


class ReflectBlock(blocks.StructBlock):
    """A question to think about, with our answer."""

    question = rich_text(label="Fråga att tänka på")
    answer = rich_text(label="Vårt svar")

    class Meta:
        label = "Tänk efter"
        icon = "comment"


# The kinds of blocks in a text, in the order the editor offers them.
TEXT_BLOCKS: list[tuple[str, blocks.Block]] = [
    ("heading", HeadingBlock()),
    ("text", TextBlock()),
    ("steps", StepsBlock()),
    ("acute", NoticeBlock(label="Akut", icon="warning")),
    ("warning", NoticeBlock(label="Varning", icon="warning")),
    ("note", NoticeBlock(label="Bra att veta", icon="info-circle")),
    ("law", LawBlock()),
    ("quote", QuoteBlock()),
    ("reported", ReportedBlock()),
    ("gap", GapBlock()),
    ("depth", DepthBlock()),
    ("ask", AskBlock()),
    ("faq", FaqBlock()),
    ("contact", ContactBlock()),
    ("statistic", StatisticBlock()),
    ("table", TableBlock()),
    ("sheet", SheetBlock()),
]

LESSON_BLOCKS: list[tuple[str, blocks.Block]] = [
    # A lesson is read to its end.
    *(each for each in TEXT_BLOCKS if each[0] != "depth"),
    ("case", CaseBlock()),
    ("reflect", ReflectBlock()),
]


def template_of(kind: str) -> str:
    """Return the template that draws a block of *kind*."""
    return f"content/blocks/{kind}.html"


class TextStreamBlock(blocks.StreamBlock):
    """The body of a text."""

    def __init__(self, local_blocks: Any = None, **kwargs: Any) -> None:
        super().__init__(local_blocks or TEXT_BLOCKS, **kwargs)
        for kind, block in self.child_blocks.items():
            block.meta.template = template_of(kind)
