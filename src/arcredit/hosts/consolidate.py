"""The group view of a run as a workbook of its own."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from arcredit.errors import FileBusy, PatchError
from arcredit.hosts.refresh import Options, Refreshed
from arcredit.hosts.stores.address import name_of
from arcredit.hosts.stores.near import put_new
from arcredit.ledger.currency import read_rates
from arcredit.ledger.writing.parts import Package
from arcredit.ledger.writing.replace import put_whole, refuse_busy
from arcredit.ledger.writing.workbook_part import WorkbookPart
from arcredit.reports.consolidated import Entity, Group
from arcredit.reports.scratch import workbook
from arcredit.words import LANGUAGES, say


def consolidate(results: Sequence[Refreshed], options: Options, place: Path | str) -> None:
    """Write what all ledgers together hold; an earlier group view of that name is replaced whole.

    The place may be an address in a store.

    Raises
    ------
    FileBusy
        If it is open elsewhere.
    PatchError
        If it cannot be written, or another file has that name.
    SettingsError
        If the rates do not add up.
    """
    rates = read_rates(Path(options.rates)) if options.rates else {}
    language = options.language or "en"
    group = Group(
        entities=[_entity(result, language) for result in sorted(results, key=lambda item: item.path)],
        as_of=options.as_of,
        rates=rates,
        home=next((currency for currency, rate in rates.items() if rate == 1), ""),
        language=language,
    )
    content = workbook(group.sheets())
    if isinstance(place, str):
        with tempfile.TemporaryDirectory(prefix="arcredit-") as folder:
            local = Path(folder) / name_of(place)
            local.write_bytes(content)
            put_new(place, local, _refuse_others)
    else:
        _write(place, content)


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        refuse_busy(path)
        _refuse_others(path)
    elif not path.parent.is_dir():
        raise FileBusy("patch.not_found", path=str(path.parent))
    put_whole(path, content)


def _refuse_others(path: Path) -> None:
    """A mistyped name must not cost a workbook: only a group view without added sheets gives way."""
    sheets = ("by_entity", "by_customer", "workbooks")
    own = {say(f"consolidated.{name}", language) for name in sheets for language in LANGUAGES}
    if not own.issuperset(
        sheet.name for sheet in WorkbookPart(Package(path.read_bytes(), str(path))).sheets()
    ):
        raise PatchError("consolidated.not_a_view", path=str(path))


def _entity(result: Refreshed, language: str) -> Entity:
    state = (
        result.error.text(language) if result.error else say(f"consolidated.states.{result.status}", language)
    )
    return Entity(Path(result.path).stem, state, len(result.findings), result.portfolios)
