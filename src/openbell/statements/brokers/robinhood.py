"""Robinhood's activity report: one row an event with a code, newest first, the CUSIP in the description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.answers import Answers
from openbell.statements.contents import Contents
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome, Problem
from openbell.statements.making import moved, needed, per, traded
from openbell.statements.numbers import POINT
from openbell.statements.preset import Preset, Reading, with_rows
from openbell.statements.table import Columns, Row, Waiting, attempt, each, table_of

CLOCK = Clock("mdy")
COLUMNS: Columns = {
    "date": ("activity date",),
    "process": ("process date",),
    "settle": ("settle date",),
    "instrument": ("instrument",),
    "description": ("description",),
    "code": ("trans code",),
    "quantity": ("quantity",),
    "price": ("price",),
    "amount": ("amount",),
}
CODES = {
    "BUY": "buy", "SELL": "sell", "BTO": "buy", "BTC": "buy", "STC": "sell", "STO": "short", "BCXL": "cancel",
    "SCXL": "cancel", "CDIV": "dividend", "MDIV": "dividend", "QDIV": "dividend", "CAPGL": "dividend", "SDIV": "units",
    "ROC": "capital", "INT": "interest", "SLIP": "interest", "GDBP": "interest", "GMPC": "interest", "MINT": "interest",
    "GOLD": "fee", "AFEE": "fee", "DFEE": "fee", "FEE": "fee", "MISC": "fee", "CFRI": "fee", "ABIP": "fee",
    "DTAX": "tax", "NRAT": "tax", "FTAX": "tax", "ACH": "cash", "RTP": "cash", "WIRE": "cash", "JNLC": "cash",
    "XENT_CC": "cash", "XENT": "cash", "DCF": "cash", "CIL": "lieu", "ACATI": "in", "REC": "in", "JNLS": "in or out",
    "ACATO": "out", "SPL": "split", "SPR": "change", "CONV": "change", "SXCH": "change", "MRGS": "change",
    "SOFF": "spin_off", "MRGC": "change", "LIQ": "sell", "OEXP": "expired", "OASGN": "expired", "OEXCS": "expired",
    "OCA": "expired", "T/A": "in or out", "ITRF": "cash", "CTRB": "cash", "DRIP": "buy", "CRRD": "cash",
    "MTCH": "interest",
}  # fmt: skip
_CUSIP = re.compile(r"CUSIP:\s*([0-9A-Z]{9})")
_OPTION = re.compile(r"\S+ \d{1,2}/\d{1,2}/\d{4} (?:Call|Put) \$[\d.,]+")
_OF_OPTIONS = frozenset({"BTO", "BTC", "STC", "STO", "OEXP", "OASGN", "OEXCS", "OCA"})
_NEEDS = ("date", "instrument", "code", "description")


def read(contents: Contents, answers: Answers) -> Reading:
    """All rows; what left (marked `S`) and what came of one event together."""
    table = table_of(contents, COLUMNS, _NEEDS)
    if table is None:
        raise AssertionError(contents.name)
    table.require("quantity", "price", "amount")
    changes: list[Row] = []

    def one(row: Row) -> Outcome | Iterable[Outcome]:
        if CODES.get(row["code"].upper()) == "change":
            CLOCK.day(row["date"])  # a problem of the row where it cannot be read
            _units(row), POINT.number(row["amount"], "amount")
            changes.append(row)
            return ()
        return _event(row)

    return Reading([*table.framed(), *each(table.rows, one), *_changes(changes)])


def _named(row: Row) -> Named | None:
    if not row["instrument"]:
        return None
    option = _OPTION.search(row["description"])
    if option and row["code"].upper() in _OF_OPTIONS:
        return Named(name=option[0], currency="USD", type="option")
    cusip = _CUSIP.search(row["description"])
    name = row["description"].split("\n")[0] if cusip else ""
    return Named(ticker=row["instrument"], cusip=cusip[1] if cusip else "", name=name, currency="USD")


def _units(row: Row) -> Decimal | None:
    """Units, less than 0 where an `S` says that they left."""
    text = row["quantity"]
    number = POINT.number(text.rstrip("S"), "quantity")
    return -number if number is not None and text.endswith("S") else number


def _event(row: Row) -> Outcome | tuple[Outcome, ...]:
    kind = CODES.get(row["code"].upper(), "")
    if not kind:
        return row.problem(
            f"{row['code'][:20]!r} is no code that is known of Robinhood ({row['description'][:60]}).",
            "Add what it moved by hand.",
        )
    fixed: dict[str, Any] = {"day": CLOCK.day(row["date"]), "currency": "USD", "rows": (row.line,)}
    named, units, amount = _named(row), _units(row), POINT.number(row["amount"], "amount")
    if kind in {"buy", "sell", "short"}:
        cash, price = needed(amount, "amount"), POINT.number(row["price"], "price")
        return traded(
            buying=kind == "buy", quantity=units, cash=cash, price=price, instrument=named, short=kind == "short",
            **fixed,
        )  # fmt: skip
    if kind == "cancel":
        return row.problem("A trade was cancelled; the row does not say which.", "Remove the trade by hand.")
    if amount:
        return _cash(row, kind, amount, named, fixed)
    if not units:
        return row.ignored("it moves neither cash nor units")
    if kind in {"split", "units"}:
        split = kind == "split"
        return Draft(kind=Kind.SPLIT if split else Kind.DIVIDEND, quantity=units, instrument=named, **fixed)
    if kind == "expired":
        return traded(buying=units > 0, quantity=units, cash=ZERO, instrument=named, note=row["code"], **fixed)
    leaving = kind == "out" or units < 0
    draft = Draft(
        kind=Kind.DELIVERY_OUT if leaving else Kind.DELIVERY_IN,
        quantity=-abs(units) if leaving else abs(units),
        instrument=named,
        note=row["description"],
        **fixed,
    )
    if kind != "spin_off":
        return draft
    what = f"{units} units came of a spin-off, and the file does not say of which company they were a part."
    return draft, row.problem(what, "Say of which, and which part of the cost left with them.", blocking=False)


def _cash(row: Row, kind: str, amount: Decimal, named: Named | None, fixed: dict[str, Any]) -> Draft:
    note = row["description"]
    if kind == "lieu" and named and amount > 0:
        return Draft(kind=Kind.SPLIT, cash=amount, instrument=named, note=note, **fixed)
    of_cash = {
        "dividend": Kind.DIVIDEND, "interest": Kind.INTEREST, "fee": Kind.FEE, "tax": Kind.TAX,
        "capital": Kind.RETURN_OF_CAPITAL,
    }.get(kind) or moved(amount)  # fmt: skip
    about = None if of_cash in {Kind.DEPOSIT, Kind.WITHDRAWAL} else named
    return Draft(kind=of_cash, cash=amount, instrument=about, note=note, **fixed)


def _changes(rows: Sequence[Row]) -> list[Outcome]:
    """What came with what left, of one day and code; cash of a merger with the units of the same instrument."""
    outcomes: list[Outcome] = []
    came, gone, cash = list[Row](), Waiting(("date", "code")), Waiting(("date", "instrument"))
    for row in rows:
        units = _units(row) or ZERO
        if not units and POINT.number(row["amount"], "amount"):
            cash.put(row)
        elif units < 0:
            gone.put(row)
        else:
            came.append(row)
    for new in came:
        left = gone.take(new)
        if left is None:
            outcomes.append(_whole(new) if _is_sale(new) else _half(new))
            continue
        paid = cash.take(left) or cash.take(new)
        outcomes.append(_all_of((new, left, paid), partial(_change, left, new, paid)))
    for left in gone:
        paid = left if _is_sale(left) else cash.take(left)
        outcomes.append(_half(left) if paid is None else _all_of((left, paid), partial(_sold, left, paid)))
    return [*outcomes, *map(_half, cash)]


def _is_sale(row: Row) -> bool:
    """Whether one row tells both the units and the cash of a merger."""
    return bool(POINT.number(row["amount"], "amount")) and row["code"].upper() == "MRGC"


def _whole(row: Row) -> Outcome:
    return attempt(row, partial(_sold, row, row))


def _all_of(parts: Sequence[Row | None], make: partial[Draft]) -> Outcome:
    """What `make` makes of them, with all their lines; what is wrong with one is a problem of all."""
    rows = {row.line: row for row in parts if row is not None}
    made, lines = attempt(next(iter(rows.values())), make), tuple(sorted(rows))
    if isinstance(made, Problem):
        return replace(made, rows=lines, content="\n".join(row.record.content for row in rows.values()))
    return with_rows(made, lines)


def _sold(left: Row, paid: Row) -> Draft:
    return traded(
        buying=False,
        quantity=_units(left),
        cash=needed(POINT.number(paid["amount"], "amount"), "amount"),
        instrument=_named(left),
        day=CLOCK.day(left["date"]),
        currency="USD",
        note=paid["description"],
        rows=(left.line,),
    )


def _half(row: Row) -> Outcome:
    return row.problem(
        f"This is half of a change of {row['instrument'] or 'a security'}; the other half is not in the file.",
        "Export a longer period, or add a rename, a merger, a split or a sale by hand.",
    )


def _change(left: Row, came: Row, paid: Row | None) -> Draft:
    before, after = abs(needed(_units(left), "quantity")), abs(needed(_units(came), "quantity"))
    old, new = _named(left), _named(came)
    if not before or old is None or new is None:
        raise InvalidInput("quantity", "The row of what left tells no units or no symbol.")
    fixed: dict[str, Any] = {"day": CLOCK.day(came["date"]), "currency": "USD", "rows": (came.line,)}
    cash = (POINT.number(paid["amount"], "amount") or ZERO) if paid else ZERO
    if old.ticker == new.ticker and before != after and not cash:
        draft = Draft(kind=Kind.SPLIT, instrument=new, quantity=after - before, ratio=per(after, before), **fixed)
    elif before == after and not cash:
        draft = Draft(kind=Kind.RENAME, instrument=old, other=new, **fixed)
    else:
        ratio = per(after, before)
        draft = Draft(kind=Kind.MERGER, instrument=old, other=new, quantity=after, ratio=ratio, cash=cash, **fixed)
    return draft


PRESET = Preset("robinhood", "Robinhood", lambda contents: table_of(contents, COLUMNS, _NEEDS) is not None, read)
