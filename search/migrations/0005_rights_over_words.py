"""Writers own the search's vocabulary; reviewers may change what is there."""

from typing import Any

from django.db import migrations

WRITERS = "Redaktörer"
REVIEWERS = "Granskare"

VOCABULARY = ("synonym", "compoundpart", "pinnedresult", "acuteword", "savedsearch")
RIGHTS = {
    WRITERS: {
        **dict.fromkeys(VOCABULARY, ("add", "change", "view", "delete")),
        "unansweredsearch": ("view", "delete"),
    },
    REVIEWERS: {
        **dict.fromkeys(VOCABULARY, ("change", "view")),
        "unansweredsearch": ("view",),
    },
}


def add(apps: Any, schema_editor: Any) -> None:
    """Give the rights."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    for name, rights in RIGHTS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for model, actions in rights.items():
            # Django makes these rows only after the last migration, and leaves them as they are.
            content_type, _ = content_types.get_or_create(app_label="search", model=model)
            for action in actions:
                permission, _ = permissions.get_or_create(
                    content_type=content_type,
                    codename=f"{action}_{model}",
                    defaults={"name": f"Can {action} {model}"},
                )
                group.permissions.add(permission)


class Migration(migrations.Migration):
    """Adds rights; they stay when migrated back, since someone may have changed the groups."""

    dependencies = [
        ("search", "0004_vocabulary_of_editors"),
        ("content", "0008_glossary_and_directory"),
    ]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
