"""The living page of the design system: every component, in each of its states.

The samples are real Swedish, taken from the portal's own texts where they state something, and are
marked as examples on the page. What a component needs is read from its own first line, so that the
page cannot say anything else than the file does. tests/design/ fails when a component is missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.http import QueryDict
from django.template import Engine
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from portal.charts import Value, bar_chart

_INCLUDE = re.compile(r'include "([^"]+)"')
# What stands on every page of its kind, and so is seen anyhow.
SEEN_ANYHOW = {
    "about_text", "demo_accounts", "exit_help", "footer", "related", "user_menu",
}  # fmt: skip

TABS = {
    "knappar": "Grunden",
    "formular": "Formulär",
    "innehall": "Innehåll",
    "programmet": "Programmet",
    "siffror": "Siffror",
    "vagar": "Vägar",
    "tillstand": "Tillstånd",
}


@dataclass(frozen=True)
class Example:
    """One component in one state."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    state: str = ""


@dataclass(frozen=True)
class Section:
    """One component, or a few that belong together. `about` says when to use it."""

    key: str
    title: str
    about: str
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Specimen:
    """An example as the page shows it."""

    state: str
    html: SafeString


@dataclass(frozen=True)
class Shown:
    """A section as the page shows it. `files` says which templates it is and what each needs."""

    key: str
    title: str
    about: str
    specimens: tuple[Specimen, ...]
    files: tuple[tuple[str, str], ...]


def _c(name: str, state: str = "", /, **context: Any) -> Example:
    return Example(f"components/{name}.html", context, state)


def _block(kind: str, state: str = "", /, **block: Any) -> Example:
    return Example(f"content/blocks/{kind}.html", {"block": {"depth": 3, **block}}, state)


def _own(name: str, state: str = "", /, **context: Any) -> Example:
    return Example(f"portal/examples/{name}.html", context, state)


def _html(text: str) -> SafeString:
    return mark_safe(text)  # noqa: S308  # written here, by nobody else


def shown(tab: str, data: QueryDict) -> list[Shown]:
    """Return the sections of *tab*, drawn. *data* is what the example form was sent with."""
    return [
        Shown(
            section.key,
            section.title,
            section.about,
            tuple(_draw(example) for example in section.examples),
            tuple((name, _needs(name)) for name in files(section)),
        )
        for section in sections(tab, data)
    ]


def sections(tab: str, data: QueryDict) -> tuple[Section, ...]:
    """Return the sections of *tab*."""
    if tab == "formular":
        return _forms(data)
    return {
        "knappar": _BUTTONS_AND_TEXT,
        "innehall": _CONTENT,
        "programmet": _PROGRAMME,
        "siffror": _figures(),
        "vagar": _WAYS,
        "tillstand": _STATES,
    }[tab]


def _draw(example: Example) -> Specimen:
    html = get_template(example.template).render(dict(example.context))
    return Specimen(example.state, _html(html))


def files(section: Section) -> list[str]:
    """Return the templates that the section's examples are made of, each once."""
    found: dict[str, None] = {}
    for example in section.examples:
        found |= dict.fromkeys(_with_included(example.template))
    return list(found)


@cache
def _with_included(template: str) -> tuple[str, ...]:
    included = _INCLUDE.findall(_source(template))
    below = [name for each in included for name in _with_included(each)]
    return (template, *dict.fromkeys(below))


@cache
def _needs(template: str) -> str:
    """Return what the template's first line says that it needs."""
    first = _source(template).partition("\n")[0]
    return first.removeprefix("{# ").removesuffix(" #}").partition(": ")[2]


def _source(template: str) -> str:
    return Path(Engine.get_default().get_template(template).origin.name).read_text("utf-8")


# --- Buttons, links, text -----------------------------------------------------------------------

_BUTTONS_AND_TEXT = (
    Section(
        "farger",
        "Färger och bokstäver",
        "Allt som gör portalens utseende till vårt står i en enda fil, tokens.css. Varje par "
        "av färger som används "
        "mäts i ett test, i ljust och mörkt.",
        (_own("colours"), _own("type"), _own("identity")),
    ),
    Section(
        "knappar",
        "Knappar",
        "Knappen säger vad som händer. En knapp på sidan är viktigast och fylld, de andra är "
        "tysta.",
        (_own("buttons"),),
    ),
    Section(
        "lankar",
        "Länkar",
        "Länkens ord säger vart den leder. Telefonnummer går att trycka på.",
        (_own("links"),),
    ),
    Section(
        "ordforklaring",
        "Ordförklaring",
        "Öppnas med ett tryck och stängs med ett tryck eller Esc. Den skymmer inget och "
        "ligger kvar medan man läser.",
        (_own("tip"),),
    ),
    Section(
        "listor",
        "Text och listor",
        "Högst 66 tecken på en rad. Punkterna är märkets ring i litet format.",
        (_own("text"),),
    ),
)

