"""What every template may use."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """Return the installation's facts. Never the reader: that would make pages uncacheable."""
    return {
        "site_name": settings.WAGTAIL_SITE_NAME,
        "exit_url": settings.EXIT_URL,
        "demo": settings.DEMO,
    }
