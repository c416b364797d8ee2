"""What is indexed: the passages that a published page consists of.

Everything is read from the database as it stands, never from a page object that somebody holds,
since that may be a draft. Only what a reader who has not signed in can open gives passages.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Page, Site

from content import documents, facts, programme_shown
from content.models import (
    BoardPage,
    Contact,
    GoalPage,
    MatrixPage,
    Register,
    RegisterPage,
    SupportIndexPage,
    SupportPage,
)
from content.models.pages import OperationPage, StartPage, TextPage
from content.taxonomy import Kind
from training.models import ModulePage, ModuleVersion
from training.models.overview import current_version

SUPPORT_FOR_READERS: Final = "stod-till-dig"

PROGRAMME: Final = "programme"
"""What pages are marked with that show rows from all over the programme."""

KIND_WORDS: Final = {str(Kind.TRAINING): ("utbildning", "modul")}
"""What pages of a kind are called by those who look for one; a module rarely says it is one."""


@dataclass(frozen=True, slots=True)
class Part:
    """A passage before it has been stored; the names are those of SearchPassage."""

    path: str
    kind: str
    title: str
    url: str
    heading: str = ""
    anchor: str = ""
    text: str = ""
    keywords: str = ""
    operations: tuple[str, ...] = ()
    registers: str = ""


# --- Who may be found ---------------------------------------------------------------------------


def not_expired(prefix: str = "") -> Q:
    """Return the condition that a page's time is not out, whether or not anyone has cleared up."""
    return Q(**{f"{prefix}expire_at__isnull": True}) | Q(
        **{f"{prefix}expire_at__gt": timezone.now()}
    )


def open_pages() -> Any:
    """Return the pages that search may lead to: published, public and in the portal's language.

    The start page is not among them: it says nothing that is not said in full elsewhere.
    """
    root = site_root()
    if root is None:
        return Page.objects.none()
    return (
        Page.objects.descendant_of(root)
        .live()
        .public()
        .filter(not_expired(), locale_id=root.locale_id)
    )


def site_root() -> Page | None:
    """Return the page that the site's addresses begin at, or None before there is a site."""
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    return site and site.root_page


def path_of(page: Page, root: Page) -> str:
    """Return a page's address below the site's root, without the first and last slash."""
    return str(page.url_path)[len(root.url_path) :].strip("/")


# --- What a page consists of --------------------------------------------------------------------


def parts_of(pages: Any) -> Iterator[tuple[int, list[Part]]]:
    """Yield each page's id with its passages in reading order."""
    root = site_root()
    with translation.override(settings.LANGUAGE_CODE):
        for page in pages.specific():
            if isinstance(page, TextPage) and not isinstance(page, StartPage):
                parts = _parts(page, path_of(page, root))
                yield page.pk, [part for part in parts if part.title]


def kind_of(page: TextPage, path: str) -> str:
    """Return what a page is found as (`typ`).

    Pages without a kind of their own, such as those about the portal, count to the programme, so
    that every page can be found under some kind.
    """
    if path.partition("/")[0] == SUPPORT_FOR_READERS:
        return str(Kind.SUPPORT)
    return str(page.kind or Kind.PROGRAMME)


def _parts(page: Any, path: str) -> list[Part]:
    version = (
        current_version(page.translation_key, page.locale.language_code)
        if isinstance(page, ModulePage)
        else None
    )
    portable = version.data["overview"] if version else None
    stored = documents.unwrap(page.body) if portable is None else []
    base = Part(
        path=path,
        kind=kind_of(page, path),
        title=page.title,
        url=f"/{path}/",
        operations=tuple(page.operations) or _own_operation(page),
    )
    top, shown, used = _beyond_the_text(page)
    ready = (
        documents.ready_from_stored(stored)
        if portable is None
        else documents.ready_from_portable(portable)
    )
    sections = documents.sections(ready)
    lead = [page.summary, page.who, *top]
    if sections and not sections[0].heading:
        lead.append(sections.pop(0).text)
    used |= registers_in(ready)
    parts = [
        replace(
            base,
            text="\n".join(line for line in lead if line),
            keywords="\n".join([*page.keyword_list(), *KIND_WORDS.get(base.kind, ())]),
        ),
        *(_section(base, heading, anchor, text) for heading, anchor, text in shown),
        *(_section(base, found.heading, found.anchor, found.text) for found in sections),
    ]
    if version:
        for lesson in version.lessons:
            lesson_parts, lesson_used = _lesson_parts(base, version, lesson)
            parts += lesson_parts
            used |= lesson_used
    parts[0] = replace(parts[0], registers=_written(used))
    return parts


