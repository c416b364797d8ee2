"""Show where a hit is: the best stretch of a text with the found words marked.

The text is cut, each slice is escaped, and `<mark>` is the only markup that is added. Nothing of
the query gets into the output.
"""

import html
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from search import swedish
from search.compounds import Lexicon
from search.plan import QueryPlan, RootSequence

SNIPPET_LENGTH: Final = 220
MAX_TEXT_LENGTH: Final = 20_000
"""Only this much of a passage is looked at; passages are sections, far shorter than this."""

_REPEAT_VALUE: Final = 0.1
_LEAD_IN: Final = 40
_SENTENCE_ENDS: Final = ".!?:\n"


class _Span(NamedTuple):
    """A found word or phrase in a text, and what it is worth."""

    start: int
    end: int
    value: float
    terms: RootSequence


def mark(text: str, plan: QueryPlan, lexicon: Lexicon) -> str:
    """Give the whole text as HTML with what the plan looks for marked; for titles and headings."""
    text = text[:MAX_TEXT_LENGTH]
    return _render(text, 0, len(text), _spans(text, plan, lexicon))


def snippet(text: str, plan: QueryPlan, lexicon: Lexicon, *, length: int = SNIPPET_LENGTH) -> str:
    """Give the stretch of the text that holds most of what the plan looks for, as HTML.

    When nothing is found it is the beginning. "…" shows where the text goes on.
    """
    text = text[:MAX_TEXT_LENGTH]
    spans = _spans(text, plan, lexicon)
    start, end = _window(text, spans, length)
    before = "…" if text[:start].strip() else ""
    after = "…" if text[end:].strip() else ""
    return before + _render(text, start, end, spans) + after


def _spans(text: str, plan: QueryPlan, lexicon: Lexicon) -> list[_Span]:
    """Find the words and phrases of the plan in the text, in order and without overlap."""
    values = {found.terms: found.weight * found.rarity for found in plan.alternatives}
    if not values:
        return []
    longest = max(map(len, values))
    words = [token for token in swedish.tokenise(text) if not swedish.is_stop_word(token.word)]
    roots = [swedish.root(token.word) for token in words]
    spans: list[_Span] = []
    position = 0
    while position < len(words):
        for length in range(min(longest, len(words) - position), 1, -1):
            terms = tuple(roots[position : position + length])
            start, end = words[position].start, words[position + length - 1].end
            if terms in values and end - start <= SNIPPET_LENGTH:
                spans.append(_Span(start, end, values[terms], terms))
                position += length
                break
        else:
            token = words[position]
            parts = lexicon.split(token.word)
            found = [(part,) for part in (roots[position], *parts) if (part,) in values]
            if found:
                best = max(found, key=lambda terms: values[terms])
                spans.append(_Span(token.start, token.end, values[best], best))
            position += 1
    return spans


def _window(text: str, spans: Sequence[_Span], length: int) -> tuple[int, int]:
    """Choose the stretch with the highest value; a word that comes again adds little."""
    if len(text) <= length:
        return 0, len(text)
    best_value = 0.0
    best_first = best_last = -1
    seen: Counter[RootSequence] = Counter()
    value = 0.0
    first = 0
    for last, span in enumerate(spans):
        value += span.value * _share(seen[span.terms])
        seen[span.terms] += 1
        while span.end - spans[first].start > length and first < last:
            left = spans[first]
            seen[left.terms] -= 1
            value -= left.value * _share(seen[left.terms])
            first += 1
        if value > best_value + 1e-9:
            best_value, best_first, best_last = value, first, last
    if best_first < 0:
        return 0, _word_end(text, 0, length)
    return _around(text, spans[best_first].start, spans[best_last].end, length)


def _share(times_before: int) -> float:
    """Say how much of its value a word adds that stands in the stretch so many times already."""
    return (1.0, _REPEAT_VALUE)[times_before] if times_before < 2 else 0.0


def _around(text: str, start: int, end: int, length: int) -> tuple[int, int]:
    """Widen a stretch to whole words and, when there is room, back to where its sentence begins."""
    room = max(0, length - (end - start))
    lead_in = min(room, start, max(_LEAD_IN, room // 2))
    sentence = max(text.rfind(mark, start - lead_in, start) for mark in _SENTENCE_ENDS)
    if sentence >= 0:
        begin = sentence + 1
    elif start <= lead_in:
        begin = 0
    else:
        space = text.find(" ", start - min(lead_in, _LEAD_IN), start)
        begin = space + 1 if space >= 0 else start
    while begin < start and text[begin].isspace():
        begin += 1
    return begin, _word_end(text, max(end, begin + 1), begin + length)


def _word_end(text: str, at_least: int, at_most: int) -> int:
    """Give the last place up to `at_most` where the text can be cut without splitting a word."""
    if at_most >= len(text):
        return len(text)
    space = max(text.rfind(" ", at_least, at_most + 1), text.rfind("\n", at_least, at_most + 1))
    return space if space >= 0 else max(at_least, at_most)


def _render(text: str, start: int, end: int, spans: Sequence[_Span]) -> str:
    """Escape the stretch slice by slice and put `<mark>` round the spans that lie in it."""
    pieces: list[str] = []
    position = start
    for span in spans[bisect_left(spans, start, key=lambda span: span.start) :]:
        if span.end > end:
            break
        pieces += [
            html.escape(text[position : span.start]),
            "<mark>",
            html.escape(text[span.start : span.end]),
            "</mark>",
        ]
        position = span.end
    pieces.append(html.escape(text[position:end]))
    return "".join(pieces)
