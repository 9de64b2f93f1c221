"""Models of invariance for ordinal items, in the identification of Wu and Estabrook."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relsurvey.measurement.cfa_data import CfaData, ordinal_data
from relsurvey.measurement.model_matrices import linear_model
from relsurvey.measurement.model_text import Term
from relsurvey.measurement.parameter_table import Parameter, ParameterTable, parameter_table
from relsurvey.stats import fit_indices
from relsurvey.stats.fit_measures import TestPair, fit_measures
from relsurvey.stats.moment_tests import ScaledTest, difference_test, scaled_shifted
from relsurvey.stats.ordinal_fit import OrdinalMoments, ordinal_moments
from relsurvey.stats.ordinal_groups import GroupsFit, ThresholdModel, fit_ordinal_groups

Array = NDArray[np.float64]
LEVELS = ("configural", "thresholds", "loadings", "intercepts", "residuals")


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalLevel:
    """One model of invariance: its fit, its numbers, and its test against the one before."""

    fit: GroupsFit
    n_parameters: int
    df: int
    measures: dict[str, float]
    difference: ScaledTest | None


def ordinal_levels(terms: tuple[Term, ...], data: CfaData) -> tuple[list[OrdinalLevel], list[str]]:
    """Fit the models of `LEVELS`, and return them with notes.

    Factor variances are 1 and means 0 in the first group, where latent responses have intercept 0
    and residual variance 1. Equal thresholds free the intercepts and residual variances of the
    other groups, equal loadings their factor variances, equal intercepts their factor means. Items
    with two answers have intercept 0 and residual variance 1 in all groups: their thresholds,
    intercepts and residuals are equal together or not at all. In delta or theta parameterisation
    the fit is the same, except that equal residuals can only be had in theta.

    References
    ----------
    Wu, H., & Estabrook, R. (2016). Psychometrika, 81, 1014-1045. R: ``semTools::measEq.syntax(…,
    ID.cat = "Wu.Estabrook.2016", parameterization = "theta")``.
    """
    parts, notes = ordinal_data(data)
    clusters = data.clusters or (None,) * len(parts)
    moments = tuple(
        ordinal_moments(part, own, jointly=True) for part, own in zip(parts, clusters, strict=True)
    )
    points = parts[0].points
    found: list[OrdinalLevel] = []
    for level in LEVELS:
        table = _table(terms, level, len(parts), points)
        fit = _fit(table, moments, shared=level != "configural")
        found.append(_level(fit, moments, found[-1] if found else None))
    few = [str(item) for item, k in zip(data.items, points, strict=True) if k == 3]
    if few:
        notes = (
            *notes,
            f"Equal thresholds cannot be tested for items with three answers ({', '.join(few)}).",
        )
    if (points == 2).any():
        notes = (
            *notes,
            "Items with two answers: equal thresholds hold intercepts and residuals equal too.",
        )
    return found, list(notes)


def _table(
    terms: tuple[Term, ...], level: str, n_groups: int, points: NDArray[np.int64]
) -> ParameterTable:
    step = LEVELS.index(level)
    equal = ("loadings",) if step >= LEVELS.index("loadings") else ()
    table = parameter_table(terms, std_lv=True, means=True, n_groups=n_groups, equal=equal)
    many = {item for item, k in zip(table.items, points, strict=True) if k > 2}
    rows: list[Parameter] = []
    for row in table.rows:
        residual = row.op == "~~" and row.lhs == row.rhs and row.lhs in table.items
        if residual or row.op == "~1":
            rows.append(_mean_or_residual(row, table, many, step, residual=residual))
        else:
            rows.append(row)
    return _renumbered(table, rows)


def _mean_or_residual(
    row: Parameter, table: ParameterTable, many: set[str], step: int, *, residual: bool
) -> Parameter:
    later = row.group > 0
    if residual:
        free = later and row.lhs in many and 1 <= step < LEVELS.index("residuals")
        return replace(row, index=-2 if free else -1, value=1.0)
    if row.lhs in table.items:
        free = later and row.lhs in many and 1 <= step < LEVELS.index("intercepts")
    else:
        free = later and step >= LEVELS.index("intercepts")
    return replace(row, index=-2 if free else -1, value=0.0)


def _renumbered(table: ParameterTable, rows: list[Parameter]) -> ParameterTable:
    """Give free parameters numbers without gaps; −2 asks for a number of its own."""
    known: dict[int, int] = {}
    count, numbered = 0, []
    for row in rows:
        index = row.index
        if index == -2:
            index, count = count, count + 1
        elif index >= 0:
            if index not in known:
                known[index], count = count, count + 1
            index = known[index]
        numbered.append(replace(row, index=index))
    return replace(table, rows=tuple(numbered), n_free=count)


def _fit(table: ParameterTable, moments: tuple[OrdinalMoments, ...], *, shared: bool) -> GroupsFit:
    sizes = [len(own) for own in moments[0].estimates.thresholds]
    t, q = sum(sizes), table.n_free
    item = np.repeat(np.arange(len(sizes)), sizes)
    total = q + (t if shared else t * len(moments))
    start = np.zeros(total)
    models = []
    for group in reversed(range(len(moments))):
        linear = linear_model(table, group, moments[group].estimates.matrix())
        first = q if shared else q + group * t
        own = linear.parameter >= 0
        start[linear.parameter[own]] = linear.value[own]
        start[first : first + t] = 1.3 * np.concatenate(moments[group].estimates.thresholds)
        wide = replace(linear, size=total)
        models.append(ThresholdModel(wide, item, np.arange(first, first + t)))
    _start_residuals(table, start)
    return fit_ordinal_groups(models[::-1], moments, start)


def _start_residuals(table: ParameterTable, start: Array) -> None:
    for row in table.rows:
        if row.index >= 0 and row.op == "~~" and row.lhs == row.rhs:
            start[row.index] = 1.0


def _level(
    fit: GroupsFit, moments: tuple[OrdinalMoments, ...], before: OrdinalLevel | None
) -> OrdinalLevel:
    total = sum(group.n for group in moments)
    degrees = total - len(moments)
    df = sum(len(part.slopes) for part in fit.parts) - len(fit.theta)
    chi2_null = trace = square = 0.0
    df_null = 0
    for part, group in zip(fit.parts, moments, strict=True):
        r = len(group.spread)
        correlations = replace(
            part,
            slopes=part.slopes[-r:],
            weight=part.weight[-r:],
            gamma=part.gamma[-r:, -r:],
        )
        chi2_null += (group.n - 1) * float(
            np.sum(correlations.weight * group.estimates.correlations**2)
        )
        own = correlations.traces()
        trace, square, df_null = trace + own[0], square + own[1], df_null + r
    tests = TestPair(fit.chi2, df, chi2_null, df_null, degrees, len(moments))
    scaled = (
        scaled_shifted(fit.chi2, df, fit.sandwich.trace, fit.sandwich.trace_of_square),
        scaled_shifted(chi2_null, df_null, trace, square),
    )
    measures = fit_measures(tests, scaled)
    measures["srmr"] = sum(
        part.share * _srmr(at.covariance, group)
        for part, group, at in zip(fit.parts, moments, fit.at, strict=True)
    )
    difference = None
    if before is not None and df > before.df:
        difference = difference_test(
            fit.chi2 - before.fit.chi2,
            df - before.df,
            before.fit.parts,
            [part.slopes for part in fit.parts],
        )
    return OrdinalLevel(fit, len(fit.theta), df, measures, difference)


def _srmr(covariance: Array, group: OrdinalMoments) -> float:
    width = np.sqrt(np.diag(covariance))
    return fit_indices.srmr(group.estimates.matrix(), covariance / np.outer(width, width))
