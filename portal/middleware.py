"""What holds for every response."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PrivatePagesMiddleware:
    """Keep signed-in pages out of caches, and what a stranger reads out of referrers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add `no-store` for the signed-in, `no-referrer` to a stranger's page without a form."""
        response = self.get_response(request)
        if not request.user.is_authenticated and "CSRF_COOKIE" not in request.META:
            response["Referrer-Policy"] = "no-referrer"
        if request.user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        return response
