# ruff: noqa: E501  # rows stand as brokers write them
"""Fees and taxes in another currency than the trade is booked in: none is lost, none is counted twice."""

from __future__ import annotations

from decimal import Decimal

from openbell.statements.presets import read
from statements.told import cash_of, told

DEGIRO = "Date,Time,Value date,Product,ISIN,Description,FX,Change,,Balance,,Order Id\n"


def order(*rows: tuple[str, str, str]) -> str:
    """Rows of one order of Degiro's: what they say, their currency and amount."""
    return DEGIRO + "".join(
        f'02-01-2024,15:31,02-01-2024,ACME,GB00BH4HKS39,"{said}",,{currency},{cash},,,abc-1\n'
        for said, currency, cash in rows
    )


def test_fees_of_one_order_in_two_currencies_are_both_booked():
    statement = read(
        order(
            ("Buy 10 Acme@185.5 USD (GB00BH4HKS39)", "USD", "-1855.00"),
            ("DEGIRO Transaction and/or third party fees", "EUR", "-2.00"),
            ("ADR/GDR Pass-Through fee", "USD", "-0.50"),
        ).encode(),
        "f",
    )
    assert told(statement) == [
        "2024-01-02 buy GB00BH4HKS39 10 -1855.5 USD fee=0.5 @185.5",
        "2024-01-02 fee GB00BH4HKS39 0 -2 EUR",
    ]


def test_a_tax_in_the_currency_of_the_price_of_a_trade_that_was_paid_in_another_is_booked():
    statement = read(
        order(
            ("Buy 100 Acme@0.70 GBP (GB00BH4HKS39)", "GBP", "-70.00"),
            ("London/Dublin Stamp Duty", "GBP", "-0.35"),
            ("FX Credit", "GBP", "70.00"),
            ("FX Debit", "EUR", "-80.50"),
        ).encode(),
        "f",
    )
    assert told(statement) == [
        "2024-01-02 buy GB00BH4HKS39 100 -80.5 EUR @0.7GBP rate=1.15",
        "2024-01-02 tax GB00BH4HKS39 0 -0.35 GBP",
    ]


def test_fees_in_two_currencies_that_are_not_the_trade_s_are_not_added_up():
    statement = read(
        order(
            ("Buy 10 Acme@10 USD (GB00BH4HKS39)", "USD", "-100.00"),
            ("DEGIRO Transaction and/or third party fees", "EUR", "-2.00"),
            ("DEGIRO Transaction and/or third party fees", "CHF", "-3.00"),
        ).encode(),
        "f",
    )
    assert cash_of(statement) == {"USD": Decimal(-100), "EUR": Decimal(-2), "CHF": Decimal(-3)}


def test_a_fee_of_trading_212_in_the_currency_of_the_price_is_a_part_of_the_total():
    head = (
        "Action,Time,ISIN,Ticker,Name,No. of shares,Price / share,Currency (Price / share),Exchange rate,Result,"
        "Currency (Result),Total,Currency (Total),Withholding tax,Currency (Withholding tax),Notes,ID,"
        "Currency conversion fee,Currency (Currency conversion fee),Finra fee,Currency (Finra fee)\n"
    )
    sale = "Market sell,2023-12-18 14:30:03.613,US17275R1023,CSCO,Cisco,10,50,USD,1.25,0,EUR,{},EUR,,,,{},{},{},USD\n"
    rows = sale.format("399.20", "A1", ",", "1.00") + sale.format("398.20", "A2", "1.00,EUR", "1.00")
    strange = sale.format("399.00", "A3", "1.00,CHF", "")
    statement = read((head + rows + strange).encode(), "f")
    assert told(statement) == [
        "2023-12-18 sell CSCO -10 399.2 EUR fee=0.8 @50USD rate=0.8",
        "2023-12-18 sell CSCO -10 398.2 EUR fee=1.8 @50USD rate=0.8",
        "2023-12-18 sell CSCO -10 399 EUR @50USD rate=0.8",
    ]
    assert statement.drafts[2].note == "A fee of 1.00 CHF is a part of the total."


def test_the_commission_of_a_change_of_currencies_is_in_the_currency_that_its_column_names():
    file = """Statement,Header,Field Name,Field Value
Statement,Data,Title,Activity Statement
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U1
Account Information,Data,Base Currency,USD
Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,,Proceeds,Comm in USD,,,MTM in USD,,Code
Trades,Data,Order,Forex,JPY,USD.JPY,"2023-06-01, 10:00:00",1000,140,,-140000,-2,,,0,,
Trades,Data,Order,Forex,JPY,USD.JPY,"2023-06-02, 10:00:00",-1000,140,,140000,-2,,,0,,
"""
    assert told(read(file.encode(), "f")) == [
        "2023-06-01 exchange - 0 -140000 JPY fee=2USD to=1000USD in=U1",
        "2023-06-02 exchange - 0 -1002 USD fee=2 to=140000JPY in=U1",
    ]
