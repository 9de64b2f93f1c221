"""Write a simulation's three files so that a reader never meets half of one."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from relsurvey.errors import StudyError

ANSWERS, ROSTER, TRUTH = "answers.csv", "roster.csv", "truth.json"


def write_files(
    folder: Path, answers: pd.DataFrame, roster: pd.DataFrame, truth: dict[str, Any]
) -> tuple[Path, Path, Path]:
    """Write the files beside their places first, then move all of them there.

    Comma-separated UTF-8 with lines that end in a line feed on every machine.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as aside:
            _write_csv(answers, Path(aside) / ANSWERS)
            _write_csv(roster, Path(aside) / ROSTER)
            text = json.dumps(truth, ensure_ascii=False, indent=1, allow_nan=False)
            (Path(aside) / TRUTH).write_bytes(f"{text}\n".encode())
            places = (folder / ANSWERS, folder / ROSTER, folder / TRUTH)
            for place in places:
                os.replace(Path(aside) / place.name, place)
    except OSError as error:
        raise StudyError(
            "The simulation cannot be written.",
            where=str(folder),
            got=str(error.strerror or error),
            hint="Name a folder that can be made and written to.",
        ) from error
    return places


def _write_csv(frame: pd.DataFrame, file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        frame.to_csv(stream, index=False, lineterminator="\n", chunksize=20_000)
