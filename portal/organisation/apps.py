"""Who works where."""

from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    """Units, persons, employments and roles."""

    name = "portal.organisation"
    label = "organisation"
    verbose_name = "Organisation"
