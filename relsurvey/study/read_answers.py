"""Read the answers and the roster that a study names."""

from __future__ import annotations

from relsurvey.instrument.library import load_instrument
from relsurvey.responses.careless import careless
from relsurvey.responses.exclude import exclude
from relsurvey.responses.read_responses import read_responses
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import read_roster
from relsurvey.study.study_file import Study


def read_answers(study: Study) -> Responses:
    """Read what a study names.

    Parameters
    ----------
    study : Study
        Names instrument, form, answers and, where there is one, the roster.

    Returns
    -------
    Responses
        Answers with the roster's facts joined, and the problems found while reading.

    Raises
    ------
    StudyError, InstrumentError, ResponsesError
        A file that is not there or cannot be read at all.
    """
    instrument = load_instrument(study.instrument_source())
    instrument.form(study.form)
    wanted = study.answers
    path = study.roster_path()
    roster = read_roster(path, instrument, columns=study.roster.columns) if path else None
    responses = read_responses(
        study.answers_path(),
        instrument,
        form=study.form,
        roster=roster,
        columns=wanted.columns,
        sheet=wanted.sheet,
        encoding=wanted.encoding,
        delimiter=wanted.delimiter,
        decimal=wanted.decimal,
        span_from_answers=wanted.span_from_answers,
        partial=wanted.partial,
        positions=wanted.positions,
    )
    return _without_careless(responses, wanted.exclude_careless)


def _without_careless(responses: Responses, signs: int) -> Responses:
    if not signs:
        return responses
    out = careless(responses).tidy()["n_flags"].to_numpy() >= signs
    if not out.any():
        return responses
    return exclude(responses, out, f"at least {signs} sign(s) of careless answering")