# --- Forms --------------------------------------------------------------------------------------

_SAMPLE = "prova"
_PLACES = [
    {"key": "112", "text": "Ring 112"},
    {"key": "anmal", "text": "Gör orosanmälan"},
    {"key": "skriv", "text": "Skriv ner vad du har sett och hört"},
]
_PAIRS = [
    {"key": "fara", "text": "Barnet är i fara just nu"},
    {"key": "misstanke", "text": "Du misstänker att barnet far illa"},
    {"key": "osaker", "text": "Du vet inte om det är en misstanke"},
]
_ANSWERS = [
    {"value": "112", "text": "Ring 112 och stanna hos barnet"},
    {"value": "anmal", "text": "Anmäl genast till socialtjänsten"},
    {"value": "fraga", "text": "Fråga socialtjänsten utan att säga vem barnet är"},
]
_OPERATIONS = [
    ("", "Välj verksamhet"),
    ("forskola", "Förskola"),
    ("skola", "Skola"),
    ("aldreomsorg", "Äldreomsorg"),
]


def form_errors(data: QueryDict) -> list[dict[str, str]]:
    """Return what is wrong with the example form, as the error summary wants it."""
    if _SAMPLE not in data:
        return []
    found = []
    if not data.get("rubrik", "").strip():
        found.append({"field": "rubrik", "href": "#id_rubrik", "text": "Skriv vad det gäller."})
    if not data.get("verksamhet"):
        found.append(
            {"field": "verksamhet", "href": "#id_verksamhet", "text": "Välj en verksamhet."}
        )
    if not data.get("svar"):
        found.append({"field": "svar", "href": "#svar-1", "text": "Välj ett svar."})
    if not data.getlist("tecken"):
        found.append({"field": "tecken", "href": "#tecken-1", "text": "Välj minst ett tecken."})
    places = [data.get(f"plats-{item['key']}", "") for item in _PLACES]
    if sorted(places) != [str(n) for n in range(1, len(_PLACES) + 1)]:
        found.append({"field": "plats", "href": "#plats-1", "text": "Ge varje steg en egen plats."})
    if not all(data.get(f"par-{item['key']}") for item in _PAIRS):
        found.append(
            {"field": "par", "href": "#par-1", "text": "Välj vad som hör ihop på varje rad."}
        )
    return found


