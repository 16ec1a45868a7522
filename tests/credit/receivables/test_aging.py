"""Aging: every amount in one column, whatever the order, the day or the convention."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arcredit.credit.receivables.aging import CREDITS, aging_matrix, ar_aged, ar_aging
from arcredit.credit.receivables.conventions import NAMES
from arcredit.errors import InputError
from arcredit.shapes import Coded, coded

DAY = np.datetime64("2025-06-30")
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "007", None]),
        st.one_of(st.none(), st.integers(-400, 2500)),
        st.integers(-(10**9), 10**9).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=30,
)


def columns(rows, day=DAY):
    customer, late, amount = zip(*rows, strict=True)
    due = np.array([np.datetime64("NaT") if item is None else day - item for item in late], "datetime64[D]")
    return list(customer), due, np.array(amount)


def cents(amounts):
    return sum(Decimal(repr(float(amount))) for amount in amounts)


@given(ROWS, st.sampled_from(NAMES), st.sampled_from(CREDITS))
def test_the_parts_are_the_whole(rows, convention, credits):
    table = ar_aging(*columns(rows), DAY, convention=convention, credits=credits)
    parts = [
        name for name in table.columns if name not in ("customer", "total", "share_overdue", "oldest_days")
    ]
    for line in range(len(table)):
        assert cents(table[name][line] for name in parts) == cents([table["total"][line]])
    assert cents([table["total"][-1]]) == cents(amount for *_, amount in rows)
    for name in (*parts, "total"):
        assert cents(table[name][:-1]) == cents([table[name][-1]])


@given(ROWS, st.sampled_from(CREDITS))
def test_each_customer_has_its_own_money(rows, credits):
    table = ar_aging(*columns(rows), DAY, credits=credits)
    owners = table["customer"][:-1].tolist()
    assert sorted(owners, key=str) == sorted({row[0] for row in rows}, key=str)
    for owner, total in zip(owners, table["total"], strict=False):
        assert cents([total]) == cents(amount for name, _, amount in rows if name == owner)


@given(ROWS, st.sampled_from(CREDITS), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, credits, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    first, second = (ar_aging(*columns(part), DAY, credits=credits) for part in (rows, shuffled))
    assert sorted(map(str, first.rows())) == sorted(map(str, second.rows()))


@given(ROWS, st.integers(-5000, 5000), st.sampled_from(CREDITS))
def test_shifting_the_day_and_the_due_dates_changes_nothing(rows, shift, credits):
    first, second = (ar_aging(*columns(rows, day), day, credits=credits) for day in (DAY, DAY + shift))
    assert list(map(str, first.rows())) == list(map(str, second.rows()))


@given(ROWS, st.sampled_from(NAMES))
def test_one_figure_is_that_of_the_table(rows, convention):
    customer, due, amount = columns(rows)
    table = ar_aging(customer, due, amount, DAY, convention=convention)
    labels = [n for n in table.columns if n not in ("customer", "share_overdue", "oldest_days")]
    for label in labels:
        assert ar_aged(label, due, amount, DAY, convention=convention) == table[label][-1]
        assert ar_aged(label, due, amount, DAY, None, convention, customer, "A") == sum(
            table[label][:-1][table["customer"][:-1] == "A"]
        )


@given(ROWS)
def test_credits_never_hide_what_is_overdue(rows):
    """Kept apart, credits leave every bucket of debits whole; the oldest debit is a debit's."""
    table = ar_aging(*columns(rows), DAY)
    debits = [(late, amount) for _, late, amount in rows if amount > 0 and late is not None]
    assert cents([table["current"][-1]]) == cents(amount for late, amount in debits if late <= 0)
    assert cents([table[">120"][-1]]) == cents(amount for late, amount in debits if late > 120)
    assert cents([table["unapplied"][-1]]) == cents(amount for *_, amount in rows if amount < 0)
    oldest = table["oldest_days"][-1]
    assert oldest == max(late for late, _ in debits) if debits else np.isnan(oldest)


