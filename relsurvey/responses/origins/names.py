"""What the columns of a form can be called: ids, codes in a tool, and the questions themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from relsurvey.instrument.asked import asked
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.texts import Texts
from relsurvey.instrument.tool_codes import limesurvey_codes
from relsurvey.responses.labels import fold

_ENDS = ("[{}]", "- {}", ": {}", "/ {}", "| {}", ". {}")


@dataclass(frozen=True, slots=True)
class Names:
    """Names of a form's columns.

    Attributes
    ----------
    ids : frozenset of str
        Items and background fields.
    grids : mapping of str to sequence of str
        Id of a grid to its items in the order asked.
    limesurvey : mapping of str to str
        Code of a question in LimeSurvey to its id.
    texts : mapping of str to str
        Folded text of a statement or question, in any language, to its id; no text of two.
    fields : frozenset of str
        Background fields.
    """

    ids: frozenset[str]
    grids: Mapping[str, Sequence[str]]
    limesurvey: Mapping[str, str]
    texts: Mapping[str, str]
    fields: frozenset[str]

    def by_text(self, header: str) -> str:
        """Id of the question whose text a heading is, or ends with; "" where there is none."""
        folded = fold(header)
        if folded in self.texts:
            return self.texts[folded]
        found = {
            name
            for text, name in self.texts.items()
            if any(folded.endswith(end.format(text)) for end in _ENDS)
        }
        return found.pop() if len(found) == 1 else ""


def names_of(instrument: Instrument, form: str) -> Names:
    """Collect every name that the columns of a form can have."""
    whole = asked(instrument, instrument.form(form), instrument.languages)
    rows = [row for question in whole.questions for row in question.rows]
    fields = frozenset(field.id for field in instrument.background)
    texts: dict[str, set[str]] = {}
    spoken: list[tuple[str, Texts]] = [(row.id, row.text) for row in rows]
    spoken += [(one.id, one.text) for one in instrument.background]
    for name, text in spoken:
        for key in _folded(text):
            texts.setdefault(key, set()).add(name)
    return Names(
        ids=frozenset(row.id for row in rows) | fields,
        grids={
            question.id: tuple(row.id for row in question.rows)
            for question in whole.questions
            if question.rows
        },
        limesurvey={code: name for name, code in limesurvey_codes(whole).items()},
        texts={text: next(iter(own)) for text, own in texts.items() if len(own) == 1},
        fields=fields,
    )


def _folded(text: Texts) -> Iterable[str]:
    return {fold(own) for _, own in text.each() if own.strip()}
