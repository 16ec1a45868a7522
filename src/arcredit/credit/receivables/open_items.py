"""The one table, a row per document, and what was open at any past date.

A balance at a past date is rebuilt from what had happened by then: documents dated after it do not exist
yet, receipts dated after it have not come in, and a bounced receipt re-opens its document on the original
due date.

Source: worked examples, hand-computed; "open at key date" as SAP FBL5N means it.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit import money
from arcredit.distinct import codes, first_rows
from arcredit.shapes import (
    Coded,
    Days,
    Flags,
    Floats,
    Texts,
    one_date,
)

Rows = NDArray[np.intp]

_NO_PLACES = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_PLACES = "BHD IQD JOD KWD LYD OMR TND"
MINOR_UNITS = {name: 0 for name in _NO_PLACES.split()} | {name: 3 for name in _THREE_PLACES.split()}
"""Decimal places of the currencies that have not two (ISO 4217)."""


@dataclass(frozen=True)
class OpenItems:
    """The one table: a row per document.

    ``amount`` and ``open_amount`` are negative for credits and NaN where the ledger does not state them;
    unknown dates are NaT. ``row`` is the row in the sheet, -1 for a row that stands in another one.
    ``due_assumed`` marks a due date that the ledger does not state. ``delivery_date`` is when the goods left,
    NaT where the ledger does not say.
    """

    customer: Coded
    document: Texts
    invoice_date: Days
    due_date: Days
    amount: Floats
    open_amount: Floats
    kind: Coded | None = None
    currency: Coded | None = None
    paid_date: Days | None = None
    disputed_amount: Floats | None = None
    customer_name: Coded | None = None
    row: Rows | None = None
    due_assumed: Flags | None = None
    delivery_date: Days | None = None

    def __len__(self) -> int:
        return len(self.document)

    @property
    def delivered(self) -> Days:
        """Days of delivery; of an invoice whose delivery the ledger does not state, its own date."""
        if self.delivery_date is None:
            return self.invoice_date
        return np.where(np.isnat(self.delivery_date), self.invoice_date, self.delivery_date)

    def take(self, rows: NDArray[Any]) -> "OpenItems":
        """The same columns at other rows (positions or a mask)."""
        return OpenItems(**{name: _taken(item, rows) for name, item in _columns(self).items()})


@dataclass(frozen=True)
class Events:
    """What changed documents: receipts, credit notes and write-offs (negative), reversals (positive).

    ``document`` is the document that is changed, None where the ledger does not say.
    """

    document: Texts
    customer: Coded | None
    date: Days
    amount: Floats
    kind: Coded | None = None
    row: Rows | None = None
    currency: Coded | None = None

    def __len__(self) -> int:
        return len(self.document)

    def take(self, rows: NDArray[Any]) -> "Events":
        """The same columns at other rows (positions or a mask)."""
        return Events(**{field.name: _taken(getattr(self, field.name), rows) for field in fields(self)})


def open_at(documents: OpenItems, as_of: Any, events: Events | None = None) -> OpenItems:
    """The documents open at a date, ``open_amount`` being the balance at that date.

    Parameters
    ----------
    documents : OpenItems
        Every document the ledger knows, settled ones too.
    as_of : date
        What is dated on this very day has happened. [date]
    events : Events, optional
        Receipts, credit notes, write-offs and reversals.

    Returns
    -------
    OpenItems
        Documents dated after `as_of` and zero balances (below half a minor unit) are left out; a residue
        of one cent stays.

    Notes
    -----
    With events a balance is the document's amount plus its events up to `as_of` (where the amount is
    unknown: the stated open amount without the events after it). Events go to the document of that number
    and customer, else to the only document of that number. Rows of one number are instalments: events fill
    them in the order of their due dates, and what is left over stands on the last one, negative.
    An event without such a document, or whose document is dated later, becomes a row of its own of kind
    ``receipt`` (unapplied money), so that the total is kept. An undated event has always happened.

    Without events a document with a `paid_date` is open from its date until the day before that; from
    then on what the ledger states as still open. Without a `paid_date` the stated open amount counts, and
    where none is stated the amount.
    """
    day = one_date(as_of)
    issued = np.isnat(documents.invoice_date) | (documents.invoice_date <= day)
    if events is None:
        balance, receipts = _stated(documents, day), None
    else:
        balance, receipts = _rebuilt(documents, issued, day, events)
    items = _not_zero(replace(documents, open_amount=balance), issued)
    return items if receipts is None else joined(items, _not_zero(receipts))


def joined(first: OpenItems, second: OpenItems) -> OpenItems:
    """The rows of both tables; a column that one of them lacks is blank there."""
    if not len(second):
        return first
    ours, theirs = _columns(first), _columns(second)
    return OpenItems(**{name: _appended(ours[name], theirs[name], len(first), len(second)) for name in ours})


def names_of(documents: OpenItems) -> dict[str, str | None]:
    """Every customer's name, the first one that is given; None for one without."""
    labels = [str(label) for label in documents.customer.labels]
    if documents.customer_name is None:
        return dict.fromkeys(labels)
    known = (documents.customer.codes >= 0) & (documents.customer_name.codes >= 0)
    names = np.full(len(labels), -1)
    # From the last to the first, so that the first one stays.
    names[documents.customer.codes[known][::-1]] = documents.customer_name.codes[known][::-1]
    given = documents.customer_name.labels
    return {label: str(given[code]) if code >= 0 else None for label, code in zip(labels, names, strict=True)}


