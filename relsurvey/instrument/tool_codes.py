"""Codes of questions in tools that do not take the instrument's ids; answers find home by them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from relsurvey.instrument.asked import Asked

_LIMESURVEY_LONGEST = 20


def short_codes(ids: Sequence[str], longest: int, avoid: Collection[str] = ()) -> dict[str, str]:
    """Return for each id its letters and digits, cut to length, each code once.

    Parameters
    ----------
    ids : sequence of str
    longest : int
        Most characters of a code.
    avoid : collection of str
        Codes that are taken already.

    Returns
    -------
    dict of str to str
        The same ids always give the same codes, so that answers find home.
    """
    taken = {code.casefold() for code in avoid}
    found: dict[str, str] = {}
    for one in ids:
        plain = re.sub("[^A-Za-z0-9]", "", one)
        if not plain[:1].isalpha():
            plain = "q" + plain
        code, number = plain[:longest], 1
        while code.casefold() in taken:
            number += 1
            code = f"{plain[: longest - len(str(number))]}{number}"
        taken.add(code.casefold())
        found[one] = code
    return found


def limesurvey_codes(asked: Asked) -> dict[str, str]:
    """Map question ids to their codes in LimeSurvey: letters and digits only, at most twenty."""
    ids = [question.id for question in (*asked.questions, *asked.filled)]
    taken = {row.id for question in asked.questions for row in question.rows}
    return short_codes(ids, _LIMESURVEY_LONGEST, avoid=taken)
