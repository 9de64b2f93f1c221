"""How the items of a form show their constructs: loadings, thresholds, direction, page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from relsurvey.errors import StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.item import Item
from relsurvey.simulation.population import Population

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

LOADING_STEP = (5**0.5 - 1) / 2
THRESHOLD_STEP = 2**0.5 - 1


@dataclass(frozen=True, slots=True, eq=False)
class ItemModel:
    """The p items of a form in the order asked.

    Attributes
    ----------
    items, constructs : tuple of str
        Ids, and the construct of each item.
    page : array (p,) of int
        Block of the form, from 0.
    reverse : array (p,) of bool
        Whether a high answer means little of the construct.
    loadings : array (p,)
        Standardised, on the construct's side (positive also for reverse-keyed items).
    method_loading : float
        Loading of every item, turned likewise, on the common tendency to answer favourably.
    thresholds : array (p, c - 1)
        Of the item turned to its construct's side, lowest first; filled with +inf for items with
        fewer than c categories.
    plain_thresholds : array (p, c - 1)
        Those of the category profile, the same for all items with equally many categories.
    points : array (p,) of int
        Number of categories.
    """

    items: tuple[str, ...]
    constructs: tuple[str, ...]
    page: Ints
    reverse: npt.NDArray[np.bool_]
    loadings: Floats
    method_loading: float
    thresholds: Floats
    plain_thresholds: Floats
    points: Ints

    @property
    def noise(self) -> Floats:
        """Standard deviation of what is left of each item, array (p,)."""
        return np.sqrt(1 - self.loadings**2 - self.method_loading**2)

    def shares(self, item: int) -> Floats:
        """Give the expected share of each category of one item, on its construct's side."""
        cuts = self.thresholds[item, : self.points[item] - 1]
        return np.diff(np.concatenate([[0.0], ndtr(cuts), [1.0]]))


def item_model(population: Population, instrument: Instrument, form: str) -> ItemModel:
    """Give every item of a form its loading and thresholds.

    Within a construct, loadings and thresholds differ from item to item by fixed, irregular steps
    (multiples of an irrational number, without the whole part), so that an item has the same
    parameters in every form and on every machine.

    Raises
    ------
    StudyError
        If the form is for leaders, holds no items, or asks constructs that the population lacks.
    """
    _refuse_what_cannot_be_drawn(population, instrument, form)
    asked = instrument.form(form)
    items = [instrument.item(name) for name in asked.items]
    pages = [page for page, block in enumerate(asked.blocks) for _ in block.items]
    points = np.array([instrument.scale_of(item.id).points for item in items])
    profile = _profile_thresholds(population)
    widest = int(points.max()) - 1
    thresholds = np.full((len(items), widest), np.inf)
    plain = thresholds.copy()
    loadings = np.empty(len(items))
    for row, item in enumerate(items):
        loadings[row], shift = _item_numbers(population, instrument, item)
        cuts = _resampled(profile, int(points[row]))
        level = population.measurement.mean_100.as_dict()[item.construct]
        plain[row, : cuts.size] = cuts
        thresholds[row, : cuts.size] = cuts + _shift_to_mean(cuts, level / 100) + shift
    return ItemModel(
        items=tuple(item.id for item in items),
        constructs=tuple(item.construct for item in items),
        page=np.array(pages, dtype=np.intp),
        reverse=np.array([item.reverse for item in items], dtype=np.bool_),
        loadings=loadings,
        method_loading=float(np.sqrt(population.measurement.method_variance.value)),
        thresholds=thresholds,
        plain_thresholds=plain,
        points=points.astype(np.intp),
    )


def _refuse_what_cannot_be_drawn(population: Population, instrument: Instrument, form: str) -> None:
    if instrument.form(form).audience != "employee":
        employee = [f.id for f in instrument.forms if f.audience == "employee"]
        raise StudyError(
            "Only employees' answers can be simulated.",
            where=f"instrument {instrument.id!r}",
            got=f"form {form!r}, which leaders fill in",
            expected=" or ".join(employee) or "an instrument with a form for employees",
        )
    if not instrument.form(form).items:
        raise StudyError(
            "The form holds no items.", where=f"instrument {instrument.id!r}", got=form
        )
    asked = [construct.id for construct in instrument.constructs_in(form)]
    lacking = [name for name in asked if name not in population.constructs.all]
    if lacking:
        raise population.error(
            "The instrument asks constructs that the population does not hold.",
            "constructs",
            got=f"nothing for {', '.join(lacking)} (instrument {instrument.id!r}, form {form!r})",
            expected=", ".join(asked),
            hint="Add them to a population file of your own; synthetic_data/README.md says how.",
        )


def _item_numbers(
    population: Population, instrument: Instrument, item: Item
) -> tuple[float, float]:
    siblings = instrument.items_of(item.construct)
    number = [sibling.id for sibling in siblings].index(item.id)
    steps = np.arange(1, len(siblings) + 1)
    measure = population.measurement
    low, high = measure.loading_low.value, measure.loading_high.value
    loading = low + (high - low) * float((steps[number] * LOADING_STEP) % 1)
    places = (steps * THRESHOLD_STEP) % 1
    shift = measure.threshold_spread.value * float(2 * (places[number] - places.mean()))
    return loading, shift


def _profile_thresholds(population: Population) -> Floats:
    shares = np.array(list(population.measurement.category_profile.as_dict().values()))
    cuts: Floats = ndtri(np.cumsum(shares)[:-1])
    return cuts


def _resampled(profile: Floats, points: int) -> Floats:
    """Thresholds for another number of categories, read off the profile's by straight lines."""
    if points == profile.size + 1:
        return profile
    if profile.size == 1:
        around: Floats = profile[0] + ndtri(np.arange(1, points) / points)
        return around
    at = np.arange(1, profile.size + 1) / (profile.size + 1)
    wanted = np.arange(1, points) / points
    piece = np.clip(np.searchsorted(at, wanted) - 1, 0, profile.size - 2)
    slope = (profile[piece + 1] - profile[piece]) / (at[piece + 1] - at[piece])
    cuts: Floats = profile[piece] + slope * (wanted - at[piece])
    return cuts


def _shift_to_mean(cuts: Floats, level: float) -> float:
    """Shift of all thresholds that gives a standard normal answer the mean ``level`` (0 to 1)."""

    def miss(shift: float) -> float:
        return float(1 - ndtr(cuts + shift).mean()) - level

    return float(brentq(miss, -12.0, 12.0, xtol=1e-13))