def half_unit(currency: Coded | None) -> Any:
    """Half of the currency's smallest unit: 0.005, or row by row where currencies are known."""
    if currency is None:
        return 0.005
    places = np.array([MINOR_UNITS.get(str(name).upper(), 2) for name in currency.labels] + [2])
    return (0.5 / 10.0**places)[currency.codes]


def _not_zero(items: OpenItems, also: Flags | None = None) -> OpenItems:
    keep = np.abs(items.open_amount) >= half_unit(items.currency)
    return items.take(np.flatnonzero(keep if also is None else keep & also))


def _stated(documents: OpenItems, day: np.datetime64) -> Floats:
    """Balances of a ledger without events."""
    amount, stated = documents.amount, documents.open_amount
    now = np.where(np.isnan(stated), amount, stated)
    if documents.paid_date is None:
        return now
    known = ~np.isnat(documents.paid_date)
    paid = known & (documents.paid_date <= day)
    full = np.where(np.isnan(amount), stated, amount)
    settled = np.nan_to_num(stated, nan=0.0)
    return np.select([paid, known], [settled, full], now)


def _rebuilt(
    documents: OpenItems, issued: Flags, day: np.datetime64, events: Events
) -> tuple[Floats, OpenItems]:
    """Balances from amounts and events, and the events that found no document."""
    group, target, groups = matched(documents, events)
    alive = np.zeros(groups + 1, bool)
    alive[group[issued]] = True
    applied = alive[target]
    happened = np.where(np.isnat(events.date), applied | (target < 0), events.date <= day)

    unknown = np.zeros(groups, bool)
    unknown[group[np.isnan(documents.amount)]] = True
    base = np.where(
        unknown[group] & ~np.isnan(documents.open_amount), documents.open_amount, documents.amount
    )
    # A stated open amount holds every event: those after `day` are taken back out of it.
    undo = applied & unknown[target] if groups else applied
    use = applied & (happened != undo)
    change = money.grouped(np.where(undo, -events.amount, events.amount)[use], target[use], groups)

    balance = base.copy()
    rows = np.flatnonzero(issued)
    balance[rows] = spread(base[rows], group[rows], documents.due_date[rows], change)
    left = np.flatnonzero(happened & ~applied & ~np.isnan(events.amount))
    return money.rounded(balance, money.PLACES), _unapplied(documents, events, left, group, target)


def matched(documents: OpenItems, events: Events) -> tuple[Rows, Rows, int]:
    """The group (document number and customer) of each document and event, and how many there are.

    -1 is an event without a document.
    """
    height = len(documents)
    number = codes(np.concatenate([documents.document, events.document]))[0]
    owner, other = _same_codes(documents.customer, events.customer, len(events))
    width = max(owner.max(initial=-1), other.max(initial=-1)) + 2
    pair = number * width + np.concatenate([owner, other]) + 1

    named = number[:height] >= 0
    documented = np.count_nonzero(named)
    code, keys = codes(np.concatenate([pair[:height][named], pair[height:]]))
    keys = keys[: code[:documented].max(initial=-1) + 1]
    group = np.empty(height, np.intp)
    group[named] = code[:documented]
    group[~named] = len(keys) + np.arange(np.count_nonzero(~named))

    target = np.where(code[documented:] < len(keys), code[documented:], -1)
    numbers_of_groups = keys // width
    alone = np.bincount(numbers_of_groups, minlength=number.max(initial=-1) + 2) == 1
    only = np.full(len(alone), -1, np.intp)
    only[numbers_of_groups] = np.arange(len(keys))
    fallback = np.where(alone, only, -1)[number[height:]]
    groups = len(keys) + int(np.count_nonzero(~named))
    return group, np.where(target < 0, fallback, target), groups


def _same_codes(first: Coded, second: Coded | None, height: int) -> tuple[Rows, Rows]:
    """Both columns as codes into the same labels; -1 is blank."""
    if second is None:
        return first.codes, np.full(height, -1, np.intp)
    code = codes(np.concatenate([first.labels, second.labels]))[0]
    cut = len(first.labels)
    return np.append(code[:cut], -1)[first.codes], np.append(code[cut:], -1)[second.codes]


def spread(base: Floats, group: Rows, due_date: Days, change: Floats) -> Floats:
    """Each row's balance after its group's change: oldest due first, the last row takes what is left over."""
    positive = base > 0
    has_positive = np.zeros(len(change), bool)
    has_positive[group[positive]] = True
    takes = positive | ~has_positive[group]
    solo = takes & (np.bincount(group[takes], minlength=len(change))[group] == 1)
    balance = base.copy()
    balance[solo] += change[group[solo]]

    rows = np.flatnonzero(takes & ~solo)
    rows = rows[np.lexsort((due_date[rows], group[rows]))]
    of, amount = group[rows], base[rows]
    reached = _running(amount, of) + change[of]
    rest = np.clip(reached, np.minimum(amount, 0), amount)
    last = np.append(of[1:] != of[:-1], True)[: len(of)]
    others = money.grouped(rest[~last], of[~last], len(change))
    rest[last] = reached[last] - others[of[last]]
    balance[rows] = rest
    return balance


