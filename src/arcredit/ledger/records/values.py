"""The cells of a record's column as values, and what is wrong with those that cannot be used."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.period import period
from arcredit.credit.receivables.terms import parsed
from arcredit.errors import InputError
from arcredit.ledger.reading.amounts import BAD, EMPTY, SCALED, amount_of, amounts, decimal_signs
from arcredit.ledger.reading.days import days, possible_orders, readings
from arcredit.ledger.reading.labels import coded_column
from arcredit.ledger.reading.raw import BLANK, DATE, ERROR, FLAG, TEXT, UNSTORED, RawColumn
from arcredit.ledger.records.schema import Column, folded
from arcredit.shapes import Flags, Texts, flags

NUMERIC = {"amount", "number", "share", "whole", "terms"}
_NOTHING = {"-", "--", "–", "—", "/", "n/a", "na", "#n/a"}
"""Texts that people type into a cell they have nothing to put in."""
_EARLIEST, _LATEST = np.datetime64("1950-01-01"), np.datetime64("2100-12-31")
_FLAG_WORDS = {
    "✓": True,
    "√": True,
    "✔": True,
    "有": True,
    "已": True,
    "✗": False,
    "无": False,
    "没有": False,
}
_PERCENT = re.compile(r"(?P<number>.*\S)\s*[%％]")


class Signs(NamedTuple):
    """The decimal sign and the order of dates of a record's texts; None where they do not say."""

    decimal: str | None
    order: str | None
    date_1904: bool


class Cells(NamedTuple):
    """A column's values, and for each cell that cannot be used the finding's key."""

    values: NDArray[Any]
    trouble: Texts


def signs_of(
    columns: Iterable[tuple[Column, RawColumn]], usual: tuple[str | None, str | None], date_1904: bool
) -> Signs:
    """The signs that a record's own texts prove; where they leave it open, those of the ledger."""
    pairs = list(columns)
    proved, _ = decimal_signs(raw for column, raw in pairs if column.kind in NUMERIC)
    decimal = next(iter(proved)) if len(proved) == 1 else usual[0]
    left, _, _ = possible_orders(raw for column, raw in pairs if column.kind == "date")
    order = next(iter(left)) if len(left) == 1 else usual[1] if usual[1] in left else None
    return Signs(decimal, order, date_1904)


def read_cells(column: Column, raw: RawColumn, signs: Signs) -> Cells:
    """The cells of a column; blank ones are NaN, NaT or None and no trouble."""
    raw = _without_nothing(raw)
    cells = _READERS.get(column.kind, _texts)(column, raw, signs)
    cells.trouble[np.isin(raw.kind, (ERROR, UNSTORED))] = "records.unreadable"
    return cells


def _without_nothing(raw: RawColumn) -> RawColumn:
    """The column with dashes and the like as blanks."""
    empty = [code for code in raw.used() if str(raw.labels[code]).strip().lower() in _NOTHING]
    if not empty:
        return raw
    kind = raw.kind.copy()
    kind[np.isin(raw.code, empty) & (raw.kind == TEXT)] = BLANK
    return RawColumn(kind, raw.number, raw.code, raw.labels, raw.formula, raw.zeros)


def _numbers(column: Column, raw: RawColumn, signs: Signs) -> Cells:
    value, how = amounts(raw, signs.decimal)
    trouble = _nothing_wrong(raw)
    trouble[(how == BAD) | (how == SCALED)] = "records.not_a_number"
    for code in raw.used():
        _text_number(
            column, str(raw.labels[code]), (raw.kind == TEXT) & (raw.code == code), value, trouble, signs
        )
    value[(how == EMPTY) | (trouble != None)] = np.nan  # noqa: E711
    low, high = (0.0, 1.0) if column.kind == "share" else (column.low, column.high)
    trouble[(value < low if low is not None else False) | (value > high if high is not None else False)] = (
        "records.out_of_range"
    )
    if column.kind == "whole":
        trouble[~np.isnan(value) & (value != np.rint(value))] = "records.not_whole"
    return Cells(value, trouble)


