"""The pages. They share one base: what a text says, for whom, on what grounds, how fresh."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from wagtail import blocks
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.fields import StreamField
from wagtail.models import Page

from content import (
    directory,
    documents,
    facts,
    matrices,
    programme_shown,
    registers_shown,
    support,
    tables,
    tree,
)
from content.admin_forms import TextPageForm
from content.blocks import SourceReferenceBlock, TextStreamBlock
from content.fields import ChoiceListField
from content.models.programme import Board, Edition, EditionStatus, Goal
from content.models.registers import Contact
from content.taxonomy import (
    Kind,
    PreventionLevel,
    TargetGroup,
    operation_options,
    target_group_options,
)
from portal import generation
from portal.kept import Kept
from portal.organisation.models import Operation


class TextFields(models.Model):
    """What every text has, whatever sort of page it is."""

    menu_title = models.CharField("kort titel", max_length=100, blank=True)
    summary = models.TextField("ingress")
    body = StreamField(TextStreamBlock(), blank=True, verbose_name="text")
    who = models.TextField("vem omfattas", blank=True)
    owner_function = models.CharField("ägande funktion", max_length=200, blank=True)
    target_groups = ChoiceListField("målgrupper", options=target_group_options)
    operations = ChoiceListField(
        "verksamheter", options=operation_options, help_text="Ingen ikryssad betyder alla."
    )
    keywords = models.TextField(
        "sökord",
        blank=True,
        help_text="Ord som folk söker på men som texten inte använder, ett per rad.",
    )
    sources = StreamField(
        [("source", SourceReferenceBlock())], blank=True, verbose_name="källor för hela texten"
    )
    related = StreamField(
        [("page", blocks.PageChooserBlock())], blank=True, verbose_name="relaterade sidor"
    )
    modules = StreamField(
        [("page", blocks.PageChooserBlock())], blank=True, verbose_name="moduler som lär ut detta"
    )
    easy_read_body = StreamField(TextStreamBlock(), blank=True, verbose_name="lättläst text")
    is_acute = models.BooleanField(
        "minuter räknas", default=False, help_text="Visar rutan ”Fara nu? Ring 112.” överst."
    )
    sort_order = models.PositiveSmallIntegerField("ordning bland syskon", default=100)
    written_date = models.DateField("skriven")
    reviewed_date = models.DateField(
        "sakgranskad",
        null=True,
        blank=True,
        help_text="Fyll i först när en sakkunnig har granskat texten.",
    )
    reviewed_by = models.CharField("granskad av (funktion)", max_length=200, blank=True)
    review_due_date = models.DateField("ska ses över senast")

    kind: ClassVar[Kind | None] = None

    content_panels = [
        *Page.content_panels,
        FieldPanel("menu_title"),
        FieldPanel(
            "summary", help_text="En eller två meningar som säger vad läsaren får. Syns i listor."
        ),
        FieldPanel("is_acute"),
        FieldPanel("body"),
        FieldPanel("related", help_text="Visas bredvid texten i den ordning de står här."),
        FieldPanel("modules", help_text="Visas bredvid texten. Utbildning som hör till den."),
        FieldPanel("keywords"),
    ]
    provenance_panels = [
        FieldPanel("who", help_text="Vilka som ska följa texten, till exempel alla i förskolan."),
        FieldRowPanel([FieldPanel("target_groups"), FieldPanel("operations")]),
        FieldPanel("owner_function", help_text="Tomt visas som ”uppgift saknas”."),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [
                        FieldPanel("written_date", help_text="När det som står nu skrevs."),
                        FieldPanel(
                            "review_due_date", help_text="När texten måste läsas igenom på nytt."
                        ),
                    ]
                ),
                FieldRowPanel(
                    [
                        FieldPanel("reviewed_date"),
                        FieldPanel(
                            "reviewed_by", help_text="Vilken funktion, aldrig en persons namn."
                        ),
                    ]
                ),
            ],
            heading="Granskning",
        ),
        FieldPanel(
            "sources", help_text="Det som hela sidan vilar på. Ett stycke kan ha egna källor."
        ),
    ]
    easy_read_panels = [FieldPanel("easy_read_body")]

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_review_is_whole",
                condition=models.Q(reviewed_date__isnull=True, reviewed_by="")
                | (models.Q(reviewed_date__isnull=False) & ~models.Q(reviewed_by="")),
            )
        ]

    def clean(self) -> None:
        """Say in words what the constraint would refuse."""
        super().clean()
        if self.reviewed_date and not self.reviewed_by:
            raise ValidationError({"reviewed_by": "Skriv vilken funktion som har granskat texten."})
        if self.reviewed_by and not self.reviewed_date:
            raise ValidationError({"reviewed_date": "Skriv vilken dag texten granskades."})

    def keyword_list(self) -> list[str]:
        """Return the editors' search words."""
        return [word.strip() for word in self.keywords.splitlines() if word.strip()]

    @property
    def is_reviewed(self) -> bool:
        """Whether a subject expert has reviewed the text."""
        return self.reviewed_date is not None


