"""What every chapter is written with: the contents, the sentences, the names."""

from __future__ import annotations

from dataclasses import dataclass

from relsurvey.report.contents import ReportContents
from relsurvey.report.names import Names
from relsurvey.report.numbers import Numbers
from relsurvey.report.page import Note
from relsurvey.report.wording import Wording


@dataclass(frozen=True, slots=True)
class Desk:
    """Contents, sentences and names of one report."""

    contents: ReportContents
    words: Wording
    names: Names

    @property
    def numbers(self) -> Numbers:
        """The formats of the report's language."""
        return self.words.numbers

    def missing(self, part: str) -> Note:
        """Return the remark that stands where a part could not be computed, with the reason."""
        return Note("caution", self.words("page.missing"), self.reasons(part))

    def reasons(self, part: str) -> tuple[str, ...]:
        """Return why a part is not there: a known reason in words, else what the study reported."""
        found = [reason for name, reason in self.contents.omitted if name == part]
        return tuple(self.reason(reason) for reason in found) or (self.words("reason.unknown"),)

    def reason(self, reason: str) -> str:
        """Return a reason in words: by its id, or quoted as the study reported it."""
        if self.words.has(f"reason.{reason}"):
            return self.words(f"reason.{reason}", min_n=self.contents.min_n)
        return self.words("reason.quoted", reason=reason)
