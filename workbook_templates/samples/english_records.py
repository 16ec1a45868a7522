"""The records of the English sample: what its credit control keeps beside the ledger."""

from collections.abc import Sequence

from xlsxwriter.workbook import Workbook

from samples import records
from samples.look import Look
from samples.trade import Customer, Document

OWNERS = ("S. Byrne", "K. Doyle", "P. Maher")
REASONS = {"price": "Price", "quality": "Quality", "short delivery": "Short delivery"}
DUNMORE, SANTORO = "000382", "000715"
CUSTOMER_FACTS = {
    "000382": {"insolvency_date": "2026-06-17", "legal_stop": "yes"},
    "000456": {"group": "Tavernier", "letter_language": "en"},
    "000900": {"group": "Tavernier"},
    "000641": {"contra": 1250.0},
    "000308": {"unbilled_deliveries": 3900.0},
    "000789": {"collateral": 2000.0},
    "001751": {"related_party": "yes"},
}
LIMIT_CHANGES = {
    "000271": {"note": "Over the limit since May: raise it or stop"},
    "000345": {
        "credit_limit": 45000.0,
        "valid_to": "2026-08-31",
        "temporary": "yes",
        "note": "Summer project",
    },
    DUNMORE: {"credit_limit": 0.0, "valid_from": "2026-02-01", "note": "Withdrawn: no supply"},
    SANTORO: {"valid_to": "2026-05-31", "review_date": "2026-05-15", "note": "Review overdue"},
    "000789": {"review_date": "2026-05-15"},
    "001603": {"note": "Prepayment only"},
    "001677": {"note": "Not decided yet: accounts asked for"},
}
INSURED_UNTIL = {DUNMORE: "2026-01-19", SANTORO: "2026-03-31", "001640": "2026-04-30"}


def write(book: Workbook, look: Look, people: Sequence[Customer], documents: Sequence[Document]) -> None:
    """Add the sheets of the records."""
    given = records.given("records_en.txt")
    settled = next(item for item in documents if item.number == "IN26-0002")
    content = {
        "limits": records.own_limits(people, LIMIT_CHANGES, "S. Byrne"),
        "insured_limits": records.insurers_limits(people, "2025-01-01", INSURED_UNTIL, given),
        "policy": records.default_policy(),
        "disputes": [
            *records.open_disputes(documents, OWNERS, REASONS),
            records.settled_dispute(settled, "Price", OWNERS[0]),
        ],
        **{name: lines for name, lines in given.items() if name != "insured_limits"},
    }
    content["promises"] = records.kept_promises(documents, "slow", 3) + given["promises"]
    for name in records.ORDER:
        records.write(book, look, name, content[name], "en")
