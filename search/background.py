"""What search does in the background, and how it tells whether it is well."""

import logging
import uuid
from datetime import datetime, time, timedelta

from django.utils import timezone

from portal import health, metrics
from portal.jobs import actions
from portal.jobs.kinds import Run, kind
from portal.jobs.schedule import Daily, Every, chore
from search import indexing, mirror, unanswered
from search.models import SearchPassage, UnsentChange

logger = logging.getLogger("search")


@health.part("search")
def is_built() -> str:
    """Tell whether there is anything to find."""
    return "ok" if SearchPassage.objects.exists() else "empty"


@health.part("search_engine")
def answers() -> str:
    """Tell who answers: the database by itself, Elasticsearch, or the database in its stead."""
    if not mirror.is_used():
        return "embedded"
    return "elasticsearch" if mirror.is_well() else "reserve"


@metrics.gauge("portal_search_passages", "Passages that can be found.")
def passages() -> float:
    """Count what can be found."""
    return SearchPassage.objects.count()


@metrics.gauge("portal_search_elasticsearch_up", "Whether searches are Elasticsearch's to answer.")
def is_elasticsearch_up() -> float | None:
    """Tell whether Elasticsearch answers and has everything; nothing where there is none."""
    return float(mirror.is_well()) if mirror.is_used() else None


@metrics.gauge("portal_search_unsent", "Changed passages that Elasticsearch has not been told of.")
def unsent() -> float | None:
    """Count them; nothing where there is no Elasticsearch."""
    return UnsentChange.objects.count() if mirror.is_used() else None


@kind("follow_parts")
def follow_parts(run: Run) -> None:
    """Take the parts of compounds that editors have changed into use."""
    indexing.follow_parts()


def parts_changed(*, at: datetime) -> None:
    """Have the index made anew with other parts, once this transaction is through.

    Each change asks for itself. Whoever comes first does the work of all, and the others find that
    nothing is left to do.
    """
    actions.enqueue(
        kind=follow_parts,
        key=uuid.uuid4().hex,
        at=at,
        label="Tar nya delar av sammansatta ord i bruk",
    )


@chore(
    "mirror_search",
    label="Skickar ändringar till Elasticsearch",
    rhythm=Every(timedelta(minutes=1)),
)
def keep_mirror(at: datetime) -> str:
    """Send what a killed process or an absent server left, or make the whole copy.

    That the server is away is no failure of the chore: search goes on, and health tells of it.
    """
    if not mirror.is_used():
        return ""
    try:
        return mirror.catch_up()
    except mirror.Unavailable as fault:
        return f"Elasticsearch svarar inte: {fault.kind}"


@chore("check_search", label="Jämför sökindexet med sidorna", rhythm=Daily(time(3, 30)))
def check(at: datetime) -> str:
    """Compare the index with the pages, and make it anew when they differ.

    Every change of a page is followed at once, so a difference is a fault: it is put right, and
    told, so that someone finds out why.
    """
    drift = indexing.find_drift()
    count = sum(map(len, (drift.missing, drift.extra, drift.different, drift.engine)))
    if drift:
        logger.error("the search index differed from the pages", extra={"count": count})
        indexing.rebuild()
    elif mirror.is_used():
        count = _check_mirror()
    return f"{count} fel rättade" if count else ""


def _check_mirror() -> int:
    """Compare the copy in Elasticsearch too, and make it anew when it differs; return how much.

    After a rebuild of the index the copy is made anew anyway, and one that is away is waited for.
    """
    try:
        count = len(mirror.find_drift())
        if count:
            logger.error("Elasticsearch's copy differed from the index", extra={"count": count})
            mirror.rebuild()
    except mirror.Unavailable:
        return 0
    return count


@chore(
    "purge_searches",
    label="Tar bort gamla sökningar utan träff",
    rhythm=Daily(time(3, 40)),
)
def purge_searches(at: datetime) -> str:
    """Remove the counts of searches without a hit that are older than they may be."""
    count = unanswered.purge(today=timezone.localdate(at))
    return f"{count} rader" if count else ""
