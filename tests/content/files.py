"""A small library of files to read, break and load."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from content.documents import Document
from content.faults import Fault, Faults
from content.parsing import read_text
from content.writing import to_yaml

DAYS = {"written_date": "2026-11-21", "review_due_date": "2027-05-21"}

SOURCES = """\
- key: D0
  title: Ett remissvar
  kind: remissvar
- key: D3
  title: Ett annat remissvar
  kind: remissvar
"""
LAWS = """\
- key: SOL-19-1
  act: Socialtjänstlagen
  sfs: "2025:400"
  reference: 19 kap. 1 §
  heading: Skyldigheten att anmäla
  summary: Den som arbetar med barn ska anmäla.
  in_force: 2025-07-01
  checked_on: 2026-07-09
"""
CONTACTS = """\
- key: bris
  name: Bris
  for_whom: Barn
  audience: [utsatt]
  phone: "116 111"
  source: D0
- key: rvc
  name: Relationsvåldscentrum
  for_whom: Vuxna
  audience: [utsatt, utovare]
"""
FIGURES = """\
- key: upprepat-fysiskt
  topic: Upprepat fysiskt våld
  group: kvinnor
  value: "0,6"
  unit: procent
  text: 0,6 procent av kvinnorna
  source: D0
  locator: s. 28
- {key: anmalningar, topic: Anmälningar, text: Antalet ökar, year: 2019, source: D3}
"""
REMARKS = """\
- key: W01
  text: Aktiviteterna är för många
  sources: [D0, D3]
  status: partly
  answer: Varje aktivitet säger vad den är.
  page: vagledning
  boards: [socialnamnden]
- {key: W02, text: Raderna liknar varandra, sources: [D0], status: outside, answer: Inget}
"""
PREVENTION = """\
- level: universal
  operation: forskola
  text: Prata om kroppen.
  page: vagledning
  sources: [D0]
- {level: selective, operation: forskola, text: Se den som är ensam.}
"""
PROGRAMME = """\
boards:
  - key: socialnamnden
    name: Socialnämnden
    kind: specialist
    operations: [socialtjanst]
    statements:
      - {text: Utbildar nyckelpersoner, source: D0}
      - {text: Samlar uppföljningen, source: D3, tag: quoted}
  - {key: servicenamnden, name: Servicenämnden, kind: specialist, employer_perspective_mainly: true}
editions:
  - key: andra
    title: Det andra
    period_start: 2021
    period_end: 2025
    status: ended
    status_note: Perioden är slut.
    source: D3
    replaces: forsta
    steps:
      - {moments: [plan], who: Nämnderna, text: Planerar, boards: [socialnamnden], sources: [D0]}
      - moments: [tertial_1, tertial_2, report]
        who: Alla
        text: Följer upp
        tag: quoted
        sources: [D0, D3]
  - {key: forsta, title: Det första, period_start: 2017, period_end: 2020, status: replaced}
goals:
  - number: 6
    edition: andra
    name: Kunskap
    source: D3
    gaps: [responsible]
    target_groups: [barn, vuxna]
    open_question: Ingår äldre?
    open_question_source: D0
    activities:
      - key: m6-a1
        text: Yrkesverksamma utbildar sig
        source: D3
        kind: core
        responsible:
          - {board: socialnamnden, note: en av dem, source: D3}
        areas:
          - {key: close_relationships, name: Våld i nära relation}
      - {key: m6-a2, text: Något mer, source: D3}
    indicators:
      - {text: Andel utbildade, source: D3, follows: [m6-a1, m6-a2]}
      - {text: Antal kurser, source: D3, tag: reported}
    preconditions:
      - {text: Det finns tid, source: D3, tag: reported}
    concerns:
      - {board: servicenamnden, note: som arbetsgivare, source: D3}
orphans:
  activities:
    - {key: o-a1, text: Utan mål, source: D0, suggested_goal: 6, tag: reported}
  indicators:
    - {text: Antal utan mål, source: D0, suggested_goal: 6}
"""
QUESTIONS = """\
- key: q01
  kind: single
  text: Vem ska anmäla?
  lesson: vem
  link: /vagledning/akut-fara/#ring
  choices:
    - {key: a, text: Jag, correct: true, feedback: Ja.}
    - {key: b, text: Chefen, correct: false, feedback: Nej.}
  explanation: Den som är orolig.
  source: SOL-19-1
- key: q02
  kind: true_false
  text: Måste man vara säker?
  choices:
    - {key: sant, text: Sant, correct: false, feedback: Nej.}
    - {key: falskt, text: Falskt, correct: true, feedback: Ja.}
  explanation: Misstanke räcker.
"""
DEPTH = "::: depth\n:::"
LESSON_BODY = """\
## Först

Du ska anmäla. {SOL-19-1}

::: case Elsa, del 1
Elsa är fem år.
:::

