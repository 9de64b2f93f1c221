"""The whole way: a study file in; checks, scores, analyses and one report out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from relsurvey.measurement.standard_models import shown_fit
from relsurvey.problems import Problems
from relsurvey.report.contents import ReportContents
from relsurvey.report.html import write_report
from relsurvey.report.record import write_record
from relsurvey.report.tables import write_tables
from relsurvey.responses.check import check
from relsurvey.scoring.score import score
from relsurvey.study.analyse import Analyst
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
    analyst = Analyst(study, plan, responses, scores)
    flags, rates = analyst.careless(), analyst.response_rates()
    tell()
    reliability, agreement = analyst.reliability(), analyst.agreement()
    general_factor, level_reliability = analyst.general_factor(), analyst.level_reliability()
    tell()
    comparison, marker = analyst.model_comparison(), analyst.marker()
    divisions = analyst.compared_groups()
    invariances = analyst.invariances(divisions)
    tell()
    regressions = analyst.regressions()
    tell()
    moderations = analyst.moderations()
    tell()
    rankings = analyst.rankings()
    tell()
    levels, split = analyst.level_rankings(), analyst.split_groups()
    unmeasured, curve = analyst.sensitivity(), analyst.specification_curve()
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
        response_rates=rates,
        careless=flags,
        reliability=reliability,
        general_factor=general_factor,
        level_reliability=level_reliability,
        agreement=agreement,
        model_comparison=None if comparison is None else comparison.tidy(),
        cfa=None if comparison is None else shown_fit(comparison.fits),
        compared_groups=divisions,
        invariances=invariances,
        marker=marker,
        regressions=regressions,
        moderations=moderations,
        rankings=rankings,
        level_rankings=levels,
        split_groups=split,
        sensitivity=unmeasured,
        specification_curve=curve,
        record=make_record(study, path, responses),
        omitted=tuple(dict.fromkeys(analyst.omitted)),
    )


def _changed(
    study: Study, answers: str | Path | None, roster: str | Path | None, language: Language | None
) -> Study:
    if answers is not None:
        kept = {key: getattr(study.answers, key) for key in AnswersFile.__dataclass_fields__}
        study = replace(
            study, answers=AnswersFile(**{**kept, "file": str(Path(answers).absolute())})
        )
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
