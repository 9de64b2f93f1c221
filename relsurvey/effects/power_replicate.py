"""One drawn survey, analysed: what it would have found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relsurvey.effects.effect_comparisons import JOINT_CONFIDENCE, SUPPORTED
from relsurvey.effects.inference import Inference, infer
from relsurvey.effects.mixed_inference import MixedInference
from relsurvey.errors import RelsurveyError
from relsurvey.simulation.planned_draw import Plan, PlannedDraw, ScoreSource
from relsurvey.stats.cluster_bootstrap import cross_products, partial_out, resample
from relsurvey.stats.dominance import general_dominance
from relsurvey.stats.joint_intervals import joint_differences
from relsurvey.stats.mixed_fit import fit_mixed
from relsurvey.stats.mixed_products import mixed_products
from relsurvey.stats.order_support import order_share
from relsurvey.stats.ranks import share_above

FloatArray = NDArray[np.float64]
FINDINGS = ("first_right", "first_established", "first_wrong", "order_right", "order_supported")
TERM_NUMBERS = ("estimate", "p_value", "width")


@dataclass(frozen=True, slots=True, eq=False)
class PowerTask:
    """What every replicate does.

    Attributes
    ----------
    source : ScoreSource
    outcomes, predictors : tuple of str
    tiers : tuple of tuple of tuple of int
        Per outcome the true order of the predictors, tiers of equal ones.
    estimator : {"ols_cr2", "mixed"}
    n_boot : int
        Bootstrap draws for the ranking; 0 for none.
    """

    source: ScoreSource
    outcomes: tuple[str, ...]
    predictors: tuple[str, ...]
    tiers: tuple[tuple[tuple[int, ...], ...], ...]
    estimator: str
    n_boot: int


@dataclass(frozen=True, slots=True, eq=False)
class Replicate:
    """What one survey found; o outcomes, k predictors; NaN where it could not be computed.

    Attributes
    ----------
    n_obs, n_leaders : int
    terms : array (o, 2k, 3)
        Main effects, then products with the logarithm of span: estimate, p-value, width.
    shares : array (o, k, 2)
        Share of general dominance, and width of its interval.
    findings : array (o, 5)
        1 where it is so: ``FINDINGS``.
    """

    n_obs: int
    n_leaders: int
    terms: FloatArray
    shares: FloatArray
    findings: FloatArray


def replicate(task: PowerTask, plan: Plan, seed: np.random.SeedSequence) -> Replicate:
    """Draw a survey and analyse it."""
    drawn = task.source.draw(plan, np.random.default_rng(seed))
    o, k = len(task.outcomes), len(task.predictors)
    terms = np.full((o, 2 * k, 3), np.nan)
    shares = np.full((o, k, 2), np.nan)
    findings = np.full((o, len(FINDINGS)), np.nan)
    names = list(task.source.constructs)
    predictors = [names.index(name) for name in task.predictors]
    number = int(seed.generate_state(1)[0])
    for at, outcome in enumerate(task.outcomes):
        columns = drawn.scores[:, [*predictors, names.index(outcome)]]
        kept = np.flatnonzero(np.isfinite(columns.sum(axis=1)))
        own = _standardised(columns[kept])
        leaders = np.unique(drawn.leader[kept], return_inverse=True)[1].astype(np.int64)
        try:
            terms[at] = _terms(task, own, drawn, kept, leaders)
            shares[at], findings[at] = _ranking(task, task.tiers[at], own, leaders, number)
        except RelsurveyError:  # too few leaders or rows for this model: nothing was found
            findings[at] = np.where(np.isnan(findings[at]), 0.0, findings[at])
    return Replicate(
        n_obs=len(drawn.scores),
        n_leaders=int(np.unique(drawn.leader).size),
        terms=terms,
        shares=shares,
        findings=findings,
    )


def _standardised(columns: FloatArray) -> FloatArray:
    spread = columns.std(axis=0, ddof=1)
    return np.asarray((columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _terms(
    task: PowerTask,
    own: FloatArray,
    drawn: PlannedDraw,
    kept: NDArray[np.int64],
    leaders: NDArray[np.int64],
) -> FloatArray:
    k = len(task.predictors)
    logs = np.log(drawn.span[kept])
    z = (logs - logs.mean())[:, None]
    parts = [np.ones((len(own), 1)), own[:, :k]]
    varies = bool(np.ptp(logs) > 0)
    if varies:
        parts += [z, own[:, :k] * z]
    design = np.hstack(parts)
    judged: Inference | MixedInference
    if task.estimator == "mixed":
        ones = np.ones((len(own), 1))
        fit = fit_mixed(mixed_products(own[:, k], design, [ones], [leaders]))
        judged = MixedInference(fit, "satterthwaite", 0.95)
    else:
        names = [str(at) for at in range(design.shape[1])]
        judged = infer(own[:, k], design, names, clusters=leaders, kind="CR2", confidence=0.95)
    found = judged.coefficients()
    width = found["conf_high"] - found["conf_low"]
    table = np.column_stack([found["estimate"], found["p_value"], width])
    result = np.full((2 * k, 3), np.nan)
    result[:k] = table[1 : 1 + k]
    if varies:
        result[k:] = table[2 + k :]
    return result


def _ranking(
    task: PowerTask,
    tiers: Sequence[Sequence[int]],
    own: FloatArray,
    leaders: NDArray[np.int64],
    seed: int,
) -> tuple[FloatArray, FloatArray]:
    k = len(task.predictors)
    products = cross_products(np.hstack([np.ones((len(own), 1)), own]), leaders)
    values = _dominance(products.total()[None])[0]
    shares = np.full((k, 2), np.nan)
    shares[:, 0] = values / values.sum()
    best, top = int(values.argmax()), set(tiers[0])
    all_equal = len(tiers) == 1
    order_right = order_share(values[None], tiers) if not all_equal else np.nan
    established = wrong = supported = np.nan
    if task.n_boot:
        draws = np.vstack([_dominance(batch) for batch in resample(products, task.n_boot, seed)])
        draws = draws[np.flatnonzero(np.isfinite(draws.sum(axis=1)))]
        low, high = np.quantile(draws / draws.sum(axis=1, keepdims=True), [0.025, 0.975], axis=0)
        shares[:, 1] = high - low
        said = _strongest(values, draws, products.n_clusters)
        clear = len(top) == 1
        established = float(said and clear and best in top)
        wrong = float(said and not (clear and best in top))
        supported = np.nan if all_equal else float(_supported(draws, tiers))
    first = np.nan if all_equal else float(best in top)
    return shares, np.array([first, established, wrong, order_right, supported])


def _dominance(matrices: FloatArray) -> FloatArray:
    partial = partial_out(matrices, 1)
    return general_dominance(partial, partial[:, -1, -1])


def _strongest(values: FloatArray, draws: FloatArray, n_units: int) -> bool:
    """Whether the rules of ``rank_effects`` would call one predictor the strongest."""
    first, second = np.triu_indices(values.size, k=1)
    joint = joint_differences(values, draws, JOINT_CONFIDENCE, n_units)
    tail = np.quantile(draws[:, first] - draws[:, second], [0.025, 0.975], axis=0)
    above = (joint.low > 0) & (tail[0] > 0)
    below = (joint.high < 0) & (tail[1] < 0)
    wins = np.bincount(first[above], minlength=values.size)
    wins += np.bincount(second[below], minlength=values.size)
    return bool(wins.max() == values.size - 1)


def _supported(draws: FloatArray, tiers: Sequence[Sequence[int]]) -> bool:
    weakest = min(
        float(share_above(draws[:, a], draws[:, b]))
        for above, below in pairwise(tiers)
        for a in above
        for b in below
    )
    return order_share(draws, tiers) >= SUPPORTED and weakest >= 1.0 - (1.0 - SUPPORTED) / 2.0