def _forms(data: QueryDict) -> tuple[Section, ...]:
    errors = {error["field"]: error["text"] for error in form_errors(data)}
    chosen = data.getlist("tecken")
    return (
        Section(
            "formular",
            "Ett helt formulär",
            "Ett fel sägs två gånger med samma ord: i en sammanfattning överst, dit fokus "
            "flyttas, och vid fältet. "
            "Titeln börjar då med Fel. Skicka utan att fylla i, så syns det. Inget är valt i "
            "förväg och inget "
            "fält har en egen regel som webbläsaren säger på sitt sätt.",
            (
                _own(
                    "form",
                    sent=_SAMPLE in data,
                    errors=errors,
                    data={name: data.get(name, "") for name in ("rubrik", "beskrivning", "datum")},
                    operations=[
                        {
                            "value": value,
                            "label": label,
                            "selected": value == data.get("verksamhet"),
                        }
                        for value, label in _OPERATIONS
                    ],
                    single=[
                        {"key": "ja", "text": "Ja", "checked": data.get("svar") == "ja"},
                        {
                            "key": "nej",
                            "text": "Nej",
                            "hint": "Du behöver inget ja från chefen.",
                            "checked": data.get("svar") == "nej",
                        },
                        {
                            "key": "vet-inte",
                            "text": "Jag vet inte",
                            "checked": data.get("svar") == "vet-inte",
                        },
                    ],
                    several=[
                        {"key": key, "text": text, "checked": key in chosen}
                        for key, text in (
                            ("radd", "Barnet är rädd för att gå hem"),
                            ("vaktar", "Barnet vaktar en förälder eller ett syskon"),
                            ("sover", "Barnet sover dåligt"),
                        )
                    ],
                    places=[
                        {
                            **item,
                            "place": int(place)
                            if (place := data.get(f"plats-{item['key']}", "")).isdecimal()
                            else 0,
                        }
                        for item in _PLACES
                    ],
                    pairs=[
                        {**item, "chosen": data.get(f"par-{item['key']}", "")} for item in _PAIRS
                    ],
                    answers=_ANSWERS,
                ),
            ),
        ),
        Section(
            "felsammanfattning",
            "Felsammanfattning",
            "Överst i sidans huvuddel, före rubriken. Varje rad leder till fältet.",
            (
                _c(
                    "error_summary",
                    errors=[
                        {"text": "Välj en verksamhet.", "href": "#id_verksamhet"},
                        {"text": "Välj ett svar.", "href": "#svar-1"},
                    ],
                    still=True,
                ),
            ),
        ),
        Section(
            "textfalt",
            "Textfält",
            "Etiketten står ovanför. Ett råd är kort och har ingen länk.",
            (
                _c("text_field", "Vanligt", name="arbetsplats", label="Arbetsplats"),
                _c(
                    "text_field",
                    "Med råd, kort",
                    name="kod",
                    label="Intygets kod",
                    hint="Den står längst ner på intyget, till exempel K7QF-2M9X-R4TD.",
                    exact=True,
                    short=True,
                ),
                _c(
                    "text_field",
                    "Flera rader, frivilligt",
                    name="tanke",
                    label="Vad tänker du?",
                    hint="Skriv aldrig namn eller personnummer.",
                    rows=4,
                    optional=True,
                ),
                _c(
                    "text_field",
                    "Med fel",
                    name="arbetsplats-fel",
                    label="Arbetsplats",
                    error="Skriv namnet på arbetsplatsen.",
                ),
            ),
        ),
        Section(
            "lista",
            "Lista att välja i",
            "När alternativen är fler än sju. Färre visas hellre som val.",
            (
                _c(
                    "select_field",
                    "Vanlig",
                    name="arbetsomrade",
                    label="Verksamhet",
                    options=[{"value": value, "label": label} for value, label in _OPERATIONS],
                ),
                _c(
                    "select_field",
                    "Med fel",
                    name="arbetsomrade-fel",
                    label="Verksamhet",
                    options=[{"value": value, "label": label} for value, label in _OPERATIONS],
                    error="Välj en verksamhet.",
                ),
            ),
        ),
        Section(
            "val",
            "Ett svar eller flera",
            "Hela raden går att trycka på. Runt är ett svar, fyrkantigt är flera.",
            (
                _c(
                    "choice_field",
                    "Ett svar",
                    id="maste",
                    name="maste",
                    legend="Måste du vara säker innan du anmäler?",
                    options=[
                        {"key": "ja", "text": "Ja"},
                        {"key": "nej", "text": "Nej, misstanke räcker", "checked": True},
                    ],
                ),
                _c(
                    "choice_field",
                    "Flera svar",
                    id="ser",
                    name="ser",
                    kind="multiple",
                    legend="Vad kan du se hos ett barn?",
                    hint="Välj alla som stämmer.",
                    options=[
                        {"key": "a", "text": "Rädd för att gå hem", "checked": True},
                        {"key": "b", "text": "Svårt att koncentrera sig", "checked": True},
                        {"key": "c", "text": "Sover dåligt"},
                    ],
                ),
                _c(
                    "choice_field",
                    "Med fel",
                    id="maste-fel",
                    name="maste-fel",
                    legend="Måste du vara säker innan du anmäler?",
                    options=[{"key": "ja", "text": "Ja"}, {"key": "nej", "text": "Nej"}],
                    error="Välj ett svar.",
                ),
            ),
        ),
        Section(
            "ordna",
            "Sätta i ordning",
            "Varje steg får en plats i en egen lista, så att inget måste dras med musen.",
            (
                _c(
                    "order_field",
                    id="ordna",
                    name="ordna",
                    legend="Ett barn är i fara. I vilken ordning gör du?",
                    items=[{**item, "place": n} for n, item in enumerate(_PLACES, start=1)],
                ),
            ),
        ),
        Section(
            "para",
            "Para ihop",
            "En lista med svar för varje rad.",
            (
                _c(
                    "match_field",
                    id="para",
                    name="para",
                    legend="Vad gör du när?",
                    items=_PAIRS,
                    answers=_ANSWERS,
                ),
            ),
        ),
    )


