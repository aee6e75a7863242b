"""Revolut's trading account export: one row an event, instants in UTC, amounts with their currency's sign."""

from __future__ import annotations

from typing import Any

from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import meaning, moved, needed, traded
from openbell.statements.numbers import Marks, marks_of, money_code
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, each, table_of

CLOCK = Clock("ymd", "UTC")
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
    "merger - cash": "sell", "spinoff": "spin_off", "spin-off": "spin_off", "acquisition": "sell",
    "position closure": "sell", "return of capital": "capital",
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
    return Reading([*table.framed(), *each(table.rows, lambda row: _event(row, marks, units))])


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
        return traded(buying=kind == "buy", quantity=units, cash=cash, price=price, instrument=named, **fixed)
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
