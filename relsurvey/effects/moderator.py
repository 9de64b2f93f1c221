"""How a moderator enters a regression: its logarithm, itself, with its square, or in classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases
from relsurvey.effects.span_classes import span_class, span_labels
from relsurvey.errors import DataError, ModelError

FloatArray = NDArray[np.float64]

FORMS = ("log", "linear", "quadratic", "classes")
PERCENTILES = (10, 50, 90)
GRID_POINTS = 41
FEW_CLUSTERS_IN_CLASS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Moderator:
    """The moderator's columns and the places at which slopes are reported.

    Attributes
    ----------
    names : tuple of str
        Of the m columns: ``log(span_of_control)``, or one per class but the first.
    columns : array (n, m)
    marks : DataFrame
        ``at value`` of the places for simple slopes; ``at`` is ``p10 p50 p90`` or a class.
    mark_columns : array (rows of marks, m)
        The moderator's columns at these places.
    grid : DataFrame
        ``at value`` of the places for a curve, never beyond the values observed.
    grid_columns : array (rows of grid, m)
    values : array (n,)
        The moderator in every row.
    encode : callable or None
        Turns values (r,) into columns (r, m); None in classes, which have no values in between.
    classes : DataFrame
        ``span_class n_obs n_clusters span_low span_high`` of the classes with anyone in them.
    notes : tuple of str
    """

    names: tuple[str, ...]
    columns: FloatArray
    marks: pd.DataFrame
    mark_columns: FloatArray
    grid: pd.DataFrame
    grid_columns: FloatArray
    values: FloatArray
    encode: Callable[[FloatArray], FloatArray] | None
    classes: pd.DataFrame
    notes: tuple[str, ...]


def encode_moderator(
    cases: CompleteCases, name: str, form: str, breaks: Sequence[float]
) -> Moderator:
    """Turn the moderator's column into the columns of a design.

    Raises
    ------
    DataError
        A span that is zero or negative, when the form is the logarithm.
    ModelError
        One span only, or everyone in one class.
    """
    spans = cases.columns([name])[:, 0]
    classes = _count_classes(cases, spans, breaks)
    if np.ptp(spans) == 0:
        raise ModelError(
            f"The moderator {name!r} has the same value in every row.",
            got=f"{spans[0]:g} everywhere",
            expected="at least two different values",
        )
    if form == "classes":
        return _as_classes(name, spans, breaks, classes)
    return _as_curve(name, spans, form, classes)


def _as_curve(name: str, values: FloatArray, form: str, classes: pd.DataFrame) -> Moderator:
    if form == "log" and values.min() <= 0:
        raise DataError(
            f"The moderator {name!r} must be positive: its logarithm is used.",
            got=f"{int((values <= 0).sum())} rows with zero or less",
            expected="a number of employees of at least 1",
            hint='Use form="linear" for a moderator that can be zero or negative.',
        )
    if form == "quadratic" and np.unique(values).size < 3:
        raise ModelError(
            f"A curve needs more values of {name!r}.",
            got=f"{np.unique(values).size} different values",
            expected="at least three",
        )
    logs = form == "log"
    centre = float((np.log(values) if logs else values).mean())
    marks = np.percentile(values, PERCENTILES)
    spaced = np.geomspace if logs else np.linspace
    grid = spaced(values.min(), values.max(), GRID_POINTS).clip(values.min(), values.max())

    def encode(at: FloatArray) -> FloatArray:
        centred = (np.log(at) if logs else at) - centre
        return np.column_stack([centred, centred**2]) if form == "quadratic" else centred[:, None]

    names = {"log": (f"log({name})",), "linear": (name,), "quadratic": (name, f"{name}^2")}
    return Moderator(
        names=names[form],
        columns=encode(values),
        marks=pd.DataFrame({"at": [f"p{value}" for value in PERCENTILES], "value": marks}),
        mark_columns=encode(marks),
        grid=pd.DataFrame({"at": "", "value": grid}),
        grid_columns=encode(grid),
        values=values,
        encode=encode,
        classes=classes,
        notes=(_curve_note(name, form, values, marks, float(np.exp(centre)) if logs else centre),),
    )


def _curve_note(name: str, form: str, values: FloatArray, marks: FloatArray, centre: float) -> str:
    how = {"log": "as its natural logarithm", "linear": "as it is", "quadratic": "with its square"}
    places = ", ".join(f"{value:g}" for value in marks)
    return (
        f"{name} enters {how[form]}, centred; main effects hold at {centre:.3g}. Simple slopes are "
        f"at the 10th, 50th and 90th percentile over rows ({places}); observed range "
        f"{values.min():g} to {values.max():g}."
    )


def _as_classes(
    name: str, spans: FloatArray, breaks: Sequence[float], classes: pd.DataFrame
) -> Moderator:
    if len(classes) < 2:
        raise ModelError(
            f"All rows fall in one class of {name!r}.",
            got=", ".join(classes["span_class"]),
            expected="rows in at least two classes",
            hint='Give other breaks, or use form="log".',
        )
    labels = span_labels(breaks)
    found = span_class(spans, breaks)
    present = [label for label in labels if label in set(classes["span_class"])]
    codes = np.array([labels.index(label) for label in present])
    middle = [float(np.median(spans[found == code])) for code in codes]
    marks = pd.DataFrame({"at": present, "value": middle})
    indicators = np.eye(len(present))[:, 1:]
    return Moderator(
        names=tuple(f"{name}[{label}]" for label in present[1:]),
        columns=(found[:, None] == codes[1:]).astype(np.float64),
        marks=marks,
        mark_columns=indicators,
        grid=marks,
        grid_columns=indicators,
        values=spans,
        encode=None,
        classes=classes,
        notes=(_class_note(name, labels, present), *_few_notes(classes)),
    )


def _class_note(name: str, labels: tuple[str, ...], present: list[str]) -> str:
    empty = [label for label in labels if label not in present]
    note = f"Classes of {name}: {', '.join(present)}; the first is the reference."
    return note + (f" Nobody is in {', '.join(empty)}." if empty else "")


def _few_notes(classes: pd.DataFrame) -> tuple[str, ...]:
    if "n_clusters" not in classes:
        return ()
    few = classes[classes["n_clusters"] < FEW_CLUSTERS_IN_CLASS]
    return tuple(
        f"Class {row.span_class} holds only {row.n_clusters} cluster(s) ({row.n_obs} rows): its "
        "slopes say little about leaders with such a span."
        for row in few.itertuples()
    )


def _count_classes(
    cases: CompleteCases, spans: FloatArray, breaks: Sequence[float]
) -> pd.DataFrame:
    found = span_class(spans, breaks)
    rows = []
    for code, label in enumerate(span_labels(breaks)):
        inside = found == code
        if not inside.any():
            continue
        row: dict[str, object] = {"span_class": label, "n_obs": int(inside.sum())}
        if cases.clusters is not None:
            row["n_clusters"] = int(np.unique(cases.clusters[inside]).size)
        row |= {"span_low": float(spans[inside].min()), "span_high": float(spans[inside].max())}
        rows.append(row)
    return pd.DataFrame(rows)
