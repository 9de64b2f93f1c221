"""Where answers come from, and what was changed on the way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """The file that answers or a roster were read from; what does not apply is left empty.

    Attributes
    ----------
    file : str
        File name without its folder.
    sha256 : str
        Hash of the bytes read.
    format : str
        ``"csv"``, ``"xlsx"``, ``"sav"``, or ``"simulated"``.
    encoding, delimiter, decimal : str
        As given or found out: ``"utf-8"``, ``";"``, ``","``.
    sheet : str
        Sheet of a workbook.
    n_rows : int
        Rows below the header that hold anything.
    tool : str
        Survey tool that it was exported from, where that is known.
    parts : tuple of Source
        The files that were joined, where they were several.
    """

    file: str = ""
    sha256: str = ""
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    sheet: str = ""
    n_rows: int = 0
    tool: str = ""
    parts: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was recoded, filled in or left out: what, in which column, how often, why.

    Attributes
    ----------
    what : str
        What was done, in English, for example ``"answer text read as code"``.
    column : str
        The column, or "" where it concerns whole rows.
    n : int
        Number of cells or rows.
    why : str
        The reason, in English.
    what_da, why_da : str
        The same in Danish; empty where the text was given by the caller.
    code : str
        Stable id of the kind of change.
    """

    what: str
    column: str = ""
    n: int = 0
    why: str = ""
    what_da: str = ""
    why_da: str = ""
    code: str = ""

    def said(self, language: str) -> tuple[str, str]:
        """Say what and why, in Danish (``"da"``) where that is known, else in English."""
        if language == "da":
            return self.what_da or self.what, self.why_da or self.why
        return self.what, self.why
