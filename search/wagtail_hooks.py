"""The search's words in Wagtail's menu."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.db.models.functions import Collate
from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, ObjectList, Panel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from portal.swedish_order import SWEDISH
from search.editing import views
from search.editing.forms import PathForm, WordsForm
from search.models import AcuteWord, CompoundPart, PinnedResult, SavedSearch, Synonym

# The button that shows what would change, and then what does.
EFFECTS = HelpPanel(template="search/editing/effects.html", heading="Vad ändringen gör")


class WordsViewSet(SnippetViewSet):
    """Rows of the vocabulary, in the order of their words."""

    word: ClassVar[str]
    panels: ClassVar[list[Panel]]
    form: ClassVar[type[WagtailAdminModelForm]] = WordsForm
    copy_view_enabled = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows in order; a press on a column's head orders them otherwise."""
        rows: QuerySet[Any] = self.model._default_manager.order_by(Collate(self.word, SWEDISH))
        return rows

    def get_edit_handler(self) -> Any:
        """Return the panels in the form that checks them."""
        handler = ObjectList(self.panels, base_form_class=self.form)
        return handler.bind_to_model(self.model)


class SynonymViewSet(WordsViewSet):
    """Rules for words that mean the same."""

    model = Synonym
    word = "text"
    panels = [FieldPanel("text"), EFFECTS]
    icon = "link"
    menu_label = "Synonymer"
    list_display = ["text"]
    search_fields = ["text"]
    add_view_class = views.WordsCreateView
    edit_view_class = views.WordsEditView


class PinnedResultViewSet(WordsViewSet):
    """Pages that stand first."""

    model = PinnedResult
    word = "query"
    form = PathForm
    panels = [FieldPanel("query"), FieldRowPanel([FieldPanel("path"), FieldPanel("sort_order")]),
              EFFECTS]  # fmt: skip
    icon = "pick"
    menu_label = "Nålade träffar"
    list_display = ["query", "path", "sort_order"]
    search_fields = ["query", "path"]
    add_view_class = views.WordsCreateView
    edit_view_class = views.WordsEditView


class CompoundPartViewSet(WordsViewSet):
    """What compounds are made of."""

    model = CompoundPart
    word = "word"
    panels = [
        HelpPanel(
            "Ändringen används när sökregistret har gjorts om. Det sker av sig självt, oftast "
            "inom en minut."
        ),
        FieldPanel("word"),
        FieldPanel("use"),
    ]
    icon = "resubmit"
    menu_label = "Delar av sammansatta ord"
    list_display = ["word", "use"]
    list_filter = ["use"]
    search_fields = ["word"]


class AcuteWordViewSet(WordsViewSet):
    """Words that show the numbers to call."""

    model = AcuteWord
    word = "word"
    panels = [FieldPanel("word")]
    icon = "warning"
    menu_label = "Ord för akut hjälp"
    list_display = ["word"]
    search_fields = ["word"]


class SavedSearchViewSet(WordsViewSet):
    """Searches that show what a change does."""

    model = SavedSearch
    word = "query"
    form = PathForm
    panels = [FieldPanel("query"), FieldPanel("path")]
    icon = "list-ul"
    menu_label = "Sparade sökningar"
    list_display = ["query", "path"]
    search_fields = ["query", "path"]


class SearchGroup(SnippetViewSetGroup):
    """The search's words, and what they lack."""

    menu_label = "Sökning"
    menu_icon = "search"
    submenu_hook = "register_search_words_menu_item"
    items = (
        SynonymViewSet,
        PinnedResultViewSet,
        CompoundPartViewSet,
        AcuteWordViewSet,
        SavedSearchViewSet,
    )


register_snippet(SearchGroup)


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    """Lay out what the search adds to the editor."""
    return views.urlpatterns


class UnansweredMenuItem(MenuItem):
    """The report, for those who may see it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether the reader may see searches without a hit."""
        return bool(request.user.has_perm("search.view_unansweredsearch"))


@hooks.register("register_search_words_menu_item")
def register_unanswered() -> MenuItem:
    """Put the report last in the menu of the search."""
    return UnansweredMenuItem(
        "Sökningar utan träff", reverse("search_unanswered"), name="sokningar-utan-traff",
        icon_name="help", order=1000,
    )  # fmt: skip
