"""Why a cost, a gain of units or a price is what it is: the lots that it was made of, each by its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from openbell.portfolio import gains
from openbell.portfolio import income as incomes
from openbell.portfolio.book import Input, Why, called, said
from openbell.portfolio.income import Yields
from openbell.portfolio.lots import Closed, Lot
from openbell.portfolio.moves import Part, rounded, summed
from openbell.portfolio.returns import said_of_uncounted
from openbell.portfolio.valuation import History, Mask, Uncounted, currency_of
from openbell.portfolio.walk import Walked
from openbell.portfolio.why import name_of, of_charge, of_worth, once
from openbell.portfolio.worth import session_gain, worths

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
DAY_CHANGE = "The changes of the positions in the newest session of each one's own market, added up."


def why_cost(of: History, lots: Iterable[Lot]) -> Why:
    """Of what the lots had cost."""
    every = list(lots)
    unknown = tuple(
        f"What {said(each.quantity)} {name_of(of, _part(each))} cost is not known."
        for each in every
        if each.cost.base is None
    )
    return Why("cost", COST, tuple(item for each in every for item in _paid(of, each)), unknown)


def why_unrealised(of: History, inside: Mask, place: int, lots: Iterable[Lot]) -> Why:
    """Of the value of the parts less the cost of their `lots`."""
    held = [each for each in worths(of, inside, place) if each.part.instrument is not None]
    lacking = [f"{name_of(of, each.part)} has no value: {each.lacks}." for each in held if each.lacks]
    every = list(lots)
    cost = why_cost(of, every)
    effects = tuple(item for each in every for item in _effects(of, each, place))
    values = tuple(Input(f"value of {name_of(of, each.part)}", said(each.value), of.base) for each in held)
    return Why("unrealised", UNREALISED, (*values, *cost.inputs, *effects), (*lacking, *cost.notes))


def why_lots(of: History, lots: Sequence[Lot], place: int) -> Why:
    """Of the value of some lots less their cost; as `why_unrealised`, of no more than them."""
    values = tuple(item for each in lots for item in _worth(of, each, place))
    lacking = () if len(values) == len(lots) else ("A lot has no value: its price or a rate is missing.",)
    effects = tuple(item for each in lots for item in _effects(of, each, place))
    cost = why_cost(of, lots)
    return Why("unrealised", UNREALISED, (*values, *cost.inputs, *effects), (*lacking, *cost.notes))


def why_realised(of: History, closed: Sequence[Closed], uncounted: Iterable[Uncounted]) -> Why:
    """Of what was gained with lots that are gone; what was `uncounted` had none."""
    inputs = []
    for each in closed:
        told = gains.realised(each, of.base, of.lookup, currency_of(of.book, _part(each)) or None)
        sold = "" if each.closed is None else f"transaction {each.closed.id}"
        inputs += [
            Input(
                f"received for {said(each.quantity)} {name_of(of, _part(each))}",
                said(each.proceeds.base),
                of.base,
                each.day,
                sold,
            ),
            Input("cost", said(each.cost.base), of.base, each.acquired, f"transaction {each.opened.id}"),
            Input("by the price", said(told.price), of.base),
            Input("by the rate", said(told.exchange), of.base),
        ]
    return Why("realised", REALISED, tuple(inputs), tuple(said_of_uncounted(of, each) for each in uncounted))


def why_price(of: History, part: Part, place: int) -> Why:
    """Of the price of one position."""
    prices = None if part.instrument is None else of.priced.get(part.instrument)
    price = None if prices is None else prices.at(of.day(place))
    if price is None:
        return Why("price", PRICE, (), (f"There is no price of {of.day(place)}.",))
    told = Input(
        f"price of {name_of(of, part)}", said(price.price), currency_of(of.book, part), price.day, price.source
    )
    split = (f"It was divided by {said(price.split)}: it has been split since.",) if price.split != 1 else ()
    return Why("price", PRICE, (told,), split)


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
    named = [part for part in of.named(inside) if part.instrument is not None and part in of.steps]
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


def _worth(of: History, lot: Lot, place: int) -> Iterator[Input]:
    """What a lot is worth, where that is known."""
    price = of.priced[lot.instrument].at(of.day(place))
    rate = of.lookup.rate(currency_of(of.book, _part(lot)), of.base, of.day(place)).value
    if price is not None and rate is not None:
        value = rounded(lot.quantity * price.price * rate)
        yield Input(
            f"value of {said(lot.quantity)} {name_of(of, _part(lot))}", str(value), of.base, price.day, price.source
        )


def _effects(of: History, lot: Lot, place: int) -> Iterator[Input]:
    """What the price and the rate made of a lot, where its price is known."""
    price, currency = of.priced[lot.instrument].at(of.day(place)), currency_of(of.book, _part(lot))
    if price is not None and currency:
        told = gains.unrealised(lot, price.price, currency, of.day(place), of.base, of.lookup)
        opened = f"transaction {lot.opened.id}"
        yield Input("by the price", said(told.price), of.base, lot.acquired, opened)
        yield Input("by the rate", said(told.exchange), of.base, lot.acquired, opened)


def _paid(of: History, lot: Lot) -> Iterator[Input]:
    told = f"transaction {lot.opened.id}"
    label = f"{said(lot.quantity)} {name_of(of, _part(lot))}"
    if lot.cost.currency != of.base:
        yield Input(f"{label} as paid", said(lot.cost.amount), lot.cost.currency, lot.acquired, told)
    yield Input(label, said(lot.cost.base), of.base, lot.acquired, told)


def _part(lot: Lot | Closed) -> Part:
    return Part(lot.account, lot.instrument, "")
