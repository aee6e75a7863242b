"""What one currency cost in another on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np

from openbell.portfolio.book import RateSeries
from openbell.portfolio.rates import Rates
from portfolio.books import day, rates_of

D = Decimal
FRIDAY = date(2024, 3, 1)


def test_a_told_rate_is_the_shortest_decimal_of_its_float() -> None:
    rate = Rates([rates_of("EUR/USD", {FRIDAY: "1.0837"})]).rate("EUR", "USD", FRIDAY)
    assert (rate.value, rate.of, rate.carried) == (D("1.0837"), FRIDAY, 0)
    assert str(rate) == "1 EUR in USD on 2024-03-01: 1.0837, from EUR/USD 1.0837 (test, 2024-03-01)."


def test_the_inverse_of_a_told_rate_counts_as_told() -> None:
    rate = Rates([rates_of("EUR/USD", {FRIDAY: "1.25"})]).rate("USD", "EUR", FRIDAY)
    assert rate.value == D("0.8")
    assert str(rate) == "1 USD in EUR on 2024-03-01: 0.8, from the inverse of EUR/USD 1.25 (test, 2024-03-01)."


def test_two_currencies_meet_in_a_third_whose_rates_are_the_newest() -> None:
    rates = Rates(
        [
            rates_of("EUR/CHF", {day(1): "0.9"}),
            rates_of("CHF/GBP", {day(2): "0.8"}),
            rates_of("EUR/USD", {day(3): "1.25"}),
            rates_of("GBP/USD", {day(3): "1.6"}),
        ]
    )
    rate = rates.rate("EUR", "GBP", day(3))
    assert (rate.value, rate.carried) == (D("0.78125"), 0)
    assert [(leg.base, leg.quote, leg.inverse) for leg in rate.legs] == [("EUR", "USD", False), ("GBP", "USD", True)]


def test_a_rate_holds_over_a_weekend_and_says_so_but_not_longer_than_a_week() -> None:
    rates = Rates([rates_of("EUR/USD", {FRIDAY: "1.25"})])
    sunday = rates.rate("EUR", "USD", date(2024, 3, 3))
    assert (sunday.value, sunday.of, sunday.carried) == (D("1.25"), FRIDAY, 2)
    assert "carried over 2 days" in str(sunday)
    assert rates.rate("EUR", "USD", date(2024, 3, 8)).value == D("1.25")
    late = rates.rate("EUR", "USD", date(2024, 3, 9))
    assert (late.value, late.of) == (None, None)
    assert str(late) == "1 EUR in USD on 2024-03-09: no rate of the 7 days before is known."


def test_a_rate_of_the_future_or_of_nobody_is_missing() -> None:
    rates = Rates([rates_of("EUR/USD", {FRIDAY: "1.25"})])
    assert rates.rate("EUR", "USD", date(2024, 2, 29)).value is None
    assert rates.rate("EUR", "JPY", FRIDAY).value is None


def test_a_currency_costs_one_of_itself() -> None:
    rate = Rates(()).rate("EUR", "EUR", FRIDAY)
    assert (rate.value, rate.legs, rate.carried, str(rate)) == (1, (), 0, "1 EUR in EUR on 2024-03-01: 1.")


def test_of_several_sources_the_newest_day_counts_then_the_first() -> None:
    rates = Rates(
        [
            rates_of("EUR/USD", {day(1): "1.1", day(3): "1.3"}, "one"),
            rates_of("EUR/USD", {day(1): "1.2", day(2): "1.4"}, "two"),
        ]
    )
    assert [rates.rate("EUR", "USD", day(each)).value for each in (1, 2, 3)] == [D("1.1"), D("1.4"), D("1.3")]


def test_numbers_that_are_no_rates_are_passed_over() -> None:
    days = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], dtype="datetime64[D]")
    rates = Rates([RateSeries("EUR", "USD", days, np.array([1.1, np.nan, 0.0]), "test")])
    assert rates.rate("EUR", "USD", day(3)).value == D("1.1")
