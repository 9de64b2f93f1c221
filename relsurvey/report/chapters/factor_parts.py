"""Parts on factor analysis: whether the questions form the themes they are meant to form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.compare import preferred_model
from relsurvey.report.desk import Desk
from relsurvey.report.figures.heat_table import heat_table
from relsurvey.report.figures.loading_plot import loading_plot
from relsurvey.report.interval_figure import interval_figure
from relsurvey.report.page import Column, Figure, More, Note, Part, Table, Text
from relsurvey.report.technical import model_facts, remarks

# A correlation of factors above this says that two themes are hard to tell apart.
HARD_TO_TELL = 0.85
# With a smaller share of complete answers than this the reader is warned.
MOST = 0.8
FIT = ("chi2", "df", "cfi", "rmsea", "srmr", "bic")
DIGITS = {"chi2": 0, "bic": 0, "df": 0}
SAID = 3  # pairs of questions named that the model leaves most of


def comparison_parts(desk: Desk, comparison: pd.DataFrame) -> list[Part]:
    """Return which model fits best, and the fit of all."""
    words, numbers = desk.words, desk.numbers
    shown = {name: _column(comparison, name) for name in FIT}
    columns = {name: column for name, column in shown.items() if column}
    rows = tuple(
        (
            model_name(desk, row),
            numbers.whole(row["n_items"]),
            numbers.whole(row["n_obs"]),
            *(
                numbers.decimal(row[column], DIGITS.get(name, 3))
                for name, column in columns.items()
            ),
        )
        for row in comparison.to_dict(orient="records")
    )
    heads = (
        Column(words("measurement.model"), numeric=False),
        Column(words("scores.n_items")),
        Column(words("scores.n")),
        *(Column(words(f"fact.{column}")) for column in columns.values()),
    )
    ordinal = "bic" not in columns
    note = words("measurement.fit_note_ordinal" if ordinal else "measurement.fit_note")
    table = Table(words("measurement.models_caption"), heads, rows, note)
    parts: list[Part] = [Text((_best(desk, comparison),)), *_few(desk, comparison), table]
    if ordinal:
        cautious = words.lines("measurement.cutoffs")
        parts.append(Note("plain", words("measurement.cutoffs_title"), cautious))
    return parts


def _column(comparison: pd.DataFrame, name: str) -> str:
    """Robust before scaled before plain, of what the models have; nothing where they lack it."""
    kinds = (f"{name}_robust", f"{name}_scaled", name) if name != "df" else (name,)
    found = (kind for kind in kinds if kind in comparison and comparison[kind].notna().any())
    return next(found, "")


def model_name(desk: Desk, row: Mapping[Any, Any]) -> str:
    """Say what a model is: its number of factors, or its kind."""
    counted = desk.words.counted("measurement.factors", int(row["n_factors"]))
    return desk.words.either(f"measurement.kind.{row['model']}", counted)


def _few(desk: Desk, comparison: pd.DataFrame) -> list[Part]:
    """Warn when the models rest on a part of the answers only, because some left questions out."""
    fewest, everybody = comparison["n_obs"].min(), len(desk.contents.responses)
    if not fewest < MOST * everybody:
        return []
    numbers, words = desk.numbers, desk.words
    sentence = words(
        "measurement.few_complete",
        n=numbers.whole(fewest),
        all=numbers.whole(everybody),
        share=numbers.percent(fewest / everybody),
    )
    return [Note("caution", words("measurement.few_title"), (sentence,))]


def _best(desk: Desk, comparison: pd.DataFrame) -> str:
    best = comparison[comparison["model"] == preferred_model(comparison)].iloc[0]
    rivals = comparison[comparison["converged"] & (comparison["item_set"] == best["item_set"])]
    if len(rivals) < 2:
        return desk.words("measurement.no_rivals")
    rule = "best_model" if "bic" in comparison else "best_by_test"
    return desk.words(f"measurement.{rule}", model=model_name(desk, dict(best)))


def factor_parts(desk: Desk, fit: CfaFit) -> list[Part]:
    """Return factor correlations and, in detail, loadings and the fit."""
    words = desk.words
    details: list[Part] = [Text(words.lines(_method(fit))), *_loadings(desk, fit)]
    details += [*_misfit(desk, fit), model_facts(desk, fit.glance())]
    details += remarks(desk, fit.remarks())
    parts: list[Part] = []
    correlations = fit.factor_correlations()
    if len(correlations):
        parts += [Text((factor_verdict(desk, fit),)), _correlations(desk, fit)]
    return [*parts, More(words("measurement.loadings_more"), tuple(details))]


def _method(fit: CfaFit) -> str:
    ordinal = fit.glance()["estimator"].iloc[0] in ("wlsmv", "ulsmv", "wls")
    return "measurement.cfa_method_ordinal" if ordinal else "measurement.cfa_method"


def _misfit(desk: Desk, fit: CfaFit) -> list[Part]:
    """Name the pairs of questions that have most in common beside their themes."""
    words, numbers = desk.words, desk.numbers
    table = fit.residuals()
    largest = table.loc[table["residual"].abs().sort_values(ascending=False).index[:SAID]]
    rows = tuple(
        (
            desk.names.item(str(row["rhs"])),
            desk.names.item(str(row["lhs"])),
            numbers.decimal(row["residual"]),
        )
        for row in largest.to_dict(orient="records")
    )
    columns = (
        Column(words("measurement.item"), numeric=False),
        Column(words("measurement.item"), numeric=False),
        Column(words("measurement.residual")),
    )
    caption, note = words("measurement.misfit_caption"), words("measurement.misfit_note")
    return [Table(caption, columns, rows, note)]


def factor_verdict(desk: Desk, fit: CfaFit) -> str:
    """Say which themes the answers hardly tell apart."""
    words, numbers = desk.words, desk.numbers
    table = fit.factor_correlations()
    high = table[table["estimate"].abs() >= HARD_TO_TELL].sort_values("estimate", ascending=False)
    limit = numbers.decimal(HARD_TO_TELL)
    if high.empty:
        return words("measurement.distinct", limit=limit)
    pairs = [
        words(
            "measurement.pair",
            a=desk.names.construct(row["factor_a"]),
            b=desk.names.construct(row["factor_b"]),
            r=numbers.decimal(row["estimate"]),
        )
        for row in high.to_dict(orient="records")
    ]
    return words("measurement.not_distinct", limit=limit, pairs="; ".join(pairs))


def _correlations(desk: Desk, fit: CfaFit) -> Table:
    factors = list(fit.model)
    values = {}
    for row in fit.factor_correlations().to_dict(orient="records"):
        a, b = factors.index(row["factor_a"]), factors.index(row["factor_b"])
        values[max(a, b), min(a, b)] = float(row["estimate"])
    names = [desk.names.construct(name) for name in factors]
    words = desk.words
    caption, corner = words("measurement.correlations_caption"), words("scores.construct")
    return heat_table(names, values, caption, corner, desk.numbers)


def _loadings(desk: Desk, fit: CfaFit) -> list[Figure]:
    table = fit.loadings()
    groups = table.groupby("factor", sort=False)
    return [_loading(desk, i, str(factor), own) for i, (factor, own) in enumerate(groups)]


def _loading(desk: Desk, position: int, factor: str, table: pd.DataFrame) -> Figure:
    words, numbers = desk.words, desk.numbers
    loadings = [
        (
            desk.names.item(row["item"]),
            float(row["std_estimate"]),
            float(row["std_conf_low"]),
            float(row["std_conf_high"]),
        )
        for row in table.to_dict(orient="records")
    ]
    plot = loading_plot(loadings, words("measurement.loading_axis"), numbers)
    cells = tuple(
        (item, numbers.decimal(estimate, 3), numbers.interval(low, high, 3))
        for item, estimate, low, high in loadings
    )
    heads = ("item", "loading", "interval")
    columns = tuple(Column(words(f"measurement.{head}"), numeric=head != "item") for head in heads)
    caption = words("measurement.loadings_caption", theme=desk.names.construct(factor))
    described = words("measurement.loadings_described")
    shown = Table(caption, columns, cells)
    return interval_figure(f"loadings-{position}", caption, described, plot, numbers=shown)
