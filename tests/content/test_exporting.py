"""From the portal to files and back: another portal gets the same texts."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from wagtail.models import Page

from content.loading import page_index
from content.models import (
    Activity,
    Board,
    CompetenceArea,
    Contact,
    Edition,
    Figure,
    Goal,
    GuidancePage,
    Indicator,
    LegalProvision,
    LibraryRecord,
    MatrixPage,
    PreventionCell,
    RegisterPage,
    Remark,
    Responsibility,
    Source,
)
from content.models.programme import EditionStatus
from tests.conftest import Library
from tests.content.files import Files
from tests.content.pages import body_of, page_of
from tests.content.test_parsing import KINDS

# What an editor may write that a file must not trip over.
AWKWARD = [
    "1) april är ett datum, ingen lista",
    "# är inget nummer",
    "::: är inget block",
    "Slutar med {D0}",
    "Se!",
    "a | b \\ c * d _ e ` f [g] <h> &amp; {i}",
    "<script>alert(1)</script>",
    "rad\u2028bryt och\u00a0hårt mellanslag",
]


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def export(folder: Path) -> dict[str, str]:
    call_command("export_content", str(folder), verbosity=0)
    return tree(folder)


def empty_the_portal() -> None:
    """Remove every page, row and record, as in a portal that has just been installed."""
    Page.objects.get(depth=2).delete()
    LibraryRecord.objects.all().delete()
    Edition.objects.update(replaces=None)
    for model in (
        Remark, Figure, PreventionCell, Indicator, Activity, Goal, Edition, Board, Contact,
        LegalProvision, Source,
    ):  # fmt: skip
        model.objects.all().delete()


def _filled(value: Any) -> Any:
    """Return *value* without what is empty, as a file leaves it out."""
    if isinstance(value, dict):
        return {k: _filled(v) for k, v in value.items() if v not in (None, "", [], False)}
    return [_filled(each) for each in value] if isinstance(value, list) else value


def _as_numbers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with numbers as the portal writes them: a value with a point, a year as text."""
    found = [dict(row) for row in rows]
    for row in found:
        if "value" in row:
            row["value"] = float(str(row["value"]).replace(",", "."))
        if "year" in row:
            row["year"] = str(row["year"])
    return found


def load(folder: Path) -> None:
    call_command("load_content", folder=str(folder), verbosity=0)


