"""What the columns of a table, and its kinds of transactions, are called, in several languages."""

from __future__ import annotations

from collections.abc import Mapping as Words

from openbell.statements.table import Columns

HEADERS: Columns = {
    ours: tuple(theirs.split("; "))
    for ours, theirs in {
        "date": (
            "date; trade date; transaction date; datum; buchungsdatum; handelsdatum; fecha; booking date; "
            "data; day; activity date; datetime; timestamp; transactiedatum; date operation; buchungstag"
        ),
        "time": "time; uhrzeit; tijd; heure; hora; ora",
        "kind": (
            "action; type; activitytype; kind; transaction type; transaction; typ; activity; activity type; operation; "
            "aktion; side; buy/sell; transaktion; soort; tipo; transactietype; vorgang; b/s"
        ),
        "isin": "isin; isin code; code isin",
        "cusip": "cusip",
        "wkn": "wkn",
        "ticker": "ticker; symbol; instrument code; ticker symbol; instrument; symbole; simbolo; security symbol",
        "name": (
            "name; security; security name; company; product; produkt; wertpapier; bezeichnung; nom; asset; "
            "asset name; instrument name; wertpapiername; investment; fund; titel"
        ),
        "exchange": "exchange; market; venue; borse; beurs",
        "quantity": (
            "quantity; shares; units; qty; no. of shares; stuck; anzahl; aantal; quantite; cantidad; "
            "quantita; nominale; number of shares; stucke/nominale; volume; size"
        ),
        "price": (
            "price; unit price; price per share; share price; kurs; koers; cours; precio; prezzo; price per "
            "unit; execution price; preis; prijs; trade price; unitprice"
        ),
        "price_currency": "price currency; currency (price / share); kurswahrung",
        "amount": (
            "amount; total; net amount; total amount; value; betrag; bedrag; montant; importe; importo; net; "
            "cash; total value; wert; gesamt; totaal; proceeds; consideration"
        ),
        "currency": "currency; wahrung; waehrung; valuta; devise; moneda; ccy; divisa; cur; munt",
        "fee": (
            "fee; fees; brokerage fee; commission; commissions; costs; charges; gebuhr; gebuhren; kosten; fees & "
            "comm; frais; transaction fee; provision; comision; commissie; brokerage"
        ),
        "tax": "tax; taxes; withholding tax; steuer; steuern; belasting; impot; impuesto; stamp duty",
        "rate": "exchange rate; fx rate; fx; wechselkurs; wisselkoers; rate",
        "note": (
            "note; notes; description; comment; memo; details; umsatztext; notiz; verwendungszweck; "
            "omschrijving; beschreibung; buchungstext; reference text; remarks; narrative"
        ),
        "ref": (
            "id; transaction id; reference; order id; trade id; ref; order #; zahlungsreferenz; order; "
            "confirmation number; transaction number"
        ),
        "account": "account; account name; account number; portfolio; depot; konto; iban; wallet",
        "balance": "balance; saldo; solde; cash balance; running balance; kontostand",
    }.items()
}
KINDS: Words[str, str] = {
    word: kind
    for kind, words in {
        "buy": "buy bought purchase kauf koop achat compra acquisto b aankoop buying reinvest reinvestment",
        "sell": "sell sold sale verkauf verkoop vente venta vendita s selling redemption",
        "dividend": "dividend dividends div dividende dividendo distribution cash_dividend ausschuttung",
        "interest": "interest zinsen zins rente interets interes interessi int credit_interest",
        "fee": "fee fees commission charge gebuhr gebuhren kosten frais custody_fee service_fee account_fee cost",
        "tax": "tax taxes steuer steuern withholding withholding_tax belasting impot",
        "deposit": (
            "deposit einzahlung storting depot contribution top-up cash_in einlage versement ingreso deposito credit"
        ),
        "withdrawal": "withdrawal withdraw auszahlung opname removal cash_out entnahme retrait retiro debit",
        "cash": "transfer cash wire ach journal adjustment payment",
        "split": "split stock_split share_split aktiensplit reverse_split",
        "in": "transfer_in delivery_in receive received in inbound gift_in shares_in vest einlieferung deposit_shares",
        "out": "transfer_out delivery_out send sent out outbound shares_out auslieferung",
        "spin_off": "spin_off spinoff spin-off",
        "capital": "return_of_capital roc",
    }.items()
    for word in words.split()
}
