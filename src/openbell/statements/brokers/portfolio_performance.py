"""Portfolio Performance's CSV of all transactions: net values, fees and taxes apart.

The export of accounts in English, German and French; and what its view "All transactions" saves, in English and German:
that one tells no ISIN unless the column was added, and a currency only where it is not that of the portfolio.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openbell.model.errors import Undecided
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.brokers.portfolio_performance_pairs import Half, together, transferred
from openbell.statements.contents import Contents
from openbell.statements.days import Clock, order_of
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import moved, needed, per, traded
from openbell.statements.numbers import Marks, marks_of, money_code, symbol_in
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, Table, each, plain, table_of

COLUMNS: Columns = {
    "date": ("date", "datum"),
    "time": ("time", "uhrzeit", "heure"),
    "kind": ("type", "typ"),
    "value": ("value", "wert", "valeur", "net transaction value", "gesamtpreis"),
    "currency": ("transaction currency", "buchungswahrung", "devise de l'operation", "currency"),
    "gross": ("gross amount", "bruttobetrag", "montant brut", "amount", "betrag"),
    "gross_currency": ("currency gross amount", "wahrung bruttobetrag", "montant brut en devise"),
    "rate": ("exchange rate", "wechselkurs", "taux de change"),
    "fee": ("fees", "gebuhren", "frais"),
    "tax": ("taxes", "steuern", "impots / taxes"),
    "quantity": ("shares", "stuck", "parts"),
    "isin": ("isin",),
    "wkn": ("wkn",),
    "ticker": ("ticker symbol", "ticker-symbol", "symbole boursier", "symbol"),
    "name": ("security name", "wertpapiername", "nom du titre", "security", "wertpapier"),
    "note": ("note", "notiz"),
    "account": ("cash account", "konto", "compte especes", "account", "verrechnungskonto"),
    "depot": ("securities account", "depot", "compte-titres"),
    "offset": ("offset account", "gegenkonto"),
}
MEANINGS = {
    "buy": "buy", "kauf": "buy", "sell": "sell", "verkauf": "sell", "dividend": "dividend", "dividends": "dividend",
    "dividende": "dividend", "deposit": "cash", "einlage": "cash", "removal": "removal", "entnahme": "removal",
    "withdrawal": "removal", "interest": "interest", "zinsen": "interest", "interest charge": "charge",
    "zinsbelastung": "charge", "fees": "fee", "gebuhren": "fee", "fees refund": "fee back", "fee refund": "fee back",
    "gebuhrenerstattung": "fee back", "taxes": "tax", "steuern": "tax", "tax refund": "tax back",
    "taxes refund": "tax back", "steuerruckerstattung": "tax back", "delivery (inbound)": "in", "einlieferung": "in",
    "inbound delivery": "in", "delivery (outbound)": "out", "auslieferung": "out", "outbound delivery": "out",
    "transfer (inbound)": "cash", "umbuchung (eingang)": "cash", "transfer (outbound)": "removal",
    "umbuchung (ausgang)": "removal", "security transfer (inbound)": "in", "security transfer (outbound)": "out",
    "wertpapierubertrag (eingang)": "in", "wertpapierubertrag (ausgang)": "out",
    "achat": "buy", "vente": "sell", "dividendes": "dividend", "depot": "cash", "retrait": "removal",
    "interets": "interest", "frais d'interets": "charge", "frais": "fee", "remboursement de frais": "fee back",
    "impots / taxes": "tax", "remboursement impots / taxes": "tax back", "distribution (entrante)": "in",
    "distribution (sortante)": "out", "transfert (entrant)": "cash", "transfert (sortant)": "removal",
}  # fmt: skip
TRANSFERS = ("transfer (", "umbuchung (", "security transfer (", "wertpapierubertrag (", "transfert (")
_NEEDS = ("date", "kind", "value", "quantity", "isin", "name")
_VIEW = ("date", "kind", "value", "gross", "quantity", "name", "account", "offset")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is written."""

    marks: Marks
    clock: Clock
    accounts: Mapping[str, str]
    currency: str
    """Of amounts that name none."""


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows."""
    table = _table(contents)
    if table is None:
        raise AssertionError(contents.name)
    table.require("fee", "tax", *(() if _is_view(table) else ("currency",)))
    if _is_view(table) and not answers.currency and "currency" not in table.places:
        raise Undecided(
            contents.name, "it does not say in which currency the portfolio is.", option="currency",
            remedy="Say the currency, such as EUR.",
        )  # fmt: skip
    names = ("value", "gross", "fee", "tax", "quantity")
    texts = (row[name] for row in table.rows for name in names)
    marks = marks_of(texts, contents.name, "the amounts", told=answers.decimal)
    order = order_of(table.column("date"), contents.name, "the dates", told=answers.dates)
    accounts = together(map(_accounts, table.rows))
    manner = Manner(marks, Clock(order, answers.zone), accounts, answers.currency)
    halves: list[Half] = []

    def one(row: Row) -> Outcome | Iterable[Outcome]:
        outcome = _event(row, manner)
        if isinstance(outcome, Draft) and plain(row["kind"]).startswith(TRANSFERS):
            halves.append(Half(outcome, row.record.content))
            return ()
        return outcome

    return Reading([*table.framed(), *each(table.rows, one), *transferred(halves)])


def _table(contents: Contents) -> Table | None:
    return table_of(contents, COLUMNS, _NEEDS) or table_of(contents, COLUMNS, _VIEW)


def _is_view(table: Table) -> bool:
    return "offset" in table.places and "depot" not in table.places


def _accounts(row: Row) -> tuple[str, str]:
    """The cash account and the depot of a row; of a trade the view tells the depot first."""
    if "offset" not in row.places or "depot" in row.places:
        return row["account"], row["depot"]
    kind = MEANINGS.get(plain(row["kind"]), "")
    if kind in {"buy", "sell"}:
        return row["offset"], row["account"]
    return ("", row["account"]) if kind in {"in", "out"} else (row["account"], "")


def _kind(row: Row, units: object) -> str:
    """Of a transfer that is called alike for cash and for units, by what it moves; empty for a word not known."""
    said = plain(row["kind"])
    kind = MEANINGS.get(said, "")
    if units and kind in {"cash", "removal"} and said.startswith(TRANSFERS):
        return "in" if kind == "cash" else "out"
    return kind


def _event(row: Row, manner: Manner) -> Outcome:
    marks = manner.marks
    units = marks.number(row["quantity"], "shares")
    kind = _kind(row, units)
    if not kind:
        return row.problem(
            f"{row['kind'][:60]!r} is nothing that is known of Portfolio Performance.", "Add what it moved by hand."
        )
    day, at = manner.clock.read(row["date"], row["time"])
    currency, _ = money_code(row["currency"] or symbol_in(row["value"]) or manner.currency)
    value = abs(needed(marks.number(row["value"], "value"), "value"))
    fee, tax = abs(marks.number(row["fee"], "fees") or ZERO), abs(marks.number(row["tax"], "taxes") or ZERO)
    cash_account, depot = _accounts(row)
    told = cash_account or depot
    fixed: dict[str, Any] = {
        "day": day, "at": at, "currency": currency, "note": row["note"], "account": manner.accounts.get(told, told),
        "named_account": told,
        "rows": (row.line,),
    }  # fmt: skip
    named = _named(row)
    if kind in {"buy", "sell"}:
        gross = value - fee - tax if kind == "buy" else value + fee + tax
        return traded(
            buying=kind == "buy", quantity=units, cash=value, fee=fee, tax=tax, instrument=named,
            price=per(gross, abs(units)) if units else None, **fixed,
        )  # fmt: skip
    if kind == "dividend":
        gross_told = row["gross_currency"] or symbol_in(row["gross"])
        gross_currency = money_code(gross_told)[0] if gross_told else currency
        gross = abs(marks.number(row["gross"], "gross amount") or (value + fee + tax))
        price = per(gross, abs(units)) if units else None
        foreign = gross_currency if price is not None and gross_currency != currency else ""
        return Draft(
            kind=Kind.DIVIDEND, cash=value, fee=fee, tax=tax, instrument=named, price=price, price_currency=foreign,
            **fixed,
        )  # fmt: skip
    if kind in {"in", "out"}:
        moved_units = abs(needed(units, "shares"))
        return Draft(
            kind=Kind.DELIVERY_IN if kind == "in" else Kind.DELIVERY_OUT,
            quantity=moved_units if kind == "in" else -moved_units,
            price=per(value, moved_units),
            cost=value if kind == "in" else None,
            instrument=named,
            **fixed,
        )
    cash = -value if kind in {"removal", "charge", "fee", "tax"} else value
    if not cash:
        return row.ignored("it moves no cash")
    of_cash = {
        "interest": Kind.INTEREST, "charge": Kind.INTEREST, "fee": Kind.FEE, "fee back": Kind.FEE, "tax": Kind.TAX,
        "tax back": Kind.TAX,
    }.get(kind)  # fmt: skip
    if of_cash is None:
        return Draft(kind=moved(cash), cash=cash, **fixed)
    return Draft(kind=of_cash, cash=cash, tax=tax if kind == "interest" else ZERO, instrument=named, **fixed)


def _named(row: Row) -> Named | None:
    if not (row["isin"] or row["wkn"] or row["ticker"] or row["name"]):
        return None
    return Named(isin=row["isin"], wkn=row["wkn"], ticker=row["ticker"], name=row["name"])


PRESET = Preset(
    "portfolio-performance",
    "Portfolio Performance",
    lambda contents: _table(contents) is not None,
    read,
)
