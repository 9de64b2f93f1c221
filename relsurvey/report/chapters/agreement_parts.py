"""Parts on agreement: whether people in one unit see the same, and units differ."""

from __future__ import annotations

import pandas as pd

from relsurvey.measurement.agreement import Agreement
from relsurvey.report.desk import Desk
from relsurvey.report.page import Column, More, Part, Table, Text
from relsurvey.report.technical import remarks

SHOWN = ("icc1", "icc2", "rwg_j", "ad_m")
LEVEL_COEFFICIENTS = ("omega_within", "omega_between", "omega_cluster_mean")
UNIT_SCORE_USABLE = 0.70


def agreement_parts(desk: Desk, agreement: Agreement) -> list[Part]:
    """Return a verdict on unit scores, the main statistics, and all of them in detail."""
    table = agreement.tidy()
    return [
        Text((agreement_verdict(desk, agreement),)),
        _main(desk, table),
        More(
            desk.words("measurement.agreement_more"),
            (
                Text(desk.words.lines("measurement.agreement_method")),
                _all(desk, table),
                *_levels(desk),
                *remarks(desk, agreement.remarks()),
            ),
        ),
    ]


def agreement_verdict(desk: Desk, agreement: Agreement) -> str:
    """Say for how many themes a unit's mean is reliable enough to compare units."""
    table = agreement.tidy()
    icc2 = table[table["statistic"] == "icc2"].set_index("scale")["estimate"]
    good = [desk.names.construct(str(name)) for name in icc2[icc2 >= UNIT_SCORE_USABLE].index]
    limit = desk.numbers.decimal(UNIT_SCORE_USABLE)
    if len(good) == len(icc2):
        return desk.words("measurement.all_units_reliable", limit=limit)
    if not good:
        return desk.words("measurement.no_units_reliable", limit=limit)
    themes = desk.numbers.listed(good)
    return desk.words("measurement.some_units_reliable", limit=limit, themes=themes)


def _main(desk: Desk, table: pd.DataFrame) -> Table:
    words, numbers = desk.words, desk.numbers
    rows = []
    for scale, group in table.groupby("scale", sort=False):
        found = group.set_index("statistic")["estimate"]
        cells = (numbers.decimal(found.get(name)) for name in SHOWN)
        rows.append((desk.names.construct(str(scale)), *cells))
    columns = (
        Column(words("scores.construct"), numeric=False),
        *(Column(words(f"statistic.{name}")) for name in SHOWN),
    )
    note = words("measurement.agreement_note")
    return Table(words("measurement.agreement_caption"), columns, tuple(rows), note)


def _levels(desk: Desk) -> list[Part]:
    """Return the reliability within and between groups, theme by theme."""
    table, words, numbers = desk.contents.level_reliability, desk.words, desk.numbers
    if table is None:
        return []
    rows = []
    for construct, group in table.groupby("construct", sort=False):
        found = {row["coefficient"]: row for row in group.to_dict(orient="records")}
        cells = [desk.names.construct(str(construct))]
        for name in LEVEL_COEFFICIENTS:
            row = found[name]
            cells.append(numbers.decimal(row["estimate"]))
            cells.append(numbers.interval(row["conf_low"], row["conf_high"]))
        rows.append(tuple(cells))
    columns = [Column(words("scores.construct"), numeric=False)]
    for name in LEVEL_COEFFICIENTS:
        columns += [Column(words(f"coefficient.{name}")), Column(words("scores.interval"))]
    note = words("measurement.level_note")
    return [Table(words("measurement.level_caption"), tuple(columns), tuple(rows), note)]


def _all(desk: Desk, table: pd.DataFrame) -> Table:
    words, numbers = desk.words, desk.numbers
    rows = tuple(
        (
            desk.names.construct(row["scale"]),
            words.either(f"statistic.{row['statistic']}", row["statistic"]),
            numbers.decimal(row["estimate"], 3),
            numbers.interval(row["conf_low"], row["conf_high"], 3),
        )
        for row in table.to_dict(orient="records")
    )
    columns = (
        Column(words("scores.construct"), numeric=False),
        Column(words("measurement.statistic"), numeric=False),
        Column(words("measurement.estimate")),
        Column(words("scores.interval")),
    )
    return Table(words("measurement.agreement_all"), columns, rows)
