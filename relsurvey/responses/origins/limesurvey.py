"""LimeSurvey's CSV and Excel exports, with question codes, texts, or both as headings."""

from __future__ import annotations

import re

from relsurvey.responses.origins.columns import holds, left_out, places
from relsurvey.responses.origins.names import Names
from relsurvey.responses.origins.origin import Origin
from relsurvey.responses.table import Table

TECHNICAL = frozenset(
    {
        "submitdate",
        "lastpage",
        "seed",
        "startdate",
        "datestamp",
        "refurl",
        "interviewtime",
        "groupstime",
    }
) | {
    "date submitted",
    "last page",
    "date started",
    "date last action",
    "referrer url",
    "interview time",
    "total time",
    "dato for indsendelse",
    "sidste side",
    "startdato",
    "dato for sidste handling",
    "henvisende websted",
    "interviewlængde",
    "total tid",
}
_SUBMITTED = ("submitdate", "date submitted", "dato for indsendelse")
_LANGUAGE = ("startlanguage", "start language", "standardsprog")
_ID = ("id", "response id", "besvarelse-id")
_ARRAY = re.compile(r"([A-Za-z][A-Za-z0-9]*)[\[_]([A-Za-z0-9]+)\]?")


def limesurvey(table: Table, names: Names) -> Origin | None:
    """Recognise LimeSurvey by ``code[item]`` headings, or by its date and language of answering.

    A row without a date of sending is a partial answer. The language of answering becomes the
    field ``language``.
    """
    at = places(table)
    columns: dict[int, str] = {}
    arrays = 0
    for place, column in enumerate(table.columns):
        head = column.name.split(". ")[0]  # "code. text", where both are asked for
        match = _ARRAY.fullmatch(head)
        if match and match.group(2) in names.ids and match.group(1) in names.limesurvey:
            columns[place] = match.group(2)
            arrays += "[" in head
        elif head in names.limesurvey and column.name not in names.ids:
            columns[place] = names.limesurvey[head]
    sent = next((at[name] for name in _SUBMITTED if name in at), None)
    spoken = next((at[name] for name in _LANGUAGE if name in at), None)
    if not arrays and (sent is None or spoken is None):
        return None
    number = next((at[name] for name in _ID if name in at), None)
    if number is not None:
        columns[number] = "respondent"
    if spoken is not None and "language" in names.fields:
        columns[spoken] = "language"
    return Origin(
        "LimeSurvey",
        columns,
        left_out(table, TECHNICAL),
        partial=None if sent is None else holds(table.columns[sent], {"", "n/a"}),
    )
