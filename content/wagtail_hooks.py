"""The registers in Wagtail's menu."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.db.models.functions import Collate
from django.http import HttpRequest
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from content.models import Board, Contact, Edition, Goal, LegalProvision, Source
from portal.swedish_order import SWEDISH


class RegisterViewSet(SnippetViewSet):
    """A register, listed as one looks for a row in it rather than by when rows were made."""

    order: ClassVar[tuple[Any, ...]]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows in order; a press on a column's head orders them otherwise."""
        rows: QuerySet[Any] = self.model._default_manager.order_by(*self.order)
        return rows


class ContactViewSet(RegisterViewSet):
    """Contacts; those that nobody has called stand out in the list."""

    model = Contact
    order = (Collate("name", SWEDISH),)
    icon = "user"
    list_display = ["name", "phone", "verified_on"]
    list_filter = ["verified_on"]
    search_fields = ["name", "for_whom"]


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


class EditionViewSet(RegisterViewSet):
    """Editions of the programme."""

    model = Edition
    order = ("-period_start",)
    icon = "date"
    list_display = ["title", "period_start", "period_end", "status"]


class GoalViewSet(RegisterViewSet):
    """Goals; a new edition begins as copies of these."""

    model = Goal
    order = ("-edition__period_start", "number")
    icon = "pick"
    list_display = ["__str__", "name"]
    list_filter = ["edition"]


class BoardViewSet(RegisterViewSet):
    """Boards."""

    model = Board
    order = (Collate("name", SWEDISH),)
    icon = "group"
    list_display = ["name", "kind"]


class RegisterGroup(SnippetViewSetGroup):
    """The registers together."""

    menu_label = "Register"
    menu_icon = "folder-open-inverse"
    items = (
        ContactViewSet,
        LegalProvisionViewSet,
        SourceViewSet,
        EditionViewSet,
        GoalViewSet,
        BoardViewSet,
    )


register_snippet(RegisterGroup)
