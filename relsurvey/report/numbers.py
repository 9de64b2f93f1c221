"""Numbers as a reader of Danish or English sees them: the only place that rounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, SupportsFloat

Language = Literal["da", "en"]

ABSENT = "–"
MINUS = "−"
HARD_SPACE = "\u00a0"
_SWAP = str.maketrans({",": ".", ".": ","})


@dataclass(frozen=True, slots=True)
class Numbers:
    """Formats for one language: Danish writes 1.234,5 and ``p < 0,001``; English 1,234.5.

    A value that is missing or not finite becomes a dash; a number that rounds to zero carries no
    minus sign.
    """

    language: Language

    def decimal(self, value: SupportsFloat | None, digits: int = 2, *, signed: bool = False) -> str:
        """Return a number with a fixed number of decimals, ``signed`` with + before positives."""
        number = _finite(value)
        if number is None:
            return ABSENT
        text = f"{abs(number):,.{digits}f}"
        is_zero = float(text.replace(",", "")) == 0.0
        sign = "" if is_zero else MINUS if number < 0 else "+" if signed else ""
        return sign + self._localised(text)

    def whole(self, value: SupportsFloat | None) -> str:
        """Return a count with thousands marked: 1.234 or 1,234."""
        return self.decimal(value, 0)

    def percent(self, share: SupportsFloat | None, digits: int = 0) -> str:
        """Return a share (0–1) as a percentage; a share that is not quite 0 or 1 never reads so."""
        number = _finite(share)
        if number is None:
            return ABSENT
        step = 10.0**-digits
        hundred = 100.0 * number
        if 0.0 < hundred < step:
            text = f"< {self.decimal(step, digits)}"
        elif 100.0 - step < hundred < 100.0:
            text = f"> {self.decimal(100.0 - step, digits)}"
        else:
            text = self.decimal(hundred, digits)
        return f"{text}{HARD_SPACE}%" if self.language == "da" else f"{text}%"

    def p_value(self, value: SupportsFloat | None) -> str:
        """Return ``p = 0.032`` or ``p < 0.001``."""
        bare = self.p_bare(value)
        if bare == ABSENT:
            return ABSENT
        return f"p {bare}" if bare.startswith("<") else f"p = {bare}"

    def p_bare(self, value: SupportsFloat | None) -> str:
        """Return the p-value without its letter, for a column that is headed p."""
        number = _finite(value)
        if number is None:
            return ABSENT
        return f"< {self.decimal(0.001, 3)}" if number < 0.001 else self.decimal(number, 3)

    def interval(
        self, low: SupportsFloat | None, high: SupportsFloat | None, digits: int = 2
    ) -> str:
        """Return ``0.12 to 0.30``; a dash when either bound is missing."""
        if _finite(low) is None or _finite(high) is None:
            return ABSENT
        to = "til" if self.language == "da" else "to"
        return f"{self.decimal(low, digits)} {to} {self.decimal(high, digits)}"

    def listed(
        self, names: list[str] | tuple[str, ...], joint: Literal["and", "or"] = "and"
    ) -> str:
        """Return names as running text: ``a, b and c``, or ``a, b or c``."""
        last = joint if self.language == "en" else {"and": "og", "or": "eller"}[joint]
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {last} {names[-1]}"

    def _localised(self, text: str) -> str:
        return text.translate(_SWAP) if self.language == "da" else text


def _finite(value: SupportsFloat | None) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
