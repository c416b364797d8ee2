"""Keeping Elasticsearch's copy of the index as the database is, and asking it.

The database holds the truth, and its own engine can always answer. Elasticsearch may be away, slow
or wrong: nothing that is stored or shown depends on it.

A change is noted in the transaction that makes it (UnsentChange) and sent after the commit; what
could not be sent is sent by the chore in search.background. While a note is left, and while the
copy is being made, the database's own engine answers, so a search never gives the day before.

An index is made for one lexicon, and found by an alias that names the lexicon. So a plan never
meets passages that were analysed otherwise than itself.
"""

import logging
import secrets
import time
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from functools import lru_cache
from importlib import import_module
from itertools import batched
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from portal.env import SearchServer
from search.compounds import Lexicon
from search.engines.elasticsearch import (
    FORM,
    ElasticsearchEngine,
    WriteRefused,
    create,
    is_searched,
)
from search.lexicons import lexicon_of
from search.models import SearchPassage, SearchState, UnsentChange
from search.plan import QueryPlan
from search.records import Hit, Passage

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from elasticsearch import Elasticsearch

logger = logging.getLogger("search")

SEARCH_WITHIN: Final = 0.5
"""Seconds that a reader waits for Elasticsearch before the database answers instead."""
SEND_WITHIN: Final = 2.0
"""Seconds for each message about a change; whoever publishes a page waits for it."""
BUILD_WITHIN: Final = 30.0
"""Seconds for each message while the whole copy is made."""
REST: Final = 10.0
"""Seconds that a server which failed is left in peace, while nobody waits for it."""
ORPHAN_AFTER: Final = 3600.0
"""Seconds after which an index that nobody searches in is one that was never finished."""

_BATCH: Final = 500
_MAX_ROUNDS: Final = 5
_TOLD: Final = frozenset({400, 404})
"""Answers that are about the question and not about the server."""


class Unavailable(Exception):
    """Elasticsearch is not used, does not answer in time, or refuses. `kind` says which, in a code
    without a word of what was asked.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


# --- Asking -------------------------------------------------------------------------------------


class Fuse:
    """Remembers that the server failed, so that the next reader need not find out by waiting.

    After a rest one question is let through, and the others still do not wait for it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._rests_until = 0.0

    def is_blown(self) -> bool:
        """Return whether the server is left in peace for now."""
        return time.monotonic() < self._rests_until

    def let_through(self) -> bool:
        """Return whether to ask; after a rest only the first who wants to may."""
        with self._lock:
            now = time.monotonic()
            if now < self._rests_until:
                return False
            if self._rests_until:
                self._rests_until = now + REST
            return True

    def blow(self) -> bool:
        """Note that the server failed; return whether it is news."""
        with self._lock:
            is_news = not self._rests_until
            self._rests_until = time.monotonic() + REST
            return is_news

    def mend(self) -> None:
        """Note that the server answered."""
        self._rests_until = 0.0


@lru_cache(maxsize=1)
def _connection(server: SearchServer) -> "tuple[Elasticsearch, Fuse]":
    from elasticsearch import Elasticsearch  # see get_ready

    own_authority: dict[str, Any] = {"ca_certs": server.authority} if server.authority else {}
    client = Elasticsearch(
        server.url,
        basic_auth=(server.user, server.password) if server.user else None,
        **own_authority,
        max_retries=0,
        retry_on_timeout=False,
        connections_per_node=16,
    )
    return client, Fuse()


def is_used() -> bool:
    """Return whether this installation has an Elasticsearch."""
    return settings.ELASTICSEARCH is not None


def get_ready() -> None:
    """Import the client where it is used, so that no reader waits for that: it takes half a second.

    Elsewhere it is never imported, and its 27 MB are saved in every process.
    """
    if is_used():
        import_module("elasticsearch")


def forget() -> None:
    """Begin anew with the server: what is remembered of how it has answered is dropped."""
    _connection.cache_clear()


def ask[T](work: "Callable[[Elasticsearch], T]", *, within: float, always: bool = False) -> T:
    """Return what *work* gets from the server. Raises Unavailable within so many seconds, and
    WriteRefused when the server takes the question but not a passage.

    A server that has just failed is not asked, unless *always*. The work must not touch the
    database: it is done in a thread, so that the time holds whatever the network does.
    """
    if settings.ELASTICSEARCH is None:
        raise Unavailable("not used")
    client, fuse = _connection(settings.ELASTICSEARCH)
    if not always and not fuse.let_through():
        raise Unavailable("resting")
    try:
        answer = _in_time(lambda: work(client.options(request_timeout=within)), within)
    except Exception as error:
        kind = _kind(error)
        if isinstance(error, WriteRefused):
            fuse.mend()
            raise
        if getattr(error, "status_code", 0) in _TOLD:
            fuse.mend()
        elif fuse.blow():
            logger.warning(
                "Elasticsearch does not answer as it should; the database's engine does",
                extra={"outcome": kind},
            )
        # Without the cause: its text and frames hold what was asked.
        raise Unavailable(kind) from None
    fuse.mend()
    return answer


