"""A text as plain data, between Wagtail's blocks, the files and the templates.

Three forms of the same list of blocks, each block a dict with `id`, `kind` and fields:

* *stored*: as Wagtail keeps it: rich text as HTML with page ids, references as primary keys.
* *portable*: as files and frozen versions keep it: Markdown with paths, references as keys.
* *ready*: as templates and search want it: finished HTML, references as dicts, anchors set.

`FIELDS` says what each kind of block holds; everything here follows from it.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import quote

from django.db.models import Q
from django.urls import Resolver404, resolve
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from wagtail.models import Page, Site

from content import directory, glossary, mentions, richtext, tree
from content.models.registers import Contact, LegalProvision, Source

Block = dict[str, Any]
Document = list[Block]


class Ready(list[Block]):
    """A ready document.

    `html` is what it was drawn as, once it has been (content_tags). `mentioned` are the rows that
    its sentences take numbers and paragraphs from, as `law:KEY` and `contact:KEY`. `terms` are the
    words of the glossary that it explains where they first stand.
    """

    html: SafeString | None = None
    mentioned: frozenset[str] = frozenset()
    terms: tuple[glossary.Term, ...] = ()


class Leaf(Enum):
    """What a field holds."""

    PLAIN = "plain"
    RICH = "rich"
    SOURCES = "sources"
    LAW = "law"
    CONTACT = "contact"
    TABLE = "table"


_NOTICE = {"text": Leaf.RICH}
# kind → field → leaf, or a list with the fields of each item
FIELDS: dict[str, dict[str, Any]] = {
    "heading": {"text": Leaf.PLAIN, "level": Leaf.PLAIN},
    "text": {"text": Leaf.RICH, "sources": Leaf.SOURCES},
    "steps": {"steps": [{"title": Leaf.PLAIN, "text": Leaf.RICH}]},
    "acute": _NOTICE,
    "warning": _NOTICE,
    "note": _NOTICE,
    "law": {"provision": Leaf.LAW, "text": Leaf.RICH},
    "quote": {"text": Leaf.PLAIN, "of": Leaf.PLAIN, "sources": Leaf.SOURCES},
    "reported": {"text": Leaf.RICH, "sources": Leaf.SOURCES},
    "gap": _NOTICE,
    # Above it stands what one needs to act, below it what one may want to know.
    "depth": {},
    "ask": {"phrases": [Leaf.PLAIN]},
    "faq": {"items": [{"question": Leaf.PLAIN, "answer": Leaf.RICH}]},
    "contact": {"contact": Leaf.CONTACT},
    "statistic": {
        "value": Leaf.PLAIN,
        "unit": Leaf.PLAIN,
        "group": Leaf.PLAIN,
        "year": Leaf.PLAIN,
        "note": Leaf.PLAIN,
        "sources": Leaf.SOURCES,
    },
    "table": {"caption": Leaf.PLAIN, "table": Leaf.TABLE},
    "sheet": {"title": Leaf.PLAIN, "text": Leaf.RICH},
    "case": {"title": Leaf.PLAIN, "text": Leaf.RICH},
    "reflect": {"question": Leaf.RICH, "answer": Leaf.RICH},
}


# --- Registers ----------------------------------------------------------------------------------


@dataclass
class Registers:
    """The rows that a text points at, fetched together: two queries whatever the length.

    A text points by primary key or by key, and its sentences mention rows by key in both cases.
    """

    sources: dict[Any, Source] = field(default_factory=dict)
    provisions: dict[Any, LegalProvision] = field(default_factory=dict)
    contacts: dict[Any, Contact] = field(default_factory=dict)
    mentioned: frozenset[str] = frozenset()

    @property
    def are_used(self) -> bool:
        """Whether anything is cited, so that it has a place in a register's page."""
        return bool(self.sources or self.provisions)

    def filled(self, html: str, here: tree.Tree | None) -> str:
        """Return *html* with the numbers and paragraphs that its sentences mention."""
        return mentions.filled(
            html,
            self.contacts.get,
            self.provisions.get,
            lambda key: register_url(here, "lagar", key) if here else "",
        )

    @classmethod
    def by_pk(cls, stored: Iterable[Block]) -> "Registers":
        """Fetch the rows that *stored* blocks point at, by primary key."""
        wanted = _collect(stored)
        sources = wanted[Leaf.SOURCES]
        found = Source.objects.in_bulk(sources) if sources else {}
        return cls._of(found, "pk", wanted, mentions.keys(_rich_texts(stored)))

    @classmethod
    def by_key(cls, portable: Iterable[Block]) -> "Registers":
        """Fetch the rows that *portable* blocks point at, by key."""
        wanted = _collect(portable)
        sources = wanted[Leaf.SOURCES]
        found = {row.key: row for row in Source.objects.filter(key__in=sources)} if sources else {}
        wanted[Leaf.LAW] |= sources
        return cls._of(found, "key", wanted, mentions.keys(_rich_texts(portable)))

    @classmethod
    def _of(
        cls,
        sources: dict[Any, Source],
        name: str,
        wanted: dict[Leaf, set[Any]],
        said: dict[str, set[str]],
    ) -> "Registers":
        """Add the laws and contacts that are *wanted*, by *name*, and those that are mentioned."""
        laws, contacts = wanted[Leaf.LAW], wanted[Leaf.CONTACT] | said[mentions.TEL]
        provisions: dict[Any, LegalProvision] = {}
        if laws or said[mentions.LAW]:
            meant = Q(**{f"{name}__in": laws}) | Q(key__in=said[mentions.LAW])
            for row in LegalProvision.objects.filter(meant):
                provisions[getattr(row, name)] = provisions[row.key] = row
        here = directory.contacts() if contacts else {}
        return cls(
            sources,
            provisions,
            {key: here[key] for key in contacts if key in here},
            frozenset(f"law:{key}" for key in said[mentions.LAW])
            | {f"contact:{key}" for key in said[mentions.TEL]},
        )


