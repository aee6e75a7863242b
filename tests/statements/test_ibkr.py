# ruff: noqa: E501  # rows stand as brokers write them
"""Interactive Brokers' activity statement: transfers, totals, and statements in German."""

from __future__ import annotations

from openbell.statements.draft import Statement
from openbell.statements.presets import read
from statements.told import told

ACCOUNT = """Statement,Header,Field Name,Field Value
Statement,Data,Title,Activity Statement
Account Information,Header,Field Name,Field Value
Account Information,Data,Account,U1
"""
TRANSFERS = "Transfers,Header,Asset Category,Currency,Symbol,Date,Type,Direction,Xfer Company,Xfer Account,Qty,Xfer Price,Market Value,Realized P/L,Cash Amount,Code\n"


def statement(rows: str) -> Statement:
    return read((ACCOUNT + rows).encode(), "f")


def transferred(symbol: str, way: str, quantity: str, price: str, value: str, cash: str) -> str:
    return f'Transfers,Data,Stocks,USD,{symbol},2024-01-09,ACATS,{way},--,X,{quantity},{price},"{value}",0.00,{cash},\n'


def test_transfers_tell_units_with_their_worth_and_cash():
    rows = (
        TRANSFERS
        + transferred("MSFT", "In", "5", "--", "1,850.00", "0.00")
        + transferred("MDX", "Out", "-250", "30", "-7,412.50", "0.00")
        + transferred("--", "In", "--", "--", "0.00", "150.5")
        + transferred("--", "Out", "--", "--", "0.00", "-20")
        + "Transfers,Data,Total,,,,,,,,,,-5562.5,0,130.5,\n"
    )
    assert told(statement(rows)) == [
        "2024-01-09 delivery_in MSFT 5 0 USD @370 in=U1",
        "2024-01-09 delivery_out MDX -250 0 USD @30 in=U1",
        "2024-01-09 deposit - 0 150.5 USD in=U1",
        "2024-01-09 withdrawal - 0 -20 USD in=U1",
    ]
    assert statement(rows).problems == ()


def test_a_transfer_of_nothing_that_is_named_is_a_problem():
    found = statement(TRANSFERS + transferred("--", "In", "5", "--", "0.00", "10"))
    assert (found.drafts, [problem.rows for problem in found.problems]) == ((), [(6,)])


def test_the_total_of_fees_is_no_row():
    fees = """Fees,Header,Subtitle,Currency,Date,Description,Amount
Fees,Data,Other Fees,USD,2024-01-05,Market Data,-1.5
Fees,Data,Total,,,,-1.5
Fees,Data,Total in EUR,,,,-1.38
"""
    found = statement(fees)
    assert (told(found), found.problems) == (["2024-01-05 fee - 0 -1.5 USD in=U1"], ())


def test_awarded_shares_are_asked_about():
    grants = """Grant Activity,Header,Symbol,Report Date,Description,Award Date,Vesting Date,Quantity,Price,Value
Grant Activity,Data,IBKR,2024-01-09,Stock Award Grant for Cash Deposit,2024-01-09,2025-01-09,1.5,85,127.5
"""
    assert "1.5 units of IBKR were awarded" in statement(grants).problems[0].what


def test_trades_without_a_column_of_commissions_that_is_known_are_problems():
    trades = """Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,Proceeds,Kommission,Code
Trades,Data,Order,Stocks,USD,AAPL,"2024-01-02, 09:30:00",10,185,-1850,-1,O
"""
    assert "no column of commissions" in statement(trades).problems[0].what


