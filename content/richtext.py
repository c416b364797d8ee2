"""Between Markdown in the files and the small HTML that Wagtail keeps.

Only what a text here needs is understood: paragraphs, bold, italic, lists and links. A link within
the portal is kept as a page id, so that it survives a move, and written as a path in files.
"""

import html
import re
from collections.abc import Callable
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.token import Token

ResolveLink = Callable[[str], int | None]
PathOf = Callable[[int], str | None]

_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "link", "list", "escape", "autolink"])
_TAGS = {"strong": "b", "em": "i", "paragraph": "p", "bullet_list": "ul", "ordered_list": "ol"}
_SAFE_LINK = re.compile(r"(https://|tel:[+0-9]|mailto:|/|#)")


class MarkdownFault(ValueError):
    """Markdown that is outside the small subset. The message is Swedish."""


def markdown_to_html(text: str, *, resolve: ResolveLink | None = None) -> str:
    """Return *text* as the HTML that Wagtail's rich text keeps.

    *resolve* gives the page id of a path such as `vagledning/akut-fara`, or None; without it, and
    for an unknown path or one with an anchor, the address itself is kept.

    Raises MarkdownFault for a link to anywhere but https, tel, mailto and paths.
    """
    return "".join(_render(token, resolve) for token in _MARKDOWN.parse(text))


def _render(token: Token, resolve: ResolveLink | None) -> str:
    if token.type == "inline":
        return "".join(_render(child, resolve) for child in token.children or [])
    if token.type == "text":
        return html.escape(token.content, quote=False)
    if token.type == "softbreak":
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
    if not _SAFE_LINK.match(href):
        raise MarkdownFault(f"länken {href} går inte till https, tel, mailto eller en sida här")
    if resolve and href.startswith("/") and "#" not in href:
        page_id = resolve(href.strip("/"))
        if page_id is not None:
            return f'<a linktype="page" id="{page_id}">'
    return f'<a href="{html.escape(href)}">'


def html_to_markdown(value: str, *, path_of: PathOf | None = None) -> str:
    """Return Wagtail's *value* as Markdown, in the one form that the files use.

    *path_of* gives the path of a page id, or None for a page that is gone: then only the words of
    the link are kept.
    """
    writer = _MarkdownWriter(path_of or (lambda page_id: None))
    writer.feed(value)
    writer.close()
    return writer.text()


class _MarkdownWriter(HTMLParser):
    """Collects blocks of Markdown while the HTML is read."""

    def __init__(self, path_of: PathOf) -> None:
        super().__init__(convert_charrefs=True)
        self.path_of = path_of
        self.blocks: list[str] = []
        self.current: list[str] = []
        self.lists: list[list[str]] = []
        self.kinds: list[str] = []
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open *tag*; unknown tags leave only their words."""
        if tag in {"b", "strong"}:
            self.current.append("**")
        elif tag in {"i", "em"}:
            self.current.append("*")
        elif tag == "br":
            self.current.append(" ")
        elif tag in {"ul", "ol"}:
            self._finish()
            self.lists.append([])
            self.kinds.append(tag)
        elif tag == "a":
            href = self._address(dict(attrs))
            self.links.append(href)
            if href:
                self.current.append("[")

    def handle_endtag(self, tag: str) -> None:
        """Close *tag*."""
        if tag in {"b", "strong"}:
            self.current.append("**")
        elif tag in {"i", "em"}:
            self.current.append("*")
        elif tag == "p":
            self._finish()
        elif tag == "li" and self.lists:
            self.lists[-1].append("".join(self.current).strip())
            self.current = []
        elif tag in {"ul", "ol"} and self.lists:
            items, kind = self.lists.pop(), self.kinds.pop()
            marks = ("-" if kind == "ul" else f"{n}." for n in range(1, len(items) + 1))
            self.blocks.append(
                "\n".join(f"{mark} {item}" for mark, item in zip(marks, items, strict=True))
            )
        elif tag == "a" and self.links:
            href = self.links.pop()
            if href:
                self.current.append(f"]({href})")

    def handle_data(self, data: str) -> None:
        """Take words, with the characters that mean something in Markdown escaped."""
        self.current.append(re.sub(r"([\\*\[\]_`<])", r"\\\1", re.sub(r"\s+", " ", data)))

    def _address(self, attrs: dict[str, str | None]) -> str | None:
        if attrs.get("linktype") == "page":
            path = self.path_of(int(attrs.get("id") or 0))
            return None if path is None else f"/{path}/" if path else "/"
        return attrs.get("href")

    def _finish(self) -> None:
        words = "".join(self.current).strip()
        if words:
            # A paragraph that begins like a list item must not become one when read again.
            self.blocks.append(re.sub(r"^(\d+)?([.+-]) ", r"\1\\\2 ", words))
        self.current = []

    def text(self) -> str:
        """Return what was collected."""
        self._finish()
        return "\n\n".join(self.blocks)


def plain(value: str) -> str:
    """Return the words of a piece of HTML, one line a paragraph or list item."""
    spaced = re.sub(r"</(p|li|ul|ol|h\d)>", "\n", value)
    lines = html.unescape(re.sub(r"<[^>]+>", "", spaced)).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
