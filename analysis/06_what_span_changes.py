"""Question 6: does span of control change what goes with relations?

Call: python 06_what_span_changes.py [study.toml]
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

for form in ("log", "classes"):
    found = rs.moderate(
        scores,
        [c.id for c in instrument.constructs_in(study.form, ("outcome",))],
        [c.id for c in instrument.constructs_in(study.form, ("dimension",))],
        study.analysis.moderator,
        form=form,
        breaks=study.analysis.span_breaks,
        cluster=study.analysis.cluster or "unit",
    )
    print(found.joint_tests().to_string(index=False, float_format="{:.4g}".format))
    print(found.simple_slopes().to_string(index=False, float_format="{:.3f}".format))
