"""Measurement models side by side: which of them describes the answers better."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.model_syntax import is_plain
from relsurvey.measurement.model_text import Model, read_terms
from relsurvey.measurement.nested_difference import nested_difference
from relsurvey.measurement.parameter_table import parameter_table
from relsurvey.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class ModelComparison(Result):
    """Several factor models of the same respondents.

    Attributes
    ----------
    table : DataFrame
        What `tidy` returns.
    fits : dict
        The fit of each model that converged.
    verdict : str
        What the comparison says, in words.
    notes : tuple of str
        Models that failed, are improper, or cannot be held against the others.
    """

    title: ClassVar[str] = "Comparison of measurement models"
    table: pd.DataFrame
    fits: dict[str, CfaFit]
    verdict: str
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per model: `CfaFit.glance`, and the difference from a nested model.

        ``item_set`` numbers the sets of items: only models of one set can be compared.
        ``compared_with`` is the closest model nested in this one (some of its factors merged);
        ``chi2_diff df_diff p_value_diff`` test whether merging them makes the fit worse.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: models, how many converged, the one preferred in the largest set of models."""
        best = preferred_model(self.table)
        return pd.DataFrame(
            {
                "n_models": [len(self.table)],
                "n_converged": [len(self.fits)],
                "preferred": [best],
                "verdict": [self.verdict],
            }
        )

    def remarks(self) -> tuple[str, ...]:
        """Return the verdict, then the notes."""
        return (self.verdict, *self.notes)


def compare_models(
    frame: pd.DataFrame,
    models: Mapping[str, Model],
    *,
    estimator: str = "ml",
    cluster: str | None = None,
    missing: str = "listwise",
) -> ModelComparison:
    """Fit several factor models to one frame and set them side by side.

    Models are nested when one follows from another by merging whole factors, that is by fixing
    their correlations at 1. As that is the edge of what a correlation can be, the difference test
    is cautious: its p-values are too large rather than too small (Stoel, R. D., Garre, F. G.,
    Dolan, C., & van den Wittenboer, G. (2006). Psychological Methods, 11, 439-455).

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    models : mapping
        Name to model, as `cfa` takes it; `standard_models` makes them from an instrument.
    estimator, cluster, missing
        As in `cfa`. Without a likelihood (``"wlsmv"``) there is no BIC.

    Returns
    -------
    ModelComparison
        Rows in the order of ``models``. A model that does not converge has a row of NaN and a note.

    Raises
    ------
    ModelError
        When there are no models, or none can be fitted.
    DataError
        When the frame lacks an item.

    Notes
    -----
    R: ``lavaan::lavTestLRT(fit_a, fit_b)`` of two ``lavaan::cfa`` fits; see `nested_difference`.
    """
    if not isinstance(models, Mapping) or not models:
        raise ModelError("There are no models to compare.", expected="a mapping of name to model")
    terms = {name: read_terms(model) for name, model in models.items()}
    read = {name: parameter_table(said).first_order() for name, said in terms.items()}
    plain = {name for name, said in terms.items() if is_plain(said)}
    fits: dict[str, CfaFit] = {}
    notes: list[str] = []
    for name, model in models.items():
        try:
            fits[name] = cfa(frame, model, estimator=estimator, cluster=cluster, missing=missing)
        except ModelError as error:
            notes.append(f"Model {name} could not be fitted. {error.what}")
            continue
        for note in fits[name].notes:
            sentence = f"Model {name}: {note}" if note.startswith("Improper") else note
            if sentence not in notes:
                notes.append(sentence)
    if not fits:
        raise ModelError("None of the models could be fitted.", got=" ".join(notes))
    table = _table(read, fits, plain)
    if table["item_set"].nunique() > 1:
        notes.append(
            "The models are not all of the same items: chi-square, AIC and BIC can be compared "
            "only between models with the same item_set."
        )
    return ModelComparison(table=table, fits=fits, verdict=_verdict(table), notes=tuple(notes))


