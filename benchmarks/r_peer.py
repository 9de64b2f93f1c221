"""A task of an R script beside ours, run by run."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.pairs import Pair


def has_r() -> bool:
    """Say whether there is an R to be timed against."""
    return shutil.which("Rscript") is not None


def call(script: Path, task: str, path: Path, timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a task of a script on a file."""
    return subprocess.run(
        ["Rscript", "--vanilla", str(script), task, str(path)],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def seconds(script: Path, task: str, path: Path, timeout: float) -> float | str:
    """Seconds of the peer's work, negative if it was stopped; a reason if it failed."""
    try:
        done = call(script, task, path, timeout)
    except subprocess.TimeoutExpired:
        return -timeout
    found = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("seconds ")]
    if not found:
        return "not run: " + (done.stderr.strip().splitlines() or ["no output"])[-1][:80]
    return float(found[0])


def row_beside_r(
    work: str,
    peer: str,
    ours: Callable[[], object],
    script: Path,
    task: str,
    path: Path,
    *,
    runs: int,
    timeout: float,
) -> str:
    """Time ours and a task of R in turn; a row of a Markdown table.

    A peer that takes longer than ``timeout`` seconds is stopped, its ratio is a lower bound then.
    """
    ours()
    spent: tuple[list[float], list[float]] = ([], [])
    stopped = False
    for _ in range(runs):
        begin = time.perf_counter()
        ours()
        spent[0].append(time.perf_counter() - begin)
        found = seconds(script, task, path, timeout)
        if isinstance(found, str):
            return f"| {work} | {peer}: {found} | | | |"
        stopped |= found < 0.0
        spent[1].append(abs(found))
    row = Pair(work, peer, tuple(spent[0]), tuple(spent[1])).row()
    return row + (" stopped: at least so many |" if stopped else "")


def versions(script: Path) -> str:
    """Versions of the R packages, or why there are none."""
    if not has_r():
        return "no R"
    return ", ".join(
        line.strip() for line in call(script, "versions", script, 60.0).stdout.splitlines()
    )
