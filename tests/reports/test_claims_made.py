"""What was done towards the insurer takes duties off the list and paid indemnity off what he still owes."""

import datetime as dt

import numpy as np
import pytest

from arcredit.credit.receivables.open_items import OpenItems
from arcredit.reports.claim import claim_sheet
from arcredit.reports.claim_case import case_of
from arcredit.reports.claim_letter import claim_letter_sheet
from arcredit.reports.cover import cover_sheet
from arcredit.reports.deadlines import deadlines_sheet
from arcredit.reports.insured_share import insured_share
from arcredit.shapes import coded
from pages import lines, table, texts, value
from report_ledgers import inputs
from report_records import insured
from report_records import table as record

DAY = dt.date(2025, 12, 31)
POLICY = {
    "insured_percentage": 0.9,
    "maximum_extension_days": 60,
    "notice_days": 30,
    "waiting_days": 180,
    "filing_days": 240,
}
TEXTS, DAYS = ("customer", "document", "claim_id"), ("notified_on", "collection_on", "filed_on", "paid_on")


def ledger(*days, amount=10_000.0):
    """Invoices of one customer, 30 days to pay."""
    due = np.array(days, "M8[D]")
    return OpenItems(
        customer=coded(["A"] * len(days), "customer"),
        document=np.array([f"S{row}" for row in range(len(days))], object),
        invoice_date=due - 30,
        due_date=due,
        amount=np.full(len(days), amount),
        open_amount=np.full(len(days), amount),
    )


def claims(*rows):
    """Lines of the record: customer, then what differs from blank."""
    columns = {
        name: [dict({"customer": "A"}, **row).get(name) for row in rows]
        for name in (*TEXTS, *DAYS, "indemnity_paid")
    }
    made = record(**{name: columns[name] for name in TEXTS})
    for name in DAYS:
        made.columns[name] = np.array([day or "NaT" for day in columns[name]], "M8[D]")
    made.columns["indemnity_paid"] = np.array(
        [np.nan if one is None else one for one in columns["indemnity_paid"]]
    )
    return made


def given(ledger_of, *rows, language="en", **more):
    decided = [("A", 90_000.0, "2024-01-01", None, "named")]
    records = insured(POLICY, decided, **({"claims": claims(*rows)} if rows else {}), **more)
    return inputs(ledger_of, records=records, as_of=DAY, language=language)


def duties(sheet, state):
    """Duty and document of a list's lines in a state."""
    return [(line["Duty"], line["Invoice"]) for line in _lists(sheet) if line["State"] == state]


def _lists(sheet):
    found, heads = [], None
    for line in lines(sheet):
        if line[0] == "State":
            heads = line
        elif heads and line[0] is None:
            heads = None
        elif heads:
            found.append(dict(zip(heads, line, strict=True)))
    return found


LEDGER = ledger("2025-04-01", "2025-07-01")
"""Both notices are due (30 June, 29 September), one claim (27 November); the other's on 26 February."""


def test_without_the_record_everything_stays():
    sheet = deadlines_sheet(given(LEDGER))
    assert ("File the claim", "S0") in duties(sheet, "PASSED")
    assert [what for what in duties(sheet, "PASSED") if what[0] == "Notify the insurer"] == [
        ("Notify the insurer", "S0"),
        ("Notify the insurer", "S1"),
    ]
    assert any("Enter what was done under Claims" in text for text in texts(sheet))


@pytest.mark.parametrize(
    ("row", "done", "late", "left"),
    [
        # A notice is about what was due by then.
        ({"notified_on": "2025-06-30"}, ["S0"], [], ["S1"]),
        ({"notified_on": "2025-07-15"}, ["S1"], ["S0"], []),
        # A document alone.
        ({"notified_on": "2025-09-01", "document": "S1"}, ["S1"], [], ["S0"]),
        # Somebody else, or not yet.
        ({"notified_on": "2025-06-30", "customer": "B"}, [], [], ["S0", "S1"]),
        ({"notified_on": "2026-01-05"}, [], [], ["S0", "S1"]),
        ({"collection_on": "2025-06-30"}, [], [], ["S0", "S1"]),
    ],
)
def test_a_notice_that_was_given(row, done, late, left):
    sheet = deadlines_sheet(given(LEDGER, row))
    notice = "Notify the insurer"
    assert [who for what, who in duties(sheet, "done") if what == notice] == done
    assert [who for what, who in duties(sheet, "DONE LATE") if what == notice] == late
    assert [who for what, who in duties(sheet, "PASSED") if what == notice] == left


