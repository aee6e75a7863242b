"""Portfolio Performance's CSV of all transactions, in English and German: net values, fees and taxes apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.brokers.portfolio_performance_pairs import Half, together, transferred
from openbell.statements.contents import Contents
from openbell.statements.days import Clock, order_of
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import moved, needed, per, traded
from openbell.statements.numbers import Marks, marks_of, money_code
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, each, plain, table_of

COLUMNS: Columns = {
    "date": ("date", "datum"),
    "time": ("time", "uhrzeit"),
    "kind": ("type", "typ"),
    "value": ("value", "wert"),
    "currency": ("transaction currency", "buchungswahrung", "currency"),
    "gross": ("gross amount", "bruttobetrag"),
    "gross_currency": ("currency gross amount", "wahrung bruttobetrag"),
    "rate": ("exchange rate", "wechselkurs"),
    "fee": ("fees", "gebuhren"),
    "tax": ("taxes", "steuern"),
    "quantity": ("shares", "stuck"),
    "isin": ("isin",),
    "wkn": ("wkn",),
    "ticker": ("ticker symbol", "ticker-symbol"),
    "name": ("security name", "wertpapiername"),
    "note": ("note", "notiz"),
    "account": ("cash account", "konto", "account", "verrechnungskonto"),
    "depot": ("securities account", "depot"),
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
}  # fmt: skip
TRANSFERS = ("transfer (", "umbuchung (", "security transfer (", "wertpapierubertrag (")
_NEEDS = ("date", "kind", "value", "quantity", "isin", "name")


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows."""
    table = table_of(contents, COLUMNS, _NEEDS)
    if table is None:
        raise AssertionError(contents.name)
    table.require("currency", "fee", "tax")
    names = ("value", "gross", "fee", "tax", "quantity")
    texts = (row[name] for row in table.rows for name in names)
    marks = marks_of(texts, contents.name, "the amounts", told=answers.decimal)
    order = order_of(table.column("date"), contents.name, "the dates", told=answers.dates)
    clock = Clock(order, answers.zone)
    accounts = together((row["account"], row["depot"]) for row in table.rows)
    halves: list[Half] = []

    def one(row: Row) -> Outcome | Iterable[Outcome]:
        outcome = _event(row, marks, clock, accounts)
        if isinstance(outcome, Draft) and plain(row["kind"]).startswith(TRANSFERS):
            halves.append(Half(outcome, row.record.content))
            return ()
        return outcome

    return Reading([*table.framed(), *each(table.rows, one), *transferred(halves)])


def _event(row: Row, marks: Marks, clock: Clock, accounts: Mapping[str, str]) -> Outcome:
    kind = MEANINGS.get(plain(row["kind"]), "")
    if not kind:
        return row.problem(
            f"{row['kind'][:60]!r} is nothing that is known of Portfolio Performance.", "Add what it moved by hand."
        )
    day, at = clock.read(row["date"], row["time"])
    currency, _ = money_code(row["currency"])
    value = abs(needed(marks.number(row["value"], "value"), "value"))
    fee, tax = abs(marks.number(row["fee"], "fees") or ZERO), abs(marks.number(row["tax"], "taxes") or ZERO)
    units = marks.number(row["quantity"], "shares")
    told = row["account"] or row["depot"]
    fixed: dict[str, Any] = {
        "day": day, "at": at, "currency": currency, "note": row["note"], "account": accounts.get(told, told),
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
        gross_currency = money_code(row["gross_currency"])[0] if row["gross_currency"] else currency
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
    lambda contents: table_of(contents, COLUMNS, _NEEDS) is not None,
    read,
)
