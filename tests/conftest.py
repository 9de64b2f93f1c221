"""`pytest --differences` (one process) prints how far the numbers are from R's."""

from __future__ import annotations

from beside_r import SEEN


def pytest_addoption(parser):
    parser.addoption(
        "--differences", action="store_true", help="print the largest difference from R's numbers"
    )


def pytest_terminal_summary(terminalreporter, config):
    if not config.getoption("--differences"):
        return
    terminalreporter.section("largest difference from R")
    terminalreporter.line(f"{'quantity':<34}{'numbers':>9}{'absolute':>12}{'relative':>12}")
    for name, seen in sorted(SEEN.items()):
        terminalreporter.line(
            f"{name:<34}{seen.count:>9,}{seen.absolute:>12.1e}{seen.relative:>12.1e}"
        )