# --- Content ------------------------------------------------------------------------------------

_REPLY = [
    {"label": "Kulturförvaltningens och stadsarkivets remissvar", "anchor_url": "/kallor/#D3"}
]
_LAW = {
    "key": "SOL-19-1",
    "act": "Socialtjänstlagen",
    "sfs": "2025:400",
    "reference": "19 kap. 1 §",
    "heading": "Skyldigheten att anmäla oro för ett barn",
    "summary": "Många myndigheter, deras anställda och andra yrkesverksamma måste genast "
    "anmäla till "
    "socialnämnden när de i sitt arbete får veta eller misstänker att ett barn far illa.",
    "in_force": date(2026, 1, 15),
    "amended_by": "2025:1501",
    "checked_on": date(2026, 7, 9),
    "earlier": "SoL 14 kap. 1 § (2001:453)",
    "url": "/lagar/#SOL-19-1",
}
_CONTACT = {
    "key": "exempel-kvinnofridslinjen",
    "name": "Kvinnofridslinjen",
    "for_whom": "Vuxna som utsatts för hot, våld eller sexuella övergrepp, och närstående",
    "phone": "020-50 50 50",
    "phone_link": "tel:020505050",
    "hours": "Dygnet runt",
    "languages": "Tolk kan kopplas in i samtalet.",
    "source": "NCK, stödlinjer",
    "source_date": "2024-04-16",
}
_CONTENT = (
    Section(
        "steg",
        "Gör så här",
        "När ordningen spelar roll. Strecket binder ihop stegen och slutar med det sista.",
        (
            _block(
                "steps",
                steps=[
                    {
                        "title": "Är barnet i fara nu: ring 112",
                        "html": _html(
                            '<p>Ring <a href="tel:112">112</a> och stanna hos barnet.</p>'
                        ),
                        "anchor": "steg-1",
                    },
                    {
                        "title": "Annars: anmäl genast, själv",
                        "html": _html("<p>Misstanke räcker. Vänta inte på chefens ja.</p>"),
                        "anchor": "steg-2",
                    },
                    {
                        "title": "Berätta för chefen",
                        "html": _html(
                            "<p>Gör det för att få stöd, inte för att få tillåtelse.</p>"
                        ),
                        "anchor": "steg-3",
                    },
                ],
            ),
        ),
    ),
    Section(
        "rutor",
        "Rutor",
        "Fara, viktigt, bra att veta och uppgift saknas. Högst en av varje slag på en sida.",
        (
            _block(
                "acute", html=_html('<p>Ring <a href="tel:112">112</a>. Säg adressen först.</p>')
            ),
            _block("warning", html=_html("<p>Kontakta inte hemmet om du misstänker våld.</p>")),
            _block("note", html=_html("<p>Barn är alla som inte har fyllt 18 år.</p>")),
            _block(
                "gap", html=_html("<p>Underlaget saknar telefonnummer till mottagningarna.</p>")
            ),
        ),
    ),
    Section(
        "djupet",
        "Fördjupning",
        "Det som står ovanför läses på två minuter och är det som skrivs ut.",
        (_block("depth"),),
    ),
    Section(
        "lagruta",
        "Lagruta",
        "En bestämmelse med vad den säger, från när den gäller och när vi läste den.",
        (
            _block("law", "Med alla uppgifter", law=_LAW),
            _block(
                "law",
                "När dagen inte är känd",
                law={
                    **_LAW,
                    "in_force": None,
                    "amended_by": "",
                    "checked_on": None,
                    "earlier": "",
                    "url": "",
                },
            ),
        ),
    ),
    Section(
        "citat",
        "Citat och varifrån orden kommer",
        "Ett citat är ordagrant och har alltid en källa. Märkningen förklarar sig när man "
        "trycker på den.",
        (
            _block(
                "quote",
                "Programmets ord",
                text="Stadens verksamheter arbetar våldsförebyggande",
                sources=_REPLY,
            ),
            _block(
                "reported",
                "Enligt remissvar",
                html=_html(
                    "<p>Programmet innehåller enligt remissvaret ett arbetsgivarperspektiv.</p>"
                ),
                sources=_REPLY,
            ),
            _own("chips", "Alla märkningar"),
        ),
    ),
    Section(
        "text",
        "Text med källa",
        "Källan står på en tyst rad efter det den bär.",
        (
            _block("heading", level=3, text="När ska du anmäla", anchor="nar-ska-du-anmala"),
            _block(
                "text",
                html=_html("<p>Anmäl när du vet eller misstänker att ett barn far illa.</p>"),
                sources=[
                    {"label": "Socialtjänstlagen 19 kap. 1 §", "anchor_url": "/lagar/#SOL-19-1"}
                ],
            ),
            _c("source_list", "Alla källor till en sida", sources=_REPLY),
        ),
    ),
    Section(
        "fraga",
        "Att säga, att fråga, att tänka på",
        "Ord att låna, vanliga frågor, ett påhittat fall och en fråga till den som läser.",
        (
            _block(
                "ask",
                phrases=[
                    "Jag blir orolig när jag hör det du berättar.",
                    "Är det någon du är rädd för?",
                ],
            ),
            _block(
                "faq",
                items=[
                    {
                        "question": "Kan jag vara anonym?",
                        "html": _html("<p>Inte när du anmäler i ditt arbete.</p>"),
                        "anchor": "fraga-anonym",
                    }
                ],
            ),
            _block(
                "case",
                title="Samira i förskolan",
                html=_html(
                    "<p>Samira, fyra år, vill inte gå hem. Hon säger att det är bråkigt där.</p>"
                ),
            ),
            _block(
                "reflect",
                html=_html("<p>Vem pratar du med först?</p>"),
                answer_html=_html(
                    "<p>Ingen. Du anmäler genast, och berättar sedan för chefen.</p>"
                ),
            ),
        ),
    ),
    Section(
        "fara",
        "Fara",
        "På varje sida där minuter räknas. Den enda röda ytan.",
        (
            _c("danger", child=True),
            _c("help_now"),
        ),
    ),
    Section(
        "kontakt",
        "Kontaktkort",
        "Numret är störst. Under det står var uppgiften kommer ifrån och om någon har ringt.",
        (
            _block("contact", "Inte kontrollerad", contact=_CONTACT),
            _block(
                "contact",
                "Kontrollerad",
                contact={
                    **_CONTACT,
                    "key": "exempel-kontrollerad",
                    "verified_on": date(2026, 11, 2),
                },
            ),
            _block(
                "contact",
                "Utan nummer",
                contact={
                    "key": "exempel-utan-nummer",
                    "name": "Socialtjänstens mottagning för barn och unga",
                    "for_whom": "Dig som är orolig för ett barn",
                    "hours_note": "Öppettiderna är inte kontrollerade.",
                },
            ),
        ),
    ),
    Section(
        "kontaktrad",
        "Rad i katalogen",
        "Det man behöver för att välja. Resten står på tjänstens egen sida.",
        (
            _c("contact_row", "Med nummer", contact={**_CONTACT, "key": "rad", "url": "/stod/"}),
            _c(
                "contact_row",
                "Utan nummer",
                contact={
                    "key": "rad-utan-nummer",
                    "name": "Socialtjänstens mottagning för barn och unga",
                    "for_whom": "Dig som är orolig för ett barn",
                    "source_date": "datum anges inte",
                },
            ),
        ),
    ),
    Section(
        "ordlista",
        "Ordlista",
        "Orden i bokstavsordning. I en text förklaras ett ord där det står första gången.",
        (
            _c(
                "glossary",
                letters=[
                    {
                        "letter": "E",
                        "anchor": "bokstav-exempel",
                        "terms": [
                            {
                                "key": "exempel-eftervald",
                                "term": "eftervåld",
                                "text": "Våld som fortsätter efter att man har flyttat isär.",
                                "synonyms": ["våld efter separation"],
                                "page": None,
                                "sources": [],
                            }
                        ],
                    }
                ],
            ),
        ),
    ),
    Section(
        "blad",
        "Informationsblad och filer",
        "Ett blad går att kopiera. En länk till en fil säger slag och storlek.",
        (
            _block(
                "sheet",
                title="Till dig som är förälder",
                html=_html(
                    "<p>Vi som arbetar i förskolan måste anmäla oro för ett barn. Det gäller "
                    "oss alla.</p>"
                ),
            ),
            _c(
                "file_link",
                url="#filer",
                title="Till dig som är förälder",
                kind="PDF",
                size="84 kB",
                about="En sida, på lättläst svenska.",
            ),
            _own("print"),
        ),
    ),
)

