"""A sheet: what a table in a file is, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One table to be written, with what helps the person who fills it in.

    Attributes
    ----------
    title : str
        Name of the sheet in a workbook.
    columns : tuple of str
        Headings.
    rows : tuple of tuple
        Cells: text, whole numbers, numbers, or None for an empty cell.
    preamble : tuple of str
        Lines above the headings.
    choices : mapping of heading to tuple
        The only answers a column takes.
    bounds : mapping of heading to (low, high)
        The numbers a column takes; None where one side is open.
    widths : mapping of heading to float
        Width in characters; other columns take their content's.
    shaded : tuple of str
        Headings of numbers that are shaded from low (brown) over middle (white) to high (blue).
    in_csv : bool
        Whether the table is written to a CSV file too, which can hold one kind of table only.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...] = ()
    preamble: tuple[str, ...] = ()
    choices: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)
    shaded: tuple[str, ...] = ()
    in_csv: bool = True
