"""Every problem of a file of answers and its roster, as rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.problems import Problem, Problems
from relsurvey.responses.careless import careless
from relsurvey.responses.check_units import unit_problems
from relsurvey.responses.problem_rows import cell_problems, grouped_problems, problem
from relsurvey.responses.response_rates import answered
from relsurvey.responses.responses import Responses


def check(responses: Responses) -> Problems:
    """List everything that is wrong or worth knowing about a survey's data.

    Parameters
    ----------
    responses : Responses
        As read; nothing in it is changed.

    Returns
    -------
    Problems
        What was found while reading the answers and the roster, then: duplicate respondents,
        empty answers, units missing, unknown or without answers, spans and headcounts smaller
        than the number of answers, items without answers or without variation, and how many
        respondents show signs of careless answering.
    """
    return Problems.collect(
        responses.problems,
        responses.roster.problems if responses.roster is not None else (),
        _duplicates(responses),
        _empty(responses),
        unit_problems(responses),
        _items(responses),
        _careless(responses),
    )


def _duplicates(responses: Responses) -> list[Problem]:
    ids = responses.frame["respondent"]
    doubled = ids.duplicated(keep=False).to_numpy()
    return grouped_problems(
        "duplicate_respondent",
        responses.rows.to_numpy()[doubled],
        [str(name) for name in ids[doubled]],
        file=responses.source.file,
        column="respondent",
    )


def _empty(responses: Responses) -> list[Problem]:
    rows = responses.rows.to_numpy()[~answered(responses).to_numpy()]
    return cell_problems("empty_answers", rows, [""] * len(rows), file=responses.source.file)


def _items(responses: Responses) -> list[Problem]:
    """Items that nobody answered, and items that everybody answered alike."""
    found: list[Problem] = []
    for item in responses.items:
        if (responses.reasons[item] == "absent").all():
            continue  # reported as a missing column
        values = responses.frame[item].to_numpy()
        known = values[np.isfinite(values)]
        if not known.size:
            found.append(problem("empty_item", file=responses.source.file, column=item))
        elif known.size > 1 and known.min() == known.max():
            found.append(
                problem(
                    "constant_item",
                    file=responses.source.file,
                    column=item,
                    found=f"{known[0]:g}",
                )
            )
    return found


def _careless(responses: Responses) -> list[Problem]:
    """One row per index that flags anybody."""
    if not len(responses):
        return []
    result = careless(responses)
    flags = result.frame[[c for c in result.frame.columns if str(c).startswith("flag_")]]
    counts: pd.Series = flags.sum()
    return [
        problem(
            "careless",
            file=responses.source.file,
            column=str(name).removeprefix("flag_"),
            found=f"{int(n)} / {len(flags)}",
        )
        for name, n in counts.items()
        if n
    ]
