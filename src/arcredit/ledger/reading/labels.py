"""Ids, names, currencies and kinds out of a raw column: texts as they stand, numbers as their digits."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from arcredit.ledger.reading.raw import DATE, NUMBER, TEXT, RawColumn
from arcredit.shapes import Coded, Flags, Texts

INVOICE, CREDIT_NOTE, RECEIPT, DEBIT_NOTE, WRITE_OFF, REVERSAL = (
    "invoice",
    "credit_note",
    "receipt",
    "debit_note",
    "write_off",
    "reversal",
)
REDUCING = {CREDIT_NOTE, RECEIPT, WRITE_OFF}
"""Kinds that reduce what a customer owes."""

_KINDS = {
    CREDIT_NOTE: r"credit\s*(?:note|memo|invoice|adj.*)?s?|c/?[nmr]|scn|rg|h|c|ar\s*credit.*|dg|贷|贷方"
    r"|贷项.*|红|红字.*|红冲.*|冲红.*|退货.*|退款.*|折让.*|销售退货.*|负数发票|gutschrift|return.*|refund.*",
    RECEIPT: r"(?:customer\s*)?(?:receipts?|payments?|pmt|pymt|rcpt|cash.*|deposits?|prepayments?|advances?"
    r"|on\s*account|unapplied.*|dz|zahlung|bank.*)|.*(?:收款|回款|预收|到账).*|advance\s*payments?|down\s*payments?",
    WRITE_OFF: r"write[\s-]*offs?|w/?o|bad\s*debt.*|坏账.*|核销坏账",
    REVERSAL: r"reversals?|nsf|charge[\s-]*backs?|bounced.*|dishonou?red.*|退票.*|拒付.*|冲销收款|收款退回",
    DEBIT_NOTE: r"debit\s*(?:note|memo|adj.*)s?|d/?[nm]|借项.*",
    INVOICE: r"(?:sales\s*|tax\s*|ar\s*|standard\s*)?inv(?:oice)?s?|dr?|s|ri|rv|bill|debit|rechnung|借|借方"
    r"|蓝|蓝字.*|.*发票|应收.*|销售.*|增值税.*",
}
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _KINDS.items()}
_CURRENCIES = {
    **dict.fromkeys(("RMB", "人民币", "人民币元", "CNH"), "CNY"),
    **dict.fromkeys(("美元", "美金", "US$", "U.S. DOLLAR", "US DOLLAR", "USDOLLAR"), "USD"),
    **dict.fromkeys(("欧元", "€", "EURO"), "EUR"),
    **dict.fromkeys(("港币", "港元", "HK$"), "HKD"),
    **dict.fromkeys(("日元", "日圆", "YEN"), "JPY"),
    **dict.fromkeys(("英镑", "£", "POUND", "STERLING"), "GBP"),
    **dict.fromkeys(("新台币", "台币", "NT$"), "TWD"),
    **dict.fromkeys(("澳元", "A$"), "AUD"),
    **dict.fromkeys(("加元", "C$"), "CAD"),
    **dict.fromkeys(("新加坡元", "新元", "S$"), "SGD"),
    **dict.fromkeys(("瑞士法郎", "瑞郎"), "CHF"),
    **dict.fromkeys(("韩元", "₩"), "KRW"),
}


def kind_of(text: str) -> str:
    """The kind a word stands for; the word itself where it is unknown.

    Examples
    --------
    >>> kind_of("Credit Note"), kind_of("红字发票"), kind_of("收款单"), kind_of("Retention")
    ('credit_note', 'credit_note', 'receipt', 'Retention')
    """
    bare = unicodedata.normalize("NFKC", text).strip().rstrip(".")
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(bare)), text)


def kind_in(column: Coded, kinds: set[str]) -> Flags:
    """Which rows are of one of the kinds."""
    chosen = np.array([label in kinds for label in column.labels] + [False])
    return np.asarray(chosen[column.codes])


def currency_of(text: str) -> str:
    """A currency's ISO code where the word for it is known; otherwise the word in capitals.

    Examples
    --------
    >>> currency_of("人民币"), currency_of("eur"), currency_of("RMB")
    ('CNY', 'EUR', 'CNY')
    """
    bare = unicodedata.normalize("NFKC", text).strip().upper()
    return _CURRENCIES.get(bare, bare)


def coded_column(column: RawColumn, shown: Callable[[str], str] | None = None) -> Coded:
    """A column as codes into its distinct labels, each as `shown`; errors and blanks are -1."""
    codes = np.where(column.kind == TEXT, column.code, -1).astype(np.intp)
    numeric = np.flatnonzero((column.kind == NUMBER) | (column.kind == DATE))
    if not len(numeric) and shown is None:
        return _used(Coded(codes, column.labels))
    number, zeros = column.number[numeric], column.zeros[numeric]
    place, distinct = pd.factorize(number)
    # A number under two formats is two ids: the width of the zeros is part of the code.
    place, pairs = pd.factorize(place * 256 + zeros)
    codes[numeric] = place + len(column.labels)
    ids = [digits(float(distinct[pair // 256]), int(pair % 256)) for pair in pairs]
    texts = [*map(str, column.labels), *ids]
    return _alike(_used(Coded(codes, np.array([*map(shown or str, texts), None], object)[:-1])))


def _used(column: Coded) -> Coded:
    """The same column without labels that no row has."""
    seen = np.zeros(len(column.labels) + 1, bool)
    seen[column.codes] = True
    seen[-1] = False
    if seen[:-1].all():
        return column
    place = np.where(seen, np.cumsum(seen) - 1, -1)
    return Coded(place[column.codes].astype(np.intp), column.labels[seen[:-1]])


def _alike(column: Coded) -> Coded:
    """The same column with equal labels as one."""
    same, labels = pd.factorize(column.labels)
    return Coded(np.append(same, -1)[column.codes], np.asarray(labels, object))


def digits(number: float, zeros: int = 0) -> str:
    """A number that is an id: its digits, filled up with the zeros that its number format shows.

    Examples
    --------
    >>> digits(1001.0), digits(42.0, 6), digits(12.5)
    ('1001', '000042', '12.5')
    """
    if number == int(number) and abs(number) < 1e15:
        return f"{int(number):0{zeros}d}" if zeros else str(int(number))
    return repr(float(number))


def texts_of(column: RawColumn) -> Texts:
    """A column as texts row by row; None for blanks and errors."""
    return coded_column(column).texts()


def joined_labels(column: Coded, carried: NDArray[Any], names: list[str]) -> Coded:
    """A column whose blanks are filled with carried names (-1: none)."""
    if not names:
        return column
    blank = column.codes < 0
    codes = np.where(blank & (carried >= 0), carried + len(column.labels), column.codes)
    labels = np.array([*column.labels, *names, None], object)[:-1]
    return _alike(_used(Coded(codes, labels)))
