"""The house itself: what every package shares."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PortalConfig(AppConfig):
    """Prepares database connections and registers the system checks."""

    name = "portal"
    verbose_name = "Portalen"

    def ready(self) -> None:
        """Register the checks and the receiver."""
        from portal import checks, database

        checks.register()
        connection_created.connect(database.prepare, dispatch_uid="portal.database")
