"""From a least-squares fit to estimates with standard errors, degrees of freedom and intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from relsurvey.errors import ModelError
from relsurvey.stats.cluster_covariance import (
    CLUSTER_KINDS,
    ClusterCovariance,
    cluster_covariance,
    satterthwaite_df,
)
from relsurvey.stats.heteroskedastic_covariance import (
    HETEROSKEDASTIC_KINDS,
    heteroskedastic_covariance,
)
from relsurvey.stats.least_squares import LeastSquares, dependent_columns, least_squares
from relsurvey.stats.wald_test import WaldTest, hotelling_test, wald_test

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FEW_CLUSTERS = 20
FEW_DF = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Inference:
    """A fit together with the covariance of its coefficients.

    Attributes
    ----------
    fit : LeastSquares
    covariance : array (p, p)
    kind : str
        The covariance's id (``iid HC0 HC1 HC2 HC3 CR0 CR1 CR1S CR2 CR3``).
    clustered : ClusterCovariance or None
    confidence : float
    """

    fit: LeastSquares
    covariance: FloatArray
    kind: str
    clustered: ClusterCovariance | None
    confidence: float

    def contrasts(self, matrix: FloatArray) -> dict[str, FloatArray]:
        """Return the columns ``estimate … conf_high`` for every row (q, p) of contrasts."""
        estimate = matrix @ self.fit.coefficients
        variance = np.einsum("qa,ab,qb->q", matrix, self.covariance, matrix)
        std_error = np.sqrt(variance.clip(0.0))
        if self.clustered is None:
            df = np.full(estimate.size, float(self.fit.df_residual))
        else:
            df = satterthwaite_df(self.clustered, matrix)
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = estimate / std_error
        reach = stats.t.isf((1.0 - self.confidence) / 2.0, df) * std_error
        return {
            "estimate": estimate,
            "std_error": std_error,
            "statistic": statistic,
            "df": df,
            "p_value": 2.0 * stats.t.sf(np.abs(statistic), df),
            "conf_low": estimate - reach,
            "conf_high": estimate + reach,
        }

    def coefficients(self) -> dict[str, FloatArray]:
        """Return the same columns for the p coefficients themselves."""
        return self.contrasts(np.eye(self.fit.coefficients.size))

    def joint_test(self, matrix: FloatArray) -> WaldTest:
        """Test that all contrasts (q, p) are zero together."""
        if self.clustered is None:
            df = float(self.fit.df_residual)
            return wald_test(self.fit.coefficients, self.covariance, matrix, df)
        return hotelling_test(self.fit.coefficients, self.clustered, matrix)


def infer(
    outcome: FloatArray,
    design: FloatArray,
    terms: Sequence[str],
    *,
    clusters: IntArray | None,
    kind: str,
    confidence: float,
) -> Inference:
    """Fit by least squares and attach the covariance ``kind``.

    Parameters
    ----------
    outcome : array (n,)
    design : array (n, p)
    terms : sequence of str
        Names of the p columns, for error messages.
    clusters : int array (n,) or None
        Codes 0 … G-1.
    kind : str
        From ``resolve_vcov``.
    confidence : float

    Raises
    ------
    ModelError
        A constant outcome, too few rows, dependent columns, or one cluster only.
    """
    if np.ptp(outcome) == 0:
        raise ModelError(
            "The outcome has the same value in every row.",
            got=f"{outcome.size} rows with {outcome[0]:g}",
            expected="an outcome that varies",
        )
    if design.shape[0] > design.shape[1]:
        dependent = [terms[position] for position in dependent_columns(design)]
        if dependent:
            raise ModelError(
                "Some terms follow exactly from the terms before them, so their effects cannot "
                "be told apart.",
                where=", ".join(dependent),
                expected="terms that vary and are not sums of others",
                hint="Leave out these terms, or merge groups with too few rows.",
            )
    fit = least_squares(outcome, design)
    if clusters is None:
        return Inference(fit, heteroskedastic_covariance(fit, kind), kind, None, confidence)
    clustered = cluster_covariance(fit, clusters, kind)
    return Inference(fit, clustered.covariance, kind, clustered, confidence)


def resolve_vcov(vcov: str | None, cluster: str | None) -> str:
    """Return the covariance id: CR2 where clusters are given, HC3 where not, unless one is named.

    Raises
    ------
    ModelError
        An unknown id, one that needs clusters without them, or one that would ignore them.
    """
    if vcov is None:
        return "HC3" if cluster is None else "CR2"
    if vcov not in (*HETEROSKEDASTIC_KINDS, *CLUSTER_KINDS):
        raise ModelError(
            "Unknown kind of standard errors.",
            where="vcov",
            got=repr(vcov),
            expected=" ".join((*HETEROSKEDASTIC_KINDS, *CLUSTER_KINDS)),
        )
    if vcov in CLUSTER_KINDS and cluster is None:
        raise ModelError(
            f"{vcov} needs to know which rows belong together.",
            where="cluster",
            got="no cluster",
            expected="the name of the column with the leader or unit",
        )
    if vcov in HETEROSKEDASTIC_KINDS and cluster is not None:
        raise ModelError(
            f"{vcov} takes all rows as independent and would ignore the clusters.",
            where="vcov",
            got=f"vcov={vcov!r} with cluster={cluster!r}",
            expected="one of " + " ".join(CLUSTER_KINDS),
            hint="Leave out cluster if the rows are independent.",
        )
    return vcov


def check_confidence(confidence: float) -> None:
    """Raise a ModelError unless the confidence level lies between 0 and 1."""
    if not 0.0 < confidence < 1.0:
        raise ModelError(
            "The confidence level is a share.",
            where="confidence",
            got=f"{confidence!r}",
            expected="a number between 0 and 1, for example 0.95",
        )


def cluster_notes(n_clusters: int | None, smallest_df: float = np.inf) -> tuple[str, ...]:
    """Return sentences on few clusters and on terms with hardly any degrees of freedom."""
    notes = []
    if n_clusters is not None and n_clusters < FEW_CLUSTERS:
        notes.append(
            f"Only {n_clusters} clusters: standard errors and p-values rest on few independent "
            "units; read them with caution."
        )
    if smallest_df < FEW_DF:
        notes.append(
            f"Some terms have fewer than {FEW_DF:g} degrees of freedom (the smallest "
            f"{smallest_df:.1f}): few clusters carry their information, and their p-values are "
            "not to be trusted."
        )
    return tuple(notes)
