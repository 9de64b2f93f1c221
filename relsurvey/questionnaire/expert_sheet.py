"""The sheet that experts fill in to judge the content of an instrument."""

from __future__ import annotations

from collections.abc import Sequence

from relsurvey.instrument.expert_layout import HEADERS, NONE_LABEL, item_numbers
from relsurvey.instrument.form import Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.questionnaire.sheet import Sheet

_SORT = {
    "da": (
        "Opgave 1 af 2: Hvad handler spørgsmålet om?",
        "Læs hvert spørgsmål, og vælg det begreb, det hører bedst til. Vælg kun ét.",
        "Begreberne er forklaret nederst i filen eller på arket »begreber«.",
        "Gør opgave 1 færdig, før du ser på opgave 2.",
    ),
    "en": (
        "Task 1 of 2: What is the item about?",
        "Read each item and choose the construct it fits best. Choose one only.",
        "The constructs are explained at the end of the file or on the sheet 'constructs'.",
        "Finish task 1 before you look at task 2.",
    ),
}
_RATE = {
    "da": (
        "Opgave 2 af 2: Er spørgsmålet relevant og klart?",
        "Relevans for begrebet: 1 ikke relevant, 2 lidt relevant, 3 ret relevant, "
        "4 meget relevant og nødvendigt.",
        "Klarhed: 1 uklart, 2 skal skrives om, 3 klart med små rettelser, 4 klart.",
        "Skriv gerne en kommentar, især ved 1 og 2.",
    ),
    "en": (
        "Task 2 of 2: Is the item relevant and clear?",
        "Relevance to the construct: 1 not relevant, 2 somewhat relevant, 3 quite relevant, "
        "4 highly relevant and essential.",
        "Clarity: 1 unclear, 2 needs rewording, 3 clear with small changes, 4 clear.",
        "Please comment, above all where you choose 1 or 2.",
    ),
}
_TITLES = {
    "da": ("1 placér", "2 vurdér", "begreber"),
    "en": ("1 sort", "2 rate", "constructs"),
}


def expert_sheet(instrument: Instrument, form: Form, languages: Sequence[str]) -> tuple[Sheet, ...]:
    """Build the expert sheet of a form in the first of the languages.

    The sorting task shows the items shuffled, numbered and without their constructs (ids would give
    them away), so that the answers can serve as substantive validity; the rating task shows each
    item under its construct. Order and numbers are the same every time. Instructions exist in
    Danish and English; other languages get English.

    Parameters
    ----------
    instrument : Instrument
    form : Form
    languages : sequence of str

    Returns
    -------
    tuple of Sheet
        Sorting task, rating task, explained constructs.
    """
    language = languages[0]
    spoken = language if language in _SORT else "en"
    return (
        _sort_task(instrument, form, language, spoken),
        _rate_task(instrument, form, language, spoken),
        _explained(instrument, form, language, spoken),
    )


def _sort_task(instrument: Instrument, form: Form, language: str, spoken: str) -> Sheet:
    head = {name: texts[spoken] for name, texts in HEADERS.items()}
    names = [construct.name[language] for construct in instrument.constructs_in(form.id)]
    return Sheet(
        title=_TITLES[spoken][0],
        columns=(head["item"], head["text"], head["belongs_to"]),
        rows=tuple(
            (number, instrument.wording(item, language, form.audience), None)
            for item, number in item_numbers(instrument).items()
            if item in form.items
        ),
        preamble=_SORT[spoken],
        choices={head["belongs_to"]: (*names, NONE_LABEL[spoken])},
        widths={head["text"]: 60, head["belongs_to"]: 36},
    )


def _rate_task(instrument: Instrument, form: Form, language: str, spoken: str) -> Sheet:
    head = {name: texts[spoken] for name, texts in HEADERS.items() if name != "belongs_to"}
    numbers = item_numbers(instrument)
    rows = []
    for construct in instrument.constructs_in(form.id):
        meaning = (construct.name[language], construct.definition[language])
        for item in instrument.items_of(construct.id, form.id):
            wording = instrument.wording(item.id, language, form.audience)
            rows.append((numbers[item.id], wording, *meaning, None, None, None))
    return Sheet(
        title=_TITLES[spoken][1],
        columns=tuple(head.values()),
        rows=tuple(rows),
        preamble=_RATE[spoken],
        choices=dict.fromkeys((head["relevance"], head["clarity"]), (1, 2, 3, 4)),
        widths={head["text"]: 50, head["definition"]: 60, head["comment"]: 50},
    )


def _explained(instrument: Instrument, form: Form, language: str, spoken: str) -> Sheet:
    name, meaning = HEADERS["construct"][spoken], HEADERS["definition"][spoken]
    return Sheet(
        title=_TITLES[spoken][2],
        columns=(name, meaning),
        rows=tuple(
            (construct.name[language], construct.definition[language])
            for construct in instrument.constructs_in(form.id)
        ),
        widths={name: 36, meaning: 90},
    )
