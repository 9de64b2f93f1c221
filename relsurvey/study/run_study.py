"""The whole way: a study file in; checks, scores, analyses and one report out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from relsurvey.measurement.standard_models import shown_fit
from relsurvey.problems import Problems
from relsurvey.report.contents import ReportContents
from relsurvey.report.html import write_report
from relsurvey.report.record import write_record
from relsurvey.report.tables import write_tables
from relsurvey.responses.check import check
from relsurvey.scoring.score import score
from relsurvey.study.effects_analyst import EffectsAnalyst
from relsurvey.study.measurement_analyst import MeasurementAnalyst
from relsurvey.study.output import whole_folder
from relsurvey.study.plan import resolve_plan
from relsurvey.study.read_answers import read_answers
from relsurvey.study.record import make_record
from relsurvey.study.study_file import AnswersFile, Language, RosterFile, Study, load_study

Progress = Callable[[int, int, str], None]
STEPS = (
    "Reading answers",
    "Checking answers",
    "Scoring",
    "Reliability and agreement",
    "Factor models",
    "Regressions",
    "Span of control as moderator",
    "Effect ranking",
    "How far it can be trusted",
    "Writing the report",
)


@dataclass(frozen=True, slots=True, eq=False)
class StudyResult:
    """What a run of a study produced.

    Attributes
    ----------
    contents : ReportContents
        Every result, as the report shows it.
    report : Path
        The page ``index.html``.
    problems : Problems
        Everything found in the answers and the roster.
    omitted : tuple of (part, reason)
        What could not be computed.
    """

    contents: ReportContents
    report: Path
    problems: Problems
    omitted: tuple[tuple[str, str], ...]


def run_study(
    study: str | Path | Study,
    output: str | Path,
    *,
    answers: str | Path | None = None,
    roster: str | Path | None = None,
    language: Language | None = None,
    progress: Progress | None = None,
) -> StudyResult:
    """Run a study the whole way.

    Parameters
    ----------
    study : str, Path or Study
        A study file, or one already read.
    output : str or Path
        Folder for the report: new, empty, or an earlier run's, which is replaced. It is written
        whole or not at all.
    answers, roster : str or Path, optional
        Files to use instead of those the study names.
    language : {"da", "en"}, optional
        Language of the report instead of the study's.
    progress : callable, optional
        Called as ``progress(number, of, step)`` before each step.

    Returns
    -------
    StudyResult
        The results, and where the report lies.

    Raises
    ------
    RelsurveyError
        A file that cannot be used, a plan that does not fit the answers, or an output folder that
        is in the way. What a single analysis cannot do is left out of the report with its reason.
    """
    path = None if isinstance(study, Study) else Path(study)
    asked = study if isinstance(study, Study) else load_study(study)
    asked = _changed(asked, answers, roster, language)
    tell = _counter(progress)
    with whole_folder(Path(output)) as folder:
        contents = _contents(asked, path, tell)
        tell()
        write_report(contents, folder)
        write_tables(contents, folder, person_level=asked.person_level)
        write_record(contents, folder)
    return StudyResult(contents, Path(output) / "index.html", contents.problems, contents.omitted)


def _contents(study: Study, path: Path | None, tell: Callable[[], None]) -> ReportContents:
    tell()
    responses = read_answers(study)
    tell()
    problems = check(responses)
    tell()
    scores = score(responses, study.analysis.min_answered)
    plan = resolve_plan(study, responses.instrument, scores.frame)
    omitted: list[tuple[str, str]] = []
    measured = _measured(MeasurementAnalyst(study, plan, responses, scores, omitted), tell)
    effects = _effects(EffectsAnalyst(study, plan, responses, scores, omitted), tell)
    return ReportContents(
        title=study.title,
        language=study.language,
        instrument=responses.instrument,
        form=study.form,
        responses=responses,
        problems=problems,
        scores=scores,
        min_n=study.min_n,
        cluster=plan.cluster,
        moderator=plan.moderator,
        synthetic=study.synthetic,
        person_level=study.person_level,
        record=make_record(study, path, responses),
        omitted=tuple(dict.fromkeys(omitted)),
        **measured,
        **effects,
    )


def _measured(analyst: MeasurementAnalyst, tell: Callable[[], None]) -> dict[str, Any]:
    """Return the fields of the contents that say what the answers measure."""
    found: dict[str, Any] = {
        "careless": analyst.careless(),
        "response_rates": analyst.response_rates(),
    }
    tell()
    found["reliability"], found["agreement"] = analyst.reliability(), analyst.agreement()
    found["general_factor"] = analyst.general_factor()
    found["level_reliability"] = analyst.level_reliability()
    tell()
    comparison = analyst.model_comparison()
    found["model_comparison"] = None if comparison is None else comparison.tidy()
    found["cfa"] = None if comparison is None else shown_fit(comparison.fits)
    found["marker"] = analyst.marker()
    found["compared_groups"] = analyst.compared_groups()
    found["invariances"] = analyst.invariances(found["compared_groups"])
    return found


def _effects(analyst: EffectsAnalyst, tell: Callable[[], None]) -> dict[str, Any]:
    """Return the fields of the contents that say what predicts the outcomes."""
    tell()
    found: dict[str, Any] = {"regressions": analyst.regressions()}
    tell()
    found["moderations"] = analyst.moderations()
    tell()
    found["rankings"] = analyst.rankings()
    tell()
    found["level_rankings"] = analyst.level_rankings()
    found["split_groups"], found["sensitivity"] = analyst.split_groups(), analyst.sensitivity()
    found["specification_curve"] = analyst.specification_curve()
    return found


def _changed(
    study: Study, answers: str | Path | None, roster: str | Path | None, language: Language | None
) -> Study:
    if answers is not None:
        kept = {key: getattr(study.answers, key) for key in AnswersFile.__dataclass_fields__}
        one = {**kept, "file": str(Path(answers).absolute()), "waves": {}, "units": ""}
        study = replace(study, answers=AnswersFile(**one))
    if roster is not None:
        columns = study.roster.columns
        study = replace(
            study, roster=RosterFile(file=str(Path(roster).absolute()), columns=columns)
        )
    return study if language is None else replace(study, language=language)


def _counter(progress: Progress | None) -> Callable[[], None]:
    steps = iter(enumerate(STEPS, start=1))

    def tell() -> None:
        number, step = next(steps)
        if progress is not None:
            progress(number, len(STEPS), step)

    return tell
