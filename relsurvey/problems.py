"""Problems as rows: what a check found, where, and what to do, in Danish and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warning", "note"]
Bilingual = Mapping[str, str]

COLUMNS = ("severity", "code", "file", "row", "column", "found", "expected", "action")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that a check found.

    Attributes
    ----------
    code : str
        Stable id of the kind of problem, for example ``"unknown_code"``.
    severity : {"error", "warning", "note"}
        Errors make a check fail; warnings and notes are for the reader to weigh.
    file, row, column : str
        Where. ``row`` is the row as a person sees it in the file (the header is row 1), or "".
    found : str
        What stood there.
    expected, action : mapping of language to str
        What should have stood there and what to do, in each language ("da" and "en").
    """

    code: str
    severity: Severity
    file: str = ""
    row: str = ""
    column: str = ""
    found: str = ""
    expected: Bilingual = field(default_factory=dict)
    action: Bilingual = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problems:
    """Every problem that a check found, in the order found."""

    items: tuple[Problem, ...] = ()

    @classmethod
    def collect(cls, *groups: Iterable[Problem]) -> Problems:
        """Put several runs of problems into one."""
        return cls(tuple(problem for group in groups for problem in group))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make a check fail."""
        return tuple(p for p in self.items if p.severity == "error")

    def tidy(self, language: str = "en") -> pd.DataFrame:
        """One row per problem; columns ``severity code file row column found expected action``."""
        import pandas as pd

        rows = [
            (
                p.severity,
                p.code,
                p.file,
                p.row,
                p.column,
                p.found,
                p.expected.get(language, p.expected.get("en", "")),
                p.action.get(language, p.action.get("en", "")),
            )
            for p in self.items
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(object)
