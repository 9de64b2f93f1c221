"""Reliability of a scale at each level of a two-level factor model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from relsurvey.measurement.cfa_solution import Solution
from relsurvey.stats.linear_model import implied

Array = NDArray[np.float64]
Index = NDArray[np.int64]
STEP = 1e-30


@dataclass(frozen=True, slots=True)
class _Scale:
    """A factor's items and its column at each level; a column of −1 where the level lacks it."""

    name: str
    items: tuple[int, ...]
    within: int
    between: int


def level_omegas(
    within: Solution, between: Solution, size: float, confidence: float
) -> pd.DataFrame:
    """One row per factor and coefficient, with bounds from the delta method.

    For the sum of a factor's items, with the variances that the model implies:

    - ``omega_within``: true variance in deviations from the cluster mean.
    - ``omega_between``: that of cluster means without sampling of persons, which nobody observes
      (Geldhof, G. J., Preacher, K. J., & Zyphur, M. J., 2014, Psychological Methods, 19, 72-91).
    - ``omega_cluster_mean``: that of the cluster means observed. Persons are raters of a *shared*
      construct, so the items' variance within, divided by the harmonic mean of the cluster sizes,
      is error as well (Lai, M. H. C., 2021, Psychological Methods, 26, 90-102).
    - ``interrater_reliability``: the same without the error of the items: how well the persons
      asked stand for all who could have been asked.
    - ``omega_two_level``: that of persons' raw scores, both levels' common variance counting as
      true. Only for a *configural* construct, which bears one name and the same items at both
      levels; it takes their loadings to be equal.

    R: ``semTools::compRelSEM(fit, obs.var = FALSE, config = …, shared = …)``.

    Parameters
    ----------
    within, between : Solution
        Levels of one fit, which share parameters and their covariance.
    size : float
        Harmonic mean of the cluster sizes.
    confidence : float
        Coverage of the bounds.
    """
    scales = _scales(within, between)
    theta = within.theta
    names, values = _coefficients(theta, within, between, scales, size)
    slopes = np.empty((len(theta), len(names)))
    for place in range(len(theta)):
        moved = theta.astype(complex)
        moved[place] += 1j * STEP
        slopes[place] = _coefficients(moved, within, between, scales, size)[1].imag / STEP
    errors = np.sqrt(np.maximum(np.einsum("qc,qr,rc->c", slopes, within.covariance, slopes), 0.0))
    table = pd.DataFrame(names, columns=["construct", "level", "coefficient"])
    reach = float(ndtri((1.0 + confidence) / 2.0))
    estimate = values.real
    table["estimate"], table["std_error"] = estimate, errors
    table["conf_low"], table["conf_high"] = estimate - reach * errors, estimate + reach * errors
    return table


def _scales(within: Solution, between: Solution) -> list[_Scale]:
    place = {item: index for index, item in enumerate(within.table.items)}
    found: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for level, solution in enumerate((within, between)):
        for column, factor in enumerate(solution.table.factors):
            items = [place[i] for i in solution.table.indicators(factor) if i in place]
            if items:
                key = str(factor), tuple(sorted(items))
                found.setdefault(key, [-1, -1])[level] = column
    return [_Scale(name, items, *columns) for (name, items), columns in found.items()]


def _coefficients(
    theta: Array, within: Solution, between: Solution, scales: list[_Scale], size: float
) -> tuple[list[tuple[str, str, str]], Array]:
    low, high = implied(within.models[0], theta), implied(between.models[0], theta)
    names: list[tuple[str, str, str]] = []
    values: list[complex] = []

    def add(scale: _Scale, level: str, coefficient: str, value: complex) -> None:
        names.append((scale.name, level, coefficient))
        values.append(value)

    for scale in scales:
        items: Index = np.array(scale.items)
        square = np.ix_(items, items)
        inside, among = low.covariance[square].sum(), high.covariance[square].sum()
        own = shared = 0.0
        if scale.within >= 0:
            loaded = low.loadings[items, scale.within].sum()
            own = loaded**2 * low.latent_covariance[scale.within, scale.within]
            add(scale, "within", "omega_within", own / inside)
        if scale.between >= 0:
            loaded = high.loadings[items, scale.between].sum()
            shared = loaded**2 * high.latent_covariance[scale.between, scale.between]
            add(scale, "between", "omega_between", shared / among)
            observed = among + inside / size
            add(scale, "between", "omega_cluster_mean", shared / observed)
            add(scale, "between", "interrater_reliability", among / observed)
        if scale.within >= 0 and scale.between >= 0:
            add(scale, "both", "omega_two_level", (own + shared) / (inside + among))
    return names, np.array(values, dtype=complex)
