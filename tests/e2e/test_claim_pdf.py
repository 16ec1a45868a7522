"""The claim pack as a PDF by the real LibreOffice: its pages, their numbers, the estimate on them."""

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from arcredit.hosts.cli import main
from libreoffice import program

SAMPLES = Path(__file__).parents[2] / "workbook_templates"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Insurance claim (estimate)", "Notice of claim", "Statement of account")),
        ("zh", ("索赔", "对账单")),
    ],
)
def test_pages(uno_bindings, tmp_path, language, words):
    program("pdftotext")
    pdf = tmp_path / "claim.pdf"
    done = CliRunner().invoke(
        main,
        [
            "claim",
            str(SAMPLES / f"sample_ledger_{language}.xlsx"),
            "--as-of",
            "2026-06-30",
            "--pdf",
            str(pdf),
        ],
        env={"ARCREDIT_LANGUAGE": language},
    )
    assert done.exit_code == 0, done.output
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True
    ).stdout.decode()
    pages = text.split("\f")[:-1]
    assert 3 <= len(pages) <= 6
    for number, page in enumerate(pages, 1):
        assert f"{number}/{len(pages)}" in page.replace(" ", "")
    for word in words:
        assert word in text
    assert "###" not in text
    assert "Err:" not in text
