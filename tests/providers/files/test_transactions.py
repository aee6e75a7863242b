"""Lists of what somebody bought and sold are no prices, whatever broker wrote them; lists of closes are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from market import SHARED, needs_shared
from openbell.model.errors import UnreadableFile
from openbell.providers.files import read

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SAYS = "this is a list of transactions, not of prices; portfolios come in a later version."
EXPORTS = sorted((SHARED / "broker_exports").glob("*")) if SHARED.is_dir() else []


@needs_shared
@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: path.name)
def test_every_brokers_export_is_told_as_what_it_is(path):
    with pytest.raises(UnreadableFile) as caught:
        read(path, now=NOW)
    assert caught.value.what == f"{path}: {SAYS}"


@pytest.mark.parametrize(
    "text",
    [
        "Date,Action,Symbol,Quantity,Price,Fees & Comm,Amount\n11/13/2023,Buy,SPY,1.5,$420.10,,-$694.48\n",
        "date;type;symbol;shares;price\n2024-01-02;Buy;ACME;5;10.5\n2024-01-03;Sell;ACME;5;11\n",
        "date,action,symbol,price\n2024-01-02,BUY,ACME,10.5\n2024-01-03,SELL,ACME,11\n2024-01-03,BUY,ACME,11.5\n",
        "Datum;Vorgang;ISIN;Anzahl;Kurs;Provision;Betrag\n02.01.2024;Kauf;DE0007164600;5;10,5;1,00;-53,50\n",
        "Datum,Produkt,ISIN,Valutadatum,Mutatie,,Saldo,\n02-01-2024,ACME,NL0000000001,02-01-2024,EUR,5,EUR,7\n",
        "date,type,symbol,quantity,amount\n",
    ],
)
def test_a_list_of_deals_is_known_by_its_columns_and_its_words(write, text):
    with pytest.raises(UnreadableFile) as caught:
        read(write("ACME.csv", text), now=NOW)
    assert SAYS in str(caught.value)


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("date,close\n2024-01-02,10.5\n2024-01-03,11\n", [10.5, 11.0]),
        ("Date,Price,Volume,Type\n2024-01-02,10.5,100,ETF\n2024-01-03,11,200,ETF\n", [10.5, 11.0]),
        ("date,isin,name,currency,price\n2024-01-02,US1,Acme,USD,10.5\n2024-01-03,US1,Acme,USD,11\n", [10.5, 11.0]),
        ("date,close,signal\n2024-01-02,10.5,BUY\n2024-01-03,11,SELL\n", [10.5, 11.0]),
        ("date,close,quantity,amount\n2024-01-02,10.5,100,1050\n2024-01-03,11,100,1100\n", [10.5, 11.0]),
        (
            "Date,Open,High,Low,Close,Quantity,Amount,Side\n2024-01-02,10,11,9,10.5,5,52,Buy\n2024-01-03,10,12,9,11,5,55,Sell\n",
            [10.5, 11.0],
        ),
    ],
)
def test_a_list_of_prices_stays_one_whatever_stands_beside_them(load, text, closes):
    assert load("ACME.csv", text).bars["close"].to_list() == closes


def test_whoever_names_the_columns_of_prices_is_believed(load):
    text = "date,action,symbol,price\n2024-01-02,BUY,ACME,10.5\n2024-01-03,SELL,ACME,11\n"
    assert load("x.csv", text, columns={"close": "price"}).bars["close"].to_list() == [10.5, 11.0]


def test_columns_without_a_name_are_told_by_their_place(load):
    found = load("ACME.csv", "date,close,,\n2024-01-02,10.5,a,b\n2024-01-03,11,a,b\n")
    assert found.bars.height == 2
    assert "columns left out: column 3, column 4" in found.notes


def test_a_table_whose_every_row_is_cut_short_is_told_by_its_first(write):
    with pytest.raises(UnreadableFile, match=r"no row can be read: line 2: 2 cells where the file has 3 columns\."):
        read(write("ACME.csv", "date,close,volume\n2024-01-02,10.5\n2024-01-03,11\n"), now=NOW)
