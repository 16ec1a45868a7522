"""The records of the messy sample: odd headings, title rows, figures as text, two cells nobody can use."""

from collections.abc import Mapping, Sequence

from xlsxwriter.workbook import Workbook

from samples import records
from samples.look import Look
from samples.trade import Customer, Document

_NO_NAME = {"customer": "Cust No"}
_NAMED = {"customer": "Cust No", "customer_name": "Customer"}
SHEETS: Mapping[str, tuple[str, tuple[str, ...], Mapping[str, str]]] = {
    "customers": (
        "Customer List",
        ("NORTHGATE GROUP", "Customers - kept by credit control, last tidied 12/06/2026"),
        {
            **_NAMED,
            "terms_days": "Pmt Terms",
            "grade": "Risk Class",
            "contact": "Attn",
            "email": "E-mail Address",
            "phone": "Tel.",
            "collector": "Owner",
            "legal_stop": "Credit Hold",
            "insolvency_date": "Insolvent since",
        },
    ),
    "limits": (
        "Credit Limits",
        ("Approved limits 2026", "NB: in the customer's currency!"),
        {
            **_NAMED,
            "credit_limit": "Limit",
            "currency": "Ccy",
            "valid_to": "Valid until",
            "review_date": "Next review",
            "decided_by": "Approved by",
            "note": "Remarks",
        },
    ),
    "insured_limits": (
        "Insurer decisions",
        ("Limits as per insurer portal",),
        {**_NAMED, "limit": "Approved limit", "from": "Effective", "to": "Until", "kind": "Decision"},
    ),
    "policy": ("Grades", (), {}),
    "insurance": ("Policy schedule", ("Our credit insurance",), {}),
    "events": (
        "News",
        ("What we heard",),
        {**_NO_NAME, "date": "Date", "kind": "Type", "severity": "Level", "note": "Text"},
    ),
    "promises": (
        "PTP",
        (),
        {
            **_NO_NAME,
            "document": "Inv No",
            "promised_date": "Promised for",
            "amount": "Amount",
            "note": "Who",
        },
    ),
    "orders": (
        "Order book",
        ("Orders waiting for release",),
        {
            **_NO_NAME,
            "order": "SO",
            "date": "Ordered on",
            "amount": "Value",
            "currency": "Ccy",
            "terms_days": "Terms",
        },
    ),
    "financials": (
        "Balance sheets",
        ("Figures in the customer's currency",),
        {**_NO_NAME, "sales": "Turnover"},
    ),
    "disputes": (
        "Dispute log",
        (),
        {
            **_NO_NAME,
            "document": "Invoice No",
            "raised_on": "Raised",
            "amount": "Amount",
            "owner": "Handled by",
        },
    ),
    "plans": ("Instalment plans", (), {**_NO_NAME, "first_date": "First payment", "annual_rate": "Interest"}),
    "dossier": ("Claim file", ("Ashdown - what the insurer wants",), {**_NO_NAME, "present": "There"}),
    "insurers": ("Quotes", ("Renewal 2027: offers",), {"insurer": "Company", "rate": "Premium rate"}),
    "settings": ("Setup", (), {}),
    "borrowing": ("Facility", ("Bank line",), {}),
}
LIMIT_CHANGES = {
    "00443": {"note": "over soon"},
    "00469": {"credit_limit": "tbc", "note": "ask AF"},
    "00495": {"credit_limit": 0.0, "note": "STOP"},
    "00417": {"credit_limit": "40,000.00"},
    "02064": {"credit_limit": "70,000.00"},
    "02090": {"valid_to": "31/05/2026", "note": "expired"},
    "07069": {"note": "temp. until year end", "temporary": "yes"},
}
CUSTOMER_FACTS = {"00495": {"legal_stop": "yes", "insolvency_date": "2026-06-18"}}
INSURED_UNTIL = {"00495": "2026-01-14", "02103": "2026-03-31", "07043": "2026-04-30"}
REASONS = {"price": "Price query", "quality": "Quality claim", "short delivery": "Short delivery"}


def write(book: Workbook, look: Look, people: Sequence[Customer], documents: Sequence[Document]) -> None:
    """Add the sheets of the records, as plain blocks under whatever titles they were given."""
    given = records.given("records_messy.txt")
    limits = records.own_limits(people, LIMIT_CHANGES, "AF")
    for one, row in zip(people, limits, strict=True):
        row |= {"currency": one.currency}
        row.pop("valid_from", None)
    content = {
        **given,
        "customers": [
            {"customer": one.number, "customer_name": one.name, "country": one.place.split()[0]}
            | {"terms_days": one.terms, "grade": float(one.grade or 0), "contact": "Accounts dept."}
            | {"email": f"ap{one.number}@mail.example", "phone": f"+00 555 {one.number}", "collector": "MO"}
            | CUSTOMER_FACTS.get(one.number, {})
            for one in people
        ],
        "limits": limits,
        "insured_limits": records.insurers_limits(people, "2025-01-01", INSURED_UNTIL, given),
        "policy": records.default_policy(),
        "disputes": records.open_disputes(documents, ("MO", "JP"), REASONS),
    }
    for name, (sheet, titles, heads) in SHEETS.items():
        place = {"sheet": sheet, "titles": titles, "heads": heads}
        records.write(book, look, name, content[name], "en", table=False, **place)