GERMAN = """Statement,Header,Feldname,Feldwert
Statement,Data,Title,Umsatzübersicht
Kontoinformation,Header,Feldname,Feldwert
Kontoinformation,Data,Account,U1
Kontoinformation,Data,Basiswährung,EUR
Nettovermögenswert,Header,Assetklasse,Vorheriger Gesamtwert,Aktuell Long
Nettovermögenswert,Data,Gesamt,500,500
Offene Positionen,Header,DataDiscriminator,Vermögenswertkategorie,Währung,Symbol,Menge,Multipl.,Einstands Kurs,Kostenbasis,Schlusskurs,Wert,Unrealisierter G/V,Code
Offene Positionen,Data,Summary,Aktien,USD,AAPL,"1,000",1,185.001,185001,190,190000,4999,
Transaktionen,Header,DataDiscriminator,Vermögenswertkategorie,Währung,Symbol,Datum/Zeit,Menge,T.-Kurs,Schlusskurs,Erlös,Prov./Gebühr,Basis,Realisierter G/V,MTM G/V,Code
Transaktionen,Data,Order,Aktien,USD,AAPL,"2024-01-02, 09:30:00","1,000",185,186,"-185,000",-1,"185,001",0,0,O
Transaktionen,SubTotal,,Aktien,USD,AAPL,,"1,000",,,"-185,000",-1,"185,001",0,0,
Transaktionen,Header,DataDiscriminator,Vermögenswertkategorie,Währung,Symbol,Datum/Zeit,Menge,T.-Kurs,,Erlös,Prov. in EUR,,,MTM in EUR,Code
Transaktionen,Data,Order,Devisen,USD,EUR.USD,"2024-01-02, 09:00:00",-1000,1.09,,1090,-1.8,,,0,
Einzahlungen & Auszahlungen,Header,Währung,Abwicklungsdatum,Beschreibung,Betrag
Einzahlungen & Auszahlungen,Data,EUR,2024-01-01,Elektronische Überweisung,5000
Einzahlungen & Auszahlungen,Data,Gesamt,,,5000
Dividenden,Header,Währung,Datum,Beschreibung,Betrag
Dividenden,Data,USD,2024-02-02,AAPL(US0378331005) Bardividende USD 0.24 pro Aktie (Ordentliche Dividende),240
Dividenden,Data,Gesamt,,,240
Dividenden,Data,Gesamt Dividenden in EUR,,,220
Quellensteuer,Header,Währung,Datum,Beschreibung,Betrag,Code
Quellensteuer,Data,USD,2024-02-02,AAPL(US0378331005) Bardividende USD 0.24 pro Aktie - US Steuer,-36,
Zinsen,Header,Währung,Datum,Beschreibung,Betrag
Zinsen,Data,EUR,2024-03-05,EUR Habenzinsen für Feb-2024,1.5
Gebühren,Header,Untertitel,Währung,Datum,Beschreibung,Betrag
Gebühren,Data,Sonstige Gebühren,EUR,2024-03-06,Marktdaten,-2
Gebühren,Data,Gesamt,,,,-2
Kapitalmaßnahmen,Header,Vermögenswertkategorie,Währung,Berichtsdatum,Datum/Zeit,Beschreibung,Menge,Erlöse,Wert,Realisierter G/V,Code
Kapitalmaßnahmen,Data,Aktien,USD,2024-06-10,"2024-06-07, 20:25:00","NVDA(US67066G1040) Split 10 for 1 (NVDA, NVIDIA CORP, US67066G1040)",90,0,0,0,
Kapitalmaßnahmen,Data,Gesamt,,,,,,0,0,0,
"""


def test_a_statement_in_german_is_read_as_one_in_english():
    found = read(GERMAN.encode(), "f")
    assert told(found) == [
        "2024-01-01 deposit - 0 5000 EUR in=U1",
        "2024-01-02 exchange - 0 -1001.8 EUR fee=1.8 to=1090USD in=U1",
        "2024-01-02 buy AAPL 1000 -185001 USD fee=1 @185 in=U1",
        "2024-02-02 dividend AAPL 0 204 USD tax=36 in=U1",
        "2024-03-05 interest - 0 1.5 EUR in=U1",
        "2024-03-06 fee - 0 -2 EUR in=U1",
        "2024-06-07 split NVDA 90 0 USD ratio=10 in=U1",
    ]
    assert found.problems == ()
    assert [(str(each.instrument), each.quantity, each.price) for each in found.holdings] == [("AAPL", 1000, 190)]
