"""The parameters of a model within and a model between clusters, numbered as one vector."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from relsurvey.errors import ModelError
from relsurvey.measurement.model_text import Model, read_terms
from relsurvey.measurement.parameter_table import (
    Parameter,
    ParameterTable,
    parameter_table,
    refuse_structural,
)

SATURATED = "saturated"


def two_level_tables(
    within: Model, between: Model, *, std_lv: bool
) -> tuple[ParameterTable, ParameterTable]:
    """Complete both models; a label that stands at both levels is one parameter.

    Parameters
    ----------
    within, between : mapping or str
        As `cfa` takes them, on the same items; one of them may be ``"saturated"``: all variances
        and covariances of its level, without factors.
    std_lv : bool
        Fix factor variances instead of first loadings.

    Raises
    ------
    ModelError
        When a model cannot be read, both are saturated, or they name different items.
    """
    free = [_is_saturated(model) for model in (within, between)]
    if all(free):
        raise ModelError("Both levels are saturated: there is no model to fit.")
    given = read_terms(between if free[0] else within)
    items = parameter_table(given).items
    low = _saturated(items) if free[0] else parameter_table(given, std_lv=std_lv)
    high = (
        _saturated(items, means=True)
        if free[1]
        else parameter_table(read_terms(between), std_lv=std_lv, means=True)
    )
    for table in (low, high):
        refuse_structural(table)
    odd = sorted(str(item) for item in set(low.items) ^ set(high.items))
    if odd:
        raise ModelError(
            "The two levels name different items.",
            got=", ".join(odd) + " at one level only",
            expected="the same items within and between",
        )
    return _joined(low, replace(high, items=low.items))


def _is_saturated(model: Model) -> bool:
    return isinstance(model, str) and model.strip() == SATURATED


def _saturated(items: tuple[str, ...], *, means: bool = False) -> ParameterTable:
    places = [(item, "~~", item) for item in items]
    places += [(a, "~~", b) for a, b in combinations(items, 2)]
    places += [(item, "~1", "") for item in items] if means else []
    rows = tuple(Parameter(*place, 0, at, 0.0, "") for at, place in enumerate(places))
    return ParameterTable(items, (), rows, 1, len(rows))


def _joined(low: ParameterTable, high: ParameterTable) -> tuple[ParameterTable, ParameterTable]:
    """Give the parameters of both levels numbers in one vector."""
    known = {row.label: row.index for row in low.rows if row.label and row.index >= 0}
    numbers: dict[int, int] = {}
    count, rows = low.n_free, []
    for row in high.rows:
        if row.index >= 0 and row.index not in numbers:
            shared = known.get(row.label) if row.label else None
            numbers[row.index] = count if shared is None else shared
            count += shared is None
        rows.append(replace(row, index=numbers[row.index]) if row.index >= 0 else row)
    return replace(low, n_free=count), replace(high, rows=tuple(rows), n_free=count)
