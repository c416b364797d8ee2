"""How the portal is: for the proxy, the container's host and the one who watches over it.

These three addresses are answered before everything else, also when the portal is closed for work
or asked for by a name that is not its own, and say nothing of versions, machines or people.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from django.apps import apps
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import metrics
from portal.jobs.models import ChoreRun, Worker

PREFIX = "/halsa/"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1", ""})
_FORWARDED = (
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_FORWARDED",
    "HTTP_X_REAL_IP", "HTTP_VIA",
)  # fmt: skip

type Part = Callable[[], str]
_parts: dict[str, Part] = {}


def part(name: str) -> Callable[[Part], Part]:
    """Have the decorated function tell how a part is, in one word, on the readiness page.

    It is told for whoever watches; nothing that it says makes the portal unready.
    """

    def register(tell: Part) -> Part:
        _parts[name] = tell
        return tell

    return register


class HealthMiddleware:
    """Answer for the portal's health first of all: without host, session or language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass on what is not about health."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if match.func.__module__ != __name__:
            return self.get_response(request)
        try:
            response: HttpResponse = match.func(request)
        except Http404:
            response = HttpResponse("finns inte", status=404, content_type="text/plain")
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether the portal can serve, and how its parts are.

    Only a database that does not answer or lacks a migration makes it unready: without search,
    worker or timer people can still read.
    """
    said: dict[str, object] = {"ready": False, "database": "away"}
    try:
        missing = are_migrations_missing()
        said |= {"database": "ok", "migrations": "missing" if missing else "ok"}
        if not missing:
            said |= {"ready": True} | {name: tell() for name, tell in _parts.items()}
            said |= {"worker_age_seconds": worker_age(), "timer_age_seconds": timer_age()}
    except DatabaseError:
        said["ready"] = False
    return JsonResponse(said, status=200 if said["ready"] else 503)


@login_not_required
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    """Give the figures that Prometheus reads, to a program on this machine and nobody else.

    What a proxy passes on comes from this machine too, but says so in a header.
    """
    if request.META.get("REMOTE_ADDR", "") not in _LOOPBACK or any(
        name in request.META for name in _FORWARDED
    ):
        raise Http404
    return HttpResponse(metrics.render(), content_type=metrics.CONTENT_TYPE)


def worker_age() -> int | None:
    """Return how many seconds ago the liveliest worker gave a sign of life; None without any."""
    return _age(Worker.last_seen())


def timer_age() -> int | None:
    """Return how many seconds ago a tick did something; None when none ever has."""
    runs = ChoreRun.objects.filter(finished_at__isnull=False).order_by("-finished_at")
    return _age(runs.values_list("finished_at", flat=True).first())


def _age(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    return max(int((timezone.now() - moment).total_seconds()), 0)


# --- Migrations ---------------------------------------------------------------------------------

_is_migrated = False


def are_migrations_missing() -> bool:
    """Return whether the database lacks a migration. Asked until it does not, then only whether
    the database answers: a database never loses one while the portal runs.
    """
    global _is_migrated
    if _is_migrated:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return False
    _is_migrated = not (
        known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    )
    return not _is_migrated


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations of this version, by the names of their files.

    Django's own loader would import every one of them into each web process.
    """
    found = set()
    for app in apps.get_app_configs():
        name, _ = MigrationLoader.migrations_module(app.label)
        try:
            package = import_module(name) if name else None
        except ModuleNotFoundError:
            continue
        if package is not None:
            found |= {
                (app.label, module.name)
                for module in iter_modules(package.__path__)
                if not module.ispkg and module.name[0] not in "_~"
            }
    return frozenset(found)
