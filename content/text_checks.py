"""Faults in the texts themselves: what a reader would stumble over.

`content.loading` refuses what cannot be loaded. Here stands what could be, but should not be read:
hard sentences, numbers that will go out of date, links to nowhere. `load_content --check` runs it,
and so does a test over the texts that ship. The limits are described in docs/content-format.md.
"""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.urls import Resolver404, resolve

from content import documents, mentions, readability, richtext
from content.documents import Document, Leaf
from content.faults import Faults
from content.loading import Library, PageFile, Piece, page_index
from content.models import Contact, LegalProvision, Source
from content.models.pages import Register
from content.models.registers import Audience, SourceKind
from content.parsing import TextFile

# LIX by the type of the page. A short list of what to do must be easier than what explains it.
LIX_LIMITS = dict.fromkeys(
    ("violence_type", "violence_form", "prevention", "perspective", "operation"), 45
) | {"guidance": 40}
# What one needs to act is read in two minutes.
GUIDANCE_WORDS = 2 * readability.WORDS_A_MINUTE
# A paragraph as long as this in two files is one text kept in two places.
TWIN_WORDS = 12
# A word that stands in this many files is a word, whatever it would be with å, ä or ö.
COMMON_FILES = 5
# Words that are rare here, and a more common word with å, ä or ö: an, bada, fortsatta, hall, stod.
REAL_WORDS = frozenset({"an", "bada", "fortsatta", "hall", "stod"})
# Addresses that texts may lead to before they are there. Until then only the words of the link are
# shown, and a module that is not there is not listed.
PLANNED = frozenset({"tyck-till"}) | {
    f"utbildning/{slug}"
    for slug in (
        "grund", "skola", "forskola", "fritid", "kultur", "socialtjanst", "arbetsmarknad",
        "aldreomsorg", "chef-och-nyckelperson", "heder", "sex-mot-ersattning-och-manniskohandel",
        "sexuellt-vald",
    )
}  # fmt: skip
# The places that a type's template adds to those of its text.
TEMPLATE_PLACES: dict[str, frozenset[str]] = {
    "board": frozenset(
        {"mal", "aktiviteter", "enligt-kallorna", "aret", "remissvar", "utbildningar"}
    ),
    "goal": frozenset(
        {
            "malgrupper",
            "aktiviteter",
            "indikatorer",
            "ska-vara-pa-plats",
            "berorda-namnder",
            "kan-hora-hit",
        }
    ),
    "programme": frozenset({"utgavor", "aret"}),
    "section": frozenset({"det-som-ar-kant", "rader-utan-mal"}),
    "start": frozenset({"programmets-lage"}),
    "support_index": frozenset(Audience.values),
    "module": frozenset({"innehallet", "mal"}),
}
_BLOCK_PLACES = {"depth": "fordjupning", "steps": "gor-sa-har"}
REGISTER_FILES: dict[str, str] = {
    Register.LAWS: "laws.yaml",
    Register.FIGURES: "figures.yaml",
    Register.SOURCES: "sources.yaml",
    Register.REMARKS: "remarks.yaml",
    Register.GLOSSARY: "glossary.yaml",
}
# Facts of a page and of a row that a reader reads, and fields of a row that are no sentences.
_FRONT = ("title", "menu_title", "summary", "who", "owner", "goal")
_NO_SENTENCES = frozenset(
    {"key", "url", "web", "page", "sfs", "reference", "amended_by", "earlier", "phone", "locator"}
)

