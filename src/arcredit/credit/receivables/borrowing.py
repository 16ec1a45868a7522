"""The borrowing base: what a lender advances on receivables after every ineligible is taken out.

Each deduction works on what the ones before it have left, so that no amount is taken out twice; the
concentration cap comes last.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.block import keyed, nothing, one_number
from arcredit.distinct import codes
from arcredit.errors import InputError
from arcredit.shapes import (
    Booleans,
    Flags,
    Floats,
    Labels,
    Numbers,
    Table,
    Texts,
    coded,
    flags,
    labels,
    numbers,
    plain,
    same_height,
)

POLICY: Mapping[str, float | None] = {
    "max_days_from_invoice": 90,
    "cross_age_share": 0.10,
    "concentration_share": 0.20,
    "advance_rate": 0.80,
    "insured_advance_rate": 0.85,
    "reserves": 0,
    "loans": 0,
    "facility_limit": None,
}
"""Default terms of the lender; all of them stand in the credit agreement and differ from bank to bank."""
_SHARES = ("cross_age_share", "concentration_share", "advance_rate", "insured_advance_rate")

EXCLUSIONS = ("affiliate", "government", "consumer", "retention", "bill_and_hold")
"""Further reasons for which a row is ineligible, in the order they are taken out."""

Terms = dict[str, float]


def ar_borrowing_base(
    customer: Labels,
    open_amount: Numbers,
    days_from_invoice: Numbers,
    disputed: Numbers = None,
    contra: Numbers = None,
    foreign: Booleans = None,
    insured_limit: Numbers = None,
    policy: Any = None,
    excluded: Labels = None,
) -> Table:
    """Borrowing base: gross receivables, each ineligible as a line, eligible, advance and availability.

    借款基础：应收总额、逐项不合格扣减、合格余额、可融资额与可用额度。

    Parameters
    ----------
    customer : Labels
        Customer of each open item. [text]
        每笔未清项的客户。
    open_amount : Numbers
        Open amount; credits negative. [currency]
        未清金额；贷项为负。
    days_from_invoice : Numbers
        Days since the invoice date; a blank counts as too old. [days]
        自发票日起的天数；留空按超龄处理。
    disputed : Numbers, default blank
        Disputed amount of each item, or TRUE for the whole item. [currency]
        每笔的争议金额；整笔有争议填 TRUE。
    contra : Numbers, default blank
        What we owe the customer; the same figure may stand on each of his rows. [currency]
        我方欠该客户的金额；可在其各行重复填写。
    foreign : Booleans, default blank
        TRUE for a foreign customer, eligible only within insured_limit. [flag]
        境外客户填 TRUE，仅在保险限额内合格。
    insured_limit : Numbers, default blank
        Insured limit or letter of credit of the customer; blank = none known. [currency]
        该客户的保险限额或信用证金额；留空视为没有。
    policy : Block, default blank
        Lender's terms, key and value; see Notes. [table]
        银行条款（项目、数值）；见说明。
    excluded : Labels, default blank
        Reason why an item is ineligible: affiliate, government, consumer, retention, bill_and_hold. [text]
        其他不合格原因：affiliate 关联、government 政府、consumer 个人、
        retention 质保金、bill_and_hold 未发货。

    Returns
    -------
    Table
        Columns line, amount: gross; past_due, credits_in_prior, cross_aged, contra, affiliate, government,
        consumer, retention, bill_and_hold, foreign, disputed, concentration (below 0 where they take
        away); eligible; borrowing_base, reserves, loans, availability.

    Raises
    ------
    InputError
        If columns differ in height, a policy key or reason is unknown, or a share is not within 0 to 1.

    Notes
    -----
    The lines from gross to concentration add up to eligible. past_due is the net of the items older than
    max_days_from_invoice (90); credits_in_prior then takes back the old credits that had shrunk it.
    cross_aged is the rest of a customer whose old part exceeds cross_age_share (0.10) of his balance.
    contra is the lower of the two balances. A disputed part of an item that is out already is not taken
    out again; contra, cover and dispute of one customer are taken as different amounts. concentration is
    what a customer has above concentration_share (0.20) of the eligible amount before this line.

    The borrowing base is advance_rate (0.80) of eligible, insured_advance_rate (0.85) within insured
    limits; less reserves and, for availability, loans; facility_limit (blank = none) caps the base after
    reserves. Availability may be negative: then the loan is to be paid down. All of these are agreed with
    the lender; the defaults are the common figures of the sources, cross-aging from 10 to 50 %,
    concentration from 10 to 25 %, advances from 70 to 90 %. A credit is kept in, as it reduces what is
    collected. Rows without a customer are one customer without a name.

    Source: assetbasedlendingservices.com, standard ineligible accounts; donclarkeenterprises.com, order of
    the ineligibles; alterest.co, eligible receivables.

    Examples
    --------
    >>> base = ar_borrowing_base(["A", "A", "B"], [600, 400, 1000], [10, 120, 30],
    ...                          policy=[["concentration_share", 1]])
    >>> dict(base.rows())["past_due"], dict(base.rows())["cross_aged"], dict(base.rows())["availability"]
    (-400.0, -600.0, 800.0)
    """
    columns = (customer, open_amount, days_from_invoice, disputed, contra, foreign, insured_limit, excluded)
    terms = lender_terms(policy)
    return _table(_parts(*columns, terms=terms), terms)


@dataclass(frozen=True)
class BorrowingBase:
    """The borrowing base customer by customer; `lines` below 0 take away, and add up to `eligible`.

    ``insured`` is what of the eligible amount is within insured limits, ``advance`` what the lender advances
    on it all, not rounded. The customer without a name is None, last.
    """

    customer: Texts
    lines: Mapping[str, Floats]
    eligible: Floats
    insured: Floats
    advance: Floats


def borrowing_by_customer(
    customer: Labels,
    open_amount: Numbers,
    days_from_invoice: Numbers,
    disputed: Numbers = None,
    contra: Numbers = None,
    foreign: Booleans = None,
    insured_limit: Numbers = None,
    policy: Any = None,
    excluded: Labels = None,
) -> BorrowingBase:
    """The figures of `ar_borrowing_base` for each customer; their sums are its lines.

    Examples
    --------
    >>> base = borrowing_by_customer(["A", "A", "B"], [600, 400, 1000], [10, 120, 30],
    ...                              policy=[["concentration_share", 1]])
    >>> base.lines["cross_aged"].tolist(), base.advance.tolist()
    ([-600.0, 0.0], [0.0, 800.0])
    """
    columns = (customer, open_amount, days_from_invoice, disputed, contra, foreign, insured_limit, excluded)
    return _parts(*columns, terms=lender_terms(policy))


def _parts(
    customer: Labels,
    open_amount: Numbers,
    days_from_invoice: Numbers,
    disputed: Numbers,
    contra: Numbers,
    foreign: Booleans,
    insured_limit: Numbers,
    excluded: Labels,
    *,
    terms: Terms,
) -> BorrowingBase:
    who = coded(customer, "customer")
    amount = numbers(open_amount, "open_amount").reshape(-1)
    age = numbers(days_from_invoice, "days_from_invoice").reshape(-1)
    same_height(customer=who, open_amount=amount, days_from_invoice=age)
    # The last code is the customer without a name.
    code = np.where(who.codes < 0, len(who.labels), who.codes)
    items = _Items(code, len(who.labels) + 1, np.nan_to_num(amount))
    out = _Out(
        old=~(age <= terms["max_days_from_invoice"]),
        disputed=_disputed(disputed, items.amount),
        contra=items.of_customer(contra, "contra", np.fmax),
        foreign=items.any_row(_column(flags, foreign, "foreign", len(amount))),
        insured=items.of_customer(insured_limit, "insured_limit", np.fmin),
        reason=_reasons(excluded, len(amount)),
    )
    return _base(np.append(who.labels, np.array([None], object)), items, out, terms)


@dataclass(frozen=True)
class _Items:
    """Open items with their customers, and sums by customer."""

    code: NDArray[np.intp]
    count: int
    amount: Floats

    def total(self, amount: Floats) -> Floats:
        """Sum by customer."""
        return money.grouped(amount, self.code, self.count)

    def any_row(self, flag: Flags) -> Flags:
        """Customers with a flagged row."""
        return np.asarray(np.bincount(self.code[flag], minlength=self.count) > 0)

    def of_customer(self, value: Any, argument: str, choose: np.ufunc) -> Floats:
        """A customer's own figure, which may stand on each of his rows; 0 where it stands on none."""
        if nothing(value):
            return np.zeros(self.count)
        given = _column(lambda cells, name: numbers(cells, name, low=0), value, argument, len(self.code))
        found = np.full(self.count, np.nan)
        choose.at(found, self.code, given)
        return np.asarray(np.nan_to_num(found), np.float64)


