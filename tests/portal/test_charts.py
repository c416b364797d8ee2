"""Charts misstate nothing and say the same to every eye."""

import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from portal.charts import Chart, Value, bar_chart

SHARES = [Value("Förskola", 80), Value("Skola", Decimal("62.5")), Value("Hemtjänst", 0)]


def chart(*values: Value, **options: object) -> Chart:
    """Return a chart whose words do not matter."""
    words = {"key": "prov", "title": "Förskolan är längst fram", "about": "Andel klara"}
    return bar_chart(**{**words, "values": values or SHARES, **options})


def lengths(svg: str) -> list[str]:
    """Return the widths of what is filled."""
    return re.findall(r'class="chart__fill" x="0" width="([^"]+)"', svg)


class TestLengths:
    def test_follow_the_values_from_zero(self):
        found = chart(whole=100)

        assert [lengths(bar.svg) for bar in found.bars] == [["80.0%"], ["62.5%"], []]

    def test_make_the_longest_bar_a_full_one_where_there_is_no_whole(self):
        found = chart(Value("A", 3), Value("B", 12))

        assert [lengths(bar.svg) for bar in found.bars] == [["25.0%"], ["100.0%"]]

    def test_leave_room_for_a_target_above_every_value(self):
        found = chart(Value("A", 40), target=80)

        assert lengths(found.bars[0].svg) == ["50.0%"]
        assert 'class="chart__target" x="100.0%"' in found.bars[0].svg

    def test_are_nothing_when_every_value_is_nothing(self):
        found = chart(Value("A", 0), Value("B", 0))

        assert [lengths(bar.svg) for bar in found.bars] == [[], []]


class TestWords:
    def test_are_swedish_numbers_that_stay_with_their_unit(self):
        found = chart(unit="%", target=95)

        assert [bar.shown for bar in found.bars] == [
            "80\N{NO-BREAK SPACE}%",
            "62,5\N{NO-BREAK SPACE}%",
            "0\N{NO-BREAK SPACE}%",
        ]
        assert found.target == "95\N{NO-BREAK SPACE}%"

    def test_group_thousands_and_need_no_unit(self):
        assert chart(Value("A", 12345)).bars[0].shown == "12\N{NO-BREAK SPACE}345"

    def test_are_the_same_in_the_table(self):
        found = chart(unit="%")

        assert found.table == tuple((bar.label, bar.shown) for bar in found.bars)

    def test_are_escaped(self):
        html = render_to_string(
            "components/chart.html",
            {"chart": chart(Value("<b>A</b>", 1)), "head": ["Verksamhet", "Andel"]},
        )

        assert "<b>A</b>" not in html
        assert "&lt;b&gt;A&lt;/b&gt;" in html


class TestAValueThatIsMissing:
    def test_is_said_and_drawn_as_no_bar(self):
        bar = chart(Value("A", 1), Value("B", None, missing="visas inte, färre än 6")).bars[1]

        assert bar.shown == "visas inte, färre än 6"
        assert bar.is_missing
        assert lengths(bar.svg) == []
        assert "chart__track--missing" in bar.svg

    def test_looks_otherwise_than_zero(self):
        zero, missing = chart(Value("A", 0), Value("B", None), whole=10).bars

        assert zero.svg != missing.svg


class TestRefuses:
    @pytest.mark.parametrize(
        ("values", "options"),
        [
            ([Value("A", None)], {}),
            ([Value("A", -1), Value("B", 2)], {}),
            ([Value("A", 101)], {"whole": 100}),
            ([Value("A", 1)], {"whole": 100, "target": 120}),
            ([Value("A", 1)], {"title": " "}),
        ],
        ids=["no value", "below zero", "above the whole", "target above the whole", "no point"],
    )
    def test_what_bars_would_misstate(self, values, options):
        with pytest.raises(ValueError, match=r"a (chart|bar) "):
            chart(*values, **options)


def test_the_title_names_the_figure_and_the_table_has_its_heads():
    html = render_to_string(
        "components/chart.html", {"chart": chart(unit="%"), "head": ["Verksamhet", "Andel klara"]}
    )

    assert '<figure class="chart" aria-labelledby="diagram-prov">' in html
    assert 'id="diagram-prov">Förskolan är längst fram</h3>' in html
    assert re.findall(r'<th scope="col">(.*?)</th>', html) == ["Verksamhet", "Andel klara"]
    assert re.findall(r'<th scope="row">(.*?)</th>', html) == ["Förskola", "Skola", "Hemtjänst"]


def test_no_bar_carries_a_colour_of_its_own():
    """Style sheets choose colours, so that dark mode, forced colours and paper can too."""
    svg = "".join(bar.svg for bar in chart(target=90).bars)

    assert re.findall(r"fill=|stroke=|style=|#[0-9a-f]{3}", svg) == []
