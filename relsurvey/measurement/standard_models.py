"""The measurement models that an instrument's own structure suggests comparing."""

from __future__ import annotations

from collections.abc import Mapping

from relsurvey.instrument.instrument import Instrument
from relsurvey.measurement.cfa_fit import CfaFit
from relsurvey.measurement.model_text import Model

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
SECOND_ORDER, BIFACTOR = "second_order", "bifactor"
# With three first-order factors a second-order model is the correlated one in other words.
FEWEST_BELOW = 4


def standard_models(instrument: Instrument, form: str) -> dict[str, Model]:
    """Return the models to compare, the smallest first.

    Of the constructs with role ``dimension``: all items on one factor; one factor for each block
    (for example individual and collective); one factor for each dimension; the dimensions under
    one common factor (``second_order``, from four dimensions on); and a factor of all items beside
    one factor for each dimension, all uncorrelated (``bifactor``, where every dimension has three
    items or more). Besides, where the form asks about proximity, one factor for each dimension and
    each form of proximity: that model is on more items, so its chi-square and indices cannot be
    held against the others. An instrument without dimensions is taken whole.

    Parameters
    ----------
    instrument : Instrument
        The questionnaire.
    form : str
        Which of its forms was answered.

    Returns
    -------
    dict
        For example ``one_factor two_factor five_factor second_order bifactor eight_factor``;
        models that would be the same are given once. Mappings of factor to items, or lavaan's
        lines. Take them to `compare_models`.
    """
    dimensions = instrument.model(form, ("dimension",)) or instrument.model(form)
    blocks: dict[str, list[str]] = {}
    for construct, items in dimensions.items():
        blocks.setdefault(instrument.construct(construct).block or construct, []).extend(items)
    together = {"general": [item for items in dimensions.values() for item in items]}
    wider = instrument.model(form, ("dimension", "proximity"))
    found: dict[str, Model] = {}
    for model in (together, _named_apart(blocks, dimensions), dimensions):
        if model:
            found.setdefault(_name(len(model)), model)
    if len(dimensions) >= FEWEST_BELOW:
        found[SECOND_ORDER] = second_order(dimensions)
    if len(dimensions) > 1 and all(len(items) > 2 for items in dimensions.values()):
        found[BIFACTOR] = bifactor(dimensions)
    if wider:
        found.setdefault(_name(len(wider)), wider)
    return found


def shown_fit(fits: Mapping[str, CfaFit]) -> CfaFit:
    """Return the fit whose loadings are shown: of the correlated factors, the most of them."""
    plain = [fit for name, fit in fits.items() if name not in (SECOND_ORDER, BIFACTOR)]
    return (plain or list(fits.values()))[-1]


def second_order(factors: dict[str, list[str]]) -> str:
    """Return the lines of a model in which one common factor lies behind all factors."""
    lines = [f"{name} =~ {' + '.join(items)}" for name, items in factors.items()]
    return "\n".join([*lines, f"{_common(factors)} =~ {' + '.join(factors)}"])


def bifactor(factors: dict[str, list[str]]) -> str:
    """Return the lines of a model with a factor of all items beside the factors, uncorrelated."""
    common = _common(factors)
    items = [item for own in factors.values() for item in own]
    lines = [f"{common} =~ {' + '.join(items)}"]
    lines += [f"{name} =~ {' + '.join(own)}" for name, own in factors.items()]
    names = [common, *factors]
    lines += [f"{a} ~~ 0*{b}" for at, a in enumerate(names) for b in names[at + 1 :]]
    return "\n".join(lines)


def _common(factors: dict[str, list[str]]) -> str:
    """Name of the common factor, that no factor has."""
    name = "general"
    while name in factors:
        name += "_factor"
    return name


def _named_apart(
    blocks: dict[str, list[str]], dimensions: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Blocks, unless there is only one of them or each holds one dimension."""
    return blocks if 1 < len(blocks) < len(dimensions) else {}


def _name(n_factors: int) -> str:
    word = WORDS[n_factors - 1] if n_factors <= len(WORDS) else str(n_factors)
    return f"{word}_factor"
