"""Scores of a planned survey, drawn again and again: so many leaders, employees, answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from relsurvey.instrument.instrument import Instrument
from relsurvey.simulation.answers_draw import Blueprint, Department, blueprint, draw_department
from relsurvey.simulation.background_model import background_model
from relsurvey.simulation.item_model import item_model
from relsurvey.simulation.latent_model import latent_model
from relsurvey.simulation.population import Population
from relsurvey.simulation.population_check import check_population
from relsurvey.simulation.roster_draw import (
    draw_response_rates,
    draw_units,
    largest_remainders,
)
from relsurvey.simulation.truth import model_truth

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SMALLEST_RATE = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """A survey that is planned.

    Attributes
    ----------
    leaders : int
    employees_per_leader : float or None
        Their mean; None as in the population. The spread of its logarithm is the population's.
    response_rate : float or None
        The mean chance to answer; None as in the population.
    """

    leaders: int
    employees_per_leader: float | None = None
    response_rate: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PlannedDraw:
    """Scores (n, c) of those who answered, with leader (n,) and span of control (n,)."""

    leader: Ints
    span: Floats
    scores: Floats
    invited: int


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSource:
    """A population that scores are drawn from.

    Attributes
    ----------
    population : Population
    plan : Blueprint
    constructs : tuple of str
        Columns of the scores.
    members : tuple of int array
        Items of each construct.
    """

    population: Population
    plan: Blueprint
    constructs: tuple[str, ...]
    members: tuple[npt.NDArray[np.intp], ...]

    def truth(self, outcome: str, predictors: tuple[str, ...]) -> dict[str, Any]:
        """Return ``coefficients r2 general_dominance share order`` without measurement error."""
        latent = self.plan.latent
        return model_truth(latent, latent.outcomes.index(outcome), predictors)

    def draw(self, plan: Plan, generator: np.random.Generator) -> PlannedDraw:
        """Draw one survey: leaders, teams, who answers, what they write, and score it."""
        department = self._roster(plan, generator)
        drawn = draw_department(self.plan, department, generator)
        items = self.plan.items
        answers = drawn.categories.astype(np.float64)
        answers[answers < 0] = np.nan
        answers = np.where(items.reverse, items.points - 1 - answers, answers) + 1.0
        scores = np.empty((len(answers), len(self.members)))
        for column, members in enumerate(self.members):
            own = answers[:, members]
            there = np.isfinite(own)
            count = there.sum(axis=1)
            with np.errstate(invalid="ignore"):
                mean = np.where(there, own, 0.0).sum(axis=1) / count
            scores[:, column] = np.where(2 * count >= len(members), mean, np.nan)
        leader = department.leader[drawn.unit]
        spans = department.span[drawn.unit].astype(np.float64)
        return PlannedDraw(leader, spans, scores, int(department.headcount.sum()))

    def _roster(self, plan: Plan, generator: np.random.Generator) -> Department:
        """Leaders by the sectors' shares of leaders, as one department."""
        town, span = self.population.municipality, self.plan.latent.span
        employees = np.array([town.sector_share.as_dict()[name] for name in town.sectors])
        means = np.array([span.leader_mean[name] for name in town.sectors])
        shares = employees / means
        sizes = largest_remainders(shares / shares.sum(), plan.leaders)
        shift = 0.0
        if plan.employees_per_leader is not None:
            shift = float(np.log(plan.employees_per_leader * shares.sum() / employees.sum()))
        sector = np.repeat(np.arange(len(sizes)), sizes)
        logs = np.array([span.log_mean[name] for name in town.sectors])[sector] + shift
        logs += span.log_sd * generator.standard_normal(plan.leaders)
        spans = np.rint(np.exp(logs)).clip(span.low, span.high).astype(np.int64)
        leader, headcount = draw_units(self.population, spans, generator)
        rate = draw_response_rates(self.population, sector[leader], generator)
        if plan.response_rate is not None:
            mean = float(rate @ headcount / headcount.sum())
            rate = (rate * plan.response_rate / mean).clip(SMALLEST_RATE, 1.0)
        return Department(
            number=0,
            first_unit=0,
            sector=sector[leader],
            leader=leader,
            span=spans[leader],
            headcount=headcount,
            response_rate=rate,
        )


def score_source(population: Population, instrument: Instrument, form: str) -> ScoreSource:
    """Prepare what every draw shares.

    Raises
    ------
    StudyError
        The population contradicts itself or lacks a construct that is asked.
    """
    check_population(population)
    items = item_model(population, instrument, form)
    plan = blueprint(
        latent_model(population),
        items,
        background_model(population, instrument, form),
        population.answering,
    )
    constructs = tuple(dict.fromkeys(items.constructs))
    members = tuple(
        np.flatnonzero(np.array([own == name for own in items.constructs])) for name in constructs
    )
    return ScoreSource(population, plan, constructs, members)
