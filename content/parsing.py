"""From text files to plain data. The format is described in docs/content-format.md.

Nothing here touches the database. Every fault is noted with its line, and reading goes on.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from content import richtext
from content.documents import FIELDS, Block, Document
from content.faults import Faults

NAMESPACE = uuid.UUID("6b6f0c1e-6f6a-5d0b-9a52-3f1f2f6d7c55")
KEY = r"[A-Za-z0-9][A-Za-z0-9-]*"
_REFERENCE = re.compile(rf"\{{({KEY})(?:\s+([^}}]*))?\}}")
_TRAILING = re.compile(rf"(?:\s*(?<!\\)\{{{KEY}(?:\s+[^}}]*)?\}})+\s*$")
# `<` and a letter, but neither an address in angle brackets nor what a backslash has freed.
_HTML = re.compile(r"(?<!\\)(?:</?[a-zA-Z][a-zA-Z0-9-]*(?=[\s/>])|<!--|!\[)")
_HEADING = re.compile(r"^ {0,3}#{1,6}(?: |$)", re.MULTILINE)
_FENCE = re.compile(r"^:::\s*([a-z_]+)?\s*(.*?)\s*$")


def stable_id(*parts: str) -> str:
    """Return an id that is the same for the same *parts* on every machine."""
    return str(uuid.uuid5(NAMESPACE, "/".join(parts)))


@dataclass
class TextFile:
    """A file taken apart. `lines` tells where each key of the front matter stands."""

    path: Path
    front: dict[str, Any]
    lines: dict[str, int]
    body: Document = field(default_factory=list)


class Row(dict[str, Any]):
    """Names and values of a YAML file, with the line they begin on."""

    line = 0


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML where a day must exist and a name may stand but once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        """Refuse a name that stands twice: the first would be lost."""
        seen: set[str] = set()
        for name, _ in node.value:
            if name.value in seen:
                raise _OurError(f"{name.value} står två gånger; behåll en", name.start_mark)
            seen.add(name.value)
        return super().construct_mapping(node, deep)


class _OurError(yaml.MarkedYAMLError):
    """A fault in YAML that is told in our own words."""

    def __init__(self, problem: str, mark: Any) -> None:
        super().__init__(problem=problem, problem_mark=mark)


def _day(loader: Any, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        raise _OurError(f"dagen {node.value} finns inte; rätta den", node.start_mark) from None


def _row(loader: Any, node: yaml.MappingNode) -> Iterator[Row]:
    row = Row()
    row.line = node.start_mark.line + 1
    yield row
    row.update(loader.construct_mapping(node))


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day)
_Loader.add_constructor("tag:yaml.org,2002:map", _row)


def _parse_yaml(text: str) -> tuple[Any, list[int]]:
    """Return the value of *text*, and the lines that the rows of a list begin on."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None, []
        rows = node.value if isinstance(node, yaml.SequenceNode) else []
        return loader.construct_document(node), [row.start_mark.line + 1 for row in rows]
    finally:
        loader.dispose()


def _read(path: Path, faults: Faults) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.add(path, 0, "filen är inte UTF-8; spara om den i UTF-8.")
    return None


def _note_yaml(error: yaml.YAMLError, path: Path, faults: Faults, first_line: int = 1) -> None:
    mark = getattr(error, "problem_mark", None)
    message = "går inte att läsa som YAML; se över kolon, indrag och citattecken."
    if isinstance(error, _OurError):
        message = f"{error.problem}."
    faults.add(path, mark.line + first_line if mark else 0, message)


def _read_yaml(path: Path, faults: Faults) -> tuple[Any, list[int]]:
    text = _read(path, faults)
    try:
        return _parse_yaml(text or "")
    except yaml.YAMLError as error:
        _note_yaml(error, path, faults)
    return None, []


def read_mapping(path: Path, faults: Faults) -> dict[str, Any]:
    """Return the names and values of a YAML file; nothing when there is no file."""
    if not path.exists():
        return {}
    value = _read_yaml(path, faults)[0]
    if value is not None and not isinstance(value, dict):
        faults.add(path, 1, "ska skrivas som namn: värde.")
    return value if isinstance(value, dict) else {}


def read_list(path: Path, faults: Faults) -> list[tuple[int, Any]]:
    """Return what a list holds, whatever it is, with the line each begins on."""
    if not path.exists():
        return []
    items, starts = _read_yaml(path, faults)
    if items is not None and not isinstance(items, list):
        faults.add(path, 1, "ska vara en lista med rader som börjar med ”- ”.")
        return []
    return list(zip(starts, items or [], strict=True))