# --- The programme -------------------------------------------------------------------------------

_SEED = [{"key": "D3", "label": "Kulturförvaltningens remissvar", "url": "", "locator": ""}]
_DUTY = {
    "anchor": "aktivitet-exempel",
    "text": "Sprida lättillgänglig information på flera språk om stöd- och skyddsinsatser",
    "chip": "quoted",
    "sources": _SEED,
    "kind_label": "",
    "responsible": [{"board": "Kulturnämnden", "url": "", "note": "en av de ansvariga"}],
    "areas": [],
    "followed_by": [],
    "goal": "Mål 3 (stadens program)",
    "url": "",
}
_LOOSE = {
    "what": "Indikator",
    "text": "Antal unga som får stöd och hjälp av Stödcentrum utifrån våld i nära relationer",
    "chip": "quoted",
    "sources": _SEED,
    "suggested": {"label": "Mål 4 (stadens program)", "url": ""},
}
_REMARK = {
    "key": "W00",
    "text": "Äldrenämnden saknas som ansvarig för aktiviteter där äldre ingår.",
    "sources": _SEED,
    "status": "built",
    "status_label": "Finns i portalen",
    "answer": "Matrisen visar synpunkten för sig, skild från ansvaret.",
    "page": None,
    "boards": [],
    "url": "",
}


