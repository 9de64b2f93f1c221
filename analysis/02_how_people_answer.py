"""Question 2: how do people answer, from 0 to 100?

Call: python 02_how_people_answer.py [study.toml]
"""

import sys
from pathlib import Path

import relsurvey as rs
from relsurvey.study.read_answers import read_answers
from relsurvey.study.study_file import load_study

study = load_study(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "demo.toml")
responses = read_answers(study)
scores = rs.score(responses, study.analysis.min_answered)

print(scores.describe().to_string(index=False, float_format="{:.2f}".format))
print(*scores.remarks(), sep="\n")
