"""Problems made from their kinds: one, one per cell, or one per distinct text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.problems import Problem
from relsurvey.responses.kinds_of_cells import KINDS_OF_CELLS
from relsurvey.responses.kinds_of_columns import KINDS_OF_COLUMNS
from relsurvey.responses.kinds_of_survey import KINDS_OF_SURVEY
from relsurvey.responses.personal_data import without_personal_numbers

KINDS = KINDS_OF_COLUMNS | KINDS_OF_CELLS | KINDS_OF_SURVEY
EACH_CELL_UP_TO = 1_000
LONGEST_SHOWN = 80


def problem(
    code: str,
    *,
    file: str = "",
    row: int | str = "",
    column: str = "",
    found: str = "",
    **values: object,
) -> Problem:
    """Make one problem; ``values`` fill the templates of its kind."""
    return KINDS[code].problem(
        code, file=file, row=str(row), column=column, found=shown(found), **values
    )


def cell_problems(
    code: str,
    rows: Sequence[int] | NDArray[np.int64] | pd.Index[int],
    found: Sequence[str],
    *,
    file: str = "",
    column: str = "",
    **values: object,
) -> list[Problem]:
    """Make problems of one kind in one column, one per cell.

    Above 1,000 cells there is one per distinct text instead, as `grouped_problems` makes them.
    """
    if len(rows) > EACH_CELL_UP_TO:
        return grouped_problems(code, rows, found, file=file, column=column, **values)
    cells = [(str(row), shown(text)) for row, text in zip(rows, found, strict=True)]
    return _problems(code, cells, file, column, values)


def grouped_problems(
    code: str,
    rows: Sequence[int] | NDArray[np.int64] | pd.Index[int],
    found: Sequence[str],
    *,
    file: str = "",
    column: str = "",
    **values: object,
) -> list[Problem]:
    """Make problems of one kind in one column, one per distinct text.

    ``row`` lists all rows that hold the text, as ranges (``2–40, 57``), so that a whole column of
    wrong codes costs little and no row is lost. Beyond 1,000 distinct texts the rest is one more.
    """
    return _problems(code, _by_text(np.asarray(rows), found), file, column, values)


def _problems(
    code: str, cells: list[tuple[str, str]], file: str, column: str, values: dict[str, object]
) -> list[Problem]:
    expected, action = KINDS[code].texts(**values)
    severity = KINDS[code].severity
    return [
        Problem(code, severity, file, row, column, text, expected, action) for row, text in cells
    ]


def row_ranges(rows: Sequence[int] | NDArray[np.int64] | pd.Index[int]) -> str:
    """Row numbers in rising order as ranges: 2, 3, 4, 9 is ``"2–4, 9"``."""
    numbers = np.unique(np.asarray(rows, dtype=np.int64))
    if not numbers.size:
        return ""
    breaks = np.flatnonzero(np.diff(numbers) > 1)
    firsts = numbers[np.r_[0, breaks + 1]].tolist()
    lasts = numbers[np.r_[breaks, numbers.size - 1]].tolist()
    return ", ".join(
        str(first) if first == last else f"{first}–{last}"
        for first, last in zip(firsts, lasts, strict=True)
    )


def shown(text: str) -> str:
    """Make a cell fit to be shown: short, on one line, personal numbers blanked out."""
    line = without_personal_numbers(" ".join(text.split()))
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…"


def _by_text(rows: np.ndarray, found: Sequence[str]) -> list[tuple[str, str]]:
    codes, texts = pd.factorize(np.asarray(found, dtype=object))
    order = np.argsort(codes, kind="stable")
    bounds = np.searchsorted(codes[order], np.arange(min(len(texts), EACH_CELL_UP_TO) + 1))
    cells = [
        (row_ranges(rows[order[start:stop]]), shown(str(text)))
        for start, stop, text in zip(bounds[:-1], bounds[1:], texts, strict=False)
    ]
    if len(texts) > EACH_CELL_UP_TO:
        rest = order[bounds[-1] :]
        cells.append((row_ranges(rows[rest]), f"({len(texts) - EACH_CELL_UP_TO:,} other texts)"))
    return cells
