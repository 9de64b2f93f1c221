"""The table of published numbers as a file, and back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from relsurvey.errors import StudyError
from relsurvey.questionnaire.csv_file import inert

_NUMBERS = ("n", "score", "conf_low", "conf_high")
_TEXTS = ("unit", "parent", "wave", "cut", "measure", "status")


def write_published_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table as CSV in UTF-8 with a byte order mark; compressed where the name says so.

    Numbers are whole, and empty where a cell is hidden. No text is taken for a formula.
    """
    whole = table.assign(**{name: table[name].round().astype("Int64") for name in _NUMBERS})
    whole = whole.assign(**{name: table[name].map(inert) for name in _TEXTS})
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
        table = pd.read_csv(
            path,
            dtype=dict.fromkeys(_TEXTS, str),
            encoding="utf-8-sig",
            keep_default_na=False,
            na_values={name: [""] for name in _NUMBERS},
        )
        return table.assign(**{name: table[name].map(_plain) for name in _TEXTS})
    except (OSError, ValueError, KeyError) as error:
        raise StudyError(
            "A table of published numbers cannot be read.",
            where=str(path),
            expected="as relsurvey scorecards wrote it",
        ) from error


def _plain(text: str) -> str:
    """Take away the mark that keeps a text from being a formula."""
    bare = text.removeprefix("'")
    return bare if inert(bare) == text else text
