"""SurveyJS: the survey as JSON, all languages in one file."""

from __future__ import annotations

import html
import json
from typing import Any

from relsurvey.instrument.asked import Asked, Question
from relsurvey.instrument.texts import Texts


def surveyjs(asked: Asked) -> bytes:
    """Write the survey for SurveyJS; names are the instrument's ids, values its codes.

    Texts are given by language and never as ``default``, which SurveyJS takes for English. What the
    page fills in stands as an invisible question: set ``survey.setValue("unit", …)``.

    Parameters
    ----------
    asked : Asked

    Notes
    -----
    Format: surveyjs.io, "Survey JSON schema"; tried with survey-core 2.5.
    """
    pages: list[dict[str, Any]] = [
        {
            "name": page.id,
            "title": _texts(asked, page.title),
            "elements": [_question(asked, question) for question in page.questions],
        }
        for page in asked.pages
    ]
    hidden = [
        {"type": "text", "name": question.id, "title": _texts(asked, question.text)}
        | {"visible": False}
        for question in asked.filled
    ]
    pages[-1]["elements"] += hidden
    survey: dict[str, Any] = {
        "locale": asked.languages[0],
        "title": _texts(asked, asked.instrument.title),
        "clearInvisibleValues": "none",
        "showProgressBar": True,
        "checkErrorsMode": "onNextPage",
    }
    if asked.form.welcome is not None:
        intro = {"type": "html", "name": "welcome", "html": _html(asked, asked.form.welcome)}
        pages.insert(0, {"name": "start", "elements": [intro]})
    if asked.form.closing is not None:
        survey["completedHtml"] = _html(asked, asked.form.closing)
    survey["pages"] = pages
    return (json.dumps(survey, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _texts(asked: Asked, text: Texts) -> dict[str, str]:
    return {language: _plain(text[language]) for language in asked.languages}


def _html(asked: Asked, text: Texts) -> dict[str, str]:
    return {
        language: f"<p>{html.escape(_plain(text[language]), quote=False)}</p>"
        for language in asked.languages
    }


def _plain(text: str) -> str:
    """Braces would be taken for the value of a question."""
    return text.replace("{", "(").replace("}", ")")


def _question(asked: Asked, question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {"name": question.id, "title": _texts(asked, question.text)}
    if question.help is not None:
        found["description"] = _texts(asked, question.help)
    if question.required:
        found["isRequired"] = True
    choices = [
        {"value": _value(choice.code), "text": _texts(asked, choice.label)}
        for choice in question.choices
    ]
    if question.kind == "grid":
        rows = [{"value": row.id, "text": _texts(asked, row.text)} for row in question.rows]
        order = {"rowOrder": "random"} if question.random_order else {}
        return {"type": "matrix", **found, "columns": choices, "rows": rows, **order}
    if question.kind == "choice":
        return {"type": "radiogroup", **found, "choices": choices}
    if question.kind == "number":
        bounds = {"min": question.low, "max": question.high}
        kept = {name: value for name, value in bounds.items() if value is not None}
        return {"type": "text", **found, "inputType": "number", **kept}
    return {"type": "text", **found}


def _value(code: str) -> int | str:
    """Give a number as a number, but ``03`` as it is."""
    return int(code) if code.lstrip("-").isdecimal() and str(int(code)) == code else code
