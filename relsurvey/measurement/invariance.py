"""Measurement invariance: do the items mean the same in all groups, so that groups compare."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from scipy.special import chdtrc

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.cfa_data import cfa_data
from relsurvey.measurement.model_text import Model, read_terms
from relsurvey.measurement.ordinal_invariance import LEVELS as ORDINAL_LEVELS
from relsurvey.measurement.ordinal_invariance import ordinal_levels
from relsurvey.measurement.parameter_table import parameter_table, refuse_structural
from relsurvey.results import Result

CONTINUOUS_LEVELS = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
DELTAS = ("cfi", "rmsea", "srmr")


@dataclass(frozen=True, slots=True, eq=False)
class Invariance(Result):
    """Models of growing invariance over groups.

    Attributes
    ----------
    table : DataFrame
        What `tidy` returns.
    groups : tuple of str
        Names of the groups.
    notes : tuple of str
        Answers merged, what cannot be tested, how to read the differences.
    """

    title: ClassVar[str] = "Measurement invariance"
    table: pd.DataFrame
    groups: tuple[str, ...]
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per ``level``: fit, and the difference from the level before.

        ``chi2_diff df_diff p_value_diff`` are the (scaled) test of what the level holds equal;
        ``delta_cfi delta_rmsea delta_srmr`` its change of the indices, robust or scaled where the
        test is.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, groups, and the last level whose test does not reject it at 5 %."""
        held = "configural"
        for level, p_value in zip(self.table["level"], self.table["p_value_diff"], strict=True):
            if p_value < 0.05:
                break
            held = level
        return pd.DataFrame(
            {
                "n_obs": [self.table["n_obs"].iloc[0]],
                "n_groups": [len(self.groups)],
                "estimator": [self.table["estimator"].iloc[0]],
                "last_level_not_rejected": [held],
            }
        )


def invariance(
    frame: pd.DataFrame,
    model: Model,
    *,
    group: str,
    estimator: str = "wlsmv",
    cluster: str | None = None,
    std_lv: bool = False,
) -> Invariance:
    """Fit models that hold more and more equal over groups, and test each step.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; rows that lack an item or the group are left out.
    model : mapping or str
        As `cfa` takes it.
    group : str
        Column of groups.
    estimator : {"wlsmv", "ml", "mlr"}
        For ordinal answers configural, thresholds, loadings, intercepts, residuals in the
        identification of Wu and Estabrook; else configural, metric, scalar, strict.
    cluster : str, optional
        Column of clusters that the tests allow for.
    std_lv : bool
        Scale continuous models by factor variances; it changes no fit.

    Returns
    -------
    Invariance
        ``tidy()`` has one row per level.

    Raises
    ------
    DataError, ModelError
        As `cfa`.

    Notes
    -----
    R: ``lavTestLRT`` of ``lavaan::cfa(…, group = …, group.equal = …)``, or of models written by
    ``semTools::measEq.syntax``. Ordinal differences are Satorra's (2000) scaled and shifted tests,
    MLR's are those of Satorra, A., & Bentler, P. M. (2001). Psychometrika, 66, 507-514. Wu, H., &
    Estabrook, R. (2016). Psychometrika, 81, 1014-1045.
    """
    refuse_structural(parameter_table(read_terms(model)))
    if estimator == "wlsmv":
        return _ordinal(frame, model, group, cluster)
    if estimator in ("ml", "mlr"):
        return _continuous(frame, model, group, cluster, estimator, std_lv)
    raise ModelError(
        "There is no such estimator.", got=repr(estimator), expected="'wlsmv', 'ml', 'mlr'"
    )


def _ordinal(frame: pd.DataFrame, model: Model, group: str, cluster: str | None) -> Invariance:
    terms = read_terms(model)
    items = parameter_table(terms).items
    data = cfa_data(frame, items, group=group, cluster=cluster, complete=True)
    levels, notes = ordinal_levels(terms, data)
    rows = []
    for name, level in zip(ORDINAL_LEVELS, levels, strict=True):
        row: dict[str, object] = {"level": name, "n_obs": data.n_obs}
        if data.n_clusters:
            row["n_clusters"] = data.n_clusters
        row |= {"estimator": "wlsmv", "n_parameters": level.n_parameters} | level.measures
        test = level.difference
        row["chi2_diff"] = math.nan if test is None else test.statistic
        row["df_diff"] = math.nan if test is None else float(test.df)
        row["p_value_diff"] = math.nan if test is None else test.p_value
        rows.append(row)
    return _result(rows, data.labels, (*data.notes, *notes), "_scaled")


def _continuous(
    frame: pd.DataFrame,
    model: Model,
    group: str,
    cluster: str | None,
    estimator: str,
    std_lv: bool,
) -> Invariance:
    fits = {
        level: cfa(
            frame,
            model,
            estimator=estimator,
            cluster=cluster,
            group=group,
            group_equal=equal,
            std_lv=std_lv,
        )
        for level, equal in CONTINUOUS_LEVELS.items()
    }
    rows: list[dict[str, object]] = []
    before: pd.Series | None = None
    for level, fit in fits.items():
        glance = fit.glance().iloc[0]
        row: dict[str, object] = {"level": level}
        row |= dict(glance.drop(["n_groups", "converged"]))
        row |= _difference(before, glance)
        before = glance
        rows.append(row)
    first = fits["configural"]
    robust = "_robust" if "cfi_robust" in rows[0] else ""
    return _result(rows, first.groups, first.notes, robust)


def _difference(before: pd.Series | None, now: pd.Series) -> dict[str, object]:
    if before is None:
        return {"chi2_diff": math.nan, "df_diff": math.nan, "p_value_diff": math.nan}
    df = float(now["df"] - before["df"])
    chi2 = float(now["chi2"] - before["chi2"])
    if "scaling_factor" in now:
        spread = now["df"] * now["scaling_factor"] - before["df"] * before["scaling_factor"]
        chi2 = chi2 * df / float(spread) if spread > 0.0 else math.nan
    p_value = float(chdtrc(df, max(chi2, 0.0))) if df > 0 and math.isfinite(chi2) else math.nan
    return {"chi2_diff": chi2, "df_diff": df, "p_value_diff": p_value}


def _result(
    rows: list[dict[str, object]], groups: tuple[str, ...], notes: tuple[str, ...], ending: str
) -> Invariance:
    table = pd.DataFrame(rows)
    for name in DELTAS:
        column = name if name == "srmr" else name + ending
        table[f"delta_{name}"] = table[column].diff()
    said = (
        "A small p-value says that something differs between the groups, not how much: with many "
        "rows small differences are found. Changes of CFI, RMSEA and SRMR say how much; their "
        "usual cut-offs were made for two groups and maximum likelihood."
    )
    missing = table["chi2_diff"].isna()[1:]
    undone = [str(level) for level in table["level"][1:][missing]]
    if undone:
        notes = (
            *notes,
            f"No test of {', '.join(undone)}: nothing more is held equal, or the "
            "scaled difference is not positive.",
        )
    return Invariance(table, groups, (*notes, said))
