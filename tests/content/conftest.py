"""What tests of the texts may ask for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from portal.organisation.models import User
from tests import conftest
from tests.content.files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A small library of files in which everything is in order; nothing is loaded."""
    return Files(tmp_path / "portal").whole()


@pytest.fixture(scope="class")
def _small_library(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Load the small library once for a class of tests, below the transaction of each.

    All tests of a class must want it, or none: it is there until the last of them is done.
    """
    with django_db_blocker.unblock():
        conftest._states.put("bare", make=conftest._load_library)
        with transaction.atomic():
            Files(tmp_path_factory.mktemp("small")).whole().load()
            with django_db_blocker.block():
                yield
            transaction.set_rollback(True)


@pytest.fixture
def loaded(_small_library: None, db: None, files: Files) -> Files:
    """The small library, loaded."""
    return files


@pytest.fixture
def editor(admin: User) -> Client:
    """A browser signed in as one who may do anything."""
    client = Client()
    client.force_login(admin)
    return client
