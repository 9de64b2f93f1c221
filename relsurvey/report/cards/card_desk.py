"""What every page of the cards needs: published numbers by place, names, wording."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from relsurvey.cards.organisation import LEVELS
from relsurvey.cards.scorecards import Scorecards
from relsurvey.report.names import Names
from relsurvey.report.wording import Wording

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class CardDesk:
    """Scorecards in one language.

    Attributes
    ----------
    cards : Scorecards
    words : Wording
    importance : DataFrame or None
        Columns ``predictor share share_low share_high rank_low rank_high`` and ``outcome``, of the
        whole organisation.
    synthetic : bool
        A program drew the answers.
    files : dict of str to str
        Page of each unit.
    """

    cards: Scorecards
    words: Wording
    importance: pd.DataFrame | None
    synthetic: bool
    files: dict[str, str]
    names: Names = field(init=False)
    wave: str = field(init=False)
    top: str = field(init=False)
    _rows: dict[tuple[str, str, str, str], Row] = field(init=False)

    def __post_init__(self) -> None:
        rows = {
            (row["unit"], row["wave"], row["cut"], row["measure"]): row
            for table in (self.cards.published, self.cards.self_ratings)
            for row in table.to_dict(orient="records")
        }
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "names", Names(self.cards.instrument, self.words))
        object.__setattr__(self, "wave", self.cards.organisation.waves[-1].name)
        object.__setattr__(self, "top", self.cards.organisation.tree.names[0])

    def unit(self, unit: str) -> str:
        """Name of a unit as people read it: sectors by their label, all others as they are."""
        for asked in self.cards.instrument.background:
            if asked.id in LEVELS:
                for option in asked.options:
                    if unit in (option.code, f"{option.code} ({asked.id})"):
                        return self.names.text(option.label)
        return unit

    def indented(self, unit: str) -> str:
        """Name of a unit behind a dot for each level above it but the first."""
        tree = self.cards.organisation.tree
        depth = int(tree.depth[tree.names.index(unit)])
        return "· " * max(depth - 1, 0) + self.unit(unit)

    @property
    def constructs(self) -> tuple[str, ...]:
        """Constructs of the cards: dimensions, proximity, outcomes."""
        asked = self.cards.organisation.waves[-1].values
        return tuple(
            one.id
            for one in self.cards.instrument.constructs
            if one.id in asked and one.role in ("dimension", "proximity", "outcome")
        )

    def row(self, unit: str, measure: str, cut: str = "", wave: str | None = None) -> Row | None:
        """Return a published row, or None where there is none."""
        return self._rows.get((unit, self.wave if wave is None else wave, cut, measure))

    def shown(self, unit: str, measure: str, cut: str = "", wave: str | None = None) -> Row | None:
        """Return a published row where it is shown, else None."""
        found = self.row(unit, measure, cut, wave)
        return found if found is not None and found["status"] != "hidden" else None

    def number(self, value: float | None, *, signed: bool = False) -> str:
        """Return a score or a difference, whole; the word for hidden where there is none."""
        if value is None or math.isnan(value):
            return self.words("cards.hidden")
        return self.words.numbers.decimal(value, 0, signed=signed)

    def weight(self, row: Mapping[Any, Any], of: int) -> tuple[str, str, str]:
        """Weight of a theme in the whole organisation, its interval and its places, as texts."""
        numbers = self.words.numbers
        places = self.words(
            "cards.places",
            low=numbers.whole(row["rank_low"]),
            high=numbers.whole(row["rank_high"]),
            of=of,
        )
        interval = f"{numbers.percent(row['share_low'])}–{numbers.percent(row['share_high'])}"
        return numbers.percent(row["share"]), interval, places

    def answers(self, unit: str) -> tuple[str, str, str]:
        """Answers, people invited and response rate of a unit, as texts."""
        words = self.words
        told = self.shown(unit, "answers")
        invited = self.cards.organisation.invited.get(unit, 0.0)
        counted = words.numbers.whole(invited) if invited else words("cards.unknown")
        if told is None:
            return words("cards.hidden"), counted, words("cards.hidden")
        rate = words.numbers.percent(min(told["n"] / invited, 1.0)) if invited else ""
        return words.numbers.whole(told["n"]), counted, rate or words("cards.unknown")
