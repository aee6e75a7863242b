"""What a portfolio holds: its positions with price, rate, value and gain, and the lots that they are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from openbell.api.answers import get_once
from openbell.api.reckoning import Asked, Held, Inside, TheAsked, exact, held, text
from openbell.portfolio.gains import Gain, realised, total, unrealised
from openbell.portfolio.lots import Closed, Lot, Problem, Sum
from openbell.portfolio.moves import Part, rounded
from openbell.portfolio.prices import Price as KnownPrice
from openbell.portfolio.rates import Rate as KnownRate
from openbell.portfolio.worth import DayChange, Worth, day_change, day_gain, worths

router = APIRouter(tags=["portfolios"])

MOST = 1000
"""Lots in an answer."""


class Price(BaseModel):
    """What one unit cost, the day that it is of, and who told it."""

    price: str
    day: date
    source: str


class Rate(BaseModel):
    """What one of the price's currency cost in the portfolio's; `carried`: days since it was told."""

    rate: str | None
    day: date | None
    carried: int
    said: str


class Change(BaseModel):
    """Against the close of the session before, in the market's own day; `relative` is of the price."""

    day: date
    since: date
    relative: float
    gain: str | None
    currency_gain: str | None


class Position(Held):
    """Units and what they are worth in the portfolio's currency; what is null is not known, and `lacks` says why.

    The gain is the effect of the price, at the rates of the purchases, and that of the rates at the price of now.
    """

    units: str
    price: Price | None
    rate: Rate | None
    value: str | None
    share: float | None
    cost: str | None
    gain: str | None
    gain_relative: float | None
    price_effect: str | None
    currency_effect: str | None
    day_change: Change | None
    lacks: str


class Trouble(BaseModel):
    """What does not fit in the transactions; everything else is computed all the same."""

    kind: str
    severity: str
    what: str
    remedy: str
    day: date
    account: int | None
    instrument: str | None
    transaction: int | None


class Positions(BaseModel):
    """What is held at the end of a day, the most valuable first; the whole is null where a part of it is."""

    day: date
    base: str
    value: str | None
    cost: str | None
    gain: str | None
    day_gain: str | None
    positions: list[Position]
    problems: list[Trouble]


class Amount(BaseModel):
    """An amount in its currency and in the portfolio's, with what of it were fees and taxes."""

    amount: str | None
    currency: str
    base: str | None
    fees: str
    taxes: str


class OpenLot(Held):
    """Units that came in together and are still there; `gain` in the currency of their cost, before a sale's fees.

    `fees_base` and `taxes_base` are taken off the gain already, and so off the effect of the price.
    """

    opened: int
    acquired: date
    units: str
    cost: Amount
    gain: str | None
    gain_base: str | None
    price_effect: str | None
    currency_effect: str | None
    fees_base: str | None
    taxes_base: str | None
    actions: list[str]


class ClosedLot(Held):
    """Units that are gone, and what was gained with them; `fees_base` and `taxes_base` are taken off it already."""

    opened: int
    closed: int | None
    acquired: date
    day: date
    days: int
    units: str
    cost: Amount
    proceeds: Amount
    gain: str | None
    gain_base: str | None
    price_effect: str | None
    currency_effect: str | None
    fees_base: str | None
    taxes_base: str | None
    rule: str
    short: bool
    actions: list[str]


class Lots(BaseModel):
    """The lots of a portfolio: those held, and those closed, the newest first; `total_closed` counts all of those.

    What `problems` tell of units that were never held is in no lot.
    """

    day: date
    base: str
    method: str
    open: list[OpenLot]
    closed: list[ClosedLot]
    total_closed: int
    problems: list[Trouble]


@get_once(router, "/portfolios/{number}/positions")
def positions(asked: TheAsked, inside: Inside) -> Positions:
    """What is held, with prices, values and gains."""
    reckoned = asked.reckoned
    found = list(worths(reckoned.history, inside, reckoned.end))
    costs, gained = _costs(reckoned.walked.lots), _gained(asked)
    changes = {each.part: day_change(reckoned.history, each.part, reckoned.end) for each in found}
    value = _sum(each.value for each in found)
    shown = [
        _position(asked, each, costs.get(each.part), gained.get(each.part), changes[each.part], value) for each in found
    ]
    parts = [each for each in found if each.part.instrument is not None]
    cost = _sum(costs.get(each.part) for each in parts)
    worth = _sum(each.value for each in parts)
    return Positions(
        day=reckoned.history.day(reckoned.end),
        base=reckoned.history.base,
        value=text(value),
        cost=text(cost),
        gain=text(None if cost is None or worth is None else worth - cost),
        day_gain=text(day_gain(reckoned.history, inside, reckoned.end)),
        positions=sorted(shown, key=lambda each: Decimal(each.value or "-Infinity"), reverse=True),
        problems=[trouble(each) for each in reckoned.walked.problems],
    )


