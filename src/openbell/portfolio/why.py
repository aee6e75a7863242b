"""Why a figure is what it is: its method, every number that went into it, and what was missing or assumed.

Nothing is computed here a second time: inputs are the values that the figure itself was made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

from openbell.model.transactions import Transaction
from openbell.portfolio import returns, twr, valuation, xirr
from openbell.portfolio.allocation import METHOD as SHARES
from openbell.portfolio.allocation import Allocation, Slice
from openbell.portfolio.book import Input, Why, called, said
from openbell.portfolio.checks import Check
from openbell.portfolio.moves import Part
from openbell.portfolio.prices import Price, Priced
from openbell.portfolio.rates import Rate
from openbell.portfolio.returns import Stretch
from openbell.portfolio.twr import Index
from openbell.portfolio.valuation import History, Mask
from openbell.portfolio.worth import Worth, day_change, rests, total, worth_of, worths

DAY_CHANGE = (
    "Units held at the close of the session before x the price's change since x today's rate, plus what was traded in "
    "the session against its price then. Both prices are of the instrument's own exchange. What the rate made is "
    "apart: units x the close before x the rate's change since. What is priced by hand changes on the day of a new "
    "price."
)
NET_INVESTED = "What was paid in less what was taken out, each at the rate of its day."
CHECKED = "What is held at the end of the day is compared with the owner's own threshold."
DRAWDOWN = "The time-weighted index at its lowest after a height / at that height - 1, so that flows are no falls."


def why_value(of: History, inside: Mask, place: int) -> Why:
    """Of the value of the parts at the end of the day at `place`."""
    every = list(worths(of, inside, place))
    return Why(
        "value",
        valuation.METHOD,
        tuple(item for each in every for item in of_worth(of, each)),
        tuple(note for each in every for note in _notesof_worth(of, each, place)),
    )


def why_net_invested(of: History, inside: Mask, stretch: Stretch) -> Why:
    """Of what was paid in and not taken out."""
    return Why("net_invested", NET_INVESTED, tuple(flowed(of, inside, stretch)))


def why_gain(of: History, inside: Mask, stretch: Stretch) -> Why:
    """Of the gain, also as a share of what it was made with."""
    return Why("gain", returns.SIMPLE, tuple(_gained(of, inside, stretch)), _notes(of, inside, stretch))


def why_contribution(of: History, part: Part, inside: Mask, stretch: Stretch) -> Why:
    """Of what `part` added to the gain of the parts `inside`."""
    alone = of.where(lambda each: each == part)
    came, _ = returns.exact_flows(of, inside, stretch)
    capital = (
        _value(of, inside, stretch.start, "value of the whole at the start"),
        Input("paid into the whole", said(came), of.base),
    )
    inputs = (*_gained(of, alone, stretch), *capital)
    return Why("contribution", returns.CONTRIBUTION, inputs, _notes(of, alone, stretch))


def why_twr(of: History, inside: Mask, stretch: Stretch, index: Index | None = None) -> Why:
    """Of the time-weighted return: the values around each flow, between which growth is one division."""
    index = index or returns.index_of(of, inside)
    values, (came, left) = valuation.worth(of, inside), valuation.paid(of, inside)
    inputs: list[Input] = []
    flows: dict[date | None, list[Input]] = {}
    for each in flowed(of, inside, stretch):
        flows.setdefault(each.day, []).append(each)
    for place in _breaks(values, came + left, stretch):
        inputs += [*flows.get(of.day(place), ()), _value(of, inside, place, "value")]
    return Why("twr", twr.METHOD, tuple(inputs), _notes(of, inside, stretch, index))


def why_mwr(of: History, inside: Mask, stretch: Stretch) -> Why:
    """Of the money-weighted return: each flow as it was balanced, paid in less than 0."""
    found = xirr.money_weighted(*returns.investor_flows(of, inside, stretch))
    inputs = (*balanced(of, inside, stretch), _value(of, inside, stretch.end, "value at the end"))
    notes = [found.reason] if found.reason else []
    notes += [f"A rate of {rate:.2%} a year would balance the same flows." for rate in found.also]
    return Why("mwr", xirr.METHOD, inputs, (*notes, *_notes(of, inside, stretch)))


def why_day_change(of: History, part: Part, place: int) -> Why:
    """Of the change in the newest session of the part's own market."""
    change, prices = day_change(of, part, place), of.priced.get(part.instrument or "")
    if prices is not None and rests(prices, of.day(place)):
        return Why("day_change", DAY_CHANGE, (), (_said_at_rest(of, part, prices, of.day(place)),))
    if change is None:
        return Why("day_change", DAY_CHANGE, (), ("The price of the newest session or of the one before is missing.",))
    now = worth_of(of, part, of.steps[part].on(of.day(place)), place)
    rate = []
    if now.rate is not None:
        then = of.lookup.rate(now.rate.base, of.base, change.previous.day)
        rate = [of_rate(now.rate), of_rate(then, "rate before")]
    inputs = (
        Input("units before", said(change.before), "", change.previous.day),
        *of_price(of, part, change.price, f"price of {name_of(of, part)}"),
        *of_price(of, part, change.previous, f"close of {name_of(of, part)} before"),
        *rate,
        Input("traded", said(change.traded), of.base, change.price.day),
        Input("value", said(now.value), of.base, of.day(place)),
    )
    return Why("day_change", DAY_CHANGE, inputs, tuple(_notesof_worth(of, now, place)))


