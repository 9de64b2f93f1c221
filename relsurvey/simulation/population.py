"""A population as data: who works there, how they see things, and how they answer."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic.dataclasses import dataclass

from relsurvey.errors import StudyError
from relsurvey.instrument.texts import Texts
from relsurvey.simulation.numbers import (
    STRICT,
    Basis,
    Count,
    Number,
    Numbers,
    Percentages,
    Positive,
    Positives,
    Quantity,
    Share,
    Shares,
    Text,
)

NONE = Numbers(())


def _blocks(value: object) -> object:
    return tuple(value.items()) if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Constructs:
    """Ids of the constructs by their place in the model, and blocks of them by name."""

    dimensions: tuple[str, ...]
    outcomes: tuple[str, ...]
    proximity: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    blocks: Annotated[tuple[tuple[str, tuple[str, ...]], ...], BeforeValidator(_blocks)] = ()

    @property
    def exogenous(self) -> tuple[str, ...]:
        """Every construct that is not an outcome: dimensions, forms of proximity, markers."""
        return (*self.dimensions, *self.proximity, *self.markers)

    @property
    def all(self) -> tuple[str, ...]:
        """Every construct, outcomes last."""
        return (*self.exogenous, *self.outcomes)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """What a correlation rule may name: the four roles, the blocks, and single constructs."""
        return {
            "dimensions": self.dimensions,
            "outcomes": self.outcomes,
            "proximity": self.proximity,
            "markers": self.markers,
            **dict(self.blocks),
            **{name: (name,) for name in self.all},
        }


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Municipality:
    """Employees in teams under leaders, in departments, by sector.

    ``span_mean`` is the mean number of employees per leader in a sector before clipping to
    ``span_low … span_high``, ``span_sd_log`` the standard deviation of its logarithm. A leader with
    at least ``second_unit_from`` employees has two units with probability ``second_unit_share``.
    """

    n_employees: Count
    sector_share: Shares
    span_mean: Positives
    span_sd_log: Positive
    span_low: Count
    span_high: Count
    leaders_per_department: Count
    second_unit_from: Count
    second_unit_share: Share

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sector ids in the order written."""
        return self.sector_share.names


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CorrelationRule:
    """A correlation for all pairs ``among`` some constructs or ``between`` two lots of them.

    Names are constructs, blocks, or ``dimensions``, ``proximity``, ``outcomes``, ``markers``. A
    later rule overrides an earlier one; a pair that no rule names correlates zero.
    """

    value: Number
    basis: Basis
    source: Text
    among: tuple[str, ...] = ()
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class EffectRule:
    """Standardised effects of constructs on one outcome (or, as moderation, per SD of log-span)."""

    outcome: str
    basis: Basis
    source: Text
    values: Annotated[tuple[tuple[str, Number], ...], BeforeValidator(_blocks)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Measurement:
    """How constructs show in answers.

    Standardised loadings spread over ``loading_low … loading_high`` within each construct.
    ``category_profile`` is the distribution over answer categories, lowest first, that gives the
    spacing of the thresholds; ``mean_100`` the expected mean of each construct's items on 0-100,
    that gives their level; ``threshold_spread`` how far an item's thresholds may lie from its
    construct's. ``method_variance`` is the share of every item's variance that one common tendency
    to answer favourably takes (of reverse-keyed items too, after they are turned).
    """

    loading_low: Share
    loading_high: Share
    category_profile: Shares
    mean_100: Percentages
    threshold_spread: Quantity
    method_variance: Share


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Answering:
    """Who answers, and how.

    Each unit has a response rate of its own: a beta distribution on ``response_low …
    response_high`` with the sector's mean ``response_rate`` and standard deviation
    ``response_rate_sd``. ``dont_know``, ``refused`` and ``skipped`` are shares of answers;
    ``dropout`` is the share of respondents who leave before the last page, more on later pages.
    ``careless`` respondents do not read: ``straight_line`` of them give one answer to everything,
    the others answer at random.
    """

    response_rate: Shares
    response_rate_sd: Positive
    response_low: Share
    response_high: Share
    dont_know: Share
    refused: Share
    skipped: Share
    dropout: Share
    careless: Share
    straight_line: Share


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class BackgroundRule:
    """Shares of the answers to one background question, in all sectors or in one.

    A rule for a sector overrides the rule for all. A rule for a question that the instrument does
    not ask is left unused.
    """

    field: str
    basis: Basis
    source: Text
    values: Annotated[tuple[tuple[str, Number], ...], BeforeValidator(_blocks)]
    sector: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Population:
    """Everything that is true of a synthetic municipality, every number with its basis.

    ``correlations`` are those of persons, ``group_correlations`` those of the between-unit parts
    where they differ. ``icc1`` is the share of each construct's variance that lies between units.
    ``span_effects`` is the change of a construct, in standard deviations, per unit of log-span.
    """

    id: str
    version: str
    title: Texts
    description: Texts
    extends: str = ""
    constructs: Constructs
    municipality: Municipality
    correlations: tuple[CorrelationRule, ...]
    group_correlations: tuple[CorrelationRule, ...] = ()
    icc1: Shares
    effects: tuple[EffectRule, ...]
    moderation: tuple[EffectRule, ...] = ()
    span_effects: Numbers = NONE
    measurement: Measurement
    answering: Answering
    background: tuple[BackgroundRule, ...] = ()

    def error(self, what: str, key: str, **parts: Any) -> StudyError:  # noqa: ANN401
        """Build an error that names this population and the key in its file."""
        return StudyError(what, where=f"population {self.id!r}, key {key}", **parts)
