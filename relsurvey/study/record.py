"""What a run was made with: versions, seed, hashes of the files read."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import relsurvey
from relsurvey.responses.responses import Responses
from relsurvey.study.study_file import Study

LIBRARIES = ("numpy", "scipy", "pandas", "statsmodels", "semopy", "pingouin")


def make_record(study: Study, study_file: Path | None, responses: Responses) -> dict[str, Any]:
    """Write down what a run can be repeated from.

    Parameters
    ----------
    study : Study
        The settings used.
    study_file : Path or None
        The file they were read from.
    responses : Responses
        Know the answers' and the roster's file and hash.

    Returns
    -------
    dict
        ``relsurvey python libraries instrument seed settings files made_at``; plain JSON types.
        File names stand without their folders.
    """
    files = [
        {"part": "answers", "file": source.file, "sha256": source.sha256}
        for source in responses.source.parts or (responses.source,)
    ]
    if responses.roster is not None:
        source = responses.roster.source
        files.append({"part": "roster", "file": source.file, "sha256": source.sha256})
    if study_file is not None:
        digest = hashlib.sha256(study_file.read_bytes()).hexdigest()
        files.append({"part": "study", "file": study_file.name, "sha256": digest})
    instrument = responses.instrument
    return {
        "relsurvey": relsurvey.__version__,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "instrument": {"id": instrument.id, "version": instrument.version, "form": study.form},
        "seed": study.seed,
        "settings": settings_of(study),
        "files": files,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def settings_of(study: Study) -> dict[str, Any]:
    """Return the settings that change numbers, in plain JSON types."""
    plan = study.analysis
    return {
        "min_n": study.min_n,
        "seed": study.seed,
        "n_boot": plan.n_boot,
        "vcov": plan.vcov,
        "min_answered": plan.min_answered,
        "span_breaks": list(plan.span_breaks),
        "cluster": plan.cluster,
        "moderator": plan.moderator,
        "controls": list(plan.controls),
        "claimed_order": plan.claimed_order,
        "compare_groups": list(plan.compare_groups),
        "outcomes": list(plan.outcomes),
        "predictors": list(plan.predictors),
        "further_predictors": list(plan.further_predictors),
        "answer_columns": dict(study.answers.columns),
        "roster_columns": dict(study.roster.columns),
        "span_from_answers": study.answers.span_from_answers,
        "partial": study.answers.partial,
        "positions": study.answers.positions,
        "exclude_careless": study.answers.exclude_careless,
        "waves": list(study.answers.waves),
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
