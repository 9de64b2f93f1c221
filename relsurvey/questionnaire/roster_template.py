"""A file to enter the roster into: one row per unit."""

from __future__ import annotations

from collections.abc import Sequence

from relsurvey.errors import InstrumentError
from relsurvey.instrument.background import BackgroundField
from relsurvey.instrument.form import Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.questionnaire.codebook import code_columns, field_codes
from relsurvey.questionnaire.field_rules import field_rules
from relsurvey.questionnaire.sheet import Sheet


def roster_template(
    instrument: Instrument, form: Form, languages: Sequence[str]
) -> tuple[Sheet, ...]:
    """Build the roster template.

    Parameters
    ----------
    instrument : Instrument
    form : Form
        Not used: the roster is the same for every form.
    languages : sequence of str
        Languages of the explanations that stand beside it.

    Returns
    -------
    tuple of Sheet
        ``roster`` (headings only), ``fields`` (what each column takes), ``codes``.

    Raises
    ------
    InstrumentError
        The instrument has no roster fields.
    """
    fields = [field for field in instrument.background if field.asked_of == "roster"]
    if not fields:
        raise InstrumentError(
            "The instrument has no roster fields, so there is no roster to fill in.",
            where=f"instrument {instrument.id!r}",
            hint="Roster fields are background fields with `asked_of: roster`.",
        )
    choices, bounds = field_rules(fields)
    columns = tuple(field.id for field in fields)
    roster = Sheet(title="roster", columns=columns, choices=choices, bounds=bounds)
    coded = Sheet(
        title="codes",
        columns=code_columns(languages),
        rows=tuple(field_codes(fields, languages)),
        in_csv=False,
    )
    return roster, _explained(fields, languages), coded


def _explained(fields: Sequence[BackgroundField], languages: Sequence[str]) -> Sheet:
    rows = []
    for field in fields:
        texts: list[object] = []
        for lang in languages:
            texts += [field.text.get(lang), field.help.get(lang) if field.help is not None else ""]
        required = "yes" if field.required else "no"
        rows.append((field.id, field.type, required, field.low, field.high, *texts))
    headings = [f"{part}_{lang}" for lang in languages for part in ("text", "help")]
    return Sheet(
        title="fields",
        columns=("id", "type", "required", "low", "high", *headings),
        rows=tuple(rows),
        in_csv=False,
    )
