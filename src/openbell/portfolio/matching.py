"""Which lots a sale takes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from openbell.model.transactions import Method, Pick
from openbell.portfolio.lots import ZERO, Lot, shared

Taken = list[tuple[int, Decimal]]
"""Places of lots, each once, and how many of their units; signs as the lots have."""


def taken(lots: Sequence[Lot], quantity: Decimal, method: Method, picks: Sequence[Pick] = ()) -> Taken:
    """The lots that `quantity` units leave, of as many at least: the chosen ones first, then by `method`.

    `lots` are of one account and instrument, all held or all short, as they came in. "hifo" takes the dearest unit in
    the portfolio's currency first, of equals the oldest; what nobody knows the cost of comes last.
    """
    if len(lots) == 1:
        return [(0, quantity.copy_sign(lots[0].quantity))]
    parts: dict[int, Decimal] = {}
    left = quantity
    first = _of_all(lots, quantity) if method == "average" else _chosen(lots, picks)
    for at, most in first:
        part = min(left, most)
        if part:
            parts[at] = part
            left -= part
    for at in _order(lots, method) if left else ():
        part = min(left, abs(lots[at].quantity) - parts.get(at, ZERO))
        if part:
            parts[at] = parts.get(at, ZERO) + part
            left -= part
        if not left:
            break
    return [(at, part.copy_sign(lots[at].quantity)) for at, part in parts.items()]


def not_there(lots: Sequence[Lot], picks: Sequence[Pick]) -> dict[int, Decimal]:
    """Chosen units that the chosen lots have not, by the transaction that opened the lot."""
    held: dict[int, Decimal] = {}
    for lot in lots:
        held[lot.opened.id] = held.get(lot.opened.id, ZERO) + lot.quantity
    asked: dict[int, Decimal] = {}
    for pick in picks:
        asked[pick.opened] = asked.get(pick.opened, ZERO) + pick.quantity
    return {opened: units - held.get(opened, ZERO) for opened, units in asked.items() if units > held.get(opened, ZERO)}


def _chosen(lots: Sequence[Lot], picks: Sequence[Pick]) -> Taken:
    wanted: dict[int, Decimal] = {}
    for pick in picks:
        wanted[pick.opened] = wanted.get(pick.opened, ZERO) + pick.quantity
    chosen: Taken = []
    for at, lot in enumerate(lots):
        units = min(wanted.get(lot.opened.id, ZERO), abs(lot.quantity))
        if units > 0:
            chosen.append((at, units))
            wanted[lot.opened.id] -= units
    return chosen


def _of_all(lots: Sequence[Lot], quantity: Decimal) -> Taken:
    """A part of each pool: those of one instrument that were paid in different currencies."""
    units = [abs(lot.quantity) for lot in lots]
    return [(at, min(part, most)) for at, (part, most) in enumerate(zip(shared(quantity, units), units, strict=True))]


def _order(lots: Sequence[Lot], method: Method) -> Sequence[int]:
    places = range(len(lots))
    if method == "lifo":
        return sorted(places, key=lambda at: (lots[at].acquired, at), reverse=True)
    if method == "hifo":
        return sorted(places, key=lambda at: (-_dear(lots[at]), lots[at].acquired, at))
    return sorted(places, key=lambda at: (lots[at].acquired, at))


def _dear(lot: Lot) -> Decimal:
    cost = lot.cost.base if lot.cost.base is not None else lot.cost.amount
    return Decimal(-1) if cost is None else cost / lot.quantity
