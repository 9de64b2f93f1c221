"""Whether constructs are told apart: four signs of every pair beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import pandas as pd

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.fornell_larcker import fornell_larcker
from relsurvey.measurement.htmt import htmt
from relsurvey.measurement.nested_difference import nested_difference
from relsurvey.results import Result

STRICT = 0.85


@dataclass(frozen=True, slots=True, eq=False)
class DiscriminantValidity(Result):
    """Four signs of every pair of constructs.

    Attributes
    ----------
    table : DataFrame
        What `tidy` returns.
    n_obs : int
        Rows of the factor model.
    notes : tuple of str
        What the signs can and cannot show.
    """

    title: ClassVar[str] = "Whether constructs are told apart"
    table: pd.DataFrame
    n_obs: int
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per pair.

        ``construct_a construct_b``; ``htmt`` with ``htmt_conf_low htmt_conf_high`` (NaN without a
        bootstrap); ``correlation`` of the factors with its bounds; ``root_of_smaller_ave``, which a
        correlation should stay below (Fornell and Larcker); ``chi2_diff df_diff p_value_diff`` of
        the model that makes one factor of the two; ``apart``: ``yes`` when the correlation's upper
        bound lies below .85, ``no`` when the bounds reach 1 or merging them is not rejected at
        5 %, else ``unsure``.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, pairs, how many are apart, unsure and not apart."""
        said = self.table["apart"]
        return pd.DataFrame(
            {
                "n_obs": [self.n_obs],
                "n_pairs": [len(self.table)],
                "n_apart": [int((said == "yes").sum())],
                "n_unsure": [int((said == "unsure").sum())],
                "n_not_apart": [int((said == "no").sum())],
            }
        )


def discriminant_validity(
    frame: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    ordered: bool = False,
    cluster: str | None = None,
    n_boot: int = 0,
    seed: int = 1,
) -> DiscriminantValidity:
    """Set beside each other what tells whether two constructs are one.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; rows that lack an item are left out.
    model : mapping
        Construct to items, each item in one of them.
    ordered : bool
        Items are ordinal: polychoric correlations and WLSMV instead of robust maximum likelihood.
    cluster : str, optional
        Column of clusters that errors, tests and the bootstrap allow for.
    n_boot : int
        Bootstrap replicates for the interval of HTMT; 0 for none.
    seed : int
        Of the bootstrap.

    Raises
    ------
    DataError, ModelError
        As `cfa` and `htmt`.

    Notes
    -----
    Rönkkö, M., & Cho, E. (2022). Organizational Research Methods, 25, 6-14, recommend the bounds of
    the factor correlation. Making one factor of two lies at the edge of what a correlation can be,
    so that its test is cautious (Stoel et al., 2006). See `htmt`, `fornell_larcker`, `cfa`.
    """
    if len(model) < 2:
        raise ModelError("One construct cannot be told apart from others.", got=", ".join(model))
    estimator = "wlsmv" if ordered else "mlr"
    fit = cfa(frame, model, estimator=estimator, cluster=cluster)
    ratios = htmt(frame, model, ordered=ordered, cluster=cluster, n_boot=n_boot, seed=seed).tidy()
    pairs = fornell_larcker(fit).tidy()
    bounds = fit.factor_correlations()
    rows = []
    for a, b in combinations(model, 2):
        ratio, pair, bound = _of(ratios, a, b), _of(pairs, a, b), _of(bounds, a, b, "factor")
        merged = cfa(frame, _merged(model, a, b), estimator=estimator, cluster=cluster)
        test = nested_difference(fit, merged)
        row = {
            "construct_a": a,
            "construct_b": b,
            "htmt": ratio["estimate"],
            "htmt_conf_low": ratio["conf_low"],
            "htmt_conf_high": ratio["conf_high"],
            "correlation": bound["estimate"],
            "conf_low": bound["conf_low"],
            "conf_high": bound["conf_high"],
            "root_of_smaller_ave": pair["root_of_smaller_ave"],
            "chi2_diff": test.statistic,
            "df_diff": test.df,
            "p_value_diff": test.p_value,
        }
        rows.append(row | {"apart": _apart(row)})
    return DiscriminantValidity(pd.DataFrame(rows), int(_n_obs(fit)), _notes(fit))


def _of(table: pd.DataFrame, a: str, b: str, kind: str = "construct") -> pd.Series:
    first, second = table[f"{kind}_a"], table[f"{kind}_b"]
    found = table[((first == a) & (second == b)) | ((first == b) & (second == a))]
    return found.iloc[0]


def _merged(model: Mapping[str, Sequence[str]], a: str, b: str) -> dict[str, list[str]]:
    """One factor in place of two; the items keep their order."""
    joined: dict[str, list[str]] = {}
    for name, items in model.items():
        joined.setdefault(a if name == b else name, []).extend(items)
    return joined


def _apart(row: Mapping[str, float]) -> str:
    largest = max(abs(row["conf_low"]), abs(row["conf_high"]))
    if largest >= 1.0 or row["p_value_diff"] >= 0.05:
        return "no"
    return "yes" if largest < STRICT else "unsure"


def _n_obs(fit: CfaFit) -> float:
    return float(fit.glance()["n_obs"].iloc[0])


def _notes(fit: CfaFit) -> tuple[str, ...]:
    return (
        *fit.notes,
        "A correlation below a limit says that two scales do not measure quite the same; whether "
        "they are what they are called is for their items to show. HTMT and the comparison with "
        "AVE take all items of a construct to be about equally good.",
    )