# 020-50 50 50, 08-508 25 120, 116 111, 114 14, 112, 1177, +46 771 …
PHONE = re.compile(
    r"(?<![\w:/.,-])(?:\+\d{2}|0)\d{0,3}[-–\s]?\d[\d\s-]{4,}\d"
    r"|(?<![\w:/.,–-])(?:112(?![\d,%–]|\s\d)|11[0-9]\s?\d{2,3}(?![\d%]))"
    r"|(?<![\w:/.,-])1177(?![\w.]*\.se)\b"
)
# 19 kap. 1 §, §§, 3 kapitlet, (2001:453), SFS 2025:400
LAW = re.compile(
    r"(?:\d+\s*[a-z]?\s*kap(?:\.|itlet)\s*)?(?:\d+\s*[a-z]?(?:\s*[–-]\s*\d+)?\s*)?§+"
    r"|\d+\s*[a-z]?\s*kap(?:\.|itlet\b)"
    r"|\((?:SFS\s)?\d{4}:\d+\)|\bSFS\s\d{4}:\d+"
)
_LINK = re.compile(r'<a href="([^"]*)">')
_BRACES = re.compile(r"\{[^{}]*\}?")
_MARK = re.compile(r"\{(?:tel|lag):[^{}\s]+\}")
_MOJIBAKE = re.compile(r"[ÃÂ�]|â€")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_WORD = re.compile(r"[^\W\d_]+")
_UNMARKED = str.maketrans("åäö", "aao")
_MARKUP = re.compile(r"\]\([^)]*\)|[*\[\]\\]")


@dataclass(frozen=True)
class Known:
    """What a text may point at: numbers by contact, laws, sources to quote, places by page."""

    numbers: Mapping[str, str] = field(default_factory=dict)
    laws: frozenset[str] = frozenset()
    quotable: frozenset[str] = frozenset()
    # None for a page whose places are not known.
    places: Mapping[str, frozenset[str] | None] = field(default_factory=dict)

    @classmethod
    def of_files(cls, libraries: Iterable[Library], pages: Iterable[PageFile]) -> "Known":
        """Return what stands in the files."""
        libraries = list(libraries)
        rows = {
            name: [row for each in libraries for _, row in each.rows[name] if row.get("key")]
            for name in ("contacts.yaml", "laws.yaml", "sources.yaml")
        }
        places = {}
        for page in pages:
            places[page.path] = _places(page.text.body, page.text.front, libraries)
            for part in page.parts:
                place = f"{page.path}/{part.front.get('slug')}"
                places[place] = _places(part.body, part.front, libraries)
        return cls(
            {row["key"]: str(row.get("phone") or "") for row in rows["contacts.yaml"]},
            frozenset(row["key"] for row in rows["laws.yaml"]),
            frozenset(row["key"] for row in rows["sources.yaml"] if row.get("kind") in _SEEDS),
            places,
        )

    @classmethod
    def of_portal(cls) -> "Known":
        """Return what the portal has."""
        return cls(
            dict(Contact.objects.values_list("key", "phone")),
            frozenset(LegalProvision.objects.values_list("key", flat=True)),
            frozenset(Source.objects.filter(kind__in=_SEEDS).values_list("key", flat=True)),
            dict.fromkeys(page_index()),
        )

    def __or__(self, other: "Known") -> "Known":
        """Return what either knows; where both do, as *other* knows it."""
        return Known(
            {**self.numbers, **other.numbers},
            self.laws | other.laws,
            self.quotable | other.quotable,
            {**self.places, **other.places},
        )

    def leads_somewhere(self, path: str) -> bool:
        """Return whether there is a page or a view at *path*."""
        if path in self.places or path in PLANNED:
            return True
        try:
            match = resolve(f"/{path}/")
        except Resolver404:
            return False
        if match.url_name == "wagtail_serve":
            return False
        # A view below a page, such as a module's quiz, is there when the page is.
        parts = path.split("/")
        captured = [str(value) for value in match.kwargs.values() if str(value) in parts]
        return all("/".join(parts[: parts.index(each) + 1]) in self.places for each in captured)


# The documents about the programme, whose wording may be quoted as it stands.
_SEEDS = frozenset({SourceKind.CONSULTATION, SourceKind.INTERPELLATION})


