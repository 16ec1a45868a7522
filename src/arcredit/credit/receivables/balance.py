"""Open balances as worksheet functions: from a list of events, and against the control account.

Source: worked examples, hand-computed; product rule "read + rejected = what the sheet holds".
"""

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.credit.receivables.open_items import Events, OpenItems, open_at
from arcredit.distinct import codes, first_rows, row_codes
from arcredit.shapes import (
    Coded,
    Dates,
    Days,
    Flags,
    Floats,
    Labels,
    Numbers,
    Table,
    coded,
    column,
    dates,
    labels,
    numbers,
    one_date,
    same_height,
    single,
    with_last,
)


def ar_open_items(
    document: Labels,
    event_date: Dates,
    amount: Numbers,
    as_of: Dates,
    due_date: Dates = None,
    customer: Labels = None,
) -> Table:
    """The documents open at any past date with their balances, from invoices, receipts, credits, reversals.

    根据发票、收款、贷项、冲回等事项，倒推任一历史日期的未清单据及余额。

    Parameters
    ----------
    document : Labels
        The document each event belongs to; for unallocated money its own number or blank.
        每笔事项所属的单据号；未核销款项填自身编号或留空。
    event_date : Dates
        Date of each event; a blank one has always happened. [date]
        每笔事项的日期；空白视为早已发生。
    amount : Numbers
        Invoices, debit notes and reversals positive; receipts, credit notes and write-offs negative.
        [currency]
        发票、借项、冲回为正；收款、贷项、坏账核销为负。
    as_of : date
        The day; what is dated on it has happened. [date]
        余额日期；当日发生的事项计入。
    due_date : Dates, optional
        Due dates, on the invoices' rows at least; a document with several is due in instalments. [date]
        到期日，至少填在发票行；同一单据有多个到期日即为分期。
    customer : Labels, optional
        Customers; one number of two customers is two documents.
        客户；不同客户的相同单据号视为不同单据。

    Returns
    -------
    Table
        document, customer and due_date where given, invoice_date, open_amount; the last line is the sum.

    Notes
    -----
    Balance = all events of the document dated up to `as_of`. A bounced receipt re-opens its document on the
    original due date. Receipts fill instalments in the order of their due dates. Money on a document that
    is dated later or does not exist stands on a line of its own. Balances below half a cent are left out;
    one cent stays. With allocation dates instead of receipt dates give the receipt its own number, and
    its transfer as two events on the day of allocation.

    Source: worked example, hand-computed; instalments first in, first out as in ERPNext.

    Examples
    --------
    >>> dates = ["2025-03-01", "2025-04-20", "2025-06-12", "2025-06-16"]
    >>> table = ar_open_items(["1"] * 4, dates, [10_000, -4_000, -6_000, 6_000], "2025-04-30")
    >>> table["open_amount"].tolist()
    [6000.0, 6000.0]
    """
    number = column(labels(document, "document"))
    when, value = column(dates(event_date, "event_date")), column(numbers(amount, "amount"))
    none = np.full(len(number), np.datetime64("NaT", "D"))
    due = none if due_date is None else column(dates(due_date, "due_date"))
    nobody = Coded(np.full(len(number), -1, np.intp), np.array([], object))
    owner = nobody if customer is None else coded(customer, "customer")
    same_height(document=number, event_date=when, amount=value, due_date=due, customer=owner)

    known = np.flatnonzero(~np.isnan(value))
    number, when, value, due = number[known], when[known], value[known], due[known]
    owner = _owner_of_number(number, owner.take(known))
    first = _first_events(number, owner, when, value, due)
    unstated = np.full(int(first.sum()), np.nan)
    documents = OpenItems(owner.take(first), number[first], when[first], due[first], value[first], unstated)
    rest = Events(number[~first], owner.take(~first), when[~first], value[~first])
    found = open_at(documents, one_date(as_of), rest)
    columns = {
        "document": found.document,
        "customer": None if customer is None else found.customer.texts(),
        "invoice_date": found.invoice_date,
        "due_date": None if due_date is None else found.due_date,
    }
    return Table(
        {
            **{name: with_last(item) for name, item in columns.items() if item is not None},
            "open_amount": with_last(found.open_amount, money.total(found.open_amount)),
        },
        total=True,
    )


def _owner_of_number(number: NDArray[np.object_], owner: Coded) -> Coded:
    """Events without a customer are of the document's one, where its number has only one."""
    code, distinct = codes(number)
    of = np.where(code < 0, len(distinct), code)
    known = np.flatnonzero(owner.codes >= 0)
    low = np.full(len(distinct) + 1, len(owner.labels), np.intp)
    high = np.full(len(distinct) + 1, -1, np.intp)
    np.minimum.at(low, of[known], owner.codes[known])
    np.maximum.at(high, of[known], owner.codes[known])
    only = np.where(low == high, low, -1)[of]
    return Coded(np.where(owner.codes < 0, only, owner.codes), owner.labels)


def _first_events(number: NDArray[np.object_], owner: Coded, when: Days, value: Floats, due: Days) -> Flags:
    """The events that make a document: its first one of each due date, or else its first one."""
    debit = value > 0
    numbered = codes(number)[0]
    rows = np.lexsort((~debit, when))
    rows = rows[numbered[rows] >= 0]
    document = row_codes(numbered[rows], owner.codes[rows])
    dated = np.flatnonzero(debit[rows] & ~np.isnat(due[rows]))
    instalment = first_rows(row_codes(document[dated], due[rows][dated].astype(np.int64)))
    earliest = first_rows(document)
    earliest = earliest[~np.isin(document[earliest], document[dated])]
    first = np.zeros(len(number), bool)
    first[rows[dated[instalment]]] = True
    first[rows[earliest]] = True
    return first


def ar_tie_out(open_amount: Numbers, control_balance: Numbers) -> float:
    """The open items less the balance of the control account: 0 where the ledger ties out.

    未清项目合计与总账应收科目余额之差：为 0 即对平。

    Parameters
    ----------
    open_amount : Numbers
        All open amounts, unapplied credits included. [currency]
        全部未清金额，含未核销贷项。
    control_balance : number
        Balance of the control account on the same day. [currency]
        同一日的应收账款总账科目余额。

    Returns
    -------
    float
        Difference [currency], exact to the cent; no result without a control balance.

    Raises
    ------
    InputError
        #VALUE! for more than one control balance.

    Notes
    -----
    sum(open_amount) - control_balance; blank amounts count nothing.

    Source: product rule "show the difference, never hide it".

    Examples
    --------
    >>> ar_tie_out([0.1, 0.2, -0.3], 0)
    0.0
    """
    balance = float(numbers(single(control_balance, "control_balance"), "control_balance"))
    if np.isnan(balance):
        return np.nan
    return money.total(np.append(column(numbers(open_amount, "open_amount")), -balance))
