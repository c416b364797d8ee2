"""A made-up city to try the portal on: units, people with a past, and the accounts of the cast.

`invent` makes everything up from a seed and saves nothing; `load` writes it in bulk. The same seed,
number of people and day give the same city. No unit, school or person in it is a real one.
"""

import random
import unicodedata
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.crypto import get_random_string

from portal.organisation.models import (
    Absence,
    Employment,
    Operation,
    Person,
    Profession,
    Role,
    RoleAssignment,
    Unit,
    UnitKind,
    User,
)

DEFAULT_SEED = 6
DEFAULT_EMPLOYEES = 200
FEWEST_EMPLOYEES = 60

# What begins so is the demo's own, and tells it from a staff register that somebody has imported.
PREFIX = "DEMO-"
MAIL_DOMAIN = "staden.example"
_NAMESPACE = uuid.UUID("5f1b0c52-6d0a-4d57-9a3c-2f0f6c1d8e90")
# The salt of a password that the demo has set. One that somebody has chosen has another salt.
_SALT = "demo"
_BATCH = 2000


class NotTheDemosPeople(Exception):
    """The organisation holds units or people that the demo did not make."""


class NotTheDemosAccounts(Exception):
    """An account already has a name that the cast needs. The argument is a list of names."""


class AnotherDemo(Exception):
    """A demo made from another seed, or with another number of people, is loaded."""


class TooFewEmployees(Exception):
    """There are not people enough for the cast and a manager for every unit."""


class NotMigrated(Exception):
    """The operations or the editors' groups, which migrations make, are not there."""


# --- The cast -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class CastMember:
    """An account of the demo; with a name and a unit, the person behind it."""

    username: str
    given_name: str = ""
    family_name: str = ""
    unit: str = ""
    profession: str = ""
    days_employed: int = 0
    role: Role | None = None
    role_unit: str | None = None
    group: str = ""
    is_superuser: bool = False


# The employee is new, so that there is time left before the training's last day.
CAST = (
    CastMember("medarbetare", "Elin", "Sandmark", "BJORKEN", "forskollarare", 35),
    CastMember(
        "chef", "Maria", "Hedvall", "FORSKOLA", "avdelningschef", 2100, Role.MANAGER, "FORSKOLA"
    ),
    CastMember("annanchef", "Emre", "Aydın", "SKOLAN", "rektor", 1500, Role.MANAGER, "SKOLAN"),
    CastMember(
        "samordnare", "Johanna", "Niemi", "STADSDEL", "utredare", 1300, Role.COORDINATOR, "STADSDEL"
    ),
    CastMember("uppfoljare", "Tomas", "Wikander", "STADEN", "utredare", 2600, Role.FOLLOW_UP),
    CastMember("registrator", "Agnieszka", "Nowak", "STADEN", "registrator", 900, Role.REGISTRAR),
    CastMember("redaktor", "Petra", "Åkervall", "STADEN", "kommunikator", 1100, group="Redaktörer"),
    CastMember("granskare", "Davor", "Marković", "STADEN", "sakkunnig", 1700, group="Granskare"),
    CastMember(
        "personaladmin", "Hodan", "Warsame", "STADEN", "hr-specialist", 800, Role.STAFF_ADMIN
    ),
    CastMember("admin", is_superuser=True),
)
_PEOPLE_IN_CAST = tuple(member for member in CAST if member.unit)

_ONE_OF = {"Redaktörer": "redaktör", "Granskare": "granskare"}


def describe_cast() -> dict[str, str]:
    """Return each demo account with who it is, such as `Maria Hedvall, chef`."""
    described = {}
    for member in CAST:
        does = (
            (member.role.label if member.role else "")
            or _ONE_OF.get(member.group, "")
            or PROFESSIONS.get(member.profession, "administratör").lower()
        )
        name = f"{member.given_name} {member.family_name}".strip()
        described[member.username] = ", ".join(part for part in (name, does) if part)
    return described


# --- What a city is made of ---------------------------------------------------------------------

