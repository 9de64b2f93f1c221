"""Show a table in a terminal of 80 columns, or write it to a file at full precision."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from relsurvey.atomic_file import replacing
from relsurvey.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80


def show(frame: pd.DataFrame, *, output: Path | None = None, digits: int = 3) -> None:
    """Write the table to ``output`` (.csv or .json), or show it no wider than 80 columns."""
    if output is not None:
        write(frame, output)
        click.echo(f"Wrote {len(frame)} rows to {output}", err=True)
        return
    if frame.empty:
        click.echo("(no rows)")
        return
    text = frame.copy()
    for name in text:
        if text[name].dtype.kind == "f":
            text[name] = [_number(value, digits) for value in text[name]]
    block = text.fillna("").to_string(index=False)
    lines = block.splitlines()
    if max(len(line) for line in lines) <= WIDTH:
        click.echo("\n".join(line.rstrip() for line in lines))
        return
    names = [str(name) for name in text.columns]
    for row in text.fillna("").astype(str).itertuples(index=False):
        click.echo(_record(dict(zip(names, row, strict=True))))


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a table whole or not at all: .csv or .json by the file's ending."""
    from relsurvey.report.tables import csv_text
    from relsurvey.results import json_ready

    if path.suffix.lower() == ".csv":
        content = csv_text(frame)
    elif path.suffix.lower() == ".json":
        content = json.dumps(json_ready(frame), ensure_ascii=False, indent=1) + "\n"
    else:
        raise StudyError(
            "A table is written as CSV or JSON.", got=str(path), expected="a .csv or .json file"
        )
    with replacing(path) as draft:
        draft.write_text(content, encoding="utf-8", newline="")


def _number(value: float, digits: int) -> str:
    if value != value:
        return ""
    if value == round(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.{digits}f}" if 10**-digits <= abs(value) < 1e6 else f"{value:.{digits}g}"


def _record(record: dict[str, str]) -> str:
    lines = []
    for name, value in record.items():
        if value:
            lines += textwrap.wrap(
                f"{name}: {value}", WIDTH, initial_indent="  ", subsequent_indent="      "
            )
    return "\n".join([lines[0][2:] if lines else "", *lines[1:]])
