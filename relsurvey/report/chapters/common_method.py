"""Chapter: whether the associations could come from the way of asking."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.report.desk import Desk
from relsurvey.report.figures.axis import span_of
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow
from relsurvey.report.interval_figure import BOUNDS, interval_figure, mark_of
from relsurvey.report.page import Chapter, Column, Figure, Part, Table, Text

BEFORE, AFTER = "correlation", "partial_correlation"


def common_method(desk: Desk, number: int) -> Chapter:
    """Write the chapter on correlations before and after adjusting for the marker."""
    words, table = desk.words, desk.contents.marker
    parts: list[Part] = []
    lead = words.lines("marker.lead")
    if table is None:
        lead = lead[:1]
        parts.append(desk.missing("marker"))
    else:
        parts.append(Text((marker_verdict(desk, table),)))
        outcomes = list(dict.fromkeys(table["outcome"]))
        parts += [_figure(desk, i, table[table["outcome"] == o]) for i, o in enumerate(outcomes)]
        parts.append(Text(words.lines("marker.method")))
    return Chapter("common-method", number, words("marker.title"), lead, tuple(parts))


def marker_verdict(desk: Desk, table: pd.DataFrame) -> str:
    """Say how much the correlations shrink, and how many stay clear of zero."""
    wide = table.pivot(index=["predictor", "outcome"], columns="coefficient", values="estimate")
    shrink = (wide[BEFORE].abs() - wide[AFTER].abs()).median()
    after = table[table["coefficient"] == AFTER]
    clear = int((after["conf_low"] * after["conf_high"] > 0).sum())
    return desk.words(
        "marker.verdict",
        shrink=desk.numbers.decimal(shrink),
        clear=desk.numbers.whole(clear),
        all=desk.numbers.whole(len(after)),
    )


def _figure(desk: Desk, position: int, table: pd.DataFrame) -> Figure:
    words, numbers = desk.words, desk.numbers
    rows = []
    for predictor, own in table.groupby("predictor", sort=False):
        marks = tuple(
            mark_of(row, numbers, series=series)
            for series, name in enumerate((BEFORE, AFTER))
            for row in own[own["coefficient"] == name].to_dict(orient="records")
        )
        rows.append(IntervalRow(desk.names.term(str(predictor)), marks))
    found = table[list(BOUNDS)].to_numpy(dtype=np.float64).ravel()
    low, high = span_of(found, include=(0.0,))
    axis = words("marker.axis")
    plot = IntervalPlot(tuple(rows), low, high, axis, numbers, reference=0.0, value_width=142.0)
    caption = words("marker.caption", outcome=desk.names.term(str(table["outcome"].iloc[0])))
    series = (words(f"marker.{BEFORE}"), words(f"marker.{AFTER}"))
    numbers_table = _numbers(desk, caption, table)
    described = words("marker.described")
    return interval_figure(f"marker-{position}", caption, described, plot, series, numbers_table)


def _numbers(desk: Desk, caption: str, table: pd.DataFrame) -> Table:
    words, numbers = desk.words, desk.numbers
    rows = tuple(
        (
            desk.names.term(row["predictor"]),
            words(f"marker.{row['coefficient']}"),
            numbers.decimal(row["estimate"], 3),
            numbers.interval(row["conf_low"], row["conf_high"], 3),
            numbers.p_bare(row["p_value"]),
        )
        for row in table.to_dict(orient="records")
    )
    texts = ("theme", "when")
    heads = (*texts, "correlation_head", "interval", "p")
    columns = tuple(Column(words(f"marker.{head}"), numeric=head not in texts) for head in heads)
    return Table(caption, columns, rows)
