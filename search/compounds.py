"""Swedish compounds: take "orosanmälningsblankett" apart into oro, anmälning and blankett.

A part is a word of the portal's own texts or one of the curated words below. Swedish glues parts
with an s, swaps a vowel or drops one (kvinna → kvinno-, skola → skol-); the splitter knows those
joints. The curated list matters for words that the texts use only inside compounds, and for the
few three-letter parts; every other three-letter word would find itself everywhere.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Self

from search import swedish

SHORTEST_COMPOUND: Final = 7
LONGEST_COMPOUND: Final = 45
SHORTEST_PART: Final = 3
SHORTEST_CORPUS_PART: Final = 4
SHORTEST_CORPUS_ROOT: Final = 5

CURATED_PARTS: Final = frozenset(
    swedish.word_list("""
    aga barn bror gps hem hot kön lag mor mål oro råd sex vän våld vård
    aktivitet akut alkohol ansvar anhörig anmälan anställd ansökan arbete avdelning avtal
    barndom bedömning behandling beroende beslut besök bild bistånd blankett boende bolag bostad
    brott budget center central chef
    demens djur domstol dotter drog
    ekonomi elev enhet evenemang
    familj fest flicka flykting folk fritid fråga fullmakt förbud föräldrar förhör förskola
    förvaltning grupp granne gård
    handel heder helg hjälp hälsa hämnd
    ideell identitet idrott indikator insats integritet internet intyg
    jobb jour journal kamera klinik kollega kommun kompis konto kontakt kontroll kropp kränkning
    kultur kunskap kurator kurs kvinna
    ledare lektion linje lokal lägenhet läkare lärare
    makt mamma medarbetare metod miljö misshandel missbruk mobil mottagning människa
    nämnd nätverk omsorg område oskuld
    pappa partner pedagog pengar person personal plan plikt pojke polis prevention program
    rapport relation resa risk rutin rätt
    samhälle samtal samverkan samtycke sekretess skada skola skuld skydd skyldighet social
    språk stad station statistik strypning styrelse stympning stöd syskon syster säkerhet
    tecken telefon test tjej tjänst tolk trakasserier tvist tvång tystnad
    umgänge uppdrag uppgift uppföljning utbildning utredning utövare
    verksamhet vittne vuxen vårdnad vägledning ålder åtgärd äktenskap äldre ärende övergrepp
    övervakning
    """)
)
"""Words of the field that other words are built of, written down so that they are always known."""

BLOCKED_PARTS: Final = frozenset(
    swedish.word_list("""
    anta antal bara bart dela egen enda ersätt fort fram full föra förs gång gäll gälla ihop illa
    inga ingar inne isering kring kunde land landen lika ling mera miss nara nämn nära rela relat
    rens ring runt samma samt sina skap sker slag sten ting tion tioner under upprä upps utan utom
    vara verka vill värd åker åter över
    """)
)
"""Words of a text that are mostly endings or beginnings when they stand inside another word."""


class Lexicon:
    """The words that compounds may be made of. A lexicon does not change; make a new one."""

    def __init__(
        self,
        parts: Mapping[str, str],
        *,
        stems: Mapping[str, str] | None = None,
        never: Iterable[str] = (),
    ) -> None:
        """Take `parts`, from how a part is spelled to its root.

        `stems` says what the root of an inflected last part leads to; left out, to itself.
        `never` are spellings that are no part, whatever their root.
        """
        self.parts: Final = MappingProxyType(dict(parts))
        self._stems: Final = dict(stems or {stem: stem for stem in parts.values()})
        self._never: Final = frozenset(never)
        self.split: Final = lru_cache(maxsize=50_000)(self._split)

    @classmethod
    def from_texts(
        cls,
        texts: Iterable[str],
        *,
        curated: Collection[str] = CURATED_PARTS,
        blocked: Collection[str] = BLOCKED_PARTS,
    ) -> Self:
        """Build a lexicon from the words of the texts, the curated parts and their roots."""
        words = {token.word for text in texts for token in swedish.tokenise(text)}
        parts: dict[str, str] = {}
        for word in words:
            # "kvinno- och mansjour": what is left of a compound is no word of its own
            whole = f"{word[:-1]}a"
            is_joint = word.endswith("o") and (whole in words or whole in curated)
            if not word.isalpha() or swedish.is_stop_word(word) or is_joint:
                continue
            stem = swedish.root(word)
            if len(word) >= SHORTEST_CORPUS_PART and len(stem) >= SHORTEST_CORPUS_PART:
                parts[word] = stem
            if len(stem) >= SHORTEST_CORPUS_ROOT:
                parts[stem] = stem
        for word in curated:
            stem = swedish.root(word)
            parts[word] = stem
            if len(stem) >= SHORTEST_CORPUS_PART:
                parts[stem] = stem
        never = {*blocked, *swedish.SUFFIXES}
        return cls({part: parts[part] for part in parts.keys() - never}, never=never)

    def folded(self) -> "Lexicon":
        """Give the same lexicon for words written without their diacritics."""
        return Lexicon(
            {swedish.fold(part): root for part, root in self.parts.items()},
            stems={swedish.fold(stem): root for stem, root in self._stems.items()},
            never=map(swedish.fold, self._never),
        )

    def _split(self, word: str) -> tuple[str, ...]:
        """Give the roots of the parts of a compound in order, or nothing when it is no compound.

        The cheapest cut wins: few parts, and long ones.
        """
        length = len(word)
        if not SHORTEST_COMPOUND <= length <= LONGEST_COMPOUND or not word.isalpha():
            return ()
        best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
        for start in range(length - SHORTEST_PART + 1):
            if start not in best:
                continue
            cost, before = best[start]
            for end in range(start + SHORTEST_PART, length + 1):
                if start == 0 and end == length:
                    continue
                part = word[start:end]
                found = self._last(part) if end == length else self._joined(part)
                if found is None:
                    continue
                total = cost + _cost(part, exact=part in self.parts)
                if end not in best or total < best[end][0]:
                    best[end] = (total, (*before, found))
        return best[length][1] if length in best else ()

    def longest_start(self, word: str) -> str | None:
        """Give the root of the longest known part that an otherwise unknown word begins with."""
        for end in range(len(word) - SHORTEST_PART, SHORTEST_CORPUS_PART - 1, -1):
            if (found := self._joined(word[:end])) is not None:
                return found
        return None

    def longest_end(self, word: str) -> str | None:
        """Give the root of the longest known part that an otherwise unknown word ends with."""
        for start in range(SHORTEST_PART, len(word) - SHORTEST_CORPUS_PART + 1):
            if (found := self._last(word[start:])) is not None:
                return found
        return None

    def _last(self, part: str) -> str | None:
        """Look up the last part of a compound, which may carry an ending of its own."""
        if part in self.parts:
            return self.parts[part]
        stem = swedish.root(part)
        if part in self._never or stem in self._never:
            return None
        is_long_enough = len(stem) >= SHORTEST_CORPUS_PART or len(part) >= SHORTEST_CORPUS_ROOT
        return self._stems.get(stem) if is_long_enough else None

    def _joined(self, part: str) -> str | None:
        """Look up a part that another follows, past the joint between them."""
        if part in self.parts:
            return self.parts[part]
        if part in self._never:
            return None
        tries: list[str] = []
        if len(part) > SHORTEST_PART and part.endswith("s"):
            tries.append(part[:-1])
        if len(part) > SHORTEST_CORPUS_PART and part[-1] in "oue":
            tries += [part[:-1] + "a", part[:-1]]
        if len(part) >= SHORTEST_CORPUS_PART:
            tries += [part + "a", part + "e"]
        for spelling in tries:
            if spelling in self.parts:
                return self.parts[spelling]
        return None


def _cost(part: str, *, exact: bool) -> float:
    """Say what a part costs: short ones and changed ones are found by chance more often."""
    length_cost = 1.6 if len(part) <= 3 else 1.25 if len(part) == 4 else 1.0
    return length_cost if exact else length_cost + 0.1
