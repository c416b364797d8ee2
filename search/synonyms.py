"""Words that mean the same to a person who searches, as rules that editors can read and write.

A rule is one line of text. `dagis, förskola` works both ways: each term finds the others.
`soc => socialtjänst` works one way: a person who writes the left finds the right as well, but not
the reverse, because the right means more than the left.

Rules are applied to the query only, so a changed rule works on the next search.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import yaml

from search import swedish

MAX_TERM_LENGTH: Final = 80
MAX_WORDS: Final = 6
TWO_WAY_WEIGHT: Final = 0.84
ONE_WAY_WEIGHT: Final = 0.6

type RootSequence = tuple[str, ...]


class SynonymError(ValueError):
    """A rule cannot be used; the message says why, in words an editor can act on."""


@dataclass(frozen=True, slots=True)
class SynonymRule:
    """One line of the vocabulary. With no `targets`, every term finds every other."""

    terms: tuple[str, ...]
    targets: tuple[str, ...] = ()

    def __str__(self) -> str:
        line = ", ".join(self.terms)
        return f"{line} => {', '.join(self.targets)}" if self.targets else line


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a term of the query also looks for, and how much that counts against the term itself."""

    terms: RootSequence
    weight: float


def parse_rule(line: str) -> SynonymRule:
    """Read one rule, or raise SynonymError saying what is wrong with it.

    Forms of one word may stand side by side; a rule is only refused when nothing else is in it.
    """
    left, arrow, right = line.partition("=>")
    if "=>" in right:
        raise SynonymError("pilen => får bara stå en gång")
    terms = _terms(left)
    if not arrow:
        if len(terms) < 2:
            raise SynonymError("skriv minst två ord eller uttryck med komma emellan")
        if len(set(map(_key, terms))) < 2:
            raise SynonymError(f"”{terms[0]}” och ”{terms[1]}” är redan samma sak för sökningen")
        return SynonymRule(terms)
    targets = _terms(right)
    if not terms or not targets:
        raise SynonymError("skriv något på båda sidor om pilen =>")
    if set(map(_key, targets)) <= set(map(_key, terms)):
        raise SynonymError(f"”{targets[0]}” är redan samma sak som det som står före pilen =>")
    return SynonymRule(terms, targets)


def _terms(text: str) -> tuple[str, ...]:
    """Split one side of a rule into its terms and check each."""
    if not text.strip():
        return ()
    terms = [" ".join(raw.split()) for raw in text.split(",")]
    for term in terms:
        if not term:
            raise SynonymError("det saknas ett ord mellan två komman")
        if len(term) > MAX_TERM_LENGTH or not term.isprintable():
            raise SynonymError(f"ett uttryck får ha högst {MAX_TERM_LENGTH} vanliga tecken")
        if not _key(term):
            raise SynonymError(f"”{term}” har inget ord att söka på")
        if len(_key(term)) > MAX_WORDS:
            raise SynonymError(f"”{term}” har fler än {MAX_WORDS} ord")
    return tuple(terms)


def alike(terms: Iterable[str]) -> SynonymRule | None:
    """Return a rule that works both ways between those of the terms that can be used, if any.

    For words that were not written as a rule; so a term that cannot be used is no fault.
    """
    found: dict[RootSequence, str] = {}
    for term in terms:
        words = " ".join(term.split())
        key = _key(words)
        if 0 < len(key) <= MAX_WORDS and len(words) <= MAX_TERM_LENGTH:
            found.setdefault(key, words)
    return SynonymRule(tuple(found.values())) if len(found) > 1 else None


def _key(term: str) -> RootSequence:
    """Give what a term is compared by: its roots in order, stop words left out."""
    return tuple(swedish.roots(term))


def load_rules(path: Path) -> list[SynonymRule]:
    """Read a YAML file with a list of rules, or raise SynonymError with file, line and fault."""
    try:
        document = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise SynonymError(f"{path}, rad {line}: filen går inte att läsa som YAML") from error
    if document is None:
        return []
    if not isinstance(document, yaml.SequenceNode):
        raise SynonymError(f"{path}, rad 1: filen ska vara en lista med en regel på varje rad")
    rules: list[SynonymRule] = []
    for node in document.value:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.ScalarNode):
            raise SynonymError(f"{path}, rad {line}: regeln ska vara en rad text")
        try:
            rules.append(parse_rule(node.value))
        except SynonymError as fault:
            raise SynonymError(f"{path}, rad {line}: {fault}") from fault
    return rules


def _words(rule: SynonymRule) -> Iterator[str]:
    for term in (*rule.terms, *rule.targets):
        for token in swedish.tokenise(term):
            yield token.word


def _pairs(rule: SynonymRule) -> Iterator[tuple[RootSequence, RootSequence, float]]:
    """Yield what stands for what, and how much it counts."""
    sources = [_key(term) for term in rule.terms]
    targets = [_key(term) for term in rule.targets] or sources
    weight = ONE_WAY_WEIGHT if rule.targets else TWO_WAY_WEIGHT
    for source in sources:
        for target in targets:
            if target != source:
                yield source, target, weight


class Synonyms:
    """The rules made ready for look-up. It does not change: new rules make a new one."""

    def __init__(
        self,
        rules: Iterable[SynonymRule] = (),
        *,
        also: Iterable[SynonymRule] = (),
        needs_help: Callable[[RootSequence], bool] = lambda source: True,
    ) -> None:
        """Take the rules, and others that say nothing of two terms which a rule speaks of.

        With *needs_help*, the others speak only of terms that it is true for.
        """
        found: dict[RootSequence, dict[RootSequence, float]] = {}
        words: set[str] = set()
        for rule in rules:
            words.update(_words(rule))
            for source, target, weight in _pairs(rule):
                expansions = found.setdefault(source, {})
                expansions[target] = max(weight, expansions.get(target, 0.0))
        settled = {
            frozenset((source, target)) for source, targets in found.items() for target in targets
        }
        for rule in also:
            words.update(_words(rule))
            for source, target, weight in _pairs(rule):
                if frozenset((source, target)) not in settled and needs_help(source):
                    found.setdefault(source, {})[target] = weight
        self._expansions: Final[Mapping[RootSequence, tuple[Expansion, ...]]] = MappingProxyType(
            {
                source: tuple(Expansion(target, weight) for target, weight in targets.items())
                for source, targets in found.items()
            }
        )
        self.longest: Final = max(map(len, self._expansions), default=0)
        self.words: Final = frozenset(words)

    def of(self, terms: RootSequence) -> tuple[Expansion, ...]:
        """Give what these roots, taken together, also stand for."""
        return self._expansions.get(terms, ())
