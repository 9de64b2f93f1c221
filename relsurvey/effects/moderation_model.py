"""One outcome's moderated regressions: every predictor by itself, and all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases
from relsurvey.effects.control_columns import control_columns
from relsurvey.effects.inference import Inference, infer
from relsurvey.effects.moderator import Moderator
from relsurvey.results import TERM_COLUMNS

FloatArray = NDArray[np.float64]

ALL_INTERACTIONS = "(all)"


@dataclass(frozen=True, slots=True, eq=False)
class ModeratedFit:
    """One regression of an outcome on predictors, the moderator, their products and controls.

    Attributes
    ----------
    predictors : tuple of str
    n_moderator : int
        m, columns of the moderator.
    terms : tuple of str
        ``Intercept``, predictors, moderator, products (predictor by predictor), controls.
    spread : array (p,)
        Standard deviations of the columns.
    inference : Inference
    """

    predictors: tuple[str, ...]
    n_moderator: int
    terms: tuple[str, ...]
    spread: FloatArray
    inference: Inference

    def interactions(self, predictor: int) -> slice:
        """Return where the products of one predictor stand."""
        start = 1 + len(self.predictors) + self.n_moderator * (1 + predictor)
        return slice(start, start + self.n_moderator)

    def terms_table(self) -> pd.DataFrame:
        """Return one row per coefficient, with the predictor that it concerns."""
        owners = [""] * len(self.terms)
        for place, predictor in enumerate(self.predictors):
            owners[1 + place] = predictor
            where = self.interactions(place)
            owners[where] = [predictor] * self.n_moderator
        table = pd.DataFrame({"term": self.terms, **self.inference.coefficients()})
        table = table[list(TERM_COLUMNS)]
        scaled = table["estimate"].to_numpy() * self.spread
        table["std_estimate"] = np.where(self.spread > 0, scaled, np.nan)
        table.insert(0, "predictor", owners)
        table["interaction"] = table["term"].isin(self._products())
        return table

    def tests_table(self) -> pd.DataFrame:
        """Return the joint test of each predictor's products, and of all products."""
        chosen = {
            predictor: np.eye(len(self.terms))[self.interactions(place)]
            for place, predictor in enumerate(self.predictors)
        }
        if len(self.predictors) > 1:
            chosen[ALL_INTERACTIONS] = np.vstack(list(chosen.values()))
        rows = []
        for predictor, contrasts in chosen.items():
            test = self.inference.joint_test(contrasts)
            rows.append(
                {
                    "predictor": predictor,
                    "statistic": test.statistic,
                    "df_numerator": test.df_numerator,
                    "df_denominator": test.df_denominator,
                    "p_value": test.p_value,
                }
            )
        return pd.DataFrame(rows)

    def slopes_table(self, places: pd.DataFrame, columns: FloatArray) -> pd.DataFrame:
        """Return each predictor's slope at the given values (r, m) of the moderator."""
        tables = []
        for place, predictor in enumerate(self.predictors):
            contrasts = np.zeros((len(places), len(self.terms)))
            contrasts[:, 1 + place] = 1.0
            contrasts[:, self.interactions(place)] = columns
            numbers = pd.DataFrame(self.inference.contrasts(contrasts))
            table = pd.concat([places.reset_index(drop=True), numbers], axis=1)
            table.insert(0, "predictor", predictor)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def _products(self) -> tuple[str, ...]:
        start = self.interactions(0).start
        return self.terms[start : self.interactions(len(self.predictors) - 1).stop]


def fit_moderated(
    cases: CompleteCases,
    outcome: str,
    predictors: Sequence[str],
    moderator: Moderator,
    controls: Sequence[str],
    *,
    kind: str,
    confidence: float,
) -> ModeratedFit:
    """Regress the z-scored outcome on z-scored predictors, moderator, products and controls.

    Raises
    ------
    ModelError
        Columns that do not vary or follow from each other, one cluster only, too few rows.
    """
    scores = cases.standardised(predictors)
    control_names, control_values = control_columns(cases, controls)
    products = [scores[:, [place]] * moderator.columns for place in range(len(predictors))]
    design = np.hstack(
        [np.ones((cases.n_obs, 1)), scores, moderator.columns, *products, control_values]
    )
    terms = (
        "Intercept",
        *predictors,
        *moderator.names,
        *(f"{predictor}:{name}" for predictor in predictors for name in moderator.names),
        *control_names,
    )
    inference = infer(
        cases.standardised([outcome])[:, 0],
        design,
        terms,
        clusters=cases.clusters,
        kind=kind,
        confidence=confidence,
    )
    return ModeratedFit(
        predictors=tuple(predictors),
        n_moderator=len(moderator.names),
        terms=terms,
        spread=design.std(axis=0, ddof=1),
        inference=inference,
    )