# What pages say to every reader alike, kept until something is published.
_contexts = generation.Memory(1000)


class TextPage(TextFields, Page):
    """The base of all text pages. Never made itself."""

    # Wagtail gives every class a template of its own name; most texts share one.
    page_template: ClassVar[str] = "content/text_page.html"
    base_form_class = TextPageForm
    show_in_menus_default = True

    class Meta(TextFields.Meta):
        abstract = True

    @classmethod
    def get_edit_handler(cls) -> Any:
        """Return the editor's tabs."""
        tabs = TabbedInterface(
            [
                ObjectList(cls.content_panels, heading="Innehåll"),
                ObjectList(cls.provenance_panels, heading="Ursprung och granskning"),
                ObjectList(cls.easy_read_panels, heading="Lättläst"),
                ObjectList(cls.promote_panels, heading="Adress"),
                ObjectList(cls.settings_panels, heading="Publicering"),
            ]
        )
        return tabs.bind_to_model(cls)

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> str:
        """Return the template that draws the page."""
        return self.page_template

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return what the templates show; a subclass that knows the reader adds to it."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if getattr(request, "is_preview", False):
            return context | self.text_context(request)
        key = (self.pk, *self.variant(request))
        return context | _contexts.get(key, lambda: self._kept_context(request))

    def _kept_context(self, request: HttpRequest) -> dict[str, Any]:
        facts = self.text_context(request)
        return facts | {"kept": Kept(facts | {"page": self})}

    def variant(self, request: HttpRequest) -> tuple[str, ...]:
        """Return what in *request*, beside the address, the page's text depends on."""
        return ()

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the page says to every reader alike: it is remembered for a generation.

        The blocks are ready, so templates ask no questions.
        """
        # The sources of the whole text go with it, so that registers are asked once.
        blocks_ready = documents.ready_from_stored(
            [*documents.unwrap(self.body), self._sources_block()],
            path=self.url_path.strip("/").partition("/")[2],
        )
        page_sources = blocks_ready.pop()["sources"]
        return {
            "breadcrumb": self.breadcrumb(),
            "blocks": blocks_ready,
            "contents": documents.contents(blocks_ready),
            "page_sources": page_sources,
            "related": self.linked_pages("related"),
            "modules": self.linked_pages("modules"),
            "sub_pages": self.sub_pages(),
            "reviewed": self.is_reviewed,
            "about_children": TargetGroup.CHILDREN in self.target_groups,
            "target_groups": [
                TargetGroup(code).label for code in self.target_groups if code in TargetGroup
            ],
            "operations": self.operation_list(),
        }

    def breadcrumb(self) -> list[dict[str, str]]:
        """Return the way here: title and address of each page above, below the start page."""
        return [
            {"title": place.title, "url": place.url} for place in tree.now().above(self.path or "")
        ]

    def source_list(self) -> list[dict[str, str]]:
        """Return the sources of the whole text."""
        return list(documents.ready_from_stored([self._sources_block()])[0]["sources"])

    def _sources_block(self) -> dict[str, Any]:
        return {
            "id": "",
            "kind": "reported",
            "text": "",
            "sources": [item["value"] for item in self.sources.get_prep_value()],
        }

    @property
    def neutral_title(self) -> bool:
        """Whether the browser's history must show nothing of the subject."""
        return "stod-till-dig" in self.url_path.split("/")

    def linked_pages(self, name: str) -> list[dict[str, Any]]:
        """Return the published pages that the field *name* points at, in its order."""
        ids = [item["value"] for item in getattr(self, name).get_prep_value()]
        return [place.card() for place in tree.now().open(ids)] if ids else []

    def sub_pages(self) -> list[dict[str, Any]]:
        """Return the published pages right below this one."""
        return [place.card() for place in tree.now().below(self.path)] if self.path else []

    def operation_list(self) -> list[dict[str, str]]:
        """Return the operations that the text concerns, each with its page; none means all."""
        if not self.operations:
            return []
        known = facts.now()
        pages = {pk: known.tree.about("OperationPage", pk) for pk in known.operations}
        return [
            {"name": row.name, "url": page.url if (page := pages[row.pk]) else ""}
            for row in known.operations.values()
            if row.slug in self.operations
        ]


