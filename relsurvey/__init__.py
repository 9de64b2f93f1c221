"""relsurvey: a survey instrument and statistics for relations-oriented leadership.

>>> import relsurvey as rs
>>> instrument = rs.load_instrument("relations")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from relsurvey.errors import (
    DataError,
    InstrumentError,
    ModelError,
    RelsurveyError,
    ResponsesError,
    StudyError,
)

if TYPE_CHECKING:
    from relsurvey.cards.scorecards import scorecards
    from relsurvey.disclosure.release import release
    from relsurvey.effects.indirect_effects import indirect_effects
    from relsurvey.effects.latent_moderation import latent_moderation
    from relsurvey.effects.mixed_model import mixed_model
    from relsurvey.effects.moderate import moderate
    from relsurvey.effects.power import power
    from relsurvey.effects.rank_effects import rank_effects
    from relsurvey.effects.regress import regress
    from relsurvey.effects.replication import replication
    from relsurvey.effects.sensitivity import sensitivity
    from relsurvey.effects.specification_curve import specification_curve
    from relsurvey.effects.split_groups import split_groups
    from relsurvey.instrument.library import load_instrument
    from relsurvey.measurement.agreement import agreement
    from relsurvey.measurement.cfa import cfa
    from relsurvey.measurement.compare import compare_models
    from relsurvey.measurement.discriminant_validity import discriminant_validity
    from relsurvey.measurement.exploratory import efa
    from relsurvey.measurement.fornell_larcker import fornell_larcker
    from relsurvey.measurement.htmt import htmt
    from relsurvey.measurement.invariance import invariance
    from relsurvey.measurement.marker_cfa import marker_cfa
    from relsurvey.measurement.parallel_analysis import parallel_analysis
    from relsurvey.measurement.reliability import reliability
    from relsurvey.measurement.two_level_cfa import two_level_cfa
    from relsurvey.questionnaire.export import export_questionnaire
    from relsurvey.responses.check import check
    from relsurvey.responses.inspect_answers import inspect_answers
    from relsurvey.responses.join_waves import join_waves
    from relsurvey.responses.read_responses import read_responses
    from relsurvey.scoring.score import score
    from relsurvey.simulation.simulate import simulate
    from relsurvey.study.kit import write_kit
    from relsurvey.study.run_study import run_study

__version__ = "0.1.0"

_WHERE = {
    "agreement": "relsurvey.measurement.agreement",
    "cfa": "relsurvey.measurement.cfa",
    "check": "relsurvey.responses.check",
    "compare_models": "relsurvey.measurement.compare",
    "discriminant_validity": "relsurvey.measurement.discriminant_validity",
    "efa": "relsurvey.measurement.exploratory",
    "export_questionnaire": "relsurvey.questionnaire.export",
    "fornell_larcker": "relsurvey.measurement.fornell_larcker",
    "htmt": "relsurvey.measurement.htmt",
    "indirect_effects": "relsurvey.effects.indirect_effects",
    "invariance": "relsurvey.measurement.invariance",
    "latent_moderation": "relsurvey.effects.latent_moderation",
    "load_instrument": "relsurvey.instrument.library",
    "marker_cfa": "relsurvey.measurement.marker_cfa",
    "mixed_model": "relsurvey.effects.mixed_model",
    "moderate": "relsurvey.effects.moderate",
    "parallel_analysis": "relsurvey.measurement.parallel_analysis",
    "power": "relsurvey.effects.power",
    "rank_effects": "relsurvey.effects.rank_effects",
    "inspect_answers": "relsurvey.responses.inspect_answers",
    "join_waves": "relsurvey.responses.join_waves",
    "read_responses": "relsurvey.responses.read_responses",
    "regress": "relsurvey.effects.regress",
    "reliability": "relsurvey.measurement.reliability",
    "replication": "relsurvey.effects.replication",
    "run_study": "relsurvey.study.run_study",
    "write_kit": "relsurvey.study.kit",
    "score": "relsurvey.scoring.score",
    "release": "relsurvey.disclosure.release",
    "scorecards": "relsurvey.cards.scorecards",
    "sensitivity": "relsurvey.effects.sensitivity",
    "simulate": "relsurvey.simulation.simulate",
    "specification_curve": "relsurvey.effects.specification_curve",
    "split_groups": "relsurvey.effects.split_groups",
    "two_level_cfa": "relsurvey.measurement.two_level_cfa",
}

__all__ = [
    "DataError",
    "InstrumentError",
    "ModelError",
    "RelsurveyError",
    "ResponsesError",
    "StudyError",
    "agreement",
    "cfa",
    "check",
    "compare_models",
    "discriminant_validity",
    "efa",
    "export_questionnaire",
    "fornell_larcker",
    "htmt",
    "indirect_effects",
    "inspect_answers",
    "invariance",
    "join_waves",
    "latent_moderation",
    "load_instrument",
    "marker_cfa",
    "mixed_model",
    "moderate",
    "parallel_analysis",
    "power",
    "rank_effects",
    "read_responses",
    "regress",
    "release",
    "reliability",
    "replication",
    "run_study",
    "score",
    "scorecards",
    "sensitivity",
    "simulate",
    "specification_curve",
    "split_groups",
    "two_level_cfa",
    "write_kit",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (a public function, loaded when first used)
    if name not in _WHERE:
        raise AttributeError(f"module 'relsurvey' has no attribute {name!r}")
    found = getattr(import_module(_WHERE[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
