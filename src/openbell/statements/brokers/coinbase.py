"""Coinbase's transaction history: one row an event, in units of a coin and their value in money."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from openbell.model.money import CURRENCIES
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import meaning, moved, needed, traded
from openbell.statements.numbers import POINT, money_code
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, each, table_of

CLOCK = Clock("ymd", "UTC")
COLUMNS: Columns = {
    "ref": ("id",),
    "time": ("timestamp",),
    "kind": ("transaction type",),
    "asset": ("asset",),
    "quantity": ("quantity transacted",),
    "currency": ("price currency", "spot price currency"),
    "price": ("price at transaction", "spot price at transaction"),
    "subtotal": ("subtotal",),
    "total": ("total (inclusive of fees and/or spread)", "total (inclusive of fees)", "total"),
    "fee": ("fees and/or spread", "fees"),
    "notes": ("notes",),
}
MEANINGS = {
    "buy": "buy", "advanced trade buy": "buy", "advance trade buy": "buy", "sell": "sell", "card spend": "sell",
    "advanced trade sell": "sell", "advance trade sell": "sell", "convert": "convert", "send": "out",
    "receive": "in", "deposit": "in", "withdrawal": "out", "pro deposit": "out", "pro withdrawal": "in",
    "exchange deposit": "out", "exchange withdrawal": "in", "vault withdrawal": "same",
    "staking income": "income", "rewards income": "income", "reward income": "income", "inflation reward": "income",
    "interest": "income", "learning reward": "income", "coinbase earn": "income",
    "incentives rewards payout": "income",
    "subscription rebate": "in", "subscription rebates": "in", "airdrop": "in", "hard fork": "in",
    "retail staking transfer": "same", "retail unstaking transfer": "same", "retail eth2 deprecation": "in or out",
    "asset migration": "in or out", "admin debit": "out", "wrap asset": "in or out", "unwrap asset": "in or out",
    "subscription": "fee", "fee": "fee",
}  # fmt: skip
_CONVERTED = re.compile(r"Converted ([\d.,]+) (\S+) to ([\d.,]+) (\S+)", re.IGNORECASE)


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows; a conversion is a sale and a purchase of the same value."""
    table = table_of(contents, COLUMNS, ("time", "kind", "asset", "quantity"))
    if table is None:
        raise AssertionError(contents.name)
    table.require("currency", "price", "subtotal", "total")
    return Reading([*table.framed(), *each(table.rows, _event)])


def _event(row: Row) -> Outcome | Iterable[Outcome]:
    kind = meaning(MEANINGS, row["kind"])
    if not kind:
        return row.problem(f"{row['kind'][:60]!r} is nothing that is known of Coinbase.", "Add what it moved by hand.")
    if kind == "same":
        return row.ignored("between pockets of the same account")
    day, at = CLOCK.read(row["time"])
    units = needed(POINT.number(row["quantity"], "quantity"), "quantity")
    fixed: dict[str, Any] = {"day": day, "at": at, "ref": row["ref"], "note": row["notes"], "rows": (row.line,)}
    if row["asset"] in CURRENCIES:
        return _money(row, kind, units, fixed)
    currency = money_code(row["currency"])[0]
    fixed |= {"currency": currency, "price": POINT.number(row["price"], "price")}
    named = Named(ticker=row["asset"], type="crypto")
    subtotal = abs(POINT.number(row["subtotal"], "subtotal") or ZERO)
    total = POINT.number(row["total"], "total")
    fee = abs(POINT.number(row["fee"], "fee") or ZERO)
    if kind in {"buy", "sell"}:
        cash = abs(needed(total, "total"))
        return traded(buying=kind == "buy", quantity=units, cash=cash, fee=fee, instrument=named, **fixed)
    if kind == "convert":
        return _converted(row, subtotal, max(abs(total or ZERO) - subtotal, ZERO), fixed)
    if kind == "income":
        return Draft(kind=Kind.INTEREST, quantity=units, instrument=named, cost=subtotal or None, **fixed)
    if kind == "fee":
        return Draft(kind=Kind.FEE, quantity=-abs(units), instrument=named, **fixed)
    leaving = units < 0 if kind == "in or out" else kind == "out"
    return Draft(
        kind=Kind.DELIVERY_OUT if leaving else Kind.DELIVERY_IN,
        quantity=-abs(units) if leaving else abs(units),
        instrument=named,
        **fixed,
    )


def _money(row: Row, kind: str, amount: Decimal, fixed: dict[str, Any]) -> Outcome:
    cash = -abs(amount) if kind in {"out", "fee", "sell"} else abs(amount)
    if not cash:
        return row.ignored("it moves no cash")
    return Draft(kind=Kind.FEE if kind == "fee" else moved(cash), cash=cash, currency=row["asset"], **fixed)


def _converted(row: Row, value: Decimal, fee: Decimal, fixed: dict[str, Any]) -> Outcome | Iterable[Outcome]:
    """What was given is worth the value and the fee; what was received is worth the value."""
    found = _CONVERTED.search(row["notes"])
    if found is None:
        return row.problem("The note does not tell what it was converted into.", "Add a sale and a purchase by hand.")
    given, received = POINT.number(found[1], "quantity"), POINT.number(found[3], "quantity")
    sold = {**fixed, "instrument": Named(ticker=found[2], type="crypto")}
    bought = {**fixed, "instrument": Named(ticker=found[4], type="crypto"), "price": None}
    return (
        traded(buying=False, quantity=given, cash=value, fee=fee, **sold),
        traded(buying=True, quantity=received, cash=value, **bought),
    )


PRESET = Preset(
    "coinbase",
    "Coinbase",
    lambda contents: table_of(contents, COLUMNS, ("time", "kind", "asset", "quantity")) is not None,
    read,
    own_refs=True,
)
