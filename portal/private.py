"""What pages for one person share: they ask for sign-in, and a form is not lost on the way."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.carrying import carries
from portal.organisation.models import Person, User
from portal.signing_in import ask_to_sign_in

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def person_required[**P](
    view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse],
) -> View[P]:
    """Ask for sign-in and hand the view the signed-in person. A form is not lost on the way."""

    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        person = account_of(request).person
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
