"""Items as they enter scores and models: reverse-keyed ones turned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.responses import Responses


def turn_reversed(
    answers: NDArray[np.float64], items: Sequence[str], instrument: Instrument
) -> NDArray[np.float64]:
    """Copy of the answers, shape (n, k), with reverse-keyed items mirrored: low + high − code."""
    turned = answers.copy()
    for place, name in enumerate(items):
        if instrument.item(name).reverse:
            scale = instrument.scale_of(name)
            turned[:, place] = scale.low + scale.high - turned[:, place]
    return turned


def keyed_items(responses: Responses) -> pd.DataFrame:
    """Item columns with reverse-keyed items turned, so that a high code means much of a construct.

    Parameters
    ----------
    responses : Responses
        Answers as given.

    Returns
    -------
    DataFrame
        Index as ``responses.frame``; the items of the form in the order asked, float64.
    """
    items = list(responses.items)
    answers = responses.frame[items].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        turn_reversed(answers, items, responses.instrument),
        index=responses.frame.index,
        columns=items,
    )
