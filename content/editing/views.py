"""Views of the editor: a new edition, two editions side by side, publishing, the report."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.widgets.button import Button

from content.editing import editions, reports
from content.editing.forms import NewEditionForm
from content.editing.referrers import referrers
from content.models import Edition
from content.models.programme import EditionStatus


def _needs(request: HttpRequest, *permissions: str) -> None:
    if not request.user.has_perms(permissions):
        raise PermissionDenied


ICONS = {"report": "warning", "not_deleted": "warning"}


def _page(
    request: HttpRequest, template: str, title: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Return a page of the editor. *title* is its heading."""
    head = {"page_title": title, "header_title": title, "header_icon": ICONS.get(template, "date")}
    return render(request, f"content/editing/{template}.html", head | context, status=status)


def _edition_of(pk: int) -> Edition:
    edition: Edition = get_object_or_404(Edition.objects.select_related("replaces"), pk=pk)
    return edition


def new_edition(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask for period and title, and copy the edition into a draft."""
    _needs(request, "content.add_edition")
    old = _edition_of(pk)
    form = NewEditionForm(request.POST or None, initial={"title": old.title})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        new = editions.copy(
            old, title=values["title"], start=values["period_start"], end=values["period_end"],
            by=request.user,
        )  # fmt: skip
        messages.success(
            request, f"Utgåvan {new} är ett förslag, med allt från {old}. Bara redaktörer ser den."
        )
        return redirect("content_edition_compare", pk=new.pk)
    title = f"Gör en ny utgåva av {old}"
    return _page(request, "new_edition", title, edition=old, form=form)


def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an edition beside another: the one it replaces, unless `?med=` names another."""
    _needs(request, "content.view_edition")
    edition = _edition_of(pk)
    others = Edition.objects.exclude(pk=edition.pk).order_by("-period_start")
    wanted = request.GET.get("med", "")
    chosen = others.filter(pk=wanted).first() if wanted.isdecimal() else None
    other = chosen or editions.predecessor(edition)
    address = AdminURLFinder(request.user).get_edit_url
    parts = editions.compare(other, edition)
    title = f"Utgåvan {edition} jämförd med {other}" if other else f"Utgåvan {edition}"
    return _page(
        request, "compare", title,
        edition=edition, other=other, others=others, edit_url=address(edition),
        is_draft=edition.status == EditionStatus.DRAFT,
        may_publish=request.user.has_perms(PUBLISH),
        parts=[(part, address(part.goal) if part.goal else "") for part in parts],
    )  # fmt: skip


PUBLISH = ("content.change_edition", "content.publish_goal")


def publish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say what publishing an edition does, and do it."""
    _needs(request, *PUBLISH)
    edition = _edition_of(pk)
    if edition.status != EditionStatus.DRAFT:
        messages.warning(request, f"Utgåvan {edition} är redan publicerad.")
        return redirect("content_edition_compare", pk=edition.pk)
    if request.method == "POST":
        try:
            done = editions.publish(edition, by=request.user)
        except editions.NotPublishable:
            messages.error(request, "Utgåvan kan inte publiceras än. Rätta det som står nedan.")
        else:
            replaced = f" {done.replaced} är nu ersatt." if done.replaced else ""
            messages.success(request, f"Utgåvan {edition} gäller.{replaced}")
            return redirect("content_edition_compare", pk=edition.pk)
    address = AdminURLFinder(request.user).get_edit_url
    what = editions.plan(edition)
    return _page(
        request, "publish", f"Publicera utgåvan {edition}", 409 if request.POST else 200,
        edition=edition, plan=what, ended=edition.has_ended(timezone.localdate()),
        faults=[(goal, address(goal) if goal else "", text) for goal, text in what.faults],
    )  # fmt: skip


def report(request: HttpRequest) -> HttpResponse:
    """Show what needs an editor's eye, or give it as CSV."""
    _needs(request, "content.view_goal")
    rows = reports.findings(request.user)
    if request.GET.get("format") == "csv":
        answer = HttpResponse(
            reports.to_csv(rows, request.build_absolute_uri), content_type="text/csv; charset=utf-8"
        )
        answer["Content-Disposition"] = 'attachment; filename="att-se-over.csv"'
        return answer
    groups: dict[str, list[reports.Finding]] = {}
    for row in rows:
        groups.setdefault(row.what, []).append(row)
    return _page(request, "report", "Att se över", groups=groups, count=len(rows))


def refuse_deletion(request: HttpRequest, rows: list[models.Model]) -> HttpResponse | None:
    """Return a page that says what points at *rows*, or None when nothing does."""
    found = [(row, referrers(row, request.user)) for row in rows]
    held = [(row, each) for row, each in found if each]
    if not held:
        return None
    return _page(
        request, "not_deleted", "Kan inte tas bort", 409 if request.method == "POST" else 200,
        held=held,
    )  # fmt: skip


def edition_buttons(edition: Edition, user: Any) -> list[Button]:
    """Return what can be done with an edition beyond editing it."""

    def button(label: str, name: str, icon: str, priority: int) -> Button:
        return Button(
            label, url=reverse(name, args=[edition.pk]), icon_name=icon, priority=priority
        )

    buttons = [button("Jämför", "content_edition_compare", "list-ul", 42)]
    if user.has_perm("content.add_edition"):
        buttons.append(
            button("Gör en ny utgåva av den här", "content_edition_copy", "copy", 41)
        )  # fmt: skip
    if edition.status == EditionStatus.DRAFT and user.has_perms(PUBLISH):
        buttons.append(button("Publicera utgåvan", "content_edition_publish", "upload", 43))
    return buttons


urlpatterns: list[Any] = [
    path("utgavor/<int:pk>/ny/", new_edition, name="content_edition_copy"),
    path("utgavor/<int:pk>/jamfor/", compare, name="content_edition_compare"),
    path("utgavor/<int:pk>/publicera/", publish, name="content_edition_publish"),
    path("rapporter/att-se-over/", report, name="content_report"),
]
