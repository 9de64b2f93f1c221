"""Covariances from every pair of answers that is there, and how many pairs that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def pairwise_cov(values: FloatArray) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return pairwise-complete covariances and the number of pairs behind each.

    Each covariance takes both means over the rows where both are answered, as R does. The matrix
    need not be positive definite: fit no model to it.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        Answers, NaN where there is none.

    Returns
    -------
    cov : ndarray, shape (k, k)
        NaN where fewer than two rows answer both. R: ``cov(x, use = "pairwise")``.
    pairs : ndarray, shape (k, k)
        Rows that answer both.
    """
    here = np.isfinite(values)
    mask = here.astype(np.float64)
    with np.errstate(invalid="ignore"):
        means = np.where(here, values, 0.0).sum(axis=0) / np.maximum(mask.sum(axis=0), 1.0)
    filled = np.where(here, values - means, 0.0)
    pairs = mask.T @ mask
    sums = filled.T @ mask
    safe = np.maximum(pairs, 1.0)
    cov = (filled.T @ filled - sums * sums.T / safe) / np.maximum(pairs - 1.0, 1.0)
    return np.where(pairs > 1.0, cov, np.nan), np.rint(pairs).astype(np.int64)


def pairwise_correlations(values: FloatArray) -> FloatArray:
    """Return pairwise-complete correlations, shape (k, k), 1 on the diagonal.

    The standard deviations too are those of the rows that answer both. NaN where one of the two
    does not vary in these rows. R: ``cor(x, use = "pairwise")``.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        Answers, NaN where there is none.
    """
    here = np.isfinite(values)
    if here.all():
        cov = np.cov(values.T).reshape(values.shape[1], -1)
        variances = np.diag(cov)
        product = np.sqrt(np.outer(variances, variances))
    else:
        cov = pairwise_cov(values)[0]
        mask = here.astype(np.float64)
        means = np.where(here, values, 0.0).sum(axis=0) / np.maximum(mask.sum(axis=0), 1.0)
        filled = np.where(here, values - means, 0.0)
        pairs = np.maximum(mask.T @ mask, 2.0)
        sums, squares = filled.T @ mask, (filled**2).T @ mask
        spread = np.maximum((squares - sums**2 / pairs) / (pairs - 1.0), 0.0)
        product = np.sqrt(spread * spread.T)
    return np.where(product > 0.0, cov / np.where(product > 0.0, product, 1.0), np.nan)
