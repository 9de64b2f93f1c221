"""Score tests: what a model would gain by giving up that some parameters are equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """A Lagrange multiplier test: statistic, degrees of freedom, p."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True, eq=False)
class Released:
    """Scores of parameters that would be freed, with the curvature and spread they share.

    Attributes
    ----------
    score : ndarray, shape (e,)
        Slopes of the log-likelihood, or of minus half the distance, at the model's estimates.
    own, crossed : ndarray, shapes (e, e) and (e, q)
        Information among them, and with the model's parameters.
    meat_own, meat_crossed : ndarray, shapes (e, e) and (e, q)
        The same of the covariance of the scores.
    """

    score: Array
    own: Array
    crossed: Array
    meat_own: Array
    meat_crossed: Array


def score_tests(
    released: Released, bread: Array, meat: Array | None, sets: Sequence[Index]
) -> list[ScoreTest]:
    """Test each set of parameters, given that the others stay as they are.

    Parameters
    ----------
    released : Released
        All parameters that would be freed.
    bread : ndarray, shape (q, q)
        Inverse information of the model's parameters.
    meat : ndarray, shape (q, q), or None
        Covariance of the model's scores; None trusts the information instead (a plain test).
    sets : sequence of ndarray of int
        Places of the parameters that are freed together.

    References
    ----------
    Boos, D. D. (1992). On generalized score tests. American Statistician, 46, 327-333; Satorra, A.
    (1989). Psychometrika, 54, 131-151. R: ``lavTestScore`` for the plain test.
    """
    carried = released.crossed @ bread
    if meat is None:
        spread = released.own - carried @ released.crossed.T
    else:
        mixed = carried @ released.meat_crossed.T
        spread = released.meat_own - mixed - mixed.T + carried @ meat @ carried.T
    return [_test(released.score[own], spread[np.ix_(own, own)]) for own in sets]


def _test(score: Array, spread: Array) -> ScoreTest:
    scale = np.sqrt(np.maximum(np.diag(spread), 1e-300))
    values, vectors = np.linalg.eigh(spread / np.outer(scale, scale))
    kept = values > 1e-8
    turned = vectors[:, kept].T @ (score / scale)
    statistic, df = float(np.sum(turned**2 / values[kept])), int(kept.sum())
    return ScoreTest(statistic, df, float(chdtrc(df, statistic)) if df else float("nan"))
