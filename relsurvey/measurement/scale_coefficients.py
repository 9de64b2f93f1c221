"""Reliability coefficients of one scale with analytic intervals: of numbers, of ordinal answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError
from relsurvey.stats.alpha import cronbach_alpha
from relsurvey.stats.categorical_reliability import (
    answer_model,
    categorical_reliability,
    padded,
)
from relsurvey.stats.omega import delta_bounds, factor_coefficients
from relsurvey.stats.one_factor import one_factor_ml
from relsurvey.stats.one_factor_reliability import omega_observed
from relsurvey.stats.ordinal_data import MISSING, OrdinalData
from relsurvey.stats.ordinal_scale import OrdinalScale, fit_ordinal_scale

FloatArray = NDArray[np.float64]

FACTOR: Final = ("omega_total", "composite_reliability", "ave", "maximal_reliability")
ORDINAL: Final = ("alpha_ordinal", "omega_categorical", *FACTOR[1:])
SUMS: Final = (("omega_categorical", False), ("maximal_reliability", True))
OBSERVED: Final = "_observed"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient; NaN for what is not to be had."""

    estimate: float = math.nan
    std_error: float = math.nan
    conf_low: float = math.nan
    conf_high: float = math.nan
    n_obs: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Coefficients of one scale by id, in the order shown, and why some are missing."""

    found: dict[str, Coefficient]
    notes: tuple[str, ...]


def number_coefficients(
    cov: FloatArray, n_obs: int, complete: FloatArray, confidence: float, *, observed: bool
) -> Coefficients:
    """Alpha from ``cov``, and the one-factor coefficients from the complete rows.

    Parameters
    ----------
    cov : ndarray, shape (k, k)
        Covariances of the items, ``n_obs`` rows behind them.
    complete : ndarray, shape (c, k)
        Rows that answer all items.
    confidence : float
        Coverage of the intervals.
    observed : bool
        Whether to add ``omega_total_observed``, which has no analytic interval.
    """
    names = (*FACTOR, FACTOR[0] + OBSERVED) if observed else FACTOR
    found = {"alpha": Coefficient(n_obs=n_obs)}
    found |= {name: Coefficient(n_obs=len(complete)) for name in names}
    notes = []
    try:
        alpha = cronbach_alpha(cov, n_obs, confidence)
        found["alpha"] = Coefficient(
            alpha.estimate, alpha.std_error, alpha.conf_low, alpha.conf_high, n_obs
        )
    except DataError as error:
        notes.append(f"no alpha. {error.what}")
    try:
        if len(complete) <= cov.shape[0]:
            raise ModelError(
                "There are not more complete rows than items.", got=f"{len(complete)} rows"
            )
        sample = np.cov(complete.T, ddof=0).reshape(cov.shape)
        for name, one in factor_coefficients(sample, len(complete), confidence).items():
            found[name] = Coefficient(
                one.estimate, one.std_error, one.conf_low, one.conf_high, len(complete)
            )
        if observed:
            loadings = one_factor_ml(sample[None]).loadings[0]
            found[FACTOR[0] + OBSERVED] = Coefficient(
                float(omega_observed(loadings, sample)), n_obs=len(complete)
            )
    except ModelError as error:
        notes.append(f"no omega. {error.what}")
    return Coefficients(found, tuple(notes))


def ordinal_coefficients(data: OrdinalData, confidence: float, *, observed: bool) -> Coefficients:
    """Alpha of the polychoric correlations, and the coefficients of the ordinal one-factor model.

    Parameters
    ----------
    data : OrdinalData
        Answers, two categories or more in use of each item.
    confidence : float
        Coverage of the intervals.
    observed : bool
        Whether to add the variants that divide by what the observed correlations imply.
    """
    n = int((data.codes != MISSING).any(axis=1).sum())
    names = list(ORDINAL)
    if observed:
        names += [f"{name}{OBSERVED}" for name, _ in SUMS]
    found = {name: Coefficient(n_obs=n) for name in names}
    try:
        if data.codes.shape[1] < 2:
            raise ModelError("Ordinal coefficients need two items or more.")
        scale = fit_ordinal_scale(data)
    except ModelError as error:
        return Coefficients(found, (f"no ordinal coefficients. {error.what}",))
    found["alpha_ordinal"] = _alpha(scale, n, confidence)
    factor = scale.factor
    if factor is None:
        note = "no ordinal omega. Omega needs at least three items."
        return Coefficients(found, (note,))
    if not factor.proper[0]:
        note = "no ordinal omega. The ordinal one-factor solution is improper or did not converge."
        return Coefficients(found, (note,))
    loadings = factor.loadings[0]
    cuts = padded(scale.estimates.thresholds)
    implied = answer_model(cuts, loadings)
    for name, best in SUMS:
        one = categorical_reliability(implied, best=best)
        error_of = scale.error_by_both(one.by_threshold, one.by_loading)
        found[name] = _coefficient(one.estimate, error_of, n, confidence)
    if observed:
        seen = answer_model(cuts, loadings, scale.correlations)
        for name, best in SUMS:
            value = categorical_reliability(seen, best=best).estimate
            found[f"{name}{OBSERVED}"] = Coefficient(value, n_obs=n)
    common, unique = float(loadings.sum()), float(factor.residuals[0].sum())
    total = common**2 + unique
    slopes = (2.0 * common * unique + 2.0 * common**2 * loadings) / total**2
    found["composite_reliability"] = _coefficient(
        common**2 / total, scale.error_by_loading(slopes), n, confidence
    )
    found["ave"] = _coefficient(
        float(np.mean(loadings**2)),
        scale.error_by_loading(2.0 * loadings / len(loadings)),
        n,
        confidence,
    )
    return Coefficients(found, ())


def _alpha(scale: OrdinalScale, n: int, confidence: float) -> Coefficient:
    k = len(scale.correlations)
    total = float(scale.correlations.sum())
    if total <= 1e-12 * k:
        return Coefficient(n_obs=n)
    estimate = k / (k - 1) * (1.0 - k / total)
    slopes = np.full(len(scale.estimates.correlations), 2.0 * k**2 / ((k - 1) * total**2))
    return _coefficient(estimate, scale.error_by_correlation(slopes), n, confidence)


def _coefficient(estimate: float, std_error: float, n: int, confidence: float) -> Coefficient:
    low, high = delta_bounds(estimate, std_error, confidence)
    return Coefficient(estimate, std_error, low, high, n)
