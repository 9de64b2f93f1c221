"""Qualtrics' CSV and TSV exports: three header rows, matrix columns, previews."""

from __future__ import annotations

import re

import numpy as np

from relsurvey.responses.origins.columns import holds, left_out, places
from relsurvey.responses.origins.names import Names
from relsurvey.responses.origins.origin import Origin, Rows
from relsurvey.responses.table import Table

TECHNICAL = frozenset(
    {
        "startdate",
        "enddate",
        "status",
        "progress",
        "duration",
        "finished",
        "recordeddate",
        "distributionchannel",
        "responseset",
        "consent",
    }
) | {"duration (in seconds)"}
_MATRIX = re.compile(r"(.+?)_(\d+)")
_PREVIEWS = {"survey preview", "1", "preview", "survey test", "2"}
_FALSE = {"false", "0", "falsk", "no"}


def qualtrics(table: Table, names: Names) -> Origin | None:
    """Recognise Qualtrics by its row of ``{"ImportId": …}``, or by ``ResponseId`` and ``Finished``.

    The two rows of texts below the headings are no answers, nor are previews; an answer that was
    not finished is partial. ``<grid>_3`` is the third statement of the grid.
    """
    at = places(table)
    import_ids = _rows_with_import_ids(table)
    if not import_ids.any() and not {"responseid", "finished"} <= at.keys():
        return None
    columns: dict[int, str] = {}
    for place, column in enumerate(table.columns):
        match = _MATRIX.fullmatch(column.name)
        items = names.grids.get(match.group(1), ()) if match else ()
        if match and 1 <= int(match.group(2)) <= len(items):
            columns[place] = items[int(match.group(2)) - 1]
    if "responseid" in at:
        columns[at["responseid"]] = "respondent"
    if "userlanguage" in at and "language" in names.fields:
        columns[at["userlanguage"]] = "language"
    heads = import_ids.copy()
    heads[: max(int(np.argmax(import_ids)), 0) if import_ids.any() else 0] = True
    not_answers = {"header_row": heads}
    if "status" in at:
        not_answers["preview_answer"] = holds(table.columns[at["status"]], _PREVIEWS) & ~heads
    finished = at.get("finished")
    return Origin(
        "Qualtrics",
        columns,
        left_out(table, TECHNICAL),
        not_answers=not_answers,
        partial=None if finished is None else holds(table.columns[finished], _FALSE),
    )


def _rows_with_import_ids(table: Table) -> Rows:
    """Find the row that names Qualtrics' own ids; it stands second below the headings."""
    found = np.zeros(len(table.rows), dtype=bool)
    head = slice(0, min(3, len(found)))
    for column in table.columns:
        marked = np.array(['"ImportId"' in text for text in column.texts])
        found[head] |= marked[column.codes[head]]
    return found
