"""AR Findings: what could not be used or needs a look, and the proof that nothing vanished."""

import re
from math import ceil

import numpy as np

from arcredit.credit import money
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.errors import Finding
from arcredit.reports.control import Line, headed, held, origin, placed
from arcredit.reports.inputs import Inputs
from arcredit.reports.sheet import Block, Cell, Column, Range, Sheet, text_width
from arcredit.shapes import Texts

HEAD = 3
SEVERITIES = ("error", "warning", "info")
_WIDTHS = (13.0, 22.0, 10.0, 58.0, 58.0, 18.0)
_KEYS = ("severity", "sheet", "cell", "found", "to_do", "amount")
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}(:[A-Z]{1,3}[1-9][0-9]{0,6})?")


def findings_sheet(inputs: Inputs) -> Sheet:
    """The sheet AR Findings.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Sheet
        Errors first, then warnings and notes, the largest amounts first; a link leads to the cell.
    """
    found = sorted(inputs.findings, key=lambda item: (SEVERITIES.index(item.severity), -abs(item.amount)))
    kind = f"money{_digits(inputs)}"
    source, proof = origin(inputs), _proof(inputs, kind)
    header = HEAD + max(len(source) + len(SEVERITIES), len(proof)) + 1
    top = header + 1
    cells = [
        *headed(inputs, "findings", _subtitle(inputs)),
        *placed([*source, *_weights(inputs, found, kind, top)], HEAD, 0, 1),
        *placed(proof, HEAD, 4, 5),
        *(_headings(inputs, header) if found else [Cell(header, 0, inputs.say("report.state.no_findings"))]),
    ]
    return Sheet(
        owner="findings",
        name=inputs.say("report.sheet.findings"),
        widths=_WIDTHS,
        cells=tuple(cells),
        area=Range(0, 0, max(header, top + len(found) - 1), len(_WIDTHS) - 1),
        blocks=(_lines(inputs, found, top, kind),) if found else (),
        heights={0: 24, header: 20} | {top + row: _height(item, inputs) for row, item in enumerate(found)},
        freeze=(top, 0) if found else None,
        titles=(header, header) if found else None,
        filter=Range(header, 0, top + len(found) - 1, len(_WIDTHS) - 1) if found else None,
        footer=inputs.footer,
    )


def _digits(inputs: Inputs) -> int:
    """Enough places for the amounts of every currency."""
    names = [] if inputs.documents.currency is None else list(inputs.documents.currency.labels)
    return max((digits_of(str(name)) for name in names), default=2)


def _several(inputs: Inputs) -> bool:
    currency = inputs.documents.currency
    return currency is not None and len(np.unique(currency.codes)) > 1


def _subtitle(inputs: Inputs) -> str:
    count = {severity: 0 for severity in SEVERITIES}
    for item in inputs.findings:
        count[item.severity] += 1
    return inputs.say(
        "report.subtitle.findings",
        as_of=inputs.as_of.isoformat(),
        errors=f"{count['error']:,}",
        warnings=f"{count['warning']:,}",
        notes=f"{count['info']:,}",
    )


def _proof(inputs: Inputs, kind: str) -> list[Line]:
    """That nothing vanished: read + rejected is what the ledger sheet holds."""
    several = _several(inputs)
    proof = held(inputs, None if several else f"figure.{kind.replace('money', 'exact')}")
    totals = inputs.totals
    if totals is not None and several:
        proof += _proof_by_currency(inputs)
    if totals is not None and totals.differences:
        agrees = not any(totals.differences.values())
        state = inputs.say("report.state.ok" if agrees else "report.state.difference")
        style = "good.right" if agrees else "alert.right"
        proof.append(Line(inputs.say("report.control.state"), state, style))
    if totals is not None and totals.unreadable:
        proof.append(Line(inputs.say("report.control.unreadable"), totals.unreadable, "figure.count"))
    return proof


def _proof_by_currency(inputs: Inputs) -> list[Line]:
    totals, say = inputs.totals, inputs.say
    assert totals is not None
    lines = []
    for name, parts in sorted(totals.by_currency.items()):
        kind, label = f"figure.exact{digits_of(name)}", f"{say('report.control.held')}, {name}".rstrip(", ")
        lines.append(Line(label, money.total(np.array(parts)), kind))
        if name in totals.differences:
            label = f"{say('report.control.sheet_difference')}, {name}".rstrip(", ")
            lines.append(Line(label, totals.differences[name], kind))
    return lines


def _weights(inputs: Inputs, found: list[Finding], kind: str, top: int) -> list[Line]:
    """How many of each severity, and the money at stake as a live sum; currencies are never added."""
    severity, amount = (Range(top, column, top + len(found) - 1, column).a1(True) for column in (0, 5))
    lines = []
    for name in SEVERITIES:
        items = [item for item in found if item.severity == name]
        label = inputs.say(f"report.severity_count.{name}", count=f"{len(items):,}")
        if _several(inputs):
            lines.append(Line(label, inputs.say("report.state.not_added")))
        elif items:
            word = inputs.say(f"report.severity.{name}")
            stake = money.total(np.array([item.amount for item in items]))
            lines.append(Line(label, stake, f"value.{kind}", f'=SUMIF({severity},"{word}",{amount})'))
        else:
            lines.append(Line(label, 0.0, f"value.{kind}"))
    return lines


def _headings(inputs: Inputs, row: int) -> list[Cell]:
    return [
        Cell(
            row,
            column,
            inputs.say(f"report.finding.{key}"),
            "heading.right" if key == "amount" else "heading.text",
        )
        for column, key in enumerate(_KEYS)
    ]


def _lines(inputs: Inputs, found: list[Finding], top: int, kind: str) -> Block:
    language = inputs.language
    columns = (
        Column(_texts([inputs.say(f"report.severity.{item.severity}") for item in found]), "wrap.text"),
        Column(_texts([item.sheet for item in found]), "wrap.text"),
        Column(_texts([item.cell for item in found]), "link.text", links=tuple(map(_link, found))),
        Column(_texts([item.message(language) for item in found]), "wrap.text"),
        Column(_texts([item.remedy(language) for item in found]), "wrap.text"),
        Column(np.array([item.amount for item in found]), f"wrap.{kind}"),
    )
    return Block(top, 0, columns)


def _texts(texts: list[str]) -> Texts:
    return np.array([*texts, None], object)[:-1]


def _link(item: Finding) -> str:
    """Where a click leads; nowhere without a sheet and a cell."""
    if not item.sheet or not _CELL.fullmatch(item.cell):
        return ""
    name = item.sheet.replace("'", "''")
    return f"internal:'{name}'!{item.cell}"


def _height(item: Finding, inputs: Inputs) -> float:
    """A row as high as its longer text needs, some room left for wide letters."""
    texts = (item.message(inputs.language), item.remedy(inputs.language))
    return 15.0 * max(ceil(text_width(text) / _WIDTHS[3]) for text in texts)
