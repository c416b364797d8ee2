"""The programme and the registers in Wagtail's menu, and what can be done with them there."""

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.db.models.functions import Collate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import ObjectList
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import EditView, SnippetViewSet, SnippetViewSetGroup

from content.editing import forms, views
from content.models import (
    Activity,
    Board,
    Contact,
    District,
    Edition,
    Figure,
    GlossaryTerm,
    Goal,
    Indicator,
    LegalProvision,
    PreventionCell,
    Remark,
    Source,
)
from portal.swedish_order import SWEDISH


class RegisterViewSet(SnippetViewSet):
    """A register, listed as one looks for a row in it rather than by when rows were made."""

    order: ClassVar[tuple[Any, ...]]
    form: ClassVar[type[WagtailAdminModelForm]] = forms.RowForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows in order; a press on a column's head orders them otherwise."""
        rows: QuerySet[Any] = self.model._default_manager.order_by(*self.order)
        return rows

    def get_edit_handler(self) -> Any:
        """Return the panels in a form that checks the rows against each other."""
        handler = ObjectList(self.model.panels, base_form_class=self.form)
        return handler.bind_to_model(self.model)


class ContactViewSet(RegisterViewSet):
    """Contacts; those that nobody has called stand out in the list."""

    model = Contact
    order = (Collate("name", SWEDISH),)
    icon = "user"
    list_display = ["name", "phone", "verified_on"]
    list_filter = ["verified_on"]
    search_fields = ["name", "for_whom"]


class DistrictViewSet(RegisterViewSet):
    """Districts; the numbers that are missing stand out in the list."""

    model = District
    order = ("sort_order", "pk")
    icon = "site"
    list_display = ["name", "child_phone", "adult_phone", "verified_on"]
    search_fields = ["name"]


class LegalProvisionViewSet(RegisterViewSet):
    """Laws, with the day they were last read."""

    model = LegalProvision
    order = (Collate("act", SWEDISH), Collate("reference", SWEDISH))
    icon = "clipboard-list"
    list_display = ["act", "reference", "heading", "in_force", "checked_on"]
    list_filter = ["act", "checked_on"]
    search_fields = ["act", "reference", "heading"]


class SourceViewSet(RegisterViewSet):
    """Sources."""

    model = Source
    order = (Collate("title", SWEDISH),)
    icon = "link"
    list_display = ["title", "publisher", "kind", "published", "checked_on"]
    list_filter = ["kind"]
    search_fields = ["title", "publisher"]


class FigureViewSet(RegisterViewSet):
    """Figures that sources give."""

    model = Figure
    order = ("sort_order", "pk")
    icon = "decimal"
    list_display = ["text", "topic", "year", "source"]
    list_filter = ["topic", "source"]
    search_fields = ["text", "topic", "group"]


class GlossaryTermViewSet(RegisterViewSet):
    """The words that texts explain and search knows."""

    model = GlossaryTerm
    form = forms.GlossaryTermForm
    order = (Collate("term", SWEDISH),)
    icon = "openquote"
    list_display = ["term", "text"]
    search_fields = ["term", "text", "synonyms"]


class RemarkViewSet(RegisterViewSet):
    """What the consultation answers wish for."""

    model = Remark
    order = ("sort_order", "key")
    icon = "comment"
    list_display = ["key", "text", "status"]
    list_filter = ["status"]
    search_fields = ["key", "text", "answer"]


class PreventionCellViewSet(RegisterViewSet):
    """Our proposals, operation by operation."""

    model = PreventionCell
    order = ("operation__sort_order", "level")
    icon = "table"
    list_display = ["operation", "level", "text"]
    list_filter = ["operation", "level"]
    search_fields = ["text"]


class EditionEditView(EditView):
    """An edition, with what can be done with the whole of it."""

    @property
    def header_more_buttons(self) -> list[Button]:
        """Add making a new edition, comparing and publishing."""
        # Wagtail's own copying would leave the goals behind.
        buttons = [each for each in super().header_more_buttons if each.icon_name != "copy"]
        return [*buttons, *views.edition_buttons(self.object, self.request.user)]


class EditionViewSet(RegisterViewSet):
    """Editions of the programme."""

    model = Edition
    form = forms.EditionForm
    order = ("-period_start",)
    icon = "date"
    list_display = ["title", "period_start", "period_end", "status"]
    edit_view_class = EditionEditView


class GoalViewSet(RegisterViewSet):
    """Goals; a new edition begins as copies of these."""

    model = Goal
    form = forms.GoalForm
    order = ("-edition__period_start", "number")
    icon = "pick"
    list_display = ["__str__", "name", "live"]
    list_filter = ["edition"]


class LooseViewSet(RegisterViewSet):
    """Rows that a source quotes without saying to which goal they belong."""

    order = ("-edition__period_start", "sort_order", "pk")
    list_display = ["text", "edition", "suggested_goal"]
    list_filter = ["edition"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return those without a goal: the others are edited with theirs."""
        return super().get_queryset(request).filter(goal=None)


class LooseActivityViewSet(LooseViewSet):
    """Activities without a goal."""

    model = Activity
    form = forms.ActivityForm
    icon = "list-ul"
    menu_label = "Aktiviteter utan mål"


class LooseIndicatorViewSet(LooseViewSet):
    """Indicators without a goal."""

    model = Indicator
    form = forms.IndicatorForm
    icon = "order"
    menu_label = "Indikatorer utan mål"


class BoardViewSet(RegisterViewSet):
    """Boards."""

    model = Board
    order = (Collate("name", SWEDISH),)
    icon = "group"
    list_display = ["name", "kind"]


class ProgrammeGroup(SnippetViewSetGroup):
    """The programme: its editions and what they hold."""

    menu_label = "Programmet"
    menu_icon = "date"
    items = (
        EditionViewSet,
        GoalViewSet,
        LooseActivityViewSet,
        LooseIndicatorViewSet,
        BoardViewSet,
        PreventionCellViewSet,
        RemarkViewSet,
    )


class RegisterGroup(SnippetViewSetGroup):
    """The registers that texts point at."""

    menu_label = "Register"
    menu_icon = "folder-open-inverse"
    items = (
        ContactViewSet,
        DistrictViewSet,
        LegalProvisionViewSet,
        SourceViewSet,
        FigureViewSet,
        GlossaryTermViewSet,
    )


register_snippet(ProgrammeGroup)
register_snippet(RegisterGroup)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    """Lay out what the programme adds to the editor."""
    return views.urlpatterns


@hooks.register("register_snippet_listing_buttons")
def register_edition_buttons(row: Model, user: Any, next_url: str | None = None) -> list[Button]:
    """Offer in the list of editions what can be done with the whole of one."""
    return views.edition_buttons(row, user) if isinstance(row, Edition) else []


@hooks.register("before_delete_snippet")
def refuse_deletion(request: HttpRequest, rows: list[Model]) -> HttpResponse | None:
    """Delete nothing that others point at, one by one or many at once."""
    return views.refuse_deletion(request, rows)


class ReportMenuItem(MenuItem):
    """The report, for those who may see goals."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether the reader may see goals."""
        return bool(request.user.has_perm("content.view_goal"))


@hooks.register("register_reports_menu_item")
def register_report() -> MenuItem:
    """Put the report in the menu of reports."""
    return ReportMenuItem(
        "Att se över", reverse("content_report"), name="att-se-over", icon_name="warning", order=100
    )
