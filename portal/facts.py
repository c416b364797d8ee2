"""Rows that are written once. A fact is never changed, only added to."""

from typing import Any, ClassVar

from django.db import models


class WrittenOnce(Exception):
    """Something tried to change or remove a fact."""


class FactQuerySet(models.QuerySet[Any]):
    """A query set that can be read and added to, and no more."""

    def update(self, **kwargs: Any) -> int:
        """Refuse. Raises WrittenOnce."""
        raise WrittenOnce(f"{self.model.__name__} ändras aldrig")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse. Raises WrittenOnce."""
        raise WrittenOnce(f"{self.model.__name__} tas aldrig bort")


class Fact(models.Model):
    """The base of facts. A trigger in the database refuses what slips past this class."""

    objects: ClassVar[Any] = FactQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row the first time. Raises WrittenOnce for a row that is already there."""
        if not self._state.adding:
            raise WrittenOnce(f"{type(self).__name__} ändras aldrig")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse. Raises WrittenOnce."""
        raise WrittenOnce(f"{type(self).__name__} tas aldrig bort")
