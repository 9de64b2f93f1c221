"""Question 3: does the questionnaire measure well, and may answers be averaged within units?

Call: python 03_does_it_measure_well.py [study.toml]
"""

import sys
from pathlib import Path

import relsurvey as rs
from relsurvey.responses.keyed_items import keyed_items
from relsurvey.study.read_answers import read_answers
from relsurvey.study.study_file import load_study

study = load_study(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "demo.toml")
responses = read_answers(study)
instrument = responses.instrument
model = instrument.model(study.form)
items = keyed_items(responses)
group = "leader" if "leader" in responses.frame else "unit"
points = {name: instrument.scale_of(scale[0]).points for name, scale in model.items()}
low = {name: instrument.scale_of(scale[0]).low for name, scale in model.items()}

print(rs.reliability(items, model).tidy().to_string(index=False, float_format="{:.3f}".format))
agreed = rs.agreement(items.assign(group=responses.frame[group]), model, "group", points, low=low)
print(agreed.tidy().pivot(index="scale", columns="statistic", values="estimate").round(3))
fit = rs.cfa(items, {name: model[name] for name in instrument.model(study.form, ("dimension",))})
print(fit.summary())
