"""Correlations as a table whose cells are shaded: a number in every cell, colour only beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relsurvey.report.figures.palette import ink_on, signed
from relsurvey.report.numbers import Numbers
from relsurvey.report.page import Cell, Column, Table


def heat_table(
    names: Sequence[str],
    values: Mapping[tuple[int, int], float],
    caption: str,
    corner: str,
    numbers: Numbers,
) -> Table:
    """Lay out the lower triangle of a symmetric matrix.

    Parameters
    ----------
    names : sequence of str
        Of the k variables; columns are headed by their numbers.
    values : mapping of (row, column) to float
        For row > column.
    caption, corner : str
        Of the table, and of its first column.
    numbers : Numbers
        The language's formats.
    """
    rows = []
    for i, name in enumerate(names):
        cells: list[str | Cell] = [f"{i + 1}. {name}"]
        for j in range(len(names) - 1):
            known = (i, j) in values
            cells.append(_cell(values[i, j], numbers) if known else "")
        rows.append(tuple(cells))
    heads = tuple(Column(str(j + 1)) for j in range(len(names) - 1))
    return Table(caption, (Column(corner, numeric=False), *heads), tuple(rows))


def _cell(value: float, numbers: Numbers) -> Cell:
    fill = signed(value if value == value else 0.0)
    return Cell(numbers.decimal(value), fill, ink_on(fill))
