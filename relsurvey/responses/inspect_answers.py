"""What a file of answers is taken for, before anything is read: tool, format, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from relsurvey.errors import ResponsesError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.responses.background_fields import VERSION, answer_fields
from relsurvey.responses.labels import Meanings, fold
from relsurvey.responses.origins.companions import companions_of
from relsurvey.responses.origins.find_origin import find_origin
from relsurvey.responses.origins.names import Names, names_of
from relsurvey.responses.origins.origin import Origin
from relsurvey.responses.personal_data import (
    holds_email_addresses,
    holds_personal_numbers,
    without_personal_numbers,
)
from relsurvey.responses.read_table import ReadOptions, read_table
from relsurvey.responses.source import Source
from relsurvey.responses.table import Column

TOOL, PERSONAL = "added by the tool", "tells who somebody is"
UNKNOWN = "not in the questionnaire"
_LEFT_OUT = {"tool_column": TOOL, "personal_column": PERSONAL}


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """How a file will be read.

    Attributes
    ----------
    source : Source
        Format, encoding, delimiter, tool.
    mapping : DataFrame
        What ``tidy`` returns.
    missing : tuple of str
        Questions of the form that no column was taken for.
    """

    source: Source
    mapping: pd.DataFrame
    missing: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """Return one row per column of the file.

        ``column``; ``taken_for`` (our id, or ""); ``why`` (``same name``, ``same but for case``,
        ``as told``, ``name in the tool``, ``text of the question``, or why it is left out);
        ``holds`` (``codes``, ``labels da``, ``codes and labels`` …); ``n_filled``.
        """
        return self.mapping.copy()

    def describe(self) -> str:
        """Return what was found out about the file, in a sentence or two."""
        source = self.source
        parts = [source.tool or "no survey tool recognised", source.format.upper()]
        parts += [f"sheet {source.sheet}"] if source.sheet else []
        parts += [source.encoding] if source.encoding and source.format == "csv" else []
        if source.delimiter:
            parts.append(f"delimiter {'tab' if source.delimiter == chr(9) else source.delimiter}")
        text = f"{source.file}: {', '.join(parts)}."
        if self.missing:
            text += f" No column for {', '.join(self.missing)}."
        return text


def inspect_answers(
    path: str | Path,
    instrument: str | Path | Instrument = "relations",
    form: str = "full",
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Inspection:
    """Find out what a file is and what each of its columns would be taken for.

    Parameters
    ----------
    path, instrument, form, columns, sheet, encoding, delimiter
        As in `read_responses`.

    Returns
    -------
    Inspection

    Raises
    ------
    ResponsesError
        The file cannot be read at all.
    """
    asked = instrument if isinstance(instrument, Instrument) else load_instrument(instrument)
    items = asked.form(form).items
    known = [*items, *answer_fields(asked), VERSION]
    given = dict(columns or {})
    table = read_table(
        path,
        ReadOptions(known=[*known, *given], sheet=sheet, encoding=encoding, delimiter=delimiter),
    )
    for name in given:
        if name not in {column.name for column in table.columns}:
            raise ResponsesError(
                "The column map names a column that is not in the file.",
                where=table.source.file,
                got=name,
            )
    names = names_of(asked, form)
    beside = companions_of(Path(path), table.source.format)
    origin = find_origin(table, names, given.keys(), beside)
    rows = []
    for place, column in enumerate(table.columns):
        target, why = _taken_for(place, column, origin, names, given, known)
        meanings = Meanings.of(asked.scale_of(target), asked.languages) if target in items else None
        rows.append(
            {
                "column": without_personal_numbers(column.name),
                "taken_for": target,
                "why": why,
                "holds": _holds(column, meanings),
                "n_filled": int(column.counts()[1:].sum()),
            }
        )
    found = {row["taken_for"] for row in rows}
    source = replace(table.source, n_rows=len(table.rows), tool=origin.tool)
    return Inspection(source, pd.DataFrame(rows), tuple(i for i in items if i not in found))


def _taken_for(
    place: int,
    column: Column,
    origin: Origin,
    names: Names,
    given: Mapping[str, str],
    known: list[str],
) -> tuple[str, str]:
    if column.name in given:
        return given[column.name], "as told"
    if place in origin.columns:
        said = names.by_text(column.name) == origin.columns[place]
        return origin.columns[place], "text of the question" if said else "name in the tool"
    if place in origin.left_out:
        return "", _LEFT_OUT[origin.left_out[place]]
    if column.name in known:
        return column.name, "same name"
    folded = {one.casefold(): one for one in known}
    if column.name.casefold() in folded:
        return folded[column.name.casefold()], "same but for case"
    if holds_personal_numbers(column.texts) or holds_email_addresses(column.texts):
        return "", PERSONAL
    return "", UNKNOWN


def _holds(column: Column, meanings: Meanings | None) -> str:
    """Say whether an item's cells are codes or labels, and of which language."""
    if meanings is None:
        return ""
    filled = [text for text in column.texts if text.strip()]
    codes = [text for text in filled if meanings.code(text) is not None]
    labels = [text for text in filled if meanings.labelled(text)]
    strange = len(filled) - len(set(codes) | set(labels))
    languages = [
        language
        for language in meanings.by_language
        if labels and set(labels) <= {text for text in labels if _known(meanings, language, text)}
    ]
    parts = ["codes"] if codes else []
    if labels and not (codes and set(labels) <= set(codes)):
        parts.append(" ".join(["labels", *languages[:1]]))
    parts += [f"{strange} unknown"] if strange else []
    return " and ".join(parts)


def _known(meanings: Meanings, language: str, text: str) -> bool:
    return fold(text) in meanings.by_language[language]