PROFESSIONS = {
    "arbetsmarknadskonsulent": "Arbetsmarknadskonsulent",
    "avdelningschef": "Avdelningschef",
    "barnmorska": "Barnmorska",
    "barnskotare": "Barnskötare",
    "bibliotekarie": "Bibliotekarie",
    "biblioteksassistent": "Biblioteksassistent",
    "elevassistent": "Elevassistent",
    "enhetschef": "Enhetschef",
    "familjebehandlare": "Familjebehandlare",
    "forskollarare": "Förskollärare",
    "forvaltningschef": "Förvaltningschef",
    "fritidsledare": "Fritidsledare",
    "fritidslarare": "Lärare i fritidshem",
    "hr-specialist": "HR-specialist",
    "kock": "Kock",
    "kommunikator": "Kommunikatör",
    "kulturskolepedagog": "Kulturskolepedagog",
    "kurator": "Kurator",
    "larare": "Lärare",
    "registrator": "Registrator",
    "rektor": "Rektor",
    "sakkunnig": "Sakkunnig",
    "skolkurator": "Skolkurator",
    "skolskoterska": "Skolsköterska",
    "socialassistent": "Socialassistent",
    "socialsekreterare": "Socialsekreterare",
    "stadsdirektor": "Stadsdirektör",
    "studievagledare": "Studie- och yrkesvägledare",
    "underskoterska": "Undersköterska",
    "utredare": "Utredare",
    "vardbitrade": "Vårdbiträde",
}

# Who works in an operation, the common ones named more than once.
_STAFF = {
    "forskola": ["barnskotare"] * 5 + ["forskollarare"] * 5 + ["kock"],
    "skola": ["larare"] * 8 + ["fritidslarare"] * 3 + ["elevassistent"] * 3
    + ["skolkurator", "skolskoterska"],
    "fritid": ["fritidsledare"],
    "kultur": ["kulturskolepedagog"],
    "bibliotek": ["bibliotekarie"] * 3 + ["biblioteksassistent"] * 2,
    "socialtjanst": ["socialsekreterare"] * 6 + ["familjebehandlare"] * 2 + ["socialassistent"],
    "arbetsmarknad": ["arbetsmarknadskonsulent"] * 4 + ["studievagledare"],
    "aldreomsorg": ["underskoterska"] * 5 + ["vardbitrade"] * 3,
    "ungdomsmottagning": ["barnmorska"] * 2 + ["kurator"] * 2,
    "chef-och-hr": ["utredare"] * 3 + ["hr-specialist"] * 2 + ["kommunikator", "registrator"],
}  # fmt: skip
_OFFICE = "chef-och-hr"


@dataclass(frozen=True)
class _Place:
    """A unit of the part of the city that every demo has."""

    key: str
    parent: str
    name: str
    kind: UnitKind
    operation: str
    people: int
    staff: str = ""


_PLACES = (
    _Place("STADEN", "", "Staden", UnitKind.CITY, _OFFICE, 12),
    _Place("STADSDEL", "STADEN", "Stadsdelsförvaltningen Ljungåsen", UnitKind.ADMINISTRATION,
           _OFFICE, 5),
    _Place("FORSKOLA", "STADSDEL", "Avdelningen för förskola", UnitKind.DEPARTMENT, "forskola", 4),
    _Place("BJORKEN", "FORSKOLA", "Förskolan Björken", UnitKind.UNIT, "forskola", 20),
    _Place("KOMETEN", "FORSKOLA", "Förskolan Kometen", UnitKind.UNIT, "forskola", 18),
    _Place("OMSORG", "STADSDEL", "Avdelningen för social omsorg", UnitKind.DEPARTMENT,
           "socialtjanst", 4),
    _Place("BARNUNGDOM", "OMSORG", "Barn- och ungdomsenheten", UnitKind.UNIT, "socialtjanst", 22),
    _Place("HEMTJANST", "OMSORG", "Hemtjänsten Fyren", UnitKind.UNIT, "aldreomsorg", 24),
    _Place("UTBILDNING", "STADEN", "Utbildningsförvaltningen", UnitKind.ADMINISTRATION, _OFFICE, 5),
    _Place("SKOLAN", "UTBILDNING", "Månstensskolan", UnitKind.UNIT, "skola", 34),
    _Place("KULTUR", "STADEN", "Förvaltningen för kultur och arbete", UnitKind.ADMINISTRATION,
           _OFFICE, 5),
    _Place("KULTURSKOLAN", "KULTUR", "Kulturskolan", UnitKind.UNIT, "kultur", 14),
    _Place("BIBLIOTEKET", "KULTUR", "Biblioteket Polstjärnan", UnitKind.UNIT, "kultur", 12,
           "bibliotek"),
    _Place("FRITIDSGARDEN", "KULTUR", "Fritidsgården Norrskenet", UnitKind.UNIT, "fritid", 8),
    _Place("JOBBTORGET", "KULTUR", "Jobbtorget Kompassen", UnitKind.UNIT, "arbetsmarknad", 13),
)  # fmt: skip
# A preschool that was closed and whose staff went to Björken.
_CLOSED = _Place("BLAKLINTEN", "FORSKOLA", "Förskolan Blåklinten", UnitKind.UNIT, "forskola", 0)
_CLOSED_DAYS_AGO = 420
_PLACES_WITH_A_PROTECTED_PERSON = ("BJORKEN", "SKOLAN", "BARNUNGDOM")
_PLACE_WITH_AN_ACTING_MANAGER = "BIBLIOTEKET"


