"""All item columns of a form as one matrix of answer codes, and why the rest is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.instrument.instrument import Instrument
from relsurvey.problems import Problem
from relsurvey.responses.decode_item import decode_item
from relsurvey.responses.labels import Meanings, nearest_texts
from relsurvey.responses.match_columns import Matched
from relsurvey.responses.problem_rows import problem
from relsurvey.responses.source import Change
from relsurvey.responses.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """The answers of a form.

    Attributes
    ----------
    items : tuple of str
        Item ids, in the order asked.
    values : ndarray of float64, shape (n, k), column-major
        Answer codes, NaN where there is no valid answer.
    reasons : ndarray of int8, shape (n, k), column-major
        Places in ``categories``.
    categories : tuple of str
        ``""``, the ids of the missing codes, ``"skipped"``, ``"invalid"``, ``"absent"``.
    """

    items: tuple[str, ...]
    values: NDArray[np.float64]
    reasons: NDArray[np.int8]
    categories: tuple[str, ...]
    problems: tuple[Problem, ...]
    log: tuple[Change, ...]


def reason_categories(instrument: Instrument, form: str) -> tuple[str, ...]:
    """Why an answer can be missing in a form: "" (it is not), missing codes, and three more."""
    ids = [
        missing.id
        for item in instrument.form(form).items
        for missing in instrument.scale_of(item).missing
    ]
    return tuple(dict.fromkeys(["", *ids, "skipped", "invalid", "absent"]))


def read_items(
    table: Table, matched: Matched, instrument: Instrument, form: str, language: str | None
) -> Items:
    """Read every item of a form, column by column."""
    items = instrument.form(form).items
    languages = (language,) if language else instrument.languages
    categories = reason_categories(instrument, form)
    shape = (len(table.rows), len(items))
    values = np.full(shape, np.nan, order="F")
    reasons = np.full(shape, categories.index("absent"), dtype=np.int8, order="F")
    problems: list[Problem] = []
    log: list[Change] = []
    meanings: dict[str, Meanings] = {}
    for place, item in enumerate(items):
        column = matched.columns.get(item)
        if column is None:
            continue
        scale = instrument.scale_of(item)
        if scale.id not in meanings:
            meanings[scale.id] = Meanings.of(scale, languages)
        read = decode_item(
            column,
            meanings[scale.id],
            categories,
            item=item,
            file=table.source.file,
            rows=table.rows,
        )
        values[:, place], reasons[:, place] = read.values, read.reasons
        problems += read.problems
        log += read.log
    problems = [*_missing_columns(matched, instrument, form, table.source.file), *problems]
    return Items(items, values, reasons, categories, tuple(problems), tuple(log))


def _missing_columns(
    matched: Matched, instrument: Instrument, form: str, file: str
) -> list[Problem]:
    items = instrument.form(form).items
    doubled = {p.column for p in matched.problems if p.code == "duplicate_column"}
    absent = [item for item in items if item not in matched.columns and item not in doubled]
    whole = [
        other.id
        for other in instrument.forms
        if other.id != form and all(item in matched.columns for item in other.items)
    ]
    hint = nearest_texts(
        ", ".join(whole),
        en=" The file has every question of form {found}.",
        da=" Filen har alle spørgsmål i skemaet {found}.",
    )
    return [
        problem(
            "missing_column",
            file=file,
            column=item,
            form=form,
            hint_en=hint["nearest_en"],
            hint_da=hint["nearest_da"],
        )
        for item in absent
    ]
