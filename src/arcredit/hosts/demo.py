"""The sample ledgers: copies of them in a folder of the user's, to refresh and to look at."""

import datetime as dt
from pathlib import Path

from arcredit.ledger.writing.replace import put_whole

AS_OF = dt.date(2026, 6, 30)
"""The day the samples were made for."""

_HERE = Path(__file__).parents[1]
_FOLDERS = (_HERE / "workbook_templates", _HERE.parents[1] / "workbook_templates")
"""In an installed package, and in a clone."""


def shipped() -> Path:
    """The folder with the sample ledgers and the templates."""
    return next(place for place in _FOLDERS if place.is_dir())


def samples_in(folder: Path) -> list[Path]:
    """Fresh copies of the sample ledgers in a folder, which is made if need be."""
    samples = sorted(shipped().glob("sample_ledger_*.xlsx"))
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples:
        put_whole(folder / sample.name, sample.read_bytes())
    return [folder / sample.name for sample in samples]
