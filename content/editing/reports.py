"""What in the programme and the registers needs an editor's eye."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import F
from django.utils import timezone
from rapidfuzz import fuzz
from wagtail.admin.admin_url_finder import AdminURLFinder

from content.editing.editions import plain
from content.models import (
    Activity,
    Contact,
    Edition,
    Goal,
    Indicator,
    LegalProvision,
    TextPage,
)
from content.models.programme import GAP_LABELS, EditionStatus

# Two activities, or two indicators, whose words are this much alike in percent say the same.
ALIKE = 80
# An indicator never has an activity's words: it is enough that they have this much of the parts
# of their longer words in common.
SAME_SUBJECT = 33
PART = 5
MANY = 10


@dataclass(frozen=True)
class Finding:
    """Something to look at. `what` groups findings and says in words what is wrong."""

    what: str
    name: str
    note: str
    url: str


def findings(user: Any = None, today: date | None = None) -> list[Finding]:
    """Return everything there is to look at, group by group."""
    today = today or timezone.localdate()
    address = AdminURLFinder(user).get_edit_url

    def of(row: Any) -> str:
        """Return where *row* is edited: with its goal when it has one."""
        return address(getattr(row, "goal", None) or row) or ""

    groups: list[Callable[[], Iterator[Finding]]] = [
        lambda: _of_editions(of),
        lambda: _old_laws(today, of),
        lambda: _unverified_contacts(of),
        lambda: _unreviewed_texts(of),
    ]
    return [finding for group in groups for finding in group()]


def _of_editions(of: Callable[[Any], str]) -> Iterator[Finding]:
    """Yield findings of the newest edition that readers see, and of every draft."""
    newest = Edition.objects.exclude(status=EditionStatus.DRAFT).order_by("-period_start").first()
    drafts = Edition.objects.filter(status=EditionStatus.DRAFT).order_by("period_start")
    for edition in [*([newest] if newest else []), *drafts]:
        activities = list(
            Activity.objects.filter(edition=edition)
            .select_related("goal__edition")
            .prefetch_related("responsibilities")
            .order_by(F("goal__number").asc(nulls_last=True), "sort_order", "pk")
        )
        indicators = list(
            Indicator.objects.filter(edition=edition)
            .select_related("goal__edition")
            .order_by(F("goal__number").asc(nulls_last=True), "sort_order", "pk")
        )
        yield from _unlinked(activities, indicators, of)
        yield from _alike(activities, indicators, of)
        for row in activities:
            if not row.responsibilities.all():
                yield Finding("Aktivitet utan ansvarig nämnd", row.text, _place(row), of(row))
        for row in (*activities, *indicators):
            if row.goal is None:
                yield Finding("Rad utan mål", row.text, _place(row), of(row))
        for goal in Goal.objects.filter(edition=edition).order_by("number"):
            if goal.gaps:
                missing = ", ".join(GAP_LABELS[gap] for gap in goal.gaps if gap in GAP_LABELS)
                yield Finding("Mål med luckor", f"{goal}: {goal.name}", missing, of(goal))


def _unlinked(
    activities: list[Activity], indicators: list[Indicator], of: Callable[[Any], str]
) -> Iterator[Finding]:
    followed = {key for row in indicators for key in row.follows.split()}
    for activity in activities:
        if activity.key not in followed:
            yield Finding("Aktivitet utan indikator", activity.text, _place(activity), of(activity))
    for indicator in indicators:
        if not indicator.follows:
            yield Finding(
                "Indikator som inte följer upp någon aktivitet", indicator.text,
                _place(indicator), of(indicator),
            )  # fmt: skip


def _alike(
    activities: list[Activity], indicators: list[Indicator], of: Callable[[Any], str]
) -> Iterator[Finding]:
    rows: list[Any] = [*activities, *indicators]
    for number, row in enumerate(rows):
        for other in rows[number + 1 :]:
            likeness = alike(row, other)
            if likeness:
                note = f"{likeness} procent lik: {other.text} ({_place(other)})"
                yield Finding("Rader som liknar varandra", row.text, note, of(row))


def alike(row: Any, other: Any) -> int:
    """Return how much two rows are alike in percent, or 0 when they are not near each other."""
    one, two = plain(row.text), plain(other.text)
    if type(row) is type(other):
        likeness, least = round(fuzz.token_sort_ratio(one, two)), ALIKE
    elif other.follows and row.key in other.follows.split():
        return 0
    else:
        parts, others = _parts(one), _parts(two)
        # A few words are always like others.
        least_parts = max(MANY, min(len(parts), len(others)))
        likeness = round(100 * len(parts & others) / least_parts)
        least = SAME_SUBJECT
    return likeness if likeness >= least else 0


def _parts(text: str) -> set[str]:
    """Return the parts of the words of *text*: compounds that share a part share these."""
    words = [word for word in text.split() if len(word) > 3]
    return {word[n : n + PART] for word in words for n in range(max(1, len(word) - PART + 1))}


def _place(row: Any) -> str:
    sort = "aktivitet" if isinstance(row, Activity) else "indikator"
    return f"{sort}, {row.goal or f'utan mål, {row.edition}'}"


def _old_laws(today: date, of: Callable[[Any], str]) -> Iterator[Finding]:
    for law in LegalProvision.objects.order_by("checked_on", "act", "reference"):
        if law.is_stale(today):
            note = f"läst i kopia av den {law.checked_on}"
            yield Finding("Lag som inte har lästs på sex månader", str(law), note, of(law))


def _unverified_contacts(of: Callable[[Any], str]) -> Iterator[Finding]:
    for contact in Contact.objects.filter(verified_on=None).order_by("sort_order", "name"):
        number = contact.phone or "inget telefonnummer"
        yield Finding("Kontakt som ingen har kontrollerat", contact.name, number, of(contact))


def _unreviewed_texts(of: Callable[[Any], str]) -> Iterator[Finding]:
    for model in apps.get_models():
        if not issubclass(model, TextPage) or model._meta.abstract:
            continue
        pages = model.objects.live().filter(reviewed_date=None).order_by("path")
        for page in pages.defer_streamfields():
            note = f"skriven {page.written_date}"
            yield Finding("Text som ingen sakkunnig har granskat", page.title, note, of(page))


HEADINGS = ("Vad", "Rad", "Anmärkning", "Adress i redigeringen")


def to_csv(rows: list[Finding], address: Callable[[str], str]) -> bytes:
    """Return *rows* as a file that a spreadsheet opens: UTF-8 with its mark, semicolons."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(HEADINGS)
    for row in rows:
        url = address(row.url) if row.url else ""
        writer.writerow([_harmless(each) for each in (row.what, row.name, row.note, url)])
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula."""
    return f"'{text}" if re.match(r"[=+\-@\t\r]", text) else text