def _places(
    body: Document, front: Mapping[str, Any], libraries: Iterable[Library]
) -> frozenset[str]:
    """Return the places on a page that a link may lead to."""
    found = set(documents.anchors(body)) | TEMPLATE_PLACES.get(str(front.get("type")), frozenset())
    kinds = {block["kind"] for block in body}
    found |= {place for kind, place in _BLOCK_PLACES.items() if kind in kinds}
    if rows := REGISTER_FILES.get(str(front.get("register"))):
        found |= {row["key"] for each in libraries for _, row in each.rows[rows] if "key" in row}
    return frozenset(found)


# --- What is read -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Words:
    """Words of a text. Only rich ones may hold links and marks. `kind` is "" outside the blocks."""

    words: str
    kind: str = ""
    is_rich: bool = False
    line: int = 0

    @cached_property
    def html(self) -> str:
        return richtext.markdown_to_html(self.words) if self.is_rich else ""

    @cached_property
    def lines(self) -> list[str]:
        """The words as a reader sees them, a paragraph or list item a line; marks are kept."""
        return richtext.plain(self.html).splitlines() if self.is_rich else [self.words]


# Takes the words that are at fault, and what to do.
Note = Callable[[str, str], None]


class _Text:
    """A file of a page, with the means to tell where in it something stands."""

    def __init__(self, file: TextFile, address: str, pieces: Iterable[Piece] = ()) -> None:
        self.file, self.address = file, address
        self.path, self.front, self.body = file.path, file.front, file.body
        self.type = str(file.front.get("type") or "lesson")
        self.words = [*self._front(), *self._blocks()]
        self.pieces = [
            (piece.path, _Words(piece.words, is_rich=piece.is_rich, line=piece.line))
            for piece in pieces
        ]
        self._met: dict[str, int] = {}

    def all(self) -> Iterator[tuple[Path, _Words]]:
        """Yield all words with the file that they stand in."""
        yield from ((self.path, words) for words in self.words)
        yield from self.pieces

    def _front(self) -> Iterator[_Words]:
        for name in _FRONT:
            if self.front.get(name):
                yield _Words(str(self.front[name]), line=self.file.lines.get(name, 2))

    def _blocks(self) -> Iterator[_Words]:
        for block in self.body:
            kind = block["kind"]
            for leaf, value in documents.leaves(block):
                if leaf is Leaf.RICH and value:
                    yield _Words(value, kind, is_rich=True)
                elif leaf is Leaf.PLAIN and value:
                    yield _Words(str(value), kind)
                elif leaf is Leaf.TABLE and value:
                    yield from (_Words(cell, kind) for cell in value["head"])
                    for row in value["rows"]:
                        yield from (_Words(cell, kind, is_rich=True) for cell in row)

    @cached_property
    def _lines(self) -> list[tuple[int, str]]:
        """The lines of the body, with their numbers: as written, and without Markdown's marks."""
        lines = self.path.read_text(encoding="utf-8-sig").splitlines()
        end = next(number for number, line in enumerate(lines[1:], 1) if line.strip() == "---")
        return [
            (number, f"{_one_space(line)}\n{_one_space(_MARKUP.sub('', line))}")
            for number, line in enumerate(lines[end + 1 :], start=end + 2)
        ]

    def noter(self, path: Path, words: _Words, faults: Faults) -> Note:
        """Return what notes a fault of *words*, where they stand in the file at *path*."""
        return lambda wanted, message: faults.add(path, self.line(words, wanted), message)

    def line(self, words: _Words, wanted: str) -> int:
        """Return the line of *wanted*, each time the next where it stands; 0 when nowhere."""
        if words.line:
            return words.line
        # A line of the file may end where a line on the page does not.
        start = " ".join(_one_space(wanted).split(" ")[:5])
        found = [number for number, line in self._lines if start in line]
        place = next((n for n in found if n > self._met.get(start, 0)), (found or [0])[-1])
        self._met[start] = place
        return place


def _one_space(line: str) -> str:
    return re.sub(r"\s+", " ", line).strip()


