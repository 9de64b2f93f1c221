"""The group of every respondent: a background column, or classes of the span of control."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relsurvey.effects.span_classes import span_class, span_labels
from relsurvey.study.plan import SPAN, SPAN_CLASS


def group_labels(frame: pd.DataFrame, name: str, breaks: tuple[float, ...]) -> pd.Series:
    """Return the label of every row's group; missing where it is not known.

    Parameters
    ----------
    frame : DataFrame
        One row a respondent.
    name : str
        A column of the frame, or ``span_class``.
    breaks : tuple of float
        Between the classes of span of control.
    """
    if name != SPAN_CLASS:
        found = frame[name] if name in frame else pd.Series(np.nan, index=frame.index)
        return found.astype("object").rename(name)
    if SPAN not in frame:
        return pd.Series(np.nan, index=frame.index, name=name, dtype="object")
    spans = pd.to_numeric(frame[SPAN], errors="coerce")
    labels = span_labels(breaks)
    classes = span_class(spans.fillna(0.0).to_numpy(dtype=np.float64), breaks)
    named = [labels[at] for at in classes]
    ordered = pd.Categorical(named, categories=list(labels), ordered=True)
    return pd.Series(ordered, index=frame.index, name=name).where(spans.notna())
