"""The guide of the survey kit: timeline, letters, privacy, anonymity, checklist, precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from relsurvey.errors import StudyError
from relsurvey.instrument.instrument import Instrument
from relsurvey.report.numbers import Numbers
from relsurvey.report.wording import Wording
from relsurvey.study.kit_document import Block
from relsurvey.study.study_file import Study
from relsurvey.study.survey_settings import SurveySettings

SPREAD = 20.0  # of single people's scores on 0-100, assumed; the guide says so
_GROUPS = ((8, 6), (15, 11), (30, 21))
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Precision:
    """What a survey of this size can find: sizes, and the power tool's table of main effects.

    The table is empty where no population is known that has the instrument's constructs.
    """

    leaders: int
    employees: float | None
    population: str
    terms: pd.DataFrame


def guide(
    study: Study,
    settings: SurveySettings,
    instrument: Instrument,
    precision: Precision,
    words: Wording,
    files: Mapping[str, str],
) -> list[Block]:
    """Return the guide in one language; every fact in it is a setting of the study.

    Parameters
    ----------
    study, settings : Study, SurveySettings
    instrument : Instrument
    precision : Precision
    words : Wording
    files : mapping of str to str
        Name of each file of the kit to its use.

    Raises
    ------
    StudyError
        ``readers`` or ``purpose`` lack the language.
    """
    language = words.language
    minutes = instrument.form(study.form).minutes
    facts = {
        "title": study.title,
        "organisation": settings.organisation,
        "contact": settings.contact,
        "closes": day(settings.closes, language),
        "deleted": day(settings.deleted, language),
        "minutes": f"{minutes:g}",
        "link": words("kit.link_here"),
    }
    facts["anonymity"] = words(f"kit.{settings.link}_link")
    blocks = [
        Block("title", (words("kit.title"),)),
        Block("text", words.lines("kit.lead", **facts)),
    ]
    blocks += _timeline(settings, words)
    for letter in ("invitation", "reminder_1", "reminder_2"):
        blocks += _letter(letter, words, facts)
    blocks += [
        Block("heading", (words("kit.privacy_title"),)),
        Block("bullets", privacy(study, settings, words)),
        Block("heading", (words("kit.readers_title"),)),
        Block("bullets", _readers(settings, language)),
        Block("heading", (words("kit.anonymity_title"),)),
        Block("text", anonymity(study, settings, words)),
        Block("heading", (words("kit.checklist_title"),)),
        Block("bullets", words.lines("kit.checklist", **facts)),
    ]
    blocks += _precision(settings, precision, words, instrument)
    file_heads = (words("kit.file"), words("kit.file_use"))
    rows = tuple((name, words(f"kit.use.{use}")) for name, use in files.items())
    blocks += [
        Block("heading", (words("kit.files_title"),)),
        Block("table", rows=(file_heads, *rows), widths=(5.2, 11.4)),
    ]
    return blocks


def privacy(study: Study, settings: SurveySettings, words: Wording) -> tuple[str, ...]:
    """Return what people must be told on personal data, in one language.

    Raises
    ------
    StudyError
        ``purpose`` lacks the language.
    """
    return words.lines(
        "kit.privacy",
        organisation=settings.organisation,
        contact=settings.contact,
        purpose=_purpose(settings, words),
        deleted=day(settings.deleted, words.language),
        months=str(settings.retention_months),
        min_n=str(study.min_n),
    )


def anonymity(study: Study, settings: SurveySettings, words: Wording) -> tuple[str, ...]:
    """Return sentences on anonymity that are true of the settings."""
    person_level = "yes" if study.person_level else "no"
    return (
        words(f"kit.{settings.link}_link"),
        words("kit.min_n", min_n=study.min_n),
        words(f"kit.person_level_{person_level}"),
        words("kit.small_units", min_n=study.min_n),
    )


def day(when: date, language: str) -> str:
    """Return a date as running text: ``5. marts 2027``, ``5 March 2027``."""
    names = {
        "da": "januar februar marts april maj juni juli august september oktober november december",
        "en": "January February March April May June July August September October November "
        "December",
    }[language].split()
    dot = "." if language == "da" else ""
    return f"{when.day}{dot} {names[when.month - 1]} {when.year}"


def _timeline(settings: SurveySettings, words: Wording) -> list[Block]:
    length = settings.closes - settings.opens
    when = {
        "agree": settings.opens - timedelta(days=42),
        "roster": settings.opens - timedelta(days=21),
        "test": settings.opens - timedelta(days=14),
        "inform": settings.opens - timedelta(days=7),
        "open": settings.opens,
        "reminder_1": settings.opens + length * 0.4,
        "reminder_2": settings.opens + length * 0.8,
        "close": settings.closes,
        "report": settings.closes + timedelta(days=14),
        "follow_up": settings.closes + timedelta(days=35),
        "delete": settings.deleted,
    }
    rows = tuple(
        (day(at, words.language), words(f"kit.step.{step}"), words(f"kit.step.{step}_who"))
        for step, at in when.items()
    )
    heads = (words("kit.when"), words("kit.what"), words("kit.who"))
    return [
        Block("heading", (words("kit.timeline_title"),)),
        Block("table", rows=(heads, *rows), widths=(3.4, 9.4, 3.8)),
    ]


def _letter(letter: str, words: Wording, facts: Mapping[str, str]) -> list[Block]:
    subject = words(f"kit.{letter}_subject", **facts)
    return [
        Block("heading", (words(f"kit.{letter}_title"),)),
        Block("text", (words("kit.subject", text=subject), *words.lines(f"kit.{letter}", **facts))),
    ]


def _readers(settings: SurveySettings, language: str) -> tuple[str, ...]:
    lacking = [reader for reader in settings.readers if not reader.get(language)]
    if lacking:
        raise StudyError(
            "A reader lacks a language of the kit.",
            where="[survey] readers",
            got=str(lacking[0]),
            expected=f"a text for {language!r} too",
        )
    return tuple(reader[language] for reader in settings.readers)


def _purpose(settings: SurveySettings, words: Wording) -> str:
    if settings.purpose and not settings.purpose.get(words.language):
        raise StudyError(
            "The purpose lacks a language of the kit.",
            where="[survey] purpose",
            expected=f"a text for {words.language!r} too",
        )
    return settings.purpose.get(words.language) or words("kit.default_purpose")


def _precision(
    settings: SurveySettings, precision: Precision, words: Wording, instrument: Instrument
) -> list[Block]:
    numbers: Numbers = words.numbers
    margins = []
    for size, _ in _GROUPS:
        n = max(2, round(size * settings.response_rate))
        correction = ((size - n) / (size - 1)) ** 0.5
        margins.append(
            words(
                "kit.precision_mean",
                n=n,
                size=size,
                margin=numbers.decimal(_Z * SPREAD / n**0.5 * correction, 0),
                spread=numbers.decimal(SPREAD, 0),
            )
        )
    blocks = [
        Block("heading", (words("kit.precision_title"),)),
        Block("bullets", tuple(margins)),
    ]
    if precision.terms.empty:
        return [*blocks, Block("text", (words("kit.effects_unknown"),))]
    lines = words.lines(
        "kit.precision",
        leaders=numbers.whole(precision.leaders),
        employees=numbers.decimal(precision.employees, 1),
        rate=numbers.percent(settings.response_rate),
        population=precision.population,
    )
    heads = tuple(words(f"kit.{key}") for key in ("outcome", "effect", "power", "width"))
    rows = tuple(
        (
            instrument.construct(str(row["outcome"])).name[words.language],
            instrument.construct(str(row["predictor"])).name[words.language],
            numbers.percent(row["power"]),
            numbers.decimal(row["width"]),
        )
        for row in precision.terms.to_dict(orient="records")
    )
    return [
        *blocks,
        Block("text", lines),
        Block("table", rows=(heads, *rows), widths=(4.6, 4.8, 3.6, 3.6)),
        Block("text", (words("kit.effects_note"),)),
    ]
