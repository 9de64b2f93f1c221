"""Exploratory factor analysis: which items go together when no model says it beforehand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from relsurvey.errors import ModelError
from relsurvey.measurement.item_correlations import item_correlations
from relsurvey.results import Result
from relsurvey.stats.exploratory import Extraction, degrees_of_freedom, extract
from relsurvey.stats.fit_indices import rmsea, rmsea_interval, tli
from relsurvey.stats.oblique_rotation import Rotation, geomin, oblimin
from relsurvey.stats.oblique_rotation import target as towards_target

FloatArray = NDArray[np.float64]

ROTATIONS = ("oblimin", "geomin", "target", "none")
FIT = ("chi2", "p_value", "tli", "rmsea", "rmsea_conf_low", "rmsea_conf_high")


@dataclass(frozen=True, slots=True, eq=False)
class ExploratoryFit(Result):
    """Factors found by exploratory factor analysis.

    Attributes
    ----------
    pattern : DataFrame
        What `tidy` returns.
    factor_table : DataFrame
        What `factor_correlations` returns.
    fit : DataFrame
        What `glance` returns.
    notes : tuple of str
        Rows left out, improper solutions.
    """

    title: ClassVar[str] = "Exploratory factor analysis"
    pattern: pd.DataFrame
    factor_table: pd.DataFrame
    fit: pd.DataFrame
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per item: its loading on each factor, and its uniqueness."""
        return self.pattern.copy()

    def factor_correlations(self) -> pd.DataFrame:
        """One row per pair of factors: ``factor_a factor_b estimate``."""
        return self.factor_table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, factors, degrees of freedom, fit (maximum likelihood), residuals."""
        return self.fit.copy()


def efa(
    frame: pd.DataFrame,
    items: Sequence[str],
    n_factors: int,
    *,
    ordered: bool = False,
    method: str = "minres",
    rotation: str = "oblimin",
    target: Mapping[str, Sequence[str]] | None = None,
) -> ExploratoryFit:
    """Find factors of items.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; rows with a missing answer are left out.
    items : sequence of str
        Item columns.
    n_factors : int
        How many; `parallel_analysis` suggests a number.
    ordered : bool
        Polychoric instead of Pearson correlations.
    method : {"minres", "ml"}
        Least squares of the residual correlations, or maximum likelihood.
    rotation : {"oblimin", "geomin", "target", "none"}
        Correlated factors: each item on as few as can be (oblimin; geomin, which bears items of
        several factors better and has several minima), or as near to a stated pattern as the
        answers allow; or none.
    target : mapping, optional
        For ``"target"``: factor to the items that are meant to load on it; all other loadings are
        turned towards zero. Names and order of the factors are those of the mapping.

    Returns
    -------
    ExploratoryFit
        ``tidy()`` has ``item factor_1 factor_2 … uniqueness``; loadings are pattern loadings.

    Raises
    ------
    DataError
        When columns are missing, not numeric or do not vary, or rows are too few.
    ModelError
        With too many factors for the items, an unknown method, or a search that does not settle.

    Notes
    -----
    ``rmsr`` is the root mean square of the residual correlations off the diagonal. The chi-square
    (maximum likelihood of Pearson correlations only) bears Bartlett's correction, and TLI and
    RMSEA with its 90 % bounds follow from it with N - 1. psych::fa has the same bounds; its RMSEA
    itself takes N in one place and N - 1 in the other, and its TLI another null model. Sources and
    R calls stand at `relsurvey.stats.exploratory`.
    """
    if method not in ("minres", "ml"):
        raise ModelError("Unknown method.", got=repr(method), expected="minres, ml")
    wanted = _wanted(items, n_factors, rotation, target)
    found = item_correlations(frame, items, ordered=ordered, where="exploratory factor analysis")
    df = degrees_of_freedom(len(items), n_factors) if n_factors > 0 else -1
    if df < 0:
        raise ModelError(
            "The number of factors does not go with the number of items.",
            got=f"{n_factors} factors, {len(items)} items",
        )
    extracted = extract(found.correlations, n_factors, method)
    turned = _rotated(extracted.loadings, rotation, wanted)
    names = [f"factor_{at + 1}" for at in range(n_factors)]
    names = [str(name) for name in target] if rotation == "target" and target else names
    pattern = pd.DataFrame(turned.loadings, columns=names)
    pattern.insert(0, "item", [str(item) for item in items])
    pattern["uniqueness"] = extracted.uniquenesses
    first, second = np.triu_indices(n_factors, 1)
    factor_table = pd.DataFrame(
        {
            "factor_a": [names[at] for at in first],
            "factor_b": [names[at] for at in second],
            "estimate": turned.correlations[first, second],
        }
    )
    tested = method == "ml" and not ordered
    row: dict[str, object] = {
        "n_obs": len(found.values),
        "n_factors": n_factors,
        "method": method,
        "rotation": rotation,
        "correlations": "polychoric" if ordered else "pearson",
        "df": df,
    }
    row |= _test(extracted, found.correlations, len(found.values), df, tested=tested)
    row |= _residuals(extracted, found.correlations)
    notes = list(found.notes)
    if len(turned.minima) > 1:
        notes.append(
            f"The rotation has {len(turned.minima)} minima: the lowest is shown "
            f"({turned.minima[0]:.4f}), the next lies at {turned.minima[1]:.4f}. Where they are "
            "close, another solution describes the answers as well."
        )
    if extracted.improper:
        low = pattern.loc[pattern["uniqueness"] < 0.006, "item"]
        notes.append(
            f"Improper solution: the factors explain {', '.join(low)} wholly. Fewer factors may "
            "do, or an item stands for a factor by itself."
        )
    return ExploratoryFit(pattern, factor_table, pd.DataFrame([row]), tuple(notes))


def _wanted(
    items: Sequence[str],
    n_factors: int,
    rotation: str,
    target: Mapping[str, Sequence[str]] | None,
) -> FloatArray | None:
    """Return the loadings that are turned towards zero, NaN elsewhere; None without a target."""
    if rotation not in ROTATIONS:
        raise ModelError("Unknown rotation.", got=repr(rotation), expected=", ".join(ROTATIONS))
    if (rotation == "target") != (target is not None):
        raise ModelError("A target goes with rotation='target', and that needs one.")
    if target is None:
        return None
    unknown = [name for own in target.values() for name in own if name not in items]
    if unknown or len(target) != n_factors:
        raise ModelError(
            "The target does not go with the items and the number of factors.",
            got=", ".join(map(str, unknown)) or f"{len(target)} factors of {n_factors}",
        )
    wanted = np.zeros((len(items), n_factors))
    for column, own in enumerate(target.values()):
        wanted[[list(items).index(name) for name in own], column] = np.nan
    return wanted


def _rotated(loadings: FloatArray, rotation: str, wanted: FloatArray | None) -> Rotation:
    if rotation == "none" or loadings.shape[1] == 1:
        return Rotation(loadings, np.eye(loadings.shape[1]), ())
    if wanted is not None:
        return towards_target(loadings, wanted)
    return geomin(loadings) if rotation == "geomin" else oblimin(loadings)


def _test(
    extracted: Extraction, correlations: FloatArray, n: int, df: int, *, tested: bool
) -> dict[str, float]:
    """Chi-square and indices; the null model's chi-square bears Bartlett's correction as well."""
    p, m = extracted.loadings.shape
    if not tested:
        return dict.fromkeys(FIT, math.nan)
    chi2 = (n - 1 - (2 * p + 5) / 6 - 2 * m / 3) * extracted.discrepancy
    null = -(n - 1 - (2 * p + 5) / 6) * float(np.linalg.slogdet(correlations)[1])
    low, high = rmsea_interval(chi2, df, n - 1)
    values = (
        chi2,
        float(chdtrc(df, chi2)) if df > 0 else math.nan,
        tli(chi2, df, null, p * (p - 1) // 2),
        rmsea(chi2, df, n - 1),
        low,
        high,
    )
    return dict(zip(FIT, values, strict=True))


def _residuals(extracted: Extraction, correlations: FloatArray) -> dict[str, float]:
    residual = correlations - extracted.loadings @ extracted.loadings.T
    off = residual[np.triu_indices(len(residual), 1)]
    return {
        "rmsr": float(np.sqrt(np.mean(off**2))),
        "explained": float(np.mean((extracted.loadings**2).sum(axis=1))),
    }
