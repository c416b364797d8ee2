"""What several views of training need."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import time_format
from wagtail.models import Locale

from portal import generation
from portal.carrying import carries
from portal.organisation.models import Person, User
from portal.signing_in import ask_to_sign_in
from training.models import ModulePage, ModuleVersion
from training.models.overview import current_version, person_of

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def person_required[**P](
    view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse],
) -> View[P]:
    """Ask for sign-in and hand the view the signed-in person. A form is not lost on the way."""

    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
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

    # It asks itself, so that the guard of a closed portal does not drop the form.
    return login_not_required(carries(update_wrapper(wrapped, view)))


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


@dataclass(frozen=True)
class PublishedModule:
    """A module as its readers find it: the frozen version, its address and the way there."""

    version: ModuleVersion
    title: str
    url: str
    breadcrumb: tuple[dict[str, str], ...]


_modules = generation.Memory(200)


def published_module(slug: str) -> PublishedModule:
    """Return the published module with that slug. Raises Http404."""
    language = (translation.get_language() or "sv").split("-")[0]

    def find() -> PublishedModule:
        locale = Locale.objects.filter(language_code=language).first()
        page = ModulePage.objects.live().public().filter(slug=slug, locale=locale).first()
        version = page and current_version(page.translation_key, language)
        if page is None or version is None:
            raise Http404("Modulen finns inte")
        way = (*page.breadcrumb(), {"title": page.title, "url": page.url})
        return PublishedModule(version, version.data["title"], page.url, way)

    return _modules.get((slug, language), find)


def clock(moment: Any) -> str:
    """Return the time of day as `10:42`, in the portal's time zone."""
    return str(time_format(timezone.localtime(moment), "H:i"))
