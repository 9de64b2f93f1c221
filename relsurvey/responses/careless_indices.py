"""Indices of careless answering from one person's answers: runs, spread, consistency."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
MIN_SCALES = 5  # pairs of halves below which their correlation says nothing


def longstring(answers: Matrix) -> NDArray[np.int64]:
    """Longest run of the same answer in each row.

    Parameters
    ----------
    answers : ndarray, shape (n, k)
        Raw codes in the order asked; NaN (no answer) is passed over and neither ends a run nor
        counts in it.

    Returns
    -------
    ndarray of int, shape (n,)
        0 where nothing is answered.

    Notes
    -----
    Without NaN the same as ``careless::longstring(x)`` in R.

    References
    ----------
    Johnson, J. A. (2005). Journal of Research in Personality, 39, 103–129.
    Meade, A. W., & Craig, S. B. (2012). Psychological Methods, 17, 437–455.
    """
    n = answers.shape[0]
    run = np.zeros(n, dtype=np.int64)
    longest = run.copy()
    last = np.full(n, np.nan)
    for answer in np.ascontiguousarray(answers.T):
        answered = np.isfinite(answer)
        np.copyto(run, run * (answer == last) + 1, where=answered)
        np.copyto(last, answer, where=answered)
        np.maximum(longest, run, out=longest)
    return longest


def intra_individual_variability(answers: Matrix) -> NDArray[np.float64]:
    """Compute the standard deviation (n − 1) of each person's answers; NaN with fewer than two.

    The same as ``careless::irv(x, na.rm = TRUE)`` in R.

    References
    ----------
    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual response
    variability as an indicator of insufficient effort responding. Journal of Business and
    Psychology, 33, 105–121.
    """
    known = np.isfinite(answers)
    n = known.sum(axis=1)
    deviations = np.where(known, answers, 0.0)
    deviations -= (deviations.sum(axis=1) / np.maximum(n, 1))[:, None]
    deviations *= known
    squares = np.einsum("ij,ij->i", deviations, deviations)
    spread: NDArray[np.float64] = np.sqrt(squares / np.maximum(n - 1, 1))
    spread[n < 2] = np.nan
    return spread


def even_odd(answers: Matrix, scales: Sequence[Sequence[int]]) -> NDArray[np.float64]:
    """Even-odd consistency of each person.

    Each scale's items are split into those at odd and those at even places; a person's odd means
    are correlated with the same person's even means across scales, and r is stepped up to full
    length, 2r / (1 + r), bounded below by −1.

    Parameters
    ----------
    answers : ndarray, shape (n, k)
        Codes with reverse-keyed items turned; NaN where not answered.
    scales : sequence of sequences of int
        Places of each scale's items among the columns, in the order asked.

    Returns
    -------
    ndarray, shape (n,)
        NaN with fewer than five scales that have both halves, or where one half does not vary
        (a person who answers all scales alike has no consistency to show).

    References
    ----------
    Meade, A. W., & Craig, S. B. (2012). Psychological Methods, 17, 437–455.
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data.
    Journal of Experimental Social Psychology, 66, 4–19.
    """
    split = [scale for scale in scales if len(scale) >= 2]
    if len(split) < MIN_SCALES:
        return np.full(answers.shape[0], np.nan)
    odd, even = _half_means(answers, split)
    r = _row_correlation(odd, even)
    with np.errstate(divide="ignore", invalid="ignore"):
        stepped: NDArray[np.float64] = np.maximum(2 * r / (1 + r), -1.0)
    stepped[r <= -1 + 1e-12] = -1.0
    return stepped


def _half_means(answers: Matrix, scales: Sequence[Sequence[int]]) -> tuple[Matrix, Matrix]:
    """Means of the answered items of each scale's two halves, shape (n, scales) each."""
    member = np.zeros((answers.shape[1], 2 * len(scales)))
    for at, scale in enumerate(scales):
        member[list(scale[0::2]), at] = 1.0
        member[list(scale[1::2]), len(scales) + at] = 1.0
    known = np.isfinite(answers)
    n = known.astype(float) @ member
    total = np.where(known, answers, 0.0) @ member
    means = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    return means[:, : len(scales)], means[:, len(scales) :]


def _row_correlation(x: Matrix, y: Matrix) -> NDArray[np.float64]:
    known = np.isfinite(x) & np.isfinite(y)
    n = known.sum(axis=1)
    centred = []
    for half in (x, y):
        filled = np.where(known, half, 0.0)
        mean = filled.sum(axis=1) / np.maximum(n, 1)
        centred.append(np.where(known, filled - mean[:, None], 0.0))
    cross = (centred[0] * centred[1]).sum(axis=1)
    spread = np.sqrt((centred[0] ** 2).sum(axis=1) * (centred[1] ** 2).sum(axis=1))
    usable = (n >= MIN_SCALES) & (spread > 1e-12)
    return np.where(usable, np.clip(cross / np.where(usable, spread, 1.0), -1.0, 1.0), np.nan)
