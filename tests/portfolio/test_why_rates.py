"""Figures of a book in two currencies, reckoned again from nothing but what their reasons tell."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from openbell.model.transactions import Account
from openbell.portfolio.book import Action, Facts, Input, Why, said
from openbell.portfolio.gains import realised
from openbell.portfolio.income import received
from openbell.portfolio.returns import Stretch, contributions, performance
from openbell.portfolio.valuation import History
from openbell.portfolio.walk import Walked, walk
from openbell.portfolio.why import name_of, why_gain, why_mwr, why_twr
from openbell.portfolio.why_currency import why_currency_gain
from openbell.portfolio.why_lots import why_cost, why_lots, why_realised, why_unrealised
from openbell.portfolio.why_paid import why_charged, why_received
from openbell.portfolio.xirr import of_investor
from portfolio.held import book_of, d, followed, prices_of, rates_of

BASE = "EUR"
NEAR = Decimal("1e-9")


def two_currencies(until: str = "2024-01-12") -> tuple[Walked, History]:
    return followed(
        book_of(
            """
            2024-01-02 deposit - - 5000 currency=EUR account=1
            2024-01-02 deposit - - 6000 account=2
            2024-01-03 buy A 10 -1001 fee=1 price=100 account=2
            2024-01-04 buy A 4 -366.004 fee=2 price=101 price_currency=USD rate=0.901 currency=EUR account=1
            2024-01-05 dividend A - 8.5 tax=1.5 account=2
            2024-01-05 dividend B - 2 fee=1 fee_currency=EUR account=2
            2024-01-07 fee - - -5 account=2
            2024-01-08 dividend A 1 0 account=2
            2024-01-08 buy B 5 -250 currency=EUR account=1 price=50
            2024-01-09 sell A -4 438 fee=2 price=110 account=2
            2024-01-09 sell A -1 99 fee=1 price=111 price_currency=USD currency=EUR account=1
            2024-01-10 interest - - 3 currency=EUR account=1""",
            {
                "A": prices_of(
                    "2024-01-03 100\n2024-01-04 101\n2024-01-05 104\n2024-01-08 106\n2024-01-09 110\n"
                    "2024-01-10 108\n2024-01-11 55\n2024-01-12 56"
                ),
                "B": prices_of("2024-01-08 50\n2024-01-09 51\n2024-01-10 52\n2024-01-11 51\n2024-01-12 53"),
            },
            facts=[Facts("B", "B", currency="EUR", exchange="XPAR")],
            actions=(Action("A", d("2024-01-11"), "split", "vendor", ratio=Decimal(2)),),
            rates=(
                rates_of(
                    "USD",
                    "EUR",
                    "2024-01-02 0.91\n2024-01-03 0.9\n2024-01-04 0.905\n2024-01-05 0.92\n2024-01-08 0.93\n"
                    "2024-01-09 0.925\n2024-01-10 0.94\n2024-01-11 0.935\n2024-01-12 0.95",
                ),
            ),
            accounts=(Account(1, "Degiro", "EUR"), Account(2, "IBKR", "USD")),
            base=BASE,
        ),
        until,
    )


def rate_of(why: Why, currency: str, day: object) -> Decimal:
    """The newest rate up to the day that is told."""
    if currency == BASE:
        return Decimal(1)
    told = {each.day: each for each in why.inputs if each.unit == f"{currency}/{BASE}" and each.day <= day}
    assert all(each.source for each in told.values())
    return Decimal(told[max(told)].value)


def told_again(why: Why) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """By label and transaction: what is told in the portfolio's currency, and what its parts come to."""
    told: dict[tuple[str, str], list[Decimal]] = {}
    parts: list[Decimal] = []
    units: Input | None = None
    for each in why.inputs:
        if each.label.endswith(" as paid"):
            parts.append(Decimal(each.value) * rate_of(why, each.unit, each.day))
        elif each.label.endswith(" in units"):
            units = each
        elif units is not None and each.label == f"price of {units.unit}":
            parts.append(Decimal(units.value) * Decimal(each.value) * rate_of(why, each.unit, units.day))
        elif each.unit == BASE:
            told[each.label, each.source] = [Decimal(each.value), sum(parts) if parts else Decimal(each.value)]
            parts, units = [], None
    return {key: (amount, again) for key, (amount, again) in told.items()}


