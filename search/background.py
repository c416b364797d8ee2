"""What search does in the background, and how it tells whether it is well."""

import logging
from datetime import datetime, time

from portal import health, metrics
from portal.jobs.schedule import Daily, chore
from search import indexing
from search.models import SearchPassage

logger = logging.getLogger("search")


@health.part("search")
def is_built() -> str:
    """Tell whether there is anything to find."""
    return "ok" if SearchPassage.objects.exists() else "empty"


@metrics.gauge("portal_search_passages", "Passages that can be found.")
def passages() -> float:
    """Count what can be found."""
    return SearchPassage.objects.count()


@chore("check_search", label="Jämför sökindexet med sidorna", rhythm=Daily(time(3, 30)))
def check(at: datetime) -> str:
    """Compare the index with the pages, and make it anew when they differ.

    Every change of a page is followed at once, so a difference is a fault: it is put right, and
    told, so that someone finds out why.
    """
    drift = indexing.find_drift()
    if not drift:
        return ""
    count = sum(map(len, (drift.missing, drift.extra, drift.different, drift.engine)))
    logger.error("the search index differed from the pages", extra={"count": count})
    indexing.rebuild()
    return f"{count} fel rättade"
