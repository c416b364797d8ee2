"""What is indexed, the state of the index, and the vocabulary that editors own.

The passages are ordinary rows; what the engine of the database keeps about them lies in a table of
its own that a migration makes (search.engines). Both are written in the same transaction as the
page. Nothing here knows who searched for anything.
"""

import unicodedata
import uuid
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.models import Page

from search import phrases
from search.compounds import SHORTEST_PART
from search.records import Passage
from search.synonyms import SynonymError, parse_rule


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


class StateManager(models.Manager["SearchState"]):
    """The state, read without what only a new lexicon asks for."""

    def light(self) -> models.QuerySet["SearchState"]:
        """Return the row, if there is one, without the words of the lexicon."""
        return self.defer("lexicon_words", "lexicon_parts").filter(pk=SearchState.THE_ROW)


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
    wording_stamp = models.UUIDField(
        default=uuid.uuid4, help_text="Another one when editors say something else of words."
    )
    built_at = models.DateTimeField(
        null=True, help_text="When the whole index was last made anew; empty before the first time."
    )
    lexicon_words = models.JSONField(
        default=list, help_text="The words that the lexicon of compound parts is made from."
    )
    lexicon_parts = models.JSONField(
        null=True,
        help_text="The editors' parts and blocked words that it is made from; empty in an index "
        "that is older than they are.",
    )
    lexicon_stamp = models.UUIDField(default=uuid.uuid4)
    lexicon_size = models.PositiveIntegerField(
        default=0, help_text="How many passages the lexicon was made from."
    )

    objects = StateManager()

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


# --- What editors own ---------------------------------------------------------------------------


class Synonym(models.Model):
    """A line of the vocabulary: `a, b` works both ways, `a => b` one way (search.synonyms)."""

    text = models.CharField(
        "regel", max_length=500, unique=True,
        error_messages={"unique": "Regeln finns redan."},
        help_text=(
            "Skriv ”dagis, förskola” när orden betyder samma sak. Skriv ”soc => socialtjänst” när "
            "den som skriver det första också vill hitta det andra, men inte tvärtom."
        ),
    )  # fmt: skip

    class Meta:
        verbose_name = "synonymregel"
        verbose_name_plural = "synonymregler"

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """Write the rule in its one form, or say what is wrong with it."""
        try:
            self.text = str(parse_rule(self.text))
        except SynonymError as fault:
            message = str(fault)
            raise ValidationError({"text": f"{message[:1].upper()}{message[1:]}."}) from fault


class PartUse(models.TextChoices):
    """What a word may be inside other words."""

    PART = "part", "En del som andra ord byggs av"
    BLOCKED = "blocked", "Aldrig en del av ett annat ord"


class CompoundPart(models.Model):
    """A word that compounds are made of, or that never is a part of one (search.compounds)."""

    word = models.CharField(
        "ord", max_length=40, unique=True,
        error_messages={"unique": "Ordet finns redan."},
        help_text="I grundform, till exempel ”anmälan”.",
    )  # fmt: skip
    use = models.CharField("användning", max_length=10, choices=PartUse, default=PartUse.PART)

    class Meta:
        verbose_name = "del av sammansatta ord"
        verbose_name_plural = "delar av sammansatta ord"

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        """Take one word of letters, long enough not to be found everywhere."""
        word = unicodedata.normalize("NFC", self.word.strip().lower())
        if not word.isalpha() or len(word) < SHORTEST_PART:
            raise ValidationError(
                {"word": f"Skriv ett enda ord med minst {SHORTEST_PART} bokstäver."}
            )
        self.word = word


class PinnedResult(models.Model):
    """A page that stands first when a query is just these words. Shown only while it is open."""

    query = models.CharField(
        "sökning", max_length=200,
        help_text=(
            "Orden som man söker på. Ordningen och böjningen spelar ingen roll, men inga andra ord "
            "får vara med."
        ),
    )  # fmt: skip
    path = models.CharField(
        "sida", max_length=255,
        help_text="Adressen efter portalens namn, till exempel vagledning/akut-fara.",
    )  # fmt: skip
    sort_order = models.PositiveSmallIntegerField(
        "ordning", default=0, help_text="När flera sidor är nålade vid samma sökning: lägst först."
    )

    class Meta:
        verbose_name = "nålad träff"
        verbose_name_plural = "nålade träffar"
        constraints = [
            models.UniqueConstraint(
                fields=["query", "path"], name="search_pin_once_for_query_and_path",
                violation_error_message="Sidan är redan nålad vid den sökningen.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.query}: {self.path}"

    def clean(self) -> None:
        """Write query and address in their one form."""
        self.query = " ".join(self.query.split())
        self.path = path_in(self.path)
        if not phrases.key(self.query):
            raise ValidationError({"query": "Skriv minst ett ord att söka på."})


class AcuteWord(models.Model):
    """A word, or several, that show the numbers to call above the hits."""

    word = models.CharField(
        "ord", max_length=80, unique=True,
        error_messages={"unique": "Ordet finns redan."},
        help_text=(
            "Ett ord i valfri form. Skriver du flera ord räknas de när alla är med i sökningen, i "
            "vilken ordning som helst."
        ),
    )  # fmt: skip

    class Meta:
        verbose_name = "ord för akut hjälp"
        verbose_name_plural = "ord för akut hjälp"

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        """Refuse what holds no word."""
        self.word = " ".join(self.word.split())
        if not phrases.key(self.word):
            raise ValidationError({"word": "Skriv minst ett ord att söka på."})


class SavedSearch(models.Model):
    """A search that shows what a change does before it is saved."""

    query = models.CharField(
        "sökning", max_length=200, unique=True,
        error_messages={"unique": "Sökningen finns redan."},
        help_text="Så som någon skulle skriva den.",
    )  # fmt: skip
    path = models.CharField(
        "sida som bör komma först", max_length=255, blank=True,
        help_text="Adressen efter portalens namn. Får vara tom.",
    )  # fmt: skip

    class Meta:
        verbose_name = "sparad sökning"
        verbose_name_plural = "sparade sökningar"

    def __str__(self) -> str:
        return self.query

    def clean(self) -> None:
        """Write query and address in their one form."""
        self.query = " ".join(self.query.split())
        self.path = path_in(self.path)
        if not phrases.key(self.query):
            raise ValidationError({"query": "Skriv minst ett ord att söka på."})


def path_in(address: str) -> str:
    """Return the path of an address, however much of it was written."""
    return urlsplit(address.strip()).path.strip("/")


# --- Searches that found nothing ----------------------------------------------------------------


class UnansweredSearch(models.Model):
    """On how many days of a week a search was made that found nothing (search.unanswered).

    What was searched for is a keyed hash. The words are there only when it has been asked often
    enough. Who asked, and when of the day, is not there at all.
    """

    digest = models.CharField(max_length=64)
    week = models.DateField(help_text="The week's Monday.")
    days = models.PositiveSmallIntegerField(default=1)
    counted_on = models.DateField(help_text="The last day that counted: a day counts once.")
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "sökning utan träff"
        verbose_name_plural = "sökningar utan träff"
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "week"], name="search_unanswered_once_a_week"
            ),
            models.CheckConstraint(
                name="search_unanswered_days_of_a_week",
                condition=models.Q(days__gte=1, days__lte=7),
            ),
        ]
        indexes = [models.Index(fields=["week"], name="search_unanswered_week")]

    def __str__(self) -> str:
        return f"{self.digest[:8]} {self.week}"
