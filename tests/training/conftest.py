"""A catalogue with one small module, so that no test here depends on the shipped texts."""

from datetime import datetime

import pytest
from wagtail.models import Site

from portal.organisation.models import Person, User
from tests.training.factories import make_catalogue, make_module_page, moment, version_of
from training.models import ModulePage, ModuleVersion, TrainingIndexPage


@pytest.fixture
def now() -> datetime:
    """A Monday morning in March."""
    return moment(2026, 3, 2, 9)


@pytest.fixture
def catalogue(db: None) -> TrainingIndexPage:
    """The catalogue of modules."""
    return make_catalogue(Site.objects.get(is_default_site=True).root_page)


@pytest.fixture
def prova(catalogue: TrainingIndexPage) -> ModulePage:
    """The module Prova: three lessons, five questions, 80 percent to pass."""
    return make_module_page(catalogue)


@pytest.fixture
def version(prova: ModulePage) -> ModuleVersion:
    """Prova as frozen when it was published."""
    return version_of(prova)


@pytest.fixture
def learner(ada: User) -> Person:
    """Ada, the person."""
    assert ada.person
    return ada.person