def _in_time[T](work: Callable[[], T], seconds: float) -> T:
    """Return what *work* returns, or raise TimeoutError. A thread that hangs is left behind.

    The client's own timeout is for each step: looking the name up has none, and a server that
    sends a byte now and then is never late.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  # raised again by whoever waits
            future.set_exception(error)

    Thread(target=run, name="elasticsearch", daemon=True).start()
    return future.result(seconds)


def _kind(error: Exception) -> str:
    status = getattr(error, "status_code", "")
    return f"{type(error).__name__} {status}".strip()


def search(
    plan: QueryPlan,
    limit: int,
    *,
    lexicon: Lexicon,
    lexicon_stamp: UUID,
    allowed: Collection[int] | None = None,
) -> list[Hit]:
    """Rank the passages for a plan that was made with a lexicon. Raises Unavailable."""
    alias = _alias(lexicon_stamp)
    return ask(
        lambda client: _engine(client, alias, lexicon).search(plan, limit, allowed=allowed),
        within=SEARCH_WITHIN,
    )


def is_well() -> bool:
    """Return whether Elasticsearch answers and holds what it should: whether searches go there."""
    state = SearchState.objects.light().first()
    if state is None or not state.is_mirrored or UnsentChange.objects.exists():
        return False
    try:
        return _is_built(state, within=SEARCH_WITHIN)
    except Unavailable:
        return False


def _is_built(state: SearchState, *, within: float) -> bool:
    alias = _alias(state.lexicon_stamp)
    return ask(lambda client: bool(client.indices.exists_alias(name=alias)), within=within)


def _engine(
    client: "Elasticsearch", index: str, lexicon: Lexicon, *, version: int = 1
) -> ElasticsearchEngine:
    return ElasticsearchEngine(client, index, lexicon, version=version)


# --- Names --------------------------------------------------------------------------------------

# <prefix>_<form>_<lexicon> is the alias that is searched in, and the same with a stamp an index.
# The prefix has no underscore, so one installation's names never begin another's.


def _prefix() -> str:
    return f"{settings.ELASTICSEARCH.prefix}_" if settings.ELASTICSEARCH else ""


def _alias(lexicon_stamp: UUID) -> str:
    return f"{_prefix()}{FORM}_{lexicon_stamp.hex[:16]}"


# --- Sending changes ----------------------------------------------------------------------------


def note(changed: Iterable[int], *, version: int) -> None:
    """Note passages that have changed or gone, to be sent when the transaction is committed."""
    notes = [UnsentChange(passage_id=passage_id, version=version) for passage_id in changed]
    if not is_used() or not notes:
        return
    UnsentChange.objects.bulk_create(
        notes,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["passage_id"],
        update_fields=["version"],
    )
    transaction.on_commit(send_if_it_answers, robust=True)


def send_if_it_answers() -> None:
    """Send what is noted, unless the server failed lately; what is left, the chore sends."""
    try:
        send()
    except Unavailable:
        return


def send(*, within: float = SEND_WITHIN) -> int:
    """Send what is noted; return how many passages that was. Raises Unavailable when a message
    takes longer than so many seconds.

    Read in this order, so that nothing falls between two processes: the notes, the state, the
    passages, and last which indexes there are. A lexicon or an index that comes after that is
    built from passages that are read later still.
    """
    sent = 0
    while notes := dict(
        UnsentChange.objects.order_by("version").values_list("passage_id", "version")[:_BATCH]
    ):
        state = SearchState.objects.get(pk=SearchState.THE_ROW)
        passages = _records(SearchPassage.objects.filter(pk__in=notes))
        indexes = _indexes(state)
        if not indexes:
            break  # the whole copy is to be made
        for index in indexes:
            _write(index, state, notes, passages, within=within)
        # A note that has been written over meanwhile has a later version than any of these.
        UnsentChange.objects.filter(pk__in=notes, version__lte=max(notes.values())).delete()
        sent += len(notes)
    return sent


def _records(rows: "QuerySet[SearchPassage]") -> list[Passage]:
    return [row.record() for row in rows]


def _indexes(state: SearchState) -> list[str]:
    """Return the indexes of the lexicon in use, one that is being built too."""
    pattern = f"{_alias(state.lexicon_stamp)}_*"
    return ask(lambda client: sorted(client.indices.get_alias(index=pattern)), within=SEND_WITHIN)


def _write(
    index: str,
    state: SearchState,
    versions: dict[int, int],
    passages: list[Passage],
    *,
    within: float,
) -> None:
    lexicon = lexicon_of(state)
    try:
        ask(
            lambda client: _engine(client, index, lexicon).write(versions, passages),
            within=within,
        )
    except WriteRefused as refusal:
        if not refusal.is_without_index:  # another has taken its place, or it was given up
            raise Unavailable(refusal.kind) from None


# --- The whole copy -----------------------------------------------------------------------------


def catch_up() -> str:
    """Send what was not sent, or make the whole copy if there is none. Raises Unavailable."""
    state = SearchState.objects.light().first()
    if state is None:
        return ""
    if not state.is_mirrored or not _is_built(state, within=SEND_WITHIN):
        return f"{rebuild()} stycken till Elasticsearch"
    sent = send(within=BUILD_WITHIN)
    return f"{sent} ändringar till Elasticsearch" if sent else ""


def rebuild() -> int:
    """Make the whole copy anew and put it in the old one's place; return how many passages it has.

    Searches go on in the old one meanwhile, and changes are sent to both. Raises Unavailable, and
    then the old one stays.
    """
    for _ in range(_MAX_ROUNDS):
        state = SearchState.objects.filter(pk=SearchState.THE_ROW).first()
        if state is None:
            return 0
        count = _build(state)
        if _in_use(state).update(is_mirrored=True):
            return count
    raise Unavailable("the lexicon changes all the time")


def _in_use(state: SearchState) -> "QuerySet[SearchState]":
    """Return the state's row, unless the lexicon has been made anew since it was read."""
    return SearchState.objects.filter(pk=state.pk, lexicon_stamp=state.lexicon_stamp)