def _year() -> dict[str, Any]:
    step = {
        "who": "Nämnder",
        "text": "skriver hur de ska arbeta med programmet.",
        "chip": "reported",
        "sources": _SEED,
    }
    names = ("Verksamhetsplan", "Tertialrapport 1", "Tertialrapport 2", "Verksamhetsberättelse")
    moments = [
        {"number": number, "short": short, "label": name, "steps": [step] if number != 2 else []}
        for number, (short, name) in enumerate(
            zip(("VP", "T1", "T2", "VB"), names, strict=True), start=1
        )
    ]
    stages = [{"moments": [moment], "steps": moment["steps"]} for moment in moments[:2]]
    stages.append({"moments": moments[2:], "steps": [step]})
    return {"moments": moments, "stages": stages, "all_year": []}


def _matrix() -> dict[str, Any]:
    """Return a matrix in the shape of content.matrices.Table, which this room may not know."""
    columns = [{"text": text, "label": text} for text in ("Universell", "Selektiv")]
    entry = {"text": "Samtal om relationer och gränser", "sources": _SEED}
    duty = {"text": "en av de ansvariga", "mark": "official", "label": "Ansvarig", "sources": []}
    wish = {"text": "Borde vara ansvarig", "mark": "remark", "label": "Synpunkt W00", "sources": []}
    return {
        "caption": "Ett påhittat exempel",
        "corner": "Verksamhet",
        "columns": columns,
        "empty": "tomt: uppgift saknas",
        "drawn": [
            ({"text": "Förskola"}, [(columns[0], [entry]), (columns[1], [])]),
            ({"text": "Äldreomsorg"}, [(columns[0], [duty]), (columns[1], [wish])]),
        ],
    }


_PROGRAMME = (
    Section(
        "utgava",
        "En utgåva som är slut",
        "En gång på varje sida om en utgåva vars period är över.",
        (
            _c(
                "edition_banner",
                ended={"name": "2021–2025", "url": "/programmet/programperiod-och-status/"},
            ),
        ),
    ),
    Section(
        "programrader",
        "Rader ur programmet",
        "Under varje rad står vems ord det är. En synpunkt och ett förslag skiljs alltid från "
        "programmets rader.",
        (
            _c("duty", "Aktivitet", activity=_DUTY),
            _c("loose_row", "Rad utan mål", row=_LOOSE),
            _c("remark", "Synpunkt ur remissvar", remark=_REMARK),
            _c("tagged", "Bara märkning och källa", chip="answered", sources=_SEED),
        ),
    ),
    Section(
        "aret",
        "Året som ring",
        "Listan säger allt. Ringen är en bild av samma sak.",
        (_c("year_wheel", year=_year()),),
    ),
    Section(
        "matris",
        "Matris",
        "En tom ruta säger att den är tom. På en smal skärm blir varje rad ett kort.",
        (_c("matrix", table=_matrix()),),
    ),
)

