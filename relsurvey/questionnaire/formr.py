"""formr: the item table and its lists of choices, one language a file."""

from __future__ import annotations

from collections.abc import Iterator

from relsurvey.instrument.asked import Asked, Question
from relsurvey.questionnaire.sheet import Sheet


def formr(asked: Asked) -> tuple[Sheet, ...]:
    """Write the sheets ``survey`` and ``choices``; values are the instrument's codes.

    Parameters
    ----------
    asked : Asked
        In one language.

    Notes
    -----
    Format: formr.org/documentation, "The item table".
    """
    language = asked.languages[0]
    lists: dict[tuple[tuple[str, str], ...], str] = {}
    rows = list(_rows(asked, language, lists))
    choices = [(name, code, label) for answers, name in lists.items() for code, label in answers]
    return (
        Sheet("survey", ("type", "name", "label", "optional"), tuple(rows), widths={"label": 60}),
        Sheet("choices", ("list_name", "name", "label"), tuple(choices)),
    )


def _rows(
    asked: Asked, language: str, lists: dict[tuple[tuple[str, str], ...], str]
) -> Iterator[tuple[object, ...]]:
    for question in asked.filled:
        yield ("get", question.id, question.text[language], "*")
    if asked.form.welcome is not None:
        yield ("note", "welcome", asked.form.welcome[language], "")
    for number, page in enumerate(asked.pages):
        if number or asked.form.welcome is not None:
            yield ("submit", f"next_{number}", {"da": "Næste"}.get(language, "Next"), "")
        yield ("note", f"page_{page.id}", f"## {page.title[language]}", "")
        for question in page.questions:
            optional = "" if question.required else "*"
            if question.kind == "grid":
                yield ("note", f"lead_{question.id}", question.text[language], "")
                name = _list_name(question, language, lists)
                for row in question.rows:
                    yield (f"mc {name}", row.id, row.text[language], "*")
            else:
                yield (
                    _type(question, language, lists),
                    question.id,
                    question.text[language],
                    optional,
                )
    if asked.form.closing is not None:
        yield ("note", "closing", asked.form.closing[language], "")


def _type(question: Question, language: str, lists: dict[tuple[tuple[str, str], ...], str]) -> str:
    if question.kind == "choice":
        return f"mc {_list_name(question, language, lists)}"
    if question.kind == "number":
        bounds = [question.low, question.high]
        return "number " + ",".join("" if one is None else f"{one:g}" for one in bounds)
    return "text"


def _list_name(
    question: Question, language: str, lists: dict[tuple[tuple[str, str], ...], str]
) -> str:
    key = tuple((choice.code, choice.label[language]) for choice in question.choices)
    return lists.setdefault(key, f"answers_{question.id}")
