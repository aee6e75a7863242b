"""Why rates made of a gain what they made: of each part the amounts, prices and rates at both ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from openbell.portfolio import returns
from openbell.portfolio.book import Input, Why, said
from openbell.portfolio.moves import Part
from openbell.portfolio.returns import Stretch
from openbell.portfolio.valuation import History, Mask, currency_of
from openbell.portfolio.why import name_of, of_price, of_rate, once
from openbell.portfolio.worth import Worth, worths


def why_currency_gain(of: History, inside: Mask, stretch: Stretch) -> Why:
    """Of the part of the gain that rates made: what they made of each part."""
    made = {part: returns.currency_gain(of, of.where(part.__eq__), stretch) for part in of.listed(inside)}
    moved = {part: gain for part, gain in made.items() if gain != 0}
    gains = {each.part: each.gain for each in returns.contributions(of, inside, stretch)}
    ends = [
        {each.part: each for each in worths(of, inside, place) if each.part in moved}
        for place in (stretch.start, stretch.end)
    ]
    inputs = list(_rates(ends))
    for part, gain in moved.items():
        inputs += _of_part(of, [end.get(part) for end in ends], stretch, part, gains.get(part), gain)
    between = stretch.end - max(stretch.start, 0) - 1
    listed = f"Both ends are listed; the {between} days between count with their own prices and rates."
    return Why("currency_gain", returns.CURRENCY, once(inputs), (listed,) if moved and between > 0 else ())


def _rates(ends: list[dict[Part, Worth]]) -> Iterator[Input]:
    """Of each currency the rates at both ends."""
    for end, label in zip(ends, ("rate at the start", "rate at the end"), strict=True):
        rates = dict.fromkeys(each.rate for each in end.values() if each.rate is not None)
        yield from (of_rate(rate, label) for rate in rates)


def _of_part(
    of: History,
    ends: list[Worth | None],
    stretch: Stretch,
    part: Part,
    gain: Decimal | None,
    exchange: Decimal | None,
) -> Iterator[Input]:
    """The amounts at both ends, what came in between, and the gain by price and by rate."""
    name, account, last = name_of(of, part), f"account {part.account}", of.day(stretch.end)
    for end, place, label in zip(ends, (stretch.start, stretch.end), ("at the start", "at the end"), strict=True):
        if end is not None:
            yield from _amount(of, end, label, place)
    values = [Decimal(0) if end is None else end.value for end in ends]
    before, after = values
    if gain is None or before is None or after is None or exchange is None:
        yield Input(f"{name} by the rate", said(exchange), of.base, last, account)
        return
    yield Input(f"{name} paid in less taken out", said(after - before - gain), of.base, source=account)
    yield Input(f"{name} by the price", said(gain - exchange), of.base, last, account)
    yield Input(f"{name} by the rate", said(exchange), of.base, last, account)


def _amount(of: History, end: Worth, label: str, place: int) -> Iterator[Input]:
    """What there was in its own currency, and the price of it."""
    name, account, currency = name_of(of, end.part), f"account {end.part.account}", currency_of(of.book, end.part)
    if end.part.instrument is None:
        yield Input(f"{name} {label}", said(end.units), currency, of.day(place), account)
        return
    if end.price is not None:
        yield from of_price(of, end.part, end.price, f"price of {name} {label}")
        amount = Input(f"{said(end.units)} {name} {label}", said(end.units * end.price.price), currency)
        yield replace(amount, day=of.day(place), source=account)
