"""Exchange rates that the user gives: a small CSV file of currency and rate."""

import csv
from pathlib import Path

from arcredit.errors import SettingsError


def read_rates(path: Path) -> dict[str, float]:
    """Home currency per unit of each currency; the home currency's own row has rate 1.

    Parameters
    ----------
    path : Path
        A CSV file: a currency code and a rate in each line, headings allowed.

    Raises
    ------
    SettingsError
        If a rate is missing or not above 0, or if not exactly one currency has rate 1.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.reader(file) if any(cell.strip() for cell in line)]
    rates: dict[str, float] = {}
    for number, line in enumerate(lines):
        code, text, *_ = [*(cell.strip() for cell in line), ""]
        rate = _rate(text)
        if rate is None and number == 0:
            continue
        if rate is None or rate <= 0 or not code:
            raise SettingsError("ledger.bad_rate", path=str(path), row=number + 1, found=",".join(line))
        rates[code.upper()] = rate
    if list(rates.values()).count(1.0) != 1:
        raise SettingsError("ledger.no_home_currency", path=str(path))
    return rates


def _rate(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
