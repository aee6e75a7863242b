"""A history that goes on is the same as one that is reckoned from the beginning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbell.portfolio.book import Book, Closes, Facts, Quote, RateSeries
from openbell.portfolio.following import history
from openbell.portfolio.returns import Stretch, currency_gain, performance
from openbell.portfolio.valuation import History
from openbell.portfolio.walk import walk
from portfolio.books import rows, split
from portfolio.held import book_of, d, prices_of, rates_of
from portfolio.test_returns import books


def known_on(book: Book, day: date) -> Book:
    """What was known at the end of `day`."""
    upto = np.datetime64(day)
    return replace(
        book,
        transactions=tuple(each for each in book.transactions if each.day <= day),
        closes={name: _until(each, upto) for name, each in book.closes.items()},
        rates=tuple(
            RateSeries(each.base, each.quote, each.days[each.days <= upto], each.rates[each.days <= upto], each.source)
            for each in book.rates
        ),
    )


def _until(closes: Closes, upto: np.datetime64) -> Closes:
    sessions = closes.sessions if closes.sessions is None else closes.sessions[closes.sessions <= upto]
    return Closes(closes.days[closes.days <= upto], closes.prices[closes.days <= upto], closes.source, sessions)


def assert_same(one: History, other: History) -> None:
    assert one.days.tolist() == other.days.tolist()
    assert set(one.parts) >= set(other.parts)
    columns = [one.parts.index(part) for part in other.parts]
    assert {part: one.steps[part] for part in other.steps} == other.steps
    np.testing.assert_array_equal(one.values.whole()[:, columns], other.values.whole())
    np.testing.assert_allclose(one.currency_gains.whole()[:, columns], other.currency_gains.whole(), rtol=0, atol=1e-6)
    assert _amounts(one) == _amounts(other)
    assert sorted(map(str, one.charges)) == sorted(map(str, other.charges))
    for name, each in other.priced.items():
        np.testing.assert_array_equal(one.priced[name].column(one.days), each.column(other.days))
    assert _rates(one.rates) == _rates(other.rates)
    if not other.days.size:
        return
    stretch = Stretch(-1, len(other.days) - 1)
    mine, theirs = (performance(each, each.scope(), stretch) for each in (one, other))
    assert (mine.gain, mine.paid_in, mine.income) == (theirs.gain, theirs.paid_in, theirs.income)
    assert mine.twr == pytest.approx(theirs.twr)


def _amounts(of: History) -> list[str]:
    return sorted(f"{move.day} {move.part} {move.amount}" for move in of.moves)


def _rates(of: Mapping[str, np.ndarray]) -> dict[str, list[str]]:
    return {code: [repr(float(rate)) for rate in rates] for code, rates in of.items()}


@settings(max_examples=25)
@given(books(), st.integers(1, 12), st.integers(0, 3))
def test_day_by_day_is_as_all_at_once(book: Book, first: int, step: int):
    day = date(2024, 1, first)
    so_far = None
    while day < date(2024, 1, 12):
        known = known_on(book, day)
        so_far = history(walk(known, day), known, so_far)
        day += timedelta(days=1 + step)
    last = walk(book, date(2024, 1, 12))
    assert_same(history(last, book, so_far), history(last, book))


def test_what_nobody_knows_of_a_currency_goes_on_with_its_history():
    euros = [Facts("A", "A", currency="EUR"), Facts("B", "B", currency="EUR")]
    book = book_of(
        """
        2024-01-02 delivery_in A 3 0 currency=EUR
        2024-01-03 buy B 2 -20 currency=EUR
        2024-01-12 delivery_in A 1 0 currency=EUR
        2024-01-22 sell B -2 30 currency=EUR""",
        {
            "A": prices_of("2024-01-03 10\n2024-01-05 12\n2024-01-20 13\n2024-01-22 14\n2024-01-23 15"),
            "B": prices_of("2024-01-03 10\n2024-01-04 11\n2024-01-20 15\n2024-01-22 15"),
        },
        facts=euros,
        rates=(rates_of("EUR", "USD", "2024-01-03 1.1\n2024-01-04 1.2\n2024-01-19 1.3\n2024-01-22 1\n2024-01-23 2"),),
    )
    so_far = None
    for number in range(2, 25):
        known = known_on(book, date(2024, 1, number))
        walked = walk(known, date(2024, 1, number))
        so_far, anew = history(walked, known, so_far), history(walked, known)
        assert_same(so_far, anew)
        for start in range(-1, len(anew.days) - 1):
            stretch = Stretch(start, len(anew.days) - 1)
            mine, theirs = (currency_gain(each, each.scope(), stretch) for each in (so_far, anew))
            assert mine == (theirs if theirs is None else pytest.approx(theirs, abs=Decimal("1e-9")))


TRADES = """
    2024-01-02 deposit - - 1000
    2024-01-02 buy A 10 -500
    2024-01-04 buy A 1 -52"""
PRICES = {"A": prices_of("2024-01-02 50\n2024-01-03 51\n2024-01-04 52\n2024-01-05 53")}
BOOK = book_of(TRADES, PRICES)
CORRECTED = prices_of("2024-01-02 50\n2024-01-03 49\n2024-01-04 52\n2024-01-05 53")
LATE = prices_of("2024-01-02 50\n2024-01-04 52\n2024-01-05 53", sessions="2024-01-03")
OLD = replace(BOOK, closes={"A": LATE})
QUOTED = replace(BOOK, quotes={"A": Quote(Decimal(60), d("2024-01-08"), "feed", "2024-01-08T15:00:00Z")})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(BOOK, replace(BOOK, closes={"A": CORRECTED}), id="a close is corrected"),
        pytest.param(OLD, BOOK, id="a close comes late"),
        pytest.param(BOOK, book_of(TRADES + "\n2024-01-03 sell A -1 51", PRICES), id="a sale is entered later"),
        pytest.param(BOOK, book_of(TRADES.replace("-500", "-510"), PRICES), id="a purchase is corrected"),
        pytest.param(BOOK, replace(BOOK, actions=(split("A", "2024-01-03", "2"),)), id="a split is learned of"),
        pytest.param(BOOK, book_of(TRADES + "\n2024-01-04 split A 11 -", PRICES), id="a statement tells a split"),
        pytest.param(QUOTED, BOOK, id="a quote is gone"),
        pytest.param(BOOK, QUOTED, id="a quote comes"),
        pytest.param(BOOK, book_of((), PRICES), id="everything is undone"),
        pytest.param(book_of((), PRICES), BOOK, id="it begins"),
        pytest.param(BOOK, replace(BOOK, transactions=rows("2024-01-02 buy A 1 -50")), id="the deposits are undone"),
        pytest.param(BOOK, replace(BOOK, facts={}), id="its currency is not known any more"),
    ],
)
def test_whatever_changes_the_history_is_as_from_the_beginning(before: Book, after: Book):
    so_far = history(walk(before, d("2024-01-07")), before)
    walked = walk(after, d("2024-01-08"))
    assert_same(history(walked, after, so_far), history(walked, after))


def test_an_earlier_day_is_reckoned_from_the_beginning():
    so_far, walked = history(walk(BOOK, d("2024-01-08")), BOOK), walk(BOOK, d("2024-01-03"))
    assert_same(history(walked, BOOK, so_far), history(walked, BOOK))


@pytest.mark.parametrize("until", ["2024-01-03", "2024-01-05", "2024-01-07"])
def test_what_was_told_of_later_days_comes_with_them(until: str):
    later = book_of("2024-01-02 buy A 1 -50\n2024-01-04 deposit - - 100\n2024-01-05 split A 1 -", PRICES)
    so_far, walked = history(walk(later, d(until)), later), walk(later, d("2024-01-08"))
    assert_same(history(walked, later, so_far), history(walked, later))
