"""Contradictions in a population: names that do not meet, shares that do not add up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relsurvey.simulation.population import CorrelationRule, EffectRule, Population

TOLERANCE = 1e-9


def check_population(population: Population) -> None:
    """Refuse a population that contradicts itself.

    Raises
    ------
    StudyError
        The first contradiction, with the key that holds it and what to do.
    """
    _check_constructs(population)
    _check_municipality(population)
    for rule in (*population.correlations, *population.group_correlations):
        _check_correlation(population, rule)
    _check_effects(population, population.effects, "effects")
    _check_effects(population, population.moderation, "moderation")
    _same_names(population, "icc1", population.icc1.names, population.constructs.all)
    known = set(population.constructs.all)
    _known_names(population, "span_effects", population.span_effects.names, known)
    _check_measurement(population)
    _check_answering(population)
    _check_background(population)


def _same_names(
    population: Population, key: str, found: Iterable[str], expected: tuple[str, ...]
) -> None:
    lacking = sorted(set(expected) - set(found))
    if lacking:
        raise population.error(
            "A number is missing.", key, got=f"nothing for {', '.join(lacking)}", hint="Add it."
        )
    _known_names(population, key, found, set(expected))


def _known_names(
    population: Population, key: str, found: Iterable[str], known: Iterable[str]
) -> None:
    known = sorted(known)
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise population.error(
            "A name is unknown here.", key, got=", ".join(unknown), expected=", ".join(known)
        )


def _adds_to_one(population: Population, key: str, values: Iterable[float]) -> None:
    shares = list(values)
    if min(shares, default=0.0) < 0 or abs(sum(shares) - 1) > TOLERANCE:
        raise population.error(
            "Shares must not be negative and must add up to 1.",
            key,
            got=f"a sum of {sum(shares):.6g}",
            hint="Change the shares so that they add up.",
        )


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _check_constructs(population: Population) -> None:
    constructs = population.constructs
    twice = _twice(constructs.all)
    if twice:
        raise population.error("A construct has two places.", "constructs", got=", ".join(twice))
    if not constructs.dimensions or not constructs.outcomes:
        raise population.error(
            "A population needs at least one dimension and one outcome.", "constructs"
        )
    for name, members in constructs.blocks:
        _known_names(population, f"constructs.blocks.{name}", members, constructs.all)


def _check_municipality(population: Population) -> None:
    town = population.municipality
    key = "municipality"
    _adds_to_one(population, f"{key}.sector_share", town.sector_share.as_dict().values())
    _same_names(population, f"{key}.span_mean", town.span_mean.names, town.sectors)
    if town.span_low.value > town.span_high.value:
        raise population.error(
            "The smallest span is above the largest.",
            f"{key}.span_low",
            got=f"{town.span_low.value:g}",
            expected=f"at most span_high = {town.span_high.value:g}",
        )
    if town.second_unit_from.value < 2:
        raise population.error(
            "A team of one cannot make two units.",
            f"{key}.second_unit_from",
            got=f"{town.second_unit_from.value:g}",
            expected="2 or more",
        )


def _check_correlation(population: Population, rule: CorrelationRule) -> None:
    constructs = population.constructs
    key = f"correlations (value = {rule.value:g})"
    if bool(rule.among) == bool(rule.between) or len(rule.between) not in (0, 2):
        raise population.error(
            "A correlation rule says either `among = [names]` or `between = [name, name]`.", key
        )
    _known_names(population, key, (*rule.among, *rule.between), constructs.groups)
    if not -1 <= rule.value <= 1:
        raise population.error("A correlation lies between -1 and 1.", key, got=f"{rule.value:g}")
    members = {m for name in (*rule.among, *rule.between) for m in constructs.groups[name]}
    outcomes = members & set(constructs.outcomes)
    if outcomes and members - outcomes:
        raise population.error(
            "An outcome's correlation with other constructs follows from the effects.",
            key,
            got=", ".join((*rule.among, *rule.between)),
            hint="Name outcomes only with outcomes; set `effects` for the rest.",
        )


def _check_effects(population: Population, rules: tuple[EffectRule, ...], key: str) -> None:
    constructs = population.constructs
    _known_names(population, key, [rule.outcome for rule in rules], constructs.outcomes)
    for rule in rules:
        names = [name for name, _ in rule.values]
        _known_names(population, f"{key}, outcome {rule.outcome}", names, constructs.exogenous)
    twice = _twice([f"{name} on {rule.outcome}" for rule in rules for name, _ in rule.values])
    if twice:
        raise population.error("An effect is given twice.", key, got=", ".join(twice))


def _check_measurement(population: Population) -> None:
    measure = population.measurement
    key = "measurement"
    constructs = population.constructs
    _same_names(population, f"{key}.mean_100", measure.mean_100.names, constructs.all)
    profile = measure.category_profile.as_dict().values()
    _adds_to_one(population, f"{key}.category_profile", profile)
    if len(profile) < 2 or min(profile) <= 0:
        raise population.error(
            "The category profile needs at least two categories, each with a share above 0.",
            f"{key}.category_profile",
        )
    if not 0 < measure.loading_low.value <= measure.loading_high.value:
        raise population.error(
            "Loadings run from loading_low (above 0) up to loading_high.",
            f"{key}.loading_low",
            got=f"{measure.loading_low.value:g} and {measure.loading_high.value:g}",
        )
    explained = measure.loading_high.value**2 + measure.method_variance.value
    if explained >= 1:
        raise population.error(
            "An item's construct and method variance leave nothing for the item itself.",
            f"{key}.method_variance",
            got=f"loading_high² + method_variance = {explained:.3g}",
            expected="less than 1",
            hint="Lower one of the two.",
        )


def _check_answering(population: Population) -> None:
    answering = population.answering
    sectors = population.municipality.sectors
    _same_names(population, "answering.response_rate", answering.response_rate.names, sectors)
    low, high = answering.response_low.value, answering.response_high.value
    for sector, rate in answering.response_rate.as_dict().items():
        if not low < rate < high:
            raise population.error(
                "A sector's mean response rate must lie between response_low and response_high.",
                f"answering.response_rate.{sector}",
                got=f"{rate:g}",
                expected=f"above {low:g} and below {high:g}",
            )
        if answering.response_rate_sd.value**2 >= (rate - low) * (high - rate):
            raise population.error(
                "Response rates cannot vary that much around this mean.",
                "answering.response_rate_sd",
                got=f"{answering.response_rate_sd.value:g}",
                expected=f"below {((rate - low) * (high - rate)) ** 0.5:.3g} for {sector}",
            )
    missing = answering.dont_know.value + answering.refused.value + answering.skipped.value
    if missing >= 1:
        raise population.error(
            "dont_know, refused and skipped leave no answers.", "answering", got=f"{missing:g}"
        )


def _check_background(population: Population) -> None:
    for rule in population.background:
        key = f"background, field {rule.field} {rule.sector}".rstrip()
        _adds_to_one(population, key, [share for _, share in rule.values])
        if rule.sector:
            _known_names(population, key, [rule.sector], population.municipality.sectors)
