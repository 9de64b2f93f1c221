"""The same maximum-likelihood model fitted by semopy, side by side."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_data import CfaData
from relsurvey.measurement.cfa_solution import Solution
from relsurvey.measurement.parameter_table import Parameter, ParameterTable
from relsurvey.results import Result

MEASURES = {"chi2": "chi2", "df": "DoF", "chi2_null": "chi2 Baseline", "tli": "TLI"}


@dataclass(frozen=True, slots=True, eq=False)
class SecondOpinion(Result):
    """Estimates of two programs for one model.

    Attributes
    ----------
    parameters, fit : DataFrame
        What `tidy` and `glance` return.
    notes : tuple of str
        What was compared, what semopy said, and what was left out.
    """

    title: ClassVar[str] = "Second opinion by semopy"
    parameters: pd.DataFrame
    fit: pd.DataFrame
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per free parameter: ``lhs op rhs``, both estimates and errors, differences."""
        return self.parameters.copy()

    def glance(self) -> pd.DataFrame:
        """One row: chi-square, df and TLI of both, and the largest differences of estimates."""
        return self.fit.copy()


def second_opinion(solution: Solution, data: CfaData, estimator: str) -> SecondOpinion:
    """Fit the model with semopy and set both side by side.

    Compared is what semopy computes rightly: unstandardised estimates with their errors from the
    expected information, chi-square of the model and the null model, and TLI. Left out are its
    standardised table (which shows the errors of the unstandardised one), its log-likelihood, AIC
    and BIC (it takes the discrepancy for the log-likelihood), GFI (which is its NFI), CFI (not
    bounded by 1) and RMSEA (which divides by n − 1).

    Parameters
    ----------
    solution : Solution
        Our fit.
    data : CfaData
        The rows it was fitted to.
    estimator : str
        What it was fitted by.

    Raises
    ------
    ModelError
        When the fit is not maximum likelihood on complete, independent rows of one group without
        equal parameters, a factor has no fixed loading (semopy would fix its first), when semopy is
        not installed, or fails.

    References
    ----------
    Igolkina, A. A., & Meshcheryakov, G. (2020). Structural Equation Modeling, 27, 952-963.
    """
    _check(solution, data, estimator)
    names = _names(solution.table)
    table, statistics, said = _fitted(_syntax(solution.table, names), data, names)
    parameters = _side_by_side(solution, table, names)
    ours = {name: float(solution.measures[name]) for name in MEASURES}
    theirs = {f"{name}_semopy": float(statistics[key]) for name, key in MEASURES.items()}
    row = {"n_obs": data.n_obs, **ours, **theirs}
    row["largest_difference"] = float(parameters["difference"].abs().max())
    apart = (parameters["difference"] / parameters["std_error"]).abs().max()
    row["largest_difference_in_errors"] = float(apart)
    notes = [
        "semopy's optimiser stops earlier: differences up to a few hundredths of a standard error "
        "are rounding of the search, not another model.",
        *(f"semopy says: {line}" for line in said),
    ]
    if apart > 0.1:
        notes.append(
            f"The two disagree by {apart:.2g} standard errors: one of them has not found the "
            "maximum. The smaller chi-square is the better solution."
        )
    return SecondOpinion(parameters, pd.DataFrame([row]), tuple(notes))


def _check(solution: Solution, data: CfaData, estimator: str) -> None:
    found = ""
    free = [row.index for row in solution.table.rows if row.index >= 0]
    if estimator != "ml" or data.n_clusters:
        found = f"estimator {estimator!r}" + (" with clusters" if data.n_clusters else "")
    elif len(data.labels) > 1:
        found = f"{len(data.labels)} groups"
    elif any(not np.isfinite(rows).all() for rows in data.values):
        found = "rows with gaps"
    elif any(row.op == "~1" for row in solution.table.rows):
        found = "a model of means"
    elif len(set(free)) < len(free):
        found = "parameters held equal"
    elif unscaled := _unscaled(solution.table):
        found = f"no fixed loading of {unscaled}"
    if found:
        raise ModelError(
            "semopy gives no second opinion on this fit.",
            got=found,
            expected="estimator='ml' on complete rows of one group, no parameters held equal, "
            "factors scaled by a loading (std_lv=False)",
            hint="What semopy does with the rest (robust errors, ordinal answers, gaps, groups) "
            "is not right in its version 2.3.",
        )


