"""Making a set of reports: each that can be made, and a finding for each that cannot."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from arcredit.credit import money
from arcredit.errors import Finding
from arcredit.reports.inputs import Inputs
from arcredit.reports.insured_limits import unconverted
from arcredit.reports.notice import notice_sheet
from arcredit.reports.sheet import Sheet
from arcredit.words import say


class Report(NamedTuple):
    """A report: what makes it, and what it cannot do without.

    A need is a record, such as ``"insurance"``, either of two (``"insured_limits|insurance"``), or a column
    of the ledger (``"column.due_date"``).
    """

    make: Callable[[Inputs], Sheet]
    needs: tuple[str, ...] = ()

    def missing(self, inputs: Inputs) -> tuple[str, ...]:
        """The needs that the workbook does not meet."""
        return tuple(need for need in self.needs if not any(_has(inputs, one) for one in need.split("|")))


def _has(inputs: Inputs, need: str) -> bool:
    if not need.startswith("column."):
        return inputs.records.has(need)
    column: Any = getattr(inputs.documents, need.removeprefix("column."))
    if column is None:
        return False
    if hasattr(column, "codes"):
        return bool((column.codes >= 0).any())
    filled = np.array([item is not None for item in column]) if column.dtype == object else column == column
    # A ledger without a line lacks nothing: the report says that it is empty.
    return bool(np.any(filled)) or not len(column)


def made(
    reports: Mapping[str, Report], inputs: Inputs, owners: Collection[str], kept: Collection[str] = ()
) -> tuple[list[Sheet], Inputs]:
    """The sheets of some reports, and the inputs with a finding for each that could not be made.

    So have limits of the insurer whose currency has no rate, and documents of after the day.

    Parameters
    ----------
    reports : dict of str to Report
        All reports, in the order of their tabs.
    inputs : Inputs
    owners : collection of str
        The reports wanted.
    kept : collection of str
        Those that the workbook has already: one that can no longer be made says so on its sheet, so that no
        old figure stays.
    """
    wanted = {owner: report for owner, report in reports.items() if owner in owners}
    missing = {owner: report.missing(inputs) for owner, report in wanted.items()}
    found = tuple(_finding(inputs, owner, needs) for owner, needs in missing.items() if needs)
    inputs = replace(inputs, findings=(*inputs.findings, *_later(inputs), *found, *unconverted(inputs)))
    sheets = []
    for owner, report in wanted.items():
        if not missing[owner]:
            sheets.append(report.make(inputs))
        elif owner in kept:
            sheets.append(_notice(inputs, owner, missing[owner]))
    return sheets, inputs


def _later(inputs: Inputs) -> list[Finding]:
    """A note on documents dated after the day: they were read and are in no figure."""
    documents = inputs.documents
    places = np.flatnonzero(documents.invoice_date > np.datetime64(inputs.as_of))
    if not len(places):
        return []
    stated = np.where(np.isnan(documents.open_amount), documents.amount, documents.open_amount)[places]
    several = documents.currency is not None and len(np.unique(documents.currency.codes[places])) > 1
    row = -1 if documents.row is None else int(documents.row[places[0]])
    return [
        Finding(
            "info",
            inputs.ledger,
            inputs.sheet if row > 0 else "",
            f"A{row}" if row > 0 else "",
            "report.later",
            {"count": f"{len(places):,}", "as_of": inputs.as_of.isoformat()},
            0.0 if several else money.total(stated),
        )
    ]


def _finding(inputs: Inputs, owner: str, needs: tuple[str, ...]) -> Finding:
    """Names as the workbook's own sheets have them, in its language."""
    values = {"report": inputs.say(f"report.sheet.{owner}"), "needs": _in_words(needs, inputs.language)}
    return Finding("info", inputs.ledger, "", "", "report.not_made", values)


def _in_words(needs: tuple[str, ...], language: str) -> str:
    return say("report.list.and", language).join(
        say("report.list.or", language).join(_named(one, language) for one in need.split("|"))
        for need in needs
    )


def _named(need: str, language: str) -> str:
    if need.startswith("column."):
        return say(f"report.column.{need.removeprefix('column.')}", language)
    return say("report.list.sheet", language, name=say(f"records.sheet.{need}", language))


def _notice(inputs: Inputs, owner: str, needs: tuple[str, ...]) -> Sheet:
    found = _finding(inputs, owner, needs)
    lines = [found.message(inputs.language), found.remedy(inputs.language)]
    title = inputs.say(f"report.title.{owner}")
    return notice_sheet(inputs, owner, inputs.say(f"report.sheet.{owner}"), title, lines)
