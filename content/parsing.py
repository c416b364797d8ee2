"""From text files to plain data. The format is described in docs/content-format.md.

Nothing here touches the database. Every fault is noted with its line, and reading goes on.
"""

import re
import uuid
from collections.abc import Callable
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
_TRAILING = re.compile(rf"(?:\s*\{{{KEY}(?:\s+[^}}]*)?\}})+\s*$")
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


def read_yaml(path: Path, faults: Faults) -> Any:
    """Return the YAML of *path*, or None after noting a fault."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        faults.add(path, 0, "filen är inte UTF-8; spara om den i UTF-8.")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        faults.add(path, line, f"går inte att läsa som YAML ({error.problem}).")
    except yaml.YAMLError:
        faults.add(path, 0, "går inte att läsa som YAML.")
    return None


def read_rows(path: Path, faults: Faults) -> list[tuple[int, dict[str, Any]]]:
    """Return the rows of a register with the line each begins on."""
    if not path.exists():
        return []
    rows = read_yaml(path, faults)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        faults.add(path, 1, "ska vara en lista med rader som börjar med ”- key:”.")
        return []
    starts = [
        number
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.startswith("- ")
    ]
    return list(zip(starts, rows, strict=False))


def read_text(path: Path, faults: Faults, *, seed: str) -> TextFile | None:
    """Return the file taken apart, or None when even its front matter cannot be read.

    *seed* makes the block ids: the page's path.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        faults.add(path, 0, "filen är inte UTF-8; spara om den i UTF-8.")
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
        front = yaml.safe_load("\n".join(lines[1:end])) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        faults.add(path, (mark.line if mark else 0) + 2, "uppgifterna går inte att läsa som YAML.")
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

    def add(self, kind: str, number: int, **fields: Any) -> None:
        block: Block = {"id": stable_id(self.seed, str(len(self.blocks))), "kind": kind} | fields
        for name in FIELDS[kind]:
            block.setdefault(name, "")
        self.blocks.append(block)

    def rich(self, text: str, number: int) -> str:
        """Return *text* in canonical Markdown, noting what the subset does not allow."""
        if re.search(r"^\s*</?[a-z]|<[a-z]+[ >]|!\[", text, re.MULTILINE):
            self.fault(number, "HTML och bilder får inte stå i texten.")
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
        self.add("heading", number, text=match[2], level=str(len(match[1])))

    def end_paragraph(self) -> None:
        """A paragraph with a source at its end closes the block of text."""
        if self.text and _TRAILING.search(self.text[-1]):
            self.flush()
        elif self.text and self.text[-1]:
            self.text.append("")

    def flush(self) -> None:
        words = "\n".join(self.text).strip()
        self.text = []
        if not words:
            return
        trailing = _TRAILING.search(words)
        if trailing:
            # The source is the last paragraph's alone; what stands before it is our own text.
            before, gap, words = words.rpartition("\n\n")
            if gap:
                self.add("text", self.text_line, text=self.rich(before, self.text_line), sources=[])
            trailing = _TRAILING.search(words)
        sources = self.references(trailing[0]) if trailing else []
        if trailing:
            words = words[: trailing.start()].rstrip()
        self.add("text", self.text_line, text=self.rich(words, self.text_line), sources=sources)

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
        elif reader := self.readers().get(kind):
            reader(kind, words, inner, start)
        else:
            self.fault(
                start,
                f"blocket {kind or '(utan namn)'} finns inte; välj bland "
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
        text = "\n".join(inner).strip()
        self.needed(text, start, "blockets text")
        return text

    def notice(self, kind: str, words: str, inner: list[str], start: int) -> None:
        text = f"{words}\n\n" if words else ""
        self.add(kind, start, text=self.rich(text + self.inside(inner, start), start + 1))

    def law(self, kind: str, words: str, inner: list[str], start: int) -> None:
        if self.needed(words, start, "lagrummets nyckel"):
            self.add(kind, start, provision=words, text=self.rich(self.inside(inner, start), start))

    def keys(self, words: str, start: int) -> list[dict[str, str]]:
        if not self.needed(words, start, "källans nyckel"):
            return []
        references = []
        for part in re.split(r"\s*[,;]\s*|\s+(?=(?:D\d|[A-Z]{2,}\d*-)\S*)", words):
            key, _, locator = part.strip().partition(" ")
            references.append({"key": key, "locator": locator.strip()})
        return references

    def quote(self, kind: str, words: str, inner: list[str], start: int) -> None:
        text = " ".join(line.strip() for line in inner if line.strip()).strip('”"')
        self.needed(text, start, "citatet")
        words, _, of = words.partition("|")
        self.add(kind, start, text=text, of=of.strip(), sources=self.keys(words.strip(), start))

    def reported(self, kind: str, words: str, inner: list[str], start: int) -> None:
        text = self.rich(self.inside(inner, start), start + 1)
        self.add(kind, start, text=text, sources=self.keys(words, start))

    def parts(self, inner: list[str], start: int) -> list[tuple[str, str]]:
        """Return the ### parts of a block as title and text."""
        result: list[tuple[str, list[str]]] = []
        for number, line in enumerate(inner, start=start + 1):
            if line.startswith("###"):
                result.append((line.lstrip("#").strip(), []))
            elif result:
                result[-1][1].append(line)
            elif line.strip():
                self.fault(number, "blocket ska börja med en rad ### rubrik.")
                return []
        if not result:
            self.fault(start, "blocket ska ha minst en rad ### rubrik.")
        return [(title, self.rich("\n".join(lines).strip(), start)) for title, lines in result]

    def steps(self, kind: str, words: str, inner: list[str], start: int) -> None:
        self.add(
            kind,
            start,
            steps=[{"title": title, "text": text} for title, text in self.parts(inner, start)],
        )

    def faq(self, kind: str, words: str, inner: list[str], start: int) -> None:
        parts = self.parts(inner, start)
        for title, text in parts:
            if not text:
                self.fault(start, f"frågan ”{title}” saknar svar.")
        self.add(kind, start, items=[{"question": title, "answer": text} for title, text in parts])

    def ask(self, kind: str, words: str, inner: list[str], start: int) -> None:
        phrases: list[str] = []
        for number, line in enumerate(inner, start=start + 1):
            if line.startswith("- "):
                phrases.append(line[2:].strip().strip('”"'))
            elif line.strip() and phrases:
                phrases[-1] = f"{phrases[-1]} {line.strip()}".strip('”"')
            elif line.strip():
                self.fault(number, "meningarna skrivs som en lista med -.")
        self.needed("".join(phrases), start, "listan med meningar")
        self.add(kind, start, phrases=phrases)

    def contact(self, kind: str, words: str, inner: list[str], start: int) -> None:
        if self.needed(words, start, "kontaktens nyckel"):
            self.add(kind, start, contact=words)

    def statistic(self, kind: str, words: str, inner: list[str], start: int) -> None:
        try:
            values = yaml.safe_load("\n".join(inner)) or {}
        except yaml.YAMLError:
            values = None
        if not isinstance(values, dict):
            self.fault(start + 1, "siffran skrivs som namn: värde, ett på varje rad.")
            return
        allowed = set(FIELDS[kind]) - {"sources"}
        for name in set(values) - allowed:
            self.fault(start + 1, f"uppgiften {name} finns inte för en siffra.")
        for name in ("value", "unit", "group"):
            self.needed(str(values.get(name) or ""), start, f"siffrans {name}")
        self.add(
            kind,
            start,
            sources=self.keys(words, start),
            **{name: str(values.get(name) or "") for name in allowed},
        )

    def table(self, kind: str, words: str, inner: list[str], start: int) -> None:
        self.needed(words, start, "tabellens rubrik")
        rows = [
            (
                number,
                [
                    cell.strip().replace("\\|", "|")
                    for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))
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
                self.fault(number, f"raden har {len(cells)} celler, rubrikraden {width}.")
        self.add(
            kind,
            start,
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
        self.add(kind, start, title=title, text=self.rich(text.strip(), start + 1))

    def reflect(self, kind: str, words: str, inner: list[str], start: int) -> None:
        text = "\n".join(inner)
        question, mark, answer = text.partition("### Vårt svar")
        if not mark or not answer.strip():
            self.fault(start, "blocket ska ha frågan och sedan ### Vårt svar.")
        self.add(
            kind,
            start,
            question=self.rich(f"{words}\n\n{question}".strip(), start + 1),
            answer=self.rich(answer.strip(), start + 1),
        )
