"""Add the events of a file to a workbook's table of events; what is only likely waits for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arcredit.errors import PatchError
from arcredit.hosts.bounds import bounded
from arcredit.hosts.init_sheet import record_sheet, shown
from arcredit.ledger.memory import recall
from arcredit.ledger.patch import Patch
from arcredit.ledger.read import Ledger, read
from arcredit.ledger.records.block import Block
from arcredit.ledger.records.feed import Item, read_feed
from arcredit.ledger.records.kinds import kind_in
from arcredit.ledger.records.names import Customers, Match
from arcredit.ledger.records.reader import read_events, read_records
from arcredit.ledger.records.schema import folded, schema
from arcredit.reports.scratch import workbook
from arcredit.shapes import Table, plain

EVENTS = schema()["events"]


@dataclass(frozen=True)
class Event:
    """A row to be added, and the name of the customer it was given."""

    row: dict[str, Any]
    own: str | None = None

    @property
    def to_confirm(self) -> str:
        """What was only guessed."""
        return self.row.get("to_confirm") or ""


@dataclass(frozen=True)
class Imported:
    """What an import has done, or would do."""

    sheet: str
    language: str
    added: tuple[Event, ...]
    twice: int
    nobody: int
    undated: tuple[Item, ...]


def import_events(
    file: Path,
    book: Path,
    *,
    language: str | None = None,
    date_order: str | None = None,
    dry_run: bool = False,
    backup: bool = False,
) -> Imported:
    """Append a file's events to the events of a workbook; the sheet is added where there is none.

    Raises
    ------
    LedgerError
        If the file is no list of events or the workbook no ledger.
    PatchError
        If the events are no Excel table, or it cannot grow without harm.
    """
    with bounded():
        items = read_feed(file, date_order)
        patch, memory = Patch(book), recall(book)
        ledger = read(book, own_sheets=memory.own_sheets)
        customers = _customers(book, ledger, memory.own_sheets)
        there = read_events(book, memory.own_sheets, ledger.mapping)
    spoken = language or _language(there[1] if there else ()) or ledger.language
    undated = tuple(item for item in items if item.date is None)
    found = [_event(item, customers) for item in items if item.date is not None]
    events = [event for event in found if event is not None]
    fresh = _fresh(events, there[2] if there else None)
    sheet = there[0].sheet.name if there else EVENTS.sheet(spoken)
    if fresh:
        _write(patch, there, fresh, spoken)
        patch.prepare()
        if not dry_run:
            patch.save(backup=backup)
    nobody = len(found) - len(events)
    return Imported(sheet, spoken, tuple(fresh), len(events) - len(fresh), nobody, undated)


def _language(headings: Sequence[str]) -> str | None:
    """The language of a table's headings; None where there are none."""
    if not headings:
        return None
    return "zh" if any("\u4e00" <= letter <= "\u9fff" for text in headings for letter in text) else "en"


def _customers(book: Path, ledger: Ledger, own_sheets: frozenset[str]) -> Customers:
    """The ledger's customers and those of the customers' own record."""
    documents = ledger.documents
    names: dict[str, str | None] = {str(label): None for label in documents.customer.labels}
    if documents.customer_name is not None:
        for code, name in zip(documents.customer.codes, documents.customer_name.codes, strict=True):
            if code >= 0 and name >= 0:
                names[str(documents.customer.labels[code])] = str(documents.customer_name.labels[name])
    table = read_records(book, own_sheets=own_sheets, ledger=ledger.mapping).table("customers")
    if table is not None:
        for number, own in zip(table["customer"], table["customer_name"], strict=True):
            names[number] = own or names.get(number)
    # Ledgers that know customers by name alone have the name as the number.
    return Customers({number: own or number for number, own in names.items()})


def _event(item: Item, customers: Customers) -> Event | None:
    """The row of an item; None for news that name no customer."""
    number = customers.by_number(item.customer) if item.customer else None
    name = "" if number else item.name or item.customer
    match = Match(number, 1.0, True) if number else customers.named(name) if name else Match(None)
    if not number and not name:
        match = customers.in_text(item.note)
        if match.customer is None:
            return None
    kind = EVENTS.column("kind").words_of_choices.get(folded(item.kind)) if item.kind else None
    unsure = [
        part
        for part, sure in (("customer", match.sure or match.customer is None), ("kind", kind))
        if not sure
    ]
    row = {
        "customer": match.customer,
        "date": item.date,
        "kind": kind or kind_in(f"{item.kind} {item.note}"),
        "severity": item.severity,
        "source": item.source or None,
        "note": item.note or item.kind or None,
        "name_found": name or (item.note[:80] if not number else None),
        "score": None if number or match.customer is None else match.score,
        "to_confirm": " and ".join(unsure) or None,
    }
    return Event(row, customers.names.get(match.customer or ""))


def _fresh(events: Sequence[Event], table: Table | None) -> list[Event]:
    """The events that are not there yet, each once."""
    known: set[tuple[Any, ...]] = set()
    if table is not None:
        names = list(table.columns)
        for cells in table.rows():
            known |= _keys(dict(zip(names, cells, strict=True)))
    fresh = []
    for event in events:
        keys = _keys(event.row)
        if not keys & known:
            fresh.append(event)
        known |= keys
    return fresh


def _keys(row: Mapping[str, Any]) -> set[tuple[Any, ...]]:
    """What makes an event the same: also after a person has corrected its customer or kind."""
    said = tuple(_plain(row.get(name)) for name in ("date", "source", "note"))
    keys = {("whole", _plain(row.get("customer")), _plain(row.get("kind")), *said)}
    if row.get("name_found"):
        keys.add(("found", _plain(row["name_found"]), *said))
    return keys


def _plain(value: Any) -> Any:
    return folded(str(plain(value))) if plain(value) is not None else None


def _write(
    patch: Patch, there: tuple[Block, tuple[str, ...], Table] | None, events: Sequence[Event], language: str
) -> None:
    rows = [event.row for event in events]
    if there is None:
        sheet = record_sheet(EVENTS, language, rows)
        patch.add_sheet(workbook([sheet], date_1904=patch.date_1904), sheet.name)
        return
    block, headings, _ = there
    if not block.table:
        raise PatchError("records.not_a_table", path=str(patch.path), sheet=block.sheet.name)
    heads = {name: headings[number - block.left] for name, number in block.columns.items()}
    _refuse_unfit(patch, block, heads, rows, language)
    patch.grow_table(
        block.table,
        [
            {
                heads[name]: _cell(name, value, language)
                for name, value in row.items()
                if name in heads and value is not None
            }
            for row in rows
        ],
    )


def _refuse_unfit(
    patch: Patch, block: Block, heads: Mapping[str, str], rows: Sequence[Mapping[str, Any]], language: str
) -> None:
    """Without the columns to confirm in, what was guessed would count at once."""
    needed = ("name_found", "score", "to_confirm", "confirm")
    missing = [EVENTS.column(name).heading(language) for name in needed if name not in heads]
    if missing and any(row["to_confirm"] or row["customer"] is None for row in rows):
        columns = ", ".join(missing)
        raise PatchError("records.no_confirm", path=str(patch.path), table=block.table, columns=columns)


def _cell(name: str, value: Any, language: str) -> Any:
    return shown(EVENTS.column(name), value, language)
