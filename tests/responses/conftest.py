"""A small instrument, and files of answers to it in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pulse_files import Rows, csv_bytes

from relsurvey.instrument.asked import Asked, asked
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.responses.read_responses import read_responses
from relsurvey.responses.responses import Responses
from relsurvey.simulation.simulate import simulate


@pytest.fixture(scope="session")
def pulse() -> Instrument:
    return load_instrument(Path(__file__).with_name("pulse.yaml"))


@pytest.fixture
def answers_file(tmp_path: Path) -> Callable[..., Path]:
    """Write rows (header first) as CSV."""

    def write(rows: Rows, name: str = "answers.csv", **how: str) -> Path:
        file = tmp_path / name
        file.write_bytes(csv_bytes(rows, **how))
        return file

    return write


@pytest.fixture
def read(pulse: Instrument, answers_file: Callable[..., Path]) -> Callable[..., Responses]:
    """Write rows (header first) as CSV and read them."""

    def write_and_read(rows: Rows, **options: object) -> Responses:
        return read_responses(answers_file(rows), pulse, **options)

    return write_and_read


@pytest.fixture(scope="session")
def whole() -> Asked:
    """What the short form asks."""
    relations = load_instrument("relations")
    return asked(relations, relations.form("short"), ("da", "en"))


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with drawn answers to the short form."""
    folder = tmp_path_factory.mktemp("town")
    simulate("article", n_employees=160, form="short", seed=3).write(folder)
    return folder


@pytest.fixture(scope="session")
def raw(town: Path) -> pd.DataFrame:
    """The drawn answers as texts."""
    return pd.read_csv(town / "answers.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="session")
def home(town: Path) -> Responses:
    """The drawn answers as read."""
    return read_responses(town / "answers.csv", form="short")
