"""A file to enter answers into: the exact columns of a form, each checked against its codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from relsurvey.instrument.form import Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.questionnaire.codebook import codebook
from relsurvey.questionnaire.field_rules import field_rules
from relsurvey.questionnaire.sheet import Sheet

RESPONDENT = "respondent"


def answer_template(
    instrument: Instrument, form: Form, languages: Sequence[str]
) -> tuple[Sheet, ...]:
    """Build the entry template of a form.

    Parameters
    ----------
    instrument : Instrument
    form : Form
    languages : sequence of str
        Languages of the codebook that stands beside it.

    Returns
    -------
    tuple of Sheet
        ``answers`` (headings only: respondent, background fields, items), then the codebook.
    """
    fields = [instrument.background_field(name) for name in form.background]
    choices, bounds = field_rules(fields)
    for name in form.items:
        scale = instrument.scale_of(name)
        choices[name] = (*scale.codes, *(missing.code for missing in scale.missing))
    answers = Sheet(
        title="answers",
        columns=(RESPONDENT, *form.background, *form.items),
        choices=choices,
        bounds=bounds,
    )
    beside = codebook(instrument, form, languages)
    return answers, *(replace(sheet, in_csv=False) for sheet in beside)
