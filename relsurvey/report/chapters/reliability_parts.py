"""Parts on reliability: whether the questions of a theme point the same way."""

from __future__ import annotations

from math import isfinite

import pandas as pd

from relsurvey.measurement.reliability import Reliability
from relsurvey.report.desk import Desk
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow
from relsurvey.report.interval_figure import interval_figure, mark_of
from relsurvey.report.page import Column, Figure, More, Part, Table, Text
from relsurvey.report.technical import remarks

# Common conventions, stated as assumptions wherever they are used.
USABLE = 0.70
# What the table shows, and which two of them the figure does: of the ranks where there are any.
COEFFICIENTS = ("alpha", "alpha_ordinal", "omega_total", "omega_categorical")
DRAWN = (("alpha", "omega_categorical"), ("alpha", "omega_total"))
GENERAL = ("omega_hierarchical", "omega_total_bifactor", "ecv")


def reliability_parts(desk: Desk, reliability: Reliability) -> list[Part]:
    """Return a verdict, a figure and the items' table."""
    return [
        Text((reliability_verdict(desk, reliability),)),
        _figure(desk, reliability),
        *_general_factor(desk),
        More(
            desk.words("measurement.items_more"),
            (
                Text(desk.words.lines("measurement.reliability_method")),
                *_items(desk, reliability.items()),
                *remarks(desk, reliability.remarks()),
            ),
        ),
    ]


def reliability_verdict(desk: Desk, reliability: Reliability) -> str:
    """Say in words which themes are measured reliably enough."""
    table = reliability.tidy()
    alphas = table[table["coefficient"] == "alpha"].set_index("construct")["estimate"]
    weak = [desk.names.construct(str(name)) for name in alphas[~(alphas >= USABLE)].index]
    limit = desk.numbers.decimal(USABLE)
    if not weak:
        return desk.words("measurement.all_reliable", limit=limit)
    return desk.words("measurement.some_weak", limit=limit, themes=desk.numbers.listed(weak))


def _figure(desk: Desk, reliability: Reliability) -> Figure:
    words, numbers = desk.words, desk.numbers
    table = reliability.tidy()
    table = table[table["coefficient"].isin(COEFFICIENTS)]
    there = set(table["coefficient"])
    drawn = next((pair for pair in DRAWN if there.issuperset(pair)), ("alpha",))
    rows = []
    for construct, group in table.groupby("construct", sort=False):
        found = {row["coefficient"]: row for row in group.to_dict(orient="records")}
        marks = (mark_of(found[name], numbers, series=i) for i, name in enumerate(drawn))
        rows.append(IntervalRow(desk.names.construct(str(construct)), tuple(marks)))
    low = -1.0 if table["conf_low"].min() < 0 else 0.0
    axis = words("measurement.reliability_axis", limit=numbers.decimal(USABLE))
    plot = IntervalPlot(tuple(rows), low, 1.0, axis, numbers, reference=USABLE, value_width=142.0)
    return interval_figure(
        "reliability",
        words("measurement.reliability_caption"),
        words("measurement.reliability_described", limit=numbers.decimal(USABLE)),
        plot,
        [words(f"coefficient.{name}") for name in drawn],
        _coefficients(desk, table, [name for name in COEFFICIENTS if name in there]),
    )


def _general_factor(desk: Desk) -> list[Part]:
    """Say how much of a total score is about what all dimensions share."""
    found, words, numbers = desk.contents.general_factor, desk.words, desk.numbers
    if found is None:
        return []
    general, own, share = [], [], float("nan")
    for row in found.tidy().to_dict(orient="records"):
        name = row["coefficient"]
        value = (
            numbers.decimal(row["estimate"]),
            numbers.interval(row["conf_low"], row["conf_high"]),
        )
        if name in GENERAL:
            general.append((words(f"coefficient.{name}"), *value))
        if name == "omega_hierarchical":
            share = row["estimate"]
        if name == "omega_hierarchical_subscale":
            theme = desk.names.construct(row["construct"])
            own.append((words("measurement.own_share", theme=theme), *value))
    if not isfinite(share):
        return remarks(desk, found.remarks())
    columns = (
        Column(words("measurement.statistic"), numeric=False),
        Column(words("measurement.estimate")),
        Column(words("scores.interval")),
    )
    caption, note = words("measurement.general_caption"), words("measurement.general_note")
    shown = Table(caption, columns, (*general, *own), note)
    return [
        Text((words("measurement.general_factor", share=numbers.percent(share)),)),
        More(words("measurement.general_more"), (shown, *remarks(desk, found.remarks()))),
    ]


def _coefficients(desk: Desk, table: pd.DataFrame, shown: list[str]) -> Table:
    words, numbers = desk.words, desk.numbers
    cells = []
    for construct, group in table.groupby("construct", sort=False):
        texts = [desk.names.construct(str(construct))]
        found = {row["coefficient"]: row for row in group.to_dict(orient="records")}
        for row in (found[name] for name in shown):
            texts.append(numbers.decimal(row["estimate"], 3))
            texts.append(numbers.interval(row["conf_low"], row["conf_high"], 3))
        cells.append((*texts, numbers.whole(group["n_obs"].max())))
    columns = [Column(words("scores.construct"), numeric=False)]
    for name in shown:
        columns += [Column(words(f"coefficient.{name}")), Column(words("scores.interval"))]
    columns.append(Column(words("scores.n")))
    return Table(words("measurement.reliability_caption"), tuple(columns), tuple(cells))


def _items(desk: Desk, items: pd.DataFrame) -> list[Table]:
    words, numbers = desk.words, desk.numbers
    heads = ("item", "item_rest", "alpha_without", "mean", "sd", "n")
    columns = tuple(Column(words(f"measurement.{head}"), numeric=head != "item") for head in heads)
    tables = []
    for construct, own in items.groupby("construct", sort=False):
        rows = tuple(
            (
                desk.names.item(row["item"]),
                numbers.decimal(row["item_rest_correlation"]),
                numbers.decimal(row["alpha_if_dropped"]),
                numbers.decimal(row["mean"]),
                numbers.decimal(row["sd"]),
                numbers.whole(row["n"]),
            )
            for row in own.to_dict(orient="records")
        )
        theme = desk.names.construct(str(construct))
        tables.append(Table(words("measurement.items_caption", theme=theme), columns, rows))
    return tables
