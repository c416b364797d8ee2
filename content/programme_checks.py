"""What programme.yaml must and may say. Every fault is told with its line and what to do."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from content.faults import Faults
from content.models.programme import (
    GAP_LABELS,
    ActivityKind,
    BoardKind,
    EditionStatus,
    Tag,
    YearMoment,
)
from content.taxonomy import TargetGroup


class Known(Protocol):
    """The keys that a row may point at."""

    @property
    def sources(self) -> set[str]: ...
    @property
    def operations(self) -> set[str]: ...
    @property
    def boards(self) -> set[Any]: ...
    @property
    def editions(self) -> set[Any]: ...


@dataclass(frozen=True)
class Form:
    """What a sort of row is made of.

    `lists` are lists of words, `numbers` whole numbers, `below` the rows that hang on the row.
    """

    must: frozenset[str]
    may: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    below: tuple[str, ...] = ()
    options: Mapping[str, Collection[str]] = field(default_factory=dict)

    @property
    def allowed(self) -> frozenset[str]:
        """Every name that the row may hold."""
        return self.must | self.may | set(self.below)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAG = {"tag": Tag.values}
FORMS = {
    "boards": Form(
        _names("key name kind"),
        _names("employer_perspective_mainly operations"),
        lists=_names("operations"),
        below=("statements",),
        options={"kind": BoardKind.values},
    ),
    "statements": Form(_names("text source"), _names("tag"), options=_TAG),
    "editions": Form(
        _names("key title period_start period_end status"),
        _names("status_note source replaces"),
        numbers=_names("period_start period_end"),
        below=("steps",),
        options={"status": EditionStatus.values},
    ),
    "steps": Form(
        _names("moments who text sources"),
        _names("boards tag"),
        lists=_names("moments sources boards"),
        options={"moments": YearMoment.values} | _TAG,
    ),
    "goals": Form(
        _names("number edition name source"),
        _names("gaps target_groups open_question open_question_source"),
        lists=_names("gaps target_groups"),
        numbers=_names("number"),
        below=("activities", "indicators", "preconditions", "concerns"),
        options={"gaps": list(GAP_LABELS), "target_groups": TargetGroup.values},
    ),
    "activities": Form(
        _names("key text source"),
        _names("edition kind tag suggested_goal"),
        numbers=_names("suggested_goal"),
        below=("responsible", "areas"),
        options={"kind": ActivityKind.values} | _TAG,
    ),
    "indicators": Form(
        _names("text source"),
        _names("edition follows tag suggested_goal"),
        lists=_names("follows"),
        numbers=_names("suggested_goal"),
        options=_TAG,
    ),
    "preconditions": Form(_names("text source"), _names("tag"), options=_TAG),
    "responsible": Form(_names("board source"), _names("note tag"), options=_TAG),
    "areas": Form(_names("key name")),
    "concerns": Form(_names("board source"), _names("note")),
}
# A source may be named in several ways; each is a key in sources.yaml.
_SOURCE = ("källan", "sources")
POINTS_AT = {
    "source": _SOURCE,
    "sources": _SOURCE,
    "open_question_source": _SOURCE,
    "edition": ("utgåvan", "editions"),
    "replaces": ("utgåvan", "editions"),
    "board": ("nämnden", "boards"),
    "boards": ("nämnden", "boards"),
    "operations": ("verksamheten", "operations"),
}


def rows_in(row: Any, name: str) -> list[dict[str, Any]]:
    """Return the rows under *name*, those that are rows at all."""
    found = row.get(name) if isinstance(row, Mapping) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def older_first(editions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return *editions* so that each comes after the one it replaces."""
    by_key = {row.get("key"): row for row in editions}
    found: list[dict[str, Any]] = []

    def add(row: dict[str, Any], above: tuple[Any, ...]) -> None:
        before = by_key.get(row.get("replaces"))
        if before and before.get("key") not in above:
            add(before, (*above, row.get("key")))
        if row not in found:
            found.append(row)

    for row in editions:
        add(row, (row.get("key"),))
    return found


def check_programme(
    path: Path, data: Mapping[str, Any], known: Known, line_of: Callable[[Path, str], int],
    faults: Faults,
) -> None:  # fmt: skip
    """Note the faults of programme.yaml that can be told without loading it."""
    check = _Check(path, known, line_of, faults)
    for name in ("boards", "editions", "goals"):
        check.rows(data, name)
    orphans = data.get("orphans") or {}
    if not isinstance(orphans, dict):
        check.tell(line_of(path, "orphans"), "orphans ska ha activities och indicators.")
        orphans = {}
    for name in ("activities", "indicators"):
        check.rows(orphans, name)
    check.whole(data, orphans)


