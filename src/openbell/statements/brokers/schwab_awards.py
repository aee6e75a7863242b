"""Schwab's Equity Awards history: each event in a row, and what is told of its lots in rows without a date below it.

Shares that were awarded come at their market value of the day when they became the reader's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.brokers.schwab_changes import CLOCK, day_of, named
from openbell.statements.contents import Contents
from openbell.statements.draft import Draft, Outcome, Problem
from openbell.statements.making import moved, needed, traded
from openbell.statements.numbers import POINT
from openbell.statements.preset import Preset, Reading, with_rows
from openbell.statements.table import Columns, Row, attempt, table_of

COLUMNS: Columns = {
    "date": ("date",),
    "action": ("action",),
    "symbol": ("symbol",),
    "description": ("description",),
    "quantity": ("quantity",),
    "fee": ("feesandcommissions",),
    "election": ("disbursementelection",),
    "amount": ("amount",),
    "sale_price": ("saleprice",),
    "vested": ("vestdate",),
    "vest_value": ("vestfairmarketvalue",),
    "purchased": ("purchasedate",),
    "purchase_value": ("purchasefairmarketvalue",),
    "net": ("netsharesdeposited",),
}
_NEEDS = ("date", "action", "fee", "election")
_CASH = {
    "dividend": Kind.DIVIDEND, "tax withholding": Kind.TAX, "tax reversal": Kind.TAX, "wire transfer": None,
    "forced disbursement": None, "journal": None,
}  # fmt: skip
"""By its action, what cash is; None: it came from elsewhere, or went there."""


@dataclass(frozen=True, slots=True)
class Event:
    """A row with a date, and the rows of its lots."""

    row: Row
    lots: tuple[Row, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """Where they stand."""
        return tuple(row.line for row in (self.row, *self.lots))

    def told(self, *columns: str) -> str:
        """The one thing that its lots tell in the first of these columns that any has; empty where they differ."""
        for column in columns:
            if said := {lot[column] for lot in self.lots if lot[column]}:
                return said.pop() if len(said) == 1 else ""
        return ""

    def problem(self, what: str, remedy: str) -> Problem:
        """What is wrong with it, with all of its rows."""
        content = "\n".join(row.record.content for row in (self.row, *self.lots))
        return Problem(self.lines, what, remedy, content)


def read(contents: Contents, answers: Answers) -> Reading:
    """All events; the lapse of a restriction is told again by the deposit of its shares."""
    table = table_of(contents, COLUMNS, _NEEDS)
    if table is None:
        raise AssertionError(contents.name)
    table.require("symbol", "quantity", "amount")
    events = _events(table.rows)
    deposited = {event.row["symbol"] for event in events if event.row["action"].lower() == "deposit"}
    return Reading([*table.framed(), *(_outcome(event, deposited) for event in events)])


def _events(rows: Sequence[Row]) -> list[Event]:
    events: list[Event] = []
    for row in rows:
        if row["date"] or not events:
            events.append(Event(row, ()))
        else:
            events[-1] = replace(events[-1], lots=(*events[-1].lots, row))
    return events


def _outcome(event: Event, deposited: set[str]) -> Outcome:
    made = attempt(event.row, partial(_event, event, deposited))
    if isinstance(made, Problem):
        return event.problem(made.what, made.remedy)
    return with_rows(made, event.lines) if isinstance(made, Draft) else replace(made, rows=event.lines)


def _event(event: Event, deposited: set[str]) -> Outcome:
    row, action = event.row, event.row["action"].lower()
    units, amount = POINT.number(row["quantity"], "quantity"), POINT.number(row["amount"], "amount")
    if row["date"].lower().startswith("transactions total"):
        return row.ignored("the total of all rows")
    fixed: dict[str, Any] = {**day_of(row), "currency": "USD", "rows": (row.line,), "note": row["description"]}
    if action == "lapse":
        if row["symbol"] in deposited:
            return row.ignored("the deposit of the shares tells it")
        return event.problem(
            f"The restriction of {units} units of {row['symbol']} ended; how many of them came is not told here.",
            "Import the history that tells the deposit of the shares, or add it by hand.",
        )
    if action == "deposit" and row["description"].upper() in {"RS", "ESPP"}:
        net = POINT.number(event.told("net"), "net shares")  # some plans keep shares back for taxes
        return _deposited(event, needed(units if net is None else net, "quantity"), fixed)
    if action in {"sale", "forced quick sell"}:
        return traded(
            buying=False,
            quantity=units,
            cash=needed(amount, "amount"),
            fee=abs(POINT.number(row["fee"], "fee") or ZERO),
            price=POINT.number(event.told("sale_price"), "price"),
            instrument=named(row),
            **fixed,
        )
    if action in _CASH and amount and not units:
        kind = _CASH[action] or moved(amount)
        about = None if kind in {Kind.DEPOSIT, Kind.WITHDRAWAL} else named(row)
        return Draft(kind=kind, cash=amount, instrument=about, **fixed)
    return event.problem(
        f"{row['action'][:60]!r} ({row['description'][:60]}) is nothing that is known of Schwab's awards.",
        "Add what it moved by hand.",
    )


def _deposited(event: Event, units: Decimal, fixed: dict[str, Any]) -> Draft:
    acquired = event.told("vested", "purchased")
    return Draft(
        kind=Kind.DELIVERY_IN,
        quantity=units,
        price=POINT.number(event.told("vest_value", "purchase_value"), "price"),
        acquired=CLOCK.day(acquired) if acquired else None,
        instrument=named(event.row),
        **fixed,
    )


PRESET = Preset(
    "schwab-awards",
    "Charles Schwab",
    lambda contents: table_of(contents, COLUMNS, _NEEDS) is not None,
    read,
)
