"""A file's cells as text, one small dictionary of distinct texts per column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from relsurvey.errors import ResponsesError
from relsurvey.problems import Problem
from relsurvey.responses.changes import change
from relsurvey.responses.problem_rows import cell_problems
from relsurvey.responses.source import Change, Source

MAX_COLUMNS = 16_384  # as wide as a worksheet can be


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: ``texts[codes[i]]`` is the cell in row ``i``; ``texts[0]`` is always "".

    A file that carries value labels has them in ``labels`` (text of the cell to label);
    ``declared_missing`` are the texts that the file itself declares to be no answer.
    """

    name: str
    texts: tuple[str, ...]
    codes: NDArray[np.signedinteger]
    labels: Mapping[str, str] = field(default_factory=dict)
    declared_missing: frozenset[str] = frozenset()

    def counts(self) -> NDArray[np.int64]:
        """How many cells hold each text; shape as ``texts``."""
        return np.bincount(self.codes, minlength=len(self.texts)).astype(np.int64)

    def cells(self) -> NDArray[np.object_]:
        """Text of each row."""
        cells: NDArray[np.object_] = np.array(self.texts, dtype=object)[self.codes]
        return cells


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A file as read, before anything is understood.

    Attributes
    ----------
    columns : tuple of Column
        In the file's order; names may repeat or be empty.
    rows : ndarray of int
        Row number of each record as a person sees it in the file; the header is row 1.
    source : Source
        The file.
    problems, log
        Rows of the wrong length, and what was left out because of it.
    """

    columns: tuple[Column, ...]
    rows: NDArray[np.int64]
    source: Source
    problems: tuple[Problem, ...] = ()
    log: tuple[Change, ...] = ()


@dataclass(slots=True)
class _Encoder:
    """Turns cells into codes, chunk by chunk."""

    index: dict[str, int] = field(default_factory=lambda: {"": 0})
    chunks: list[NDArray[np.signedinteger]] = field(default_factory=list)

    def add(self, cells: Sequence[str]) -> NDArray[np.signedinteger]:
        codes = np.fromiter(map(self.index.get, cells, repeat(-1)), np.int32, len(cells))
        if codes.size and codes.min() < 0:
            for text in dict.fromkeys(cells):
                self.index.setdefault(text, len(self.index))
            codes = np.fromiter(map(self.index.__getitem__, cells), np.int32, len(cells))
        small = codes.astype(np.int8) if len(self.index) <= 127 else codes
        self.chunks.append(small)
        return small

    def column(self, name: str, keep: NDArray[np.bool_] | None) -> Column:
        codes = np.concatenate(self.chunks) if self.chunks else np.zeros(0, np.int8)
        self.chunks.clear()
        return Column(name, tuple(self.index), codes if keep is None else codes[keep])


class TableBuilder:
    """Collects records of text cells and makes a `Table` of them.

    Rows that hold nothing are passed over. A row with fewer cells than the header is filled with
    blanks and reported; a row with more is reported and left out, because its answers may stand
    under the wrong heading.
    """

    def __init__(self, header: Sequence[str], *, header_row: int = 1) -> None:
        self._names = _trimmed(header)
        if not self._names:
            raise ResponsesError("The file has no header row.", expected="column names in row 1")
        if len(self._names) > MAX_COLUMNS:
            raise ResponsesError(
                "The file has too many columns.",
                got=f"{len(self._names):,}",
                expected=f"at most {MAX_COLUMNS:,}",
            )
        self._encoders = [_Encoder() for _ in self._names]
        self._next_row = header_row + 1
        self._rows: list[NDArray[np.int64]] = []
        self._short: list[tuple[int, int]] = []
        self._long: list[tuple[int, int]] = []

    def add(self, records: Sequence[Sequence[str]]) -> None:
        """Add records; each is a sequence of texts."""
        width = len(self._names)
        rows = np.arange(self._next_row, self._next_row + len(records), dtype=np.int64)
        self._next_row += len(records)
        if set(map(len, records)) - {width}:
            records, keep = self._made_even(records, rows)
            rows = rows[keep]
        if not records:
            return
        blank = np.ones(len(records), dtype=bool)
        for encoder, cells in zip(self._encoders, zip(*records, strict=True), strict=True):
            blank &= encoder.add(cells) == 0
        rows[blank] = 0
        self._rows.append(rows)

    def finish(self, source: Source, *, truncated: bool = False) -> Table:
        """Make the table; ``truncated`` says that the file ends in the middle of a line."""
        rows = np.concatenate(self._rows) if self._rows else np.zeros(0, np.int64)
        keep = None if rows.all() else rows > 0
        columns = tuple(
            encoder.column(name, keep)
            for encoder, name in zip(self._encoders, self._names, strict=True)
        )
        kept = rows if keep is None else rows[keep]
        problems = self._problems(source.file, truncated and bool(len(kept)))
        log: tuple[Change, ...] = ()
        if self._long:
            log = (change("long_row", "", len(self._long)),)
        return Table(columns, kept, source, problems, log)

    def _made_even(
        self, records: Sequence[Sequence[str]], rows: NDArray[np.int64]
    ) -> tuple[list[Sequence[str]], NDArray[np.bool_]]:
        width = len(self._names)
        even: list[Sequence[str]] = []
        keep = np.ones(len(records), dtype=bool)
        for place, record in enumerate(records):
            if len(record) > width and any(record[width:]):
                self._long.append((int(rows[place]), len(record)))
                keep[place] = False
                continue
            if len(record) < width and any(record):
                self._short.append((int(rows[place]), len(record)))
            even.append([*record, *[""] * (width - len(record))][:width])
        return even, keep

    def _problems(self, file: str, truncated: bool) -> tuple[Problem, ...]:
        last = self._next_row - 1
        found: list[Problem] = []
        if truncated and self._short and self._short[-1][0] == last:
            row, cells = self._short.pop()
            found += cell_problems(
                "cut_off", [row], [f"{cells} cells"], file=file, cells=len(self._names)
            )
        for code, rows in (("short_row", self._short), ("long_row", self._long)):
            found += cell_problems(
                code,
                [row for row, _ in rows],
                [f"{cells} cells" for _, cells in rows],
                file=file,
                cells=len(self._names),
            )
        return tuple(found)


def _trimmed(header: Sequence[str]) -> list[str]:
    names = [" ".join(name.split()) for name in header]
    return names if any(names) else []