# --- Figures ------------------------------------------------------------------------------------


def _figures() -> tuple[Section, ...]:
    shares = [
        Value("Äldreomsorg", 91),
        Value("Förskola", 84),
        Value("Grundskola och fritidshem", 67.5),
    ]
    return (
        Section(
            "laget",
            "Läget",
            "Ring, halv ring och fylld ring, alltid med ett ord.",
            (_own("statuses"),),
        ),
        Section(
            "framsteg",
            "Framsteg",
            "Bara när det hela är känt. Ett streck säger inte mer än orden.",
            (
                _c("progress", "Inget klart", done=0, total=4, label="lektioner klara"),
                _c("progress", "En bit på väg", done=3, total=4, label="lektioner klara"),
                _c("progress", "Allt klart", done=4, total=4, label="lektioner klara"),
            ),
        ),
        Section(
            "statistik",
            "Statistik",
            "En siffra med enhet, grupp, år och källa. Saknas året står det.",
            (
                _block(
                    "statistic",
                    value="18",
                    unit="procent",
                    group="unga 16–24 år som någon gång har utsatts för brott av en partner",
                    year="2013",
                    note="Hela landet.",
                    sources=[{"label": "Brå, kortanalys 6/2018"}],
                ),
            ),
        ),
        Section(
            "diagram",
            "Diagram",
            "Rubriken säger poängen och staplarna börjar på noll. Det fyllda är värdet, det "
            "tomma är resten, strecket är "
            "målet. Siffrorna på den här sidan är påhittade.",
            (
                _c(
                    "chart",
                    "Andelar mot ett mål",
                    chart=bar_chart(
                        key="andelar",
                        title="Skolan har längst kvar till målet",
                        about="Påhittat exempel: andel medarbetare som är klara med utbildningen",
                        values=shares,
                        unit="%",
                        whole=100,
                        target=90,
                    ),
                    head=["Verksamhet", "Andel klara"],
                ),
                _c(
                    "chart",
                    "Antal, och en siffra som inte visas",
                    chart=bar_chart(
                        key="antal",
                        title="De flesta gick klart utbildningen i oktober",
                        about="Påhittat exempel: personer som blev klara",
                        values=[
                            Value("September", 412),
                            Value("Oktober", 1260),
                            Value("November", None, missing="visas inte, färre än 6"),
                        ],
                        unit="personer",
                    ),
                    head=["Månad", "Blev klara"],
                ),
            ),
        ),
        Section(
            "tabell",
            "Tabell",
            "På en smal skärm blir varje rad en lista med etiketter. En tom cell visas som "
            "ett streck.",
            (
                _block(
                    "table",
                    "",
                    caption="Tecken du kan möta",
                    head=["Hos vem", "Vad du kan se eller höra", "Läs mer"],
                    rows=[
                        [
                            "Barn",
                            "Rädd för att gå hem, sover dåligt, svårt att koncentrera sig",
                            _html('<a href="/vagledning/">Vägledning</a>'),
                        ],
                        [
                            "Äldre",
                            "Tystnar när en viss person kommer, räknar på vad de får köpa",
                            "",
                        ],
                        [
                            "Kollegor",
                            "Kort och ofta sjuk, samtal hela dagen, hämtas alltid av samma person",
                            _html('<a href="/stod-till-dig/">Stöd till dig</a>'),
                        ],
                    ],
                ),
            ),
        ),
        Section(
            "chefen",
            "Vad en chef ser",
            "Står under varje tabell med personer.",
            (_c("manager_sees"),),
        ),
    )


# --- Ways ---------------------------------------------------------------------------------------

