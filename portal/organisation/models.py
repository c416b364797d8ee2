"""Who works where, when, and who may see whom.

A person is not an account: people outlive accounts, and one person may hold several employments
at once. Everything about belonging is dated, so that the past can be asked about. A period is a
`starts_date` and an exclusive `ends_date` that is empty while it goes on.
"""

import uuid
from datetime import date
from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Collate
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from portal.swedish_order import SWEDISH


def in_force(on: date, prefix: str = "") -> Q:
    """Return the condition that a period holds on *on*; *prefix* is a relation ending in `__`."""
    return Q(**{f"{prefix}starts_date__lte": on}) & (
        Q(**{f"{prefix}ends_date__isnull": True}) | Q(**{f"{prefix}ends_date__gt": on})
    )


class Operation(models.Model):
    """A sector of the city's work (verksamhet), such as förskola. Its slug stands in addresses."""

    slug = models.SlugField("kortnamn", unique=True)
    name = models.CharField("namn", max_length=100)
    sort_order = models.PositiveSmallIntegerField("ordning", default=0)

    class Meta:
        verbose_name = "verksamhet"
        verbose_name_plural = "verksamheter"

    def __str__(self) -> str:
        return self.name


class Profession(models.Model):
    """What someone works as (befattning)."""

    code = models.SlugField("kod", unique=True)
    name = models.CharField("namn", max_length=120)

    class Meta:
        verbose_name = "befattning"
        verbose_name_plural = "befattningar"

    def __str__(self) -> str:
        return self.name


class UnitKind(models.TextChoices):
    """Where in the organisation a unit stands."""

    CITY = "city", "stad"
    ADMINISTRATION = "administration", "förvaltning"
    COMPANY = "company", "bolag"
    DEPARTMENT = "department", "avdelning"
    UNIT = "unit", "enhet"


class UnitQuerySet(MP_NodeQuerySet):
    """Questions about many units."""

    def open_on(self, on: date) -> Self:
        """Units that exist on *on*."""
        return self.filter(  # type: ignore[no-any-return]
            Q(opened_date__isnull=True) | Q(opened_date__lte=on),
            Q(closed_date__isnull=True) | Q(closed_date__gt=on),
        )

    def managed_by(self, person: "Person | None", *, on: date) -> Self:
        """The units *person* manages on *on*, with everything below them."""
        return self._below(RoleAssignment.objects.of(person, Role.MANAGER, on=on))

    def led_directly_by(self, person: "Person | None", *, on: date) -> Self:
        """The units that *person*'s own manager assignments name, without what lies below."""
        roles = RoleAssignment.objects.of(person, Role.MANAGER, on=on)
        return self.filter(pk__in=roles.values("unit_id"))  # type: ignore[no-any-return]

    def employing(self, person: "Person | None", *, on: date) -> Self:
        """The units *person* is employed in on *on*, with everything above them."""
        employments = Employment.objects.in_force_on(on).filter(person=person)
        paths = employments.values_list("unit__path", flat=True) if person else []
        step = Unit.steplen
        above = {path[:end] for path in paths for end in range(step, len(path) + 1, step)}
        return self.filter(path__in=above)  # type: ignore[no-any-return]

    def _below(self, roles: "RoleAssignmentQuerySet") -> Self:
        paths = list(roles.values_list("unit__path", flat=True))
        if not paths:
            return self.none()  # type: ignore[no-any-return]
        condition = Q()
        for path in paths:
            condition |= Q(path__startswith=path)
        return self.filter(condition)  # type: ignore[no-any-return]

    def by_name(self) -> Self:
        """In Swedish alphabetical order."""
        return self.order_by(Collate("name", SWEDISH))  # type: ignore[no-any-return]


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):  # type: ignore[misc]  # untyped base
    """Units in the order of the tree."""

    def get_queryset(self) -> UnitQuerySet:
        """Return the units in tree order, as treebeard expects."""
        units: UnitQuerySet = UnitQuerySet(self.model, using=self._db).order_by("path")
        return units


