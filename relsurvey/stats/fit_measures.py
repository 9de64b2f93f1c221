"""Fit of a covariance structure in one place: plain, scaled and robust."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from relsurvey.stats import fit_indices
from relsurvey.stats.moment_tests import ScaledTest


@dataclass(frozen=True, slots=True)
class TestPair:
    """The model's test and that of the model in which no items correlate.

    Attributes
    ----------
    chi2, df, chi2_null, df_null
        Unscaled statistics.
    size : int
        What RMSEA divides by: rows, or rows minus groups for least squares.
    n_groups : int
        Groups.
    """

    __test__ = False
    chi2: float
    df: int
    chi2_null: float
    df_null: int
    size: int
    n_groups: int


@dataclass(frozen=True, slots=True)
class RobustParts:
    """Statistics of model and null model with the factors that scale them, and rows."""

    chi2: float
    factor: float
    chi2_null: float
    factor_null: float
    size: int


def fit_measures(
    tests: TestPair,
    scaled: tuple[ScaledTest, ScaledTest] | None = None,
    robust: RobustParts | None = None,
) -> dict[str, float]:
    """Return chi-square, CFI, TLI and RMSEA with its 90 % bounds.

    Parameters
    ----------
    tests : TestPair
        Unscaled tests.
    scaled : pair of ScaledTest, optional
        The scaled test of the model and of the null model.
    robust : RobustParts, optional
        For the indices that estimate what normal data would give.
    """
    found = {
        "chi2": tests.chi2,
        "df": tests.df,
        "p_value": _p_value(tests.chi2, tests.df),
    }
    if scaled is not None:
        found |= {
            "chi2_scaled": scaled[0].statistic,
            "df_scaled": scaled[0].df,
            "p_value_scaled": _p_value(scaled[0].statistic, tests.df),
            "scaling_factor": scaled[0].factor,
        }
    found |= {"chi2_null": tests.chi2_null, "df_null": tests.df_null}
    found |= _indices(tests, "")
    if scaled is not None:
        found["chi2_null_scaled"] = scaled[1].statistic
        again = TestPair(
            scaled[0].statistic,
            tests.df,
            scaled[1].statistic,
            tests.df_null,
            tests.size,
            tests.n_groups,
        )
        found |= _indices(again, "_scaled")
        if scaled[0].shift == 0.0:
            found |= _mean_scaled_bounds(tests, scaled[0].factor)
    if robust is not None:
        pair = TestPair(
            robust.chi2, tests.df, robust.chi2_null, tests.df_null, robust.size, tests.n_groups
        )
        found |= _indices(pair, "_robust", robust.factor, robust.factor_null)
    return found


def _indices(
    tests: TestPair, ending: str, factor: float = 1.0, factor_null: float = 1.0
) -> dict[str, float]:
    names = ("cfi", "tli", "rmsea", "rmsea_conf_low", "rmsea_conf_high")
    if not np.isfinite([tests.chi2, factor, tests.chi2_null, factor_null]).all():
        perfect = tests.df == 0
        values = [1.0, 1.0, 0.0, 0.0, 0.0] if perfect else [math.nan] * 5
        return {f"{name}{ending}": value for name, value in zip(names, values, strict=True)}
    four = (tests.chi2, tests.df, tests.chi2_null, tests.df_null)
    low, high = fit_indices.rmsea_interval(
        tests.chi2, tests.df, tests.size, factor=factor, n_groups=tests.n_groups
    )
    values = [
        fit_indices.cfi(*four, factor=factor, factor_null=factor_null),
        fit_indices.tli(*four, factor=factor, factor_null=factor_null),
        fit_indices.rmsea(tests.chi2, tests.df, tests.size, factor=factor, n_groups=tests.n_groups),
        low,
        high,
    ]
    return {f"{name}{ending}": value for name, value in zip(names, values, strict=True)}


def _mean_scaled_bounds(tests: TestPair, factor: float) -> dict[str, float]:
    """Bounds of the scaled RMSEA from the plain statistic with tr(UΓ) degrees, as lavaan's."""
    if not np.isfinite(factor) or factor <= 0.0:
        return {"rmsea_conf_low_scaled": math.nan, "rmsea_conf_high_scaled": math.nan}
    low, high = fit_indices.rmsea_interval(
        tests.chi2, factor * tests.df, tests.size, n_groups=tests.n_groups
    )
    return {"rmsea_conf_low_scaled": low, "rmsea_conf_high_scaled": high}


def _p_value(chi2: float, df: int) -> float:
    return float(chdtrc(df, max(chi2, 0.0))) if df > 0 else math.nan
