"""Intervals for many differences that hold together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class JointIntervals:
    """Bounds (m,) that cover all m quantities at once with the stated confidence.

    Attributes
    ----------
    low, high : array (m,)
    critical : float
        How many standard errors the bounds lie from the estimate.
    """

    low: FloatArray
    high: FloatArray
    critical: float


def joint_differences(
    values: FloatArray, draws: FloatArray, confidence: float, n_units: int
) -> JointIntervals:
    """Return joint intervals of ``values[i] - values[j]`` for all pairs i < j.

    Parameters
    ----------
    values : array (k,)
    draws : array (B, k)
    confidence, n_units
        As in ``joint_intervals``.
    """
    first, second = np.triu_indices(values.size, k=1)
    return joint_intervals(
        values[first] - values[second], draws[:, first] - draws[:, second], confidence, n_units
    )


def joint_size_differences(
    values: FloatArray, draws: FloatArray, confidence: float, n_units: int
) -> JointIntervals:
    """Return joint intervals of ``|values[i]| - |values[j]|`` for all pairs i < j.

    Parameters
    ----------
    values : array (k,)
        Any sign.
    draws : array (B, k)
    confidence, n_units
        As in ``joint_intervals``.

    Notes
    -----
    An absolute value has a kink at zero, where the bootstrap fails. Difference u and sum v of two
    values have none, and ``|a| - |b| = max(min(u, v), min(-u, -v))``: the bounds are the smallest
    and largest value of that over the joint intervals of all u and v.
    """
    first, second = np.triu_indices(values.size, k=1)
    both = np.concatenate([values[first] - values[second], values[first] + values[second]])
    both_draws = np.hstack([draws[:, first] - draws[:, second], draws[:, first] + draws[:, second]])
    box = joint_intervals(both, both_draws, confidence, n_units)
    (low_u, low_v), (high_u, high_v) = np.split(box.low, 2), np.split(box.high, 2)
    return JointIntervals(
        low=-np.maximum(np.minimum(high_u, -low_v), np.minimum(-low_u, high_v)),
        high=np.maximum(np.minimum(high_u, high_v), np.minimum(-low_u, -low_v)),
        critical=box.critical,
    )


def joint_intervals(
    estimates: FloatArray, draws: FloatArray, confidence: float, n_units: int
) -> JointIntervals:
    """Return intervals by the bootstrap distribution of the largest standardised deviation.

    Parameters
    ----------
    estimates : array (m,)
    draws : array (B, m)
        Bootstrap draws of them.
    confidence : float
        Probability that all m intervals cover, for example 0.95.
    n_units : int
        Clusters (or rows) that were resampled, G.

    Notes
    -----
    Single-step max-t: Romano & Wolf (2005), Econometrica 73, 1237-1282; used for ranks by Mogstad,
    Romano, Shaikh & Wilhelm (2024), Review of Economic Studies 91, 476-518. With few units the
    bootstrap's spread is too small: standard errors are multiplied by ``sqrt(G/(G-1))`` and the
    critical value is carried from the normal to the t distribution with G - 1 degrees of freedom.
    A quantity that never varies gets the interval from its estimate to its estimate.
    """
    spread = draws.std(axis=0, ddof=1)
    varies = spread > 0
    if not varies.any():
        return JointIntervals(low=estimates.copy(), high=estimates.copy(), critical=0.0)
    deviations = np.abs(draws[:, varies] - estimates[varies]) / spread[varies]
    normal = float(np.quantile(deviations.max(axis=1), confidence))
    critical = float(stats.t.isf(stats.norm.sf(normal), n_units - 1))
    reach = critical * spread * np.sqrt(n_units / (n_units - 1))
    return JointIntervals(low=estimates - reach, high=estimates + reach, critical=critical)
