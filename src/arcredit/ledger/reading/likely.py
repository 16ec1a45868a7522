"""What headings of no known spelling say all the same, and which columns of money and currency go together.

Three slips cost most: what was invoiced read as what is open, because the column of what is left has an
unusual heading; amounts of several currencies added, because the column of currencies has one; and amounts
in the home currency taken for amounts in the document's.
"""

import re
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.ledger.mapping import Mapping, Reason
from arcredit.ledger.reading.amounts import GOOD, amounts, decimal_signs
from arcredit.ledger.reading.blocks import Candidate
from arcredit.ledger.reading.columns import MONEY, NAMES, Heading, names_of
from arcredit.ledger.reading.labels import currency_of
from arcredit.ledger.reading.raw import BLANK, TEXT, RawColumn, RawSheet
from arcredit.ledger.reading.scan import column_letter, column_number

_LEFT = re.compile(
    r"remain|outstanding|unpaid|uncollected|\bopen\b|\bbalance\b|still due|offen"
    r"|未[收核回付清结到]|余额|尚欠|欠款|剩余"
)
_HOME = re.compile(
    r"\bloc(?:al)?\b|\blcy?\b|\bhome\b|\bbase\b|functional|accounted|acctd|company code|hausw"
    r"|本币|本位币|折合?人民币"
)
_ISO = """
    AED AFN AMD AOA ARS AUD AZN BAM BBD BDT BGN BHD BIF BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD GBP GEL GHS GMD GNF GTQ HKD HNL HTG HUF IDR ILS INR
    IQD IRR ISK JMD JOD JPY KES KGS KHR KRW KWD KZT LAK LBP LKR LYD MAD MDL MGA MKD MMK MNT MOP MUR MWK
    MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SDG SEK
    SGD THB TND TRY TTD TWD TZS UAH UGX USD UYU UZS VND XAF XOF XPF YER ZAR ZMW
"""
_CODES = frozenset(_ISO.split())
_SAME, _NEVER_MORE = 0.3, 0.98
"""Shares of a ledger's rows: in which what is left is all of it, and in which it is no more than that."""


def completed(item: Candidate, sample: RawSheet) -> Candidate:
    """A candidate with the columns that only their contents give away, all in one kind of currency."""
    rows = np.flatnonzero(sample.rows > item.header_rows[1])
    columns, reasons = dict(item.columns), list(item.reasons)
    for name, find in (("currency", _currencies), ("open_amount", _left)):
        found = None if name in columns else find(item, sample, rows)
        if found is not None:
            columns[name] = found
            values = {"name": name, "column": column_letter(found.column), "heading": found.shown}
            reasons.append(Reason(f"ledger.why.likely.{name}", values))
    if "currency" in columns:
        columns |= _in_step(item, columns, sample, rows)
    moved = [name for name in item.columns if columns[name] is not item.columns[name]]
    for name in moved:
        values = {"name": name, "column": column_letter(columns[name].column), "heading": columns[name].shown}
        reasons = [reason for reason in reasons if reason.values.get("name") != name]
        reasons.append(Reason("ledger.why.in_step", values))
    ordered = {name: columns[name] for name in NAMES if name in columns}
    return replace(item, columns=ordered, reasons=tuple(reasons)) if ordered != item.columns else item


def is_home(heading: str) -> bool:
    """Whether a heading says that its amounts, or its currency, are the company's own."""
    return _HOME.search(heading.lower().replace(".", " ")) is not None


def _free(item: Candidate, name: str = "") -> list[Heading]:
    """The columns without a meaning yet: those that their headings call `name`, or nothing known."""
    taken = [heading.column for heading in item.columns.values()]
    return [
        heading
        for heading in item.headings
        if heading.column not in taken
        and (name in names_of(heading.texts) if name else not names_of(heading.texts))
    ]


