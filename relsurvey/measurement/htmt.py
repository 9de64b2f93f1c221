"""Whether constructs are apart: heterotrait-monotrait ratios with bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.errors import DataError, ModelError
from relsurvey.measurement.answers import answer_matrix, constant_columns, left_out
from relsurvey.measurement.bootstrap_interval import (
    check_interval,
    cluster_codes,
    percentile_interval,
)
from relsurvey.measurement.item_correlations import sample_correlations
from relsurvey.measurement.model_syntax import Model, read_model
from relsurvey.results import Result
from relsurvey.stats.htmt import htmt_ratios
from relsurvey.stats.resampled_rows import resampled_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Htmt(Result):
    """Heterotrait-monotrait ratios of several constructs.

    Attributes
    ----------
    table : DataFrame
        What `tidy` returns.
    observed : DataFrame
        Correlations of the items.
    version : int
        1 (arithmetic means) or 2 (geometric).
    ordered : bool
        Whether the correlations are polychoric.
    n_obs, n_boot : int
        Rows, and bootstrap replicates.
    confidence : float
        Coverage of the intervals.
    notes : tuple of str
        Rows left out, ratios that cannot be had, correlations below zero.
    """

    title: ClassVar[str] = "Heterotrait-monotrait ratios"
    table: pd.DataFrame
    observed: pd.DataFrame
    version: int
    ordered: bool
    n_obs: int
    n_boot: int
    confidence: float
    notes: tuple[str, ...]

    def tidy(self) -> pd.DataFrame:
        """One row per pair: ``construct_a construct_b estimate conf_low conf_high``."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: rows, constructs, the largest ratio, version, kind of correlation."""
        constructs = {*self.table["construct_a"], *self.table["construct_b"]}
        return pd.DataFrame(
            {
                "n_obs": [self.n_obs],
                "n_constructs": [len(constructs)],
                "largest": [float(self.table["estimate"].max())],
                "version": [self.version],
                "correlations": ["polychoric" if self.ordered else "pearson"],
                "n_boot": [self.n_boot],
                "confidence": [self.confidence],
            }
        )

    def correlations(self) -> pd.DataFrame:
        """Correlations of the items in the rows analysed."""
        return self.observed.copy()


def htmt(
    frame: pd.DataFrame,
    model: Model,
    *,
    ordered: bool = False,
    version: int = 1,
    missing: str = "listwise",
    confidence: float = 0.95,
    n_boot: int = 0,
    cluster: str | None = None,
    seed: int = 1,
) -> Htmt:
    """Return the heterotrait-monotrait ratio of every pair of constructs.

    A ratio near 1 says that items of two constructs go together as well as those of one: the
    constructs are not told apart. An interval that lies below 1 says that they are (below .85 or
    .90 by the usual conventions).

    Parameters
    ----------
    frame : DataFrame
        One row per respondent.
    model : mapping or str
        Constructs and their items, or ``=~`` lines as `cfa` takes them.
    ordered : bool
        Polychoric instead of Pearson correlations.
    version : {1, 2}
        Arithmetic means (HTMT), or geometric ones (HTMT2).
    missing : {"listwise", "pairwise"}
        Rows that answered every item, or every pair of answers.
    confidence : float
        Coverage of the intervals.
    n_boot : int
        Bootstrap replicates; with 0 there are no bounds, for HTMT has no analytic ones.
    cluster : str, optional
        Column of clusters: the bootstrap draws whole clusters. Rows without one are left out.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Htmt
        ``tidy()`` has ``construct_a construct_b estimate conf_low conf_high``.

    Raises
    ------
    DataError
        When columns are missing, not numeric or do not vary, or too few rows are left.
    ModelError
        With fewer than two constructs, an unknown version, or more than 30 different answers to
        an ordered item.

    Notes
    -----
    Every construct needs two items or more. Absolute correlations are taken, as in semTools;
    correlations below zero are told in the notes. Definition, sources and the R call stand at
    `relsurvey.stats.htmt.htmt_ratios`.
    """
    constructs = read_model(model)
    _check_options(constructs, version, missing)
    check_interval(confidence, n_boot, cluster)
    items = list(dict.fromkeys(item for columns in constructs.values() for item in columns))
    values, clusters, notes = _rows(frame, items, missing, cluster)
    membership = np.array([[item in columns for columns in constructs.values()] for item in items])
    correlations = sample_correlations(values, [np.arange(len(values))], ordered=ordered)
    estimates = htmt_ratios(correlations, membership, version=version)[0]
    first, second = np.triu_indices(len(constructs), 1)
    bounds = np.full((len(first), 2), np.nan)
    if n_boot:
        samples = resampled_rows(len(values), n_boot, seed, clusters)
        drawn = sample_correlations(values, samples, ordered=ordered)
        ratios = htmt_ratios(drawn, membership, version=version)
        draws = ratios[:, first, second]
        bounds = np.array([percentile_interval(one, confidence)[1:] for one in draws.T])
        notes += _lost(draws)
    names = [str(name) for name in constructs]
    table = pd.DataFrame(
        {
            "construct_a": [names[at] for at in first],
            "construct_b": [names[at] for at in second],
            "estimate": estimates[first, second],
            "conf_low": bounds[:, 0],
            "conf_high": bounds[:, 1],
        }
    )
    labels = [str(item) for item in items]
    return Htmt(
        table=table,
        observed=pd.DataFrame(correlations[0], index=labels, columns=labels),
        version=version,
        ordered=ordered,
        n_obs=len(values),
        n_boot=n_boot,
        confidence=confidence,
        notes=(*notes, *_remarks(table, correlations[0], membership, names, version)),
    )


