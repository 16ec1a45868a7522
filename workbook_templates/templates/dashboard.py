"""The dashboard template: a sample ledger with the page for the CFO, its limits and its warnings."""

import shutil
from pathlib import Path

from arcredit.hosts.demo import AS_OF
from arcredit.hosts.refresh import Options, refresh
from templates.book import finish
from templates.words import text

FILE = "dashboard"
_SAMPLES = Path(__file__).parents[1]
_REPORTS = "dashboard,limits,warnings"


def write(path: Path, language: str) -> None:
    """A copy of the sample ledger, refreshed."""
    shutil.copyfile(_SAMPLES / f"sample_ledger_{language}.xlsx", path)
    done = refresh(path, Options(as_of=AS_OF, language=language, reports=_REPORTS))
    if done.error is not None:
        raise done.error
    finish(path, text("dashboard.title", language), language)
