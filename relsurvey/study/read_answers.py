"""Read the answers and the roster that a study names."""

from __future__ import annotations

from pathlib import Path

from relsurvey.errors import StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.responses.careless import careless
from relsurvey.responses.exclude import exclude
from relsurvey.responses.join_waves import join_waves
from relsurvey.responses.read_responses import read_responses
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import Roster, read_roster
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
        Answers with the roster's facts joined, and the problems found while reading; several
        waves below each other.

    Raises
    ------
    StudyError, InstrumentError, ResponsesError
        A file that is not there or cannot be read at all.
    """
    instrument = load_instrument(study.instrument_source())
    instrument.form(study.form)
    path = study.roster_path()
    roster = read_roster(path, instrument, columns=study.roster.columns) if path else None
    waves = {
        wave: _wave(study, instrument, roster, wave, files)
        for wave, files in study.answers_paths().items()
    }
    return waves[""] if "" in waves else join_waves(waves, units=study.units_path())


def read_leaders(study: Study, instrument: Instrument) -> Responses | None:
    """Read leaders' answers to their own form, where the study names them.

    Raises
    ------
    StudyError, InstrumentError, ResponsesError
        No such file, no form for leaders, or a file that cannot be read.
    """
    path = study.leaders_path()
    if path is None:
        return None
    forms = [form.id for form in instrument.forms if form.audience == "leader"]
    if not forms:
        raise StudyError("The instrument has no form for leaders.", where="[scorecards] leaders")
    return read_responses(path, instrument, form=forms[0], columns=study.scorecards.leader_columns)


def _wave(
    study: Study, instrument: Instrument, roster: Roster | None, wave: str, files: tuple[Path, ...]
) -> Responses:
    """Read the files of one wave; several must have names that tell them apart."""
    parts = {file.stem: _file(study, instrument, roster, file) for file in files}
    if not files or len(parts) < len(files):
        raise StudyError(
            "A wave needs files with names of their own." if files else "A wave has no file.",
            where=f"[answers] waves, {wave}",
            got=", ".join(file.name for file in files),
        )
    return join_waves(parts) if len(parts) > 1 else next(iter(parts.values()))


def _file(study: Study, instrument: Instrument, roster: Roster | None, file: Path) -> Responses:
    wanted = study.answers
    responses = read_responses(
        file,
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
