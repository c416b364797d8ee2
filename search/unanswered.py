"""Searches that found nothing, counted so that editors learn which words the portal lacks.

Nothing here can tell who searched. A search is kept as a keyed hash and on how many days of a week
it was made; a day counts once, however often and by however many. So one person who tries again
and again in one sitting counts for one. When the days of all kept weeks are K, the next such search
leaves its words, unless they look like something about a person. Neither account, address nor time
of day is stored, and without the portal's secret key the hash cannot be tried against guesses.
"""

import logging
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import F, Max, Sum
from django.utils.crypto import salted_hmac

from search import swedish
from search.models import UnansweredSearch

logger = logging.getLogger("search")

K: Final = 5
"""On so many days a search must have been made before its words are kept."""

KEPT_WEEKS: Final = 12
MAX_A_WEEK: Final = 5_000
"""So many different searches are counted in a week. Whoever floods the portal fills no disk."""

MAX_WORDS: Final = 5
MAX_DIGITS: Final = 4
_DIGIT: Final = re.compile(r"\d")


def words_of(query: str) -> str:
    """Return a query's words and nothing else, in the form that they may be kept in."""
    return " ".join(found.word for found in swedish.tokenise(query) if found.word)


def digest_of(words: str) -> str:
    """Return the keyed hash of words, the same with and without diacritics."""
    return salted_hmac("search.unanswered", swedish.fold(words), algorithm="sha256").hexdigest()


def may_be_kept(query: str) -> bool:
    """Say whether the words are few, and neither an address of mail nor a number of a person.

    Four digits are a year or a paragraph; five may be a part of somebody's number.
    """
    return (
        "@" not in query
        and len(_DIGIT.findall(query)) <= MAX_DIGITS
        and 0 < len(words_of(query).split()) <= MAX_WORDS
    )


def note(query: str, *, today: date) -> None:
    """Count a search that found nothing. A fault here is no fault of the search."""
    words = words_of(query)
    if not any(not swedish.is_stop_word(word) for word in words.split()):
        return
    try:
        with transaction.atomic():
            _count(digest_of(words), words if may_be_kept(query) else "", today)
    except DatabaseError as error:
        logger.warning("a search could not be counted", extra={"error": type(error).__name__})


def _count(digest: str, words: str, today: date) -> None:
    week = today - timedelta(days=today.weekday())
    this_week = UnansweredSearch.objects.filter(digest=digest, week=week)
    # The condition makes one of two that come at the same time count.
    counted = this_week.filter(counted_on__lt=today).update(days=F("days") + 1, counted_on=today)
    if not counted:
        if this_week.exists():
            return
        if UnansweredSearch.objects.filter(week=week).count() >= MAX_A_WEEK:
            return
        UnansweredSearch.objects.bulk_create(
            [UnansweredSearch(digest=digest, week=week, counted_on=today)], ignore_conflicts=True
        )
    if words and _days(digest) >= K:
        this_week.update(words=words)


def _days(digest: str) -> int:
    found = UnansweredSearch.objects.filter(digest=digest).aggregate(days=Sum("days"))
    return found["days"] or 0


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Words that were searched for in vain, on how many days, and in which week last."""

    digest: str
    words: str
    days: int
    last_week: date


def report(limit: int = 100) -> list[Unanswered]:
    """Return what has been searched for in vain on K days or more, the most often first."""
    rows = (
        UnansweredSearch.objects.values("digest")
        .annotate(total=Sum("days"), said=Max("words"), last=Max("week"))
        .filter(total__gte=K)
        .exclude(said="")
        .order_by("-total", "said")[:limit]
    )
    return [Unanswered(row["digest"], row["said"], row["total"], row["last"]) for row in rows]


def forget(digest: str) -> None:
    """Remove a search that an editor has dealt with."""
    UnansweredSearch.objects.filter(digest=digest).delete()


@transaction.atomic
def purge(*, today: date) -> int:
    """Remove weeks that are too old, and words that the weeks left do not bear; return how many."""
    oldest = today - timedelta(days=today.weekday(), weeks=KEPT_WEEKS)
    count, _ = UnansweredSearch.objects.filter(week__lt=oldest).delete()
    bare = UnansweredSearch.objects.values("digest").annotate(total=Sum("days")).filter(total__lt=K)
    UnansweredSearch.objects.filter(digest__in=bare.values("digest")).exclude(words="").update(
        words=""
    )
    return count
