"""How a page of the tree is found and shown."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve

from content import guide, tree
from portal import generation


@require_safe
def stepper(request: HttpRequest) -> HttpResponse:
    """Show the next question about a child, or what to do. Kept by nobody: not by the browser."""
    response = render(request, "content/guide.html", guide.shown(request.GET, request.path))
    response["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True)
class Found:
    """The page of an address. The object is shared by requests, so nothing may change it."""

    page: Page
    args: Any
    kwargs: Any
    is_restricted: bool


_found = generation.Memory(1000)


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Show the page at *path*. Where it lies is remembered for a generation of content.

    Wagtail finds an address step by step, in a dozen queries; an open page is known from the tree
    instead. A page that not everyone may see goes Wagtail's own way, where the reader is tried
    against its restrictions. Raises Http404.
    """

    def find() -> Found:
        here = tree.now()
        language = translation.get_language() or settings.LANGUAGE_CODE
        below = "" if language == settings.LANGUAGE_CODE else f"{language}/"
        place = here.at(f"{below}{path}".strip("/")) if here.is_one_site else None
        if place:
            return Found(place.fetch(), (), {}, is_restricted=False)
        route = Page.route_for_request(request, path)
        if route is None:
            raise Http404("Sidan finns inte")
        page, args, kwargs = route
        return Found(page, args, kwargs, page.get_view_restrictions().exists())

    found = _found.get((request.get_host(), translation.get_language(), path), find)
    if found.is_restricted:
        return wagtail_serve(request, path)  # type: ignore[no-any-return]
    for hook in hooks.get_hooks("before_serve_page"):
        answer = hook(found.page, request, found.args, found.kwargs)
        if isinstance(answer, HttpResponse):
            return answer
    return found.page.serve(request, *found.args, **found.kwargs)  # type: ignore[no-any-return]