def test_income_fees_and_taxes_are_what_was_paid_at_the_rates_that_are_told():
    _, found = two_currencies()
    inside, stretch = found.scope(), Stretch(-1, len(found.days) - 1)
    figures = performance(found, inside, stretch)
    for kind, figure in (("income", figures.income), ("fee", figures.fees), ("tax", figures.taxes)):
        why = why_charged(found, inside, stretch, kind)  # type: ignore[arg-type]
        again = told_again(why)
        assert all(amount == pytest.approx(parts, abs=NEAR) for amount, parts in again.values())
        assert sum(parts for _, parts in again.values()) == pytest.approx(figure, abs=NEAR)
        rates = [each for each in why.inputs if "/" in each.unit]
        assert len(rates) == len(set(rates))
    fees = why_charged(found, inside, stretch, "fee")
    assert fees.inputs[:6] == (
        Input("A as paid", "1", "USD", d("2024-01-03"), "transaction 3"),
        Input("rate", "0.9", "USD/EUR", d("2024-01-03"), "bank"),
        Input("A", "0.9", "EUR", d("2024-01-03"), "transaction 3"),
        Input("A", "2", "EUR", d("2024-01-04"), "transaction 4"),
        Input("B", "1", "EUR", d("2024-01-05"), "transaction 6"),
        Input("cash USD as paid", "5", "USD", d("2024-01-07"), "transaction 7"),
    )
    assert fees.notes == ("The rate USD/EUR is of 2024-01-05, the last before 2024-01-07.",)


def test_each_payment_tells_what_arrived_in_its_own_currency():
    _, found = two_currencies()
    payments = received(found, found.scope(), Stretch(-1, len(found.days) - 1))
    why = why_received(found, payments)
    again = told_again(why)
    assert all(amount == pytest.approx(parts, abs=NEAR) for amount, parts in again.values())
    for of, label in (("gross", "gross"), ("tax", "tax"), ("fee", "fee")):
        parts = [parts for (name, _), (_, parts) in again.items() if name.split()[0] == label]
        assert sum(parts) == pytest.approx(sum(getattr(each, of) for each in payments), abs=NEAR)
    in_units = [each for each in why.inputs if each.day == d("2024-01-08")]
    assert [(each.label, each.value, each.unit, each.source) for each in in_units] == [
        ("gross A in units", "1", "A", "transaction 8"),
        ("price of A", "106", "USD", "vendor"),
        ("rate", "0.93", "USD/EUR", "bank"),
        ("gross A", "98.58", "EUR", "transaction 8"),
    ]


def test_the_returns_tell_of_each_flow_the_transaction_and_of_each_value_who_told_its_prices_and_rates():
    _, found = two_currencies()
    inside, stretch = found.scope(), Stretch(found.place(d("2024-01-03")), len(found.days) - 1)
    figures = performance(found, inside, stretch)
    told = [why_twr(found, inside, stretch), why_mwr(found, inside, stretch), why_gain(found, inside, stretch)]
    values = [each for why in told for each in why.inputs if each.label.startswith("value")]
    assert {tuple(sorted(each.source.split(", "))) for each in values} == {("bank", "vendor")}
    assert (values[-1].value, values[-1].day) == (str(figures.end.normalize()), d("2024-01-12"))
    early = Stretch(-1, len(found.days) - 1)
    for why in (why_twr(found, inside, early), why_mwr(found, inside, early), why_gain(found, inside, early)):
        flows = [each for each in why.inputs if not each.label.startswith("value")]
        assert [(abs(Decimal(each.value)), each.source) for each in flows] == [
            (Decimal(5000), "transaction 1"),
            (Decimal(5460), "transaction 2"),
        ]
    days = np.array([each.day for each in told[1].inputs], "datetime64[D]")
    again = of_investor(days, np.array([float(each.value) for each in told[1].inputs]))
    assert again.period == pytest.approx(figures.mwr.period, abs=1e-12)
    simple = [Decimal(each.value) for each in told[2].inputs]
    assert simple[-1] - simple[0] == figures.gain


def number(why: Why, label: str, without: str | None = None) -> Decimal:
    """The one input of that label."""
    found = [Decimal(each.value) for each in why.inputs if each.label == label]
    assert len(found) == 1 or (not found and without is not None), label
    return found[0] if found else Decimal(without or 0)


def effects(last_amount: Decimal, cost: Decimal, first: Decimal, last: Decimal) -> tuple[Decimal, Decimal]:
    """Of the price and of the rate, from amounts in the portfolio's currency and the rates at both ends."""
    return last_amount * first / last - cost, last_amount * (last - first) / last


