"""Figures: a value stands at its coordinate, what is outside or missing is met, text is real."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relsurvey.report.figures.axis import Axis, span_of
from relsurvey.report.figures.diverging_bars import BarRow, DivergingBars, left_and_right
from relsurvey.report.figures.heat_table import heat_table
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow, Mark
from relsurvey.report.figures.loading_plot import loading_plot
from relsurvey.report.figures.palette import (
    SERIES,
    contrast,
    diverging,
    ink_on,
    sequential,
    signed,
)
from relsurvey.report.figures.rank_plot import RankPlot, RankRow
from relsurvey.report.figures.slopes_plot import SlopePanel, SlopesPlot
from relsurvey.report.figures.svg import NARROW, WIDE, both_widths, marker, wrapped
from relsurvey.report.numbers import Numbers

DA = Numbers("da")
NAN = math.nan
finite = st.floats(-1e6, 1e6, allow_nan=False)


def numbers_of(pattern: str, svg: str) -> list[float]:
    return [float(found) for found in re.findall(pattern, svg)]


# --- axis


def test_a_value_maps_linearly_and_stops_at_the_edges():
    axis = Axis(0.0, 10.0, 100.0, 300.0)
    assert axis.at(0) == 100.0
    assert axis.at(5) == 200.0
    assert axis.at(10) == 300.0
    assert axis.at(12) == 300.0
    assert axis.at(-3) == 100.0
    assert not axis.holds(12)


def test_an_axis_may_run_backwards_like_that_of_heights():
    axis = Axis(-1.0, 1.0, 200.0, 100.0)
    assert axis.at(-1) == 200.0
    assert axis.at(0.5) == 125.0


@given(st.lists(finite, min_size=1, max_size=8))
def test_bounds_hold_every_value_and_ticks_lie_between_them(values):
    low, high = span_of(values, include=(0.0,))
    slack = 1e-8 * (high - low)
    assert low <= min(*values, 0.0) + slack
    assert high >= max(*values, 0.0) - slack
    axis = Axis(low, high, 0.0, 1.0)
    ticks = axis.ticks()
    assert ticks == sorted(ticks)
    assert all(low - 1e-6 * abs(low) <= tick <= high + 1e-6 * abs(high) for tick in ticks)
    assert 2 <= len(ticks) <= 12


def test_bounds_of_nothing_are_zero_to_one():
    assert span_of([NAN, math.inf]) == (0.0, 1.0)


def test_tick_labels_have_the_decimals_that_tell_them_apart():
    assert Axis(-0.1, 0.4, 0, 1).decimals() == 1
    assert Axis(0, 100, 0, 1).decimals() == 0
    assert Axis(0, 0.12, 0, 1).decimals() == 2


# --- intervals


def plot_of(*marks: Mark, width: float = WIDE) -> str:
    plot = IntervalPlot((IntervalRow("Navn", marks),), 0.0, 1.0, "akse", DA, value_width=100.0)
    return str(plot(width)[1])


def test_a_point_stands_where_the_axis_says():
    svg = plot_of(Mark(0.5, 0.25, 0.75, "0,50"))
    axis = Axis(0.0, 1.0, 232.0, WIDE - 112.0)
    assert numbers_of(r'<circle cx="([\d.]+)"', svg) == pytest.approx([axis.at(0.5)], abs=0.01)
    ends = re.search(r'<line x1="([\d.]+)" y1="[\d.]+" x2="([\d.]+)"[^>]*stroke-width="2.4"', svg)
    assert ends
    assert float(ends[1]) == pytest.approx(axis.at(0.25), abs=0.01)
    assert float(ends[2]) == pytest.approx(axis.at(0.75), abs=0.01)
    assert "polygon" not in svg


def test_an_interval_beyond_the_axis_ends_in_an_arrow_at_the_edge():
    svg = plot_of(Mark(0.9, 0.8, 3.0, "0,90"))
    assert svg.count("<polygon") == 1
    assert max(numbers_of(r'x2="([\d.]+)"[^>]*stroke-width="2.4"', svg)) <= WIDE - 112.0


def test_a_point_beyond_the_axis_is_not_drawn_but_said():
    svg = plot_of(Mark(5.0, 4.0, 6.0, "5,00"))
    assert "<circle" not in svg
    assert ">5,00</text>" in svg


def test_a_missing_estimate_leaves_only_its_text():
    svg = plot_of(Mark(NAN, NAN, NAN, "–"))
    assert "<circle" not in svg
    assert "nan" not in svg.lower()
    assert ">–</text>" in svg


def test_a_missing_interval_leaves_the_point():
    svg = plot_of(Mark(0.5, NAN, NAN, "0,50"))
    assert "<circle" in svg
    assert 'stroke-width="2.4"' not in svg


def test_series_differ_in_shape_and_not_only_in_colour():
    shapes = [re.match(r"<(\w+)", str(marker(i, 8, 8, SERIES[i])))[1] for i in range(4)]
    assert shapes[:3] == ["circle", "rect", "polygon"]
    assert str(marker(2, 8, 8, "#000")) != str(marker(3, 8, 8, "#000"))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_is_drawn_outside_the_width(width):
    name = "Et meget langt navn på et tema, som ikke kan være på én linje " * 2
    plot = IntervalPlot(
        (IntervalRow("Overskrift"), IntervalRow(name, (Mark(0.4, -9.0, 9.0, "0,40"),))),
        0.0,
        1.0,
        "akse",
        DA,
        reference=0.5,
    )
    height, body = plot(width)
    svg = str(body)
    xs = numbers_of(r'\b(?:x|x1|x2|cx)="(-?[\d.]+)"', svg)
    ys = numbers_of(r'\b(?:y|y1|y2|cy)="(-?[\d.]+)"', svg)
    assert min(xs) >= 0
    assert max(xs) <= width
    assert max(ys) <= height


def test_a_negative_loading_widens_the_axis():
    plot = loading_plot([("a1", 0.8, 0.7, 0.9), ("a2", -0.2, NAN, NAN)], "x", DA)
    assert [row.name for row in plot.rows] == ["a1", "a2"]
    assert plot.low == -1.0
    assert loading_plot([("a1", 0.8, 0.7, 0.9)], "x", DA).low == 0.0


# --- bars


def test_the_middle_category_lies_half_on_each_side():
    assert left_and_right((0.1, 0.2, 0.4, 0.2, 0.1)) == pytest.approx((0.5, 0.5))
    assert left_and_right((0.1, 0.2, 0.3, 0.4)) == pytest.approx((0.3, 0.7))
    assert left_and_right((1.0,)) == pytest.approx((0.5, 0.5))


@given(st.lists(st.integers(0, 50), min_size=2, max_size=7).filter(lambda c: sum(c) > 0))
def test_a_bar_is_as_long_as_its_share_and_parts_at_the_line(counts):
    shares = tuple(count / sum(counts) for count in counts)
    svg = str(DivergingBars((BarRow("x", shares),), DA, "for få")(WIDE)[1])
    boxes = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    widths = [float(width) for _, width in boxes]
    line = float(re.search(r'<line x1="([\d.]+)"', svg)[1])
    scale = WIDE - 2 - 232
    assert widths == pytest.approx([share * scale for share in shares], abs=0.02)
    assert line - float(boxes[0][0]) == pytest.approx(left_and_right(shares)[0] * scale, abs=0.02)


def test_hidden_shares_are_said_to_be_too_few():
    svg = str(DivergingBars((BarRow("x", ()), BarRow("y", (0.5, 0.5))), DA, "for få")(WIDE)[1])
    assert ">for få</text>" in svg


# --- ranks, slopes, heat


def test_the_likelier_the_darker():
    svg = str(RankPlot((RankRow("x", (0.9, 0.1)), RankRow("y", (NAN, 0.5))), "Plads", DA)(WIDE)[1])
    fills = re.findall(r'<rect[^>]*fill="(#\w+)"', svg)
    assert fills[:2] == [sequential(0.9), sequential(0.1)]
    assert contrast(fills[0], "#ffffff") > contrast(fills[1], "#ffffff")
    assert fills[2] == "#ffffff"
    assert ">–</text>" in svg


def test_a_slope_is_drawn_only_where_it_is_known():
    panel = SlopePanel("x", (5, 10, 20), (0.1, 0.2, NAN), (0, 0.1, NAN), (0.2, 0.3, NAN))
    svg = str(SlopesPlot((panel,), (5.0, 20.0), (-0.5, 0.5), "spænd", DA)(NARROW)[1])
    line = re.search(r'<polyline points="([^"]+)"', svg)[1].split()
    x = Axis(5.0, 20.0, 34.0, NARROW - 6)
    assert [float(point.split(",")[0]) for point in line] == pytest.approx(
        [x.at(5), x.at(10)], abs=0.06
    )
    alone = SlopePanel("x", (5.0,), (0.1,), (0.0,), (0.2,))
    assert "polyline" not in str(SlopesPlot((alone,), (5.0, 20.0), (0.0, 1.0), "s", DA)(WIDE)[1])


def test_a_correlation_table_holds_the_lower_triangle():
    table = heat_table(["a", "b", "c"], {(1, 0): 0.5, (2, 0): -0.9, (2, 1): NAN}, "c", "t", DA)
    assert [cell if isinstance(cell, str) else cell.text for cell in table.rows[2]] == [
        "3. c",
        "−0,90",
        "–",
    ]
    assert table.rows[0] == ("1. a", "", "")


# --- colours and text


@given(st.floats(0, 1))
def test_text_on_any_fill_reaches_the_contrast_of_wcag(position):
    for fill in (sequential(position), signed(2 * position - 1)):
        assert contrast(fill, ink_on(fill)) >= 4.5


@pytest.mark.parametrize("n", range(2, 12))
def test_categories_have_colours_of_their_own_and_legible_text(n):
    colours = diverging(n)
    assert len(set(colours)) == n
    assert all(contrast(colour, ink_on(colour)) >= 4.5 for colour in colours)


@pytest.mark.parametrize("colour", SERIES)
def test_marks_stand_out_from_the_page(colour):
    assert contrast(colour, "#ffffff") >= 4.5


def test_hostile_names_are_text():
    plot = IntervalPlot((IntervalRow("<script>x</script>"),), 0.0, 1.0, 'a"b', DA)
    wide, narrow = both_widths("n", "<b>", "&", plot)
    for svg in (wide, narrow):
        assert "<script>" not in svg
        assert "&lt;script&gt;" in svg
        assert '<title id="n-' in svg


def test_a_word_longer_than_the_line_is_cut():
    assert all(len(line) <= 10 for line in wrapped("Speciallægepraksisplanlægning", 74.0))
    assert wrapped("", 100.0) == [""]
