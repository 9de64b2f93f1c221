"""Variances expected when raters do not agree: the nulls against which rwg is computed."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

# How respondents who agree on nothing would spread over five answers when they lean to one side:
# LeBreton, J. M., & Senter, J. L. (2008). Answers to 20 questions about interrater reliability and
# interrater agreement. Organizational Research Methods, 11, 815-852, Table 2.
FIVE_POINT_PROPORTIONS: Final = {
    "slight_skew": (0.05, 0.15, 0.20, 0.35, 0.25),
    "moderate_skew": (0.00, 0.10, 0.15, 0.40, 0.35),
    "heavy_skew": (0.00, 0.00, 0.10, 0.40, 0.50),
}
# The same table's variances for six to eleven answers, printed there to two decimals.
PUBLISHED_VARIANCES: Final = {
    "slight_skew": {6: 1.85, 7: 2.90, 8: 3.47, 9: 5.66, 10: 6.30, 11: 7.31},
    "moderate_skew": {6: 1.26, 7: 2.14, 8: 2.79, 9: 4.73, 10: 5.09, 11: 6.32},
    "heavy_skew": {6: 0.69, 7: 1.39, 8: 2.35, 9: 3.16, 10: 3.46, 11: 4.02},
}
NULLS: Final = ("uniform", "slight_skew", "moderate_skew", "heavy_skew")


def null_variance(points: int, null: str) -> float:
    """Return the expected variance of one item's answers under a null distribution.

    Parameters
    ----------
    points : int
        Number of answer categories, coded one apart.
    null : str
        ``uniform`` ((A squared - 1) / 12), ``slight_skew``, ``moderate_skew`` or ``heavy_skew``.

    Returns
    -------
    float
        NaN for a skewed null with a number of categories for which none was published.
    """
    if null == "uniform":
        return (points**2 - 1) / 12.0
    if points == 5:
        shares = np.array(FIVE_POINT_PROPORTIONS[null])
        codes = np.arange(1, 6)
        return float(shares @ codes**2 - (shares @ codes) ** 2)
    return PUBLISHED_VARIANCES[null].get(points, math.nan)
