"""Our aging beside an independent one, bucket by bucket; docs/aging_comparison.md tells of it.

The other one is plain Python: whole cents, and for each system the table of `oracles.json` that says in which
column a debt so many days overdue stands there. It shares no line with ours.
"""

import csv
import datetime as dt
import json
import re
from bisect import bisect_right
from collections import defaultdict
from pathlib import Path

import pytest

from arcredit.credit.receivables.aging import ar_aging
from arcredit.credit.receivables.conventions import ar_bucket, ar_convention_diff

AS_OF = dt.date(2013, 6, 30)
SYSTEMS = {
    "erpnext_v15_due_date": "erpnext",
    "oca_aged_partner_balance": "oca",
    "oca_partner_statement_days": "oca_statement",
    "tryton_aged_balance_30_60_90": "tryton",
    "ledgersmb_due_date": "ledgersmb",
    "gnucash_new_aging_due_date": "gnucash",
    "invoiceninja_ar_summary": "invoiceninja",
}
EDGES = (0, 30, 60, 90, 120)
DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def matrix(shared):
    return json.loads((shared / "oracles.json").read_text(encoding="utf-8"))["boundary_matrix"]


@pytest.fixture(scope="module")
def invoices(shared):
    """Number, customer, due date and cents of every invoice dated by the day, payments left aside."""
    with open(shared / "data" / "ibm_late_payments.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    def day(text):
        month, number, year = map(int, text.split("/"))
        return dt.date(year, month, number)

    return [
        (
            row["invoiceNumber"],
            row["customerID"],
            day(row["DueDate"]),
            round(float(row["InvoiceAmount"]) * 100),
        )
        for row in rows
        if day(row["InvoiceDate"]) <= AS_OF
    ]


def own_column(late):
    """Our convention in words: not due up to the due date, upper edges belong to their bucket."""
    return str(sum(late > edge for edge in EDGES))


def their_column(matrix, system, late):
    """Where the system puts a debt; between two listed days it is where the earlier one is."""
    days = matrix["days"]
    return matrix["systems"][system]["column"][str(days[max(bisect_right(days, late) - 1, 0)])]


def by_hand(invoices, column):
    """Cents by customer and column."""
    sums = defaultdict(int)
    for _, customer, due, cents in invoices:
        sums[customer, column((AS_OF - due).days)] += cents
    return dict(sums)


def ours(invoices, convention):
    """The same out of AR_AGING."""
    _, customer, due, cents = zip(*invoices, strict=True)
    table = ar_aging(customer, due, [cent / 100 for cent in cents], AS_OF, None, convention)
    names = list(table.columns)
    labels = names[1 : names.index("unapplied")]
    assert not table["unapplied"].any()
    return {
        (who, label): round(table[label][row] * 100)
        for row, who in enumerate(table["customer"][:-1])
        for label in labels
        if table[label][row]
    }


def test_every_bucket_of_every_customer(invoices, matrix):
    """Ours and the independent one, by our own convention and by those of seven systems: to the cent."""
    assert len(invoices) > 1_000
    lates = sorted({(AS_OF - due).days for _, _, due, _ in invoices})
    label = dict(zip(map(own_column, lates), ar_bucket(lates).tolist(), strict=True))
    assert len(label) == 6
    wanted = {(who, label[name]): cents for (who, name), cents in by_hand(invoices, own_column).items()}
    assert ours(invoices, "arcredit") == wanted
    for system, convention in SYSTEMS.items():

        def column(late, system=system):
            return their_column(matrix, system, late)

        found = dict(zip(map(column, lates), ar_bucket(lates, None, convention).tolist(), strict=True))
        wanted = {(who, found[name]): cents for (who, name), cents in by_hand(invoices, column).items()}
        assert ours(invoices, convention) == wanted, system


def differing(invoices, convention):
    """Documents and cents in another bucket than in ours, and on which days past due."""
    number, _, due, cents = zip(*invoices, strict=True)
    amounts = [cent / 100 for cent in cents]
    table = ar_convention_diff(number, due, amounts, AS_OF, "arcredit", convention)
    kept = table["document"].tolist()
    late = {name: (AS_OF - day).days for name, day in zip(number, due, strict=True)}
    worth = dict(zip(number, cents, strict=True))
    named = [name for name in kept if name in late]
    return len(named), sum(worth[name] for name in named), {late[name] for name in named}


@pytest.mark.parametrize("page", ["aging_comparison.md", "aging_comparison.zh.md"])
def test_the_page_says_what_came_out(invoices, page):
    text = (DOCS / page).read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+ \| [\d,.]+) \|", text, re.MULTILINE))
    assert rows.keys() == set(SYSTEMS.values())
    for convention, shown in rows.items():
        count, cents, _ = differing(invoices, convention)
        assert shown == f"{count:,} | {cents / 100:,.2f}", convention
    assert f"{len(invoices):,}" in text
    assert f"{sum(cents for *_, cents in invoices) / 100:,.2f}" in text
