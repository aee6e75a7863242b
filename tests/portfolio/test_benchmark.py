"""What the same deposits and withdrawals would have become in one other instrument."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.model.errors import InvalidInput
from openbell.portfolio.benchmark import PRICE_ONLY, REINVESTED, benchmark
from openbell.portfolio.book import Action, Closes
from openbell.portfolio.returns import Stretch, performance, stretch_of
from openbell.portfolio.valuation import History
from portfolio.books import split
from portfolio.held import book_of, d, followed, prices_of, rates_of

SPY = """
    2024-01-02 100
    2024-01-03 110
    2024-01-04 99
    2024-01-05 121"""


def whole(found: History) -> Stretch:
    return stretch_of(found, "Max")


def test_every_deposit_buys_it_at_the_close_of_its_day_and_every_withdrawal_sells_it():
    _, found = followed(
        book_of(
            "2024-01-02 deposit - - 1000\n2024-01-03 deposit - - 1100\n2024-01-04 withdrawal - - -198",
            {"SPY": prices_of(SPY)},
        ),
        "2024-01-05",
    )
    other = benchmark(found, found.scope(), whole(found), "SPY")
    assert other.values == pytest.approx([1000, 2200, 1782, 18 * 121])
    assert other.value == pytest.approx(2178)
    assert other.twr == pytest.approx(0.21)
    assert [(str(each.day), each.amount, each.units) for each in other.purchases] == [
        ("2024-01-02", 1000, 10),
        ("2024-01-03", 1100, 10),
        ("2024-01-04", -198, -2),
    ]
    assert other.notes == (REINVESTED,)


def test_what_there_was_at_the_start_buys_it_then():
    _, found = followed(book_of("2024-01-02 deposit - - 990", {"SPY": prices_of(SPY)}, benchmark="SPY"), "2024-01-05")
    other = benchmark(found, found.scope(), Stretch(2, 3), "SPY")
    assert other.values == pytest.approx([math.nan, math.nan, 990, 1210], nan_ok=True)
    assert (other.twr, other.mwr.period) == (pytest.approx(121 / 99 - 1), pytest.approx(121 / 99 - 1))


def test_dividends_buy_more_of_it_or_are_left_out():
    book = book_of(
        "2024-01-02 deposit - - 1000",
        {"SPY": prices_of(SPY)},
        actions=(Action("SPY", d("2024-01-04"), "dividend", "vendor", amount=Decimal("9.9"), currency="USD"),),
    )
    _, found = followed(book, "2024-01-05")
    assert benchmark(found, found.scope(), whole(found), "SPY").value == pytest.approx(10 * 1.1 * 121)
    plain = benchmark(found, found.scope(), whole(found), "SPY", reinvest=False)
    assert (plain.value, plain.notes) == (pytest.approx(1210), (PRICE_ONLY,))


def test_dividends_in_another_currency_count_at_the_rate_of_their_day_and_without_one_it_is_said():
    paid = [
        Action("SPY", d("2024-01-04"), "dividend", "vendor", amount=Decimal(9), currency=code)
        for code in ("EUR", "CHF")
    ]
    book = book_of(
        "2024-01-02 deposit - - 1000",
        {"SPY": prices_of(SPY)},
        actions=tuple(paid),
        rates=(rates_of("EUR", "USD", "2024-01-04 1.1"),),
    )
    _, found = followed(book, "2024-01-05")
    other = benchmark(found, found.scope(), whole(found), "SPY")
    assert other.value == pytest.approx(10 * 1.1 * 121)
    assert other.notes == (REINVESTED, "Its dividend of 2024-01-04 is left out: no rate is known.")


def test_a_split_of_it_changes_nothing():
    halved = "2024-01-02 100\n2024-01-03 110\n2024-01-04 49.5\n2024-01-05 60.5"
    book = book_of(
        "2024-01-02 deposit - - 1000\n2024-01-05 deposit - - 121",
        {"SPY": prices_of(halved)},
        actions=(split("SPY", "2024-01-04", "2"),),
    )
    _, found = followed(book, "2024-01-05")
    other = benchmark(found, found.scope(), whole(found), "SPY")
    assert other.value == pytest.approx(1331)
    assert other.twr == pytest.approx(0.21)


def test_in_another_currency_its_rate_counts_too():
    book = book_of(
        "2024-01-02 deposit - - 1000 currency=EUR",
        {"SPY": prices_of(SPY)},
        rates=(rates_of("EUR", "USD", "2024-01-02 1.0\n2024-01-05 1.1"),),
        base="EUR",
    )
    _, found = followed(book, "2024-01-05")
    assert benchmark(found, found.scope(), whole(found), "SPY").value == pytest.approx(1100)


def test_without_a_close_of_the_day_the_next_one_is_taken_and_said():
    book = book_of(
        "2024-01-02 deposit - - 1000\n2024-01-03 withdrawal - - -2000",
        {"SPY": prices_of("2024-01-02 100\n2024-01-04 80", sessions="2024-01-03")},
    )
    _, found = followed(book, "2024-01-04")
    other = benchmark(found, found.scope(), whole(found), "SPY")
    assert other.value == pytest.approx((10 - 25) * 80)
    assert other.notes == (
        REINVESTED,
        "It has no close of 2024-01-03: -2000.00 bought it at that of 2024-01-04.",
        "More was taken out than it would have become: from then on it is owed.",
    )


def test_before_its_first_price_nothing_can_be_said():
    _, found = followed(book_of("2024-01-02 deposit - - 1000", {"SPY": prices_of("2024-01-04 100")}), "2024-01-03")
    other = benchmark(found, found.scope(), whole(found), "SPY")
    assert (other.value, other.twr, other.notes[1]) == (None, None, "It has no close from 2024-01-02 on.")


def test_one_without_prices_is_refused_with_what_to_do():
    _, found = followed(book_of("2024-01-02 deposit - - 1000", {}), "2024-01-03")
    with pytest.raises(InvalidInput, match="QQQ has no prices in a known currency"):
        benchmark(found, found.scope(), whole(found), "QQQ")


@given(st.lists(st.floats(1, 500).map(lambda x: round(x, 2)), min_size=8, max_size=8), st.integers(1, 50))
def test_whoever_holds_the_benchmark_has_done_as_well_as_it(prices: list[float], units: int):
    days = np.datetime64("2024-01-01") + np.arange(8)
    closes = {"SPY": Closes(days, np.array(prices), "vendor", days)}
    first, later = (Decimal(repr(prices[at])) for at in (0, 4))
    trades = f"2024-01-01 buy SPY 10 {-10 * first}\n2024-01-05 buy SPY {units} {-units * later}"
    _, found = followed(book_of(trades, closes), "2024-01-08")
    mine, other = performance(found, found.scope(), whole(found)), benchmark(found, found.scope(), whole(found), "SPY")
    assert mine.end is not None
    assert other.value == pytest.approx(float(mine.end))
    assert other.mwr.period == pytest.approx(mine.mwr.period, rel=1e-6, abs=1e-6)
