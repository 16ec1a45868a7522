"""Add the sheets of the records that a workbook lacks; they are the user's own from then on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arcredit.credit.customer.policy import DEFAULT_POLICY
from arcredit.hosts.bounds import bounded
from arcredit.hosts.init_sheet import record_sheet
from arcredit.ledger.memory import recall
from arcredit.ledger.patch import Patch
from arcredit.ledger.read import Ledger, read
from arcredit.ledger.records import read_records
from arcredit.ledger.records.schema import Record, schema
from arcredit.reports.scratch import workbook

USUAL = (
    *("customers", "limits", "insured_limits", "policy", "insurance"),
    *("events", "promises", "disputes", "settings"),
)
"""What most teams need; the others on request."""


@dataclass(frozen=True)
class Added:
    """What was added to a workbook: sheet names by record; `taken` are names that other sheets have."""

    sheets: dict[str, str]
    taken: dict[str, str]
    language: str


def add_records(
    path: Path,
    names: Sequence[str] = USUAL,
    *,
    language: str | None = None,
    dry_run: bool = False,
    backup: bool = False,
) -> Added:
    """Add the sheets of the records that are not there yet; nothing else in the workbook changes.

    Customers and limits begin with the ledger's customers, the policy with the built-in one; figures about
    a customer are never filled in.

    Raises
    ------
    LedgerError
        If the file cannot be read as a ledger.
    PatchError
        If it cannot be written without loss.
    """
    with bounded():
        patch = Patch(path)
        memory = recall(path)
        ledger = read(path, own_sheets=memory.own_sheets)
        there = read_records(path, own_sheets=memory.own_sheets, ledger=ledger.mapping)
    spoken = language or ledger.language
    used = {sheet.casefold() for sheet in patch.sheet_names}
    missing = [schema()[name] for name in schema() if name in names and name not in there.tables]
    taken = {
        record.name: record.sheet(spoken) for record in missing if record.sheet(spoken).casefold() in used
    }
    sheets = [record_sheet(one, spoken, _lines(one, ledger)) for one in missing if one.name not in taken]
    if sheets:
        scratch = workbook(sheets, date_1904=patch.date_1904)
        for sheet in sheets:
            patch.add_sheet(scratch, sheet.name)
        patch.prepare()
        if not dry_run:
            patch.save(backup=backup)
    return Added({sheet.owner: sheet.name for sheet in sheets}, taken, spoken)


def _lines(record: Record, ledger: Ledger) -> list[dict[str, Any]]:
    """What a record begins with."""
    if record.name in ("customers", "limits"):
        return _customers(ledger)
    if record.name == "policy":
        return [
            dict(zip(DEFAULT_POLICY, row, strict=True)) for row in zip(*DEFAULT_POLICY.values(), strict=True)
        ]
    if record.terms:
        return [{column.name: column.default for column in record.columns if column.default is not None}]
    return []


def _customers(ledger: Ledger) -> list[dict[str, Any]]:
    """The ledger's customers with their names, in the order of their numbers."""
    documents = ledger.documents
    names = documents.customer_name.texts() if documents.customer_name is not None else None
    found: dict[str, Any] = {}
    for row, code in enumerate(documents.customer.codes):
        number = documents.customer.labels[code]
        if code >= 0 and found.get(number) is None:
            found[number] = names[row] if names is not None else None
    return [{"customer": number, "customer_name": found[number]} for number in sorted(found)]
