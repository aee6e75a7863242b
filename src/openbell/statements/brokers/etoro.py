"""eToro's account activity: positions opened and closed, in dollars; times in UTC, days first."""

from __future__ import annotations

from typing import Any

from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import meaning, moved, needed, per, traded
from openbell.statements.numbers import Marks, marks_of
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, each, table_of

CLOCK = Clock("dmy", "UTC")
COLUMNS: Columns = {
    "date": ("date",),
    "kind": ("type",),
    "details": ("details",),
    "amount": ("amount",),
    "units": ("units", "units / contracts"),
    "change": ("realized equity change",),
    "ref": ("position id",),
    "asset": ("asset type",),
}
MEANINGS = {
    "open position": "buy", "position opened": "buy", "position closed": "sell", "dividend": "dividend",
    "interest payment": "interest", "interest": "interest", "staking": "interest", "overnight fee": "fee",
    "overnight refund": "fee", "rollover fee": "fee", "sdrt": "tax", "stamp duty": "tax", "withdraw fee": "fee",
    "withdrawal conversion fee": "fee", "deposit conversion fee": "fee", "withdraw request": "cash",
    "withdraw request cancelled": "cash", "deposit": "cash", "refund": "fee", "adjustment": "fee", "commission": "fee",
    "start copy": "copy", "stop copy": "copy", "account balance to mirror": "copy", "mirror balance to account": "copy",
    "edit stop loss": "copy", "corp action: split": "split", "split": "split", "transfer": "cash",
}  # fmt: skip


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows; a position that was opened is a purchase, short ones are not told apart."""
    table = table_of(contents, COLUMNS, ("date", "kind", "details", "units", "change"))
    if table is None:
        raise AssertionError(contents.name)
    table.require("amount", "ref")
    marks = marks_of(table.column("amount"), contents.name, "the amounts", told=answers.decimal)
    units = marks_of(table.column("units"), contents.name, "the units", told=answers.decimal)
    return Reading([*table.framed(), *each(table.rows, lambda row: _event(row, marks, units))])


def _event(row: Row, marks: Marks, unit_marks: Marks) -> Outcome:
    kind = meaning(MEANINGS, row["kind"])
    if not kind:
        return row.problem(f"{row['kind'][:60]!r} is nothing that is known of eToro.", "Add what it moved by hand.")
    day, at = CLOCK.read(row["date"])
    amount = needed(marks.number(row["amount"], "amount"), "amount")
    units = unit_marks.number(row["units"], "units")
    fixed: dict[str, Any] = {"day": day, "at": at, "currency": "USD", "rows": (row.line,)}
    ref = row["ref"].strip("-")
    if kind == "copy":
        return row.ignored("between copied portfolios and the account's own cash")
    if kind in {"buy", "sell"}:
        units = needed(units, "units")
        note = "CFD" if row["asset"].upper() == "CFD" else ""
        price = per(abs(amount), abs(units))
        return traded(
            buying=kind == "buy", quantity=units, cash=amount, price=price, instrument=_named(row), ref=ref, note=note,
            **fixed,
        )  # fmt: skip
    if kind == "split":
        return row.problem(
            "A split is not told in units.", "It is applied from the prices' own splits; check the units."
        )
    if not amount:
        return row.ignored("it moves no cash")
    if kind == "fee" and marks.number(row["change"], "change") == ZERO:
        return row.ignored("told for information: it is a part of another row")
    of_cash = {"dividend": Kind.DIVIDEND, "interest": Kind.INTEREST, "fee": Kind.FEE, "tax": Kind.TAX}.get(kind)
    named = _named(row) if of_cash in {Kind.DIVIDEND, Kind.TAX} else None
    return Draft(kind=of_cash or moved(amount), cash=amount, instrument=named, ref=ref, note=row["kind"], **fixed)


def _named(row: Row) -> Named | None:
    ticker, _, currency = row["details"].partition("/")
    if not ticker.strip("- "):
        return None
    kinds = {"stocks": "stock", "etf": "etf", "crypto": "crypto", "cfd": "other"}
    return Named(ticker=ticker.strip(), currency=currency.strip(), type=kinds.get(row["asset"].lower(), ""))


PRESET = Preset(
    "etoro",
    "eToro",
    lambda contents: table_of(contents, COLUMNS, ("date", "kind", "details", "units", "change")) is not None,
    read,
)
