"""Registers that texts point at: sources, laws and contacts.

A row is edited in one place and shows at once on every page that uses it.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from content.fields import ChoiceListField
from content.taxonomy import PreventionLevel
from portal.organisation.models import Operation

KEY_HELP = "Används i textfilerna. Ändra den aldrig."


class SourceKind(models.TextChoices):
    """What sort of source it is."""

    CONSULTATION = "remissvar", "Remissvar"
    INTERPELLATION = "interpellationssvar", "Interpellationssvar"
    LAW = "lag", "Lag"
    AUTHORITY = "myndighet", "Myndighet"
    WEBSITE = "webbplats", "Webbplats"
    REPORT = "rapport", "Rapport"
    OWN = "eget", "Eget"


class Source(models.Model):
    """A document or page that statements rest on."""

    key = models.CharField("nyckel", max_length=60, unique=True, help_text=KEY_HELP)
    title = models.CharField("titel", max_length=300)
    publisher = models.CharField("utgivare", max_length=200, blank=True)
    kind = models.CharField("slag", max_length=30, choices=SourceKind)
    url = models.URLField("adress", max_length=500, blank=True)
    published = models.CharField(
        "utgiven", max_length=60, blank=True, help_text="Tomt visas som ”datum anges inte”."
    )
    checked_on = models.DateField("läst den", null=True, blank=True)
    note = models.TextField("anmärkning", blank=True)

    panels = [
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("key"), FieldPanel("kind")]),
        FieldPanel("publisher"),
        FieldPanel("url"),
        FieldRowPanel([FieldPanel("published"), FieldPanel("checked_on")]),
        FieldPanel("note"),
    ]

    class Meta:
        verbose_name = "källa"
        verbose_name_plural = "källor"

    def __str__(self) -> str:
        return self.title


class LegalProvision(models.Model):
    """A paragraph of a law, told in our words, with the days that matter."""

    key = models.CharField("nyckel", max_length=60, unique=True, help_text=KEY_HELP)
    act = models.CharField("lag", max_length=200)
    sfs = models.CharField("SFS-nummer", max_length=20)
    reference = models.CharField("lagrum", max_length=100, help_text="Till exempel 19 kap. 1 §")
    heading = models.CharField("vad det handlar om", max_length=200)
    summary = models.TextField("med egna ord")
    in_force = models.DateField("lydelsen gäller från", null=True, blank=True)
    in_force_note = models.CharField("om dagen är osäker", max_length=200, blank=True)
    amended_by = models.CharField("senast ändrad genom", max_length=60, blank=True)
    checked_on = models.DateField("läst i kopia av den")
    earlier = models.CharField("tidigare lagrum", max_length=200, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("act"), FieldPanel("sfs")]),
        FieldRowPanel([FieldPanel("reference"), FieldPanel("key")]),
        FieldPanel("heading"),
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("in_force"), FieldPanel("in_force_note")]),
        FieldRowPanel([FieldPanel("amended_by"), FieldPanel("checked_on")]),
        FieldPanel("earlier"),
    ]

    class Meta:
        verbose_name = "lagrum"
        verbose_name_plural = "lagrum"

    def __str__(self) -> str:
        return f"{self.act} {self.reference}"

    def clean(self) -> None:
        """Refuse a law of which nobody can tell from when it reads so."""
        super().clean()
        if not self.in_force and not self.in_force_note:
            raise ValidationError(
                {
                    "in_force": "Ange dagen som lydelsen gäller från. Är den osäker, lämna den "
                    "tom och skriv varför under ”Om dagen är osäker”."
                }
            )

    def is_stale(self, on: date) -> bool:
        """Return whether the law was last read more than six months before *on*."""
        return (on - self.checked_on).days > 183


class Audience(models.TextChoices):
    """Whom a contact is for."""

    EXPOSED = "utsatt", "Den som är utsatt"
    PERPETRATOR = "utovare", "Den som utövar våld"
    STAFF = "personal", "Dig som möter någon i arbetet"
    CLOSE = "anhorig", "Närstående"


def audience_options() -> list[tuple[str, str]]:
    """Return whom a contact can be for, as choices."""
    return list(Audience.choices)


class AgeGroup(models.TextChoices):
    """How old those are whom a contact is for."""

    CHILDREN = "barn", "Barn, under 18 år"
    YOUNG = "unga", "Unga, 13–25 år"
    ADULTS = "vuxna", "Vuxna"
    ELDERLY = "aldre", "Äldre"


def age_options() -> list[tuple[str, str]]:
    """Return the age groups as choices."""
    return list(AgeGroup.choices)


class Violence(models.TextChoices):
    """What sort of violence a contact is for; the areas of the programme's Goal 6."""

    CLOSE_RELATIONSHIPS = "close_relationships", "Våld i nära relationer"
    HONOUR = "honour_related", "Hedersrelaterat våld och förtryck"
    PROSTITUTION = "prostitution_trafficking", "Prostitution och människohandel"
    SEXUAL = "sexual_violence", "Sexuellt våld"


