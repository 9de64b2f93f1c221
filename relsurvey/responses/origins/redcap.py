"""REDCap's CSV export, raw or with labels."""

from __future__ import annotations

from relsurvey.responses.origins.columns import holds, left_out, places
from relsurvey.responses.origins.names import Names
from relsurvey.responses.origins.origin import Origin
from relsurvey.responses.table import Table

_COMPLETE = {"2", "complete"}
_TECHNICAL = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
_RECORD = ("record_id", "record id")


def redcap(table: Table, names: Names) -> Origin | None:
    """Recognise REDCap by ``record_id`` and a column ``…_complete``; 2 is a finished form."""
    at = places(table)
    number = next((at[name] for name in _RECORD if name in at), None)
    ends = ("_complete", "complete?")
    finished = [place for name, place in at.items() if name.endswith(ends)]
    if number is None or not (finished or "redcap_survey_identifier" in at):
        return None
    times = [name for name in at if name.endswith(("_timestamp", "survey timestamp", *ends))]
    return Origin(
        "REDCap",
        {number: "respondent"},
        left_out(table, {*_TECHNICAL, *times, "data_access_group"}),
        partial=~holds(table.columns[finished[0]], _COMPLETE) if finished else None,
    )