def _collect(blocks: Iterable[Block]) -> dict[Leaf, set[Any]]:
    """Return the references in *blocks*, by the register they belong to."""
    wanted: dict[Leaf, set[Any]] = {Leaf.SOURCES: set(), Leaf.LAW: set(), Leaf.CONTACT: set()}
    for block in blocks:
        for leaf, value in leaves(block):
            if leaf is Leaf.SOURCES:
                for reference in value or []:
                    if reference.get("source"):
                        wanted[Leaf.SOURCES].add(reference["source"])
                    if reference.get("provision"):
                        wanted[Leaf.LAW].add(reference["provision"])
                    if reference.get("key"):
                        wanted[Leaf.SOURCES].add(reference["key"])
            elif leaf in wanted and value:
                wanted[leaf].add(value)
    return wanted


def leaves(block: Block) -> Iterator[tuple[Leaf, Any]]:
    """Yield each field of *block* with what it holds, inside lists too."""
    for name, leaf in FIELDS[block["kind"]].items():
        value = block.get(name)
        if isinstance(leaf, list):
            for item in value or []:
                if isinstance(leaf[0], dict):
                    for item_name, item_leaf in leaf[0].items():
                        yield item_leaf, item.get(item_name)
                else:
                    yield leaf[0], item
        else:
            yield leaf, value


def _map(block: Block, change: Mapping[Leaf, Callable[[Any], Any]]) -> Block:
    """Return a copy of *block* with the functions of *change* used on its leaves."""

    def same(value: Any) -> Any:
        return value

    def one(leaf: Leaf, value: Any) -> Any:
        return change.get(leaf, same)(value)

    result: Block = {"id": block.get("id", ""), "kind": block["kind"]}
    for name, leaf in FIELDS[block["kind"]].items():
        value = block.get(name)
        if not isinstance(leaf, list):
            result[name] = one(leaf, value)
        elif isinstance(leaf[0], dict):
            result[name] = [
                {key: one(kind, item.get(key)) for key, kind in leaf[0].items()}
                for item in value or []
            ]
        else:
            result[name] = [one(leaf[0], item) for item in value or []]
    return result


# --- Wagtail's shape ----------------------------------------------------------------------------


def unwrap(stream: Any) -> Document:
    """Return a StreamField value, or its raw list, as stored blocks."""
    raw = stream if isinstance(stream, list) else stream.get_prep_value()
    return [_unwrap_block(block) for block in raw]


def _items(value: Any) -> list[Any]:
    return [
        item["value"] if isinstance(item, dict) and "value" in item else item
        for item in value or []
    ]


