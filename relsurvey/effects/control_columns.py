"""Control variables as columns of a design: numbers as they are, groups as indicators."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases, require_variation

FloatArray = NDArray[np.float64]


def control_columns(
    cases: CompleteCases, controls: Sequence[str]
) -> tuple[tuple[str, ...], FloatArray]:
    """Return names and columns (n, c) of the controls.

    Parameters
    ----------
    cases : CompleteCases
    controls : sequence of str
        Numeric columns enter as they are; any other type as an indicator for each value but the
        first in sorted order, named ``sector[administration]``.

    Raises
    ------
    ModelError
        A control with one value in every row.
    """
    names: list[str] = []
    columns: list[FloatArray] = []
    for control in controls:
        values = cases.frame[control]
        if pd.api.types.is_numeric_dtype(values.dtype):
            found = values.to_numpy(dtype=np.float64)[:, None]
            require_variation(found, [control])
            names.append(control)
        else:
            text = values.astype(str)
            levels = np.asarray(sorted(text.unique()))
            codes = np.searchsorted(levels, text.to_numpy(dtype=str)).astype(np.float64)
            require_variation(codes[:, None], [control])
            found = (codes[:, None] == np.arange(1, levels.size)).astype(np.float64)
            names.extend(f"{control}[{level}]" for level in levels[1:])
        columns.append(found)
    stacked = np.hstack(columns) if columns else np.empty((cases.n_obs, 0))
    return tuple(names), stacked