# --- The rules ----------------------------------------------------------------------------------


def check_texts(
    libraries: Iterable[Library],
    pages: Iterable[PageFile],
    known: Known,
    faults: Faults,
    *,
    today: date,
) -> None:
    """Note the faults of *pages* and of the registers in *libraries*."""
    libraries, pages = list(libraries), list(pages)
    texts = []
    for page in pages:
        texts.append(_Text(page.text, page.path, page.pieces))
        texts += [_Text(part, f"{page.path}/{part.front.get('slug')}") for part in page.parts]
        _check_front(page, known, faults, today)
    for text in texts:
        _check_length(text, faults)
        for path, words in text.all():
            fault = text.noter(path, words, faults)
            _check_numbers(words, fault)
            _check_marks(words, known, fault)
            for address in map(html.unescape, _LINK.findall(words.html)):
                _check_link(address, text.address, known, fault)
        _check_blocks(text, known, faults)
    for page in pages:
        for path, line, address in page.links:
            for message in _astray(address, page.path, known):
                faults.add(path, line, message)
    for library in libraries:
        _check_rows(library, known, faults)
    _check_twins(texts, faults)
    _check_spelling(texts, faults)
    questions = {piece.path for page in pages for piece in page.pieces}
    registers = {each.root / name for each in libraries for name in (*each.rows, "programme.yaml")}
    for path in sorted({text.path for text in texts} | questions | registers):
        _check_mojibake(path, faults)


def _check_length(text: _Text, faults: Faults) -> None:
    """LIX for all who explain; for guidance also what one must read before one can act."""
    limit, lix = LIX_LIMITS.get(text.type), readability.lix(text.body)
    if limit and lix > limit:
        faults.add(
            text.path, 0,
            f"LIX är {_decimal(lix)}, högst {limit} för {text.type}; dela långa meningar och byt "
            "långa ord.",
        )  # fmt: skip
    if text.type != "guidance":
        return
    if not any(block["kind"] == "depth" for block in text.body):
        faults.add(
            text.path, 0, "::: depth saknas; sätt det där det som behövs för att handla är slut."
        )
    count = readability.words(readability.above_depth(text.body))
    if count > GUIDANCE_WORDS:
        faults.add(
            text.path, 0,
            f"{count} ord står ovanför ::: depth, högst {GUIDANCE_WORDS}; korta eller flytta något "
            "till fördjupningen.",
        )  # fmt: skip


def _check_numbers(words: _Words, fault: Note) -> None:
    """Phone numbers and paragraphs are written in one place: their register."""
    # A quotation is as its source has it, and a figure may look like a number.
    if words.kind in {"quote", "statistic"}:
        return
    for line in words.lines:
        said = _MARK.sub(" ", line)
        for match in PHONE.finditer(said):
            advice = (
                "skriv {tel:NYCKEL} så att numret hämtas ur registret"
                if words.is_rich
                else "här kan inget nummer hämtas ur registret; nämn kontakten vid namn"
            )
            fault(match[0], f"numret {match[0].strip()} är utskrivet; {advice}.")
        for match in LAW.finditer(said):
            advice = (
                "skriv {lag:NYCKEL} så att lagrummet hämtas ur registret"
                if words.is_rich
                else "här kan inget lagrum hämtas ur registret; säg med ord vad lagen handlar om"
            )
            fault(match[0], f"lagrummet {match[0].strip()} är utskrivet; {advice}.")