def preferred_model(table: pd.DataFrame) -> str:
    """Name of the model preferred among those of the set of items that most of them share.

    The one with the lowest BIC; where there is no likelihood, the finest model nested in the others
    that is not rejected against a coarser one: from the model with most factors on, a model whose
    factors may be merged (p ≥ .05) gives way to the one that merges them.
    """
    here = table[table["converged"]]
    most = here["item_set"].value_counts(sort=True).index[0]
    same = here[here["item_set"] == most]
    if "bic" in same and same["bic"].notna().any():
        return str(same.loc[same["bic"].idxmin(), "model"])
    rows = same.set_index("model")
    within = set(rows["compared_with"]) | set(rows.index[rows["compared_with"] != ""])
    chain = rows[rows.index.isin(within)]
    best = str((chain if len(chain) else rows)["df"].idxmin())
    while rows.loc[best, "compared_with"] and not rows.loc[best, "p_value_diff"] < 0.05:
        best = str(rows.loc[best, "compared_with"])
    return best


def nested(smaller: Mapping[str, list[str]], larger: Mapping[str, list[str]]) -> bool:
    """Whether ``smaller`` follows from ``larger`` by merging factors; each item on one factor."""
    counts = [sum(len(items) for items in model.values()) for model in (smaller, larger)]
    sets = [{item for items in model.values() for item in items} for model in (smaller, larger)]
    if sets[0] != sets[1] or counts != [len(sets[0]), len(sets[1])] or len(smaller) >= len(larger):
        return False
    homes = {item: factor for factor, items in smaller.items() for item in items}
    return all(len({homes[item] for item in items}) == 1 for items in larger.values())


def _table(
    models: dict[str, dict[str, list[str]]], fits: dict[str, CfaFit], plain: set[str]
) -> pd.DataFrame:
    sets = {
        name: frozenset(item for items in model.values() for item in items)
        for name, model in models.items()
    }
    numbers = {items: at + 1 for at, items in enumerate(dict.fromkeys(sets.values()))}
    glances = {name: fit.glance().iloc[0] for name, fit in fits.items()}
    empty = dict.fromkeys(next(iter(glances.values())).index, np.nan) | {"converged": False}
    rows = []
    for name, model in models.items():
        row = {
            "model": str(name),
            "n_factors": len(model),
            "n_items": len(sets[name]),
            "item_set": numbers[sets[name]],
        }
        row |= dict(glances[name]) if name in glances else empty
        rows.append(row | _difference(name, models, fits, plain))
    return pd.DataFrame(rows).astype({"converged": bool})


def _difference(
    name: str,
    models: dict[str, dict[str, list[str]]],
    fits: dict[str, CfaFit],
    plain: set[str],
) -> dict[str, object]:
    inside = [
        other
        for other in fits
        if name in fits and {name, other} <= plain and nested(models[other], models[name])
    ]
    if not inside:
        nothing = dict.fromkeys(("chi2_diff", "df_diff", "p_value_diff"), math.nan)
        return {"compared_with": "", **nothing}
    closest = min(inside, key=lambda other: float(fits[other].glance()["df"].iloc[0]))
    test = nested_difference(fits[name], fits[closest])
    return {
        "compared_with": str(closest),
        "chi2_diff": test.statistic,
        "df_diff": test.df,
        "p_value_diff": test.p_value,
    }


def _verdict(table: pd.DataFrame) -> str:
    best = preferred_model(table)
    home = table.set_index("model").loc[best, "item_set"]
    same = table[table["converged"] & (table["item_set"] == home)]
    if len(same) == 1:
        return f"Only {best} could be fitted to its items; there is nothing to hold it against."
    tested = same[same["compared_with"] != ""]
    kept = [str(name) for name in tested.loc[tested["p_value_diff"] >= 0.05, "model"]]
    if "bic" in same and same["bic"].notna().any():
        said = f"Of {len(same)} models of the same items {best} has the lowest BIC."
    else:
        said = f"Of {len(same)} models of the same items {best} is preferred by difference tests."
    if kept:
        said += f" Separating the factors of {', '.join(kept)} is not better than merging them."
    elif len(tested):
        said += " Every model fits better than the one with merged factors that is nested in it."
    return (
        f"{said} That names the best of these models, not a good one: look at SRMR, the interval "
        "of RMSEA and the factor correlations, and not at a cut-off."
    )
