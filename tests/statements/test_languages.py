# ruff: noqa: E501  # rows stand as brokers write them
"""Files in other languages than English: what their rows become."""

from __future__ import annotations

from openbell.statements.presets import read
from statements.told import told


def test_a_polish_degiro_account_has_its_deposits_withdrawals_taxes_and_fees():
    statement = read(
        """Data,Czas,Data,Produkt,ISIN,Opis,Kurs,Zmiana,,Saldo,,Identyfikator zlecenia
08-04-2024,10:00,08-04-2024,,,Odsetki,,PLN,"-2,00",PLN,"526,00",
07-04-2024,10:00,07-04-2024,,,FX Withdrawal,"4,31",USD,"-8,50",USD,"0,00",
07-04-2024,10:00,07-04-2024,,,FX Credit,,PLN,"36,00",PLN,"528,00",
06-04-2024,12:00,06-04-2024,,,Wypłata,,PLN,"-500,00",PLN,"492,00",
05-04-2024,14:00,05-04-2024,TOTALENERGIES,FR0000120271,"Kupno 2 TOTALENERGIES@100 PLN (FR0000120271)",,PLN,"-200,00",PLN,"992,00",o2
05-04-2024,14:00,05-04-2024,TOTALENERGIES,FR0000120271,Francuski podatek od transakcji,,PLN,"-0,60",PLN,"1192,00",o2
05-04-2024,14:00,05-04-2024,TOTALENERGIES,FR0000120271,Opłata transakcyjna DEGIRO i/lub koszty stron trzecich,,PLN,"-8,00",PLN,"1192,60",o2
05-04-2024,12:00,05-04-2024,,,Depozyt,,PLN,"1000,00",PLN,"1200,60",
05-04-2024,12:00,05-04-2024,,,Depozyt Trustly / Sofort,,PLN,"200,60",PLN,"200,60",
03-04-2024,09:00,03-04-2024,APPLE INC,US0378331005,Podatek Dywidendowy,,USD,"-1,50",USD,"8,50",
03-04-2024,09:00,03-04-2024,APPLE INC,US0378331005,Dywidenda,,USD,"10,00",USD,"10,00",
""".encode(),
        "file",
    )
    assert told(statement) == [
        "2024-04-03 dividend US0378331005 0 8.5 USD tax=1.5",
        "2024-04-05 deposit - 0 200.6 PLN",
        "2024-04-05 deposit - 0 1000 PLN",
        "2024-04-05 buy FR0000120271 2 -208.6 PLN fee=8 tax=0.6 @100",
        "2024-04-06 withdrawal - 0 -500 PLN",
        "2024-04-07 exchange - 0 -8.5 USD to=36PLN",
        "2024-04-08 interest - 0 -2 PLN",
    ]
    assert not [problem.what for problem in statement.problems if problem.blocking]


def test_a_french_degiro_account_has_the_deposits_at_flatex():
    statement = read(
        """Date,Heure,Date de,Produit,Code ISIN,Description,FX,Mouvements,,Solde,,ID Ordre
10-04-2026,11:20,10-04-2026,,,Dépôt flatex,,EUR,"1000,00",EUR,"1000,00",
""".encode(),
        "file",
    )
    assert told(statement) == ["2026-04-10 deposit - 0 1000 EUR"]


def test_an_italian_degiro_row_that_changes_money_is_no_withdrawal():
    statement = read(
        b"""Data,Ora,Data Valore,Prodotto,ISIN,Descrizione,Borsa,Variazioni,,Saldo,,ID Ordine
05-04-2024,13:00,05-04-2024,,,Credito Cambio Valuta,,USD,"370,00",USD,"370,00",
05-04-2024,13:00,05-04-2024,,,Prelievo Cambio Valuta,"1,09",EUR,"-339,40",EUR,"0,60",
05-04-2024,12:00,05-04-2024,,,Deposito flatex,,EUR,"340,00",EUR,"340,00",
""",
        "file",
    )
    assert told(statement) == [
        "2024-04-05 deposit - 0 340 EUR",
        "2024-04-05 exchange - 0 -339.4 EUR to=370USD",
    ]


def test_swissquote_taxes_at_the_source_are_taxes_in_every_language():
    header = "Date;Ordre #;Transactions;Symbole;Nom;ISIN;Quantité;Prix unitaire;Coûts;Intérêts courus;Montant net;Solde;Monnaie"
    words = ("Impôt à la source", "Verrechnungssteuer", "Imposta alla fonte", "Withholding tax")
    rows = [
        f"22-08-2022 10:00:0{n};00000000;{word};;;;1.0;6.00;0.00;0.00;-6.00;{100 - 6 * n}.00;CHF"
        for n, word in enumerate(words)
    ]
    assert told(read("\n".join((header, *rows)).encode(), "file")) == ["2022-08-22 tax - 0 -6 CHF"] * 4


def test_a_czech_degiro_account_that_changed_money_for_a_trade_has_it_in_crowns():
    statement = read(
        """Datum,Čas,Datum,Produkt,ISIN,Popis,Kurz,Pohyb,,Zůstatek,,ID objednávky
02-01-2024,15:30,02-01-2024,APPLE INC,US0378331005,Směna měn,"0,04",USD,"370,00",USD,"0,00",o1
02-01-2024,15:30,02-01-2024,APPLE INC,US0378331005,Směna měn,,CZK,"-8400,00",CZK,"1600,00",o1
02-01-2024,15:30,02-01-2024,APPLE INC,US0378331005,Nákup 2 APPLE INC@185 USD (US0378331005),,USD,"-370,00",USD,"-370,00",o1
01-01-2024,10:00,01-01-2024,,,Vklad,,CZK,"10000,00",CZK,"10000,00",
""".encode(),
        "file",
    )
    assert told(statement) == [
        "2024-01-01 deposit - 0 10000 CZK",
        "2024-01-02 buy US0378331005 2 -8400 CZK @185USD rate=22.702702702703",
    ]


def test_a_danish_degiro_account_has_its_deposits_and_taxes():
    statement = read(
        """Dato,Tid,Valuteringsdato,Produkt,ISIN,Beskrivelse,FX,Ændring,,Saldo,,Ordre-ID
05-02-2024,07:00,04-02-2024,NOVO,DK0062498333,Udbytteskat,,DKK,"-2,70",DKK,"1007,30",
05-02-2024,07:00,04-02-2024,NOVO,DK0062498333,Udbytte,,DKK,"10,00",DKK,"1010,00",
01-02-2024,10:00,01-02-2024,,,Indskud,,DKK,"1000,00",DKK,"1000,00",
""".encode(),
        "file",
    )
    assert told(statement) == ["2024-02-01 deposit - 0 1000 DKK", "2024-02-05 dividend DK0062498333 0 7.3 DKK tax=2.7"]