def read_rows(path: Path, faults: Faults) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows of a list with the line each begins on."""
    if not path.exists():
        return []
    rows, starts = _read_yaml(path, faults)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.add(path, 1, "ska vara en lista med rader som börjar med ”- key:”.")
        return []
    return list(zip(starts, rows, strict=True))


def read_text(path: Path, faults: Faults, *, seed: str) -> TextFile | None:
    """Return the file taken apart, or None when even its front matter cannot be read.

    *seed* makes the block ids: the page's path.
    """
    text = _read(path, faults)
    if text is None:
        return None
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        faults.add(path, 1, "filen ska börja med --- och sidans uppgifter.")
        return None
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() == "---"), None)
    if end is None:
        faults.add(path, 1, "raden --- som avslutar sidans uppgifter saknas.")
        return None
    try:
        front = _parse_yaml("\n".join(lines[1:end]))[0] or {}
    except yaml.YAMLError as error:
        _note_yaml(error, path, faults, first_line=2)
        return None
    if not isinstance(front, dict):
        faults.add(path, 2, "uppgifterna ska skrivas som namn: värde.")
        return None
    places = {
        match[1]: number
        for number, line in enumerate(lines[1:end], start=2)
        if (match := re.match(r"([a-z_]+):", line))
    }
    result = TextFile(path, front, places)
    result.body = _Body(path, faults, seed, lines[end + 1 :], end + 2).read()
    return result


class _Body:
    """Reads the blocks of one body."""

    def __init__(
        self, path: Path, faults: Faults, seed: str, lines: list[str], first_line: int
    ) -> None:
        self.path, self.faults, self.seed = path, faults, seed
        self.lines, self.first_line = lines, first_line
        self.blocks: Document = []
        self.text: list[str] = []
        self.text_line = 0

    def read(self) -> Document:
        """Return the blocks."""
        number = 0
        while number < len(self.lines):
            line = self.lines[number]
            if line.startswith(":::"):
                self.flush()
                number = self.fence(number)
                continue
            if line.startswith("#"):
                self.flush()
                self.heading(line, number)
            elif not line.strip():
                self.end_paragraph()
            else:
                if not self.text:
                    self.text_line = number
                self.text.append(line)
            number += 1
        self.flush()
        return self.blocks

    def fault(self, number: int, message: str) -> None:
        self.faults.add(self.path, self.first_line + number, message)

    def add(self, kind: str, **fields: Any) -> None:
        block: Block = {"id": stable_id(self.seed, str(len(self.blocks))), "kind": kind} | fields
        for name in FIELDS[kind]:
            block.setdefault(name, "")
        self.blocks.append(block)

    def rich(self, text: str, number: int) -> str:
        """Return *text* in canonical Markdown, noting what the subset does not allow."""
        if match := _HTML.search(text):
            line = number + text.count("\n", 0, match.start())
            self.fault(line, "HTML och bilder får inte stå i texten; skriv om med Markdown.")
        if match := _HEADING.search(text):
            line = number + text.count("\n", 0, match.start())
            self.fault(line, "rubriken kan inte stå inne i ett block; avsluta blocket först.")
        try:
            return richtext.html_to_markdown(richtext.markdown_to_html(text))
        except richtext.MarkdownFault as error:
            self.fault(number, f"{error}.")
            return ""

    # --- prose

    def heading(self, line: str, number: int) -> None:
        match = re.match(r"(#{2,3}) +(\S.*?)\s*$", line)
        if not match:
            self.fault(number, "rubriker skrivs med ## eller ### och ett mellanslag.")
            return
        self.add("heading", text=match[2], level=str(len(match[1])))

    def end_paragraph(self) -> None:
        """A paragraph with a source at its end closes the block of text."""
        if self.text and _TRAILING.search(self.text[-1]):
            self.flush()
        elif self.text and self.text[-1]:
            self.text.append("")

    def flush(self) -> None:
        words, line = "\n".join(self.text).strip(), self.text_line
        self.text = []
        if not words:
            return
        trailing = _TRAILING.search(words)
        if trailing:
            # The source is the last paragraph's alone; what stands before it is our own text.
            before, gap, words = words.rpartition("\n\n")
            if gap:
                self.add("text", text=self.rich(before, line), sources=[])
                line += before.count("\n") + 2
            trailing = _TRAILING.search(words)
        sources = self.references(trailing[0]) if trailing else []
        if trailing:
            words = words[: trailing.start()].rstrip()
        self.add("text", text=self.rich(words, line), sources=sources)

    def references(self, text: str) -> list[dict[str, str]]:
        return [
            {"key": match[1], "locator": (match[2] or "").strip()}
            for match in _REFERENCE.finditer(text)
        ]

    # --- fences

    def fence(self, start: int) -> int:
        """Read the block that begins on line *start*; return the line after it."""
        match = _FENCE.match(self.lines[start])
        kind, words = (match[1] or "", match[2]) if match else ("", "")
        if not kind and not words:
            self.fault(start, "raden ::: avslutar inget block; ta bort den.")
            return start + 1
        end = next(
            (n for n in range(start + 1, len(self.lines)) if self.lines[n].strip() == ":::"), None
        )
        if end is None:
            self.fault(start, f"blocket ::: {kind} avslutas aldrig med :::.")
            return len(self.lines)
        inner = self.lines[start + 1 : end]
        nested = next((n for n, line in enumerate(inner) if line.startswith(":::")), None)
        if nested is not None:
            self.fault(start + 1 + nested, "block får inte ligga i varandra; avsluta det förra.")
            return start + 1 + nested
        if reader := self.readers().get(kind):
            reader(kind, words, inner, start)
        else:
            self.fault(
                start,
                f"blocket {kind or words} finns inte; välj bland "
                f"{', '.join(sorted(self.readers()))}.",
            )
        return end + 1

    def readers(self) -> dict[str, Callable[[str, str, list[str], int], None]]:
        return {
            "steps": self.steps,
            "law": self.law,
            "quote": self.quote,
            "reported": self.reported,
            "acute": self.notice,
            "warning": self.notice,
            "note": self.notice,
            "gap": self.notice,
            "depth": self.depth,
            "faq": self.faq,
            "ask": self.ask,
            "contact": self.contact,
            "statistic": self.statistic,
            "table": self.table,
            "sheet": self.titled,
            "case": self.titled,
            "reflect": self.reflect,
        }

    def needed(self, words: str, start: int, what: str) -> bool:
        if not words.strip():
            self.fault(start, f"{what} saknas.")
        return bool(words.strip())

    def inside(self, inner: list[str], start: int) -> str:
        text = "\n".join(inner)
        self.needed(text, start, "blockets text")
        return self.rich(text, start + 1)

    def notice(self, kind: str, words: str, inner: list[str], start: int) -> None:
        text = self.inside(inner, start)
        self.add(kind, text=f"{self.rich(words, start)}\n\n{text}" if words else text)

    def law(self, kind: str, words: str, inner: list[str], start: int) -> None:
        if self.needed(words, start, "lagrummets nyckel"):
            self.add(kind, provision=words, text=self.inside(inner, start))

    def keys(self, words: str, start: int) -> list[dict[str, str]]:
        if not self.needed(words, start, "källans nyckel"):
            return []
        if words.startswith("{"):
            references = self.references(words)
            self.needed("".join(ref["key"] for ref in references), start, "källans nyckel")
            return references
        references = []
        for part in re.split(r"\s*[,;]\s*|\s+(?=(?:D\d|[A-Z]{2,}\d*-)\S*)", words):
            key, _, locator = part.strip().partition(" ")
            references.append({"key": key, "locator": locator.strip()})
        return references

    def quote(self, kind: str, words: str, inner: list[str], start: int) -> None:
        text = richtext.unquoted(" ".join(inner))
        self.needed(text, start, "citatet")
        words, _, of = words.partition("|")
        self.add(kind, text=text, of=of.strip(), sources=self.keys(words.strip(), start))

    def reported(self, kind: str, words: str, inner: list[str], start: int) -> None:
        self.add(kind, text=self.inside(inner, start), sources=self.keys(words, start))

    def parts(self, inner: list[str], start: int) -> list[tuple[str, str]]:
        """Return the ### parts of a block as title and text."""
        result: list[tuple[int, str, list[str]]] = []
        for number, line in enumerate(inner, start=start + 1):
            if line.startswith("###"):
                title = line.lstrip("#").strip()
                self.needed(title, number, "rubriken efter ###")
                result.append((number, title, []))
            elif result:
                result[-1][2].append(line)
            elif line.strip():
                self.fault(number, "blocket ska börja med en rad ### rubrik.")
                return []
        if not result:
            self.fault(start, "blocket ska ha minst en rad ### rubrik.")
        return [(title, self.rich("\n".join(lines), number + 1)) for number, title, lines in result]

    def steps(self, kind: str, words: str, inner: list[str], start: int) -> None:
        self.add(
            kind, steps=[{"title": title, "text": text} for title, text in self.parts(inner, start)]
        )

    def faq(self, kind: str, words: str, inner: list[str], start: int) -> None:
        parts = self.parts(inner, start)
        for title, text in parts:
            if not text:
                self.fault(start, f"frågan ”{title}” saknar svar; skriv det på raden under.")
        self.add(kind, items=[{"question": title, "answer": text} for title, text in parts])

    def ask(self, kind: str, words: str, inner: list[str], start: int) -> None:
        phrases: list[str] = []
        for number, line in enumerate(inner, start=start + 1):
            if line.startswith("- "):
                phrases.append(line[2:])
            elif line.strip() and phrases:
                phrases[-1] = f"{phrases[-1]} {line}"
            elif line.strip():
                self.fault(number, "meningarna skrivs som en lista med -.")
                return
        self.needed("".join(phrases), start, "listan med meningar")
        self.add(kind, phrases=[richtext.unquoted(phrase) for phrase in phrases])

    def contact(self, kind: str, words: str, inner: list[str], start: int) -> None:
        if any(line.strip() for line in inner):
            self.fault(start + 1, "en kontakt har ingen egen text; skriv den utanför blocket.")
        if self.needed(words, start, "kontaktens nyckel"):
            self.add(kind, contact=words)

    def depth(self, kind: str, words: str, inner: list[str], start: int) -> None:
        if words or any(line.strip() for line in inner):
            self.fault(start, "::: depth har ingen egen text; skriv den efter blocket.")
        self.add(kind)

    def statistic(self, kind: str, words: str, inner: list[str], start: int) -> None:
        try:
            values = _parse_yaml("\n".join(inner))[0] or {}
        except yaml.YAMLError:
            values = None
        if not isinstance(values, dict):
            self.fault(start + 1, "siffran skrivs som namn: värde, ett på varje rad.")
            return
        given = {name: "" if value is None else str(value) for name, value in values.items()}
        allowed = set(FIELDS[kind]) - {"sources"}
        for name in sorted(set(given) - allowed):
            self.fault(start + 1, f"uppgiften {name} finns inte för en siffra; ta bort den.")
        for name in ("value", "unit", "group"):
            self.needed(given.get(name, ""), start, f"siffrans {name}")
        self.add(
            kind,
            sources=self.keys(words, start),
            **{name: given.get(name, "") for name in allowed},
        )

    def table(self, kind: str, words: str, inner: list[str], start: int) -> None:
        self.needed(words, start, "tabellens rubrik")
        rows = [
            (
                number,
                [
                    cell.strip().replace("\\|", "|")
                    for cell in re.split(r"(?<!\\)\|", re.sub(r"^\||(?<!\\)\|$", "", line.strip()))
                ],
            )
            for number, line in enumerate(inner, start=start + 1)
            if line.strip()
        ]
        if len(rows) < 3 or not all(re.fullmatch(r":?-+:?", cell) for cell in rows[1][1]):
            self.fault(
                start + 1, "tabellen ska ha en rubrikrad, en rad |---|---| och minst en rad till."
            )
            return
        width = len(rows[0][1])
        for number, cells in rows[2:]:
            if len(cells) != width:
                self.fault(
                    number, f"raden har {len(cells)} celler, rubrikraden {width}; gör dem lika."
                )
        self.add(
            kind,
            caption=words,
            table={
                "head": rows[0][1],
                "rows": [[self.rich(cell, number) for cell in cells] for number, cells in rows[2:]],
            },
        )

    def titled(self, kind: str, words: str, inner: list[str], start: int) -> None:
        title, lines = words, inner
        if not title:
            first = next((n for n, line in enumerate(inner) if line.strip()), 0)
            if inner and inner[first].startswith("#"):
                title, lines = inner[first].lstrip("#").strip(), inner[first + 1 :]
        title = title or {"sheet": "Att skriva ut", "case": "Fallet"}[kind]
        # A sheet may have headings of its own; in the page they are set in bold.
        text = re.sub(r"(?m)^#{2,4} +(.+?)\s*$", r"\n**\1**\n", "\n".join(lines))
        self.needed(text, start, "blockets text")
        self.add(kind, title=title, text=self.rich(text, start + 1))

    def reflect(self, kind: str, words: str, inner: list[str], start: int) -> None:
        text = "\n".join(inner)
        question, mark, answer = text.partition("### Vårt svar")
        if not mark or not answer.strip():
            self.fault(start, "blocket ska ha frågan och sedan ### Vårt svar.")
        self.add(
            kind,
            question=self.rich(f"{words}\n\n{question}", start + 1),
            answer=self.rich(answer, start + 1 + question.count("\n")),
        )