def _running(amount: Floats, group: Rows) -> Floats:
    """Running sums within groups that stand together, exact as all money; a blank is skipped."""
    whole, scale = money.units(amount)
    sums = np.cumsum(whole)
    first = np.flatnonzero(np.append(True, group[1:] != group[:-1]))[: len(group)]
    before = np.repeat((sums - whole)[first], np.diff(np.append(first, len(group))))
    return np.asarray(np.where(np.isnan(amount), np.nan, (sums - before) / scale))


def _unapplied(documents: OpenItems, events: Events, left: Rows, group: Rows, target: Rows) -> OpenItems:
    """Events without a document as rows of their own, those of one number and customer together."""
    first_row = np.zeros(group.max(initial=-1) + 2, np.intp)
    first_row[group[::-1]] = np.arange(len(group))[::-1]
    match = np.where(target[left] >= 0, first_row[target[left]], -1)
    owner = _owners(documents, events, left, match)
    number = codes(events.document[left])[0]
    key = number * (owner.codes.max(initial=-1) + 2) + owner.codes + 1
    key[number < 0] = -1 - len(documents) - np.arange(np.count_nonzero(number < 0)) - len(owner.labels) - 1
    line = codes(key)[0]
    first = first_rows(line)
    amount = money.grouped(events.amount[left], line, len(first))
    when = events.date[left][first]
    return OpenItems(
        customer=owner.take(first),
        document=events.document[left][first],
        invoice_date=when,
        due_date=when,
        amount=amount,
        open_amount=amount,
        kind=_receipt_kind(events, left[first]),
        currency=_currencies(documents, events, left[first], match[first]),
        row=None if documents.row is None else np.full(len(first), -1, np.intp),
    )


def _owners(documents: OpenItems, events: Events, left: Rows, match: Rows) -> Coded:
    """Customers of events: their own, else that of the document."""
    theirs = documents.customer
    of_document = np.where(match >= 0, theirs.codes[match], -1) if len(theirs) else match
    if events.customer is None:
        return Coded(of_document, theirs.labels)
    width = len(events.customer.labels)
    own = events.customer.codes[left]
    code = np.where(own >= 0, own, np.where(of_document >= 0, of_document + width, -1))
    texts, names = codes(np.concatenate([events.customer.labels, theirs.labels]))
    return Coded(np.append(texts, -1)[code], names)


def _receipt_kind(events: Events, rows: Rows) -> Coded:
    receipts = Coded(np.zeros(len(rows), np.intp), np.array(["receipt"], object))
    if events.kind is None:
        return receipts
    own = events.kind.take(rows)
    return Coded(np.where(own.codes < 0, len(own.labels), own.codes), np.append(own.labels, "receipt"))


def _currencies(documents: OpenItems, events: Events, rows: Rows, match: Rows) -> Coded | None:
    """Currencies of events: their own, else the document's, else the only one of the ledger."""
    own, theirs = events.currency, documents.currency
    if theirs is None:
        return own if own is None else own.take(rows)
    used = np.unique(theirs.codes[theirs.codes >= 0])
    only = used[0] if len(used) == 1 else -1
    other = Coded(np.where(match >= 0, theirs.codes[match], only) if len(theirs) else match, theirs.labels)
    if own is None:
        return other
    stated, known = _same_codes(own.take(rows), other, len(rows))
    return Coded(np.where(stated >= 0, stated, known), codes(np.concatenate([own.labels, theirs.labels]))[1])


def _columns(items: OpenItems) -> dict[str, Any]:
    return {field.name: getattr(items, field.name) for field in fields(items)}


def _taken(item: Any, rows: NDArray[Any]) -> Any:
    if item is None:
        return None
    return item.take(rows) if isinstance(item, Coded) else item[rows]


def _appended(first: Any, second: Any, height: int, extra: int) -> Any:
    if first is None and second is None:
        return None
    if isinstance(first, Coded) or isinstance(second, Coded):
        blank = np.array([], object)
        first = first or Coded(np.full(height, -1, np.intp), blank)
        second = second or Coded(np.full(extra, -1, np.intp), blank)
        above, below = _same_codes(first, second, extra)
        names = codes(np.concatenate([first.labels, second.labels]))[1]
        return Coded(np.concatenate([above, below]), names)
    known = first if first is not None else second
    first = first if first is not None else _blanks(known, height)
    second = second if second is not None else _blanks(known, extra)
    return np.concatenate([first, second])


def _blanks(like: NDArray[Any], height: int) -> NDArray[Any]:
    value = {"M": np.datetime64("NaT"), "f": np.nan, "b": False, "i": -1}[like.dtype.kind]
    return np.full(height, value, like.dtype)