def violence_options() -> list[tuple[str, str]]:
    """Return the sorts of violence as choices."""
    return list(Violence.choices)


LANGUAGES = {
    "sv": "svenska", "en": "engelska", "ar": "arabiska", "bs": "bosniska", "ckb": "sorani",
    "de": "tyska", "es": "spanska", "fa": "persiska", "fi": "finska", "fr": "franska",
    "ku": "kurmanji", "pl": "polska", "prs": "dari", "ru": "ryska", "so": "somaliska",
    "sr": "serbiska", "ti": "tigrinska", "tr": "turkiska", "uk": "ukrainska", "sgn": "teckenspråk",
}  # fmt: skip


def language_options() -> list[tuple[str, str]]:
    """Return the languages a contact can speak, as choices."""
    return list(LANGUAGES.items())


class Contact(models.Model):
    """A line or service in the directory. A number nobody has called has no `verified_on`."""

    key = models.CharField("nyckel", max_length=60, unique=True, help_text=KEY_HELP)
    name = models.CharField("namn", max_length=200)
    for_whom = models.TextField("för vem")
    audience = ChoiceListField("målgrupp", options=audience_options)
    age_groups = ChoiceListField("åldersgrupper", options=age_options)
    violence = ChoiceListField(
        "typ av våld", options=violence_options, help_text="Ingen ikryssad betyder alla."
    )
    speaks = ChoiceListField(
        "svarar på", options=language_options, help_text="Bara språk som källan anger."
    )
    always_open = models.BooleanField("öppet dygnet runt", default=False)
    phone = models.CharField("telefon", max_length=60, blank=True)
    phone_note = models.CharField("om numret", max_length=300, blank=True)
    hours = models.CharField("öppet", max_length=200, blank=True)
    hours_note = models.CharField("om tiderna", max_length=300, blank=True)
    web = models.URLField("webbplats", max_length=500, blank=True)
    address = models.CharField("adress", max_length=300, blank=True)
    ages = models.CharField("åldrar", max_length=100, blank=True)
    languages = models.CharField("språk", max_length=200, blank=True)
    anonymous = models.CharField("anonymt", max_length=100, blank=True)
    source = models.ForeignKey(
        Source, verbose_name="källa", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    source_date = models.CharField("källans datum", max_length=60, blank=True)
    verified_on = models.DateField(
        "kontrollerad den",
        null=True,
        blank=True,
        help_text="Fyll i dagen när någon har ringt och fått rätt svar. Aldrig annars.",
    )
    sort_order = models.PositiveSmallIntegerField("ordning", default=0)

    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("key")]),
        FieldPanel("for_whom"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("audience"), FieldPanel("age_groups")]),
                FieldRowPanel([FieldPanel("violence"), FieldPanel("speaks")]),
                FieldPanel("always_open"),
            ],
            heading="Visas när man väljer",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("phone"), FieldPanel("phone_note")]),
                FieldRowPanel([FieldPanel("hours"), FieldPanel("hours_note")]),
                FieldPanel("web"),
                FieldPanel("address"),
            ],
            heading="Vägar in",
        ),
        FieldRowPanel([FieldPanel("ages"), FieldPanel("languages"), FieldPanel("anonymous")]),
        FieldRowPanel([FieldPanel("source"), FieldPanel("source_date")]),
        FieldRowPanel([FieldPanel("verified_on"), FieldPanel("sort_order")]),
    ]

    class Meta:
        verbose_name = "kontakt"
        verbose_name_plural = "kontakter"

    def __str__(self) -> str:
        return self.name

    @property
    def phone_link(self) -> str:
        """The number as a `tel:` link needs it, or an empty string."""
        return tel_link(self.phone)


