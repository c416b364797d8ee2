"""The house itself: what every package shares."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PortalConfig(AppConfig):
    """Connects the Swedish sort order and the system checks."""

    name = "portal"
    verbose_name = "Portalen"

    def ready(self) -> None:
        """Register the checks and the receiver."""
        from portal import checks, swedish_order

        checks.register()
        connection_created.connect(
            swedish_order.prepare_sqlite, dispatch_uid="portal.swedish_order"
        )
