"""Leave respondents out, openly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from relsurvey.errors import DataError
from relsurvey.responses.responses import Responses
from relsurvey.responses.source import Change


def exclude(
    responses: Responses, which: pd.Series | np.ndarray | Iterable[str], why: str
) -> Responses:
    """Make new answers without some respondents; the log says how many and why.

    Parameters
    ----------
    responses : Responses
        Left as it is.
    which : boolean Series or array, or ids
        True for those to leave out, one per row; or their ``respondent`` ids.
    why : str
        The reason, in words that can stand in a report.

    Raises
    ------
    DataError
        A mask of another length, an id that is not there, or no reason.
    """
    if not why.strip():
        raise DataError("Leaving respondents out needs a reason.", where="why")
    out = _mask(responses, which)
    left_out = Change(
        what="respondents left out",
        column="respondent",
        n=int(out.sum()),
        why=why,
        what_da="svarpersoner udeladt",
        code="excluded",
    )
    return replace(
        responses,
        frame=responses.frame[~out],
        reasons=responses.reasons[~out],
        log=(*responses.log, left_out),
    )


def _mask(responses: Responses, which: pd.Series | np.ndarray | Iterable[str]) -> np.ndarray:
    values = np.asarray(which if isinstance(which, pd.Series | np.ndarray) else list(which))
    if values.dtype == bool:
        if values.shape != (len(responses),):
            raise DataError(
                "The mask does not fit the answers.",
                got=f"shape {values.shape}",
                expected=f"one value per respondent, shape ({len(responses)},)",
            )
        return values
    ids = responses.frame["respondent"]
    unknown = sorted({str(one) for one in values} - set(ids))
    if unknown:
        raise DataError("There is no such respondent.", got=", ".join(unknown[:5]))
    return ids.isin([str(one) for one in values]).to_numpy()
