"""``python -m benchmarks.memory``: peak memory and time of CFA at many rows, each in a process."""

from __future__ import annotations

import subprocess
import sys

PROBE = """
import sys, time
import relsurvey as rs
from benchmarks.survey_draw import draw_survey, factor_model
n, kind = int(sys.argv[1]), sys.argv[2]
survey = draw_survey(n, missing=0.1 if "pairwise" in kind else 0.0)
options = {
    "nothing": {},
    "wlsmv": {"estimator": "wlsmv"},
    "wlsmv pairwise": {"estimator": "wlsmv", "missing": "pairwise"},
    "wlsmv clusters": {"estimator": "wlsmv", "cluster": "unit"},
    "mlr clusters": {"estimator": "mlr", "cluster": "unit"},
}
started = time.process_time()
if kind != "nothing":
    rs.cfa(survey, factor_model(), **options[kind])
with open("/proc/self/status") as status:
    peak = next(line for line in status if line.startswith("VmHWM")).split()[1]
print(int(peak) / 1e6, time.process_time() - started)
"""
TWO_LEVEL = """
import sys, time
import relsurvey as rs
from benchmarks.survey_draw import draw_survey, factor_model
survey = draw_survey(500, seed=int(sys.argv[1]))
started = time.process_time()
try:
    rs.two_level_cfa(survey, factor_model(), factor_model(), "unit")
    said = "converged"
except rs.RelsurveyError as error:
    said = str(error).splitlines()[0]
print(f"{time.process_time() - started:.1f} s: {said}")
"""


def probe(code: str, *arguments: str) -> str:
    """Return what a fresh interpreter prints."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def main() -> None:
    """Print a table of rows, model, peak and seconds; then two-level models of 42 teams."""
    print("| rows | CFA of 45 items | peak, GB | CPU, s |\n|---|---|---|---|")
    for rows in (10_000, 100_000):
        kinds = ("nothing", "wlsmv", "wlsmv pairwise", "wlsmv clusters", "mlr clusters")
        for kind in kinds:
            peak, seconds = map(float, probe(PROBE, str(rows), kind).split())
            print(f"| {rows:,} | {kind} | {peak:.2f} | {seconds:.1f} |", flush=True)
    print("\nTwo-level model of 45 items, 10 factors at both levels, N = 500, 42 teams:")
    for seed in range(1, 7):
        print(f"- drawing {seed}: {probe(TWO_LEVEL, str(seed))}", flush=True)


if __name__ == "__main__":
    main()
