"""Draw the municipality: leaders by sector, their teams, their departments, the units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from relsurvey.simulation.population import Population
from relsurvey.simulation.span import SpanModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROSTER_COLUMNS = ("unit", "leader", "department", "sector", "span_of_control", "headcount")


@dataclass(frozen=True, slots=True, eq=False)
class RosterDraw:
    """L leaders and U units, in the order of sectors, departments, leaders.

    Attributes
    ----------
    sectors : tuple of str
        Sector ids.
    span, sector, department : array (L,) of int
        Per leader: number of employees, place of the sector in ``sectors``, department from 0.
    leader, headcount : array (U,) of int
        Per unit: its leader from 0, and its employees.
    response_rate : array (U,)
        The chance that an employee of the unit answers.
    """

    sectors: tuple[str, ...]
    span: Ints
    sector: Ints
    department: Ints
    leader: Ints
    headcount: Ints
    response_rate: Floats

    @property
    def n_departments(self) -> int:
        """Number of departments."""
        return int(self.department[-1]) + 1

    def unit_ids(self) -> list[str]:
        """Ids of the units, u001 and on."""
        return numbered("u", self.headcount.size)

    def frame(self) -> pd.DataFrame:
        """One row per unit, as a municipality keeps it; columns as in ``ROSTER_COLUMNS``."""
        leaders = np.array(numbered("l", self.span.size), dtype=object)
        departments = np.array(numbered("d", self.n_departments), dtype=object)
        sectors = np.array(self.sectors, dtype=object)
        columns = (
            np.array(self.unit_ids(), dtype=object),
            leaders[self.leader],
            departments[self.department[self.leader]],
            sectors[self.sector[self.leader]],
            self.span[self.leader],
            self.headcount,
        )
        kept = (pd.Series(column, dtype=column.dtype) for column in columns)
        return pd.DataFrame(dict(zip(ROSTER_COLUMNS, kept, strict=True)))


def numbered(letter: str, n: int) -> list[str]:
    """Ids with leading zeros, as wide as the largest number needs, at least three digits."""
    width = max(3, len(str(n)))
    return [f"{letter}{number:0{width}d}" for number in range(1, n + 1)]


def draw_roster(
    population: Population, span: SpanModel, n_employees: int, generator: np.random.Generator
) -> RosterDraw:
    """Draw leaders until every sector's employees have one, then split large teams into units.

    Sectors get their share of the employees, rounded so that the sum is exact. The last leader of
    a sector has those who are left; fewer than ``span_low`` join the leader before.
    """
    town = population.municipality
    shares = np.array([town.sector_share.as_dict()[sector] for sector in town.sectors])
    sizes = largest_remainders(shares, n_employees)
    spans = [
        _draw_spans(span, span.log_mean[sector], int(size), generator)
        for sector, size in zip(town.sectors, sizes, strict=True)
    ]
    span_of_leader = np.concatenate(spans)
    sector = np.repeat(np.arange(len(spans)), [part.size for part in spans])
    department = departments_of(spans, int(town.leaders_per_department.value))
    leader, headcount = draw_units(population, span_of_leader, generator)
    rate = draw_response_rates(population, sector[leader], generator)
    return RosterDraw(
        sectors=town.sectors,
        span=span_of_leader,
        sector=sector,
        department=department,
        leader=leader,
        headcount=headcount,
        response_rate=rate,
    )


def largest_remainders(shares: Floats, total: int) -> Ints:
    """Round shares of a total so that the sum is exact."""
    exact = shares * total
    sizes = np.floor(exact + 1e-9).astype(np.int64)
    most_left = np.argsort(-(exact - sizes), kind="stable")
    sizes[most_left[: total - int(sizes.sum())]] += 1
    return sizes


def _draw_spans(
    span: SpanModel, log_mean: float, n_employees: int, generator: np.random.Generator
) -> Ints:
    expected = n_employees / np.exp(log_mean + span.log_sd**2 / 2)
    found = np.empty(0, dtype=np.int64)
    while found.sum() < n_employees:
        logs = log_mean + span.log_sd * generator.standard_normal(int(expected * 1.1) + 8)
        more = np.rint(np.exp(logs)).clip(span.low, span.high).astype(np.int64)
        found = np.concatenate([found, more])
    if n_employees == 0:
        return found
    last = int(np.searchsorted(np.cumsum(found), n_employees))
    kept = found[: last + 1].copy()
    kept[last] -= int(kept.sum()) - n_employees
    if last > 0 and kept[last] < span.low:
        kept[last - 1] += kept[last]
        kept = kept[:last]
    return kept


def departments_of(spans: list[Ints], leaders_per_department: int) -> Ints:
    """Give every leader the number of a department, sector by sector."""
    parts, first = [], 0
    for part in spans:
        if part.size:
            parts.append(first + np.arange(part.size) // leaders_per_department)
            first = int(parts[-1][-1]) + 1
    return np.concatenate(parts)


def draw_units(
    population: Population, span: Ints, generator: np.random.Generator
) -> tuple[Ints, Ints]:
    """Split some of the large teams in two; return leader and headcount of every unit."""
    town = population.municipality
    chance = generator.random(span.size)
    two = (span >= town.second_unit_from.value) & (chance < town.second_unit_share.value)
    part = 0.35 + 0.30 * generator.random(span.size)
    first = np.where(two, np.rint(span * part).astype(np.int64).clip(1, span - two), span)
    leader = np.repeat(np.arange(span.size), 1 + two)
    headcount = np.repeat(first, 1 + two)
    is_second = np.concatenate([[False], leader[1:] == leader[:-1]])
    headcount[is_second] = (span - first)[two]
    return leader, headcount


def draw_response_rates(
    population: Population, sector: Ints, generator: np.random.Generator
) -> Floats:
    """Draw the chance to answer of every unit, given its sector."""
    answering = population.answering
    low, high = answering.response_low.value, answering.response_high.value
    rates = answering.response_rate.as_dict()
    mean = np.array([rates[name] for name in population.municipality.sectors])
    place = (mean - low) / (high - low)
    variance = (answering.response_rate_sd.value / (high - low)) ** 2
    weight = place * (1 - place) / variance - 1
    drawn = generator.beta((place * weight)[sector], ((1 - place) * weight)[sector])
    return low + (high - low) * drawn
