"""Views of the editor: what a change of words does, and the searches that found nothing."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.snippets.views.snippets import CreateView, EditView

from portal.organisation.models import User
from search import effects, service, unanswered, wording
from search.editing import keywords
from search.editing.forms import KeywordForm
from search.models import PinnedResult, SearchPassage, Synonym
from search.unanswered import Unanswered
from search.wording import Wording

SHOW = "visa-andringar"
MOST_ROWS = 50


# --- What a change does -------------------------------------------------------------------------


def changed_by(row: Synonym | PinnedResult) -> Any:
    """Return how *row*, not saved yet, would change what is said of words."""

    def change(said: Wording) -> Wording:
        if isinstance(row, Synonym):
            others = Synonym.objects.exclude(pk=row.pk).order_by("pk")
            lines = [*others.values_list("text", flat=True), row.text]
            return replace(said, rules=wording.rules(lines))
        pins = [*PinnedResult.objects.exclude(pk=row.pk), row]
        return replace(said, pins=wording.pins(pins))

    return change


class _ShowsEffects:
    """A view whose form can show what would change instead of saving it."""

    def post(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the effects when they were asked for; else save."""
        if SHOW not in request.POST:
            saved: HttpResponseBase = super().post(request, *args, **kwargs)  # type: ignore[misc]  # the view's
            return saved
        if not hasattr(self, "object"):
            self.object = None if isinstance(self, CreateView) else self.get_object()
        self.form = form = self.get_form()
        shown: HttpResponseBase
        if not self.is_valid(form):
            shown = self.form_invalid(form)
        else:
            form.effects = effects.of(changed_by(form.instance))
            shown = self.render_to_response(self.get_context_data())
        return shown


class WordsCreateView(_ShowsEffects, CreateView):
    """A new row. What is named in the address is filled in."""

    def get_initial(self) -> dict[str, Any]:
        """Begin with the words that somebody searched for in vain."""
        given = {
            name: self.request.GET[name][:200]
            for name in ("text", "query")
            if name in self.request.GET
        }
        return {**super().get_initial(), **given}


class WordsEditView(_ShowsEffects, EditView):
    """A row there is."""


# --- Searches that found nothing ----------------------------------------------------------------


def _needs(request: HttpRequest, *permissions: str) -> User:
    """Return the editor, who has these permissions."""
    if not isinstance(request.user, User) or not request.user.has_perms(permissions):
        raise PermissionDenied
    return request.user


def _still_unanswered(rows: list[Unanswered]) -> list[Unanswered]:
    return [row for row in rows if not service.search(row.words, limit=1, engine="embedded").total]


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """List what has been searched for in vain often enough."""
    _needs(request, "search.view_unansweredsearch")
    return _report(request)


def _report(
    request: HttpRequest, *, digest: str = "", form: KeywordForm | None = None
) -> HttpResponse:
    rows = _still_unanswered(unanswered.report(MOST_ROWS))
    title = "Sökningar utan träff"
    return render(
        request,
        "search/editing/unanswered.html",
        {
            "page_title": title, "header_title": title, "header_icon": "search",
            "rows": [(row, form if row.digest == digest else None) for row in rows],
            "pages": SearchPassage.objects.filter(
                order=0, page__live=True, page__content_type__app_label="content"
            ).order_by("path"),
            "synonym_url": reverse(f"{Synonym.snippet_viewset.url_namespace}:add"),  # type: ignore[attr-defined]  # set by Wagtail
            "may_write": request.user.has_perm("search.add_synonym"),
            "may_forget": request.user.has_perm("search.delete_unansweredsearch"),
            "k": unanswered.K, "weeks": unanswered.KEPT_WEEKS,
        },
        status=400 if form else 200,
    )  # fmt: skip


def _row(request: HttpRequest) -> Unanswered:
    """Return the search that a form is about; what is not in the report does not exist."""
    wanted = request.POST.get("digest", "")
    for row in unanswered.report(MOST_ROWS):
        if row.digest == wanted:
            return row
    raise Http404


@require_POST
def add_keyword(request: HttpRequest) -> HttpResponseBase:
    """Add the words to a page's keywords and publish it."""
    editor = _needs(request, "search.add_synonym", "search.view_unansweredsearch")
    row = _row(request)
    form = KeywordForm(request.POST)
    if not form.is_valid():
        return _report(request, digest=row.digest, form=form)
    try:
        page = keywords.add(
            words=row.words, digest=row.digest, path=form.cleaned_data["path"], by=editor
        )
    except keywords.NotAddable as fault:
        form.add_error("path", str(fault))
        return _report(request, digest=row.digest, form=form)
    messages.success(request, f"”{row.words}” leder nu till sidan {page.title}.")
    return redirect("search_unanswered")


@require_POST
def forget(request: HttpRequest) -> HttpResponseBase:
    """Take a search off the list; it comes back only if it is made often again."""
    _needs(request, "search.delete_unansweredsearch")
    row = _row(request)
    unanswered.forget(row.digest)
    messages.success(request, f"”{row.words}” är borttagen ur listan.")
    return redirect("search_unanswered")


urlpatterns: list[Any] = [
    path("sokning/utan-traff/", report, name="search_unanswered"),
    path("sokning/utan-traff/sokord/", add_keyword, name="search_unanswered_keyword"),
    path("sokning/utan-traff/ta-bort/", forget, name="search_unanswered_forget"),
]