def _unwrap_block(raw: Mapping[str, Any]) -> Block:
    value = raw["value"] or {}
    block: Block = {"id": raw.get("id") or "", "kind": raw["type"]}
    for name, leaf in FIELDS[raw["type"]].items():
        content = value.get(name)
        block[name] = _items(content) if isinstance(leaf, list) or leaf is Leaf.SOURCES else content
    return block


def wrap(document: Iterable[Block]) -> list[dict[str, Any]]:
    """Return stored blocks in the raw form that a StreamField takes."""
    return [
        {
            "type": block["kind"],
            "id": block["id"],
            "value": {
                name: _wrap_list(block, name)
                if isinstance(leaf, list) or leaf is Leaf.SOURCES
                else block.get(name)
                for name, leaf in FIELDS[block["kind"]].items()
            },
        }
        for block in document
    ]


def _wrap_list(block: Block, name: str) -> list[dict[str, Any]]:
    return [
        {
            "type": "item",
            "id": str(uuid.uuid5(uuid.UUID(block["id"]), f"{name}/{number}")),
            "value": item,
        }
        for number, item in enumerate(block.get(name) or [])
    ]


# --- Portable -----------------------------------------------------------------------------------


def to_portable(stored: Document, *, path_of: richtext.PathOf) -> Document:
    """Return *stored* blocks in the form of files and frozen versions."""
    registers = Registers.by_pk(stored)

    def rich(value: Any) -> str:
        return richtext.html_to_markdown(value or "", path_of=path_of)

    def source(reference: Mapping[str, Any]) -> dict[str, str]:
        row: Source | LegalProvision = (
            registers.sources[reference["source"]]
            if reference.get("source")
            else registers.provisions[reference["provision"]]
        )
        return {"key": row.key, "locator": reference.get("locator") or ""}

    def table(value: Any) -> dict[str, Any]:
        return {
            "head": [column["heading"] for column in value["columns"]],
            "rows": [[rich(cell) for cell in row["values"]] for row in value["rows"]],
        }

    change: dict[Leaf, Callable[[Any], Any]] = {
        Leaf.PLAIN: lambda value: richtext.one_line(value or ""),
        Leaf.RICH: rich,
        Leaf.SOURCES: lambda value: [source(reference) for reference in value],
        Leaf.LAW: lambda value: registers.provisions[value].key,
        Leaf.CONTACT: lambda value: registers.contacts[value].key,
        Leaf.TABLE: table,
    }
    return [_map(block, change) for block in stored]


class UnknownKey(LookupError):
    """A key that is in no register. The message is the key."""


@dataclass(frozen=True)
class Keys:
    """Primary keys by key, and page ids by path: what a file's references are looked up in."""

    sources: Mapping[str, int]
    provisions: Mapping[str, int]
    contacts: Mapping[str, int]
    pages: Mapping[str, int]

    @classmethod
    def now(cls) -> "Keys":
        """Return what is in the registers and the page tree."""
        return cls(
            dict(Source.objects.values_list("key", "pk")),
            dict(LegalProvision.objects.values_list("key", "pk")),
            dict(Contact.objects.values_list("key", "pk")),
            {path: pk for pk, path in paths_by_id().items()},
        )


def from_portable(portable: Document, keys: Keys) -> Document:
    """Return *portable* blocks as stored. Raises UnknownKey for a key that is in no register."""

    def rich(value: Any) -> str:
        return richtext.markdown_to_html(value or "", resolve=keys.pages.get)

    def table(value: Any) -> dict[str, Any]:
        return {
            "columns": [{"type": "text", "heading": heading} for heading in value["head"]],
            "rows": [{"values": [rich(cell) for cell in row]} for row in value["rows"]],
            "caption": "",
        }

    change: dict[Leaf, Callable[[Any], Any]] = {
        Leaf.RICH: rich,
        Leaf.SOURCES: lambda value: [stored_reference(reference, keys) for reference in value],
        Leaf.LAW: lambda value: _pk(keys.provisions, value),
        Leaf.CONTACT: lambda value: _pk(keys.contacts, value),
        Leaf.TABLE: table,
    }
    return [_map(block, change) for block in portable]


