"""How an exposure reaches an outcome: through proximity, through leadership, or past both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relsurvey.effects.complete_cases import CompleteCases, complete_cases
from relsurvey.effects.control_columns import control_columns
from relsurvey.effects.inference import FEW_CLUSTERS, check_confidence
from relsurvey.effects.model_roles import model_roles
from relsurvey.effects.resampling import check_draws, usable_draws
from relsurvey.errors import DataError, ModelError
from relsurvey.results import Result
from relsurvey.stats.cluster_bootstrap import cross_products, partial_out, resample
from relsurvey.stats.least_squares import dependent_columns
from relsurvey.stats.path_coefficients import path_coefficients, route_effects, routes

FloatArray = NDArray[np.float64]
FORMS = ("log", "linear")
BATCH = 500


@dataclass(frozen=True, slots=True, eq=False)
class IndirectEffects(Result):
    """Paths from an exposure through stages of mediators to outcomes.

    Attributes
    ----------
    paths, steps, fits : DataFrame
        What ``tidy``, ``coefficients`` and ``glance`` are made of.
    exposure, form : str
    n_boot, seed : int
    confidence : float
    notes : tuple of str
    """

    title: ClassVar[str] = "Indirect effects"
    paths: pd.DataFrame
    steps: pd.DataFrame
    fits: pd.DataFrame
    exposure: str
    form: str
    n_boot: int
    seed: int
    confidence: float
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return ``outcome kind path estimate conf_low conf_high``, standardised.

        ``kind`` is ``total``, ``direct``, ``indirect`` (all paths but the direct one), ``stage``
        (all paths that pass through every stage named in ``path``) or ``path`` (a single one).
        """
        return self.paths.copy()

    def coefficients(self) -> pd.DataFrame:
        """Return every step ``outcome from to estimate conf_low conf_high`` of the paths."""
        return self.steps.copy()

    def glance(self) -> pd.DataFrame:
        """Return one row; with several outcomes the counts are of the one with fewest rows."""
        row = self.fits.sort_values("n_obs", kind="stable").iloc[[0]].reset_index(drop=True)
        row = row.drop(columns="outcome")
        row.insert(0, "n_outcomes", len(self.fits))
        row["exposure"], row["form"] = self.exposure, self.form
        row["n_boot"], row["seed"], row["confidence"] = self.n_boot, self.seed, self.confidence
        return row


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """One outcome's tables."""

    paths: pd.DataFrame
    steps: pd.DataFrame
    fits: pd.DataFrame
    notes: tuple[str, ...]


def indirect_effects(
    frame: pd.DataFrame,
    outcome: str | Sequence[str],
    stages: Sequence[Sequence[str]],
    exposure: str = "span_of_control",
    *,
    form: str = "log",
    controls: Sequence[str] = (),
    cluster: str | None = None,
    n_boot: int = 5000,
    seed: int = 1,
    confidence: float = 0.95,
) -> IndirectEffects:
    """Follow an exposure through mediators: span → proximity → dimensions → relations.

    Parameters
    ----------
    frame : DataFrame
        One row per person; rows with a missing value are left out, counted and named.
    outcome : str or sequence of str
        Each has a model of its own.
    stages : sequence of sequences of str
        Mediators, the nearest to the exposure first: ``[["presence"], ["shared_vision", …]]``. A
        variable is regressed on everything in earlier stages; inside a stage nothing leads to
        anything.
    exposure : str
        Where the paths begin.
    form : {"log", "linear"}
        The exposure's logarithm, or itself.
    controls : sequence of str
        In every regression.
    cluster : str, optional
        Whole clusters are resampled; without it persons are.
    n_boot, seed : int
        Bootstrap draws (at least 200) and what starts them.
    confidence : float
        Of the percentile intervals.

    Raises
    ------
    DataError
        Unknown or non-numeric columns, no complete row, a logarithm of zero or less.
    ModelError
        No mediators, a column in two places, constant or collinear columns, one cluster only.

    Notes
    -----
    All variables are z-scores. A path's effect is the product of its steps, and all paths together
    with the direct one are the total effect, exactly. Percentile bootstrap over clusters: Preacher
    & Hayes (2008), Behavior Research Methods 40, 879-891; Field & Welsh (2007). In R the estimates
    are products of ``coef(lm(…))``. Nothing here is causal by itself: a path from cross-sectional
    answers holds only if nothing unmeasured moves two of its variables, and if its order is right.
    """
    check_confidence(confidence)
    check_draws(n_boot, seed)
    if form not in FORMS:
        raise ModelError("Unknown form.", where="form", got=repr(form), expected=" ".join(FORMS))
    listed = [(stage,) if isinstance(stage, str) else tuple(stage) for stage in stages]
    if not listed or not all(listed):
        raise ModelError(
            "Indirect effects need mediators.",
            where="stages",
            got=repr(stages),
            expected='such as [["presence"], ["shared_vision", "task_coordination"]]',
        )
    mediators = [name for stage in listed for name in stage]
    roles = model_roles(outcome, mediators, controls, moderator=exposure)
    levels = [0, *(at for at, stage in enumerate(listed, 1) for _ in stage), len(listed) + 1]
    parts = []
    for name in roles.outcomes:
        names = [exposure, *mediators, name]
        cases = _cases(frame, names, roles.controls, cluster, logs=form == "log")
        parts.append(_outcome(cases, names, roles.controls, levels, n_boot, seed, confidence))
    fits = pd.concat([part.fits for part in parts], ignore_index=True)
    notes = [note for part in parts for note in part.notes]
    return IndirectEffects(
        paths=pd.concat([part.paths for part in parts], ignore_index=True),
        steps=pd.concat([part.steps for part in parts], ignore_index=True),
        fits=fits,
        exposure=exposure,
        form=form,
        n_boot=n_boot,
        seed=seed,
        confidence=confidence,
        notes=tuple(dict.fromkeys([*notes, *_few(fits)])),
    )


