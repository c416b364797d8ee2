"""Certificates: for the holder a page to keep, for anyone a way to check a code.

A code in an address is taken as someone may have typed it: small letters, without hyphens.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import audit
from portal.organisation.models import Employment, Person, Unit
from portal.private import account_of, person_required
from training.forms import code_of
from training.models import Completion
from training.models.overview import person_of


@require_safe
@person_required
def certificate(request: HttpRequest, person: Person, code: str) -> HttpResponse:
    """Show the certificate to its holder. For anyone else it does not exist."""
    completion = (
        Completion.objects.standing()
        .filter(code=code_of(code), person=person)
        .select_related("module", "version")
        .first()
    )
    if completion is None:
        raise Http404("Intyget finns inte")
    return render(
        request,
        "training/certificate.html",
        {
            "name": person.full_name,
            "module": completion.version.data["title"],
            "minutes": completion.version.data["minutes"],
            "version": completion.version.number,
            "completed_at": completion.completed_at,
            "how_label": completion.get_how_display(),
            "code": completion.code,
            "verify_url": request.build_absolute_uri(
                reverse("training:verify", args=[completion.code])
            ),
        },
    )


@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say whether a code is a certificate's, of what and when; whose, only to those who may."""
    typed = request.GET.get("kod", "")
    if typed:
        if wanted := code_of(typed):
            return redirect("training:verify", code=wanted)
        return render(
            request,
            "training/verify.html",
            {
                "code": typed,
                "error": "Skriv koden som står på intyget, till exempel K7QF-2M9X-R4TD.",
            },
            status=400,
        )
    if not code:
        return render(request, "training/verify.html", {})
    completion = (
        Completion.objects.filter(code=code_of(code))
        .select_related("person", "version", "revocation")
        .first()
    )
    result = {
        "found": completion is not None,
        "module": completion.version.data["title"] if completion else "",
        "completed_at": completion.completed_at if completion else None,
        "name": _name_for(request, completion) if completion else None,
        "revoked": completion is not None and hasattr(completion, "revocation"),
    }
    return render(
        request,
        "training/verify.html",
        {"code": code, "result": result},
        status=200 if completion else 404,
    )


def _name_for(request: HttpRequest, completion: Completion) -> str | None:
    """Return whose certificate it is to those who may know. That a manager looked is on record."""
    reader, holder = person_of(request), completion.person
    if reader is None or not _may_know(reader, holder):
        return None
    if reader != holder:
        audit.record(audit.Action.CERTIFICATE_CHECKED, completion, by=account_of(request))
    return holder.full_name


def _may_know(reader: Person, holder: Person) -> bool:
    """Return whether *reader* is the holder, or a manager of a holder who may be named."""
    if reader == holder:
        return True
    today = timezone.localdate()
    units = Unit.objects.managed_by(reader, on=today)
    return (
        not holder.is_protected
        and Employment.objects.in_force_on(today).filter(person=holder, unit__in=units).exists()
    )
