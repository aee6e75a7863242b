"""What each part of a portfolio is worth on one day, exactly, and how it has changed since its market's day before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from openbell.model.transactions import Kind
from openbell.portfolio.lots import ZERO
from openbell.portfolio.moves import Part, rounded, summed
from openbell.portfolio.prices import Price, Priced, factor
from openbell.portfolio.rates import Rate
from openbell.portfolio.valuation import History, Mask, currency_of


@dataclass(frozen=True, slots=True)
class Worth:
    """One part at the end of one day."""

    part: Part
    units: Decimal
    """Or the balance."""
    price: Price | None
    """None: cash, or `lacks` says why."""
    rate: Rate | None
    """None: its currency is not known."""
    value: Decimal | None
    """In the portfolio's currency; None: `lacks` says why."""
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class DayChange:
    """How a position changed in its market's newest session."""

    part: Part
    price: Price
    previous: Price
    """The close of the session before, in units of today."""
    relative: float
    """Of the price."""
    before: Decimal
    """Units held at the close before, in units of today."""
    traded: Decimal | None
    """What was put into the position in the session, less what was taken out by sales; None: not known."""
    gain: Decimal | None
    """In the portfolio's currency at today's rate: units held before times the price's change, and what was traded in
    the session against its price then. None: a rate is missing."""
    currency_gain: Decimal | None
    """What the position of the session before gained by the rate since."""


def total(worths: Iterable[Worth]) -> Decimal | None:
    """The sum; None where one is not known."""
    found = summed(each.value for each in worths)
    return None if found is None else rounded(found)


def worths(of: History, inside: Mask, place: int) -> Iterator[Worth]:
    """The parts that there are at the end of the day at `place`; none before the first (-1)."""
    if place < 0:
        return
    day = of.day(place)
    for part in of.listed(inside):
        if part in of.steps and (units := of.steps[part].on(day)):
            yield worth_of(of, part, units, place)


def worth_of(of: History, part: Part, units: Decimal, place: int) -> Worth:
    """What `units` of `part` are worth at the end of the day at `place`."""
    day = of.day(place)
    currency = currency_of(of.book, part)
    rate = of.lookup.rate(currency, of.base, day) if currency else None
    price = of.priced[part.instrument].at(day) if part.instrument is not None else None
    if rate is None:
        return Worth(part, units, price, None, None, "the currency of its price is not known")
    if part.instrument is not None and price is None:
        return Worth(part, units, None, rate, None, _no_price(of.priced[part.instrument], currency, day))
    if rate.value is None:
        return Worth(part, units, price, rate, None, str(rate).removesuffix("."))
    each = rate.value if price is None else price.price * rate.value
    return Worth(part, units, price, rate, rounded(units * each))


def _no_price(prices: Priced, currency: str, day: date) -> str:
    told = prices.unconverted(day)
    if told is None:
        return f"there is no price of {day}"
    return (
        f"its price by hand of {told.day} is in {told.unit}, and what that cost in {currency} is not known: "
        f"say the price in {currency}"
    )


_NO_TRADE = frozenset({Kind.DIVIDEND, Kind.INTEREST, Kind.FEE, Kind.TAX, Kind.RETURN_OF_CAPITAL})


def day_change(of: History, part: Part, place: int) -> DayChange | None:
    """How `part` changed in the newest session of its own exchange up to the day at `place`; None: a price is missing.

    What is priced by hand has no sessions: it changes on the day of a new price, and on no other. A market that is
    closed has its last session's change. What was held is compared with the close of the session
    before, splits of the day regarded; what was bought or sold in the session, with the price of the trade.
    """
    if part.instrument is None or part.instrument not in of.priced or place < 0:
        return None
    prices = of.priced[part.instrument]
    price, previous = prices.at(of.day(place)), prices.before(of.day(place))
    if price is None or previous is None or previous.price == 0 or rests(prices, of.day(place)):
        return None
    before = of.steps[part].on(previous.day) if part in of.steps else ZERO
    held = before * factor(prices.splits, previous.day, of.day(place))
    units = of.steps[part].on(of.day(place)) if part in of.steps else ZERO
    now = worth_of(of, part, units, place)
    rate = now.rate.value if now.rate else None
    then = of.lookup.rate(now.rate.base, of.base, previous.day).value if now.rate else None
    traded = _traded(of, part, previous.day, place)
    gain = None
    if now.value is not None and rate is not None and traded is not None:
        gain = rounded(now.value - held * previous.price * rate - traded)
    return DayChange(
        part,
        price,
        previous,
        float(price.price / previous.price - 1),
        held,
        traded,
        gain,
        None if rate is None or then is None else rounded(held * previous.price * (rate - then)),
    )


def rests(prices: Priced, day: date) -> bool:
    """Whether a price holds on `day` that no session told and that is of an earlier day."""
    price = prices.at(day)
    return price is not None and price.day != day and prices.session(day) is None


def day_gain(of: History, inside: Mask, place: int) -> Decimal | None:
    """What the positions of the parts gained in the newest session of each one's exchange, those that it ended too.

    None where one is not known. What is priced by hand counts on the day of a new price.
    """
    return summed(
        session_gain(of, part, place) for part in of.named(inside) if part.instrument is not None and part in of.steps
    )


def session_gain(of: History, part: Part, place: int) -> Decimal | None:
    """Also without a close of the session before, of what came in the session, and of what left in it without one."""
    day, prices, steps = of.day(place), of.priced[part.instrument or ""], of.steps[part]
    units, session = steps.on(day), prices.session(day)
    if units and (change := day_change(of, part, place)) is not None:
        return change.gain
    if units and session is None and prices.at(day) is None:
        return None
    if session is None or (not units and steps.days[-1] < session):
        return ZERO
    eve = session - timedelta(days=1)
    before, previous = steps.on(eve), prices.at(eve)
    rate = of.lookup.rate(currency_of(of.book, part), of.base, day).value
    value = worth_of(of, part, units, place).value if units else ZERO
    traded = _traded(of, part, eve, place)
    if (units and before) or (before and previous is None) or rate is None or value is None or traded is None:
        return None
    return rounded(value - traded - (before * previous.price * rate if previous else ZERO))


def _traded(of: History, part: Part, after: date, place: int) -> Decimal | None:
    """What was put into `part` after the day `after`, less what was taken out, but for income and costs."""
    when = of.flows.place
    mine = (of.flows.part == of.parts.index(part)) & (when > of.place(after)) & (when <= place)
    moves = [of.moves[at] for at in np.flatnonzero(mine).tolist()]
    trades = [move for move in moves if move.transaction is None or move.transaction.kind not in _NO_TRADE]
    return summed(move.amount for move in trades)
