# ruff: noqa: E501  # rows stand as the program writes them
"""Depots and cash accounts of Portfolio Performance, and what moves between them."""

from __future__ import annotations

from openbell.statements.presets import read
from statements.told import told

HEAD = "Date;Type;Value;Transaction Currency;Gross Amount;Currency Gross Amount;Exchange Rate;Fees;Taxes;Shares;ISIN;WKN;Ticker Symbol;Security Name;Note;Cash Account;Securities Account\n"


def row(
    day: str, kind: str, value: str, shares: str = "", cash: str = "", depot: str = "", currency: str = "USD"
) -> str:
    security = "US5949181045;870747;MSFT;Microsoft Corp." if shares else ";;;"
    return f"{day}T00:00;{kind};{value};{currency};;;;0,00;0,00;{shares};{security};;{cash};{depot}\n"


def statement_of(*rows: str):
    return read((HEAD + "".join(rows)).encode(), "f")


def test_what_is_delivered_into_a_depot_is_in_the_account_that_its_sales_are_paid_into():
    statement = statement_of(
        row("2021-01-01", "Deposit", "5,00", cash="Giro"),
        row("2021-09-16", "Delivery (Inbound)", "1.500,00", "5", depot="Depot"),
        row("2021-10-16", "Sell", "1.600,00", "5", "Giro", "Depot"),
    )
    assert told(statement) == [
        "2021-01-01 deposit - 0 5 USD in=Giro",
        "2021-09-16 delivery_in MSFT 5 0 USD @300 cost=1500 in=Giro",
        "2021-10-16 sell MSFT -5 1600 USD @320 in=Giro",
    ]


def test_a_depot_with_two_cash_accounts_is_one_account_in_two_currencies():
    statement = statement_of(
        row("2021-09-16", "Buy", "1.500,00", "5", "Dollars", "Depot"),
        row("2021-10-16", "Sell", "1.600,00", "5", "Cents", "Depot", "EUR"),
        row("2021-10-17", "Transfer (Outbound)", "100,00", cash="Dollars"),
        row("2021-10-17", "Transfer (Inbound)", "90,00", cash="Cents", currency="EUR"),
        row("2021-10-18", "Transfer (Outbound)", "10,00", cash="Dollars"),
        row("2021-10-18", "Transfer (Inbound)", "10,00", cash="Cents"),
    )
    assert told(statement) == [
        "2021-09-16 buy MSFT 5 -1500 USD @300 in=Cents",
        "2021-10-16 sell MSFT -5 1600 EUR @320 in=Cents",
        "2021-10-17 exchange - 0 -100 USD to=90EUR in=Cents",
    ]
    assert [each.rows for each in statement.ignored] == [(1,), (6, 7)]


def test_both_sides_of_a_transfer_are_one_and_a_lone_side_goes_elsewhere():
    statement = statement_of(
        row("2021-09-16", "Buy", "1.500,00", "5", "C1", "D1"),
        row("2021-09-17", "Buy", "1.500,00", "5", "C2", "D2"),
        row("2021-10-16", "Security Transfer (Outbound)", "1.600,00", "4", depot="D1"),
        row("2021-10-16", "Security Transfer (Inbound)", "1.600,00", "4", depot="D2"),
        row("2021-10-17", "Transfer (Inbound)", "100,00", cash="C2"),
        row("2021-10-17", "Transfer (Outbound)", "100,00", cash="C1"),
        row("2021-10-18", "Transfer (Inbound)", "7,00", cash="C2"),
    )
    assert told(statement) == [
        "2021-09-16 buy MSFT 5 -1500 USD @300 in=C1",
        "2021-09-17 buy MSFT 5 -1500 USD @300 in=C2",
        "2021-10-16 transfer MSFT -4 0 USD in=C1",
        "2021-10-17 transfer - 0 -100 USD in=C1",
        "2021-10-18 deposit - 0 7 USD in=C2",
    ]
    assert [each.to_account for each in statement.drafts] == ["", "", "C2", "C2", ""]


def test_a_row_is_known_again_though_its_account_has_another_name_since_a_later_file_tells_more():
    first = row("2021-09-16", "Delivery (Inbound)", "1.500,00", "5", depot="Depot")
    sale = row("2021-10-16", "Sell", "1.600,00", "5", "Giro", "Depot")
    (alone,), (delivered, _) = statement_of(first).drafts, statement_of(first, sale).drafts
    assert (alone.account, delivered.account) == ("Depot", "Giro")
    assert alone.fingerprint == delivered.fingerprint
