"""Between Markdown in the files and the small HTML that Wagtail keeps.

Only what a text here needs is understood: paragraphs, bold, italic, lists and links. A link within
the portal is kept as a page id, so that it survives a move, and written as a path in files.
"""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

ResolveLink = Callable[[str], int | None]
PathOf = Callable[[int], str | None]

_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "link", "list", "escape", "autolink"])
_TAGS = {"strong": "b", "em": "i", "paragraph": "p", "bullet_list": "ul", "ordered_list": "ol"}
# `//` and `/\` lead to another site, and a browser overlooks control characters in an address.
_SAFE_LINK = re.compile(r"(?:https?://|tel:[+0-9]|mailto:|/(?![/\\])|#)[^\x00-\x20\"<>\\]*")


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
# Everything that ends a line for Python, so that a paragraph stays on one line of a file.
_SPACE = re.compile(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+")


class MarkdownFault(ValueError):
    """Markdown that is outside the small subset. The message is Swedish."""


@lru_cache(maxsize=4096)
def safe_link(href: str) -> str | None:
    """Return *href* in the one form that is kept, or None when it leads nowhere a text may."""
    normal = _MARKDOWN.normalizeLink(href)
    return normal if _SAFE_LINK.fullmatch(normal) else None


def one_line(text: str) -> str:
    """Return *text* as a line of a file can hold it: single spaces, none at the ends."""
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def unquoted(text: str) -> str:
    """Return *text* on one line, without the quotation marks around the whole of it."""
    words = one_line(text)
    marks = '”"'
    whole = len(words) > 1 and words[0] in marks and words[-1] in marks
    if whole and not any(mark in words[1:-1] for mark in marks):
        return words[1:-1].strip()
    return words


# --- From Markdown ------------------------------------------------------------------------------


def markdown_to_html(text: str, *, resolve: ResolveLink | None = None) -> str:
    """Return *text* as the HTML that Wagtail's rich text keeps.

    *resolve* gives the page id of a path such as `vagledning/akut-fara`, or None; without it, and
    for an unknown path or one with an anchor, the address itself is kept.

    Raises MarkdownFault for a link to anywhere but other sites, tel, mailto and paths.
    """
    return "".join(_render(token, resolve) for token in _MARKDOWN.parse(text))


def _render(token: Token, resolve: ResolveLink | None) -> str:
    if token.type == "inline":
        return "".join(_render(child, resolve) for child in token.children or [])
    if token.type == "text":
        return html.escape(token.content, quote=False)
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "link_open":
        return _open_link(str(token.attrGet("href")), resolve)
    if token.type == "link_close":
        return "</a>"
    if token.type.startswith("paragraph") and token.hidden:
        return ""
    kind, _, edge = token.type.rpartition("_")
    tag = _TAGS.get(kind, "li" if kind == "list_item" else "")
    if not tag:
        raise MarkdownFault(f"förstår inte {token.type} i texten")
    return f"</{tag}>" if edge == "close" else f"<{tag}>"


def _open_link(href: str, resolve: ResolveLink | None) -> str:
    address = safe_link(href)
    if address is None:
        raise MarkdownFault(
            f"länken {href} går inte till https, tel, mailto eller en sida här; skriv om den"
        )
    if resolve and address.startswith("/") and "#" not in address:
        page_id = resolve(address.strip("/"))
        if page_id is not None:
            return f'<a linktype="page" id="{page_id}">'
    return f'<a href="{html.escape(address)}">'


# --- To Markdown --------------------------------------------------------------------------------

# Words with the marks they stand in: "**", "*", or the address of a link in brackets.
_Run = tuple[str, frozenset[str]]
_BOLD, _ITALIC = "**", "*"
_MARKS = {"b": _BOLD, "strong": _BOLD, "i": _ITALIC, "em": _ITALIC}

_BLOCKS = frozenset(
    {"p", "div", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr"}
)

# What Markdown or a file would take for a mark. A number or a paragraph taken from a register
# (content.mentions) is written as it stands.
_SIGN = re.compile(r"([\\*\[\]_`<]|\{(?!(?:tel|lag):[^{}\s]*\}))")

_PIECE = re.compile(r"\s+|\S+")
# What would begin a list, a heading or a block if it stood first in a paragraph.
_START = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$)))?(?=[.)+-](?:\s|$)|#|:::)")


@dataclass
class _Item:
    """A list item, or a paragraph: its words, and the lists below them."""

    runs: list[_Run] = field(default_factory=list)
    lists: list["_List"] = field(default_factory=list)


@dataclass
class _List:
    kind: str
    items: list[_Item] = field(default_factory=list)