def _check_options(constructs: dict[str, list[str]], version: int, missing: str) -> None:
    if len(constructs) < 2:
        raise ModelError("HTMT needs two constructs or more.", got=", ".join(constructs))
    if version not in (1, 2):
        raise ModelError("Unknown version of HTMT.", got=repr(version), expected="1 or 2")
    if missing not in ("listwise", "pairwise"):
        raise DataError(
            "Unknown rule for missing answers.", got=repr(missing), expected="listwise, pairwise"
        )


def _rows(
    frame: pd.DataFrame, items: list[str], missing: str, cluster: str | None
) -> tuple[FloatArray, IntArray | None, list[str]]:
    values = answer_matrix(frame, items, "HTMT")
    codes = cluster_codes(frame, cluster)
    here = np.isfinite(values)
    kept = here.all(axis=1) if missing == "listwise" else here.any(axis=1)
    notes = list(left_out("HTMT", int((~kept).sum()), len(values)))
    if codes is not None:
        notes += left_out("HTMT", int((kept & (codes < 0)).sum()), len(values), "the cluster")
        kept &= codes >= 0
    values = values[kept]
    pairs = here[kept].astype(np.float64)
    if len(values) < 3 or (pairs.T @ pairs).min() < 3:
        raise DataError(
            "Too few rows answer the items together.", where="HTMT", got=f"{len(values)} rows"
        )
    constant = constant_columns(values, items)
    if constant:
        raise DataError("Items do not vary.", where="HTMT", got=", ".join(constant))
    return values, None if codes is None else codes[kept], notes


def _lost(draws: FloatArray) -> list[str]:
    lost = int(np.isnan(draws).any(axis=1).sum())
    if not lost:
        return []
    return [f"{lost} of {len(draws)} bootstrap replicates lack a ratio and are left out there."]


def _remarks(
    table: pd.DataFrame,
    correlations: FloatArray,
    membership: NDArray[np.bool_],
    names: list[str],
    version: int,
) -> list[str]:
    notes = []
    undefined = table[table["estimate"].isna()]
    if len(undefined):
        pairs = ", ".join(
            f"{row['construct_a']} with {row['construct_b']}"
            for row in undefined.to_dict(orient="records")
        )
        reason = "its items do not correlate" if version == 1 else "a correlation is zero"
        notes.append(f"HTMT cannot be had where {reason}: {pairs}.")
    below = membership.T.astype(np.int64) @ (correlations < 0.0) @ membership
    named = [
        f"{names[a]} with {names[b]}" if a != b else f"within {names[a]}"
        for a, b in zip(*np.nonzero(np.triu(below)), strict=True)
    ]
    if named:
        notes.append(
            f"Correlations below zero count by their size; there are some {', '.join(named)}. "
            "Items worded the other way should be reversed first."
        )
    return notes
