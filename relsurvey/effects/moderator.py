"""How span of control enters a moderated regression: its centred logarithm, or classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases
from relsurvey.effects.span_classes import span_class, span_labels
from relsurvey.errors import DataError, ModelError

FloatArray = NDArray[np.float64]

FORMS = ("log", "classes")
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
        ``at span`` of the places for simple slopes; ``at`` is ``p10 p50 p90`` or a class.
    mark_columns : array (rows of marks, m)
        The moderator's columns at these places.
    grid : DataFrame
        ``at span`` of the places for a curve, never beyond the spans observed.
    grid_columns : array (rows of grid, m)
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
    return _as_log(name, spans, classes)


def _as_log(name: str, spans: FloatArray, classes: pd.DataFrame) -> Moderator:
    if spans.min() <= 0:
        raise DataError(
            f"The moderator {name!r} must be positive: its logarithm is used.",
            got=f"{int((spans <= 0).sum())} rows with zero or less",
            expected="a number of employees of at least 1",
        )
    centre = float(np.log(spans).mean())
    marks = np.percentile(spans, PERCENTILES)
    grid = np.geomspace(spans.min(), spans.max(), GRID_POINTS).clip(spans.min(), spans.max())
    places = ", ".join(f"{value:g}" for value in marks)
    return Moderator(
        names=(f"log({name})",),
        columns=(np.log(spans) - centre)[:, None],
        marks=pd.DataFrame({"at": [f"p{value}" for value in PERCENTILES], "span": marks}),
        mark_columns=(np.log(marks) - centre)[:, None],
        grid=pd.DataFrame({"at": "", "span": grid}),
        grid_columns=(np.log(grid) - centre)[:, None],
        classes=classes,
        notes=(
            f"{name} enters as its natural logarithm, centred; main effects hold at "
            f"{np.exp(centre):.3g}. Simple slopes are at the 10th, 50th and 90th percentile over "
            f"rows ({places}); observed range {spans.min():g} to {spans.max():g}.",
        ),
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
    marks = pd.DataFrame({"at": present, "span": middle})
    indicators = np.eye(len(present))[:, 1:]
    return Moderator(
        names=tuple(f"{name}[{label}]" for label in present[1:]),
        columns=(found[:, None] == codes[1:]).astype(np.float64),
        marks=marks,
        mark_columns=indicators,
        grid=marks,
        grid_columns=indicators,
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
