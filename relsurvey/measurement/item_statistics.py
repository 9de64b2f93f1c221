"""Each item of a scale: how it goes with the others, and the scale without it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.alpha import alpha_if_dropped, item_rest_correlations
from relsurvey.stats.omega import positive_definite
from relsurvey.stats.one_factor import one_factor_ml
from relsurvey.stats.one_factor_reliability import omega
from relsurvey.stats.pairwise_cov import pairwise_cov

FloatArray = NDArray[np.float64]
Row = dict[str, object]


def item_rows(
    construct: str, columns: Sequence[str], values: FloatArray, complete: FloatArray
) -> list[Row]:
    """One row per item.

    Parameters
    ----------
    construct : str
        Name of the scale.
    columns : sequence
        Its items.
    values : ndarray, shape (n, k)
        Answers, NaN where there is none: covariances take every pair that is there.
    complete : ndarray, shape (c, k)
        Rows that answer all items, for omega.
    """
    cov = pairwise_cov(values)[0]
    rest = item_rest_correlations(cov)
    without = alpha_if_dropped(cov)
    omegas = omega_if_dropped(complete)
    means = np.nanmean(values, axis=0)
    counts = np.isfinite(values).sum(axis=0)
    return [
        {
            "construct": construct,
            "item": str(column),
            "item_rest_correlation": float(rest[at]),
            "alpha_if_dropped": float(without[at]),
            "mean": float(means[at]),
            "sd": float(np.sqrt(cov[at, at])),
            "n": int(counts[at]),
            "omega_if_dropped": float(omegas[at]),
        }
        for at, column in enumerate(columns)
    ]


def omega_if_dropped(complete: FloatArray) -> FloatArray:
    """Omega total of the remaining items when each item is left out, shape (k,).

    NaN with fewer than four items, too few rows, or an improper solution of what remains.
    """
    n, k = complete.shape
    found = np.full(k, np.nan)
    if k < 4 or n <= k:
        return found
    cov = np.cov(complete.T, ddof=0)
    kept = np.array([np.delete(np.arange(k), item) for item in range(k)])
    parts = cov[kept[:, :, None], kept[:, None, :]]
    usable = np.flatnonzero(positive_definite(parts))
    if len(usable):
        factor = one_factor_ml(parts[usable])
        found[usable[factor.proper]] = omega(
            factor.loadings[factor.proper], factor.residuals[factor.proper]
        )
    return found
