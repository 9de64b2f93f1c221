"""Question 1: who answered, and what has to be known about the answers before using them?

Call: python 01_who_answered.py [study.toml]
"""

import sys
from pathlib import Path

import relsurvey as rs
from relsurvey.study.read_answers import read_answers
from relsurvey.study.study_file import load_study

study = load_study(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "demo.toml")
responses = read_answers(study)
problems = rs.check(responses)

print(f"{len(responses)} answers to {responses.instrument.title['en']!r}, form {study.form}")
print(f"{len(problems.errors)} errors, {len(problems)} problems of any kind")
print(problems.tidy("en")[["severity", "code", "column", "found"]].to_string(index=False))
for change in responses.log:
    print(f"changed: {change.what} {change.column} ({change.n}): {change.why}")