def html_to_markdown(value: str, *, path_of: PathOf | None = None) -> str:
    """Return Wagtail's *value* as Markdown, in the one form that the files use.

    *path_of* gives the path of a page id, or None for a page that is gone: then only the words of
    the link are kept, as of a link that leads where no text may.
    """
    return "\n\n".join(
        "\n".join(_lines(block)) if isinstance(block, _List) else _words(block.runs)
        for block in _read(value, path_of)
    )


def _read(value: str, path_of: PathOf | None = None) -> list[_Item | _List]:
    reader = _Reader(path_of or (lambda page_id: None))
    reader.feed(value)
    reader.close()
    found = [_tidied(block) for block in reader.blocks]
    return _joined([block for block in found if block])


def _tidied(block: _Item | _List) -> _Item | _List | None:
    """Return *block* with tidy words, or None when nothing is left of it."""
    if isinstance(block, _List):
        items = [item for item in map(_tidied, block.items) if isinstance(item, _Item)]
        return _List(block.kind, items) if items else None
    lists = [found for found in map(_tidied, block.lists) if isinstance(found, _List)]
    item = _Item(_tidy(block.runs), [each for each in _joined(lists) if isinstance(each, _List)])
    return item if item.runs or item.lists else None


def _joined(blocks: Iterable[_Item | _List]) -> list[_Item | _List]:
    """Return *blocks* with lists of one kind that follow each other as one: Markdown's way."""
    result: list[_Item | _List] = []
    for block in blocks:
        last = result[-1] if result else None
        if isinstance(block, _List) and isinstance(last, _List) and last.kind == block.kind:
            last.items += block.items
        else:
            result.append(block)
    return result


def _tidy(runs: Iterable[_Run]) -> list[_Run]:
    """Return *runs* with single spaces, none at the ends, and marks that begin and end at words."""
    pieces: list[_Run] = []
    for text, marks in runs:
        for part in _PIECE.findall(_SPACE.sub(" ", _CONTROL.sub("", text))):
            if part.isspace() and pieces and pieces[-1][0].isspace():
                part = _SPACE.sub(" ", pieces.pop()[0] + part)
            pieces.append((part, marks))
    while pieces and pieces[0][0].isspace():
        del pieces[0]
    while pieces and pieces[-1][0].isspace():
        del pieces[-1]
    for place, (part, _) in enumerate(pieces):
        if part.isspace():
            # A space has the marks of the words on both sides of it.
            pieces[place] = part, pieces[place - 1][1] & pieces[place + 1][1]
    return _merged(pieces)


def _merged(runs: Iterable[_Run]) -> list[_Run]:
    result: list[_Run] = []
    for text, marks in runs:
        if result and result[-1][1] == marks:
            result[-1] = result[-1][0] + text, marks
        else:
            result.append((text, marks))
    return result


def _lines(found: _List) -> list[str]:
    lines = []
    for number, item in enumerate(found.items, start=1):
        mark = "- " if found.kind == "ul" else f"{number}. "
        below = [line for inner in item.lists for line in _lines(inner)]
        inside = [_words(item.runs), *below] if item.runs else below
        lines += [
            (mark if first else " " * len(mark)) + line
            for first, line in zip([True, *[False] * len(inside)], inside, strict=False)
        ]
    return lines


def _words(runs: list[_Run]) -> str:
    """Return *runs* as Markdown; bold and italic only where Markdown can say them.

    Markdown has no way to write a mark that ends inside a word next to a full stop, say. Then the
    words stay and the mark goes.
    """
    for without in (frozenset[str](), frozenset({_ITALIC}), frozenset({_ITALIC, _BOLD})):
        kept = _merged((text, marks - without) for text, marks in runs)
        words = _START.sub(lambda match: f"{match[0]}\\", _marked(kept))
        if not any(marks & {_BOLD, _ITALIC} for _, marks in kept):
            break
        if _read(markdown_to_html(words)) == [_Item(kept)]:
            break
    return words


def _marked(runs: list[_Run], inside: frozenset[str] = frozenset()) -> str:
    """Return *runs* as Markdown, the longest mark outermost."""
    result, place = "", 0
    while place < len(runs):
        text, marks = runs[place]
        ends = {
            mark: next((n for n in range(place, len(runs)) if mark not in runs[n][1]), len(runs))
            for mark in sorted(marks - inside)
        }
        if not ends:
            result += _SIGN.sub(r"\\\1", text)
            place += 1
            continue
        mark = max(ends, key=lambda each: ends[each])
        inner = _marked(runs[place : ends[mark]], inside | {mark})
        if mark in {_BOLD, _ITALIC}:
            result += f"{mark}{inner}{mark}"
        else:
            # An exclamation mark before the bracket would make it an image.
            result = re.sub(r"!$", r"\!", result) + f"[{inner}]{mark}"
        place = ends[mark]
    return result


