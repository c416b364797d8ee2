"""Modules as evidence knows them: an identity, and frozen versions.

A Wagtail revision can be rewritten in place, so evidence never points at one. Publishing a module
freezes what learners see as canonical JSON with its hash.
"""

import hashlib
import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.facts import Fact

SCHEMA_VERSION = 1


class Module(models.Model):
    """A module's identity, the same in every language and whatever becomes of its page."""

    key = models.UUIDField("nyckel", unique=True, help_text="Sidans översättningsnyckel.")
    title = models.CharField("titel", max_length=255)
    slug = models.SlugField("adress", max_length=255)

    class Meta:
        verbose_name = "modul"
        verbose_name_plural = "moduler"

    def __str__(self) -> str:
        return self.title


class ChangeKind(models.TextChoices):
    """What a new version means for those who completed an earlier one."""

    EDITORIAL = "editorial", "språklig: inget att lära om"
    SUBSTANTIVE = "substantive", "innehållslig: bra att känna till"
    MATERIAL = "material", "väsentlig: den som är klar kan behöva göra om"


class ModuleVersion(Fact):
    """What learners saw: frozen when the module was published."""

    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="versions")
    language = models.CharField("språk", max_length=10)
    number = models.PositiveIntegerField("nummer")
    content = models.TextField("innehåll")
    content_hash = models.CharField("kontrollsumma", max_length=64)
    schema_version = models.PositiveSmallIntegerField(default=SCHEMA_VERSION)
    change_kind = models.CharField("ändringens slag", max_length=20, choices=ChangeKind)
    change_note = models.TextField("vad som ändrades", blank=True)
    published_at = models.DateTimeField("publicerad")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    source_revision_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "modulversion"
        verbose_name_plural = "modulversioner"
        constraints = [
            models.UniqueConstraint(
                fields=["module", "language", "number"], name="training_version_number_once"
            ),
            models.CheckConstraint(
                name="training_version_number_from_one", condition=Q(number__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.module} version {self.number}"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The frozen content as Python values."""
        return dict(json.loads(self.content))

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The questions, with their keys. Never hand these to a template as they are."""
        return list(self.data["questions"])

    @property
    def lessons(self) -> list[dict[str, Any]]:
        """The lessons in order."""
        return list(self.data["lessons"])

    def question(self, question_id: str) -> dict[str, Any] | None:
        """Return the question with that block id, or None."""
        return next((q for q in self.questions if q["id"] == question_id), None)

    def is_untouched(self) -> bool:
        """Return whether the content still has the hash it was given."""
        return content_hash(self.content) == self.content_hash


def canonical(data: dict[str, Any]) -> str:
    """Return *data* as JSON that is the same for the same content: sorted keys, no spaces."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(content: str) -> str:
    """Return the SHA-256 of canonical JSON, in hexadecimal."""
    return hashlib.sha256(content.encode()).hexdigest()
