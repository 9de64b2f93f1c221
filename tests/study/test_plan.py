from __future__ import annotations

import pandas as pd
import pytest

from relsurvey.errors import StudyError
from relsurvey.instrument.library import load_instrument
from relsurvey.study.plan import resolve_plan
from relsurvey.study.study_file import AnalysisPlan, Study

RELATIONS = load_instrument("relations")
FRAME = pd.DataFrame({"unit": ["u"], "leader": [None], "span_of_control": [20.0], "age": [3.0]})


def plan(**wanted: object) -> object:
    study = Study(title="t", instrument="relations", analysis=AnalysisPlan(**wanted))  # type: ignore[arg-type]
    return resolve_plan(study, RELATIONS, FRAME)


def test_empty_lists_mean_the_roles_of_the_instrument() -> None:
    found = resolve_plan(Study(title="t", instrument="relations"), RELATIONS, FRAME)
    assert len(found.predictors) == 5
    assert found.outcomes == ("within_group_relations", "cross_group_relations")
    assert len(found.further_predictors) == 3
    assert found.cluster == "unit"  # the column leader is empty
    assert found.marker == "marker"
    assert found.blocks["individual"] == ("individual_consideration", "skill_development")


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ({"predictors": ("tc",)}, "tc"),
        ({"controls": ("height",)}, "height"),
        ({"cluster": "leader"}, "leader"),
        ({"moderator": "teamsize"}, "teamsize"),
        ({"predictors": ("shared_vision", "shared_vision")}, "twice"),
        ({"outcomes": ("shared_vision",)}, "shared_vision"),
        ({"claimed_order": "task_coordination > shared_vision"}, "social_interaction"),
    ],
)
def test_names_that_do_not_fit_are_refused(wanted: dict[str, object], named: str) -> None:
    with pytest.raises(StudyError) as caught:
        plan(**wanted)
    assert named in str(caught.value)


def test_an_order_is_read_in_tiers() -> None:
    order = (
        "task_coordination, shared_vision > social_interaction > "
        "individual_consideration, skill_development"
    )
    study = Study(title="t", instrument="relations", analysis=AnalysisPlan(claimed_order=order))
    found = resolve_plan(study, RELATIONS, FRAME)
    assert [len(tier) for tier in found.claimed_order] == [2, 1, 2]
