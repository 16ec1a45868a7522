"""Records about the customers of the seeded ledger: for the reports on customers."""

import datetime as dt

import numpy as np

from arcredit.ledger.records import Records
from arcredit.shapes import Table


def table(**columns):
    """A record's table: numbers, dates and texts as their columns hold them, blanks as None."""

    def column(cells):
        if any(isinstance(cell, dt.date) for cell in cells):
            return np.array(cells, "datetime64[D]")
        if any(isinstance(cell, float) for cell in cells):
            return np.array([np.nan if cell is None else cell for cell in cells], np.float64)
        return np.array([*cells, None], object)[:-1]

    return Table({name: column(list(cells)) for name, cells in columns.items()})


def day(month, number, year=2025):
    """A day."""
    return dt.date(year, month, number)


def customers(**changes):
    """Master data of six of the twelve customers."""
    return table(
        **{
            "customer": [f"C{number}" for number in range(1001, 1007)],
            "customer_name": ["Aurora Foods", "Baltic Timber", "苏州华鼎", "=2+3", "Evergreen", "Fjord"],
            "grade": [3.0, 8.0, None, 6.0, 5.0, 9.0],
            "contact": ["Ann Lee", "Jonas Kask", "王芳", "=1+1", None, None],
            "phone": ["+44 20 7946 0958", "+372 555 01", "0512-555-0101", None, None, None],
            "address": [
                "1 High Street, London",
                "Sadama 5, Tallinn",
                "苏州市工业园区 8 号",
                None,
                None,
                None,
            ],
            "collector": ["Mia", "Mia", "Li", "Li", None, None],
            "letter_language": ["en", "en", "zh", None, None, None],
            "insolvency_date": [None, None, None, None, None, day(12, 1)],
        }
        | changes
    )


SETTINGS = {
    "company_name": "Northwind & Söhne GmbH",
    "company_address": "Hafenstraße 1, 20457 Hamburg",
    "company_email": "ar@example.com",
    "company_phone": "+49 40 5550100",
    "bank_account": "DE02 1203 0000 0000 2020 51",
    "interest_scheme": "EU",
    "dunning_edges": "3,15,30",
}


def settings(**changes):
    """Our own company's settings."""
    given = SETTINGS | changes
    return Table(
        {
            "key": np.array([*given, None], object)[:-1],
            "value": np.array([*given.values(), None], object)[:-1],
        }
    )


def disputes(**changes):
    """A dispute log."""
    return table(
        **{
            "document": ["INV-117", "INV-275"],
            "customer": [None, None],
            "raised_on": [day(11, 20), day(12, 20)],
            "reason": ["price", "=quality"],
            "amount": [100.0, None],
            "owner": ["Mia", None],
            "status": ["open", "open"],
            "resolved_on": np.array(["NaT", "NaT"], "datetime64[D]"),
            "note": [None, None],
        }
        | changes
    )


def promises(**changes):
    """Promises to pay of the seeded ledger's customers."""
    return table(
        **{
            "customer": ["C1001", "C1001", "C1002", "C1003"],
            "document": [None, None, None, None],
            "promised_date": [day(12, 5), day(12, 20), day(11, 1), day(1, 10, 2026)],
            "amount": [999_999.0, 999_999.0, 1.0, 500.0],
            "currency": [None, None, None, None],
            "note": [None, None, None, None],
        }
        | changes
    )


def events():
    """Credit events of the seeded ledger's customers."""
    return table(
        customer=["C1002", "C1004", "C1005", "ZZ"],
        date=[day(12, 1), day(11, 11), day(12, 24), day(12, 2)],
        kind=["rating_downgrade", "bounced_payment", "adverse_news", "legal_suit"],
        severity=[None, None, 3.0, 2.0],
        source=["agency", "bank", "news", "court"],
        note=["-", "=1+1", "-", "-"],
    )


def limits():
    """Our own credit limits."""
    return table(
        customer=["C1001", "C1002", "C1003", "C1004"],
        customer_name=[None] * 4,
        credit_limit=[20_000.0, 60_000.0, None, 150_000.0],
        currency=[None] * 4,
        valid_from=np.array(["NaT"] * 4, "datetime64[D]"),
        valid_to=np.array(["NaT"] * 4, "datetime64[D]"),
    )


def insured_limits():
    """The insurer's decisions."""
    return table(
        customer=["C1002", "C1005"],
        limit=[50_000.0, 30_000.0],
        **{name: np.array(["NaT"] * 2, "datetime64[D]") for name in ("from", "to")},
        kind=["named", "named"],
    )


def insurance(**changes):
    """The policy schedule."""
    given = {"insured_percentage": 0.9, "maximum_extension_days": 60, "insurer": "Example Credit"} | changes
    return Table({"key": np.array([*given], object), "value": np.array([*given.values()], object)})


def every():
    """All of these records."""
    return Records(
        tables={
            "customers": customers(),
            "settings": settings(),
            "disputes": disputes(),
            "promises": promises(),
            "events": events(),
            "limits": limits(),
            "insured_limits": insured_limits(),
            "insurance": insurance(),
        }
    )
