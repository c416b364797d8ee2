"""The table of the database's own search engine, and the row that every change of the index locks."""

from typing import Any

from django.db import migrations

from search.engines import fts5, postgres


def create_engine(apps: Any, schema_editor: Any) -> None:
    """Make the engine's table; what it looks like depends on the database."""
    statements = (
        [postgres.CREATE_TABLE, postgres.CREATE_INDEX]
        if schema_editor.connection.vendor == "postgresql"
        else [fts5.CREATE_TABLE]
    )
    for statement in statements:
        schema_editor.execute(statement)


def drop_engine(apps: Any, schema_editor: Any) -> None:
    """Remove the engine's table."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(postgres.DROP_TABLE if is_postgresql else fts5.DROP_TABLE)


def create_state(apps: Any, schema_editor: Any) -> None:
    """Make the one row."""
    apps.get_model("search", "SearchState").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    """Creates what no model describes."""

    dependencies = [("search", "0001_passages")]

    operations = [
        migrations.RunPython(create_engine, drop_engine, elidable=False),
        migrations.RunPython(create_state, migrations.RunPython.noop, elidable=False),
    ]
