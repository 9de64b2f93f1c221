"""Random group resampling: the spread within groups beside that in groups made by lot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relsurvey.stats.grouped import group_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RandomGroups:
    """Variance within the actual groups beside that within random groups of the same sizes.

    Attributes
    ----------
    within_variance : float
        Mean over the groups of the variance within.
    random_variance, random_sd : float
        Mean and standard deviation of that variance over random groups.
    statistic, p_value : float
        z, below zero where actual groups are closer together, and its one-sided p-value.
    n_random_groups : int
        Random groups behind it.
    """

    within_variance: float
    random_variance: float
    random_sd: float
    statistic: float
    p_value: float
    n_random_groups: int


def random_groups(scores: FloatArray, codes: IntArray, n_random: int, seed: int) -> RandomGroups:
    r"""Compare the variance within groups with that within random groups.

    All scores are dealt out anew to groups of the actual sizes until there are ``n_random`` groups.
    With G groups

    .. math:: z = \frac{\bar s^2 - \bar s^2_{random}}{SD(s^2_{random}) / \sqrt{G}}

    Groups of one have no variance and stay out, but their scores are dealt with the others.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        No NaN.
    codes : ndarray of int, shape (n,)
        Group of each row; at least one has two rows.
    n_random : int
        Random groups wanted; the last deal is completed.
    seed : int
        Of ``numpy.random.default_rng``.

    References
    ----------
    Bliese, P. D., & Halverson, R. R. (2002). Leadership Quarterly, 13, 53-68.
    R: ``multilevel::rgr.agree(score, group, n_random)``, with random groups of its own.
    """
    groups = group_rows(scores[:, None], codes)
    several = groups.sizes > 1
    n_groups = int(several.sum())
    within = float(groups.variances[several].mean())
    generator = np.random.default_rng(seed)
    shuffled = groups.values[:, 0] - scores.mean()
    drawn = []
    for _ in range(max(-(-n_random // n_groups), 1)):
        generator.shuffle(shuffled)
        sums = np.add.reduceat(shuffled, groups.starts)
        squares = np.add.reduceat(shuffled**2, groups.starts)
        rest = squares[several] - sums[several] ** 2 / groups.sizes[several]
        drawn.append(rest / (groups.sizes[several] - 1))
    variances = np.concatenate(drawn)
    mean = float(variances.mean())
    sd = float(variances.std(ddof=1)) if len(variances) > 1 else np.nan
    statistic = (within - mean) / (sd / np.sqrt(n_groups)) if sd > 0.0 else np.nan
    return RandomGroups(
        within_variance=within,
        random_variance=mean,
        random_sd=sd,
        statistic=float(statistic),
        p_value=float(stats.norm.cdf(statistic)),
        n_random_groups=len(variances),
    )