def _pk(register: Mapping[str, int], key: str) -> int:
    if key not in register:
        raise UnknownKey(key)
    return register[key]


def stored_reference(reference: Mapping[str, str], keys: Keys) -> dict[str, Any]:
    """Return a source reference as stored. Raises UnknownKey for an unknown key."""
    key = reference["key"]
    source = keys.sources.get(key)
    return {
        "source": source,
        "provision": None if source else _pk(keys.provisions, key),
        "locator": reference.get("locator", ""),
    }


# --- Ready --------------------------------------------------------------------------------------


def ready_from_stored(stored: Document, *, path: str = "") -> Ready:
    """Return *stored* blocks ready for a template, in a bounded number of queries.

    *path* is the page's own, whose subject the glossary does not explain on the page itself.
    """
    registers = Registers.by_pk(stored)
    here = tree.now() if registers.are_used else None
    wanted = {page_id for html in _rich_texts(stored) for page_id in richtext.page_ids(html)}
    urls = urls_by_id(wanted) if wanted else {}

    def rich(value: Any) -> str:
        return _safe(registers.filled(richtext.readable(value or "", urls), here))

    def law(value: Any) -> dict[str, Any]:
        return _law_box(registers.provisions.get(value), here) if here else {}

    def table(value: Any) -> dict[str, Any]:
        value = value or {"columns": [], "rows": []}
        return {
            "head": [column["heading"] for column in value["columns"]],
            "rows": [[rich(cell) for cell in row["values"]] for row in value["rows"]],
        }

    def source(reference: Mapping[str, Any]) -> dict[str, str]:
        row = registers.sources.get(reference.get("source")) or registers.provisions.get(
            reference.get("provision")
        )
        return cited(row, reference.get("locator") or "", here) if row and here else {}

    return _finish(
        [
            _map(
                block,
                {
                    Leaf.PLAIN: lambda value: value or "",
                    Leaf.RICH: rich,
                    Leaf.SOURCES: lambda value: [s for s in map(source, value) if s],
                    Leaf.LAW: law,
                    Leaf.CONTACT: lambda value: contact_dict(registers.contacts.get(value)),
                    Leaf.TABLE: table,
                },
            )
            for block in stored
        ],
        registers,
        alive={url.strip("/") for url in urls.values()},
        path=path,
    )


def ready_from_portable(portable: Document) -> Ready:
    """Return *portable* blocks ready for a template, with today's laws and contacts."""
    registers = Registers.by_key(portable)
    here = tree.now() if registers.are_used else None

    def rich(value: Any) -> str:
        html = richtext.readable(richtext.markdown_to_html(value or ""), {})
        return _safe(registers.filled(html, here))

    def law(value: Any) -> dict[str, Any]:
        return _law_box(registers.provisions.get(value), here) if here else {}

    def table(value: Any) -> dict[str, Any]:
        return {
            "head": value["head"],
            "rows": [[rich(cell) for cell in row] for row in value["rows"]],
        }

    def source(reference: Mapping[str, str]) -> dict[str, str]:
        row = registers.sources.get(reference["key"]) or registers.provisions.get(reference["key"])
        return cited(row, reference.get("locator", ""), here) if row and here else {}

    return _finish(
        [
            _map(
                block,
                {
                    Leaf.RICH: rich,
                    Leaf.SOURCES: lambda value: [s for s in map(source, value) if s],
                    Leaf.LAW: law,
                    Leaf.CONTACT: lambda value: contact_dict(registers.contacts.get(value)),
                    Leaf.TABLE: table,
                },
            )
            for block in portable
        ],
        registers,
    )


def _rich_texts(document: Iterable[Block]) -> Iterator[str]:
    """Yield each piece of rich text in a stored or portable *document*."""
    for block in document:
        for leaf, value in leaves(block):
            if leaf is Leaf.RICH:
                yield value or ""
            elif leaf is Leaf.TABLE and value:
                for row in value["rows"]:
                    cells = row["values"] if isinstance(row, dict) else row
                    yield from (cell or "" for cell in cells)


def _safe(value: str) -> SafeString:
    return mark_safe(value)  # noqa: S308  # known tags, safe links


