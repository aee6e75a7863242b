"""Prices that an owner says of what the market trades: where nobody else tells one, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.portfolio.book import Closes, Quote
from openbell.portfolio.following import history
from openbell.portfolio.prices import Priced
from openbell.portfolio.sums import close_on
from openbell.portfolio.valuation import worth
from openbell.portfolio.walk import walk
from openbell.portfolio.why import why_day_change, why_value
from openbell.portfolio.worth import day_change, day_gain, worths
from portfolio.books import split
from portfolio.held import book_of, d, followed, prices_of
from portfolio.test_following import assert_same

MARKET = prices_of("2024-01-02 50\n2024-01-03 51\n2024-01-09 40", sessions="2024-01-04 2024-01-05 2024-01-08")
"""Suspended from the 4th to the 8th; the 6th and the 7th are a weekend."""


def said(closes: Closes, table: str) -> Closes:
    """`closes`, and what its owner says."""
    own = prices_of(table, calendar=False)
    return replace(closes, by_hand=replace(own, source="by hand"))


def known(closes: Closes, *days: str) -> list[str]:
    """Price, day and source at the end of each."""
    prices = [Priced(closes, ()).at(d(day)) for day in days]
    return ["none" if each is None else f"{each.price} {each.day} {each.source}" for each in prices]


def test_it_holds_from_its_day_until_the_next_price_and_never_where_the_market_tells_one():
    told = said(MARKET, "2024-01-03 60\n2024-01-05 45\n2024-01-09 99")
    days = [f"2024-01-{day:02}" for day in range(2, 11)]
    assert known(told, *days) == [
        "50.0 2024-01-02 vendor",
        "51.0 2024-01-03 vendor",
        "none",
        "45.0 2024-01-05 by hand",
        "45.0 2024-01-05 by hand",
        "45.0 2024-01-05 by hand",
        "45.0 2024-01-05 by hand",
        "40.0 2024-01-09 vendor",
        "40.0 2024-01-09 vendor",
    ]


def test_on_a_closed_day_the_close_of_the_session_before_goes_first():
    told = said(prices_of("2024-01-05 50", sessions="2024-01-08"), "2024-01-06 30")
    assert known(told, "2024-01-06", "2024-01-07", "2024-01-08") == [
        "50.0 2024-01-05 vendor",
        "50.0 2024-01-05 vendor",
        "30.0 2024-01-06 by hand",
    ]


def test_what_no_vendor_tells_of_has_a_value_by_hand_that_says_so():
    nobody = said(Closes(np.empty(0, "datetime64[D]"), np.empty(0), ""), "2024-01-03 7.5")
    _, found = followed(book_of("2024-01-02 buy GONE 4 -40", {"GONE": nobody}), "2024-01-10")
    inside = found.scope(instrument="GONE")
    each = next(worths(found, inside, found.place(d("2024-01-10"))))
    assert each.price is not None
    assert (each.value, each.price.day, each.price.source) == (Decimal(30), d("2024-01-03"), "by hand")
    why = why_value(found, inside, found.place(d("2024-01-10")))
    assert [(i.label, i.value, i.day, i.source) for i in why.inputs if i.source == "by hand"] == [
        ("price of GONE", "7.5", d("2024-01-03"), "by hand")
    ]
    assert why.notes == ("The price of GONE is of 2024-01-03, the last before 2024-01-10.",)


def test_what_was_delisted_goes_on_with_the_rest_of_the_portfolio():
    told = said(prices_of("2024-01-02 10\n2024-01-03 9", sessions="2024-01-04 2024-01-05 2024-01-08"), "2024-01-05 1")
    book = book_of("2024-01-02 deposit - - 100\n2024-01-02 buy A 5 -50", {"A": told})
    _, found = followed(book, "2024-01-09")
    values = dict(zip(map(str, found.days), worth(found, found.scope()).tolist(), strict=True))
    assert [values["2024-01-03"], values["2024-01-05"], values["2024-01-08"]] == [95, 55, 55]
    assert np.isnan(values["2024-01-04"])


def test_its_change_is_since_the_price_told_before_it():
    told = said(prices_of("2024-01-02 10\n2024-01-03 9", sessions="2024-01-04 2024-01-05"), "2024-01-05 6")
    walked, found = followed(book_of("2024-01-02 buy A 5 -50", {"A": told}), "2024-01-05")
    change = day_change(found, found.parts[0], found.place(walked.until))
    assert change is not None
    assert (change.previous.day, change.gain) == (d("2024-01-03"), Decimal(-15))
    assert day_gain(found, found.scope(), found.place(walked.until)) == Decimal(-15)


@pytest.mark.parametrize("own", [True, False])
def test_what_has_no_session_changes_on_the_day_of_a_new_price_only(own: bool):
    table = "2024-01-05 10000\n2024-06-05 11000"
    told = prices_of(table, calendar=False) if own else said(prices_of("2024-01-02 9000", sessions="2024-01-03"), table)
    book = book_of("2024-01-05 buy A 1 -10000\n2024-11-20 deposit - - 1", {"A": told})
    gains = {}
    for day in ("2024-06-05", "2024-06-06", "2024-11-21"):
        walked, found = followed(book, day)
        part, place = found.parts[0], found.place(walked.until)
        change = day_change(found, part, place)
        gains[day] = (change and str(change.gain.normalize()), int(day_gain(found, found.scope(), place) or 0))
        notes = why_day_change(found, part, place).notes
    assert gains == {"2024-06-05": ("1E+3", 1000), "2024-06-06": (None, 0), "2024-11-21": (None, 0)}
    assert notes == ("A has no session, and its price is of 2024-06-05: it changes on the day of a new one only.",)


def test_a_close_is_compared_with_the_price_by_hand_of_the_session_before():
    told = said(prices_of("2024-01-02 10\n2024-01-04 9", sessions="2024-01-03"), "2024-01-03 8")
    before = Priced(told, ()).before(d("2024-01-04"))
    assert before is not None
    assert (before.price, before.source) == (Decimal("8.0"), "by hand")


def test_a_split_since_divides_it():
    told = said(prices_of("2024-01-02 10", sessions="2024-01-03 2024-01-04 2024-01-05"), "2024-01-03 8")
    price = Priced(told, ((d("2024-01-04"), Decimal(2)),)).at(d("2024-01-05"))
    assert price is not None
    assert (price.price, price.split) == (Decimal(4), Decimal(2))


def test_a_price_of_the_session_under_way_goes_first():
    quote = Quote(Decimal(70), d("2024-01-10"), "feed", "2024-01-10T15:00:00Z")
    _, found = followed(
        book_of("2024-01-02 buy A 1 -50", {"A": said(MARKET, "2024-01-10 99")}, quotes={"A": quote}), "2024-01-10"
    )
    price = found.priced["A"].at(d("2024-01-10"))
    assert price is not None
    assert (price.price, price.source) == (Decimal(70), "feed")


def test_units_that_came_without_a_price_cost_what_was_said():
    book = book_of("2024-01-05 delivery_in A 2 0", {"A": said(MARKET, "2024-01-05 45")})
    assert close_on(book, "A", d("2024-01-05")) == Decimal(45)
    assert walk(book, d("2024-01-05")).lots[0].cost.amount == Decimal(90)


@pytest.mark.parametrize("back", [False, True])
def test_a_history_goes_on_where_a_price_by_hand_comes_or_goes(back: bool):
    trades = "2024-01-02 deposit - - 100\n2024-01-02 buy A 1 -50"
    books = [book_of(trades, {"A": MARKET}), book_of(trades, {"A": said(MARKET, "2024-01-05 45\n2024-01-08 44")})]
    before, after = books[::-1] if back else books
    so_far, walked = history(walk(before, d("2024-01-08")), before), walk(after, d("2024-01-09"))
    assert_same(history(walked, after, so_far), history(walked, after))


DAYS = [date(2024, 1, 1) + timedelta(days=each) for each in range(20)]
PRICES = st.dictionaries(st.sampled_from(DAYS), st.integers(1, 99), max_size=8)


@given(PRICES, PRICES, st.sets(st.sampled_from(DAYS)), st.booleans(), st.lists(st.sampled_from(DAYS), max_size=2))
def test_no_price_of_the_market_is_another_one_for_what_was_said(
    vendor: dict[date, int], own: dict[date, int], traded: set[date], calendar: bool, splits: list[date]
):
    sessions = np.array(sorted({*traded, *vendor}), "datetime64[D]") if calendar else None
    alone = Closes(*_columns(vendor), "vendor", sessions)
    told = replace(alone, by_hand=Closes(*_columns(own), "by hand"))
    ratios = tuple(
        (each.ex_date, each.ratio or Decimal(1)) for each in (split("A", str(s), "3") for s in sorted(splits))
    )
    without, within = Priced(alone, ratios), Priced(told, ratios)
    column = within.column(np.array(DAYS, "datetime64[D]"))
    for place, day in enumerate(DAYS):
        price, before = within.at(day), without.at(day)
        assert np.isnan(column[place]) if price is None else float(price.price) == pytest.approx(column[place])
        last = max((each for each in vendor if each <= day), default=date.min)
        newest = max((each for each in own if last < each <= day), default=None)
        if before is not None:
            assert price == before
        elif newest is not None:
            assert price is not None
            assert (price.day, price.source) == (newest, "by hand")
        else:
            assert price is None


def _columns(told: dict[date, int]) -> tuple[np.ndarray, np.ndarray]:
    days = sorted(told)
    return np.array(days, "datetime64[D]"), np.array([float(told[day]) for day in days])