def _cases(
    frame: pd.DataFrame,
    names: Sequence[str],
    controls: Sequence[str],
    cluster: str | None,
    *,
    logs: bool,
) -> CompleteCases:
    cases = complete_cases(frame, names, controls, cluster)
    if logs:
        values = cases.frame[names[0]].to_numpy(dtype=np.float64)
        if values.min() <= 0:
            raise DataError(
                f"The exposure {names[0]!r} must be positive: its logarithm is used.",
                got=f"{int((values <= 0).sum())} rows with zero or less",
                expected="numbers above zero",
                hint='Use form="linear".',
            )
        cases.frame[names[0]] = np.log(values)
    return cases


def _outcome(
    cases: CompleteCases,
    names: Sequence[str],
    controls: Sequence[str],
    levels: Sequence[int],
    n_boot: int,
    seed: int,
    confidence: float,
) -> _Tables:
    control_names, control_values = control_columns(cases, controls)
    scores = cases.standardised(names)
    centred = control_values - control_values.mean(axis=0)
    columns = np.hstack([np.ones((cases.n_obs, 1)), centred, scores])
    dependent = dependent_columns(columns) if len(columns) > columns.shape[1] else [0]
    if dependent:
        raise ModelError(
            "Too few rows, or columns that follow exactly from the others.",
            where=", ".join(["Intercept", *control_names, *names][at] for at in dependent),
            got=f"{cases.n_obs} rows, {columns.shape[1]} terms",
        )
    clusters = np.arange(cases.n_obs) if cases.clusters is None else cases.clusters
    products = cross_products(columns, clusters)
    ways, n_first = routes(levels), 1 + len(control_names)

    def steps(matrices: FloatArray) -> FloatArray:
        return path_coefficients(partial_out(matrices, n_first), levels)

    whole = steps(products.total()[None])
    drawn, notes = usable_draws(
        (steps(batch) for batch in resample(products, n_boot, seed, BATCH)), n_boot, names[-1]
    )
    paths = _paths(names, levels, ways, whole, drawn, confidence)
    table = _steps(names, levels, whole, drawn, confidence)
    fits = pd.DataFrame([{"n_obs": cases.n_obs, "n_dropped": cases.n_dropped}])
    if cases.n_clusters is not None:
        fits["n_clusters"] = cases.n_clusters
    for made in (paths, table, fits):
        made.insert(0, "outcome", names[-1])
    return _Tables(paths, table, fits, (*cases.notes, *notes))


def _paths(
    names: Sequence[str],
    levels: Sequence[int],
    ways: Sequence[Sequence[int]],
    whole: FloatArray,
    drawn: FloatArray,
    confidence: float,
) -> pd.DataFrame:
    tail = (1.0 - confidence) / 2.0
    quantities = _quantities(names, levels, ways)
    weights = np.array([own for _, _, own in quantities], dtype=np.float64)
    low, high = np.quantile(route_effects(drawn, ways) @ weights.T, [tail, 1.0 - tail], axis=0)
    table = pd.DataFrame([row[:2] for row in quantities], columns=["kind", "path"])
    table["estimate"] = route_effects(whole, ways)[0] @ weights.T
    return table.assign(conf_low=low, conf_high=high)


def _steps(
    names: Sequence[str],
    levels: Sequence[int],
    whole: FloatArray,
    drawn: FloatArray,
    confidence: float,
) -> pd.DataFrame:
    tail = (1.0 - confidence) / 2.0
    pairs = [(a, b) for b in range(len(names)) for a in range(len(names)) if levels[a] < levels[b]]
    first, second = (list(side) for side in zip(*pairs, strict=True))
    low, high = np.quantile(drawn[:, first, second], [tail, 1.0 - tail], axis=0)
    return pd.DataFrame(
        {
            "from": [names[at] for at in first],
            "to": [names[at] for at in second],
            "estimate": whole[0, first, second],
            "conf_low": low,
            "conf_high": high,
        }
    )


def _quantities(
    names: Sequence[str], levels: Sequence[int], ways: Sequence[Sequence[int]]
) -> list[tuple[str, str, list[bool]]]:
    """Return kind, path and which ways are summed, of every quantity that is reported."""
    arrow = " > "
    found = [
        ("total", arrow.join((names[0], names[-1])), [True] * len(ways)),
        ("direct", arrow.join((names[0], names[-1])), [len(way) == 2 for way in ways]),
        ("indirect", "", [len(way) > 2 for way in ways]),
    ]
    passed = [tuple(levels[at] for at in way[1:-1]) for way in ways]
    for stages in dict.fromkeys(stages for stages in passed if stages):
        label = arrow.join(f"stage {stage}" for stage in stages)
        found.append(("stage", label, [own == stages for own in passed]))
    for at, way in enumerate(ways):
        if len(way) > 2:
            label = arrow.join(names[place] for place in way)
            found.append(("path", label, [at == other for other in range(len(ways))]))
    return found


def _few(fits: pd.DataFrame) -> list[str]:
    if "n_clusters" not in fits or int(fits["n_clusters"].min()) >= FEW_CLUSTERS:
        return []
    return [
        f"Only {int(fits['n_clusters'].min())} clusters: the bootstrap over clusters understates "
        "how uncertain the paths are."
    ]
