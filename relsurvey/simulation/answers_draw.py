"""Draw the answers of one department, from a generator of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relsurvey.simulation.background_model import BackgroundModel
from relsurvey.simulation.item_model import ItemModel
from relsurvey.simulation.latent_model import LatentModel
from relsurvey.simulation.population import Answering

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

BLANK, DONT_KNOW, REFUSED = -1, -2, -3
CAREFUL, STRAIGHT_LINE, RANDOM = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Blueprint:
    """What every department is drawn from.

    ``leader_root``, ``person_root``, ``unit_residual_root`` and ``residual_root`` are the symmetric
    square roots of the latent model's covariances; ``dropout`` holds, per page, the chance to have
    left before it.
    """

    latent: LatentModel
    items: ItemModel
    background: BackgroundModel
    answering: Answering
    leader_root: Floats
    person_root: Floats
    unit_residual_root: Floats
    residual_root: Floats
    dropout: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Department:
    """The units of one department: sector, leader and headcount of each, and who may answer.

    ``leader`` counts from 0 within the department; ``first_unit`` is the number of its first unit
    in the whole municipality.
    """

    number: int
    first_unit: int
    sector: npt.NDArray[np.int64]
    leader: npt.NDArray[np.int64]
    span: npt.NDArray[np.int64]
    headcount: npt.NDArray[np.int64]
    response_rate: Floats


@dataclass(frozen=True, slots=True, eq=False)
class DepartmentDraw:
    """The m employees of a department who answered.

    Attributes
    ----------
    unit : array (m,) of int32
        Number of the unit in the municipality.
    categories : array (m, p) of int8
        Answer as written: place of the category on the item's scale from 0, or ``BLANK``,
        ``DONT_KNOW``, ``REFUSED``.
    background : array (m, b) of int16
        Place of the answer to each background question among its options.
    manner : array (m,) of int8
        ``CAREFUL``, ``STRAIGHT_LINE`` or ``RANDOM``.
    latent : array (m, q + k) of float64
        True value on every construct, outcomes last.
    """

    unit: npt.NDArray[np.int32]
    categories: Codes
    background: npt.NDArray[np.int16]
    manner: Codes
    latent: Floats


def blueprint(
    latent: LatentModel, items: ItemModel, background: BackgroundModel, answering: Answering
) -> Blueprint:
    """Prepare what all departments share."""
    pages = int(items.page.max()) + 1
    rising = np.concatenate([[0.0], np.cumsum(np.arange(1, pages, dtype=np.float64))])
    return Blueprint(
        latent=latent,
        items=items,
        background=background,
        answering=answering,
        leader_root=symmetric_root(latent.between),
        person_root=symmetric_root(latent.within),
        unit_residual_root=symmetric_root(latent.residual_between),
        residual_root=symmetric_root(latent.residual_within),
        dropout=answering.dropout.value * rising / max(float(rising[-1]), 1.0),
    )


def symmetric_root(covariance: Floats) -> Floats:
    """Symmetric square root of a covariance matrix.

    It is unique also for a singular matrix, so that a draw does not depend on the signs that a
    linear algebra library happens to choose.
    """
    values, vectors = np.linalg.eigh(covariance)
    root: Floats = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return root


def draw_department(
    plan: Blueprint, department: Department, generator: np.random.Generator
) -> DepartmentDraw:
    """Draw who answers, what they think, and what they write."""
    unit = np.repeat(np.arange(department.headcount.size), department.headcount)
    unit = unit[generator.random(unit.size) < department.response_rate[unit]]
    latent = _draw_latent(plan, department, unit, generator)
    categories = _draw_written(plan.items, plan.latent, latent, generator)
    manner = _draw_careless(plan, categories, generator)
    _draw_missing(plan, categories, generator)
    background = plan.background.draw(department.sector[unit], generator)
    return DepartmentDraw(
        unit=(unit + department.first_unit).astype(np.int32),
        categories=categories,
        background=background,
        manner=manner,
        latent=latent,
    )


def _draw_latent(
    plan: Blueprint,
    department: Department,
    unit: npt.NDArray[np.int64],
    generator: np.random.Generator,
) -> Floats:
    model, m = plan.latent, unit.size
    q, k = len(model.exogenous), len(model.outcomes)
    n_leaders = int(department.leader[-1]) + 1
    of_leader = generator.standard_normal((n_leaders, q)) @ plan.leader_root
    of_unit = generator.standard_normal((department.leader.size, k)) @ plan.unit_residual_root
    z = model.span.standardised(department.span)[unit][:, None]
    x = z * model.span_slopes + of_leader[department.leader[unit]]
    x += generator.standard_normal((m, q)) @ plan.person_root
    y = x @ model.effects.T + (z * x) @ model.moderation.T
    y += z * model.outcome_span_slopes - model.moderation @ model.span_slopes
    y += of_unit[unit] + generator.standard_normal((m, k)) @ plan.residual_root
    return np.concatenate([x, y], axis=1)


def _draw_written(
    items: ItemModel, model: LatentModel, latent: Floats, generator: np.random.Generator
) -> Codes:
    """Categories as written: every answer is drawn favourable side up, then turned."""
    m = latent.shape[0]
    tendency = generator.standard_normal((m, 1))
    column = [model.names.index(name) for name in items.constructs]
    value = latent[:, column] * items.loadings
    value += tendency * items.method_loading
    value += generator.standard_normal(value.shape) * items.noise
    category = np.zeros(value.shape, dtype=np.int8)
    for cut in items.thresholds.T:
        category += value > cut
    mirrored = (items.points - 1).astype(np.int8) - category
    written: Codes = np.where(items.reverse, mirrored, category)
    return written


def _draw_careless(plan: Blueprint, categories: Codes, generator: np.random.Generator) -> Codes:
    """Overwrite the answers of careless respondents; return the manner of each respondent."""
    m, answering, items = categories.shape[0], plan.answering, plan.items
    chance = generator.random(m)
    share, straight = answering.careless.value, answering.straight_line.value
    manner = np.full(m, CAREFUL, dtype=np.int8)
    manner[chance < share] = RANDOM
    manner[chance < share * straight] = STRAIGHT_LINE
    rows = np.flatnonzero(manner == RANDOM)
    places = generator.random((rows.size, items.points.size))
    categories[rows] = np.floor(places * items.points).astype(np.int8)
    rows = np.flatnonzero(manner == STRAIGHT_LINE)
    value = generator.standard_normal((rows.size, 1))
    line = np.zeros((rows.size, items.points.size), dtype=np.int8)
    for cut in items.plain_thresholds.T:
        line += value > cut
    categories[rows] = line
    return manner


def _draw_missing(plan: Blueprint, categories: Codes, generator: np.random.Generator) -> None:
    answering = plan.answering
    chance = generator.random(categories.shape)
    edge = answering.dont_know.value
    categories[chance < edge] = DONT_KNOW
    categories[(chance >= edge) & (chance < edge + answering.refused.value)] = REFUSED
    edge += answering.refused.value
    categories[(chance >= edge) & (chance < edge + answering.skipped.value)] = BLANK
    left = generator.random((categories.shape[0], 1)) < plan.dropout
    categories[left[:, plan.items.page]] = BLANK
