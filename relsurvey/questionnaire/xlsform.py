"""XLSForm for Kobo, ODK and Enketo: sheets survey, choices and settings, languages as columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from relsurvey.instrument.asked import Asked, Question
from relsurvey.instrument.texts import Texts
from relsurvey.questionnaire.sheet import Sheet

NAMES = {"da": "Dansk (da)", "en": "English (en)"}
_FIXED = ("type", "name", "required", "constraint", "appearance")


def xlsform(asked: Asked) -> tuple[Sheet, ...]:
    """Write the form for phones: one page a block, each statement with its answers below it.

    Names are the instrument's ids, values its codes. What the link fills in is a ``hidden`` field:
    ``…?d[/data/unit]=A17`` in Enketo. Items keep their order; XLSForm cannot shuffle questions.

    Parameters
    ----------
    asked : Asked

    Notes
    -----
    Format: xlsform.org/en/ref-table.
    """
    columns = (*_FIXED, *_each(asked, "label"), *_each(asked, "hint"))
    lists: dict[tuple[str, ...], str] = {}
    choices: list[tuple[object, ...]] = []
    rows = list(_rows(asked, lists, choices))
    name = NAMES.get(asked.languages[0], asked.languages[0])
    settings = (
        asked.instrument.title[asked.languages[0]],
        f"{asked.instrument.id}_{asked.form.id}",
        asked.instrument.version,
        name,
        "pages theme-grid",
    )
    return (
        Sheet("survey", columns, tuple(rows)),
        Sheet("choices", ("list_name", "name", *_each(asked, "label")), tuple(choices)),
        Sheet(
            "settings",
            ("form_title", "form_id", "version", "default_language", "style"),
            (settings,),
        ),
    )


def _each(asked: Asked, what: str) -> tuple[str, ...]:
    return tuple(f"{what}::{NAMES.get(language, language)}" for language in asked.languages)


def _rows(
    asked: Asked, lists: dict[tuple[str, ...], str], choices: list[tuple[object, ...]]
) -> Iterator[tuple[object, ...]]:
    row = partial(_row, asked)
    for question in asked.filled:
        yield row("hidden", question.id)
    if asked.form.welcome is not None:
        yield row("note", "welcome", label=asked.form.welcome)
    for page in asked.pages:
        yield row("begin_group", f"page_{page.id}", label=page.title, appearance="field-list")
        for question in page.questions:
            name = _list_name(asked, question, lists, choices) if question.choices else ""
            if question.kind == "grid":
                yield row("note", f"lead_{question.id}", label=question.text)
                for item in question.rows:
                    yield row(f"select_one {name}", item.id, label=item.text)
            else:
                kind = {"choice": f"select_one {name}", "number": "decimal"}.get(
                    question.kind, "text"
                )
                yield row(
                    kind,
                    question.id,
                    label=question.text,
                    hint=question.help,
                    required="yes" if question.required else "",
                    constraint=_bounds(question),
                )
        yield row("end_group", "")
    if asked.form.closing is not None:
        yield row("note", "closing", label=asked.form.closing)


def _row(
    asked: Asked,
    kind: str,
    name: str,
    *,
    label: Texts | None = None,
    hint: Texts | None = None,
    required: str = "",
    constraint: str = "",
    appearance: str = "",
) -> tuple[object, ...]:
    return (
        kind,
        name or None,
        required or None,
        constraint or None,
        appearance or None,
        *((_plain(label[language]) if label else None) for language in asked.languages),
        *((_plain(hint[language]) if hint else None) for language in asked.languages),
    )


def _list_name(
    asked: Asked,
    question: Question,
    lists: dict[tuple[str, ...], str],
    choices: list[tuple[object, ...]],
) -> str:
    """Name of the list of answers; an equal list is used again."""
    labels = [tuple(choice.label[lang] for lang in asked.languages) for choice in question.choices]
    key = tuple(
        part
        for choice, own in zip(question.choices, labels, strict=True)
        for part in (choice.code, *own)
    )
    if key not in lists:
        lists[key] = f"answers_{question.id}"
        choices += [
            (lists[key], choice.code, *map(_plain, own))
            for choice, own in zip(question.choices, labels, strict=True)
        ]
    return lists[key]


def _bounds(question: Question) -> str:
    parts = []
    if question.low is not None:
        parts.append(f". >= {question.low:g}")
    if question.high is not None:
        parts.append(f". <= {question.high:g}")
    return " and ".join(parts) if question.kind == "number" else ""


def _plain(text: str) -> str:
    """Keep a text from being read as a reference to an answer (``${…}``) or as Markdown."""
    return text.replace("${", "$ {").replace("_", "\\_").replace("*", "\\*")
