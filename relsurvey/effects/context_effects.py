"""Slopes within groups, between them, and what the group adds to the person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from relsurvey.effects.complete_cases import complete_cases
from relsurvey.effects.formula import read_formula
from relsurvey.effects.within_between import BETWEEN, WITHIN
from relsurvey.errors import ModelError
from relsurvey.stats.latent_aggregation import latent_slopes

FloatArray = NDArray[np.float64]
LEVELS = ("within", "between", "context")


def context_contrasts(within: int, between: int, n_terms: int) -> FloatArray:
    """Return the contrasts (3, p) of a slope within, between, and their difference."""
    found = np.zeros((3, n_terms))
    found[0, within] = found[1, between] = found[2, between] = 1.0
    found[2, within] = -1.0
    return found


def latent_context(
    frame: pd.DataFrame,
    formula: str,
    terms: Sequence[str],
    names: Sequence[str],
    group: str,
    confidence: float,
) -> pd.DataFrame:
    """Return the slopes with the sampling error of group means allowed for.

    Raises
    ------
    ModelError
        Other terms than split predictors, or covariances between groups at the edge.
    """
    wanted = {"Intercept", *(name + end for name in names for end in (WITHIN, BETWEEN))}
    if set(terms) != wanted:
        raise ModelError(
            "Latent aggregation is for models whose predictors are all split.",
            got=", ".join(term for term in terms if term not in wanted),
            expected="split predictors only, without products",
        )
    outcome = read_formula(formula).outcome
    cases = complete_cases(frame, [*names, outcome], (), group)
    assert cases.clusters is not None
    found = latent_slopes(cases.columns([*names, outcome]), cases.clusters)
    p = len(names)
    matrix = np.concatenate([context_contrasts(at, p + at, 2 * p) for at in range(p)])
    estimate = matrix @ np.concatenate([found.within, found.between])
    error = np.sqrt(np.einsum("ka,ab,kb->k", matrix, found.covariance, matrix))
    reach = stats.norm.isf((1.0 - confidence) / 2.0) * error
    reliability = np.full((p, 3), np.nan)
    reliability[:, 1] = found.reliability
    return pd.DataFrame(
        {
            "predictor": np.repeat(np.array(names, dtype=object), 3),
            "level": list(LEVELS) * p,
            "estimate": estimate,
            "std_error": error,
            "statistic": estimate / error,
            "df": np.inf,
            "p_value": 2.0 * stats.norm.sf(np.abs(estimate / error)),
            "conf_low": estimate - reach,
            "conf_high": estimate + reach,
            "reliability": reliability.ravel(),
        }
    )
