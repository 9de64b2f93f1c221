"""Mahalanobis distance of each person's answers, with missing answers and singular covariances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

Matrix = NDArray[np.float64]
_SINGULAR = 1e-8  # smallest eigenvalue of the correlations that counts as variation
_IGNORED = 1e6  # variance given to a direction without variation, so that it weighs nothing


@dataclass(frozen=True, slots=True, eq=False)
class MahalanobisModel:
    """What distances are measured with.

    Attributes
    ----------
    items : ndarray of int, shape (m,)
        Places of the items that vary and that enough people answered.
    mean, std : ndarray, shape (m,)
        Of the answered items.
    precision : ndarray, shape (m, m)
        Inverse of their correlation matrix.
    dropped : int
        Directions without variation (exact linear dependence) that are left out.
    """

    items: NDArray[np.intp]
    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    precision: Matrix
    dropped: int


def mahalanobis_model(
    chunks: Iterable[Matrix], min_answered: float = 0.8
) -> MahalanobisModel | None:
    """Estimate means and covariances from the answers that are there.

    Each covariance uses the people who answered both items, which for complete data is the usual
    covariance.

    Parameters
    ----------
    chunks : iterable of ndarray, shape (rows, k)
        The answers, piece by piece.
    min_answered : float
        Share of people who must have answered an item for it to be used.

    Returns
    -------
    MahalanobisModel or None
        None with fewer than two usable items, or fewer than twice as many people as items: a
        distance would then say nothing.
    """
    n_rows, origin = 0, np.zeros(0)
    sums: tuple[Matrix, ...] = ()
    for chunk in chunks:
        if not origin.size:
            origin = _first_answers(chunk)
        n_rows += len(chunk)
        part = _sums(chunk, origin)
        sums = tuple(old + new for old, new in zip(sums, part, strict=True)) if sums else part
    if not sums:
        return None
    items = np.flatnonzero(np.diag(sums[2]) >= max(min_answered * n_rows, 2.0))
    if items.size < 2 or n_rows < 2 * items.size:
        return None
    cross, total, pairs = (matrix[np.ix_(items, items)] for matrix in sums)
    mean = np.diag(total) / np.diag(pairs)
    # from deviations from the origin to deviations from the mean, pair by pair
    cross += -total * mean - mean[:, None] * total.T + pairs * np.outer(mean, mean)
    return _model(items, mean + origin[items], cross / np.maximum(pairs - 1, 1))


def _first_answers(chunk: Matrix) -> NDArray[np.float64]:
    """Return an answer of each item, 0 without one; sums of deviations from it lose no digits."""
    known = np.isfinite(chunk)
    first = chunk[known.argmax(axis=0), np.arange(chunk.shape[1])]
    return np.where(known.any(axis=0), first, 0.0)


def _sums(chunk: Matrix, origin: NDArray[np.float64]) -> tuple[Matrix, Matrix, Matrix]:
    """Sum over the people who answered both of two items: products, the first item, people."""
    known = np.isfinite(chunk)
    shifted = np.where(known, chunk - origin, 0.0)
    there = known.astype(float)
    return shifted.T @ shifted, shifted.T @ there, there.T @ there


def _model(
    items: NDArray[np.intp], mean: NDArray[np.float64], covariance: Matrix
) -> MahalanobisModel | None:
    std = np.sqrt(np.diag(covariance))
    varies = std > 1e-12
    if varies.sum() < 2:
        return None
    items, mean, std = items[varies], mean[varies], std[varies]
    correlation = covariance[np.ix_(varies, varies)] / np.outer(std, std)
    values, vectors = np.linalg.eigh(correlation)
    ignored = values < _SINGULAR
    precision = (vectors / np.where(ignored, _IGNORED, values)) @ vectors.T
    return MahalanobisModel(items, mean, std, precision, int(ignored.sum()))


def mahalanobis(
    answers: Matrix, model: MahalanobisModel, min_answered: float = 0.8
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Squared distance of each person's answered items, and its chi-square p-value.

    For a person with missing answers the distance is that of the answered items alone,
    ``(x_o − m_o)' S_oo⁻¹ (x_o − m_o)``, with as many degrees of freedom as they are.

    Parameters
    ----------
    answers : ndarray, shape (n, k)
        All items, NaN where not answered.
    model : MahalanobisModel
        From `mahalanobis_model`.
    min_answered : float
        Share of the model's items that a person must have answered.

    Returns
    -------
    squared, p_value : ndarray, shape (n,)
        NaN for people who answered too few. For complete data ``squared`` is
        ``mahalanobis(x, colMeans(x), cov(x))`` in R, and ``careless::mahad(x)``.

    References
    ----------
    Meade, A. W., & Craig, S. B. (2012). Psychological Methods, 17, 437–455.
    """
    z = answers[:, model.items]
    known = np.isfinite(z)
    z -= model.mean
    z /= model.std
    z[~known] = 0.0
    weighted = z @ model.precision
    squared: NDArray[np.float64] = np.einsum("ij,ij->i", z, weighted)
    n_missing = (~known).sum(axis=1)
    enough = known.sum(axis=1) >= max(min_answered * model.items.size, 1.0)
    for count in np.unique(n_missing[enough & (n_missing > 0)]):
        rows = np.flatnonzero(enough & (n_missing == count))
        squared[rows] -= _without_missing(weighted[rows], known[rows], model.precision, int(count))
    squared = np.where(enough, np.maximum(squared, 0.0), np.nan)
    df = np.maximum(model.items.size - n_missing - model.dropped, 1)
    p_value: NDArray[np.float64] = chdtrc(df, squared)
    return squared, p_value


def _without_missing(
    weighted: Matrix, known: NDArray[np.bool_], precision: Matrix, count: int
) -> NDArray[np.float64]:
    """Compute what the missing items, set to their mean, add to the squared distance.

    Minimising the full quadratic form over the missing answers gives that of the answered ones;
    the difference is y' P⁻¹ y with y the missing part of the weighted deviations and P the
    precision among the missing items.
    """
    places = np.nonzero(~known)[1].reshape(-1, count)
    y = np.take_along_axis(weighted, places, axis=1)
    among = precision[places[:, :, None], places[:, None, :]]
    solved = np.linalg.solve(among, y[:, :, None])[:, :, 0]
    added: NDArray[np.float64] = np.einsum("ij,ij->i", y, solved)
    return added
