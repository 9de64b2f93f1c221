"""SPSS .sav: a data file without answers, with labels, measurement levels and missing codes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from relsurvey.errors import InstrumentError
from relsurvey.instrument.asked import Asked, Question
from relsurvey.instrument.texts import Texts

RESPONDENT = "respondent"
_TEXT_WIDTH = 64


def spss_file(asked: Asked) -> bytes:
    """Write the columns of the form, in one language, for answers to be typed or pasted into.

    The file holds one blank row, which gives the texts their width; reading passes over it.

    Parameters
    ----------
    asked : Asked
        In one language.

    Raises
    ------
    InstrumentError
        pyreadstat is not installed.
    """
    try:
        import pyreadstat
    except ImportError as error:
        raise InstrumentError(
            "Writing SPSS files needs the package pyreadstat.", hint="pip install relsurvey[spss]"
        ) from error
    import pandas as pd

    language = asked.languages[0]
    columns: dict[str, tuple[Question | None, Texts | None]] = {RESPONDENT: (None, None)}
    for question in (*asked.filled, *asked.questions):
        columns |= {row.id: (question, row.text) for row in question.rows}
        if not question.rows:
            columns[question.id] = (question, question.text)
    kinds = {name: _is_text(question) for name, (question, _) in columns.items()}
    blank = {name: " " * _TEXT_WIDTH if text else float("nan") for name, text in kinds.items()}
    frame = pd.DataFrame([blank])
    about: dict[str, Any] = {
        "column_labels": {
            name: text[language] for name, (_, text) in columns.items() if text is not None
        },
        "variable_value_labels": {
            name: {_value(c.code, question): c.label[language] for c in question.choices}
            for name, (question, _) in columns.items()
            if question is not None and question.choices
        },
        "missing_ranges": {
            name: [int(c.code) for c in question.choices if c.missing]
            for name, (question, _) in columns.items()
            if question is not None and any(c.missing for c in question.choices)
        },
        "variable_measure": {name: _measure(q) for name, (q, _) in columns.items()},
        "variable_format": {name: "F8.0" for name, text in kinds.items() if not text},
        "file_label": f"{asked.instrument.id} {asked.instrument.version} {asked.form.id}",
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.sav"
        pyreadstat.write_sav(frame, str(path), **about)
        return path.read_bytes()


def _is_text(question: Question | None) -> bool:
    if question is None or question.kind == "text":
        return True
    return any(not choice.code.lstrip("-").isdecimal() for choice in question.choices)


def _value(code: str, question: Question) -> float | str:
    return code if _is_text(question) else float(code)


def _measure(question: Question | None) -> str:
    kinds = {"grid": "ordinal", "number": "scale"}
    return "nominal" if question is None else kinds.get(question.kind, "nominal")
