"""Finding it."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The search over all texts."""

    name = "search"
    verbose_name = "Sök"
