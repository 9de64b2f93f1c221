"""CPR numbers and e-mail addresses: found, so that they are never carried into the data."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable

_HYPHENATED = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})\s?[-–]\s?\d{4}(?!\d)")
_BARE = re.compile(r"(?<!\d)(\d{1,2})(\d{2})(\d{2}) ?\d{4}(?!\d)")
_BARE_LINE = re.compile(r"^\s*(\d{1,2})(\d{2})(\d{2}) ?\d{4}\s*$", re.MULTILINE)
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}")
_BARE_SHARE = 0.5  # of random ten-digit numbers about 7 in 100 begin with a date

PERSONAL_NUMBER = "(CPR number)"


def holds_personal_numbers(texts: Iterable[str]) -> bool:
    """Whether a column's texts look like Danish CPR numbers.

    One text with a date, a hyphen and four digits (``ddmmyy-xxxx``) is enough. Of texts with ten
    digits and no hyphen at least half must begin with a valid date; where there are such, nine
    digits count too, because a spreadsheet drops the leading zero. Replacement numbers (day + 60)
    are dates here; the checksum is not used, because numbers given out since 2007 need not fulfil
    it.
    """
    told = [text for text in texts if text and not text.isspace()]
    together = "\n".join(text.replace("\n", " | ") for text in told)
    if any(_is_date(*match.groups()) for match in _HYPHENATED.finditer(together)):
        return True
    bare = [match.groups() for match in _BARE_LINE.finditer(together)]
    dates = [parts for parts in bare if _is_date(*parts)]
    full = sum(len(day) == 2 for day, _, _ in dates)
    return full > 0 and len(dates) >= _BARE_SHARE * len(told)


def holds_email_addresses(texts: Iterable[str]) -> bool:
    """Whether any text holds an e-mail address."""
    return any("@" in text and _EMAIL.search(text) for text in texts)


def without_personal_numbers(text: str) -> str:
    """Blank out everything that could be a CPR number or an e-mail address."""
    for pattern in (_HYPHENATED, _BARE):
        text = pattern.sub(
            lambda match: PERSONAL_NUMBER if _is_date(*match.groups()) else match.group(), text
        )
    return _EMAIL.sub("(e-mail address)", text) if "@" in text else text


def _is_date(day: str, month: str, year: str) -> bool:
    """Whether ddmmyy is a day of some century; 29 February counts where either century has it."""
    d, m = int(day), int(month)
    d -= 60 if d > 60 else 0
    if not 1 <= m <= 12:
        return False
    return 1 <= d <= max(monthrange(century + int(year), m)[1] for century in (1900, 2000))
