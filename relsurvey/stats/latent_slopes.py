"""Slopes between latent variables from their covariances, with derivatives for the delta method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError

FloatArray = NDArray[np.float64]


def slopes_of_covariances(
    matrices: FloatArray, derivatives: FloatArray, predictors: Sequence[int], outcome: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return slopes of one variable on others in each group.

    Parameters
    ----------
    matrices : array (G, m, m)
        Covariances of the latent variables per group.
    derivatives : array (G, m, m, q)
        Of every cell by the q parameters.
    predictors : sequence of int
        k places of predictors.
    outcome : int
        Place of the outcome.

    Returns
    -------
    estimates : array (G, k)
        ``Psi_xx^-1 psi_xy``.
    jacobian : array (G * k, q)
        ``Psi_xx^-1 (d psi_xy - d Psi_xx b)``, group by group.
    standardised : array (G, k)
        In each group's own standard deviations.

    Raises
    ------
    ModelError
        Covariances of predictors that are not positive definite.
    """
    x = np.asarray(predictors)
    inner, cross = matrices[:, x[:, None], x], matrices[:, x, outcome]
    smallest = np.linalg.eigvalsh(inner)[:, 0]
    if smallest.min() <= 1e-8 or (matrices[:, outcome, outcome] <= 0).any():
        raise ModelError(
            "The factors' covariances are improper: two factors cannot be told apart.",
            got=f"smallest eigenvalue {smallest.min():.2g}",
            expected="a positive one",
            hint="Leave out one of the factors that correlate nearly completely.",
        )
    estimates = np.asarray(np.linalg.solve(inner, cross[:, :, None])[:, :, 0], dtype=np.float64)
    moved = derivatives[:, x, outcome] - np.einsum(
        "gabq,gb->gaq", derivatives[:, x[:, None], x], estimates
    )
    jacobian: FloatArray = np.linalg.solve(inner, moved).reshape(-1, derivatives.shape[-1])
    spread = np.sqrt(np.diagonal(matrices, axis1=1, axis2=2))
    standardised = estimates * spread[:, x] / spread[:, [outcome]]
    return estimates, jacobian, standardised
