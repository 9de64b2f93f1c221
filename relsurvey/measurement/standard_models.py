"""The measurement models that an instrument's own structure suggests comparing."""

from __future__ import annotations

from relsurvey.instrument.instrument import Instrument

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def standard_models(instrument: Instrument, form: str) -> dict[str, dict[str, list[str]]]:
    """Return the models to compare, named by their number of factors, the smallest first.

    Of the constructs with role ``dimension``: all items on one factor; one factor for each block
    (for example individual and collective); one factor for each dimension. Besides, where the form
    asks about proximity, one factor for each dimension and each form of proximity: that model is on
    more items, so its chi-square, AIC and BIC cannot be held against the others. An instrument
    without dimensions is taken whole: one factor, and one for each construct.

    Parameters
    ----------
    instrument : Instrument
        The questionnaire.
    form : str
        Which of its forms was answered.

    Returns
    -------
    dict
        For example ``one_factor two_factor five_factor eight_factor``; models that would be the
        same are given once. Take them to `compare_models`.
    """
    dimensions = instrument.model(form, ("dimension",)) or instrument.model(form)
    blocks: dict[str, list[str]] = {}
    for construct, items in dimensions.items():
        blocks.setdefault(instrument.construct(construct).block or construct, []).extend(items)
    together = {"general": [item for items in dimensions.values() for item in items]}
    wider = instrument.model(form, ("dimension", "proximity"))
    found: dict[str, dict[str, list[str]]] = {}
    for model in (together, _named_apart(blocks, dimensions), dimensions, wider):
        if model:
            found.setdefault(_name(len(model)), model)
    return found


def _named_apart(
    blocks: dict[str, list[str]], dimensions: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Blocks, unless there is only one of them or each holds one dimension."""
    return blocks if 1 < len(blocks) < len(dimensions) else {}


def _name(n_factors: int) -> str:
    word = WORDS[n_factors - 1] if n_factors <= len(WORDS) else str(n_factors)
    return f"{word}_factor"