class _Reader(HTMLParser):
    """Collects paragraphs and lists while the HTML is read; unknown tags leave their words."""

    def __init__(self, path_of: PathOf) -> None:
        super().__init__(convert_charrefs=True)
        self.path_of = path_of
        self.blocks: list[_Item | _List] = []
        self.lists: list[_List] = []
        self.marks: list[str] = []
        self.links: list[str] = []
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open *tag*."""
        if tag in _MARKS:
            self.marks.append(_MARKS[tag])
        elif tag == "a":
            self.links.append(self._address(dict(attrs)))
        elif tag in {"ul", "ol"}:
            self._open_list(tag)
        elif tag == "li" and self.lists:
            self.lists[-1].items.append(_Item())
        elif tag == "br":
            self.handle_data(" ")
        elif tag in _BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        """Close *tag*."""
        if tag in _MARKS:
            if _MARKS[tag] in self.marks:
                self.marks.remove(_MARKS[tag])
        elif tag == "a":
            if self.links:
                self.links.pop()
        elif tag in {"ul", "ol"}:
            if self.lists:
                self.lists.pop()
            self.is_open = False
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        """Take words."""
        marks = frozenset(self.marks) | frozenset(self.links[:1]) - {""}
        if self.lists:
            items = self.lists[-1].items
            if not items:
                if not data.strip():
                    return
                items.append(_Item())
            # Words after a list within an item go with those before it.
            items[-1].runs.append((data, marks))
            return
        if not self.is_open:
            self.blocks.append(_Item())
            self.is_open = True
        last = self.blocks[-1]
        if isinstance(last, _Item):
            last.runs.append((data, marks))

    def _open_list(self, kind: str) -> None:
        found = _List(kind)
        if not self.lists:
            self.blocks.append(found)
        else:
            items = self.lists[-1].items
            if not items:
                items.append(_Item())
            items[-1].lists.append(found)
            items[-1].runs.append((" ", frozenset()))
        self.lists.append(found)

    def _break(self) -> None:
        """End a paragraph; within a list item, where there can be but one, put a space."""
        if self.lists:
            if self.lists[-1].items:
                self.lists[-1].items[-1].runs.append((" ", frozenset()))
        else:
            self.is_open = False

    def _address(self, attrs: Mapping[str, str | None]) -> str:
        """Return what follows the words of a link in Markdown, or nothing for a dead link."""
        if attrs.get("linktype") == "page":
            path = self.path_of(int(attrs.get("id") or 0))
            href = "" if path is None else f"/{path}/" if path else "/"
        else:
            href = attrs.get("href") or ""
        address = safe_link(href) if href else None
        if address is None:
            return ""
        return "(" + re.sub(r"([()]|&(?=#?\w+;))", r"\\\1", address) + ")"


# --- To the reader ------------------------------------------------------------------------------

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_PLAIN_TAGS = frozenset({"p", "b", "strong", "i", "em", "ul", "ol", "li", "br"})


def readable(value: str, urls: Mapping[int, str]) -> str:
    """Return Wagtail's *value* as a page shows it: known tags and safe links, nothing else.

    *urls* gives the address of a page id. Of other links to pages only the words are left.
    """
    open_links: list[bool] = []

    def tag(match: re.Match[str]) -> str:
        slash, name, rest = match[1], (match[2] or "").lower(), match[3]
        if not name:
            return "&lt;"
        if name in _PLAIN_TAGS:
            return f"<{slash}{name}>"
        if name != "a":
            return ""
        if slash:
            return "</a>" if open_links and open_links.pop() else ""
        href = _href(dict(_ATTRIBUTE.findall(rest)), urls)
        open_links.append(bool(href))
        # A site outside is never told where the reader came from.
        outside = ' rel="noopener noreferrer"' if href.startswith(("http:", "https:")) else ""
        return f'<a{outside} href="{html.escape(href)}">' if href else ""

    return _TAG.sub(tag, value)


def _href(attributes: Mapping[str, str], urls: Mapping[int, str]) -> str:
    if attributes.get("linktype") == "page":
        return urls.get(int(attributes["id"]), "") if attributes.get("id", "").isdigit() else ""
    return safe_link(html.unescape(attributes.get("href", ""))) or ""


def page_ids(value: str) -> set[int]:
    """Return the ids of the pages that Wagtail's *value* links to."""
    found = (dict(_ATTRIBUTE.findall(match[3] or "")) for match in _TAG.finditer(value))
    return {
        int(attributes["id"])
        for attributes in found
        if attributes.get("linktype") == "page" and attributes.get("id", "").isdigit()
    }


def plain(value: str) -> str:
    """Return the words of a piece of HTML, one line a paragraph or list item."""
    spaced = re.sub(r"</(p|li|ul|ol|h\d)>|<(ul|ol|br)\b[^>]*>", "\n", value)
    lines = html.unescape(re.sub(r"<[^>]+>", "", spaced)).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
