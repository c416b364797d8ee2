"""What staff learn and what is on record."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Modules, versions, attempts, completions, requirements."""

    name = "training"
    verbose_name = "Utbildning"

    def ready(self) -> None:
        """Freeze a module whenever its page is published, and tell content what is taught."""
        from django.db.models.signals import post_delete, post_save
        from wagtail.signals import page_published

        from content import teaching
        from portal import generation
        from training import offered, receivers

        teaching.offer(offered.modules)
        page_published.connect(receivers.freeze_published_module, dispatch_uid="training.freeze")
        # What learners see is the frozen version, so a new one is a new generation of content;
        # and a requirement changes what holds for all who are done.
        for name in ("ModuleVersion", "Requirement", "Track", "TrackModule"):
            for changed in (post_save, post_delete):
                changed.connect(
                    generation.advance,
                    sender=self.get_model(name),
                    dispatch_uid=f"training.generation.{name}",
                )
