"""Read a file of answers against an instrument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from relsurvey.errors import ResponsesError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.problems import Problems
from relsurvey.responses.background_fields import VERSION, FieldSpec, answer_fields, free_texts
from relsurvey.responses.join_roster import join_roster, span_by_counting
from relsurvey.responses.match_columns import Matched, match_columns
from relsurvey.responses.origins.companions import companions_of
from relsurvey.responses.origins.find_origin import find_origin
from relsurvey.responses.origins.names import names_of
from relsurvey.responses.origins.origin import brought_home
from relsurvey.responses.origins.positions import by_position
from relsurvey.responses.read_items import Items, read_items
from relsurvey.responses.read_table import ReadOptions, read_table
from relsurvey.responses.reading import Columns, Reading
from relsurvey.responses.responses import Responses
from relsurvey.responses.roster import Roster, read_roster
from relsurvey.responses.table import Table


def read_responses(
    path: str | Path,
    instrument: str | Path | Instrument = "relations",
    form: str = "full",
    *,
    roster: Roster | str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    language: str | None = None,
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    span_from_answers: bool = False,
    partial: bool = False,
    positions: bool = False,
) -> Responses:
    """Read answers from CSV, XLSX, SPSS ``.sav`` or Stata ``.dta``, as survey tools export them.

    The format is known by the file's bytes, the tool by its columns: LimeSurvey, Kobo and ODK,
    REDCap, Qualtrics, SurveyXact, Google and Microsoft Forms. Their own columns, headings and
    previews are left out; a heading that is a question stands for that question.
    Cells may hold codes or label texts in any of the instrument's languages. Missing codes and
    blanks become NaN with a reason; everything else that is no answer becomes NaN with reason
    ``"invalid"`` and a problem. Columns that belong neither to the questionnaire nor to the roster
    are reported and not carried; columns that look like CPR numbers never are.

    Parameters
    ----------
    path : str or Path
        The file.
    instrument : str, Path or Instrument, default "relations"
        What was asked: a shipped name, a file, or an instrument.
    form : str, default "full"
        Which form was fielded.
    roster : Roster, str or Path, optional
        The units; its leader, department, sector, span of control and headcount are joined to
        the answers by ``unit``. A path is read with `read_roster`.
    columns : mapping of str to str, optional
        Name in the file to our id, for example ``{"COMPID": "unit"}``. Without it names are
        matched exactly, then without regard to case.
    language : str, optional
        Language of the label texts; without it every language of the instrument is understood.
    sheet : str or int, optional
        Sheet of a workbook by name or place (1 is the first); needed where several are filled.
    encoding, delimiter, decimal : str, optional
        Of a text file; found out where not given.
    span_from_answers : bool, default False
        Where neither the answers nor the roster know the span of control, count the answers per
        leader (else per unit). That is a lower bound, and the log says so.
    partial : bool, default False
        Keep answers that the tool says were not sent off. Files of tools that do not say so are
        read whole.
    positions : bool, default False
        Numbers are places in the list of answers (1 is the first, missing codes come last), as
        Enalyzer writes them by default; they cannot be told from codes, so it must be said.

    Returns
    -------
    Responses
        With ``problems`` and ``log``.

    Raises
    ------
    ResponsesError
        The file cannot be read at all, holds no answers, or none of the form's questions.
    InstrumentError
        Unknown instrument or form.
    """
    asked = instrument if isinstance(instrument, Instrument) else load_instrument(instrument)
    _check_arguments(asked, language, decimal)
    items = asked.form(form).items
    specs = answer_fields(asked)
    known = [*items, *specs, VERSION]
    options = ReadOptions(
        known=[*known, *(columns or {})],
        codes={*items, *(name for name, own in (columns or {}).items() if own in items)},
        sheet=sheet,
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
    )
    table = read_table(path, options)
    beside = companions_of(Path(path), table.source.format)
    origin = find_origin(table, names_of(asked, form), (columns or {}).keys(), beside)
    table = brought_home(table, origin, partial=partial)
    if positions:
        table = by_position(table, asked, items)
    matched = match_columns(table, known, columns, free_texts(asked))
    _refuse_useless(table, matched, items, form)
    reading = Reading(table, matched)
    answers = read_items(table, matched, asked, form, language)
    background = reading.background(specs, decimal)
    reading.version(asked)
    units = read_roster(roster, asked) if isinstance(roster, str | Path) else roster
    if units is not None:
        reading.take((), units.log)
        reading.take(*join_roster(background, units, table.source.file))
    if span_from_answers:
        reading.take(*span_by_counting(background, table.source.file))
    reading.missing_background(asked, form, background)
    return _put_together(asked, form, reading, answers, _ordered(background, specs), units)


def _check_arguments(instrument: Instrument, language: str | None, decimal: str | None) -> None:
    if language is not None and language not in instrument.languages:
        raise ResponsesError(
            "The instrument has no such language.",
            where=f"instrument {instrument.id!r}",
            got=language,
            expected=", ".join(instrument.languages),
        )
    if decimal not in (None, ",", "."):
        raise ResponsesError("This is no decimal sign.", got=repr(decimal), expected='"," or "."')


def _refuse_useless(table: Table, matched: Matched, items: tuple[str, ...], form: str) -> None:
    if not any(item in matched.columns for item in items):
        names = ", ".join(problem.column for problem in matched.problems if problem.column)
        raise ResponsesError(
            "The file holds none of the questions.",
            where=table.source.file,
            got=f"columns {names[:300]}",
            expected=f"columns {', '.join(items[:8])} … of form {form!r}",
            hint="Rename the columns, give a column map, or choose the instrument that was used. "
            "The first row must hold the column names.",
        )
    if not len(table.rows):
        raise ResponsesError(
            "The file holds no answers, only column names.",
            where=table.source.file,
            hint="Check that the right file was exported.",
        )


def _ordered(background: Columns, specs: Mapping[str, FieldSpec]) -> Columns:
    order = [*specs, *background]
    return {name: background[name] for name in dict.fromkeys(order) if name in background}


def _put_together(
    instrument: Instrument,
    form: str,
    reading: Reading,
    answers: Items,
    background: Columns,
    roster: Roster | None,
) -> Responses:
    rows = reading.table.rows
    index = pd.Index(rows, name="row")
    frame = pd.DataFrame(answers.values, index=index, columns=list(answers.items), copy=False)
    for place, (name, values) in enumerate(background.items()):
        frame.insert(place, name, pd.Series(values, index=index, dtype=values.dtype, copy=False))
    kind = pd.CategoricalDtype(list(answers.categories))
    reasons = pd.DataFrame(
        {
            item: pd.Categorical.from_codes(answers.reasons[:, place], dtype=kind)
            for place, item in enumerate(answers.items)
        },
        index=index,
    )
    signs = set(reading.decimals)
    source = replace(
        reading.table.source,
        n_rows=len(rows),
        decimal=reading.table.source.decimal or (signs.pop() if len(signs) == 1 else ""),
    )
    return Responses(
        instrument=instrument,
        form=form,
        frame=frame,
        reasons=reasons,
        roster=roster,
        source=source,
        problems=Problems.collect(reading.problems, answers.problems),
        log=(*reading.log, *answers.log),
    )
