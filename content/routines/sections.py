"""What the template of a routine asks for. The sheet on the template's page says the same matter.

A field's key stands in every saved version, so it is never given to something else. A field that is
no longer asked for moves to `RETIRED`, so that old versions still say what it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

type Kind = Literal["line", "phone", "text"]

LONGEST: dict[Kind, int] = {"line": 140, "phone": 140, "text": 500}
MOST_LINES = 7
"""How much fits a field. A routine that is filled in everywhere fits two pages of A4."""


@dataclass(frozen=True)
class Field:
    """Something for the unit to fill in."""

    key: str
    label: str
    help: str = ""
    kind: Kind = "line"


@dataclass(frozen=True)
class Section:
    """A part of the routine: what holds for all, and what the unit decides."""

    key: str
    heading: str
    rules: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()


_PHONE = "Skriv riktnumret först, till exempel 08-465 004 00."


def _phone(key: str, label: str, help_text: str = "") -> Field:
    return Field(key, label, f"{help_text} {_PHONE}".strip(), "phone")


DEPUTY = Field(
    "deputy",
    "Ersättare för den som är ansvarig",
    "Den funktion som tar över när den ansvariga är borta.",
)

SECTIONS: tuple[Section, ...] = (
    Section(
        "danger",
        "1. Fara nu",
        ("Ring 112. Stanna hos barnet. Ropa på en kollega.",),
    ),
    Section(
        "report",
        "2. Ring eller skriv",
        (
            "När det är bråttom: ring.",
            "Anmälan görs samma dag som misstanken uppstår.",
        ),
        (
            _phone(
                "reception_phone",
                "Telefon till mottagningen i barnets stadsdelsförvaltning",
                "Bor barnen i flera områden? Skriv alla nummer.",
            ),
            _phone("out_of_hours_phone", "Telefon till socialjouren, när kontoret är stängt"),
            Field(
                "written_report",
                "Så lämnar vi en skriftlig anmälan",
                "Till exempel e-tjänst, blankett eller adress.",
                "text",
            ),
        ),
    ),
    Section(
        "reporter",
        "3. Den som har sett eller hört anmäler själv",
        (
            "Chefen får veta men godkänner inte anmälan.",
            "Chefen kontrollerar att anmälan är skickad och bekräftar det till den som anmälde.",
        ),
        (
            Field("informed_manager", "Chef som får veta", "Skriv funktionen."),
            _phone("informed_manager_phone", "Telefon till chefen"),
            Field("when_manager_away", "När chefen är borta", "Vem får veta i stället?"),
        ),
    ),
    Section(
        "home",
        "4. Kontakt med hemmet",
        (
            "Vid misstänkt våld, övergrepp eller heder: ingen kontakt med hemmet före "
            "socialtjänsten.",
        ),
        (
            Field(
                "told_together_with",
                "I andra fall berättar den som anmäler, tillsammans med",
            ),
            Field("family_questions", "Frågor från familjen besvaras av"),
        ),
    ),
    Section(
        "going_home",
        "5. Hämtning och hemgång",
        ("Två vuxna möter vid dörren.",),
        (
            Field("meets_at_door", "Vem möter vid dörren"),
            Field(
                "said_at_pickup",
                "Det här säger vi om någon vill ta med barnet innan socialtjänsten har svarat",
                kind="text",
            ),
            Field(
                "lawyers_answer",
                "Juristens svar på vad vi får göra",
                "Skriv vilken dag svaret gavs.",
                "text",
            ),
        ),
    ),
    Section(
        "unsure",
        "6. Osäker",
        ("Konsultera socialtjänsten utan att säga barnets namn.",),
        (
            _phone("consultation_phone", "Telefon för att konsultera socialtjänsten"),
            _phone("honour_phone", "Telefon till konsultationslinje för yrkesverksamma, vid heder"),
        ),
    ),
    Section(
        "notes",
        "7. Anteckningar",
        (
            "Skriv barnets egna ord, dag, tid och plats.",
            "Inga namn i kalender, chatt eller incidentsystem.",
        ),
        (
            Field("notes_kept", "Anteckningarna förvaras"),
            Field("notes_read_by", "Anteckningarna får läsas av", "Skriv funktioner."),
        ),
    ),
    Section(
        "interpreter",
        "8. Tolk",
        ("Barn och släktingar tolkar aldrig.",),
        (
            Field(
                "interpreter",
                "Tolk bokas genom",
                "Skriv gärna hur det går till kvällar och helger.",
            ),
        ),
    ),
    Section(
        "feedback",
        "9. Besked från socialtjänsten",
        (
            "Den som anmäler ber om besked redan i anmälan.",
            "Ny oro ger en ny anmälan.",
        ),
        (Field("feedback_checked_by", "Tre veckor efter anmälan kontrolleras beskedet av"),),
    ),
    Section(
        "afterwards",
        "10. Barnet och personalen efteråt",
        ("Barnets trygga vuxna hos oss utses samma dag.",),
        (
            Field("safe_adult_chosen_by", "Barnets trygga vuxna utses av"),
            Field("talk_with", "Den som anmälde får ett samtal med"),
            Field("threats_reported_to", "Hot mot personal rapporteras till"),
        ),
    ),
    Section(
        "newcomers",
        "11. Nya kollegor, vikarier och timanställda",
        ("Alla får rutinen vid första passet.",),
        (Field("newcomers_given_by", "Nya får rutinen av"),),
    ),
    # Not on the sheet: there everyone writes what they like below.
    Section(
        "own",
        "Annat som gäller hos oss",
        (),
        (
            Field(
                "own",
                "Det här har vi också bestämt",
                "Till exempel syskon på andra avdelningar, kvällar, ensamarbete eller hembesök.",
                "text",
            ),
        ),
    ),
)
RETIRED: tuple[Field, ...] = ()

HEAD_LABELS = {
    "owner": "Ansvarig för rutinen",
    "applies_from": "Gäller från",
    "review_due_date": "Ska granskas senast",
}


def fields() -> Iterator[Field]:
    """Yield every field that is asked for, as they stand on the page."""
    yield DEPUTY
    for section in SECTIONS:
        yield from section.fields


def labels() -> dict[str, str]:
    """Return what every key that a version may hold is called, in the order of the page."""
    return HEAD_LABELS | {field.key: field.label for field in (*fields(), *RETIRED)}
