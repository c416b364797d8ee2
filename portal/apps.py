"""The house itself: what every package shares."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    """Prepares database connections, registers the system checks and what is done in background."""

    name = "portal"
    verbose_name = "Portalen"

    def ready(self) -> None:
        """Register the checks, the receiver and the background modules."""
        from portal import checks, database

        checks.register()
        connection_created.connect(database.prepare, dispatch_uid="portal.database")
        # Every app's kinds of job, chores by the clock, mails and figures.
        autodiscover_modules("background")
