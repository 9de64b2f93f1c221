"""Write a simulation's three files so that a reader never meets half of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from relsurvey.atomic_file import replacing

ANSWERS, ROSTER, TRUTH = "answers.csv", "roster.csv", "truth.json"


def write_files(
    folder: Path, answers: pd.DataFrame, roster: pd.DataFrame, truth: dict[str, Any]
) -> tuple[Path, Path, Path]:
    """Write the files beside their places first, then move all of them there.

    Comma-separated UTF-8 with lines that end in a line feed on every machine.
    """
    places = (folder / ANSWERS, folder / ROSTER, folder / TRUTH)
    with (
        replacing(places[0]) as answers_draft,
        replacing(places[1]) as roster_draft,
        replacing(places[2]) as truth_draft,
    ):
        _write_csv(answers, answers_draft)
        _write_csv(roster, roster_draft)
        text = json.dumps(truth, ensure_ascii=False, indent=1, allow_nan=False)
        truth_draft.write_bytes(f"{text}\n".encode())
    return places


def _write_csv(frame: pd.DataFrame, file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        frame.to_csv(stream, index=False, lineterminator="\n", chunksize=20_000)