def _check_marks(words: _Words, known: Known, fault: Note) -> None:
    """A mark whose row is not there leaves a sentence without its number."""
    said = "\n".join(words.lines)
    for braces in _BRACES.findall(said):
        if not words.is_rich:
            fault(braces, f"{braces} visas som det står här; skriv det i löpande text i stället.")
        elif not _MARK.fullmatch(braces):
            fault(
                braces,
                f"{braces} visas som det står; en källa står sist i stycket och ett märke skrivs "
                "{tel:NYCKEL} eller {lag:NYCKEL}.",
            )
    if not words.is_rich:
        return
    found = mentions.keys([said])
    for key in sorted(found[mentions.TEL] - {""}):
        if key not in known.numbers:
            fault(mentions.mark(mentions.TEL, key), f"kontakten {key} finns inte.")
        elif not known.numbers[key]:
            fault(
                mentions.mark(mentions.TEL, key),
                f"kontakten {key} har inget nummer; skriv det i registret eller nämn den vid namn.",
            )
    for key in sorted(found[mentions.LAW] - known.laws - {""}):
        fault(mentions.mark(mentions.LAW, key), f"lagrummet {key} finns inte.")


def _check_link(address: str, here: str, known: Known, fault: Note) -> None:
    if address.startswith("tel:"):
        fault(address, f"länken ringer ett nummer; skriv {{tel:NYCKEL}} i stället för {address}.")
    for message in _astray(address, here, known):
        fault(address, message)


def _astray(address: str, here: str, known: Known) -> Iterator[str]:
    """Yield what is wrong with a link to *address* from the page *here*."""
    if not address.startswith(("/", "#")):
        return
    target, _, anchor = address.partition("#")
    path = target.partition("?")[0].strip("/") if target else here
    if not known.leads_somewhere(path):
        yield f"länken {address} leder till en sida som inte finns."
        return
    places = known.places.get(path)
    if anchor and places is not None and unquote(anchor) not in places:
        yield f"länken {address} leder till ett ställe som inte finns på sidan."


def _check_blocks(text: _Text, known: Known, faults: Faults) -> None:
    """Quotations are the programme's documents' own words; a figure has a year or none."""
    for block in text.body:
        if block["kind"] == "quote" and not block["of"]:
            for key in sorted({ref["key"] for ref in block["sources"]} - known.quotable):
                faults.add(
                    text.path,
                    text.line(_Words(""), f"::: quote {key}"),
                    f"citatet har källan {key}, som inte är ett remissvar eller interpellations"
                    "svar; skriv om det med egna ord eller ange dokumentet efter |.",
                )
        elif block["kind"] == "statistic" and not _is_year(block["year"]):
            faults.add(
                text.path, text.line(_Words(""), f"year: {block['year']}"), _no_year(block["year"])
            )


def _is_year(value: Any) -> bool:
    return not value or bool(_YEAR.search(str(value)))


def _no_year(value: Any) -> str:
    return f"year: {value} är inget år; skriv årtalet eller lämna raden tom."


def _check_front(page: PageFile, known: Known, faults: Faults, today: date) -> None:
    """The days of a page, and the pages that it names."""
    text, front = page.text, page.text.front

    def fault(name: str, message: str) -> None:
        faults.add(text.path, text.lines.get(name, 2), message)

    written, due = front["written_date"], front["review_due_date"]
    if written > today:
        fault("written_date", f"written_date {written} har inte varit än.")
    if due <= written:
        fault("review_due_date", f"review_due_date {due} ska vara efter written_date {written}.")
    for name in ("related", "modules"):
        for path in front.get(name) or []:
            if not known.leads_somewhere(str(path)):
                fault(name, f"{name}: sidan {path} finns inte.")


def _check_rows(library: Library, known: Known, faults: Faults) -> None:
    """The registers: pages that they name, years, and numbers outside the register of contacts."""
    rows = [
        (library.root / name, line, row)
        for name, found in library.rows.items()
        for line, row in found
    ]
    for path, line, row in rows:
        if row.get("page") and not known.leads_somewhere(str(row["page"])):
            faults.add(path, line, f"page: sidan {row['page']} finns inte.")
        if path.name == "figures.yaml" and not _is_year(row.get("year")):
            faults.add(path, line, _no_year(row["year"]))
    programme = library.root / "programme.yaml"
    for path, line, row in [*rows, (programme, 0, library.programme)]:
        if path.name == "contacts.yaml":
            continue
        for words in _sentences(row):
            for match in PHONE.finditer(words):
                faults.add(
                    path, line,
                    f"numret {match[0].strip()} är utskrivet; nummer står bara i contacts.yaml.",
                )  # fmt: skip


