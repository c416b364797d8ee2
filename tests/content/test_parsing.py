"""From a file's text to blocks; what is wrong is told with its line and what to do."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from content.faults import Faults
from content.parsing import read_mapping, read_rows, read_text, stable_id
from tests.content.files import page_text, read_body

D0 = {"key": "D0", "locator": ""}
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("## Först", {"kind": "heading", "text": "Först", "level": "2"}),
    ("### Under", {"kind": "heading", "text": "Under", "level": "3"}),
    (
        "Ett stycke\npå två rader.",
        {"kind": "text", "text": "Ett stycke på två rader.", "sources": []},
    ),
    (
        "Ett faktum. {D0 s. 28} {D3}",
        {
            "kind": "text",
            "text": "Ett faktum.",
            "sources": [{"key": "D0", "locator": "s. 28"}, {"key": "D3", "locator": ""}],
        },
    ),
    ("- ett\n- två {D0}", {"kind": "text", "text": "- ett\n- två", "sources": [D0]}),
    (
        "::: steps\n### Ring\nNu.\n### Vänta\n:::",
        {
            "kind": "steps",
            "steps": [{"title": "Ring", "text": "Nu."}, {"title": "Vänta", "text": ""}],
        },
    ),
    ("::: acute\nRing [112](tel:112).\n:::", {"kind": "acute", "text": "Ring [112](tel:112)."}),
    ("::: warning\nSe upp.\n:::", {"kind": "warning", "text": "Se upp."}),
    ("::: note Kort\nMer.\n:::", {"kind": "note", "text": "Kort\n\nMer."}),
    ("::: gap\nNummer saknas.\n:::", {"kind": "gap", "text": "Nummer saknas."}),
    ("::: depth\n:::", {"kind": "depth"}),
    (
        "::: law SOL-19-1\nDu ska anmäla.\n:::",
        {"kind": "law", "provision": "SOL-19-1", "text": "Du ska anmäla."},
    ),
    (
        "::: quote D0 s. 3 | Socialtjänstlagen\n”Exakta\nord.”\n:::",
        {
            "kind": "quote",
            "text": "Exakta ord.",
            "of": "Socialtjänstlagen",
            "sources": [{"key": "D0", "locator": "s. 3"}],
        },
    ),
    (
        "::: quote D0\nhot, ”våld i nära relation”\n:::",
        {"kind": "quote", "text": "hot, ”våld i nära relation”", "of": "", "sources": [D0]},
    ),
    (
        "::: reported D0 D3\nSå står det.\n:::",
        {
            "kind": "reported",
            "text": "Så står det.",
            "sources": [D0, {"key": "D3", "locator": ""}],
        },
    ),
    (
        "::: reported {D0 s. 3, 5} {D3}\nSå står det.\n:::",
        {
            "kind": "reported",
            "text": "Så står det.",
            "sources": [{"key": "D0", "locator": "s. 3, 5"}, {"key": "D3", "locator": ""}],
        },
    ),
    (
        "::: ask\n- ”Jag såg det.”\n- Vill du\n  berätta?\n:::",
        {"kind": "ask", "phrases": ["Jag såg det.", "Vill du berätta?"]},
    ),
    (
        "::: faq\n### Kan jag?\nJa.\n\nMen vänta.\n:::",
        {"kind": "faq", "items": [{"question": "Kan jag?", "answer": "Ja.\n\nMen vänta."}]},
    ),
    ("::: contact bris\n:::", {"kind": "contact", "contact": "bris"}),
    (
        '::: statistic D0\nvalue: "0,6"\nunit: procent\ngroup: kvinnor\nyear:\n:::',
        {
            "kind": "statistic",
            "value": "0,6",
            "unit": "procent",
            "group": "kvinnor",
            "year": "",
            "note": "",
            "sources": [D0],
        },
    ),
    (
        "::: statistic D0\nvalue: 0\nunit: fall\ngroup: alla\nyear: 2020\n:::",
        {
            "kind": "statistic",
            "value": "0",
            "unit": "fall",
            "group": "alla",
            "year": "2020",
            "note": "",
            "sources": [D0],
        },
    ),
    (
        "::: table Nivåer\n| Nivå | Vad |\n|---|:-:|\n| **a** | b \\| c |\n| | d |\n:::",
        {
            "kind": "table",
            "caption": "Nivåer",
            "table": {"head": ["Nivå", "Vad"], "rows": [["**a**", "b | c"], ["", "d"]]},
        },
    ),
    ("::: sheet Att ge\nText.\n:::", {"kind": "sheet", "title": "Att ge", "text": "Text."}),
    (
        "::: sheet\n## Att ge\n### Först\nText.\n:::",
        {"kind": "sheet", "title": "Att ge", "text": "**Först**\n\nText."},
    ),
    ("::: case Elsa\nHon är fem.\n:::", {"kind": "case", "title": "Elsa", "text": "Hon är fem."}),
    (
        "::: reflect\nVad gör du?\n### Vårt svar\nRinger.\n:::",
        {"kind": "reflect", "question": "Vad gör du?", "answer": "Ringer."},
    ),
]

BODY_FAULTS = [
    ("Text.\n##Rubrik", 5, "rubriker skrivs med ## eller ### och ett mellanslag"),
    ("# Rubrik", 4, "rubriker skrivs med ## eller ###"),
    ("Text.\n\n::: note\nUtan slut.", 6, "avslutas aldrig med :::"),
    ("::: note\nA\n::: warning\nB\n:::", 6, "block får inte ligga i varandra; avsluta det förra"),
    ("::: ruta\nA\n:::", 4, "blocket ruta finns inte; välj bland acute, ask, case"),
    ("::: Ruta\nA\n:::", 4, "blocket Ruta finns inte"),
    ("Text.\n\n:::\n\nMer text.", 6, "raden ::: avslutar inget block; ta bort den"),
    ("::: note\n\n:::", 4, "blockets text saknas"),
    ("::: note\nA\n## B\n:::", 6, "rubriken kan inte stå inne i ett block; avsluta blocket först"),
    ("::: law\nText.\n:::", 4, "lagrummets nyckel saknas"),
    ("::: quote\nOrd.\n:::", 4, "källans nyckel saknas"),
    ("::: quote { }\nOrd.\n:::", 4, "källans nyckel saknas"),
    ("::: quote D0\n:::", 4, "citatet saknas"),
    ("::: reported\nOrd.\n:::", 4, "källans nyckel saknas"),
    ("::: statistic\nvalue: 1\nunit: a\ngroup: b\n:::", 4, "källans nyckel saknas"),
    ("::: statistic D0\nvalue: 1\ngroup: b\n:::", 4, "siffrans unit saknas"),
    ("::: statistic D0\nvalue: 1\nunit: a\ngroup: b\nkon: c\n:::", 5, "uppgiften kon finns inte"),
    ("::: statistic D0\nett\n:::", 5, "siffran skrivs som namn: värde"),
    ("::: statistic D0\nvalue: [\n:::", 5, "siffran skrivs som namn: värde"),
    ("::: contact\n:::", 4, "kontaktens nyckel saknas"),
    ("::: contact bris\nRing dem.\n:::", 5, "en kontakt har ingen egen text; skriv den utanför"),
    ("::: steps\nText.\n### A\n:::", 5, "blocket ska börja med en rad ### rubrik"),
    ("::: steps\n:::", 4, "blocket ska ha minst en rad ### rubrik"),
    ("::: steps\n###\nText.\n:::", 5, "rubriken efter ### saknas"),
    ("::: faq\n### Varför?\n### Hur?\nSå.\n:::", 4, "frågan ”Varför?” saknar svar; skriv det"),
    ("::: ask\nHej.\n:::", 5, "meningarna skrivs som en lista med -"),
    ("::: table Rubrik\n| a | b |\n|---|---|\n| c |\n:::", 7, "raden har 1 celler, rubrikraden 2"),
    ("::: table Rubrik\n| a | b |\n:::", 5, "tabellen ska ha en rubrikrad"),
    ("::: table\n| a |\n|---|\n| b |\n:::", 4, "tabellens rubrik saknas"),
    ("::: reflect\nVad?\n:::", 4, "blocket ska ha frågan och sedan ### Vårt svar"),
    ("::: sheet Rubrik\n:::", 4, "blockets text saknas"),
    ("En rad.\n<b>fet</b>", 5, "HTML och bilder får inte stå i texten; skriv om med Markdown"),
    ("Text <script>", 4, "HTML och bilder"),
    ("<!-- gömt -->", 4, "HTML och bilder"),
    ("![bild](/x.png)", 4, "HTML och bilder"),
    ("::: note\nA\n\n<br/>\n:::", 7, "HTML och bilder"),
    ("[a](//evil.example/)", 4, "länken //evil.example/ går inte till https"),
    ("[a](sida)", 4, "länken sida går inte till https"),
]  # fmt: skip


class TestBlocks:
    @pytest.mark.parametrize(("body", "wanted"), KINDS, ids=[body for body, _ in KINDS])
    def test_each_kind_is_read(self, body: str, wanted: dict[str, Any], tmp_path: Path) -> None:
        assert read_body(body, tmp_path) == ([wanted], [])

    @pytest.mark.parametrize(("body", "line", "message"), BODY_FAULTS)
    def test_each_fault_is_told_with_its_line_and_what_to_do(
        self, body: str, line: int, message: str, tmp_path: Path
    ) -> None:
        faults = read_body(body, tmp_path)[1]

        assert [(fault.file, fault.line) for fault in faults] == [("sida.md", line)]
        assert message in faults[0].message
        assert str(faults[0]) == f"sida.md, rad {line}: {faults[0].message}"

    def test_all_faults_of_a_file_are_told_at_once(self, tmp_path: Path) -> None:
        faults = read_body("##A\n\n::: ruta\n:::\n\n::: note\n:::", tmp_path)[1]

        assert [fault.line for fault in faults] == [4, 6, 9]

    def test_a_source_stands_for_its_own_paragraph_only(self, tmp_path: Path) -> None:
        blocks = read_body("Vårt.\n\nDeras. {D0}\n\nVårt igen.\n\nOch mer.", tmp_path)[0]

        assert [(block["text"], block["sources"]) for block in blocks] == [
            ("Vårt.", []),
            ("Deras.", [D0]),
            ("Vårt igen.\n\nOch mer.", []),
        ]

    def test_braces_behind_a_backslash_are_no_source(self, tmp_path: Path) -> None:
        blocks = read_body("Skriv \\{D0}", tmp_path)[0]

        assert blocks[0]["sources"] == []

    def test_signs_of_html_behind_a_backslash_or_in_sums_are_words(self, tmp_path: Path) -> None:
        blocks, faults = read_body("\\<b> och 3 <4 och <https://a.se/>", tmp_path)

        assert faults == []
        assert "\\<b>" in blocks[0]["text"]

    def test_the_ids_of_blocks_are_the_same_on_every_machine(self, tmp_path: Path) -> None:
        file = tmp_path / "a.md"
        file.write_text("---\ntitle: x\n---\n## A\n\nText.", encoding="utf-8")

        text = read_text(file, Faults(tmp_path), seed="stig")

        assert text is not None
        assert [block["id"] for block in text.body] == [
            stable_id("stig", "0"),
            stable_id("stig", "1"),
        ]
        assert stable_id("stig", "0") == "2e0cff65-5d5d-52c4-a57c-72267883c146"


class TestFrontMatter:
    def test_is_read_with_the_line_of_each_name(self, tmp_path: Path) -> None:
        file = tmp_path / "a.md"
        file.write_text(page_text("Text.", title="Å"), encoding="utf-8")

        text = read_text(file, Faults(tmp_path), seed="a")

        assert text is not None
        assert text.front["title"] == "Å"
        assert text.front["written_date"] == date(2026, 11, 21)
        assert text.lines["title"] == 3

    @pytest.mark.parametrize("start", ["\ufeff", ""])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_may_be_written_on_any_machine(self, start: str, end: str, tmp_path: Path) -> None:
        file = tmp_path / "a.md"
        file.write_bytes((start + page_text("Text.")).replace("\n", end).encode())

        text = read_text(file, Faults(tmp_path), seed="a")

        assert text is not None
        assert text.body[0]["text"] == "Text."

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", "a.md, rad 1: filen ska börja med --- och sidans uppgifter."),
            ("## Rubrik\n", "a.md, rad 1: filen ska börja med --- och sidans uppgifter."),
            ("---\ntitle: a\n", "a.md, rad 1: raden --- som avslutar sidans uppgifter saknas."),
            (
                "---\ntitle: a\nsummary: b: c\n---\n",
                "a.md, rad 3: går inte att läsa som YAML; se över kolon, indrag och citattecken.",
            ),
            (
                "---\ntitle: [a\n---\n",
                "a.md, rad 3: går inte att läsa som YAML; se över kolon, indrag och citattecken.",
            ),
            ("---\n- a\n---\n", "a.md, rad 2: uppgifterna ska skrivas som namn: värde."),
            (
                "---\ntitle: a\ntitle: b\n---\n",
                "a.md, rad 3: title står två gånger; behåll en.",
            ),
            (
                "---\ntitle: a\nwritten_date: 2026-02-30\n---\n",
                "a.md, rad 3: dagen 2026-02-30 finns inte; rätta den.",
            ),
        ],
    )
    def test_that_cannot_be_read_is_told(self, text: str, fault: str, tmp_path: Path) -> None:
        file = tmp_path / "a.md"
        file.write_text(text, encoding="utf-8")
        faults = Faults(tmp_path)

        assert read_text(file, faults, seed="a") is None
        assert [str(each) for each in faults.found] == [fault]

    def test_in_another_encoding_is_told(self, tmp_path: Path) -> None:
        file = tmp_path / "a.md"
        file.write_bytes(page_text("På svenska.").encode("latin-1"))
        faults = Faults(tmp_path)

        assert read_text(file, faults, seed="a") is None
        assert [str(each) for each in faults.found] == [
            "a.md: filen är inte UTF-8; spara om den i UTF-8."
        ]


class TestRows:
    def read(self, text: str | bytes, folder: Path) -> tuple[list[Any], list[str]]:
        file = folder / "rader.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        faults = Faults(folder)
        return read_rows(file, faults), [str(fault) for fault in faults.found]

    def test_are_read_with_the_line_each_begins_on(self, tmp_path: Path) -> None:
        text = "# Källor\n- key: a\n  note: >\n    - inte en rad\n\n- key: b\n"

        rows, faults = self.read(text, tmp_path)

        assert [(line, row["key"]) for line, row in rows] == [(2, "a"), (6, "b")]
        assert faults == []

    def test_are_read_when_the_list_is_indented(self, tmp_path: Path) -> None:
        rows, _ = self.read("  - key: a\n  - key: b\n", tmp_path)

        assert [(line, row["key"]) for line, row in rows] == [(1, "a"), (2, "b")]

    @pytest.mark.parametrize("text", ["", "# bara en rad om filen\n"])
    def test_may_be_none(self, text: str, tmp_path: Path) -> None:
        assert self.read(text, tmp_path) == ([], [])

    def test_may_be_missing_altogether(self, tmp_path: Path) -> None:
        assert read_rows(tmp_path / "finns-inte.yaml", Faults(tmp_path)) == []

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("key: a\n", "rader.yaml, rad 1: ska vara en lista med rader som börjar med ”- key:”."),
            ("- a\n", "rader.yaml, rad 1: ska vara en lista med rader som börjar med ”- key:”."),
            (
                "- key: a\n  x: [\n- key: b\n",
                "rader.yaml, rad 3: går inte att läsa som YAML; se över kolon, indrag och "
                "citattecken.",
            ),
            (
                "- key: a\n- checked_on: 2026-13-01\n",
                "rader.yaml, rad 2: dagen 2026-13-01 finns inte; rätta den.",
            ),
            ("- key: a\n  key: b\n", "rader.yaml, rad 2: key står två gånger; behåll en."),
            (
                "- key: \x01\n",
                "rader.yaml: går inte att läsa som YAML; se över kolon, indrag och citattecken.",
            ),
            (b"- key: \xe5\n", "rader.yaml: filen är inte UTF-8; spara om den i UTF-8."),
        ],
    )
    def test_that_cannot_be_read_are_told(
        self, text: str | bytes, fault: str, tmp_path: Path
    ) -> None:
        assert self.read(text, tmp_path) == ([], [fault])

    def test_a_list_is_no_mapping(self, tmp_path: Path) -> None:
        file = tmp_path / "programme.yaml"
        file.write_text("- a\n", encoding="utf-8")
        faults = Faults(tmp_path)

        assert read_mapping(file, faults) == {}
        assert [str(fault) for fault in faults.found] == [
            "programme.yaml, rad 1: ska skrivas som namn: värde."
        ]
