"""Parqet's activity export: semicolons, in German or English numbers; amounts before fees and taxes."""

from __future__ import annotations

from typing import Any

from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import meaning, moved, needed, per, traded
from openbell.statements.numbers import Marks, marks_of, money_code
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, each, table_of

STAMP, DAY = Clock("ymd", "UTC"), Clock("dmy")
COLUMNS: Columns = {
    "stamp": ("datetime",),
    "date": ("date",),
    "price": ("price",),
    "quantity": ("shares",),
    "amount": ("amount",),
    "tax": ("tax",),
    "fee": ("fee",),
    "kind": ("type",),
    "broker": ("broker",),
    "asset": ("assettype",),
    "identifier": ("identifier",),
    "wkn": ("wkn",),
    "original_currency": ("originalcurrency",),
    "currency": ("currency",),
    "rate": ("fxrate",),
    "name": ("holdingname", "holdingnickname"),
    "account": ("holding",),
    "exchange": ("exchange",),
}
MEANINGS = {
    "buy": "buy", "sell": "sell", "dividend": "dividend", "transferin": "in", "transfer in": "in", "transferout": "out",
    "transfer out": "out", "interest": "interest", "cost": "fee", "fee": "fee", "fees": "fee", "tax": "tax",
    "taxes": "tax", "deposit": "deposit", "withdrawal": "withdrawal", "booking": "cash", "kauf": "buy",
    "verkauf": "sell", "dividende": "dividend", "zinsen": "interest", "einbuchung": "in", "ausbuchung": "out",
    "einzahlung": "deposit", "auszahlung": "withdrawal",
}  # fmt: skip


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows."""
    table = table_of(contents, COLUMNS, ("quantity", "amount", "kind", "asset", "identifier"))
    if table is None:
        raise AssertionError(contents.name)
    table.require("stamp", "price", "currency", "tax", "fee")
    names = ("price", "quantity", "amount", "tax", "fee")
    texts = (row[name] for row in table.rows for name in names)
    marks = marks_of(texts, contents.name, "the amounts", told=answers.decimal)
    return Reading([*table.framed(), *each(table.rows, lambda row: _event(row, marks))])


def _event(row: Row, marks: Marks) -> Outcome:
    kind = meaning(MEANINGS, row["kind"])
    if not kind:
        return row.problem(f"{row['kind'][:60]!r} is nothing that is known of Parqet.", "Add what it moved by hand.")
    day, at = STAMP.read(row["stamp"])
    day = DAY.day(row["date"]) if row["date"] else day
    currency, part = money_code(row["currency"])
    printed = (marks.number(row["amount"], "amount") or ZERO) * part
    amount = abs(printed)
    tax, fee = (marks.number(row["tax"], "tax") or ZERO) * part, (marks.number(row["fee"], "fee") or ZERO) * part
    units = marks.number(row["quantity"], "shares")
    fixed: dict[str, Any] = {
        "day": day, "at": at, "currency": currency, "rows": (row.line,), "account": row["broker"],
    }  # fmt: skip
    if kind in {"buy", "sell"}:
        cash = amount + fee + tax if kind == "buy" else amount - fee - tax
        price = marks.number(row["price"], "price")
        return traded(
            buying=kind == "buy", quantity=units, cash=cash, tax=tax, fee=fee, instrument=_named(row),
            price=None if price is None else price * part, **fixed,
        )  # fmt: skip
    if kind in {"in", "out"} and row["asset"].lower() == "cash":
        needed(amount or None, "amount")
        kind = "deposit" if kind == "in" else "withdrawal"
    if kind in {"in", "out"}:
        moved_units = abs(needed(units, "shares"))
        return Draft(
            kind=Kind.DELIVERY_IN if kind == "in" else Kind.DELIVERY_OUT,
            quantity=moved_units if kind == "in" else -moved_units,
            price=per(amount, moved_units) if amount else None,
            cost=amount if kind == "in" and amount else None,
            instrument=_named(row),
            **fixed,
        )
    if kind == "dividend":
        return Draft(kind=Kind.DIVIDEND, cash=amount - tax - fee, tax=tax, fee=fee, instrument=_named(row), **fixed)
    if kind in {"cash", "deposit", "withdrawal"}:
        cash = {"deposit": amount, "withdrawal": -amount}.get(kind, printed)
        return Draft(kind=moved(cash), cash=cash, **fixed) if cash else row.ignored("it moves no cash")
    cash = printed - tax - fee if kind == "interest" else -(amount or fee or tax)
    of_cash = {"interest": Kind.INTEREST, "fee": Kind.FEE, "tax": Kind.TAX}[kind]
    return Draft(kind=of_cash, cash=cash, tax=tax if kind == "interest" else ZERO, **fixed)


def _named(row: Row) -> Named:
    security = row["asset"].lower() in {"security", "etf", "stock", ""}
    return Named(
        isin=row["identifier"] if security else "",
        ticker="" if security else row["identifier"],
        wkn=row["wkn"],
        name=row["name"],
        exchange=row["exchange"],
        type="crypto" if row["asset"].lower() == "crypto" else "",
    )


PRESET = Preset(
    "parqet",
    "Parqet",
    lambda contents: table_of(contents, COLUMNS, ("quantity", "amount", "kind", "asset", "identifier")) is not None,
    read,
)
