"""What a form asks, page by page, as every survey tool needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from relsurvey.instrument.background import BackgroundField
from relsurvey.instrument.form import Block, Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.response_scale import ResponseScale
from relsurvey.instrument.texts import Texts

ABOUT_YOU = Texts.model_validate({"da": "Om dig", "en": "About you"})
LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that can be chosen: its code, its label, whether it is no point on the scale."""

    code: str
    label: Texts
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One statement of a grid."""

    id: str
    text: Texts


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked.

    Attributes
    ----------
    id : str
        Of the block for a grid (with a number where the block holds several), else of the field.
    kind : {"grid", "choice", "number", "text"}
        A grid is a list of statements with the same answers.
    text, help : Texts
    choices : tuple of Choice
    rows : tuple of Row
        Of a grid.
    required, random_order : bool
    low, high : float, optional
        Bounds of a number.
    filled : bool
        Not asked: the link or the tool fills it in.
    """

    id: str
    kind: Literal["grid", "choice", "number", "text"]
    text: Texts
    help: Texts | None = None
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    required: bool = False
    random_order: bool = False
    low: float | None = None
    high: float | None = None
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A heading and what is asked under it."""

    id: str
    title: Texts
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as it is put before people.

    Attributes
    ----------
    instrument, form : Instrument, Form
    languages : tuple of str
        The first is the one that a tool starts in.
    pages : tuple of Page
        Blocks, then the background questions.
    filled : tuple of Question
        What the link or the tool fills in: unit, wave … ; the language is the tool's own.
    """

    instrument: Instrument
    form: Form
    languages: tuple[str, ...]
    pages: tuple[Page, ...]
    filled: tuple[Question, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions of all pages."""
        return tuple(question for page in self.pages for question in page.questions)


def asked(instrument: Instrument, form: Form, languages: Sequence[str]) -> Asked:
    """Lay a form out in pages of questions.

    Parameters
    ----------
    instrument : Instrument
    form : Form
    languages : sequence of str

    Returns
    -------
    Asked
        A block whose items have several response scales becomes several grids.
    """
    pages = [
        Page(block.id, block.title, tuple(_grids(instrument, form, block))) for block in form.blocks
    ]
    fields = [instrument.background_field(name) for name in form.background]
    own = [_field(field) for field in fields if field.asked_of == "respondent"]
    if own:
        pages.append(Page("background", ABOUT_YOU, tuple(own)))
    others = [_field(field) for field in fields if field.asked_of != "respondent"]
    filled = tuple(question for question in others if question.id != LANGUAGE)
    return Asked(instrument, form, tuple(languages), tuple(pages), filled)


def form_code(asked: Asked) -> str:
    """Return what tells a form in one language from every other, for the foot of its pages."""
    instrument = asked.instrument
    return f"{instrument.id} {instrument.version} · {asked.form.id} · {asked.languages[0]}"


def _grids(instrument: Instrument, form: Form, block: Block) -> list[Question]:
    found: list[Question] = []
    for scale_id, group in groupby(block.items, key=lambda item: instrument.scale_of(item).id):
        rows = tuple(Row(item, _wording(instrument, form, item)) for item in group)
        found.append(
            Question(
                id=block.id if not found else f"{block.id}{len(found) + 1}",
                kind="grid",
                text=block.lead,
                choices=scale_choices(instrument.response_scale(scale_id)),
                rows=rows,
                random_order=block.random_order,
            )
        )
    return found


def _wording(instrument: Instrument, form: Form, name: str) -> Texts:
    item = instrument.item(name)
    own = item.leader_text if form.audience == "leader" else None
    return own or item.text


def scale_choices(scale: ResponseScale) -> tuple[Choice, ...]:
    """Answers of a scale, lowest first, then the missing codes."""
    points = [Choice(str(option.code), option.label) for option in scale.options]
    return (*points, *(Choice(str(one.code), one.label, missing=True) for one in scale.missing))


def _field(field: BackgroundField) -> Question:
    return Question(
        id=field.id,
        kind=field.type,
        text=field.text,
        help=field.help,
        choices=tuple(Choice(option.code, option.label) for option in field.options),
        required=field.required,
        low=field.low,
        high=field.high,
        filled=field.asked_of != "respondent",
    )
