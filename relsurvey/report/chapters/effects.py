"""Chapter: what goes together with the outcomes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from relsurvey.effects.regress import Regression
from relsurvey.report.desk import Desk
from relsurvey.report.figures.axis import span_of
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow
from relsurvey.report.interval_figure import BOUNDS, interval_figure, mark_of
from relsurvey.report.page import Chapter, Column, Figure, Grouped, More, Part, Table, Text
from relsurvey.report.standardised import standardised
from relsurvey.report.technical import model_facts, remarks

TOGETHER = 4


def effects(desk: Desk, number: int) -> Chapter:
    """Write the chapter on standardised coefficients per outcome."""
    words, regressions = desk.words, desk.contents.regressions
    outcomes = desk.numbers.listed([desk.names.term(outcome) for outcome in regressions])
    lead = words.lines("effects.lead", outcomes=outcomes) if regressions else ()
    parts: list[Part] = []
    if not regressions:
        parts.append(desk.missing("regressions"))
    else:
        groups = [regressions]
        if len(regressions) > TOGETHER:
            groups = [{name: regressions[name]} for name in regressions]
        parts += [_figure(desk, i, dict(group)) for i, group in enumerate(groups)]
        explained = ((desk.names.term(k), (_explained(desk, v),)) for k, v in regressions.items())
        parts.append(Grouped(tuple(explained)))
        parts.append(Text(words.lines("effects.caution")))
        parts += [_details(desk, *pair) for pair in regressions.items()]
    return Chapter("effects", number, words("effects.title"), lead, tuple(parts))


def _explained(desk: Desk, regression: Regression) -> str:
    glance = regression.glance().iloc[0]
    return desk.words(
        "effects.explained",
        share=desk.numbers.percent(glance["r_squared"]),
        n=desk.numbers.whole(glance["n_obs"]),
    )


def _figure(desk: Desk, position: int, group: dict[str, Regression]) -> Figure:
    words, numbers = desk.words, desk.numbers
    tables = [standardised(regression) for regression in group.values()]
    rows = []
    for term in dict.fromkeys(term for table in tables for term in table["term"]):
        marks = tuple(
            mark_of(row, numbers, series=series)
            for series, table in enumerate(tables)
            for row in table[table["term"] == term].to_dict(orient="records")
        )
        rows.append(IntervalRow(desk.names.term(term), marks))
    found = pd.concat(tables)[list(BOUNDS)].to_numpy(dtype=np.float64).ravel()
    low, high = span_of(found, include=(0.0,))
    axis = words("effects.axis")
    plot = IntervalPlot(tuple(rows), low, high, axis, numbers, reference=0.0, value_width=162.0)
    outcomes = [desk.names.term(outcome) for outcome in group]
    caption = words("effects.caption", outcomes=numbers.listed(outcomes))
    described = words("effects.described")
    return interval_figure(f"effects-{position}", caption, described, plot, outcomes)


def _details(desk: Desk, outcome: str, regression: Regression) -> More:
    words, numbers = desk.words, desk.numbers
    scaled = standardised(regression).set_index("term")
    rows = []
    for row in regression.tidy().to_dict(orient="records"):
        standard = scaled["estimate"].get(row["term"], math.nan)
        rows.append(
            (
                desk.names.term(row["term"]),
                numbers.decimal(row["estimate"], 3),
                numbers.decimal(row["std_error"], 3),
                numbers.interval(row["conf_low"], row["conf_high"], 3),
                numbers.decimal(row["df"], 1),
                numbers.p_bare(row["p_value"]),
                numbers.decimal(standard, 3),
            )
        )
    heads = ("term", "estimate", "std_error", "interval", "df", "p", "std_estimate")
    columns = tuple(Column(words(f"effects.{head}"), numeric=head != "term") for head in heads)
    name = desk.names.term(outcome)
    table = Table(words("effects.table", outcome=name), columns, tuple(rows))
    facts = model_facts(desk, regression.glance())
    return More(
        words("effects.more", outcome=name),
        (Text(words.lines("effects.method")), facts, table, *remarks(desk, regression.remarks())),
    )
