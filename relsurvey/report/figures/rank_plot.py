"""How likely each rank is: a row per predictor, a column per rank, darker for likelier."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from relsurvey.report.figures.palette import ink_on, sequential
from relsurvey.report.figures.svg import LINE, NARROW, joined, label, wrapped
from relsurvey.report.figures.svg import element as svg
from relsurvey.report.numbers import Numbers

_LABELS = 222.0
_CELL = 32.0


@dataclass(frozen=True, slots=True)
class RankRow:
    """A name and the probability of each rank, rank 1 first."""

    name: str
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RankPlot:
    """Rows of probabilities; ``rank_name`` heads the columns."""

    rows: tuple[RankRow, ...]
    rank_name: str
    numbers: Numbers

    def __call__(self, width: float) -> tuple[float, Markup]:
        """Draw at a width; return the height and the body."""
        narrow = width <= NARROW
        start = 0.0 if narrow else _LABELS + 10.0
        n_ranks = max((len(row.probabilities) for row in self.rows), default=1)
        cell = (width - start) / n_ranks
        parts = [label(start, 13, self.rank_name, class_="axis-name")]
        parts += [
            label(start + (i + 0.5) * cell, 31, str(i + 1), class_="tick", anchor="middle")
            for i in range(n_ranks)
        ]
        y = 38.0
        for row in self.rows:
            y, drawn = self._row(row, start, cell, y, narrow)
            parts += drawn
        return y + 2.0, joined(parts)

    def _row(
        self, row: RankRow, start: float, cell: float, top: float, narrow: bool
    ) -> tuple[float, list[Markup]]:
        lines = wrapped(row.name, cell * len(row.probabilities) if narrow else _LABELS)
        text_height = LINE * len(lines)
        height = text_height + _CELL + 10 if narrow else max(text_height, _CELL) + 4
        text_top = top if narrow else top + (height - text_height) / 2 - 1
        cell_top = top + text_height + 3 if narrow else top + (height - 4 - _CELL) / 2
        parts = [label(0, text_top + 13 + i * LINE, content) for i, content in enumerate(lines)]
        for i, probability in enumerate(row.probabilities):
            parts += self._cell(probability, start + i * cell, cell_top, cell)
        return top + height, parts

    def _cell(self, probability: float, x: float, top: float, width: float) -> list[Markup]:
        known = math.isfinite(probability)
        fill = sequential(probability) if known else "#ffffff"
        tile = svg("rect", x=x + 1, y=top, width=width - 2, height=_CELL, fill=fill, class_="tile")
        text = svg(
            "text",
            self.numbers.percent(probability),
            x=x + width / 2,
            y=top + 20.5,
            class_="inside" if width > 46 else "inside small",
            text_anchor="middle",
            style=f"fill:{ink_on(fill)}",
        )
        return [tile, text]
