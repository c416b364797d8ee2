"""How a page of the tree is found and shown."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from wagtail import hooks
from wagtail.models import Page
from wagtail.views import serve as wagtail_serve

from portal import generation


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

    Finding it anew costs a dozen queries. A page that not everyone may see goes Wagtail's own way,
    where the reader is tried against its restrictions. Raises Http404.
    """

    def find() -> Found:
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
