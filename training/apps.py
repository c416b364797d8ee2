"""What staff learn and what is on record."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Modules, versions, attempts, completions, requirements."""

    name = "training"
    verbose_name = "Utbildning"

    def ready(self) -> None:
        """Freeze a module whenever its page is published."""
        from wagtail.signals import page_published

        from training import receivers

        page_published.connect(receivers.freeze_published_module, dispatch_uid="training.freeze")
