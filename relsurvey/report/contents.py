"""What a study produced, as a plain list for the report to show and the tables to hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from relsurvey.effects.effect_ranking import EffectRanking
    from relsurvey.effects.moderate import Moderation
    from relsurvey.effects.regress import Regression
    from relsurvey.effects.sensitivity import Sensitivity
    from relsurvey.effects.specification_curve import SpecificationCurve
    from relsurvey.effects.split_groups import SplitGroups
    from relsurvey.instrument.instrument import Instrument
    from relsurvey.measurement.agreement import Agreement
    from relsurvey.measurement.cfa_fit import CfaFit
    from relsurvey.measurement.compared_groups import ComparedGroups
    from relsurvey.measurement.invariance import Invariance
    from relsurvey.measurement.reliability import Reliability
    from relsurvey.problems import Problems
    from relsurvey.responses.careless import Careless
    from relsurvey.responses.responses import Responses
    from relsurvey.scoring.score import Scores


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReportContents:
    """Everything that one report shows.

    A part that could not be computed is None or an empty mapping, and ``omitted`` says why under
    the part's own name.

    Attributes
    ----------
    title : str
        Title of the study.
    language : {"da", "en"}
    instrument : Instrument
    form : str
        Id of the form that was fielded.
    responses : Responses
    problems : Problems
        All problems found, while reading and by checking.
    scores : Scores
    min_n : int
        Fewest answers that a number about a unit may rest on.
    cluster : str
        Column of the groups that standard errors and bootstrap respect; "" when there are none.
    moderator : str
        Column of the moderator; "" when there is none.
    synthetic : bool
        The answers were drawn by a program; the report says so on its first screen.
    person_level : bool
        One row per person is written beside the report; the report says so.
    response_rates : DataFrame or None
        ``unit answered headcount rate``, every unit.
    careless : Careless or None
    reliability : Reliability or None
    general_factor : Reliability or None
        Of the predictors as the parts of one scale, ``leadership``.
    level_reliability : DataFrame or None
        ``construct level coefficient estimate std_error conf_low conf_high``.
    agreement : Agreement or None
    model_comparison : DataFrame or None
        ``tidy()`` of a comparison of factor models.
    cfa : CfaFit or None
        The model that loadings and factor correlations are shown of.
    compared_groups : tuple of ComparedGroups
        The divisions of respondents that were to be compared, and why some were not.
    invariances : mapping of str to Invariance
        By the name of the division.
    marker : DataFrame or None
        ``tidy()`` of marker correlations.
    regressions : mapping of str to Regression
        By outcome.
    moderations : mapping of str to Moderation
        By form of the moderator: ``"log"``, ``"classes"``; each holds all outcomes.
    rankings : mapping of str to EffectRanking
        By model: ``"dimensions"``, ``"dimensions_and_proximity"``; each holds all outcomes.
    level_rankings : mapping of str to EffectRanking
        By level: ``"corrected"``, ``"between"``, ``"split"``; each holds all outcomes.
    split_groups, sensitivity, specification_curve
        What a shared source, something unmeasured, or other choices would change; or None.
    record : mapping
        Versions, seed, settings, file hashes, times; ``relsurvey`` holds the program's version.
    omitted : tuple of (part, reason)
        Why a part is missing: an id that the wording knows (``reason.…``), or a sentence.
    """

    title: str
    language: str
    instrument: Instrument
    form: str
    responses: Responses
    problems: Problems
    scores: Scores
    min_n: int = 5
    cluster: str = ""
    moderator: str = ""
    synthetic: bool = False
    person_level: bool = False
    response_rates: pd.DataFrame | None = None
    careless: Careless | None = None
    reliability: Reliability | None = None
    general_factor: Reliability | None = None
    level_reliability: pd.DataFrame | None = None
    agreement: Agreement | None = None
    model_comparison: pd.DataFrame | None = None
    cfa: CfaFit | None = None
    compared_groups: tuple[ComparedGroups, ...] = ()
    invariances: Mapping[str, Invariance] = field(default_factory=dict)
    marker: pd.DataFrame | None = None
    regressions: Mapping[str, Regression] = field(default_factory=dict)
    moderations: Mapping[str, Moderation] = field(default_factory=dict)
    rankings: Mapping[str, EffectRanking] = field(default_factory=dict)
    level_rankings: Mapping[str, EffectRanking] = field(default_factory=dict)
    split_groups: SplitGroups | None = None
    sensitivity: Sensitivity | None = None
    specification_curve: SpecificationCurve | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    omitted: tuple[tuple[str, str], ...] = ()