def _unscaled(table: ParameterTable) -> str:
    """Name the factors without a fixed loading."""
    scaled = {row.lhs for row in table.rows if row.op == "=~" and row.index < 0 and row.value}
    return ", ".join(str(factor) for factor in table.factors if factor not in scaled)


def _names(table: ParameterTable) -> dict[str, str]:
    """Names that semopy's syntax can hold, whatever the columns are called."""
    return {
        **{item: f"item{at}" for at, item in enumerate(table.items)},
        **{factor: f"factor{at}" for at, factor in enumerate(table.factors)},
    }


def _syntax(table: ParameterTable, names: dict[str, str]) -> str:
    """Every parameter written out, fixed ones with their values."""
    lines = []
    for row in table.rows:
        fixed = "" if row.index >= 0 else f"{row.value!r}*"
        lhs, rhs = names[row.lhs], names[row.rhs]
        lines.append(f"{lhs} {row.op} {fixed}{rhs}")
    return "\n".join(lines)


def _fitted(
    text: str, data: CfaData, names: dict[str, str]
) -> tuple[pd.DataFrame, pd.Series, list[str]]:
    """Semopy's table, its statistics, and what it warned of."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import semopy

            frame = pd.DataFrame(data.values[0], columns=[names[item] for item in data.items])
            model = semopy.Model(text)
            outcome = model.fit(frame)
            table = model.inspect()
            statistics = semopy.calc_stats(model).iloc[0]
    except ImportError:
        raise ModelError(
            "semopy is not installed.", hint="python -m pip install semopy, then try again."
        ) from None
    except Exception as error:  # it raises whatever its parts raise
        raise ModelError(
            "semopy could not fit the model.", got=f"{type(error).__name__}: {error}"
        ) from error
    if not outcome.success or not np.isfinite(float(statistics["chi2"])):
        raise ModelError("semopy's search did not converge.", got=str(outcome.message))
    ours = [w for w in caught if not issubclass(w.category, DeprecationWarning | FutureWarning)]
    return table, statistics, list(dict.fromkeys(str(warning.message) for warning in ours))


def _side_by_side(solution: Solution, table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    theirs = {
        (row["lval"], row["op"], row["rval"]): (row["Estimate"], row["Std. Err"])
        for row in table.to_dict(orient="records")
    }
    errors = np.sqrt(np.diag(solution.covariance))
    rows = []
    for row in solution.table.rows:
        if row.index < 0:
            continue
        estimate, error = _found(theirs, row, names)
        own, own_error = float(solution.theta[row.index]), float(errors[row.index])
        said = (str(row.lhs), row.op, str(row.rhs))
        rows.append((*said, own, estimate, own - estimate, own_error, error, own_error - error))
    columns = ["lhs", "op", "rhs", "estimate", "estimate_semopy", "difference"]
    columns += ["std_error", "std_error_semopy", "difference_std_error"]
    return pd.DataFrame(rows, columns=columns)


def _found(
    theirs: dict[tuple[str, str, str], tuple[object, object]],
    row: Parameter,
    names: dict[str, str],
) -> tuple[float, float]:
    lhs, rhs = names[row.lhs], names[row.rhs]
    if row.op == "=~":  # semopy lists a loading as the regression of the item
        places = [(rhs, "~", lhs)]
    else:
        places = [(lhs, row.op, rhs)] + [(rhs, row.op, lhs)] * (row.op == "~~")
    for place in places:
        if place in theirs:
            estimate, error = theirs[place]
            return float(str(estimate)), float(str(error))
    raise ModelError("semopy left out a parameter.", got=f"{row.lhs} {row.op} {row.rhs}")
