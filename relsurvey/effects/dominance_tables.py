"""Conditional and complete dominance: what predictors add to models of each size, and to each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.covariance_draws import CovarianceDraws
from relsurvey.effects.ranked_outcome import partial_batches
from relsurvey.stats.dominance import (
    complete_dominance,
    conditional_dominance,
    subset_r_squared,
)

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def conditional_table(
    source: CovarianceDraws, predictors: Sequence[str], confidence: float
) -> pd.DataFrame:
    """Return one row per predictor and number of others; see ``EffectRanking``."""
    estimate, draws = _conditional(source)
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(draws, [tail, 1.0 - tail], axis=0)
    k = len(predictors)
    return pd.DataFrame(
        {
            "outcome": source.outcome,
            "predictor": np.repeat(np.array(predictors, dtype=object), k),
            "n_others": list(range(k)) * k,
            "estimate": estimate.ravel(),
            "conf_low": low.ravel(),
            "conf_high": high.ravel(),
        }
    )


def complete_table(source: CovarianceDraws, predictors: Sequence[str]) -> pd.DataFrame:
    """Return one row per pair of predictors; see ``EffectRanking``."""
    complete: list[BoolArray] = []
    conditional: list[BoolArray] = []
    general: list[BoolArray] = []
    for partial, variance in partial_batches(source):
        explained = subset_r_squared(partial, variance)
        explained = explained[:, np.flatnonzero(np.isfinite(explained.sum(axis=0)))]
        complete.append(complete_dominance(explained))
        added = conditional_dominance(explained)
        conditional.append((added[:, :, None, :] - added[:, None, :, :]).min(axis=3) > 0)
        mean = added.mean(axis=2)
        general.append(mean[:, :, None] > mean[:, None, :])
    rows = []
    shares = [np.concatenate(kind[1:]).mean(axis=0) for kind in (complete, conditional, general)]
    for a, b in combinations(range(len(predictors)), 2):
        rows.append(
            {
                "outcome": source.outcome,
                "predictor_a": predictors[a],
                "predictor_b": predictors[b],
                "dominance": _strongest(complete[0][0], conditional[0][0], general[0][0], a, b),
                "p_complete_a": shares[0][a, b],
                "p_complete_b": shares[0][b, a],
                "p_conditional_a": shares[1][a, b],
                "p_conditional_b": shares[1][b, a],
                "p_general_a": shares[2][a, b],
            }
        )
    return pd.DataFrame(rows)


def _conditional(source: CovarianceDraws) -> tuple[FloatArray, FloatArray]:
    found = [
        conditional_dominance(subset_r_squared(partial, variance))
        for partial, variance in partial_batches(source)
    ]
    draws = np.concatenate(found[1:])
    return found[0][0], draws[np.isfinite(draws).all(axis=(1, 2))]


def _strongest(
    complete: BoolArray, conditional: BoolArray, general: BoolArray, a: int, b: int
) -> str:
    for name, kind in (("complete", complete), ("conditional", conditional), ("general", general)):
        if kind[a, b]:
            return f"{name}_a"
        if kind[b, a]:
            return f"{name}_b"
    return "equal"
