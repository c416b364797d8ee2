"""What the programme says."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Texts, programme, directory, laws."""

    name = "content"
    verbose_name = "Innehåll"

    def ready(self) -> None:
        """Listen for what changes the texts."""
        from content import receivers

        receivers.connect()
