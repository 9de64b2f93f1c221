"""Scores: the mean of a construct's answered items, per person."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.instrument.response_scale import ResponseScale
from relsurvey.responses.keyed_items import keyed_items, turn_reversed
from relsurvey.responses.responses import Responses
from relsurvey.scoring.scores import Scores

__all__ = ["Scores", "keyed_items", "score"]


def score(
    data: Responses | pd.DataFrame,
    min_answered: float = 0.5,
    *,
    instrument: str | Path | Instrument | None = None,
    form: str = "full",
) -> Scores:
    """Score every construct of a form.

    A person's score is the mean of the answered items, reverse-keyed ones turned, where at least
    ``min_answered`` of the construct's items in the form are answered; otherwise NaN.

    Parameters
    ----------
    data : Responses or DataFrame
        Answers; a plain frame needs a column of codes for every item of the form, with NaN where
        there is no answer. Its other columns are kept.
    min_answered : float, default 0.5
        Share of items, above 0 and at most 1.
    instrument, form
        For a plain frame; `Responses` know their own.

    Returns
    -------
    Scores
        On the item scale and on 0–100, (mean − low) / (high − low) · 100.

    Raises
    ------
    DataError
        An item column missing, no numbers, or with values that are no code of its scale; a
        construct whose items have different scales; a rule outside its bounds.
    """
    if not 0 < min_answered <= 1:
        raise DataError(
            "The share of items to be answered is out of bounds.",
            where="min_answered",
            got=str(min_answered),
            expected="above 0 and at most 1",
        )
    asked, form, frame = _asked(data, instrument, form)
    items = list(asked.form(form).items)
    answers = _codes(frame, items, asked)
    turned = turn_reversed(answers, items, asked)
    kept = frame[[column for column in frame.columns if column not in set(items)]]
    place = {item: at for at, item in enumerate(items)}
    means: dict[str, NDArray[np.float64]] = {}
    percent: dict[str, NDArray[np.float64]] = {}
    answered: dict[str, NDArray[np.int64]] = {}
    n_items: dict[str, int] = {}
    for construct, members in asked.model(form).items():
        _refuse_column(construct, kept)
        scale = _one_scale(asked, construct, members)
        part = turned[:, [place[item] for item in members]]
        means[construct], answered[construct] = _mean_of_answered(part, min_answered)
        percent[construct] = (means[construct] - scale.low) / (scale.high - scale.low) * 100
        n_items[construct] = len(members)
    return Scores(
        instrument=asked,
        form=form,
        frame=_beside(kept, means),
        frame_100=_beside(kept, percent),
        n_answered=pd.DataFrame(answered, index=frame.index),
        n_items=n_items,
        min_answered=min_answered,
        notes=_notes(means, answered, min_answered),
    )


def _asked(
    data: Responses | pd.DataFrame, instrument: str | Path | Instrument | None, form: str
) -> tuple[Instrument, str, pd.DataFrame]:
    if isinstance(data, Responses):
        return data.instrument, data.form, data.frame
    if instrument is None:
        raise DataError(
            "A plain frame needs to be told what was asked.",
            where="instrument",
            got="None",
            expected='a name such as "relations", a path, or an Instrument',
        )
    known = instrument if isinstance(instrument, Instrument) else load_instrument(instrument)
    return known, form, data


def _codes(frame: pd.DataFrame, items: list[str], instrument: Instrument) -> NDArray[np.float64]:
    missing = [item for item in items if item not in frame.columns]
    if missing:
        raise DataError(
            "The frame lacks items of the form.",
            got=", ".join(str(column) for column in frame.columns[:20]),
            expected=", ".join(missing),
            hint="Choose the form that was fielded, or rename the columns.",
        )
    if not frame.columns.is_unique:
        twice = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})
        raise DataError("A column name stands twice in the frame.", got=", ".join(twice))
    answers = np.empty((len(frame), len(items)), order="F")
    for place, item in enumerate(items):
        answers[:, place] = _column(frame[item], item)
        strange = _strange(answers[:, place], instrument.scale_of(item))
        if strange is not None:
            raise DataError(
                "An item holds a value that is no code of its scale.",
                where=f"column {item!r}",
                got=f"{strange:g}",
                expected=", ".join(str(code) for code in instrument.scale_of(item).codes),
                hint="Set missing codes to NaN, or read the file with read_responses.",
            )
    return answers


def _column(series: pd.Series, item: str) -> NDArray[np.float64]:
    if not pd.api.types.is_numeric_dtype(series):
        raise DataError(
            "An item column holds no numbers.",
            where=f"column {item!r}",
            got=str(series.dtype),
            expected="answer codes",
            hint="Read the file with read_responses, which understands label texts.",
        )
    return series.to_numpy(dtype=np.float64, na_value=np.nan)


def _strange(values: NDArray[np.float64], scale: ResponseScale) -> float | None:
    known = np.isnan(values)
    for code in scale.codes:
        known |= values == code
    return None if known.all() else float(values[~known][0])


def _one_scale(instrument: Instrument, construct: str, items: list[str]) -> ResponseScale:
    scales = {item: instrument.scale_of(item) for item in items}
    first = next(iter(scales.values()))
    if any(scale.codes != first.codes for scale in scales.values()):
        raise DataError(
            "A construct's items have different response scales, so their mean has no meaning.",
            where=f"construct {construct!r}",
            got="; ".join(f"{item}: {scale.id}" for item, scale in scales.items()),
            hint="Give the items one scale, or split the construct.",
        )
    return first


def _refuse_column(construct: str, kept: pd.DataFrame) -> None:
    if construct in kept.columns:
        raise DataError(
            "The frame has a column with the name of a construct.",
            got=construct,
            hint="Rename or drop the column.",
        )


def _mean_of_answered(
    answers: NDArray[np.float64], min_answered: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    known = np.isfinite(answers)
    n = known.sum(axis=1)
    needed = max(min_answered * answers.shape[1] - 1e-9, 1.0)
    total = np.where(known, answers, 0.0).sum(axis=1)
    return np.where(n >= needed, total / np.maximum(n, 1), np.nan), n


def _beside(kept: pd.DataFrame, scores: dict[str, NDArray[np.float64]]) -> pd.DataFrame:
    return pd.concat([kept, pd.DataFrame(scores, index=kept.index)], axis=1)


def _notes(
    means: dict[str, NDArray[np.float64]],
    answered: dict[str, NDArray[np.int64]],
    min_answered: float,
) -> tuple[str, ...]:
    notes = [
        "A score is the mean of the answered items, given where at least "
        f"{min_answered:.0%} of the construct's items are answered."
    ]
    lost = {
        name: n
        for name, values in means.items()
        if (n := int((np.isnan(values) & (answered[name] > 0)).sum()))
    }
    if lost:
        people = ", ".join(f"{name} {n}" for name, n in lost.items())
        notes.append(f"Too few answers for a score, though some were given: {people}.")
    return tuple(notes)
