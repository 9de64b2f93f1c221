"""Bootstrap replicates of every reliability coefficient of one scale."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from relsurvey.measurement.scale_coefficients import FACTOR, OBSERVED, ORDINAL, SUMS
from relsurvey.stats.categorical_reliability import answer_model, categorical_reliability
from relsurvey.stats.omega import positive_definite
from relsurvey.stats.one_factor import one_factor_dwls, one_factor_ml
from relsurvey.stats.one_factor_reliability import COEFFICIENTS, omega_observed
from relsurvey.stats.ordinal_data import OrdinalData
from relsurvey.stats.ordinal_scale import closed_up, scale_replicate
from relsurvey.stats.pairwise_cov import pairwise_cov

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Draws = dict[str, FloatArray]


def number_draws(values: FloatArray, samples: Iterable[IntArray], *, observed: bool) -> Draws:
    """Replicates of alpha and of the one-factor coefficients.

    Parameters
    ----------
    values : ndarray, shape (n, k)
        Answers, NaN where there is none: alpha takes pairs then, the rest complete rows.
    samples : iterable of ndarray
        Rows of each replicate.
    observed : bool
        Whether to add ``omega_total_observed``.

    Returns
    -------
    dict
        Coefficient id to shape (b,), NaN where a replicate has none.
    """
    covariances, complete = [], []
    holes = bool(np.isnan(values).any())
    k = values.shape[1]
    for rows in samples:
        drawn = values[rows]
        full = drawn[np.isfinite(drawn).all(axis=1)] if holes else drawn
        enough = len(full) > k
        sample = np.cov(full.T, ddof=0).reshape(k, k) if enough else np.full((k, k), np.nan)
        complete.append(sample)
        covariances.append(pairwise_cov(drawn)[0] if holes else sample)
    draws = {"alpha": _alphas(np.array(covariances))}
    stack = np.array(complete)
    names = [*FACTOR, *([FACTOR[0] + OBSERVED] if observed else [])]
    draws |= {name: np.full(len(stack), np.nan) for name in names}
    usable = np.isfinite(stack).all(axis=(1, 2))
    usable[usable] = positive_definite(stack[usable])
    if k < 3 or not usable.any():
        return draws
    factor = one_factor_ml(stack[usable])
    places = np.flatnonzero(usable)[factor.proper]
    loadings, residuals = factor.loadings[factor.proper], factor.residuals[factor.proper]
    for name, coefficient in COEFFICIENTS.items():
        draws[name][places] = coefficient(loadings, residuals)
    if observed:
        draws[FACTOR[0] + OBSERVED][places] = omega_observed(loadings, stack[places])
    return draws


def ordinal_draws(data: OrdinalData, samples: Iterable[IntArray], *, observed: bool) -> Draws:
    """Replicates of the ordinal coefficients, as `number_draws` gives them."""
    found = [scale_replicate(closed_up(data, rows)) for rows in samples]
    usable = np.array([one is not None for one in found], dtype=np.bool_)
    replicates = [one for one in found if one is not None]
    k = data.codes.shape[1]
    names = [*ORDINAL, *([name + OBSERVED for name, _ in SUMS] if observed else [])]
    draws = {name: np.full(len(found), np.nan) for name in names}
    if not replicates or k < 2:
        return draws
    correlations = np.array([one[1] for one in replicates])
    draws["alpha_ordinal"][usable] = _alphas(correlations)
    if k < 3:
        return draws
    factor = one_factor_dwls(correlations, np.array([one[2] for one in replicates]))
    places = np.flatnonzero(usable)
    for at in np.flatnonzero(factor.proper):
        loadings, here = factor.loadings[at], places[at]
        cuts = replicates[at][0]
        draws["composite_reliability"][here] = COEFFICIENTS["composite_reliability"](
            loadings, factor.residuals[at]
        )
        draws["ave"][here] = np.mean(loadings**2)
        models = {"": answer_model(cuts, loadings)}
        if observed:
            models[OBSERVED] = answer_model(cuts, loadings, correlations[at])
        for ending, model in models.items():
            for name, best in SUMS:
                draws[name + ending][here] = categorical_reliability(model, best=best).estimate
    return draws


def _alphas(covariances: FloatArray) -> FloatArray:
    k = covariances.shape[1]
    total = covariances.sum(axis=(1, 2))
    trace = np.trace(covariances, axis1=1, axis2=2)
    defined = total > 1e-12 * trace
    ratio = trace / np.where(defined, total, 1.0)
    return np.where(defined & (k > 1), k / max(k - 1, 1) * (1.0 - ratio), np.nan)
