"""Modules from files: lessons and questions keep their identity, and each fault is told."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from wagtail.models import Page

from content.loading import page_index
from content.models import LibraryRecord
from tests.content.files import QUESTIONS, Files
from training.loading import AREAS, module_content
from training.models import ModulePage, ModuleVersion

pytestmark = pytest.mark.django_db

ORO = "training/library/oro"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """A small library of files in which everything is in order; nothing is loaded."""
    return Files(tmp_path / "portal").whole()


@pytest.fixture
def loaded(files: Files) -> Files:
    """The small library, loaded."""
    files.load()
    return files


def module() -> Any:
    return ModulePage.objects.get()


def ids(stream: Any) -> dict[str, str]:
    """Return the ids of lessons or questions by their names in the files."""
    return {
        block["value"].get("key") or block["value"]["slug"]: block["id"]
        for block in stream.get_prep_value()
    }


class TestLoading:
    def test_makes_the_catalogue_and_the_module_below_it(self, loaded: Files) -> None:
        assert page_index()["utbildning/oro"].get_parent().title == "Utbildningar"
        page = module()
        assert (page.minutes, page.pass_percent, page.draw) == (10, 80, None)
        assert (page.change_kind, page.change_note) == ("material", "Första versionen")
        assert page.areas == ["close_relationships"]
        assert [goal["text"] for goal in module_content(page)["goals"]] == ["anmäla"]

    def test_fills_lessons_in_the_order_of_their_files(self, loaded: Files) -> None:
        lessons = module_content(module())["lessons"]

        assert [(each["slug"], each["minutes"], each["goal"]) for each in lessons] == [
            ("vem", 5, "veta mer"), ("hur", 5, "veta mer")
        ]  # fmt: skip
        assert [block["kind"] for block in lessons[0]["body"]] == [
            "heading", "text", "case", "reflect"
        ]  # fmt: skip

    def test_fills_questions_with_their_right_answers_and_sources(self, loaded: Files) -> None:
        first, second = module_content(module())["questions"]

        assert (first["key"], first["kind"], first["lesson"]) == ("q01", "single", "vem")
        assert [(c["key"], c["correct"], c["feedback"]) for c in first["choices"]] == [
            ("a", True, "Ja."), ("b", False, "Nej.")
        ]  # fmt: skip
        assert first["explanation"] == "Den som är orolig."
        assert first["sources"] == [{"key": "SOL-19-1", "locator": ""}]
        assert (second["kind"], second["sources"]) == ("true_false", [])

    def test_a_question_may_rest_on_several_places(self, files: Files) -> None:
        files.questions(
            QUESTIONS.replace("source: SOL-19-1", "source: [SOL-19-1 första stycket, D0]")
        )

        files.load()

        assert module_content(module())["questions"][0]["sources"] == [
            {"key": "SOL-19-1", "locator": "första stycket"}, {"key": "D0", "locator": ""}
        ]  # fmt: skip

    def test_freezes_a_version_once(self, loaded: Files) -> None:
        assert ModuleVersion.objects.get().number == 1

        loaded.load()

        assert ModuleVersion.objects.count() == 1

    def test_a_module_without_questions_or_lessons_may_be_begun(self, files: Files) -> None:
        for path in (files.modules / "oro").glob("[0-9q]*"):
            path.unlink()

        files.load()

        assert module_content(module())["questions"] == module_content(module())["lessons"] == []


class TestIdentity:
    """Evidence hangs on the ids: they follow the name in the file, whatever else is changed."""

    def test_of_questions_and_lessons_is_the_same_on_every_machine(self, loaded: Files) -> None:
        assert ids(module().questions)["q01"] == "dbbd3837-1a52-540e-9921-0c7a3b4f8a93"
        assert ids(module().lessons)["vem"] == "96304ced-08b4-5646-a6f6-fe3b84feca5c"

    def test_stays_when_words_and_order_change(self, loaded: Files) -> None:
        before = module()
        one, two = QUESTIONS.split("- key: q02")
        loaded.questions(f"- key: q02{two}" + one.replace("Vem ska anmäla?", "Vem anmäler?"))
        loaded.lesson("01-hur", "hur", title="Ny rubrik")
        loaded.lesson("02-vem", "vem", "Ny text.")
        for name in ("01-vem", "02-hur"):
            (loaded.modules / "oro" / f"{name}.md").unlink()

        loaded.load()

        after = module()
        assert after.pk == before.pk
        assert ids(after.questions) == ids(before.questions)
        assert ids(after.lessons) == ids(before.lessons)
        assert [q["key"] for q in module_content(after)["questions"]] == ["q02", "q01"]
        assert [lesson["slug"] for lesson in module_content(after)["lessons"]] == ["hur", "vem"]

    def test_of_answers_follows_their_key(self, loaded: Files) -> None:
        def answers() -> dict[str, str]:
            return {c["key"]: c["id"] for c in module_content(module())["questions"][0]["choices"]}

        before = answers()
        loaded.edit(
            loaded.modules / "oro" / "questions.yaml",
            "    - {key: a, text: Jag, correct: true, feedback: Ja.}\n",
            "    - {key: c, text: Ingen, correct: false, feedback: Nej.}\n"
            "    - {key: a, text: Jag själv, correct: true, feedback: Ja.}\n",
        )

        loaded.load()

        assert {key: value for key, value in answers().items() if key in before} == before
        assert len(set(answers().values())) == 3

    def test_of_an_editors_own_question_survives_an_export(
        self, loaded: Files, tmp_path: Path
    ) -> None:
        page = module()
        raw = page.questions.get_prep_value()
        raw[0]["value"]["key"] = ""
        page.questions = page.questions.stream_block.to_python(raw)
        page.save_revision().publish()
        before = [question["id"] for question in module_content(module())["questions"]]
        call_command("export_content", str(tmp_path / "ut"), verbosity=0)
        Page.objects.get(depth=2).delete()
        LibraryRecord.objects.all().delete()

        call_command("load_content", folder=str(tmp_path / "ut"), verbosity=0)

        assert [question["id"] for question in module_content(module())["questions"]] == before


class TestAnEditorsChange:
    @pytest.mark.parametrize("how", ["published", "draft"])
    def test_of_a_question_stays_and_is_told(self, how: str, loaded: Files) -> None:
        page = module()
        raw = page.questions.get_prep_value()
        raw[0]["value"]["text"] = "Redaktörens fråga?"
        page.questions = page.questions.stream_block.to_python(raw)
        revision = page.save_revision()
        if how == "published":
            revision.publish()
        loaded.edit(loaded.modules / "oro" / "questions.yaml", "Vem ska anmäla?", "Vem?")

        said = loaded.load()

        assert "Lämnad orörd, ändrad i portalen: page:utbildning/oro\n" in said
        latest = module().get_latest_revision_as_object()
        assert module_content(latest)["questions"][0]["text"] == "Redaktörens fråga?"

    def test_in_a_file_of_a_lesson_is_loaded_when_nobody_has_edited(self, loaded: Files) -> None:
        loaded.lesson("02-hur", "hur", "Så gör du nu.")

        assert loaded.load().startswith("0 nya, 1 ändrade, ")
        assert module_content(module())["lessons"][1]["body"][0]["text"] == "Så gör du nu."


GOALS = "goals: varje mål skrivs som {kind: F, I eller A, text: …}."
FRONT_FAULTS: list[tuple[dict[str, Any], str | None, str]] = [
    ({"minutes": None}, None, "minutes: ange hur många minuter modulen tar."),
    ({"minutes": "tio"}, "minutes", "minutes: ange hur många minuter modulen tar."),
    ({"minutes": True}, "minutes", "minutes: ange hur många minuter modulen tar."),
    ({"pass_percent": 101}, "pass_percent", "pass_percent: ange gränsen i procent"),
    ({"pass_percent": 0}, "pass_percent", "pass_percent: ange gränsen i procent"),
    ({"draw": "några"}, "draw", "draw: ange all eller hur många frågor ett försök har."),
    ({"change_kind": "stor"}, "change_kind", "change_kind: välj bland editorial"),
    ({"areas": ["allt"]}, "areas", f"areas: området allt finns inte; välj bland {AREAS[0]}"),
    ({"areas": "allt"}, "areas", "areas: ska vara en lista, som [ett, två]."),
    ({"goals": ["anmäla"]}, "goals", GOALS),
    ({"goals": [{"kind": "A"}]}, "goals", GOALS),
    ({"goals": [{"kind": "X", "text": "a"}]}, "goals", GOALS),
    ({"title": None}, None, "title saknas."),
    ({"sources": ["D9"]}, "sources", "källan D9 finns inte."),
    ({"agare": "x"}, "agare", "agare: uppgiften finns inte för typen module."),
    ({"reviewed_date": "x"}, "reviewed_date", "reviewed_date: det sätts bara av en sakkunnig"),
]  # fmt: skip

LESSON_FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"slug": "kunskapstest"}, "slug", "adressen kunskapstest går inte att använda; skriv små"),
    ({"slug": "Å b"}, "slug", "adressen Å b går inte att använda; skriv små bokstäver a–z"),
    ({"slug": "vem"}, "slug", "två lektioner har adressen vem; 01-vem.md är den andra."),
    ({"goal": ""}, "goal", "goal saknas."),
    ({"minutes": 0}, "minutes", "minutes ska vara från 1 till 60."),
    ({"minutes": 61}, "minutes", "minutes ska vara från 1 till 60."),
    ({"type": "lesson"}, "type", "uppgiften type finns inte för en lektion."),
]

QUESTION_FAULTS = [
    ("- key: q01", "- nyckel: q01", 1, "frågan saknar key; ge den en egen nyckel, som q01."),
    ("- key: q01", "- key: 1", 1, "frågan saknar key; ge den en egen nyckel, som q01."),
    ("- key: q02", "- key: q01", 11, "nyckeln q01 finns redan; nycklar är unika"),
    ("  kind: single", "  kind: match", 1, "q01: kind ska vara single, multiple eller true_false."),
    ("  text: Vem ska anmäla?", "  text:", 1, "q01: text och explanation ska finnas."),
    ("  explanation: Misstanke räcker.", "  x: 1", 11, "q02: uppgiften x finns inte."),
    ("  lesson: vem", "  lesson: nar", 1, "q01: lektionen nar finns inte."),
    ("  link: /vagledning/akut-fara/#ring", "  link: javascript:alert(1)", 1,
     "q01: link ska vara en sida här, som /vagledning/akut-fara/#rubrik."),
    ("  link: /vagledning/akut-fara/#ring", "  link: //evil.example/", 1,
     "q01: link ska vara en sida här, som /vagledning/akut-fara/#rubrik."),
    ("    - {key: b, text: Chefen, correct: false, feedback: Nej.}\n", "", 1,
     "q01: frågan ska ha mellan två och åtta svar."),
    ("{key: b, text: Chefen, correct: false, feedback: Nej.}", "{key: b, text: Chefen}", 1,
     "q01: varje svar ska ha key, text och feedback."),
    ("{key: b, text: Chefen,", "{key: a, text: Chefen,", 1, "q01: två svar har samma key."),
    ("text: Jag, correct: true", "text: Jag, correct: false", 1,
     "q01: 0 svar är rätta; single ska ha exakt ett."),
    ("text: Chefen, correct: false", "text: Chefen, correct: true", 1,
     "q01: 2 svar är rätta; single ska ha exakt ett."),
    ("text: Falskt, correct: true", "text: Falskt, correct: false", 11,
     "q02: 0 svar är rätta; true_false ska ha exakt ett."),
    ("    - {key: sant,", "    - {key: x, text: X, feedback: Y}\n    - {key: sant,", 11,
     "q02: true_false ska ha två svar, sant och falskt."),
    ("  source: SOL-19-1", "  source: SOL-9", 1, "källan SOL-9 finns inte."),
]  # fmt: skip


class TestFaults:
    def test_of_the_modules_facts_are_told_with_their_line(self, files: Files) -> None:
        for front, name, message in FRONT_FAULTS:
            file = files.module(**front)
            lines = file.read_text("utf-8").splitlines()
            line = next((n for n, text in enumerate(lines, 1) if text.startswith(f"{name}:")), 2)

            faults = files.faults("--check")

            assert len(faults) == 1, faults
            assert faults[0].startswith(f"{ORO}/module.md, rad {line}: {message}")

    @pytest.mark.parametrize(("front", "name", "message"), LESSON_FAULTS)
    def test_of_a_lesson_are_told_in_its_own_file(
        self, front: dict[str, Any], name: str, message: str, files: Files
    ) -> None:
        file = files.lesson("02-hur", **{"slug": "hur"} | front)
        lines = file.read_text("utf-8").splitlines()
        line = next(n for n, text in enumerate(lines, 1) if text.startswith(f"{name}:"))

        faults = files.faults("--check")

        assert len(faults) == 1, faults
        assert faults[0].startswith(f"{ORO}/02-hur.md, rad {line}: {message}")

    @pytest.mark.parametrize(
        ("body", "line", "message"),
        [
            ("::: law X-1\nText.\n:::", 8, "lagrummet X-1 finns inte."),
            ("::: contact x\n:::", 8, "kontakten x finns inte."),
            ("Ord. {D9}", 8, "källan D9 finns inte."),
            ("::: case Elsa\n:::", 8, "blockets text saknas."),
        ],
    )
    def test_in_a_lessons_text_are_told_in_its_own_file(
        self, body: str, line: int, message: str, files: Files
    ) -> None:
        files.lesson("02-hur", "hur", body)

        assert files.faults("--check") == [f"{ORO}/02-hur.md, rad {line}: {message}"]

    @pytest.mark.parametrize(("before", "after", "line", "message"), QUESTION_FAULTS)
    def test_of_a_question_are_told_with_its_line(
        self, before: str, after: str, line: int, message: str, files: Files
    ) -> None:
        files.edit(files.modules / "oro" / "questions.yaml", before, after)

        faults = files.faults("--check")

        assert len(faults) == 1, faults
        assert faults[0].startswith(f"{ORO}/questions.yaml, rad {line}: {message}")

    def test_a_question_with_several_right_answers_needs_at_least_one(self, files: Files) -> None:
        text = QUESTIONS.replace("kind: single", "kind: multiple")
        files.questions(text.replace("text: Chefen, correct: false", "text: Chefen, correct: true"))
        assert "inga fel" in files.load("--check")

        files.questions(text.replace("text: Jag, correct: true", "text: Jag, correct: false"))

        assert files.faults("--check") == [
            f"{ORO}/questions.yaml, rad 1: q01: 0 svar är rätta; multiple ska ha minst ett."
        ]

    def test_a_lessons_block_has_no_place_in_the_overview(self, files: Files) -> None:
        path = files.module()
        path.write_text(
            path.read_text("utf-8") + "\n::: reflect\nA?\n### Vårt svar\nB.\n:::\n", "utf-8"
        )

        assert "blocket reflect hör hemma i en lektion" in files.faults("--check")[0]

    def test_stop_everything(self, files: Files) -> None:
        files.lesson("02-hur", "vem")

        files.faults()

        assert not ModulePage.objects.exists()
        assert not ModuleVersion.objects.exists()
        assert not LibraryRecord.objects.exists()

    def test_in_another_encoding_are_told(self, files: Files) -> None:
        files.write(files.modules / "oro" / "questions.yaml", "- key: å".encode("latin-1"))
        files.write(files.modules / "oro" / "02-hur.md", "---\nslug: å".encode("latin-1"))

        assert files.faults("--check") == [
            f"{ORO}/02-hur.md: filen är inte UTF-8; spara om den i UTF-8.",
            f"{ORO}/questions.yaml: filen är inte UTF-8; spara om den i UTF-8.",
        ]

    def test_an_area_that_the_programme_does_not_name_is_told(self, files: Files) -> None:
        files.module(areas=["honour_related"])

        assert files.faults() == [
            f"{ORO}/module.md, rad 1: sidan: areas: Okänt val: honour_related."
        ]