def _sentences(value: Any, name: str = "") -> Iterator[str]:
    """Yield the sentences in a row of a register."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _sentences(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _sentences(inner, name)
    elif isinstance(value, str) and name not in _NO_SENTENCES:
        yield value


def _check_twins(texts: Iterable[_Text], faults: Faults) -> None:
    """The same paragraph in two files: one of them will be forgotten when it changes."""
    first: dict[tuple[str, ...], _Text] = {}
    for text in texts:
        for words in text.words:
            if words.kind in {"", "quote"}:
                continue
            for line in words.lines:
                same = tuple(re.findall(r"[\w:]+", line.lower()))
                other = first.setdefault(same, text)
                if len(same) >= TWIN_WORDS and other is not text:
                    faults.add(
                        text.path,
                        text.line(words, line),
                        f"stycket ”{' '.join(line.split()[:6])} …” står också i {other.path.name}; "
                        "behåll det på ett ställe och länka dit.",
                    )


def _check_spelling(texts: Iterable[_Text], faults: Faults) -> None:
    """Words that seem to have lost the dots and rings that they have everywhere else."""
    count: Counter[str] = Counter()
    found: dict[str, list[tuple[_Text, Path, _Words, str]]] = defaultdict(list)
    for text in texts:
        for path, words in text.all():
            if words.kind == "quote":
                continue
            for line in words.lines:
                for word in _WORD.findall(_MARK.sub(" ", line)):
                    count[word.lower()] += 1
                    found[word.lower()].append((text, path, words, word))
    marked: dict[str, list[str]] = defaultdict(list)
    for word in count:
        if word != word.translate(_UNMARKED):
            marked[word.translate(_UNMARKED)].append(word)
    for word, twins in marked.items():
        usual = max(twins, key=lambda each: count[each])
        if word not in count or word in REAL_WORDS or count[usual] < 5 * count[word]:
            continue
        if len({path for _, path, _, _ in found[word]}) >= COMMON_FILES:
            continue
        for text, path, words, as_written in found[word]:
            faults.add(
                path,
                text.line(words, as_written),
                f"ordet ”{as_written}” har kanske tappat prickar; menas ”{usual}”?",
            )


def _check_mojibake(path: Path, faults: Faults) -> None:
    """Letters that have been read in the wrong encoding, anywhere in the file."""
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if match := _MOJIBAKE.search(line):
            faults.add(path, number, f"tecknet {match[0]} är trasigt; skriv om ordet.")


# --- Measures -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """How hard a text is, and how long what stands above its depth."""

    path: str
    lix: float
    words: int

    @property
    def minutes(self) -> int:
        """How long the words take to read."""
        return readability.minutes(self.words)


def measures(pages: Iterable[PageFile]) -> list[Measure]:
    """Return the measures of every text, in the order of their addresses."""
    texts = [
        (f"/{'/'.join(part for part in (page.path, slug) if part)}", text)
        for page in pages
        for text, slug in [(page.text, ""), *((part, part.front["slug"]) for part in page.parts)]
    ]
    return [
        Measure(
            address,
            readability.lix(text.body),
            readability.words(readability.above_depth(text.body)),
        )
        for address, text in sorted(texts, key=lambda each: each[0])
    ]


def table(found: Iterable[Measure]) -> str:
    """Return the measures as lines to print."""
    found = list(found)
    width = max([len("Sida"), *(len(each.path) for each in found)])
    head = f"{'Sida':<{width}}  {'LIX':>5}  {'Ord':>5}  Minuter"
    rows = [
        f"{each.path:<{width}}  {_decimal(each.lix):>5}  {each.words:>5}  {each.minutes:>7}"
        for each in found
    ]
    return "\n".join([head, *rows])


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
