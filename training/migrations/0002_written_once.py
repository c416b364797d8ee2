"""Evidence is written once, whoever asks: triggers refuse UPDATE and DELETE in the database itself.

The one way round is deliberate: a connection that has said `portal_purging` (the archive's purge,
and the emptying of test databases). SQLite knows it as a function of the connection, PostgreSQL as
a setting of the session.
"""

from typing import Any

from django.db import migrations

TABLES = (
    "training_moduleversion",
    "training_answerevent",
    "training_completion",
    "training_completionrevocation",
)


def add_triggers(apps: Any, schema_editor: Any) -> None:
    """Create the triggers of this database's kind."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            """
            CREATE FUNCTION training_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF current_setting('portal.purging', true) = 'on' THEN
                    RETURN CASE WHEN TG_OP = 'UPDATE' THEN NEW ELSE OLD END;
                END IF;
                RAISE EXCEPTION 'training evidence is written once';
            END $$
            """
        )
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION training_written_once()"
            )
            schema_editor.execute(
                f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION training_written_once()"
            )
        return
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_written_once_{event.lower()} BEFORE {event} ON {table} "
                "WHEN NOT portal_purging() "
                "BEGIN SELECT RAISE(ABORT, 'training evidence is written once'); END"
            )


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    """Drop what add_triggers made."""
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            for name in ("written_once", "never_emptied"):
                schema_editor.execute(f"DROP TRIGGER {table}_{name} ON {table}")
        schema_editor.execute("DROP FUNCTION training_written_once()")
        return
    for table in TABLES:
        for event in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_written_once_{event}")


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("training", "0001_first")]

    operations = [migrations.RunPython(add_triggers, remove_triggers, elidable=False)]
