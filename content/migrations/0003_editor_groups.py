"""Who writes and who reviews: the groups Redaktörer and Granskare exist in every installation.

Their rights are given on the very root of the page tree, so that they hold for every language and
do not depend on which texts have been loaded.
"""

from typing import Any

from django.db import migrations

WRITERS = "Redaktörer"
REVIEWERS = "Granskare"
WORKFLOW = "Sakgranskning"

PAGE_RIGHTS = {
    WRITERS: ("add", "change", "publish"),
    REVIEWERS: ("change", "publish", "lock", "unlock"),
}
REGISTERS = ("board", "contact", "edition", "goal", "legalprovision", "source")
REGISTER_RIGHTS = {WRITERS: ("add", "change", "view"), REVIEWERS: ("change", "view")}


def add(apps: Any, schema_editor: Any) -> None:
    """Create the groups, their rights, and the workflow that asks the reviewers."""
    content_types = apps.get_model("contenttypes", "ContentType").objects
    permissions = apps.get_model("auth", "Permission").objects
    root = apps.get_model("wagtailcore", "Page").objects.get(depth=1)

    def permission(app: str, model: str, action: str) -> Any:
        # Django makes these rows only after the last migration, and then leaves them as they are.
        content_type, _ = content_types.get_or_create(app_label=app, model=model)
        codename = "access_admin" if action == "access" else f"{action}_{model}"
        row, _ = permissions.get_or_create(
            content_type=content_type,
            codename=codename,
            defaults={"name": f"Can {action} {model}"},
        )
        return row

    page_rights = apps.get_model("wagtailcore", "GroupPagePermission").objects
    for name in (WRITERS, REVIEWERS):
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(
            permission("wagtailadmin", "admin", "access"),
            *(
                permission("content", model, action)
                for model in REGISTERS
                for action in REGISTER_RIGHTS[name]
            ),
        )
        for action in PAGE_RIGHTS[name]:
            page_rights.get_or_create(
                group=group, page=root, permission=permission("wagtailcore", "page", action)
            )
    _let_reviewers_review(apps, root)


def _let_reviewers_review(apps: Any, root: Any) -> None:
    """Send what is submitted to the reviewers; Wagtail's own workflow asks a group of nobody."""
    group = apps.get_model("auth", "Group").objects.get(name=REVIEWERS)
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wagtailcore", model="groupapprovaltask"
    )
    task, _ = apps.get_model("wagtailcore", "GroupApprovalTask").objects.get_or_create(
        name=WORKFLOW, defaults={"content_type": content_type, "active": True}
    )
    task.groups.add(group)
    workflow, _ = apps.get_model("wagtailcore", "Workflow").objects.get_or_create(
        name=WORKFLOW, defaults={"active": True}
    )
    apps.get_model("wagtailcore", "WorkflowTask").objects.get_or_create(
        workflow=workflow, task=task, defaults={"sort_order": 0}
    )
    apps.get_model("wagtailcore", "WorkflowPage").objects.update_or_create(
        page=root, defaults={"workflow": workflow}
    )


class Migration(migrations.Migration):
    """Adds the groups; they stay when migrated back, since accounts may be members."""

    dependencies = [
        ("content", "0002_first"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
