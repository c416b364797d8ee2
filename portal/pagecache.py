"""Open pages, kept whole for those who have not signed in.

Only a request without any cookie of ours is answered from here, so nothing personal can be kept or
given out, and no reader is told from another. A kept page is one for its generation and its day.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from portal import generation

_SIZE = 500
_KEPT_HEADERS = ("Content-Type", "Content-Language", "Referrer-Policy")
memory = generation.Memory(_SIZE)


@dataclass(frozen=True)
class KeptPage:
    """A page as it is sent: the bytes, the same packed, and what names them."""

    content: bytes
    packed: bytes
    etag: str
    headers: dict[str, str]


class NotKept(Exception):
    """The response is for this request alone."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


class OpenPagesMiddleware:
    """Answer strangers' requests for open pages from memory."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the page, kept or made; a browser that has it already is told so."""
        with generation.one_request():
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if not _is_open(request):
            return self.get_response(request)
        key = (request.get_host(), request.path, timezone.localdate())
        try:
            page = memory.get(key, lambda: self._make(request))
        except NotKept as made:
            return made.response
        return _answer(request, page)

    def _make(self, request: HttpRequest) -> KeptPage:
        """Return the page to keep. Raises NotKept for what must not be."""
        response = self.get_response(request)
        if (
            response.status_code != 200
            or response.streaming
            or response.cookies
            or "CSRF_COOKIE" in request.META
            or "Cache-Control" in response
            or not response["Content-Type"].startswith("text/html")
        ):
            raise NotKept(response)
        if hasattr(response, "render") and not getattr(response, "is_rendered", True):
            response.render()
        content = response.content
        return KeptPage(
            content,
            gzip.compress(content, 6, mtime=0),
            f'"{hashlib.sha256(content).hexdigest()[:32]}"',
            {name: response[name] for name in _KEPT_HEADERS if name in response},
        )


def _is_open(request: HttpRequest) -> bool:
    """Return whether the answer cannot depend on who asks: nothing but an address was sent."""
    return (
        request.method in {"GET", "HEAD"}
        and settings.OPEN_CONTENT
        and not getattr(request, "is_preview", False)
        and not request.META.get("QUERY_STRING")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and settings.CSRF_COOKIE_NAME not in request.COOKIES
        and "HTTP_AUTHORIZATION" not in request.META
        and not request.path.startswith(("/cms/", "/api/", "/halsa/", "/static/", "/dokument/"))
    )


def _answer(request: HttpRequest, page: KeptPage) -> HttpResponse:
    packed = "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    etag = page.etag if not packed else f'{page.etag[:-1]}-gz"'
    wanted = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    response: HttpResponse
    if wanted and (etag in {tag.removeprefix("W/") for tag in wanted} or "*" in wanted):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(page.packed if packed else page.content)
        if packed:
            response["Content-Encoding"] = "gzip"
        response["Content-Length"] = str(len(response.content))
    for name, value in page.headers.items():
        response[name] = value
    response["ETag"] = etag
    # A browser may keep it but must ask: an unpublished page is gone at once.
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response
