"""Units' own routines. A version is written once, whoever asks: triggers refuse to change it.

The account that saved it may be taken away, so that column alone may be emptied. As with evidence,
a connection that has said `portal_purging` is let through.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLE = "content_routineversion"
COLUMNS = "id, routine_id, number, made_at, owner, applies_from, review_due_date, answers"
# Name → the event and the condition under which it is refused, in the words of both databases.
REFUSED = {
    "changed": (f"UPDATE OF {COLUMNS}", ""),
    "given_away": ("UPDATE OF made_by_id", "NEW.made_by_id IS NOT NULL"),
    "deleted": ("DELETE", ""),
}


def add_triggers(apps: Any, schema_editor: Any) -> None:
    """Create the triggers of this database's kind."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            """
            CREATE FUNCTION content_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF current_setting('portal.purging', true) = 'on' THEN
                    RETURN CASE WHEN TG_OP = 'UPDATE' THEN NEW ELSE OLD END;
                END IF;
                RAISE EXCEPTION 'a version of a routine is written once';
            END $$
            """
        )
        for name, (event, condition) in REFUSED.items():
            when = f"WHEN ({condition}) " if condition else ""
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_never_{name} BEFORE {event} ON {TABLE} "
                f"FOR EACH ROW {when}EXECUTE FUNCTION content_written_once()"
            )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_never_emptied BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION content_written_once()"
        )
        return
    for name, (event, condition) in REFUSED.items():
        when = f"NOT portal_purging() AND {condition}" if condition else "NOT portal_purging()"
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_never_{name} BEFORE {event} ON {TABLE} WHEN {when} "
            "BEGIN SELECT RAISE(ABORT, 'a version of a routine is written once'); END"
        )


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    """Drop what add_triggers made."""
    if schema_editor.connection.vendor == "postgresql":
        for name in (*REFUSED, "emptied"):
            schema_editor.execute(f"DROP TRIGGER {TABLE}_never_{name} ON {TABLE}")
        schema_editor.execute("DROP FUNCTION content_written_once()")
        return
    for name in REFUSED:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_never_{name}")


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0009_districts"),
        ("organisation", "0002_operations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UnitRoutine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "template",
                    models.CharField(
                        choices=[("orosanmalan", "Rutin vid orosanmälan")],
                        max_length=40,
                        verbose_name="mall",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routines",
                        to="organisation.unit",
                        verbose_name="enhet",
                    ),
                ),
            ],
            options={
                "verbose_name": "enhetens rutin",
                "verbose_name_plural": "enheternas rutiner",
            },
        ),
        migrations.CreateModel(
            name="RoutineVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                ("made_at", models.DateTimeField(verbose_name="sparad")),
                ("owner", models.CharField(max_length=200, verbose_name="ansvarig för rutinen")),
                (
                    "applies_from",
                    models.DateField(blank=True, null=True, verbose_name="gäller från"),
                ),
                ("review_due_date", models.DateField(verbose_name="ska granskas senast")),
                ("answers", models.JSONField(blank=True, default=dict, verbose_name="det ifyllda")),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="sparad av",
                    ),
                ),
                (
                    "routine",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="content.unitroutine",
                    ),
                ),
            ],
            options={
                "verbose_name": "version av en rutin",
                "verbose_name_plural": "versioner av rutiner",
            },
        ),
        migrations.AddConstraint(
            model_name="unitroutine",
            constraint=models.UniqueConstraint(
                fields=("unit", "template"), name="content_routine_once"
            ),
        ),
        migrations.AddIndex(
            model_name="routineversion",
            index=models.Index(fields=["review_due_date"], name="content_rou_review__05c6db_idx"),
        ),
        migrations.AddConstraint(
            model_name="routineversion",
            constraint=models.UniqueConstraint(
                fields=("routine", "number"), name="content_routine_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="routineversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="content_routine_numbered_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="routineversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("applies_from__isnull", True),
                    ("review_due_date__gt", models.F("applies_from")),
                    _connector="OR",
                ),
                name="content_routine_review_after_start",
            ),
        ),
        migrations.RunPython(add_triggers, remove_triggers, elidable=False),
    ]
