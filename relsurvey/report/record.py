"""The record of a run: what is needed to know that it was this program on these files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from relsurvey.report.contents import ReportContents
from relsurvey.results import json_ready

FILE = "run.json"


def run_record(contents: ReportContents) -> dict[str, Any]:
    """Return title, instrument, what was left out, and the study's own record, in JSON types."""
    return {
        "title": contents.title,
        "language": contents.language,
        "instrument": {
            "id": contents.instrument.id,
            "version": contents.instrument.version,
            "form": contents.form,
        },
        "n_respondents": len(contents.responses),
        "synthetic": contents.synthetic,
        "person_level": contents.person_level,
        "min_n": contents.min_n,
        "omitted": [{"part": part, "reason": reason} for part, reason in contents.omitted],
        **json_ready(dict(contents.record)),
    }


def write_record(contents: ReportContents, folder: Path) -> Path:
    """Write ``run.json`` into an existing folder and return its path."""
    path = folder / FILE
    text = json.dumps(run_record(contents), ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path
