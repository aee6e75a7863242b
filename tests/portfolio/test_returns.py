"""How a portfolio has done: gains, contributions, returns by range, the currency's part, drawdown."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market import SHARED, needs_shared
from openbell.model.transactions import Transaction
from openbell.portfolio.book import Action, Book, Closes, Facts
from openbell.portfolio.returns import (
    Drawdown,
    Range,
    Stretch,
    contributions,
    currency_gain,
    drawdown,
    index_of,
    performance,
    stretch_of,
)
from openbell.portfolio.twr import Index, chained
from openbell.portfolio.valuation import worth
from openbell.portfolio.worth import total, worths
from openbell.portfolio.xirr import MoneyWeighted
from portfolio.books import split
from portfolio.held import book_of, d, followed, prices_of, rates_of

MAX: Range = "Max"


def test_a_deposit_is_no_gain_and_a_fee_is_a_loss():
    _, found = followed(
        book_of(
            """
            2024-01-02 deposit - - 1000
            2024-01-02 buy A 10 -505 fee=5
            2024-01-04 deposit - - 500
            2024-01-05 dividend A - 8.5 tax=1.5
            2024-01-08 sell A -5 274 fee=1""",
            {"A": prices_of("2024-01-02 50\n2024-01-03 51\n2024-01-04 52\n2024-01-05 53\n2024-01-08 55")},
        ),
        "2024-01-08",
    )
    whole = performance(found, found.scope(), stretch_of(found, MAX))
    assert (whole.start, whole.end, whole.paid_in, whole.taken_out) == (0, Decimal("1552.5"), 1500, 0)
    assert (whole.gain, whole.income, whole.fees, whole.taxes) == (Decimal("52.5"), 10, 6, Decimal("1.5"))
    assert whole.simple == pytest.approx(52.5 / 1500)
    growths = (Fraction(*pair) for pair in ((995, 1000), (1005, 995), (1515, 1505), (15335, 15150), (15525, 15335)))
    assert whole.twr == pytest.approx(float(math.prod(growths) - 1), abs=1e-12)
    assert whole.twr_annual is None
    assert (whole.mwr.annual, whole.mwr.reason) == (None, "")
    position = performance(found, found.scope(instrument="A"), stretch_of(found, MAX))
    assert (position.paid_in, position.taken_out, position.gain) == (505, Decimal("282.5"), Decimal("52.5"))


def test_of_a_tag_that_nothing_has_there_are_no_figures():
    book = book_of(
        "2024-01-02 deposit - - 100\n2024-01-02 buy A 1 -50", {"A": prices_of("2024-01-02 50\n2025-06-03 60")}
    )
    _, found = followed(book, "2025-06-03")
    done = performance(found, found.scope(tag="zzz"), stretch_of(found, MAX))
    assert {done.start, done.end, done.gain, done.simple, done.twr, done.twr_annual, done.mwr.annual} == {None}
    assert done.notes == ("Nothing that was asked for is in the portfolio: there are no figures of it.",)
    assert performance(found, found.scope(), stretch_of(found, MAX)).notes == ()


@needs_shared
def test_the_own_cases_of_time_and_money_weighted_returns_through_a_book():
    cases = json.loads((SHARED / "worked_perf/own_cases.json").read_text())
    _, found = followed(
        book_of(
            """
            2020-01-01 deposit - - 1000
            2020-01-01 buy A 10 -1000
            2020-07-01 deposit - - 1000
            2020-07-01 buy A 10 -1000""",
            {"A": prices_of("2020-01-01 100\n2020-06-30 100\n2020-07-01 100\n2021-01-01 94.5")},
        ),
        "2021-01-01",
    )
    whole = performance(found, found.scope(), stretch_of(found, MAX))
    assert whole.end == 1890
    assert whole.mwr.annual == pytest.approx(cases["mwr_xirr"]["answer"], abs=1e-12)
    assert whole.twr == pytest.approx(-0.055, abs=1e-12)


@needs_shared
def test_the_own_case_of_a_currency_splits_the_gain_into_price_and_rate():
    case = json.loads((SHARED / "worked_perf/own_cases.json").read_text())["fx"]
    _, found = followed(
        book_of(
            "2024-01-02 buy A 10 -1000",
            {"A": prices_of("2024-01-02 100\n2024-01-03 120")},
            rates=(rates_of("USD", "EUR", "2024-01-02 0.90\n2024-01-03 0.80"),),
            base="EUR",
        ),
        "2024-01-03",
    )
    whole = performance(found, found.scope(), stretch_of(found, MAX))
    assert whole.gain is not None
    assert whole.currency_gain is not None
    assert float(whole.gain) == pytest.approx(case["answers"]["gain_home"])
    assert float(whole.currency_gain) == pytest.approx(case["answers"]["fx_effect_at_p1"])
    assert float(whole.gain - whole.currency_gain) == pytest.approx(case["answers"]["price_effect_at_f0"])
    assert whole.simple == pytest.approx(case["answers"]["return_home"])


def test_what_an_exchange_lost_is_the_loss_of_the_currency_that_was_given():
    _, found = followed(
        book_of(
            "2024-01-02 deposit - - 100\n2024-01-02 exchange - - -99 to_cash=88 to_currency=EUR",
            {"A": prices_of("2024-01-02 1\n2024-01-03 1")},
            rates=(rates_of("EUR", "USD", "2024-01-02 1.10\n2024-01-03 1.20"),),
            facts=[Facts("A", "A", currency="USD")],
        ),
        "2024-01-03",
    )
    stretch = Stretch(-1, found.place(d("2024-01-02")))
    assert performance(found, found.scope(), stretch).gain == Decimal("-2.2")  # 99 became 88 x 1.10
    gains = {each.part.currency: each.gain for each in contributions(found, found.scope(), stretch)}
    assert gains == {"USD": Decimal("-2.2"), "EUR": 0}


def test_a_month_before_the_31st_is_the_last_of_a_shorter_one():
    days = np.arange(np.datetime64("2024-02-25"), np.datetime64("2024-04-01"))
    prices = Closes(days, np.ones(days.size), "vendor", days)
    _, found = followed(book_of("2024-02-25 buy A 1 -1", {"A": prices}), "2024-03-31")
    assert found.day(stretch_of(found, "1M").start) == d("2024-02-29")


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("1D", "2024-03-28"),  # Easter: Friday and Monday had no session
        ("5D", "2024-03-22"),
        ("1M", "2024-03-01"),
        ("3M", "2024-01-02"),
        ("YTD", "2023-12-29"),
        ("1Y", "2023-03-31"),
        ("5Y", None),
        ("Max", None),
    ],
)
def test_a_range_begins_with_the_close_before_it(wanted: Range, first: str | None):
    days = np.busday_offset("2023-01-02", np.arange(330), roll="forward", holidays=["2024-03-29", "2024-04-01"])
    days = days[days <= np.datetime64("2024-04-02")]
    _, found = followed(
        book_of("2023-01-02 buy A 1 -1", {"A": Closes(days, np.ones(days.size), "vendor", days)}), "2024-04-02"
    )
    start = stretch_of(found, wanted).start
    assert (None if start < 0 else str(found.days[start])) == first


def test_two_days_are_a_range_too():
    _, found = followed(
        book_of("2024-01-02 buy A 1 -50", {"A": prices_of("2024-01-02 50\n2024-01-03 55\n2024-01-08 66")}), "2024-01-08"
    )
    between = performance(found, found.scope(), stretch_of(found, (d("2024-01-03"), d("2024-01-07"))))
    assert (between.gain, between.twr) == (0, 0)
    between = performance(found, found.scope(), stretch_of(found, (d("2024-01-06"), d("2024-01-08"))))
    assert (between.start, between.gain, between.twr) == (55, 11, pytest.approx(0.2))


def test_a_tag_is_a_scope():
    book = book_of(
        "2024-01-02 buy A 1 -50\n2024-01-02 buy B 1 -9",
        {"A": prices_of("2024-01-02 51"), "B": prices_of("2024-01-02 8")},
    )
    first, second = book.transactions
    _, found = followed(replace(book, transactions=(first, replace(second, tags=("safe",)))), "2024-01-02")
    assert performance(found, found.scope(tag="safe"), stretch_of(found, MAX)).gain == -1


CLOSES = """
    2024-01-02 50
    2024-01-05 53
    2024-01-09 53
    2024-01-10 53
    2024-01-11 53"""


def test_what_is_missing_is_said():
    _, found = followed(
        book_of(
            "2024-01-02 buy A 1 -50\n2024-01-03 buy A 1 -51\n2024-01-09 sell A -2 106\n2024-01-10 dividend A - 1",
            {"A": prices_of(CLOSES, sessions="2024-01-03 2024-01-04")},
        ),
        "2024-01-11",
    )
    assert performance(found, found.scope(), stretch_of(found, MAX)).notes == (
        "Days without a value are bridged by their Modified Dietz return: 2024-01-02 to 2024-01-05.",
        "A gain came while nothing was held, as a dividend after the sale does: in the gain, not in the TWR.",
        "No deposits into Broker are told: its purchases count as money paid in, its sales as taken out.",
    )
    early = performance(found, found.scope(), stretch_of(found, (d("2024-01-02"), d("2024-01-04"))))
    assert (early.end, early.gain, early.twr) == (None, None, None)
    assert early.notes[0] == "The value at the end is not known, for want of A: there is no price of 2024-01-04."
    assert early.mwr.reason == "a flow is not known"


def test_a_day_has_no_money_weighted_rate_a_year():
    _, found = followed(
        book_of("2024-01-02 buy A 10 -500", {"A": prices_of("2024-01-02 50\n2024-01-03 51.5")}), "2024-01-03"
    )
    told = performance(found, found.scope(), stretch_of(found, MAX)).mwr
    assert told == MoneyWeighted(None, pytest.approx(0.03, abs=1e-12))


def test_a_year_is_told_as_one_and_less_is_not():
    _, found = followed(
        book_of("2022-01-01 buy A 1 -100", {"A": prices_of("2022-01-01 100\n2023-01-01 110\n2024-01-01 121")}),
        "2024-01-01",
    )
    whole = performance(found, found.scope(), stretch_of(found, MAX))
    assert (whole.twr_annual, whole.mwr.annual) == (pytest.approx(0.1), pytest.approx(0.1))


@needs_shared
def test_the_drawdown_of_published_returns_is_the_deepest_of_all_pairs():
    with (SHARED / "worked_perf/factor_returns.csv").open() as file:
        rows = [(row[0], float(row[1]) / 100) for row in list(csv.reader(file))[1:]]
    levels = [1.0]
    for _, growth in rows:
        levels.append(levels[-1] * (1 + growth))
    slow = min(levels[j] / levels[i] - 1 for i in range(len(levels)) for j in range(i, len(levels)))
    index = Index(np.array([day for day, _ in rows], "datetime64[D]"), np.array(levels[1:]))
    found = drawdown(index, Stretch(-1, len(rows) - 1))
    assert found is not None
    assert found.depth == pytest.approx(slow, abs=1e-12)


def test_a_drawdown_says_from_when_to_when_and_whether_it_is_over():
    index = index_of_levels(1.0, 1.2, 0.9, 1.1, 1.3, 1.2)
    assert drawdown(index, Stretch(-1, 5)) == Drawdown(
        pytest.approx(-0.25), 1.2, date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 5)
    )
    assert drawdown(index, Stretch(-1, 3)) == Drawdown(
        pytest.approx(-0.25), 1.2, d("2024-01-02"), d("2024-01-03"), None
    )
    assert drawdown(index, Stretch(-1, 1)) is None


def index_of_levels(*levels: float) -> Index:
    return Index(np.datetime64("2024-01-01") + np.arange(len(levels)), np.array(levels))


@needs_shared
def test_published_positions_contribute_what_their_growth_was():
    """Units of the two factors, bought and held: each part's gain is its own growth times what was put in."""
    with (SHARED / "worked_perf/factor_returns.csv").open() as file:
        rows = list(csv.reader(file))[1:40]
    factors = [[float(row[column]) / 100 for row in rows] for column in (1, 2)]
    names = ("materials", "financials")
    levels = {name: np.round(100 * np.cumprod(np.add(1, each)), 6) for name, each in zip(names, factors, strict=True)}
    days = np.array([row[0] for row in rows], "datetime64[D]")
    closes = {name: Closes(days, each, "vendor", days) for name, each in levels.items()}
    trades = "\n".join(f"{days[0]} buy {name} 3 {-3 * Decimal(repr(float(levels[name][0])))}" for name in names)
    _, found = followed(book_of(trades, closes), str(days[-1]))
    own = {each.part.instrument: each for each in contributions(found, found.scope(), stretch_of(found, MAX))}
    put_in = sum(3 * float(levels[name][0]) for name in names)
    for name, each in zip(names, factors, strict=True):
        growth = math.prod(1 + r for r in each[1:]) - 1
        assert own[name].share == pytest.approx(3 * float(levels[name][0]) * growth / put_in, abs=1e-7)
    assert sum(each.share or 0 for each in own.values()) == pytest.approx(
        performance(found, found.scope(), stretch_of(found, MAX)).simple
    )


