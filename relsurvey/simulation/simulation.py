"""A drawn municipality: its answers, its roster, and what is true of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from relsurvey.instrument.instrument import Instrument
from relsurvey.responses.responses import Responses
from relsurvey.simulation.frames import as_responses
from relsurvey.simulation.population import Population
from relsurvey.simulation.write import write_files


@dataclass(frozen=True, eq=False)
class Simulation:
    """A synthetic municipality with a known truth.

    Attributes
    ----------
    population : Population
        What it was drawn from.
    instrument : Instrument
        What was asked.
    form : str
        The form.
    seed : int
        The seed.
    answers : DataFrame
        One row per respondent: ``respondent``, ``unit``, background answers, then every item as the
        code in the file (missing codes too), missing where left blank.
    roster : DataFrame
        One row per unit: ``unit leader department sector span_of_control headcount``.
    latent : DataFrame
        Same rows as ``answers``: ``respondent unit leader log_span_std`` and the true value on
        every construct.
    truth : dict
        What an analysis should find, and everything it was drawn from; plain JSON types.
    """

    population: Population
    instrument: Instrument
    form: str
    seed: int
    answers: pd.DataFrame
    roster: pd.DataFrame
    latent: pd.DataFrame
    truth: dict[str, Any]

    @cached_property
    def responses(self) -> Responses:
        """The answers as if they had been read from a file; made when first asked for."""
        return as_responses(self.instrument, self.form, self.answers, self.roster)

    def write(self, folder: str | Path) -> tuple[Path, Path, Path]:
        """Write ``answers.csv``, ``roster.csv`` and ``truth.json``.

        The folder is made where it is missing. Files of these names are replaced, all three or
        none; a reader never meets half a file.

        Raises
        ------
        StudyError
            If the folder cannot be made or written to.
        """
        return write_files(Path(folder), self.answers, self.roster, self.truth)
