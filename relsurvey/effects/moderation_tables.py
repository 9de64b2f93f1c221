"""The tables of one outcome's moderated regressions, side by side, with Holm's adjustment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from relsurvey.effects.complete_cases import CompleteCases
from relsurvey.effects.inference import Inference, cluster_notes
from relsurvey.effects.model_roles import ModelRoles
from relsurvey.effects.moderation_model import ALL_INTERACTIONS, ModeratedFit, fit_moderated
from relsurvey.effects.moderator import Moderator
from relsurvey.results import TERM_COLUMNS


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeTables:
    """The tables of one outcome, by the names of Moderation's fields, and its notes."""

    tables: dict[str, pd.DataFrame]
    notes: tuple[str, ...]


def outcome_tables(
    cases: CompleteCases,
    outcome: str,
    roles: ModelRoles,
    moderator: Moderator,
    *,
    form: str,
    kind: str,
    random_slopes: bool,
    confidence: float,
) -> OutcomeTables:
    """Fit one outcome's models and lay out what they say.

    Raises
    ------
    ModelError
        Columns that do not vary or follow from each other, one cluster only, too few rows.
    """
    models = _models(
        cases,
        outcome,
        roles,
        moderator,
        kind=kind,
        random_slopes=random_slopes,
        confidence=confidence,
    )
    tables = _tables(form, models, moderator, confidence)
    joint = models[0][1].inference
    row: dict[str, object] = {"n_obs": cases.n_obs, "n_dropped": cases.n_dropped}
    if cases.n_clusters is not None:
        row["n_clusters"] = cases.n_clusters
    if isinstance(joint, Inference):
        row["r_squared"] = joint.fit.r_squared
    row["sigma"] = float(np.sqrt(joint.fit.sigma2))
    tables |= {"classes": moderator.classes.copy(), "fits": pd.DataFrame([row])}
    for table in tables.values():
        table.insert(0, "outcome", outcome)
    smallest = float(joint.coefficients()["df"].min())
    few = cluster_notes(cases.n_clusters, smallest)
    slopes = _slope_notes(models[0][1], outcome)
    return OutcomeTables(tables, (*cases.notes, *moderator.notes, *few, *slopes))


def _models(
    cases: CompleteCases,
    outcome: str,
    roles: ModelRoles,
    moderator: Moderator,
    *,
    kind: str,
    random_slopes: bool,
    confidence: float,
) -> list[tuple[str, ModeratedFit]]:
    """Fit all predictors together, then, if there are several, each by itself."""
    sets = [("joint", roles.predictors)]
    if len(roles.predictors) > 1:
        sets += [("single", (predictor,)) for predictor in roles.predictors]
    return [
        (
            label,
            fit_moderated(
                cases,
                outcome,
                chosen,
                moderator,
                roles.controls,
                kind=kind,
                random_slopes=random_slopes,
                confidence=confidence,
            ),
        )
        for label, chosen in sets
    ]


def _slope_notes(joint: ModeratedFit, outcome: str) -> tuple[str, ...]:
    """Say which predictors' slopes do not vary over clusters as far as the data can tell."""
    flat = [
        name
        for name, judge in zip(joint.predictors, joint.focal, strict=False)
        if any(judge.fit.singular)
    ]
    if not flat:
        return ()
    return (
        f"For {outcome} the random slopes of {', '.join(flat)} lie at the boundary (no variance, "
        "or complete correlation with the intercepts): the tests of their products then count on "
        "too many degrees of freedom; moderate without random_slopes and with CR2 is safer.",
    )


def _tables(
    form: str, models: list[tuple[str, ModeratedFit]], moderator: Moderator, confidence: float
) -> dict[str, pd.DataFrame]:
    """Stack the tables of one outcome, with Holm's adjustment within each kind of model."""
    found: dict[str, list[pd.DataFrame]] = {
        key: [] for key in ("terms", "tests", "marks", "curve", "regions")
    }
    for label, model in models:
        made = {
            "terms": model.terms_table(),
            "tests": model.tests_table(),
            "marks": model.slopes_table(moderator.marks, moderator.mark_columns),
            "curve": model.slopes_table(moderator.grid, moderator.grid_columns),
            "regions": model.regions_table(moderator, confidence),
        }
        if label == "single":
            made["terms"]["predictor"] = model.predictors[0]
        for key, table in made.items():
            table.insert(0, "model", label)
            found[key].append(table)
    tables = {key: pd.concat(value, ignore_index=True) for key, value in found.items()}
    terms, tests = tables["terms"], tables["tests"]
    terms["p_holm"] = _holm(terms, terms["interaction"].to_numpy(dtype=bool))
    tests["p_holm"] = _holm(tests, (tests["predictor"] != ALL_INTERACTIONS).to_numpy(dtype=bool))
    for key in ("terms", "tests"):
        tables[key].insert(1, "form", form)
    order = ["model", "form", "predictor", *TERM_COLUMNS, "std_estimate", "p_holm"]
    tables["terms"] = terms[order]
    return tables


def _holm(table: pd.DataFrame, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.Series:
    """Return Holm-adjusted p-values of the chosen rows within each kind of model, NaN elsewhere."""
    from statsmodels.stats.multitest import multipletests

    adjusted = pd.Series(np.nan, index=table.index)
    for label in table["model"].unique():
        rows = chosen & (table["model"] == label).to_numpy(dtype=bool)
        rows &= table["p_value"].notna().to_numpy(dtype=bool)
        if rows.any():
            adjusted[rows] = multipletests(table.loc[rows, "p_value"], method="holm")[1]
    return adjusted
