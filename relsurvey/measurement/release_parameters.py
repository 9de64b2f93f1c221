"""Free parameters of a table that were equal over groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from relsurvey.measurement.parameter_table import Parameter, ParameterTable

OWN = -2  # asks for a number of its own


def split(row: Parameter, freed: Mapping[str, str]) -> Parameter:
    """Give a loading of a freed item in later groups a number of its own."""
    own = row.op == "=~" and row.rhs in freed and freed[row.rhs] in EARLY
    return replace(row, index=OWN) if own and row.group > 0 and row.index >= 0 else row


# levels at which a freed item takes its loading along
EARLY = ("thresholds", "loadings", "metric")


def renumbered(table: ParameterTable, rows: Sequence[Parameter]) -> ParameterTable:
    """Give free parameters numbers without gaps, and those marked `OWN` a number each."""
    known: dict[int, int] = {}
    count, numbered = 0, []
    for row in rows:
        index = row.index
        if index == OWN:
            index, count = count, count + 1
        elif index >= 0:
            if index not in known:
                known[index], count = count, count + 1
            index = known[index]
        numbered.append(replace(row, index=index))
    return replace(table, rows=tuple(numbered), n_free=count)