@dataclass(frozen=True)
class _Sector:
    """What a large city has many of: a department, and the units below it."""

    operation: str
    department: str
    unit: str
    staff: str = ""


_SECTORS = (
    _Sector("forskola", "Avdelningen för förskola", "Förskolan {}"),
    _Sector("skola", "Avdelningen för grundskola", "{}skolan"),
    _Sector("aldreomsorg", "Avdelningen för hemtjänst", "Hemtjänsten {}"),
    _Sector("socialtjanst", "Avdelningen för barn och unga", "Socialtjänstens enhet {}"),
    _Sector("forskola", "Avdelningen för öppen förskola", "Öppna förskolan {}"),
    _Sector("fritid", "Avdelningen för fritid", "Fritidsgården {}"),
    _Sector("aldreomsorg", "Avdelningen för särskilt boende", "Äldreboendet {}"),
    _Sector("kultur", "Avdelningen för bibliotek", "Biblioteket {}", "bibliotek"),
    _Sector("arbetsmarknad", "Avdelningen för arbetsmarknad", "Jobbtorget {}"),
    _Sector("ungdomsmottagning", "Avdelningen för ungas hälsa", "Ungdomsmottagningen {}"),
)
_OFFICES = _Sector(_OFFICE, "", "")
_UNITS_IN_A_DEPARTMENT = 12
_PEOPLE_IN_A_UNIT = (15, 36)
# For itself, a department and a unit.
_ENOUGH_FOR_AN_ADMINISTRATION = 30

# Stars and stones: words for units that no map has, in two forms ("Kometen", "Kometskolan").
_WORDS = (
    ("Kometen", "Komet"), ("Kvartsen", "Kvarts"), ("Nebulosan", "Nebulosa"),
    ("Agaten", "Agat"), ("Zenit", "Zenit"), ("Opalen", "Opal"), ("Kvasaren", "Kvasar"),
    ("Bärnstenen", "Bärnstens"), ("Stjärnfallet", "Stjärnfalls"), ("Ametisten", "Ametist"),
    ("Månskäran", "Månskäre"), ("Granaten", "Granat"), ("Solfläcken", "Solfläcks"),
    ("Topasen", "Topas"), ("Meteoren", "Meteor"), ("Jaspisen", "Jaspis"),
    ("Asteroiden", "Asteroid"), ("Turmalinen", "Turmalin"), ("Norrskenet", "Norrskens"),
    ("Safiren", "Safir"), ("Vintergatan", "Vintergats"), ("Glimmern", "Glimmer"),
    ("Polstjärnan", "Polstjärne"), ("Karneolen", "Karneol"),
)  # fmt: skip
_DISTRICTS = (
    "Alvarhöjd", "Blåstensberg", "Citronvik", "Dimvallen", "Ekoholm", "Fjärilslunda", "Glasåsen",
    "Hägringsta", "Isfågelby", "Järtecken", "Korallmo", "Lyktebo", "Mossagate", "Nyckelåsen",
    "Orgelpipa", "Pärluddsbo", "Quarnskog", "Regnbågsvik", "Sagolunda", "Trollslända",
    "Urverksta", "Vindspelet", "Yrsnöby", "Zinkmossen",
)  # fmt: skip

