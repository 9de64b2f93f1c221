"""Draw a synthetic municipality whose truth is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from relsurvey.errors import StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.simulation.answers_draw import Department, blueprint, draw_department
from relsurvey.simulation.background_model import background_model
from relsurvey.simulation.drawn import gathered
from relsurvey.simulation.frames import answers_frame, latent_frame
from relsurvey.simulation.item_model import item_model
from relsurvey.simulation.latent_model import latent_model
from relsurvey.simulation.library import load_population
from relsurvey.simulation.population import Population
from relsurvey.simulation.population_check import check_population
from relsurvey.simulation.roster_draw import RosterDraw, draw_roster
from relsurvey.simulation.simulation import Simulation
from relsurvey.simulation.truth import drawn_facts, software_versions, true_values

ROSTER_STREAM, DEPARTMENT_STREAM = 0, 1


def simulate(
    population: str | Path | Population = "article",
    *,
    n_employees: int | None = None,
    instrument: str | Path | Instrument = "relations",
    form: str = "full",
    seed: int = 1,
) -> Simulation:
    """Draw the answers of a municipality.

    Parameters
    ----------
    population : str, Path or Population, default "article"
        Name of a shipped population, a TOML file, or one already read.
    n_employees : int, optional
        Employees on the roster; all are invited. How many answer follows from the response rates
        (about three in four in the shipped populations). By default the population's own number.
    instrument : str, Path or Instrument, default "relations"
        What is asked. The population must hold every construct that the form asks.
    form : str, default "full"
        A form for employees.
    seed : int, default 1
        Same seed, same answers, on every machine.

    Returns
    -------
    Simulation
        Answers and roster as a municipality would get them, the true value of every respondent on
        every construct, and the truth.

    Raises
    ------
    StudyError
        The population cannot be used, contradicts itself, or lacks a construct that is asked.
    InstrumentError
        No such instrument or form.

    Notes
    -----
    The roster is drawn by one generator; each department is then drawn by a generator of its own,
    spawned from the seed and the department's number. So no department's answers depend on another
    department, and beside the result memory holds the working arrays of one department only.
    """
    if not isinstance(population, Population):
        population = load_population(population)
    if not isinstance(instrument, Instrument):
        instrument = load_instrument(instrument)
    check_population(population)
    if n_employees is None:
        n_employees = int(population.municipality.n_employees.value)
    n_employees = _whole(n_employees, "n_employees", least=1)
    seed = _whole(seed, "seed", least=0)

    return _draw(population, instrument, form, n_employees, seed)


def _draw(
    population: Population, instrument: Instrument, form: str, n_employees: int, seed: int
) -> Simulation:
    latent = latent_model(population)
    items = item_model(population, instrument, form)
    background = background_model(population, instrument, form)
    plan = blueprint(latent, items, background, population.answering)
    roster = draw_roster(population, latent.span, n_employees, _generator(seed, ROSTER_STREAM))
    drawn = gathered(
        draw_department(plan, department, _generator(seed, DEPARTMENT_STREAM, department.number))
        for department in _departments(roster)
    )
    truth = {
        "seed": seed,
        "n_employees": n_employees,
        "instrument": {"id": instrument.id, "version": instrument.version, "form": form},
        "versions": software_versions(),
        **drawn_facts(roster, latent, drawn.unit),
        **true_values(population, latent, items, instrument),
        "careless": drawn.careless(),
    }
    return Simulation(
        population=population,
        instrument=instrument,
        form=form,
        seed=seed,
        answers=answers_frame(instrument, plan, roster, drawn),
        roster=roster.frame(),
        latent=latent_frame(plan, roster, drawn),
        truth=truth,
    )


def _whole(value: object, name: str, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise StudyError(
            "The argument must be a whole number.",
            where=f"simulate({name}=…)",
            got=repr(value),
            expected=f"a whole number from {least}",
        )
    return int(value)


def _generator(seed: int, *stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=stream))


def _departments(roster: RosterDraw) -> Iterator[Department]:
    department_of_unit = roster.department[roster.leader]
    edges = np.searchsorted(department_of_unit, np.arange(roster.n_departments + 1))
    for number in range(roster.n_departments):
        units = slice(int(edges[number]), int(edges[number + 1]))
        leader = roster.leader[units]
        yield Department(
            number=number,
            first_unit=units.start,
            sector=roster.sector[leader],
            leader=leader - leader[0],
            span=roster.span[leader],
            headcount=roster.headcount[units],
            response_rate=roster.response_rate[units],
        )