def _section(base: Part, heading: str, anchor: str, text: str) -> Part:
    url = f"{base.url}#{anchor}" if anchor else base.url
    return replace(base, heading=heading, anchor=anchor, text=text, url=url)


def _own_operation(page: Any) -> tuple[str, ...]:
    return (page.operation.slug,) if isinstance(page, OperationPage) else ()


type _Shown = list[tuple[str, str, str]]


def _beyond_the_text(page: Any) -> tuple[list[str], _Shown, set[str]]:
    """Return what a page shows out of registers: lines for its top, sections, and which rows."""
    if isinstance(page, GoalPage):
        top, shown = _goal(page.goal_id)
        return top, shown, {f"goal:{page.goal_id}"}
    if isinstance(page, BoardPage):
        return *_board(page.board_id), {PROGRAMME}
    if isinstance(page, MatrixPage):
        return [], _matrix(page), {PROGRAMME}
    if isinstance(page, RegisterPage):
        return [], _register(page), {f"register:{page.register}"}
    if isinstance(page, SupportPage):
        return [_contact_text(page.contact)], [], {f"contact:{page.contact.key}"}
    if isinstance(page, SupportIndexPage):
        contacts = list(Contact.objects.order_by("sort_order", "name"))
        shown = [(row.name, f"kontakt-{row.key}", _contact_text(row)) for row in contacts]
        return [], shown, {f"contact:{row.key}" for row in contacts}
    if isinstance(page, ModulePage):
        return [item["value"]["text"] for item in page.learning_goals.get_prep_value()], [], set()
    return [], [], set()


def _goal(pk: int) -> tuple[list[str], _Shown]:
    """Return a goal's exact name, and each of its rows as a section of the goal's page."""
    known = facts.now()
    row = known.goal(pk)
    if row is None:
        return [], []
    data = programme_shown.goal(row, known)
    shown: _Shown = []
    for activity in data["activities"]:
        boards = [item["board"] for item in activity["responsible"]]
        lines = [activity["text"], ", ".join(boards), ", ".join(activity["areas"])]
        shown.append(("Aktiviteter", "aktiviteter", "\n".join(line for line in lines if line)))
    for row in data["indicators"]:
        shown.append(("Indikatorer", "indikatorer", row["text"]))
    for row in data["preconditions"]:
        shown.append(("Det här ska vara på plats", "ska-vara-pa-plats", row["text"]))
    if data["open_question"]:
        shown.append(("Vilka målet gäller", "malgrupper", data["open_question"]))
    return [f"Mål {data['number']}: {data['name']}"], shown


def _board(pk: int) -> tuple[list[str], _Shown]:
    """Return what a board's page says: its goals and activities, what sources tell, what is
    wished."""
    data = programme_shown.board(pk, facts.now())
    shown: _Shown = []
    for edition in data["editions"][:1]:
        goals = [f"{goal['label']}: {goal['name']}" for goal in edition["goals"]]
        if goals:
            shown.append(("Mål som berör nämnden", "mal", "\n".join(goals)))
        shown += [("Aktiviteter", "aktiviteter", row["text"]) for row in edition["activities"]]
    shown += [
        ("Det här säger källorna att nämnden gör", "enligt-kallorna", row["text"])
        for row in data["statements"]
    ]
    shown += [("Bara synpunkter", "remissvar", row["text"]) for row in data["remarks"]]
    return [data["kind_label"]], shown


