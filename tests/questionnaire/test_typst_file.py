"""Texts in typst: whatever stands in them stays a text."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from relsurvey.questionnaire.typst_file import quoted, write_pdf


def test_no_text_becomes_markup(tmp_path):
    pytest.importorskip("typst", reason="typst is not installed")
    if shutil.which("pdftotext") is None:
        pytest.skip("no poppler on this machine")
    hard = 'a "b" \\ #let x = 1 $y$ *z* <w> \x07[v]\n// æøå'
    title = f"#set document(title: {quoted('t')})\n#set text(lang: {quoted('da')})\n"
    pdf = tmp_path / "t.pdf"
    pdf.write_bytes(write_pdf(f"{title}#par({quoted(hard)})\n"))
    told = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, check=True).stdout
    assert " ".join(told.decode().split()) == 'a "b" \\ #let x = 1 $y$ *z* <w> [v] // æøå'
