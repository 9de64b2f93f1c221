"""Same source or not: relations when others rate the leader than report the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import complete_cases
from relsurvey.effects.inference import FEW_CLUSTERS, check_confidence
from relsurvey.effects.model_roles import model_roles
from relsurvey.effects.resampling import check_draws
from relsurvey.errors import ModelError
from relsurvey.results import Result
from relsurvey.stats.split_means import FEWEST, split_means

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SplitGroups(Result):
    """Correlations of group means, with the outcome from the same half or from the other.

    Attributes
    ----------
    table, fits : DataFrame
    n_splits, n_boot, seed : int
    confidence : float
    notes : tuple of str
    """

    title: ClassVar[str] = "Split groups: same source and other source"
    table: pd.DataFrame
    fits: pd.DataFrame
    n_splits: int
    n_boot: int
    seed: int
    confidence: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return three rows per outcome and predictor: ``source estimate conf_low conf_high``.

        ``source`` is ``same`` (both means from the same half), ``other`` (the outcome from the
        other half), ``difference`` (same minus other: what a shared source adds).
        """
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row; with several outcomes the counts are of the one with fewest groups."""
        row = self.fits.sort_values("n_clusters", kind="stable").iloc[[0]].reset_index(drop=True)
        row = row.drop(columns="outcome")
        row.insert(0, "n_outcomes", len(self.fits))
        row["n_splits"], row["n_boot"], row["seed"] = self.n_splits, self.n_boot, self.seed
        row["confidence"] = self.confidence
        return row


def split_groups(
    frame: pd.DataFrame,
    outcome: str | Sequence[str],
    predictors: Sequence[str],
    *,
    cluster: str,
    n_splits: int = 200,
    n_boot: int = 2000,
    seed: int = 1,
    confidence: float = 0.95,
) -> SplitGroups:
    """Correlate group means with the outcome's mean from the same people and from others.

    Parameters
    ----------
    frame : DataFrame
        One row per person.
    outcome : str or sequence of str
    predictors : sequence of str
    cluster : str
        Groups; those with fewer than 4 complete answers are left out and counted.
    n_splits : int
        Random halvings, pooled: moments are averaged over them.
    n_boot, seed : int
        Bootstrap draws of whole groups (at least 200), and the seed of halves and draws.
    confidence : float

    Raises
    ------
    DataError, ModelError
        Unknown or constant columns, no complete row, too few groups.

    Notes
    -----
    When the same people rate the leader and report the outcome, whatever moves their answers
    (mood, tendency to agree) raises the correlation. In split groups no answer stands on both
    sides: Ostroff, Kinicki & Clark (2002), Journal of Applied Psychology 87, 355-368. Both
    correlations are of half-group means, so that they differ by source only; both are weakened
    alike by the halves' unreliability. To rank by the other source: ``rank_effects(…,
    level="split")``.
    """
    check_confidence(confidence)
    check_draws(n_boot, seed)
    roles = model_roles(outcome, predictors, ())
    if n_splits < 1:
        raise ModelError("At least one halving is needed.", where="n_splits", got=str(n_splits))
    tables, fits, notes = [], [], []
    for name in roles.outcomes:
        cases = complete_cases(frame, [*roles.predictors, name], (), cluster)
        assert cases.clusters is not None
        columns = cases.standardised([*roles.predictors, name])
        split = split_means(columns, cases.clusters, n_splits, seed)
        n_groups = len(split.first)
        if n_groups < 3:
            raise ModelError(
                "Too few groups can be halved.",
                got=f"{n_groups} groups with {FEWEST} or more answers",
                expected="at least 3, better 50",
            )
        table = _correlations(_moments(split.halves(), n_splits), n_boot, seed, confidence)
        predictor = np.repeat(np.array(roles.predictors, dtype=object), 3)
        table.insert(0, "predictor", predictor)
        table.insert(0, "outcome", name)
        tables.append(table)
        fits.append({"outcome": name, "n_obs": len(split.groups), "n_clusters": n_groups})
        notes += [*cases.notes, *_notes(split.n_small, n_groups)]
    return SplitGroups(
        table=pd.concat(tables, ignore_index=True),
        fits=pd.DataFrame(fits),
        n_splits=n_splits,
        n_boot=n_boot,
        seed=seed,
        confidence=confidence,
        notes=tuple(dict.fromkeys(notes)),
    )


def _moments(halves: Iterable[tuple[FloatArray, FloatArray]], n_splits: int) -> FloatArray:
    """Return per group, averaged over halvings, (G, 6, k): x, y, xx, yy, xy same and other."""
    sums = []
    for first, second in halves:
        for own, other in ((first, second), (second, first)):
            x, same, cross = own[:, :-1], own[:, -1:], other[:, -1:]
            one = np.ones_like(x)
            sums.append(np.stack([x, same * one, x**2, same**2 * one, x * same, x * cross], axis=1))
    return np.asarray(np.sum(sums, axis=0) / (2.0 * n_splits))


def _correlations(moments: FloatArray, n_boot: int, seed: int, confidence: float) -> pd.DataFrame:
    n_groups = len(moments)
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, n_groups, size=(n_boot, n_groups))
    weights = np.stack([np.bincount(row, minlength=n_groups) for row in drawn]) / n_groups
    found = _three(moments.mean(axis=0)[None])[0]
    draws = _three(np.einsum("bg,gmk->bmk", weights, moments))
    tail = (1.0 - confidence) / 2.0
    low, high = np.nanquantile(draws, [tail, 1.0 - tail], axis=0)
    return pd.DataFrame(
        {
            "source": ["same", "other", "difference"] * found.shape[0],
            "estimate": found.ravel(),
            "conf_low": low.ravel(),
            "conf_high": high.ravel(),
        }
    )


def _three(moments: FloatArray) -> FloatArray:
    """Return (B, k, 3) correlations from moments (B, 6, k)."""
    x, y, xx, yy, same, other = np.moveaxis(moments, 1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.sqrt((xx - x**2) * (yy - y**2))
        own, crossed = (same - x * y) / scale, (other - x * y) / scale
    return np.stack([own, crossed, own - crossed], axis=2)


def _notes(n_small: int, n_groups: int) -> list[str]:
    notes = []
    if n_small:
        notes.append(f"{n_small} groups with fewer than {FEWEST} answers were left out.")
    if n_groups < FEW_CLUSTERS:
        notes.append(f"Only {n_groups} groups: the intervals are too narrow.")
    return notes
