"""What several views of training need."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import time_format
from wagtail.models import Locale

from portal.organisation.models import Person, User
from training.models import ModulePage, ModuleVersion
from training.models.overview import current_version, person_of

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def person_required[**P](
    view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse],
) -> View[P]:
    """Ask for sign-in and hand the view the signed-in person."""

    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        person = person_of(request)
        if person is None:
            return problem(
                request,
                403,
                "Kontot hör inte till någon anställd",
                "Det du gör här sparas på en anställd, och det här kontot har ingen. Logga in "
                "med ett konto som hör till en anställning, eller be personaladministrationen om "
                "hjälp.",
            )
        return view(request, person, *args, **kwargs)

    return login_required(update_wrapper(wrapped, view))


def account_of(request: HttpRequest) -> User:
    """Return the signed-in account. Only for views that ask for sign-in."""
    if not isinstance(request.user, User):
        raise TypeError("the view must ask for sign-in")
    return request.user


def problem(request: HttpRequest, status: int, title: str, text: str, **links: Any) -> HttpResponse:
    """Return a page that says what is wrong and what to do. `links` may hold `url` and `label`."""
    return render(
        request, "portal/problem.html", {"title": title, "text": text, **links}, status=status
    )


def published_module(slug: str) -> tuple[ModulePage, ModuleVersion]:
    """Return the published module and its newest version. Raises Http404."""
    code = translation.get_language() or "sv"
    locale = Locale.objects.filter(language_code=code.split("-")[0]).first()
    page = ModulePage.objects.live().public().filter(slug=slug, locale=locale).first()
    version = page and current_version(page.translation_key, page.locale.language_code)
    if page is None or version is None:
        raise Http404("Modulen finns inte")
    return page, version


def clock(moment: Any) -> str:
    """Return the time of day as `10:42`, in the portal's time zone."""
    return str(time_format(timezone.localtime(moment), "H:i"))