class _Out(NamedTuple):
    """What makes items (old, disputed, reason) and customers (contra, foreign, insured) ineligible."""

    old: Flags
    disputed: Floats
    reason: Texts
    contra: Floats
    foreign: Flags
    insured: Floats


def _base(names: Texts, items: _Items, out: _Out, terms: Terms) -> BorrowingBase:
    old = np.where(out.old, items.amount, 0)
    lines = {
        "gross": items.total(items.amount),
        "past_due": -items.total(old),
        "credits_in_prior": items.total(np.minimum(old, 0)),
    }
    left = items.total(np.where(out.old, np.minimum(items.amount, 0), items.amount))
    for name, taken in _deductions(items, out, terms, left):
        lines[name] = -taken
        left -= taken
    left = money.rounded(left, money.PLACES)
    insured = np.minimum(np.maximum(left, 0), out.insured)
    advance = terms["advance_rate"] * (left - insured) + terms["insured_advance_rate"] * insured
    used = np.bincount(items.code, minlength=items.count) > 0
    kept = {name: line[used] + 0.0 for name, line in lines.items()}
    return BorrowingBase(names[used], kept, left[used] + 0.0, insured[used], advance[used] + 0.0)


def borrowing_totals(base: BorrowingBase, policy: Any, digits: int = 2) -> dict[str, float]:
    """The lines of `ar_borrowing_base` by name; the base is rounded to the currency's places."""
    return _totals(base, lender_terms(policy), digits)


