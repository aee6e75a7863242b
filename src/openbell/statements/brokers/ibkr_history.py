"""Interactive Brokers' transaction histories: a section of their own, all amounts in the account's own currency."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from openbell.model.transactions import ZERO, Kind
from openbell.statements.brokers.ibkr_words import CASH_TYPES, CLOCK, KINDS, named_in
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import moved, traded
from openbell.statements.numbers import POINT
from openbell.statements.table import Row

_HISTORY = {"buy": "trade", "sell": "trade", "forex trade component": "forex", "adjustment": "fx"}


def read_history(row: Row, base: str) -> Outcome:
    """A row of a transaction history: all amounts in the account's own currency."""
    kind = _HISTORY.get(row["kind"].lower()) or CASH_TYPES.get(row["kind"].lower(), "")
    if not kind:
        return row.problem(
            f"{row['kind'][:60]!r} is nothing that is known of Interactive Brokers.", "Add what it moved by hand."
        )
    amount = POINT.number(row["amount"], "amount")
    if amount is None:
        return row.ignored("it moves no cash")
    fixed: dict[str, Any] = {
        "day": CLOCK.day(row["date"]),
        "currency": base,
        "account": row["account"],
        "rows": (row.line,),
    }
    note = row["description"]
    if kind == "trade":
        price_currency = row["price_currency"].strip("-") or ""
        gross = POINT.number(row["proceeds"], "gross amount")
        return traded(
            buying=row["kind"].lower() == "buy",
            quantity=POINT.number(row["quantity"], "quantity"),
            cash=amount,
            fee=-(POINT.number(row["commission"], "commission") or ZERO),
            price=POINT.number(row["price"], "price") if price_currency else _price_of(row, gross),
            price_currency=price_currency if price_currency != base else "",
            instrument=Named(ticker=row["symbol"], name=note),
            **fixed,
        )
    if not amount:
        return row.ignored("it moves no cash")
    if kind in {"fx", "forex"}:  # what cash in other currencies came to more or less in the account's own
        return Draft(kind=Kind.INTEREST if kind == "fx" else Kind.FEE, cash=amount, note=note, **fixed)
    named = named_in(note) or (Named(ticker=row["symbol"]) if row["symbol"].strip("-") else None)
    of_cash = KINDS.get(kind) or moved(amount)
    if of_cash is Kind.DIVIDEND and named is None:
        of_cash = Kind.INTEREST
    named = None if of_cash in {Kind.DEPOSIT, Kind.WITHDRAWAL, Kind.INTEREST} else named
    return Draft(kind=of_cash, cash=amount, instrument=named, note=note, **fixed)


def _price_of(row: Row, gross: Decimal | None) -> Decimal | None:
    """The price where it is in the account's currency: then units times it is the amount."""
    price, units = POINT.number(row["price"], "price"), POINT.number(row["quantity"], "quantity")
    if price is None or units is None or gross is None or not gross:
        return None
    return price if abs(abs(price * units) - abs(gross)) <= abs(gross) / 100 else None
