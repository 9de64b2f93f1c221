"""Kobo's and ODK's exports: names behind the group they stand in."""

from __future__ import annotations

import re

from relsurvey.responses.origins.columns import left_out, places
from relsurvey.responses.origins.names import Names
from relsurvey.responses.origins.origin import Origin
from relsurvey.responses.table import Table

TECHNICAL = frozenset(
    {
        "start",
        "end",
        "submissiondate",
        "key",
        "instanceid",
        "meta-instanceid",
        "meta/instanceid",
        "meta-instancename",
        "meta/instancename",
        "_uuid",
        "_submission_time",
        "_validation_status",
        "_notes",
        "_status",
        "__version__",
        "_version_",
        "_tags",
        "_index",
        "meta/rootuuid",
        "_attachments",
        "submitterid",
        "submittername",
        "attachmentspresent",
        "attachmentsexpected",
        "status",
        "reviewstate",
        "edits",
        "formversion",
        "formhub/uuid",
        "meta/deprecatedid",
        "_xform_id_string",
        "_geolocation",
        "_bamboo_dataset_id",
    }
)
_MARKS = ("_submission_time", "submissiondate", "_uuid", "key", "instanceid", "meta-instanceid")
_OWN = re.compile(
    r"(.*[/-])?(lead_\w+|welcome|closing|generated_table_list_label_\d+"
    r"|reserved_name_for_field_list_labels_\d+)"
)


def kobo(table: Table, names: Names) -> Origin | None:
    """Recognise Kobo and ODK by their columns of sending, with names as ``page/item``."""
    at = places(table)
    if not any(mark in at for mark in _MARKS):
        return None
    columns: dict[int, str] = {}
    left = left_out(table, TECHNICAL)
    for place, column in enumerate(table.columns):
        name = re.split(r"[/-]", column.name)[-1]
        if name in names.ids:
            columns[place] = name
        elif _OWN.fullmatch(column.name):
            left[place] = "tool_column"
    if not columns and not any(name in names.ids for name in at):
        return None
    number = next((at[name] for name in ("_id", "key", "instanceid") if name in at), None)
    if number is not None:
        columns[number] = "respondent"
    return Origin("Kobo or ODK", columns, left)