def _said_at_rest(of: History, part: Part, prices: Priced, day: date) -> str:
    price = prices.at(day)
    since = "" if price is None else f" is of {price.day}: it"
    return f"{name_of(of, part)} has no session, and its price{since} changes on the day of a new one only."


def why_drawdown(index: Index, stretch: Stretch) -> Why:
    """Of the deepest fall."""
    found = returns.drawdown(index, stretch)
    if found is None:
        return Why("drawdown", DRAWDOWN, (), ("The index never fell, or is not known.",))
    places = [int(np.searchsorted(index.days, np.datetime64(day))) for day in (found.peak, found.trough)]
    levels = [max(float(index.levels[places[0]]), found.height), float(index.levels[places[1]])]
    return Why(
        "drawdown",
        DRAWDOWN,
        (
            Input("index at its height", repr(levels[0]), "", found.peak),
            Input("index at its lowest", repr(levels[1]), "", found.trough),
        ),
        () if found.recovered else ("The height has not been reached again.",),
    )


def why_share(of: History, one: Slice, label: str, every: Allocation) -> Why:
    """Of the share of the whole that the slice of that name has."""
    inputs = (Input(label, said(one.value), of.base), Input("the whole", said(every.total), of.base))
    return Why(
        "share",
        SHARES,
        inputs,
        tuple(f"{name_of(of, each.part)} has no value: {each.lacks}." for each in every.unvalued),
    )


def why_check(of: History, one: Check) -> Why:
    """Of what a check says."""
    inputs = (Input("number", said(one.number)), Input("threshold", said(one.threshold)))
    names = {str(each.id): each.name for each in of.book.accounts}
    about = (Input("about", names.get(each) or called(of.book, each)) for each in one.about)
    return Why("check", CHECKED, (*inputs, *about), (one.sentence,))


def _gained(of: History, inside: Mask, stretch: Stretch) -> Iterator[Input]:
    yield _value(of, inside, stretch.start, "value at the start")
    yield from flowed(of, inside, stretch)
    yield _value(of, inside, stretch.end, "value at the end")


def _value(of: History, inside: Mask, place: int, label: str) -> Input:
    """What the parts were worth together, and who told the prices and the rates of it."""
    every = list(worths(of, inside, place))
    sources = [source for each in every for source in _sources(each)]
    return Input(label, said(total(every)), of.base, of.day(max(place, 0)), ", ".join(dict.fromkeys(sources)))


def _sources(each: Worth) -> Iterator[str]:
    if each.price is not None:
        yield each.price.source
    if each.rate is not None:
        yield from (leg.source for leg in each.rate.legs)


def flowed(of: History, inside: Mask, stretch: Stretch) -> Iterator[Input]:
    """What crossed the border of the parts, by day, and which transaction or action it was."""
    for each in returns.crossings(of, inside, stretch):
        label = "flow" if each.amount is None else "paid in" if each.amount > 0 else "taken out"
        amount = None if each.amount is None else abs(each.amount)
        told = "a corporate action" if each.transaction is None else told_by(each.transaction)
        yield Input(label, said(amount), of.base, each.day, told)