def test_the_gain_of_a_lot_is_reckoned_from_prices_and_rates_at_both_ends():
    walked, found = two_currencies()
    end = len(found.days) - 1
    assert [(each.account, each.instrument, each.quantity) for each in walked.lots] == [
        (1, "A", 6), (1, "B", 5), (2, "A", 12), (2, "A", 2),
    ]  # fmt: skip
    for lot in walked.lots:
        why = why_lots(found, [lot], end)
        label = f"{said(lot.quantity)} {lot.instrument}"
        name, source = lot.instrument, f"transaction {lot.opened.id}"
        first, last = number(why, "first rate", "1"), number(why, "last rate", "1")
        value, cost = number(why, f"value of {label}"), number(why, label)
        assert value == number(why, "units") * number(why, f"last price of {name}") * last
        paid = number(why, f"{label} as paid", str(cost))
        if lot.cost.currency == "USD":
            assert paid * first == pytest.approx(cost, abs=NEAR)
        if lot.opened.price is not None:
            units = lot.quantity / number(why, "new units for one", "1")
            traded = number(why, "first price") * (first if lot.cost.currency != "USD" else 1)
            assert units * traded + number(why, "fees in it", "0") == pytest.approx(paid, abs=NEAR)
        assert (number(why, "by the price"), number(why, "by the rate")) == pytest.approx(
            effects(value, cost, first, last), abs=NEAR
        )
        ends = [each for each in why.inputs if each.label.startswith(("first", "by the", label))]
        assert {each.day for each in ends} == {lot.acquired}
        assert {each.source for each in ends if each.label != "first rate"} == {source}
    whole = why_unrealised(found, found.scope(), end, walked.lots)
    values = [Decimal(each.value) for each in whole.inputs if each.label.startswith("value of")]
    made = [Decimal(each.value) for each in whole.inputs if each.label.startswith("by the")]
    cost = sum(lot.cost.base or 0 for lot in walked.lots)
    assert sum(made) == sum(values) - cost
    assert [each for each in whole.inputs if each.label == "last rate"] == [
        Input("last rate", "0.95", "USD/EUR", d("2024-01-12"), "bank")
    ]
    assert len([each for each in whole.inputs if each.label == "last price of A"]) == 1


def test_the_rate_of_a_purchase_is_the_brokers_where_that_is_what_counts():
    walked, found = two_currencies()
    (lot,) = [each for each in walked.lots if (each.account, each.instrument) == (1, "A")]
    why = why_lots(found, [lot], len(found.days) - 1)
    (first,) = [each for each in why.inputs if each.label == "first rate"]
    assert first == Input("first rate", "0.901", "USD/EUR", d("2024-01-04"), "transaction 4")


def test_a_realised_gain_is_reckoned_from_prices_and_rates_at_both_ends():
    walked, found = two_currencies()
    assert len(walked.closed) == 2
    for closed in walked.closed:
        why = why_realised(found, [closed], ())
        told = realised(closed, BASE, found.lookup, "USD")
        came, cost = number(why, f"received for {said(closed.quantity)} A"), number(why, "cost")
        first, last = number(why, "first rate"), number(why, "last rate")
        if closed.cost.currency == "USD":
            assert (number(why, "as received") * last, number(why, "as paid") * first) == (came, cost)
            assert number(why, "as received") == closed.quantity * number(why, "last price") - 2
            assert number(why, "as paid") == closed.quantity * number(why, "first price") + Decimal("0.4")
        assert (number(why, "by the price"), number(why, "by the rate")) == pytest.approx(
            effects(came, cost, first, last), abs=NEAR
        )
        assert came - cost == told.base
    first, last = why_realised(found, walked.closed[:1], ()), why_realised(found, walked.closed[1:], ())
    assert first.inputs == (
        Input("received for 4 A", "405.15", "EUR", d("2024-01-09"), "transaction 10"),
        Input("as received", "438", "USD", d("2024-01-09"), "transaction 10"),
        Input("last rate", "0.925", "USD/EUR", d("2024-01-09"), "bank"),
        Input("last price", "110", "USD", d("2024-01-09"), "transaction 10"),
        Input("fees in it", "2", "USD", d("2024-01-09"), "transaction 10"),
        Input("cost", "360.36", "EUR", d("2024-01-03"), "transaction 3"),
        Input("as paid", "400.4", "USD", d("2024-01-03"), "transaction 3"),
        Input("first rate", "0.9", "USD/EUR", d("2024-01-03"), "bank"),
        Input("first price", "100", "USD", d("2024-01-03"), "transaction 3"),
        Input("fees in it", "0.4", "USD", d("2024-01-03"), "transaction 3"),
        Input("by the price", "33.84", "EUR", d("2024-01-09"), "transaction 10"),
        Input("by the rate", "10.95", "EUR", d("2024-01-09"), "transaction 10"),
    )
    assert len(last.inputs) == 10


