"""Gains, by price and by exchange rate."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market import SHARED, needs_shared
from openbell.model.transactions import Method
from openbell.portfolio.gains import Gain, realised, total, unrealised
from openbell.portfolio.rates import Rates
from openbell.portfolio.walk import walk
from portfolio.books import book, day

D = Decimal


@needs_shared
def test_the_worked_currency_effect_comes_out() -> None:
    case = json.loads((SHARED / "worked_perf" / "own_cases.json").read_text())["fx"]
    quantity, first, last = case["quantity"], case["price0"], case["price1"]
    rates = {"USD/EUR": {day(1): case["home_per_foreign0"], day(90): case["home_per_foreign1"]}}
    ours = book(
        f"""
        1  buy  ACME  {2 * quantity} -{2 * quantity * first}
        90 sell ACME -{quantity}      {quantity * last}""",
        base="EUR",
        rates=rates,
    )
    walked, known = walk(ours), Rates(ours.rates)
    answers = {key: D(str(number)) for key, number in case["answers"].items()}
    sold = realised(walked.closed[0], "EUR", known)
    kept = unrealised(walked.lots[0], D(last), "USD", day(90), "EUR", known)
    for gain in (sold, kept):
        assert (gain.base, gain.price, gain.exchange) == (
            answers["gain_home"],
            answers["price_effect_at_f0"],
            answers["fx_effect_at_p1"],
        )
        assert gain.amount == quantity * (last - first)
    assert abs(sold.base / walked.closed[0].cost.base - answers["return_home"]) < D("1e-9")


def test_fees_and_taxes_are_taken_off_and_shown_apart() -> None:
    ours = book(
        """
        1 buy  ACME  10 -1010 fee=6 tax=4
        2 sell ACME -10  1180 fee=5 tax=15""",
        base="EUR",
        rates={"USD/EUR": {day(1): "0.9", day(2): "0.8"}},
    )
    gain = realised(walk(ours).closed[0], "EUR", Rates(ours.rates))
    assert (gain.amount, gain.base) == (170, 944 - 909)
    assert (gain.fees, gain.taxes) == (D("5.4") + 4, D("3.6") + 12)


def test_what_was_paid_in_the_own_currency_has_a_currency_effect_all_the_same() -> None:
    """A broker that counts in euros: 10 at 100 dollars, bought at its own 0.9 and sold at 120 dollars and 0.8."""
    ours = book(
        """
        1 buy  ACME  10 -900 currency=EUR price=100 price_currency=USD rate=0.9
        2 sell ACME -10  960 currency=EUR price=120 price_currency=USD rate=0.8""",
        base="EUR",
        rates={"USD/EUR": {day(1): "0.91", day(2): "0.79"}},
    )
    gain = realised(walk(ours).closed[0], "EUR", Rates(ours.rates), "USD")
    assert (gain.currency, gain.amount, gain.base, gain.price, gain.exchange) == ("EUR", 60, 60, 180, -120)


def test_a_short_loses_what_the_currency_gains() -> None:
    ours = book(
        """
        1 sell ACME -10 1000 short=yes
        2 buy  ACME  10 -900""",
        base="EUR",
        rates={"USD/EUR": {day(1): "0.8", day(2): "1.0"}},
    )
    gain = realised(walk(ours).closed[0], "EUR", Rates(ours.rates))
    assert (gain.amount, gain.base, gain.price, gain.exchange) == (100, -100, 80, -180)


def test_a_pool_in_another_currency_has_no_first_rate() -> None:
    ours = book(
        """
        1 buy  ACME  10 -900  currency=EUR
        2 buy  ACME  10 -1000 currency=EUR
        3 sell ACME  -5  600  currency=EUR""",
        base="EUR",
        method="average",
        rates={"USD/EUR": {day(each): "0.9" for each in (1, 2, 3)}},
    )
    walked, rates = walk(ours), Rates(ours.rates)
    sold = realised(walked.closed[0], "EUR", rates, "USD")
    kept = unrealised(walked.lots[0], D(120), "USD", day(3), "EUR", rates)
    assert [(gain.base, gain.price, gain.exchange) for gain in (sold, kept)] == [(125, None, None), (195, None, None)]


def test_what_nobody_knows_makes_a_sum_unknown_and_never_zero() -> None:
    known = Gain("USD", D(1), D(2), D(3), D(-1))
    unknown = Gain("EUR", D(1), None, None, None)
    assert total([known, known]) == Gain("USD", D(2), D(4), D(6), D(-2))
    assert total([known, unknown]) == Gain("", None, None, None, None)


def test_without_a_rate_the_gain_is_known_in_the_lots_currency_only() -> None:
    ours = book(
        """
        1 buy  ACME  10 -1000
        2 sell ACME -10  1200""",
        base="EUR",
    )
    gain = realised(walk(ours).closed[0], "EUR", Rates(()))
    assert (gain.amount, gain.base, gain.price, gain.exchange) == (200, None, None, None)


@pytest.mark.parametrize("method", ["fifo", "lifo", "hifo", "average"])
@given(st.lists(st.tuples(st.integers(1, 999), st.integers(50, 200)), min_size=4, max_size=4), st.integers(1, 100))
def test_both_effects_add_up_to_the_gain(method: Method, told: list[tuple[int, int]], part: int) -> None:
    (q1, f1), (q2, f2), (_, f3), (p, f4) = told
    ours = book(
        f"""
        1 buy  ACME {q1} -{q1 * 10}
        2 buy  ACME {q2} -{q2 * 12}
        3 sell ACME -{max(1, (q1 + q2) * part // 101)} {p}""",
        method=method,
        base="EUR",
        rates={"USD/EUR": {day(at): f"{f / 100}" for at, f in enumerate((f1, f2, f3, f4), start=1)}},
    )
    walked, rates = walk(ours), Rates(ours.rates)
    gains = [realised(each, "EUR", rates) for each in walked.closed]
    gains += [unrealised(each, D(p), "USD", day(4), "EUR", rates) for each in walked.lots]
    assert all(gain.price + gain.exchange == gain.base for gain in gains)
