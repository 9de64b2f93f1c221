"""Question 4: which dimensions go with relations, when the others are held equal?

Call: python 04_what_goes_with_relations.py [study.toml]
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
dimensions = [c.id for c in instrument.constructs_in(study.form, ("dimension",))]
cluster = study.analysis.cluster or "unit"

for outcome in instrument.constructs_in(study.form, ("outcome",)):
    formula = f"{outcome.id} ~ {' + '.join(dimensions)}"
    fit = rs.regress(scores, formula, cluster=cluster, vcov="CR2", standardise=True)
    print(fit.summary(), end="\n\n")
