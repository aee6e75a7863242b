"""What lots have gained: in the currency they were paid in and in the portfolio's, by price and by exchange rate.

With P the price, f the rate of the instrument's currency in the portfolio's, 0 the day units came and 1 the day they
went or are valued: the gain Q·(P1·f1 - P0·f0) is Q·(P1 - P0)·f0, the price effect at the first rate, and
Q·P1·(f1 - f0), the currency effect at the last price. What both did together counts to the currency; the two add up to
the gain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from openbell.model.transactions import Transaction
from openbell.portfolio.lots import EXACTLY, SMALLEST, ZERO, Closed, Lot, Sum
from openbell.portfolio.rates import Rates

METHOD = (
    "The price's effect: units x last price x the first rate, less what they had cost, which is units x first price x "
    "the first rate with fees and taxes. The rate's: units x last price x (last rate - first rate). Of what is sold, "
    "units x last price is what was received for them after fees and taxes. The two add up to the gain."
)


@dataclass(frozen=True, slots=True)
class Gain:
    """Of one lot or several, fees and taxes taken off; None is what nobody knows."""

    currency: str
    """That the units were paid in; empty for several."""
    amount: Decimal | None
    """In `currency`."""
    base: Decimal | None
    """In the portfolio's."""
    price: Decimal | None
    """Of `base`, what the price did at the first rate."""
    exchange: Decimal | None
    """Of `base`, what the rate did at the last price. `price` and `exchange` are None also for a pool that was not paid
    in the instrument's currency: its first rate is not one day's."""
    fees: Decimal = ZERO
    """In the portfolio's currency, of both sides; they are taken off already."""
    taxes: Decimal = ZERO
    first: Decimal | None = None
    """The rate that `price` and `exchange` are of: what one of the instrument's currency cost in the portfolio's when
    units were bought. None: of several, and where it is not one day's."""
    last: Decimal | None = None
    """The same when they were sold or are valued."""


def realised(closed: Closed, base: str, rates: Rates, traded_in: str | None = None) -> Gain:
    """What was gained by units that are gone; `traded_in`: the currency of the instrument's prices, if another."""
    with localcontext(EXACTLY):
        local = traded_in or closed.cost.currency
        came, went = (closed.proceeds, closed.cost) if closed.short else (closed.cost, closed.proceeds)
        pooled = closed.rule in {"average", "pool"} and came.currency != local
        first = None if pooled else _rate(came, closed.opened, local, closed.acquired, rates, base)
        last = _rate(went, closed.closed, local, closed.day, rates, base)
        exchange = _exchange(went.base, first, last, closed.short)
        return replace(_gain(closed.cost, closed.proceeds, exchange, closed.day, base, rates), first=first, last=last)


def unrealised(lot: Lot, price: Decimal, traded_in: str, day: date, base: str, rates: Rates) -> Gain:
    """What units that are held would gain at `price` on `day`, before the fees of a sale."""
    with localcontext(EXACTLY):
        worth = lot.quantity * price
        last = rates.rate(traded_in, base, day).value
        value = Sum(worth, traded_in, None if last is None else (worth * last).quantize(SMALLEST))
        pooled = lot.pool and lot.cost.currency != traded_in
        first = None if pooled else _rate(lot.cost, lot.opened, traded_in, lot.acquired, rates, base)
        gain = _gain(lot.cost, value, _exchange(value.base, first, last), day, base, rates)
        return replace(gain, first=first, last=last)


def total(gains: Iterable[Gain]) -> Gain:
    """The sum of several; a part that nobody knows makes the whole unknown."""
    every = list(gains)
    currencies = {each.currency for each in every}
    one = currencies.pop() if len(currencies) == 1 else ""
    return Gain(
        one,
        _sum(each.amount for each in every) if one else None,
        _sum(each.base for each in every),
        _sum(each.price for each in every),
        _sum(each.exchange for each in every),
        sum((each.fees for each in every), ZERO),
        sum((each.taxes for each in every), ZERO),
    )


def _gain(paid: Sum, got: Sum, exchange: Decimal | None, day: date, base: str, rates: Rates) -> Gain:
    received = got.amount
    if received is not None and got.currency != paid.currency:
        rate = rates.rate(got.currency, paid.currency, day).value
        received = None if rate is None else (received * rate).quantize(SMALLEST)
    gain = _less(got.base, paid.base)
    both = (paid.in_base(base), got.in_base(base))
    return Gain(
        paid.currency,
        _less(received, paid.amount),
        gain,
        _less(gain, exchange),
        None if gain is None else exchange,
        sum((each.fees for each in both), ZERO),
        sum((each.taxes for each in both), ZERO),
    )


def _exchange(
    last_value: Decimal | None, first: Decimal | None, last: Decimal | None, short: bool = False
) -> Decimal | None:
    """Q·P1·(f1 - f0), of the value at the last price; who sold first loses what the currency gains."""
    if last_value is None or first is None or last is None:
        return None
    effect = (last_value * (last - first) / last).quantize(SMALLEST)
    return -effect if short else effect


def _rate(amount: Sum, by: Transaction | None, local: str, day: date, rates: Rates, base: str) -> Decimal | None:
    """The rate at which units came or went: of the amount itself, else the broker's, else the day's."""
    if local == base:
        return Decimal(1)
    if amount.currency == local and amount.amount and amount.base:
        return amount.base / amount.amount
    if by is not None and by.rate is not None and (by.price_currency, by.currency, by.day) == (local, base, day):
        return by.rate
    return rates.rate(local, base, day).value


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    known = list(numbers)
    return None if any(each is None for each in known) else sum((each for each in known if each is not None), ZERO)
