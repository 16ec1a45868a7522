"""AR Changes: the bridge closes to the cent, documents have reasons, and it says what it compares."""

import datetime as dt
import io
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pytest

from arcredit.credit.money import total
from arcredit.credit.receivables.open_items import open_at
from arcredit.reports.changes import changes_sheet
from arcredit.reports.scratch import workbook
from report_ledgers import documents, inputs

BEFORE = dt.date(2025, 11, 30)


def lines(given):
    data = workbook([changes_sheet(given)])
    page = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
    return [[cell.value for cell in line] for line in page.iter_rows()]


def said(given):
    return " ".join(str(cell) for line in lines(given) for cell in line if cell is not None)


def bridge(given):
    """Reason to amount, from the opening to the closing balance."""
    values = lines(given)
    start = next(place for place, line in enumerate(values) if line[0] == "Movement") + 1
    return {line[0]: line[1] for line in values[start : start + 11]}


def moved(given):
    values = lines(given)
    start = next(place for place, line in enumerate(values) if line[0] == "Why") + 1
    end = next(place for place, line in enumerate(values) if place > start and line[0] == "Total")
    return [dict(zip(values[start - 1], line, strict=True)) for line in values[start : end + 1]]


def snapshot(books, **changed):
    """What an earlier refresh saw: some rows changed since."""
    items = open_at(books, BEFORE)
    return {
        "previous": replace(items, **{key: change(items) for key, change in changed.items()}),
        "previous_as_of": BEFORE,
    }


def test_the_bridge_closes_to_the_cent():
    books = documents(600)
    given = inputs(books)
    found = bridge(given)
    amounts = list(found.values())
    assert amounts[0] == pytest.approx(total(open_at(books, BEFORE).open_amount))
    assert amounts[-1] == pytest.approx(total(given.items.open_amount))
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=1e-6)
    assert found["Late-posted"] == found["Vanished"] == 0
    assert "rebuilt from the ledger itself" in said(given)


def test_documents_carry_the_whole_change():
    given = inputs(documents(600))
    *rows, whole = moved(given)
    found = list(bridge(given).values())
    assert whole["Change"] == pytest.approx(found[-1] - found[0])
    assert sum(line["Change"] for line in rows) == pytest.approx(whole["Change"])
    assert all(line["Open now"] - line["Open then"] == pytest.approx(line["Change"]) for line in rows)


def test_a_snapshot_shows_what_the_ledger_hides():
    """Re-dated, another amount, late-posted: only what an earlier refresh kept can tell."""
    books = documents(600)
    stays = set(open_at(books, BEFORE).document) & set(open_at(books, "2025-12-31").document)
    first, second, third = sorted(stays)[:3]

    def due(items):
        return np.where(items.document == first, items.due_date - 7, items.due_date)

    def raised(items):
        return np.where(items.document == second, items.amount - 10, items.amount)

    def owed(items):
        return np.where(items.document == second, items.open_amount - 10, items.open_amount)

    held = snapshot(books, due_date=due, amount=raised, open_amount=owed)
    there = np.flatnonzero(held["previous"].document != third)
    given = inputs(books, **{**held, "previous": held["previous"].take(there)})
    why = {line["Document"]: line["Why"] for line in moved(given)}
    assert why[first] == "Re-dated"
    assert why[second] == "Amount changed"
    assert why[third] == "Late-posted"
    assert "Re-dated: 1 documents" in said(given)
    assert "the snapshot that an earlier refresh kept" in said(given)


def test_buckets_then_and_now_are_those_of_the_days():
    given = inputs(documents(600))
    values = lines(given)
    start = next(
        place for place, line in enumerate(values) if str(line[0]).startswith("Bucket on 2025-11-30")
    )
    grid = values[start + 1 : start + 9]
    now = given.items
    late = (np.datetime64(given.as_of) - now.due_date).astype(int)
    current = now.open_amount[(late <= 0) & (now.open_amount > 0)].sum()
    assert grid[-1][1] == pytest.approx(current)
    then = open_at(given.documents, BEFORE)
    late = (np.datetime64(BEFORE) - then.due_date).astype(int)
    assert grid[0][8] == pytest.approx(then.open_amount[(late <= 0) & (then.open_amount > 0)].sum())
    assert sum(line[8] for line in grid[:-1]) == pytest.approx(grid[-1][8])


def test_without_an_earlier_day_it_says_what_to_do():
    books = replace(documents(100), paid_date=None)
    assert "--snapshot" in said(inputs(books))
    assert "快照" in said(inputs(books, "zh"))


def test_currencies_stand_apart():
    given = inputs(documents(400, currencies=("EUR", "USD")))
    values = lines(given)
    closing = [line[1] for line in values if line[0] == "Open on 2025-12-31"]
    owed = [given.items.open_amount[given.items.currency.texts() == name].sum() for name in ("EUR", "USD")]
    assert closing == pytest.approx(owed)


def test_empty_and_injection():
    assert "no open items" in said(inputs(documents(0), previous=documents(0), previous_as_of=BEFORE))
    data = workbook([changes_sheet(inputs(documents(300, 4)))])
    page = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    named = [cell for line in page.iter_rows() for cell in line if cell.value == "=2+3"]
    assert named
    assert all(cell.data_type == "s" for cell in named)


def test_twenty_thousand_documents(capsys):
    given = inputs(documents(20_000, 800))
    start = time.perf_counter()
    workbook([changes_sheet(given)])
    with capsys.disabled():
        print(f" changes of 20,000 documents: {time.perf_counter() - start:.2f} s")
