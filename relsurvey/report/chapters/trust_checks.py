"""What the chapter on trust rests on: other levels, every choice, other source, the unmeasured."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from relsurvey.effects.effect_ranking import EffectRanking
from relsurvey.effects.specification_curve import MAIN
from relsurvey.report.desk import Desk
from relsurvey.report.figures.axis import span_of
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow
from relsurvey.report.figures.specification_plot import CurvePanel, SpecificationPlot
from relsurvey.report.figures.svg import both_widths
from relsurvey.report.interval_figure import BOUNDS, interval_figure, mark_of
from relsurvey.report.page import Column, Figure, Heading, More, Part, Table, Text
from relsurvey.report.technical import remarks
from relsurvey.report.verdicts import STRONGEST, verdict_groups

SIGNIFICANT = 0.05


def main_ranking(desk: Desk) -> EffectRanking:
    """Return the ranking of the dimensions, or the only one there is."""
    rankings = desk.contents.rankings
    return rankings.get("dimensions") or next(iter(rankings.values()))


def every_level(desk: Desk) -> Mapping[str, EffectRanking]:
    """Return the ranking of the scores and those computed in other ways."""
    contents = desk.contents
    observed = {"observed": main_ranking(desk)} if contents.rankings else {}
    return {**observed, **contents.level_rankings}


def levels_parts(desk: Desk) -> list[Part]:
    """Show shares of what is explained, without measurement error, of groups, of other halves."""
    words, numbers = desk.words, desk.numbers
    levels = every_level(desk)
    parts: list[Part] = [Text(words.lines("trust.levels"))]
    if not desk.contents.level_rankings:
        return [desk.missing("level_rankings")]
    tables = {level: ranking.tidy() for level, ranking in levels.items()}
    first = next(iter(tables.values()))
    columns = ("share", "share_low", "share_high")
    for position, outcome in enumerate(dict.fromkeys(first["outcome"])):
        rows = []
        for predictor in dict.fromkeys(first["predictor"]):
            marks = []
            for series, level in enumerate(tables):
                table = tables[level]
                own = table[(table["outcome"] == outcome) & (table["predictor"] == predictor)]
                row = own.to_dict(orient="records")[0]
                marks.append(mark_of(row, numbers, series=series, columns=columns))
            rows.append(IntervalRow(desk.names.term(str(predictor)), tuple(marks)))
        found = np.concatenate(
            [t.loc[t["outcome"] == outcome, list(columns)] for t in tables.values()]
        )
        low, high = span_of(found.ravel().tolist(), include=(0.0,))
        axis = words("trust.levels_axis")
        plot = IntervalPlot(tuple(rows), low, high, axis, numbers, value_width=162.0)
        caption = words("trust.levels_caption", outcome=desk.names.term(str(outcome)))
        series_names = [words(f"trust.level.{level}") for level in tables]
        described = words("trust.levels_described")
        parts.append(interval_figure(f"levels-{position}", caption, described, plot, series_names))
    details: list[Part] = []
    for level, ranking in desk.contents.level_rankings.items():
        details.append(Heading(words(f"trust.level.{level}")))
        details.append(verdict_groups(desk, ranking, (STRONGEST,)))
        details += remarks(desk, ranking.remarks())
    return [*parts, More(words("trust.levels_more"), tuple(details))]


def curve_parts(desk: Desk) -> list[Part]:
    """Show the associations under every defensible choice, and count how many agree."""
    words, numbers, curve = desk.words, desk.numbers, desk.contents.specification_curve
    if curve is None:
        return [desk.missing("specification_curve")]
    table, counts = curve.tidy(), curve.counts()
    n_ways = table[table["kind"] == MAIN].groupby("outcome")["specification"].nunique().max()
    lead = words.lines("trust.curve", n=numbers.whole(n_ways))
    parts: list[Part] = [Text(lead)]
    main = table[table["kind"] == MAIN]
    for position, (outcome, own) in enumerate(main.groupby("outcome", sort=False)):
        parts.append(_curve(desk, position, str(outcome), own))
    for outcome, own in counts[counts["kind"] == MAIN].groupby("outcome", sort=False):
        parts.append(_counts(desk, str(outcome), own))
    details: list[Part] = [
        _counts(desk, str(outcome), own)
        for outcome, own in counts[counts["kind"] != MAIN].groupby("outcome", sort=False)
    ]
    details += remarks(desk, curve.remarks())
    return [*parts, More(words("trust.curve_more"), tuple(details))]


def _curve(desk: Desk, position: int, outcome: str, table: pd.DataFrame) -> Figure:
    words = desk.words
    panels = []
    for predictor, own in table.groupby("predictor", sort=False):
        ordered = own.sort_values("estimate", kind="stable")
        agree = int((ordered["p_value"] < SIGNIFICANT).sum())
        below = words("trust.curve_below", clear=agree, all=len(ordered))
        panels.append(
            CurvePanel(
                desk.names.term(str(predictor)),
                below,
                estimate=tuple(ordered["estimate"].astype(float)),
                low=tuple(ordered["conf_low"].astype(float)),
                high=tuple(ordered["conf_high"].astype(float)),
                significant=tuple((ordered["p_value"] < SIGNIFICANT).tolist()),
            )
        )
    bounds = span_of(table[list(BOUNDS)].to_numpy(dtype=float).ravel().tolist(), include=(0.0,))
    plot = SpecificationPlot(tuple(panels), bounds, desk.numbers)
    caption = words("trust.curve_caption", outcome=desk.names.term(outcome))
    key = f"specifications-{position}"
    wide, narrow = both_widths(key, caption, words("trust.curve_described"), plot)
    return Figure(f"{key}-figure", caption, wide, narrow)


def _counts(desk: Desk, outcome: str, counts: pd.DataFrame) -> Table:
    """How many ways agree; the share that comes first is for associations only."""
    words, numbers = desk.words, desk.numbers
    kind = str(counts["kind"].iloc[0])
    heads = ("theme", "median", "range", "clear", *(("first",) if kind == MAIN else ()))
    rows = tuple(
        (
            desk.names.term(row["predictor"]),
            numbers.decimal(row["median"]),
            numbers.interval(row["low"], row["high"]),
            numbers.percent(row["share_significant"]),
            numbers.percent(row["share_first"]),
        )[: len(heads)]
        for row in counts.to_dict(orient="records")
    )
    columns = tuple(Column(words(f"trust.{head}"), numeric=head != "theme") for head in heads)
    caption = words(f"trust.counts.{kind}", outcome=desk.names.term(outcome))
    return Table(caption, columns, rows)


def source_parts(desk: Desk) -> list[Part]:
    """Show associations with the outcome of the same half of the group and of the other."""
    words, numbers, split = desk.words, desk.numbers, desk.contents.split_groups
    if split is None:
        return [desk.missing("split_groups")]
    table = split.tidy()
    parts: list[Part] = [Text(words.lines("trust.source"))]
    for position, (outcome, own) in enumerate(table.groupby("outcome", sort=False)):
        rows = []
        for predictor, three in own.groupby("predictor", sort=False):
            marks = tuple(
                mark_of(row, numbers, series=("same", "other").index(row["source"]))
                for row in three.to_dict(orient="records")
                if row["source"] != "difference"
            )
            rows.append(IntervalRow(desk.names.term(str(predictor)), marks))
        shown = own.loc[own["source"] != "difference", list(BOUNDS)].to_numpy(dtype=float)
        low, high = span_of(shown.ravel().tolist(), include=(0.0,))
        axis = words("trust.source_axis")
        plot = IntervalPlot(tuple(rows), low, high, axis, numbers, reference=0.0, value_width=142.0)
        caption = words("trust.source_caption", outcome=desk.names.term(str(outcome)))
        series = (words("trust.same"), words("trust.other"))
        described = words("trust.source_described")
        parts.append(interval_figure(f"source-{position}", caption, described, plot, series))
    notes = remarks(desk, split.remarks())
    return [*parts, More(words("trust.source_more"), tuple(notes))] if notes else parts


def unmeasured_parts(desk: Desk) -> list[Part]:
    """Say how strong something that was not measured would have to be."""
    words, numbers, found = desk.words, desk.numbers, desk.contents.sensitivity
    if found is None:
        return [desk.missing("sensitivity")]
    tables = [
        _strengths(desk, str(outcome), own)
        for outcome, own in found.tidy().groupby("outcome", sort=False)
    ]
    share = found.glance()["method_share_turns_first"].iloc[0]
    key = "trust.method_never" if np.isnan(share) else "trust.method_turns"
    method = words(key, share=numbers.percent(share) if not np.isnan(share) else "")
    return [Text(words.lines("trust.unmeasured")), *tables, Text((method,))]


def _strengths(desk: Desk, outcome: str, found: pd.DataFrame) -> Table:
    words, numbers = desk.words, desk.numbers
    rows = tuple(
        (
            desk.names.term(row["predictor"]),
            numbers.decimal(row["estimate"]),
            numbers.percent(row["robustness_value"]),
            numbers.percent(row["robustness_value_significant"]),
            desk.names.term(row["next_predictor"]) if row["next_predictor"] else "",
            numbers.percent(row["robustness_value_next"]) if row["next_predictor"] else "",
        )
        for row in found.to_dict(orient="records")
    )
    heads = ("theme", "coefficient", "rv", "rv_clear", "next", "rv_next")
    texts = ("theme", "next")
    columns = tuple(Column(words(f"trust.{head}"), numeric=head not in texts) for head in heads)
    return Table(words("trust.unmeasured_caption", outcome=desk.names.term(outcome)), columns, rows)
