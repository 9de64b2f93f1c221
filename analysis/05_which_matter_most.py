"""Question 5: which dimensions matter most, and how sure is the order?

Call: python 05_which_matter_most.py [study.toml]
"""

import sys
from pathlib import Path

import relsurvey as rs
from relsurvey.study.read_answers import read_answers
from relsurvey.study.study_file import load_study

study = load_study(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "demo.toml")
responses = read_answers(study)
scores = rs.score(responses, study.analysis.min_answered).frame
instrument = responses.instrument
ranking = rs.rank_effects(
    scores,
    outcome=[c.id for c in instrument.constructs_in(study.form, ("outcome",))],
    predictors=[c.id for c in instrument.constructs_in(study.form, ("dimension",))],
    cluster=study.analysis.cluster or "unit",
    order=study.analysis.claimed_order or None,
    n_boot=study.analysis.n_boot,
    seed=study.seed,
)

print(ranking.summary())
print(ranking.pairwise().to_string(index=False, float_format="{:.3f}".format))
