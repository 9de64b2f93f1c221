"""Technical parts that several chapters show: a model's facts, and the remarks on its numbers."""

from __future__ import annotations

import pandas as pd

from relsurvey.report.desk import Desk
from relsurvey.report.page import Bullets, Column, Part, Table, Text

# Said elsewhere on the page, or nothing that a reader could use.
LEFT_OUT = ("moderator", "form", "metric", "converged", "confidence")


def model_facts(desk: Desk, glance: pd.DataFrame) -> Table:
    """Return the one row of a ``glance()`` as a table of name and value."""
    words = desk.words
    rows = tuple(
        (words.either(f"fact.{name}", str(name)), _value(desk, str(name), column))
        for name, column in glance.items()
        if name not in LEFT_OUT and column.notna().all()
    )
    columns = (Column(words("fact.name"), numeric=False), Column(words("fact.value")))
    return Table(words("fact.caption"), columns, rows)


def remarks(desk: Desk, notes: tuple[str, ...]) -> list[Part]:
    """Return the sentences that belong to the numbers, as the computation wrote them."""
    if not notes:
        return []
    language = "en" if desk.words.language != "en" else ""
    return [Text((desk.words("page.definition_note") + ":",)), Bullets(notes, language)]


def _value(desk: Desk, name: str, column: pd.Series) -> str:
    value, numbers = column.iloc[0], desk.numbers
    if name == "seed":
        return str(value)
    if column.dtype.kind in "iu":
        return numbers.whole(value)
    if column.dtype.kind != "f":
        return desk.words.either(f"estimator.{value}", str(value))
    if name.startswith("p_value"):
        return numbers.p_bare(value)
    return numbers.decimal(value, 3)
