"""Signing in and out, and what happens to a form whose session ended."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from portal import carrying
from portal.organisation.demo import describe_cast

_TOO_OLD = "Det du fyllde i innan du loggades ut hann bli för gammalt. Fyll i det igen."


class SignIn(LoginView):
    """The sign-in form. In demo mode it lists the cast."""

    template_name = "portal/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send a carried form on at once for who has signed in elsewhere meanwhile."""
        carried = self._carried(request)
        if carried and request.user.is_authenticated:
            return send_on(request, carried)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, and send the carried form on or go where the person was going."""
        response: HttpResponse = super().form_valid(form)
        if not self.request.POST.get(carrying.FIELD):
            return response
        carried = self._carried(self.request)
        if carried:
            return send_on(self.request, carried)
        messages.warning(self.request, _TOO_OLD)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the template draws; the demo accounts and their password in demo mode alone."""
        context = super().get_context_data(**kwargs)
        # LoginView calls the host by this name.
        context["site_name"] = settings.WAGTAIL_SITE_NAME
        form = context["form"]
        problems = {
            "username": "Skriv ditt användarnamn." if form.errors.get("username") else "",
            "password": "Skriv ditt lösenord." if form.errors.get("password") else "",
        }
        context["username_error"] = problems["username"]
        context["password_error"] = problems["password"]
        context["errors"] = [
            *({"text": text, "href": "#id_username"} for text in form.non_field_errors()),
            *({"text": text, "href": f"#id_{name}"} for name, text in problems.items() if text),
        ]
        if "carried" not in context and self._carried(self.request):
            context["carried"] = self.request.POST[carrying.FIELD]
        if settings.DEMO:
            context["demo_accounts"] = [
                {"username": username, "description": description}
                for username, description in describe_cast().items()
            ]
            context["demo_password"] = settings.DEMO_PASSWORD
        return context

    @staticmethod
    def _carried(request: HttpRequest) -> carrying.Form | None:
        return carrying.unseal(request.POST.get(carrying.FIELD, ""))


class SignOut(LogoutView):
    """Signs out and, over HTTPS, asks the browser to forget what it kept."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out by POST alone."""
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        if request.is_secure():
            response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response


sign_in = never_cache(method_decorator(login_not_required, name="dispatch")(SignIn).as_view())
sign_out = method_decorator(login_not_required, name="dispatch")(SignOut).as_view()


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to sign-in and back. A form that was filled in follows along."""
    carried = carrying.form_of(request)
    return keep(request, carried) if carried else redirect_to_login(request.get_full_path())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in Swedish that a form was too old.

    One of our own pages may have been left open while the person signed in anew in another tab. The
    browser vouches for where the form came from, so what was filled in need not be lost: it is
    shown as one step left, and a person's press sends it, never a script.
    """
    if carrying.is_from_our_own_page(request):
        sealed = request.POST.get(carrying.FIELD, "")
        carried = carrying.unseal(sealed) if sealed else carrying.form_of(request)
        if carried and request.user.is_authenticated:
            return send_on(request, carried, by_itself=False, status=403)
        if carried:
            return keep(request, carried)
    return render(request, "portal/csrf.html", status=403)


def keep(request: HttpRequest, carried: carrying.Form) -> HttpResponse:
    """Show the sign-in form with what was filled in sealed inside."""
    view = SignIn()
    view.setup(request)
    context = view.get_context_data(
        form=AuthenticationForm(request), carried=carrying.seal(carried)
    )
    context["next"] = carried.path
    response = render(request, SignIn.template_name, context, status=401)
    add_never_cache_headers(response)
    return response


def send_on(
    request: HttpRequest, carried: carrying.Form, *, by_itself: bool = True, status: int = 200
) -> HttpResponse:
    """Show what was filled in as a form of the new session."""
    response = render(
        request, "portal/send_on.html", {"form": carried, "by_itself": by_itself}, status=status
    )
    add_never_cache_headers(response)
    return response


def editors_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Turn those who are signed in without being editors away from the editor.

    Wagtail would send them to the sign-in form, and that one back. Strangers are still asked to
    sign in. Raises PermissionDenied.
    """

    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if user.is_authenticated and not user.has_perm("wagtailadmin.access_admin"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return update_wrapper(wrapped, view)