def tel_link(number: str) -> str:
    """Return *number* as a `tel:` link needs it, or an empty string."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    return f"tel:{digits}" if digits else ""


class District(models.Model):
    """A district of the city (stadsdelsområde), and how its social services are reached."""

    key = models.SlugField("nyckel", max_length=60, unique=True, help_text=KEY_HELP)
    name = models.CharField("namn", max_length=100)
    child_phone = models.CharField(
        "mottagningen för barn och unga, telefon", max_length=60, blank=True
    )
    child_hours = models.CharField("mottagningens tider", max_length=200, blank=True)
    report_web = models.URLField("webbsida för orosanmälan", max_length=500, blank=True)
    adult_phone = models.CharField("mottagningen för vuxna, telefon", max_length=60, blank=True)
    elderly_phone = models.CharField(
        "biståndsenheten för äldre, telefon", max_length=60, blank=True
    )
    verified_on = models.DateField(
        "kontrollerad den",
        null=True,
        blank=True,
        help_text="Fyll i dagen när någon har ringt och fått rätt svar. Aldrig annars.",
    )
    sort_order = models.PositiveSmallIntegerField("ordning", default=0)

    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("key")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("child_phone"), FieldPanel("child_hours")]),
                FieldPanel("report_web"),
            ],
            heading="Barn och unga",
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("adult_phone"), FieldPanel("elderly_phone")])],
            heading="Vuxna",
        ),
        FieldPanel("verified_on"),
    ]

    class Meta:
        verbose_name = "stadsdel"
        verbose_name_plural = "stadsdelar"

    def __str__(self) -> str:
        return self.name


class Figure(models.Model):
    """A figure that a source gives, with the group it is about and the year if the source says."""

    key = models.CharField("nyckel", max_length=60, unique=True, help_text=KEY_HELP)
    topic = models.CharField(
        "ämne", max_length=200, help_text="Siffror med samma ämne ritas i samma diagram."
    )
    group = models.CharField("grupp", max_length=200, blank=True)
    value = models.DecimalField("värde", max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField("enhet", max_length=60, blank=True)
    text = models.TextField("i ord")
    year = models.CharField(
        "år", max_length=40, blank=True, help_text="Tomt visas som ”år anges inte”."
    )
    source = models.ForeignKey(
        Source, verbose_name="källa", on_delete=models.PROTECT, related_name="figures"
    )
    locator = models.CharField("plats i källan", max_length=200, blank=True)
    note = models.TextField("anmärkning", blank=True)
    sort_order = models.PositiveSmallIntegerField("ordning", default=0)

    panels = [
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("topic"), FieldPanel("key")]),
        FieldRowPanel([FieldPanel("group"), FieldPanel("value"), FieldPanel("unit")]),
        FieldPanel("year"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("locator")]),
        FieldPanel("note"),
        FieldPanel("sort_order"),
    ]

    class Meta:
        verbose_name = "statistikuppgift"
        verbose_name_plural = "statistikuppgifter"

    def __str__(self) -> str:
        return self.text[:80]


class GlossaryTerm(models.Model):
    """A word explained, once, for every text that uses it and for the search."""

    key = models.CharField("nyckel", max_length=60, unique=True, help_text=KEY_HELP)
    term = models.CharField("ord", max_length=120)
    forms = models.TextField(
        "andra former",
        blank=True,
        help_text="Så som ordet böjs i löpande text, en form per rad.",
    )
    text = models.TextField("förklaring", help_text="En eller två meningar.")
    synonyms = models.TextField(
        "söks också som",
        blank=True,
        help_text="Andra ord för samma sak, ett per rad. Sökningen använder dem genast.",
    )
    page = models.CharField(
        "sida som säger mer", max_length=200, blank=True,
        help_text="Adressen, utan snedstreck först.",
    )  # fmt: skip
    sources = models.CharField(
        "källor", max_length=200, blank=True,
        help_text="Nycklar, till exempel D0 SOL-19-1. Tomt betyder att beskrivningen är vår.",
    )  # fmt: skip

    panels = [
        FieldRowPanel([FieldPanel("term"), FieldPanel("key")]),
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("forms"), FieldPanel("synonyms")]),
        FieldPanel("page"),
        FieldPanel("sources"),
    ]

    class Meta:
        verbose_name = "ord i ordlistan"
        verbose_name_plural = "ord i ordlistan"

    def __str__(self) -> str:
        return self.term

    @property
    def form_list(self) -> list[str]:
        """The word in every form that a text may have it in."""
        return [self.term, *_lines(self.forms)]

    @property
    def synonym_list(self) -> list[str]:
        """Other words for the same."""
        return _lines(self.synonyms)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class RemarkStatus(models.TextChoices):
    """What the portal does about a remark."""

    BUILT = "built", "Finns i portalen"
    PARTLY = "partly", "Finns delvis"
    PLANNED = "planned", "Inte byggt än"
    OPEN = "open", "Öppen fråga, obesvarad i underlaget"
    OUTSIDE = "outside", "Ligger utanför portalen"


class Remark(models.Model):
    """What a consultation answer criticises or wishes for, and what the portal does about it.

    A layer of its own: a wish is never shown as the programme's.
    """

    key = models.CharField("nyckel", max_length=10, unique=True, help_text=KEY_HELP)
    text = models.TextField("synpunkt", help_text="Med våra ord.")
    sources = models.CharField("källor", max_length=100, help_text="Nycklar, till exempel D0 D1.")
    status = models.CharField("läge", max_length=10, choices=RemarkStatus)
    answer = models.TextField("vad portalen gör")
    page = models.CharField("adress i portalen", max_length=200, blank=True)
    boards = models.ManyToManyField(
        "content.Board", verbose_name="nämnder som synpunkten gäller", blank=True,
        related_name="remarks",
    )  # fmt: skip
    sort_order = models.PositiveSmallIntegerField("ordning", default=0)

    panels = [
        FieldPanel("text"),
        FieldRowPanel([FieldPanel("key"), FieldPanel("sources")]),
        FieldPanel("status"),
        FieldPanel("answer"),
        FieldPanel("page"),
        FieldPanel("boards"),
        FieldPanel("sort_order"),
    ]

    class Meta:
        verbose_name = "remissynpunkt"
        verbose_name_plural = "remissynpunkter"

    def __str__(self) -> str:
        return f"{self.key} {self.text[:80]}"


class PreventionCell(models.Model):
    """What an operation can do at a level of prevention: our proposal, with what it leans on."""

    level = models.CharField("nivå", max_length=20, choices=PreventionLevel)
    operation = models.ForeignKey(
        Operation, verbose_name="verksamhet", on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField("förslag")
    page = models.CharField("adress i portalen", max_length=200, blank=True)
    sources = models.CharField(
        "källor som frågar efter det eller stöder det", max_length=100, blank=True,
        help_text="Nycklar, till exempel D0 D3.",
    )  # fmt: skip

    panels = [
        FieldRowPanel([FieldPanel("level"), FieldPanel("operation")]),
        FieldPanel("text"),
        FieldPanel("page"),
        FieldPanel("sources"),
    ]

    class Meta:
        verbose_name = "ruta i förebyggandematrisen"
        verbose_name_plural = "rutor i förebyggandematrisen"
        constraints = [
            models.UniqueConstraint(
                fields=["level", "operation"], name="content_one_cell_for_level_and_operation",
                violation_error_message="Rutan finns redan. Ändra den i stället.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_level_display()}, {self.operation}"
