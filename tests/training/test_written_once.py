"""Evidence is only ever added to: class, query set and database all refuse anything else."""

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from content.models import RoutineVersion
from portal.database import purging
from portal.facts import Fact, WrittenOnce
from tests.factories import UserFactory
from tests.training.factories import CompletionFactory, answer, moment
from training import actions
from training.models import AnswerEvent, Completion, CompletionRevocation, ModuleVersion

pytestmark = pytest.mark.django_db

FACTS = [AnswerEvent, Completion, CompletionRevocation, ModuleVersion]


@pytest.fixture
def rows(version: ModuleVersion, learner: Any) -> dict[type[models.Model], Any]:
    """One row of each kind of evidence."""
    attempt = actions.start_attempt(person=learner, version=version, at=moment(2026, 3, 2))
    completion = CompletionFactory(person=learner, version=version)
    return {
        ModuleVersion: version,
        AnswerEvent: answer(attempt, 1),
        Completion: completion,
        CompletionRevocation: actions.revoke_completion(
            completion=completion, by=UserFactory(), reason="Fel person", at=moment(2026, 3, 3)
        ),
    }


def values(row: models.Model) -> dict[str, Any]:
    return type(row)._base_manager.filter(pk=row.pk).values().get()


def test_these_are_all_the_kinds_of_evidence() -> None:
    facts = {model for model in apps.get_models() if issubclass(model, Fact)}

    # Units' routines are facts too; tests/content/test_routines.py is about them.
    assert facts - {RoutineVersion} == set(FACTS)


@pytest.mark.parametrize("model", FACTS)
class TestEvidence:
    def test_is_not_saved_again(self, model, rows):
        with pytest.raises(WrittenOnce):
            rows[model].save()

    def test_is_not_saved_again_by_someone_who_fetched_it(self, model, rows):
        with pytest.raises(WrittenOnce):
            model.objects.get().save()

    def test_is_not_deleted(self, model, rows):
        with pytest.raises(WrittenOnce):
            rows[model].delete()

    def test_is_not_deleted_in_numbers(self, model, rows):
        with pytest.raises(WrittenOnce):
            model.objects.all().delete()

    def test_is_not_updated_in_numbers(self, model, rows):
        with pytest.raises(WrittenOnce):
            model.objects.update(id=0)

    def test_is_not_updated_in_bulk(self, model, rows):
        (name,) = {"saved_at", "completed_at", "reason", "change_note"} & {
            field.name for field in model._meta.fields
        }

        with pytest.raises(WrittenOnce):
            model.objects.bulk_update([rows[model]], [name])

    def test_is_not_overwritten_by_a_new_object_with_its_key(self, model, rows):
        kept = values(rows[model])
        other = model(**{**kept, "id": rows[model].pk})

        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            other.save()

        assert values(rows[model]) == kept

    def test_is_not_updated_through_the_base_manager(self, model, rows):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            model._base_manager.update(id=models.F("id"))

    def test_is_not_deleted_through_the_base_manager(self, model, rows):
        everything = model._base_manager.all()

        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            everything._raw_delete(everything.db)

        assert model.objects.count() == 1

    @pytest.mark.parametrize(
        "statement",
        ["UPDATE {table} SET id = id", "DELETE FROM {table}", "DELETE FROM {table} WHERE id > 0"],
    )
    def test_is_not_changed_by_a_statement_of_sql(self, model, rows, statement):
        table = model._meta.db_table

        with (
            pytest.raises(DatabaseError, match="written once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format(table=table))

        assert model.objects.count() == 1

    def test_is_not_replaced_or_emptied_by_a_statement_of_sql(self, model, rows):
        table = model._meta.db_table
        statement = (
            f"TRUNCATE {table} CASCADE"
            if connection.vendor == "postgresql"
            else f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608
        )
        # PostgreSQL empties no table that still waits for its foreign keys to be looked at.
        connection.check_constraints()

        with (
            pytest.raises(DatabaseError, match="written once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

        assert model.objects.count() == 1

    def test_is_open_to_the_archives_purge_alone(self, model, rows):
        kept = values(rows[model])

        with purging(connection), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET id = id")  # noqa: S608

        assert values(rows[model]) == kept
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            model._base_manager.update(id=models.F("id"))


def test_the_purge_shuts_the_door_behind_itself_when_it_fails(rows: Any) -> None:
    with pytest.raises(ZeroDivisionError), purging(connection):
        raise ZeroDivisionError

    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        AnswerEvent._base_manager.update(id=models.F("id"))


def test_a_person_with_evidence_cannot_be_deleted(rows: Any, learner: Any) -> None:
    with pytest.raises(models.ProtectedError):
        learner.delete()


def test_a_module_with_evidence_cannot_be_deleted(rows: Any, version: ModuleVersion) -> None:
    with pytest.raises(models.ProtectedError):
        version.module.delete()
