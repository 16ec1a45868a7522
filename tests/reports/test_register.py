"""Records of customers: whom a line tells of."""

import numpy as np

from arcredit.ledger.records import Records
from arcredit.reports.register import Register
from arcredit.shapes import coded
from report_ledgers import documents, inputs
from report_records import table


def raised(numbers, customers):
    """Whose disputes are counted when three customers have documents 7, 7 and 8."""
    three = documents(3).take(np.arange(3))
    ledger = type(three)(
        **{**vars(three), "document": np.array(["7", "7", "8"], object), "customer": coded(list("ABB"), "c")}
    )
    disputes = table(
        document=numbers,
        customer=customers,
        raised_on=["2025-11-01"] * len(numbers),
        amount=[np.nan] * len(numbers),
        status=["open"] * len(numbers),
        resolved_on=[None] * len(numbers),
    )
    return Register(inputs(ledger, records=Records({"disputes": disputes})))._raised().customer.tolist()


def test_a_dispute_is_of_the_customer_it_names():
    assert raised(["7", "7"], ["A", "B"]) == ["A", "B"]


def test_a_dispute_that_names_nobody_is_of_the_only_one_with_the_number():
    assert raised(["8"], [None]) == ["B"]


def test_a_number_of_two_customers_tells_of_neither():
    assert raised(["7", "9"], [None, None]) == []
