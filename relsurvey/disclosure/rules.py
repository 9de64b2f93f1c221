"""What must never be told: few answers, and means that give single people away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import DataError

Floats = NDArray[np.float64]
TOP = 100.0  # scores run from 0 to this


@dataclass(frozen=True, slots=True)
class Rules:
    """When a number may be shown.

    Attributes
    ----------
    min_n : int, default 5
        Fewest answers behind a number. What can be worked out by adding and subtracting published
        numbers must have as many people behind it too.
    width : float, default 20
        Points (of 100) within which nobody's score and no hidden mean may be known.
    below_five : bool, default False
        Consent to a ``min_n`` under 5; cards say so.

    Raises
    ------
    DataError
        A number out of bounds, or a ``min_n`` under 5 without consent.
    """

    min_n: int = 5
    width: float = 20.0
    below_five: bool = False

    def __post_init__(self) -> None:
        if self.min_n < 2:
            raise DataError("The smallest group is too small.", got=str(self.min_n), expected="≥ 2")
        if self.min_n < 5 and not self.below_five:
            raise DataError(
                "Groups of fewer than five answers are only shown when you say so.",
                where="min_n",
                got=str(self.min_n),
                hint="Set below_five = true; every card will say it.",
            )
        if not 0 < self.width <= TOP / 2:
            raise DataError(
                "The width is out of bounds.", where="width", got=f"{self.width:g}", expected="0–50"
            )

    def few(self, n: Floats) -> NDArray[np.bool_]:
        """Whether somebody answered, but fewer than ``min_n``."""
        return (n > 0.5) & (n < self.min_n - 0.5)

    def telling(self, n: Floats, total: Floats) -> NDArray[np.bool_]:
        """Whether a mean lies so near an end that it tells everybody's score within ``width``.

        Of n scores with the sum S nobody's is above S or below 100 − (100 n − S).

        Parameters
        ----------
        n, total : ndarray
            People, and the sum of their scores (0–100 each).
        """
        return (n > 0.5) & (np.minimum(total, TOP * n - total) < self.width - 1e-9)

    def sensitive(self, n: Floats, total: Floats) -> NDArray[np.bool_]:
        """Whether a group's number must not be known."""
        return self.few(n) | self.telling(n, total)
