"""The translation log as a sheet, with the wording each step was taken on."""

from __future__ import annotations

from collections.abc import Sequence

from relsurvey.instrument.form import Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.translation_log import translation_log_table
from relsurvey.questionnaire.sheet import Sheet


def translation_sheet(
    instrument: Instrument, form: Form, languages: Sequence[str]
) -> tuple[Sheet, ...]:
    """Build the log of a form's items in the languages asked for."""
    log = translation_log_table(instrument)
    log = log[log["item"].isin(form.items) & log["language"].isin(languages)].copy()
    log.insert(
        3,
        "text",
        [
            instrument.wording(item, language, form.audience)
            for item, language in zip(log["item"], log["language"], strict=True)
        ],
    )
    log["done"] = log["done"].map({True: "yes", False: "no"})
    return (
        Sheet(
            title="translation_log",
            columns=tuple(log.columns),
            rows=tuple(log.itertuples(index=False, name=None)),
            choices={"done": ("yes", "no")},
            widths={"text": 50, "note": 60, "by": 20, "date": 14},
        ),
    )
