"""Correlations with and without a marker scale: how much a shared way of answering may explain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from relsurvey.errors import DataError
from relsurvey.measurement.answers import answer_matrix, constant_columns, left_out
from relsurvey.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class MarkerCorrelations(Result):
    """Plain and marker-adjusted correlations of predictors with outcomes.

    Attributes
    ----------
    table : DataFrame
        What `tidy` returns.
    marker : str
        The marker scale.
    n_obs : int
        Rows with all scales answered.
    notes : tuple of str
        Rows left out, and what the adjustment can and cannot show.
    """

    title: ClassVar[str] = "Correlations adjusted for a marker scale"
    table: pd.DataFrame
    marker: str
    n_obs: int
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per pair and coefficient (``correlation``, ``partial_correlation``)."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, marker, the largest change that the marker makes."""
        wide = self.table.pivot_table(
            index=["predictor", "outcome"], columns="coefficient", values="estimate", sort=False
        )
        change = (wide["partial_correlation"] - wide["correlation"]).abs().max()
        return pd.DataFrame(
            {"n_obs": [self.n_obs], "marker": [self.marker], "largest_change": [float(change)]}
        )


def marker_correlations(
    frame: pd.DataFrame,
    predictors: Sequence[str],
    outcomes: Sequence[str],
    marker: str,
    *,
    confidence: float = 0.95,
) -> MarkerCorrelations:
    """Return each predictor's correlation with each outcome, plain and given the marker.

    A marker scale has nothing to do with the others in theory; what it shares with them is taken
    for a shared way of answering. Lindell and Whitney (2001) take it out by a partial correlation.
    Their shortcut ``(r - r_m) / (1 - r_m)`` holds if the marker correlates equally with both
    scales; the partial correlation given the marker scale, used here, does not suppose that.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent, scales scored.
    predictors, outcomes : sequence of str
        Scale columns.
    marker : str
        The marker scale's column.
    confidence : float
        Coverage of the intervals.

    Returns
    -------
    MarkerCorrelations
        ``tidy()`` has ``predictor outcome coefficient estimate statistic df p_value conf_low
        conf_high``; all coefficients come from the same rows.

    Raises
    ------
    DataError
        When a column is missing, not numeric, constant, named in two roles, or equals the marker.

    References
    ----------
    Lindell, M. K., & Whitney, D. J. (2001). Journal of Applied Psychology, 86, 114-121.
    R: ``cor.test(x, y)``; ``cor(resid(lm(x ~ m)), resid(lm(y ~ m)))`` with n - 3 degrees of freedom
    and Fisher's z.
    """
    columns = [*_listed(predictors, "predictors"), *_listed(outcomes, "outcomes"), marker]
    values = answer_matrix(frame, columns, "marker correlations")
    complete = values[np.isfinite(values).all(axis=1)]
    if len(complete) < 5:
        raise DataError("Too few rows have all scales.", got=str(len(complete)), expected="5 rows")
    constant = constant_columns(complete, columns)
    if constant:
        raise DataError("Scales do not vary.", got=", ".join(constant))
    if not 0.0 < confidence < 1.0:
        raise DataError(
            "The confidence must lie between 0 and 1.", where="confidence", got=repr(confidence)
        )
    scales = pd.DataFrame(complete, columns=[f"s{at}" for at in range(len(columns))])
    rows = []
    for first in range(len(predictors)):
        for second in range(len(predictors), len(columns) - 1):
            plain = float(np.corrcoef(complete[:, first], complete[:, second])[0, 1])
            partial = _partial(scales, first, second, columns)
            named = {"predictor": str(columns[first]), "outcome": str(columns[second])}
            for name, estimate, given in (
                ("correlation", plain, 0),
                ("partial_correlation", partial, 1),
            ):
                row = named | {"coefficient": name}
                rows.append(row | _inference(estimate, len(complete), given, confidence))
    return MarkerCorrelations(
        table=pd.DataFrame(rows),
        marker=str(marker),
        n_obs=len(complete),
        notes=(
            *left_out("Marker correlations", len(values) - len(complete), len(values)),
            "A marker takes out only the shared way of answering that it bears itself; a "
            "correlation that remains may still be due to one. The intervals take rows as "
            "independent.",
        ),
    )


def _listed(columns: Sequence[str], argument: str) -> list[str]:
    if isinstance(columns, str) or len(columns) == 0:
        raise DataError("A list of columns is needed.", where=argument, got=repr(columns))
    return list(columns)


def _partial(scales: pd.DataFrame, first: int, second: int, columns: Sequence[str]) -> float:
    import pingouin

    names = [f"s{first}", f"s{second}", f"s{len(columns) - 1}"]
    if np.linalg.matrix_rank(scales[names].corr()) < 3:
        raise DataError(
            "Scales are exact functions of each other.",
            got=", ".join(str(columns[at]) for at in (first, second, -1)),
        )
    found = pingouin.partial_corr(scales, x=names[0], y=names[1], covar=names[2])
    return float(found["r"].iloc[0])


def _inference(estimate: float, n_obs: int, given: int, confidence: float) -> dict[str, float]:
    df = n_obs - 2 - given
    rest = 1.0 - estimate**2
    statistic = estimate * math.sqrt(df / rest) if rest > 0.0 else math.copysign(math.inf, estimate)
    reach = float(stats.norm.isf((1.0 - confidence) / 2.0)) / math.sqrt(n_obs - 3 - given)
    centre = math.atanh(estimate) if rest > 0.0 else math.copysign(math.inf, estimate)
    return {
        "estimate": estimate,
        "statistic": statistic,
        "df": float(df),
        "p_value": 2.0 * float(stats.t.sf(abs(statistic), df)),
        "conf_low": math.tanh(centre - reach),
        "conf_high": math.tanh(centre + reach),
    }
