"""Why a cost, a gain of units or a price is what it is: the lots that it was made of, each by its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from openbell.model.transactions import Kind, Transaction
from openbell.portfolio import gains
from openbell.portfolio import income as incomes
from openbell.portfolio.book import Input, Why, called, said
from openbell.portfolio.gains import Gain
from openbell.portfolio.income import Yields
from openbell.portfolio.lots import Applied, Closed, Lot, Sum
from openbell.portfolio.moves import Part, rounded, summed
from openbell.portfolio.returns import said_of_uncounted
from openbell.portfolio.valuation import History, Mask, Uncounted, currency_of
from openbell.portfolio.walk import Walked
from openbell.portfolio.why import carried, name_of, of_price, of_rate, of_worth, once
from openbell.portfolio.why_paid import of_charge
from openbell.portfolio.worth import Worth, session_gain, worth_of, worths

COST = (
    "What the units that are held had cost, fees of the purchases in it: in the portfolio's currency at the rate of "
    "each purchase. Which of the units are held is the method's choice for each sale."
)
UNREALISED = "The value of what is held less its cost. " + gains.METHOD
REALISED = "What was received for units less what they had cost, fees and taxes taken off. " + gains.METHOD
PRICE = (
    "The close as traded, else the price that its owner said since, until the next close; a split since divides it. "
    "Where the market has traded since, its last price."
)
_ALIKE = Decimal("1e-9")
"""Parts of amounts are cut to twelve decimals."""
DAY_CHANGE = "The changes of the positions in the newest session of each one's own market, added up."


def why_cost(of: History, lots: Iterable[Lot]) -> Why:
    """Of what the lots had cost."""
    every = list(lots)
    return Why("cost", COST, once(item for each in every for item in _paid(of, each)), _notes(of, every))


def why_unrealised(of: History, inside: Mask, place: int, lots: Iterable[Lot]) -> Why:
    """Of the value of the parts less the cost of their `lots`."""
    held = [each for each in worths(of, inside, place) if each.part.instrument is not None]
    lacking = [f"{name_of(of, each.part)} has no value: {each.lacks}." for each in held if each.lacks]
    every = list(lots)
    values = [item for each in held for item in _valued(of, each, f"value of {name_of(of, each.part)}")]
    lots_of = [item for each in every for item in _gained(of, each, place)]
    notes = (*lacking, *_notes(of, every), *carried(each.rate for each in held if each.rate is not None))
    return Why("unrealised", UNREALISED, once([*values, *lots_of]), notes)


def why_lots(of: History, lots: Sequence[Lot], place: int) -> Why:
    """Of the value of some lots less their cost; as `why_unrealised`, of no more than them."""
    held = [worth_of(of, _part(each), each.quantity, place) for each in lots]
    values = [
        item for each in held for item in _valued(of, each, f"value of {said(each.units)} {name_of(of, each.part)}")
    ]
    lacking = ("A lot has no value: its price or a rate is missing.",) if any(each.lacks for each in held) else ()
    lots_of = [item for each in lots for item in _gained(of, each, place)]
    notes = (*lacking, *_notes(of, lots), *carried(each.rate for each in held if each.rate is not None))
    return Why("unrealised", UNREALISED, once([*values, *lots_of]), notes)


def why_realised(of: History, closed: Sequence[Closed], uncounted: Iterable[Uncounted]) -> Why:
    """Of what was gained with lots that are gone; what was `uncounted` had none."""
    inputs = [item for each in closed for item in _realised(of, each)]
    return Why("realised", REALISED, once(inputs), tuple(said_of_uncounted(of, each) for each in uncounted))


def why_price(of: History, part: Part, place: int) -> Why:
    """Of the price of one position."""
    prices = None if part.instrument is None else of.priced.get(part.instrument)
    price = None if prices is None else prices.at(of.day(place))
    if price is None:
        return Why("price", PRICE, (), (f"There is no price of {of.day(place)}.",))
    split = (f"It was divided by {said(price.split)}: it has been split since.",) if price.split != 1 else ()
    return Why("price", PRICE, tuple(of_price(of, part, price, f"price of {name_of(of, part)}")), split)


def why_day_changes(of: History, inside: Mask, place: int) -> Why:
    """Of the change of several positions together, those that the session ended too."""
    inputs, notes, gains_of = [], [], []
    for part in changed_in_session(of, inside, place):
        gain = session_gain(of, part, place)
        gains_of.append(gain)
        price = of.priced[part.instrument or ""].at(of.day(place))
        if gain is None:
            notes.append(f"The change of {name_of(of, part)} is not known: a price or a rate is missing.")
        elif price is not None:
            inputs.append(Input(f"change of {name_of(of, part)}", said(gain), of.base, price.day, price.source))
        else:
            inputs.append(Input(f"change of {name_of(of, part)}", said(gain), of.base, of.day(place)))
    whole = summed(gains_of)
    together = Input("together", said(None if whole is None else rounded(whole)), of.base)
    return Why("day_change", DAY_CHANGE, (*inputs, together), tuple(notes))


def changed_in_session(of: History, inside: Mask, place: int) -> list[Part]:
    """The positions that are held, and those that the session changed or whose change nobody knows."""
    named = [part for part in of.listed(inside) if part.instrument is not None and part in of.steps]
    return [part for part in named if of.steps[part].on(of.day(place)) or session_gain(of, part, place) != 0]


def why_yield(of: History, walked: Walked, inside: Mask, one: Yields, on: str) -> Why:
    """Of a yield on `cost` or on `value`: the payments behind the sum, and the lots or the worth that it is of."""
    whole = one.cost if on == "cost" else one.value
    method = incomes.YIELD_ON_COST if on == "cost" else incomes.YIELD_ON_VALUE
    named = of.named(inside)
    alone = of.where(lambda part: part.instrument == one.instrument and part in named)
    name = called(of.book, one.instrument)
    paid = [
        item
        for each in incomes.paid_in_a_year(of, alone)
        for charge in each.charges
        if charge.kind == "income"
        for item in of_charge(of, charge, f"gross {name}", each.gross)
    ]
    lots = [each for each in walked.lots if each.instrument == one.instrument and _part(each) in named]
    behind = (
        [item for each in lots for item in _paid(of, each)]
        if on == "cost"
        else [item for each in worths(of, alone, len(of.days) - 1) for item in of_worth(of, each)]
    )
    inputs = (Input("income of a year", said(one.income), of.base), Input(on, said(whole), of.base), *paid, *behind)
    return Why(f"yield_on_{on}", method, once(inputs))


def _valued(of: History, each: Worth, label: str) -> Iterator[Input]:
    """As `of_worth`, the price and the rate as the last ones of a gain."""
    *parts, value = of_worth(of, each)
    for part in parts:
        yield replace(part, label=f"last {part.label}") if part.label.startswith(("price", "rate")) else part
    yield replace(value, label=label, source=f"account {each.part.account}")


def _gained(of: History, lot: Lot, place: int) -> Iterator[Input]:
    """What a lot had cost, with the first price and the first rate, and what the price and the rate made of it."""
    price, local = of.priced[lot.instrument].at(of.day(place)), currency_of(of.book, _part(lot))
    came = _End(lot.acquired, lot.opened, "first")
    yield from _paid(of, lot, came, local)
    if not lot.pool:
        yield from _price(came, lot.actions)
    yield from _costs(lot.cost, came)
    if price is not None and local:
        told = gains.unrealised(lot, price.price, local, of.day(place), of.base, of.lookup)
        if local != lot.cost.currency:
            yield from _rate(of, told.first, local, came, "first rate")
        yield from _effects(of, told, came)


def _realised(of: History, closed: Closed) -> Iterator[Input]:
    """What was received and what it had cost, with prices and rates at both ends, and what those made of it."""
    name, local = name_of(of, _part(closed)), currency_of(of.book, _part(closed)) or closed.cost.currency
    told = gains.realised(closed, of.base, of.lookup, local)
    ends = _End(closed.acquired, closed.opened, "first"), _End(closed.day, closed.closed, "last")
    bought, sold = ends[::-1] if closed.short else ends
    rates = {"first": told.first, "last": told.last}
    for amount, end, label, told_as in (
        (closed.proceeds, sold, f"received for {said(closed.quantity)} {name}", "as received"),
        (closed.cost, bought, "cost", "as paid"),
    ):
        yield Input(label, said(amount.base), of.base, end.day, end.source)
        yield from _foreign(of, amount, told_as, end, local)
        if closed.rule not in {"average", "pool"} or end.which == "last":
            yield from _price(end, closed.actions if end.which == "first" else ())
        yield from _costs(amount, end)
        if local != amount.currency:
            yield from _rate(of, rates[end.which], local, end, f"{end.which} rate")
    yield from _effects(of, told, ends[1])


@dataclass(frozen=True, slots=True)
class _End:
    """When units came or went, and by which transaction."""

    day: date
    by: Transaction | None
    which: Literal["first", "last"]

    @property
    def source(self) -> str:
        return "a corporate action" if self.by is None else f"transaction {self.by.id}"


def _paid(of: History, lot: Lot, came: _End | None = None, local: str = "") -> Iterator[Input]:
    """What a lot had cost; `local`: the currency of its price, whose rate is the first one."""
    end, label = came or _End(lot.acquired, lot.opened, "first"), f"{said(lot.quantity)} {name_of(of, _part(lot))}"
    yield from _foreign(of, lot.cost, f"{label} as paid", end, local)
    yield Input(label, said(lot.cost.base), of.base, lot.acquired, end.source)


def _foreign(of: History, amount: Sum, label: str, end: _End, local: str) -> Iterator[Input]:
    """An amount of another currency than the portfolio's, and the rate that it counts at."""
    if amount.currency == of.base:
        return
    yield Input(label, said(amount.amount), amount.currency, end.day, end.source)
    if amount.amount and amount.base is not None:
        called = f"{end.which} rate" if amount.currency == local else "rate"
        yield from _rate(of, amount.base / amount.amount, amount.currency, end, called)


