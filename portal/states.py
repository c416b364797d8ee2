"""What the portal says when it cannot serve: a fault, or closed for work.

These pages ask nothing of the database, the session or the reader.
"""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

RETRY_AFTER_SECONDS = 600
_LONGEST_NOTE = 300
# Whoever watches over the process must not take a planned pause for a fault.
_ALWAYS_OPEN = "/halsa/"


def page_that_stands_alone(template: str, *, status: int, **context: object) -> HttpResponse:
    """Return a page made of nothing but settings."""
    context |= {"site_name": settings.WAGTAIL_SITE_NAME, "exit_url": settings.EXIT_URL}
    return HttpResponse(render_to_string(template, context), status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something went wrong here. Django's handler500."""
    return page_that_stands_alone("500.html", status=500)


def closed(note: str = "") -> HttpResponse:
    """Say that the portal is closed for a while."""
    response = page_that_stands_alone(
        "maintenance.html", status=503, note=note.strip()[:_LONGEST_NOTE]
    )
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


class MaintenanceMiddleware:
    """Close the portal while the file `maintenance` lies in var/. Its text is shown to readers.

    It stands before everything that needs the database, and after what sets the security headers
    and serves the page's own style.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer that the portal is closed, or pass the request on."""
        switch: Path = settings.MAINTENANCE_FILE
        if request.path.startswith(_ALWAYS_OPEN) or not switch.exists():
            return self.get_response(request)
        try:
            note = switch.read_text(encoding="utf-8", errors="replace")
        except OSError:  # removed in between, or not readable for the server
            note = ""
        return closed(note)
