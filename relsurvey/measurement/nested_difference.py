"""Test of one factor model against a freer one of the same items, by the estimator's own test."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.cfa_solution import Rest, Solution
from relsurvey.stats.moment_tests import Sandwich, difference_test
from relsurvey.stats.rank_two_slopes import cell_slopes, slopes_at

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NestedDifference:
    """Statistic, degrees of freedom and p; NaN where the test does not exist."""

    statistic: float
    df: float
    p_value: float


def nested_difference(freer: CfaFit, held: CfaFit) -> NestedDifference:
    """Test what the second model holds fixed and the first does not.

    Plain maximum likelihood: difference of the chi-squares. Robust: divided by the factor of
    Satorra, A., & Bentler, P. M. (2001). Psychometrika, 66, 507-514; NaN where that is not
    positive. Ordinal: scaled and shifted (Satorra, 2000). Never the difference of two scaled
    statistics, which is no test. R: ``lavaan::lavTestLRT(freer, held)``.

    Parameters
    ----------
    freer, held : CfaFit
        Of the same rows and items, by the same estimator.
    """
    first, second = (dict(fit.glance().iloc[0]) for fit in (freer, held))
    df = float(second["df"] - first["df"])
    chi2 = float(second["chi2"] - first["chi2"])
    if df <= 0.0 or not math.isfinite(chi2):
        return NestedDifference(math.nan, df, math.nan)
    if freer.solution.ordinal:
        return _ordinal(freer.solution, held.solution, chi2, int(df))
    if "scaling_factor" in first:
        spread = second["df"] * second["scaling_factor"] - first["df"] * first["scaling_factor"]
        chi2 = chi2 * df / float(spread) if spread > 0.0 else math.nan
    if not math.isfinite(chi2):
        return NestedDifference(math.nan, df, math.nan)
    return NestedDifference(chi2, df, float(chdtrc(df, max(chi2, 0.0))))


def _ordinal(freer: Solution, held: Solution, chi2: float, df: int) -> NestedDifference:
    if not freer.rest or not held.rest or freer.rest[0].weight.ndim > 1:
        return NestedDifference(math.nan, float(df), math.nan)
    order = np.array([held.table.items.index(item) for item in freer.table.items], dtype=np.int64)
    own, other = [], []
    for group, rest in enumerate(freer.rest):
        own.append(_slopes(freer, group, rest.first, rest.second))
        other.append(_slopes(held, group, order[rest.first], order[rest.second]))
    test = difference_test(chi2, df, _sandwich(freer, own), own, other)
    return NestedDifference(test.statistic, float(df), test.p_value)


def _slopes(solution: Solution, group: int, first: Index, second: Index) -> Array:
    """Slopes of the correlations by the parameters, shape (r, q)."""
    cells = cell_slopes(solution.models[group], solution.at[group])
    return cells.gather(slopes_at(cells, first, second), len(solution.theta))


def _sandwich(solution: Solution, slopes: list[Array]) -> Sandwich:
    """Bread and meat of the estimates' covariance, from what the solution keeps."""
    information = _information(solution.rest, slopes)
    degrees = sum(solution.n_obs) - len(solution.n_obs)
    meat = information @ (degrees * solution.covariance) @ information
    bread = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return Sandwich(bread @ meat @ bread, bread, meat, math.nan, math.nan)


def _information(rests: tuple[Rest, ...], slopes: list[Array]) -> Array:
    parts = [
        rest.share * (own.T * rest.weight) @ own for rest, own in zip(rests, slopes, strict=True)
    ]
    return np.asarray(np.sum(parts, axis=0), dtype=np.float64)
