"""Turn a passage into what an engine stores, the same for every engine."""

from dataclasses import dataclass

from search import swedish
from search.compounds import Lexicon


@dataclass(frozen=True, slots=True)
class AnalysedPassage:
    """Roots with a space between: of title, heading and body, and the compound parts of each.

    The parts stand apart from the whole words, so that a part can count for less.
    """

    t: str
    h: str
    b: str
    tp: str
    hp: str
    bp: str


def analyse_passage(
    title: str, heading: str, body: str, keywords: str, *, lexicon: Lexicon
) -> AnalysedPassage:
    """Reduce a passage to roots and compound parts; the keywords go with the title."""
    t, tp = _roots_and_parts(f"{title}\n{keywords}", lexicon)
    h, hp = _roots_and_parts(heading, lexicon)
    b, bp = _roots_and_parts(body, lexicon)
    return AnalysedPassage(t, h, b, tp, hp, bp)


def _roots_and_parts(text: str, lexicon: Lexicon) -> tuple[str, str]:
    whole: list[str] = []
    parts: list[str] = []
    for token in swedish.tokenise(text):
        if swedish.is_stop_word(token.word):
            continue
        root = swedish.root(token.word)
        whole.append(root)
        parts += [part for part in lexicon.split(token.word) if part != root]
    return " ".join(whole), " ".join(parts)