def _text_number(
    column: Column, text: str, rows: Flags, value: NDArray[Any], trouble: Texts, signs: Signs
) -> None:
    """What `amounts` does not say about a text: percentages, and texts that read in two ways."""
    percent = _PERCENT.fullmatch(text.strip())
    amount = amount_of(percent["number"] if percent else text)
    if amount is None or (percent and column.kind not in ("share", "number")):
        return
    if amount.decimal == "?" and signs.decimal is None:
        trouble[rows] = "records.two_readings"
    elif percent and not amount.scaled:
        found = amount.value(signs.decimal or ".") / 100
        value[rows] = round(found, 12)
        trouble[rows] = "records.not_a_number" if np.isnan(found) else None


def _dates(column: Column, raw: RawColumn, signs: Signs) -> Cells:
    value, how = days(raw, signs.order, signs.date_1904)
    trouble = _nothing_wrong(raw)
    trouble[how == BAD] = "records.not_a_date"
    for code in raw.used():
        if len(set(readings(str(raw.labels[code])).values())) > 1 and signs.order is None:
            trouble[(raw.kind == TEXT) & (raw.code == code)] = "records.two_readings"
    # Some systems write 31 December 9999 for "no end".
    value[value >= np.datetime64("2999-01-01")] = np.datetime64("NaT")
    trouble[(value < _EARLIEST) | (value > _LATEST)] = "records.not_a_date"
    return Cells(value, trouble)


def _texts(column: Column, raw: RawColumn, signs: Signs) -> Cells:
    """Texts; a date among them, such as a bucket 1-30 that Excel took for one, as 2026-01-30."""
    found = coded_column(raw).texts()
    dated = raw.kind == DATE
    if dated.any():
        value, _ = days(raw, None, signs.date_1904)
        found[dated] = value[dated].astype(str)
    if column.choices:
        known = column.words_of_choices
        found = np.array([text and known.get(folded(text), text) for text in found], object)
    return Cells(found, _nothing_wrong(raw))


def _choices(column: Column, raw: RawColumn, signs: Signs) -> Cells:
    return _worded(raw, lambda text: column.words_of_choices.get(folded(text)), "records.not_a_choice")


def _flags(column: Column, raw: RawColumn, signs: Signs) -> Cells:
    cells = _worded(raw, _flag, "records.not_a_flag")
    real = raw.kind == FLAG
    cells.values[real] = raw.number[real] == 1
    return cells


def _flag(text: str) -> bool | None:
    word = unicodedata.normalize("NFKC", text).strip().lower()
    try:
        return _FLAG_WORDS[word] if word in _FLAG_WORDS else bool(flags([word], "flag")[0])
    except InputError:
        return None


def _terms(column: Column, raw: RawColumn, signs: Signs) -> Cells:
    """Days of payment terms, of Net 30 as of 月结30天; those to a month's end count from it."""
    cells = _worded(raw, _terms_days, "records.not_terms")
    return Cells(np.array([np.nan if days is None else days for days in cells.values], float), cells.trouble)


def _terms_days(text: str) -> float | None:
    terms = parsed(text)
    if terms is None:
        return None
    return float(30 * terms.months + terms.days + terms.days_after + (30 if terms.day_next else 0))


def _periods(column: Column, raw: RawColumn, signs: Signs) -> Cells:
    return _worded(raw, _period, "records.not_a_period")


def _period(text: str) -> float | str | None:
    """Whole days as a number, calendar months as their text."""
    try:
        found = period(np.array(float(text) if re.fullmatch(r"[\d.]+", text) else text, object), "period")
    except (InputError, ValueError):
        return None
    return text if found.months else float(found.days)


def _worded(raw: RawColumn, meaning: Callable[[str], Any], key: str) -> Cells:
    """Cells by what their text means; None is no meaning."""
    column = coded_column(raw)
    meant: Texts = np.array([*(meaning(str(label)) for label in column.labels), None], object)
    values = meant[column.codes]
    trouble = _nothing_wrong(raw)
    trouble[(column.codes >= 0) & (values == None)] = key  # noqa: E711
    return Cells(values, trouble)


def _nothing_wrong(raw: RawColumn) -> Texts:
    return np.full(len(raw.kind), None, object)


_READERS: dict[str, Callable[[Column, RawColumn, Signs], Cells]] = {
    **dict.fromkeys(NUMERIC, _numbers),
    "date": _dates,
    "choice": _choices,
    "option": _choices,
    "flag": _flags,
    "period": _periods,
    "terms": _terms,
}
