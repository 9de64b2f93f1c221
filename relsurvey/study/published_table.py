"""The table of published numbers as a file, and back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from relsurvey.errors import StudyError

_NUMBERS = ("n", "score", "conf_low", "conf_high")
_TEXTS = ("unit", "parent", "wave", "cut", "measure", "status")


def write_published_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table as CSV in UTF-8 with a byte order mark; compressed where the name says so.

    Numbers are whole, and empty where a cell is hidden.
    """
    whole = table.assign(**{name: table[name].round().astype("Int64") for name in _NUMBERS})
    squeezed = {"method": "gzip", "mtime": 0} if path.suffix == ".gz" else None
    whole.to_csv(path, index=False, encoding="utf-8-sig", compression=squeezed)


def read_published_table(path: Path) -> pd.DataFrame:
    """Read such a table.

    Raises
    ------
    StudyError
        There is no such file, or it is no such table.
    """
    try:
        return pd.read_csv(
            path,
            dtype=dict.fromkeys(_TEXTS, str),
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values={name: [""] for name in _NUMBERS},
        )
    except (OSError, ValueError) as error:
        raise StudyError(
            "A table of published numbers cannot be read.",
            where=str(path),
            expected="as relsurvey scorecards wrote it",
        ) from error
