"""REDCap: the data dictionary, one language a file."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator

from relsurvey.errors import InstrumentError
from relsurvey.instrument.asked import Asked, Page, Question

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
_NAME = re.compile("[a-z][a-z0-9_]{0,25}")


def redcap(asked: Asked) -> bytes:
    """Write the data dictionary: upload replaces the project's whole dictionary.

    Each grid is a matrix of radio buttons; what the link fills in is a hidden text field of the
    same name (``…&unit=A17``). Field names are the instrument's ids.

    Parameters
    ----------
    asked : Asked
        In one language.

    Raises
    ------
    InstrumentError
        A field name or a label that REDCap cannot carry.

    Notes
    -----
    Format: the dictionary that REDCap's own download gives.
    """
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\r\n", restval="")
    writer.writeheader()
    writer.writerows(_rows(asked))
    return stream.getvalue().encode("utf-8")


def _rows(asked: Asked) -> Iterator[dict[str, str]]:
    language = asked.languages[0]
    form = asked.form.id.lower()
    yield _field("record_id", form, "text", "Record")
    for question in asked.filled:
        yield {
            **_field(question.id, form, "text", question.text[language]),
            "Field Annotation": "@HIDDEN-SURVEY",
        }
    if asked.form.welcome is not None:
        yield _field("welcome", form, "descriptive", asked.form.welcome[language])
    for page in asked.pages:
        for place, question in enumerate(page.questions):
            yield from _question(question, form, _head(page, question, language, place), language)
    if asked.form.closing is not None:
        yield _field("closing", form, "descriptive", asked.form.closing[language])


def _head(page: Page, question: Question, language: str, place: int) -> str:
    title = html.escape(page.title[language], quote=False) if place == 0 else ""
    lead = html.escape(question.text[language], quote=False) if question.kind == "grid" else ""
    return "<br>".join(part for part in (title, lead) if part)


def _question(question: Question, form: str, head: str, language: str) -> Iterator[dict[str, str]]:
    answers = " | ".join(
        f"{choice.code}, {_label(choice.label[language], question)}" for choice in question.choices
    )
    required = {"Required Field?": "y"} if question.required else {}
    if question.kind == "grid":
        for place, row in enumerate(question.rows):
            yield {
                **_field(row.id, form, "radio", row.text[language]),
                "Section Header": head if place == 0 else "",
                "Choices, Calculations, OR Slider Labels": answers,
                "Matrix Group Name": _checked(f"grid_{question.id}"[:26].rstrip("_")),
                **required,
            }
        return
    kind = "radio" if question.kind == "choice" else "text"
    field = _field(question.id, form, kind, question.text[language])
    if question.kind == "number":
        field["Text Validation Type OR Show Slider Number"] = "number"
        field["Text Validation Min"] = "" if question.low is None else f"{question.low:g}"
        field["Text Validation Max"] = "" if question.high is None else f"{question.high:g}"
    field["Section Header"] = head
    field["Choices, Calculations, OR Slider Labels"] = answers
    field["Field Note"] = html.escape(question.help[language], quote=False) if question.help else ""
    yield {**field, **required}


def _field(name: str, form: str, kind: str, label: str) -> dict[str, str]:
    return {
        "Variable / Field Name": _checked(name),
        "Form Name": form,
        "Field Type": kind,
        "Field Label": html.escape(label, quote=False),
    }


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name.endswith("_") or "__" in name:
        raise InstrumentError(
            "REDCap cannot carry this name.",
            got=name,
            expected="a lower-case letter, then at most 25 lower-case letters, digits or single "
            "underscores",
            hint="Change the id in the instrument, or choose another tool.",
        )
    return name


def _label(text: str, question: Question) -> str:
    if "|" in text:
        raise InstrumentError(
            "REDCap cannot carry this answer: a bar would end it.",
            where=question.id,
            got=text,
            expected="a label without |",
        )
    return html.escape(text, quote=False)
