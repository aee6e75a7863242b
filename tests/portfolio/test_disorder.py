"""Books in which nothing fits: every row may be told, and the walk says what is wrong with it and goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal, localcontext
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbell.model.errors import InvalidInput
from openbell.model.transactions import SIGNS, Kind, Method, Pick, Transaction
from openbell.portfolio.book import Action
from openbell.portfolio.cash import cash
from openbell.portfolio.gains import realised, total, unrealised
from openbell.portfolio.lots import EXACTLY, ZERO
from openbell.portfolio.rates import Rates
from openbell.portfolio.walk import walk
from portfolio.books import book, day

NAMES = ("ACME", "BOLT", "COIN")
NUMBERS = st.one_of(
    st.integers(1, 50).map(Decimal),
    st.sampled_from(["0.000000000001", "0.333333333333", "19", "123456789012345", "0.5"]).map(Decimal),
)
MAYBE = st.one_of(st.none(), NUMBERS)
DAYS = st.integers(1, 30).map(day)


@st.composite
def anything(draw: st.DrawFn, number: int) -> Transaction | None:
    """Any row that a transaction can be; None for one that it cannot."""
    kind = draw(st.sampled_from(list(Kind)))
    named, quantities, cashes = SIGNS[kind]
    trade_date, account = draw(DAYS), draw(st.integers(1, 2))
    hour = draw(st.one_of(st.none(), st.integers(0, 23)))
    try:
        return Transaction(
            id=number,
            kind=kind,
            account=account,
            day=trade_date,
            at=None if hour is None else datetime.combine(trade_date, time(hour), UTC),
            currency=draw(st.sampled_from(("USD", "EUR"))),
            instrument=None if named is False else draw(st.sampled_from(NAMES)),
            quantity=_signed(draw(NUMBERS), draw(st.sampled_from(quantities))),
            cash=_signed(draw(NUMBERS), draw(st.sampled_from(cashes))),
            fee=draw(st.sampled_from((ZERO, Decimal("0.1")))),
            fee_currency=draw(st.sampled_from(("", "USD"))),
            cost=draw(MAYBE),
            acquired=draw(st.one_of(st.none(), DAYS)),
            to_account=3 - account if kind is Kind.TRANSFER else None,
            to_cash=draw(NUMBERS) if kind is Kind.EXCHANGE else ZERO,
            to_currency="EUR" if kind is Kind.EXCHANGE else "",
            other=draw(st.sampled_from(NAMES)),
            ratio=draw(MAYBE),
            picks=(Pick(draw(st.integers(1, 20)), draw(NUMBERS)),) if kind is Kind.SELL and draw(st.booleans()) else (),
            short=draw(st.booleans()),
        )
    except InvalidInput:
        return None


def _signed(number: Decimal, sign: str) -> Decimal:
    return {"+": number, "-": -number, "0": ZERO}[sign]


@st.composite
def actions(draw: st.DrawFn) -> Action:
    kind = draw(st.sampled_from(("split", "spin_off", "merger", "rename", "dividend")))
    other = draw(st.one_of(st.none(), st.sampled_from(NAMES)))
    return Action(
        draw(st.sampled_from(NAMES)),
        draw(DAYS),
        kind,
        draw(st.sampled_from(("one", "two"))),
        ratio=draw(st.one_of(MAYBE, st.sampled_from([Decimal(0), Decimal("NaN"), Decimal("1.0460")]))),
        amount=draw(MAYBE),
        currency=draw(st.sampled_from((None, "USD"))),
        other=other,
    )


@pytest.mark.parametrize("method", get_args(Method))
@given(data=st.data())
@settings(max_examples=40)
def test_whatever_is_told_the_lots_are_the_units_and_nothing_breaks(method: Method, data: st.DataObject) -> None:
    told = [data.draw(anything(number)) for number in range(1, data.draw(st.integers(2, 16)))]
    ours = book(
        [each for each in told if each],
        method=method,
        base="EUR",
        actions=data.draw(st.lists(actions(), max_size=4)),
        closes={"ACME": {day(3): 10.0, day(20): 12.5}},
        rates={"EUR/USD": {day(each): "1.25" for each in (1, 8, 25)}},
    )
    walked = walk(ours, day(30))
    held: dict[tuple[int, str], Decimal] = {}
    with localcontext(EXACTLY):
        for lot in walked.lots:
            held[lot.account, lot.instrument] = held.get((lot.account, lot.instrument), ZERO) + lot.quantity
    steps = {key: units for key, each in walked.steps.items() if (units := each[-1][1])}
    assert {key: units for key, units in held.items() if units} == steps
    rates = Rates(ours.rates)
    total([realised(each, "EUR", rates) for each in walked.closed])
    total([unrealised(each, Decimal(7), "USD", day(30), "EUR", rates) for each in walked.lots])
    cash(ours.transactions)
    early = walk(replace(ours, transactions=tuple(t for t in ours.transactions if t.day <= day(15))), day(15))
    assert walk(ours, day(30), since=early) == walked
