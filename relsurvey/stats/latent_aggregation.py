"""Slopes within and between groups when few persons of each group answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.stats.two_level_likelihood import cluster_data, curvature, split
from relsurvey.stats.two_level_saturated import saturated_levels

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LatentSlopes:
    """Slopes of an outcome on p predictors at both levels.

    Attributes
    ----------
    within, between : array (p,)
    covariance : array (2p, 2p)
        Of within, then between slopes.
    reliability : array (p,)
        Share of the variance of observed group means, at the mean group size, that is variance
        between groups.
    converged : bool
    """

    within: FloatArray
    between: FloatArray
    covariance: FloatArray
    reliability: FloatArray
    converged: bool


def latent_slopes(values: FloatArray, groups: IntArray) -> LatentSlopes:
    r"""Estimate the slopes from means and covariances of both levels by maximum likelihood.

    Parameters
    ----------
    values : array (n, p + 1)
        Predictors and, last, the outcome; all vary within groups and between them.
    groups : int array (n,)

    Raises
    ------
    ModelError
        Covariances between groups that are not positive definite: too little differs between the
        groups to tell the predictors apart.

    Notes
    -----
    A group's observed mean differs from what endlessly many members would say; regressing on it
    pulls the between slope towards the within slope. Luedtke et al. (2008), Psychological Methods
    13, 203-229. Errors by the delta method from the observed information. The same in R: lavaan's
    ``sem("level: 1 \n y ~ x \n level: 2 \n y ~ x", cluster = g, fixed.x = FALSE)``.
    """
    reduced = cluster_data(values, groups)
    moments = saturated_levels(reduced)
    p = values.shape[1] - 1
    among = np.linalg.eigvalsh(_correlations(moments.between, moments.within))[0]
    at = split(reduced, moments.within, moments.between, moments.mean)
    if at is None or among < 1e-3:
        raise ModelError(
            "The covariances between groups are at the edge of what is possible.",
            got=f"{len(reduced.size)} groups",
            hint="Too little differs between groups for latent aggregation; use fewer predictors.",
        )
    information = curvature(reduced, at)
    covariance = np.linalg.inv(information)
    cells = (p + 1) * (p + 2) // 2
    within, by_within = _slopes(moments.within)
    between, by_between = _slopes(moments.between)
    jacobian = np.zeros((2 * p, len(covariance)))
    jacobian[:p, :cells], jacobian[p:, cells : 2 * cells] = by_within, by_between
    own, other = np.diag(moments.between)[:-1], np.diag(moments.within)[:-1]
    size = float(reduced.size.mean())
    return LatentSlopes(
        within=within,
        between=between,
        covariance=jacobian @ covariance @ jacobian.T,
        reliability=own / (own + other / size),
        converged=moments.converged,
    )


def _slopes(moments: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return slopes of the last variable on the others, and derivatives by the lower triangle."""
    p = len(moments) - 1
    inverse = np.linalg.inv(moments[:-1, :-1])
    slopes = inverse @ moments[:-1, -1]
    rows, columns = np.tril_indices(p + 1)
    found = np.zeros((p, len(rows)))
    for cell, (row, column) in enumerate(zip(rows, columns, strict=True)):
        change = np.zeros_like(moments)
        change[row, column] = change[column, row] = 1.0
        found[:, cell] = inverse @ (change[:-1, -1] - change[:-1, :-1] @ slopes)
    return slopes, found


def _correlations(between: FloatArray, within: FloatArray) -> FloatArray:
    """Covariances between groups in units of their own spread, or a little of that within."""
    scale = np.sqrt(np.diag(between).clip(1e-4 * np.diag(within)))
    return np.asarray(between / np.outer(scale, scale))