class StartPage(TextPage):
    """The front door: three ways in, and whether the programme is in force."""

    page_template = "content/start_page.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count = 1

    class Meta(TextPage.Meta):
        verbose_name = "startsida"

    def sub_pages(self) -> list[dict[str, Any]]:
        """Return none: the start page leads on by its three ways in."""
        return []

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the newest edition of the programme."""
        edition = (
            Edition.objects.exclude(status=EditionStatus.DRAFT).order_by("-period_start").first()
        )
        return super().text_context(request) | {"edition": edition}


class EditionShown(TextPage):
    """A page that shows the programme: it says when the edition's period has ended.

    What it says turns with the year, so it is remembered for a year at most.
    """

    class Meta(TextPage.Meta):
        abstract = True

    def variant(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the year beside what else the text depends on."""
        return (*super().variant(request), str(timezone.localdate().year))

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the banner of the newest edition, or of the one the page is about."""
        known = facts.now()
        edition = self.shown_edition(known)
        return super().text_context(request) | {
            "ended": programme_shown.banner(edition, known, timezone.localdate())
        }

    def shown_edition(self, known: facts.Facts) -> facts.Row | None:
        """Return the edition that the page is about: the newest, unless it says another."""
        return known.newest


class SectionPage(EditionShown):
    """A page that gathers the pages below it."""

    page_template = "content/section_page.html"
    children_kind = models.CharField("undersidorna är", max_length=20, choices=Kind, blank=True)

    content_panels = [*TextPage.content_panels, FieldPanel("children_kind")]

    class Meta(TextPage.Meta):
        verbose_name = "avdelning"

    @property
    def kind(self) -> Kind | None:  # type: ignore[override]
        """A section is found as what it gathers."""
        return Kind(self.children_kind) if self.children_kind else None

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Name the pages below `children`, since they are the matter of the page."""
        context = super().text_context(request)
        goals = self.children_kind == Kind.GOAL
        return context | {
            "children": context["sub_pages"],
            "goals": programme_shown.goal_list(facts.now()) if goals else None,
            # Only sections about the programme; a page of guidance holds whatever the period.
            "ended": context["ended"] if self.children_kind in _OF_THE_PROGRAMME else None,
        }


_OF_THE_PROGRAMME = {Kind.GOAL, Kind.BOARD, Kind.PROGRAMME}
# Pages whose matter is rows of the programme: what is added to the text at these addresses.
_EDITIONS_AT, _YEAR_AT = "programperiod-och-status", "ansvar-och-uppfoljning"


