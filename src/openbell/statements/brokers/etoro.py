"""eToro's account activity: positions opened and closed, in dollars; times in UTC, days first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome
from openbell.statements.making import meaning, moved, needed, per, traded
from openbell.statements.numbers import POINT, Marks, marks_of
from openbell.statements.preset import Preset, Reading, with_rows
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
    "interest payment": "interest", "interest": "interest", "staking": "reward", "airdrop": "gift",
    "overnight fee": "fee", "overnight refund": "fee", "rollover fee": "fee", "sdrt": "tax", "stamp duty": "tax",
    "withdraw fee": "fee", "withdrawal conversion fee": "fee", "deposit conversion fee": "fee",
    "withdraw request": "cash", "withdraw request cancelled": "cash", "deposit": "cash", "refund": "fee",
    "adjustment": "fee", "commission": "fee", "start copy": "copy", "stop copy": "copy",
    "account balance to mirror": "copy", "mirror balance to account": "copy", "edit stop loss": "copy",
    "corp action: split": "split", "split": "split", "transfer": "cash",
}  # fmt: skip
_RATIO = re.compile(r"(\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?)\s*$")
"""New units for old ones, after the instrument: `NVDA/USD 10:1`."""


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows; a position that was opened is a purchase, short ones are not told apart."""
    table = table_of(contents, COLUMNS, ("date", "kind", "details", "units", "change"))
    if table is None:
        raise AssertionError(contents.name)
    table.require("amount", "ref")
    marks = marks_of(table.column("amount"), contents.name, "the amounts", told=answers.decimal)
    units = marks_of(table.column("units"), contents.name, "the units", told=answers.decimal)
    return Reading([*table.framed(), *_once(each(table.rows, lambda row: _event(row, marks, units)))])


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
        return _split(row, fixed)
    if units and kind in {"reward", "gift"}:
        worth: dict[str, Any] = {"cost": abs(amount)} if amount else {}
        of_units = Kind.INTEREST if kind == "reward" else Kind.DELIVERY_IN
        return Draft(
            kind=of_units, quantity=abs(units), instrument=_named(row), ref=ref, note=row["kind"], **worth, **fixed
        )
    if not amount:
        return row.ignored("it moves no cash")
    if kind == "fee" and marks.number(row["change"], "change") == ZERO:
        return row.ignored("told for information: it is a part of another row")
    of_cash = {
        "dividend": Kind.DIVIDEND, "interest": Kind.INTEREST, "reward": Kind.INTEREST, "fee": Kind.FEE, "tax": Kind.TAX,
    }.get(kind)  # fmt: skip
    named = _named(row) if of_cash in {Kind.DIVIDEND, Kind.TAX} else None
    return Draft(kind=of_cash or moved(amount), cash=amount, instrument=named, ref=ref, note=row["kind"], **fixed)


def _split(row: Row, fixed: dict[str, Any]) -> Outcome:
    """By its ratio: the row of each position that was split tells the same one, and no units."""
    found = _RATIO.search(row["details"])
    named = _named(row)
    new, old = (POINT.number(text, "ratio") or ZERO for text in found.groups()) if found else (ZERO, ZERO)
    if named is None or not new or not old:
        return row.problem(
            "The split tells no ratio.", "Add it by hand, with its ratio, unless the desk knows of it; check the units."
        )
    return Draft(kind=Kind.SPLIT, instrument=named, ratio=per(new, old), note=row["details"], **fixed)


def _once(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """`outcomes` with each split once, read from the rows of all positions."""
    kept, splits = list[Outcome](), dict[tuple[object, ...], Draft]()
    for outcome in outcomes:
        if not isinstance(outcome, Draft) or outcome.kind is not Kind.SPLIT:
            kept.append(outcome)
            continue
        key = (outcome.day, outcome.instrument and outcome.instrument.key, outcome.ratio)
        splits[key] = with_rows(splits.get(key, outcome), outcome.rows)
    return [*kept, *splits.values()]


def _named(row: Row) -> Named | None:
    ticker, _, currency = _RATIO.sub("", row["details"]).partition("/")
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
