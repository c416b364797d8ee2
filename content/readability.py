"""How hard a text is to read, and how long it takes.

LIX is the mean number of words in a sentence plus the share of long words in per cent. Under 30 is
easy, 40 to 50 is what a newspaper or an authority writes, over 60 is research.

Everything here takes a portable document (content.documents), or where it says so a stored one,
and asks nothing of the database.
"""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from content import richtext
from content.documents import Block, Document, Leaf, leaves

# A word with more letters than this is long.
LONG_WORD = 6
WORDS_A_MINUTE = 230

# What a text does not say in words of its own: rows of registers, and what others have written.
_NOT_OURS = frozenset({"quote", "contact", "statistic"})

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_MARK = re.compile(r"\{(?:tel|lag):[^{}\s]*\}")
# A full stop before a small letter or a digit ends an abbreviation, as in ”kl. 15”.
_END = re.compile(r"(?:[!?:]+|\.+(?!\s+[\da-zåäö]))[”\")]*(?=\s|$)")


def lix(document: Iterable[Block]) -> float:
    """Return the LIX of the running text of *document*; 0 when it has none.

    Headings, titles, quotations, contacts and figures are left out. Each line is a sentence, or
    more: a paragraph, a list item, a cell of a table, a sentence to say.
    """
    count = long = sentences = 0
    for line in _lines(document):
        words = _WORD.findall(line)
        if words:
            count += len(words)
            long += sum(_is_long(word) for word in words)
            sentences += _sentences(line)
    return count / sentences + 100 * long / count if count else 0.0


def words(document: Iterable[Block], *, is_stored: bool = False) -> int:
    """Return how many words there are to read in *document*, titles and quotations too.

    Contacts and figures are left out: one looks at them when one needs them.
    """
    lines = _lines(document, everything=True, is_stored=is_stored)
    return sum(len(_WORD.findall(line)) for line in lines)


def above_depth(document: Document) -> Document:
    """Return what stands above the depth: all that one needs to act."""
    kinds = [block["kind"] for block in document]
    return document[: kinds.index("depth")] if "depth" in kinds else document


def minutes(count: int) -> int:
    """Return how many whole minutes *count* words take to read."""
    return math.ceil(count / WORDS_A_MINUTE)


def _lines(
    document: Iterable[Block], *, everything: bool = False, is_stored: bool = False
) -> Iterator[str]:
    """Yield each line that counts, or with *everything* each line that is read."""
    plain = _html_lines if is_stored else _markdown_lines
    for block in document:
        left_out = _NOT_OURS - {"quote"} if everything else _NOT_OURS
        if block["kind"] in left_out:
            continue
        for leaf, value in leaves(block):
            if leaf is Leaf.RICH:
                yield from plain(value or "")
            elif leaf is Leaf.TABLE:
                head, rows = _stored_table(value) if is_stored else (value["head"], value["rows"])
                if everything:
                    yield from head
                for row in rows:
                    for cell in row:
                        yield from plain(cell or "")
            elif leaf is Leaf.PLAIN and (everything or block["kind"] == "ask"):
                yield str(value or "")


def _stored_table(value: Any) -> tuple[list[str], list[list[str]]]:
    value = value or {"columns": [], "rows": []}
    return (
        [column["heading"] for column in value["columns"]],
        [row["values"] for row in value["rows"]],
    )


def _markdown_lines(markdown: str) -> list[str]:
    return _html_lines(richtext.markdown_to_html(markdown))


def _html_lines(html: str) -> list[str]:
    """Return each paragraph and list item, with a short word for each mark."""
    return _MARK.sub("nn", richtext.plain(html)).splitlines()


def _sentences(line: str) -> int:
    """Return how many sentences *line* is; what stands after the last stop is one too."""
    ends = list(_END.finditer(line))
    rest = line[ends[-1].end() :] if ends else line
    return len(ends) + bool(_WORD.search(rest))


def _is_long(word: str) -> bool:
    return len(word.replace("-", "")) > LONG_WORD
