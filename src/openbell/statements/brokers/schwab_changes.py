"""Schwab's corporate actions: what left (named by its CUSIP), what came, and the cash, each in a row of its own.

`Cash Merger` tells the cash and `Cash Merger Adj` the units that left; `Full Redemption` likewise. A merger for cash
and shares has three rows of one name.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from openbell.model.errors import InvalidInput
from openbell.model.transactions import ZERO, Kind
from openbell.statements.days import Clock
from openbell.statements.draft import Draft, Named, Outcome, Problem
from openbell.statements.making import needed, per, traded
from openbell.statements.numbers import POINT
from openbell.statements.preset import with_rows
from openbell.statements.table import Row, Waiting, attempt

CLOCK = Clock("mdy")
PAIRED = frozenset({"reverse split", "merger", "name change", "redeemed"})
"""The meanings of actions that are told in several rows."""
_CUSIP = re.compile(r"[0-9A-Z]{8}\d")


def named(row: Row) -> Named | None:
    """By its symbol, or the CUSIP that stands in its place once the symbol is no more."""
    symbol = row["symbol"]
    if not symbol:
        return None
    if _CUSIP.fullmatch(symbol):
        return Named(cusip=symbol, name=row["description"], currency="USD")
    return Named(ticker=symbol, name=row["description"], currency="USD", type="option" if " " in symbol else "")


def day_of(row: Row) -> dict[str, Any]:
    """The day on which it happened: `as of` stands before it where it was booked later."""
    return {"day": CLOCK.day(row["date"].partition(" as of ")[2] or row["date"])}


def is_part(row: Row, kind: str) -> bool:
    """Whether it tells units or cash only, of what others tell the rest."""
    whole = POINT.number(row["amount"], "amount") and POINT.number(row["quantity"], "quantity")
    return kind in PAIRED and not whole


def joined(rows: Iterable[tuple[Row, str]]) -> list[Outcome]:
    """Rows of one day and action together; a row without its others is a problem."""
    groups: dict[tuple[str, str], list[tuple[Row, str]]] = {}
    for row, kind in rows:
        groups.setdefault((row["date"], row["action"].lower().removesuffix(" adj")), []).append((row, kind))
    return [outcome for group in groups.values() for outcome in _of_one_day([row for row, _ in group], group[0][1])]


def _of_one_day(rows: Sequence[Row], kind: str) -> list[Outcome]:
    came, gone, cash = list[Row](), deque[Row](), Waiting(("symbol",))
    for row in rows:
        if POINT.number(row["amount"], "amount"):
            cash.put(row)
        else:
            (gone if row["quantity"].startswith(("-", "(")) else came).append(row)
    outcomes: list[Outcome] = []
    for new in came:
        if not gone:
            outcomes.append(_alone(new))
            continue
        left = gone.popleft()
        paid = (cash.take(left) or cash.take(new)) if kind == "merger" else None
        outcomes.append(_whole((new, left, paid), partial(_changed, left, new, paid, kind)))
    for left in gone:
        paid = cash.take(left) if kind in {"merger", "redeemed"} else None
        outcomes.append(_whole((left, paid), partial(_sold, left, paid)) if paid else _alone(left))
    return [*outcomes, *map(_alone, cash)]


def _whole(parts: Sequence[Row | None], make: partial[Draft]) -> Outcome:
    """What `make` makes of them, with all their lines; what is wrong with one is a problem of all."""
    rows = [row for row in parts if row is not None]
    made, lines = attempt(rows[0], make), tuple(sorted(row.line for row in rows))
    if isinstance(made, Problem):
        return replace(made, rows=lines, content="\n".join(row.record.content for row in rows))
    return with_rows(made, lines)


def _changed(left: Row, came: Row, paid: Row | None, kind: str) -> Draft:
    before = abs(needed(POINT.number(left["quantity"], "quantity"), "quantity"))
    after = abs(needed(POINT.number(came["quantity"], "quantity"), "quantity"))
    old, new = named(left), named(came)
    if not before or old is None or new is None:
        raise InvalidInput("quantity", "The row of what left tells no units or no symbol.")
    cash = (POINT.number(paid["amount"], "amount") or ZERO) if paid else ZERO
    fixed: dict[str, Any] = {"currency": "USD", "rows": (came.line,), "note": came["action"], **day_of(came)}
    if kind == "reverse split":
        return Draft(kind=Kind.SPLIT, instrument=new, quantity=after - before, ratio=per(after, before), **fixed)
    if kind == "name change" and before == after:
        return Draft(kind=Kind.RENAME, instrument=old, other=new, **fixed)
    return Draft(
        kind=Kind.MERGER, instrument=old, other=new, quantity=after, ratio=per(after, before), cash=cash, **fixed
    )


def _sold(left: Row, paid: Row) -> Draft:
    """Units that were paid out: a merger for cash, or a bond at its end."""
    fees = [POINT.number(row["fee"], "fee") or ZERO for row in (left, paid)]
    return traded(
        buying=False,
        quantity=POINT.number(left["quantity"], "quantity"),
        cash=needed(POINT.number(paid["amount"], "amount"), "amount"),
        fee=sum(fees, ZERO),
        instrument=named(paid) or named(left),
        currency="USD",
        note=paid["action"],
        rows=(left.line,),
        **day_of(paid),
    )


def _alone(row: Row) -> Outcome:
    return row.problem(
        f"The other half of this {row['action'].lower()} is not in the file.",
        "Export a longer period, or add what happened by hand.",
    )
