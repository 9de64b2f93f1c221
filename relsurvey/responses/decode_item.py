"""One item's column of texts as answer codes, each unreadable cell as a problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.problems import Problem
from relsurvey.responses.changes import change
from relsurvey.responses.labels import Meanings, fold, nearest_texts
from relsurvey.responses.problem_rows import cell_problems, problem
from relsurvey.responses.source import Change
from relsurvey.responses.table import Column

BLANK_MARKS = frozenset({"NA", "#NULL!"})  # how R and SPSS write nothing into a CSV file
_NEAREST_UP_TO = 50  # distinct texts of a column for which the nearest label is looked up


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A column's answers.

    Attributes
    ----------
    values : ndarray of float64, shape (n,)
        Answer codes, NaN where there is no valid answer.
    reasons : ndarray of int8, shape (n,)
        Place of the reason in the list of reasons given to `decode_item`.
    problems, log
        What could not be read, and what was recoded.
    """

    values: NDArray[np.float64]
    reasons: NDArray[np.int8]
    problems: tuple[Problem, ...]
    log: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the distinct texts of a column mean: a code each, or blank, or why not."""

    codes: dict[str, int]
    blank: frozenset[str]
    ambiguous: frozenset[str]
    labels_used: frozenset[str]
    remark: str = ""


def decode_item(
    column: Column,
    meanings: Meanings,
    reasons: tuple[str, ...],
    *,
    item: str,
    file: str,
    rows: NDArray[np.int64],
) -> Decoded:
    """Read an item's column.

    Codes or label texts are told apart per column: where a text can be both and they differ, the
    column must be readable as codes throughout or as labels throughout, otherwise its unclear
    cells are problems. Labels that differ between languages are told apart in the same way.
    Nothing is guessed: a cell that is neither blank nor a code nor a label is a problem and has
    the reason ``"invalid"``.

    Parameters
    ----------
    column : Column
        Cells.
    meanings : Meanings
        Of the item's scale.
    reasons : tuple of str
        ``""``, the missing codes' ids, ``"skipped"``, ``"invalid"`` …; fixes the reasons' codes.
    item, file, rows
        Where the cells stand, for the problems.
    """
    counts = column.counts()
    used = [text for text, count in zip(column.texts, counts, strict=True) if count]
    reading = _read(column, used, meanings)
    value_of = np.full(len(column.texts), np.nan)
    reason_of = np.full(len(column.texts), reasons.index("invalid"), dtype=np.int8)
    for place, text in enumerate(column.texts):
        code = reading.codes.get(text)
        if code is None:
            if text in reading.blank:
                reason_of[place] = reasons.index("skipped")
        elif code in meanings.missing:
            reason_of[place] = reasons.index(meanings.missing[code])
        else:
            value_of[place], reason_of[place] = code, 0
    problems = _problems(column, used, reading, meanings, item=item, file=file, rows=rows)
    tally = dict(zip(column.texts, counts.tolist(), strict=True))
    return Decoded(
        value_of[column.codes],
        reason_of[column.codes],
        problems,
        tuple(_changes(reading, column, tally, item)),
    )


def _read(column: Column, used: list[str], meanings: Meanings) -> _Reading:
    filled = [text for text in used if text.strip()]
    blank = {text for text in used if not text.strip()}
    if column.labels:
        reading = _by_value_labels(column, filled, meanings)
        if reading is not None:
            return reading
    by_code = {text: code for text in filled if (code := meanings.code(text)) is not None}
    by_label = {text: codes for text in filled if (codes := meanings.labelled(text))}
    blank |= {
        text
        for text in filled
        if text not in by_code
        and text not in by_label
        and (text.strip() in BLANK_MARKS or text in column.declared_missing)
    }
    told = set(filled) - blank
    clash = any(
        by_label.get(text, {by_code[text]}) != {by_code[text]} for text in by_code if text in told
    )
    all_codes, all_labels = by_code.keys() >= told, by_label.keys() >= told
    if clash and all_codes and not all_labels:
        by_label = {}
    elif clash and all_labels and not all_codes:
        by_code = {}
    return _settle(by_code, by_label, frozenset(blank), meanings)


def _settle(
    by_code: dict[str, int],
    by_label: dict[str, frozenset[int]],
    blank: frozenset[str],
    meanings: Meanings,
) -> _Reading:
    """Give each text its one meaning; what keeps several is ambiguous."""
    one_language = meanings.in_one_language(list(by_label)) if by_label else {}
    codes: dict[str, int] = {}
    ambiguous: set[str] = set()
    for text in dict.fromkeys([*by_code, *by_label]):
        options = set(by_label.get(text, ()))
        if len(options) > 1 and one_language:
            options = set(one_language.get(fold(text), options))
        if text in by_code:
            options.add(by_code[text])
        if len(options) == 1:
            codes[text] = options.pop()
        else:
            ambiguous.add(text)
    labels_used = frozenset(text for text in by_label if text in codes and text not in by_code)
    mixed = labels_used and any(text in codes for text in by_code)
    return _Reading(
        codes, blank, frozenset(ambiguous), labels_used, "codes_and_labels" if mixed else ""
    )


def _by_value_labels(column: Column, filled: list[str], meanings: Meanings) -> _Reading | None:
    """Read a file's value labels; None where they add nothing to the codes.

    Where every known label sits on the code that the instrument gives it, the codes are read.
    Where one does not, the labels decide, because they are what people saw.
    """
    labelled = {
        text: codes
        for text in filled
        if text in column.labels and (codes := meanings.labelled(column.labels[text]))
    }
    if all(meanings.code(text) in codes for text, codes in labelled.items()):
        return None
    as_given = all(
        meanings.code(text) in (None, *codes) for text, codes in labelled.items()
    )  # then codes without a label, such as Stata's beside its .a and .b, are what they are
    bare = {
        text: code
        for text in filled
        if as_given and text not in column.labels and (code := meanings.code(text)) is not None
    }
    reading = _settle(bare, labelled, frozenset(), meanings)
    declared = frozenset(
        text for text in filled if text in column.declared_missing and text not in labelled
    )
    blank = declared | {text for text in column.texts if not text.strip()}
    return _Reading(reading.codes, blank, reading.ambiguous, reading.labels_used, "value_labels")


def _problems(
    column: Column,
    used: list[str],
    reading: _Reading,
    meanings: Meanings,
    *,
    item: str,
    file: str,
    rows: NDArray[np.int64],
) -> tuple[Problem, ...]:
    bad = [text for text in used if text not in reading.codes and text not in reading.blank]
    groups: dict[tuple[str, str], set[str]] = {}
    for text in bad:
        groups.setdefault(_kind(text, reading, meanings, len(bad)), set()).add(text)
    found: list[Problem] = []
    for (kind, near), texts in groups.items():
        at, cells = cells_with(column, texts)
        found += cell_problems(
            kind,
            rows[at],
            cells,
            file=file,
            column=item,
            codes=meanings.described(),
            **nearest_texts(near, en="; the nearest is “{found}”", da="; nærmest er »{found}«"),
        )
    if reading.remark == "codes_and_labels":
        found.append(problem("codes_and_labels", file=file, column=item))
    if column.labels and not reading.labels_used and _unfamiliar(column, meanings):
        labels = "; ".join(f"{code} = {label}" for code, label in column.labels.items())
        found.append(problem("unfamiliar_value_labels", file=file, column=item, found=labels))
    return tuple(found)


def _unfamiliar(column: Column, meanings: Meanings) -> bool:
    return not any(meanings.labelled(label) for label in column.labels.values())


def _kind(text: str, reading: _Reading, meanings: Meanings, n_bad: int) -> tuple[str, str]:
    if text in reading.ambiguous:
        return "ambiguous_label", ""
    stripped = text.strip().replace(",", ".", 1)
    if stripped.lstrip("+-").replace(".", "", 1).isdigit():
        return "unknown_code", ""
    return "unknown_label", meanings.nearest(text) if n_bad <= _NEAREST_UP_TO else ""


def cells_with(column: Column, texts: Iterable[str]) -> tuple[NDArray[np.intp], list[str]]:
    """Places of the cells that hold one of the texts, and what each holds."""
    wanted = set(texts)
    marked = np.fromiter((text in wanted for text in column.texts), bool, len(column.texts))
    at = np.flatnonzero(marked[column.codes])
    return at, [column.texts[code] for code in column.codes[at].tolist()]


def _changes(
    reading: _Reading, column: Column, tally: dict[str, int], item: str
) -> Iterable[Change]:
    counts = {
        "value_label_read" if reading.remark == "value_labels" else "label_read": (
            sum(tally[text] for text in reading.labels_used)
        ),
        "declared_missing": sum(tally[text] for text in reading.blank & column.declared_missing),
        "mark_read": sum(
            tally[text]
            for text in reading.blank - column.declared_missing
            if text.strip() in BLANK_MARKS
        ),
    }
    return [change(code, item, n) for code, n in counts.items() if n]
