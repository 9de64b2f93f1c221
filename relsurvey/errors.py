"""The one error root: every error says what, where, what was got, what was expected, what to do."""

from __future__ import annotations


class RelsurveyError(ValueError):
    """Root of all errors that a user of relsurvey can meet.

    Parameters
    ----------
    what : str
        What went wrong, one sentence.
    where : str, optional
        The file, row, column, item or argument.
    got, expected : str, optional
        What was found and what should have been there.
    hint : str, optional
        What to do about it.

    Attributes
    ----------
    what, where, got, expected, hint : str
        The parts, for callers that lay them out in their own way.
    """

    def __init__(
        self, what: str, *, where: str = "", got: str = "", expected: str = "", hint: str = ""
    ) -> None:
        self.what, self.where, self.got = what, where, got
        self.expected, self.hint = expected, hint
        super().__init__(what)

    def __str__(self) -> str:
        parts = [self.what]
        named = (
            ("where", self.where),
            ("got", self.got),
            ("expected", self.expected),
            ("to do", self.hint),
        )
        parts += [f"  {name}: {text}" for name, text in named if text]
        return "\n".join(parts)


class InstrumentError(RelsurveyError):
    """An instrument file cannot be read, or contradicts itself."""


class ResponsesError(RelsurveyError):
    """A file of answers or a roster cannot be read at all (row problems are rows of `Problems`)."""


class DataError(RelsurveyError):
    """A frame given to a statistic lacks a column, holds no usable rows, or the wrong type."""


class ModelError(RelsurveyError):
    """A model cannot be specified or estimated with these data."""


class StudyError(RelsurveyError):
    """A study or population file cannot be used, or an output is in the way or not writable."""