@given(ROWS)
def test_oldest_first_leaves_no_bucket_negative_and_the_youngest_debt_last(rows):
    """A plain loop over one customer's debts, oldest first, is the second opinion."""
    rows = [("A", late or 0, amount) for _, late, amount in rows]
    table = ar_aging(*columns(rows), DAY, credits="oldest_first")
    credit = -sum(round(amount * 100) for *_, amount in rows if amount < 0)
    current = 0
    for _, late, amount in sorted(rows, key=lambda row: -row[1]):
        if amount > 0:
            left = max(round(amount * 100) - credit, 0)
            credit = max(credit - round(amount * 100), 0)
            current += left if late <= 0 else 0
    assert round(table["current"][0] * 100) == current
    assert round(table["unapplied"][0] * 100) == -credit
    assert min(table[name][0] for name in ("current", "1-30", "31-60", "61-90", "91-120", ">120")) >= 0


def test_a_million_rows_add_up_to_the_cent():
    random = np.random.default_rng(7)
    units = random.integers(-(10**7), 10**8, 1_000_000)
    customer = Coded(random.integers(-1, 20_000, len(units)), np.arange(20_000).astype(str).astype(object))
    due = DAY - random.integers(-60, 300, len(units)).astype("timedelta64[D]")
    found = aging_matrix(customer, due, units / 100, DAY)
    in_cents = np.rint(np.column_stack([found.amounts, found.unapplied]) * 100).astype(np.int64)
    assert in_cents.sum() == units.sum()
    assert np.array_equal(in_cents.sum(axis=1), np.rint(found.total * 100).astype(np.int64))
    assert found.customer[-1] == -1
    late = (DAY - due).astype(int) > 120
    assert in_cents[:, found.labels.index(">120")].sum() == units[late & (units > 0)].sum()


def test_amounts_finer_than_cents_from_the_second_block_on():
    """Places are found block by block; a later, finer block must not lose them."""
    amount = np.full(200_000, 0.01)
    amount[150_000] = 0.0005
    due = np.full(len(amount), DAY)
    found = aging_matrix(Coded(np.zeros(len(amount), np.intp), np.array(["A"], object)), due, amount, DAY)
    assert found.total.tolist() == [2000.0 - 0.01 + 0.0005]


@pytest.mark.parametrize(("amount", "documents"), [(2.0**33 + 0.25, 70_000), (1e9, 140_000)])
def test_a_sum_too_large_to_be_exact_is_refused(amount, documents):
    """In one block, or only in all of them together."""
    everyone = Coded(np.zeros(documents, np.intp), np.array(["A"], object))
    with pytest.raises(InputError) as caught:
        aging_matrix(everyone, np.full(documents, DAY), np.full(documents, amount), DAY)
    assert caught.value.cell == "#NUM!"


