"""ICC1 and ICC2 of unequal groups from one-way analysis of variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, fdtri

from relsurvey.errors import DataError
from relsurvey.stats.grouped import group_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AnovaIcc:
    """ICC1 and ICC2 with F-based bounds, and the analysis of variance behind them.

    Attributes
    ----------
    icc1, icc1_low, icc1_high : float
        Share of a single rating's variance that lies between groups.
    icc2, icc2_low, icc2_high : float
        Reliability of a group mean of average size.
    ms_between, ms_within, statistic, p_value : float
        Mean squares, F, and its p-value.
    df_between, df_within, n_obs, n_groups : int
        Counts.
    """

    icc1: float
    icc1_low: float
    icc1_high: float
    icc2: float
    icc2_low: float
    icc2_high: float
    ms_between: float
    ms_within: float
    statistic: float
    p_value: float
    df_between: int
    df_within: int
    n_obs: int
    n_groups: int


def anova_icc(scores: FloatArray, codes: IntArray, confidence: float = 0.95) -> AnovaIcc:
    r"""Return ICC1 and ICC2 of scores in groups.

    .. math:: ICC1 = \frac{F - 1}{F + k - 1}, \qquad ICC2 = 1 - \frac{1}{F}

    with F the ratio of mean squares and k the mean group size N / G, as R's multilevel has it (not
    the n0 that corrects k for unequal groups). The bounds are F's exact ones for equal groups
    (Searle, 1971) with n0 as group size, and approximate for unequal groups (Thomas & Hultquist,
    1978). Both ICCs may be below zero.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        No NaN.
    codes : ndarray of int, shape (n,)
        Group of each row.
    confidence : float
        Coverage of the bounds.

    Raises
    ------
    DataError
        With fewer than two groups, no group of two, or scores that do not vary.

    References
    ----------
    Bliese, P. D. (2000). In Klein & Kozlowski (Eds.), Multilevel theory, research, and methods in
    organizations, 349-381. Searle, S. R. (1971). Linear models. Thomas, J. D., & Hultquist, R. A.
    (1978). Annals of Statistics, 6, 582-587.
    R: ``multilevel::ICC1(aov(y ~ as.factor(g)))``, ``multilevel::ICC2(...)``.
    """
    groups = group_rows(scores[:, None], codes)
    n, g = len(scores), len(groups.sizes)
    if g < 2 or n == g:
        raise DataError(
            "An intraclass correlation needs two groups or more, and one with two rows or more.",
            got=f"{n} rows in {g} groups",
        )
    means = groups.means[:, 0]
    within = float(np.sum((groups.values[:, 0] - means[groups.codes]) ** 2))
    between = float(np.sum(groups.sizes * (means - scores.mean()) ** 2))
    if within + between <= 1e-20 * max(float(np.sum(scores**2)), 1.0):
        raise DataError("An intraclass correlation is not defined: the scores do not vary.")
    ms_between, ms_within = between / (g - 1), within / (n - g)
    n0 = (n - float(np.sum(groups.sizes**2)) / n) / (g - 1)
    ratio = ms_between / ms_within if ms_within > 0.0 else np.inf
    tail = (1.0 - confidence) / 2.0
    low = ratio / float(fdtri(g - 1, n - g, 1.0 - tail))
    high = ratio / float(fdtri(g - 1, n - g, tail))
    return AnovaIcc(
        icc1=_icc1(ratio, n / g),
        icc1_low=_icc1(low, n0),
        icc1_high=_icc1(high, n0),
        icc2=_icc2(ratio),
        icc2_low=_icc2(low),
        icc2_high=_icc2(high),
        ms_between=ms_between,
        ms_within=ms_within,
        statistic=float(ratio),
        p_value=float(fdtrc(g - 1, n - g, ratio)),
        df_between=g - 1,
        df_within=n - g,
        n_obs=n,
        n_groups=g,
    )


def _icc1(ratio: float, size: float) -> float:
    return 1.0 if np.isinf(ratio) else float((ratio - 1.0) / (ratio + size - 1.0))


def _icc2(ratio: float) -> float:
    return float(1.0 - 1.0 / ratio) if ratio > 0.0 else float("-inf")