class TestThereAndBack:
    def test_the_shipped_library_is_the_same_in_another_portal(
        self, library: Library, tmp_path: Path
    ) -> None:
        first = export(tmp_path / "first")
        empty_the_portal()

        load(tmp_path / "first")

        assert export(tmp_path / "second") == first
        assert len(first) > 50

    def test_every_kind_of_block_is_the_same(self, loaded: Files, tmp_path: Path) -> None:
        page = page_of(GuidancePage)
        blocks = [block for _, block in KINDS if block["kind"] not in {"case", "reflect"}]
        page.body = body_of(page, blocks)
        page.save_revision().publish()
        first = export(tmp_path / "first")
        empty_the_portal()

        load(tmp_path / "first")

        assert export(tmp_path / "second") == first

    def test_what_an_editor_wrote_is_the_same(self, loaded: Files, tmp_path: Path) -> None:
        source = {"source": Source.objects.get(key="D0").pk, "locator": "s. 3, 5"}
        page = page_of(GuidancePage, summary="Två\r\nrader", keywords="a\r\nb", who="- alla\n")
        for words in AWKWARD:
            html = words.replace("<", "&lt;").replace("&lt;amp;", "&amp;")
            link = f'{html} <b>fet </b><a href="http://a.se/(å">l!</a><a href="/x/">m</a>'
            rich = f"<p>{link}</p><ul><li>{link}<ul><li>{html}</li></ul></li></ul><p>{html}</p>"
            page.body.append(("heading", {"text": words, "level": "2"}))
            page.body.append(("text", {"text": rich, "sources": []}))
            page.body.append(("text", {"text": rich, "sources": []}))
            page.body.append(("steps", {"steps": [{"title": words, "text": rich}]}))
            page.body.append(("note", {"text": rich}))
            page.body.append(("ask", {"phrases": [f"”{words}”", f"{words}\nmer"]}))
        raw = page.body.get_prep_value()
        raw += [
            {"type": kind, "value": {"text": "<p>a</p><p>b</p>", "sources": [item]}}
            for kind in ("text", "reported", "quote")
            for item in [{"type": "item", "value": source}]
        ]
        page.body = page.body.stream_block.to_python(raw)
        page.save_revision().publish()
        first = export(tmp_path / "first")
        empty_the_portal()

        load(tmp_path / "first")

        second = export(tmp_path / "second")
        for name in first:
            assert second[name].splitlines() == first[name].splitlines()
        assert second == first
        written = first["content/library/pages/vagledning/ny-guidancepage.md"]
        assert "a {D0 s. 3, 5}\n\nb {D0 s. 3, 5}" in written

    def test_the_programme_is_the_same_with_what_an_editor_added(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        for indicator in Indicator.objects.all():
            indicator.follows = "m6-a1"
            indicator.save()
        Goal.objects.get().concerns.all().delete()
        PreventionCell.objects.get(level="selective").delete()
        Figure.objects.filter(key="anmalningar").update(value="12.50")
        orphan = Activity.objects.get(key="o-a1")
        Responsibility.objects.create(
            activity=orphan,
            board=Board.objects.get(key="socialnamnden"),
            source=orphan.source,
            note="en",
            tag="quoted",
        )
        CompetenceArea.objects.create(activity=orphan, key="a", name="A")
        first = export(tmp_path / "first")
        empty_the_portal()

        load(tmp_path / "first")

        assert export(tmp_path / "second") == first
        assert Indicator.objects.get(text="Andel utbildade").follows == "m6-a1"
        responsible = Activity.objects.get(key="o-a1").responsibilities.get()
        assert (responsible.note, responsible.tag) == ("en", "quoted")
        assert Figure.objects.get(key="anmalningar").value == Decimal("12.5")

    def test_the_registers_and_the_programme_are_written_as_they_were_read(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        written = export(tmp_path / "first")

        for name in ("sources", "laws", "contacts", "figures", "remarks", "prevention"):
            before = yaml.safe_load((loaded.library / f"{name}.yaml").read_text("utf-8"))
            after = yaml.safe_load(written[f"content/library/{name}.yaml"])
            assert [_filled(row) for row in after] == _as_numbers(before), name
        programme = yaml.safe_load(written["content/library/programme.yaml"])
        before = yaml.safe_load((loaded.library / "programme.yaml").read_text("utf-8"))
        before["editions"].reverse()
        # What the file leaves out is said: which edition a row without a goal belongs to.
        for row in (*before["orphans"]["activities"], *before["orphans"]["indicators"]):
            row["edition"] = "andra"
        assert _filled(programme) == before

    def test_a_page_of_a_register_or_a_matrix_is_the_same(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        page_of(RegisterPage)
        page_of(MatrixPage)
        first = export(tmp_path / "first")
        folder = "content/library/pages/vagledning"
        assert "\nregister: kallor\n" in first[f"{folder}/ny-registerpage.md"]
        assert "\nmatrix: namnd-aktivitet\n" in first[f"{folder}/ny-matrixpage.md"]
        empty_the_portal()

        load(tmp_path / "first")

        assert export(tmp_path / "second") == first

    def test_a_file_that_was_loaded_is_written_in_one_form(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        written = export(tmp_path / "first")["content/library/pages/vagledning/akut-fara.md"]

        assert written == (
            "---\ntype: guidance\ntitle: Vid akut fara\nsummary: Vad den säger.\nwho: Alla\n"
            "written_date: 2026-11-21\nreview_due_date: 2027-05-21\n"
            "sources:\n  - D3\n  - D0 s. 28\norder: 1\nrelated:\n  - vagledning/orosanmalan\n"
            "modules:\n  - utbildning/oro\n---\n\n"
            "## Ring\n\nRing nu. {D0 s. 2}\n\nLäs [mer](/vagledning/orosanmalan/).\n\n"
            "::: depth\n:::\n"
        )

    def test_nothing_is_changed_by_exporting(self, loaded: Files, tmp_path: Path) -> None:
        export(tmp_path / "first")

        assert loaded.load().startswith("0 nya, 0 ändrade, ")
        assert export(tmp_path / "second") == tree(tmp_path / "first")


class TestWhatIsLeftOut:
    def test_no_call_and_no_review_is_written(self, loaded: Files, tmp_path: Path) -> None:
        page = page_of(GuidancePage, reviewed_date=date(2026, 12, 1), reviewed_by="Sakkunnig")
        Contact.objects.update(verified_on=date(2026, 12, 1))

        written = export(tmp_path / "first")

        text = "".join(written.values())
        assert f"content/library/pages/vagledning/{page.slug}.md" in written
        assert "verified_on" not in text
        assert "reviewed" not in text
        assert "2026-12-01" not in text

    def test_a_page_that_was_never_published_is_not_written_nor_what_lies_below(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        page_index()["vagledning"].specific.unpublish()

        written = export(tmp_path / "first")

        assert not [name for name in written if "vagledning" in name]
        assert "content/library/pages/index.md" in written

    def test_a_draft_of_a_published_page_is_not_written(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        page = page_index()["vagledning/akut-fara"].specific
        page.summary = "Hemligt utkast."
        page.save_revision()

        assert "Hemligt utkast." not in "".join(export(tmp_path / "first").values())

    def test_no_draft_of_an_edition_or_a_goal_is_written(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        source = Source.objects.get(key="D0")
        draft = Edition.objects.create(
            key="ny", title="Nytt", period_start=2026, period_end=2030, status=EditionStatus.DRAFT
        )
        goal = Goal.objects.create(edition=draft, number=6, name="Hemligt", source=source)
        Activity.objects.create(key="a", edition=draft, goal=goal, text="Hemligt", source=source)
        Activity.objects.create(key="b", edition=draft, text="Hemligt", source=source)
        Indicator.objects.create(edition=draft, text="Hemligt", source=source)
        Goal.objects.create(
            edition=Edition.objects.get(key="andra"), number=7, name="Hemligt", source=source,
            live=False,
        )  # fmt: skip

        assert "Hemligt" not in export(tmp_path / "first")["content/library/programme.yaml"]

    def test_a_relation_to_a_page_that_is_gone_is_not_written(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        page_index()["vagledning/orosanmalan"].delete()

        written = export(tmp_path / "first")["content/library/pages/vagledning/akut-fara.md"]

        assert "orosanmalan" not in written
        assert "Läs mer." in written


class TestWhereItIsWritten:
    def test_a_folder_that_holds_something_is_left_alone(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        (tmp_path / "annat.txt").write_text("mitt", encoding="utf-8")

        with pytest.raises(CommandError, match="är inte en tom mapp; välj en ny"):
            export(tmp_path)
        assert tree(tmp_path).keys() >= {"annat.txt"}
        assert not (tmp_path / "content").exists()

    def test_a_file_is_no_folder(self, loaded: Files, tmp_path: Path) -> None:
        file = tmp_path / "fil"
        file.write_text("", encoding="utf-8")

        with pytest.raises(CommandError, match="är inte en tom mapp"):
            export(file)

    def test_says_how_many_files_it_wrote(self, loaded: Files, tmp_path: Path, capsys: Any) -> None:
        call_command("export_content", str(tmp_path / "ny"))

        said = capsys.readouterr().out
        assert said == f"{len(tree(tmp_path / 'ny'))} filer skrivna till {tmp_path / 'ny'}.\n"
