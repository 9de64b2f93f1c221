"""Factor scores of the rows that a model was fitted to, and how well they measure the factors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData, ordinal_data
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.stats.modal_scores import ProbitItems, modal_scores
from relsurvey.stats.regression_scores import ScoredRows, regression_scores

FloatArray = NDArray[np.float64]


def factor_score_frame(solution: Solution, data: CfaData, *, std_error: bool) -> pd.DataFrame:
    """One row per row of the caller's frame, NaN where it was left out; a column per factor.

    Parameters
    ----------
    solution : Solution
        What was fitted.
    data : CfaData
        What it was fitted to.
    std_error : bool
        Whether columns ``<factor>_std_error`` follow.
    """
    names = [str(factor) for factor in solution.table.factors]
    width = len(names) * (2 if std_error else 1)
    table = np.full((len(data.index), width), np.nan)
    for places, found in zip(data.places, _scored(solution, data), strict=True):
        table[places, : len(names)] = found.score[:, : len(names)]
        if std_error:
            table[places, len(names) :] = found.std_error[:, : len(names)]
    columns = [*names, *(f"{name}_std_error" for name in names)][:width]
    return pd.DataFrame(table, index=data.index, columns=columns)


def score_reliability_frame(
    solution: Solution, data: CfaData, labels: tuple[str, ...]
) -> pd.DataFrame:
    """One row per factor: ``factor reliability determinacy n_obs``, ``group`` where there are some.

    Reliability is 1 − mean of the squared errors / variance of the factor; determinacy, the
    correlation of scores and factor, is its root.
    """
    names = [str(factor) for factor in solution.table.factors]
    frames = []
    for label, at, found in zip(labels, solution.at, _scored(solution, data), strict=True):
        variance = np.diag(at.latent_covariance)[: len(names)]
        safe = np.where(variance > 0.0, variance, np.nan)
        reliability = 1.0 - np.mean(found.std_error[:, : len(names)] ** 2, axis=0) / safe
        frame = pd.DataFrame(
            {
                "factor": names,
                "reliability": reliability,
                "determinacy": np.sqrt(np.where(reliability >= 0.0, reliability, np.nan)),
                "n_obs": len(found.score),
            }
        )
        if len(labels) > 1:
            frame.insert(1, "group", label)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _scored(solution: Solution, data: CfaData) -> list[ScoredRows]:
    """Scores of each group's rows."""
    if solution.ordinal and not solution.rest:
        raise ModelError(
            "There are no factor scores for ordinal items with predictors or numeric items.",
            hint="Fit the measurement model without them, or take estimator='mlr'.",
        )
    if solution.ordinal:
        parts, _ = ordinal_data(data)
        return [
            modal_scores(_probit_items(solution, group), part.codes)
            for group, part in enumerate(parts)
        ]
    has_means = any(row.op == "~1" for row in solution.table.rows)
    return [
        regression_scores(at, at.mean if has_means else values.mean(axis=0), values)
        for at, values in zip(solution.at, data.values, strict=True)
    ]


def _probit_items(solution: Solution, group: int) -> ProbitItems:
    at, own = solution.at[group], solution.thresholds[group]
    common: FloatArray = np.einsum("ij,ij->i", at.cross, at.loadings)
    return ProbitItems(
        loadings=at.loadings,
        residual_variance=1.0 - common,
        thresholds=tuple(
            own.estimate[own.item == item] for item in range(len(solution.table.items))
        ),
        factor_mean=at.latent_mean,
        factor_covariance=at.latent_covariance,
    )
