"""How closely each question follows what it measures: the loadings of one construct."""

from __future__ import annotations

from collections.abc import Sequence

from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow, Mark
from relsurvey.report.numbers import Numbers


def loading_plot(
    loadings: Sequence[tuple[str, float, float, float]], axis_name: str, numbers: Numbers
) -> IntervalPlot:
    """Arrange the standardised loadings of one construct.

    Parameters
    ----------
    loadings : sequence of (item, estimate, low, high)
        Bounds may be NaN; then only the point is drawn.
    axis_name : str
        What stands under the axis.
    numbers : Numbers
        The language's formats.

    Returns
    -------
    IntervalPlot
        From 0 to 1, or from −1 where an item loads negatively.
    """
    rows = tuple(
        IntervalRow(item, (Mark(estimate, low, high, numbers.decimal(estimate)),))
        for item, estimate, low, high in loadings
    )
    low = -1.0 if any(estimate < 0 for _, estimate, _, _ in loadings) else 0.0
    return IntervalPlot(rows, low, 1.0, axis_name, numbers, reference=0.0, value_width=60.0)
