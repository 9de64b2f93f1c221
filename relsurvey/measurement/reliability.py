"""How reliable scales are: alpha and omega with intervals, and each item against the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError
from relsurvey.measurement.answers import (
    answer_matrix,
    check_scales,
    constant_columns,
    left_out,
)
from relsurvey.measurement.bifactor_reliability import bifactor_rows
from relsurvey.measurement.bootstrap_interval import check_interval, cluster_codes
from relsurvey.measurement.item_statistics import Row, item_rows
from relsurvey.measurement.scale_reliability import Plan, coefficient_rows
from relsurvey.results import Result
from relsurvey.stats.pairwise_cov import pairwise_cov

FloatArray = NDArray[np.float64]


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
        """One row per construct and coefficient.

        ``alpha omega_total composite_reliability ave maximal_reliability``; with ordinal answers
        ``alpha_ordinal omega_categorical`` as well; with parts ``omega_hierarchical
        omega_total_bifactor ecv`` of the whole and ``omega_hierarchical_subscale`` of each part.
        """
        return self.coefficients.copy()

    def items(self) -> pd.DataFrame:
        """One row per item: correlation with the others, the scale without it, mean, sd, n."""
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
    scales: Mapping[str, Sequence[str] | Mapping[str, Sequence[str]]],
    *,
    ordered: bool = False,
    confidence: float = 0.95,
    missing: str = "listwise",
    observed_variance: bool = False,
    n_boot: int = 0,
    cluster: str | None = None,
    seed: int = 1,
) -> Reliability:
    """Return reliability coefficients and item statistics of each scale.

    Items must already point the same way: `score` turns reversed items, a plain frame is taken as
    it is, and an item that runs against its scale is named in the notes.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    scales : mapping
        Name of each scale and its item columns, for example ``{"lead": ["x1", "x2", "x3"]}``. A
        scale of several parts may be given as a mapping of its parts, ``{"lead": {"vision": [...],
        "coordination": [...]}}``: beside the coefficients of all its items it gets those of a
        bifactor model.
    ordered : bool
        Whether to take answers as ordinal too: adds ``alpha_ordinal`` (of polychoric correlations)
        and ``omega_categorical`` (Green & Yang, 2009: of the sum of the answers), and takes
        composite reliability, AVE and maximal reliability from the ordinal one-factor model.
        Composite reliability and AVE are then about the latent responses, the other two about the
        answers themselves.
    confidence : float
        Coverage of the intervals.
    missing : {"listwise", "pairwise"}
        ``listwise`` takes, scale by scale, the rows that answered all its items. ``pairwise`` takes
        covariances from every pair of answers for alpha and the item statistics, and counts the
        smallest number of pairs in the interval, which is cautious; ordinal coefficients take
        pairs as well. The other omegas always take complete rows, because a factor model of
        numbers needs covariances of one sample.
    observed_variance : bool
        Whether to add ``omega_total_observed``, ``omega_categorical_observed`` and
        ``maximal_reliability_observed`` (ordinal), which divide by the observed variance of the
        sum. That is semTools' default; where one factor does not fit it overstates reliability.
    n_boot : int
        Bootstrap replicates; with 0 intervals are analytic.
    cluster : str, optional
        Column of clusters: the bootstrap draws whole clusters. Rows without one are left out.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Reliability
        ``tidy()`` has ``construct coefficient estimate std_error conf_low conf_high n_obs``;
        ``items()`` has ``construct item item_rest_correlation alpha_if_dropped mean sd n
        omega_if_dropped``.

    Raises
    ------
    DataError
        When a column is missing or not numeric, or an item does not vary.
    ModelError
        When ``ordered`` and an item has more than 30 different answers.

    Notes
    -----
    Without a bootstrap alpha's bounds are Feldt's and the others come from delta-method errors
    (normal theory; for ordinal coefficients the asymptotic covariance of thresholds and polychoric
    correlations); the observed-variance variants have none. With ``n_boot`` every error is the
    standard deviation of the replicates and every bound a percentile. Definitions, sources and R
    calls stand in `relsurvey.stats.alpha`, `relsurvey.stats.one_factor_reliability` and
    `relsurvey.stats.categorical_reliability`. Analytic intervals treat rows as independent;
    respondents in teams make them somewhat too narrow: give ``cluster`` and ``n_boot``.
    """
    check_scales(scales)
    _check_options(missing, confidence, n_boot, cluster)
    codes = cluster_codes(frame, cluster)
    plan = Plan(ordered, confidence, observed_variance, n_boot, seed)
    coefficients: list[Row] = []
    items: list[Row] = []
    notes: list[str] = []
    for construct, given in scales.items():
        columns = _columns(given)
        values = answer_matrix(frame, columns, f"scale {construct}")
        within = codes
        if codes is not None:
            lost = int((codes < 0).sum())
            notes += left_out(f"Scale {construct}", lost, len(values), "the cluster")
            values, within = values[codes >= 0], codes[codes >= 0]
        whole = np.isfinite(values).all(axis=1)
        kept = whole if missing == "listwise" else np.isfinite(values).any(axis=1)
        used = values[kept]
        _check_variation(construct, columns, used)
        notes += left_out(f"Scale {construct}", int((~whole).sum()), len(values))
        drawn = None if within is None else within[kept]
        rows, said = coefficient_rows(construct, used, plan, drawn)
        coefficients += rows
        notes += said
        if isinstance(given, Mapping):
            rows, said = bifactor_rows(
                frame, construct, given, ordered=ordered, cluster=cluster, confidence=confidence
            )
            coefficients += rows
            notes += said
        table = item_rows(construct, columns, used, values[whole])
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


def _columns(given: Sequence[str] | Mapping[str, Sequence[str]]) -> list[str]:
    """Items of a scale, or of all its parts."""
    if isinstance(given, Mapping):
        return [item for part in given.values() for item in part]
    return given if isinstance(given, str) else list(given)  # type: ignore[return-value]


def _check_options(missing: str, confidence: float, n_boot: int, cluster: str | None) -> None:
    if missing not in ("listwise", "pairwise"):
        raise DataError(
            "Unknown rule for missing answers.", got=repr(missing), expected="listwise, pairwise"
        )
    check_interval(confidence, n_boot, cluster)


def _check_variation(construct: str, columns: Sequence[str], values: FloatArray) -> None:
    n_obs = int(pairwise_cov(values)[1].min())
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


def _against(construct: str, table: list[Row]) -> list[str]:
    against = [str(row["item"]) for row in table if float(str(row["item_rest_correlation"])) < 0.0]
    if not against:
        return []
    return [
        f"Scale {construct}: {', '.join(against)} correlates negatively with the other items. Was "
        "an item worded the other way not reversed? Alpha and omega are too low then."
    ]
