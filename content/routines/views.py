"""A unit's own routine: read by all who work there, filled in by its manager.

What is not yours is not found. Nothing about who reads a routine is on record, only who changes it.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from content.models import RoutineVersion
from content.models.routines import RoutineTemplate
from content.routines import actions, shown
from content.routines.forms import RoutineForm, control
from content.routines.sections import DEPUTY, SECTIONS
from portal.organisation.models import Person, Unit
from portal.private import account_of, person_required

PAGE_SIZE = 50
TEMPLATE = RoutineTemplate.CONCERN


# --- Reading ------------------------------------------------------------------------------------


@require_safe
@person_required
def index(request: HttpRequest, person: Person) -> HttpResponse:
    """List the units whose routine concerns the reader."""
    today = timezone.localdate()
    units = shown.listed_for(person, TEMPLATE, on=today)
    page = Paginator(units, PAGE_SIZE).get_page(request.GET.get("sida"))
    listed = Unit.objects.filter(pk__in=[unit.pk for unit in page.object_list])
    newest = shown.newest_of(listed, TEMPLATE)
    return render(
        request,
        "content/routine_list.html",
        {
            "rows": [
                {
                    "name": unit.name,
                    "url": reverse("routines:unit", args=[unit.pk]),
                    "version": newest.get(unit.pk),
                    "is_overdue": unit.pk in newest and newest[unit.pk].is_overdue(today),
                }
                for unit in page.object_list
            ],
            "pagination": _pagination(page),
            "breadcrumb": _way(here="Min enhets rutin"),
        },
    )


@require_safe
@person_required
def unit(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Show a unit's routine, or say that there is none."""
    today = timezone.localdate()
    readable = shown.readable_by(person, on=today)
    found: Unit = get_object_or_404(readable, pk=pk)
    around = readable.filter(path__in=[found.path[:end] for end in _ends(found)])
    versions = shown.newest_of(around, TEMPLATE)
    version = versions.pop(found.pk, None)
    context = {
        "unit": found,
        "may_edit": shown.editable_by(person, on=today).filter(pk=found.pk).exists(),
        "breadcrumb": _way(here=found.name),
    }
    if version is None:
        above = [
            {"title": row.routine.unit.name, "url": reverse("routines:unit", args=[key])}
            for key, row in versions.items()
        ]
        return render(request, "content/routine_missing.html", {**context, "above": above})
    standing = None
    if not version.has_begun(today):
        begun = Q(applies_from__isnull=True) | Q(applies_from__lte=today)
        older = version.routine.versions.filter(begun, number__lt=version.number)
        standing = older.order_by("-number").first()
    return _routine(request, version, standing=standing, **context)


@require_safe
@person_required
def version(request: HttpRequest, person: Person, pk: int, number: int) -> HttpResponse:
    """Show the routine as it was saved once."""
    found = _readable(person, pk)
    rows = RoutineVersion.objects.of(TEMPLATE).filter(routine__unit=found).with_maker()
    wanted = get_object_or_404(rows.select_related("routine"), number=number)
    newest = wanted.routine.versions.order_by("-number").values_list("number", flat=True).first()
    return _routine(
        request,
        wanted,
        unit=found,
        newest=newest,
        is_version=True,
        breadcrumb=_way(_step(found), _step(found, "history"), here=f"Version {number}"),
    )


