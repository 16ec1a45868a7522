"""The expected credit loss of a ledger: the provision matrix, debts judged one by one, and the movement.

Debts of customers that are insolvent leave the matrix and are judged for themselves. Credits are not netted
against the debts of others. Lines are not rounded; the total is, once.

Source: IFRS 9 5.5.15 and B5.5.35 (lifetime losses by bucket); IFRS 7.35H (opening to closing balance).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.conventions import NONE, columns_of
from arcredit.credit.receivables.month_ends import labelled
from arcredit.credit.receivables.open_items import OpenItems
from arcredit.credit.receivables.portfolio import share_of
from arcredit.credit.receivables.provision import ar_ecl, scaled_rates
from arcredit.shapes import Flags, Floats, one_date


@dataclass(frozen=True)
class Terms:
    """How losses are expected: a rate per bucket, the forward-looking factor, the rate of single debts."""

    edges: tuple[int, ...]
    rates: Floats
    forward: float = 1.0
    single: float = 1.0

    def labels(self, day: Any) -> tuple[str, ...]:
        """The buckets that the rates are for."""
        return tuple(label for label in columns_of(None, self.edges, one_date(day)).labels if label != NONE)


@dataclass(frozen=True)
class Matrix:
    """The provision matrix, a line per bucket; ``insured_share`` is the insurer's part of each balance."""

    labels: tuple[str, ...]
    balance: Floats
    disputed: Floats
    rates: Floats
    forward: float
    insured_share: Floats

    @property
    def used(self) -> Floats:
        """The rates looking forward."""
        return scaled_rates(self.rates, self.forward)

    @property
    def gross(self) -> Floats:
        """Expected losses before insurance."""
        return self.balance * self.used

    @property
    def insured(self) -> Floats:
        """What the insurer is expected to bear of them."""
        return self.gross * self.insured_share

    @property
    def total(self) -> float:
        """The expected credit loss, net of the insurer's part; NaN where a debt has no rate."""
        return ar_ecl(self.balance, self.rates, self.forward, self.insured_share, 1.0)

    @property
    def gross_total(self) -> float:
        """The expected credit loss before insurance."""
        return ar_ecl(self.balance, self.rates, self.forward)


def matrix(items: OpenItems, day: Any, terms: Terms, insured: Floats, single: Flags) -> Matrix:
    """The provision matrix of the items of one currency.

    Parameters
    ----------
    items : OpenItems
        Open items.
    day : date
        The day. [date]
    terms : Terms
        Rates by bucket.
    insured : array of float
        The insurer's part of each item. [fraction]
    single : array of bool
        Items that are judged one by one and have no part in the matrix.
    """
    at, labels = _places(items, day, terms), terms.labels(day)
    debt = np.where(single | (at < 0), 0.0, np.maximum(items.open_amount, 0.0))
    spot = np.maximum(at, 0)
    balance = money.grouped(debt, spot, len(labels))
    covered = np.bincount(spot, weights=np.nan_to_num(debt * insured), minlength=len(labels))
    disputed = np.zeros(len(items)) if items.disputed_amount is None else items.disputed_amount
    contested = money.grouped(np.fmin(np.nan_to_num(disputed), debt), spot, len(labels))
    share = np.nan_to_num(share_of(covered, balance))
    return Matrix(labels, balance, contested, terms.rates, terms.forward, np.minimum(share, 1.0))


def expected_losses(items: OpenItems, day: Any, terms: Terms, insured: Floats, single: Flags) -> Floats:
    """Each item's expected credit loss, net of the insurer's part and not rounded; 0 for credits."""
    at = _places(items, day, terms)
    by_bucket = scaled_rates(terms.rates, terms.forward)[np.maximum(at, 0)]
    rate = np.where(single, terms.single, np.where(at < 0, 0.0, by_bucket))
    return np.asarray(np.maximum(np.nan_to_num(items.open_amount), 0.0) * rate * (1 - insured))


def _places(items: OpenItems, day: Any, terms: Terms) -> Any:
    """Each item's bucket among the rates; -1 for credits. Without a due date a debt is not yet due."""
    place = {label: number for number, label in enumerate(terms.labels(day))} | {NONE: 0}
    return np.array([place.get(label, -1) for label in labelled(items, day, terms.edges)], np.intp)


@dataclass(frozen=True)
class LossMovement:
    """From one day's expected credit loss to another's; opening + charge - release = closing, to the cent."""

    opening: float
    new: float
    older: float
    settled: float
    better: float
    closing: float


def loss_movement(
    then: OpenItems, losses_then: Floats, now: OpenItems, losses_now: Floats, closing: float | None = None
) -> LossMovement:
    """What was charged and released between two days, customer and document by document.

    Parameters
    ----------
    then, now : OpenItems
        Open items of one currency on both days.
    losses_then, losses_now : array of float
        Their expected losses, by the same rates.
    closing : float, optional
        The closing balance where it was rounded in parts; else the rounded sum. [currency]

    Returns
    -------
    LossMovement
        ``new`` of documents not open before, ``older`` of debts whose expected loss rose; ``settled`` of
        documents no longer open and ``better`` of debts whose expected loss fell, both below 0. Rounded; the
        last cent of rounding is in the largest of them.
    """
    keys: dict[Any, int] = {}
    places = [_lines(part, keys) for part in (then, now)]
    before, after = (
        np.bincount(at, weights=losses, minlength=len(keys))
        for at, losses in zip(places, (losses_then, losses_now), strict=True)
    )
    was, there = (np.bincount(at, minlength=len(keys)) > 0 for at in places)
    change = after - before
    both = was & there
    opening = float(money.rounded(before.sum()))
    last = float(money.rounded(after.sum())) if closing is None else closing
    parts = (there & ~was, both & (change > 0), was & ~there, both & (change < 0))
    moved = np.array([float(money.rounded(change[rows].sum())) for rows in parts]) + 0.0
    largest = int(np.argmax(np.abs(moved)))
    moved[largest] = money.total(np.array([last, -opening, *-np.delete(moved, largest)]))
    new, older, settled, better = moved.tolist()
    return LossMovement(opening, new, older, settled, better, last)


def _lines(items: OpenItems, keys: dict[Any, int]) -> Any:
    """Each item's line among the documents of both days."""
    pairs = zip(items.customer.texts(), items.document, strict=True)
    return np.array([keys.setdefault(pair, len(keys)) for pair in pairs], np.intp)
