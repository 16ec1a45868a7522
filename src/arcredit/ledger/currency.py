"""Exchange rates out of a .csv or a workbook: given by the user, never fetched and never guessed."""

import math
from pathlib import Path

import numpy as np

from arcredit.errors import SettingsError
from arcredit.ledger.reading.amounts import GOOD, amounts, decimal_signs
from arcredit.ledger.reading.columns import plain_heading
from arcredit.ledger.reading.labels import coded_column, currency_of
from arcredit.ledger.reading.raw import RawSheet
from arcredit.ledger.reading.survey import Source

_CURRENCY = {
    plain_heading(text)
    for text in ("currency", "ccy", "cur", "curr", "code", "from", "币种", "币别", "货币", "货币代码", "原币")
}
_RATE = {
    plain_heading(text)
    for text in ("rate", "exchange rate", "fx", "fx rate", "closing rate", "汇率", "期末汇率", "折算汇率")
}


def read_rates(path: Path) -> dict[str, float]:
    """What one unit of each currency is worth in the currency whose rate is 1.

    Parameters
    ----------
    path : Path
        A .csv or a workbook with a column headed currency (币种) and one headed rate (汇率).

    Returns
    -------
    dict of str to float
        Rate by ISO code.

    Raises
    ------
    LedgerError
        If the file cannot be read.
    SettingsError
        If there are no such columns, a rate is not a number above 0, a currency stands twice with different
        rates, or none has rate 1.
    """
    with Source(path) as source:
        for sheet in source.sheets:
            rows = source.rows(sheet)
            place = _headings(rows)
            if place is not None:
                return _rates(path, rows, *place)
    raise SettingsError("ledger.rates_missing", path=path.name)


def _headings(rows: RawSheet) -> tuple[int, int, int] | None:
    """The headings' row and the two columns."""
    for row in range(min(len(rows), 50)):
        texts = {number: plain_heading(column.text(row)) for number, column in rows.columns.items()}
        currency = next((number for number, text in texts.items() if text in _CURRENCY), 0)
        rate = next((number for number, text in texts.items() if text in _RATE), 0)
        if currency and rate:
            return row, currency, rate
    return None


def _rates(path: Path, rows: RawSheet, row: int, currency: int, rate: int) -> dict[str, float]:
    below = rows.take(slice(row + 1, None))
    column = below.column(rate)
    proved, unclear = decimal_signs([column])
    if "," in unclear and not proved:
        raise SettingsError("ledger.rate_unusable", path=path.name, currency="?", found=unclear)
    # A rate such as 7.123 is one: a point alone is the decimal sign unless texts prove the comma.
    value, how = amounts(column, next(iter(proved)) if len(proved) == 1 else ".")
    names = coded_column(below.column(currency), currency_of)
    found: dict[str, float] = {}
    for place in np.flatnonzero(names.codes >= 0):
        name, number = str(names.labels[names.codes[place]]), float(value[place])
        if how[place] != GOOD or not number > 0 or math.isinf(number):
            shown = column.text(int(place))
            raise SettingsError("ledger.rate_unusable", path=path.name, currency=name, found=shown)
        if found.setdefault(name, number) != number:
            raise SettingsError("ledger.rate_twice", path=path.name, currency=name)
    if 1.0 not in found.values():
        raise SettingsError("ledger.rate_home", path=path.name)
    return found
