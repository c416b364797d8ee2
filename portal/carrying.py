"""Forms that outlive the session they were filled in under.

Someone who has been signed out presses "Spara och gå vidare". What was filled in then follows
through the sign-in form as a sealed field: signed, valid for two hours, and made of nothing but the
form itself. Nothing is stored meanwhile, so nobody else at the same computer can find it. After
sign-in the browser sends the form again, with a token of the new session, to the same address: the
view decides as always whose answer it may be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest

FIELD = "carried"
VALID = timedelta(hours=2)
_SALT = "portal.carrying"
_LARGEST = 20_000
_NOT_THE_FORMS_OWN = {"csrfmiddlewaretoken", FIELD}


@dataclass(frozen=True)
class Form:
    """What was filled in and where it was on its way."""

    path: str
    fields: tuple[tuple[str, str], ...]


def carries[V: Callable[..., object]](view: V) -> V:
    """Mark a view whose forms may be carried. Never one that takes a password."""
    view.carries_forms = True  # type: ignore[attr-defined]  # functions take attributes
    return view


def form_of(request: HttpRequest) -> Form | None:
    """Return what the request's form says, if it says anything and its view lets it be carried."""
    view = request.resolver_match and request.resolver_match.func
    if request.method != "POST" or not getattr(view, "carries_forms", False):
        return None
    fields = tuple(
        (name, value)
        for name, values in request.POST.lists()
        if name not in _NOT_THE_FORMS_OWN
        for value in values
    )
    if not fields or sum(len(name) + len(value) for name, value in fields) > _LARGEST:
        return None
    return Form(request.path, fields)


def seal(form: Form) -> str:
    """Return the form as one field's value."""
    return signing.dumps([form.path, form.fields], salt=_SALT, compress=True)


def unseal(text: str) -> Form | None:
    """Return the form again, or None when it is not ours or too old."""
    try:
        path, fields = signing.loads(text, salt=_SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return Form(path, tuple((name, value) for name, value in fields))


def is_from_our_own_page(request: HttpRequest) -> bool:
    """Return whether the browser vouches that one of our own pages sent the form."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