def _matrix(page: MatrixPage) -> _Shown:
    """Return each row of a matrix that says something."""
    table = page.table()
    head, *rows = table.as_rows()
    shown: _Shown = []
    for row, cells in zip(rows, table.rows, strict=True):
        said = [
            f"{column}: {words}"
            for column, words, cell in zip(head[1:], row[1:], cells.cells, strict=True)
            if cell
        ]
        if said:
            shown.append((row[0], "", "\n".join(said)))
    return shown


def _register(page: RegisterPage) -> _Shown:
    """Return each row of a register as a passage with the row's own anchor."""
    rows = page.rows()
    match page.register:
        case Register.LAWS:
            return [
                (
                    f"{law['act']} {law['reference']}",
                    law["key"],
                    "\n".join([law["heading"], law["summary"], law["earlier"]]).strip(),
                )
                for group in rows["groups"]
                for law in group["laws"]
            ]
        case Register.FIGURES:
            return [
                (topic["title"], figure["key"], f"{figure['text']}\n{figure['note']}".strip())
                for topic in rows
                for figure in topic["figures"]
            ]
        case Register.SOURCES:
            return _sources(rows)
        case Register.GLOSSARY:
            return [
                (row["term"], row["key"], "\n".join([row["text"], *row["synonyms"]]))
                for group in rows
                for row in group["terms"]
            ]
        case _:
            return [
                (f"Synpunkt {row['key']}", row["key"], f"{row['text']}\n{row['answer']}".strip())
                for row in rows["remarks"]
            ]


def _sources(groups: list[dict[str, Any]]) -> _Shown:
    """Return what the programme is known by, row by row, and the rest as a list for each kind.

    A title alone is about what other pages are about, and hundreds of such rows would change what
    every word is worth.
    """
    first, *others = groups or [{"sources": []}]
    rows = [
        (f"Källa {row['key']}", row["key"], f"{row['title']}\n{row['note']}".strip())
        for row in first["sources"]
    ]
    return rows + [
        (
            group["title"],
            group["anchor"],
            "\n".join(f"{row['title']}, {row['publisher']}" for row in group["sources"]),
        )
        for group in others
    ]


def _contact_text(row: Contact) -> str:
    lines = (
        f"{row.name} {row.phone}", row.for_whom, row.phone_note, row.hours, row.hours_note,
        row.ages, row.languages, row.anonymous, row.address,
    )  # fmt: skip
    return "\n".join(line.strip() for line in lines if line.strip())


def _lesson_parts(
    module: Part, version: ModuleVersion, lesson: dict[str, Any]
) -> tuple[list[Part], set[str]]:
    """Return the passages of a frozen lesson. Questions and their keys are never read."""
    ready = documents.ready_from_portable(lesson["body"])
    base = replace(
        module,
        path=f"{module.path}/{lesson['slug']}",
        title=lesson["title"],
        url=reverse("training:lesson", args=[version.data["slug"], lesson["slug"]]),
    )
    sections = documents.sections(ready)
    lead = [lesson["goal"]]
    if sections and not sections[0].heading:
        lead.append(sections.pop(0).text)
    return [
        replace(base, text="\n".join(line for line in lead if line), keywords=module.title),
        *(_section(base, found.heading, found.anchor, found.text) for found in sections),
    ], registers_in(ready)


# --- Registers ----------------------------------------------------------------------------------


def registers_in(ready: documents.Ready) -> set[str]:
    """Return the laws and contacts that a text shows, as `law:KEY` and `contact:KEY`."""
    return set(ready.mentioned) | {
        f"{kind}:{block[kind]['key']}"
        for block in ready
        for kind in ("law", "contact")
        if block["kind"] == kind
    }


def _written(used: Iterable[str]) -> str:
    """Write names with a space on both sides of each, so that one can be looked for whole."""
    return f" {' '.join(sorted(used))} " if used else ""