@require_safe
@person_required
def history(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """List every version with who saved it and what changed, the newest first."""
    found = _readable(person, pk)
    rows = RoutineVersion.objects.of(TEMPLATE).filter(routine__unit=found).with_maker()
    page = Paginator(rows.order_by("-number"), PAGE_SIZE).get_page(request.GET.get("sida"))
    versions = list(page.object_list)
    if not versions:
        raise Http404("Enheten har ingen rutin")
    before = rows.filter(number=versions[-1].number - 1).first()
    pairs = zip(versions, [*versions[1:], before], strict=True)
    return render(
        request,
        "content/routine_history.html",
        {
            "unit": found,
            "versions": [
                {
                    "number": row.number,
                    "made_at": row.made_at,
                    "maker": shown.maker_of(row),
                    "url": reverse("routines:version", args=[found.pk, row.number]),
                    "rows": [
                        [change.label, _cell(change.before), _cell(change.after)]
                        for change in shown.changes(older.texts(), row.texts())
                    ]
                    if older
                    else [],
                }
                for row, older in pairs
            ],
            "head": ["Uppgift", "Före", "Efter"],
            "pagination": _pagination(page),
            "breadcrumb": _way(_step(found), here="Versioner"),
        },
    )


# --- Writing ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def edit(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Fill in or change the routine; POST saves a new version."""
    today = timezone.localdate()
    found: Unit = get_object_or_404(shown.editable_by(person, on=today), pk=pk)
    newest = shown.newest_of(Unit.objects.filter(pk=found.pk), TEMPLATE).get(found.pk)
    saved = newest.review_due_date if newest else None
    if request.method != "POST":
        texts = newest.texts() if newest else {}
        form = RoutineForm(today=today, saved=saved, initial=texts)
        return _form(request, found, form, base=newest.number if newest else 0)
    form = RoutineForm(request.POST, today=today, saved=saved)
    sent = request.POST.get("version", "")
    base = int(sent) if sent.isdecimal() and len(sent) < 10 else 0
    if not form.is_valid():
        return _form(request, found, form, base=base, status=400)
    try:
        made = actions.save_version(
            unit=found,
            template=TEMPLATE,
            owner=form.cleaned_data["owner"],
            applies_from=form.cleaned_data["applies_from"],
            review_due_date=form.cleaned_data["review_due_date"],
            answers=form.answers,
            base=base,
            by=account_of(request),
            at=timezone.now(),
        )
    except actions.Unchanged:
        messages.info(request, "Rutinen står redan så. Ingen ny version behövdes.")
    except actions.Outdated as refused:
        return _clash(request, found, form, base=base, newest=refused.newest)
    else:
        messages.success(request, f"Version {made.number} av rutinen är sparad.")
    return redirect("routines:unit", pk=found.pk)


def _clash(
    request: HttpRequest, unit: Unit, form: RoutineForm, *, base: int, newest: RoutineVersion
) -> HttpResponse:
    """Show both texts, and a form that begins from what the other has saved."""
    written_from = newest.routine.versions.filter(number=base).first()
    merged, clashes = shown.merge(
        base=written_from.texts() if written_from else {},
        mine=form.texts(),
        theirs=newest.texts(),
    )
    again = RoutineForm(today=form.today, saved=newest.review_due_date, initial=merged)
    return _form(
        request,
        unit,
        again,
        base=newest.number,
        status=409,
        newest=newest,
        maker=shown.maker_of(newest),
        clash_head=["Uppgift", "Din text", "Sparad text", "I formuläret står"],
        clashes=[
            [
                clash.label,
                _cell(clash.mine),
                _cell(clash.theirs),
                "Din text" if clash.keeps_mine else "Den sparade texten",
            ]
            for clash in clashes
        ],
    )


def _form(
    request: HttpRequest,
    unit: Unit,
    form: RoutineForm,
    *,
    base: int,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    return render(
        request,
        "content/routine_form.html",
        {
            "unit": unit,
            "form": form,
            "errors": form.summary(),
            "base": base,
            "head": {
                key: {"value": form.text_of(key), "error": form.error_of(key)}
                for key in ("owner", "applies_from", "review_due_date")
            },
            "deputy": control(form, DEPUTY),
            "sections": [
                {
                    "heading": section.heading,
                    "rules": section.rules,
                    "fields": [control(form, field) for field in section.fields],
                }
                for section in SECTIONS
            ],
            "is_new": base == 0,
            "breadcrumb": _way(_step(unit), here="Ändra" if base else "Fyll i"),
            **more,
        },
        status=status,
    )


# --- Parts of pages -----------------------------------------------------------------------------


def _readable(person: Person, pk: int) -> Unit:
    found: Unit = get_object_or_404(shown.readable_by(person, on=timezone.localdate()), pk=pk)
    return found


def _routine(request: HttpRequest, version: RoutineVersion, **context: Any) -> HttpResponse:
    today = timezone.localdate()
    return render(
        request,
        "content/routine.html",
        {
            "version": version,
            "maker": shown.maker_of(version),
            "deputy": shown.deputy_of(version),
            "parts": shown.parts_of(version),
            "is_overdue": version.is_overdue(today),
            "has_begun": version.has_begun(today),
            **context,
        },
    )


def _ends(unit: Unit) -> range:
    """Return where the paths of the unit and of all above it end."""
    return range(Unit.steplen, len(unit.path) + 1, Unit.steplen)


def _cell(text: str) -> SafeString:
    """Return a text as a cell of a table shows it."""
    return (
        linebreaksbr(text) if text else format_html('<span class="quiet">{}</span>', "inte ifyllt")
    )


def _step(unit: Unit, name: str = "unit") -> dict[str, str]:
    title = "Versioner" if name == "history" else unit.name
    return {"title": title, "url": reverse(f"routines:{name}", args=[unit.pk])}


def _way(*steps: dict[str, str], here: str) -> list[dict[str, str]]:
    """Return the trail of crumbs; the last is the page itself, which is no link."""
    listed = {"title": "Min enhets rutin", "url": reverse("routines:list")}
    return [
        {"title": "Vägledning", "url": "/vagledning/"},
        {"title": "Gör en orosanmälan", "url": "/vagledning/orosanmalan/"},
        *([] if here == listed["title"] else [listed]),
        *steps,
        {"title": here, "url": ""},
    ]


def _pagination(page: Page[Any]) -> dict[str, Any]:
    return {
        "number": page.number,
        "pages": page.paginator.num_pages,
        "previous_url": f"?sida={page.previous_page_number()}" if page.has_previous() else None,
        "next_url": f"?sida={page.next_page_number()}" if page.has_next() else None,
    }
