"""One outcome's moderated regressions: every predictor by itself, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases
from relsurvey.effects.control_columns import control_columns
from relsurvey.effects.inference import Inference, infer
from relsurvey.effects.johnson_neyman import slope_regions
from relsurvey.effects.mixed_inference import MixedInference
from relsurvey.effects.moderator import Moderator
from relsurvey.results import TERM_COLUMNS
from relsurvey.stats.mixed_fit import fit_mixed
from relsurvey.stats.mixed_products import mixed_products

FloatArray = NDArray[np.float64]

Encode = Callable[[FloatArray], FloatArray]

ALL_INTERACTIONS = "(all)"
REGION_COLUMNS = ("sign", "low", "high", "n_obs", "p_limit")


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
    inference : Inference or MixedInference
    focal : tuple of MixedInference
        With random slopes: for each predictor the same model in which the predictor's slope varies
        over clusters; its own rows come from there. Empty otherwise.
    """

    predictors: tuple[str, ...]
    n_moderator: int
    terms: tuple[str, ...]
    spread: FloatArray
    inference: Inference | MixedInference
    focal: tuple[MixedInference, ...] = ()

    def of(self, predictor: int) -> Inference | MixedInference:
        """Return what a predictor's own terms are judged by."""
        return self.focal[predictor] if self.focal else self.inference

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
        table = pd.DataFrame({"term": self.terms, **self._coefficients()})
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
        judges = [self.of(place) for place in range(len(self.predictors))]
        if len(self.predictors) > 1 and not self.focal:
            chosen[ALL_INTERACTIONS] = np.vstack(list(chosen.values()))
            judges.append(self.inference)
        rows = []
        for judge, (predictor, contrasts) in zip(judges, chosen.items(), strict=True):
            test = judge.joint_test(contrasts)
            row = {
                "predictor": predictor,
                "statistic": test.statistic,
                "df_numerator": test.df_numerator,
                "df_denominator": test.df_denominator,
                "p_value": test.p_value,
            }
            if isinstance(judge, MixedInference):
                row["slope_sd"] = float(np.sqrt(judge.fit.variances[0][1, 1]))
            rows.append(row)
        return pd.DataFrame(rows)

    def slopes_table(self, places: pd.DataFrame, columns: FloatArray) -> pd.DataFrame:
        """Return each predictor's slope at the given values (r, m) of the moderator."""
        tables = []
        for place, predictor in enumerate(self.predictors):
            numbers = pd.DataFrame(self.slopes(place, columns))
            table = pd.concat([places.reset_index(drop=True), numbers], axis=1)
            table.insert(0, "predictor", predictor)
            tables.append(table)
        return pd.concat(tables, ignore_index=True)

    def slopes(self, predictor: int, columns: FloatArray) -> dict[str, FloatArray]:
        """Return one predictor's slope where the moderator's columns are (r, m)."""
        contrasts = np.zeros((len(columns), len(self.terms)))
        contrasts[:, 1 + predictor] = 1.0
        contrasts[:, self.interactions(predictor)] = columns
        return self.of(predictor).contrasts(contrasts)

    def regions_table(self, moderator: Moderator, confidence: float) -> pd.DataFrame:
        """Return where each predictor's slope differs from zero; no rows for classes."""
        encode = moderator.encode
        if encode is None:
            return pd.DataFrame(columns=["predictor", *REGION_COLUMNS])
        tables = []
        for place, predictor in enumerate(self.predictors):
            found = slope_regions(
                partial(self._slopes_at, place, encode), moderator.values, confidence
            )
            found.insert(0, "predictor", predictor)
            tables.append(found)
        return pd.concat(tables, ignore_index=True)

    def _slopes_at(self, predictor: int, encode: Encode, at: FloatArray) -> dict[str, FloatArray]:
        return self.slopes(predictor, encode(at))

    def _coefficients(self) -> dict[str, FloatArray]:
        found = self.inference.coefficients()
        for place, judge in enumerate(self.focal):
            own = judge.coefficients()
            products = self.interactions(place)
            for name, column in found.items():
                column[1 + place] = own[name][1 + place]
                column[products] = own[name][products]
        return found

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
    random_slopes: bool,
    confidence: float,
) -> ModeratedFit:
    """Regress the z-scored outcome on z-scored predictors, moderator, products and controls.

    With random slopes the model is fitted once with random intercepts, and once more for each
    predictor with its slope varying over clusters.

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
    response = cases.standardised([outcome])[:, 0]
    inference: Inference | MixedInference
    inference = infer(
        response,
        design,
        terms,
        clusters=cases.clusters,
        kind="CR0" if random_slopes else kind,
        confidence=confidence,
    )
    focal: tuple[MixedInference, ...] = ()
    if random_slopes:
        assert cases.clusters is not None
        ones = np.ones((cases.n_obs, 1))
        inner = [ones, *(np.hstack([ones, scores[:, [at]]]) for at in range(len(predictors)))]
        inference, *rest = (
            MixedInference(
                fit_mixed(mixed_products(response, design, [random], [cases.clusters])),
                "satterthwaite",
                confidence,
            )
            for random in inner
        )
        focal = tuple(rest)
    return ModeratedFit(
        predictors=tuple(predictors),
        n_moderator=len(moderator.names),
        terms=terms,
        spread=design.std(axis=0, ddof=1),
        inference=inference,
        focal=focal,
    )
