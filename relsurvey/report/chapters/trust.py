"""Chapter: how far the effects and their order can be trusted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from relsurvey.effects.effect_ranking import EffectRanking
from relsurvey.effects.specification_curve import MAIN, SpecificationCurve
from relsurvey.report.desk import Desk
from relsurvey.report.figures.axis import span_of
from relsurvey.report.figures.interval_plot import IntervalPlot, IntervalRow
from relsurvey.report.figures.specification_plot import CurvePanel, SpecificationPlot
from relsurvey.report.figures.svg import both_widths
from relsurvey.report.interval_figure import BOUNDS, interval_figure, mark_of
from relsurvey.report.page import Chapter, Column, Figure, Heading, More, Note, Part, Table, Text
from relsurvey.report.technical import remarks
from relsurvey.report.verdicts import STRONGEST, verdict_groups

SIGNIFICANT = 0.05
LEVELS = ("observed", "corrected", "between", "split")


def trust(desk: Desk, number: int) -> Chapter:
    """Write what can and what cannot be concluded, and what that rests on."""
    words, contents = desk.words, desk.contents
    parts: list[Part] = []
    if contents.regressions and contents.rankings:
        parts.append(Note("finding", words("trust.can_title"), _can(desk)))
        parts.append(Note("caution", words("trust.cannot_title"), _cannot(desk)))
    parts.append(Heading(words("trust.levels_title")))
    parts += _levels(desk)
    parts.append(Heading(words("trust.curve_title")))
    if contents.specification_curve is None:
        parts.append(desk.missing("specification_curve"))
    else:
        parts += _curves(desk, contents.specification_curve)
    parts.append(Heading(words("trust.source_title")))
    parts += _source(desk)
    parts.append(Heading(words("trust.unmeasured_title")))
    parts += _unmeasured(desk)
    lead = words.lines("trust.lead")
    return Chapter("trust", number, words("trust.title"), lead, tuple(parts))


def _can(desk: Desk) -> tuple[str, ...]:
    """Sentences on what the answers establish, outcome by outcome."""
    words, found = desk.words, []
    for outcome, regression in desk.contents.regressions.items():
        own = regression.adjusted([*_predictors(desk)])
        clear = own[(own["p_adjusted"] < SIGNIFICANT) & (own["estimate"] > 0)]
        themes = desk.numbers.listed([desk.names.term(str(name)) for name in clear["term"]])
        key = "trust.can_some" if themes else "trust.can_none"
        found.append(words(key, outcome=desk.names.term(outcome), themes=themes))
    ranking = _main(desk)
    pairs = ranking.pairwise()
    clear = pairs[pairs["verdict"] != "not_established"]
    found.append(
        words(
            "trust.can_pairs",
            clear=desk.numbers.whole(len(clear)),
            all=desk.numbers.whole(len(pairs)),
        )
    )
    return tuple(found)


def _cannot(desk: Desk) -> tuple[str, ...]:
    words, ranking = desk.words, _main(desk)
    unsettled = [
        desk.names.term(verdict.outcome)
        for verdict in ranking.verdicts()
        if verdict.code == "strongest_not_established"
    ]
    found = []
    if unsettled:
        found.append(words("trust.cannot_first", outcomes=desk.numbers.listed(unsettled)))
    changed = _changed_first(desk)
    if changed:
        found.append(words("trust.cannot_level", levels=desk.numbers.listed(changed)))
    return (*found, *words.lines("trust.cannot_always"))


def _main(desk: Desk) -> EffectRanking:
    rankings = desk.contents.rankings
    return rankings.get("dimensions") or next(iter(rankings.values()))


def _predictors(desk: Desk) -> tuple[str, ...]:
    return _main(desk).predictors


def _every_level(desk: Desk) -> Mapping[str, EffectRanking]:
    contents = desk.contents
    observed = {"observed": _main(desk)} if contents.rankings else {}
    return {**observed, **contents.level_rankings}


def _changed_first(desk: Desk) -> list[str]:
    """Levels at which another predictor than among the scores has the largest share."""
    firsts = {}
    for level, ranking in _every_level(desk).items():
        table = ranking.tidy()
        firsts[level] = tuple(table.loc[table["rank"] == 1, "predictor"])
    own = firsts.get("observed")
    return [desk.words(f"trust.level.{level}") for level in firsts if firsts[level] != own]


def _levels(desk: Desk) -> list[Part]:
    words, numbers = desk.words, desk.numbers
    levels = _every_level(desk)
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


def _curves(desk: Desk, curve: SpecificationCurve) -> list[Part]:
    words, numbers = desk.words, desk.numbers
    table, counts = curve.tidy(), curve.counts()
    n_ways = table[table["kind"] == MAIN].groupby("outcome")["specification"].nunique().max()
    lead = words.lines("trust.curve", n=numbers.whole(n_ways))
    parts: list[Part] = [Text(lead)]
    main = table[table["kind"] == MAIN]
    for position, (outcome, own) in enumerate(main.groupby("outcome", sort=False)):
        parts.append(_curve(desk, position, str(outcome), own))
    parts.append(_counts(desk, counts))
    return [*parts, *remarks(desk, curve.remarks())]


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


def _counts(desk: Desk, counts: pd.DataFrame) -> Table:
    words, numbers = desk.words, desk.numbers
    rows = tuple(
        (
            desk.names.term(row["outcome"]),
            words(f"trust.kind.{row['kind']}"),
            desk.names.term(row["predictor"]),
            numbers.decimal(row["median"]),
            numbers.interval(row["low"], row["high"]),
            numbers.percent(row["share_significant"]),
            numbers.percent(row["share_first"]) if row["kind"] == MAIN else "",
        )
        for row in counts.to_dict(orient="records")
    )
    heads = ("outcome", "kind_head", "theme", "median", "range", "clear", "first")
    texts = heads[:3]
    columns = tuple(Column(words(f"trust.{head}"), numeric=head not in texts) for head in heads)
    return Table(words("trust.counts_caption"), columns, rows)


def _source(desk: Desk) -> list[Part]:
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
    return [*parts, *remarks(desk, split.remarks())]


def _unmeasured(desk: Desk) -> list[Part]:
    words, numbers, found = desk.words, desk.numbers, desk.contents.sensitivity
    if found is None:
        return [desk.missing("sensitivity")]
    rows = tuple(
        (
            desk.names.term(row["outcome"]),
            desk.names.term(row["predictor"]),
            numbers.decimal(row["estimate"]),
            numbers.percent(row["robustness_value"]),
            numbers.percent(row["robustness_value_significant"]),
            desk.names.term(row["next_predictor"]) if row["next_predictor"] else "",
            numbers.percent(row["robustness_value_next"]) if row["next_predictor"] else "",
        )
        for row in found.tidy().to_dict(orient="records")
    )
    heads = ("outcome", "theme", "coefficient", "rv", "rv_clear", "next", "rv_next")
    texts = ("outcome", "theme", "next")
    columns = tuple(Column(words(f"trust.{head}"), numeric=head not in texts) for head in heads)
    table = Table(words("trust.unmeasured_caption"), columns, rows)
    share = found.glance()["method_share_turns_first"].iloc[0]
    key = "trust.method_never" if np.isnan(share) else "trust.method_turns"
    method = words(key, share=numbers.percent(share) if not np.isnan(share) else "")
    return [Text(words.lines("trust.unmeasured")), table, Text((method,))]
