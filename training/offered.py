"""What training tells the pages of the programme (content.teaching)."""

from content.teaching import Taught
from training.models import ModulePage


def modules() -> list[Taught]:
    """Return the published modules with the competence areas that they cover."""
    rows = ModulePage.objects.live().order_by("path").values_list("pk", "title", "areas")
    return [Taught(pk, title, frozenset(areas)) for pk, title, areas in rows]
