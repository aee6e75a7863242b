"""What was paid and what is announced, by month and instrument, and what it is of cost and value."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from openbell.portfolio.book import Action, Book, Facts
from openbell.portfolio.income import Sums, announced, by, received, yields
from openbell.portfolio.returns import performance, stretch_of
from portfolio.books import split
from portfolio.held import book_of, d, followed, prices_of, rates_of

ZERO = Decimal(0)


def book(*actions: Action, rows: str = "") -> Book:
    return book_of(
        """
        2024-01-02 deposit - - 5000
        2024-01-02 buy A 10 -1000
        2024-01-02 buy B 4 -400
        """.rstrip()
        + rows,
        {
            "A": prices_of("2024-01-02 100\n2024-02-05 110\n2024-03-04 120"),
            "B": prices_of("2024-01-02 100\n2024-03-04 90"),
        },
        facts=[Facts("B", "B", currency="EUR")],
        rates=(rates_of("EUR", "USD", "2024-02-05 1.1\n2024-03-04 1.2"),),
        actions=actions,
    )


PAYMENTS = """
        2024-02-05 dividend A - 8.5 tax=1.5
        2024-02-05 dividend B - 10 currency=EUR
        2024-02-07 tax B - -1.5 currency=EUR
        2024-03-04 interest - - 2 fee=0.5
        2024-03-04 dividend A - -8.5 tax=-1.5"""


def test_payments_by_month_are_gross_less_tax_and_fee_at_the_rate_of_their_day():
    _, found = followed(book(rows=PAYMENTS), "2024-03-04")
    payments = received(found, found.scope(), stretch_of(found, "Max"))
    assert by("month", payments) == {
        "2024-02": Sums(Decimal(21), Decimal("3.15"), ZERO, Decimal("17.85")),
        "2024-03": Sums(Decimal("-7.5"), Decimal("-1.5"), Decimal("0.5"), Decimal("-6.5")),
    }
    assert by("instrument", payments) == {
        "A": Sums(ZERO, ZERO, ZERO, ZERO),
        "B": Sums(Decimal(11), Decimal("1.65"), ZERO, Decimal("9.35")),
        "cash": Sums(Decimal("2.5"), ZERO, Decimal("0.5"), Decimal(2)),
    }
    assert set(by("account", payments)) == {"1"}


def test_accounts_stand_by_their_numbers():
    _, found = followed(book(rows=PAYMENTS), "2024-03-04")
    payments = received(found, found.scope(), stretch_of(found, "Max"))
    told = [replace(each, part=each.part._replace(account=number)) for number in (10, 9, 2) for each in payments[:1]]
    assert list(by("account", told)) == ["2", "9", "10"]


def test_income_in_units_counts_with_what_they_cost_or_are_worth():
    rows = """
        2024-02-05 interest A 1 - cost=100
        2024-02-05 dividend A 1 -
        2024-03-04 dividend A 2 -1 price=50 tax=1"""
    _, found = followed(book(rows=rows), "2024-03-04")
    assert by("month", received(found, found.scope(), stretch_of(found, "Max"))) == {
        "2024-02": Sums(Decimal(210), ZERO, ZERO, Decimal(210)),
        "2024-03": Sums(Decimal(100), Decimal(1), ZERO, Decimal(99)),
    }


def test_a_tax_on_a_trade_is_none_on_a_dividend():
    rows = """
        2024-01-03 tax A - -3
        2024-02-05 dividend A - 50
        2024-02-20 buy A 1 -110
        2024-02-21 tax A - -2
        2024-03-01 tax A - -5"""
    _, found = followed(book(rows=rows), "2024-03-04")
    whole = stretch_of(found, "Max")
    assert by("instrument", received(found, found.scope(), whole)) == {
        "A": Sums(Decimal(50), Decimal(5), ZERO, Decimal(45))
    }
    assert performance(found, found.scope(), whole).taxes == 10


def test_a_payment_without_a_rate_is_missing_and_not_zero():
    _, found = followed(book(rows="\n2024-01-20 dividend B - 10 currency=EUR"), "2024-03-04")
    payments = received(found, found.scope(), stretch_of(found, "Max"))
    assert by("month", payments) == {"2024-01": Sums(None, ZERO, ZERO, None)}


def test_a_dividend_to_come_is_for_the_units_held_before_its_ex_date():
    told = (
        Action("A", d("2024-03-01"), "dividend", "vendor", amount=Decimal("0.5"), pay_date=d("2024-03-20")),
        Action("B", d("2024-04-02"), "dividend", "vendor", amount=Decimal(1), currency="EUR"),
        Action("A", d("2024-02-01"), "dividend", "vendor", amount=Decimal("0.5"), pay_date=d("2024-02-20")),
        Action("C", d("2024-04-02"), "dividend", "vendor", amount=Decimal(9)),
    )
    _, found = followed(book(*told, rows="\n2024-03-04 sell A -10 1200"), "2024-03-04")
    coming = announced(found, found.scope())
    assert [
        (each.part.instrument, each.units, each.amount, each.worth, str(each.day), each.sure) for each in coming
    ] == [
        ("A", 10, 5, 5, "2024-03-20", True),
        ("B", 4, 4, Decimal("4.8"), "2024-04-02", False),
    ]
    assert by("month", (), coming)["2024-04"] == Sums(ZERO, ZERO, ZERO, ZERO, Decimal("4.8"))


def test_yields_are_a_years_gross_income_of_cost_and_of_value():
    walked, found = followed(book(rows=PAYMENTS), "2024-03-04")
    of_a, of_b = yields(found, walked, found.scope())
    assert (of_a.instrument, of_a.income, of_a.cost, of_a.value) == ("A", 0, 1000, 1200)
    assert of_b.on_cost == pytest.approx(11 / 400)
    assert of_b.on_value == pytest.approx(11 / (4 * 90 * 1.2))


def test_after_a_split_a_dividend_is_for_the_new_units():
    told = (
        split("A", "2024-03-04", "2"),
        Action("A", d("2024-03-10"), "dividend", "vendor", amount=Decimal("0.5")),
    )
    _, found = followed(book(*told), "2024-03-05")
    assert [each.units for each in announced(found, found.scope())] == [20]
