"""Answers given as places in the list of answers, as Enalyzer writes them by default."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.changes import change
from relsurvey.responses.labels import as_code
from relsurvey.responses.table import Column, Table


def by_position(table: Table, instrument: Instrument, items: Collection[str]) -> Table:
    """Turn places into codes: 1 is the first answer of the scale, missing codes come last.

    Parameters
    ----------
    table : Table
        Under our ids.
    instrument : Instrument
    items : collection of str
        Columns that hold places; a number beyond the list becomes a text that no scale knows.
    """
    columns, log = [], list(table.log)
    for column in table.columns:
        if column.name not in items:
            columns.append(column)
            continue
        scale = instrument.scale_of(column.name)
        codes = [*scale.codes, *(missing.code for missing in scale.missing)]
        texts = tuple(_code(text, codes) for text in column.texts)
        columns.append(Column(column.name, texts, column.codes))
        log.append(change("position_read", column.name, int(column.counts()[1:].sum())))
    return replace(table, columns=tuple(columns), log=tuple(log))


def _code(text: str, codes: list[int]) -> str:
    place = as_code(text)
    if place is None:
        return text
    return str(codes[place - 1]) if 1 <= place <= len(codes) else f"position {place}"
