"""The survey kit: all that a survey owner needs, in Danish and English, from one study file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from relsurvey.atomic_file import replacing
from relsurvey.effects.power import power
from relsurvey.errors import RelsurveyError, StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.instrument.library import load_instrument
from relsurvey.instrument.texts import Texts
from relsurvey.questionnaire.export import export_questionnaire
from relsurvey.report.wording import Wording, read_wording
from relsurvey.responses.roster import read_roster
from relsurvey.study.kit_document import guide_document
from relsurvey.study.kit_guide import Precision, guide, privacy
from relsurvey.study.output import whole_folder
from relsurvey.study.study_file import Study, load_study
from relsurvey.study.survey_settings import SurveySettings

LANGUAGES = ("da", "en")
# kind of export: name of the file
FILES = {
    "limesurvey": "limesurvey.txt",
    "xlsform": "xlsform.xlsx",
    "word": "questionnaire.docx",
    "paper": "paper.pdf",
    "preview": "preview.html",
    "roster_template": "roster_template.xlsx",
    "answer_template": "answer_template.xlsx",
    "codebook": "codebook.xlsx",
}
POPULATION = "article"
MARK = "kit.json"


def write_kit(
    study: str | Path | Study,
    output: str | Path,
    *,
    languages: Sequence[str] = LANGUAGES,
    n_draws: int = 200,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Path, ...]:
    """Write the guide, the questionnaire for the usual tools, on paper and as Word, and templates.

    Parameters
    ----------
    study : str, Path or Study
        A study file with a part ``[survey]``, or one already read.
    output : str or Path
        New folder, or an earlier kit's; written whole or not at all.
    languages : sequence of str
        Of the guide and the questionnaire.
    n_draws : int
        Surveys drawn for the expected precision; see `power`.
    progress : callable, optional
        Called with surveys drawn and surveys in all.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    RelsurveyError
        No part ``[survey]``, a text that lacks a language, a form that cannot be exported.
    """
    asked = study if isinstance(study, Study) else load_study(study)
    if asked.survey is None:
        raise StudyError(
            "The study file says nothing about how the survey is carried out.",
            where="[survey]",
            expected="organisation, contact, opens, closes, retention_months, readers",
            hint="analysis/README.md shows the part [survey] with every key.",
        )
    instrument = load_instrument(asked.instrument_source())
    words = {language: read_wording(language) for language in languages}
    told = _telling(instrument, asked, asked.survey, words)
    precision = _precision(asked, asked.survey, instrument, n_draws, progress)
    if instrument.form(asked.form).minutes is None:
        raise StudyError(
            "The letters must say how long it takes to answer, and the form does not.",
            where=f"instrument {instrument.id!r}, form {asked.form!r}",
            expected="minutes: a number",
            hint="Write it in the instrument file.",
        )
    with whole_folder(Path(output), MARK) as folder:
        files: dict[str, str] = {}
        for kind, name in FILES.items():
            made = export_questionnaire(
                told, form=asked.form, language=languages, to=kind, path=folder / name
            )
            files |= {path.name: kind for path in made}
        guides = {f"guide_{language}.docx": language for language in languages}
        files = {**dict.fromkeys(guides, "guide"), **files}
        for name, language in guides.items():
            spoken = words[language]
            blocks = guide(asked, asked.survey, instrument, precision, spoken, files)
            with replacing(folder / name) as draft:
                draft.write_bytes(guide_document(blocks, spoken("kit.title"), language))
        (folder / MARK).write_text(_record(asked, instrument, list(files)), encoding="utf-8")
    return tuple(Path(output) / name for name in files)


def _telling(
    instrument: Instrument, study: Study, settings: SurveySettings, words: Mapping[str, Wording]
) -> Instrument:
    """Put the information on personal data behind the form's welcome, where people answer."""
    form = instrument.form(study.form)
    said = {
        language: "\n\n".join(
            [
                *([form.welcome[language]] if form.welcome else []),
                *privacy(study, settings, spoken),
            ]
        )
        for language, spoken in words.items()
    }
    changed = replace(form, welcome=Texts(said))
    forms = tuple(changed if one.id == form.id else one for one in instrument.forms)
    return replace(instrument, forms=forms)


def _record(study: Study, instrument: Instrument, files: list[str]) -> str:
    """Say what the kit was made from."""
    made_from = {
        "relsurvey": version("relsurvey"),
        "instrument": instrument.id,
        "instrument_version": instrument.version,
        "form": study.form,
        "study": study.title,
        "seed": study.seed,
        "files": files,
    }
    return json.dumps(made_from, ensure_ascii=False, indent=1) + "\n"


def _precision(
    study: Study,
    settings: SurveySettings,
    instrument: Instrument,
    n_draws: int,
    progress: Callable[[int, int], None] | None,
) -> Precision:
    leaders, employees = settings.leaders, settings.employees_per_leader
    path = study.roster_path()
    if path is not None:
        units = read_roster(path, instrument, columns=study.roster.columns).frame
        if "leader" in units and units["leader"].nunique() >= 3:
            leaders = leaders or int(units["leader"].nunique())
            spans = units.drop_duplicates("leader").get("span_of_control")
            if employees is None and spans is not None and spans.notna().any():
                employees = max(2.0, float(spans.mean()))
    if leaders is None:
        raise StudyError(
            "How many leaders the survey is about is not known.",
            where="[survey] leaders",
            expected="a number, or a roster with leaders",
        )
    try:
        found = power(
            POPULATION,
            leaders=leaders,
            employees_per_leader=employees,
            response_rate=settings.response_rate,
            instrument=instrument,
            form=study.form,
            n_draws=n_draws,
            n_boot=0,
            seed=study.seed,
            workers=os.cpu_count() or 1,
            progress=progress,
        ).tidy()
    except RelsurveyError:  # the population knows other constructs than this instrument
        return Precision(leaders, employees, POPULATION, pd.DataFrame())
    mains = found[found["kind"] == "main"]
    return Precision(leaders, float(mains["employees_per_leader"].iloc[0]), POPULATION, mains)
