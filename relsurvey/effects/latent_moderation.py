"""Do slopes between factors differ over groups? A Wald test after a check of invariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from relsurvey.effects.inference import check_confidence
from relsurvey.effects.model_roles import model_roles
from relsurvey.errors import ModelError
from relsurvey.measurement.invariance import Invariance, invariance
from relsurvey.measurement.latent_covariances import LatentCovariances, latent_covariances
from relsurvey.measurement.model_text import Model
from relsurvey.results import Result
from relsurvey.stats.latent_slopes import slopes_of_covariances

FloatArray = NDArray[np.float64]
ALL = "(all)"
FEW_FOR_FACTORS = 50  # analysis/validation: below this the errors of factor slopes are too small


def few_for_factors(n_units: int) -> str:
    """Return the sentence that belongs to slopes of factors from few clusters."""
    return (
        f"Only {n_units} independent units: with fewer than {FEW_FOR_FACTORS} the standard errors "
        "of factor models are too small (see analysis/validation)."
    )


@dataclass(frozen=True, slots=True, eq=False)
class LatentModeration(Result):
    """Slopes between factors in each group, and tests that they are equal.

    Attributes
    ----------
    slopes, tests : DataFrame
        What ``tidy`` and ``joint_tests`` return.
    invariance : Invariance
        The check that comes first.
    group : str
    confidence : float
    notes : tuple of str
    """

    title: ClassVar[str] = "Slopes between factors in groups"
    slopes: pd.DataFrame
    tests: pd.DataFrame
    invariance: Invariance
    group: str
    confidence: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return ``outcome predictor group estimate std_error statistic p_value conf_low …``.

        In standard deviations of the first group's factors: slopes of one predictor compare over
        groups. ``std_estimate`` is in the group's own standard deviations and does not.
        """
        return self.slopes.copy()

    def joint_tests(self) -> pd.DataFrame:
        """Return Wald tests that slopes are equal in all groups, per predictor and ``(all)``.

        ``outcome predictor statistic df p_value p_holm``; chi-square, Holm over the predictors of
        an outcome.
        """
        return self.tests.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: rows, groups, estimator, and the level of invariance that was used."""
        row = self.invariance.glance()[["n_obs", "n_groups", "estimator", "n_freed"]].copy()
        row["group"], row["confidence"] = self.group, self.confidence
        return row


def latent_moderation(
    frame: pd.DataFrame,
    model: Model,
    outcome: str | Sequence[str],
    predictors: Sequence[str],
    group: str,
    *,
    estimator: str = "wlsmv",
    cluster: str | None = None,
    missing: str | None = None,
    confidence: float = 0.95,
) -> LatentModeration:
    """Compare the slopes of latent outcomes on latent predictors over groups.

    Parameters
    ----------
    frame : DataFrame
        One row per person, with the items.
    model : mapping or str
        Factors and their items, as `cfa` takes it.
    outcome : str or sequence of str
        Factors of the model; each is regressed on all predictors.
    predictors : sequence of str
        Factors of the model.
    group : str
        Column of groups, such as the class of the leader's span of control.
    estimator, cluster, missing
        As `invariance` takes them; ``missing`` is by default ``"pairwise"`` for ordinal answers and
        ``"fiml"`` for maximum likelihood.
    confidence : float

    Returns
    -------
    LatentModeration

    Raises
    ------
    DataError
        As `invariance`.
    ModelError
        Names that are no factors; loadings that differ over the groups even after items are freed:
        then the factors are not the same, and their slopes do not compare.

    Notes
    -----
    Slopes are ``Psi_xx^-1 psi_xy`` of each group's factor covariances in the model with equal
    loadings (and, for ordinal answers, equal thresholds; items freed where needed), so free of
    measurement error; their covariance follows from that of the estimates by the delta method. In
    R: the same model by ``semTools::measEq.syntax`` and ``lavaan::cfa``, slopes as ``:=``. The Wald
    test says only that slopes differ somewhere; with few leaders per group it knows little.
    """
    check_confidence(confidence)
    roles = model_roles(outcome, predictors, ())
    if missing is None:
        missing = "pairwise" if estimator == "wlsmv" else "fiml"
    checked = invariance(
        frame,
        model,
        group=group,
        estimator=estimator,
        cluster=cluster,
        missing=missing,
        partial=True,
    )
    found = latent_covariances(checked)
    unknown = [n for n in (*roles.outcomes, *roles.predictors) if n not in found.factors]
    if unknown:
        raise ModelError(
            "The model has no such factor.",
            got=", ".join(unknown),
            expected=", ".join(found.factors),
        )
    slopes, tests = slopes_and_tests(
        found, roles.outcomes, roles.predictors, checked.groups, confidence
    )
    freed = sorted(set(checked.freed()["item"]))
    notes = [f"Items freed to differ over the groups: {', '.join(freed)}."] if freed else []
    if cluster is not None:
        n_clusters = int(checked.table["n_clusters"].iloc[0])
        if n_clusters < FEW_FOR_FACTORS * len(checked.groups):
            notes.append(few_for_factors(n_clusters // len(checked.groups)))
    return LatentModeration(
        slopes=slopes,
        tests=tests,
        invariance=checked,
        group=group,
        confidence=confidence,
        notes=(*checked.notes, *notes),
    )


def slopes_and_tests(
    found: LatentCovariances,
    outcomes: Sequence[str],
    predictors: Sequence[str],
    groups: Sequence[str],
    confidence: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of slopes and of tests that they are equal."""
    place = {name: at for at, name in enumerate(found.factors)}
    chosen = [place[name] for name in predictors]
    slopes, tests = [], []
    for name in outcomes:
        estimates, jacobian, scaled = slopes_of_covariances(
            found.matrices, found.slopes, chosen, place[name]
        )
        covariance = jacobian @ found.covariance @ jacobian.T
        slopes.append(_slopes(estimates, covariance, scaled, groups, predictors, confidence))
        tests.append(_tests(estimates, covariance, len(groups), predictors))
        slopes[-1].insert(0, "outcome", name)
        tests[-1].insert(0, "outcome", name)
    return pd.concat(slopes, ignore_index=True), pd.concat(tests, ignore_index=True)


