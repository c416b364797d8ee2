"""The search page, and the same search as JSON.

Nobody is remembered: no cookie is set and no query is logged. A search that finds nothing is
counted, in a way that tells neither who made it nor, until it has been made on several days, what
it was (search.unanswered).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from content.taxonomy import Kind
from portal.organisation.models import Operation
from search import service, unanswered
from search.plan import clean

PAGE_SIZE = 10
LAST_PAGE = 20
DEFAULT_COUNT = 10
MAX_COUNT = 50

type View = Callable[[HttpRequest], HttpResponse]

# A shared computer's browser keeps no list of what somebody searched for.
_never_kept = cache_control(no_store=True)


# --- The page -----------------------------------------------------------------------------------


@_never_kept
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what was found. An unknown filter is left out rather than refused."""
    query = clean(request.GET.get("q", ""))
    operations = _operations()
    kind = _known(request.GET.get("typ", ""), Kind.values)
    operation = _known(request.GET.get("verksamhet", ""), operations)
    number = _page_number(request.GET.get("sida", ""))
    answer = _page_of_answer(query, kind, operation, number)
    if not answer.results and (pages := _pages(answer)) and number > pages:
        number = pages
        answer = _page_of_answer(query, kind, operation, number)
    _count_if_unanswered(request, answer, operation)
    return render(
        request,
        "search/search.html",
        {
            "q": query,
            "results": [
                {
                    "path": result.path,
                    "type": result.kind,
                    "type_label": Kind(result.kind).label,
                    "title": result.title,
                    "title_html": _marked(result.title_html),
                    "url": result.url,
                    "heading": result.heading,
                    "snippet_html": _marked(result.snippet),
                }
                for result in answer.results
            ],
            "total": answer.total,
            "corrected": answer.corrected,
            "is_acute": answer.is_acute,
            "is_in_reserve": answer.is_in_reserve,
            "types": [
                {
                    "value": value,
                    "label": label,
                    "selected": value == kind,
                    "count": answer.counts.get(value, 0),
                }
                for value, label in Kind.choices
                if value == kind or answer.counts.get(value)
            ],
            "operations": [
                {"value": slug, "label": name, "selected": slug == operation}
                for slug, name in operations.items()
            ],
            "pagination": _pagination(answer, number, query, kind, operation),
        },
    )


def _page_of_answer(query: str, kind: str, operation: str, number: int) -> service.Answer:
    return service.search(
        query, kind=kind, operation=operation, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )


def _count_if_unanswered(request: HttpRequest, answer: service.Answer, operation: str) -> None:
    """Count a search that found nothing anywhere; one that a filter left empty found something."""
    if request.method == "GET" and not answer.counts and not operation:
        unanswered.note(answer.query, today=timezone.localdate())


def _pages(answer: service.Answer) -> int:
    return min(-(-answer.total // PAGE_SIZE), LAST_PAGE)


def _marked(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308  # search.highlight escapes all but its own <mark>


def _page_number(text: str) -> int:
    """Return a page number; what is no number of a page is the first."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    return min(max(number, 1), LAST_PAGE)


def _pagination(
    answer: service.Answer, number: int, query: str, kind: str, operation: str
) -> dict[str, Any] | None:
    pages = _pages(answer)
    if pages < 2:
        return None

    def url(wanted: int) -> str | None:
        if not 1 <= wanted <= pages:
            return None
        parameters = {"q": query, "typ": kind, "verksamhet": operation}
        kept = {name: value for name, value in parameters.items() if value}
        if wanted > 1:
            kept["sida"] = str(wanted)
        return f"{reverse('sok')}?{urlencode(kept)}"

    return {
        "number": number,
        "pages": pages,
        "previous_url": url(number - 1),
        "next_url": url(number + 1),
    }


def _operations() -> dict[str, str]:
    return dict(Operation.objects.order_by("sort_order").values_list("slug", "name"))


def _known(value: str, allowed: Any) -> str:
    return value if value in allowed else ""


# --- JSON ---------------------------------------------------------------------------------------


class _BadRequest(Exception):
    """A parameter is missing or wrong; the message is Swedish and says what to do."""


def _json_get(view: Callable[[HttpRequest], dict[str, Any]]) -> View:
    """Answer GET and HEAD in JSON, whatever happens: a program cannot follow a sign-in page."""

    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            response = _json({"error": "Använd GET."}, 405)
            response["Allow"] = "GET, HEAD"
            return response
        if not settings.OPEN_CONTENT and not request.user.is_authenticated:
            return _json({"error": "Logga in för att söka."}, 401)
        try:
            return _json(view(request))
        except _BadRequest as fault:
            return _json({"error": str(fault)}, 400)

    return login_not_required(_never_kept(wrapped))


def _json(data: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})


@_json_get
def search_api(request: HttpRequest) -> dict[str, Any]:
    """Answer `GET /api/sok?q=&typ=&verksamhet=&antal=`."""
    query = _query(request)
    kind = request.GET.get("typ", "")
    if kind and kind not in Kind.values:
        raise _BadRequest(f"Okänd typ. Välj en av: {', '.join(Kind.values)}.")
    operation = request.GET.get("verksamhet", "")
    if operation and operation not in (known := _operations()):
        raise _BadRequest(f"Okänd verksamhet. Välj en av: {', '.join(known)}.")
    answer = service.search(
        query, kind=kind, operation=operation, limit=_count(request.GET.get("antal", ""))
    )
    _count_if_unanswered(request, answer, operation)
    return {
        "query": answer.query,
        "corrected": answer.corrected,
        "total": answer.total,
        "engine": answer.engine,
        "results": [
            {
                "path": result.path,
                "type": result.kind,
                "title": result.title,
                "url": result.url,
                "heading": result.heading,
                "snippet": result.snippet,
                "score": result.score,
            }
            for result in answer.results
        ],
    }


@_json_get
def suggest_api(request: HttpRequest) -> dict[str, Any]:
    """Answer `GET /api/sok/forslag?q=` with what the person may be about to write."""
    query = clean(request.GET.get("q", ""))
    return {
        "suggestions": [
            {"text": suggestion.text, "url": suggestion.url}
            for suggestion in service.suggest(query)
        ]
    }


def _query(request: HttpRequest) -> str:
    query = clean(request.GET.get("q", ""))
    if not query:
        raise _BadRequest("Skriv vad du söker i q.")
    return query


def _count(text: str) -> int:
    if not text:
        return DEFAULT_COUNT
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_COUNT):
        raise _BadRequest(f"antal ska vara ett heltal från 1 till {MAX_COUNT}.")
    return int(text)
