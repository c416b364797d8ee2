"""The operations that addresses and texts name (verksamheter) exist in every installation."""

from typing import Any

from django.db import migrations

OPERATIONS = [
    ("forskola", "Förskola"),
    ("skola", "Skola"),
    ("fritid", "Fritid"),
    ("kultur", "Kultur"),
    ("socialtjanst", "Socialtjänst"),
    ("arbetsmarknad", "Arbetsmarknad"),
    ("aldreomsorg", "Äldreomsorg"),
    ("ungdomsmottagning", "Ungdomsmottagning"),
    ("evenemang", "Evenemang"),
    ("chef-och-hr", "Chef och HR"),
]


def add(apps: Any, schema_editor: Any) -> None:
    """Create the rows that are missing."""
    operation = apps.get_model("organisation", "Operation")
    for order, (slug, name) in enumerate(OPERATIONS, start=1):
        operation.objects.get_or_create(slug=slug, defaults={"name": name, "sort_order": order})


class Migration(migrations.Migration):
    """Adds the operations; they stay when migrated back, since employments may use them."""

    dependencies = [("organisation", "0001_first")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop, elidable=False)]