# Given names and family names that often go together, with how common each group is.
_NAMES = tuple(
    (weight, given_names.split(), family_names.split())
    for weight, given_names, family_names in (
        (
            60,
            "Anna Erik Lars Karin Emma Johan Sofia Anders Ingrid Oskar Lena Mikael Åsa Björn Märta "
            "Gustav Elsa Håkan Linnea Örjan Cecilia Fredrik Hanna Jonas Kerstin Niklas Ulrika "
            "Viktor",
            "Andersson Lindgren Bergström Sjöberg Öhman Åström Nyqvist Ek Lundin Hedman Ängström "
            "Forslund Wallin Björklund Strand Holm Söderberg Nordin Palm Gustafsson Eklöf Malm "
            "Åkerlund Löfgren",
        ),
        (
            7,
            "Aino Jukka Päivi Mikko Tuula Kimmo",
            "Korhonen Mäkinen Laine Heikkilä Virtanen Rantanen",
        ),
        (
            9,
            "Layla Omar Rania Yusuf Nour Karim Samira Bilal",
            "Haddad Al-Masri Khalil Nasser Saleh Darwish Mansour",
        ),
        (5, "Ayşe Mehmet Elif Kemal Zeynep", "Yıldız Demir Kaya Öztürk Şahin"),
        (5, "Shirin Dara Parisa Reza Azad Leila", "Ahmadi Karimi Rostami Hosseini Barzani"),
        (
            5,
            "Amina Abdi Hibo Mahad Selam Yonas",
            "Abdullahi Farah Jama Tesfay Haile Mohamud",
        ),
        (5, "Amra Goran Jelena Senad Vesna", "Hadžić Petrović Kovačević Begić Jovanović"),
        (4, "Zofia Piotr Irina Andrei Oksana", "Kowalska Wiśniewski Popescu Melnyk Łukasik"),
    )
)
_GROUP_WEIGHTS = tuple(weight for weight, _, _ in _NAMES)
_TWO_YEARS = 730
# A seventh began this term, as many before that in the last two years, the rest long ago.
_EMPLOYED_DAYS = ((10, 110), (111, _TWO_YEARS), (_TWO_YEARS + 1, 6500))
_EMPLOYED_WEIGHTS = (1, 1, 5)


# --- The city -----------------------------------------------------------------------------------


