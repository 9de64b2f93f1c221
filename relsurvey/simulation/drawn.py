"""What all departments gave, put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relsurvey.simulation.answers_draw import RANDOM, STRAIGHT_LINE, DepartmentDraw


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """The m respondents of a municipality, department after department.

    Attributes
    ----------
    unit : array (m,) of int32
        Unit of each, counted from 0.
    categories : array (m, p) of int8
        Answers as `relsurvey.simulation.answers_draw.DepartmentDraw` holds them.
    background : array (m, b) of int16
        Places of background answers among their options.
    manner : array (m,) of int8
        Whether a respondent is careful.
    latent : array (m, q + k) of float64
        True values, outcomes last.
    """

    unit: npt.NDArray[np.int32]
    categories: npt.NDArray[np.int8]
    background: npt.NDArray[np.int16]
    manner: npt.NDArray[np.int8]
    latent: npt.NDArray[np.float64]

    def respondents(self) -> npt.NDArray[np.object_]:
        """Ids of the respondents, r00001 and on."""
        width = max(5, len(str(self.unit.size)))
        ids = [f"r{number:0{width}d}" for number in range(1, self.unit.size + 1)]
        return np.array(ids, dtype=object)

    def careless(self) -> dict[str, list[str]]:
        """Ids of those who gave one answer to everything, and of those who answered at random."""
        ids = self.respondents()
        return {
            "straight_line": ids[self.manner == STRAIGHT_LINE].tolist(),
            "random": ids[self.manner == RANDOM].tolist(),
        }


def gathered(departments: Iterable[DepartmentDraw]) -> Drawn:
    """Put the draws of all departments together, in the order given."""
    draws = list(departments)
    return Drawn(
        unit=np.concatenate([draw.unit for draw in draws]),
        categories=np.concatenate([draw.categories for draw in draws]),
        background=np.concatenate([draw.background for draw in draws]),
        manner=np.concatenate([draw.manner for draw in draws]),
        latent=np.concatenate([draw.latent for draw in draws]),
    )
