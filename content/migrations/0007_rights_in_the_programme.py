"""Writers and reviewers may edit what the programme and its registers have come to hold."""

from typing import Any

from django.db import migrations

WRITERS = "Redaktörer"
REVIEWERS = "Granskare"

NEW = ("activity", "figure", "indicator", "preventioncell", "remark")
RIGHTS = {
    WRITERS: {
        **dict.fromkeys(NEW, ("add", "change", "view")),
        # A row that is found to belong to a goal is written there and taken away here.
        "activity": ("add", "change", "view", "delete"),
        "indicator": ("add", "change", "view", "delete"),
        "goal": ("publish",),
    },
    REVIEWERS: {**dict.fromkeys(NEW, ("change", "view")), "goal": ("publish",)},
}


def add(apps: Any, schema_editor: Any) -> None:
    """Give the rights."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for name, rights in RIGHTS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for model, actions in rights.items():
            # Django makes these rows only after the last migration, and leaves them as they are.
            content_type, _ = content_types.get_or_create(app_label="content", model=model)
            for action in actions:
                permission, _ = permissions.get_or_create(
                    content_type=content_type,
                    codename=f"{action}_{model}",
                    defaults={"name": f"Can {action} {model}"},
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    """Adds rights; they stay when migrated back, since someone may have changed the groups."""

    dependencies = [("content", "0006_programme_as_data")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
