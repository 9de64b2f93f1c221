"""Frictionless Table Schema: the columns of a form, their types, codes and missing codes."""

from __future__ import annotations

import json
from typing import Any

from relsurvey.instrument.asked import Asked, Choice, Question
from relsurvey.instrument.texts import Texts

_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"
RESPONDENT = "respondent"


def table_schema(asked: Asked) -> bytes:
    """Write the schema as JSON.

    Titles are in the first language, with all languages under ``titles`` and, per code,
    ``labels``. Missing codes are those of the field, as the same number may be an answer elsewhere.

    Parameters
    ----------
    asked : Asked

    Notes
    -----
    Data Package 2.0, Table Schema: datapackage.org/standard/table-schema.
    """
    fields: list[dict[str, Any]] = [
        {"name": RESPONDENT, "type": "string", "constraints": {"unique": True}}
    ]
    for question in (*asked.filled, *asked.questions):
        for row in question.rows:
            fields.append(_field(row.id, question, row.text, asked))
        if not question.rows:
            fields.append(_field(question.id, question, question.text, asked))
    schema = {
        "$schema": _PROFILE,
        "title": asked.instrument.title[asked.languages[0]],
        "version": asked.instrument.version,
        "fields": fields,
        "missingValues": [""],
        "primaryKey": [RESPONDENT],
    }
    return (json.dumps(schema, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _field(name: str, question: Question, text: Texts, asked: Asked) -> dict[str, Any]:
    answers = [choice for choice in question.choices if not choice.missing]
    missing = [choice for choice in question.choices if choice.missing]
    whole = all(choice.code.lstrip("-").isdecimal() for choice in question.choices)
    kind = {"number": "number", "text": "string"}.get(question.kind, "integer")
    kind = "string" if question.choices and not whole else kind
    found: dict[str, Any] = {
        "name": name,
        "type": kind,
        "title": text[asked.languages[0]],
        "titles": {language: text[language] for language in asked.languages},
    }
    if question.rows:
        found["description"] = question.text[asked.languages[0]]
    constraints: dict[str, Any] = {"required": True} if question.required else {}
    bounds = {"minimum": question.low, "maximum": question.high}
    constraints |= {key: value for key, value in bounds.items() if value is not None}
    if answers:
        found["categories"] = [_category(choice, asked, whole=whole) for choice in answers]
        found["categoriesOrdered"] = bool(question.rows)
        constraints["enum"] = [_value(choice, whole=whole) for choice in answers]
    if missing:
        found["missingValues"] = [
            {"value": "", "label": "not answered"},
            *(
                {"value": choice.code, "label": choice.label[asked.languages[0]]}
                for choice in missing
            ),
        ]
    if constraints:
        found["constraints"] = constraints
    return found


def _category(choice: Choice, asked: Asked, *, whole: bool) -> dict[str, Any]:
    return {
        "value": _value(choice, whole=whole),
        "label": choice.label[asked.languages[0]],
        "labels": {language: choice.label[language] for language in asked.languages},
    }


def _value(choice: Choice, *, whole: bool) -> int | str:
    return int(choice.code) if whole else choice.code
