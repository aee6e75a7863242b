"""Degiro's corporate actions: it books them as units sold and bought again, mostly for no cash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from openbell.model.money import DECIMALS
from openbell.model.transactions import ZERO, Kind
from openbell.statements.brokers.degiro_rows import Movement, Trade
from openbell.statements.brokers.degiro_trades import booked_trades
from openbell.statements.draft import NEGLIGIBLE, Draft, Ignored, Named, Outcome, Problem

_FINEST = Decimal(1).scaleb(-DECIMALS)
_PAIRED = {"rename", "split", "other"}


def corporate(events: Sequence[Movement]) -> list[Outcome]:
    """What rows with an event before the trade are: pairs of out and in, or units for nothing."""
    outcomes: list[Outcome] = []
    by_day = defaultdict[object, list[Movement]](list)
    for row in events:
        if row.trade and row.trade.event == "fund":
            outcomes.append(Ignored(row.rows, "cash and its money market fund are one", row.content))
        elif row.trade and row.trade.event in _PAIRED:
            by_day[row.day].append(row)
        else:
            outcomes.extend(_given(row))
    for rows in by_day.values():
        outcomes.extend(_pairs(rows))
    return outcomes


def _pairs(rows: Sequence[Movement]) -> Iterable[Outcome]:
    left = [row for row in rows if _trade(row).side < 0]
    for into in (row for row in rows if _trade(row).side >= 0):
        out = next((row for row in left if _belong(row, into)), None)
        if out is None:
            yield from _single(into)
            continue
        left.remove(out)
        yield _changed(out, into)
    for out in left:
        yield from _single(out)


def _belong(out: Movement, into: Movement) -> bool:
    """Whether two rows are one event: of one kind, and no cash is left over."""
    return _trade(out).event == _trade(into).event and abs(out.cash + into.cash) <= NEGLIGIBLE


def _changed(out: Movement, into: Movement) -> Outcome:
    old, new = out.named, into.named
    rows = tuple(sorted({*out.rows, *into.rows}))
    given, received = _trade(out).quantity, _trade(into).quantity
    same = old is not None and new is not None and old.key == new.key
    if same and given == received:
        return Ignored(rows, "a change that leaves instrument and units as they are", f"{out.content}\n{into.content}")
    if same:
        return _action(into, Kind.SPLIT, new, None, received - given, received / given, rows)
    if given == received:
        return _action(into, Kind.RENAME, old, new, ZERO, None, rows)
    return _action(into, Kind.MERGER, old, new, received, received / given, rows)


def _action(
    row: Movement,
    kind: Kind,
    old: Named | None,
    new: Named | None,
    units: Decimal,
    ratio: Decimal | None,
    rows: tuple[int, ...],
) -> Draft:
    return Draft(
        kind=kind,
        day=row.day,
        at=row.at,
        instrument=old,
        other=new,
        quantity=units,
        ratio=ratio.quantize(_FINEST) if ratio else None,
        currency=row.currency,
        ref=row.order,
        note=row.said,
        rows=rows,
    )


def _single(row: Movement) -> Iterable[Outcome]:
    """Half of an event: a trade where cash moved, worthless units where they left for nothing."""
    if row.cash or _trade(row).side < 0:
        return booked_trades([row])
    return _given(row)


def _given(row: Movement) -> list[Outcome]:
    """Units for nothing: a dividend in units, or units of a company that was spun off."""
    trade = _trade(row)
    if row.cash:
        return booked_trades([row])
    kind = Kind.DIVIDEND if trade.event == "dividend" else Kind.DELIVERY_IN
    draft = Draft(
        kind=kind,
        day=row.day,
        at=row.at,
        instrument=row.named,
        quantity=trade.quantity,
        currency=row.currency,
        ref=row.order,
        note=row.said,
        rows=row.rows,
    )
    if kind is Kind.DIVIDEND:
        return [draft]
    what = f"{trade.quantity} units came for nothing, and the file does not say of which company they were a part."
    remedy = "If it was a spin-off, say of what, and which part of the cost left with it."
    return [draft, Problem(row.rows, what, remedy, row.content, blocking=False)]


def _trade(row: Movement) -> Trade:
    if row.trade is None:
        raise AssertionError(row)
    return row.trade