def _slopes(
    estimates: FloatArray,
    covariance: FloatArray,
    scaled: FloatArray,
    groups: Sequence[str],
    predictors: Sequence[str],
    confidence: float,
) -> pd.DataFrame:
    error = np.sqrt(np.diag(covariance).clip(0.0))
    reach = stats.norm.isf((1.0 - confidence) / 2.0) * error
    flat = estimates.ravel()
    return pd.DataFrame(
        {
            "predictor": np.tile(np.array(predictors, dtype=object), len(groups)),
            "group": np.repeat(np.array(groups, dtype=object), len(predictors)),
            "estimate": flat,
            "std_error": error,
            "statistic": flat / error,
            "p_value": 2.0 * stats.norm.sf(np.abs(flat / error)),
            "conf_low": flat - reach,
            "conf_high": flat + reach,
            "std_estimate": scaled.ravel(),
        }
    )


def _tests(
    estimates: FloatArray, covariance: FloatArray, n_groups: int, predictors: Sequence[str]
) -> pd.DataFrame:
    from statsmodels.stats.multitest import multipletests

    k = len(predictors)
    differences = np.kron(np.hstack([-np.ones((n_groups - 1, 1)), np.eye(n_groups - 1)]), np.eye(k))
    rows = []
    sets = [(name, differences[at::k]) for at, name in enumerate(predictors)]
    for name, contrasts in [*sets, (ALL, differences)]:
        values = contrasts @ estimates.ravel()
        spread = contrasts @ covariance @ contrasts.T
        statistic = float(values @ np.linalg.solve(spread, values))
        df = len(contrasts)
        rows.append((name, statistic, float(df), float(stats.chi2.sf(statistic, df))))
    table = pd.DataFrame(rows, columns=["predictor", "statistic", "df", "p_value"])
    table["p_holm"] = np.nan
    table.loc[: k - 1, "p_holm"] = multipletests(table["p_value"][:k], method="holm")[1]
    return table if k > 1 else table.iloc[:1].copy()
