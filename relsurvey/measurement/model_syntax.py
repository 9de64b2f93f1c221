"""A measurement model as factor → items, from a mapping or from lavaan's ``=~`` lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from relsurvey.errors import ModelError

Model = Mapping[str, Sequence[str]] | str
LINE = re.compile(r"^\s*(\w[\w.]*)\s*=~\s*(\w[\w.]*(?:\s*\+\s*\w[\w.]*)*)\s*$")


def read_model(model: Model) -> dict[str, list[str]]:
    """Return the model as a dictionary of factor to items.

    Parameters
    ----------
    model : mapping or str
        ``{"visual": ["x1", "x2", "x3"]}``, or lines such as ``visual =~ x1 + x2 + x3`` separated
        by line breaks or semicolons, with ``#`` before comments.

    Raises
    ------
    ModelError
        When the model is empty, a factor has no items or an item twice, a factor bears an item's
        name, or a line says anything else than which items load on a factor.
    """
    found = _from_text(model) if isinstance(model, str) else _from_mapping(model)
    if not found:
        raise ModelError("The model has no factors.", expected='{"factor": ["x1", "x2", "x3"]}')
    items = {item for columns in found.values() for item in columns}
    for factor, columns in found.items():
        twice = sorted({str(item) for item in columns if columns.count(item) > 1})
        if twice:
            raise ModelError(
                "An item stands twice in one factor.",
                where=f"factor {factor}",
                got=", ".join(twice),
            )
        if len(columns) < 2:
            raise ModelError(
                "A factor needs two items or more.",
                where=f"factor {factor}",
                got=", ".join(str(item) for item in columns) or "no items",
            )
        if factor in items:
            raise ModelError("A factor bears the name of an item.", got=str(factor))
    return found


def _from_mapping(model: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    if not isinstance(model, Mapping):
        raise ModelError(
            "The model is neither a mapping nor text.",
            got=type(model).__name__,
            expected='{"factor": ["x1", "x2", "x3"]}',
        )
    for factor, items in model.items():
        if isinstance(items, str):
            raise ModelError("A factor needs a list of items.", where=f"factor {factor}", got=items)
    return {factor: list(items) for factor, items in model.items()}


def _from_text(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in re.split(r"[\n;]", re.sub(r"#.*", "", text)):
        if not line.strip():
            continue
        match = LINE.match(line)
        if match is None:
            raise ModelError(
                "A line of the model is not understood.",
                got=line.strip(),
                expected="factor =~ item + item + item",
                hint="Fixed values, correlated residuals, regressions and factors of factors are "
                "not supported.",
            )
        items = [item.strip() for item in match[2].split("+")]
        found.setdefault(match[1], []).extend(items)
    return found
