"""What every bootstrap here asks of its draws: enough of them, a seed, and mostly usable ones."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ModelError

FloatArray = NDArray[np.float64]
FEWEST_DRAWS = 200
# Below this share of usable replicates the bootstrap says nothing about the data at hand.
FEWEST_USABLE = 0.5


def check_draws(n_boot: int, seed: int) -> None:
    """Raise a ModelError unless there are enough draws and the seed is a whole number."""
    if n_boot < FEWEST_DRAWS:
        raise ModelError(
            "Too few bootstrap draws to speak of ranks and bounds.",
            where="n_boot",
            got=f"{n_boot}",
            expected=f"at least {FEWEST_DRAWS}, better 5000",
        )
    if not isinstance(seed, Integral) or seed < 0:
        raise ModelError(
            "The seed starts the random numbers.",
            where="seed",
            got=repr(seed),
            expected="a whole number from 0",
        )


def usable_draws(
    batches: Iterable[FloatArray], n_boot: int, outcome: str
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the draws (B, …) without NaN, and a sentence on those left out if there are any.

    Raises
    ------
    ModelError
        Most draws cannot be used.
    """
    found = np.concatenate(list(batches))
    usable = np.isfinite(found.reshape(len(found), -1)).all(axis=1)
    n_unusable = int((~usable).sum())
    if usable.mean() < FEWEST_USABLE:
        raise ModelError(
            "In most bootstrap replicates the predictors cannot be told apart.",
            got=f"{n_unusable} of {n_boot} replicates",
            expected="more clusters, or fewer predictors",
        )
    notes: tuple[str, ...] = ()
    if n_unusable:
        notes = (
            f"{n_unusable} bootstrap draws for {outcome} were left out because the predictors "
            "could not be told apart in them.",
        )
    return found[usable], notes
