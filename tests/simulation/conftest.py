from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.simulation.library import load_population
from relsurvey.simulation.population import Population
from relsurvey.simulation.simulate import simulate
from relsurvey.simulation.simulation import Simulation

HERE = Path(__file__).parent
SMALL_POPULATION = HERE / "small_population.toml"


@pytest.fixture(scope="session")
def relations() -> Instrument:
    return load_instrument("relations")


@pytest.fixture(scope="session")
def small_instrument() -> Instrument:
    return load_instrument(HERE / "small_instrument.yaml", strict=False)


@pytest.fixture(scope="session")
def small_population() -> Population:
    return load_population(SMALL_POPULATION)


@pytest.fixture(scope="session")
def article() -> Population:
    return load_population("article")


@pytest.fixture(scope="session")
def big(relations: Instrument) -> Simulation:
    """150,000 answers from the article's world: Monte Carlo error in the third decimal."""
    return simulate("article", n_employees=200_000, instrument=relations, seed=11)


@pytest.fixture
def world(tmp_path: Path) -> Callable[..., Population]:
    """Read a population that is another one with some TOML on top."""

    def read(toml: str, extends: str | Path = "article") -> Population:
        file = tmp_path / "world.toml"
        file.write_text(f'extends = "{Path(extends).as_posix()}"\n{toml}', encoding="utf-8")
        return load_population(file)

    return read