@get_once(router, "/portfolios/{number}/lots")
def lots(
    asked: TheAsked,
    inside: Inside,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> Lots:
    """The lots that are held, and a page of those that were closed."""
    history, walked = asked.reckoned.history, asked.reckoned.walked
    wanted = {(p.account, p.instrument) for p, inner in zip(history.parts, inside, strict=True) if inner}
    closed = [each for each in walked.closed if (each.account, each.instrument) in wanted][::-1]
    return Lots(
        day=walked.until,
        base=history.base,
        method=history.book.portfolio.method,
        open=[_open(asked, each) for each in walked.lots if (each.account, each.instrument) in wanted],
        closed=[_closed(asked, each) for each in closed[offset : offset + limit]],
        total_closed=len(closed),
        problems=[
            trouble(each) for each in walked.problems if each.instrument and (each.account, each.instrument) in wanted
        ],
    )


def trouble(problem: Problem) -> Trouble:
    """A problem as the API tells it."""
    return Trouble(
        kind=problem.kind,
        severity=problem.severity,
        what=problem.what,
        remedy=problem.remedy,
        day=problem.day,
        account=problem.account,
        instrument=problem.instrument,
        transaction=None if problem.transaction is None else problem.transaction.id,
    )


def _costs(lots: Iterable[Lot]) -> dict[Part, Decimal | None]:
    """What each position cost, in the portfolio's currency."""
    found: dict[Part, list[Decimal | None]] = defaultdict(list)
    for lot in lots:
        found[Part(lot.account, lot.instrument, "")].append(lot.cost.base)
    return {part: _sum(costs) for part, costs in found.items()}


def _gained(asked: Asked) -> dict[Part, Gain]:
    """What the lots of each position would gain, as far as its price is known."""
    found: dict[Part, list[Gain]] = defaultdict(list)
    for lot in asked.reckoned.walked.lots:
        if (gain := _unrealised(asked, lot)) is not None:
            found[Part(lot.account, lot.instrument, "")].append(gain)
    return {part: total(gains) for part, gains in found.items()}


def _unrealised(asked: Asked, lot: Lot) -> Gain | None:
    """None: nobody knows its price."""
    of, end = asked.reckoned.history, asked.reckoned.end
    day, facts = of.day(end), of.book.facts[lot.instrument]
    prices = of.priced.get(lot.instrument)
    price = None if prices is None else prices.at(day)
    if price is None or facts.currency is None:
        return None
    return unrealised(lot, price.price, facts.currency, day, of.base, of.lookup)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = list(amounts)
    return None if None in known else rounded(sum((each for each in known if each is not None), Decimal(0)))


def _position(
    asked: Asked,
    worth: Worth,
    cost: Decimal | None,
    gained: Gain | None,
    change: DayChange | None,
    whole: Decimal | None,
) -> Position:
    gain = None if worth.value is None or cost is None else worth.value - cost
    exchange = None if gained is None or gain is None else gained.exchange
    return Position(
        **held(asked, worth.part).model_dump(),
        units=exact(worth.units),
        price=None if worth.price is None else _price(worth.price),
        rate=None if worth.rate is None else _rate(worth.rate),
        value=text(worth.value),
        share=float(worth.value / whole) if whole and worth.value is not None else None,
        cost=text(cost),
        gain=text(gain),
        gain_relative=float(gain / abs(cost)) if gain is not None and cost else None,
        price_effect=None if exchange is None or gain is None else text(gain - exchange),
        currency_effect=text(exchange),
        day_change=None if change is None else _change(change),
        lacks=worth.lacks,
    )


def _price(price: KnownPrice) -> Price:
    return Price(price=exact(price.price), day=price.day, source=price.source)


def _rate(rate: KnownRate) -> Rate:
    return Rate(rate=text(rate.value), day=rate.of, carried=rate.carried, said=str(rate))


def _change(change: DayChange) -> Change:
    return Change(
        day=change.price.day,
        since=change.previous.day,
        relative=change.relative,
        gain=text(change.gain),
        currency_gain=text(change.currency_gain),
    )


def _amount(told: Sum) -> Amount:
    return Amount(
        amount=text(told.amount),
        currency=told.currency,
        base=text(told.base),
        fees=exact(told.fees),
        taxes=exact(told.taxes),
    )


def _taken_off(base: str, *told: Sum) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """The fees and taxes in amounts, in the portfolio's currency; None where a rate is missing."""
    costly = [each for each in told if each.fees or each.taxes]
    if any(each.currency != base and not (each.base and each.amount) for each in costly):
        return None, None
    known = [each.in_base(base) for each in costly]
    zero = Decimal(0)
    return rounded(sum((each.fees for each in known), zero)), rounded(sum((each.taxes for each in known), zero))


def _open(asked: Asked, lot: Lot) -> OpenLot:
    gained = _unrealised(asked, lot) or Gain(lot.cost.currency, None, None, None, None)
    fees, taxes = _taken_off(asked.reckoned.history.base, lot.cost)
    return OpenLot(
        **held(asked, Part(lot.account, lot.instrument, "")).model_dump(),
        opened=lot.opened.id,
        acquired=lot.acquired,
        units=exact(lot.quantity),
        cost=_amount(lot.cost),
        gain=text(gained.amount),
        gain_base=text(gained.base),
        price_effect=text(gained.price),
        currency_effect=text(gained.exchange),
        fees_base=text(fees),
        taxes_base=text(taxes),
        actions=[f"{each.kind} {each.day}" for each in lot.actions],
    )


def _closed(asked: Asked, lot: Closed) -> ClosedLot:
    of = asked.reckoned.history
    gained = realised(lot, of.base, of.lookup, of.book.facts[lot.instrument].currency)
    fees, taxes = _taken_off(of.base, lot.cost, lot.proceeds)
    return ClosedLot(
        **held(asked, Part(lot.account, lot.instrument, "")).model_dump(),
        opened=lot.opened.id,
        closed=None if lot.closed is None else lot.closed.id,
        acquired=lot.acquired,
        day=lot.day,
        days=lot.days,
        units=exact(lot.quantity),
        cost=_amount(lot.cost),
        proceeds=_amount(lot.proceeds),
        gain=text(gained.amount),
        gain_base=text(gained.base),
        price_effect=text(gained.price),
        currency_effect=text(gained.exchange),
        fees_base=text(fees),
        taxes_base=text(taxes),
        rule=lot.rule,
        short=lot.short,
        actions=[f"{each.kind} {each.day}" for each in lot.actions],
    )
