"""What the house itself keeps."""

from django.db import models

from portal.jobs.models import ChoreRun, Job, Worker

__all__ = ["ChoreRun", "Generation", "Job", "Worker"]


class Generation(models.Model):
    """One row that counts changes of what readers see. Caches are valid for one number."""

    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = "innehållets generation"
        verbose_name_plural = "innehållets generation"

    def __str__(self) -> str:
        return str(self.number)
