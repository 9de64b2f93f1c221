"""Method variance by the CFA marker technique: a marker factor on all items, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
import pandas as pd

from relsurvey.errors import ModelError
from relsurvey.measurement.cfa import cfa
from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.nested_difference import nested_difference
from relsurvey.results import Result

MARKER = "marker"
COMPARED = {"method_c": "baseline", "method_u": "method_c", "method_r": ""}
ALPHA = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class MarkerModels(Result):
    """Factor models with a marker factor that holds more and more of the items' variance.

    Attributes
    ----------
    table, reliability_table, correlation_table : DataFrame
        What `tidy`, `reliability` and `correlations` return.
    fits : dict
        The fit of each model.
    chosen : str
        ``method_c`` or ``method_u``: the model that method variance is read from.
    notes : tuple of str
        What the models say, and what they cannot.
    """

    title: ClassVar[str] = "Method variance by a marker factor"
    table: pd.DataFrame
    reliability_table: pd.DataFrame
    correlation_table: pd.DataFrame
    fits: dict[str, CfaFit]
    chosen: str
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per model: fit, and the test against ``compared_with``.

        ``cfa`` lets the marker factor correlate with all others; ``baseline`` holds it apart, its
        own items as in ``cfa``; ``method_c`` lets it load on all other items equally, ``method_u``
        freely; ``method_r`` is the better of the two with the factors' correlations as in
        ``baseline``: if it is rejected, method variance changes them.
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, the model chosen, whether the marker loads at all, largest change."""
        tests = self.table.set_index("model")["p_value_diff"]
        change = self.correlation_table["estimate"] - self.correlation_table["baseline"]
        return pd.DataFrame(
            {
                "n_obs": [int(self.table["n_obs"].iloc[0])],
                "chosen": [self.chosen],
                "p_value_method": [float(tests["method_c"])],
                "p_value_correlations": [float(tests["method_r"])],
                "largest_change": [float(change.abs().max())],
            }
        )

    def reliability(self) -> pd.DataFrame:
        """One row per factor: ``construct total substantive method`` reliability of its sum."""
        return self.reliability_table.copy()

    def correlations(self) -> pd.DataFrame:
        """One row per pair of factors: correlation without (``baseline``) and with the marker."""
        return self.correlation_table.copy()


def marker_cfa(
    frame: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    marker: Sequence[str],
    *,
    estimator: str = "ml",
    cluster: str | None = None,
) -> MarkerModels:
    """Ask whether a marker, which has no business with the constructs, loads on their items.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; rows that lack an item are left out.
    model : mapping
        Factor to items.
    marker : sequence of str
        Items of the marker, three or more.
    estimator : {"ml", "mlr"}
        As in `cfa`.
    cluster : str, optional
        Column of clusters that errors and tests allow for.

    Raises
    ------
    DataError, ModelError
        As `cfa`; when a factor is called ``marker`` or there are fewer than two factors.

    Notes
    -----
    Williams, L. J., Hartman, N., & Cavazotte, F. (2010). Organizational Research Methods, 13,
    477-514. A marker finds the shared way of answering that it shares: when it finds none, others
    may be there; when it loads on items because it does have to do with them, it takes away what is
    real. R: ``lavaan::cfa`` of the five models.
    """
    if estimator not in ("ml", "mlr"):
        raise ModelError("There is no such estimator.", got=repr(estimator), expected="'ml', 'mlr'")
    if MARKER in model or len(model) < 2 or len(marker) < 3:
        raise ModelError(
            "The marker technique needs two factors or more, none called 'marker', and three "
            "marker items or more.",
            got=f"{len(model)} factors, {len(marker)} marker items",
        )

    def fitted(text: str) -> CfaFit:
        return cfa(frame, text, estimator=estimator, cluster=cluster, std_lv=True)

    factors = [f"{name} =~ {' + '.join(items)}" for name, items in model.items()]
    own = f"{MARKER} =~ {' + '.join(marker)}"
    fits = {"cfa": fitted("\n".join([*factors, own]))}
    held = _held(fits["cfa"], marker, list(model))
    fits["baseline"] = fitted("\n".join([*factors, *held]))
    items = [item for listed in model.values() for item in listed]
    equal = f"{MARKER} =~ {' + '.join(f'm*{item}' for item in items)}"
    free = f"{MARKER} =~ {' + '.join(f'NA*{item}' for item in items)}"
    fits["method_c"] = fitted("\n".join([*factors, *held, equal]))
    fits["method_u"] = fitted("\n".join([*factors, *held, free]))
    differs = nested_difference(fits["method_u"], fits["method_c"]).p_value < ALPHA
    chosen, loads = ("method_u", free) if differs else ("method_c", equal)
    fixed = _fixed_correlations(fits["baseline"], list(model))
    fits["method_r"] = fitted("\n".join([*factors, *held, loads, *fixed]))
    table = pd.DataFrame([_row(name, fits, chosen) for name in fits])
    return MarkerModels(
        table,
        _reliability(fits[chosen], model),
        _correlations(fits, chosen, list(model)),
        fits,
        chosen,
        (*fits["cfa"].notes, *_said(table, chosen)),
    )


