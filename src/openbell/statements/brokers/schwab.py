"""Charles Schwab's brokerage history, as CSV in both orders of its columns and as JSON.

All amounts are dollars. A corporate action is a pair of rows: what left (named by its CUSIP) and what came.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from openbell.model.errors import UnreadableFile
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.brokers.schwab_changes import CLOCK, day_of, is_part, joined, named
from openbell.statements.contents import Contents, Record
from openbell.statements.draft import Draft, Holding, Outcome
from openbell.statements.making import meaning, moved, needed, traded
from openbell.statements.numbers import POINT
from openbell.statements.preset import Preset, Reading
from openbell.statements.table import Columns, Row, Table, each, places_of, table_of

COLUMNS: Columns = {
    "date": ("date",),
    "action": ("action",),
    "symbol": ("symbol",),
    "description": ("description",),
    "quantity": ("quantity",),
    "price": ("price",),
    "fee": ("fees & comm", "fees & commissions"),
    "amount": ("amount",),
}
MEANINGS = {
    "buy": "buy", "reinvest shares": "buy", "buy to open": "buy", "buy to close": "buy", "buy to cover": "buy",
    "sell": "sell", "sale": "sell", "sell to close": "sell", "sell to open": "short", "sell short": "short",
    "cash dividend": "dividend", "qualified dividend": "dividend", "non-qualified div": "dividend",
    "reinvest dividend": "dividend", "qual div reinvest": "dividend", "pr yr div reinvest": "dividend",
    "pr yr cash div": "dividend", "pr yr non-qual div": "dividend", "special dividend": "dividend",
    "special qual div": "dividend", "special non qual div": "dividend", "dividend": "dividend",
    "long term cap gain": "dividend", "short term cap gain": "dividend", "div adjustment": "dividend",
    "substitute payment": "dividend", "cash in lieu": "lieu", "stock div dist": "units",
    "return of capital": "capital", "pr yr non-div dist": "capital", "non-div dist": "capital",
    "credit interest": "interest", "bank interest": "interest", "bond interest": "interest", "cd interest": "interest",
    "margin interest": "interest", "pr yr bank int": "interest", "interest": "interest",
    "advisor fee": "fee", "adr mgmt fee": "fee", "service fee": "fee", "misc cash entry": "misc",
    "misc credits": "misc", "adjust": "misc", "promotional award": "cash", "fee": "fee",
    "foreign tax paid": "tax", "nra tax adj": "tax", "nra withholding": "tax", "tax withholding": "tax",
    "foreign tax reclaim": "tax", "backup withholding": "tax",
    "moneylink transfer": "cash", "moneylink deposit": "cash", "wire sent": "cash", "wire received": "cash",
    "wire funds": "cash", "funds received": "cash", "journal": "journal", "internal transfer": "cash",
    "deposit": "delivery", "withdrawal": "cash", "bank transfer": "cash", "auto s1 credit": "cash",
    "auto s1 debit": "cash", "visa purchase": "cash", "atm withdrawal": "cash", "check": "cash", "transfer": "delivery",
    "journaled shares": "delivery", "security transfer": "delivery", "stock plan activity": "delivery",
    "stock split": "split", "forward split": "split",
    "reverse split": "reverse split", "spin-off": "spin_off", "stock merger": "merger", "cash/stock merger": "merger",
    "cash merger": "merger", "merger": "merger", "name change": "name change", "conversion": "merger",
    "mandatory reorg exc": "merger", "exchange": "merger", "full redemption": "redeemed",
    "final cash liquid": "redeemed", "expired": "expired", "assigned": "expired", "exchange or exercise": "expired",
}  # fmt: skip
_OF_CASH = {"interest": Kind.INTEREST, "fee": Kind.FEE, "tax": Kind.TAX, "dividend": Kind.DIVIDEND}


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows; both rows of a corporate action together."""
    table = _table(contents)
    if table is None:
        raise AssertionError(contents.name)
    table.require("symbol", "description", "quantity", "price", "amount")
    parts: list[tuple[Row, str]] = []

    def one(row: Row) -> Outcome | Iterable[Outcome]:
        if row["date"].lower().startswith("transactions total"):
            return row.ignored("the total of all rows")
        kind = meaning(MEANINGS, row["action"])
        if is_part(row, kind):
            day_of(row)  # a problem of the row where it cannot be read
            parts.append((row, kind))
            return ()
        return _event(row)

    outcomes = [*table.framed(), *each(table.rows, one)] if contents.records else each(table.rows, one)
    outcomes.extend(joined(parts))
    return Reading(outcomes)


def _table(contents: Contents) -> Table | None:
    if contents.records:
        return table_of(contents, COLUMNS, ("date", "action", "fee"))
    document = contents.document
    rows = document.get("BrokerageTransactions") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        return None
    header = tuple(dict.fromkeys(key for row in rows if isinstance(row, dict) for key in row))
    places = places_of(header, COLUMNS)
    records = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise UnreadableFile(contents.name, f"transaction {number} is no object.", remedy="Export it again.")
        records.append(Record(number, tuple("" if row.get(key) is None else str(row[key]) for key in header)))
    return Table(contents.name, Record(0, header), places, tuple(Row(r, places) for r in records), ())


