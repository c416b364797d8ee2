"""What is indexed, and the state of the index.

The passages are ordinary rows; what the engine of the database keeps about them lies in a table of
its own that a migration makes (search.engines). Both are written in the same transaction as the
page. Nothing here knows what anybody searched for.
"""

import uuid

from django.db import models
from wagtail.models import Page

from search.records import Passage


class SearchPassage(models.Model):
    """A part of a published page: the smallest thing that a search can lead to."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    order = models.PositiveIntegerField()
    path = models.TextField(help_text="A lesson has its own, below its module's.")
    kind = models.CharField(max_length=20)
    title = models.TextField()
    heading = models.TextField(blank=True)
    anchor = models.TextField(blank=True)
    url = models.TextField()
    text = models.TextField(blank=True)
    keywords = models.TextField(blank=True)
    operations = models.JSONField(default=list, blank=True)
    registers = models.TextField(
        blank=True,
        help_text="What the page shows out of registers; only on the page's first passage.",
    )

    class Meta:
        verbose_name = "sökbart stycke"
        verbose_name_plural = "sökbara stycken"
        constraints = [
            models.UniqueConstraint(
                fields=["page", "order"], name="search_passage_order_once_per_page"
            )
        ]
        indexes = [models.Index(fields=["kind"], name="search_passage_kind")]

    def __str__(self) -> str:
        return self.url

    def record(self) -> Passage:
        """Return the passage as the engines take it."""
        return Passage(
            id=self.pk,
            path=self.path,
            kind=self.kind,
            title=self.title,
            heading=self.heading,
            anchor=self.anchor,
            text=self.text,
            keywords=self.keywords,
            operations=tuple(self.operations),
        )


class SearchState(models.Model):
    """The one row that every change of the index locks and stamps.

    The lock makes changes follow each other, so that none is written from what another has already
    overtaken. A process that has seen another stamp knows that what it remembers is old. The stamp
    is random, since a number would come again after a transaction that was rolled back.
    """

    THE_ROW = 1

    version = models.BigIntegerField(
        default=0, help_text="Rises with every change: the later of two messages is known by it."
    )
    is_mirrored = models.BooleanField(
        default=False,
        help_text="Elasticsearch holds every passage as it is, but for the changes that are noted.",
    )
    stamp = models.UUIDField(default=uuid.uuid4)
    built_at = models.DateTimeField(
        null=True, help_text="When the whole index was last made anew; empty before the first time."
    )
    lexicon_words = models.JSONField(
        default=list, help_text="The words that the lexicon of compound parts is made from."
    )
    lexicon_stamp = models.UUIDField(default=uuid.uuid4)
    lexicon_size = models.PositiveIntegerField(
        default=0, help_text="How many passages the lexicon was made from."
    )

    class Meta:
        verbose_name = "sökindexets läge"
        verbose_name_plural = "sökindexets läge"
        constraints = [
            models.CheckConstraint(name="search_state_is_one_row", condition=models.Q(pk=1))
        ]

    def __str__(self) -> str:
        return f"Sökindex {self.stamp}"


class UnsentChange(models.Model):
    """A passage that has changed or gone, and that Elasticsearch may not have been told of yet.

    Noted in the transaction that makes the change and removed when it has been sent, so that
    neither a killed process nor a server that is away loses anything.
    """

    passage_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()

    class Meta:
        verbose_name = "osänd ändring i sökindexet"
        verbose_name_plural = "osända ändringar i sökindexet"

    def __str__(self) -> str:
        return f"Stycke {self.passage_id}, ändring {self.version}"
