"""The defensible ways to turn the same answers into scores, for the specification curve."""

from __future__ import annotations

import numpy as np

from relsurvey.effects.specification_curve import Variant
from relsurvey.errors import RelsurveyError
from relsurvey.responses.careless import careless
from relsurvey.responses.responses import Responses
from relsurvey.scoring.score import score
from relsurvey.scoring.scores import Scores


def data_variants(responses: Responses, scores: Scores) -> list[Variant]:
    """Return the study's scores and those of other rules.

    ``scoring``: the study's own rule for how many items must be answered, or all of them;
    ``careless``: everybody, or without those who show two or more signs of careless answering.
    """
    wanted = {"own_rule": scores, "all_answered": score(responses, 1.0)}
    try:
        careful = (careless(responses).tidy()["n_flags"] < 2).to_numpy(dtype=bool)
    except RelsurveyError:
        careful = np.ones(len(scores.frame), dtype=bool)
    keep = {"in": np.ones(len(careful), dtype=bool)}
    if not careful.all():
        keep["out"] = careful
    return [
        Variant({"scoring": rule, "careless": who}, own.frame[rows])
        for rule, own in wanted.items()
        for who, rows in keep.items()
    ]
