"""A small instrument, and files of answers to it in every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pulse_files import Rows, csv_bytes

from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.responses.read_responses import read_responses
from relsurvey.responses.responses import Responses


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
