"""Why income, fees and taxes are what they are: what was paid in its own currency, and the rate that it counts at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from openbell.portfolio import income as incomes
from openbell.portfolio import returns, valuation
from openbell.portfolio.book import Input, Why, said
from openbell.portfolio.income import Announced, Received
from openbell.portfolio.moves import Charge, Charged
from openbell.portfolio.rates import Rate
from openbell.portfolio.returns import Stretch
from openbell.portfolio.valuation import History, Mask
from openbell.portfolio.why import carried, name_of, of_price, of_rate, once, told_by

CHARGED = {
    "income": "Dividends and interest before tax and fees, each at the rate of its day.",
    "fee": "Fees of trades and fees of their own, each at the rate of its day; a rebate counts against them.",
    "tax": "Taxes withheld and taxes of their own, each at the rate of its day; a refund counts against them.",
}


CALLED = {"income": "gross", "tax": "tax", "fee": "fee"}
"""The charges of a payment."""


def why_charged(of: History, inside: Mask, stretch: Stretch, kind: Charged) -> Why:
    """Of income, fees or taxes."""
    every = [each for each in returns.charges(of, inside, stretch) if each.kind == kind]
    inputs = [item for each in every for item in of_charge(of, each, name_of(of, each.part), each.amount)]
    return Why(kind, CHARGED[kind], once(inputs), carried(rate for each in every for rate in _rates_of(of, each)))


def why_received(of: History, payments: Iterable[Received]) -> Why:
    """Of what payments came to."""
    inputs: list[Input] = []
    rates: list[Rate] = []
    for each in payments:
        name, amounts = name_of(of, each.part), {"income": each.gross, "tax": each.tax, "fee": each.fee}
        for charge in each.charges:
            if amounts[charge.kind] != 0:
                inputs += of_charge(of, charge, f"{CALLED[charge.kind]} {name}", amounts[charge.kind])
                rates += _rates_of(of, charge)
    return Why("income", incomes.RECEIVED, once(inputs), carried(rates))


def why_announced(of: History, coming: Iterable[Announced]) -> Why:
    """Of dividends that are to come."""
    every = list(coming)
    assumed = "The ex-date is to come: it is assumed that as many units are held then."
    return Why(
        "announced",
        incomes.ANNOUNCED,
        tuple(item for each in every for item in _coming(of, each)),
        () if all(each.sure for each in every) else (assumed,),
    )


def _coming(of: History, each: Announced) -> Iterator[Input]:
    action, name = each.action, name_of(of, each.part)
    yield Input("dividend for one unit", said(action.amount), each.currency, action.ex_date, action.source)
    yield Input("units", said(each.units), name, source=f"account {each.part.account}")
    yield of_rate(of.lookup.rate(each.currency, of.base, of.day(len(of.days) - 1)))


def of_charge(of: History, charge: Charge, label: str, amount: Decimal | None) -> Iterator[Input]:
    """What was paid, where it was in another currency or in units the price and the rate, and what it came to."""
    told = told_by(charge.transaction)
    for paid, rate in zip(charge.paid, _rates_of(of, charge), strict=True):
        if paid.currency and (rate.base != of.base or len(charge.paid) > 1):
            yield Input(f"{label} as paid", said(paid.amount), paid.currency, charge.day, told)
        elif not paid.currency:
            name = name_of(of, charge.part)
            yield Input(f"{label} in units", said(paid.amount), name, charge.day, told)
            if (price := of.priced[charge.part.instrument or ""].at(charge.day)) is not None:
                yield from of_price(of, charge.part, price, f"price of {name}")
        if rate.base not in {"", of.base}:
            yield of_rate(rate)
    yield Input(label, said(amount), of.base, charge.day, told)


def _rates_of(of: History, charge: Charge) -> list[Rate]:
    """That each amount that was paid counts at."""
    currencies = [paid.currency or valuation.currency_of(of.book, charge.part) for paid in charge.paid]
    return [of.lookup.rate(each, of.base, charge.day) for each in currencies]
