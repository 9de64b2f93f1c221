"""The latent model: every covariance between units and within, residuals chosen so variances are 1.

For employee i in unit j under leader l with standardised log-span z:

    x = γ z + b_l + w_i                                  dimensions, proximity, markers
    y = (β + δ z)'x + κ z - δ'γ + u_j + e_i              outcomes

with Cov(b) = B - γγ', Cov(w) = W, B + W the correlations of persons. The covariances of u and e
are what is left when y shall have variance 1, its ICC(1) and its correlations; products of z with x
enter exactly, through the third and fourth moment of z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relsurvey.simulation.population import CorrelationRule, EffectRule, Population
from relsurvey.simulation.span import SpanModel, span_model

Floats = npt.NDArray[np.float64]

SMALLEST_EIGENVALUE = 1e-8
ROUNDING = -1e-10


@dataclass(frozen=True, slots=True, eq=False)
class LatentModel:
    """Everything that latent constructs are drawn from; q exogenous constructs, k outcomes.

    Attributes
    ----------
    exogenous, outcomes : tuple of str
        Names, in the order of the arrays.
    span : SpanModel
        The moderator.
    span_slopes : array (q,)
        γ: effect of standardised log-span on each exogenous construct.
    between, within : array (q, q)
        Covariance of the leaders' part without γ z, and of the persons' part.
    effects, moderation : array (k, q)
        β and δ.
    outcome_span_slopes : array (k,)
        κ.
    residual_between, residual_within : array (k, k)
        Covariance of the outcomes' unit and person residuals.
    systematic_between, systematic_within : array (k, k)
        Covariance of the outcomes that effects, moderation and span account for.
    correlations : array (q + k, q + k)
        Of persons; outcomes last.
    icc1 : array (q + k,)
        Share of variance between units; outcomes last.
    """

    exogenous: tuple[str, ...]
    outcomes: tuple[str, ...]
    span: SpanModel
    span_slopes: Floats
    between: Floats
    within: Floats
    effects: Floats
    moderation: Floats
    outcome_span_slopes: Floats
    residual_between: Floats
    residual_within: Floats
    systematic_between: Floats
    systematic_within: Floats
    correlations: Floats
    icc1: Floats

    @property
    def names(self) -> tuple[str, ...]:
        """All constructs, outcomes last."""
        return (*self.exogenous, *self.outcomes)

    @property
    def r2(self) -> Floats:
        """Share of each outcome's variance that the whole model accounts for, array (k,)."""
        return np.diag(self.systematic_between + self.systematic_within).copy()


def latent_model(population: Population) -> LatentModel:
    """Turn a population into covariances.

    Raises
    ------
    StudyError
        If the correlations, ICCs and effects cannot hold together; the message names the key and
        the constructs that pull hardest.
    """
    constructs = population.constructs
    exogenous, outcomes = constructs.exogenous, constructs.outcomes
    span = span_model(population)
    icc1 = _vector(population.icc1.as_dict(), constructs.all)
    of_persons = _correlations(population, population.correlations)
    of_groups = _correlations(
        population, (*population.correlations, *population.group_correlations)
    )
    between_all = of_groups * np.sqrt(np.outer(icc1, icc1))
    q = len(exogenous)
    slopes = _vector(population.span_effects.as_dict(), constructs.all) * span.employee_sd
    gamma, kappa = slopes[:q], slopes[q:]
    between = between_all[:q, :q] - np.outer(gamma, gamma)
    within = of_persons[:q, :q] - between_all[:q, :q]
    beta = _effects(population.effects, exogenous, outcomes)
    delta = _effects(population.moderation, exogenous, outcomes)
    _refuse_moderation_without_span(population, span, slopes, delta)
    _refuse_impossible(population, "correlations", exogenous, of_persons[:q, :q], strict=True)
    _refuse_impossible(population, "icc1 / span_effects", exogenous, between)
    _refuse_impossible(population, "icc1 / group_correlations", exogenous, within)

    direct, curved = beta @ gamma + kappa, delta @ gamma
    systematic_between = (
        beta @ between @ beta.T
        + delta @ between @ delta.T
        + _covariance_through_span(direct, curved, span)
    )
    systematic_within = beta @ within @ beta.T + delta @ within @ delta.T
    residual_between = between_all[q:, q:] - systematic_between
    residual_within = of_persons[q:, q:] - between_all[q:, q:] - systematic_within
    _refuse_impossible(population, "effects (within units)", outcomes, residual_within)
    _refuse_impossible(population, "icc1 (between units)", outcomes, residual_between)

    cross = beta @ (between + within) + np.outer(direct + curved * span.skewness, gamma)
    correlations = np.block([[of_persons[:q, :q], cross.T], [cross, of_persons[q:, q:]]])
    return LatentModel(
        exogenous=exogenous,
        outcomes=outcomes,
        span=span,
        span_slopes=gamma,
        between=between,
        within=within,
        effects=beta,
        moderation=delta,
        outcome_span_slopes=kappa,
        residual_between=residual_between,
        residual_within=residual_within,
        systematic_between=systematic_between,
        systematic_within=systematic_within,
        correlations=correlations,
        icc1=icc1,
    )


