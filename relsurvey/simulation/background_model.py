"""Background answers: which questions a form asks, and how often each option is chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relsurvey.instrument.background import BackgroundField
from relsurvey.instrument.instrument import Instrument
from relsurvey.simulation.population import BackgroundRule, Population

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class BackgroundModel:
    """The b background questions that can be drawn.

    Attributes
    ----------
    fields : tuple of str
        Ids of the questions.
    options : tuple of tuple of str
        Answers of each, as they are written in the file.
    cumulative : tuple of array (sectors, options)
        Cumulated shares of each question's answers by sector.
    """

    fields: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    cumulative: tuple[Floats, ...]

    def draw(
        self, sector: npt.NDArray[np.int64], generator: np.random.Generator
    ) -> npt.NDArray[np.int16]:
        """Draw the place of an answer for each employee (rows) and question (columns)."""
        chance = generator.random((sector.size, len(self.fields)))
        drawn = np.zeros(chance.shape, dtype=np.int16)
        for column, cumulative in enumerate(self.cumulative):
            edges = cumulative[sector, :-1]
            drawn[:, column] = (chance[:, column, None] >= edges).sum(axis=1)
        return drawn


def background_model(population: Population, instrument: Instrument, form: str) -> BackgroundModel:
    """Find the questions of a form that the population has shares for.

    A question that the population does not name is left out of the answers, as a municipality may
    leave it out; roster fields are not asked and do not stand among the answers.

    Raises
    ------
    StudyError
        If the population gives shares for an option that the question does not have.
    """
    fields: list[str] = []
    options: list[tuple[str, ...]] = []
    cumulative: list[Floats] = []
    for name in instrument.form(form).background:
        field = instrument.background_field(name)
        rules = [rule for rule in population.background if rule.field == name]
        if field.asked_of == "roster" or not rules:
            continue
        known = _options(population, field, rules)
        fields.append(name)
        options.append(known)
        cumulative.append(_by_sector(population, rules, known))
    return BackgroundModel(tuple(fields), tuple(options), tuple(cumulative))


def _options(
    population: Population, field: BackgroundField, rules: list[BackgroundRule]
) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(name for rule in rules for name, _ in rule.values))
    if field.type != "choice":
        return named
    known = tuple(option.code for option in field.options)
    unknown = [name for name in named if name not in known]
    if unknown:
        raise population.error(
            "The question has no such answer.",
            f"background, field {field.id}",
            got=", ".join(unknown),
            expected=", ".join(known),
            hint="Use the codes that the instrument file gives to the question's options.",
        )
    return known


def _by_sector(
    population: Population, rules: list[BackgroundRule], options: tuple[str, ...]
) -> Floats:
    rows = []
    for sector in population.municipality.sectors:
        for_all = [rule for rule in rules if not rule.sector]
        for_one = [rule for rule in rules if rule.sector == sector]
        if not (for_one or for_all):
            raise population.error(
                "A sector has no shares for a background question.",
                f"background, field {rules[0].field}",
                got=f"no rule for {sector}",
                hint="Add a rule for that sector, or one without a sector.",
            )
        shares = dict((for_one or for_all)[-1].values)
        rows.append(np.cumsum([shares.get(option, 0.0) for option in options]))
    return np.array(rows)
