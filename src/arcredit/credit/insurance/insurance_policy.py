"""The policy schedule: the terms of a trade credit insurance, as a sheet of keys and values.

Every figure of a policy is read from here and none is a constant in the code. Source: the terms of public
policy schedules, e.g. Allianz Trade Switzerland, "Policy in detail"; Atradius Belgium, glossary; Coface,
"Indemnification". The defaults are those of a schedule that is silent on the point.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from arcredit.credit.period import Period, period
from arcredit.errors import InputError
from arcredit.shapes import dates, flags, numbers, option, plain, share
from arcredit.words import LANGUAGES, say

DEDUCTIBLE_RULES = ("pct_first", "ded_first", "min_retention")
THRESHOLD_RULES = (">", ">=")
LIMIT_BASES = ("debt", "payout")
PAYMENT_RULES = ("fifo", "pro_rata", "as_marked")
FX_RULES = ("invoice", "loss", "lower")
BASES = ("risk_attaching", "loss_occurring")


class Term(NamedTuple):
    """One key of the schedule: kind of value, default for a blank, unit, options."""

    kind: str
    default: Any = None
    unit: str = ""
    allowed: tuple[str, ...] = ()


TERMS: Mapping[str, Term] = {
    "insured_percentage": Term("share", np.nan, "fraction"),
    "discretionary_limit": Term("amount", np.nan, "currency"),
    "discretionary_percentage": Term("share", np.nan, "fraction"),
    "deductible": Term("amount", 0.0, "currency"),
    "deductible_rule": Term("option", "pct_first", "", DEDUCTIBLE_RULES),
    "threshold": Term("amount", 0.0, "currency"),
    "threshold_rule": Term("option", ">", "", THRESHOLD_RULES),
    "aggregate_deductible": Term("amount", 0.0, "currency"),
    "aggregate_used": Term("amount", 0.0, "currency"),
    "maximum_liability": Term("amount", np.inf, "currency"),
    "liability_used": Term("amount", 0.0, "currency"),
    "maximum_terms_days": Term("period", None, "days or months"),
    "maximum_extension_days": Term("period", None, "days or months"),
    "waiting_days": Term("period", None, "days or months"),
    "notice_days": Term("period", None, "days or months"),
    "filing_days": Term("period", None, "days or months"),
    "vat_rate": Term("share", 0.0, "fraction"),
    "vat_insured": Term("flag", False, "TRUE or FALSE"),
    "limit_basis": Term("option", "debt", "", LIMIT_BASES),
    "payment_rule": Term("option", "fifo", "", PAYMENT_RULES),
    "cover_resumes": Term("flag", True, "TRUE or FALSE"),
    "fx_rule": Term("option", "invoice", "", FX_RULES),
    "basis": Term("option", "risk_attaching", "", BASES),
    "policy_from": Term("date", np.datetime64("NaT", "D"), "date"),
    "policy_to": Term("date", np.datetime64("NaT", "D"), "date"),
    "payment_days": Term("period", Period(np.array(30.0), np.array(0.0)), "days or months"),
}
"""Every key a schedule may hold. The last four answer two questions every claim raises: is the debt of this
policy year, and when is the money expected."""


@dataclass(frozen=True)
class Schedule:
    """A policy's terms; NaN, NaT and None are terms that the schedule does not state.

    ``maximum_liability`` is infinite where there is none. ``basis`` says which date must lie between
    ``policy_from`` and ``policy_to``: the shipment (risk attaching) or the loss (loss occurring).
    """

    insured_percentage: float
    discretionary_limit: float
    discretionary_percentage: float
    deductible: float
    deductible_rule: str
    threshold: float
    threshold_rule: str
    aggregate_deductible: float
    aggregate_used: float
    maximum_liability: float
    liability_used: float
    maximum_terms_days: Period | None
    maximum_extension_days: Period | None
    waiting_days: Period | None
    notice_days: Period | None
    filing_days: Period | None
    vat_rate: float
    vat_insured: bool
    limit_basis: str
    payment_rule: str
    cover_resumes: bool
    fx_rule: str
    basis: str
    policy_from: np.datetime64
    policy_to: np.datetime64
    payment_days: Period

    @property
    def aggregate_left(self) -> float:
        """What of the year's aggregate deductible the insured must still bear. [currency]"""
        return max(self.aggregate_deductible - self.aggregate_used, 0.0)

    @property
    def liability_left(self) -> float:
        """What of the year's maximum liability the insurer may still pay. [currency]"""
        return max(self.maximum_liability - self.liability_used, 0.0)

    @property
    def vat(self) -> float:
        """The rate of VAT that is in the amounts but not insured. [fraction]"""
        return 0.0 if self.vat_insured else self.vat_rate


