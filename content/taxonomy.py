"""The words that texts, goals and rows are sorted by."""

from django.db import models

from portal.organisation.models import Operation


class TargetGroup(models.TextChoices):
    """Whom a text is about."""

    CHILDREN = "barn", "Barn"
    YOUNG = "unga", "Unga"
    ADULTS = "vuxna", "Vuxna"
    ELDERLY = "aldre", "Äldre"
    PERPETRATORS = "utovare", "Den som utövar våld"
    EMPLOYEES = "medarbetare", "Stadens medarbetare"


class Kind(models.TextChoices):
    """The kinds of text that search tells apart (`typ`), in the order they are offered."""

    GUIDANCE = "vagledning", "Vägledning"
    VIOLENCE_TYPE = "valdstyp", "Våldstyper"
    VIOLENCE_FORM = "uttryck", "Våldets uttryck"
    PREVENTION = "forebyggande", "Förebyggande arbete"
    PERSPECTIVE = "perspektiv", "Perspektiv"
    PROGRAMME = "program", "Programmet"
    GOAL = "mal", "Mål"
    BOARD = "ansvar", "Ansvar"
    OPERATION = "verksamhet", "Verksamheter"
    SUPPORT = "stod", "Stöd och kontakter"
    GLOSSARY = "ordlista", "Ordlista"
    LAW = "lag", "Lagar"
    STATISTICS = "statistik", "Statistik"
    TRAINING = "utbildning", "Utbildning"


class PreventionLevel(models.TextChoices):
    """Whom prevention turns to, and when."""

    UNIVERSAL = "universal", "universell"
    SELECTIVE = "selective", "selektiv"
    INDICATED = "indicated", "indikerad"


def operation_options() -> list[tuple[str, str]]:
    """Return the operations as choices."""
    return list(Operation.objects.order_by("sort_order").values_list("slug", "name"))


def target_group_options() -> list[tuple[str, str]]:
    """Return the target groups as choices."""
    return list(TargetGroup.choices)
