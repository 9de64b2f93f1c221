"""How hard the items are to read: LIX per block of a form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from relsurvey.errors import InstrumentError
from relsurvey.instrument.form import Block, Form
from relsurvey.instrument.instrument import Instrument
from relsurvey.results import Result

LONG_WORD = 7
SCALE = (
    "LIX (Björnsson 1968), words per sentence plus the percentage of words of seven letters or "
    "more, with the bands usual in Denmark: up to 24 very easy, 25-34 easy, 35-44 medium, "
    "45-54 hard, 55 and above very hard (Dansk Sproghistorie, note 144). Björnsson's own bands "
    "stand at 20, 30, 40, 50 and 60."
)
_BANDS = ((25, "very_easy"), (35, "easy"), (45, "medium"), (55, "hard"))
_WORD = re.compile(r"\w+(?:[-'’./]\w+)*")
_SENTENCE_END = re.compile(r"[.!?:]+[\"'»«”)]*\s+(?=[A-ZÆØÅÄÖ«»\"'“(])")


@dataclass(frozen=True, slots=True)
class Lix:
    """Counts of a text and what follows from them.

    Attributes
    ----------
    n_words, n_sentences, n_long_words : int
        Words, sentences, and words of seven letters or more.
    """

    n_words: int
    n_sentences: int
    n_long_words: int

    @property
    def lix(self) -> float:
        """Words per sentence plus 100 times the share of long words."""
        return self.n_words / self.n_sentences + 100 * self.n_long_words / self.n_words

    @property
    def band(self) -> str:
        """Band on the Danish scale: very_easy, easy, medium, hard or very_hard."""
        return next((name for below, name in _BANDS if round(self.lix) < below), "very_hard")


def lix(texts: Sequence[str]) -> Lix:
    """Count words, sentences and long words.

    Parameters
    ----------
    texts : sequence of str
        Each holds at least one sentence; further ones are told by ``. ! ? :`` before a capital.

    Returns
    -------
    Lix

    Raises
    ------
    InstrumentError
        There is not a single word.

    References
    ----------
    Björnsson, C. H. (1968). Läsbarhet. Stockholm: Liber.
    R: ``quanteda.textstats::textstat_readability(x, "LIW")``, which tells sentences apart by its
    own tokeniser.
    """
    words = [word for text in texts for word in _WORD.findall(text)]
    if not words:
        raise InstrumentError("There are no words to compute a LIX from.", got=repr(list(texts)))
    sentences = [part for text in texts for part in _SENTENCE_END.split(text) if _WORD.search(part)]
    long_words = [word for word in words if sum(map(str.isalpha, word)) >= LONG_WORD]
    return Lix(n_words=len(words), n_sentences=len(sentences), n_long_words=len(long_words))


@dataclass(frozen=True, slots=True, eq=False)
class Readability(Result):
    """LIX of every block of every form in every language.

    Attributes
    ----------
    table : DataFrame
        Columns ``form block language n_items n_words n_sentences n_long_words lix band``.
    notes : tuple of str
        The scale named, and what LIX can and cannot say.
    """

    title: ClassVar[str] = "Readability"
    table: pd.DataFrame
    notes: tuple[str, ...] = (
        SCALE,
        "The items of a block are taken as one text, each item as a sentence. LIX sees word and "
        "sentence length only: compound words raise it, and it does not show whether a text is "
        "understood.",
    )

    def tidy(self) -> pd.DataFrame:
        """One row per form, block and language."""
        return self.table.copy()

    def glance(self) -> pd.DataFrame:
        """One row: how many texts were measured, and their mean and largest LIX."""
        values = self.table["lix"]
        row = {"n_texts": len(values), "lix_mean": values.mean(), "lix_max": values.max()}
        return pd.DataFrame([row])


def readability(instrument: Instrument, form: str | None = None) -> Readability:
    """Compute LIX per block and language.

    Parameters
    ----------
    instrument : Instrument
    form : str, optional
        One form; all forms by default. A leader form is measured on its first-person wording.

    Returns
    -------
    Readability

    Raises
    ------
    InstrumentError
        Unknown form, or items without a word.
    """
    forms = instrument.forms if form is None else (instrument.form(form),)
    rows = [
        _row(instrument, each, block, language)
        for each in forms
        for block in each.blocks
        for language in instrument.languages
    ]
    return Readability(table=pd.DataFrame(rows))


def _row(instrument: Instrument, form: Form, block: Block, language: str) -> dict[str, object]:
    texts = [instrument.wording(item, language, form.audience) for item in block.items]
    counts = lix(texts)
    return {
        "form": form.id,
        "block": block.id,
        "language": language,
        "n_items": len(texts),
        "n_words": counts.n_words,
        "n_sentences": counts.n_sentences,
        "n_long_words": counts.n_long_words,
        "lix": counts.lix,
        "band": counts.band,
    }