def read_schedule(policy: Any) -> Schedule:
    """Read a policy: a two-column range of keys and values, or a mapping.

    Parameters
    ----------
    policy : block, mapping or Schedule
        Keys in any order and in any case, as written in `TERMS` or as shown in English or Chinese. A blank
        value means the default; blank rows and a heading row are passed over.

    Raises
    ------
    InputError
        ``#VALUE!`` for unknown keys (all are named), for a key given twice and for what is not a table of two
        columns; for values as their kind is read.

    Examples
    --------
    >>> read_schedule([["insured_percentage", 0.9], ["waiting_days", "6 months"]]).insured_percentage
    0.9
    """
    if isinstance(policy, Schedule):
        return policy
    given: dict[str, Any] = {}
    unknown = []
    for label, value in _pairs(policy):
        key = _keys().get(_folded(label))
        if key is None:
            unknown.append(str(label).strip())
        elif key in given:
            raise InputError("insurance.twice", cell="#VALUE!", argument="policy", found=key)
        else:
            given[key] = value
    if unknown:
        found, allowed = ", ".join(unknown), ", ".join(TERMS)
        raise InputError(
            "insurance.unknown_key", cell="#VALUE!", argument="policy", found=found, allowed=allowed
        )
    values = {key: _read(key, term, given.get(key)) for key, term in TERMS.items()}
    if np.isnan(values["discretionary_percentage"]):
        values["discretionary_percentage"] = values["insured_percentage"]
    return Schedule(**values)


def term_text(key: str, language: str = "en") -> str:
    """A term's name as a person reads it."""
    return say(f"insurance.term.{key}", language)


@cache
def _keys() -> dict[str, str]:
    """The key of every way to write it."""
    shown = {_folded(term_text(key, language)): key for language in LANGUAGES for key in TERMS}
    return {**shown, **{_folded(key): key for key in TERMS}}


def _folded(label: Any) -> str:
    return "".join(str(label).lower().replace("_", " ").split())


_HEADINGS = {"key", "term", "条款", "项目"}


def _pairs(policy: Any) -> Iterator[tuple[Any, Any]]:
    """Keys with their values, without blank rows and without the heading."""
    if isinstance(policy, Mapping):
        yield from policy.items()
        return
    block = np.asarray(policy, object)
    if block.ndim != 2 or block.shape[1] != 2:
        raise InputError("insurance.two_columns", cell="#VALUE!", argument="policy", found=str(block.shape))
    for row, (label, value) in enumerate(block):
        if plain(label) in (None, "") or (row == 0 and _folded(label) in _HEADINGS):
            continue
        yield label, value


@cache
def _codes(allowed: tuple[str, ...]) -> Mapping[str, str]:
    """The options by the words that lists of choices show for them."""
    return {say(f"records.choice.{code}", name).casefold(): code for name in LANGUAGES for code in allowed}


def _read(key: str, term: Term, value: Any) -> Any:
    value = plain(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return term.default
    name = f"policy, {key}"
    if term.kind == "option":
        return option(_codes(term.allowed).get(str(value).strip().casefold(), value), name, term.allowed)
    if term.kind == "period":
        return period(value, name)
    if term.kind == "flag":
        return bool(flags(value, name))
    if term.kind == "date":
        return dates(value, name)[()]
    return float(share(value, name) if term.kind == "share" else numbers(value, name, low=0))
