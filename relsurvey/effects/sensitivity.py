"""How strong something unmeasured would have to be to change what is concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases, complete_cases
from relsurvey.effects.control_columns import control_columns
from relsurvey.effects.inference import Inference, infer, resolve_vcov
from relsurvey.effects.model_roles import ModelRoles, model_roles
from relsurvey.results import Result, json_ready
from relsurvey.stats.cluster_bootstrap import partial_out
from relsurvey.stats.confounding import (
    benchmark_bounds,
    critical_strength,
    largest_bias,
    robustness_value,
)
from relsurvey.stats.dominance import general_dominance
from relsurvey.stats.ranks import ranks

FloatArray = NDArray[np.float64]

METHOD_SHARES = np.round(np.arange(0.0, 0.81, 0.05), 2)
TIMES = (1.0, 2.0, 3.0)


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity(Result):
    """What it takes to explain effects away, or to turn their order.

    Attributes
    ----------
    values, bounds, shared_method, fits : DataFrame
        What ``tidy``, ``benchmarks``, ``method_variance`` and ``glance`` are made of.
    vcov : str
    notes : tuple of str
    """

    title: ClassVar[str] = "Sensitivity to what was not measured"
    values: pd.DataFrame
    bounds: pd.DataFrame
    shared_method: pd.DataFrame
    fits: pd.DataFrame
    vcov: str
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return one row per outcome and predictor.

        Columns ``outcome predictor estimate std_error df p_value partial_r_squared
        robustness_value robustness_value_significant next_predictor robustness_value_next``. A
        confounder that explains at least ``robustness_value`` of what is left of both predictor and
        outcome could bring the standardised coefficient to zero; ``…_significant`` to where it is
        no longer significant at 5 %; ``…_next`` to that of the predictor next in size.
        """
        return self.values.copy()

    def benchmarks(self) -> pd.DataFrame:
        """Return what a confounder 1, 2 or 3 times as strong as another predictor could do.

        Columns ``outcome predictor benchmark times r_squared_predictor r_squared_outcome estimate
        adjusted``: partial R-squared of such a confounder with predictor and outcome, and the
        coefficient that would be left.
        """
        return self.bounds.copy()

    def method_variance(self) -> pd.DataFrame:
        """Return the ranking if a share of every score's variance were one shared method factor.

        Columns ``outcome share predictor estimate rank``: general dominance after a method factor
        with that share in all scores was taken out of their correlations; it ends where such a
        factor is impossible with these correlations.
        """
        return self.shared_method.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row per analysis: counts, and the smallest method share that turns a rank."""
        row = self.fits.sort_values("n_obs", kind="stable").iloc[[0]].reset_index(drop=True)
        row = row.drop(columns="outcome")
        row.insert(0, "n_outcomes", len(self.fits))
        row["method_share_turns_first"] = self.fits["method_share_turns_first"].min()
        row["vcov"] = self.vcov
        return row

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain JSON types at full precision."""
        return Result.to_dict(self) | {
            "fits": json_ready(self.fits),
            "benchmarks": json_ready(self.bounds),
            "method_variance": json_ready(self.shared_method),
        }


def sensitivity(
    frame: pd.DataFrame,
    outcome: str | Sequence[str],
    predictors: Sequence[str],
    *,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    vcov: str | None = None,
) -> Sensitivity:
    """Ask how strong confounding or shared method variance must be to change effects and ranks.

    Parameters
    ----------
    frame : DataFrame
        One row per person; rows with a missing value are left out, counted and named.
    outcome : str or sequence of str
    predictors : sequence of str
        z-scored, like the outcome.
    controls : sequence of str
    cluster, vcov
        As in ``regress``.

    Raises
    ------
    DataError, ModelError
        As ``regress``.

    Notes
    -----
    Robustness values and bounds: Cinelli & Hazlett (2020), Journal of the Royal Statistical Society
    B 82, 39-67; in R ``sensemakr``. With clusters the significance bound carries the robust error's
    inflation, derived here. ``…_next`` is the robustness value for the share of the coefficient
    that separates it from the next one, which is taken to stay. The method factor is assumed to
    load equally on all scores (Lindell & Whitney 2001, Journal of Applied Psychology 86, 114-121,
    with the marker's correlation unknown): correlations r become ``(r - m) / (1 - m)``.
    """
    kind = resolve_vcov(vcov, cluster)
    roles = model_roles(outcome, predictors, controls)
    values, bounds, shared, fits = [], [], [], []
    notes: list[str] = []
    for name in roles.outcomes:
        cases = complete_cases(frame, [name, *roles.predictors], roles.controls, cluster)
        judged, design = _fit(cases, name, roles, kind)
        values.append(_values(judged, roles.predictors))
        bounds.append(_benchmarks(judged, design, roles.predictors))
        shared.append(_method(cases, name, roles))
        row: dict[str, object] = {"n_obs": cases.n_obs, "n_dropped": cases.n_dropped}
        if cases.n_clusters is not None:
            row["n_clusters"] = cases.n_clusters
        row["method_share_turns_first"] = _turns_first(shared[-1])
        fits.append(pd.DataFrame([row]))
        for table in (values[-1], bounds[-1], shared[-1], fits[-1]):
            table.insert(0, "outcome", name)
        notes += cases.notes
    return Sensitivity(
        values=pd.concat(values, ignore_index=True),
        bounds=pd.concat(bounds, ignore_index=True),
        shared_method=pd.concat(shared, ignore_index=True),
        fits=pd.concat(fits, ignore_index=True),
        vcov=kind,
        notes=tuple(dict.fromkeys(notes)),
    )


