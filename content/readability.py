"""How hard a text is to read, and how long it takes.

LIX is the mean number of words in a sentence plus the share of long words in per cent. Under 30 is
easy, 40 to 50 is what a newspaper or an authority writes, over 60 is research.

Everything here takes a portable document (content.documents) and asks nothing of the database.
"""

import math
import re
from collections.abc import Iterable, Iterator

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


def words(document: Iterable[Block]) -> int:
    """Return how many words there are to read in *document*, titles and quotations too.

    Contacts and figures are left out: one looks at them when one needs them.
    """
    return sum(len(_WORD.findall(line)) for line in _lines(document, everything=True))


def above_depth(document: Document) -> Document:
    """Return what stands above the depth: all that one needs to act."""
    kinds = [block["kind"] for block in document]
    return document[: kinds.index("depth")] if "depth" in kinds else document


def minutes(count: int) -> int:
    """Return how many whole minutes *count* words take to read."""
    return math.ceil(count / WORDS_A_MINUTE)


def plain_lines(markdown: str) -> list[str]:
    """Return the paragraphs and list items of *markdown* as plain words; marks are kept."""
    return richtext.plain(richtext.markdown_to_html(markdown)).splitlines()


def _lines(document: Iterable[Block], *, everything: bool = False) -> Iterator[str]:
    """Yield each line, with a short word for each mark."""
    for block in document:
        left_out = _NOT_OURS - {"quote"} if everything else _NOT_OURS
        if block["kind"] in left_out:
            continue
        for leaf, value in leaves(block):
            if leaf is Leaf.RICH:
                yield from map(_without_marks, plain_lines(value or ""))
            elif leaf is Leaf.TABLE:
                if everything:
                    yield from value["head"]
                for row in value["rows"]:
                    for cell in row:
                        yield from map(_without_marks, plain_lines(cell))
            elif leaf is Leaf.PLAIN and (everything or block["kind"] == "ask"):
                yield str(value or "")


def _without_marks(line: str) -> str:
    return _MARK.sub("nn", line)


def _sentences(line: str) -> int:
    """Return how many sentences *line* is; what stands after the last stop is one too."""
    ends = list(_END.finditer(line))
    rest = line[ends[-1].end() :] if ends else line
    return len(ends) + bool(_WORD.search(rest))


def _is_long(word: str) -> bool:
    return len(word.replace("-", "")) > LONG_WORD
