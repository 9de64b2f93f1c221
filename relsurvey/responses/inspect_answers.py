"""What a file of answers is taken for, before anything is read: tool, format, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.responses.background_fields import VERSION, answer_fields, free_texts
from relsurvey.responses.labels import Meanings, fold
from relsurvey.responses.match_columns import Matched, match_columns
from relsurvey.responses.origins.companions import companions_of
from relsurvey.responses.origins.find_origin import find_origin
from relsurvey.responses.origins.names import Names, names_of
from relsurvey.responses.origins.origin import Origin, brought_home, left_out_places
from relsurvey.responses.personal_data import without_personal_numbers
from relsurvey.responses.read_table import ReadOptions, read_table
from relsurvey.responses.source import Source
from relsurvey.responses.table import Column

TOOL, PERSONAL = "added by the tool", "tells who somebody is"
UNKNOWN = "not in the questionnaire"
TEXT = "text of the question"
_LEFT_OUT = {"tool_column": TOOL, "personal_column": PERSONAL}
_REFUSED = {
    "personal_numbers": PERSONAL,
    "email_addresses": PERSONAL,
    "duplicate_column": "stands twice and differs",
    "repeated_column": "stands twice",
}


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
    names = names_of(asked, form)
    beside = companions_of(Path(path), table.source.format)
    origin = find_origin(table, names, given.keys(), beside)
    home = brought_home(table, origin, partial=True)
    matched = match_columns(home, known, given, free_texts(asked))
    own = iter(home.columns)  # those that were not left out, in the same order
    rows = []
    for place, column in enumerate(table.columns):
        kept = None if place in left_out_places(origin) else next(own)
        target = next((name for name, one in matched.columns.items() if one is kept), "")
        meanings = Meanings.of(asked.scale_of(target), asked.languages) if target in items else None
        rows.append(
            {
                "column": without_personal_numbers(column.name),
                "taken_for": target,
                "why": _why(place, column.name, target, origin, names, given, matched),
                "holds": "" if kept is None else _holds(kept, meanings),
                "n_filled": int((column if kept is None else kept).counts()[1:].sum()),
            }
        )
    found = {row["taken_for"] for row in rows}
    return Inspection(home.source, pd.DataFrame(rows), tuple(i for i in items if i not in found))


def _why(
    place: int,
    name: str,
    target: str,
    origin: Origin,
    names: Names,
    given: Mapping[str, str],
    matched: Matched,
) -> str:
    """Say why a column is taken for what it is taken for, or not at all; reading decided that."""
    if name in given and target:
        return "as told"
    if target and place in origin.columns:
        return TEXT if names.by_text(name) == target else "name in the tool"
    if target:
        return "same name" if name == target else "same but for case"
    if place in left_out_places(origin):
        return _LEFT_OUT[origin.left_out[place]]
    shown = origin.columns.get(place, name)
    codes = [problem.code for problem in matched.problems if problem.column in (shown, name)]
    return _REFUSED.get(next(iter(codes), ""), UNKNOWN)


def _holds(column: Column, meanings: Meanings | None) -> str:
    """Say whether an item's cells are codes or labels, and of which language."""
    if meanings is None:
        return ""
    used = zip(column.texts, column.counts(), strict=True)
    filled = [text for text, n in used if n and text.strip()]
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
