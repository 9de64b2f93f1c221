"""The vocabulary that every statistical result shares: tidy, glance, summary, to_dict."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import pandas as pd

TERM_COLUMNS = (
    "term",
    "estimate",
    "std_error",
    "statistic",
    "df",
    "p_value",
    "conf_low",
    "conf_high",
)


def json_ready(value: Any) -> Any:  # noqa: ANN401  (any value goes in, plain JSON comes out)
    """Turn a value into plain JSON types at full precision; NaN and infinities become None."""
    import numpy as np
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        return [json_ready(row) for row in value.to_dict(orient="records")]
    if isinstance(value, pd.Series | np.ndarray):
        return json_ready(value.tolist())
    if isinstance(value, dict):
        return {str(key): json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [json_ready(item) for item in value]
    if isinstance(value, np.generic):
        return json_ready(value.item())
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)


class Result:
    """Base of all results: a subclass writes ``tidy`` and ``glance``; the rest follows.

    ``tidy()`` has a row per term, ``glance()`` exactly one row. ``notes`` are sentences that belong
    to the numbers wherever they are shown (what was left out, which definition was used).
    """

    __slots__ = ()
    title: ClassVar[str] = "Result"

    def tidy(self) -> pd.DataFrame:
        """Return one row per term."""
        raise TypeError(f"{type(self).__name__} has no tidy()")

    def glance(self) -> pd.DataFrame:
        """Return exactly one row about the whole result."""
        raise TypeError(f"{type(self).__name__} has no glance()")

    def remarks(self) -> tuple[str, ...]:
        """Sentences that belong to the numbers; empty unless the result has any."""
        return tuple(getattr(self, "notes", ()))

    def summary(self) -> str:
        """Text for a terminal: title, glance, tidy, remarks. Shown to four significant digits."""
        parts = [self.title, "=" * len(self.title)]
        for frame in (self.glance().T.rename(columns={0: ""}), self.tidy()):
            parts += [frame.to_string(float_format=_four_digits, index=frame.shape[1] == 1), ""]
        return "\n".join([*parts, *self.remarks()]).rstrip()

    def to_dict(self) -> dict[str, Any]:
        """Everything in plain JSON types at full precision."""
        glance = json_ready(self.glance())
        return {
            "title": self.title,
            "glance": glance[0] if glance else {},
            "tidy": json_ready(self.tidy()),
            "notes": list(self.remarks()),
        }

    def _repr_html_(self) -> str:
        html: str = self.tidy().to_html(index=False, float_format=_four_digits, na_rep="")
        return f"<h4>{self.title}</h4>{html}"


def _four_digits(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"
