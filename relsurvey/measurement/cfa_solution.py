"""A fitted model as arrays, whatever it was estimated by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.measurement.parameter_table import ParameterTable
from relsurvey.stats.linear_model import Implied, LinearModel
from relsurvey.stats.standardised_solution import ResidualVariances

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Thresholds of one group: item number, which of its thresholds, estimate, error.

    Intercepts of numeric items among ordinal ones have number 0. The last two are standardised by
    the width of the latent response, which is 1 but for predictors.
    """

    item: Index
    number: Index
    estimate: Array
    std_error: Array
    std_estimate: Array
    std_estimate_error: Array


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What the model leaves, for score tests of one group.

    Attributes
    ----------
    share : float
        The group's share of the rows.
    covariance, mean : ndarray, shapes (p, p) and (p,)
        Slopes of one row's log-likelihood by Σ and μ (maximum likelihood); empty for least squares.
    weight, distance : ndarray, shape (r,) or (r, r), and (r,)
        Weight and residuals of the correlations (least squares); empty for maximum likelihood.
    first, second : ndarray of int, shape (r,)
        Items of each correlation.
    """

    share: float
    covariance: Array
    mean: Array
    weight: Array
    distance: Array
    first: Index
    second: Index


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Estimates and what they imply.

    Attributes
    ----------
    table : ParameterTable
        Rows of the model; group by group they are the cells of ``models``.
    models, at : tuple
        Matrices and implied moments of each group.
    theta, covariance : ndarray, shapes (q,) and (q, q)
        Estimates and their covariance.
    observed : tuple of ndarray, shape (p, p)
        Covariances, or polychoric correlations, of each group.
    n_obs : tuple of int
        Rows of each group.
    thresholds : tuple of Thresholds
        One for each group; empty for continuous answers.
    measures : dict
        Columns of ``glance`` from chi-square on.
    rest : tuple of Rest
        For score tests.
    notes : tuple of str
        What the estimator has to say.
    residuals : tuple of ResidualVariances
        Of ordinal items, one for each group; empty for continuous answers.
    """

    table: ParameterTable
    models: tuple[LinearModel, ...]
    at: tuple[Implied, ...]
    theta: Array
    covariance: Array
    observed: tuple[Array, ...]
    n_obs: tuple[int, ...]
    thresholds: tuple[Thresholds, ...]
    measures: dict[str, float]
    rest: tuple[Rest, ...]
    notes: tuple[str, ...]
    residuals: tuple[ResidualVariances, ...] = ()

    @property
    def ordinal(self) -> bool:
        """Whether the items are ordinal."""
        return bool(self.thresholds)