def _event(row: Row) -> Outcome | Iterable[Outcome]:
    kind = meaning(MEANINGS, row["action"])
    if not kind and row["action"].lower().endswith("reinvest"):
        kind = "dividend"
    if not kind:
        return row.problem(f"{row['action'][:60]!r} is nothing that is known of Schwab.", "Add what it moved by hand.")
    fixed: dict[str, Any] = {**day_of(row), "currency": "USD", "instrument": named(row), "rows": (row.line,)}
    units = POINT.number(row["quantity"], "quantity")
    amount = POINT.number(row["amount"], "amount")
    if kind in {"buy", "sell", "short"}:
        return traded(
            buying=kind == "buy",
            quantity=units,
            cash=needed(amount, "amount"),
            price=POINT.number(row["price"], "price"),
            fee=POINT.number(row["fee"], "fee") or ZERO,
            short=kind == "short",
            note=row["action"] if row["action"].lower() not in {"buy", "sell"} else "",
            **fixed,
        )
    if amount:
        return _cash(row, kind, amount, fixed)
    if units:
        return _units(row, kind, units, fixed)
    return row.ignored("it moves neither cash nor units")


def _cash(row: Row, kind: str, amount: Decimal, fixed: dict[str, Any]) -> Outcome:
    note = f"{row['action']}: {row['description']}" if kind not in {"dividend", "buy", "sell"} else row["action"]
    if kind == "lieu" and fixed["instrument"]:
        return Draft(kind=Kind.SPLIT, cash=amount, note=note, **fixed) if amount > 0 else _plain(amount, note, fixed)
    if kind == "capital" and fixed["instrument"]:
        return Draft(kind=Kind.RETURN_OF_CAPITAL, cash=amount, note=note, **fixed)
    if kind in {"merger", "redeemed", "expired"} and fixed["instrument"]:
        units = POINT.number(row["quantity"], "quantity")
        return traded(buying=False, quantity=units, cash=amount, note=note, **fixed)
    of_cash = _OF_CASH.get(kind)
    if of_cash is Kind.DIVIDEND and not fixed["instrument"]:
        of_cash = Kind.INTEREST
    if of_cash:
        return Draft(kind=of_cash, cash=amount, note=note, **fixed)
    return _plain(amount, note, fixed)


def _plain(amount: Decimal, note: str, fixed: dict[str, Any]) -> Draft:
    return Draft(kind=moved(amount), cash=amount, note=note, **{**fixed, "instrument": None})


def _units(row: Row, kind: str, units: Decimal, fixed: dict[str, Any]) -> Outcome | Iterable[Outcome]:
    if kind in {"split", "reverse split"}:
        return Draft(kind=Kind.SPLIT, quantity=units, note=row["action"], **fixed)
    if kind in {"units", "dividend"}:
        return Draft(kind=Kind.DIVIDEND, quantity=units, note=row["action"], **fixed)
    if kind == "expired":
        return traded(buying=units > 0, quantity=units, cash=ZERO, note=row["action"], **fixed)
    draft = Draft(
        kind=Kind.DELIVERY_IN if units > 0 else Kind.DELIVERY_OUT,
        quantity=units,
        price=POINT.number(row["price"], "price"),
        note=row["action"],
        **fixed,
    )
    if kind != "spin_off":
        return draft
    what = f"{units} units came of a spin-off, and the file does not say of which company they were a part."
    remedy = "Say of which, and which part of the cost left with them."
    return draft, row.problem(what, remedy, blocking=False)


HELD: Columns = {
    "symbol": ("symbol",),
    "description": ("description",),
    "quantity": ("qty (quantity)", "quantity"),
    "price": ("price",),
    "value": ("mkt val (market value)", "market value"),
    "cost": ("cost basis", "cost basis total"),
    "type": ("security type",),
}


def read_held(contents: Contents, answers: Answers) -> Reading:
    """The positions, and the day in the title above them."""
    table = table_of(contents, HELD, ("symbol", "quantity", "value", "type"))
    if table is None:
        raise AssertionError(contents.name)
    title = " ".join(cell for record in table.above for cell in record.cells)
    found = re.search(r"(\d{4}/\d{2}/\d{2}|\d{2}/\d{2}/\d{4})", title)
    day = CLOCK.day(found[1]) if found else None

    def one(row: Row) -> Outcome:
        if row["symbol"].lower().startswith(("account total", "positions total")):
            return row.ignored("the total of all rows")
        value, cost = POINT.number(row["value"], "value"), POINT.number(row["cost"], "cost")
        cash = "cash" in row["symbol"].lower() or row["type"].lower().startswith("cash")
        units = value if cash else POINT.number(row["quantity"], "quantity")
        return Holding(
            instrument=None if cash else named(row),
            quantity=needed(units, "quantity"),
            currency="USD",
            day=day,
            price=None if cash else POINT.number(row["price"], "price"),
            value=value,
            cost=None if cash else cost,
            rows=(row.line,),
        )

    return Reading([*table.framed(), *each(table.rows, one)])


PRESET = Preset("schwab", "Charles Schwab", lambda contents: _table(contents) is not None, read)
POSITIONS = Preset(
    "schwab-positions",
    "Charles Schwab",
    lambda contents: table_of(contents, HELD, ("symbol", "quantity", "value", "type")) is not None,
    read_held,
)