@dataclass
class City:
    """A whole city to be, as rows that are not saved yet."""

    units: list[Unit] = field(default_factory=list)
    successors: list[tuple[Unit, Unit]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    employments: list[Employment] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    roles: list[RoleAssignment] = field(default_factory=list)


@dataclass(frozen=True)
class Lists:
    """The rows that a city is described with."""

    operations: Mapping[str, Operation]
    professions: Mapping[str, Profession]


def invent(*, seed: int, employees: int, today: date, lists: Lists) -> City:
    """Invent a city of *employees* people, those who have left among them.

    The first part is the same whatever the number; the rest is added to it. Raises TooFewEmployees.
    """
    if employees < FEWEST_EMPLOYEES:
        raise TooFewEmployees
    return _Inventor(seed, employees, today, lists).invent()


def uid_of(*, seed: int, employees: int, number: int) -> uuid.UUID:
    """Return the lasting identity of a person. It also tells one demo from another."""
    return uuid.uuid5(_NAMESPACE, f"{seed}/{employees}/{number}")


def _staff_number(number: int) -> str:
    return f"{PREFIX}{number:06}"


class _Inventor:
    """Makes a city, one choice after the other, all from one source of chance."""

    def __init__(self, seed: int, employees: int, today: date, lists: Lists) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # a made-up city, not a secret
        self.seed, self.employees, self.today, self.lists = seed, employees, today, lists
        self.city = City()
        self._places: dict[str, Unit] = {}
        # Code of a unit → what sort of staff it has, and the units with the same sort.
        self._staff: dict[str, str] = {}
        self._workplaces: dict[str, list[Unit]] = {}
        self._names: set[tuple[str, str]] = set()
        self._addresses: Counter[str] = Counter()

    def invent(self) -> City:
        """Make units and their people, first those of every demo and then the rest."""
        rest = self.employees - DEFAULT_EMPLOYEES
        # Too few for an administration with anything below it: they join those who are there.
        rest = rest if rest >= _ENOUGH_FOR_AN_ADMINISTRATION else 0
        sizes = self._first_units(self.employees - rest)
        self._cast()
        for unit, size in sizes:
            self._people_of(unit, size)
        self._people_of_the_closed_unit()
        for unit, size in self._more_units(rest):
            self._people_of(unit, size)
        return self.city

    # Units

    def _unit(
        self, code: str, parent: Unit | None, name: str, kind: UnitKind, operation: str, staff: str
    ) -> Unit:
        # Path and number of children are kept here, since treebeard would make each row by itself.
        depth, place, above = 1, 1, None
        if parent:
            parent.numchild += 1
            depth, place, above = parent.depth + 1, parent.numchild, parent.path
        unit = Unit(
            path=Unit._get_path(above, depth, place),
            depth=depth,
            numchild=0,
            code=PREFIX + code,
            name=name,
            kind=kind,
            operation=self.lists.operations[operation],
            opened_date=self._ago(4000),
        )
        self.city.units.append(unit)
        # Above the units it is offices.
        work = (staff or operation) if kind == UnitKind.UNIT else _OFFICE
        self._staff[unit.code] = work
        if kind == UnitKind.UNIT and code != _CLOSED.key:
            self._workplaces.setdefault(work, []).append(unit)
        return unit

    def _first_units(self, people: int) -> list[tuple[Unit, int]]:
        """Make the units that every demo has, and return how many people each is given."""
        for place in (*_PLACES, _CLOSED):
            self._places[place.key] = self._unit(
                place.key, self._places.get(place.parent), place.name, place.kind,
                place.operation, place.staff,
            )  # fmt: skip
        closed = self._places[_CLOSED.key]
        closed.closed_date = self._ago(_CLOSED_DAYS_AGO)
        self.city.successors.append((closed, self._places["BJORKEN"]))
        least = {place.key: 2 for place in _PLACES}
        for member in _PEOPLE_IN_CAST:
            least[member.unit] += 1
        shares = _share_out(people, {place.key: place.people for place in _PLACES}, least)
        return [(self._places[key], share) for key, share in shares.items()]

    def _more_units(self, people: int) -> list[tuple[Unit, int]]:
        """Make administrations until *people* have somewhere to work; return how many have."""
        sizes: list[tuple[Unit, int]] = []

        def add(parent: Unit, name: str, kind: UnitKind, sector: _Sector, size: int) -> Unit:
            nonlocal people
            code = f"{len(sizes) + 1:05}"
            unit = self._unit(code, parent, name, kind, sector.operation, sector.staff)
            sizes.append((unit, min(size, people)))
            people -= sizes[-1][1]
            return unit

        number = 0
        while people >= _ENOUGH_FOR_AN_ADMINISTRATION:
            name = f"Stadsdelsförvaltningen {_numbered(_DISTRICTS, number)}"
            administration = add(self._places["STADEN"], name, UnitKind.ADMINISTRATION, _OFFICES, 4)
            for sector in _SECTORS:
                if people < _ENOUGH_FOR_AN_ADMINISTRATION:
                    break
                department = add(administration, sector.department, UnitKind.DEPARTMENT, sector, 3)
                for word, stem in self.chance.sample(_WORDS, _UNITS_IN_A_DEPARTMENT):
                    if people < _PEOPLE_IN_A_UNIT[0]:
                        break
                    name = sector.unit.format(stem if sector.unit.startswith("{") else word)
                    size = self.chance.randint(*_PEOPLE_IN_A_UNIT)
                    add(department, name, UnitKind.UNIT, sector, size)
            number += 1
        if sizes:
            unit, size = sizes[-1]
            sizes[-1] = (unit, size + people)
        return sizes

    # People

    def _cast(self) -> None:
        for member in _PEOPLE_IN_CAST:
            person = self._person(name=(member.given_name, member.family_name))
            since = self._ago(member.days_employed)
            self._employ(person, self._places[member.unit], since, profession=member.profession)
            if member.role:
                unit = self._places[member.role_unit] if member.role_unit else None
                self._assign(person, member.role, unit, since)

    def _people_of(self, unit: Unit, size: int) -> None:
        """Fill a unit: its manager first, unless the cast has one, then those who work there."""
        key = unit.code.removeprefix(PREFIX)
        cast = [member for member in _PEOPLE_IN_CAST if member.unit == key]
        size -= len(cast)
        manager = None
        if not any(member.role == Role.MANAGER for member in cast):
            manager = self._person()
            size -= 1 + self._make_manager(manager, unit, may_be_new=size > 6)
        if key in self._places:
            is_one_protected = key in _PLACES_WITH_A_PROTECTED_PERSON
            is_someone_acting = key == _PLACE_WITH_AN_ACTING_MANAGER
        else:
            is_one_protected = self.chance.random() < 0.06
            is_someone_acting = self.chance.random() < 0.03
        if manager and is_someone_acting and size:
            self._acting_manager(manager, unit)
            size -= 1
        if is_one_protected and size:
            self._employee(unit, is_protected=True)
            size -= 1
        for _ in range(size):
            self._employee(unit)

    def _make_manager(self, person: Person, unit: Unit, *, may_be_new: bool) -> int:
        """Let *person* lead the unit; return how many people the one before makes (0 or 1)."""
        profession = _manager_profession(unit)
        if not (may_be_new and self.chance.random() < 0.2):
            since = self._ago(self.chance.randint(_TWO_YEARS, 6000))
            self._employ(person, unit, since, profession=profession)
            self._assign(person, Role.MANAGER, unit, since)
            return 0
        changed = self._ago(self.chance.randint(60, _TWO_YEARS))
        before, since = self._person(), self._ago(self.chance.randint(900, 6000))
        self._employ(before, unit, since, changed, profession=profession)
        self._assign(before, Role.MANAGER, unit, since, changed)
        self._employ(person, unit, changed, profession=profession)
        self._assign(person, Role.MANAGER, unit, changed)
        return 1

    def _acting_manager(self, manager: Person, unit: Unit) -> None:
        """Send the manager on leave and let a colleague act meanwhile, until a day that is set."""
        away, back = self._ago(45), self.today + timedelta(days=75)
        colleague = self._person()
        self._employ(colleague, unit, self._ago(1200))
        self._assign(colleague, Role.MANAGER, unit, away, back)
        self.city.absences.append(Absence(person=manager, starts_date=away, ends_date=back))

    def _employee(self, unit: Unit, *, is_protected: bool = False) -> None:
        """Invent someone who works in the unit, or did, or soon will."""
        chance = self.chance
        person = self._person(is_protected=is_protected)
        kind = 1.0 if is_protected else chance.random()
        if kind < 0.008:
            self._employ(person, unit, self.today + timedelta(days=chance.randint(5, 45)))
            return
        days = chance.randint(*chance.choices(_EMPLOYED_DAYS, _EMPLOYED_WEIGHTS)[0])
        hired = self._ago(days)
        changed = self._ago(chance.randint(1, min(days - 1, _TWO_YEARS)))
        if kind < 0.075:
            self._employ(person, unit, hired, changed)
            return
        if kind < 0.165:
            before = self._another_workplace(unit) or self._other_work(unit)
            self._employ(person, before, hired, changed)
            self._employ(person, unit, changed)
        else:
            self._employ(person, unit, hired)
        if kind > 0.96 and not is_protected:
            self._employ(person, self._other_work(unit), changed)
        self._maybe_absent(person, days)

    def _maybe_absent(self, person: Person, days: int) -> None:
        """Give some of those who have worked *days* days an absence, over or going on."""
        chance = self.chance
        kind = chance.random()
        if kind < 0.04:
            began = self._ago(chance.randint(1, min(days, 250)))
            back = self.today + timedelta(days=chance.randint(20, 200))
            is_end_known = chance.random() < 0.7
            self.city.absences.append(
                Absence(person=person, starts_date=began, ends_date=back if is_end_known else None)
            )
        elif kind < 0.13:
            length, since = chance.randint(14, 200), chance.randint(1, _TWO_YEARS)
            if since + length < days:
                self.city.absences.append(
                    Absence(
                        person=person,
                        starts_date=self._ago(since + length),
                        ends_date=self._ago(since),
                    )
                )

    def _people_of_the_closed_unit(self) -> None:
        """Give up to four at Björken a past at the preschool that was closed, one as its head."""
        closed, successor = self._places[_CLOSED.key], self._places["BJORKEN"]
        jobs = Counter(job.person.staff_number for job in self.city.employments)
        busy = {role.person.staff_number for role in self.city.roles}
        busy |= {_staff_number(number) for number in range(1, len(_PEOPLE_IN_CAST) + 1)}
        closed_date = self._ago(_CLOSED_DAYS_AGO)
        movers = [
            job
            for job in self.city.employments
            if job.unit is successor and jobs[job.person.staff_number] == 1
            if job.person.staff_number not in busy and not job.person.is_protected
            if job.starts_date < closed_date and job.ends_date is None
        ][:4]
        for number, job in enumerate(movers):
            profession = "rektor" if number == 0 else job.profession.code
            self._employ(job.person, closed, job.starts_date, closed_date, profession=profession)
            if number == 0:
                self._assign(job.person, Role.MANAGER, closed, job.starts_date, closed_date)
            job.starts_date = closed_date

    def _person(self, *, name: tuple[str, str] | None = None, is_protected: bool = False) -> Person:
        number = len(self.city.people) + 1
        staff_number = _staff_number(number)
        given_name, family_name = name or self._name()
        address = f"{_ascii(given_name)}.{_ascii(family_name)}"
        self._addresses[address] += 1
        if self._addresses[address] > 1:
            address += f".{self._addresses[address]}"
        if is_protected:
            # An address that says nothing of who it is.
            address = staff_number.lower()
        person = Person(
            uid=uid_of(seed=self.seed, employees=self.employees, number=number),
            staff_number=staff_number,
            given_name=given_name,
            family_name=family_name,
            email=f"{address}@{MAIL_DOMAIN}",
            is_protected=is_protected,
        )
        self.city.people.append(person)
        return person

    def _name(self) -> tuple[str, str]:
        for _ in range(10):
            group, other = self.chance.choices(_NAMES, _GROUP_WEIGHTS, k=2)
            # One in eight has a family name from elsewhere, as people do who marry and move.
            families = other[2] if self.chance.random() < 0.125 else group[2]
            name = self.chance.choice(group[1]), self.chance.choice(families)
            if name not in self._names:
                break
        # In a large city some do share a name.
        self._names.add(name)
        return name

    # Small things

    def _employ(
        self, person: Person, unit: Unit, since: date, until: date | None = None, *,
        profession: str = "",
    ) -> None:  # fmt: skip
        profession = profession or self.chance.choice(_STAFF[self._staff[unit.code]])
        self.city.employments.append(
            Employment(
                person=person,
                unit=unit,
                profession=self.lists.professions[profession],
                operation=unit.operation,
                starts_date=since,
                ends_date=until,
            )
        )

    def _assign(
        self, person: Person, role: Role, unit: Unit | None, since: date, until: date | None = None
    ) -> None:
        self.city.roles.append(
            RoleAssignment(person=person, role=role, unit=unit, starts_date=since, ends_date=until)
        )

    def _another_workplace(self, unit: Unit) -> Unit | None:
        """Return a unit where the same work is done as in *unit*, if there is another."""
        others = self._workplaces.get(self._staff[unit.code], [])
        other = self.chance.choice(others) if others else unit
        return None if other is unit else other

    def _other_work(self, unit: Unit) -> Unit:
        """Return a unit where other work is done than in *unit*."""
        kinds = [kind for kind in self._workplaces if kind != self._staff[unit.code]]
        return self.chance.choice(self._workplaces[self.chance.choice(kinds)])

    def _ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def _share_out(total: int, weights: Mapping[str, int], least: Mapping[str, int]) -> dict[str, int]:
    """Return *total* shared out by *weights*, with no share below its *least*."""
    spare = total - sum(least.values())
    claims = {key: max(weight - least[key], 0) for key, weight in weights.items()}
    whole = sum(claims.values())
    shares = {key: least[key] + spare * claim // whole for key, claim in claims.items()}
    # What rounding left over goes to those it took most from.
    left = total - sum(shares.values())
    for key in sorted(claims, key=lambda key: (-(spare * claims[key] % whole), key))[:left]:
        shares[key] += 1
    return shares


def _numbered(words: Sequence[str], number: int) -> str:
    again, place = divmod(number, len(words))
    return f"{words[place]} {again + 1}" if again else words[place]


def _manager_profession(unit: Unit) -> str:
    if unit.kind != UnitKind.UNIT:
        return _CHIEFS[UnitKind(unit.kind)]
    is_school = unit.operation is not None and unit.operation.slug in {"forskola", "skola"}
    return "rektor" if is_school else "enhetschef"


_CHIEFS = {
    UnitKind.CITY: "stadsdirektor",
    UnitKind.ADMINISTRATION: "forvaltningschef",
    UnitKind.DEPARTMENT: "avdelningschef",
}
# Letters that do not come apart into a plain one and an accent.
_PLAIN = str.maketrans("ıłŁđø", "ilLdo")


def _ascii(name: str) -> str:
    """Return *name* as it stands in an address: lower case, a to z and hyphens."""
    apart = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return apart.encode("ascii", "ignore").decode().lower()


# --- Into the database --------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What a load did."""

    is_new: bool
    units: int
    people: int
    new_accounts: list[str]
    new_passwords: list[str]
    kept_passwords: list[str]

    @property
    def changed(self) -> bool:
        """Whether anything at all is different from before."""
        return self.is_new or bool(self.new_accounts or self.new_passwords)


@transaction.atomic
def load(
    *,
    today: date,
    password: str,
    seed: int | None = None,
    employees: int | None = None,
    tell: Callable[[str], None] = lambda message: None,
) -> Report:
    """Load the demo unless it is loaded, and see to it that the cast has accounts.

    What is there is left as it is. Without *seed* and *employees* any demo will do that is loaded
    already. Raises NotTheDemosPeople, NotTheDemosAccounts, AnotherDemo, TooFewEmployees and
    NotMigrated, and then nothing is changed.
    """
    is_any_welcome = seed is None and employees is None
    seed = DEFAULT_SEED if seed is None else seed
    employees = DEFAULT_EMPLOYEES if employees is None else employees
    first = Person.objects.filter(staff_number=_staff_number(1)).first()
    if first is None:
        _refuse_strangers()
        _write(invent(seed=seed, employees=employees, today=today, lists=_lists()), tell)
    elif not is_any_welcome and first.uid != uid_of(seed=seed, employees=employees, number=1):
        raise AnotherDemo
    new_accounts, new_passwords, kept_passwords = _see_to_accounts(password)
    return Report(
        is_new=first is None,
        units=Unit.objects.filter(code__startswith=PREFIX).count(),
        people=Person.objects.filter(staff_number__startswith=PREFIX).count(),
        new_accounts=new_accounts,
        new_passwords=new_passwords,
        kept_passwords=kept_passwords,
    )


def _refuse_strangers() -> None:
    """Raise when there is somebody or something that the demo would be mixed up with."""
    if Person.objects.exists() or Unit.objects.exists():
        raise NotTheDemosPeople
    taken = User.objects.filter(username__in=[member.username for member in CAST])
    if names := sorted(taken.values_list("username", flat=True)):
        raise NotTheDemosAccounts(names)


def _lists() -> Lists:
    """Return the operations that migrations make, and the professions, made if they are missing."""
    operations = Operation.objects.in_bulk(field_name="slug")
    needed = {place.operation for place in _PLACES} | {sector.operation for sector in _SECTORS}
    if missing := sorted(needed - operations.keys()):
        raise NotMigrated(missing)
    Profession.objects.bulk_create(
        [Profession(code=code, name=name) for code, name in PROFESSIONS.items()],
        ignore_conflicts=True,
    )
    return Lists(operations, Profession.objects.in_bulk(field_name="code"))


def _write(city: City, tell: Callable[[str], None]) -> None:
    tell(f"Skapar {with_thousands(len(city.units))} enheter.")
    Unit.objects.bulk_create(city.units, batch_size=_BATCH)
    for unit, successor in city.successors:
        unit.successor = successor
        unit.save(update_fields=["successor"])
    tell(f"Skapar {with_thousands(len(city.people))} personer.")
    Person.objects.bulk_create(city.people, batch_size=_BATCH)
    tell(
        f"Skapar {with_thousands(len(city.employments))} anställningar, "
        f"{with_thousands(len(city.absences))} frånvaroperioder och "
        f"{with_thousands(len(city.roles))} uppdrag."
    )
    Employment.objects.bulk_create(city.employments, batch_size=_BATCH)
    Absence.objects.bulk_create(city.absences, batch_size=_BATCH)
    RoleAssignment.objects.bulk_create(city.roles, batch_size=_BATCH)


def with_thousands(number: int) -> str:
    """Return *number* as Swedish writes it: with a space between thousands."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


# --- Accounts -----------------------------------------------------------------------------------


def _see_to_accounts(password: str) -> tuple[list[str], list[str], list[str]]:
    """Make the accounts that are missing, and give the cast *password* if it is a new one.

    A password that somebody has changed in the portal is kept. Returns the names of the accounts
    that are new, that were given the password, and that were left with one of their own.
    """
    known = {
        user.username: user
        for user in User.objects.filter(username__in=[member.username for member in CAST])
    }
    new = [member for member in CAST if member.username not in known]
    ours = [user for user in known.values() if _was_set_here(user.password)]
    # They share one hash, so that one check and one hash do for all of them.
    stale = {
        encoded for encoded in {user.password for user in ours}
        if not check_password(password, encoded)
    }  # fmt: skip
    outdated = [user for user in ours if user.password in stale]
    if new or outdated:
        encoded = make_password(password, salt=_SALT + get_random_string(22))
        for user in outdated:
            user.password = encoded
        User.objects.bulk_update(outdated, ["password"])
        _create_accounts(new, encoded)
    kept = [name for name, user in known.items() if user not in ours]
    return (
        [member.username for member in new],
        sorted(user.username for user in outdated),
        sorted(kept),
    )


def _was_set_here(encoded: str) -> bool:
    try:
        salt = identify_hasher(encoded).decode(encoded)["salt"]
    except ValueError:
        # No usable password: somebody has seen to that.
        return False
    return str(salt).startswith(_SALT)


def _create_accounts(members: Iterable[CastMember], encoded: str) -> None:
    numbers = {
        member.username: _staff_number(number)
        for number, member in enumerate(_PEOPLE_IN_CAST, start=1)
    }
    people = Person.objects.in_bulk(list(numbers.values()), field_name="staff_number")
    groups = {group.name: group for group in Group.objects.all()}
    for member in members:
        person = people.get(numbers.get(member.username, ""))
        user = User.objects.create(
            username=member.username,
            password=encoded,
            first_name=member.given_name,
            last_name=member.family_name,
            email=person.email if person else f"{member.username}@{MAIL_DOMAIN}",
            person=person,
            is_staff=member.is_superuser,
            is_superuser=member.is_superuser,
        )
        if member.group:
            if member.group not in groups:
                raise NotMigrated([member.group])
            user.groups.add(groups[member.group])
