"""SurveyXact's data set: how far each respondent came stands in five columns."""

from __future__ import annotations

import re

import numpy as np

from relsurvey.responses.origins.columns import holds, left_out, places
from relsurvey.responses.origins.names import Names
from relsurvey.responses.origins.origin import Origin
from relsurvey.responses.table import Table

# new, distributed, some answers, completed, dropped out
_STATES = re.compile(r"(stato|statoverall|status)_([1-5])")
_TECHNICAL = frozenset(
    {
        "respondent_id",
        "created",
        "modified",
        "closetime",
        "starttime",
        "difftime",
    }
)
_CHOSEN = {"1", "1.0", "valgt", "selected"}
_IDS = ("respid", "respondentid", "responsid")


def surveyxact(table: Table, names: Names) -> Origin | None:
    """Recognise SurveyXact by its columns of status.

    People who were invited and gave no answer have rows too: they are no answers, and their number
    stands in the log. Some answers, or dropped out, is a partial answer.
    """
    at = places(table)
    states = {
        int(match.group(2)): table.columns[place]
        for name, place in at.items()
        if (match := _STATES.fullmatch(name))
    }
    if set(states) != {1, 2, 3, 4, 5}:
        return None
    yes = {state: holds(column, _CHOSEN) for state, column in states.items()}
    technical = {name for name in at if _STATES.fullmatch(name)}
    number = next((at[name] for name in _IDS if name in at), None)
    silent = (yes[1] | yes[2]) & ~(yes[3] | yes[4] | yes[5])
    return Origin(
        "SurveyXact",
        {} if number is None else {number: "respondent"},
        left_out(table, technical | _TECHNICAL),
        not_answers={"no_answer_given": silent},
        partial=np.asarray((yes[3] | yes[5]) & ~yes[4]),
    )
