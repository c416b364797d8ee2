"""Finding it."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The search over all texts."""

    name = "search"
    verbose_name = "Sök"

    def ready(self) -> None:
        """Keep the index as the pages are."""
        from search import mirror, receivers

        receivers.connect()
        mirror.get_ready()