def _table(base: BorrowingBase, terms: Terms) -> Table:
    lines = _totals(base, terms, 2)
    return Table({"line": np.array(list(lines), object), "amount": np.array(list(lines.values())) + 0.0})


def _totals(base: BorrowingBase, terms: Terms, digits: int) -> dict[str, float]:
    lines = {name: money.total(line) for name, line in base.lines.items()}
    lines["eligible"] = money.total(base.eligible)
    lines["borrowing_base"] = float(money.rounded(base.advance.sum(), digits))
    capped = np.fmin(lines["borrowing_base"] - terms["reserves"], terms["facility_limit"])
    lines |= {"reserves": -terms["reserves"], "loans": -terms["loans"]}
    lines["availability"] = float(money.rounded(capped - terms["loans"], max(digits, 2)))
    return lines


def _deductions(items: _Items, out: _Out, terms: Terms, left: Floats) -> Iterator[tuple[str, Floats]]:
    """Ineligibles in their order: name and amount by customer, never more than is `left` by the others.

    The caller takes each amount off `left` before it asks for the next.
    """

    def at_most(amount: Any) -> Floats:
        return np.asarray(np.minimum(amount, np.maximum(left, 0)))

    old = items.total(np.where(out.old, np.maximum(items.amount, 0), 0))
    balance = items.total(items.amount)
    crossed = old > terms["cross_age_share"] * np.maximum(balance, 0)
    yield "cross_aged", at_most(np.where(crossed & (old > 0), np.inf, 0))
    yield "contra", at_most(out.contra)
    positive = np.where(out.old, 0, np.maximum(items.amount, 0))
    for name in EXCLUSIONS:
        yield name, at_most(items.total(np.where(out.reason == name, positive, 0)))
    yield "foreign", at_most(np.where(out.foreign, np.maximum(left - out.insured, 0), 0))
    contested = np.where(out.reason == None, np.minimum(out.disputed, positive), 0)  # noqa: E711
    yield "disputed", at_most(items.total(contested))
    cap = terms["concentration_share"] * max(money.total(left), 0.0)
    over = money.rounded(np.maximum(left - cap, 0))
    yield "concentration", over if terms["concentration_share"] < 1 else np.zeros(len(left))


def lender_terms(policy: Any) -> Terms:
    """The lender's terms as numbers, defaults where none is given; no limit of the facility is infinite."""
    given = keyed(policy, "policy", POLICY)
    terms = {}
    for key, value in given.items():
        high = 1.0 if key in _SHARES else None
        terms[key] = one_number(value, f"policy, {key}", np.inf, low=0, high=high)
    return terms


def _column(read: Any, value: Any, argument: str, height: int) -> Any:
    """An optional column; nothing is one of blanks."""
    if nothing(value):
        return np.broadcast_to(read([None], argument), height)
    found = np.ravel(read(value, argument))
    same_height(customer=np.empty(height), **{argument: found})
    return found


def _disputed(disputed: Any, amount: Floats) -> Floats:
    """Disputed amounts; TRUE disputes the whole item."""
    if nothing(disputed):
        return np.zeros(len(amount))
    # A plain list of TRUE and amounts must not become numbers: TRUE would be an amount of 1.
    cells = np.ravel(disputed if isinstance(disputed, np.ndarray) else np.array(disputed, object))
    same_height(customer=amount, disputed=cells)
    whole = np.full(len(cells), cells.dtype.kind == "b")
    if cells.dtype.kind == "O":
        whole = np.array([isinstance(cell, bool | np.bool_) for cell in cells], bool)
        cells = np.where(whole, 1.0 * (cells == True), cells)  # noqa: E712
    sums = np.nan_to_num(numbers(cells * 1.0 if whole.all() else cells, "disputed", low=0))
    return np.where(whole, sums * np.maximum(amount, 0), sums)


def _reasons(excluded: Any, height: int) -> Any:
    """Reason of each row, None for none."""
    found = _column(labels, excluded, "excluded", height)
    code, distinct = codes(found)
    words = np.array([*(word.lower() for word in distinct), None], object)
    unknown = np.array([word is not None and word not in EXCLUSIONS for word in words], bool)[code]
    words = words[code]
    if unknown.any():
        raise InputError(
            "input.unknown_option",
            cell="#VALUE!",
            where=unknown,
            argument="excluded",
            found=plain(words[unknown][0]),
            allowed=", ".join(EXCLUSIONS),
        )
    return words
