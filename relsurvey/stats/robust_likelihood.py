"""Robust errors and test of a maximum-likelihood solution, for rows alone or in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.stats.linear_model import Implied, LinearModel
from relsurvey.stats.moment_tests import ScaledTest, mean_scaled
from relsurvey.stats.normal_theory import (
    Moments,
    casewise_scores,
    moment_slopes,
    observed_information,
)

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RobustLikelihood:
    """What Huber's and White's sandwich and Yuan's and Bentler's test need.

    Attributes
    ----------
    covariance : ndarray, shape (q, q)
        Robust covariance of the estimates.
    trace : float
        tr(B A⁻¹) of the model: its parameters times their scaling factor.
    trace_saturated : float
        The same of the unrestricted model.
    trace_null : float
        The same of the model in which no items correlate.
    """

    covariance: Array
    trace: float
    trace_saturated: float
    trace_null: float

    def test(self, chi2: float, df: int) -> ScaledTest:
        """Yuan-Bentler test in Mplus's form (lavaan's ``yuan.bentler.mplus``)."""
        return mean_scaled(chi2, df, self.trace_saturated - self.trace)

    def test_of_null(self, chi2: float, df: int) -> ScaledTest:
        """The same of the null model."""
        return mean_scaled(chi2, df, self.trace_saturated - self.trace_null)


def robust_likelihood(
    models: Sequence[LinearModel],
    at: Sequence[Implied],
    data: Sequence[Array],
    clusters: Sequence[Index] | None,
    *,
    means: bool,
    curved: bool = True,
    given: Index | None = None,
) -> RobustLikelihood:
    """Sandwich A⁻¹BA⁻¹ from the observed information and the scores of rows or clusters.

    Parameters
    ----------
    models, at : sequence
        One for each group.
    data : sequence of ndarray, shape (n_g, p)
        Complete rows.
    clusters : sequence of ndarray of int, shape (n_g,), optional
        Cluster of each row, 0 … G−1 over all groups. A group's part of B is enlarged by G/(G−1) of
        its own clusters; a cluster with rows in several groups makes these dependent, which lavaan
        leaves out.
    means : bool
        Whether means are part of the model; if not, the data are centred.
    curved : bool
        Whether the information in the test, like that in the errors, holds how the model's moments
        bend. lavaan's ``estimator = "MLR"`` does, its ``estimator = "ML"`` with clusters does not.
    given : ndarray of int, optional
        Items whose moments are no part of the model: what they add to the traces is left out.

    References
    ----------
    Yuan, K.-H., & Bentler, P. M. (2000). Sociological Methodology, 30, 165-200; Asparouhov, T., &
    Muthén, B. (2005). Multivariate modeling with complex survey data.
    R: ``lavaan::cfa(model, data, estimator = "MLR", cluster = …)``.
    """
    total = sum(len(rows) for rows in data)
    q = models[0].n_parameters
    information, straight, meat = (np.zeros((q, q)) for _ in range(3))
    saturated = null = 0.0
    n_clusters = 0 if clusters is None else 1 + max(int(group.max()) for group in clusters)
    sums = np.zeros((n_clusters, q))
    for place, (model, implied_here, rows) in enumerate(zip(models, at, data, strict=True)):
        sample = Moments(len(rows), rows.mean(0), np.cov(rows.T, ddof=0).reshape(rows.shape[1], -1))
        slopes = moment_slopes(model, implied_here)
        share = len(rows) / total
        parts = model, implied_here, slopes, sample
        information += share * observed_information(*parts)
        if not curved:
            straight += share * observed_information(*parts, curved=False)
        scores = casewise_scores(model, implied_here, rows)
        own = None if clusters is None else clusters[place]
        enlarged = enlargement(own)
        if own is None:
            meat += scores.T @ scores / total
        else:
            np.add.at(sums, own, np.sqrt(enlarged) * scores)
        centred = rows - sample.mean
        free = _saturated_trace(centred, sample.covariance, own, means)
        independent = _null_trace(centred, own, means)
        if given is not None and len(given):
            outside = sample.covariance[np.ix_(given, given)]
            free -= _saturated_trace(centred[:, given], outside, own, means)
            independent -= _null_trace(centred[:, given], own, means)
        saturated += enlarged * free / len(rows)
        null += enlarged * independent / len(rows)
    if clusters is not None:
        meat = sums.T @ sums / total
    inverse = np.linalg.inv(information)
    covariance = inverse @ meat @ inverse / total
    tested = inverse if curved else np.linalg.inv(straight)
    return RobustLikelihood(covariance, float(np.sum(tested * meat.T)), saturated, null)


def enlargement(clusters: Index | None) -> float:
    """G/(G−1) for the G clusters named, which makes up for their few; 1 without clusters."""
    if clusters is None:
        return 1.0
    size = len(np.unique(clusters))
    return size / (size - 1.0)


def _saturated_trace(
    centred: Array, covariance: Array, clusters: Index | None, means: bool
) -> float:
    """Sum over rows or clusters of score′ information⁻¹ score of free means and covariances."""
    inverse = np.linalg.inv(covariance)
    p = centred.shape[1]
    pulled = centred @ inverse
    if clusters is None:
        distance = np.sum(centred * pulled, axis=1)
        return float(np.sum(0.5 * distance**2 - (0.0 if means else distance) + 0.5 * p))
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(clusters[order]) != 0])
    root = np.linalg.cholesky(inverse)
    total = 0.0
    for rows in np.split(centred[order] @ root, starts[1:]):
        mean, spread = rows.sum(0), rows.T @ rows - len(rows) * np.eye(p)
        total += float(means * (mean @ mean) + 0.5 * np.sum(spread * spread))
    return total


def _null_trace(centred: Array, clusters: Index | None, means: bool) -> float:
    """Do the same for variances (and means) without covariances."""
    standard = centred / np.sqrt(np.mean(centred**2, axis=0))
    by_mean, by_variance = standard, standard**2 - 1.0
    if clusters is not None:
        size = int(clusters.max()) + 1
        sums = np.zeros((2, size, centred.shape[1]))
        np.add.at(sums[0], clusters, by_mean)
        np.add.at(sums[1], clusters, by_variance)
        by_mean, by_variance = sums
    return float(means * np.sum(by_mean**2) + 0.5 * np.sum(by_variance**2))
