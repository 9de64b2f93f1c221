"""Google Forms and Microsoft Forms: the questions as headings, the labels as answers."""

from __future__ import annotations

from relsurvey.responses.origins.columns import left_out, places
from relsurvey.responses.origins.names import Names
from relsurvey.responses.origins.origin import Origin
from relsurvey.responses.table import Table

_GOOGLE = ("timestamp", "tidsstempel")
_MICROSOFT = {
    "start time": "completion time",
    "starttidspunkt": "fuldførelsestidspunkt",
}
_MICROSOFT_TECHNICAL = (
    *_MICROSOFT,
    *_MICROSOFT.values(),
    "last modified time",
    "tidspunkt for seneste ændring",
    "total points",
    "quiz feedback",
)


def google_forms(table: Table, names: Names) -> Origin | None:
    """Recognise Google Forms by its time stamp before headings that are questions."""
    if table.columns[0].name.casefold() not in _GOOGLE:
        return None
    if not any(names.by_text(column.name) for column in table.columns):
        return None
    return Origin("Google Forms", left_out=left_out(table, _GOOGLE))


def microsoft_forms(table: Table, names: Names) -> Origin | None:
    """Recognise Microsoft Forms by its times of start and completion."""
    at = places(table)
    if not any(start in at and end in at for start, end in _MICROSOFT.items()):
        return None
    if not any(names.by_text(column.name) for column in table.columns):
        return None
    columns = {at["id"]: "respondent"} if "id" in at else {}
    left = left_out(table, _MICROSOFT_TECHNICAL)
    if "language" in at and "language" in names.fields:
        columns[at["language"]] = "language"
    return Origin("Microsoft Forms", columns, left)