_WAYS = (
    Section(
        "brodsmulor",
        "Du är här",
        "Sidans plats i portalen.",
        (
            _c(
                "breadcrumb",
                label="Du är här, exempel",
                items=[
                    {"title": "Start", "url": "/"},
                    {"title": "Vägledning", "url": "/vagledning/"},
                    {"title": "Gör en orosanmälan", "url": ""},
                ],
            ),
        ),
    ),
    Section(
        "flikar",
        "Flikar",
        "Varje flik är en länk till en egen adress, så att den fungerar utan skript och går "
        "att skicka vidare. Den här "
        "sidan är delad i flikar.",
        (
            _c(
                "tabs",
                label="Exempel på flikar",
                items=[
                    {"title": "Att göra", "url": "?flik=vagar#flikar", "selected": True},
                    {"title": "Klart", "url": "?flik=vagar#flikar", "selected": False},
                    {"title": "Alla utbildningar", "url": "/utbildning/", "selected": False},
                ],
            ),
        ),
    ),
    Section(
        "filter",
        "Filter",
        "Ett val som laddar om sidan när man trycker på knappen, aldrig av sig självt.",
        (
            _c(
                "filter",
                legend="Vem söker du stöd för?",
                name="for",
                button="Visa kontakter",
                choices=[
                    {"value": "utsatt", "label": "Den som är utsatt", "selected": True},
                    {"value": "utovare", "label": "Den som utövar våld", "selected": False},
                    {"value": "personal", "label": "Personal", "selected": False},
                ],
            ),
        ),
    ),
    Section(
        "sidlista",
        "Lista med sidor",
        "Rubriken är länken. Texten under är sidans egen sammanfattning.",
        (
            _c(
                "page_list",
                level=3,
                pages=[
                    {
                        "title": "Gör en orosanmälan",
                        "url": "/vagledning/orosanmalan/",
                        "summary": "Misstanke räcker.",
                    },
                    {
                        "title": "Vid akut fara",
                        "url": "/vagledning/akut-fara/",
                        "summary": "Ring 112.",
                    },
                ],
            ),
        ),
    ),
    Section(
        "bladdring",
        "Bläddring",
        "Bara när allt inte får plats på en sida.",
        (
            _c(
                "pagination",
                "Första sidan",
                number=1,
                pages=4,
                next_url="#bladdring",
                label="Fler träffar, första",
            ),
            _c(
                "pagination",
                "Mitt i",
                number=2,
                pages=4,
                previous_url="#bladdring",
                next_url="#bladdring",
                label="Fler träffar, mitt i",
            ),
        ),
    ),
)

# --- States -------------------------------------------------------------------------------------

_STATES = (
    Section(
        "meddelanden",
        "Meddelanden",
        "Säger vad som har hänt, eller vad man behöver veta innan man går vidare.",
        (
            _c(
                "notice",
                "Klart",
                kind="success",
                title="Intyget finns",
                text="Det gäller utbildningen Gör en orosanmälan.",
            ),
            _c(
                "notice",
                "Upplysning",
                kind="info",
                text="Sökningen svarar från ett enklare register just nu.",
            ),
            _c(
                "notice",
                "Varning",
                kind="warning",
                title="Intyget gäller inte längre",
                text="Det är återkallat.",
            ),
            _c(
                "notice",
                "Fel",
                kind="error",
                title="Filen kunde inte läsas",
                text="Spara den som XLSX och försök igen.",
            ),
        ),
    ),
    Section(
        "tomt",
        "Tomt",
        "Säger varför det är tomt och vad man kan göra i stället.",
        (
            _c(
                "empty",
                title="Du har ingen utbildning att göra just nu",
                text="Vill du lära dig mer ändå kan du välja själv.",
                url="/utbildning/",
                label="Alla utbildningar",
            ),
        ),
    ),
    Section(
        "pagar",
        "Något pågår",
        "Inget snurrar. Orden säger hur långt det har kommit, och man kan lämna sidan.",
        (
            _c(
                "working",
                "Med känd längd",
                title="Läser in personer",
                text="Du kan lämna sidan. Arbetet fortsätter ändå.",
                done=1250,
                total=2000,
                unit="personer inlästa",
                url="?flik=tillstand#pagar",
            ),
            _c(
                "working",
                "Utan känd längd",
                title="Väntar på sin tur",
                text="Arbetet börjar av sig självt.",
                url="?flik=tillstand#pagar",
            ),
        ),
    ),
    Section(
        "sparat",
        "Sparat, sparar, inte sparat",
        "Under en fråga i ett kunskapstest. Svaret ligger alltid kvar på sidan.",
        (_own("saved"),),
    ),
    Section(
        "utan-nat",
        "Utan nät",
        "Visas överst när nätet försvinner. Det man läser ligger kvar.",
        (_own("offline"),),
    ),
    Section(
        "hela-sidor",
        "Hela sidor",
        "Så ser portalen ut när något är fel eller stängt. Adresserna svarar med den kod som "
        "den riktiga sidan har.",
        (_own("pages"),),
    ),
)
