"""Several completed copies of incomplete data, and the pooling of what is estimated from each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import require_columns
from relsurvey.errors import DataError

FloatArray = NDArray[np.float64]
BURN_IN, BETWEEN = 10, 5
DONORS = 5


def imputed_frames(
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    auxiliary: Sequence[str] = (),
    cluster: str | None = None,
    n_imputations: int = 20,
    seed: int = 1,
) -> Iterator[pd.DataFrame]:
    """Yield copies of a frame in which the named columns are complete.

    Chained equations with predictive mean matching on 5 donors (van Buuren & Groothuis-Oudshoorn,
    2011; statsmodels' ``MICEData``): every imputed value is one that somebody gave. With clusters,
    every column's observed cluster mean helps to predict, so that differences between clusters are
    kept. Products and transformations are made after imputation, which pulls interactions
    slightly towards zero.

    Raises
    ------
    DataError
        A column with missing values that is not numeric, or that nobody answered.
    """
    from statsmodels.imputation.mice import MICEData

    require_columns(frame, [*columns, *auxiliary])
    used = list(dict.fromkeys([*columns, *auxiliary]))
    gaps = [name for name in used if frame[name].isna().any()]
    for name in gaps:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype) or frame[name].isna().all():
            raise DataError(
                f"The column {name!r} cannot be imputed.",
                got=str(frame[name].dtype) if frame[name].notna().any() else "no values",
                expected="numbers, some of them known",
            )
    numeric = [name for name in used if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    work = frame[numeric].astype(float).set_axis([f"v{k}" for k in range(len(numeric))], axis=1)
    if cluster is not None:
        means = work.groupby(frame[cluster].to_numpy()).transform("mean")
        means = means.fillna(work.mean()).add_prefix("mean_")
        work = pd.concat([work, means.loc[:, means.std() > 0]], axis=1)
    if not gaps:
        for _ in range(n_imputations):
            yield frame
        return
    generator = np.random.default_rng(seed)
    chain = MICEData(work.reset_index(drop=True), k_pmm=DONORS, rng=generator)
    chain.update_all(BURN_IN)
    for _ in range(n_imputations):
        chain.update_all(BETWEEN)
        completed = frame.copy()
        for k, name in enumerate(numeric):
            if name in gaps:
                completed[name] = chain.data[f"v{k}"].to_numpy()
        yield completed


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Estimates of m completed data sets as one, by Rubin's rules.

    Attributes
    ----------
    estimate : array (p,)
    covariance, within, between : array (p, p)
        Total, mean of the covariances, covariance of the estimates.
    df : array (p,)
        Of t-tests, Barnard & Rubin (1999), Biometrika 86, 948-955.
    missing_information : array (p,)
        Share of the information that the missing values took.
    n_imputations : int
    """

    estimate: FloatArray
    covariance: FloatArray
    within: FloatArray
    between: FloatArray
    df: FloatArray
    missing_information: FloatArray
    n_imputations: int


def pool(
    estimates: Sequence[FloatArray], covariances: Sequence[FloatArray], complete_df: FloatArray
) -> Pooled:
    """Pool by Rubin's rules.

    Parameters
    ----------
    estimates, covariances : sequences of array (p,) and (p, p)
        Of each completed data set.
    complete_df : array (p,)
        Degrees of freedom that complete data would have.

    Notes
    -----
    Rubin (1987), Multiple Imputation for Nonresponse in Surveys, 76ff. The same in R:
    ``mice::pool.scalar(Q, U, n = df + 1, k = 1)``, whose ``n - k`` are the complete data's degrees
    of freedom.
    """
    m = len(estimates)
    stacked = np.array(estimates)
    middle = stacked.mean(axis=0)
    within = np.mean(covariances, axis=0)
    between = (stacked - middle).T @ (stacked - middle) / (m - 1)
    total = within + (1.0 + 1.0 / m) * between
    share = ((1.0 + 1.0 / m) * np.diag(between) / np.diag(total)).clip(1e-12)
    old = (m - 1) / share**2
    known = (complete_df + 1.0) / (complete_df + 3.0) * complete_df * (1.0 - share)
    df = old * known / (old + known)
    ratio = share / (1.0 - share)
    missing = (ratio + 2.0 / (df + 3.0)) / (1.0 + ratio)
    return Pooled(middle, total, within, between, df, missing, m)