def _finish(
    document: Document, registers: Registers, alive: Iterable[str] = (), *, path: str = ""
) -> Ready:
    """Rename rich text to what templates call it and set anchors, unique in the document.

    *alive* are paths that are known to lead somewhere.
    """
    names = iter(anchors(document))
    depth = 2
    for block in document:
        kind = block["kind"]
        # The level that a heading inside the block should have: 3 once a section has begun.
        block["depth"] = depth
        if kind == "heading":
            block["level"] = int(block["level"] or 2)
            depth = 3
            block["anchor"] = next(names)
        elif kind == "steps":
            for step in block["steps"]:
                step["html"], step["anchor"] = step.pop("text"), next(names)
        elif kind == "faq":
            for item in block["items"]:
                item["html"], item["anchor"] = item.pop("answer"), next(names)
        elif kind == "reflect":
            block["html"], block["answer_html"] = block.pop("question"), block.pop("answer")
        elif kind == "law":
            block["law"], block["html"] = block.pop("provision"), block.pop("text")
        elif kind == "table":
            block.update(block.pop("table"))
        elif FIELDS[kind].get("text") is Leaf.RICH:
            block["html"] = block.pop("text")
    # A law or contact that is gone leaves no empty box behind.
    kept = [block for block in document if block.get("law", 1) and block.get("contact", 1)]
    ready = Ready(_without_dead_links(kept, frozenset(alive)))
    ready.mentioned = registers.mentioned
    ready.terms = glossary.explained(
        _pieces(block for block in ready if block["kind"] in glossary.EXPLAINED_IN), path=path
    )
    return ready


_PATH_LINK = re.compile(r'<a href="/([^"#?]*)([^"]*)">(.*?)</a>', re.DOTALL)


def _pieces(document: Iterable[Block]) -> Iterator[tuple[dict[str, Any] | list[Any], Any]]:
    """Yield where each piece of HTML in *document* is kept: its container and its place there."""
    for block in document:
        for holder in (block, *(block.get("steps") or []), *(block.get("items") or [])):
            yield from ((holder, name) for name in ("html", "answer_html") if holder.get(name))
        for row in block.get("rows") or []:
            yield from ((row, place) for place in range(len(row)))


def _without_dead_links(document: Document, known: frozenset[str]) -> Document:
    """Leave only the words of links to pages that are not published; two queries at most."""
    pieces = [(holder, place) for holder, place in _pieces(document)]
    paths = {
        match[1].strip("/")
        for holder, place in pieces
        for match in _PATH_LINK.finditer(holder[place])
    }
    alive = known | (alive_paths(paths - known) if paths - known else set())

    def link(match: re.Match[str]) -> str:
        return match[0] if match[1].strip("/") in alive else match[3]

    for holder, place in pieces:
        if "/" in holder[place]:
            holder[place] = mark_safe(_PATH_LINK.sub(link, holder[place]))  # noqa: S308
    return document


def alive_paths(paths: Iterable[str]) -> set[str]:
    """Return those of *paths* that lead to a published page, or to a view outside the page tree."""
    alive: set[str] = set()
    in_tree: set[str] = set()
    for path in paths:
        try:
            match = resolve(f"/{path}/" if path else "/")
        except Resolver404:
            continue
        (in_tree if match.url_name == "wagtail_serve" else alive).add(path)
    if in_tree:
        here = tree.now()
        alive |= {path for path in in_tree if here.at(path)}
    return alive


def anchors(document: Iterable[Block]) -> list[str]:
    """Return the names of the places in *document* that a link can lead to, in their order.

    They are its headings, steps and questions, and each has a name of its own.
    """
    taken: dict[str, None] = {}
    for block in document:
        for words in _titles(block):
            base = slugify(words)[:60].strip("-") or "avsnitt"
            anchor, number = base, 2
            while anchor in taken:
                anchor, number = f"{base}-{number}", number + 1
            taken[anchor] = None
    return list(taken)


def _titles(block: Block) -> Iterator[str]:
    if block["kind"] == "heading":
        yield block["text"]
    elif block["kind"] == "steps":
        yield from (step["title"] for step in block["steps"])
    elif block["kind"] == "faq":
        yield from (item["question"] for item in block["items"])


