"""Exchange rates out of a file: read as given, refused where they could be wrong."""

import pytest
import xlsxwriter

from arcredit.errors import SettingsError
from arcredit.ledger.currency import read_rates


def rates(tmp_path, text, name="rates.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_rates(path)


def test_rates_of_a_csv(tmp_path):
    assert rates(tmp_path, "currency,rate\nEUR,1\nusd,0.925\nGBP,1.19\n") == {
        "EUR": 1.0,
        "USD": 0.925,
        "GBP": 1.19,
    }


def test_chinese_headings_and_names(tmp_path):
    found = rates(tmp_path, "期末汇率表,\n币种,汇率\n人民币,1\n美元,7.1234\n")
    assert found == {"CNY": 1.0, "USD": 7.1234}


def test_a_decimal_comma_that_another_rate_proves(tmp_path):
    assert rates(tmp_path, "Currency;Rate\nEUR;1,0\nUSD;0,925\nTRY;7,123\n")["TRY"] == 7.123


def test_rates_of_a_workbook(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "rates.xlsx") as book:
        book.add_worksheet("Notes").write("A1", "Closing rates")
        sheet = book.add_worksheet("Rates")
        sheet.write_row("B3", ["Code", "Exchange rate", "Date"])
        sheet.write_row("B4", ["EUR", 1, "2025-12-31"])
        sheet.write_row("B5", ["JPY", 0.00607, "2025-12-31"])
    assert read_rates(tmp_path / "rates.xlsx") == {"EUR": 1.0, "JPY": 0.00607}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a,b\n1,2\n", "ledger.rates_missing"),
        ("currency,rate\nEUR,1\nUSD,0\n", "ledger.rate_unusable"),
        ("currency,rate\nEUR,1\nUSD,-1\n", "ledger.rate_unusable"),
        ("currency,rate\nEUR,1\nUSD,\n", "ledger.rate_unusable"),
        ("currency,rate\nEUR,1\nUSD,1e999\n", "ledger.rate_unusable"),
        ("currency,rate\nEUR,1\nUSD," + "9" * 400 + "\n", "ledger.rate_unusable"),
        ("currency,rate\nEUR,1\nUSD,about 0.9\n", "ledger.rate_unusable"),
        ("currency;rate\nEUR;1\nTRY;7,123\n", "ledger.rate_unusable"),
        ("currency,rate\nEUR,1\nUSD,0.9\nUSD,0.91\n", "ledger.rate_twice"),
        ("currency,rate\nEUR,1.1\nUSD,0.9\n", "ledger.rate_home"),
    ],
)
def test_rates_that_are_refused(tmp_path, text, key):
    with pytest.raises(SettingsError) as caught:
        rates(tmp_path, text)
    assert caught.value.key == key
    assert caught.value.text("zh")
