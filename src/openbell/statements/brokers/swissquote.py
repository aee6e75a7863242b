"""Swissquote's transactions in English, German, French and Italian: net amounts, and a balance for each currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.balances import Told, breaks
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome, Problem
from openbell.statements.making import meaning, moved, needed, traded
from openbell.statements.numbers import Marks, marks_of, money_code
from openbell.statements.preset import Preset, Reading, newest_first, with_rows
from openbell.statements.table import Columns, Row, attempt, each, plain, table_of

CLOCK = Clock("dmy", "Europe/Zurich")
COLUMNS: Columns = {
    "date": ("date", "datum", "data"),
    "order": ("order #", "auftrag #", "ordre #", "ordine #"),
    "kind": ("transaction", "transaktionen", "transaktion", "transactions", "operazione", "transazione"),
    "symbol": ("symbol", "symbole", "simbolo"),
    "name": ("name", "nom", "nome"),
    "isin": ("isin",),
    "quantity": ("quantity", "anzahl", "quantite", "quantita"),
    "price": ("unit price", "stuckpreis", "prix unitaire", "prezzo unitario"),
    "costs": ("costs", "kosten", "couts", "costi"),
    "accrued": ("accrued interest", "aufgelaufene zinsen", "interets courus", "interessi maturati"),
    "net": ("net amount", "nettobetrag", "montant net", "importo netto"),
    "own": ("net amount in*", "nettobetrag in*", "montant net dans*", "importo netto nella*"),
    "balance": ("balance", "saldo", "solde"),
    "currency": ("currency", "wahrung", "devise", "monnaie", "moneta", "valuta"),
}
MEANINGS = {
    "buy": "buy", "kauf": "buy", "achat": "buy", "acquisto": "buy", "subscription": "buy", "crypto buy": "buy",
    "sell": "sell", "verkauf": "sell", "vente": "sell", "vendita": "sell", "redemption": "sell",
    "reimbursement": "sell", "ruckzahlung": "sell", "remboursement": "sell", "crypto sell": "sell",
    "dividend": "dividend", "dividende": "dividend", "dividendo": "dividend", "capital gain": "dividend",
    "kapitalgewinn": "dividend", "distribution": "dividend", "coupon": "interest", "return of capital": "capital",
    "interests": "interest", "interest": "interest", "zins": "interest", "zinsen": "interest", "interets": "interest",
    "interessi": "interest", "negative interest": "interest",
    "custody fees": "fee", "depotgebuhren": "fee", "depot fees": "fee", "droits de garde": "fee", "fees": "fee",
    "gebuhren": "fee", "frais": "fee", "diritti di custodia": "fee", "fees tax statement": "fee",
    "tax statement": "fee",
    "berichtigung": "fee", "spesen steuerauszug": "fee",
    "debit": "cash", "credit": "cash", "belastung": "cash",
    "gutschrift": "cash", "vergutung": "cash", "payment": "cash", "zahlung": "cash", "paiement": "cash",
    "versement": "cash", "virement": "cash", "auszahlung": "cash", "withdrawal": "cash", "einzahlung": "cash",
    "pagamento": "cash", "accredito": "cash", "addebito": "cash", "cash in": "cash", "cash out": "cash",
    "transfer": "cash", "withholding tax": "tax", "quellensteuer": "tax", "impot anticipe": "tax", "tax": "tax",
    "impot a la source": "tax", "imposta alla fonte": "tax", "verrechnungssteuer": "tax", "imposta preventiva": "tax",
    "forex": "forex", "fx-": "forex", "fx ": "forex", "change ": "forex", "devisen": "forex",
    "stock split": "split", "split": "split", "reverse split": "split", "stock dividend": "units",
    "spin off": "spin_off", "spin-off": "spin_off", "crypto deposit": "in", "crypto withdrawal": "out",
    "internal transfer": "in or out", "exchange": "in or out", "corporate action": "in or out", "titeleingang": "in",
    "titelausgang": "out", "delivery": "in or out",
}  # fmt: skip
_NEEDS = ("order", "kind", "isin")


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows; both legs of a change of currencies together."""
    table = table_of(contents, COLUMNS, _NEEDS)
    if table is None:
        raise AssertionError(contents.name)
    table.require("date", "quantity", "price", "costs", "net", "currency")
    texts = (row[name] for row in table.rows for name in ("quantity", "price", "costs", "net"))
    marks = marks_of(texts, contents.name, "the amounts", told=answers.decimal)
    legs: list[Row] = []

    def one(row: Row) -> Outcome | Iterable[Outcome]:
        if meaning(MEANINGS, plain(row["kind"])) == "forex":
            legs.append(row)
            return ()
        return _event(row, marks)

    outcomes = [*table.framed(), *each(table.rows, one)]
    outcomes.extend(_exchanges(legs, marks))
    return Reading([*outcomes, *_breaks(table.rows, marks)], ("times are those of Zurich",))


