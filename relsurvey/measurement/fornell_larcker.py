"""Fornell and Larcker: what constructs explain in their items beside what they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class FornellLarcker(Result):
    """Average variance extracted beside factor correlations.

    Attributes
    ----------
    table : DataFrame
        What `tidy` returns.
    variances : DataFrame
        What `average_variances` returns.
    notes : tuple of str
        What the comparison can and cannot show.
    """

    title: ClassVar[str] = "Fornell-Larcker comparison"
    table: pd.DataFrame
    variances: pd.DataFrame
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per pair of constructs.

        ``construct_a construct_b correlation ave_a ave_b root_of_smaller_ave apart``: the
        constructs are apart when the size of their correlation is below the root of both.
        """
        return self.table.copy()

    def average_variances(self) -> pd.DataFrame:
        """One row per construct: ``construct ave``."""
        return self.variances.copy()

    def glance(self) -> pd.DataFrame:
        """One row: constructs, pairs, how many are apart."""
        return pd.DataFrame(
            {
                "n_constructs": [len(self.variances)],
                "n_pairs": [len(self.table)],
                "n_apart": [int(self.table["apart"].sum())],
            }
        )


def fornell_larcker(fit: CfaFit) -> FornellLarcker:
    """Hold each pair's factor correlation against the average variance extracted.

    Parameters
    ----------
    fit : CfaFit
        A model of one group, in which each item measures one factor and all factors correlate.

    Returns
    -------
    FornellLarcker
        ``tidy()`` has ``construct_a construct_b correlation ave_a ave_b root_of_smaller_ave
        apart``.

    Raises
    ------
    ModelError
        With several groups, fewer than two factors, or an item that measures two.

    Notes
    -----
    The comparison asks little of constructs whose items agree well, and misses constructs that are
    the same more often than HTMT does (Henseler et al., 2015, Journal of the Academy of Marketing
    Science, 43, 115-135). Fornell, C., & Larcker, D. F. (1981). Journal of Marketing Research, 18,
    39-50. R: ``semTools::AVE(fit)`` and ``lavInspect(fit, "cor.lv")``.
    """
    loadings = fit.loadings()
    if "group" in loadings:
        raise ModelError("The comparison is of one group.", got="a model of several groups")
    if loadings["item"].duplicated().any():
        twice = loadings.loc[loadings["item"].duplicated(), "item"]
        raise ModelError("An item measures two factors.", got=", ".join(map(str, twice)))
    correlations = fit.factor_correlations()
    if len(correlations) == 0:
        raise ModelError("The model has no factor correlations.")
    variances = _average_variances(fit, loadings)
    first = variances.loc[correlations["factor_a"]].to_numpy(dtype=np.float64)
    second = variances.loc[correlations["factor_b"]].to_numpy(dtype=np.float64)
    estimate = correlations["estimate"].to_numpy(dtype=np.float64)
    root = np.sqrt(np.minimum(first, second))
    table = pd.DataFrame(
        {
            "construct_a": correlations["factor_a"].to_numpy(),
            "construct_b": correlations["factor_b"].to_numpy(),
            "correlation": estimate,
            "ave_a": first,
            "ave_b": second,
            "root_of_smaller_ave": root,
            "apart": np.abs(estimate) < root,
        }
    )
    return FornellLarcker(
        table=table,
        variances=variances.rename_axis("construct").rename("ave").reset_index(),
        notes=(
            "The comparison is lenient: constructs that are hardly apart often pass it. HTMT with "
            "its interval finds them more surely.",
        ),
    )


def _average_variances(fit: CfaFit, loadings: pd.DataFrame) -> pd.Series:
    """Explained over whole variance of the items, added up by factor."""
    rows = fit.tidy()
    own = rows[(rows["op"] == "~~") & (rows["lhs"] == rows["rhs"])].set_index("lhs")["estimate"]
    factor = loadings["factor"]
    explained = loadings["estimate"] ** 2 * own.loc[factor].to_numpy(dtype=np.float64)
    if (loadings["std_estimate"] == 0.0).any():
        raise ModelError("An item has a loading of zero.")
    whole = explained / loadings["std_estimate"] ** 2
    sums = pd.DataFrame({"explained": explained, "whole": whole}).groupby(factor, sort=False).sum()
    return pd.Series(sums["explained"] / sums["whole"])
