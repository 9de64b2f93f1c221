"""The study file: what was asked, where the answers are, what is to be analysed."""

from __future__ import annotations

import tomllib
from dataclasses import field
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.dataclasses import dataclass

from relsurvey.errors import StudyError
from relsurvey.study.survey_settings import SurveySettings

Language = Literal["da", "en"]
Vcov = Literal["iid", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1", "CR1S", "CR2", "CR3"]
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class AnswersFile:
    """Where the answers lie and how to read them.

    ``file`` is one file; ``waves`` gives each wave, the oldest first, its file or files instead.
    ``units`` is a file that says which units of the waves are compared as one (`join_waves`).
    ``columns`` maps a column of the file to the instrument's id. ``span_from_answers`` counts the
    answers per leader as span of control where nothing better is known; it is a lower bound.
    ``partial`` keeps answers that the survey tool says were not sent off; ``positions`` takes
    numbers for places in the list of answers, as Enalyzer writes them.
    ``exclude_careless`` leaves out people with at least that many signs of careless answering (of
    four); 0, the default, leaves out nobody. The report says how many were left out.
    """

    file: str = ""
    waves: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    units: str = ""
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    span_from_answers: bool = False
    partial: bool = False
    positions: bool = False
    exclude_careless: int = Field(default=0, ge=0, le=4)

    @model_validator(mode="after")
    def _one_way(self) -> AnswersFile:
        if self.file and self.waves:
            raise ValueError("name either a file or waves")
        if self.units and not self.waves:
            raise ValueError("units belong to waves, and there are none")
        return self


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class RosterFile:
    """Where the roster of units lies; none is needed when the answers hold unit and leader."""

    file: str = ""
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class AnalysisPlan:
    """What is tested. Empty lists mean: what the instrument's roles say.

    ``predictors`` are ranked alone, then together with ``further_predictors``; by default the
    dimensions, then the dimensions with the forms of proximity. ``cluster`` is the column of whole
    groups that are resampled (default: the leader, else the unit). ``claimed_order`` is written
    with ``>`` between tiers and commas inside a tier. ``compare_groups`` are the background columns
    (or ``span_class``) whose groups are asked whether the questions mean the same in them.
    """

    outcomes: tuple[str, ...] = ()
    predictors: tuple[str, ...] = ()
    further_predictors: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    cluster: str = ""
    moderator: str = "span_of_control"
    span_breaks: tuple[float, float] = (20.0, 35.0)
    claimed_order: str = ""
    n_boot: int = Field(default=5000, ge=200, le=200_000)
    vcov: Vcov = "CR2"
    min_answered: float = Field(default=0.5, gt=0, le=1)
    compare_groups: tuple[str, ...] = ()

    @field_validator("span_breaks")
    @classmethod
    def _rise(cls, breaks: tuple[float, float]) -> tuple[float, float]:
        if not 0 < breaks[0] < breaks[1]:
            raise ValueError("the second break must be larger than the first, for example [20, 35]")
        return breaks


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class CardsPlan:
    """How scorecards are made; the smallest group is the study's ``min_n``.

    ``organisation`` is what the whole is called (default: as in ``[survey]``, else the title).
    ``cuts`` are background columns by whose categories units are divided (default: job group and
    tenure, where known). ``leaders`` is a file of leaders' answers to their own form
    (``leader_columns`` maps its columns as ``columns`` does); each leader's rating stands on the
    own card. ``width`` is how closely, in points, no hidden score may be known. ``below_five``
    consents to a ``min_n`` under five. ``linked`` says that respondents have the same id in every
    wave.
    """

    organisation: str = ""
    leaders: str = ""
    leader_columns: dict[str, str] = field(default_factory=dict)
    cuts: tuple[str, ...] | None = None
    width: float = Field(default=20.0, gt=0, le=50)
    below_five: bool = False
    linked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Study:
    """One survey and its analysis plan, as `load_study` reads it.

    ``folder`` is where it lies, ``stem`` its name there (empty: no ledger is kept). ``synthetic``
    says that a program drew the answers; the report then says so first. ``survey`` is what the
    survey kit needs to know.
    """

    title: str
    instrument: str
    form: str = "full"
    language: Language = "da"
    seed: int = Field(default=1, ge=0)
    min_n: int = Field(default=5, ge=1)
    person_level: bool = False
    synthetic: bool = False
    answers: AnswersFile = AnswersFile()
    roster: RosterFile = RosterFile()
    analysis: AnalysisPlan = AnalysisPlan()
    scorecards: CardsPlan = CardsPlan()
    survey: SurveySettings | None = None
    folder: Path = Path()
    stem: str = ""

    def answers_paths(self) -> dict[str, tuple[Path, ...]]:
        """Files of each wave; one file without a wave stands under an empty name.

        An error if the study names none, or one is not there.
        """
        named = self.answers.waves or {"": self.answers.file}
        return {
            wave: tuple(
                self._existing(name, "answers")
                for name in ((files,) if isinstance(files, str) else files)
            )
            for wave, files in named.items()
        }

    def units_path(self) -> Path | None:
        """Path of the file of units compared between waves, or None if the study names none."""
        name = self.answers.units
        return self._existing(name, "answers", "units") if name else None

    def leaders_path(self) -> Path | None:
        """Path of the leaders' own answers, or None if the study names none."""
        name = self.scorecards.leaders
        return self._existing(name, "scorecards", "leaders") if name else None

    def inputs(self) -> list[Path]:
        """Files of people's answers, and the roster."""
        files = [file for wave in self.answers_paths().values() for file in wave]
        return [*files, *filter(None, (self.roster_path(), self.leaders_path()))]

    def roster_path(self) -> Path | None:
        """Path of the roster, or None if the study names none."""
        return self._existing(self.roster.file, "roster") if self.roster.file else None

    def instrument_source(self) -> str:
        """Shipped name, or a path made relative to the study file when such a file is there."""
        beside = self.folder / self.instrument
        return str(beside) if beside.exists() else self.instrument

    def _existing(self, name: str, part: str, key: str = "file") -> Path:
        path = self.folder / name
        if not name:
            raise StudyError(
                f"The study names no file of {part}.",
                where=f"[{part}] file",
                hint=f"Write it in the study file, or call with --{part} PATH.",
            )
        if not path.is_file():
            instead = f", or call with --{part} PATH" if key == "file" else ""
            raise StudyError(
                f"The file of {part if key == 'file' else key} is not there.",
                where=f"[{part}] {key}",
                got=str(path),
                hint=f"Correct the study file{instead}.",
            )
        return path


def load_study(path: str | Path) -> Study:
    """Read a study file.

    Parameters
    ----------
    path : str or Path
        A ``.toml`` file; paths inside it are relative to its folder.

    Returns
    -------
    Study
        Frozen and typed.

    Raises
    ------
    StudyError
        Missing file, invalid TOML, a wrong or unknown key: each with its place.
    """
    path = Path(path)
    content = _read(path)
    for own in ("folder", "stem"):
        if own in content:
            raise StudyError("The study file has an unknown key.", where=str(path), got=own)
    try:
        return TypeAdapter(Study).validate_python(
            {**content, "folder": path.parent, "stem": path.stem}
        )
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors()
        )
        raise StudyError(
            f"The study file has {error.error_count()} fault(s).",
            where=str(path),
            got=faults,
            hint="analysis/README.md shows a study file with every key.",
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise StudyError("There is no such study file.", got=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(
            "The study file is not valid TOML.", where=str(path), got=str(error)
        ) from error
    except OSError as error:
        raise StudyError(
            "The study file cannot be read.", where=str(path), got=str(error.strerror)
        ) from error