def _event(row: Row, marks: Marks) -> Outcome | tuple[Outcome, ...]:
    kind = meaning(MEANINGS, plain(row["kind"]))
    if not kind:
        return row.problem(
            f"{row['kind'][:60]!r} is nothing that is known of Swissquote.", "Add what it moved by hand."
        )
    day, at = CLOCK.read(row["date"])
    currency, _ = money_code(row["currency"])
    net = needed(marks.number(row["net"], "net amount"), "net amount")
    costs = abs(marks.number(row["costs"], "costs") or ZERO)
    units, price = marks.number(row["quantity"], "quantity"), marks.number(row["price"], "price")
    ref = row["order"].strip("0")
    fixed: dict[str, Any] = {
        "day": day, "at": at, "currency": currency, "ref": row["order"] if ref else "", "rows": (row.line,),
    }  # fmt: skip
    named = _named(row, currency)
    if kind in {"buy", "sell"}:
        return traded(
            buying=kind == "buy", quantity=units, cash=net if kind == "sell" else abs(net), price=price, fee=costs,
            instrument=named, **fixed,
        )  # fmt: skip
    if kind in {"split", "units", "spin_off", "in", "out", "in or out"}:
        return _units(row, kind, needed(units, "quantity"), named, fixed)
    if not net:
        return row.ignored("it moves no cash")
    if kind == "dividend":
        many = units not in {None, Decimal(1)}
        return Draft(kind=Kind.DIVIDEND, cash=net, tax=costs, price=price if many else None, instrument=named, **fixed)
    of_cash = {"interest": Kind.INTEREST, "fee": Kind.FEE, "tax": Kind.TAX}.get(kind) or moved(net)
    if kind == "capital" and named:
        of_cash = Kind.RETURN_OF_CAPITAL
    fee = costs if of_cash in {Kind.DEPOSIT, Kind.WITHDRAWAL} else ZERO
    about = None if of_cash in {Kind.DEPOSIT, Kind.WITHDRAWAL} else named
    return Draft(kind=of_cash, cash=net, fee=fee, instrument=about, note=row["kind"], **fixed)


def _units(
    row: Row, kind: str, units: Decimal, named: Named | None, fixed: dict[str, Any]
) -> Outcome | tuple[Outcome, ...]:
    if kind == "split":
        return Draft(kind=Kind.SPLIT, quantity=units, instrument=named, note=row["kind"], **fixed)
    if kind == "units":
        return Draft(kind=Kind.DIVIDEND, quantity=abs(units), instrument=named, note=row["kind"], **fixed)
    leaving = kind == "out" or (kind == "in or out" and units < 0)
    draft = Draft(
        kind=Kind.DELIVERY_OUT if leaving else Kind.DELIVERY_IN,
        quantity=-abs(units) if leaving else abs(units),
        instrument=named,
        note=row["kind"],
        **fixed,
    )
    if kind != "spin_off":
        return draft
    what = f"{units} units came of a spin-off, and the file does not say of which company they were a part."
    return draft, row.problem(what, "Say of which, and which part of the cost left with them.", blocking=False)


def _named(row: Row, currency: str) -> Named | None:
    if not row["isin"] and not row["symbol"]:
        return None
    return Named(isin=row["isin"], ticker=row["symbol"], name=row["name"], currency=currency)


def _exchanges(legs: Sequence[Row], marks: Marks) -> list[Outcome]:
    outcomes: list[Outcome] = []
    waiting: list[Row] = []
    for leg in legs:
        other = next((row for row in waiting if (row["date"], row["order"]) == (leg["date"], leg["order"])), None)
        if other is None:
            waiting.append(leg)
            continue
        waiting.remove(other)
        outcomes.append(attempt(leg, partial(_exchange, leg, other, marks)))
    what = "The other half of this change of currency is not in the file."
    outcomes.extend(leg.problem(what, "Export a longer period, or add the exchange by hand.") for leg in waiting)
    return outcomes


def _exchange(one: Row, other: Row, marks: Marks) -> Outcome:
    nets = [needed(marks.number(row["net"], "net amount"), "net amount") for row in (one, other)]
    if (nets[0] < 0) == (nets[1] < 0):
        raise InvalidInput("net amount", "Both halves of this change of currency go the same way.")
    (given, cash), (received, into) = sorted(zip((one, other), nets, strict=True), key=lambda pair: pair[1])
    day, at = CLOCK.read(given["date"])
    draft = Draft(
        kind=Kind.EXCHANGE, day=day, at=at, currency=money_code(given["currency"])[0], cash=cash, to_cash=into,
        to_currency=money_code(received["currency"])[0], ref=given["order"], rows=(given.line,),
    )  # fmt: skip
    return with_rows(draft, (received.line,))


def _breaks(rows: Sequence[Row], marks: Marks) -> list[Problem]:
    told, days = [], []
    for row in rows:
        try:
            net, balance = marks.number(row["net"], "net amount"), marks.number(row["balance"], "balance")
            days.append(CLOCK.day(row["date"]).toordinal())
        except InvalidInput:
            continue
        if balance is not None:
            told.append(Told(row["currency"], net, balance, row.line, row.record.content))
    return breaks(told[::-1] if newest_first(days) else told)


PRESET = Preset("swissquote", "Swissquote", lambda contents: table_of(contents, COLUMNS, _NEEDS) is not None, read)
