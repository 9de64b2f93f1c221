"""A linear model under normality: discrepancy, slopes, information, scores of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from relsurvey.stats.implied_bend import bend
from relsurvey.stats.linear_model import (
    FACTOR,
    INTERCEPT,
    LOADING,
    MEAN,
    PATH,
    RESIDUAL,
    Implied,
    LinearModel,
)

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sample moments of one group.

    Attributes
    ----------
    n : int
        Rows.
    mean : ndarray, shape (p,)
    covariance : ndarray, shape (p, p)
        With divisor n.
    """

    n: int
    mean: Array
    covariance: Array


def discrepancy(at: Implied, sample: Moments) -> float:
    """log|Σ| + tr(Σ⁻¹S) − log|S| − p + (ȳ − μ)′Σ⁻¹(ȳ − μ); infinite outside the model's range."""
    try:
        factor = linalg.cho_factor(at.covariance, lower=True)
    except linalg.LinAlgError:
        return float("inf")
    log_model = 2.0 * float(np.sum(np.log(np.diag(factor[0]))))
    log_sample = float(np.linalg.slogdet(sample.covariance)[1])
    off = sample.mean - at.mean
    spread = sample.covariance + np.outer(off, off)
    trace = float(np.trace(linalg.cho_solve(factor, spread)))
    return log_model + trace - log_sample - len(off)


def pull_back(model: LinearModel, at: Implied, covariance: Array, mean: Array) -> Array:
    """Slopes by every parameter of <covariance, Σ> + mean·μ, shape (q,); covariance symmetric."""
    loading = 2.0 * covariance @ at.cross + np.outer(mean, at.latent_mean)
    through = at.reduced.T @ covariance
    lifted = at.reduced.T @ mean
    by_matrix = {
        LOADING: loading,
        RESIDUAL: covariance,
        FACTOR: through @ at.reduced,
        PATH: 2.0 * through @ at.cross + np.outer(lifted, at.latent_mean),
        INTERCEPT: mean[:, None],
        MEAN: lifted[:, None],
    }
    slopes = np.zeros(model.n_parameters, dtype=loading.dtype)
    for kind, values in by_matrix.items():
        cells = np.flatnonzero((model.matrix == kind) & (model.parameter >= 0))
        row, column = model.row[cells], model.column[cells]
        found = values[row, column]
        if kind in (RESIDUAL, FACTOR):
            found = np.where(row == column, found, 2.0 * found)
        np.add.at(slopes, model.parameter[cells], found)
    return slopes


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """Derivatives of the implied moments by every parameter.

    Attributes
    ----------
    covariance : ndarray, shape (q, p, p)
    mean : ndarray, shape (q, p)
    """

    covariance: Array
    mean: Array


def moment_slopes(model: LinearModel, at: Implied) -> Slopes:
    """Return derivatives of Σ and μ by every parameter, as full matrices."""
    p, q = model.n_observed, model.n_parameters
    covariance, mean = np.zeros((q, p, p)), np.zeros((q, p))
    for cell in np.flatnonzero(model.parameter >= 0):
        kind, i, j = model.matrix[cell], model.row[cell], model.column[cell]
        target, shift = covariance[model.parameter[cell]], mean[model.parameter[cell]]
        if kind == LOADING:
            target[i, :] += at.cross[:, j]
            target[:, i] += at.cross[:, j]
            shift[i] += at.latent_mean[j]
        elif kind == RESIDUAL:
            target[i, j] += 1.0
            if i != j:
                target[j, i] += 1.0
        elif kind == FACTOR:
            outer = np.outer(at.reduced[:, i], at.reduced[:, j])
            target += outer if i == j else outer + outer.T
        elif kind == PATH:
            outer = np.outer(at.reduced[:, i], at.cross[:, j])
            target += outer + outer.T
            shift += at.reduced[:, i] * at.latent_mean[j]
        elif kind == INTERCEPT:
            shift[i] += 1.0
        else:
            shift += at.reduced[:, i]
    return Slopes(covariance, mean)


def gradient(model: LinearModel, at: Implied, sample: Moments) -> Array:
    """Slopes of the discrepancy, shape (q,)."""
    inverse = np.asarray(np.linalg.inv(at.covariance), dtype=np.float64)
    off = sample.mean - at.mean
    spread = sample.covariance + np.outer(off, off)
    return pull_back(model, at, inverse - inverse @ spread @ inverse, -2.0 * inverse @ off)


def expected_information(slopes: Slopes, at: Implied) -> Array:
    """Return the information of one row: ½ tr(Σ⁻¹Σₖ Σ⁻¹Σₗ) + μₖ′Σ⁻¹μₗ, shape (q, q)."""
    inverse = np.linalg.inv(at.covariance)
    half = np.linalg.cholesky(inverse)
    turned = (half.T @ slopes.covariance @ half).reshape(len(slopes.mean), -1)
    shifted = slopes.mean @ half
    return 0.5 * turned @ turned.T + shifted @ shifted.T


def observed_information(
    model: LinearModel,
    at: Implied,
    slopes: Slopes,
    sample: Moments,
    *,
    curved: bool = True,
) -> Array:
    """Observed information of one row: half the second derivatives of the discrepancy, (q, q).

    Without ``curved`` it leaves out how Σ and μ themselves bend with the parameters.
    """
    inverse = np.asarray(np.linalg.inv(at.covariance), dtype=np.float64)
    off = sample.mean - at.mean
    spread = sample.covariance + np.outer(off, off)
    pulled, lever = inverse - inverse @ spread @ inverse, -2.0 * inverse @ off
    q = model.n_parameters
    turned = inverse @ slopes.covariance @ inverse
    crossed = turned @ (spread @ inverse)
    shifted = slopes.mean @ inverse
    outer = shifted[:, :, None] * (inverse @ off)[None, None, :]
    change = -turned + crossed + crossed.transpose(0, 2, 1) + outer + outer.transpose(0, 2, 1)
    lever_change = 2.0 * (turned @ off) + 2.0 * shifted
    second = change.reshape(q, -1) @ slopes.covariance.reshape(q, -1).T
    second += lever_change @ slopes.mean.T
    bent = 2.0 * bend(model, at, pulled, lever) if curved else 0.0
    return np.asarray(0.25 * (second + second.T + bent), dtype=np.float64)


def casewise_scores(model: LinearModel, at: Implied, data: Array) -> Array:
    """Slopes of each row's log-likelihood by every parameter, shape (n, q)."""
    inverse = np.linalg.inv(at.covariance)
    pulled = (data - at.mean) @ inverse
    lifted = pulled @ at.reduced
    reached = pulled @ at.cross + at.latent_mean
    level = {
        LOADING: inverse @ at.cross,
        RESIDUAL: inverse,
        FACTOR: at.reduced.T @ inverse @ at.reduced,
        PATH: at.reduced.T @ inverse @ at.cross,
    }
    scores = np.zeros((len(data), model.n_parameters))
    for cell in np.flatnonzero(model.parameter >= 0):
        kind, i, j = model.matrix[cell], model.row[cell], model.column[cell]
        column = scores[:, model.parameter[cell]]
        if kind == LOADING:
            column += pulled[:, i] * reached[:, j] - level[LOADING][i, j]
        elif kind == PATH:
            column += lifted[:, i] * reached[:, j] - level[PATH][i, j]
        elif kind in (RESIDUAL, FACTOR):
            source = pulled if kind == RESIDUAL else lifted
            weight = 0.5 if i == j else 1.0
            column += weight * (source[:, i] * source[:, j] - level[kind][i, j])
        else:
            column += (pulled if kind == INTERCEPT else lifted)[:, i]
    return scores
