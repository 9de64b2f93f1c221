"""How reliable scales are: alpha and omega with intervals, and each item against the rest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.answers import (
    answer_matrix,
    check_scales,
    constant_columns,
    left_out,
)
from relsurvey.results import Result
from relsurvey.stats.alpha import alpha_if_dropped, cronbach_alpha, item_rest_correlations
from relsurvey.stats.omega import omega_total
from relsurvey.stats.pairwise_cov import pairwise_cov

FloatArray = NDArray[np.float64]
Row = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Reliability(Result):
    """Reliability of several scales.

    Attributes
    ----------
    coefficients, item_table : DataFrame
        What `tidy` and `items` return.
    n_rows : int
        Rows of the frame.
    missing : str
        ``listwise`` or ``pairwise``.
    confidence : float
        Coverage of the intervals.
    notes : tuple of str
        Rows left out, items that run against their scale, omegas that cannot be had.
    """

    title: ClassVar[str] = "Reliability"
    coefficients: pd.DataFrame
    item_table: pd.DataFrame
    n_rows: int
    missing: str
    confidence: float
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per construct and coefficient (``alpha``, ``omega_total``)."""
        return self.coefficients.copy()

    def items(self) -> pd.DataFrame:
        """One row per item: correlation with the other items, alpha without it, mean, sd, n."""
        return self.item_table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, constructs, items, how missing answers were met, coverage."""
        return pd.DataFrame(
            {
                "n_obs": [self.n_rows],
                "n_constructs": [self.coefficients["construct"].nunique()],
                "n_items": [len(self.item_table)],
                "missing": [self.missing],
                "confidence": [self.confidence],
            }
        )


def reliability(
    frame: pd.DataFrame,
    scales: Mapping[str, Sequence[str]],
    *,
    confidence: float = 0.95,
    missing: str = "listwise",
) -> Reliability:
    """Return alpha, omega total and item statistics of each scale.

    Items must already point the same way: `score` turns reversed items, a plain frame is taken as
    it is, and an item that runs against its scale is named in the notes.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    scales : mapping
        Name of each scale and its item columns, for example ``{"lead": ["x1", "x2", "x3"]}``.
    confidence : float
        Coverage of the intervals.
    missing : {"listwise", "pairwise"}
        ``listwise`` takes, scale by scale, the rows that answered all its items. ``pairwise`` takes
        covariances from every pair of answers for alpha and the item statistics, and counts the
        smallest number of pairs in the interval, which is cautious. Omega always takes complete
        rows, because a factor model needs covariances of one sample.

    Returns
    -------
    Reliability
        ``tidy()`` has ``construct coefficient estimate std_error conf_low conf_high n_obs``;
        ``items()`` has ``construct item item_rest_correlation alpha_if_dropped mean sd n``.

    Raises
    ------
    DataError
        When a column is missing or not numeric, or an item does not vary.

    Notes
    -----
    Alpha's bounds are Feldt's, omega's come from its delta-method error; the definitions and R
    calls stand at `relsurvey.stats.alpha.cronbach_alpha` and `relsurvey.stats.omega.omega_total`.
    Intervals treat rows as independent; respondents in teams make them somewhat too narrow.
    """
    check_scales(scales)
    if missing not in ("listwise", "pairwise"):
        raise DataError(
            "Unknown rule for missing answers.", got=repr(missing), expected="listwise, pairwise"
        )
    if not 0.0 < confidence < 1.0:
        raise DataError(
            "The confidence must lie between 0 and 1.", where="confidence", got=repr(confidence)
        )
    coefficients: list[Row] = []
    items: list[Row] = []
    notes: list[str] = []
    for construct, columns in scales.items():
        values = answer_matrix(frame, columns, f"scale {construct}")
        complete = values[np.isfinite(values).all(axis=1)]
        used = complete if missing == "listwise" else values
        _check_variation(construct, columns, used)
        notes += left_out(f"Scale {construct}", len(values) - len(complete), len(values))
        cov, n_obs = _covariances(used)
        rows, said = _coefficients(construct, columns, cov, n_obs, complete, confidence)
        coefficients += rows
        notes += said
        table = _item_rows(construct, columns, cov, used)
        items += table
        notes += _against(construct, table)
    return Reliability(
        coefficients=pd.DataFrame(coefficients),
        item_table=pd.DataFrame(items),
        n_rows=len(frame),
        missing=missing,
        confidence=confidence,
        notes=tuple(notes),
    )


def _covariances(values: FloatArray) -> tuple[FloatArray, int]:
    cov, pairs = pairwise_cov(values)
    return cov, int(pairs.min())


def _check_variation(construct: str, columns: Sequence[str], values: FloatArray) -> None:
    _, n_obs = _covariances(values)
    if n_obs < 2:
        raise DataError(
            "Too few rows answer the items together.", where=f"scale {construct}", got=f"{n_obs}"
        )
    constant = constant_columns(values, columns)
    if constant:
        raise DataError(
            "Items do not vary: everybody gives the same answer.",
            where=f"scale {construct}",
            got=", ".join(constant),
            hint="Leave these items out; they say nothing about differences between respondents.",
        )


def _coefficients(
    construct: str,
    columns: Sequence[str],
    cov: FloatArray,
    n_obs: int,
    complete: FloatArray,
    confidence: float,
) -> tuple[list[Row], list[str]]:
    notes = []
    rows = [_row(construct, "alpha", n_obs=n_obs), _row(construct, "omega_total", len(complete))]
    try:
        alpha = cronbach_alpha(cov, n_obs, confidence)
        rows[0] |= {name: getattr(alpha, name) for name in NUMBERS}
    except DataError as error:
        notes.append(f"Scale {construct}: no alpha. {error.what}")
    try:
        if len(complete) <= len(columns):
            raise ModelError(
                "There are not more complete rows than items.", got=f"{len(complete)} rows"
            )
        omega = omega_total(
            np.cov(complete.T, ddof=0).reshape(cov.shape), len(complete), confidence
        )
        rows[1] |= {name: getattr(omega, name) for name in NUMBERS}
    except ModelError as error:
        notes.append(f"Scale {construct}: no omega. {error.what}")
    return rows, notes


NUMBERS = ("estimate", "std_error", "conf_low", "conf_high")


def _row(construct: str, coefficient: str, n_obs: int) -> Row:
    named: Row = {"construct": construct, "coefficient": coefficient}
    return named | dict.fromkeys(NUMBERS, math.nan) | {"n_obs": n_obs}


def _item_rows(
    construct: str, columns: Sequence[str], cov: FloatArray, values: FloatArray
) -> list[Row]:
    rest = item_rest_correlations(cov)
    without = alpha_if_dropped(cov)
    means = np.nanmean(values, axis=0)
    counts = np.isfinite(values).sum(axis=0)
    return [
        {
            "construct": construct,
            "item": str(column),
            "item_rest_correlation": float(rest[at]),
            "alpha_if_dropped": float(without[at]),
            "mean": float(means[at]),
            "sd": float(np.sqrt(cov[at, at])),
            "n": int(counts[at]),
        }
        for at, column in enumerate(columns)
    ]


def _against(construct: str, table: list[Row]) -> list[str]:
    against = [str(row["item"]) for row in table if float(str(row["item_rest_correlation"])) < 0.0]
    if not against:
        return []
    return [
        f"Scale {construct}: {', '.join(against)} correlates negatively with the other items. Was "
        "an item worded the other way not reversed? Alpha and omega are too low then."
    ]