def test_a_claim_that_was_filed_ends_waiting_and_filing_but_no_stop():
    sheet = deadlines_sheet(given(LEDGER, {"notified_on": "2025-06-01"}, {"filed_on": "2025-11-01"}))
    left = {what for what, _ in duties(sheet, "PASSED") + duties(sheet, "to do")}
    assert left == {"Last covered delivery", "Notify the insurer"}
    assert ("File the claim", "S0") in duties(sheet, "done")
    chinese = deadlines_sheet(given(LEDGER, {"filed_on": "2025-12-01"}, language="zh"))
    assert "逾期办理" in texts(chinese)


def test_everything_done_leaves_the_done_alone():
    done = {"notified_on": "2025-12-01", "filed_on": "2025-12-01"}
    policy = {"insured_percentage": 0.9, "filing_days": 240}
    one = inputs(LEDGER, records=insured(policy, [], claims=claims(done)), as_of=DAY)
    assert duties(deadlines_sheet(one), "PASSED") == []
    assert duties(deadlines_sheet(one), "DONE LATE") == [("File the claim", "S0")]


# Indemnity

GOODS = ledger("2025-04-01", "2025-05-20")
"""Delivered before the stop on 31 May; notices by 30 June and 18 August, the first claim by 27 November."""


def test_paid_indemnity_comes_off_the_estimate():
    """90 % of 20,000 are 18,000; 5,000 have come: 13,000 are still to be paid, 2,000 nobody pays."""
    paid = {"indemnity_paid": 5_000.0, "paid_on": "2025-12-20", "claim_id": "K-77"}
    case = case_of(given(GOODS, paid))
    assert (case.found.indemnity[0], case.found.remainder[0]) == (13_000, 2_000)
    sheet = claim_sheet(given(GOODS, paid))
    assert value(sheet, "Estimated indemnity") == 13_000
    assert value(sheet, "Uninsured remainder (estimate)") == 2_000
    assert value(sheet, "Claim number") == "K-77"
    steps = table(sheet, "Step")
    assert steps["Already paid"]["Amount after"] == 13_000
    letter = claim_letter_sheet(given(GOODS, paid))
    assert value(letter, "Indemnity already paid") == 5_000
    assert value(letter, "Indemnity still to be paid (estimate)") == 13_000
    (cell,) = [cell for cell in letter.cells if str(cell.formula or "").startswith("=MAX(")]
    assert (cell.value, cell.formula.count("-")) == (2_000, 3)
    assert any(text.endswith("claim K-77") for text in texts(letter))
    assert not any("already paid" in text for text in texts(claim_letter_sheet(given(GOODS))))


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ({"indemnity_paid": 5_000.0}, 13_000),
        ({"indemnity_paid": 5_000.0, "paid_on": "2026-01-02"}, 18_000),
        ({"indemnity_paid": 5_000.0, "customer": "B"}, 18_000),
        ({"indemnity_paid": 20_000.0}, 0),
    ],
)
def test_whose_indemnity_and_when(row, left):
    found = given(GOODS, row)
    assert case_of(found).found.indemnity[0] == left
    assert (insured_share(found, found.items, DAY) * 10_000).sum() == left
    said = [text for text in texts(claim_sheet(found)) if "paid 2,000.00 more" in text]
    assert bool(said) == (row["indemnity_paid"] == 20_000.0)


def test_the_cover_names_what_has_been_paid():
    sheet = cover_sheet(given(GOODS, {"indemnity_paid": 5_000.0}))
    assert any("already paid 5,000.00 (A)" in text for text in texts(sheet))


def test_a_notice_in_time_is_no_warning_of_the_claim():
    def warnings(*rows):
        found = case_of(given(GOODS, *rows)).section("warning")
        return set(found["item"].tolist())

    assert {"notice late", "filing late"} <= warnings()
    in_time = {"notified_on": "2025-06-30"}, {"filed_on": "2025-11-01"}
    assert not {"notice late", "filing late"} & warnings(*in_time)
    assert warnings(in_time[0]) >= {"filing late"}
    assert "notice late" in warnings({"notified_on": "2025-07-01"})
    assert "notice late" in warnings({"notified_on": "2025-06-30", "document": "S0"})