class _Check:
    def __init__(
        self, path: Path, known: Known, line_of: Callable[[Path, str], int], faults: Faults
    ) -> None:
        self.path, self.known, self.line_of, self.faults = path, known, line_of, faults

    def tell(self, line: int, message: str) -> None:
        self.faults.add(self.path, line, message)

    def tell_row(self, row: Any, name: str, message: str) -> None:
        place = next(
            (str(row[key]) for key in ("key", "text", "name", "board") if row.get(key)), name
        )
        self.tell(getattr(row, "line", 0), f"{name}, {place}: {message}")

    # --- one row

    def rows(self, above: Mapping[str, Any], name: str) -> None:
        """Check the rows under *name* one by one, and what hangs on them."""
        rows, found = above.get(name) or [], rows_in(above, name)
        if not isinstance(rows, list) or len(found) < len(rows):
            self.tell(self.line_of(self.path, name), f"{name} ska vara en lista med rader.")
        for row in found:
            self.row(row, name)
            for below in FORMS[name].below:
                self.rows(row, below)

    def row(self, row: dict[str, Any], name: str) -> None:
        form = FORMS[name]
        for missing in sorted(key for key in form.must if row.get(key) in (None, "", [])):
            self.tell_row(row, name, f"{missing} saknas.")
        for odd in sorted(set(row) - form.allowed):
            self.tell_row(row, name, f"uppgiften {odd} finns inte.")
        for key in sorted(set(row) & form.allowed - set(form.below)):
            for message in self.value(form, key, row[key]):
                self.tell_row(row, name, message)
        for key in ("responsible", "concerns"):
            self.once(row, key, "board", "nämnden {} står två gånger på raden; behåll en.")

    def value(self, form: Form, key: str, value: Any) -> Iterator[str]:
        """Yield what is wrong with the value under *key*."""
        if value in (None, ""):
            return
        if key in form.lists and not isinstance(value, list):
            yield f"{key} ska vara en lista, som [ett, två]."
            return
        if key in form.numbers and (not isinstance(value, int) or isinstance(value, bool)):
            yield f"{key} ska vara ett heltal."
            return
        values = value if key in form.lists else [value]
        if any(isinstance(each, list | dict) for each in values):
            yield f"{key} ska vara text; sätt citattecken omkring."
            return
        for each in values:
            if key in form.options and each not in form.options[key]:
                yield f"{key}: {each} finns inte; välj bland {', '.join(form.options[key])}."
            if key in POINTS_AT:
                what, keys = POINTS_AT[key]
                if each not in getattr(self.known, keys):
                    yield f"{what} {each} finns inte."

    def once(self, above: Mapping[str, Any], name: str, key: str, message: str) -> None:
        seen: set[Any] = set()
        for row in rows_in(above, name):
            value = _word(row.get(key))
            if value in seen:
                self.tell_row(row, name, message.format(value))
            seen |= {value} - {None}

    # --- the rows together

    def whole(self, data: Mapping[str, Any], orphans: Mapping[str, Any]) -> None:
        """Check what no row can tell alone."""
        self.once(data, "boards", "key", "nyckeln {} finns redan; nycklar är unika.")
        self.once(data, "editions", "key", "nyckeln {} finns redan; nycklar är unika.")
        self.once(data, "editions", "replaces", "utgåvan {} har redan ersatts av en annan.")
        for row in rows_in(data, "editions"):
            self.edition(row, data)
        goals = rows_in(data, "goals")
        seen: set[Any] = set()
        for row in goals:
            place = (_word(row.get("edition")), _word(row.get("number")))
            if place in seen:
                self.tell_row(row, "goals", f"mål {place[1]} finns redan i utgåvan {place[0]}.")
            seen.add(place)
            if row.get("open_question") and not row.get("open_question_source"):
                self.tell_row(row, "goals", "open_question_source saknas; vem ställer frågan?")
        self.activities(goals, orphans)

    def edition(self, row: dict[str, Any], data: Mapping[str, Any]) -> None:
        start, end = row.get("period_start"), row.get("period_end")
        if isinstance(start, int) and isinstance(end, int) and end < start:
            self.tell_row(row, "editions", "perioden slutar innan den börjar; rätta åren.")
        replaces = {each.get("key"): each.get("replaces") for each in rows_in(data, "editions")
                    if isinstance(each.get("key"), str)}  # fmt: skip
        before, steps = row.get("replaces"), 0
        while before and isinstance(before, str) and steps <= len(replaces):
            if before == row.get("key"):
                self.tell_row(row, "editions", "utgåvan kan inte ersätta sig själv.")
                return
            before, steps = replaces.get(before), steps + 1

    def activities(self, goals: list[dict[str, Any]], orphans: Mapping[str, Any]) -> None:
        """Check that an activity stands once, and that what follows one follows one there is."""
        keys: dict[Any, set[Any]] = {}
        for row, edition, goal in self.placed("activities", goals, orphans):
            key = _word(row.get("key"))
            if key in keys.setdefault(edition, set()):
                self.tell_row(row, "activities", f"nyckeln {key} finns redan i utgåvan.")
            keys[edition].add(key)
            self.goal_of(row, "activities", goal)
        for row, edition, goal in self.placed("indicators", goals, orphans):
            self.goal_of(row, "indicators", goal)
            here = keys.get(edition, set()) if edition else set().union(*keys.values())
            for key in row.get("follows") or []:
                if _word(key) not in here:
                    self.tell_row(
                        row, "indicators", f"follows: aktiviteten {key} finns inte i utgåvan."
                    )

    @staticmethod
    def placed(
        name: str, goals: list[dict[str, Any]], orphans: Mapping[str, Any]
    ) -> Iterator[tuple[dict[str, Any], Any, dict[str, Any] | None]]:
        """Yield each row with its edition, and its goal if it has one."""
        for goal in goals:
            for row in rows_in(goal, name):
                yield row, _word(goal.get("edition")), goal
        for row in rows_in(orphans, name):
            yield row, _word(row.get("edition")), None

    def goal_of(self, row: dict[str, Any], name: str, goal: dict[str, Any] | None) -> None:
        if goal is None:
            return
        if row.get("edition") and row["edition"] != goal.get("edition"):
            self.tell_row(
                row, name, "raden har en annan utgåva än målet; ta bort edition från raden."
            )
        if row.get("suggested_goal"):
            self.tell_row(row, name, "suggested_goal hör bara till rader utan mål; ta bort det.")


def _word(value: Any) -> Any:
    """Return *value* if it can be compared, else None: that it is no word is told elsewhere."""
    return value if isinstance(value, str | int) else None
