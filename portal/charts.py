"""Bar charts, drawn on the server.

A chart is a list of bars with the words beside them and its table beneath: the template
`components/chart.html` lays out the words, this module measures and draws. What a bar means is
said by its length, its outline and its words, never by its colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

type Number = int | float | Decimal


@dataclass(frozen=True)
class Value:
    """One bar as it is given. Without `value` the chart says `missing` in its place."""

    label: str
    value: Number | None
    missing: str = "uppgift saknas"


@dataclass(frozen=True)
class Bar:
    """One bar as it is drawn."""

    label: str
    shown: str
    svg: SafeString
    is_missing: bool


@dataclass(frozen=True)
class Chart:
    """Everything `components/chart.html` needs. `title` says the point, `about` what is counted."""

    key: str
    title: str
    about: str
    bars: tuple[Bar, ...]
    target: str
    table: tuple[tuple[str, str], ...]


def bar_chart(
    *,
    key: str,
    title: str,
    about: str,
    values: Sequence[Value],
    unit: str = "",
    whole: Number | None = None,
    target: Number | None = None,
) -> Chart:
    """Return the chart of *values*; *whole* is what a full bar stands for.

    Bars begin at zero. Without *whole* the longest bar, or the target, is a full one. *key* names
    the chart on its page. Raises ValueError for what bars would misstate: no values, one below
    zero or above the whole, and a title that says nothing.
    """
    if not title.strip():
        raise ValueError("a chart must say its point")
    numbers = [each.value for each in values if each.value is not None]
    if not numbers:
        raise ValueError("a chart needs a value")
    full = max(*numbers, target or 0, 0) if whole is None else whole
    if min(numbers) < 0 or max(*numbers, target or 0) > full:
        raise ValueError("a bar must lie between zero and the whole")
    bars = tuple(
        Bar(
            label=each.label,
            shown=each.missing if each.value is None else _with_unit(each.value, unit),
            svg=_draw(_share(each.value, full), _share(target, full)),
            is_missing=each.value is None,
        )
        for each in values
    )
    return Chart(
        key=key,
        title=title,
        about=about,
        bars=bars,
        target="" if target is None else _with_unit(target, unit),
        table=tuple((bar.label, bar.shown) for bar in bars),
    )


def _with_unit(value: Number, unit: str) -> str:
    """Return the number with the reader's decimal sign, never parted from its unit."""
    number = str(number_format(value, use_l10n=True, force_grouping=True))
    return f"{number}\N{NO-BREAK SPACE}{unit}".rstrip()


def _share(value: Number | None, full: Number) -> float | None:
    """Return how much of *full* the value is, in percent."""
    if value is None:
        return None
    return round(100 * float(value) / float(full), 2) if full else 0.0


def _draw(share: float | None, target: float | None) -> SafeString:
    """Return the bar: a track, what of it is filled, and a mark where the target is.

    Lengths are percentages, so the bar is as wide as its room. A value that is missing is a dashed
    track without filling, which no short bar can be taken for.
    """
    track = "chart__track" if share is not None else "chart__track chart__track--missing"
    boxes = [(track, "0", "100%")]
    if share:
        boxes.append(("chart__fill", "0", f"{share}%"))
    if target is not None:
        boxes.append(("chart__target", f"{target}%", "4"))
    return format_html(
        '<svg class="chart__bar" width="100%" height="16" aria-hidden="true" focusable="false">'
        "{}</svg>",
        format_html_join("", '<rect class="{}" x="{}" width="{}" height="100%"/>', boxes),
    )