def _breaks(values: twr.Floats, flows: twr.Floats, stretch: Stretch) -> list[int]:
    """The places where growth has to be reckoned anew: around flows, through days without a value, and both ends."""
    first = max(stretch.start, 0)
    moved = np.flatnonzero(flows)
    unknown = np.flatnonzero(np.isnan(values))
    every = np.concatenate([moved, moved - 1, unknown, unknown - 1, unknown + 1, [first, stretch.end]])
    return [int(place) for place in np.unique(every) if first <= place <= stretch.end]


def balanced(of: History, inside: Mask, stretch: Stretch) -> Iterator[Input]:
    """What a money-weighted return balances the value at the end with: what was paid in is less than 0."""
    start = _value(of, inside, stretch.start, "value at the start")
    if start.value != "0":
        yield replace(start, value=said(_less(start.value)))
    for each in flowed(of, inside, stretch):
        yield replace(each, value=said(_less(each.value))) if each.label == "paid in" else each


def _less(value: str) -> Decimal | None:
    return -Decimal(value) if value else None


def of_worth(of: History, each: Worth) -> Iterator[Input]:
    """Units, price, rate and value."""
    name = name_of(of, each.part)
    yield Input(
        "units" if each.part.instrument else "balance", said(each.units), name, source=f"account {each.part.account}"
    )
    if each.price is not None:
        yield from of_price(of, each.part, each.price, f"price of {name}")
    if each.rate is not None and each.rate.base != of.base:
        yield of_rate(each.rate)
    yield Input("value", said(each.value), of.base)


def of_price(of: History, part: Part, price: Price, label: str) -> Iterator[Input]:
    """A price with its day and who told it, after what it was said to be in another currency, and the rate."""
    if price.converted is not None and price.converted.rate is not None:
        yield from (price.converted.said, price.converted.rate)
    yield Input(label, said(price.price), valuation.currency_of(of.book, part), price.day, price.source)


def once(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """The inputs without a rate or a price that was told before: what has neither transaction nor account behind it."""
    found: list[Input] = []
    shared: set[Input] = set()
    for each in inputs:
        if each in shared:
            continue
        if each.source and not each.source.startswith(("transaction ", "account ")):
            shared.add(each)
        found.append(each)
    return tuple(found)


def carried(rates: Iterable[Rate]) -> tuple[str, ...]:
    """Which of the rates are not of the day that they count for."""
    return tuple(dict.fromkeys(_said_of_carried(rate) for rate in rates if rate.carried))


def _said_of_carried(rate: Rate) -> str:
    return f"The rate {rate.base}/{rate.quote} is of {rate.of}, the last before {rate.day}."


def told_by(transaction: Transaction) -> str:
    """Of a flow: which transaction it was."""
    return f"transaction {transaction.id}"


def of_rate(rate: Rate, label: str = "rate") -> Input:
    """A rate with its day and who told it."""
    source = ", ".join(dict.fromkeys(leg.source for leg in rate.legs))
    return Input(label, said(rate.value), f"{rate.base}/{rate.quote}", rate.of or rate.day, source)


def _notesof_worth(of: History, each: Worth, place: int) -> Iterator[str]:
    name, day = name_of(of, each.part), of.day(place)
    if each.lacks:
        yield f"{name} has no value: {each.lacks}."
    if each.price is not None and each.price.day != day:
        yield f"The price of {name} is of {each.price.day}, the last before {day}."
    if each.price is not None and each.price.split != 1:
        yield f"It was divided by {said(each.price.split)}: {name} has been split since."
    if each.rate is not None and each.rate.carried:
        yield _said_of_carried(each.rate)


def _notes(of: History, inside: Mask, stretch: Stretch, index: Index | None = None) -> tuple[str, ...]:
    crossed = returns.crossings(of, inside, stretch)
    ends = [list(worths(of, inside, place)) for place in (stretch.start, stretch.end)]
    return tuple(returns.notes(of, inside, stretch, index or returns.index_of(of, inside), crossed, ends))


def name_of(of: History, part: Part) -> str:
    """What a part is called."""
    return f"cash {part.currency}" if part.instrument is None else of.called(part)
