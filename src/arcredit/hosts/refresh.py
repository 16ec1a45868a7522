"""Refresh one workbook: read its ledger, compute, write our report sheets, leave the rest as it was.

The order matters: a file that must not be written is refused before anything is computed, and the file is
replaced only after the new one has been verified (see `arcredit.ledger.patch`).
"""

import datetime as dt
import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from arcredit.credit.receivables import conventions
from arcredit.credit.receivables.aging import CREDITS
from arcredit.credit.receivables.balance import ar_tie_out
from arcredit.credit.receivables.dispute import disputed_amounts
from arcredit.credit.receivables.open_items import OpenItems, names_of, open_at
from arcredit.credit.receivables.portfolio import Portfolio, portfolios
from arcredit.errors import ArcreditError, Finding, LedgerError, PatchError, SettingsError, told
from arcredit.hosts.bounds import bounded
from arcredit.hosts.recalc import Recalculated, recalculate, renewed
from arcredit.ledger.currency import read_rates
from arcredit.ledger.memory import recall
from arcredit.ledger.patch import Change, Patch
from arcredit.ledger.read import Ledger, Totals, read
from arcredit.ledger.records import Records, read_records
from arcredit.ledger.snapshot import keep, kept
from arcredit.reports import REPORTS, USUAL
from arcredit.reports.inputs import Inputs
from arcredit.reports.making import made
from arcredit.reports.scratch import workbook
from arcredit.shapes import edges, option
from arcredit.words import LANGUAGES

REMEMBERED = ("edges", "convention", "credits", "language", "customer", "snapshot")
"""Choices that a workbook keeps for its next refresh, beside the mapping of its columns."""


@dataclass(frozen=True)
class Options:
    """How to refresh; None means: as the workbook remembers it, else the default."""

    as_of: dt.date
    edges: str | None = None
    convention: str | None = None
    credits: str | None = None
    language: str | None = None
    gl_balance: float | None = None
    sheet: str | None = None
    receipts_sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: str | None = None
    decimal: str | None = None
    rates: str | None = None
    reports: str | None = None
    customer: str | None = None
    snapshot: bool | None = None
    snapshots: str | None = None
    portfolios: bool = False
    backup: bool = False
    dry_run: bool = False
    diff: bool = False
    recalc: str = "own"


@dataclass(frozen=True)
class Refreshed:
    """What became of one workbook; `error` says why it was not touched.

    ``status`` is ``"refreshed"``, ``"unchanged"``, ``"skipped"`` (known to be up to date), ``"would_change"``
    (a dry run) or ``"failed"``. `before` and `after` are the hashes of the file as it was read and left.
    `state` says what it depends on, for the next run to know it again.
    `gap` is the open amount less the general ledger's balance, None where there is none to compare;
    `without_rate` names the currencies for which the given rates have none, so that nothing is converted.
    """

    path: str
    status: str
    seconds: float
    totals: Totals = field(default_factory=Totals)
    currencies: tuple[str, ...] = ()
    sheets: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    open_items: int = 0
    gap: float | None = None
    without_rate: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    state: str = ""
    portfolios: tuple[Portfolio, ...] = ()
    recalculated: Recalculated = field(default_factory=Recalculated)
    error: ArcreditError | None = None


def refresh(path: Path, options: Options) -> Refreshed:
    """Bring a workbook's report sheets up to date; never raises for a file, see `Refreshed.error`."""
    start = time.perf_counter()
    try:
        done = _refresh(path, options)
    except ArcreditError as error:
        return Refreshed(str(path), "failed", time.perf_counter() - start, error=error)
    except OSError as error:
        trouble = ArcreditError("cli.system", detail=told(error))
        return Refreshed(str(path), "failed", time.perf_counter() - start, error=trouble)
    except Exception as error:
        # A defect of ours in one file must not stop a folder; the file itself was not touched.
        detail = f"{type(error).__name__}: {error}"
        defect = ArcreditError("cli.unexpected", detail=detail)
        return Refreshed(str(path), "failed", time.perf_counter() - start, error=defect)
    return Refreshed(str(path), seconds=time.perf_counter() - start, **done)


