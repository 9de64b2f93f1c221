"""Background columns: choices by code or label, numbers with either decimal sign, plain texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.problems import Problem
from relsurvey.responses.background_fields import FieldSpec
from relsurvey.responses.changes import change
from relsurvey.responses.decode_item import BLANK_MARKS, cells_with
from relsurvey.responses.labels import as_code, fold, nearest, nearest_texts
from relsurvey.responses.problem_rows import cell_problems
from relsurvey.responses.source import Change
from relsurvey.responses.table import Column

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:([.,])[0-9]{1,12})?")
_NEAREST_UP_TO = 50


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """A background column: float64 with NaN, or Python strings with None; what was wrong; changes.

    ``decimal`` is the decimal sign that the column's numbers use, or "".
    """

    values: NDArray[np.float64] | NDArray[np.object_]
    problems: tuple[Problem, ...] = ()
    log: tuple[Change, ...] = ()
    decimal: str = ""


def decode_background(
    column: Column,
    spec: FieldSpec,
    *,
    file: str,
    rows: NDArray[np.int64],
    decimal: str | None = None,
) -> Background:
    """Read a background column.

    Parameters
    ----------
    column : Column
        Cells.
    spec : FieldSpec
        Type, bounds and options.
    file, rows
        Where the cells stand, for the problems.
    decimal : {",", "."}, optional
        Decimal sign; without it either is taken, but not both in one column.
    """
    if spec.type == "number":
        return _numbers(column, spec, file, rows, decimal)
    if spec.type == "choice":
        return _choices(column, spec, file, rows)
    texts = [" ".join(text.split()) or None for text in column.texts]
    return Background(_spread(texts, column))


def _spread(texts: list[str | None], column: Column) -> NDArray[np.object_]:
    values = np.empty(len(texts), dtype=object)
    values[:] = texts
    spread: NDArray[np.object_] = values[column.codes]
    return spread


def _choices(column: Column, spec: FieldSpec, file: str, rows: NDArray[np.int64]) -> Background:
    used = _used(column)
    values: list[str | None] = [None] * len(column.texts)
    unknown: list[str] = []
    recoded: list[str] = []
    labels_decide = _labels_decide(column, spec, used)
    for place, text in enumerate(column.texts):
        meant = _meant(column.labels.get(text, "") if labels_decide else text, spec)
        if len(meant) == 1:
            (values[place],) = meant
            if text in used and (labels_decide or not _is_code(text, values[place])):
                recoded.append(text)
        elif text in used:
            unknown.append(text)
    problems = _unknown_options(column, spec, unknown, file, rows)
    n_recoded = len(cells_with(column, recoded)[0])
    code = "value_label_read" if labels_decide else "label_read"
    log = (change(code, spec.id, n_recoded),) if n_recoded else ()
    blanked = _blanked(column, spec)
    return Background(_spread(values, column), tuple(problems), (*log, *blanked))


def _is_code(text: str, code: str | None) -> bool:
    return fold(text) == fold(code or "") or str(as_code(text)) == code


def _labels_decide(column: Column, spec: FieldSpec, used: set[str]) -> bool:
    """Whether the file's value labels are known and say something else than its codes."""
    known = {
        text: meant
        for text in used
        if text in column.labels and (meant := _meant(column.labels[text], spec))
    }
    return any(_meant(text, spec) != meant for text, meant in known.items())


def _meant(text: str, spec: FieldSpec) -> frozenset[str]:
    found = spec.options.get(fold(text))
    if found is None and (number := as_code(text)) is not None:
        found = spec.options.get(str(number))
    return found or frozenset()


def _used(column: Column) -> set[str]:
    return {
        text
        for text, count in zip(column.texts, column.counts(), strict=True)
        if count and text.strip() and text.strip() not in BLANK_MARKS
    }


def _unknown_options(
    column: Column, spec: FieldSpec, unknown: list[str], file: str, rows: NDArray[np.int64]
) -> list[Problem]:
    found: list[Problem] = []
    options = ", ".join(spec.option_codes)
    known = {key: key for key in spec.options}
    groups = (
        [(nearest(text, known), [text]) for text in unknown]
        if len(unknown) <= _NEAREST_UP_TO
        else [("", unknown)]
    )
    for near, texts in groups:
        at, cells = cells_with(column, texts)
        found += cell_problems(
            "unknown_option",
            rows[at],
            cells,
            file=file,
            column=spec.id,
            options=options,
            **nearest_texts(near, en="; the nearest is “{found}”", da="; nærmest er »{found}«"),
        )
    return found


def _numbers(
    column: Column, spec: FieldSpec, file: str, rows: NDArray[np.int64], decimal: str | None
) -> Background:
    used = _used(column)
    signs = {
        match.group(1)
        for text in used
        if (match := _NUMBER.fullmatch(text.strip())) and match.group(1)
    }
    mixed = decimal is None and len(signs) > 1
    value_of = np.full(len(column.texts), np.nan)
    bad: dict[str, list[str]] = {}
    for place, text in enumerate(column.texts):
        if text not in used:
            continue
        value, wrong = _number(text.strip(), spec, decimal, mixed=mixed)
        value_of[place] = value
        if wrong:
            bad.setdefault(wrong, []).append(text)
    problems = [
        one
        for code, texts in bad.items()
        for one in _number_problems(code, texts, column, spec, file, rows)
    ]
    sign = decimal or (signs.pop() if len(signs) == 1 else "")
    return Background(value_of[column.codes], tuple(problems), _blanked(column, spec), sign)


def _number(text: str, spec: FieldSpec, decimal: str | None, *, mixed: bool) -> tuple[float, str]:
    match = _NUMBER.fullmatch(text)
    if not match or (match.group(1) and decimal and match.group(1) != decimal):
        return np.nan, "not_a_number"
    if match.group(1) and mixed:
        return np.nan, "mixed_decimals"
    value = float(text.replace(",", "."))
    low, high = _bounds(spec)
    if not low <= value <= high:
        return np.nan, "out_of_bounds"
    if spec.whole and not value.is_integer():
        return np.nan, "not_whole"
    return value, ""


def _bounds(spec: FieldSpec) -> tuple[float, float]:
    return (
        -np.inf if spec.low is None else spec.low,
        np.inf if spec.high is None else spec.high,
    )


def _number_problems(
    code: str,
    texts: list[str],
    column: Column,
    spec: FieldSpec,
    file: str,
    rows: NDArray[np.int64],
) -> list[Problem]:
    low, high = _bounds(spec)
    at, cells = cells_with(column, texts)
    return cell_problems(code, rows[at], cells, file=file, column=spec.id, low=low, high=high)


def _blanked(column: Column, spec: FieldSpec) -> tuple[Change, ...]:
    marks = [
        text
        for text in column.texts
        if text.strip() in BLANK_MARKS and fold(text) not in spec.options
    ]
    n = len(cells_with(column, marks)[0])
    return (change("mark_read", spec.id, n),) if n else ()
