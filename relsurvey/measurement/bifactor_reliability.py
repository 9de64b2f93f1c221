"""How much of a scale of several parts is one thing: coefficients of a bifactor model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.cfa_notes import improper_notes
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.item_statistics import Row
from relsurvey.measurement.standard_models import bifactor
from relsurvey.stats.linear_model import implied

Array = NDArray[np.float64]
STEP = 1e-30


@dataclass(frozen=True, slots=True)
class _Named:
    construct: str
    coefficient: str


def bifactor_rows(
    frame: pd.DataFrame,
    construct: str,
    parts: Mapping[str, Sequence[str]],
    *,
    ordered: bool,
    cluster: str | None,
    confidence: float,
) -> tuple[list[Row], list[str]]:
    """Coefficients of a general factor beside one factor for each part, all uncorrelated.

    ``omega_hierarchical`` is the share of the variance of the sum of all items that the general
    factor makes, ``omega_total_bifactor`` that of all factors; ``ecv`` the general factor's share
    of the standardised common variance; ``omega_hierarchical_subscale`` what a part's own factor
    makes of the variance of its items' sum: what a subscore says beside the total. Of the items as
    numbers by maximum likelihood, or of the latent responses by WLSMV. Bounds by the delta method.

    Parameters
    ----------
    frame : DataFrame
    construct : str
        Name of the whole scale.
    parts : mapping
        Items of each part, two parts or more of three items or more.
    ordered : bool
        Whether the items are ordinal.
    cluster : str, optional
        Column of clusters that the errors allow for.
    confidence : float

    Returns
    -------
    rows, notes
        Coefficients are NaN, and a note says why, where the model does not converge or is improper.

    Notes
    -----
    Rodriguez, A., Reise, S. P., & Haviland, M. G. (2016). Psychological Methods, 21, 137-150.
    R: ``semTools::compRelSEM(bifactor_fit, obs.var = FALSE)``.
    """
    names = [_Named(construct, name) for name in ("omega_hierarchical", "omega_total_bifactor")]
    names += [_Named(construct, "ecv")]
    names += [_Named(part, "omega_hierarchical_subscale") for part in parts]
    try:
        fit = cfa(
            frame,
            bifactor({part: list(items) for part, items in parts.items()}),
            estimator="wlsmv" if ordered else "ml",
            cluster=cluster,
            missing="pairwise" if ordered else "listwise",
            std_lv=True,
        )
    except ModelError as error:
        return _missing(names), [f"Scale {construct}: no bifactor coefficients. {error.what}"]
    improper = improper_notes(fit.solution)
    if improper:
        said = f"Scale {construct}: no bifactor coefficients. {improper[0]}"
        return _missing(names), [said]
    n = int(fit.glance()["n_obs"].iloc[0])
    return _rows(names, fit.solution, parts, n, confidence), []


def _missing(names: list[_Named]) -> list[Row]:
    rows: list[Row] = []
    for one in names:
        row: Row = {"construct": one.construct, "coefficient": one.coefficient}
        row |= dict.fromkeys(("estimate", "std_error", "conf_low", "conf_high"), math.nan)
        rows.append(row | {"n_obs": 0})
    return rows


def _rows(
    names: list[_Named],
    solution: Solution,
    parts: Mapping[str, Sequence[str]],
    n: int,
    confidence: float,
) -> list[Row]:
    theta = solution.theta
    estimate = _coefficients(solution, theta, parts).real
    slopes = np.empty((len(theta), len(names)))
    for place in range(len(theta)):
        moved = theta.astype(complex)
        moved[place] += 1j * STEP
        slopes[place] = _coefficients(solution, moved, parts).imag / STEP
    errors = np.sqrt(np.einsum("qc,qr,rc->c", slopes, solution.covariance, slopes).clip(0.0))
    reach = float(ndtri((1.0 + confidence) / 2.0))
    return [
        {
            "construct": one.construct,
            "coefficient": one.coefficient,
            "estimate": float(value),
            "std_error": float(error),
            "conf_low": float(value - reach * error),
            "conf_high": float(value + reach * error),
            "n_obs": n,
        }
        for one, value, error in zip(names, estimate, errors, strict=True)
    ]


def _coefficients(
    solution: Solution, theta: Array, parts: Mapping[str, Sequence[str]]
) -> NDArray[np.complex128]:
    """General share, common share, explained common variance, and each part's own share."""
    at, items = implied(solution.models[0], theta), list(solution.table.items)
    covariance = at.covariance
    if solution.ordinal:
        covariance = covariance.copy()
        np.fill_diagonal(covariance, 1.0)
    variances = np.diag(at.factors)
    sums = at.loadings.sum(axis=0) ** 2 * variances
    total = covariance.sum()
    common = at.loadings**2 * variances / np.diag(covariance)[:, None]
    own = []
    for column, part in enumerate(parts.values(), start=1):
        places = [items.index(item) for item in part]
        own.append(sums[column] / covariance[np.ix_(places, places)].sum())
    whole = [sums[0] / total, sums.sum() / total, common[:, 0].sum() / common.sum()]
    return np.array([*whole, *own], dtype=complex)