class ProgrammePage(EditionShown):
    """About the programme."""

    page_template = "content/programme_page.html"
    kind = Kind.PROGRAMME

    class Meta(TextPage.Meta):
        verbose_name = "sida om programmet"

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the editions, or the year of follow-up, where the page is about them."""
        known = facts.now()
        return super().text_context(request) | {
            "editions": programme_shown.editions(known, timezone.localdate())
            if self.slug == _EDITIONS_AT
            else [],
            "year": programme_shown.year(known.newest, known) if self.slug == _YEAR_AT else None,
        }


class GoalPage(EditionShown):
    """A goal, with the activities and indicators that the sources quote."""

    page_template = "content/goal_page.html"
    kind = Kind.GOAL
    goal = models.ForeignKey(
        Goal, verbose_name="mål", on_delete=models.PROTECT, related_name="pages"
    )

    content_panels = [*TextPage.content_panels, FieldPanel("goal")]

    class Meta(TextPage.Meta):
        verbose_name = "målsida"

    def shown_edition(self, known: facts.Facts) -> facts.Row | None:
        """Return the goal's own edition."""
        row = known.goal(self.goal_id)
        return row.edition if row else None

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the goal's rows; none of a goal that is not published or of an edition's draft."""
        known = facts.now()
        row = known.goal(self.goal_id)
        return super().text_context(request) | {
            "goal": programme_shown.goal(row, known) if row else None
        }


def goal_dict(goal: Goal) -> dict[str, Any]:
    """Return a goal as its page would show it, also one that is a draft or a revision."""
    return programme_shown.goal(facts.rows_of(goal), facts.now())


class ViolenceTypePage(TextPage):
    """A type of violence (våldstyp)."""

    kind = Kind.VIOLENCE_TYPE

    class Meta(TextPage.Meta):
        verbose_name = "våldstyp"


class ViolenceFormPage(TextPage):
    """A form that violence takes (våldets uttryck)."""

    kind = Kind.VIOLENCE_FORM

    class Meta(TextPage.Meta):
        verbose_name = "våldets uttryck"


class PreventionPage(TextPage):
    """A level of prevention."""

    kind = Kind.PREVENTION
    level = models.CharField("nivå", max_length=20, choices=PreventionLevel, blank=True)

    content_panels = [*TextPage.content_panels, FieldPanel("level")]

    class Meta(TextPage.Meta):
        verbose_name = "förebyggande arbete"


class PerspectivePage(TextPage):
    """A perspective."""

    kind = Kind.PERSPECTIVE

    class Meta(TextPage.Meta):
        verbose_name = "perspektiv"


class GuidancePage(TextPage):
    """What to do."""

    kind = Kind.GUIDANCE

    class Meta(TextPage.Meta):
        verbose_name = "vägledning"


class OperationPage(TextPage):
    """What an operation needs to know."""

    kind = Kind.OPERATION
    operation = models.ForeignKey(
        Operation, verbose_name="verksamhet", on_delete=models.PROTECT, related_name="+"
    )

    content_panels = [*TextPage.content_panels, FieldPanel("operation")]

    class Meta(TextPage.Meta):
        verbose_name = "verksamhetssida"


class BoardPage(EditionShown):
    """What concerns a board."""

    page_template = "content/board_page.html"
    kind = Kind.BOARD
    board = models.ForeignKey(
        Board, verbose_name="nämnd", on_delete=models.PROTECT, related_name="+"
    )

    content_panels = [*TextPage.content_panels, FieldPanel("board")]

    class Meta(TextPage.Meta):
        verbose_name = "nämndsida"

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add what the sources say of the board."""
        return super().text_context(request) | {
            "board": programme_shown.board(self.board_id, facts.now())
        }


class SupportIndexPage(TextPage):
    """The directory of support, with a filter."""

    page_template = "content/support_index_page.html"
    kind = Kind.SUPPORT

    class Meta(TextPage.Meta):
        verbose_name = "kontaktkatalog"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the services that suit what the address asks for; there are too many to remember."""
        return super().get_context(request, *args, **kwargs) | support.listing(request.GET)


class SupportPage(TextPage):
    """One support service, with its card."""

    page_template = "content/support_page.html"
    kind = Kind.SUPPORT
    contact = models.ForeignKey(
        Contact, verbose_name="kontakt", on_delete=models.PROTECT, related_name="+"
    )

    content_panels = [*TextPage.content_panels, FieldPanel("contact")]

    class Meta(TextPage.Meta):
        verbose_name = "stödverksamhet"

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the card."""
        card = documents.contact_dict(directory.contacts().get(self.contact_id))
        return super().text_context(request) | {"contact": card}


