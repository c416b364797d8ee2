"""Pages of the house itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in Swedish that a form was too old, without losing what was already saved."""
    return render(request, "portal/csrf.html", status=403)
