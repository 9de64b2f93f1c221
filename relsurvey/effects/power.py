"""What a planned survey can find: power, precision, and the chance to find the ranking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from relsurvey.effects.power_replicate import PowerTask, Replicate, replicate
from relsurvey.effects.power_tables import needed_table, ranking_table, terms_table
from relsurvey.errors import ModelError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.processes import in_processes
from relsurvey.results import Result, json_ready
from relsurvey.simulation.library import load_population
from relsurvey.simulation.planned_draw import Plan, score_source
from relsurvey.simulation.population import Population

ESTIMATORS = ("ols_cr2", "mixed")
FEWEST = 10
CHUNK = 10
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Power(Result):
    """What drawn surveys of one or more sizes found.

    Attributes
    ----------
    terms, rankings : DataFrame
        What ``tidy`` and ``ranking`` return.
    population, estimator : str
    n_draws, n_boot, seed : int
    notes : tuple of str
    """

    title: ClassVar[str] = "Power of a planned survey"
    terms: pd.DataFrame
    rankings: pd.DataFrame
    population: str
    estimator: str
    n_draws: int
    n_boot: int
    seed: int
    notes: tuple[str, ...] = ()

    def tidy(self) -> pd.DataFrame:
        """Return one row per size, outcome and effect.

        Columns ``leaders employees_per_leader response_rate n_obs outcome kind predictor truth
        estimate std_dev power power_low power_high width``. ``kind`` is ``main`` (standardised
        coefficient at the mean of log span), ``interaction`` (with log span) or ``share`` (of
        general dominance). ``truth`` is the population's, without measurement error, which the
        scores' estimates fall short of; ``power`` the share of surveys with p < .05 and its 95 %
        Monte Carlo bounds (Wilson); ``width`` the mean width of a 95 % interval.
        """
        return self.terms.copy()

    def ranking(self) -> pd.DataFrame:
        """Return one row per size, outcome and finding: the share of surveys, with bounds.

        ``finding`` is ``first_right`` (the largest share belongs to a truly strongest one),
        ``order_right`` (the sample's order is the true one), ``first_established`` and
        ``order_supported`` (the report would say so, rightly), ``first_wrong`` (it would name a
        strongest one that is not, or where several are equal).
        """
        return self.rankings.copy()

    def needed(self, power: float = 0.8) -> pd.DataFrame:
        """Return for each effect how many leaders give that power, by straight lines between sizes.

        ``outcome kind predictor leaders``; NaN where no size reaches it.
        """
        return needed_table(self.terms, power)

    def glance(self) -> pd.DataFrame:
        """Return one row: what was drawn."""
        return pd.DataFrame(
            {
                "population": [self.population],
                "estimator": [self.estimator],
                "n_sizes": [len(self.terms[["leaders", "employees_per_leader"]].drop_duplicates())],
                "n_draws": [self.n_draws],
                "n_boot": [self.n_boot],
                "seed": [self.seed],
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain JSON types at full precision."""
        return Result.to_dict(self) | {"ranking": json_ready(self.rankings)}


def power(
    population: str | Path | Population = "article",
    *,
    leaders: int | Sequence[int],
    employees_per_leader: float | None = None,
    response_rate: float | None = None,
    outcome: str | Sequence[str] | None = None,
    predictors: Sequence[str] | None = None,
    instrument: str | Path | Instrument = "relations",
    form: str = "full",
    estimator: str = "ols_cr2",
    n_draws: int = 500,
    n_boot: int = 400,
    seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
) -> Power:
    """Draw a planned survey many times and count what it finds.

    Parameters
    ----------
    population : str, Path or Population
        Where the truth stands: a shipped name, a TOML file, or one already read.
    leaders : int or sequence of int
        Sizes of the survey.
    employees_per_leader : float, optional
        Mean span of control; by default the population's.
    response_rate : float, optional
        Mean share who answer; by default the population's.
    outcome, predictors : str, sequence of str, optional
        By default the population's outcomes and dimensions.
    instrument, form
        What is asked; scores are means of the items answered, with their measurement error,
        missing and careless answers as the population has them.
    estimator : {"ols_cr2", "mixed"}
        Least squares with CR2 over leaders, or random intercepts with Satterthwaite's degrees of
        freedom; all predictors with log span and their products, as in ``moderate``.
    n_draws : int
        Surveys per size, at least 10; 500 give power to about ±.04.
    n_boot : int
        Bootstrap draws of each survey's ranking; 0 leaves out what needs them.
    seed : int
        The same seed gives the same answer with any number of workers.
    workers : int
        Processes side by side.
    progress : callable, optional
        Called with surveys done and surveys in all.

    Raises
    ------
    StudyError
        The population cannot be used.
    ModelError
        Impossible sizes, unknown names or estimator.
    """
    if not isinstance(population, Population):
        population = load_population(population)
    if not isinstance(instrument, Instrument):
        instrument = load_instrument(instrument)
    sizes = (leaders,) if isinstance(leaders, int | np.integer) else tuple(leaders)
    _check(sizes, employees_per_leader, response_rate, estimator, n_draws, n_boot, workers)
    source = score_source(population, instrument, form)
    constructs = population.constructs
    outcomes = _named("outcome", outcome, constructs.outcomes)
    chosen = _named("predictors", predictors, constructs.dimensions, constructs.exogenous)
    truths = [source.truth(name, chosen) for name in outcomes]
    task = PowerTask(
        source=source,
        outcomes=outcomes,
        predictors=chosen,
        tiers=tuple(_tiers(truth["order"], chosen) for truth in truths),
        estimator=estimator,
        n_boot=n_boot,
    )
    plans = [Plan(int(size), employees_per_leader, response_rate) for size in sizes]
    found = _run(task, plans, n_draws, seed, workers, progress)
    pieces = [found[at * n_draws : (at + 1) * n_draws] for at in range(len(plans))]
    return Power(
        terms=pd.concat(
            [terms_table(task, p, own) for p, own in zip(plans, pieces, strict=True)],
            ignore_index=True,
        ),
        rankings=pd.concat(
            [ranking_table(task, p, own) for p, own in zip(plans, pieces, strict=True)],
            ignore_index=True,
        ),
        population=population.id,
        estimator=estimator,
        n_draws=n_draws,
        n_boot=n_boot,
        seed=int(seed),
        notes=(
            f"The answer is about the population {population.id!r}: its effects are assumptions. "
            "Another true effect has another power.",
        ),
    )


def _check(
    sizes: Sequence[int],
    employees_per_leader: float | None,
    response_rate: float | None,
    estimator: str,
    n_draws: int,
    n_boot: int,
    workers: int,
) -> None:
    wrong = [
        (not sizes or min(sizes) < 3, "leaders", sizes, "3 or more"),
        (
            employees_per_leader is not None and employees_per_leader < 2,
            "employees_per_leader",
            employees_per_leader,
            "2 or more",
        ),
        (
            response_rate is not None and not 0 < response_rate <= 1,
            "response_rate",
            response_rate,
            "a share, above 0 and at most 1",
        ),
        (estimator not in ESTIMATORS, "estimator", estimator, " ".join(ESTIMATORS)),
        (n_draws < FEWEST, "n_draws", n_draws, f"{FEWEST} or more"),
        (n_boot != 0 and n_boot < 100, "n_boot", n_boot, "0, or 100 or more"),
        (workers < 1, "workers", workers, "1 or more"),
    ]
    for is_wrong, where, got, expected in wrong:
        if is_wrong:
            raise ModelError(
                "The plan cannot be drawn.", where=where, got=str(got), expected=expected
            )


def _named(
    where: str,
    given: str | Sequence[str] | None,
    usual: Sequence[str],
    known: Sequence[str] | None = None,
) -> tuple[str, ...]:
    if given is None:
        return tuple(usual)
    names = (given,) if isinstance(given, str) else tuple(given)
    allowed = tuple(known or usual)
    unknown = [name for name in names if name not in allowed]
    if unknown or not names:
        raise ModelError(
            "The population holds no such construct.",
            where=where,
            got=", ".join(unknown) or "none",
            expected=", ".join(allowed),
        )
    return names


def _tiers(order: Any, predictors: Sequence[str]) -> tuple[tuple[int, ...], ...]:  # noqa: ANN401
    return tuple(tuple(predictors.index(name) for name in tier) for tier in order)


def _run(
    task: PowerTask,
    plans: Sequence[Plan],
    n_draws: int,
    seed: int,
    workers: int,
    progress: Progress | None,
) -> list[Replicate]:
    """Every survey has a seed of its own, so that it does not matter who draws it."""
    jobs = [
        (plan, np.random.SeedSequence(seed, spawn_key=(size, number)))
        for size, plan in enumerate(plans)
        for number in range(n_draws)
    ]
    chunks = [jobs[at : at + CHUNK] for at in range(0, len(jobs), CHUNK)]
    found: list[Replicate] = []

    with in_processes(workers) as mapped:
        for part in mapped(partial(_some, task), chunks):
            found.extend(part)
            if progress is not None:
                progress(len(found), len(jobs))
    return found


def _some(task: PowerTask, jobs: Sequence[tuple[Plan, np.random.SeedSequence]]) -> list[Replicate]:
    return [replicate(task, plan, seed) for plan, seed in jobs]