def source_dict(row: Source | LegalProvision, locator: str = "") -> dict[str, str]:
    """Return a source or law as it is listed, without what the portal's pages add to it."""
    if isinstance(row, LegalProvision):
        return {
            "key": row.key,
            "label": f"{row.act} ({row.sfs}) {row.reference}",
            "locator": locator,
            "url": "",
        }
    return {"key": row.key, "label": row.title, "locator": locator, "url": row.url}


def cited(row: Source | LegalProvision, locator: str, here: tree.Tree) -> dict[str, str]:
    """Return a source or law as templates list it, with the address of its row in a register."""
    register = "lagar" if isinstance(row, LegalProvision) else "kallor"
    return source_dict(row, locator) | {"anchor_url": register_url(here, register, row.key)}


def register_url(here: tree.Tree, register: str, key: str) -> str:
    """Return the address of a row in a register's page; empty while there is no such page."""
    place = here.at(register)
    return f"{place.url}#{quote(key)}" if place else ""


def law_dict(row: LegalProvision | None) -> dict[str, Any]:
    """Return a law as the § box shows it; empty for None."""
    if row is None:
        return {}
    names = (
        "key", "act", "sfs", "reference", "heading", "summary", "in_force", "in_force_note",
        "amended_by", "checked_on", "earlier",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _law_box(row: LegalProvision | None, here: tree.Tree) -> dict[str, Any]:
    return law_dict(row) | {"url": register_url(here, "lagar", row.key)} if row else {}


def contact_dict(row: Contact | None) -> dict[str, Any]:
    """Return a contact as its card shows it; empty for None."""
    if row is None:
        return {}
    names = (
        "key", "name", "for_whom", "phone", "phone_link", "phone_note", "hours", "hours_note",
        "web", "address", "ages", "languages", "anonymous", "source_date", "verified_on",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {
        "source": row.source.title if row.source else ""
    }


# --- Sections -----------------------------------------------------------------------------------


def contents(ready: Document) -> list[dict[str, str]]:
    """Return the headings of level 2 with their anchors: the table of contents."""
    return [
        {"text": block["text"], "anchor": block["anchor"]}
        for block in ready
        if block["kind"] == "heading" and block["level"] == 2
    ]


@dataclass(frozen=True)
class Section:
    """A part of a text under one heading, in plain words: what search leads to."""

    heading: str
    anchor: str
    text: str


def sections(ready: Document) -> list[Section]:
    """Return *ready* cut at its headings of level 2; the first part may have no heading."""
    parts: list[tuple[str, str, list[str]]] = [("", "", [])]
    for block in ready:
        if block["kind"] == "heading" and block["level"] == 2:
            parts.append((block["text"], block["anchor"], []))
        else:
            parts[-1][2].extend(_words(block))
    return [
        Section(heading, anchor, "\n".join(words))
        for heading, anchor, words in parts
        if heading or words
    ]


def _words(block: Block) -> Iterator[str]:
    kind = block["kind"]
    if kind == "law":
        law = block["law"]
        yield f"{law['act']} {law['reference']}: {law['heading']}"
    elif kind == "contact":
        contact = block["contact"]
        yield f"{contact['name']} {contact['phone']} {contact['for_whom']}"
    elif kind == "statistic":
        yield f"{block['value']} {block['unit']} {block['group']} {block['note']}"
    elif kind == "ask":
        yield from block["phrases"]
    for name in ("title", "caption", "text"):
        if block.get(name):
            yield str(block[name])
    for name in ("html", "answer_html"):
        if block.get(name):
            yield richtext.plain(block[name])
    for item in block.get("steps") or block.get("items") or []:
        yield item.get("title") or item["question"]
        yield richtext.plain(item["html"])
    for row in block.get("rows") or []:
        yield " ".join(richtext.plain(cell) for cell in row)


# --- Pages --------------------------------------------------------------------------------------


def paths_by_id() -> dict[int, str]:
    """Return page id → path (no slashes at the ends) for every page of the default site."""
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    offset = len(root.url_path)
    pages = Page.objects.descendant_of(root, inclusive=True)
    return {
        pk: url_path[offset:].strip("/") for pk, url_path in pages.values_list("pk", "url_path")
    }


def urls_by_id(ids: Iterable[int]) -> dict[int, str]:
    """Return page id → address for the published pages among *ids*."""
    return {place.pk: place.url for place in tree.now().open(ids)}
