"""Measure how good the answers are, against searches that people have judged.

A judged file has two columns with a tab between and a header row: the query, and the pages that
answer it with a grade, `path:grade` with spaces between. Grade 3 is the page one wants, 0 is none.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

HEADER: Final = "query\tjudgments"
MAX_GRADE: Final = 3
GOOD_ENOUGH: Final = 2
"""The grade of a page that somebody who searched would be content with."""

_TRAINING: Final = "utbildning"
_ENGLISH: Final = "en"
_EASY_READ: Final = "lattlast"


class JudgmentError(ValueError):
    """A judged file cannot be read; the message names file, line and fault."""


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query and how well each page answers it."""

    query: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures over a set of judged queries."""

    ndcg10: float
    mrr: float
    zero_hit_rate: float
    queries: int


def page_of(path: str) -> str:
    """Give the page a path is judged as.

    A lesson counts as its module, an anchor as its page, an easy-read twin and a translation as
    the page they say the same as.
    """
    segments = [segment for segment in path.partition("#")[0].split("/") if segment]
    if segments and segments[0] == _ENGLISH:
        del segments[0]
    if len(segments) > 1 and segments[-1] == _EASY_READ:
        del segments[-1]
    if segments and segments[0] == _TRAINING:
        segments = segments[:2]
    return "/".join(segments)


def load_judged(path: Path) -> list[JudgedQuery]:
    """Read a judged file, or raise JudgmentError."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0].strip() != HEADER:
        raise JudgmentError(f"{path}, rad 1: rubrikraden ska vara ”query<tab>judgments”")
    judged: list[JudgedQuery] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        query, tab, judgments = line.partition("\t")
        if not tab or not query.strip():
            raise JudgmentError(f"{path}, rad {number}: sökningen och sidorna skiljs av en tabb")
        try:
            judged.append(JudgedQuery(query.strip(), _grades(judgments)))
        except JudgmentError as fault:
            raise JudgmentError(f"{path}, rad {number}: {fault}") from fault
    return judged


def answerable(judged: Iterable[JudgedQuery], paths: Iterable[str]) -> list[JudgedQuery]:
    """Give the searches that one of *paths* answers well, judged by these pages alone."""
    here = set(map(page_of, paths))
    restricted = [
        JudgedQuery(one.query, {page: grade for page, grade in one.grades.items() if page in here})
        for one in judged
    ]
    return [one for one in restricted if max(one.grades.values(), default=0) >= GOOD_ENOUGH]


def _grades(judgments: str) -> Mapping[str, int]:
    grades: dict[str, int] = {}
    for judgment in judgments.split():
        path, colon, grade = judgment.rpartition(":")
        page = page_of(path)
        if not colon or not page or grade not in map(str, range(MAX_GRADE + 1)):
            raise JudgmentError(f"”{judgment}” ska vara sida:betyg med betyg 0–{MAX_GRADE}")
        grades[page] = max(int(grade), grades.get(page, 0))
    return MappingProxyType(grades)


def ranked_pages(paths: Iterable[str]) -> list[str]:
    """Turn result paths into judged pages, each once at its best rank."""
    return list(dict.fromkeys(page_of(path) for path in paths))


def ndcg10(paths: Sequence[str], grades: Mapping[str, int]) -> float:
    """Compare the first ten pages with the best order there is: 1 is perfect, gain 2^grade - 1."""
    best = _discounted(sorted(grades.values(), reverse=True))
    if not best:
        return 0.0
    return _discounted([grades.get(page, 0) for page in ranked_pages(paths)]) / best


def _discounted(grades: Sequence[int]) -> float:
    return sum(
        float(2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades[:10], start=1)
    )


def reciprocal_rank(paths: Sequence[str], grades: Mapping[str, int]) -> float:
    """Give 1 divided by the rank of the first page that answers at all, 0 when none does."""
    for rank, page in enumerate(ranked_pages(paths), start=1):
        if grades.get(page, 0) > 0:
            return 1 / rank
    return 0.0


def evaluate(judged: Sequence[JudgedQuery], search: Callable[[str], Sequence[str]]) -> Evaluation:
    """Run every judged query through `search`, which gives paths in order, and sum up."""
    if not judged:
        return Evaluation(0.0, 0.0, 0.0, 0)
    results = [(search(query.query), query.grades) for query in judged]
    count = len(results)
    return Evaluation(
        ndcg10=sum(ndcg10(paths, grades) for paths, grades in results) / count,
        mrr=sum(reciprocal_rank(paths, grades) for paths, grades in results) / count,
        zero_hit_rate=sum(not paths for paths, _ in results) / count,
        queries=count,
    )
