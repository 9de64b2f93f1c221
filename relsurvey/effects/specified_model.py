"""One specification of main effects: a level, an estimator, a set of controls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases, require_variation
from relsurvey.effects.control_columns import control_columns
from relsurvey.effects.inference import Inference, infer
from relsurvey.effects.mixed_inference import MixedInference
from relsurvey.errors import ModelError
from relsurvey.stats.least_squares import dependent_columns
from relsurvey.stats.mixed_fit import fit_mixed
from relsurvey.stats.mixed_products import mixed_products
from relsurvey.stats.split_means import group_means

FloatArray = NDArray[np.float64]
WANTED = ("estimate", "std_error", "p_value", "conf_low", "conf_high")


def fit_specified(
    cases: CompleteCases,
    outcome: str,
    predictors: Sequence[str],
    controls: Sequence[str],
    level: str,
    estimator: str,
) -> dict[str, FloatArray]:
    """Return the columns ``estimate std_error p_value conf_low conf_high`` of the predictors.

    Parameters
    ----------
    cases : CompleteCases
        With clusters.
    outcome, predictors, controls
        Names of columns; outcome and predictors become z-scores at the level.
    level : {"persons", "within", "between"}
    estimator : {"ols_cr2", "mixed"}

    Raises
    ------
    ModelError
        Columns that do not vary at the level, or follow from each other; too few rows.
    """
    assert cases.clusters is not None
    names, extra = control_columns(cases, controls)
    values = np.hstack([cases.columns([outcome, *predictors]), extra])
    clusters = cases.clusters
    if level == "between":
        values = group_means(values, clusters)
    elif level == "within":
        values = values - group_means(values, clusters)[clusters]
        vary = np.ptp(values, axis=0) > 1e-9  # less is rounding: nothing varies within clusters
        values[:, ~vary] = 0.0
        keep = vary | (np.arange(values.shape[1]) <= len(predictors))
        values = values[:, keep]  # controls that belong to clusters have no place within them
        names = tuple(np.array(names, dtype=object)[keep[1 + len(predictors) :]])
    n_scores = 1 + len(predictors)
    scores = values[:, :n_scores]
    require_variation(scores, [outcome, *predictors])
    scores = (scores - scores.mean(axis=0)) / scores.std(axis=0, ddof=1)
    design = np.hstack([np.ones((len(values), 1)), scores[:, 1:], values[:, n_scores:]])
    terms = ("Intercept", *predictors, *names)
    judged = _judge(scores[:, 0], design, terms, clusters, level, estimator)
    own = slice(1, n_scores)
    found = judged.coefficients()
    return {name: found[name][own] for name in WANTED}


def _judge(
    response: FloatArray,
    design: FloatArray,
    terms: Sequence[str],
    clusters: NDArray[np.int64],
    level: str,
    estimator: str,
) -> Inference | MixedInference:
    if estimator == "mixed":
        if dependent_columns(design):
            raise ModelError("Some terms follow exactly from the terms before them.")
        ones = np.ones((len(response), 1))
        fit = fit_mixed(mixed_products(response, design, [ones], [clusters]))
        return MixedInference(fit, "satterthwaite", 0.95)
    between = level == "between"
    return infer(
        response,
        design,
        terms,
        clusters=None if between else clusters,
        kind="HC3" if between else "CR2",
        confidence=0.95,
    )