def _rate(of: History, value: Decimal | None, currency: str, end: _End, label: str) -> Iterator[Input]:
    """The rate of an end: that of its day, else what its transaction has it at."""
    if value is None or currency == of.base:
        return
    told = of.lookup.rate(currency, of.base, end.day)
    if told.value is not None and abs(told.value - value) <= _ALIKE * value:
        yield of_rate(told, label)
    else:
        yield Input(label, said(+value), f"{currency}/{of.base}", end.day, end.source)


def _price(end: _End, actions: Iterable[Applied]) -> Iterator[Input]:
    """What one unit was traded at, and how many of today's it is; none of what came out of another instrument."""
    by, every = end.by, list(actions)
    if by is None or by.price is None or by.kind not in {Kind.BUY, Kind.SELL}:
        return
    if any(each.kind in {Kind.SPIN_OFF, Kind.MERGER} for each in every):
        return
    yield Input(f"{end.which} price", said(by.price), by.price_currency or by.currency, by.day, end.source)
    for each in every:
        if each.ratio is not None:
            ratio = Decimal(each.ratio.numerator) / each.ratio.denominator
            yield Input("new units for one", said(ratio), "", each.day, ", ".join(each.sources))


def _costs(amount: Sum, end: _End) -> Iterator[Input]:
    """What of an amount was fees and taxes."""
    for label, part in (("fees in it", amount.fees), ("taxes in it", amount.taxes)):
        if part:
            yield Input(label, said(part), amount.currency, end.day, end.source)


def _effects(of: History, told: Gain, end: _End) -> Iterator[Input]:
    yield Input("by the price", said(told.price), of.base, end.day, end.source)
    yield Input("by the rate", said(told.exchange), of.base, end.day, end.source)


def _notes(of: History, lots: Iterable[Lot]) -> tuple[str, ...]:
    """What is not known of the cost of lots, and which rates are of a day before."""
    every = list(lots)
    unknown = [
        f"What {said(each.quantity)} {name_of(of, _part(each))} cost is not known."
        for each in every
        if each.cost.base is None
    ]
    rates = (of.lookup.rate(each.cost.currency, of.base, each.acquired) for each in every)
    return (*unknown, *carried(rates))


def _part(lot: Lot | Closed) -> Part:
    return Part(lot.account, lot.instrument, "")
