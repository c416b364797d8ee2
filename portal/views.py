"""The living page of the design system, and the states that are whole pages."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import components as design
from portal import signing_in, states
from portal.carrying import Form


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in every state. Only in demo mode."""
    if not settings.DEMO:
        raise Http404("Sidan finns bara i visningsläge")
    if state := request.GET.get("tillstand"):
        return _whole_page(request, state)
    tab = request.GET.get("flik", next(iter(design.TABS)))
    if tab not in design.TABS:
        raise Http404("Fliken finns inte")
    return render(
        request,
        "portal/components.html",
        {
            "tab": design.TABS[tab],
            "tabs": [
                {"title": title, "url": f"?flik={key}", "selected": key == tab}
                for key, title in design.TABS.items()
            ],
            "sections": design.shown(tab, request.GET),
            "errors": design.form_errors(request.GET) if tab == "formular" else [],
            "breadcrumb": [
                {"title": "Start", "url": "/"},
                {"title": "Om portalen", "url": "/om-portalen/"},
                {"title": "Komponenter", "url": ""},
            ],
        },
    )


def _missing(request: HttpRequest) -> HttpResponse:
    raise Http404("Visat med flit")


def _forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def _refused(request: HttpRequest) -> HttpResponse:
    words = {
        "title": "Testet är redan inlämnat",
        "text": "Svaret sparades inte, eftersom testet var inlämnat.",
        "url": request.path,
        "label": "Tillbaka till komponenterna",
    }
    return render(request, "portal/problem.html", words, status=409)


def _example(request: HttpRequest) -> Form:
    return Form(request.path, (("exempel", "1"),))


_PAGES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "404": _missing,
    "403": _forbidden,
    "formular": signing_in.csrf_failure,
    "utloggad": lambda request: signing_in.keep(request, _example(request)),
    "steg": lambda request: signing_in.send_on(request, _example(request), by_itself=False),
    "nej": _refused,
    "500": states.server_error,
    "stangt": lambda request: states.closed(
        "Klart ungefär klockan 14.30. (Det här är ett exempel.)"
    ),
}


def _whole_page(request: HttpRequest, state: str) -> HttpResponse:
    if state not in _PAGES:
        raise Http404("Tillståndet finns inte")
    return _PAGES[state](request)