::: reflect
Vad gör du?
### Vårt svar
Jag anmäler.
:::
"""


class Files:
    """Files below *root*, as export_content writes them and load_content reads them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.library = root / "content" / "library"
        self.modules = root / "training" / "library"

    def write(self, path: Path | str, text: str | bytes) -> Path:
        """Write a file; a relative path is one of content/library."""
        file = self.library / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def page(self, path: str, body: str = "", **front: Any) -> Path:
        """Write a page, of the type guidance unless *front* says another."""
        return self.write(f"pages/{path}.md", page_text(body, **front))

    def lesson(self, name: str, slug: str, body: str = LESSON_BODY, **front: Any) -> Path:
        """Write a lesson of the module `oro`."""
        values = {"title": f"Om {slug}", "slug": slug, "minutes": 5, "goal": "veta mer"} | front
        return self.write(
            self.modules / "oro" / f"{name}.md", f"---\n{to_yaml(values)}---\n\n{body}"
        )

    def module(self, **front: Any) -> Path:
        """Write the module `oro` without its lessons and questions."""
        values = {
            "title": "Oro",
            "summary": "Lär dig anmäla.",
            "who": "Alla",
            "minutes": 10,
            **DAYS,
            "goals": [{"kind": "A", "text": "anmäla"}],
            "areas": ["close_relationships"],
            "sources": ["SOL-19-1"],
            "pass_percent": 80,
            "draw": "all",
            "change_kind": "material",
            "change_note": "Första versionen",
        } | front
        values = {name: value for name, value in values.items() if value is not None}
        return self.write(
            self.modules / "oro" / "module.md",
            f"---\n{unquoted_days(to_yaml(values))}---\n\n## Vem den är för\n\nAlla.\n",
        )

    def questions(self, text: str = QUESTIONS) -> Path:
        """Write the questions of the module `oro`."""
        return self.write(self.modules / "oro" / "questions.yaml", text)

    def whole(self) -> "Files":
        """Write a small library in which everything is in order."""
        self.write("sources.yaml", SOURCES)
        self.write("laws.yaml", LAWS)
        self.write("contacts.yaml", CONTACTS)
        self.write("programme.yaml", PROGRAMME)
        self.write("figures.yaml", FIGURES)
        self.write("remarks.yaml", REMARKS)
        self.write("prevention.yaml", PREVENTION)
        self.page("index", "Välkommen.", type="start", title="Fri från våld")
        self.page("vagledning", type="section", kind="vagledning", title="Vägledning")
        self.page(
            "vagledning/akut-fara",
            f"## Ring\n\nRing nu. {{D0 s. 2}}\n\nLäs [mer](/vagledning/orosanmalan/).\n\n{DEPTH}",
            title="Vid akut fara",
            order=1,
            sources=["D3", "D0 s. 28"],
            related=["vagledning/orosanmalan"],
            modules=["utbildning/oro"],
        )
        self.page(
            "vagledning/orosanmalan", f"Anmäl genast.\n\n{DEPTH}", title="Orosanmälan", order=2
        )
        self.write(
            self.modules / "utbildning.md",
            page_text("Kurser.", type="training_index", title="Utbildningar"),
        )
        self.module()
        self.lesson("01-vem", "vem")
        self.lesson("02-hur", "hur", "Så gör du.")
        self.questions()
        return self

    def load(self, *arguments: str) -> str:
        """Run load_content on the files and return what it says, faults apart."""
        out = StringIO()
        self.told = StringIO()
        call_command(
            "load_content", *arguments, folder=str(self.root), stdout=out, stderr=self.told
        )
        return out.getvalue()

    def faults(self, *arguments: str) -> list[str]:
        """Run load_content, which must fail, and return the faults without the closing line."""
        with pytest.raises(CommandError) as raised:
            self.load(*arguments)
        *faults, closing = (self.told.getvalue() + str(raised.value)).splitlines()
        assert closing == f"{len(faults)} fel. Ingenting har ändrats."
        assert raised.value.returncode == 1
        return faults

    def edit(self, path: Path | str, before: str, after: str) -> None:
        """Replace *before*, which must stand in the file once, with *after*."""
        file = self.library / path
        text = file.read_text(encoding="utf-8")
        assert text.count(before) == 1, text
        file.write_text(text.replace(before, after), encoding="utf-8")


def page_text(body: str = "", **front: Any) -> str:
    """Return a page's file."""
    values = {
        "type": "guidance", "title": "En sida", "summary": "Vad den säger.", "who": "Alla", **DAYS
    } | front  # fmt: skip
    kept = {name: value for name, value in values.items() if value is not None}
    return f"---\n{unquoted_days(to_yaml(kept))}---\n\n{body}\n"


def unquoted_days(text: str) -> str:
    """Return YAML with the days as days."""
    for day in DAYS.values():
        text = text.replace(f"'{day}'", day)
    return text


def read_body(body: str, folder: Path) -> tuple[Document, list[Fault]]:
    """Return the blocks of *body* without their ids, and the faults found in it."""
    file = folder / "sida.md"
    file.write_text(f"---\ntitle: x\n---\n{body}", encoding="utf-8")
    faults = Faults(folder)
    text = read_text(file, faults, seed="sida")
    assert text is not None
    blocks = [{k: v for k, v in block.items() if k != "id"} for block in text.body]
    return blocks, faults.found