def _currencies(item: Candidate, sample: RawSheet, rows: NDArray[Any]) -> Heading | None:
    """The column under which only currencies stand, whatever its heading; the home one comes last."""
    found = [heading for heading in _free(item) if _only_currencies(sample.column(heading.column), rows)]
    return min(found, key=lambda heading: is_home(heading.shown), default=None)


def _only_currencies(column: RawColumn, rows: NDArray[Any]) -> bool:
    cells = column.take(rows)
    labels = {currency_of(str(cells.labels[code])) for code in cells.used()}
    return bool(labels) and labels <= _CODES and bool(np.isin(cells.kind, (BLANK, TEXT)).all())


def _left(item: Candidate, sample: RawSheet, rows: NDArray[Any]) -> Heading | None:
    """The column that says it is what is left, and never is more than the amount, often all of it."""
    if "amount" not in item.columns or "paid_amount" in item.columns or item.is_receipts:
        return None
    whole = sample.column(item.columns["amount"].column).take(rows)
    for heading in _free(item):
        if _LEFT.search(" ".join(heading.texts).lower()) and _is_part(
            sample.column(heading.column).take(rows), whole
        ):
            return heading
    return None


def _is_part(part: RawColumn, whole: RawColumn) -> bool:
    proved, _ = decimal_signs([part, whole])
    decimal = next(iter(proved)) if len(proved) == 1 else None
    (left, how), (all_of_it, stated) = amounts(part, decimal), amounts(whole, decimal)
    both = (how == GOOD) & (stated == GOOD) & (all_of_it != 0)
    share = left[both] / all_of_it[both]
    if not len(share) or both.sum() < 0.5 * (stated == GOOD).sum():
        return False
    within, same = (share > -1e-9) & (share < 1 + 1e-9), np.abs(share - 1) < 1e-9
    return bool(within.mean() >= _NEVER_MORE and same.mean() >= _SAME)


def _in_step(
    item: Candidate, columns: dict[str, Heading], sample: RawSheet, rows: NDArray[Any]
) -> dict[str, Heading]:
    """Other columns for amounts and currency, so that all are the document's, else all the home one's."""
    changed: dict[str, Heading] = {}

    def other(name: str, home: bool) -> Heading | None:
        return next((found for found in _free(item, name) if is_home(found.shown) == home), None)

    tied = "open_amount" if "open_amount" in columns else "amount"
    if tied not in columns:
        return changed
    home = is_home(columns[tied].shown)
    if home and not is_home(columns["currency"].shown):
        better = other(tied, home=False)
        own = [found for found in _free(item) + _free(item, "currency") if is_home(found.shown)]
        own = [found for found in own if _only_currencies(sample.column(found.column), rows)]
        if better:
            changed[tied], home = better, False
        elif own:
            changed["currency"] = own[0]
    for name in MONEY:
        fitting = other(name, home) if name in columns and name != tied else None
        if fitting and is_home(columns[name].shown) != home:
            changed[name] = fitting
    return changed


def at_home(mapping: Mapping, whole: RawSheet) -> Mapping:
    """The mapping without the documents' currencies, where they are several, the amounts in the home one."""
    tied = "open_amount" if "open_amount" in mapping.columns else "amount"
    letter = mapping.columns.get("currency")
    set_by_user = any(
        reason.key == "ledger.why.set" and reason.values["name"] == "currency" for reason in mapping.reasons
    )
    if letter is None or set_by_user or not is_home(mapping.headings[tied]):
        return mapping
    column = whole.column(column_number(letter))
    named = {currency_of(str(column.labels[code])) for code in column.used()}
    if is_home(mapping.headings["currency"]) or len(named) < 2:
        return mapping
    foreign = {name for name in {*MONEY} & {*mapping.columns} if not is_home(mapping.headings[name])}
    kept = [name for name in mapping.columns if name not in {"currency", *foreign}]
    return mapping.changed(
        columns={name: mapping.columns[name] for name in kept},
        headings={name: mapping.headings[name] for name in kept},
        reasons=tuple(reason for reason in mapping.reasons if reason.values.get("name", "") in ("", *kept)),
    )