def _build(state: SearchState) -> int:
    """Make an index of the state's lexicon and put it in place; return how much it holds.

    When the lexicon is made anew meanwhile, the index came too late and is removed.
    """
    alias = _alias(state.lexicon_stamp)
    index = f"{alias}_{int(time.time())}_{secrets.token_hex(4)}"
    _ask_while_building(lambda client: create(client, index))
    try:
        _fill(index, state)
        count = _count_checked(index, state)
        if _in_use(state).exists():
            _put_in_place(index, alias)
        else:
            _remove([index])
    except (Unavailable, WriteRefused) as fault:
        _remove([index])
        raise Unavailable(fault.kind) from None
    return count


def _ask_while_building[T](work: "Callable[[Elasticsearch], T]") -> T:
    return ask(work, within=BUILD_WITHIN, always=True)


def _fill(index: str, state: SearchState) -> None:
    """Send every passage with the version that the state had before they were read.

    What changes from then on has a later version, and is sent here too by whoever changes it.
    """
    lexicon = lexicon_of(state)

    def send_some(passages: Iterable[Passage]) -> None:
        _ask_while_building(
            lambda client: _engine(client, index, lexicon, version=state.version).index(passages)
        )

    rows = SearchPassage.objects.order_by("pk").iterator(chunk_size=_BATCH)
    for some in batched((row.record() for row in rows), _BATCH):
        send_some(some)


def _count_checked(index: str, state: SearchState) -> int:
    """Return how many passages the copy has, once they are as many as the database's.

    Under another lexicon no changes are sent here any more, so they may differ for good.
    """
    lexicon = lexicon_of(state)
    for _ in range(_MAX_ROUNDS):
        send(within=BUILD_WITHIN)
        expected = SearchPassage.objects.count()
        stored = _ask_while_building(lambda client: _engine(client, index, lexicon).count())
        if stored == expected or not _in_use(state).exists():
            return stored
    raise Unavailable("the copy is not complete")


def _put_in_place(index: str, alias: str) -> None:
    """Let searches go to an index from now on, in one step, and then remove the others."""
    found = _ask_while_building(lambda client: client.indices.get(index=f"{_prefix()}*"))
    oldest = (time.time() - ORPHAN_AFTER) * 1000
    obsolete = [
        name
        for name, about in found.items()
        if name != index
        and (
            is_searched(about["aliases"])
            or int(about["settings"]["index"]["creation_date"]) < oldest
        )
    ]
    others = {"index": f"{_prefix()}*", "alias": alias, "must_exist": False}
    _ask_while_building(
        lambda client: client.indices.update_aliases(
            actions=[{"remove": others}, {"add": {"index": index, "alias": alias}}]
        )
    )
    _remove(obsolete)


def _remove(indexes: list[str]) -> None:
    """Remove indexes; one that cannot be removed now is found by a later sweep."""
    if not indexes:
        return
    try:
        _ask_while_building(
            lambda client: client.indices.delete(index=indexes, ignore_unavailable=True)
        )
    except Unavailable:
        return


# --- Drift --------------------------------------------------------------------------------------


def find_drift() -> set[int]:
    """Give the ids of passages that the copy lacks, has otherwise, or has too many.

    Raises Unavailable when the copy cannot be looked at, or there is none.
    """
    # Twice, since a change that is under way the first time has arrived the second.
    return _difference() and _difference()


def _difference() -> set[int]:
    send(within=BUILD_WITHIN)
    state = SearchState.objects.filter(pk=SearchState.THE_ROW).first()
    if state is None or not state.is_mirrored:
        raise Unavailable("no copy")
    alias, lexicon = _alias(state.lexicon_stamp), lexicon_of(state)
    passages = _records(SearchPassage.objects.all())
    return _ask_while_building(lambda client: _engine(client, alias, lexicon).drift(passages))
