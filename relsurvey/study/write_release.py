"""A study file to a release: answers for researchers, a codebook, and how it was made."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from relsurvey.disclosure.release import SPAN_CLASS, Release, release
from relsurvey.errors import StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.questionnaire.codebook import codebook
from relsurvey.questionnaire.csv_file import inert, write_csv
from relsurvey.questionnaire.sheet import Sheet
from relsurvey.report.wording import read_wording
from relsurvey.study.output import no_wider, whole_folder
from relsurvey.study.read_answers import read_answers
from relsurvey.study.study_file import Study, load_study

MARK = "release.txt"


def write_release(
    study: str | Path | Study,
    output: str | Path,
    *,
    key: str | Path,
    k: int = 5,
    without: Sequence[str] = (),
) -> Release:
    """Write ``answers.csv``, ``codebook.csv``, ``k_anonymity.csv`` and ``release.txt``.

    Parameters
    ----------
    study : str, Path or Study
    output : str or Path
        New folder, or that of an earlier release, which is replaced.
    key : str or Path
        File with the secret behind the pseudonyms; made, for its owner alone, if it is not there.
        It must not lie in the output.
    k, without
        As in `release`.

    Raises
    ------
    RelsurveyError
        A file that cannot be used, a folder in the way, or nobody left.
    """
    asked = study if isinstance(study, Study) else load_study(study)
    responses = read_answers(asked)
    if Path(output).resolve() in Path(key).resolve().parents:
        raise StudyError("The key must not lie in the release.", where=str(key))
    made = release(
        responses,
        key=_secret(Path(key)),
        k=k,
        without=without,
        span_breaks=asked.analysis.span_breaks,
        linked=asked.scorecards.linked,
    )
    words = read_wording(asked.language)
    with whole_folder(Path(output), MARK) as folder:
        texts = made.frame.select_dtypes(exclude="number").columns
        frame = made.frame.assign(**{name: made.frame[name].map(inert) for name in texts})
        frame.to_csv(folder / "answers.csv", index=False, encoding="utf-8", float_format="%g")
        made.report.to_csv(folder / "k_anonymity.csv", index=False, encoding="utf-8")
        sheets = (_codebook(responses.instrument, asked, made),)
        write_csv(folder / "codebook.csv", sheets, ",")
        told = words.lines(
            "release.how",
            n=words.numbers.whole(len(made.frame)),
            left_out=words.numbers.whole(made.n_left_out),
            k=words.numbers.whole(made.k),
            k_before=words.numbers.whole(made.k_before),
            k_after=words.numbers.whole(made.k_after),
        )
        title = words("release.title", study=asked.title)
        (folder / MARK).write_text("\n\n".join([title, *told]) + "\n", encoding="utf-8")
        no_wider(folder, asked.inputs())
    return made


def _secret(path: Path) -> str:
    """Read the key, or make one."""
    try:
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError("The key cannot be read or made.", where=str(path)) from error


def _codebook(instrument: Instrument, study: Study, made: Release) -> Sheet:
    """Return the codebook of the columns that are in it; coarse fields with their new codes."""
    whole = codebook(instrument, instrument.form(study.form), [study.language])[0]
    name = whole.columns.index("id")
    answers = whole.columns.index(f"answers_{study.language}")
    texts = {str(row[name]): row for row in whole.rows}
    words = read_wording(study.language)
    rows = []
    for column in made.frame.columns:
        row = list(texts.get(column, [None] * len(whole.columns)))
        row[name] = column
        if column in ("respondent", "unit", "leader", "department"):
            row[answers] = words("release.pseudonym")
        elif column == SPAN_CLASS:
            row[answers] = "; ".join(sorted({one for one in made.frame[column] if one}))
        elif column in made.labels:
            row[answers] = "; ".join(
                _joined(instrument, study.language, column, made.labels[column])
            )
        rows.append(tuple(row))
    return Sheet("codebook", whole.columns, tuple(rows))


def _joined(
    instrument: Instrument, language: str, field: str, codes: dict[str, tuple[str, ...]]
) -> list[str]:
    asked = next(one for one in instrument.background if one.id == field)
    label = {option.code: option.label[language] for option in asked.options}
    return [f"{name}={' / '.join(label[code] for code in pair)}" for name, pair in codes.items()]
