"""General dominance: what each predictor adds to R-squared, averaged over all subsets."""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError

FloatArray = NDArray[np.float64]

MOST_PREDICTORS = 15
# A predictor of whose variance less than this share is its own cannot be told from the others.
COLLINEAR = 1e-10


def subset_residual_variances(covariances: FloatArray) -> FloatArray:
    """Return the outcome's residual variance given every subset of the predictors.

    Parameters
    ----------
    covariances : array (B, p+1, p+1)
        B covariance (or cross-product) matrices of p predictors and, last, the outcome.

    Returns
    -------
    array (2**p, B)
        Row S belongs to the subset with predictor k in it where bit k of S is set; NaN in every
        row of a matrix whose predictors are collinear.

    Notes
    -----
    Predictors are taken in turn: every matrix so far is kept as it is (predictor left out) and
    swept (predictor taken out of the rest), so each subset costs one sweep of what remains.
    """
    n_predictors = covariances.shape[1] - 1
    variances = np.diagonal(covariances, axis1=1, axis2=2).T
    remaining = np.moveaxis(covariances, 0, -1)[:, :, None, :]
    usable = np.ones(covariances.shape[0], dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        for predictor in range(n_predictors):
            pivot = remaining[0, 0]
            usable &= (pivot > COLLINEAR * variances[predictor]).all(axis=0)
            column, rest = remaining[1:, 0], remaining[1:, 1:]
            swept = rest - column[:, None] * (column / pivot)[None, :]
            remaining = np.concatenate([rest, swept], axis=2)
    residual: FloatArray = np.where(usable, remaining[0, 0], np.nan)
    return residual


def subset_r_squared(partial: FloatArray, outcome_variance: FloatArray) -> FloatArray:
    """Return R-squared of every subset of the predictors, (2**p, B); see the rows above.

    Parameters
    ----------
    partial : array (B, p+1, p+1)
        Covariances of p predictors and, last, the outcome; after controls, where there are any,
        have been taken out of all of them.
    outcome_variance : array (B,)
        Variance of the outcome before controls are taken out: what R-squared is a share of.

    Raises
    ------
    ModelError
        More than 15 predictors: the number of subsets doubles with each.
    """
    n_predictors = partial.shape[1] - 1
    if n_predictors > MOST_PREDICTORS:
        raise ModelError(
            "Dominance compares all subsets of the predictors; there are too many.",
            got=f"{n_predictors} predictors",
            expected=f"at most {MOST_PREDICTORS}",
            hint='Use metric="relative_weights" or fewer predictors.',
        )
    return np.asarray(1.0 - subset_residual_variances(partial) / outcome_variance)


def general_dominance(partial: FloatArray, outcome_variance: FloatArray) -> FloatArray:
    """Return each predictor's average contribution to R-squared.

    Parameters
    ----------
    partial, outcome_variance
        As in ``subset_r_squared``.

    Returns
    -------
    array (B, p)
        Rows sum to the R-squared that the predictors add to the controls' R-squared.

    Raises
    ------
    ModelError
        More than 15 predictors.

    Notes
    -----
    Lindeman, Merenda & Gold (1980), 119ff; Budescu (1993), Psychological Bulletin 114, 542-551;
    Azen & Budescu (2003), Psychological Methods 8, 129-148. The same number goes by LMG and by
    Shapley value of R-squared; in R: ``relaimpo::calc.relimp(lm, type = "lmg")``.
    """
    explained = subset_r_squared(partial, outcome_variance)
    return np.asarray((_averaging(partial.shape[1] - 1) @ explained).T)


def conditional_dominance(explained: FloatArray) -> FloatArray:
    """Return each predictor's average contribution to subsets of each size.

    Parameters
    ----------
    explained : array (2**p, B)
        From ``subset_r_squared``.

    Returns
    -------
    array (B, p, p)
        Entry (b, k, s): what predictor k adds, averaged over the subsets of s others. The mean over
        s is general dominance.

    Notes
    -----
    Budescu (1993); Azen & Budescu (2003): k dominates j conditionally when its entry is larger at
    every s.
    """
    n_predictors = int(explained.shape[0]).bit_length() - 1
    subsets = np.arange(2**n_predictors)
    sizes = np.array([int(subset).bit_count() for subset in subsets])
    found = np.empty((explained.shape[1], n_predictors, n_predictors))
    for k in range(n_predictors):
        without = subsets[(subsets >> k) & 1 == 0]
        added = explained[without | (1 << k)] - explained[without]
        for size in range(n_predictors):
            found[:, k, size] = added[sizes[without] == size].mean(axis=0)
    return found


def complete_dominance(explained: FloatArray) -> NDArray[np.bool_]:
    """Return whether a predictor adds more than another to every subset without both.

    Parameters
    ----------
    explained : array (2**p, B)
        From ``subset_r_squared``.

    Returns
    -------
    bool array (B, p, p)
        Entry (b, k, j): k dominates j completely.

    Notes
    -----
    Budescu (1993): equivalently, every subset with k in place of j explains more.
    """
    n_predictors = int(explained.shape[0]).bit_length() - 1
    subsets = np.arange(2**n_predictors)
    found = np.zeros((explained.shape[1], n_predictors, n_predictors), dtype=bool)
    for k in range(n_predictors):
        for j in range(n_predictors):
            if k != j:
                neither = subsets[((subsets >> k) | (subsets >> j)) & 1 == 0]
                better = explained[neither | (1 << k)] > explained[neither | (1 << j)]
                found[:, k, j] = better.all(axis=0)
    return found


def _averaging(n_predictors: int) -> FloatArray:
    """Return the (p, 2**p) map from R-squared of all subsets to general dominance."""
    subsets = np.arange(2**n_predictors)
    inside = (subsets[None, :] >> np.arange(n_predictors)[:, None]) & 1 == 1
    size = inside.sum(axis=0)
    shares = np.array(
        [
            factorial(others) * factorial(n_predictors - 1 - others) / factorial(n_predictors)
            for others in range(n_predictors)
        ]
    )
    added = shares[np.clip(size - 1, 0, None)]
    left = shares[np.clip(size, None, n_predictors - 1)]
    return np.asarray(np.where(inside, added, -left))