class InformationPage(TextPage):
    """About the portal itself."""

    class Meta(TextPage.Meta):
        verbose_name = "informationssida"


class Register(models.TextChoices):
    """The registers that have a page."""

    LAWS = "lagar", "Lagar"
    FIGURES = "statistik", "Statistik"
    SOURCES = "kallor", "Källor"
    REMARKS = "remissynpunkter", "Remissynpunkter"
    GLOSSARY = "ordlista", "Ordlista"


class RegisterPage(TextPage):
    """A register, row by row."""

    page_template = "content/register_page.html"
    register = models.CharField("register", max_length=20, choices=Register)

    content_panels = [*TextPage.content_panels, FieldPanel("register")]

    class Meta(TextPage.Meta):
        verbose_name = "registersida"

    @property
    def kind(self) -> Kind | None:  # type: ignore[override]
        """What search finds it as."""
        kinds = {
            Register.LAWS: Kind.LAW,
            Register.FIGURES: Kind.STATISTICS,
            Register.GLOSSARY: Kind.GLOSSARY,
        }
        return kinds.get(Register(self.register), Kind.PROGRAMME)

    def variant(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the law that the register is filtered on, and the month: readings grow old."""
        return (self._wanted(request), f"{timezone.localdate():%Y-%m}")

    def _wanted(self, request: HttpRequest) -> str:
        wanted = request.GET.get("lag", "") if self.register == Register.LAWS else ""
        # Only what there is, so that no address fills the memory.
        return wanted if wanted and wanted in registers_shown.acts() else ""

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the rows."""
        return super().text_context(request) | {"rows": self.rows(self._wanted(request))}

    def rows(self, act: str = "") -> Any:
        """Return the register's rows as the page shows them."""
        match self.register:
            case Register.LAWS:
                return registers_shown.laws(act, timezone.localdate())
            case Register.FIGURES:
                return registers_shown.figures(facts.now())
            case Register.SOURCES:
                return registers_shown.sources(facts.now())
            case Register.GLOSSARY:
                return registers_shown.glossary(facts.now())
            case _:
                return registers_shown.remarks(facts.now())


class Matrix(models.TextChoices):
    """The matrices."""

    PREVENTION = "niva-verksamhet", "Förebyggande nivå och verksamhet"
    BOARDS = "namnd-aktivitet", "Nämnd och aktivitet"
    TARGET_GROUPS = "malgrupp-del", "Målgrupp och del av programmet"
    COMPETENCE = "modul-omrade", "Modul och kompetensområde"


class MatrixPage(EditionShown):
    """A matrix of the programme, with its table for download."""

    page_template = "content/matrix_page.html"
    matrix = models.CharField("matris", max_length=20, choices=Matrix)

    content_panels = [*TextPage.content_panels, FieldPanel("matrix")]

    class Meta(TextPage.Meta):
        verbose_name = "matrissida"

    @property
    def kind(self) -> Kind | None:  # type: ignore[override]
        """What search finds it as."""
        return Kind.PREVENTION if self.matrix == Matrix.PREVENTION else Kind.PROGRAMME

    def text_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the table. A matrix of our own proposals holds whatever the period."""
        context = super().text_context(request) | {"table": self.table()}
        return context | ({"ended": None} if self.matrix == Matrix.PREVENTION else {})

    def table(self) -> matrices.Table:
        """Return the matrix."""
        make = {
            Matrix.PREVENTION: matrices.prevention,
            Matrix.BOARDS: matrices.boards,
            Matrix.TARGET_GROUPS: matrices.target_groups,
            Matrix.COMPETENCE: matrices.competence,
        }
        return make[Matrix(self.matrix)](facts.now())

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page, or with `?format=csv` hand out its table as a file."""
        if request.GET.get("format") == "csv":
            table = self.get_context(request)["table"]
            return tables.csv_response(request, table.as_rows(), f"{self.matrix}.csv")
        response: HttpResponse = super().serve(request, *args, **kwargs)
        return response
