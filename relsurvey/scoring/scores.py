"""Scores of persons on constructs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from relsurvey.instrument.instrument import Instrument
from relsurvey.results import Result


@dataclass(frozen=True, slots=True, eq=False)
class Scores(Result):
    """One row per person, one column per construct.

    Attributes
    ----------
    instrument : Instrument
        What was asked.
    form : str
        Which form.
    frame : DataFrame
        Every column of the answers that is no item, then the constructs on the item scale, NaN
        where too few items are answered. Index as the answers.
    frame_100 : DataFrame
        The same on 0–100.
    n_answered : DataFrame
        Answered items per person and construct; same index.
    n_items : dict of str to int
        Items per construct in the form.
    min_answered : float
        Share of items that must be answered.
    notes : tuple of str
        The rule, and how many persons it leaves without a score.
    """

    title: ClassVar[str] = "Scores"
    instrument: Instrument
    form: str
    frame: pd.DataFrame
    frame_100: pd.DataFrame
    n_answered: pd.DataFrame
    n_items: dict[str, int]
    min_answered: float
    notes: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The scoring rule in words."""
        return self.notes[0]

    @property
    def constructs(self) -> tuple[str, ...]:
        """Ids of the scored constructs, in the instrument's order."""
        return tuple(self.n_items)

    def tidy(self) -> pd.DataFrame:
        """One row per person and construct.

        Columns ``respondent construct score score_100 n_answered n_items``; for a plain frame
        without a column ``respondent`` its index stands there.
        """
        frame = self.frame
        persons = frame.get("respondent", frame.index.to_series())
        k = len(self.constructs)
        names = list(self.constructs)
        return pd.DataFrame(
            {
                "respondent": np.repeat(np.asarray(persons), k),
                "construct": np.tile(np.array(names, dtype=object), len(frame)),
                "score": frame[names].to_numpy().ravel(),
                "score_100": self.frame_100[names].to_numpy().ravel(),
                "n_answered": self.n_answered[names].to_numpy().ravel(),
                "n_items": np.tile(list(self.n_items.values()), len(frame)),
            }
        )

    def glance(self) -> pd.DataFrame:
        """One row: persons, persons with every score, constructs, items, the rule."""
        complete = self.frame[list(self.constructs)].notna().to_numpy().all(axis=1)
        return pd.DataFrame(
            {
                "n_obs": [len(self.frame)],
                "n_complete": [int(complete.sum())],
                "n_constructs": [len(self.constructs)],
                "n_items": [sum(self.n_items.values())],
                "min_answered": [self.min_answered],
            }
        )

    def describe(self) -> pd.DataFrame:
        """One row per construct.

        Columns ``construct n_items n_obs missing_share mean sd mean_100 sd_100 floor_share
        ceiling_share``: floor and ceiling are the shares of scored persons at the lowest and the
        highest possible score; ``sd`` divides by n − 1.
        """
        names = list(self.constructs)
        values, percent = self.frame[names], self.frame_100[names]
        scored = values.notna().sum()
        return pd.DataFrame(
            {
                "construct": names,
                "n_items": list(self.n_items.values()),
                "n_obs": scored.to_numpy(),
                "missing_share": values.isna().mean().to_numpy(),
                "mean": values.mean().to_numpy(),
                "sd": values.std().to_numpy(),
                "mean_100": percent.mean().to_numpy(),
                "sd_100": percent.std().to_numpy(),
                "floor_share": ((percent <= 1e-9).sum() / scored).to_numpy(),
                "ceiling_share": ((percent >= 100 - 1e-9).sum() / scored).to_numpy(),
            }
        )

    def summary(self) -> str:
        """Text for a terminal: one row per construct; the persons are in ``tidy()``."""
        table = self.describe().to_string(index=False, float_format=lambda value: f"{value:.4g}")
        return "\n".join([self.title, "=" * len(self.title), table, "", *self.notes])

    def _repr_html_(self) -> str:
        html: str = self.describe().to_html(index=False, float_format="{:.4g}".format, na_rep="")
        return f"<h4>{self.title}</h4>{html}"
