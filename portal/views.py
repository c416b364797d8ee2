"""Pages of the house itself: signing in and out, health, faults."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.organisation.demo import describe_cast


class SignIn(LoginView):
    """The sign-in form. In demo mode it lists the cast."""

    template_name = "portal/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo accounts and their password, in demo mode alone."""
        context = super().get_context_data(**kwargs)
        # LoginView calls the host by this name.
        context["site_name"] = settings.WAGTAIL_SITE_NAME
        if settings.DEMO:
            context["demo_accounts"] = [
                {"username": username, "description": description}
                for username, description in describe_cast().items()
            ]
            context["demo_password"] = settings.DEMO_PASSWORD
        return context


class SignOut(LogoutView):
    """Signs out and, over HTTPS, asks the browser to forget what it kept."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out by POST alone."""
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        if request.is_secure():
            response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response


sign_in = never_cache(SignIn.as_view())
sign_out = method_decorator(login_not_required, name="dispatch")(SignOut).as_view()


@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether the portal can serve: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("databasen svarar inte", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in Swedish that a form was too old, without losing what was already saved."""
    return render(request, "portal/csrf.html", status=403)
