"""What a manager sees of the own units, and nothing of anyone else's."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal import audit
from portal.organisation.models import Person, Unit
from portal.private import account_of, person_required
from training import reports

PAGE_SIZE = 50


@require_safe
@person_required
def overview(request: HttpRequest, person: Person) -> HttpResponse:
    """List the manager's units with counts. For those who manage nothing it does not exist."""
    today = timezone.localdate()
    user = account_of(request)
    units = Unit.objects.managed_by(person, on=today)
    if not units.exists():
        raise Http404("Inga enheter")
    lines = reports.of_managed(units, on=today)
    audit.record(audit.Action.UNITS_LISTED, user, by=user, units=len(lines))
    return render(
        request,
        "training/manager.html",
        {
            "units": [
                {
                    "name": line.name,
                    "url": reverse("training:manager_unit", args=[line.pk]),
                    "depth": line.depth,
                    "people": line.totals.people,
                    "done": line.totals.done,
                    "late": line.totals.late,
                    "not_done": line.totals.people
                    - line.totals.done
                    - line.totals.late
                    - line.totals.nothing_required,
                    "nothing_required": line.totals.nothing_required,
                }
                for line in lines
            ],
            "today": today,
        },
    )


@require_safe
@person_required
def unit(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Show the people of a unit in the manager's own sub-tree and what they have completed."""
    today = timezone.localdate()
    user = account_of(request)
    managed = Unit.objects.managed_by(person, on=today)
    found = managed.filter(pk=pk).first()
    if found is None:
        if existing := Unit.objects.filter(pk=pk).first():
            audit.record(audit.Action.UNIT_REFUSED, existing, by=user)
        raise Http404("Enheten finns inte")
    report = reports.of_unit(found, on=today)
    wanted = request.GET.get("modul", "")
    modules = sorted({(row.item.slug, row.module) for row in report.rows}, key=lambda m: m[1])
    rows = [row for row in report.rows if not wanted or row.item.slug == wanted]
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("sida"))
    audit.record(audit.Action.UNIT_VIEWED, found, by=user, rows=len(page.object_list))
    ancestors = managed.filter(path__in=_paths_above(found)).order_by("path")
    return render(
        request,
        "training/manager_unit.html",
        {
            "unit": found,
            "breadcrumb": [
                {"title": "Min enhet", "url": reverse("training:manager")},
                *(
                    {"title": row.name, "url": reverse("training:manager_unit", args=[row.pk])}
                    for row in ancestors
                ),
            ],
            "modules": [
                {"value": slug, "label": title, "selected": slug == wanted}
                for slug, title in modules
            ],
            "rows": page.object_list,
            "pagination": _pagination(page, f"{urlencode({'modul': wanted})}&" if wanted else ""),
            "protected_count": report.protected_count,
            "totals": report.totals,
            "sub_units": [
                {"name": row.name, "url": reverse("training:manager_unit", args=[row.pk])}
                for row in managed.filter(
                    path__startswith=found.path, depth=found.depth + 1
                ).open_on(today)
            ],
            "today": today,
        },
    )


def _paths_above(unit: Unit) -> list[str]:
    step = Unit.steplen
    return [unit.path[: n * step] for n in range(1, unit.depth)]


def _pagination(page: Page[reports.Row], query: str) -> dict[str, Any]:
    """Return what the pagination shows; *query* ends with & when there is one."""

    def url(number: int) -> str:
        return f"?{query}sida={number}"

    return {
        "number": page.number,
        "pages": page.paginator.num_pages,
        "previous_url": url(page.previous_page_number()) if page.has_previous() else None,
        "next_url": url(page.next_page_number()) if page.has_next() else None,
    }
