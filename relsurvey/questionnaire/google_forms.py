"""Google Forms: an Apps Script that makes the form, one language a file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from relsurvey.instrument.asked import Asked, Question


def google_forms(asked: Asked) -> bytes:
    """Write a script for script.google.com: paste it, run ``makeForm`` once.

    Google keeps labels, not codes; answers come back by their labels and statements. A form made so
    asks for no e-mail address. The unit, which no link can fill in invisibly, is asked first.

    Parameters
    ----------
    asked : Asked
        In one language.

    Notes
    -----
    Calls: developers.google.com/apps-script/reference/forms.
    """
    language = asked.languages[0]
    lines = [
        "function makeForm() {",
        f"  var form = FormApp.create({_text(asked.instrument.title[language])});",
        "  form.setCollectEmail(false);",
        "  form.setProgressBar(true);",
    ]
    if asked.form.welcome is not None:
        lines.append(f"  form.setDescription({_text(asked.form.welcome[language])});")
    if asked.form.closing is not None:
        lines.append(f"  form.setConfirmationMessage({_text(asked.form.closing[language])});")
    for question in asked.filled:
        lines += _question(question, language)
    for number, page in enumerate(asked.pages):
        item = "addSectionHeaderItem" if number == 0 else "addPageBreakItem"
        lines.append(f"  form.{item}().setTitle({_text(page.title[language])});")
        for question in page.questions:
            lines += _question(question, language)
    lines += ["  Logger.log(form.getEditUrl());", "}", ""]
    return "\n".join(lines).encode("utf-8")


def _question(question: Question, language: str) -> Iterator[str]:
    title = f"setTitle({_text(question.text[language])})"
    required = f"setRequired({str(question.required).lower()})"
    helped = f".setHelpText({_text(question.help[language])})" if question.help else ""
    labels = _list([choice.label[language] for choice in question.choices])
    if question.kind == "grid":
        rows = _list([row.text[language] for row in question.rows])
        yield f"  form.addGridItem().{title}.{required}"
        yield f"    .setRows({rows})"
        yield f"    .setColumns({labels});"
    elif question.kind == "choice":
        yield f"  form.addMultipleChoiceItem().{title}{helped}.{required}"
        yield f"    .setChoiceValues({labels});"
    else:
        yield f"  form.addTextItem().{title}{helped}.{required};"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\u2028", " ").replace("\u2029", " ")


def _list(texts: list[str]) -> str:
    return "[" + ", ".join(_text(text) for text in texts) + "]"