class Unit(MP_Node):
    """A part of the city's organisation. It is closed with a date, never deleted."""

    code = models.CharField("kod", max_length=40, unique=True)
    name = models.CharField("namn", max_length=200)
    kind = models.CharField("slag", max_length=20, choices=UnitKind)
    operation = models.ForeignKey(
        Operation, verbose_name="verksamhet", null=True, blank=True, on_delete=models.PROTECT
    )
    opened_date = models.DateField("öppnad", null=True, blank=True)
    closed_date = models.DateField("stängd från och med", null=True, blank=True)
    successor = models.ForeignKey(
        "self", verbose_name="efterträdare", null=True, blank=True, on_delete=models.PROTECT
    )

    objects = UnitManager()

    class Meta:
        verbose_name = "enhet"
        verbose_name_plural = "enheter"
        constraints = [
            models.CheckConstraint(
                name="organisation_unit_closed_after_opened",
                condition=Q(opened_date__isnull=True)
                | Q(closed_date__isnull=True)
                | Q(closed_date__gte=F("opened_date")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    """Questions about many persons."""

    def employed_in(self, units: UnitQuerySet, *, on: date) -> Self:
        """Persons with at least one employment in *units* on *on*."""
        employments = Employment.objects.filter(in_force(on), person=OuterRef("pk"), unit__in=units)
        return self.filter(Exists(employments))

    def namable(self) -> Self:
        """Persons who may be named to others. Protected identity is never named."""
        return self.filter(is_protected=False)

    def by_name(self) -> Self:
        """In Swedish alphabetical order, family name first."""
        return self.order_by(Collate("family_name", SWEDISH), Collate("given_name", SWEDISH), "pk")


class Person(models.Model):
    """Someone who works or has worked for the city. No personal identity number is kept."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    staff_number = models.CharField("anställningsnummer", max_length=40, unique=True)
    given_name = models.CharField("förnamn", max_length=100)
    family_name = models.CharField("efternamn", max_length=100)
    email = models.EmailField("e-post", blank=True)
    is_protected = models.BooleanField(
        "skyddade personuppgifter",
        default=False,
        help_text="Personen nämns aldrig för andra: inte i listor, exporter eller mejl.",
    )
    created_at = models.DateTimeField("skapad", auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "personer"

    def __str__(self) -> str:
        # Also what logs and the editor show, so a protected person has no name here.
        return f"Person {self.pk}" if self.is_protected else self.full_name

    @property
    def full_name(self) -> str:
        """Given name and family name. Only for the person and for those who may know."""
        return f"{self.given_name} {self.family_name}"


class User(AbstractUser):
    """An account. It points at the person it belongs to; service accounts have none."""

    person = models.OneToOneField(
        Person, verbose_name="person", null=True, blank=True, on_delete=models.PROTECT,
        related_name="user",
    )  # fmt: skip

    class Meta:
        verbose_name = "konto"
        verbose_name_plural = "konton"


class EmploymentQuerySet(models.QuerySet["Employment"]):
    """Questions about many employments."""

    def in_force_on(self, on: date) -> Self:
        """Employments that hold on *on*."""
        return self.filter(in_force(on))


class Employment(models.Model):
    """A person's employment in a unit, dated. Several may hold at once."""

    person = models.ForeignKey(
        Person, verbose_name="person", on_delete=models.PROTECT, related_name="employments"
    )
    unit = models.ForeignKey(
        Unit, verbose_name="enhet", on_delete=models.PROTECT, related_name="employments"
    )
    profession = models.ForeignKey(
        Profession, verbose_name="befattning", on_delete=models.PROTECT, related_name="+"
    )
    operation = models.ForeignKey(
        Operation, verbose_name="verksamhet", on_delete=models.PROTECT, related_name="+"
    )
    starts_date = models.DateField("från och med")
    ends_date = models.DateField("till (dagen efter den sista)", null=True, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name = "anställning"
        verbose_name_plural = "anställningar"
        constraints = [
            models.CheckConstraint(
                name="organisation_employment_ends_after_start",
                condition=Q(ends_date__isnull=True) | Q(ends_date__gte=F("starts_date")),
            ),
            models.UniqueConstraint(
                fields=["person", "unit", "profession", "starts_date"],
                name="organisation_employment_once",
            ),
        ]
        indexes = [models.Index(fields=["unit", "starts_date", "ends_date"])]

    def __str__(self) -> str:
        return f"{self.person} {self.unit}"


class Absence(models.Model):
    """A period when due dates and reminders rest. Why someone is away is not kept."""

    person = models.ForeignKey(
        Person, verbose_name="person", on_delete=models.PROTECT, related_name="absences"
    )
    starts_date = models.DateField("från och med")
    ends_date = models.DateField("till (dagen efter den sista)", null=True, blank=True)

    class Meta:
        verbose_name = "frånvaro"
        verbose_name_plural = "frånvaro"
        constraints = [
            models.CheckConstraint(
                name="organisation_absence_ends_after_start",
                condition=Q(ends_date__isnull=True) | Q(ends_date__gt=F("starts_date")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.starts_date}"


class Role(models.TextChoices):
    """What someone may do beyond their own learning. Editors' roles are Wagtail's groups."""

    MANAGER = "manager", "chef"
    COORDINATOR = "coordinator", "samordnare"
    FOLLOW_UP = "follow_up", "uppföljare"
    REGISTRAR = "registrar", "registrator"
    STAFF_ADMIN = "staff_admin", "personaladministratör"


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Questions about many assignments."""

    def of(self, person: "Person | None", role: Role, *, on: date) -> Self:
        """*person*'s assignments to *role* that hold on *on*; none without a person."""
        if person is None:
            return self.none()
        return self.filter(in_force(on), person=person, role=role)

    def nearest_managers(self, unit: Unit, *, on: date) -> list["RoleAssignment"]:
        """Return the managers of *unit* on *on*, or of the nearest unit above that has any."""
        step = Unit.steplen
        above = [unit.path[:end] for end in range(step, len(unit.path) + 1, step)]
        found = self.filter(in_force(on), role=Role.MANAGER, unit__path__in=above)
        found = found.select_related("unit", "person")
        depth = max((row.unit.depth for row in found if row.unit), default=0)
        return [row for row in found if row.unit and row.unit.depth == depth]


class RoleAssignment(models.Model):
    """A person's role for a unit and everything below it, dated; acting managers have an end."""

    person = models.ForeignKey(
        Person, verbose_name="person", on_delete=models.PROTECT, related_name="roles"
    )
    role = models.CharField("roll", max_length=20, choices=Role)
    unit = models.ForeignKey(
        Unit, verbose_name="enhet", null=True, blank=True, on_delete=models.PROTECT,
        related_name="roles", help_text="Tomt betyder hela staden.",
    )  # fmt: skip
    starts_date = models.DateField("från och med")
    ends_date = models.DateField("till (dagen efter den sista)", null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "uppdrag"
        verbose_name_plural = "uppdrag"
        constraints = [
            models.CheckConstraint(
                name="organisation_role_ends_after_start",
                condition=Q(ends_date__isnull=True) | Q(ends_date__gte=F("starts_date")),
            ),
            models.CheckConstraint(
                name="organisation_manager_has_a_unit",
                condition=~Q(role="manager") | Q(unit__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.unit or 'hela staden'}"
