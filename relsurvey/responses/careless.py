"""Signs of careless answering, one row per respondent: indices and flags, never a deletion."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from relsurvey.errors import DataError
from relsurvey.responses.careless_indices import (
    even_odd,
    intra_individual_variability,
    longstring,
)
from relsurvey.responses.keyed_items import turn_reversed
from relsurvey.responses.mahalanobis import MahalanobisModel, mahalanobis, mahalanobis_model
from relsurvey.responses.responses import Responses
from relsurvey.results import Result

MIN_BLOCK = 3  # answered items below which a run in a block says nothing
_CHUNK = 8_192
INDICES = ("longstring", "irv", "mahalanobis", "even_odd")


@dataclass(frozen=True, slots=True)
class CarelessThresholds:
    """When an index raises a flag. None of these is a law; no universal cut-offs exist.

    Attributes
    ----------
    straight_share : float, default 0.5
        ``longstring``: at least this share of a person's answers stands in form blocks of three or
        more answered items that were all given the same code. Ours: long runs within one page of
        agreement items are common among honest respondents, runs through page after page are not.
    irv : float, default 0.05
        ``irv``: below this share of the scale's width (0.2 on a scale from 1 to 5). Ours; Dunn et
        al. (2018) give none.
    mahalanobis_p : float, default 0.001
        ``mahalanobis``: chi-square p-value below this. Items are ordinal and skewed, so more than
        1 in 1,000 honest respondents fall below it.
    even_odd : float, default 0.0
        ``even_odd``: below this. Where the constructs go together as closely as here, honest
        respondents with an even profile have low values too, which is why the .30 that is used
        for broad personality inventories would flag many of them.
    """

    straight_share: float = 0.5
    irv: float = 0.05
    mahalanobis_p: float = 0.001
    even_odd: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Careless(Result):
    """Indices of careless answering.

    Attributes
    ----------
    frame : DataFrame
        Index as the answers' frame; columns ``respondent n_answered longstring straight_share irv
        mahalanobis mahalanobis_p even_odd`` and, as booleans, ``flag_longstring flag_irv
        flag_mahalanobis flag_even_odd``, then ``n_flags``. An index that cannot be had for a
        person is NaN and raises no flag.
    by_block : DataFrame
        Same index; the longest run in each block of the form, NaN with fewer than three answers.
    thresholds : CarelessThresholds
        When a flag is raised.
    notes : tuple of str
        How the indices were made.
    """

    title: ClassVar[str] = "Signs of careless answering"
    frame: pd.DataFrame
    by_block: pd.DataFrame
    thresholds: CarelessThresholds
    notes: tuple[str, ...] = field(default=())

    def tidy(self) -> pd.DataFrame:
        """One row per respondent: a copy of ``frame``."""
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        """One row: respondents, how many each index flags, how many have one flag, or two."""
        counts = {f"n_{name}": int(self.frame[f"flag_{name}"].sum()) for name in INDICES}
        n_flags = self.frame["n_flags"]
        return pd.DataFrame(
            {
                "n_obs": [len(self.frame)],
                "n_flagged": [int((n_flags > 0).sum())],
                "n_flagged_twice": [int((n_flags > 1).sum())],
                **{name: [n] for name, n in counts.items()},
            }
        )

    def summary(self) -> str:
        """Show the counts and how they were made; the respondents are in ``tidy()``."""
        counts = self.glance().T.rename(columns={0: ""}).to_string()
        return "\n".join([self.title, "=" * len(self.title), counts, "", *self.notes])


def careless(responses: Responses, thresholds: CarelessThresholds | None = None) -> Careless:
    """Compute indices of careless answering and flag respondents; nobody is left out.

    Parameters
    ----------
    responses : Responses
        Answers; raw codes are used for runs and spread, so that a straight line through a block
        with reverse-keyed items counts as one. Even-odd consistency turns reverse-keyed items.
    thresholds : CarelessThresholds, optional
        When a flag is raised.

    Returns
    -------
    Careless
        Read it with the advice of Curran (2016): several signs together weigh more than one, and
        results should be compared with and without flagged respondents.

    References
    ----------
    Curran, P. G. (2016). Journal of Experimental Social Psychology, 66, 4–19.
    Meade, A. W., & Craig, S. B. (2012). Psychological Methods, 17, 437–455.
    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Journal of Business and
    Psychology, 33, 105–121.
    """
    limits = thresholds or CarelessThresholds()
    if not len(responses):
        raise DataError("There are no answers to look at.", where=responses.source.file)
    plan = _Plan(responses)
    model = mahalanobis_model(map(plan.chunk, plan.starts))
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(os.cpu_count()) as pool:
        pieces = list(pool.map(lambda start: plan.indices(plan.chunk(start), model), plan.starts))
    joined = {key: np.concatenate([piece[key] for piece in pieces]) for key in pieces[0]}
    index = responses.frame.index
    blocks = {key[1:]: joined.pop(key) for key in list(joined) if key.startswith("/")}
    frame = pd.DataFrame(joined, index=index)
    frame.insert(0, "respondent", responses.frame["respondent"])
    frame["flag_longstring"] = frame["straight_share"] >= limits.straight_share
    frame["flag_irv"] = frame["irv"] < limits.irv * plan.width
    frame["flag_mahalanobis"] = frame["mahalanobis_p"] < limits.mahalanobis_p
    frame["flag_even_odd"] = frame["even_odd"] < limits.even_odd
    frame["n_flags"] = sum(frame[f"flag_{name}"].astype(int) for name in INDICES)
    return Careless(frame, pd.DataFrame(blocks, index=index), limits, plan.notes(model))


class _Plan:
    """Where the blocks, scales and constructs of a form lie among its items."""

    def __init__(self, responses: Responses) -> None:
        self._frame = responses.frame
        instrument = responses.instrument
        form = instrument.form(responses.form)
        self._items = list(form.items)
        place = {item: at for at, item in enumerate(self._items)}
        self._blocks = {block.id: [place[item] for item in block.items] for block in form.blocks}
        self._constructs = [
            sorted(place[item] for item in items)
            for items in instrument.model(responses.form).values()
        ]
        scales = [instrument.scale_of(item) for item in self._items]
        self._instrument = instrument
        self._low = np.array([scale.low for scale in scales], dtype=float)
        self._high = np.array([scale.high for scale in scales], dtype=float)
        one_scale = np.ptp(self._low) == 0 and np.ptp(self._high) == 0
        self.width = float(self._high[0] - self._low[0]) if one_scale else 1.0
        self._one_scale = bool(one_scale)

    def chunk(self, start: int) -> NDArray[np.float64]:
        """Answers of some rows, shape (rows, items)."""
        return self._frame.iloc[start : start + _CHUNK][self._items].to_numpy(dtype=float)

    @property
    def starts(self) -> range:
        """First row of each chunk."""
        return range(0, len(self._frame), _CHUNK)

    def _comparable(self, answers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Codes as they are where all items share a scale, else rescaled to 0–1."""
        return answers if self._one_scale else (answers - self._low) / (self._high - self._low)

    def indices(
        self, answers: NDArray[np.float64], model: MahalanobisModel | None
    ) -> dict[str, NDArray[np.float64]]:
        known = np.isfinite(answers)
        n_answered = known.sum(axis=1)
        runs: dict[str, NDArray[np.float64]] = {}
        longest = np.zeros(len(answers))
        in_lines = np.zeros(len(answers))
        for name, places in self._blocks.items():
            run = longstring(answers[:, places]).astype(float)
            n = known[:, places].sum(axis=1)
            eligible = n >= MIN_BLOCK
            runs[f"/{name}"] = np.where(eligible, run, np.nan)
            longest = np.maximum(longest, np.where(eligible, run, 0.0))
            in_lines += np.where(eligible & (run == n), n, 0)
        squared, p_value = (
            mahalanobis(answers, model)
            if model is not None
            else (np.full(len(answers), np.nan), np.full(len(answers), np.nan))
        )
        turned = self._comparable(turn_reversed(answers, self._items, self._instrument))
        return {
            "n_answered": n_answered,
            "longstring": np.where(longest > 0, longest, np.nan),
            "straight_share": np.where(
                n_answered > 0, in_lines / np.maximum(n_answered, 1), np.nan
            ),
            "irv": intra_individual_variability(self._comparable(answers)),
            "mahalanobis": squared,
            "mahalanobis_p": p_value,
            "even_odd": even_odd(turned, self._constructs),
            **runs,
        }

    def notes(self, model: MahalanobisModel | None) -> tuple[str, ...]:
        notes = ["Flags are signs, not proof; nobody was left out."]
        if not self._one_scale:
            notes.append("Items have different scales: irv and even_odd use codes rescaled to 0–1.")
        if model is None:
            notes.append(
                "No Mahalanobis distance: it needs two items that vary, and twice as many "
                "respondents as items."
            )
        elif model.dropped:
            notes.append(
                f"{model.dropped} exact linear dependence(s) among the items were left out of the "
                "Mahalanobis distance."
            )
        return tuple(notes)
