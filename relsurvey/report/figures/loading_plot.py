"""How closely each question follows what it measures: loadings, grouped under their construct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow, Mark
from relsurvey.report.numbers import Numbers


def loading_plot(
    loadings: Mapping[str, Sequence[tuple[str, float, float, float]]],
    axis_name: str,
    numbers: Numbers,
) -> IntervalPlot:
    """Arrange standardised loadings by construct.

    Parameters
    ----------
    loadings : mapping of construct name to sequence of (item, estimate, low, high)
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
    rows: list[IntervalRow] = []
    lowest = 0.0
    for construct, items in loadings.items():
        rows.append(IntervalRow(construct))
        for item, estimate, low, high in items:
            text = numbers.decimal(estimate)
            rows.append(IntervalRow(item, (Mark(estimate, low, high, text),)))
            lowest = min(lowest, -1.0 if estimate < 0 else 0.0)
    return IntervalPlot(
        tuple(rows), lowest, 1.0, axis_name, numbers, reference=0.0, value_width=60.0
    )
