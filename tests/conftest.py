"""A real browser for all tests; `pytest --differences` prints how far numbers are from R's."""

from __future__ import annotations

import os
import shutil

import pytest
from beside_r import SEEN

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium() -> str:
    named = os.environ.get("RELSURVEY_CHROMIUM", "")
    found = named or next((path for path in map(shutil.which, NAMES) if path), "")
    if not found:
        pytest.skip("no Chromium on the path, and RELSURVEY_CHROMIUM is not set")
    return found


@pytest.fixture(scope="module")
def browser():
    program = chromium()
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield opened
        opened.close()


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
