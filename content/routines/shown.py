"""What the pages of a routine show, and to whom."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.formats import date_format

from content.models import RoutineVersion, UnitRoutine
from content.models.routines import RoutineTemplate
from content.routines.sections import DEPUTY, RETIRED, SECTIONS, Field, labels
from portal.organisation.models import Employment, Person, Unit, UnitQuerySet

_DAYS = {"applies_from", "review_due_date"}
_ONE_NUMBER = re.compile(r"\+?\d[\d ()-]{1,24}")


# --- Who may see what ---------------------------------------------------------------------------


def readable_by(person: Person, *, on: date) -> UnitQuerySet:
    """The units whose routine *person* may read: where one works, all above, all one manages."""
    units: UnitQuerySet = Unit.objects.employing(person, on=on) | editable_by(person, on=on)
    return units


def editable_by(person: Person, *, on: date) -> UnitQuerySet:
    """The units whose routine *person* may make and change."""
    units: UnitQuerySet = Unit.objects.managed_by(person, on=on)
    return units


def listed_for(person: Person, template: RoutineTemplate, *, on: date) -> UnitQuerySet:
    """What of it stands on the person's own list: a unit above only when it has a routine."""
    own = Employment.objects.in_force_on(on).filter(person=person).values("unit_id")
    written = UnitRoutine.objects.filter(template=template).values("unit_id")
    around = Unit.objects.employing(person, on=on).filter(Q(pk__in=own) | Q(pk__in=written))
    units: UnitQuerySet = (around | editable_by(person, on=on)).open_on(on)
    return units


def newest_of(units: UnitQuerySet, template: RoutineTemplate) -> dict[int, RoutineVersion]:
    """Return unit key → the newest version of its routine, in one query."""
    found = RoutineVersion.objects.of(template).newest().filter(routine__unit__in=units)
    return {row.routine.unit_id: row for row in found.with_maker().select_related("routine__unit")}


def maker_of(version: RoutineVersion) -> str:
    """Return who saved a version, as all at the unit may read it."""
    person = version.made_by.person if version.made_by else None
    # A protected person is never named, nor told from an account that is gone.
    return person.full_name if person and not person.is_protected else "En chef för enheten"


# --- A version as a page ------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """A field and what stands in it."""

    label: str
    text: str
    phone_link: str = ""


@dataclass(frozen=True)
class Part:
    """A section of the page."""

    key: str
    heading: str
    rules: tuple[str, ...]
    answers: tuple[Answer, ...]


def deputy_of(version: RoutineVersion) -> str:
    """Return who stands in for the owner, or nothing."""
    return str(version.answers.get(DEPUTY.key, ""))


def parts_of(version: RoutineVersion) -> list[Part]:
    """Return a version section by section. What nobody has filled in is there too, empty."""
    parts = [
        Part(
            section.key,
            section.heading,
            section.rules,
            tuple(_answer(field, version) for field in section.fields),
        )
        for section in SECTIONS
    ]
    old = tuple(_answer(field, version) for field in RETIRED if field.key in version.answers)
    return [*parts, Part("retired", "Det mallen frågade om då", (), old)] if old else parts


def _answer(field: Field, version: RoutineVersion) -> Answer:
    text = version.answers.get(field.key, "")
    is_number = field.kind == "phone" and _ONE_NUMBER.fullmatch(text)
    digits = re.sub(r"[^\d+]", "", text)
    return Answer(field.label, text, f"tel:{digits}" if is_number else "")


# --- Differences --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A field that differs between two texts, as people read it."""

    label: str
    before: str
    after: str


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Return what differs, field by field in the order of the page."""
    return [
        Change(label, _said(key, before), _said(key, after))
        for key, label in labels().items()
        if before.get(key, "") != after.get(key, "")
    ]


def _said(key: str, texts: Mapping[str, str]) -> str:
    text = texts.get(key, "")
    return date_format(date.fromisoformat(text), "j F Y") if text and key in _DAYS else text


@dataclass(frozen=True)
class Clash:
    """A field where someone else has saved another text than the writer's own."""

    label: str
    mine: str
    theirs: str
    keeps_mine: bool


def merge(
    *, base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> tuple[dict[str, str], list[Clash]]:
    """Return what the form is to hold, and where the two texts differ.

    What the writer did not touch is as the other left it; what both changed is the writer's, with
    the other's beside it.
    """
    keys = labels()
    merged = {
        key: theirs.get(key, "") if mine.get(key, "") == base.get(key, "") else mine.get(key, "")
        for key in keys
    }
    clashes = [
        Clash(label, _said(key, mine), _said(key, theirs), merged[key] == mine.get(key, ""))
        for key, label in keys.items()
        if mine.get(key, "") != theirs.get(key, "")
    ]
    return merged, clashes
