"""Whether this study agrees with another one's estimates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from relsurvey.effects.complete_cases import require_columns
from relsurvey.effects.inference import check_confidence
from relsurvey.effects.regress import regress
from relsurvey.errors import DataError, ModelError
from relsurvey.results import Result

NEEDED = ("outcome", "predictor", "estimate", "std_error")
POWER = 1.0 / 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Replication(Result):
    """Another study's estimates beside this one's.

    Attributes
    ----------
    table : DataFrame
    vcov : str
    confidence : float
    notes : tuple of str
    """

    title: ClassVar[str] = "Agreement with another study"
    table: pd.DataFrame
    vcov: str
    confidence: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return one row per estimate of the other study.

        Columns ``outcome predictor other other_std_error own own_std_error difference z p_value
        intervals_overlap predict_low predict_high inside_prediction small_effect p_smaller
        verdict``. ``z`` and ``p_value`` test the difference; the prediction interval is where an
        estimate of this study's precision would lie if both had one truth; ``small_effect`` is what
        the other study had a chance of one third to find, ``p_smaller`` the one-sided test that
        this study's effect is smaller still. ``verdict``: ``agrees`` (inside the prediction
        interval and, in the same direction, different from zero), ``differs`` (outside it),
        ``too_small_to_find`` (inside, but smaller than the small effect), ``undecided``.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row: how many estimates agree, differ, are too small, or undecided."""
        counts = self.table["verdict"].value_counts()
        names = ("agrees", "differs", "too_small_to_find", "undecided")
        row = {f"n_{name}": int(counts.get(name, 0)) for name in names}
        return pd.DataFrame([{"n_estimates": len(self.table), **row, "vcov": self.vcov}])


def replication(
    frame: pd.DataFrame,
    other: pd.DataFrame | str | Path,
    *,
    predictors: Sequence[str] | None = None,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    vcov: str | None = None,
    confidence: float = 0.95,
) -> Replication:
    """Compare standardised coefficients of this study with those of another.

    Parameters
    ----------
    frame : DataFrame
        This study, one row per person.
    other : DataFrame, str or Path
        The other study's table, or a CSV file of it: ``outcome predictor estimate std_error``, with
        standardised coefficients of a model with the same predictors.
    predictors : sequence of str, optional
        Of this study's model; by default those that ``other`` names.
    controls, cluster, vcov, confidence
        As in ``regress``.

    Raises
    ------
    DataError
        A table without these columns, names that are no columns of the frame, errors that are not
        positive.
    ModelError
        As ``regress``.

    Notes
    -----
    Prediction interval: Patil, Peng & Leek (2016), Perspectives on Psychological Science 11,
    539-544. Small telescopes: Simonsohn (2015), Psychological Science 26, 559-569: the effect with
    33 % power in the other study, here from its standard error, ``se (z_.975 + z_1/3)``.
    Overlapping intervals are shown because they are asked for; they test nothing. That two studies
    agree says little if both are imprecise: look at the width of the prediction interval.
    """
    check_confidence(confidence)
    stated = _stated(other)
    chosen = list(dict.fromkeys(stated["predictor"])) if predictors is None else list(predictors)
    absent = [name for name in dict.fromkeys(stated["predictor"]) if name not in chosen]
    if absent:
        raise ModelError(
            "The other study has predictors that are not in this model.",
            where="predictors",
            got=", ".join(absent),
            expected=", ".join(chosen),
        )
    require_columns(frame, [*dict.fromkeys(stated["outcome"]), *chosen, *controls])
    parts: list[pd.DataFrame] = []
    notes: list[str] = []
    kind = ""
    for outcome, own in stated.groupby("outcome", sort=False):
        terms = " + ".join(f"`{name}`" for name in [*chosen, *controls])
        fit = regress(
            frame,
            f"`{outcome}` ~ {terms}",
            cluster=cluster,
            vcov=vcov,
            standardise=True,
            confidence=confidence,
        )
        table = fit.tidy().set_index("term").loc[list(own["predictor"])]
        parts.append(_compared(own, table, confidence))
        notes += fit.notes
        kind = fit.vcov
    return Replication(
        table=pd.concat(parts, ignore_index=True),
        vcov=kind,
        confidence=confidence,
        notes=tuple(dict.fromkeys(notes)),
    )


def _stated(other: pd.DataFrame | str | Path) -> pd.DataFrame:
    where = "the other study"
    if not isinstance(other, pd.DataFrame):
        where = str(other)
        try:
            other = pd.read_csv(other)
        except (OSError, ValueError) as error:
            raise DataError(
                "The other study's table cannot be read.", where=where, got=str(error)
            ) from error
    require_columns(other, NEEDED, where)
    table = other[list(NEEDED)].dropna()
    for name in ("estimate", "std_error"):
        if not pd.api.types.is_numeric_dtype(table[name]):
            raise DataError(f"The column {name!r} is not numeric.", where=where)
    if table.empty or (table["std_error"] <= 0).any():
        raise DataError(
            "The other study needs estimates with positive standard errors.",
            where=where,
            got=f"{len(table)} complete rows",
            hint="From an interval of 95 %: (high - low) / 3.92.",
        )
    return table


def _compared(other: pd.DataFrame, own: pd.DataFrame, confidence: float) -> pd.DataFrame:
    theirs, error = other["estimate"].to_numpy(float), other["std_error"].to_numpy(float)
    ours, our_error = own["estimate"].to_numpy(float), own["std_error"].to_numpy(float)
    reach = stats.norm.isf((1.0 - confidence) / 2.0)
    both = np.hypot(error, our_error)
    z = (ours - theirs) / both
    sign = np.where(theirs >= 0, 1.0, -1.0)
    small = error * (stats.norm.isf(0.025) + stats.norm.ppf(POWER))
    p_smaller = stats.norm.cdf((sign * ours - small) / our_error)
    low, high = own["conf_low"].to_numpy(float), own["conf_high"].to_numpy(float)
    inside = np.abs(z) <= reach
    found = (own["p_value"].to_numpy(float) < 1.0 - confidence) & (sign * ours > 0)
    verdict = np.select(
        [~inside, found, p_smaller < 0.05],
        ["differs", "agrees", "too_small_to_find"],
        "undecided",
    )
    return pd.DataFrame(
        {
            "outcome": other["outcome"].to_numpy(),
            "predictor": other["predictor"].to_numpy(),
            "other": theirs,
            "other_std_error": error,
            "own": ours,
            "own_std_error": our_error,
            "difference": ours - theirs,
            "z": z,
            "p_value": 2.0 * stats.norm.sf(np.abs(z)),
            "intervals_overlap": (low <= theirs + reach * error) & (high >= theirs - reach * error),
            "predict_low": theirs - reach * both,
            "predict_high": theirs + reach * both,
            "inside_prediction": inside,
            "small_effect": sign * small,
            "p_smaller": p_smaller,
            "verdict": verdict,
        }
    )
