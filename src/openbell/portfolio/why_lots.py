"""Why a cost, a gain of units or a price is what it is: the lots that it was made of, each by its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from openbell.portfolio import gains
from openbell.portfolio.book import Input, Why
from openbell.portfolio.lots import Closed, Lot
from openbell.portfolio.moves import Part, rounded, summed
from openbell.portfolio.valuation import History, Mask, currency_of
from openbell.portfolio.worth import Worth, day_change, worths

COST = (
    "What the units that are held had cost, fees of the purchases in it: in the portfolio's currency at the rate of "
    "each purchase. Which of the units are held is the method's choice for each sale."
)
UNREALISED = "The value of what is held less its cost. " + gains.METHOD
REALISED = "What was received for units less what they had cost, fees and taxes taken off. " + gains.METHOD
PRICE = "The close as traded; a split since divides it. Where the market has traded since, its last price."
DAY_CHANGE = "The changes of the positions in the newest session of each one's own market, added up."


def why_cost(of: History, lots: Iterable[Lot]) -> Why:
    """Of what the lots had cost."""
    every = list(lots)
    unknown = tuple(
        f"What {each.quantity} {each.instrument} cost is not known." for each in every if each.cost.base is None
    )
    return Why("cost", COST, tuple(item for each in every for item in _paid(of, each)), unknown)


def why_unrealised(of: History, inside: Mask, place: int, lots: Iterable[Lot]) -> Why:
    """Of the value of the parts less the cost of their `lots`."""
    held = [each for each in worths(of, inside, place) if each.part.instrument is not None]
    lacking = [f"{each.part.instrument} has no value: {each.lacks}." for each in held if each.lacks]
    cost = why_cost(of, lots)
    values = tuple(Input(f"value of {each.part.instrument}", _said(each.value), of.base) for each in held)
    return Why("unrealised", UNREALISED, (*values, *cost.inputs), (*lacking, *cost.notes))


def why_realised(of: History, closed: Sequence[Closed]) -> Why:
    """Of what was gained with lots that are gone."""
    inputs = []
    for each in closed:
        told = gains.realised(each, of.base, of.lookup, currency_of(of.book, _part(each)) or None)
        sold = "" if each.closed is None else f"transaction {each.closed.id}"
        inputs += [
            Input(
                f"received for {each.quantity} {each.instrument}", _said(each.proceeds.base), of.base, each.day, sold
            ),
            Input("cost", _said(each.cost.base), of.base, each.acquired, f"transaction {each.opened.id}"),
            Input("by the price", _said(told.price), of.base),
            Input("by the rate", _said(told.exchange), of.base),
        ]
    return Why("realised", REALISED, tuple(inputs))


def why_price(of: History, part: Part, place: int) -> Why:
    """Of the price of one position."""
    prices = None if part.instrument is None else of.priced.get(part.instrument)
    price = None if prices is None else prices.at(of.day(place))
    if price is None:
        return Why("price", PRICE, (), (f"There is no price of {of.day(place)}.",))
    told = Input(f"price of {part.instrument}", str(price.price), currency_of(of.book, part), price.day, price.source)
    split = (f"It was divided by {price.split}: it has been split since.",) if price.split != 1 else ()
    return Why("price", PRICE, (told,), split)


def why_day_changes(of: History, inside: Mask, place: int) -> Why:
    """Of the change of several positions together."""
    inputs, notes = [], []
    for each in _units(of, inside, place):
        change = day_change(of, each.part, place)
        if change is None or change.gain is None:
            notes.append(f"The change of {each.part.instrument} is not known: a price or a rate is missing.")
        else:
            label = f"change of {each.part.instrument}"
            inputs.append(Input(label, _said(change.gain), of.base, change.price.day, change.price.source))
    total = summed(Decimal(each.value) for each in inputs)
    whole = Input("together", _said(None if notes or total is None else rounded(total)), of.base)
    return Why("day_change", DAY_CHANGE, (*inputs, whole), tuple(notes))


def _units(of: History, inside: Mask, place: int) -> Iterator[Worth]:
    return (each for each in worths(of, inside, place) if each.part.instrument is not None)


def _paid(of: History, lot: Lot) -> Iterator[Input]:
    told = f"transaction {lot.opened.id}"
    label = f"{lot.quantity} {lot.instrument}"
    if lot.cost.currency != of.base:
        yield Input(f"{label} as paid", _said(lot.cost.amount), lot.cost.currency, lot.acquired, told)
    yield Input(label, _said(lot.cost.base), of.base, lot.acquired, told)


def _part(lot: Lot | Closed) -> Part:
    return Part(lot.account, lot.instrument, "")


def _said(number: Decimal | None) -> str:
    """Exactly; empty where it is not known."""
    return "" if number is None else str(number)
