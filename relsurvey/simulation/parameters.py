"""Every number of a population in one table, with its basis and source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pandas as pd

from relsurvey.simulation.numbers import NumberGroup, Numbers, Quantity
from relsurvey.simulation.population import BackgroundRule, CorrelationRule, EffectRule, Population

COLUMNS = ("parameter", "value", "basis", "source")
Row = tuple[str, float, str, str]


def parameters_table(population: Population) -> pd.DataFrame:
    """List every number of a population.

    Parameters
    ----------
    population : Population
        As `relsurvey.simulation.library.load_population` reads it.

    Returns
    -------
    DataFrame
        One row per number; columns ``parameter`` (its key in the file, with dots), ``value``,
        ``basis`` (``sourced``, ``derived`` or ``assumed``) and ``source``.
    """
    return pd.DataFrame(list(_rows(population, "")), columns=list(COLUMNS))


def _rows(part: object, key: str) -> Iterator[Row]:
    if isinstance(part, Quantity):
        yield key, part.value, part.basis, part.source
    elif isinstance(part, CorrelationRule):
        yield f"{key}.{_pairs(part)}", part.value, part.basis, part.source
    elif isinstance(part, NumberGroup | EffectRule | BackgroundRule):
        for name, value in part.values:
            yield f"{key}.{_place(part)}{name}", value, part.basis, part.source
    elif isinstance(part, Numbers):
        yield from _rows(part.root, key)
    elif isinstance(part, tuple):
        for member in part:
            yield from _rows(member, key)
    elif is_dataclass(part):
        for field in fields(part):
            yield from _rows(
                getattr(part, field.name), f"{key}.{field.name}" if key else field.name
            )


def _pairs(rule: CorrelationRule) -> str:
    if rule.among:
        return "among " + ", ".join(rule.among)
    return "between " + " and ".join(rule.between)


def _place(part: NumberGroup | EffectRule | BackgroundRule) -> str:
    if isinstance(part, EffectRule):
        return f"{part.outcome}."
    if isinstance(part, BackgroundRule):
        return f"{part.field}.{part.sector or 'all sectors'}."
    return ""
