"""What the documentation says is there is there: links, pictures, commands, variables."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class
from PIL import Image

from portal.jobs import schedule

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
INDEX = DOCS / "README.md"
HANDBOOK = DOCS / "redaktorshandbok.md"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]
PICTURES = sorted((DOCS / "bilder").glob("*.png"))

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
VARIABLE = re.compile(r"PORTAL_[A-Z]+(?:_[A-Z]+)*")
# Chooses the database of a test run, not the portal's: development.md tells of it.
NOT_SETTINGS = {"PORTAL_TEST_DATABASE"}

pytestmark = pytest.mark.once


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def links(page: Path) -> Iterator[tuple[bool, str, str]]:
    """Yield each link as whether it is a picture, its words, and where it leads."""
    text = CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    for mark, words, target in LINK.findall(text):
        yield bool(mark), words, target


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made where Markdown is shown."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code_in(page: Path) -> str:
    """Return what stands in code on the page, block by block and line by line."""
    text = page.read_text(encoding="utf-8")
    blocks = [match.group(0) for match in FENCE.finditer(text)]
    return "\n".join([*blocks, *CODE.findall(FENCE.sub("", text))])


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_what_is_there(page: Path) -> None:
    broken = []
    for _, _, target in links(page):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = unquote(target).partition("#")
        found = (page.parent / path).resolve() if path else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(target)

    # The file format shows addresses of the portal, not of these pages.
    assert [target for target in broken if not target.startswith("/")] == []


def test_every_page_is_in_the_index() -> None:
    targets = [unquote(target).partition("#")[0] for _, _, target in links(INDEX)]
    linked = {(INDEX.parent / target).resolve() for target in targets}

    assert [named(page) for page in PAGES if page not in {*linked, INDEX}] == []


def test_the_index_can_be_found_from_the_first_page() -> None:
    assert "docs/README.md" in {target for _, _, target in links(README)}


def test_every_model_is_in_the_glossary() -> None:
    words = (DOCS / "glossary.md").read_text(encoding="utf-8")
    ours = {"portal", "organisation", "content", "training", "search"}
    models = [model for model in apps.get_models() if model._meta.app_label in ours]
    missing = {
        model.__name__
        for model in models
        if not model._meta.auto_created and f"`{model.__name__}`" not in words
    }

    assert missing == set()


def test_every_chore_is_told_of() -> None:
    table = (DOCS / "tasks.md").read_text(encoding="utf-8").partition("## Chores")[2]

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == {
        chore.name for chore in schedule.chores() if chore.work.__module__.endswith(".background")
    }


class TestPictures:
    def test_are_all_shown_and_described(self) -> None:
        shown = {target: words for is_picture, words, target in links(HANDBOOK) if is_picture}

        assert {f"bilder/{picture.name}" for picture in PICTURES} == set(shown)
        assert [target for target, words in shown.items() if len(words) < 30] == []

    @pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
    def test_are_small_enough_for_a_slow_line(self, picture: Path) -> None:
        with Image.open(picture) as image:
            assert image.width <= 1200
        assert picture.stat().st_size < 150_000

    def test_can_all_be_renewed(self) -> None:
        script = (ROOT / "scripts" / "handbook_pictures.py").read_text(encoding="utf-8")

        assert set(re.findall(r'@picture\("([^"]+)"\)', script)) == {
            picture.stem for picture in PICTURES
        }


class TestCommands:
    def test_of_make_are_targets(self) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
        missing = {
            f"{named(page)}: make {name}"
            for page in PAGES
            for name in re.findall(r"\bmake ([a-z][a-z-]*)", code_in(page))
            if name not in targets
        }

        assert missing == set()
        help_text = makefile.partition("help:\n")[2].partition("\n\n")[0]
        assert {name for name in targets if f"make {name}" not in help_text} == {"help"}

    @pytest.mark.parametrize("page", PAGES, ids=named)
    def test_of_manage_are_there_with_their_options(self, page: Path) -> None:
        commands = get_commands()
        faults = []
        for line in code_in(page).splitlines():
            for name, rest in re.findall(r"manage\.py ([a-z][a-z_]+)([^\n#|;&]*)", line):
                if name not in commands:
                    faults.append(name)
                    continue
                known = options(name)
                faults += [
                    f"{name} {option}"
                    for option in re.findall(r"(?<=[\s\[])(--[a-z][a-z-]*)", rest)
                    if option not in known
                ]

        assert faults == []


def options(name: str) -> set[str]:
    """Return the options that a management command takes."""
    app = get_commands()[name]
    command = load_command_class(app, name) if isinstance(app, str) else app
    parser: argparse.ArgumentParser = command.create_parser("manage.py", name)
    return {option for action in parser._actions for option in action.option_strings}


class TestVariables:
    def test_that_are_read_are_in_the_table(self) -> None:
        settings = (ROOT / "portal" / "settings.py").read_text(encoding="utf-8")
        read = set(re.findall(r'env\.\w+\(\s*"(PORTAL_[A-Z_]+)"', settings))
        for service in (ROOT / "tests" / "services").glob("*.py"):
            text = service.read_text(encoding="utf-8")
            read |= set(re.findall(r'^GIVEN = "(PORTAL_[A-Z_]+)"', text, re.MULTILINE))

        assert {"PORTAL_SECRET_KEY", "PORTAL_DATABASE_URL", "PORTAL_TEST_POSTGRES_URL"} <= read
        assert read - NOT_SETTINGS - in_table() == set()
        assert in_table() - read == set()

    @pytest.mark.parametrize("page", PAGES, ids=named)
    def test_that_are_named_are_in_the_table(self, page: Path) -> None:
        named_here = {
            name.removesuffix("_FILE")
            for name in VARIABLE.findall(page.read_text(encoding="utf-8"))
        }

        assert named_here - NOT_SETTINGS - in_table() == set()


def in_table() -> set[str]:
    """Return the variables of the table in README.md."""
    text = README.read_text(encoding="utf-8").partition("## Environment")[2]
    return set(re.findall(r"^\| `(PORTAL_[A-Z_]+)` \|", text, re.MULTILINE))
