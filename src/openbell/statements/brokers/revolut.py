"""Revolut's trading account export: one row an event, instants in UTC, amounts with their currency's sign."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import meaning, moved, needed, per, traded
from openbell.statements.numbers import Marks, marks_of, money_code
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, each, table_of

CLOCK = Clock("ymd", "UTC")
AT_ONCE = timedelta(seconds=2)
"""Between the two rows of a merger, at most."""
_CENT = Decimal("0.01")
COLUMNS: Columns = {
    "date": ("date",),
    "ticker": ("ticker", "symbol"),
    "kind": ("type",),
    "quantity": ("quantity",),
    "price": ("price per share",),
    "total": ("total amount", "value"),
    "currency": ("currency",),
    "rate": ("fx rate",),
}
MEANINGS = {
    "buy": "buy", "sell": "sell", "cash top-up": "cash", "cash withdrawal": "cash", "dividend": "dividend",
    "dividend tax": "tax", "custody fee": "fee", "custody fee reversal": "fee", "robo management fee": "fee",
    "management fee": "fee", "fee": "fee", "stock split": "split", "interest": "interest", "transfer from": "transfer",
    "merger - cash": "sell", "merger - stock": "merger", "spinoff": "spin_off", "spin-off": "spin_off",
    "acquisition": "sell", "position closure": "sell", "return of capital": "capital",
}  # fmt: skip


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows."""
    table = table_of(contents, COLUMNS, ("date", "ticker", "kind", "price", "rate"))
    if table is None:
        raise AssertionError(contents.name)
    table.require("quantity", "total", "currency")
    units = marks_of(table.column("quantity"), contents.name, "the quantities", told=answers.decimal)
    texts = (row[name] for row in table.rows for name in ("price", "total"))
    marks = marks_of(texts, contents.name, "the amounts", told=answers.decimal)
    halves: list[Half] = []

    def one(row: Row) -> Outcome | Iterable[Outcome]:
        if meaning(MEANINGS, row["kind"]) != "merger":
            return _event(row, marks, units)
        halves.append(_half(row, units))
        return ()

    return Reading([*table.framed(), *each(table.rows, one), *_mergers(halves)])


@dataclass(frozen=True, slots=True)
class Half:
    """A row of a merger for shares: what left, or what came."""

    row: Row
    at: datetime
    quantity: Decimal
    fixed: dict[str, Any]


def _half(row: Row, marks: Marks) -> Half:
    day, at = CLOCK.read(row["date"])
    quantity = needed(marks.number(row["quantity"], "quantity"), "quantity")
    if at is None or not quantity or not row["ticker"]:
        raise InvalidInput("quantity", "This row of a merger tells no time, no units or no ticker.")
    return Half(row, at, quantity, {"day": day, "at": at, "currency": money_code(row["currency"])[0]})


def _mergers(halves: Sequence[Half]) -> Iterable[Outcome]:
    """Shares that left with those that came at the same moment."""
    gone = [half for half in halves if half.quantity < 0]
    for came in [half for half in halves if half.quantity > 0]:
        together = [half for half in gone if abs(half.at - came.at) <= AT_ONCE]
        if not together:
            yield _alone(came)
            continue
        left = min(together, key=lambda half: abs(half.at - came.at))
        gone.remove(left)
        yield Draft(
            kind=Kind.MERGER,
            instrument=Named(ticker=left.row["ticker"], currency=left.fixed["currency"]),
            other=Named(ticker=came.row["ticker"], currency=came.fixed["currency"]),
            quantity=came.quantity,
            ratio=per(came.quantity, -left.quantity),
            rows=tuple(sorted((left.row.line, came.row.line))),
            **came.fixed,
        )
    yield from map(_alone, gone)


def _alone(half: Half) -> Outcome:
    return half.row.problem(
        f"This is half of a merger of {half.row['ticker']}; the other half is not in the file.",
        "Export a longer period, or add the merger by hand.",
    )


def _fee(row: Row, units: Decimal | None, price: Decimal | None, cash: Decimal, *, buying: bool) -> Decimal:
    """What the total has more or less than units times price, as far as the price was not rounded."""
    if units is None or price is None or _sign(row["price"]) != _sign(row["total"]):
        return ZERO
    gross = abs(units) * price
    fee = cash - gross if buying else gross - cash
    exponent = price.as_tuple().exponent
    printed = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else ZERO
    return fee.quantize(_CENT) if fee > (abs(units) * printed + _CENT) / 2 else ZERO


def _sign(amount: str) -> str:
    """The currency as it is printed with an amount."""
    return re.sub(r"[\d\s.,+\-]", "", amount)


def _event(row: Row, marks: Marks, unit_marks: Marks) -> Outcome | tuple[Outcome, ...]:
    kind = meaning(MEANINGS, row["kind"])
    if not kind:
        return row.problem(f"{row['kind'][:60]!r} is nothing that is known of Revolut.", "Add what it moved by hand.")
    day, at = CLOCK.read(row["date"])
    total = marks.number(row["total"], "total")
    units = unit_marks.number(row["quantity"], "quantity")
    fixed: dict[str, Any] = {"day": day, "at": at, "currency": money_code(row["currency"])[0], "rows": (row.line,)}
    named = Named(ticker=row["ticker"], currency=fixed["currency"]) if row["ticker"] else None
    if kind in {"buy", "sell"}:
        cash, price = abs(needed(total, "total amount")), marks.number(row["price"], "price")
        buying = kind == "buy"
        fee = _fee(row, units, price, cash, buying=buying)
        return traded(buying=buying, quantity=units, cash=cash, price=price, fee=fee, instrument=named, **fixed)
    if kind == "split":
        return Draft(kind=Kind.SPLIT, quantity=needed(units, "quantity"), instrument=named, **fixed)
    if kind == "spin_off":
        draft = Draft(kind=Kind.DELIVERY_IN, quantity=needed(units, "quantity"), instrument=named, **fixed)
        what = f"{units} units came of a spin-off, and the file does not say of which company they were a part."
        return draft, row.problem(what, "Say of which, and which part of the cost left with them.", blocking=False)
    if not total:
        reason = "between companies of Revolut" if kind == "transfer" else "it moves no cash"
        return row.ignored(reason)
    of_cash = {
        "dividend": Kind.DIVIDEND, "tax": Kind.TAX, "fee": Kind.FEE, "interest": Kind.INTEREST,
        "capital": Kind.RETURN_OF_CAPITAL,
    }.get(kind)  # fmt: skip
    if of_cash is None:
        return Draft(kind=moved(total), cash=total, note=row["kind"], **fixed)
    return Draft(kind=of_cash, cash=total or ZERO, instrument=named, note=row["kind"], **fixed)


PRESET = Preset(
    "revolut",
    "Revolut",
    lambda contents: table_of(contents, COLUMNS, ("date", "ticker", "kind", "price", "rate")) is not None,
    read,
)
