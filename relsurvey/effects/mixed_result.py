"""The result of a linear mixed model: tables, tests, group effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.context_effects import LEVELS, context_contrasts, latent_context
from relsurvey.effects.mixed_inference import MixedInference
from relsurvey.effects.within_between import BETWEEN, WITHIN, SplitPredictors
from relsurvey.errors import ModelError
from relsurvey.results import TERM_COLUMNS, Result
from relsurvey.stats.group_effects import group_effects
from relsurvey.stats.mixed_fit import MixedFit
from relsurvey.stats.mixed_profile import profile_intervals

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MixedModel(Result):
    """A fitted linear mixed model.

    Attributes
    ----------
    formula : str
    terms : tuple of str
        The p fixed terms.
    groups : tuple of str
        Columns of groups from the innermost.
    effects : tuple of tuple of str
        Random effects of each level.
    fit : MixedFit
        Estimates as arrays.
    df_kind : str
    group_names : tuple of tuple of str
        Names of the groups of each level.
    fixed_spread : (array (p, p), float)
        Covariance of the design's columns, standard deviation of the outcome.
    random_spread : tuple of array (q, q)
        Mean of ``zz'`` over rows, per level, on the columns as the fit scales them.
    split : SplitPredictors
    n_dropped : int
    confidence : float
    notes : tuple of str
    """

    title: ClassVar[str] = "Linear mixed model"
    formula: str
    terms: tuple[str, ...]
    groups: tuple[str, ...]
    effects: tuple[tuple[str, ...], ...]
    fit: MixedFit
    df_kind: str
    group_names: tuple[tuple[str, ...], ...]
    fixed_spread: tuple[FloatArray, float]
    random_spread: tuple[FloatArray, ...]
    split: SplitPredictors
    n_dropped: int
    confidence: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return the fixed part: ``term estimate std_error statistic df p_value conf_low …``.

        ``std_estimate`` is the coefficient times the standard deviation of its column over that of
        the outcome, as in ``regress``.
        """
        table = self.contrasts(np.eye(len(self.terms)))
        table.insert(0, "term", self.terms)
        table = table[list(TERM_COLUMNS)]
        covariance, outcome = self.fixed_spread
        spread = np.sqrt(np.diag(covariance))
        scaled = self.fit.coefficients * spread / outcome
        table["std_estimate"] = np.where(spread > 1e-12, scaled, np.nan)
        return table

    def glance(self) -> pd.DataFrame:
        """Return one row: counts, likelihood, variances, ``icc`` and Nakagawa's R-squared.

        ``icc`` is the share of the groups (all levels together) in what the fixed part leaves.
        ``r_squared_marginal`` is what the fixed part explains, ``r_squared_conditional`` what it
        explains together with the groups: Nakagawa & Schielzeth (2013), Johnson (2014); in R
        ``performance::r2_nakagawa``.
        """
        fit, count = self.fit, sum(len(level) * (len(level) + 1) // 2 for level in self.effects)
        fixed, random = self._explained()
        total = fixed + random + fit.sigma2
        parameters = len(self.terms) + count + 1
        row: dict[str, object] = {
            "n_obs": fit.products.n_rows,
            "n_dropped": self.n_dropped,
            "n_clusters": fit.products.levels[0].n_groups,
        }
        for name, level in zip(self.groups[1:], fit.products.levels[1:], strict=True):
            row[f"n_{name}"] = level.n_groups
        row |= {
            "estimator": "reml" if fit.reml else "ml",
            "df_kind": self.df_kind,
            "loglik": fit.log_likelihood,
            "n_parameters": parameters,
            "aic": 2.0 * parameters - 2.0 * fit.log_likelihood,
            "bic": np.log(fit.products.n_rows) * parameters - 2.0 * fit.log_likelihood,
            "sigma": np.sqrt(fit.sigma2),
            "icc": random / (random + fit.sigma2),
            "r_squared_marginal": fixed / total,
            "r_squared_conditional": (fixed + random) / total,
            "singular": any(fit.singular),
            "converged": fit.converged,
            "confidence": self.confidence,
        }
        return pd.DataFrame([row])

    def variance_components(self, *, profile: bool = True) -> pd.DataFrame:
        """Return ``group term variance std_dev conf_low conf_high`` of every random effect.

        Correlations of effects stand as ``Intercept:x`` with the covariance in ``variance`` and
        the correlation in ``std_dev``. Bounds are of ``std_dev``, from the profiled likelihood;
        ``profile=False`` leaves them out, and they are absent with more than two effects a group.
        """
        rows: list[dict[str, object]] = []
        for name, terms, variance in zip(
            self.groups, self.effects, self.fit.variances, strict=True
        ):
            sds = np.sqrt(np.diag(variance))
            rows += [
                {"group": name, "term": term, "variance": variance[k, k], "std_dev": sds[k]}
                for k, term in enumerate(terms)
            ]
            for j, k in zip(*np.triu_indices(len(terms), 1), strict=True):
                known = sds[j] * sds[k] > 0
                rows.append(
                    {
                        "group": name,
                        "term": f"{terms[j]}:{terms[k]}",
                        "variance": variance[j, k],
                        "std_dev": variance[j, k] / (sds[j] * sds[k]) if known else np.nan,
                    }
                )
        sigma2 = self.fit.sigma2
        rows.append(
            {"group": "Residual", "term": "", "variance": sigma2, "std_dev": np.sqrt(sigma2)}
        )
        table = pd.DataFrame(rows).assign(conf_low=np.nan, conf_high=np.nan)
        if profile and max(len(terms) for terms in self.effects) <= 2:
            bounds = profile_intervals(self.fit, self.confidence)
            table["conf_low"] = [bound.conf_low for bound in bounds]
            table["conf_high"] = [bound.conf_high for bound in bounds]
        return table

    def group_effects(self) -> pd.DataFrame:
        """Return the groups' effects: ``level group term estimate std_error prediction_error``.

        Best linear unbiased predictions, pulled towards zero. ``std_error`` takes fixed part and
        variances as known (lme4's ``condVar``); ``prediction_error`` also counts the uncertainty of
        the fixed part.
        """
        frames = []
        for at, (name, terms) in enumerate(zip(self.groups, self.effects, strict=True)):
            found = group_effects(self.fit, at)
            count = len(found.effects)
            frames.append(
                pd.DataFrame(
                    {
                        "level": name,
                        "group": np.repeat(
                            np.array(self.group_names[at], dtype=object),
                            len(terms),
                        ),
                        "term": list(terms) * count,
                        "estimate": found.effects.ravel(),
                        "std_error": found.std_errors.ravel(),
                        "prediction_error": found.prediction_errors.ravel(),
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)

    def contrasts(self, matrix: FloatArray) -> pd.DataFrame:
        """Return ``estimate … conf_high`` for every row (k, p) of contrasts of the fixed terms."""
        rows = np.atleast_2d(np.asarray(matrix, dtype=np.float64))
        return pd.DataFrame(self._inference().contrasts(rows))

    def joint_test(self, terms: Sequence[str]) -> pd.DataFrame:
        """Test that several fixed terms are zero together: one row, an F-test.

        ``terms statistic df_numerator df_denominator p_value``; in R ``lmerTest::contestMD`` with
        Satterthwaite, ``pbkrtest::KRmodcomp`` with Kenward-Roger degrees of freedom.
        """
        names = [terms] if isinstance(terms, str) else list(terms)
        unknown = [name for name in names if name not in self.terms]
        if unknown or not names:
            raise ModelError(
                "There are no such terms.",
                got=", ".join(unknown) or "none",
                expected="among " + ", ".join(self.terms),
            )
        matrix = np.eye(len(self.terms))[[self.terms.index(name) for name in names]]
        test = self._inference().joint_test(matrix)
        return pd.DataFrame(
            [
                {
                    "terms": ", ".join(names),
                    "statistic": test.statistic,
                    "df_numerator": test.df_numerator,
                    "df_denominator": test.df_denominator,
                    "p_value": test.p_value,
                }
            ]
        )

    def context_effects(self, aggregation: str = "manifest") -> pd.DataFrame:
        """Return slopes within groups, between them, and their difference, per split predictor.

        ``predictor level estimate std_error statistic df p_value conf_low conf_high``, level one of
        ``within between context``. ``manifest`` takes observed group means as they are (Mundlak
        1978). ``latent`` allows for their sampling error (Luedtke et al. 2008): the formula then
        holds split predictors only; normal distribution; ``reliability`` is the observed means'.
        """
        names = self.split.names
        if not names:
            raise ModelError("No predictor was split.", hint="Name them in within_between=[...].")
        if aggregation not in ("manifest", "latent"):
            raise ModelError(
                "Unknown aggregation.", got=repr(aggregation), expected="manifest latent"
            )
        if aggregation == "latent":
            return latent_context(
                self.split.frame, self.formula, self.terms, names, self.groups[0], self.confidence
            )
        contrasts = [
            context_contrasts(
                self.terms.index(name + WITHIN), self.terms.index(name + BETWEEN), len(self.terms)
            )
            for name in names
        ]
        table = self.contrasts(np.concatenate(contrasts))
        table.insert(0, "predictor", np.repeat(np.array(names, dtype=object), len(LEVELS)))
        table.insert(1, "level", list(LEVELS) * len(names))
        return table

    def _inference(self) -> MixedInference:
        return MixedInference(self.fit, self.df_kind, self.confidence)

    def _explained(self) -> tuple[float, float]:
        """Variance of the fixed part over rows, and mean variance of the groups' effects."""
        fit, covariance = self.fit, self.fixed_spread[0]
        fixed = float(fit.coefficients @ covariance @ fit.coefficients)
        random = sum(
            fit.sigma2 * float(np.trace(factor @ factor.T @ spread))
            for factor, spread in zip(fit.state.factors, self.random_spread, strict=True)
        )
        return fixed, float(random)
