"""What every test may ask for: the cast, the organisation, the library, a clean database.

The standing cast: Ada works at a preschool, Berit is her manager, Cem manages elsewhere, Disa
edits. Each is a `User`; the human being is its `person`.
"""

from tests import environment  # first of all: it sets up Django

# isort: split

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase, override_settings
from django.utils import timezone
from wagtail.models import Page, Site

from portal import generation
from portal.organisation.models import Role, Unit, UnitKind, User
from tests.factories import (
    EmploymentFactory,
    OperationFactory,
    PersonFactory,
    ProfessionFactory,
    RoleAssignmentFactory,
    UnitFactory,
    UserFactory,
)
from tests.services import elasticsearch as elasticsearch_service
from tests.snapshots import States

# --- How tests are run --------------------------------------------------------------------------

# How fast a machine is, is no fault of the code: speed is measured by `make bench` alone.
hypothesis.settings.register_profile(
    "portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("portal")


@pytest.fixture(scope="session", autouse=True)
def _settings_for_tests() -> Iterator[None]:
    """Change the few settings that would only cost time: hashed files and slow passwords."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        # Served straight from where they lie, so that no test needs collectstatic.
        WHITENOISE_USE_FINDERS=True,
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Start every test with empty caches."""
    cache.clear()
    generation.forget_everything()


def pytest_report_header() -> str:
    """Say which database the run is about."""
    return f"database: {environment.DATABASE}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that need the library last, so that it is loaded once."""
    items.sort(key=lambda item: "library" in getattr(item, "fixturenames", ()))


# --- Servers ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def elasticsearch() -> Iterator[str]:
    """The address of a running Elasticsearch."""
    with elasticsearch_service.server() as url:
        yield url


# --- The database -------------------------------------------------------------------------------

_states = States()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_keepdb: bool
) -> None:
    """Give this run a database of its own, so that runs at the same time do not meet.

    With --reuse-db the database is one and the same, and the next run starts sooner.
    """
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        if not django_db_keepdb:
            settings["TEST"]["NAME"] = f"test_{settings['NAME']}_{os.getpid()}"
        return
    name = Path(settings["TEST"]["NAME"])
    name.parent.mkdir(parents=True, exist_ok=True)
    for left in name.parent.glob(f"{name.stem}-*"):
        run = left.name.removeprefix(f"{name.stem}-").partition(".")[0]
        if run.isdigit() and not Path(f"/proc/{run}").exists():
            left.unlink(missing_ok=True)
    if not django_db_keepdb:
        settings["TEST"]["NAME"] = str(name.with_stem(f"{name.stem}-{os.getpid()}"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Remember the database as migrations leave it, and let tests that commit go back to it."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        _states.keep("bare")
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: _states.spoil())
        yield
        _states.spoil()
        _states.put("bare", make=_load_library)
        _states.close()


@pytest.fixture
def _database_state(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> None:
    """Put the database in the state the test asks for: bare, or with the library."""
    with django_db_blocker.unblock():
        name = "library" if "library" in request.fixturenames else "bare"
        _states.put(name, make=_load_library)


@pytest.fixture
def _django_db_helper(_database_state: None, _django_db_helper: None) -> None:
    """Put the database in order before pytest-django opens the test's transaction."""


def _load_library() -> None:
    call_command("load_content", verbosity=0)
    call_command("rebuild_search", verbosity=0)


@dataclass(frozen=True)
class Library:
    """The shipped texts and modules, loaded."""

    site: Site

    def page(self, path: str) -> Page:
        """Return the page at *path*, such as `vagledning/orosanmalan`, as its own type."""
        wanted = "/".join([self.site.root_page.url_path.rstrip("/"), *path.strip("/").split("/")])
        return Page.objects.get(url_path=f"{wanted.rstrip('/')}/").specific


@pytest.fixture
def library(db: None) -> Library:
    """The database holds the shipped texts and modules, and they can be searched."""
    return Library(Site.objects.select_related("root_page").get(is_default_site=True))


# --- The organisation ---------------------------------------------------------------------------


@pytest.fixture
def today() -> date:
    """Today in Stockholm. Freeze the clock with time-machine to choose it."""
    return timezone.localdate()


@dataclass(frozen=True)
class Organisation:
    """A small city: two administrations that share nothing but the city itself."""

    city: Unit
    north: Unit
    preschools: Unit
    bjorken: Unit
    granen: Unit
    home_care: Unit
    south: Unit
    lonnen: Unit


@pytest.fixture
def organisation(db: None) -> Organisation:
    """Staden: Norr with two preschools under one head and home care, Söder with a school."""
    preschool = OperationFactory()
    school = OperationFactory(slug="skola", name="Skola")
    care = OperationFactory(slug="aldreomsorg", name="Äldreomsorg")
    city = UnitFactory(code="S", name="Staden", kind=UnitKind.CITY)
    north = UnitFactory(parent=city, code="N", name="Norr", kind=UnitKind.ADMINISTRATION)
    south = UnitFactory(parent=city, code="SO", name="Söder", kind=UnitKind.ADMINISTRATION)
    preschools = UnitFactory(
        parent=north, code="N1", name="Norrs förskolor", kind=UnitKind.DEPARTMENT
    )
    units = {
        "bjorken": UnitFactory(
            parent=preschools, code="N11", name="Förskolan Björken", operation=preschool
        ),
        "granen": UnitFactory(
            parent=preschools, code="N12", name="Förskolan Granen", operation=preschool
        ),
        "home_care": UnitFactory(parent=north, code="N2", name="Norrs hemtjänst", operation=care),
        "lonnen": UnitFactory(parent=south, code="SO1", name="Lönnens skola", operation=school),
    }
    for unit in (city, north, south, preschools):
        unit.refresh_from_db()
    return Organisation(city=city, north=north, south=south, preschools=preschools, **units)


# --- The cast -----------------------------------------------------------------------------------


def _cast(username: str, given_name: str, family_name: str, **person: Any) -> User:
    return UserFactory(
        username=username,
        person=PersonFactory(given_name=given_name, family_name=family_name, **person),
    )


def _with_role(user: User, role: Role, unit: Unit | None) -> User:
    RoleAssignmentFactory(person=user.person, role=role, unit=unit)
    return user


def _employed(user: User, unit: Unit, code: str, profession: str) -> User:
    EmploymentFactory(
        person=user.person, unit=unit, profession=ProfessionFactory(code=code, name=profession)
    )
    return user


@pytest.fixture
def ada(organisation: Organisation) -> User:
    """Ada Ahlgren, preschool teacher at Björken."""
    return _employed(
        _cast("ada", "Ada", "Ahlgren"), organisation.bjorken, "forskollarare", "Förskollärare"
    )


@pytest.fixture
def berit(organisation: Organisation) -> User:
    """Berit Berg, head of Norr's preschools, so Ada's manager."""
    user = _employed(_cast("berit", "Berit", "Berg"), organisation.preschools, "rektor", "Rektor")
    return _with_role(user, Role.MANAGER, organisation.preschools)


@pytest.fixture
def cem(organisation: Organisation) -> User:
    """Cem Celik, head of Lönnens skola: a manager, but not of Ada or Berit."""
    user = _employed(_cast("cem", "Cem", "Celik"), organisation.lonnen, "rektor", "Rektor")
    return _with_role(user, Role.MANAGER, organisation.lonnen)


@pytest.fixture
def disa(organisation: Organisation) -> User:
    """Disa Dahl, who edits the texts."""
    user = _employed(
        _cast("disa", "Disa", "Dahl"), organisation.city, "kommunikator", "Kommunikatör"
    )
    user.groups.add(Group.objects.get(name="Redaktörer"))
    return user


@pytest.fixture
def reviewer(organisation: Organisation) -> User:
    """Ebba Ek, who reviews the texts before they are published."""
    user = _employed(_cast("ebba", "Ebba", "Ek"), organisation.city, "sakkunnig", "Sakkunnig")
    user.groups.add(Group.objects.get(name="Granskare"))
    return user


@pytest.fixture
def coordinator(organisation: Organisation) -> User:
    """Farah Farsi, who coordinates Norr."""
    return _with_role(_cast("farah", "Farah", "Farsi"), Role.COORDINATOR, organisation.north)


@pytest.fixture
def follow_up(organisation: Organisation) -> User:
    """Göran Gran, who follows up the whole city."""
    return _with_role(_cast("goran", "Göran", "Gran"), Role.FOLLOW_UP, None)


@pytest.fixture
def registrar(organisation: Organisation) -> User:
    """Hilda Holm, who hands out public records."""
    return _with_role(_cast("hilda", "Hilda", "Holm"), Role.REGISTRAR, None)


@pytest.fixture
def staff_admin(organisation: Organisation) -> User:
    """Idun Ivarsson, who keeps the staff register in order."""
    return _with_role(_cast("idun", "Idun", "Ivarsson"), Role.STAFF_ADMIN, None)


@pytest.fixture
def admin(db: None) -> User:
    """An account that may do anything in the editor and belongs to no person."""
    return UserFactory(username="admin", person=None, is_staff=True, is_superuser=True)


@pytest.fixture
def protected(organisation: Organisation) -> User:
    """Åsa Öberg, at Björken with Ada, whose identity is protected: never named to others."""
    return _employed(
        _cast("asa", "Åsa", "Öberg", is_protected=True),
        organisation.bjorken, "barnskotare", "Barnskötare",
    )  # fmt: skip
