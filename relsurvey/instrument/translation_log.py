"""The translation log written out: one row per item, language and TRAPD step."""

from __future__ import annotations

from typing import get_args

import pandas as pd

from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.translation import Step, TranslationEntry

STEPS: tuple[Step, ...] = get_args(Step)


def translation_log_table(instrument: Instrument) -> pd.DataFrame:
    """Write out the log for every item, also for items that no entry names.

    Parameters
    ----------
    instrument : Instrument

    Returns
    -------
    DataFrame
        Columns ``item construct language step done note by date``; items × languages × the five
        steps translation, review, adjudication, pretest, documentation. A step that no entry
        names is not done. Where several entries name one, the last of them holds.

    References
    ----------
    Harkness, J. A. (2003). Questionnaire translation. In Harkness, van de Vijver & Mohler (Eds.),
    Cross-cultural survey methods (pp. 35-56). Wiley.
    """
    rows = []
    for item in instrument.items:
        for language in instrument.languages:
            for step in STEPS:
                entry = _entry(instrument, item.id, language, step)
                rows.append(
                    {
                        "item": item.id,
                        "construct": item.construct,
                        "language": language,
                        "step": step,
                        "done": entry.done,
                        "note": entry.note,
                        "by": entry.by,
                        "date": entry.date,
                    }
                )
    return pd.DataFrame(rows)


def _entry(instrument: Instrument, item: str, language: str, step: Step) -> TranslationEntry:
    for entry in reversed(instrument.translation_log):
        if (
            entry.step == step
            and (not entry.items or item in entry.items)
            and (not entry.languages or language in entry.languages)
        ):
            return entry
    return TranslationEntry(step=step, done=False)
