"""Records' customers against those that are known: names become numbers, and who is not there is reported."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np

from arcredit.shapes import Table


def numbered(tables: Mapping[str, Table], customers: Mapping[str, str | None]) -> dict[str, Table]:
    """The tables with customers by number where a record has their names.

    Parameters
    ----------
    customers : dict of str to str
        The ledger's customers: number to name. Those of the customers' own record count too.
    """
    own = _names(tables.get("customers"))
    number = _numbers({**own, **{one: name or own.get(one) for one, name in customers.items()}})
    return {name: _renamed(table, number) for name, table in tables.items()}


def strangers(table: Table, customers: Mapping[str, str | None]) -> list[str]:
    """Customers of a record that the ledger does not have, in order of first appearance."""
    if "customer" not in table.columns:
        return []
    named = dict.fromkeys(name for name in table["customer"] if name is not None)
    return [name for name in named if name not in customers]


def _names(table: Table | None) -> dict[str, str | None]:
    if table is None:
        return {}
    return dict(zip(table["customer"], table["customer_name"], strict=True))


def _numbers(names: Mapping[str, str | None]) -> dict[str, str]:
    """The number of each name that only one customer has; a number is its own."""
    found: dict[str, str | None] = {}
    for number, name in names.items():
        if name:
            plain = _plain(name)
            found[plain] = number if found.get(plain, number) == number else None
    return {name: number for name, number in found.items() if number and name not in names}


def _renamed(table: Table, number: Mapping[str, str]) -> Table:
    if "customer" not in table.columns or not number:
        return table
    known = [customer and number.get(_plain(customer), customer) for customer in table["customer"]]
    customer: np.ndarray[Any, Any] = np.empty(len(known), object)
    customer[:] = known
    return Table({**table.columns, "customer": customer})


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
