"""The vocabulary that editors own, read out of the database and made ready for use.

It is read when a process makes its catalogue anew, which it does at the next search after any
change (search.actions). A row that cannot be used is left out: search goes on without it.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from content.models import GlossaryTerm
from search.models import AcuteWord, CompoundPart, PartUse, PinnedResult, Synonym
from search.phrases import AcuteWords, Pins
from search.synonyms import SynonymError, SynonymRule, Synonyms, alike, parse_rule
from search.vocabulary import Vocabulary

logger = logging.getLogger("search")


RARE: Final = 10
"""A term whose rarest word stands in more passages than this finds its own pages: the glossary
adds nothing to it. Without a limit the glossary drowns what was asked for (docs/search.md)."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What editors have said about words, but for the parts of compounds."""

    rules: tuple[SynonymRule, ...] = ()
    glossary: tuple[SynonymRule, ...] = ()
    pins: Pins = Pins()  # noqa: RUF009  # it does not change
    acute: AcuteWords = AcuteWords()  # noqa: RUF009  # it does not change

    @property
    def words(self) -> frozenset[str]:
        """Every word of every rule."""
        return Synonyms(self.rules, also=self.glossary).words

    def synonyms(self, vocabulary: Vocabulary) -> Synonyms:
        """Return the rules, with the glossary's for words that the texts hardly hold."""
        return Synonyms(
            self.rules,
            also=self.glossary,
            needs_help=lambda source: min(map(vocabulary.frequency, source)) <= RARE,
        )


def read() -> Wording:
    """Return what holds now. Four queries."""
    return Wording(
        rules=rules(Synonym.objects.order_by("pk").values_list("text", flat=True)),
        glossary=tuple(_glossary_rules()),
        pins=pins(PinnedResult.objects.all()),
        acute=AcuteWords(AcuteWord.objects.values_list("word", flat=True)),
    )


def rules(lines: Iterable[str]) -> tuple[SynonymRule, ...]:
    """Return the rules of these lines."""
    return tuple(_rules(lines))


def pins(rows: Iterable[PinnedResult]) -> Pins:
    """Return these rows ready for look-up, each query's in their order."""
    ordered = sorted(rows, key=lambda row: (row.sort_order, row.pk or 0))
    return Pins((row.query, row.path) for row in ordered)


def _rules(lines: Iterable[str]) -> Iterator[SynonymRule]:
    for line in lines:
        try:
            yield parse_rule(line)
        except SynonymError:
            logger.warning("a synonym rule could not be used")


def _glossary_rules() -> Iterator[SynonymRule]:
    """Yield a rule for each word of the glossary and each of its synonyms, both ways.

    Two synonyms of a word do not stand for each other: "heder" and "HRV" both lead to the word, but
    all of them together would drown what was asked for (docs/search.md has the figures).
    """
    for term in GlossaryTerm.objects.exclude(synonyms="").order_by("pk"):
        for synonym in term.synonym_list:
            if rule := alike((term.term, synonym)):
                yield rule


def parts() -> dict[str, list[str]]:
    """Return the words that compounds are made of and those that are never parts, in order."""
    found: dict[str, list[str]] = {use.value: [] for use in PartUse}
    for word, use in CompoundPart.objects.order_by("word").values_list("word", "use"):
        found[use].append(word)
    return {use: sorted(words) for use, words in found.items()}
