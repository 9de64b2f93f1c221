"""Covariances of factors as functions of a fit's parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.measurement.invariance import Invariance
from relsurvey.measurement.parameter_table import ParameterTable

FloatArray = NDArray[np.float64]
EQUAL_LOADINGS = ("loadings", "metric")


@dataclass(frozen=True, slots=True, eq=False)
class LatentCovariances:
    """Factor covariances of G groups.

    Attributes
    ----------
    factors : tuple of str
        m names.
    matrices : array (G, m, m)
    slopes : array (G, m, m, q)
        Derivatives of the cells by the q parameters.
    covariance : array (q, q)
        Of the parameters.
    """

    factors: tuple[str, ...]
    matrices: FloatArray
    slopes: FloatArray
    covariance: FloatArray


def latent_covariances(checked: Invariance, *, even_if_rejected: bool = False) -> LatentCovariances:
    """Take the factors' covariances from the model with equal loadings.

    Parameters
    ----------
    checked : Invariance
    even_if_rejected : bool
        Take them also where the data reject equal loadings.

    Raises
    ------
    ModelError
        The loadings are not equal, not even after items were freed.
    """
    level = next(
        (step for step in reversed(checked.steps) if step.fit.level in EQUAL_LOADINGS), None
    )
    if level is None or not (level.accepted or even_if_rejected):
        raise ModelError(
            "The items do not measure the same factors in all groups, so slopes between factors "
            "do not compare.",
            where="loadings",
            got=checked.glance()["last_level_accepted"].iloc[0] + " was the last level accepted",
            hint="invariance(...).freed() and .tidy() show which items differ.",
        )
    matrices, slopes = covariance_cells(level.fit.table, level.fit.theta)
    return LatentCovariances(level.fit.table.factors, matrices, slopes, level.fit.covariance)


def covariance_cells(
    table: ParameterTable, theta: FloatArray, factors: Sequence[str] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Return factor covariances (G, m, m) and their derivatives (G, m, m, q).

    Parameters
    ----------
    table : ParameterTable
        A model without regressions.
    theta : array (q,)
    factors : sequence of str, optional
        In this order; by default all.
    """
    names = list(factors or table.factors)
    place = {name: at for at, name in enumerate(names)}
    matrices = np.zeros((table.n_groups, len(names), len(names)))
    slopes = np.zeros((*matrices.shape, theta.size))
    for row in table.rows:
        if row.op != "~~" or row.lhs not in place or row.rhs not in place:
            continue
        value = theta[row.index] if row.index >= 0 else row.value
        for i, j in {(place[row.lhs], place[row.rhs]), (place[row.rhs], place[row.lhs])}:
            matrices[row.group, i, j] = value
            if row.index >= 0:
                slopes[row.group, i, j, row.index] = 1.0
    return matrices, slopes
