"""The result of a linear regression: coefficients, joint tests, resampled tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from relsurvey.effects.imputation import Pooled
from relsurvey.effects.inference import Inference
from relsurvey.errors import ModelError
from relsurvey.results import Result
from relsurvey.stats.wald_test import WaldTest
from relsurvey.stats.wild_bootstrap import wild_bootstrap

FloatArray = NDArray[np.float64]
ADJUSTMENTS = {"holm": "holm", "bh": "fdr_bh", "bonferroni": "bonferroni"}


@dataclass(frozen=True, slots=True, eq=False)
class Regression(Result):
    """A fitted regression.

    Attributes
    ----------
    formula : str
    terms : tuple of str
        Names of the p coefficients: ``Intercept``, ``x``, ``x:z``.
    coefficients : DataFrame
        One row per term, the columns of ``tidy()``.
    covariance : array (p, p)
        Of the coefficients, of the kind ``vcov``.
    vcov : str
    n_obs, n_dropped : int
        Complete rows, and rows left out because a value is missing.
    n_clusters : int or None
    r_squared, adj_r_squared, sigma : float
    df_residual : int
    confidence : float
    inference : Inference or Pooled
        The fit behind the numbers, or the pooled estimates of imputed data.
    clusters : int array (n,) or None
    weighted : bool
    notes : tuple of str
    """

    title: ClassVar[str] = "Linear regression"
    formula: str
    terms: tuple[str, ...]
    coefficients: pd.DataFrame
    covariance: FloatArray
    vcov: str
    n_obs: int
    n_dropped: int
    n_clusters: int | None
    r_squared: float
    adj_r_squared: float
    sigma: float
    df_residual: int
    confidence: float
    inference: Inference | Pooled
    clusters: NDArray[np.int64] | None = None
    weighted: bool = False
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return ``term estimate std_error statistic df p_value conf_low conf_high std_estimate``.

        And ``partial_r_squared``, what the term explains of what the others leave (of imputed data
        ``missing_information`` instead). ``std_estimate`` is the coefficient times the standard
        deviation of its column in the design over that of the outcome (for a product term: of the
        product); NaN for constants.
        """
        return self.coefficients.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: ``n_obs n_dropped n_clusters r_squared adj_r_squared sigma …``."""
        row: dict[str, object] = {"n_obs": self.n_obs, "n_dropped": self.n_dropped}
        if self.n_clusters is not None:
            row["n_clusters"] = self.n_clusters
        row |= {
            "estimator": "wls" if self.weighted else "ols",
            "vcov": self.vcov,
            "r_squared": self.r_squared,
            "adj_r_squared": self.adj_r_squared,
            "sigma": self.sigma,
            "df_residual": self.df_residual,
            "confidence": self.confidence,
        }
        return pd.DataFrame([row])

    def joint_test(self, terms: str | Sequence[str]) -> pd.DataFrame:
        """Test that several coefficients are zero together: one row, an F-test.

        ``terms statistic df_numerator df_denominator p_value``. With clusters Hotelling's T-squared
        of Pustejovsky & Tipton (2018), in R ``clubSandwich::Wald_test(test = "HTZ")``; on imputed
        data D1 of Li, Raghunathan & Rubin (1991), in R ``mice::D1``.

        Raises
        ------
        ModelError
            An unknown term.
        """
        names = [terms] if isinstance(terms, str) else list(terms)
        matrix = np.eye(len(self.terms))[[self._place(name) for name in names]]
        if isinstance(self.inference, Pooled):
            test = _pooled_test(self.inference, matrix)
        else:
            test = self.inference.joint_test(matrix)
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

    def adjusted(self, terms: Sequence[str] | None = None, method: str = "holm") -> pd.DataFrame:
        """Return ``tidy()`` of some terms with ``p_adjusted`` for looking at all of them.

        Parameters
        ----------
        terms : sequence of str, optional
            The family of tests; without it every term but the intercept.
        method : {"holm", "bh", "bonferroni"}
            ``holm`` holds the chance of any false finding (Holm, 1979), ``bh`` the expected share
            of false ones among the findings (Benjamini & Hochberg, 1995).
        """
        from statsmodels.stats.multitest import multipletests

        if method not in ADJUSTMENTS:
            raise ModelError(
                "Unknown adjustment.", got=repr(method), expected=" ".join(ADJUSTMENTS)
            )
        family = [name for name in self.terms if name != "Intercept"] if terms is None else terms
        table = self.coefficients.iloc[[self._place(name) for name in family]]
        p_values = table["p_value"].to_numpy(dtype=float)
        adjusted = multipletests(p_values, method=ADJUSTMENTS[method])[1]
        return table.assign(p_adjusted=adjusted).reset_index(drop=True)

    def wild_bootstrap(
        self,
        term: str,
        *,
        null: float = 0.0,
        impose_null: bool = True,
        distribution: str | None = None,
        n_boot: int = 9999,
        seed: int = 1,
    ) -> pd.DataFrame:
        """Test one coefficient by flipping the residuals of whole clusters: one row.

        For few or very uneven clusters. See ``relsurvey.stats.wild_bootstrap`` for the arguments;
        the distribution is Webb's below 12 clusters. ``term estimate null statistic p_value
        conf_low conf_high n_boot distribution kind``; ``kind`` is WCR or WCU.

        Raises
        ------
        ModelError
            An unknown term, a fit without clusters, or imputed data.
        """
        if isinstance(self.inference, Pooled) or self.clusters is None:
            raise ModelError(
                "The wild cluster bootstrap is for complete cases in clusters.",
                where="wild_bootstrap",
                got="imputed data" if self.clusters is not None else "no clusters",
            )
        place = self._place(term)
        found = wild_bootstrap(
            self.inference.fit,
            self.clusters,
            place,
            null=null,
            impose_null=impose_null,
            distribution=distribution,
            n_boot=n_boot,
            seed=seed,
            confidence=self.confidence,
        )
        row = {
            "term": term,
            "estimate": float(self.inference.fit.coefficients[place]),
            "null": null,
            "statistic": found.statistic,
            "p_value": found.p_value,
            "conf_low": found.conf_low,
            "conf_high": found.conf_high,
            "n_boot": found.n_boot,
            "distribution": found.distribution,
            "kind": "WCR" if impose_null else "WCU",
        }
        return pd.DataFrame([row])

    def _place(self, term: str) -> int:
        if term not in self.terms:
            raise ModelError(
                "There is no such term.",
                got=repr(term),
                expected="one of " + ", ".join(self.terms),
            )
        return self.terms.index(term)


def _pooled_test(pooled: Pooled, matrix: FloatArray) -> WaldTest:
    """D1: the between-imputation covariance is taken as proportional to the one within."""
    q, m = len(matrix), pooled.n_imputations
    values = matrix @ pooled.estimate
    within, between = (matrix @ part @ matrix.T for part in (pooled.within, pooled.between))
    rise = (1.0 + 1.0 / m) * float(np.trace(between @ np.linalg.inv(within))) / q
    statistic = float(values @ np.linalg.solve(within, values)) / (q * (1.0 + rise))
    t = q * (m - 1)
    if t > 4:
        df = 4.0 + (t - 4) * (1.0 + (1.0 - 2.0 / t) / max(rise, 1e-12)) ** 2
    else:
        df = t * (1.0 + 1.0 / q) * (1.0 + 1.0 / max(rise, 1e-12)) ** 2 / 2.0
    return WaldTest(statistic, float(q), float(df), float(stats.f.sf(statistic, q, df)))
