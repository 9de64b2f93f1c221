"""Exploratory factor analysis of a correlation matrix: extraction and oblique rotation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from relsurvey.errors import ModelError

Array = NDArray[np.float64]

_SMALLEST = 5e-3  # uniqueness below which a solution counts as improper, factanal's lower bound


@dataclass(frozen=True, slots=True, eq=False)
class Extraction:
    """Unrotated factors.

    Attributes
    ----------
    loadings : ndarray, shape (p, m)
        Of uncorrelated factors, the largest first.
    uniquenesses : ndarray, shape (p,)
        What the factors leave of each item's variance.
    discrepancy : float
        Least squares: half the sum of squared residuals. Maximum likelihood: log|S| of implied
        minus observed plus trace minus p.
    improper : bool
        Whether a uniqueness stopped at its lower bound of .005.
    """

    loadings: Array
    uniquenesses: Array
    discrepancy: float
    improper: bool


def degrees_of_freedom(n_items: int, n_factors: int) -> int:
    """Distinct correlations minus what the factors take; below zero with too many factors."""
    return ((n_items - n_factors) ** 2 - n_items - n_factors) // 2


def extract(correlations: Array, n_factors: int, method: str = "minres") -> Extraction:
    """Find the factors that reproduce the correlations best, the better of two searches.

    Parameters
    ----------
    correlations : ndarray, shape (p, p)
        Pearson or polychoric; positive definite for maximum likelihood.
    n_factors : int
        m.
    method : {"minres", "ml"}
        Least squares of the residual correlations, or maximum likelihood.

    Raises
    ------
    ModelError
        When the search does not settle.

    References
    ----------
    Harman, H. H., & Jones, W. H. (1966). Psychometrika, 31, 351-368 (minres). Joreskog, K. G.
    (1967). Psychometrika, 32, 443-482 (maximum likelihood).
    R: ``psych::fa(r, m, fm = "minres", rotate = "none")``; ``factanal(covmat = r, factors = m,
    rotation = "none")``.
    """
    function = _least_squares if method == "minres" else _likelihood
    specific = np.clip(0.5 / np.diag(np.linalg.inv(correlations)), 2 * _SMALLEST, 0.9)
    found = min(
        (
            optimize.minimize(
                function,
                start,
                args=(correlations, n_factors),
                jac=True,
                method="L-BFGS-B",
                bounds=[(_SMALLEST, 1.0)] * len(start),
                options={"maxiter": 5_000, "maxfun": 20_000, "ftol": 1e-15, "gtol": 1e-9},
            )
            for start in (specific, np.full(len(specific), 0.5))
        ),
        key=lambda one: float(one.fun),
    )
    unique = np.asarray(found.x, dtype=np.float64)
    slope = function(unique, correlations, n_factors)[1]
    inside = (unique > _SMALLEST * 1.001) & (unique < 1.0)
    if np.abs(slope[inside]).max(initial=0.0) > 1e-4:
        raise ModelError(
            "The exploratory factor analysis does not settle.", got=f"{n_factors} factors"
        )
    return Extraction(
        loadings=_loadings(unique, correlations, n_factors, method),
        uniquenesses=unique,
        discrepancy=float(found.fun),
        improper=bool((unique <= _SMALLEST * 1.001).any()),
    )


def _least_squares(unique: Array, correlations: Array, n_factors: int) -> tuple[float, Array]:
    values, vectors = np.linalg.eigh(correlations - np.diag(unique))
    kept = np.maximum(values[-n_factors:], 0.0)
    common = (vectors[:, -n_factors:] * kept) @ vectors[:, -n_factors:].T
    residual = correlations - common - np.diag(unique)
    return 0.5 * float((residual**2).sum()), -np.diag(residual)


def _likelihood(unique: Array, correlations: Array, n_factors: int) -> tuple[float, Array]:
    scale = 1.0 / np.sqrt(unique)
    values = np.linalg.eigvalsh(correlations * np.outer(scale, scale))[:-n_factors]
    value = float(np.sum(values - np.log(values) - 1.0))
    loadings = _loadings(unique, correlations, n_factors, "ml")
    residual = loadings @ loadings.T + np.diag(unique) - correlations
    return value, np.asarray(np.diag(residual) / unique**2)


def _loadings(unique: Array, correlations: Array, n_factors: int, method: str) -> Array:
    scale = np.ones(len(unique)) if method == "minres" else 1.0 / np.sqrt(unique)
    gone = unique if method == "minres" else np.ones(len(unique))
    values, vectors = np.linalg.eigh(correlations * np.outer(scale, scale) - np.diag(gone))
    order = np.arange(len(unique))[::-1][:n_factors]
    loadings: Array = vectors[:, order] * np.sqrt(np.maximum(values[order], 0.0)) / scale[:, None]
    return loadings * np.where(loadings.sum(axis=0) < 0.0, -1.0, 1.0)
