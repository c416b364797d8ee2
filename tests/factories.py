"""Makers of rows for tests. Each makes something valid with nothing said."""

from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone

from portal.jobs.models import Job
from portal.organisation.models import (
    Absence,
    Employment,
    Operation,
    Person,
    Profession,
    Role,
    RoleAssignment,
    Unit,
    UnitKind,
    User,
)

PASSWORD = "ett-langt-losenord"


def some_time_ago() -> date:
    """A day well in the past, when things that hold now began."""
    return timezone.localdate() - timedelta(days=400)


class OperationFactory(factory.django.DjangoModelFactory[Operation]):
    """Finds one of the operations that migrations make."""

    class Meta:
        model = Operation
        django_get_or_create = ("slug",)

    slug = "forskola"
    name = "Förskola"


class ProfessionFactory(factory.django.DjangoModelFactory[Profession]):
    """Makes a profession, or finds it by its code."""

    class Meta:
        model = Profession
        django_get_or_create = ("code",)

    code = "forskollarare"
    name = "Förskollärare"


class UnitFactory(factory.django.DjangoModelFactory[Unit]):
    """Makes a unit below `parent`, or at the top without one."""

    class Meta:
        model = Unit

    parent = None
    code = factory.Sequence(lambda number: f"E{number:05}")
    name = factory.Sequence(lambda number: f"Enhet {number}")
    kind = UnitKind.UNIT
    operation = None
    opened_date = None

    @classmethod
    def _create(cls, model_class: type[Unit], *args: Any, **kwargs: Any) -> Unit:
        parent = kwargs.pop("parent", None)
        if parent is None:
            return model_class.add_root(**kwargs)
        parent.refresh_from_db()
        return parent.add_child(**kwargs)


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    """Makes a person without account or employment."""

    class Meta:
        model = Person

    staff_number = factory.Sequence(lambda number: f"A{number:06}")
    given_name = factory.Sequence(lambda number: f"Förnamn{number}")
    family_name = "Åkerblad"
    email = factory.LazyAttribute(lambda person: f"{person.staff_number.lower()}@staden.example")


class UserFactory(factory.django.DjangoModelFactory[User]):
    """Makes an account with its person; the password is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"konto{number}")
    person = factory.SubFactory(PersonFactory)
    password = factory.django.Password(PASSWORD)


class EmploymentFactory(factory.django.DjangoModelFactory[Employment]):
    """Makes an employment that has lasted a while and goes on."""

    class Meta:
        model = Employment

    person = factory.SubFactory(PersonFactory)
    unit = factory.SubFactory(UnitFactory)
    profession = factory.SubFactory(ProfessionFactory)
    operation = factory.LazyAttribute(lambda row: row.unit.operation or OperationFactory())
    starts_date = factory.LazyFunction(some_time_ago)


class AbsenceFactory(factory.django.DjangoModelFactory[Absence]):
    """Makes an absence that goes on."""

    class Meta:
        model = Absence

    person = factory.SubFactory(PersonFactory)
    starts_date = factory.LazyFunction(some_time_ago)


class RoleAssignmentFactory(factory.django.DjangoModelFactory[RoleAssignment]):
    """Makes a manager's assignment that goes on."""

    class Meta:
        model = RoleAssignment

    person = factory.SubFactory(PersonFactory)
    role = Role.MANAGER
    unit = factory.SubFactory(UnitFactory)
    starts_date = factory.LazyFunction(some_time_ago)


class JobFactory(factory.django.DjangoModelFactory[Job]):
    """Makes a job that waits its turn."""

    class Meta:
        model = Job

    kind = "trial"
    key = factory.Sequence(str)
    label = "Tar fram ett underlag"
    created_at = factory.LazyFunction(timezone.now)
    due_at = factory.SelfAttribute("created_at")
