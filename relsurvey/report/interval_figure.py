"""A plot of points with intervals as a figure of the page: both widths, legend, numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from relsurvey.report.figures.interval_plot import IntervalPlot, Mark
from relsurvey.report.figures.palette import SERIES
from relsurvey.report.figures.svg import both_widths, marker, swatch
from relsurvey.report.numbers import Numbers
from relsurvey.report.page import Figure, LegendEntry, Table

BOUNDS = ("estimate", "conf_low", "conf_high")


def interval_figure(
    name: str,
    caption: str,
    description: str,
    plot: IntervalPlot,
    series: Sequence[str] = (),
    numbers: Table | None = None,
) -> Figure:
    """Draw a plot.

    Parameters
    ----------
    name : str
        Unique on the page, letters, digits and hyphens.
    caption, description : str
        What stands above, and what a screen reader says.
    plot : IntervalPlot
    series : sequence of str
        Names of the marks' series; a legend is made when there are two or more.
    numbers : Table, optional
        What it was drawn from.
    """
    wide, narrow = both_widths(name, caption, description, plot)
    legend = tuple(
        LegendEntry(swatch(marker(i, 8, 8, SERIES[i % len(SERIES)])), called)
        for i, called in enumerate(series)
    )
    shown = legend if len(legend) > 1 else ()
    return Figure(f"{name}-figure", caption, wide, narrow, shown, numbers)


def mark_of(
    row: Mapping[Any, Any],
    numbers: Numbers,
    *,
    series: int = 0,
    digits: int = 2,
    columns: tuple[str, str, str] = BOUNDS,
) -> Mark:
    """Return the mark of a table's row: estimate and bounds, and the text that states them."""
    estimate, low, high = (float(row[column]) for column in columns)
    text = f"{numbers.decimal(estimate, digits)} ({numbers.interval(low, high, digits)})"
    return Mark(estimate, low, high, text, series)
