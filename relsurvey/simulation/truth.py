"""What is true of a drawn municipality: the answer that an analysis of its answers should find."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import numpy.typing as npt

from relsurvey.instrument.instrument import Instrument
from relsurvey.results import json_ready
from relsurvey.simulation.item_model import ItemModel
from relsurvey.simulation.latent_model import LatentModel
from relsurvey.simulation.parameters import parameters_table
from relsurvey.simulation.population import Population
from relsurvey.simulation.roster_draw import RosterDraw
from relsurvey.stats.dominance import general_dominance

Floats = npt.NDArray[np.float64]

TIE = 1e-9


def true_values(
    population: Population, latent: LatentModel, items: ItemModel, instrument: Instrument
) -> dict[str, Any]:
    """Everything that is true before anything is drawn.

    Effects are standardised: every latent construct has mean 0 and variance 1 over answering
    employees, and log-span is in standard deviations over them. ``models`` holds what a linear
    model with those predictors alone estimates in an unlimited population: ``coefficients``, ``r2``
    and ``general_dominance`` (contributions that sum to ``r2``), ``share`` of it, and ``order``,
    largest first, equal ones in one list. ``moderation_alone_per_sd_log_span`` is what a model with
    one construct, log-span and their product estimates.
    """
    truth = {
        "population": {
            "id": population.id,
            "version": population.version,
            "title": population.title.as_dict(),
            "extends": population.extends,
        },
        "constructs": _constructs(population, latent),
        "correlations": _table(latent.correlations, latent.names),
        "outcomes": {
            outcome: _outcome(population, latent, row)
            for row, outcome in enumerate(latent.outcomes)
        },
        "span_of_control": _span(latent),
        "items": _items(items, instrument),
        "method_loading": items.method_loading,
        "parameters": parameters_table(population),
    }
    return dict(json_ready(truth))


def drawn_facts(
    roster: RosterDraw, latent: LatentModel, unit: npt.NDArray[np.int32]
) -> dict[str, Any]:
    """Count what was drawn: the municipality, who answered, and log-span in this draw.

    ``unit`` holds each respondent's unit, counted from 0.
    """
    span = roster.span[roster.leader[unit]]
    answered = np.bincount(unit, minlength=roster.headcount.size)
    facts = {
        "counts": {
            "employees": int(roster.headcount.sum()),
            "respondents": unit.size,
            "units": roster.headcount.size,
            "units_with_answers": int((answered > 0).sum()),
            "leaders": roster.span.size,
            "departments": roster.n_departments,
            "sectors": len(set(roster.sector.tolist())),
            "response_rate": unit.size / int(roster.headcount.sum()),
        },
        "log_span_of_respondents": {
            "mean": float(np.log(span).mean()) if unit.size else None,
            "std_dev": float(np.log(span).std()) if unit.size else None,
            "mean_expected": latent.span.employee_mean,
            "std_dev_expected": latent.span.employee_sd,
        },
    }
    return dict(json_ready(facts))


def software_versions() -> dict[str, str]:
    """Versions of what drew the answers."""
    found = {"python": platform.python_version(), "numpy": np.__version__}
    try:
        found["relsurvey"] = version("relsurvey")
    except PackageNotFoundError:
        found["relsurvey"] = "not installed"
    return found


def _constructs(population: Population, latent: LatentModel) -> dict[str, Any]:
    constructs = population.constructs
    roles = {
        "dimension": constructs.dimensions,
        "proximity": constructs.proximity,
        "marker": constructs.markers,
        "outcome": constructs.outcomes,
    }
    role_of = {name: role for role, names in roles.items() for name in names}
    slopes = np.concatenate([latent.span_slopes, latent.outcome_span_slopes])
    level = population.measurement.mean_100.as_dict()
    return {
        name: {
            "role": role_of[name],
            "icc1": latent.icc1[row],
            "mean_100": level[name],
            "direct_effect_of_log_span": slopes[row],
        }
        for row, name in enumerate(latent.names)
    }


def _outcome(population: Population, latent: LatentModel, row: int) -> dict[str, Any]:
    constructs = population.constructs
    models = {"dimensions": constructs.dimensions}
    if constructs.proximity:
        models["dimensions_and_proximity"] = (*constructs.dimensions, *constructs.proximity)
    return {
        "effects": dict(zip(latent.exogenous, latent.effects[row], strict=True)),
        "moderation_per_sd_log_span": dict(
            zip(latent.exogenous, latent.moderation[row], strict=True)
        ),
        "moderation_alone_per_sd_log_span": dict(
            zip(latent.exogenous, _moderation_alone(latent, row), strict=True)
        ),
        "effect_of_log_span": latent.outcome_span_slopes[row],
        "r2": latent.r2[row],
        "variance_between_explained": latent.systematic_between[row, row],
        "variance_within_explained": latent.systematic_within[row, row],
        "variance_between_residual": latent.residual_between[row, row],
        "variance_within_residual": latent.residual_within[row, row],
        "models": {
            name: model_truth(latent, row, predictors) for name, predictors in models.items()
        },
    }


def _moderation_alone(latent: LatentModel, row: int) -> list[float]:
    """Coefficient of x z in the regression of an outcome on one construct x, z and x z alone.

    With x = γz + u the population moments of (x, z, xz) and y are sums over moments of z, since u
    is independent of z.
    """
    third, fourth = latent.span.skewness, latent.span.kurtosis
    unique = latent.between + latent.within
    beta, delta = latent.effects[row], latent.moderation[row]
    direct = beta @ latent.span_slopes + latent.outcome_span_slopes[row]
    curved = delta @ latent.span_slopes
    found = []
    for place, slope in enumerate(latent.span_slopes):
        spread = unique[place, place]
        with_product = [slope**2 * third, slope * third, slope**2 * (fourth - 1) + spread]
        left = [[slope**2 + spread, slope, with_product[0]], [slope, 1.0, with_product[1]]]
        with_z = direct + curved * third
        right = [
            slope * with_z + unique[place] @ beta,
            with_z,
            slope * (direct * third + curved * (fourth - 1)) + unique[place] @ delta,
        ]
        found.append(float(np.linalg.solve(np.array([*left, with_product]), right)[2]))
    return found


def model_truth(latent: LatentModel, row: int, predictors: tuple[str, ...]) -> dict[str, Any]:
    """Return what a linear model of one outcome with these predictors alone would estimate."""
    places = [latent.names.index(name) for name in predictors]
    outcome = len(latent.exogenous) + row
    among = latent.correlations[np.ix_(places, places)]
    with_outcome = latent.correlations[places, outcome]
    coefficients = np.linalg.solve(among, with_outcome)
    all_of_them = [*places, outcome]
    covariance = latent.correlations[np.ix_(all_of_them, all_of_them)]
    dominance = general_dominance(covariance[None], np.ones(1))[0]
    r2 = float(coefficients @ with_outcome)
    share = dominance / r2 if r2 > TIE else np.full(dominance.size, np.nan)
    return {
        "coefficients": dict(zip(predictors, coefficients, strict=True)),
        "r2": r2,
        "general_dominance": dict(zip(predictors, dominance, strict=True)),
        "share": dict(zip(predictors, share, strict=True)),
        "order": _order(predictors, dominance),
    }


def _order(names: tuple[str, ...], values: Floats) -> list[list[str]]:
    tiers: list[list[int]] = []
    for place in np.argsort(-values, kind="stable").tolist():
        if tiers and values[tiers[-1][0]] - values[place] < TIE:
            tiers[-1].append(place)
        else:
            tiers.append([place])
    return [[names[place] for place in sorted(tier)] for tier in tiers]


def _span(latent: LatentModel) -> dict[str, Any]:
    span = latent.span
    return {
        "mean_over_leaders": span.leader_mean,
        "log_std_dev_over_leaders": span.log_sd,
        "low": span.low,
        "high": span.high,
        "log_mean_over_respondents": span.employee_mean,
        "log_std_dev_over_respondents": span.employee_sd,
        "log_skewness_over_respondents": span.skewness,
        "log_kurtosis_over_respondents": span.kurtosis,
    }


def _items(items: ItemModel, instrument: Instrument) -> dict[str, Any]:
    return {
        name: {
            "construct": items.constructs[row],
            "reverse": bool(items.reverse[row]),
            "codes": list(instrument.scale_of(name).codes),
            "loading": items.loadings[row],
            "residual_variance": items.noise[row] ** 2,
            "thresholds": items.thresholds[row, : items.points[row] - 1],
            "category_shares": items.shares(row),
        }
        for row, name in enumerate(items.items)
    }


def _table(matrix: Floats, names: tuple[str, ...]) -> dict[str, dict[str, float]]:
    return {
        name: dict(zip(names, row, strict=True)) for name, row in zip(names, matrix, strict=True)
    }
