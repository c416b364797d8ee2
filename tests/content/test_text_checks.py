"""The checks of the texts: each finds what it is for, and nothing in what is well written."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from content.faults import Faults
from content.loading import Library, PageFile, read_library
from content.text_checks import (
    GUIDANCE_WORDS,
    LAW,
    PHONE,
    PLANNED,
    TEMPLATE_PLACES,
    Known,
    check_texts,
    measures,
    table,
)
from tests.content.files import DEPTH, SOURCES, Files
from training.loading import read_modules

BASE = Path(settings.BASE_DIR)
TODAY = date(2026, 11, 21)
FILE = "content/library/pages/vagledning/ny.md"
QUESTIONS = "training/library/oro/questions.yaml"
# The line on which the body of a page begins, and that of a page whose type is another.
BODY = 10
# Four words in one sentence, all of them long: LIX 104.
LONG = "Socialförvaltningens handläggningsrutiner förutsätter dokumentationsskyldighet. " * 13


def read(root: Path) -> tuple[Library, list[PageFile], Faults]:
    faults = Faults(root)
    library = read_library(root / "content" / "library", faults)
    pages = [*library.pages, *read_modules(root / "training" / "library", faults)]
    assert faults.found == []
    return library, pages, faults


def found(files: Files, *, today: date = TODAY) -> list[str]:
    """Return the faults of the texts of *files*, as they are told."""
    library, pages, faults = read(files.root)
    check_texts([library], pages, Known.of_files([library], pages), faults, today=today)
    return [str(fault) for fault in sorted(faults.found)]


def found_in(files: Files, body: str, **front: str) -> list[str]:
    """Return the faults of a page of guidance with *body* above its depth."""
    files.page("vagledning/ny", f"{body}\n\n{DEPTH}", **front)
    return found(files)


def test_the_shipped_texts_have_no_fault() -> None:
    library, pages, faults = read(BASE)

    check_texts([library], pages, Known.of_files([library], pages), faults, today=TODAY)

    assert [str(fault) for fault in sorted(faults.found)] == []


def test_a_small_library_in_order_has_none(files: Files) -> None:
    assert found(files) == []


class TestLength:
    @pytest.mark.parametrize(
        ("kind", "limit"),
        [
            ("guidance", 40), ("violence_type", 45), ("violence_form", 45), ("perspective", 45),
        ],
    )  # fmt: skip
    def test_of_a_hard_text_is_told_with_the_limit_of_its_type(
        self, kind: str, limit: int, files: Files
    ) -> None:
        faults = found_in(files, LONG, type=kind)

        assert faults == [
            f"{FILE}: LIX är 104,0, högst {limit} för {kind}; dela långa meningar och byt långa "
            "ord."
        ]

    def test_of_a_text_between_the_limits_is_a_fault_for_guidance_alone(self, files: Files) -> None:
        # Nine words in a sentence, three of them long: 9 + 33,3 = 42,3.
        body = "Kollegan skriver ner vad du såg, och berättar sedan. " * 6

        assert found_in(files, body, type="violence_form") == []
        assert [fault.partition(", högst")[0] for fault in found_in(files, body)] == [
            f"{FILE}: LIX är 42,3"
        ]

    def test_of_a_few_words_says_nothing(self, files: Files) -> None:
        assert found_in(files, "Socialtjänsten bedömer anmälningarna.") == []

    def test_of_a_text_without_a_limit_is_free(self, files: Files) -> None:
        assert found_in(files, LONG, type="information") == []

    def test_above_the_depth_of_guidance_is_two_minutes_at_most(self, files: Files) -> None:
        assert found_in(files, "Ring nu. " * (GUIDANCE_WORDS // 2)) == []
        assert found_in(files, "Ring nu. " * (GUIDANCE_WORDS // 2) + "Ja.") == [
            f"{FILE}: 461 ord står ovanför ::: depth, högst 460; korta eller flytta något till "
            "fördjupningen."
        ]

    def test_below_the_depth_is_free_and_so_are_other_types(self, files: Files) -> None:
        files.page("vagledning/annan", f"Ja.\n\n{DEPTH}\n\n" + "Ring nu. " * 300)

        assert found_in(files, "Vänta här. " * 300, type="information") == []

    def test_of_guidance_needs_a_depth(self, files: Files) -> None:
        files.page("vagledning/ny", "Ring nu.")

        assert found(files) == [
            f"{FILE}: ::: depth saknas; sätt det där det som behövs för att handla är slut."
        ]


class TestNumbers:
    @pytest.mark.parametrize(
        ("body", "line", "number"),
        [
            ("Ring 112.", 0, "112"),
            ("Ja.\n\nRing 116 111 nu.", 2, "116 111"),
            ("- ett\n- ring 020-50 50 50", 1, "020-50 50 50"),
            ("::: steps\n### Ring\nRing 1177.\n:::", 2, "1177"),
            ("::: table Nummer\n| a | b |\n|---|---|\n| Vem | 114 14 |\n:::", 3, "114 14"),
        ],
    )
    def test_written_out_are_told_with_their_line(
        self, body: str, line: int, number: str, files: Files
    ) -> None:
        assert found_in(files, body) == [
            f"{FILE}, rad {BODY + line}: numret {number} är utskrivet; skriv {{tel:NYCKEL}} så att "
            "numret hämtas ur registret."
        ]

    def test_that_a_link_rings_are_told(self, files: Files) -> None:
        assert found_in(files, "Ring [larmnumret](tel:112).") == [
            f"{FILE}, rad {BODY}: länken ringer ett nummer; skriv {{tel:NYCKEL}} i stället för "
            "tel:112."
        ]

    @pytest.mark.parametrize(
        ("body", "front", "line"),
        [
            ("## Ring 112", {}, BODY),
            ("::: ask\n- Ring 112 nu\n:::", {}, BODY + 1),
            ("Ja.", {"summary": "Ring 112 nu."}, 4),
        ],
    )
    def test_are_told_where_no_mark_can_stand_too(
        self, body: str, front: dict[str, str], line: int, files: Files
    ) -> None:
        assert found_in(files, body, **front) == [
            f"{FILE}, rad {line}: numret 112 är utskrivet; här kan inget nummer hämtas ur "
            "registret; nämn kontakten vid namn."
        ]

    @pytest.mark.parametrize(
        ("body", "reference"),
        [
            ("Läs 19 kap. 1 § först.", "19 kap. 1 §"),
            ("Enligt 4 § gäller det.", "4 §"),
            ("Läs 12 kap. sedan.", "12 kap."),
            ("Den gamla lagen (2001:453) sa det.", "(2001:453)"),
        ],
    )
    def test_of_paragraphs_are_told(self, body: str, reference: str, files: Files) -> None:
        assert found_in(files, body) == [
            f"{FILE}, rad {BODY}: lagrummet {reference} är utskrivet; skriv {{lag:NYCKEL}} så att "
            "lagrummet hämtas ur registret."
        ]

    def test_in_a_question_are_told_with_the_questions_line(self, files: Files) -> None:
        files.edit(files.modules / "oro/questions.yaml", "Misstanke räcker.", "Ring 112.")

        assert [fault.partition(":")[0] for fault in found(files)] == [f"{QUESTIONS}, rad 11"]

    def test_in_a_register_are_told_unless_it_is_that_of_contacts(self, files: Files) -> None:
        files.edit("figures.yaml", "text: Antalet ökar", "text: Ring 116 111")

        assert found(files) == [
            "content/library/figures.yaml, rad 9: numret 116 111 är utskrivet; nummer hör hemma i "
            "contacts.yaml."
        ]

    @pytest.mark.parametrize(
        "body",
        [
            "Ring {tel:bris}, enligt {lag:SOL-19-1}.",
            "Läs stycket. {SOL-19-1 s. 12}",
            "::: law SOL-19-1\nDu ska anmäla.\n:::",
            "::: quote D0\nEnligt 19 kap. 1 § gäller det\n:::",
            "::: statistic D0\nvalue: 114 000\nunit: barn\ngroup: alla\n:::",
            "Åren 2021–2025 var det 112 000 barn, 10 000 kronor och 0,6 procent.",
            "Läs på [1177.se](https://www.1177.se/) eller i AFS 2023:2.",
        ],
    )
    def test_in_a_register_or_of_something_else_are_none(self, body: str, files: Files) -> None:
        assert found_in(files, body) == []

    def test_may_be_searched_for(self, files: Files) -> None:
        files.page("vagledning/ny", DEPTH, keywords=["116 111", "19 kap. 1 §"])

        assert found(files) == []

    @pytest.mark.parametrize(
        "words",
        ["Ring 020-50 50 50.", "ring 08-508 25 120", "116 111", "114 14", "nummer 1177",
         "+46 771 141 400", "112", "113 13", "0771-50 50 50", "070 144 38 06",
         "020\N{NO-BREAK SPACE}50 50 50"],
    )  # fmt: skip
    def test_of_phones_are_known_when_seen(self, words: str) -> None:
        assert PHONE.search(words)

    @pytest.mark.parametrize(
        "words",
        ["2021–2025", "2025:400", "19 kap. 1 §", "1177.se", "SOD 2020/764", "10 000 kronor",
         "2026-11-21", "https://a.se/020-505050", "0,6 procent", "1 200 barn", "112–115", "1112",
         "114 000 barn", "112 000"],
    )  # fmt: skip
    def test_of_phones_are_not_seen_in_other_figures(self, words: str) -> None:
        assert not PHONE.search(words)

    @pytest.mark.parametrize("words", ["kapa 2 kapten", "sidan 19", "kl. 15", "(2021–2025)"])
    def test_of_paragraphs_are_not_seen_in_other_words(self, words: str) -> None:
        assert not LAW.search(words)


class TestMarks:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("Ring {tel:okand}.", "kontakten okand finns inte."),
            (
                "Ring {tel:rvc}.",
                "kontakten rvc har inget nummer; skriv det i registret eller nämn den vid namn.",
            ),
            ("Läs {lag:SOL-9}.", "lagrummet SOL-9 finns inte."),
            (
                "Först {D0} och sedan mer.",
                "{D0} visas som det står; en källa står sist i stycket och ett märke skrivs "
                "{tel:NYCKEL} eller {lag:NYCKEL}.",
            ),
            (
                "Ring {tel: bris} nu.",
                "{tel: bris} visas som det står; en källa står sist i stycket och ett märke skrivs "
                "{tel:NYCKEL} eller {lag:NYCKEL}.",
            ),
            (
                "## Ring {tel:bris}",
                "{tel:bris} visas som det står här; skriv det i löpande text i stället.",
            ),
        ],
    )
    def test_that_say_nothing_are_told(self, body: str, message: str, files: Files) -> None:
        assert found_in(files, body) == [f"{FILE}, rad {BODY}: {message}"]

    def test_with_a_row_are_right_wherever_words_are_rich(self, files: Files) -> None:
        body = (
            "::: table Vem\n| a | b |\n|---|---|\n| Bris | {tel:bris} |\n:::\n\n"
            "::: faq\n### Vad gäller?\nDet säger {lag:SOL-19-1}.\n:::\n\n- Ring {tel:bris}"
        )

        assert found_in(files, body) == []


class TestLinks:
    @pytest.mark.parametrize(
        ("address", "what"),
        [
            ("/vagledning/finns-inte/", "en sida som inte finns"),
            ("/vagledning/akut-fara/#spring", "ett ställe som inte finns på sidan"),
            ("#spring", "ett ställe som inte finns på sidan"),
            ("/utbildning/oro/var/", "en sida som inte finns"),
            ("/utbildning/borta/kunskapstest/", "en sida som inte finns"),
        ],
    )
    def test_to_nowhere_are_told(self, address: str, what: str, files: Files) -> None:
        assert found_in(files, f"Ja.\n\nLäs [mer]({address}).") == [
            f"{FILE}, rad {BODY + 2}: länken {address} leder till {what}."
        ]

    @pytest.mark.parametrize(
        "address",
        ["/", "/vagledning/akut-fara/", "/vagledning/akut-fara/#ring", "#hit", "#steg-ett",
         "#fragan", "#gor-sa-har", "#fordjupning", "/utbildning/oro/vem/#forst",
         "/utbildning/oro/kunskapstest/", "/min-utbildning/", "/tyck-till/", "/lagar/#SOL-19-1",
         "https://example.se/#x"],
    )  # fmt: skip
    def test_to_pages_places_and_views_are_right(self, address: str, files: Files) -> None:
        files.page("lagar", type="register", register="lagar")
        body = (
            f"Läs [mer]({address}).\n\n::: steps\n### Steg ett\nRing.\n:::\n\n## Hit\n\n"
            "::: faq\n### Frågan?\nSvar.\n:::"
        )

        assert found_in(files, body) == []

    def test_of_the_facts_of_a_page_are_looked_up(self, files: Files) -> None:
        files.page("vagledning/ny", DEPTH, related=["vagledning/borta"], modules=["utbildning/x"])

        assert [fault.partition(": ")[2] for fault in found(files)] == [
            "related: sidan vagledning/borta finns inte.",
            "modules: sidan utbildning/x finns inte.",
        ]

    def test_of_a_question_and_of_a_register_are_looked_up(self, files: Files) -> None:
        files.edit(files.modules / "oro/questions.yaml", "/akut-fara/#ring", "/akut-fara/#spring")
        files.edit("remarks.yaml", "page: vagledning", "page: borta")

        assert found(files) == [
            "content/library/remarks.yaml, rad 1: page: sidan borta finns inte.",
            f"{QUESTIONS}, rad 1: länken /vagledning/akut-fara/#spring leder till ett ställe som "
            "inte finns på sidan.",
        ]

    def test_may_lead_to_what_is_planned(self, files: Files) -> None:
        files.page("vagledning/ny", DEPTH, modules=[path for path in PLANNED if "/" in path])

        assert found(files) == []
        assert all(re.fullmatch(r"[a-z0-9-]+(/[a-z0-9-]+)*", path) for path in PLANNED)

    def test_know_the_places_that_templates_make(self) -> None:
        templates = {
            kind: BASE / f"{'training' if kind == 'module' else 'content'}/templates"
            / f"{'training' if kind == 'module' else 'content'}/{kind}_page.html"
            for kind in TEMPLATE_PLACES
            if kind != "support_index"
        }  # fmt: skip

        lost = {
            (kind, place)
            for kind, template in templates.items()
            for place in TEMPLATE_PLACES[kind]
            if f'id="{place}"' not in template.read_text("utf-8")
        }
        assert lost == set()


class TestTwins:
    TWELVE = "Ett två tre fyra fem sex sju åtta nio tio elva tolv."

    def test_in_two_files_are_told_in_the_second(self, files: Files) -> None:
        files.page("vagledning/annan", f"{self.TWELVE}\n\n{DEPTH}")

        same = "ett två TRE **fyra** fem sex sju åtta nio tio\nelva tolv"
        assert found_in(files, f"Ja.\n\n- {same}") == [
            f"{FILE}, rad {BODY + 2}: stycket ”ett två TRE fyra fem sex …” står också i annan.md; "
            "behåll det på ett ställe och länka dit."
        ]

    @pytest.mark.parametrize(
        "body",
        [
            "Ett två tre fyra fem sex sju åtta nio tio elva.",
            "Tolv ett två tre fyra fem sex sju åtta nio tio elva.",
            f"::: quote D0\n{TWELVE}\n:::",
        ],
    )
    def test_are_neither_short_nor_quoted_nor_only_alike(self, body: str, files: Files) -> None:
        files.page("vagledning/annan", f"{body}\n\n{DEPTH}".replace("Tolv ett", "Ett"))

        assert found_in(files, body) == []

    def test_in_one_file_are_let_be(self, files: Files) -> None:
        assert found_in(files, f"{self.TWELVE}\n\n{self.TWELVE}") == []


class TestLetters:
    def test_that_seem_to_have_lost_their_dots_are_told(self, files: Files) -> None:
        files.page("vagledning/annan", "Våldet gör ont. " * 5 + f"\n\n{DEPTH}")

        assert found_in(files, "Ja.\n\nValdet gör ont.") == [
            f"{FILE}, rad {BODY + 2}: ordet ”Valdet” har kanske tappat prickar; menas ”våldet”?"
        ]

    @pytest.mark.parametrize(
        "body", ["Våldet.", "Valdet.", "Läs [mer](/vagledning/akut-fara/). {tel:bris}"]
    )
    def test_are_let_be_when_the_other_word_is_not_much_more_common(
        self, body: str, files: Files
    ) -> None:
        files.page("vagledning/annan", "Våldet gör ont. " * 4 + f"\n\n{DEPTH}")

        assert found_in(files, body) == []

    def test_are_let_be_in_a_word_of_its_own_and_in_one_that_many_files_have(
        self, files: Files
    ) -> None:
        files.page("vagledning/annan", "Stöd som tål. " * 40 + f"\n\n{DEPTH}")
        for number in range(5):
            files.page(f"vagledning/sida-{number}", f"Ett tal. {number}\n\n{DEPTH}")

        assert found_in(files, "Hon stod där.") == []
        (files.library / "pages/vagledning/sida-4.md").unlink()
        assert len(found(files)) == 4

    @pytest.mark.parametrize("body", ["VÃ¥ld gör ont.", "Ordet v\ufffdld.", "Det Ã¤r sÃ¥."])
    def test_read_in_the_wrong_encoding_are_told(self, body: str, files: Files) -> None:
        faults = found_in(files, body)

        assert len(faults) == 1
        assert re.fullmatch(rf"{FILE}, rad {BODY}: tecknet [Ã\ufffd] är trasigt; skriv om ordet.",
                            faults[0])  # fmt: skip

    def test_of_registers_and_questions_are_read_too(self, files: Files) -> None:
        files.edit("remarks.yaml", "Aktiviteterna är", "Aktiviteterna Ã¤r")
        files.edit(files.modules / "oro/questions.yaml", "Misstanke räcker.", "Misstanke rÃ¤cker.")

        assert [fault.partition(":")[0] for fault in found(files)] == [
            "content/library/remarks.yaml, rad 2",
            f"{QUESTIONS}, rad 17",
        ]


class TestSources:
    @pytest.mark.parametrize(
        "words", ["::: quote\nOrd\n:::", "::: reported\nOrd.\n:::",
                  '::: statistic\nvalue: "5"\nunit: barn\ngroup: alla\n:::'],
    )  # fmt: skip
    def test_are_missed_already_when_the_file_is_read(self, words: str, files: Files) -> None:
        files.page("vagledning/ny", words)
        faults = Faults(files.root)

        read_library(files.library, faults)

        assert [fault.message for fault in faults.found] == ["källans nyckel saknas."]

    def test_of_a_quotation_are_a_document_about_the_programme_or_named(self, files: Files) -> None:
        files.write("sources.yaml", f"{SOURCES}- {{key: web, title: En sida, kind: webbplats}}\n")

        assert found_in(files, "::: quote D0\nOrd\n:::") == []
        assert found_in(files, "::: quote web | Barnprogrammet\nOrd\n:::") == []
        assert found_in(files, "Ja.\n\n::: quote web\nOrd\n:::") == [
            f"{FILE}, rad {BODY + 2}: citatet har källan web, som inte är ett remissvar eller "
            "interpellationssvar; skriv om det med egna ord eller ange dokumentet efter |."
        ]

    @pytest.mark.parametrize("year", ["n/a", "okänt", "19"])
    def test_of_a_figure_have_a_year_or_none(self, year: str, files: Files) -> None:
        body = f'::: statistic D0\nvalue: "5"\nunit: barn\ngroup: alla\nyear: {year}\n:::'
        files.edit("figures.yaml", "year: 2019", f"year: {year}")

        message = f"year: {year} är inget år; skriv årtalet eller lämna raden tom."
        assert found_in(files, body) == [
            f"content/library/figures.yaml, rad 9: {message}",
            f"{FILE}, rad {BODY + 4}: {message}",
        ]

    @pytest.mark.parametrize("year", ["", "2019", "2021–2025", "'15 februari–31 december 2023'"])
    def test_of_a_figure_may_have_no_year_or_several(self, year: str, files: Files) -> None:
        body = f'::: statistic D0\nvalue: "5"\nunit: barn\ngroup: alla\nyear: {year}\n:::'

        assert found_in(files, body) == []


class TestDays:
    def test_of_writing_have_been(self, files: Files) -> None:
        assert found(files, today=date(2026, 11, 20))[0] == (
            "content/library/pages/index.md, rad 6: written_date 2026-11-21 har inte varit än."
        )

    def test_of_review_come_after_that_of_writing(self, files: Files) -> None:
        files.page("vagledning/ny", DEPTH)
        files.edit("pages/vagledning/ny.md", "2027-05-21", "2026-11-21")

        assert found(files) == [
            f"{FILE}, rad 7: review_due_date 2026-11-21 ska vara efter written_date 2026-11-21."
        ]


class TestMeasures:
    def test_are_given_for_every_text_in_order(self, files: Files) -> None:
        _, pages, _ = read(files.root)

        lines = table(measures(pages)).splitlines()

        assert lines[0] == "Sida                       LIX    Ord  Minuter"
        assert lines[1] == "/                        101,0      1        1"
        assert [line.split()[0] for line in lines[1:]] == [
            "/", "/utbildning", "/utbildning/oro", "/utbildning/oro/hur", "/utbildning/oro/vem",
            "/vagledning", "/vagledning/akut-fara", "/vagledning/orosanmalan",
        ]  # fmt: skip


@pytest.mark.django_db
def test_what_the_portal_has_is_known_beside_the_files(loaded: Files) -> None:
    known = Known.of_portal()

    assert known.numbers == {"bris": "116 111", "rvc": ""}
    assert known.laws == {"SOL-19-1"}
    assert known.quotable == {"D0", "D3"}
    assert known.leads_somewhere("vagledning/akut-fara")
    assert (known | Known({"rvc": "1"})).numbers == {"bris": "116 111", "rvc": "1"}