def _refresh(path: Path, options: Options) -> dict[str, Any]:
    # Absurd figures come out as infinite or unknown, which the sheets say.
    with bounded(), np.errstate(all="ignore"):
        patch = Patch(path)
        before = patch.digest
        memory = _memory(patch.settings())
        ledger, inputs, done = _read(patch, options, memory)
        kept = [owner for owner in patch.owned() if owner in REPORTS]
        sheets, inputs = made(REPORTS, inputs, owners_of(options.reports, kept), kept)
        scratch = workbook(sheets, date_1904=patch.date_1904, packed=False)
        for sheet in sheets:
            patch.put_sheet(scratch, sheet.name, owner=sheet.owner)
        patch.remember(_kept(ledger, options, memory))
        if done.reads & {*patch.owned().values(), *(sheet.name for sheet in sheets)}:
            # Formulas of the user's that read our sheets see the new ones.
            done = done.then(recalculate(patch, options.as_of, options.recalc))
        patch.prepare()
        changes = tuple(patch.changes()) if options.diff or options.dry_run else ()
    if options.dry_run:
        status = "would_change" if changes else "unchanged"
    else:
        status = "refreshed" if patch.save(backup=options.backup) else "unchanged"
        inputs = _keep(patch.path, inputs, options, memory)
    return {
        "status": status,
        "totals": ledger.totals,
        "currencies": ledger.currencies,
        "sheets": {owner: name for owner, name in patch.owned().items() if owner in REPORTS},
        "findings": (*inputs.findings, *done.findings),
        "recalculated": done,
        "changes": changes,
        "open_items": len(inputs.items),
        "gap": _gap(inputs),
        "without_rate": _without_rate(inputs),
        "before": before,
        "after": "" if options.dry_run else patch.digest,
        "portfolios": _portfolios(inputs) if options.portfolios else (),
    }


def _read(patch: Patch, options: Options, memory: dict[str, Any]) -> tuple[Ledger, Inputs, Recalculated]:
    """The ledger with the results that its formulas are to have, and what the reports are made of."""
    own_sheets = frozenset(patch.owned().values())
    ledger, refused = None, None
    try:
        ledger = _ledger(patch.path, options, memory, own_sheets)
    except LedgerError as error:
        refused = error
    done = recalculate(patch, options.as_of, options.recalc, quiet=ledger.quiet if ledger else ())
    with renewed(patch, done) as source:
        if source != patch.path or ledger is None:
            if refused and source == patch.path:
                raise refused
            ledger = _ledger(source, options, memory, own_sheets)
        return ledger, _inputs(ledger, options, memory, own_sheets, patch.path), done


def owners_of(reports: str | None, kept: Collection[str] = ()) -> tuple[str, ...]:
    """The reports wanted: named with commas, ``"all"``, or the usual ones; those in the workbook always.

    Raises
    ------
    SettingsError
        If there is no report of a name.
    """
    names = [name.strip().lower().replace("-", "_") for name in (reports or "").split(",") if name.strip()]
    if "all" in names:
        return tuple(REPORTS)
    for name in names:
        if name not in REPORTS:
            raise SettingsError("cli.no_report", found=name, allowed=", ".join(REPORTS))
    return tuple(owner for owner in REPORTS if owner in (names or USUAL) or owner in kept)


def _portfolios(inputs: Inputs) -> tuple[Portfolio, ...]:
    found = portfolios(inputs.items, inputs.as_of, inputs.edges, inputs.convention, inputs.credits)
    return tuple(found)


def _without_rate(inputs: Inputs) -> tuple[str, ...]:
    currency = inputs.items.currency
    if not inputs.rates or currency is None:
        return ()
    names = {str(currency.labels[code]) if code >= 0 else "?" for code in set(currency.codes.tolist())}
    return tuple(sorted(names - inputs.rates.keys()))


def _gap(inputs: Inputs) -> float | None:
    """Open items less the general ledger's balance; sums of several currencies mean nothing."""
    items, balance = inputs.items, inputs.gl_balance
    if balance is None or (items.currency is not None and len(set(items.currency.codes.tolist())) > 1):
        return None
    return float(ar_tie_out(items.open_amount, balance))


def inputs_of(path: Path, options: Options) -> Inputs:
    """What the reports of a ledger are made of, without writing anything.

    Raises
    ------
    LedgerError
        If the file cannot be read as a ledger.
    """
    with bounded(), np.errstate(all="ignore"):
        memory, own_sheets = _remembered(path)
        return _inputs(_ledger(path, options, memory, own_sheets), options, memory, own_sheets)


@dataclass(frozen=True)
class Prepared:
    """What a host needs that writes the sheets itself: the reports' inputs, and what to remember."""

    inputs: Inputs
    ledger: Ledger
    settings: str


def prepared(path: Path, options: Options, book: Path | None = None) -> Prepared:
    """Read a ledger and everything a refresh would write, without writing it.

    `book` is the workbook where `path` is a copy of it: its snapshots lie beside it.

    Raises
    ------
    LedgerError
        If the file cannot be read as a ledger.
    """
    memory, own_sheets = _remembered(path)
    ledger = _ledger(path, options, memory, own_sheets)
    inputs = _inputs(ledger, options, memory, own_sheets, book)
    return Prepared(inputs, ledger, _kept(ledger, options, memory))


