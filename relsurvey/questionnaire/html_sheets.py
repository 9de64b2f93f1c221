"""Write sheets as one HTML page: tables that can be read and searched in any browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from relsurvey.atomic_file import replacing
from relsurvey.questionnaire.html_page import html_page
from relsurvey.questionnaire.sheet import Sheet


def write_html(path: Path, sheets: Sequence[Sheet], title: str, language: str) -> None:
    """Write all sheets below each other; empty columns are left out."""
    page = html_page(
        "sheets.html.j2",
        language=language,
        title=title,
        sheets=[_shown(sheet) for sheet in sheets],
    )
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8", newline="\n")


def _shown(sheet: Sheet) -> Sheet:
    kept = [
        place
        for place in range(len(sheet.columns))
        if any(row[place] not in (None, "") for row in sheet.rows)
    ]
    return Sheet(
        title=sheet.title,
        columns=tuple(sheet.columns[place] for place in kept),
        rows=tuple(
            tuple("" if row[place] is None else row[place] for place in kept) for row in sheet.rows
        ),
        preamble=sheet.preamble,
    )
