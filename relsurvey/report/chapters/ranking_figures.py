"""Figures of a ranking: shares of what is explained, and the probability of each rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from relsurvey.effects.effect_ranking import EffectRanking
from relsurvey.report.desk import Desk
from relsurvey.report.figures.axis import span_of
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow, Mark
from relsurvey.report.figures.rank_plot import RankPlot, RankRow
from relsurvey.report.figures.svg import both_widths
from relsurvey.report.interval_figure import interval_figure
from relsurvey.report.numbers import Numbers
from relsurvey.report.page import Column, Figure, Table


def probabilities(row: pd.Series) -> tuple[float, ...]:
    """Return the probabilities of rank 1, 2 … of a row of a ranking's ``tidy()``."""
    names = sorted(
        (str(name) for name in row.index if str(name).startswith("p_rank_")),
        key=lambda name: int(name.removeprefix("p_rank_")),
    )
    return tuple(float(row[name]) for name in names)


def share_figure(desk: Desk, model: str, found: EffectRanking) -> Figure:
    """Draw each predictor's share of what all explain, a mark per outcome."""
    words, numbers = desk.words, desk.numbers
    table = found.tidy()
    outcomes = [ranked.outcome for ranked in found.ranked]
    order = table.groupby("predictor", sort=False)["share"].mean().sort_values(ascending=False)
    rows = []
    for predictor in order.index:
        own = table[table["predictor"] == predictor].to_dict(orient="records")
        marks = tuple(_share_mark(row, outcomes.index(row["outcome"]), numbers) for row in own)
        rows.append(IntervalRow(desk.names.term(str(predictor)), marks))
    low, high = span_of([100.0 * v for v in table["share_high"]], include=(0.0,))
    axis = words("ranking.share_axis")
    plot = IntervalPlot(tuple(rows), low, high, axis, numbers, reference=0.0, value_width=118.0)
    called = [desk.names.term(outcome) for outcome in outcomes]
    caption = words("ranking.share_caption", outcomes=numbers.listed(called))
    described = words("ranking.share_described")
    return interval_figure(f"shares-{model}", caption, described, plot, called)


def _share_mark(row: Mapping[Any, Any], series: int, numbers: Numbers) -> Mark:
    low, high = 100.0 * row["share_low"], 100.0 * row["share_high"]
    text = f"{numbers.percent(row['share'])} ({numbers.interval(low, high, 0)})"
    return Mark(100.0 * row["share"], low, high, text, series)


def rank_figure(desk: Desk, model: str, position: int, found: EffectRanking) -> Figure:
    """Draw the probability of each rank for one outcome, the likeliest first rank on top."""
    words, numbers = desk.words, desk.numbers
    outcome = found.ranked[position].outcome
    table = found.tidy()
    table = table[table["outcome"] == outcome].sort_values("rank")
    rows = tuple(
        RankRow(desk.names.term(str(row["predictor"])), probabilities(row))
        for _, row in table.iterrows()
    )
    called = desk.names.term(outcome)
    caption = words("ranking.rank_caption", outcome=called)
    name = f"ranks-{model}-{position}"
    plot = RankPlot(rows, words("ranking.rank_axis"), numbers)
    wide, narrow = both_widths(name, caption, words("ranking.rank_described"), plot)
    n_ranks = len(rows)
    columns = (
        Column(words("ranking.predictor"), numeric=False),
        *(Column(words("ranking.rank_n", n=i + 1)) for i in range(n_ranks)),
    )
    cells = tuple((row.name, *(numbers.percent(p, 1) for p in row.probabilities)) for row in rows)
    return Figure(f"{name}-figure", caption, wide, narrow, (), Table(caption, columns, cells))
