"""The figures of the insurance advice in one currency, each with where it is from."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from arcredit.credit import money
from arcredit.credit.insurance.advice import Largest, largest_loss
from arcredit.credit.receivables.portfolio import digits_of
from arcredit.reports.inputs import Inputs
from arcredit.reports.rows import Rows, schedule_of, setting
from arcredit.reports.standing import Standing, Standings, standings
from arcredit.shapes import Floats, Texts

DEFAULTS = {
    "sales_threshold": 5_000_000.0,
    "share_threshold": 0.2,
    "premium_rate": 0.0025,
    "minimum_premium": 0.0,
    "premium_tax": 0.0,
    "insured_percentage": 0.9,
    "within": 0.95,
    "margin": 0.05,
    "weight_coverage": 0.5,
    "weight_claims_speed": 0.3,
    "weight_services": 0.2,
}
"""What stands in for a setting that is not given; the sheet says so. Rate and shares are those of public
examples (Allianz Trade, "Credit insurance cost"), thresholds and weights are conventions."""


@dataclass(frozen=True)
class Figure:
    """A figure and where it is from: ``given``, ``ledger``, ``default``, ``open`` or ``missing``."""

    value: float
    source: str


@dataclass(frozen=True)
class Case:
    """Everything the advice rests on, in one currency."""

    inputs: Inputs
    found: Standings
    currency: str
    left_out: tuple[str, ...]
    customer: Texts
    grade: Floats
    exposure: Floats
    within: Floats
    purchases: Floats

    @property
    def digits(self) -> int:
        """Decimal places of the currency."""
        return digits_of(self.currency)

    def setting(self, key: str) -> Figure:
        """A setting, else its default."""
        value = setting(self.inputs, key)
        return Figure(DEFAULTS[key], "default") if np.isnan(value) else Figure(value, "given")

    @property
    def insured_percentage(self) -> Figure:
        """The insurer's share."""
        value = schedule_of(self.inputs).insured_percentage
        key = "insured_percentage"
        return Figure(DEFAULTS[key], "default") if np.isnan(value) else Figure(float(value), "given")

    @property
    def knows_limits(self) -> bool:
        """Whether the insurer's limits are known; else a share of the exposure is assumed to be within."""
        return not bool(np.isnan(self.within).all())

    @property
    def sales(self) -> Figure:
        """Credit sales of twelve months."""
        value = setting(self.inputs, "annual_credit_sales")
        if not np.isnan(value):
            return Figure(value, "given")
        if np.isnan(self.purchases).all():
            return Figure(np.nan, "missing")
        return Figure(money.total(np.nan_to_num(self.purchases)), "ledger")

    @property
    def largest_share(self) -> Figure:
        """The largest customer's share of the sales; of the exposure where sales are not known."""
        whole = money.total(np.nan_to_num(self.purchases))
        if whole > 0:
            return Figure(min(float(np.nanmax(self.purchases)) / whole, 1.0), "ledger")
        owed = np.maximum(self.exposure, 0.0)
        whole = money.total(owed)
        return Figure(float(owed.max()) / whole, "open") if whole > 0 else Figure(np.nan, "missing")

    @property
    def exports(self) -> Figure:
        """1 where there are exports on credit, 0 where there are none, NaN where nobody says."""
        settings = self.inputs.records.terms("settings")
        if settings.get("exports") is not None:
            return Figure(float(bool(settings["exports"])), "given")
        if not np.isnan(setting(self.inputs, "export_share")):
            return Figure(float(setting(self.inputs, "export_share") > 0), "given")
        abroad = Rows(self.inputs, "customers").flags("foreign")
        return Figure(1.0, "customers") if abroad.any() else Figure(np.nan, "missing")

    def inside(self, share: float) -> Floats:
        """What of each exposure lies within limits."""
        owed = np.maximum(self.exposure, 0.0)
        if self.knows_limits:
            return np.minimum(np.nan_to_num(self.within), owed)
        return np.asarray(owed * share)

    def largest(self, share: float) -> Largest | None:
        """The largest customer's loss."""
        return largest_loss(self.exposure, self.inside(share), self.insured_percentage.value)


def case_of(inputs: Inputs) -> Case:
    """The figures in the home currency where rates are given, else in the main currency of the ledger."""
    found = standings(inputs)
    rates = dict(inputs.rates) | ({inputs.home: 1.0} if inputs.home else {})
    home = inputs.home or str(inputs.records.terms("settings").get("home_currency") or "").upper()
    names = [part.currency for part in found.parts]
    main = home if home in names else _main(found.parts)
    known = [
        part for part in found.parts if part.currency == main or (inputs.home and part.currency in rates)
    ]
    if inputs.home and any(part.currency != main for part in known):
        main = inputs.home
    factors = [1.0 if part.currency == main else rates[part.currency] for part in known]
    left_out = tuple(part.currency for part in found.parts if part not in known)
    return Case(
        inputs,
        found,
        main,
        left_out,
        *_merged(known, factors, digits_of(main)),
    )


def _main(parts: tuple[Standing, ...]) -> str:
    """The currency with the most customers."""
    return min(parts, key=lambda part: (-len(part), part.currency)).currency if parts else ""


def _merged(parts: list[Standing], factors: list[float], digits: int) -> tuple[Any, ...]:
    """The customers of several currencies as one list; who has several lines is added up."""
    names: dict[Any, int] = {}
    for part in parts:
        for name in part.customer:
            names.setdefault(name, len(names))
    count = len(names)
    grade, totals = np.full(count, np.nan), [np.zeros(count) for _ in range(3)]
    for part, factor in zip(parts, factors, strict=True):
        at = np.array([names[name] for name in part.customer], np.intp)
        grade[at] = np.fmax(grade[at], part.rating.grade)
        columns = (part.exposure, part.insured.limit, part.trade.purchases)
        for total, column in zip(totals, columns, strict=True):
            own = column if factor == 1.0 else money.rounded(column * factor, digits)
            total[at] = total[at] + own
    return (np.array([*names, None], object)[:-1], grade, *totals)
