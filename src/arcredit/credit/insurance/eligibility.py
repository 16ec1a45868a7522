"""Which debts a policy covers at all: for each the first reason that takes it out.

Fraud and disputed debts are never covered. Source: exclusions of public policies: MSIG trade credit (fraud,
dispute), Allianz Trade customer service guide (public and private buyers, affiliates, terms longer than the
schedule), UK Export Finance (disputes settled first); Atradius Belgium, glossary (stop of deliveries).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arcredit.credit.insurance.insurance_policy import Schedule
from arcredit.credit.insurance.insured_limit import EXCLUDED, EXPIRED, NO_DECISION, InForce, kind_number
from arcredit.credit.period import after
from arcredit.errors import InputError
from arcredit.shapes import Days, Flags, Floats, Texts, labels
from arcredit.words import LANGUAGES, say

EXCLUSIONS = (
    "fraud",
    "affiliate",
    "public buyer",
    "private person",
    "prepaid",
    "cash",
    "letter of credit",
    "interest",
    "pro forma",
    "rental",
    "not delivered",
    "war",
    "other",
)
"""Reasons that only the user can know: the words of the `excluded` column."""

REASONS = (
    "eligible",
    "credit",
    "paid",
    *EXCLUSIONS,
    "date missing",
    "not shipped",
    "outside policy",
    "terms too long",
    "after stop",
    "after insolvency",
    "limit cancelled",
    "limit expired",
    "no limit at shipment",
    "dispute",
    "limit unknown",
    "over limit",
    "vat",
)
"""Every reason, the first one that applies decides; the last three leave part of a debt covered."""

CODE = {reason: number for number, reason in enumerate(REASONS)}
Reasons = NDArray[np.int8]


@dataclass(frozen=True)
class Facts:
    """What the tests look at, a row per debt; amounts in whole units, `open_amount` after payments."""

    amount: Floats
    open_amount: Floats
    disputed: Floats
    ship_date: Days
    due_date: Days
    stop_date: Days
    insolvency_date: Days
    excluded: Reasons
    cover: InForce


def read_excluded(excluded: Any, height: int) -> Reasons:
    """Read the `excluded` column: blank, or one of `EXCLUSIONS` in any case, also as shown in Chinese."""
    if excluded is None:
        return np.zeros(height, np.int8)
    words = labels(excluded, "excluded").reshape(-1)
    known = {reason_text(word, language).lower(): CODE[word] for word in EXCLUSIONS for language in LANGUAGES}
    known |= {word: CODE[word] for word in EXCLUSIONS}
    bad = np.array([word is not None and word.lower() not in known for word in words], bool)
    if bad.any():
        raise InputError(
            "input.unknown_option",
            cell="#VALUE!",
            where=bad,
            argument="excluded",
            found=words[int(np.argmax(bad))],
            allowed=", ".join(EXCLUSIONS),
        )
    return np.array([0 if word is None else known[word.lower()] for word in words], np.int8)


def reasons(facts: Facts, schedule: Schedule, as_of: np.datetime64) -> Reasons:
    """For each debt the first reason that keeps it out, 0 where it is eligible."""
    kind = facts.cover.kind
    tests: dict[str, Flags] = {
        "credit": facts.amount < 0,
        "paid": facts.open_amount <= 0,
        **{word: facts.excluded == CODE[word] for word in EXCLUSIONS},
        "date missing": _date_missing(facts, schedule),
        "not shipped": facts.ship_date > as_of,
        "outside policy": _outside(facts.ship_date, schedule) & (schedule.basis == "risk_attaching"),
        "terms too long": _too_long(facts, schedule),
        "after stop": facts.ship_date > facts.stop_date,
        "after insolvency": facts.ship_date > facts.insolvency_date,
        "limit cancelled": kind == kind_number("cancelled"),
        "limit expired": kind == EXPIRED,
        "no limit at shipment": (kind == NO_DECISION) | (facts.cover.limit <= 0),
        "dispute": facts.disputed >= facts.open_amount,
    }
    for word in EXCLUDED:
        tests[word] |= kind == kind_number(word)
    return np.select(list(tests.values()), [CODE[name] for name in tests], 0).astype(np.int8)


def _date_missing(facts: Facts, schedule: Schedule) -> Flags:
    """Whether a date is blank that some term of this policy needs."""
    ship = schedule.maximum_terms_days is not None or schedule.maximum_extension_days is not None
    attaches = schedule.basis == "risk_attaching"
    ship |= attaches and not (np.isnat(schedule.policy_from) and np.isnat(schedule.policy_to))
    due = ship or schedule.waiting_days is not None
    return (np.isnat(facts.ship_date) & ship) | (np.isnat(facts.due_date) & due)


def _outside(day: Days, schedule: Schedule) -> Flags:
    return (day < schedule.policy_from) | (day > schedule.policy_to)


def outside_policy(loss_date: Days, schedule: Schedule) -> Flags:
    """Whether a loss falls outside the policy's dates, where the policy asks when the loss occurs."""
    return _outside(loss_date, schedule) & (schedule.basis == "loss_occurring")


def _too_long(facts: Facts, schedule: Schedule) -> Flags:
    if schedule.maximum_terms_days is None:
        return np.zeros(len(facts.amount), bool)
    return np.asarray(facts.due_date > after(facts.ship_date, schedule.maximum_terms_days))


def reason_texts(code: Reasons) -> Texts:
    """The reasons' words, a row each."""
    return np.array(REASONS, object)[code]


def reason_text(reason: str, language: str = "en") -> str:
    """A reason as a person reads it."""
    return say(f"insurance.reason.{reason}", language)
