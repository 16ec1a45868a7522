"""The page of the insurance advice, and where the cells stand that later sections refer to."""

from arcredit.reports.advice.case import Case, Figure
from arcredit.reports.page import Page
from arcredit.reports.sheet import Bars, Cell, Entry, Limits, Range

SHARE = Limits("number", 0, 1)
AMOUNT = Limits("number", 0)


class Advice:
    """The page, and where the cells stand that later sections refer to."""

    def __init__(self, page: Page, case: Case) -> None:
        self.page, self.case = page, case
        self.at: dict[str, str] = {}
        self.value: dict[str, float] = {}
        self.entries: list[Entry] = []
        self.bars: list[Bars] = []

    def say(self, key: str, **values: object) -> str:
        """A text of the advice."""
        return self.page.inputs.say(key, **values)

    @property
    def money(self) -> str:
        """The format of amounts."""
        return f"exact{self.case.digits}"

    def entry(self, row: int, column: int, limits: Limits | tuple[str, ...]) -> None:
        """A cell that the reader may change."""
        where = Range(row, column, row, column)
        self.entries.append(
            Entry(
                where,
                limits,
                hint=self.say("report_insurance_advice.hint"),
                message=self.say("report_insurance_advice.wrong"),
            )
        )

    def line(
        self,
        key: str,
        value: float,
        kind: str,
        formula: str | None = None,
        role: str = "figure",
        note: str = "",
    ) -> None:
        """A label, a figure and a remark; what is not known is blank."""
        page, row = self.page, self.page.row
        self.at[key], self.value[key] = f"$B${row + 1}", value
        known = None if value != value else value
        page.cells += [
            Cell(row, 0, self.say(f"report_insurance_advice.line.{key}"), "label.text"),
            Cell(row, 1, known, f"{role}.{kind}", formula),
            Cell(row, 2, note, "item.text"),
        ]
        page.row += 1

    def given(self, key: str, figure: Figure, kind: str, limits: Limits) -> None:
        """An input: a setting, a figure of the ledger or a default, which the reader may change."""
        self.entry(self.page.row, 1, limits)
        self.line(
            key,
            figure.value,
            kind,
            role="input",
            note=self.say(f"report_insurance_advice.source.{figure.source}"),
        )
