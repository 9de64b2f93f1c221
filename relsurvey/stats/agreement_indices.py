"""Agreement within groups: rwg(j), r*wg(j), average deviation, awg, for all groups at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.grouped import Grouped

FloatArray = NDArray[np.float64]


def rwg_j(groups: Grouped, null: float) -> FloatArray:
    r"""Return rwg(j) of each group, shape (g,); with one item this is rwg.

    .. math:: r_{WG(J)} = \frac{J(1 - s^2/\sigma^2)}{J(1 - s^2/\sigma^2) + s^2/\sigma^2}

    with the mean item variance s² in a group, set to the null variance where it is larger (so the
    index lies between 0 and 1). NaN in groups of one.

    Parameters
    ----------
    groups : Grouped
        Item answers, shape (n, J).
    null : float
        Variance expected without agreement (`null_variance`).

    References
    ----------
    James, L. R., Demaree, R. G., & Wolf, G. (1984). Journal of Applied Psychology, 69, 85-98.
    R: ``multilevel::rwg.j(x, grpid, ranvar)``, ``multilevel::rwg(x, grpid, ranvar)``.
    """
    n_items = groups.values.shape[1]
    ratio = np.minimum(groups.variances.mean(axis=1), null) / null
    agreed = n_items * (1.0 - ratio)
    return np.asarray(agreed / (agreed + ratio), dtype=np.float64)


def r_star_wg_j(groups: Grouped, null: float) -> FloatArray:
    """Return r*wg(j) of each group, shape (g,): 1 minus mean item variance over null variance.

    Does not grow with the number of items, and may be below zero. NaN in groups of one.
    Lindell, M. K., Brandt, C. J., & Whitney, D. J. (1999). Applied Psychological Measurement, 23,
    127-135. R: ``multilevel::rwg.j.lindell(x, grpid, ranvar)``.
    """
    return np.asarray(1.0 - groups.variances.mean(axis=1) / null, dtype=np.float64)


def ad_m(groups: Grouped) -> FloatArray:
    """Return the average deviation from the item means of each group, in answer points, shape (g,).

    NaN in groups of one. Burke, M. J., Finkelstein, L. M., & Dusig, M. S. (1999). Organizational
    Research Methods, 2, 49-68. R: ``multilevel::ad.m(x, grpid)``.
    """
    return _several(groups, groups.mean_absolute_deviations(groups.means).mean(axis=1))


def ad_md(groups: Grouped) -> FloatArray:
    """Return the average deviation from the item medians, like `ad_m`.

    R: ``multilevel::ad.m(x, grpid, type = "median")``.
    """
    return _several(groups, groups.mean_absolute_deviations(groups.medians).mean(axis=1))


def awg(groups: Grouped, low: float, high: float) -> FloatArray:
    r"""Return awg of each group, shape (g,): agreement relative to the largest variance possible.

    .. math:: a_{WG} = 1 - \frac{2 s^2}{((H + L)M - M^2 - HL)\,k/(k - 1)}

    per item with mean M, k raters, lowest and highest code L and H, then averaged over the items.
    1 where all give the same extreme answer; an item is left out where the mean is so extreme that
    the index is not defined; NaN in groups of one and where no item is left.

    References
    ----------
    Brown, R. D., & Hauenstein, N. M. A. (2005). Organizational Research Methods, 8, 165-184.
    R: ``multilevel::awg(x, grpid, range = c(low, high))``.
    """
    size = groups.sizes[:, None].astype(np.float64)
    means = groups.means
    sums = means * size
    slack = 1e-9 * (abs(low) + abs(high) + 1.0) * size
    largest = ((high + low) * means - means**2 - high * low) * size / np.maximum(size - 1.0, 1.0)
    extreme = (sums < low * (size - 1.0) + high - slack) | (
        sums > high * (size - 1.0) + low + slack
    )
    unanimous = (np.abs(sums - low * size) <= slack) | (np.abs(sums - high * size) <= slack)
    index = np.where(
        unanimous,
        1.0,
        np.where(
            extreme | (largest <= 0.0),
            np.nan,
            1.0 - 2.0 * groups.variances / np.where(largest > 0.0, largest, 1.0),
        ),
    )
    defined = np.isfinite(index)
    sums_over_items = np.where(defined, index, 0.0).sum(axis=1)
    mean = sums_over_items / np.maximum(defined.sum(axis=1), 1)
    return _several(groups, np.where(defined.any(axis=1), mean, np.nan))


def _several(groups: Grouped, values: FloatArray) -> FloatArray:
    return np.where(groups.sizes > 1, values, np.nan)
