"""The registers in Wagtail's menu."""

from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from content.models import Board, Contact, Edition, Goal, LegalProvision, Source


class ContactViewSet(SnippetViewSet):
    """Contacts; those that nobody has called stand out in the list."""

    model = Contact
    icon = "user"
    list_display = ["name", "phone", "verified_on"]
    list_filter = ["verified_on"]
    search_fields = ["name", "for_whom"]


class LegalProvisionViewSet(SnippetViewSet):
    """Laws, with the day they were last read."""

    model = LegalProvision
    icon = "clipboard-list"
    list_display = ["act", "reference", "heading", "in_force", "checked_on"]
    list_filter = ["act", "checked_on"]
    search_fields = ["act", "reference", "heading"]


class SourceViewSet(SnippetViewSet):
    """Sources."""

    model = Source
    icon = "link"
    list_display = ["title", "publisher", "kind", "published", "checked_on"]
    list_filter = ["kind"]
    search_fields = ["title", "publisher"]


class EditionViewSet(SnippetViewSet):
    """Editions of the programme."""

    model = Edition
    icon = "date"
    list_display = ["title", "period_start", "period_end", "status"]


class GoalViewSet(SnippetViewSet):
    """Goals; a new edition begins as copies of these."""

    model = Goal
    icon = "pick"
    list_display = ["__str__", "name"]
    list_filter = ["edition"]


class BoardViewSet(SnippetViewSet):
    """Boards."""

    model = Board
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