def test_who_sold_first_received_at_the_first_price_and_paid_the_last():
    _, found = two_currencies()
    rows = "2024-01-03 sell A -2 200 price=100 short=yes account=2\n2024-01-09 buy A 2 -220 price=110 account=2"
    walked = walk(replace(found.book, transactions=book_of(rows, {}).transactions), d("2024-01-12"))
    why = why_realised(found, walked.closed, ())
    told = [(each.label, each.value, each.source) for each in why.inputs if each.label.endswith(("price", "rate"))]
    assert told == [
        ("first rate", "0.9", "bank"),
        ("first price", "100", "transaction 1"),
        ("last rate", "0.925", "bank"),
        ("last price", "110", "transaction 2"),
        ("by the price", "-18", "transaction 2"),
        ("by the rate", "-5.5", "transaction 2"),
    ]


def test_a_cost_tells_the_rate_of_each_purchase():
    walked, found = two_currencies()
    why = why_cost(found, walked.lots)
    counted = [each for each in why.inputs if each.unit == BASE]
    assert sum(Decimal(each.value) for each in counted) == sum(lot.cost.base or 0 for lot in walked.lots)
    for paid in (each for each in why.inputs if each.label.endswith("as paid")):
        (cost,) = (each for each in counted if (f"{each.label} as paid", each.source) == (paid.label, paid.source))
        assert Decimal(paid.value) * rate_of(why, paid.unit, paid.day) == pytest.approx(Decimal(cost.value), abs=NEAR)


def test_what_rates_made_of_each_part_tells_amounts_prices_and_rates_at_both_ends():
    _, found = two_currencies()
    inside, end = found.scope(), len(found.days) - 1
    for stretch in (Stretch(-1, end), Stretch(3, end), Stretch(2, 5)):
        figures = performance(found, inside, stretch)
        why = why_currency_gain(found, inside, stretch)
        by_price, by_rate = ([each for each in why.inputs if each.label.endswith(f"by the {of}")] for of in WAYS)
        assert sum(Decimal(each.value) for each in by_rate) == pytest.approx(figures.currency_gain, abs=NEAR)
        gains = {(each.part.account, each.part): each.gain for each in contributions(found, inside, stretch)}
        for price, rate in zip(by_price, by_rate, strict=True):
            name, mine = rate.label.removesuffix(" by the rate"), of_account(why, rate.source)
            came = number(mine, f"{name} paid in less taken out")
            gain = worth_at(mine, why, name, "end") - worth_at(mine, why, name, "start") - came
            assert Decimal(price.value) + Decimal(rate.value) == pytest.approx(gain, abs=NEAR)
            account = int(rate.source.removeprefix("account "))
            (known,) = (each for (of, part), each in gains.items() if of == account and name_of(found, part) == name)
            assert gain == pytest.approx(known, abs=NEAR)
    accounts = [(each.label, each.source) for each in by_rate]
    assert len(accounts) == len(set(accounts))


WAYS = ("price", "rate")


def of_account(why: Why, account: str) -> Why:
    """What is told of one account."""
    return replace(why, inputs=tuple(each for each in why.inputs if each.source == account))


def worth_at(mine: Why, why: Why, name: str, end: str) -> Decimal:
    """An amount at the start or the end, at the rate that is told of it; 0 where there was none."""
    found = [each for each in mine.inputs if each.label.endswith(f"{name} at the {end}")]
    if not found:
        return Decimal(0)
    (amount,) = found
    if not name.startswith("cash"):
        price = number(why, f"price of {name} at the {end}")
        assert Decimal(amount.value) == Decimal(amount.label.split()[0]) * price
    return Decimal(amount.value) * number(why, f"rate at the {end}")


def test_over_one_day_the_rates_part_is_the_amount_times_the_change_of_the_rate():
    _, found = two_currencies("2024-01-12")
    end = len(found.days) - 1
    why = why_currency_gain(found, found.scope(), Stretch(end - 1, end))
    change = number(why, "rate at the end") - number(why, "rate at the start")
    for account, name in (("account 1", "A"), ("account 2", "A"), ("account 2", "cash USD")):
        mine = of_account(why, account)
        (amount,) = (each for each in mine.inputs if each.label.endswith(f"{name} at the end"))
        assert number(mine, f"{name} by the rate") == pytest.approx(Decimal(amount.value) * change, abs=NEAR)
    assert why.notes == ()