def _covariance_through_span(direct: Floats, curved: Floats, span: SpanModel) -> Floats:
    """Covariances of `direct z + curved z²` between outcomes, from the moments of z."""
    return (
        np.outer(direct, direct)
        + np.outer(curved, curved) * (span.kurtosis - 1)
        + (np.outer(direct, curved) + np.outer(curved, direct)) * span.skewness
    )


def _vector(values: dict[str, float], names: tuple[str, ...]) -> Floats:
    return np.array([values.get(name, 0.0) for name in names])


def _effects(
    rules: tuple[EffectRule, ...], exogenous: tuple[str, ...], outcomes: tuple[str, ...]
) -> Floats:
    matrix = np.zeros((len(outcomes), len(exogenous)))
    for rule in rules:
        for name, value in rule.values:
            matrix[outcomes.index(rule.outcome), exogenous.index(name)] = value
    return matrix


def _correlations(population: Population, rules: tuple[CorrelationRule, ...]) -> Floats:
    names, groups = population.constructs.all, population.constructs.groups
    matrix = np.eye(len(names))
    for rule in rules:
        if rule.among:
            first = second = [names.index(m) for name in rule.among for m in groups[name]]
        else:
            first, second = ([names.index(m) for m in groups[name]] for name in rule.between)
        for a in first:
            for b in second:
                if a != b:
                    matrix[a, b] = matrix[b, a] = rule.value
    return matrix


def _refuse_moderation_without_span(
    population: Population, span: SpanModel, slopes: Floats, delta: Floats
) -> None:
    asks = bool(np.any(delta)) or any(population.span_effects.as_dict().values())
    if span.employee_sd == 0 and (asks or bool(np.any(slopes))):
        raise population.error(
            "Span of control has effects but does not vary.",
            "municipality.span_low",
            got=f"every leader has {span.low} employees",
            hint="Widen span_low … span_high, or set span_effects and moderation to 0.",
        )


def _refuse_impossible(
    population: Population,
    key: str,
    names: tuple[str, ...],
    matrix: Floats,
    *,
    strict: bool = False,
) -> None:
    values, vectors = np.linalg.eigh(matrix)
    needed = SMALLEST_EIGENVALUE if strict else ROUNDING
    if values[0] >= needed:
        return
    pulling = [names[i] for i in np.argsort(-np.abs(vectors[:, 0]), kind="stable")[:3]]
    raise population.error(
        "The correlations, ICCs and effects of this population cannot hold together: a matrix of "
        "covariances that they ask for is not positive definite.",
        key,
        got=f"a smallest eigenvalue of {values[0]:.3g}, from {', '.join(pulling)} above all",
        expected=f"at least {max(needed, 0.0):g}",
        hint=_hint(key),
    )


def _hint(key: str) -> str:
    if key == "correlations":
        return "Bring the correlations of these constructs closer to each other, or lower them."
    if key.startswith("effects"):
        return "Lower the effects on these outcomes, or change the correlation between outcomes."
    return "Raise icc1 for these constructs, or lower the effects, span effects or moderation."