def ledger_of(path: Path, options: Options) -> Ledger:
    """A ledger as a refresh would read it.

    Raises
    ------
    LedgerError
        If the file cannot be read as a ledger.
    """
    with bounded(), np.errstate(all="ignore"):
        return _ledger(path, options, *_remembered(path))


def _remembered(path: Path) -> tuple[dict[str, Any], frozenset[str]]:
    memory = recall(path)
    return _memory(memory.settings), memory.own_sheets


def _memory(text: str | None) -> dict[str, Any]:
    """What a refresh stored; the workbook may come from anyone.

    Raises
    ------
    SettingsError
        If it is not what a refresh stores.
    """
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict) and all(isinstance(value, str | bool) for value in found.values()):
        return found
    raise SettingsError("ledger.remembered", found=(text or "")[:60])


def _chosen(name: str, options: Options, memory: dict[str, Any]) -> Any:
    """A choice by option, else the one that the workbook remembers."""
    given = getattr(options, name)
    return memory.get(name) if given is None or given == "" else given


def _keep(book: Path, inputs: Inputs, options: Options, memory: dict[str, Any]) -> Inputs:
    """Keep a snapshot where that is wished; one that cannot be kept is a finding, the refresh stands."""
    if not _chosen("snapshot", options, memory):
        return inputs
    try:
        keep(book, inputs.items, options.as_of, _snapshots(options))
    except PatchError as error:
        detail = error.text(inputs.language)
        found = Finding("warning", str(book), "", "", "snapshot.not_kept", {"detail": detail})
        return replace(inputs, findings=(*inputs.findings, found))
    return inputs


def _snapshots(options: Options) -> Path | None:
    return Path(options.snapshots) if options.snapshots else None


def _kept(ledger: Ledger, options: Options, memory: dict[str, Any]) -> str:
    """What the workbook is to remember: the mapping, and every choice ever made by option."""
    chosen = {name: _chosen(name, options, memory) for name in REMEMBERED}
    kept = {name: value for name, value in chosen.items() if value}
    return json.dumps({**kept, "mapping": ledger.mapping.to_json()}, ensure_ascii=False, sort_keys=True)


def _ledger(path: Path, options: Options, memory: dict[str, Any], own_sheets: frozenset[str]) -> Ledger:
    return read(
        path,
        sheet=options.sheet,
        columns=options.columns or None,
        remembered=memory.get("mapping"),
        date_order=options.date_order,
        decimal={"point": ".", "comma": ","}.get(options.decimal or ""),
        receipts_sheet=options.receipts_sheet,
        own_sheets=own_sheets,
    )


def _with_disputes(ledger: Ledger, records: Records, options: Options) -> OpenItems:
    """The open items; what is disputed of them is the same for every report, sheet of disputes included."""
    items, disputes = open_at(ledger.documents, options.as_of, ledger.events), records.table("disputes")
    if items.disputed_amount is None and disputes is None:
        return items
    return replace(items, disputed_amount=disputed_amounts(items, disputes, options.as_of))


def _inputs(
    ledger: Ledger,
    options: Options,
    memory: dict[str, Any],
    own_sheets: frozenset[str],
    book: Path | None = None,
) -> Inputs:
    """What the reports are made of; `book` is the workbook where the ledger was read from a copy of it."""

    def chosen(name: str) -> Any:
        return _chosen(name, options, memory)

    past = kept(book or ledger.path, options.as_of, _snapshots(options))
    rates = read_rates(Path(options.rates)) if options.rates else {}
    language = option(chosen("language"), "language", LANGUAGES, ledger.language)
    records = read_records(
        ledger.path,
        ledger=ledger.mapping,
        own_sheets=own_sheets,
        language=language,
        customers=names_of(ledger.documents),
    )
    return Inputs(
        items=_with_disputes(ledger, records, options),
        documents=ledger.documents,
        as_of=options.as_of,
        events=ledger.events,
        edges=edges(chosen("edges")) if chosen("edges") else None,
        convention=option(chosen("convention"), "convention", conventions.NAMES),
        credits=option(chosen("credits"), "credits", CREDITS),
        language=language,
        gl_balance=options.gl_balance,
        totals=ledger.totals,
        findings=(*ledger.findings, *records.findings, *past.findings),
        ledger=ledger.path.name,
        sheet=ledger.mapping.sheet,
        area=ledger.mapping.table or "",
        rates=rates,
        home=next((currency for currency, rate in rates.items() if rate == 1), ""),
        records=records,
        customer=chosen("customer") or "",
        previous=past.held[-1][1] if past.held else None,
        previous_as_of=past.held[-1][0] if past.held else None,
        history=past.held,
    )
