"""Means of the 0–100 scores, with intervals that know that people in one group are alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from relsurvey.report.contents import ReportContents
from relsurvey.stats.cluster_covariance import cluster_covariance, satterthwaite_df
from relsurvey.stats.least_squares import least_squares

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class ScoreMean:
    """Mean of one construct's scores over people.

    Attributes
    ----------
    construct : str
    estimate, low, high : float
        Mean and its 95 % interval, 0–100; NaN when hidden.
    spread : float
        Standard deviation over people; NaN when hidden.
    n : float
        Number of scores; NaN when hidden.
    n_clusters : float
        Groups that the interval rests on; NaN where there are none.
    hidden : bool
        Fewer scores than may be shown.
    """

    construct: str
    estimate: float
    low: float
    high: float
    spread: float
    n: float
    n_clusters: float
    hidden: bool


def score_means(contents: ReportContents) -> list[ScoreMean]:
    """Mean of every construct of the form.

    Standard errors are CR2 by the study's cluster with Satterthwaite degrees of freedom, the
    numbers that ``clubSandwich::coef_test(lm(y ~ 1), "CR2", cluster)`` gives; without at least two
    clusters they are those of independent people.
    """
    frame = contents.scores.frame_100
    clusters = contents.scores.frame.get(contents.cluster) if contents.cluster else None
    return [
        _score_mean(construct.id, frame[construct.id], clusters, contents.min_n)
        for construct in contents.instrument.constructs_in(contents.form)
        if construct.id in frame
    ]


def _score_mean(
    name: str, scores: pd.Series[float], clusters: pd.Series[str] | None, min_n: int
) -> ScoreMean:
    known = scores.notna() if clusters is None else scores.notna() & clusters.notna()
    if clusters is not None and clusters[known].nunique() < 2:
        known, clusters = scores.notna(), None
    values = np.asarray(scores[known], dtype=np.float64)
    if values.size < max(min_n, 1):
        return ScoreMean(name, NAN, NAN, NAN, NAN, NAN, NAN, True)
    spread = float(np.std(values, ddof=1)) if values.size > 1 else NAN
    n_clusters = NAN if clusters is None else float(clusters[known].nunique())
    codes = None if clusters is None else pd.factorize(clusters[known])[0].astype(np.int64)
    half = _half_width(values, codes)
    mean = float(values.mean())
    low, high = max(mean - half, 0.0), min(mean + half, 100.0)
    if math.isnan(half):
        low = high = NAN
    return ScoreMean(name, mean, low, high, spread, float(values.size), n_clusters, False)


def _half_width(values: NDArray[np.float64], codes: NDArray[np.int64] | None) -> float:
    if values.size < 2:
        return NAN
    fit = least_squares(values, np.ones((values.size, 1)))
    if codes is None:
        error, df = math.sqrt(fit.sigma2 / values.size), float(fit.df_residual)
    else:
        robust = cluster_covariance(fit, codes, "CR2")
        error = math.sqrt(robust.covariance[0, 0])
        df = float(satterthwaite_df(robust, np.ones((1, 1)))[0])
    return float(stats.t.ppf(0.975, df)) * error if df > 0 else NAN
