# ruff: noqa: E501  # rows stand as the program writes them
"""Depots and cash accounts of Portfolio Performance, and what moves between them."""

from __future__ import annotations

import pytest

from openbell.model.errors import Undecided
from openbell.statements.answers import Answers
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
    assert [each.rows for each in statement.ignored] == [(6, 7)]
    assert [each.rows for each in statement.frame] == [(1,)]


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


def test_a_french_export_is_read():
    statement = read(
        """Date;Type;Valeur;Devise de l'opération;Montant brut;Montant brut en devise;Taux de change;Frais;Impôts / Taxes;Parts;ISIN;WKN;Symbole boursier;Nom du titre;Note
2024-01-15T00:00;Dépôt;5 000,00;EUR;;;;;;;;;;;
2024-01-16T09:30;Achat;-1 004,99;EUR;;;;4,99;;10;IE00B4L5Y983;A0RPWH;EUNL.DE;iShares;
2024-03-15T00:00;Dividendes;8,50;EUR;11,00;USD;1,0870;;1,59;5;US0378331005;865985;AAPL;Apple;
2024-04-01T00:00;Intérêts;3,00;EUR;;;;;;;;;;;
2024-04-02T00:00;Frais d'Intérêts;-1,00;EUR;;;;;;;;;;;
2024-04-03T00:00;Frais;-4,90;EUR;;;;;;;;;;;
2024-04-04T00:00;Remboursement Impôts / Taxes;2,00;EUR;;;;;;;;;;;
2024-04-05T00:00;Retrait;-10,00;EUR;;;;;;;;;;;
2024-04-06T00:00;Distribution (Sortante);200,00;EUR;;;;;;2;IE00B4L5Y983;A0RPWH;EUNL.DE;iShares;
2024-05-10T00:00;Vente;662,66;EUR;;;;1,00;;2;IE00B4L5Y983;A0RPWH;EUNL.DE;iShares;
""".encode(),
        "f",
    )
    assert (statement.preset, statement.problems) == ("portfolio-performance", ())
    assert told(statement) == [
        "2024-01-15 deposit - 0 5000 EUR",
        "2024-01-16 buy EUNL.DE 10 -1004.99 EUR fee=4.99 @100",
        "2024-03-15 dividend AAPL 0 8.5 EUR tax=1.59 @2.2USD",
        "2024-04-01 interest - 0 3 EUR",
        "2024-04-02 interest - 0 -1 EUR",
        "2024-04-03 fee - 0 -4.9 EUR",
        "2024-04-04 tax - 0 2 EUR",
        "2024-04-05 withdrawal - 0 -10 EUR",
        "2024-04-06 delivery_out EUNL.DE -2 0 EUR @100",
        "2024-05-10 sell EUNL.DE -2 662.66 EUR fee=1 @331.83",
    ]


def test_the_view_of_all_transactions_is_read_once_its_currency_is_told():
    data = """Datum;Typ;Wertpapier;Stück;Kurs;Betrag;Gebühren;Steuern;Gesamtpreis;Konto;Gegenkonto;Notiz;Quelle
2024-01-02 00:00:00;Einlage;;;;10.000,00;;;10.000,00;Giro;;;
2024-01-15 10:01:00;Kauf;Nordwind AG;10;150,00;1.500,00;2,50;;1.502,50;Depot;Giro;Plan;
2024-03-16 00:00:00;Dividende;Nordwind AG;10;;11,54;;2,41;9,13;Giro;;;
2024-03-17 00:00:00;Umbuchung (Ausgang);;;;500,00;;;500,00;Giro;Tagesgeld;;
2024-03-17 00:00:00;Umbuchung (Eingang);;;;500,00;;;500,00;Tagesgeld;Giro;;
2024-03-20 00:00:00;Umbuchung (Ausgang);Nordwind AG;2;150,00;300,00;;;300,00;Depot;Anderes;;
2024-03-20 00:00:00;Umbuchung (Eingang);Nordwind AG;2;150,00;300,00;;;300,00;Anderes;Depot;;
2024-04-28 12:25:00;Verkauf;Nordwind AG;8;181,45;1.451,60;2,50;12,00;1.437,10;Depot;Giro;;
2024-05-02 00:00:00;Entnahme;;;;USD 20,00;;;USD 20,00;Dollar;;;
""".encode()
    with pytest.raises(Undecided) as asked:
        read(data, "f")
    assert asked.value.option == "currency"
    statement = read(data, "f", Answers(currency="EUR"))
    assert (statement.preset, statement.problems) == ("portfolio-performance", ())
    assert told(statement) == [
        "2024-01-02 deposit - 0 10000 EUR in=Giro",
        "2024-01-15 buy Nordwind AG 10 -1502.5 EUR fee=2.5 @150 in=Giro",
        "2024-03-16 dividend Nordwind AG 0 9.13 EUR tax=2.41 @1.154 in=Giro",
        "2024-03-17 transfer - 0 -500 EUR in=Giro",
        "2024-03-20 transfer Nordwind AG -2 0 EUR in=Giro",
        "2024-04-28 sell Nordwind AG -8 1437.1 EUR fee=2.5 tax=12 @181.45 in=Giro",
        "2024-05-02 withdrawal - 0 -20 USD in=Dollar",
    ]


def test_the_english_view_is_read_too():
    head = "Date,Type,Security,Shares,Quote,Amount,Fees,Taxes,Net Transaction Value,Cash Account,Offset Account,Note,Source\n"
    data = (
        head + "2023-05-25 00:00:00,Buy,share-2,10,5.50,55.00,4.10,6.20,65.30,Broker-A,Broker-A (EUR),My Note,\n"
    ).encode()
    assert told(read(data, "f", Answers(currency="EUR"))) == [
        "2023-05-25 buy share-2 10 -65.3 EUR fee=4.1 tax=6.2 @5.5 in=Broker-A (EUR)"
    ]