def _held(fit: CfaFit, marker: Sequence[str], factors: list[str]) -> list[str]:
    """Lines that hold the marker apart from the factors, its own items as they were."""
    table = fit.tidy().set_index(["lhs", "op", "rhs"])["estimate"]
    loads = [f"{float(table[MARKER, '=~', item])!r}*{item}" for item in marker]
    lines = [f"{MARKER} =~ {' + '.join(loads)}", f"{MARKER} ~~ 1*{MARKER}"]
    lines += [f"{item} ~~ {float(table[item, '~~', item])!r}*{item}" for item in marker]
    return [*lines, *(f"{MARKER} ~~ 0*{name}" for name in factors)]


def _fixed_correlations(fit: CfaFit, factors: list[str]) -> list[str]:
    found = _pairs(fit)
    return [f"{a} ~~ {found[a, b]!r}*{b}" for a, b in combinations(factors, 2)]


def _pairs(fit: CfaFit) -> dict[tuple[str, str], float]:
    table = fit.factor_correlations()
    found = {}
    for row in table.to_dict(orient="records"):
        found[row["factor_a"], row["factor_b"]] = float(row["estimate"])
        found[row["factor_b"], row["factor_a"]] = float(row["estimate"])
    return found


def _row(name: str, fits: dict[str, CfaFit], chosen: str) -> dict[str, object]:
    glance = fits[name].glance().iloc[0]
    other = chosen if name == "method_r" else COMPARED.get(name, "")
    row: dict[str, object] = {"model": name}
    row |= dict(glance.drop("converged"))
    row |= {"compared_with": other, "chi2_diff": np.nan, "df_diff": np.nan, "p_value_diff": np.nan}
    if other:
        freer, held = (chosen, name) if name == "method_r" else (name, other)
        test = nested_difference(fits[freer], fits[held])
        row |= {"chi2_diff": test.statistic, "df_diff": test.df, "p_value_diff": test.p_value}
    return row


def _reliability(fit: CfaFit, model: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    table = fit.tidy().set_index(["lhs", "op", "rhs"])["estimate"]
    rows = []
    for name, items in model.items():
        own = sum(float(table[name, "=~", item]) for item in items) ** 2
        method = sum(float(table[MARKER, "=~", item]) for item in items) ** 2
        error = sum(float(table[item, "~~", item]) for item in items)
        whole = own + method + error
        rows.append(
            {
                "construct": name,
                "total": (own + method) / whole,
                "substantive": own / whole,
                "method": method / whole,
            }
        )
    return pd.DataFrame(rows)


def _correlations(fits: dict[str, CfaFit], chosen: str, factors: list[str]) -> pd.DataFrame:
    before, after = _pairs(fits["baseline"]), _pairs(fits[chosen])
    rows = [
        {"factor_a": a, "factor_b": b, "baseline": before[a, b], "estimate": after[a, b]}
        for a, b in combinations(factors, 2)
    ]
    return pd.DataFrame(rows)


def _said(table: pd.DataFrame, chosen: str) -> list[str]:
    tests = table.set_index("model")["p_value_diff"]
    loads = "loads" if tests["method_c"] < ALPHA else "does not load"
    changed = "changes" if tests["method_r"] < ALPHA else "does not change"
    return [
        f"The marker {loads} on the items when the loading is the same for all "
        f"(p = {tests['method_c']:.3g}); allowing for it ({chosen}) {changed} the correlations of "
        f"the factors by more than chance (p = {tests['method_r']:.3g}).",
        "A marker shows only the shared way of answering that reaches it: finding none is no proof "
        "that there is none.",
    ]
