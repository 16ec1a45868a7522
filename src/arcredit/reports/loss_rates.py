"""Which loss rates the expected credit loss is made with, and where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from arcredit.credit.receivables.loss_history import (
    Cohort,
    Rolls,
    cohort,
    default_rates,
    first_day,
    rates_from,
    rolls,
)
from arcredit.credit.receivables.month_ends import of_currency
from arcredit.credit.receivables.open_items import Events, OpenItems
from arcredit.reports.inputs import Inputs
from arcredit.shapes import Floats, Table
from arcredit.shapes import edges as read_edges


@dataclass(frozen=True)
class LossRates:
    """A loss rate per bucket, of one currency; ``source`` is record, snapshots, ledger or default.

    ``incomplete`` says that the workbook states rates, but not for every bucket, so that they are not used.
    """

    source: str
    rates: Floats
    rolls: Rolls | None = None
    cohort: Cohort | None = None
    found: Mapping[str, Floats] = field(default_factory=dict)
    incomplete: bool = False


def edges_of(inputs: Inputs) -> tuple[int, ...]:
    """The upper edges of the buckets."""
    return read_edges(inputs.edges)


def lost_share(inputs: Inputs) -> float:
    """What of a debt that is never collected is lost: the workbook's setting, else all of it."""
    return float(inputs.records.terms("settings").get("loss_given_default", 1.0))


def forward_looking(inputs: Inputs) -> float:
    """The factor for what is expected to differ from the past; 1 unless the workbook says otherwise."""
    return float(inputs.records.terms("settings").get("forward_looking", 1.0))


def loss_rates(
    inputs: Inputs, documents: OpenItems, events: Events | None, currency: str, segment: str = ""
) -> LossRates:
    """The rates of one currency and segment: those the workbook states, else those its past shows.

    Rates that somebody has decided come first; then roll rates of three months of snapshots or more, then
    what became of the ledger's own documents, then the product's defaults.
    """
    edges, lost = edges_of(inputs), lost_share(inputs)
    snapshots = [(day, of_currency(items, currency)) for day, items in inputs.history]
    if snapshots:
        snapshots.append((inputs.as_of, of_currency(inputs.items, currency)))
    rolled = rolls(snapshots, edges, lost)
    followed = cohort(documents, events, inputs.as_of, edges, lost)
    found = {}
    stated = _stated(inputs, edges, segment)
    incomplete = stated is not None and bool(np.isnan(stated).any())
    if stated is not None and not incomplete:
        found["record"] = stated
    if rolled is not None and not np.isnan(rolled.table["loss_rate"]).any():
        found["snapshots"] = np.append(rolled.table["loss_rate"], lost)
    if followed is not None:
        found["ledger"] = followed.rates
    found["default"] = default_rates(edges)
    source = next(iter(found))
    return LossRates(source, found[source], rolled, followed, found, incomplete)


def segments(inputs: Inputs) -> tuple[str, ...]:
    """The segments that the workbook has rates of their own for."""
    table = inputs.records.table("provision")
    if table is None or "segment" not in table.columns:
        return ()
    return tuple(dict.fromkeys(str(name) for name in table["segment"] if name not in (None, "")))


def segment_of(inputs: Inputs, customers: Any) -> list[str]:
    """Each customer's segment: the group, sector or country of the customer list that bears such a name."""
    names, table = set(segments(inputs)), inputs.records.table("customers")
    if not names or table is None:
        return [""] * len(customers)
    known: dict[Any, str] = {}
    for column in ("country", "sector", "group"):
        if column in table.columns:
            pairs = zip(table["customer"], table[column], strict=True)
            known |= {name: str(value) for name, value in pairs if str(value) in names}
    return [known.get(name, "") for name in customers]


def _stated(inputs: Inputs, edges: tuple[int, ...], segment: str) -> Floats | None:
    """The rates of the workbook's own record: those of the segment, else those of no segment."""
    table = inputs.records.table("provision")
    if table is None:
        return None
    for name in dict.fromkeys((segment, "")):
        steps = _steps(table, name)
        if steps:
            return rates_from(steps, edges)
    # Rows that nobody can read are rates that are not complete.
    return np.full(len(edges) + 2, np.nan) if not segments(inputs) else None


def _steps(table: Table, segment: str) -> list[tuple[float, float]]:
    height = len(table)
    column = {
        name: table[name] if name in table.columns else np.full(height, None, object)
        for name in ("segment", "bucket", "from_days", "loss_rate")
    }
    steps = []
    for own, bucket, begin, rate in zip(*column.values(), strict=True):
        if (own or "") != segment or rate is None or rate != rate:
            continue
        day = begin if begin is not None and begin == begin else first_day(str(bucket or ""))
        if day == day:
            steps.append((float(day), float(rate)))
    return steps