class TestEdges:
    """Blanks, zeros and wrong arguments."""

    def test_no_rows(self):
        table = ar_aging([], [], [], DAY)
        assert table["customer"].tolist() == [None]
        assert table["total"].tolist() == [0.0]
        assert np.isnan(table["share_overdue"]).all()
        assert ar_aged("1-30", [], [], DAY) == 0.0

    def test_blank_amounts_are_left_out_and_zeros_stay(self):
        table = ar_aging(["A", "B"], [DAY, DAY], [None, 0.0], DAY)
        assert table["customer"].tolist() == ["B", None]
        assert np.isnan(table["oldest_days"]).all()

    def test_a_customer_of_offsetting_amounts_stays(self):
        table = ar_aging(["A", "A", "B"], [DAY] * 3, [5, -5, 1], DAY, credits="own_date")
        assert table["customer"].tolist() == ["A", "B", None]

    def test_a_credit_alone_has_no_share_and_no_age(self):
        table = ar_aging(["A"], ["2025-01-01"], [-5], DAY)
        assert np.isnan([table["share_overdue"][0], table["oldest_days"][0]]).all()

    def test_a_credit_without_a_date_is_unapplied(self):
        table = ar_aging(["A"], [None], [-5], DAY)
        assert "none" not in table.columns
        assert table["unapplied"].tolist() == [-5, -5]

    def test_a_share_counts_days_not_columns(self):
        """LedgerSMB's first column mixes what is not due with 1 to 29 days."""
        table = ar_aging(["A", "A"], ["2025-07-10", "2025-06-20"], [3, 1], DAY, convention="ledgersmb")
        assert table["c0"].tolist() == [4, 4]
        assert table["share_overdue"].tolist() == [0.25, 0.25]

    def test_credits_in_current_without_such_a_column_go_to_the_first(self):
        table = ar_aging(["A"], ["2025-01-01"], [-5], DAY, convention="erpnext", credits="current")
        assert table["0-30"].tolist() == [-5, -5]

    def test_codes_stand_for_their_labels(self):
        customer = coded(["B", "A", "B"], "customer")
        direct = ar_aging(customer, [DAY] * 3, [1, 2, 3], DAY)
        assert direct["customer"].tolist() == ["B", "A", None]
        assert direct["total"].tolist() == [4, 2, 6]

    def test_blocks_are_read_as_columns(self):
        table = ar_aging([["A"], ["B"]], [[DAY], [DAY]], [[1], [2]], [[DAY]])
        assert table["total"].tolist() == [1, 2, 3]

    @pytest.mark.parametrize(
        ("change", "cell", "argument"),
        [
            ({"convention": "sap"}, "#VALUE!", "convention"),
            ({"credits": "netted"}, "#VALUE!", "credits"),
            ({"edges": [30, 20]}, "#NUM!", "edges"),
            ({"edges": "0,30"}, "#NUM!", "edges"),
            ({"as_of": None}, "#VALUE!", "as_of"),
            ({"open_amount": ["x", 1]}, "#VALUE!", "open_amount"),
            ({"open_amount": [1]}, "#VALUE!", "open_amount"),
            ({"due_date": ["30.06.2025", DAY]}, "#VALUE!", "due_date"),
        ],
    )
    def test_wrong_arguments(self, change, cell, argument):
        given = {"customer": ["A", "B"], "due_date": [DAY, DAY], "open_amount": [1, 2], "as_of": DAY}
        with pytest.raises(InputError) as caught:
            ar_aging(**(given | change))
        assert (caught.value.cell, caught.value.argument) == (cell, argument)

    def test_where_the_wrong_date_is(self):
        with pytest.raises(InputError) as caught:
            ar_aging(["A", "B"], [DAY, "soon"], [1, 2], DAY)
        assert caught.value.where.tolist() == [False, True]

    def test_one_customer_needs_the_column(self):
        with pytest.raises(InputError) as caught:
            ar_aged("1-30", [DAY], [1], DAY, customer_id="A")
        assert caught.value.argument == "customer"
        assert "客户列" in caught.value.text("zh")

    def test_an_unknown_customer_has_nothing_open(self):
        assert ar_aged("current", [DAY], [1], DAY, customer=["A"], customer_id="Z") == 0

    def test_a_blank_bucket_is_no_figure(self):
        assert np.isnan(ar_aged(None, [DAY], [1], DAY))

    def test_buckets_as_they_are_typed(self):
        assert ar_aged("1–30", ["2025-06-20"], [1], DAY) == 1
        assert ar_aged("<=1", ["2025-06-20"], [1], DAY, convention="cn_statutory") == 1
        assert ar_aged(30, ["2025-05-20"], [1], DAY, convention="tryton") == 1
        assert ar_aged("Not Due", ["2025-07-20"], [1], DAY, convention="OCA") == 1


DAY_COUNTS = [name for name in NAMES if name != "cn_statutory"]


@pytest.mark.parametrize(("days", "share"), [(0, 0), (1, 1), (2, 1)])
def test_one_day_late_is_overdue_in_every_convention(days, share):
    """Also where the first column holds what is due today and what is late together (0-30)."""
    for convention in DAY_COUNTS:
        due = dt.date(2025, 6, 30) - dt.timedelta(days)
        table = ar_aging(["A"], [due], [0.5], "2025-06-30", convention=convention)
        assert table["share_overdue"].tolist() == [share] * 2, convention


def test_one_figure_takes_one_bucket():
    with pytest.raises(InputError) as caught:
        ar_aged(["current", "1-30"], ["2025-06-01"], [1], "2025-06-30")
    assert (caught.value.argument, caught.value.cell) == ("bucket", "#VALUE!")


def test_one_figure_of_one_customer_with_edges_of_its_own():
    rows = {"due_date": ["2025-06-20", "2025-06-10"], "open_amount": [5, 7], "as_of": "2025-06-30"}
    given = {**rows, "edges": [15], "customer": ["A", "A"], "customer_id": "A"}
    assert [ar_aged(bucket, **given) for bucket in ("1-15", ">15")] == [5, 7]
    with pytest.raises(InputError) as caught:
        ar_aged("1-30", **given)
    assert caught.value.argument == "bucket"


def test_one_customers_figure_needs_the_customers():
    with pytest.raises(InputError) as caught:
        ar_aged("current", ["2025-06-01"], [1], "2025-06-30", customer_id="A")
    assert (caught.value.argument, caught.value.cell) == ("customer", "#VALUE!")
    assert "A" in str(caught.value)
