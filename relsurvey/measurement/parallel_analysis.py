"""How many factors items bear: eigenvalues beside those of answers that have nothing in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from relsurvey.errors import DataError
from relsurvey.measurement.item_correlations import correlations_of, item_correlations
from relsurvey.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class ParallelAnalysis(Result):
    """Eigenvalues of items beside those of shuffled answers.

    Attributes
    ----------
    table : DataFrame
        What `tidy` returns.
    n_factors : int
        Leading components above chance.
    n_obs, n_random : int
        Rows, and shuffled data sets.
    ordered : bool
        Whether the correlations are polychoric.
    quantile : float
        Of the shuffled eigenvalues.
    notes : tuple of str
        Rows left out.
    """

    title: ClassVar[str] = "Parallel analysis"
    table: pd.DataFrame
    n_factors: int
    n_obs: int
    n_random: int
    ordered: bool
    quantile: float
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per component: ``component eigenvalue random_mean random_quantile retained``."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, factors suggested, kind of correlation, shuffled data sets."""
        return pd.DataFrame(
            {
                "n_obs": [self.n_obs],
                "n_factors": [self.n_factors],
                "correlations": ["polychoric" if self.ordered else "pearson"],
                "n_random": [self.n_random],
                "quantile": [self.quantile],
            }
        )


def parallel_analysis(
    frame: pd.DataFrame,
    items: Sequence[str],
    *,
    ordered: bool = False,
    n_random: int = 100,
    quantile: float = 0.95,
    seed: int = 1,
) -> ParallelAnalysis:
    """Compare the eigenvalues of the items' correlations with those of shuffled answers.

    Every column is shuffled by itself, so that skew and number of categories stay and nothing else
    does. Components count as long as their eigenvalue lies above the quantile of the shuffled ones.

    Parameters
    ----------
    frame : DataFrame
        One row per respondent; rows with a missing answer are left out.
    items : sequence of str
        Item columns.
    ordered : bool
        Polychoric instead of Pearson correlations, for the shuffled answers too.
    n_random : int
        Shuffled data sets.
    quantile : float
        Of their eigenvalues.
    seed : int
        Of the shuffles.

    Returns
    -------
    ParallelAnalysis
        ``tidy()`` has ``component eigenvalue random_mean random_quantile retained``.

    Raises
    ------
    DataError
        When columns are missing, not numeric or do not vary, or rows are too few.

    References
    ----------
    Horn, J. L. (1965). Psychometrika, 30, 179-185. Buja, A., & Eyuboglu, N. (1992). Multivariate
    Behavioral Research, 27, 509-540 (shuffles).
    R: ``psych::fa.parallel(x, fa = "pc", sim = FALSE)``, which resamples columns with replacement.
    """
    if n_random < 2 or not 0.0 < quantile < 1.0:
        raise DataError(
            "Parallel analysis needs two shuffles or more, and a quantile between 0 and 1.",
            got=f"n_random {n_random!r}, quantile {quantile!r}",
        )
    found = item_correlations(frame, items, ordered=ordered, where="parallel analysis")
    observed = np.linalg.eigvalsh(found.correlations)[::-1]
    generator = np.random.default_rng(seed)
    random = np.empty((n_random, len(observed)))
    for at in range(n_random):
        shuffled = generator.permuted(found.values, axis=0)
        random[at] = np.linalg.eigvalsh(correlations_of(shuffled, ordered=ordered))[::-1]
    limits = np.quantile(random, quantile, axis=0)
    retained = np.cumprod(observed > limits).astype(np.bool_)
    table = pd.DataFrame(
        {
            "component": np.arange(1, len(observed) + 1),
            "eigenvalue": observed,
            "random_mean": random.mean(axis=0),
            "random_quantile": limits,
            "retained": retained,
        }
    )
    return ParallelAnalysis(
        table=table,
        n_factors=int(retained.sum()),
        n_obs=len(found.values),
        n_random=n_random,
        ordered=ordered,
        quantile=quantile,
        notes=found.notes,
    )
