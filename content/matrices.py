"""The matrices of the programme: what is known where two things meet, and where nothing is.

A cell is empty because no source fills it, so it says so. What the programme makes a board answer
for and what a consultation answer wishes for are two layers with words of their own.
"""

from dataclasses import dataclass

from content import teaching
from content.facts import Facts, Row
from content.programme_shown import goal_name
from content.taxonomy import PreventionLevel, TargetGroup

EMPTY = "tomt: uppgift saknas"
_LABEL = 60


@dataclass(frozen=True)
class Entry:
    """One thing said in a cell. `mark` is the layer it belongs to; `label` says it in words."""

    text: str
    mark: str = ""
    label: str = ""
    url: str = ""
    # Where it leads, for an entry without a label to press.
    link: str = ""
    sources: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True)
class Head:
    """What heads a row or a column."""

    text: str
    url: str = ""
    note: str = ""

    @property
    def label(self) -> str:
        """What stands before each value where a row is drawn as a card: no long sentences."""
        if len(self.text) <= _LABEL:
            return self.text
        cut = f"{self.text[:_LABEL].rpartition(' ')[0]} …"
        return f"{self.note}: {cut}" if self.note else cut


type Cell = tuple[Entry, ...]


@dataclass(frozen=True)
class MatrixRow:
    """A row: its head, and a cell for each column."""

    head: Head
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A matrix as its page draws it and its file holds it."""

    caption: str
    corner: str
    columns: tuple[Head, ...]
    rows: tuple[MatrixRow, ...]
    # The layers that its cells may hold: mark, name and what it means.
    layers: tuple[tuple[str, str, str], ...] = ()
    empty: str = EMPTY
    notes: tuple[str, ...] = ()

    def drawn(self) -> list[tuple[Head, list[tuple[Head, Cell]]]]:
        """Return each row's head with its cells, each cell with the column that it is in."""
        return [(row.head, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]

    def as_rows(self) -> list[list[str]]:
        """Return the matrix as rows of plain words, the head first."""
        head = [self.corner, *(column.text for column in self.columns)]
        body = [
            [row.head.text, *(self._words(cell) for cell in row.cells)] for row in self.rows
        ]  # fmt: skip
        return [head, *body]

    def _words(self, cell: Cell) -> str:
        said = [
            f"{entry.label}: {entry.text}"
            if entry.label and entry.text
            else entry.text or entry.label
            for entry in cell
        ]
        return "; ".join(said) or self.empty

    @property
    def filled(self) -> int:
        """How many cells say something."""
        return sum(bool(cell) for row in self.rows for cell in row.cells)

    @property
    def total(self) -> int:
        """How many cells there are."""
        return len(self.rows) * len(self.columns)


def prevention(known: Facts) -> Table:
    """Return level of prevention × operation: our proposals."""
    cells = {(cell.operation_id, cell.level): cell for cell in known.cells}
    levels = {
        PreventionLevel.UNIVERSAL: "forebyggande/universell",
        PreventionLevel.SELECTIVE: "forebyggande/selektiv",
        PreventionLevel.INDICATED: "forebyggande/indikerad",
    }

    def entry(cell: Row) -> Entry:
        place = known.tree.at(cell.page.strip("/")) if cell.page else None
        return Entry(
            cell.text,
            url=place.url if place else "",
            link=place.title if place else "",
            sources=tuple(known.listed(cell.sources)),
        )

    return Table(
        caption="Förslag per verksamhet och förebyggande nivå",
        corner="Verksamhet",
        columns=tuple(
            Head(level.label.capitalize(), _address(path, known)) for level, path in levels.items()
        ),
        rows=tuple(
            MatrixRow(
                Head(operation.name, _about("OperationPage", operation.pk, known)),
                tuple(
                    (entry(cell),) if (cell := cells.get((operation.pk, level))) else ()
                    for level in levels
                ),
            )
            for operation in known.operations.values()
        ),
        notes=(
            "Texterna i rutorna är våra förslag. Källorna under en ruta frågar efter det eller "
            "stöder det; de är inte författare till förslaget.",
        ),
    )


def boards(known: Facts) -> Table:
    """Return board × activity of the newest edition, with the wishes as a layer of their own."""
    edition = known.newest
    activities = [
        *(
            (row, goal_name(goal.number))
            for goal in known.goals_of(edition)
            for row in goal.activities
        ),
        *(
            (row, "utan mål i underlaget")
            for row in known.loose_activities
            if edition and row.edition.pk == edition.pk
        ),
    ]

    def duties(board: Row, activity: Row) -> tuple[Entry, ...]:
        return tuple(
            Entry(
                item.note,
                "official",
                "Ansvarig",
                sources=tuple(_listed(known, item.source_id)),
            )
            for item in activity.responsibilities
            if item.board_id == board.pk
        )

    def wishes(board: Row) -> tuple[Entry, ...]:
        place = known.tree.at("remissynpunkter")
        return tuple(
            Entry(
                remark.text,
                "remark",
                f"Synpunkt {remark.key}",
                f"{place.url}#{remark.key}" if place else "",
                sources=tuple(known.listed(remark.sources)),
            )
            for remark in known.remarks
            if board in remark.boards
        )

    return Table(
        caption=f"Nämnder och aktiviteter i programmet {edition.name if edition else ''}".strip(),
        corner="Nämnd",
        columns=(
            *(Head(row.text, note=label) for row, label in activities),
            Head("Bara synpunkter", note="inte programmets ord"),
        ),
        rows=tuple(
            MatrixRow(
                Head(board.name, _about("BoardPage", board.pk, known)),
                (*(duties(board, row) for row, _ in activities), wishes(board)),
            )
            for board in known.boards.values()
        ),
        layers=(
            ("official", "Ansvarig", "En källa namnger nämnden som ansvarig för aktiviteten."),
            (
                "remark",
                "Synpunkt",
                "Ett remissvar eller ett politiskt svar önskar eller frågar något. Det är inte "
                "programmets ord.",
            ),
        ),
        notes=(
            "En tom ruta betyder att ingen källa säger något. Nämnden kan ändå ha ansvar enligt "
            "programmet.",
        ),
    )


def target_groups(known: Facts) -> Table:
    """Return target group × part of the programme: the goals of the newest edition."""
    goals = known.goals_of(known.newest)

    def cell(goal: Row, group: TargetGroup) -> tuple[Entry, ...]:
        if group in goal.target_groups:
            return (Entry("", "official", "Omfattas"),)
        # A question is open for the group that it names.
        if group.label.lower() in goal.open_question.lower():
            sources = tuple(_listed(known, goal.open_question_source_id))
            return (Entry(goal.open_question, "open", "Öppen fråga", sources=sources),)
        return ()

    return Table(
        caption="Målgrupper och mål i programmet",
        corner="Mål",
        columns=tuple(Head(label) for _, label in TargetGroup.choices),
        rows=tuple(
            MatrixRow(
                Head(goal_name(goal.number), _about("GoalPage", goal.pk, known), goal.name),
                tuple(cell(goal, group) for group in TargetGroup),
            )
            for goal in goals
        ),
        layers=(
            (
                "official",
                "Omfattas",
                "Gruppen nämns i målets namn, eller i en rad som hör till målet. Läsningen är vår.",
            ),
            ("open", "Öppen fråga", "Ett remissvar frågar, och underlaget svarar inte."),
        ),
        empty="nämns inte",
    )


def competence(known: Facts) -> Table:
    """Return module × competence area of the goal about knowledge."""
    areas: dict[str, str] = {}
    for goal in known.goals_of(known.newest):
        for activity in goal.activities:
            areas |= {area.key: area.name for area in activity.areas}
    places = known.tree
    taught = [(places.places.get(each.page_id), each) for each in teaching.modules()]
    shown = sorted(
        ((place, each) for place, each in taught if place and not place.is_closed),
        key=lambda pair: (pair[0].sort_order, pair[0].path),
    )
    return Table(
        caption="Moduler och kompetensområden i mål 6 (stadens program)",
        corner="Modul",
        columns=tuple(Head(name) for name in areas.values()),
        rows=tuple(
            MatrixRow(
                Head(place.title, place.url),
                tuple(
                    (Entry("", "official", "Täcker"),) if key in each.areas else () for key in areas
                ),
            )
            for place, each in shown
        ),
        layers=(("official", "Täcker", "Modulen täcker hela området. Indelningen är vår."),),
        empty="täcker inte",
        notes=(
            "Den som har täckt alla områden har gått igenom det som aktiviteten nämner, vilka "
            "modulerna än är. Andelen är portalens mått, aldrig programmets indikator.",
        ),
    )


def _listed(known: Facts, source_id: int | None) -> list[dict[str, str]]:
    source = known.source(source_id)
    return [source] if source else []


def _about(model: str, pk: int, known: Facts) -> str:
    place = known.tree.about(model, pk)
    return place.url if place else ""


def _address(path: str, known: Facts) -> str:
    place = known.tree.at(path)
    return place.url if place else ""