CENTS = st.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100)
DAY = np.datetime64("2024-01-01")
SIZE = 12


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Two accounts, three instruments in two currencies, deposits, trades, dividends, a transfer, an exchange."""
    days = DAY + np.arange(SIZE)
    closes = {
        name: Closes(days, np.array(draw(st.lists(CENTS.map(float), min_size=SIZE, max_size=SIZE))), "vendor", days)
        for name in "ABC"
    }
    rates = np.array(draw(st.lists(st.integers(50, 200), min_size=SIZE, max_size=SIZE))) / 100
    rows = ["2024-01-01 deposit - - 100000", "2024-01-01 deposit - - 9000 currency=EUR account=2"]
    for name in "ABC":
        at, units = draw(st.integers(1, 5)), draw(st.integers(1, 40))
        paid_in = "EUR" if name == "C" else "USD"
        rows.append(f"2024-01-{at + 1:02} buy {name} {units} -{draw(CENTS)} fee=0.5 currency={paid_in}")
        rows.append(f"2024-01-{at + 2:02} dividend {name} - {draw(CENTS)} tax=0.01")
        rows.append(f"2024-01-{at + 3:02} sell {name} -{draw(st.integers(1, units))} {draw(CENTS)}")
        rows.append(f"2024-01-{at + 4:02} deposit - - {draw(CENTS)}")
    rows.append(f"2024-01-05 exchange - - -{draw(CENTS)} to_cash={draw(CENTS)} to_currency=EUR")
    rows.append(f"2024-01-10 transfer - - -{draw(CENTS)} to_account=2 to_cash={draw(CENTS)} to_currency=EUR")
    book = book_of("\n".join(rows), closes, facts=[Facts("C", "C", currency="EUR")])
    series = rates_of("EUR", "USD", "\n".join(f"{day} {rate}" for day, rate in zip(days, rates, strict=True)))
    return Book(book.portfolio, book.accounts, book.transactions, book.facts, (), closes, (series,))


@given(books(), st.integers(-1, SIZE - 2))
def test_the_gains_of_the_parts_are_the_gain_of_the_whole_to_the_last_digit(book: Book, start: int):
    _, found = followed(book, "2024-01-12")
    stretch = Stretch(start, SIZE - 1)
    whole = performance(found, found.scope(), stretch)
    parts = contributions(found, found.scope(), stretch)
    assert whole.gain is not None
    assert sum((each.gain for each in parts if each.gain is not None), Decimal(0)) == whole.gain
    by_account = [performance(found, found.scope(account=each), stretch).gain for each in (1, 2)]
    assert sum(by_account, Decimal(0)) == whole.gain  # type: ignore[arg-type]


@given(books())
def test_the_series_and_the_exact_figures_are_the_same(book: Book):
    _, found = followed(book, "2024-01-12")
    values = worth(found, found.scope())
    for place in range(SIZE):
        exact = total(worths(found, found.scope(), place))
        assert exact is not None
        assert float(exact) == pytest.approx(float(values[place]), rel=1e-9)


@given(books(), st.sampled_from(["2", "3", "0.5", "20"]), st.integers(2, SIZE))
def test_a_split_changes_no_figure(book: Book, ratio: str, on: int):
    _, plain = followed(book, "2024-01-12")
    day = f"2024-01-{on:02}"
    after = book.closes["A"].days >= np.datetime64(day)
    prices = np.where(after, book.closes["A"].prices / float(ratio), book.closes["A"].prices)
    held = Closes(book.closes["A"].days, prices, "vendor", book.closes["A"].sessions)
    trades = tuple(_in_new_units(each, Decimal(ratio), d(day)) for each in book.transactions)
    halved = Book(
        book.portfolio,
        book.accounts,
        trades,
        book.facts,
        (split("A", day, ratio),),
        {**book.closes, "A": held},
        book.rates,
    )
    _, found = followed(halved, "2024-01-12")
    assert worth(found, found.scope()) == pytest.approx(worth(plain, plain.scope()), rel=1e-9)
    assert index_of(found, found.scope()).levels == pytest.approx(index_of(plain, plain.scope()).levels, rel=1e-9)


def _in_new_units(each: Transaction, ratio: Decimal, day: date) -> Transaction:
    if each.instrument != "A" or each.day < day:
        return each
    return replace(each, quantity=each.quantity * ratio)


@given(st.lists(CENTS.map(float), min_size=6, max_size=6), st.integers(1, 400), st.integers(1, 4))
def test_what_is_bought_and_sold_at_market_value_changes_no_time_weighted_return(
    prices: list[float], units: int, bought: int
):
    days = DAY + np.arange(6)
    closes = {"A": Closes(days, np.array(prices), "vendor", days)}
    first, start = (Decimal(repr(each)) for each in (prices[0], prices[bought - 1]))
    end = Decimal(repr(prices[bought]))
    plain = f"2024-01-01 buy A 100 {-100 * first}"
    # at the value of the day's start, which is the close before; gone at its end, which is its close
    day = f"2024-01-{bought + 1:02}"
    busy = f"{day} buy A {units} {-units * start}\n{day} sell A {-units} {units * end}"
    _, one = followed(book_of(plain, closes), "2024-01-06")
    _, other = followed(book_of(f"{plain}\n{busy}", closes), "2024-01-06")
    assert index_of(other, other.scope()).levels == pytest.approx(index_of(one, one.scope()).levels, rel=1e-9)


def test_a_gain_of_a_currency_over_a_missing_price_is_counted_once():
    rates = rates_of("EUR", "USD", "2024-01-01 1\n2024-01-02 1.1\n2024-01-03 1.2")
    book = book_of(
        "2024-01-01 buy A 1 -10 currency=EUR",
        {"A": prices_of("2024-01-01 10\n2024-01-03 10", sessions="2024-01-02")},
        facts=[Facts("A", "A", currency="EUR")],
        rates=(rates,),
    )
    _, found = followed(book, "2024-01-03")
    assert currency_gain(found, found.scope(), Stretch(-1, 2)) == Decimal(2)
    assert currency_gain(found, found.scope(), Stretch(-1, 1)) is None


@pytest.mark.parametrize(
    "rates",
    [
        "2024-01-02 1.1\n2024-01-20 1.2\n2024-01-22 1.3",
        "2024-01-01 1.1\n2024-01-02 1.1\n2024-01-20 1.2\n2024-01-22 1.3",
    ],
)
def test_a_gain_of_a_currency_over_a_missing_rate_is_counted_once(rates: str):
    book = book_of(
        "2024-01-02 buy A 1 -10 currency=EUR",
        {"A": prices_of("2024-01-02 10\n2024-01-11 10\n2024-01-20 10\n2024-01-22 20")},
        facts=[Facts("A", "A", currency="EUR")],
        rates=(rates_of("EUR", "USD", rates),),
    )
    _, found = followed(book, "2024-01-22")
    assert np.isnan(worth(found, found.scope())[found.place(d("2024-01-11"))])
    assert performance(found, found.scope(), Stretch(-1, len(found.days) - 1)).currency_gain == Decimal(3)
    assert currency_gain(found, found.scope(), stretch_of(found, (d("2024-01-20"), d("2024-01-22")))) == Decimal(2)
    assert currency_gain(found, found.scope(), stretch_of(found, (d("2024-01-11"), d("2024-01-22")))) is None


@pytest.mark.parametrize(
    ("trades", "closes", "rates"),
    [
        ("2024-01-02 buy A 1 -10 currency=EUR", "2024-01-02 10\n2024-01-03 10\n2024-01-04 10", "2024-01-03 1.2"),
        ("2024-01-02 delivery_in A 1 0 currency=EUR", "2024-01-03 10\n2024-01-04 10", "2024-01-02 1\n2024-01-03 1.2"),
    ],
)
def test_what_came_at_a_worth_that_nobody_knows_leaves_the_currency_open_until_then_alone(
    trades: str, closes: str, rates: str
):
    book = book_of(
        trades,
        {"A": prices_of(closes)},
        facts=[Facts("A", "A", currency="EUR")],
        rates=(rates_of("EUR", "USD", f"{rates}\n2024-01-04 1.3"),),
    )
    _, found = followed(book, "2024-01-04")
    end = len(found.days) - 1
    assert currency_gain(found, found.scope(), Stretch(-1, end)) is None
    since = performance(found, found.scope(), Stretch(end - 1, end))
    assert (since.gain, since.currency_gain) == (1, 1)


def test_an_index_without_a_value_has_no_drawdown():
    empty = chained(DAY + np.arange(2), np.full(2, np.nan), np.zeros(2), np.zeros(2))
    assert drawdown(empty, Stretch(-1, 1)) is None


def test_a_merger_for_cash_and_units_is_no_gain_of_its_own():
    merged = Action("A", d("2024-01-03"), "merger", "vendor", ratio=Decimal("0.5"), other="B")
    _, found = followed(
        book_of(
            "2024-01-02 deposit - - 500\n2024-01-02 buy A 10 -500\n2024-01-03 merger A - 100 other=B",
            {"A": prices_of("2024-01-02 50"), "B": prices_of("2024-01-02 79\n2024-01-03 80")},
            actions=(merged,),
        ),
        "2024-01-03",
    )
    assert worth(found, found.scope()).tolist() == [500, 500]
    gains = {each.part.instrument: each.gain for each in contributions(found, found.scope(), stretch_of(found, MAX))}
    assert gains == {"A": 0, "B": 0, None: 0}


def test_foreign_money_is_followed_every_day_whatever_is_bought_later():
    trades = """
        2024-01-02 deposit - - 1100
        2024-01-02 exchange - - -1100 to_cash=1000 to_currency=EUR
        2024-01-08 deposit - - 1000"""
    rates = rates_of("EUR", "USD", "2024-01-02 1.1\n2024-01-03 1.0\n2024-01-05 1.2\n2024-01-08 1.2\n2024-01-09 1.1")
    for bought in ("", "\n2024-01-09 buy A 1 -54"):
        book = book_of(trades + bought, {"A": prices_of("2024-01-04 50\n2024-01-08 53\n2024-01-09 54")}, rates=(rates,))
        _, found = followed(book, "2024-01-09")
        stretch = stretch_of(found, (d("2024-01-02"), d("2024-01-08")))
        told = performance(found, found.scope(), stretch)
        assert told.twr == pytest.approx(1.2 / 1.1 - 1, abs=1e-12)
        assert told.currency_gain == 100
        fall = drawdown(index_of(found, found.scope()), stretch)
        assert fall is not None
        assert (fall.depth, fall.trough) == (pytest.approx(1 / 1.1 - 1), d("2024-01-03"))
