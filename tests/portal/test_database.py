"""What every database connection is given, and that evidence is guarded below Django."""

import threading
from contextlib import closing

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from portal.database import purging
from portal.organisation.models import Operation, Person
from tests.factories import PersonFactory
from tests.snapshots import States
from training.models import ChangeKind, Module, ModuleVersion

UPDATE = "UPDATE training_moduleversion SET content = '[]'"
DELETE = "DELETE FROM training_moduleversion"


def make_version() -> ModuleVersion:
    module = Module.objects.create(
        key="7d8f2a52-0c0b-4b0e-9d1c-0a5d0a7e6f11", title="Modul", slug="modul"
    )
    return ModuleVersion.objects.create(
        module=module,
        language="sv",
        number=1,
        content="{}",
        content_hash="0" * 64,
        change_kind=ChangeKind.EDITORIAL,
        published_at=timezone.now(),
    )


def change(statement: str) -> int:
    """Run *statement* in a savepoint and return how many rows it changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


@pytest.mark.parametrize("statement", [UPDATE, DELETE])
class TestEvidence:
    def test_the_database_itself_refuses_a_change(self, db, statement):
        make_version()

        with pytest.raises(DatabaseError, match="written once"):
            change(statement)

        assert ModuleVersion.objects.get().content == "{}"

    def test_the_archive_s_purge_may_change_it(self, db, statement):
        make_version()

        with purging(connection):
            assert change(statement) == 1

    def test_it_is_guarded_again_after_the_purge(self, db, statement):
        make_version()

        with pytest.raises(ZeroDivisionError), purging(connection):
            raise ZeroDivisionError

        with pytest.raises(DatabaseError, match="written once"):
            change(statement)


def test_another_connection_may_not_purge_meanwhile(transactional_db):
    make_version()
    refused = []

    def elsewhere() -> None:
        try:
            change(DELETE)
        except DatabaseError as error:
            refused.append(str(error))
        finally:
            connections.close_all()

    with purging(connection):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()

    assert "written once" in refused[0]


class TestStatesOfTheTestDatabase:
    @pytest.fixture
    def states(self, transactional_db):
        with closing(States()) as states:
            yield states

    def test_what_a_test_committed_is_gone_and_what_migrations_wrote_is_there(self, states):
        states.keep("bare")
        before = Operation.objects.count()
        make_version()
        PersonFactory()
        Operation.objects.all().delete()

        states.spoil()
        states.put("bare", make=lambda: None)

        assert not ModuleVersion.objects.exists()
        assert not Person.objects.exists()
        assert Operation.objects.count() == before > 0

    def test_a_state_is_made_once_out_of_the_bare_one(self, states):
        made = []

        def make() -> None:
            made.append(Person.objects.count())
            PersonFactory()

        states.keep("bare")
        for name in ("peopled", "bare", "peopled"):
            states.put(name, make=make)

        assert made == [0]
        assert Person.objects.count() == 1

    def test_rows_made_after_a_restore_get_free_numbers(self, states):
        PersonFactory()
        states.keep("bare")
        PersonFactory()

        states.spoil()
        states.put("bare", make=lambda: None)
        PersonFactory()

        assert Person.objects.count() == 2
