"""Decisions taken from whole columns: which decimal sign, which order of day and month. Or a refusal."""

from collections.abc import Iterable
from pathlib import Path

from arcredit.errors import LedgerError
from arcredit.ledger.reading.amounts import currencies_in, decimal_signs
from arcredit.ledger.reading.days import ORDERS, possible_orders, swapped
from arcredit.ledger.reading.raw import RawColumn


def decimal_sign(
    path: Path, sheet: str, columns: Iterable[RawColumn], wished: str | None, usual: str | None = None
) -> str | None:
    """The decimal sign of amounts written as text; None where no text needs one.

    Where all texts read both ways, `usual` is what an earlier reading found.

    Raises
    ------
    LedgerError
        If the texts contradict one another, or all of them read both ways.
    """
    if wished is not None:
        if wished not in (".", ","):
            raise LedgerError("ledger.unknown_decimal", found=wished)
        return wished
    proved, unclear = decimal_signs(columns)
    if unclear and not proved and usual:
        return usual
    if len(proved) > 1:
        first, second = proved.values()
        raise LedgerError("ledger.decimal_mixed", path=path.name, sheet=sheet, first=first, second=second)
    if unclear and not proved:
        raise LedgerError("ledger.decimal_unclear", path=path.name, sheet=sheet, found=unclear)
    return next(iter(proved), None)


def date_order(
    path: Path,
    sheet: str,
    columns: dict[str, RawColumn],
    wished: str | None,
    usual: str | None,
    date_1904: bool,
) -> str | None:
    """The order of day, month and year in dates written as text; None where no text needs one.

    A column that reads both ways follows the other date columns of the sheet, then `usual`, which is what
    an earlier reading found.

    Raises
    ------
    LedgerError
        If texts contradict one another, if all of them read both ways, or if an import has swapped
        days and months.
    """
    if wished is not None:
        if wished not in ORDERS:
            raise LedgerError("ledger.unknown_order", found=wished)
        return wished
    for column in columns.values():
        example = swapped(column, date_1904)
        if example:
            raise LedgerError("ledger.swapped_dates", path=path.name, sheet=sheet, found=example)
    left, unclear, (first, second) = possible_orders(columns.values())
    if not left:
        raise LedgerError("ledger.dates_mixed", path=path.name, sheet=sheet, first=first, second=second)
    if len(left) == 1:
        return left.pop()
    if unclear and usual in left:
        return usual
    if unclear:
        raise LedgerError("ledger.dates_unclear", path=path.name, sheet=sheet, found=unclear)
    return None


def one_currency(path: Path, sheet: str, columns: Iterable[RawColumn]) -> str | None:
    """The currency written with the amounts, if there is one.

    Raises
    ------
    LedgerError
        If amounts carry several currencies: they cannot be added.
    """
    named = currencies_in(columns)
    if len(named) > 1:
        raise LedgerError(
            "ledger.currencies_in_amounts", path=path.name, sheet=sheet, found=", ".join(sorted(named))
        )
    return named.pop() if named else None