def _fit(
    cases: CompleteCases, outcome: str, roles: ModelRoles, kind: str
) -> tuple[Inference, FloatArray]:
    names, columns = control_columns(cases, roles.controls)
    scores = cases.standardised(roles.predictors)
    design = np.hstack([np.ones((cases.n_obs, 1)), scores, columns])
    judged = infer(
        cases.standardised([outcome])[:, 0],
        design,
        ("Intercept", *roles.predictors, *names),
        clusters=cases.clusters,
        kind=kind,
        confidence=0.95,
    )
    return judged, design


def _plain_error(judged: Inference) -> FloatArray:
    """Least-squares standard errors, whatever kind the tests use."""
    fit = judged.fit
    return np.asarray(np.sqrt(fit.sigma2 * (fit.inverse_root**2).sum(axis=1)))


def _values(judged: Inference, predictors: Sequence[str]) -> pd.DataFrame:
    own = slice(1, 1 + len(predictors))
    found = {name: column[own] for name, column in judged.coefficients().items()}
    df_residual = float(judged.fit.df_residual)
    plain = _plain_error(judged)[own]
    strength = np.abs(found["estimate"] / plain) / np.sqrt(df_residual)
    df = found["df"] if judged.clustered is not None else np.full(strength.size, df_residual)
    critical = critical_strength(df_residual, df, found["std_error"] / plain)
    sizes = np.abs(found["estimate"])
    order = np.argsort(-sizes, kind="stable")
    following = dict(zip(order[:-1].tolist(), order[1:].tolist(), strict=True))
    gap = np.full(sizes.size, np.nan)
    for at, below in following.items():
        gap[at] = 1.0 - sizes[below] / sizes[at]
    return pd.DataFrame(
        {
            "predictor": list(predictors),
            **{name: found[name] for name in ("estimate", "std_error", "df", "p_value")},
            "partial_r_squared": strength**2 / (1.0 + strength**2),
            "robustness_value": robustness_value(strength),
            "robustness_value_significant": robustness_value(strength - critical),
            "next_predictor": [
                predictors[following[at]] if at in following else "" for at in range(sizes.size)
            ],
            "robustness_value_next": robustness_value(
                np.where(np.isnan(gap), np.nan, gap * strength)
            ),
        }
    )


def _benchmarks(judged: Inference, design: FloatArray, predictors: Sequence[str]) -> pd.DataFrame:
    """Bound confounders by every other predictor in turn."""
    fit, df = judged.fit, float(judged.fit.df_residual)
    plain = _plain_error(judged)
    squares = (fit.coefficients / plain) ** 2
    with_outcome = squares / (squares + df)
    precision = np.linalg.inv(design.T @ design)
    scale = np.sqrt(np.diag(precision))
    partial = (precision / np.outer(scale, scale)) ** 2
    rows = []
    for a, predictor in enumerate(predictors, 1):
        for b, benchmark in enumerate(predictors, 1):
            if a == b:
                continue
            for times in TIMES:
                r_predictor, r_outcome = benchmark_bounds(
                    partial[[a], [b]], with_outcome[[b]], times
                )
                estimate = float(fit.coefficients[a])
                bias = float(largest_bias(plain[[a]], df, r_predictor, r_outcome)[0])
                rows.append(
                    {
                        "predictor": predictor,
                        "benchmark": benchmark,
                        "times": times,
                        "r_squared_predictor": float(r_predictor[0]),
                        "r_squared_outcome": float(r_outcome[0]),
                        "estimate": estimate,
                        "adjusted": estimate - np.sign(estimate) * bias,
                    }
                )
    columns = ["predictor", "benchmark", "times", "r_squared_predictor", "r_squared_outcome"]
    return pd.DataFrame(rows, columns=[*columns, "estimate", "adjusted"])


def _method(cases: CompleteCases, outcome: str, roles: ModelRoles) -> pd.DataFrame:
    _, columns = control_columns(cases, roles.controls)
    scores = cases.standardised([*roles.predictors, outcome])
    centred = np.hstack([columns - columns.mean(axis=0), scores])
    partial = partial_out((centred.T @ centred)[None], columns.shape[1])
    scale = np.sqrt(np.diagonal(partial[0]))
    correlations = partial[0] / np.outer(scale, scale)
    tables = []
    for share in METHOD_SHARES:
        left = (correlations - share) / (1.0 - share)
        np.fill_diagonal(left, 1.0)
        if np.linalg.eigvalsh(left)[0] <= 1e-6:
            break
        found = general_dominance(left[None], np.ones(1))[0]
        tables.append(
            pd.DataFrame(
                {
                    "share": float(share),
                    "predictor": list(roles.predictors),
                    "estimate": found,
                    "rank": ranks(found),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _turns_first(table: pd.DataFrame) -> float:
    """Return the smallest share at which another predictor comes first; NaN if none does."""
    firsts = table[table["rank"] == 1].set_index("share")["predictor"]
    turned = firsts[firsts != firsts.iloc[0]]
    return float(turned.index[0]) if len(turned) else float("nan")
