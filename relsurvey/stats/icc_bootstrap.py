"""Bootstrap replicates of ICC1 and ICC2: whole groups are drawn, from their sums alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.grouped import group_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_BATCH = 500


def icc_replicates(
    scores: FloatArray, codes: IntArray, n_boot: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Draw groups with replacement and compute ICC1 and ICC2 of every draw.

    Parameters
    ----------
    scores : ndarray, shape (n,)
        No NaN.
    codes : ndarray of int, shape (n,)
        Group of each row.
    n_boot : int
        Replicates.
    seed : int
        Of ``numpy.random.default_rng``.

    Returns
    -------
    icc1, icc2 : ndarray, shape (n_boot,)
        As `relsurvey.stats.icc_anova.anova_icc` defines them; NaN where nothing varies within the
        groups drawn, or they are all of one.

    Notes
    -----
    Field, C. A., & Welsh, A. H. (2007). Journal of the Royal Statistical Society B, 69, 369-390.
    """
    groups = group_rows(scores[:, None] - scores.mean(), codes)
    sizes = groups.sizes.astype(np.float64)
    means = groups.means[:, 0]
    within = np.where(groups.sizes > 1, groups.variances[:, 0], 0.0) * (sizes - 1.0)
    sums = np.column_stack([sizes, sizes * means, sizes * means**2, within])
    generator = np.random.default_rng(seed)
    n_groups = len(sizes)
    icc1, icc2 = np.full(n_boot, np.nan), np.full(n_boot, np.nan)
    for start in range(0, n_boot, _BATCH):
        batch = min(_BATCH, n_boot - start)
        weights = generator.multinomial(n_groups, np.full(n_groups, 1.0 / n_groups), size=batch)
        rows, total, square, inside = (weights @ sums).T
        left = rows - n_groups
        ms_between = np.maximum(square - total**2 / rows, 0.0) / (n_groups - 1)
        defined = (left > 0.0) & (inside > 0.0) & (ms_between > 0.0)
        ms_within = np.where(defined, inside, 1.0) / np.where(defined, left, 1.0)
        ratio = np.where(defined, ms_between, 1.0) / ms_within
        here = np.s_[start : start + batch]
        icc1[here] = np.where(defined, (ratio - 1.0) / (ratio + rows / n_groups - 1.0), np.nan)
        icc2[here] = np.where(defined, 1.0 - 1.0 / ratio, np.nan)
    return icc1, icc2
