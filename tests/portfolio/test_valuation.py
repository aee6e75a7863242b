"""What a portfolio is worth: by day, in other currencies, over splits, and where something is missing."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbell.portfolio.book import Action, Facts, Quote, RateSeries
from openbell.portfolio.currencies import rates_on
from openbell.portfolio.moves import Part
from openbell.portfolio.rates import Rates
from openbell.portfolio.returns import performance, stretch_of
from openbell.portfolio.valuation import History, missing, net_invested, paid, worth
from openbell.portfolio.worth import day_change, day_gain, total, worths
from portfolio.books import split
from portfolio.held import book_of, d, followed, prices_of, rates_of

WEEK = """
    2024-01-02 50
    2024-01-03 51
    2024-01-04 52
    2024-01-05 53
    2024-01-08 54"""


def told(of: History) -> dict[str, float]:
    return {str(day): round(float(value), 9) for day, value in zip(of.days, worth(of, of.scope()), strict=True)}


def test_units_times_close_and_cash_day_by_day():
    _, found = followed(
        book_of(
            """
            2024-01-02 deposit - - 1000
            2024-01-03 buy A 10 -511 fee=1
            2024-01-08 sell A -4 216""",
            {"A": prices_of(WEEK)},
        ),
        "2024-01-08",
    )
    assert told(found) == {
        "2024-01-02": 1000,
        "2024-01-03": 999,
        "2024-01-04": 1009,
        "2024-01-05": 1019,
        "2024-01-08": 1029,
    }
    assert net_invested(found, found.scope()).tolist() == [1000] * 5


def test_on_a_sunday_the_price_is_fridays_and_says_so():
    _, found = followed(
        book_of("2024-01-05 buy A 1 -53\n2024-01-07 deposit - - 10", {"A": prices_of(WEEK)}), "2024-01-07"
    )
    each = list(worths(found, found.scope(instrument="A"), found.place(d("2024-01-07"))))
    assert [(one.price.price, one.price.day, one.value) for one in each if one.price] == [
        (Decimal("53.0"), d("2024-01-05"), Decimal(53))
    ]


def test_a_session_without_a_close_has_no_total_and_says_which_position():
    _, found = followed(
        book_of(
            "2024-01-02 deposit - - 500\n2024-01-02 buy A 1 -50\n2024-01-02 buy B 1 -9",
            {"A": prices_of(WEEK), "B": prices_of("2024-01-02 9\n2024-01-05 8", sessions="2024-01-03 2024-01-04")},
        ),
        "2024-01-05",
    )
    assert [math.isnan(value) for value in told(found).values()] == [False, True, True, False]
    assert dict(missing(found, found.scope())) == {
        d("2024-01-03"): (Part(1, "B", ""),),
        d("2024-01-04"): (Part(1, "B", ""),),
    }
    place = found.place(d("2024-01-03"))
    assert total(worths(found, found.scope(), place)) is None
    assert [each.lacks for each in worths(found, found.scope(instrument="B"), place)] == [
        "there is no price of 2024-01-03"
    ]


def test_what_has_no_prices_at_all_is_missing_and_not_zero():
    _, found = followed(
        replace(book_of("2024-01-02 buy A 1 -50", {}), facts={"A": Facts("A", "A", currency="USD")}), "2024-01-03"
    )
    assert all(math.isnan(value) for value in told(found).values())


def test_an_item_with_prices_now_and_then_holds_the_last_one():
    _, found = followed(
        book_of("2024-01-02 opening own:1 2 -", {"own:1": prices_of("2024-01-02 100\n2024-01-04 90", calendar=False)}),
        "2024-01-20",
    )
    assert told(found) == {"2024-01-02": 200, "2024-01-04": 180, "2024-01-20": 180}
    each = next(worths(found, found.scope(), 2))
    assert each.price is not None
    assert each.price.day == d("2024-01-04")


def test_a_split_changes_no_value_in_whatever_units_the_price_is():
    table = "2024-01-02 buy A 3 -150\n2024-01-02 opening own:1 1 - cost=40"
    closes = "2024-01-02 50\n2024-01-03 25\n2024-01-04 26"
    _, found = followed(
        book_of(
            table,
            {"A": prices_of(closes), "own:1": prices_of("2024-01-02 40", calendar=False)},
            actions=(split("A", "2024-01-03", "2"), split("own:1", "2024-01-03", "4")),
        ),
        "2024-01-04",
    )
    assert told(found) == {"2024-01-02": 190, "2024-01-03": 190, "2024-01-04": 196}
    each = next(worths(found, found.scope(instrument="own:1"), 1))
    assert each.price is not None
    assert (each.units, each.price.price, each.price.split) == (4, 10, 4)


def test_a_rate_is_carried_over_a_week_and_then_missing():
    _, found = followed(
        book_of(
            "2024-01-01 deposit - - 100 currency=EUR",
            {"A": prices_of("2024-01-01 1\n2024-01-08 1\n2024-01-09 1")},
            rates=(rates_of("EUR", "USD", "2024-01-01 1.1"),),
            facts=[Facts("A", "A", currency="USD")],
        ),
        "2024-01-09",
    )
    assert told(found)["2024-01-01"] == pytest.approx(110)
    assert math.isnan(told(found)["2024-01-09"])
    lacks = next(worths(found, found.scope(), 1)).lacks
    assert lacks == "1 EUR in USD on 2024-01-09: no rate of the 7 days before is known"


def test_where_only_trades_are_told_cash_is_no_debt():
    _, found = followed(
        book_of(
            "2024-01-02 buy A 10 -500\n2024-01-03 dividend A - 9\n2024-01-04 fee - - -2\n2024-01-05 sell A -10 530",
            {"A": prices_of(WEEK)},
        ),
        "2024-01-05",
    )
    assert told(found) == {"2024-01-02": 500, "2024-01-03": 510, "2024-01-04": 520, "2024-01-05": 0}
    came, left = paid(found, found.scope())
    assert came.tolist() == [500, 0, 2, 0]
    assert left.tolist() == [0, 9, 0, 530]


def test_a_later_transfer_tells_nothing_of_how_earlier_purchases_were_paid():
    trades = "2024-01-02 deposit - - 5000\n2024-01-02 buy A 10 -500 account=2"
    _, plain = followed(book_of(trades, {"A": prices_of(WEEK)}), "2024-01-04")
    sent = f"{trades}\n2024-01-04 transfer - - -50 to_account=2"
    _, found = followed(book_of(sent, {"A": prices_of(WEEK)}), "2024-01-04")
    assert told(plain) == {"2024-01-02": 5500, "2024-01-03": 5510, "2024-01-04": 5520}
    assert told(found) == {"2024-01-02": 5500, "2024-01-03": 5510, "2024-01-04": 5470}
    assert net_invested(found, found.scope()).tolist() == [5500, 5500, 5450]
    notes = performance(found, found.scope(), stretch_of(found, "Max")).notes
    assert (
        "Of what came or left without a trade: sent between an account whose cash is told and one whose is not."
    ) in notes


def test_money_taken_out_of_an_account_of_trades_makes_no_debt():
    trades = "2024-01-02 buy A 10 -500\n2024-01-03 sell A -1 51\n2024-01-04 withdrawal - - -50"
    _, found = followed(book_of(trades, {"A": prices_of(WEEK)}), "2024-01-04")
    assert told(found) == {"2024-01-02": 500, "2024-01-03": 459, "2024-01-04": 468}


def test_a_transfer_is_a_flow_of_each_account_and_of_none_together():
    _, found = followed(
        book_of(
            """
            2024-01-02 deposit - - 1000
            2024-01-02 buy A 10 -500
            2024-01-03 transfer A -4 - to_account=2
            2024-01-04 transfer - - -100 to_account=2 to_cash=99 to_currency=USD""",
            {"A": prices_of(WEEK)},
        ),
        "2024-01-04",
    )
    assert told(found) == {"2024-01-02": 1000, "2024-01-03": 1010, "2024-01-04": 1019}
    assert net_invested(found, found.scope()).tolist() == [1000, 1000, 1000]
    assert net_invested(found, found.scope(account=1)).tolist() == [1000, 796, 697]
    assert net_invested(found, found.scope(account=2)).tolist() == [0, 204, 303]
    assert worth(found, found.scope(account=2)).tolist() == [0, 204, 307]


def test_what_is_short_is_transferred_without_a_gain_of_anybody():
    book = book_of(
        """
            2024-01-02 deposit - - 1000
            2024-01-02 deposit - - 1000 account=2
            2024-01-02 sell A -10 500 short=yes
            2024-01-04 transfer A -4 - to_account=2""",
        {"A": prices_of(WEEK)},
    )
    walked, found = followed(book, "2024-01-08")
    assert [(lot.account, lot.quantity, lot.cost.amount, str(lot.acquired)) for lot in walked.lots] == [
        (1, Decimal(-6), Decimal(-300), "2024-01-02"),
        (2, Decimal(-4), Decimal(-200), "2024-01-02"),
    ]
    stretch = stretch_of(found, "Max")
    gains = [performance(found, found.scope(account=each), stretch).gain for each in (1, 2)]
    assert gains == [Decimal(-4 * 2 - 6 * 4), Decimal(-4 * 2)]
    assert performance(found, found.scope(), stretch).gain == Decimal(-10 * 4)


def test_a_transfer_whose_worth_nobody_knows_cancels_out_in_the_whole():
    _, found = followed(
        book_of(
            "2024-01-02 deposit - - 1000\n2024-01-02 buy A 10 -500\n2024-01-03 transfer A -4 - to_account=2",
            {"A": prices_of("2024-01-02 50\n2024-01-04 52", sessions="2024-01-03")},
        ),
        "2024-01-04",
    )
    assert net_invested(found, found.scope()).tolist() == [1000, 1000, 1000]
    assert np.isnan(net_invested(found, found.scope(account=2))[1:]).all()


def test_what_came_without_a_purchase_came_at_its_value():
    _, found = followed(
        book_of(
            """
            2024-01-03 delivery_in A 10 - cost=1
            2024-01-04 delivery_in B 1 - cost=70
            2024-01-05 delivery_out A -10 -""",
            {"A": prices_of(WEEK), "B": prices_of("2024-01-05 80", sessions="2024-01-04")},
        ),
        "2024-01-05",
    )
    came, left = paid(found, found.scope())
    assert came.tolist() == [510, 70, 0]
    assert left.tolist() == [0, 0, 530]
    assert [move.note for move in found.moves] == ["", "at its cost: there is no price of that day", ""]


def test_a_spin_off_moves_worth_from_the_parent_and_is_no_gain():
    spun = Action("A", d("2024-01-04"), "spin_off", "vendor", ratio=Decimal("0.1"), amount=Decimal("0.2"), other="C")
    _, found = followed(
        book_of(
            "2024-01-02 buy A 10 -500\n2024-01-05 sell C -2 10",
            {
                "A": prices_of("2024-01-02 50\n2024-01-04 49\n2024-01-05 49"),
                "C": prices_of("2024-01-04 5\n2024-01-05 5"),
            },
            actions=(spun,),
        ),
        "2024-01-05",
    )
    assert told(found) == {"2024-01-02": 500, "2024-01-04": 500, "2024-01-05": 490}
    assert net_invested(found, found.scope(instrument="C")).tolist() == [0, 10, 0]
    assert net_invested(found, found.scope(instrument="A")).tolist() == [500, 490, 490]
    assert net_invested(found, found.scope()).tolist() == [500, 500, 490]


def test_a_new_name_is_no_sale():
    renamed = Action("A", d("2024-01-04"), "rename", "vendor", other="B")
    _, found = followed(
        book_of(
            "2024-01-02 buy A 10 -500\n2024-01-05 buy A 1 -53",
            {"A": prices_of("2024-01-02 50\n2024-01-03 51"), "B": prices_of("2024-01-04 52\n2024-01-05 53")},
            actions=(renamed,),
        ),
        "2024-01-05",
    )
    assert told(found) == {"2024-01-02": 500, "2024-01-03": 510, "2024-01-04": 520, "2024-01-05": 583}
    assert net_invested(found, found.scope()).tolist() == [500, 500, 500, 553]


def test_the_day_change_is_that_of_the_markets_own_day():
    prices = prices_of(WEEK)
    quote = Quote(Decimal("55.5"), d("2024-01-09"), "feed", "2024-01-09T15:00:00Z", Decimal("54.2"))
    _, found = followed(
        book_of(
            "2024-01-02 buy A 10 -500\n2024-01-02 buy B 1 -9",
            {"A": prices, "B": prices_of("2024-01-04 10\n2024-01-05 9")},
            quotes={"A": quote},
        ),
        "2024-01-09",
    )
    of_a, of_b = (day_change(found, Part(1, name, ""), found.place(d("2024-01-09"))) for name in "AB")
    assert of_a is not None
    assert (of_a.price.source, of_a.previous.price, of_a.gain) == ("feed", Decimal("54.2"), Decimal(13))
    assert of_b is not None  # closed since Friday: Friday's change, of Friday
    assert (of_b.price.day, of_b.previous.day, of_b.gain) == (d("2024-01-05"), d("2024-01-04"), Decimal(-1))


def test_a_split_of_today_is_no_fall_and_todays_purchase_counts_from_its_price():
    _, found = followed(
        book_of(
            "2024-01-02 buy A 10 -500\n2024-01-03 buy A 2 -48",
            {"A": prices_of("2024-01-02 50\n2024-01-03 25.5")},
            actions=(split("A", "2024-01-03", "2"),),
        ),
        "2024-01-03",
    )
    change = day_change(found, Part(1, "A", ""), 1)
    assert change is not None
    assert change.previous.price == 25
    assert change.relative == pytest.approx(0.02)
    assert change.gain == Decimal(10) + Decimal(3)  # 20 units x 0.50, and 2 x 25.50 - 48


def test_without_the_session_before_there_is_no_day_change():
    _, found = followed(
        book_of("2024-01-02 buy A 1 -50", {"A": prices_of("2024-01-02 50\n2024-01-04 52", sessions="2024-01-03")}),
        "2024-01-04",
    )
    assert day_change(found, Part(1, "A", ""), 2) is None


FLAT = "2024-01-02 100\n2024-01-03 100\n2024-01-04 100"


@pytest.mark.parametrize(
    ("trades", "closes", "gain"),
    [
        pytest.param("", "2024-01-02 90\n2024-01-03 90\n2024-01-04 50", -400, id="held"),
        pytest.param("", "2024-01-02 90\n2024-01-04 50", None, id="no close of the day before"),
        pytest.param("2024-01-04 sell B -10 500", "2024-01-02 90\n2024-01-03 90\n2024-01-04 60", -400, id="sold"),
        pytest.param("2024-01-04 sell B -10 500", "2024-01-02 90\n2024-01-03 90", -400, id="sold, without a close"),
        pytest.param("2024-01-03 sell B -10 500", "2024-01-02 90", 0, id="sold the day before"),
        pytest.param("2024-01-04 buy C 2 -30", "2024-01-02 90\n2024-01-03 90\n2024-01-04 90", 10, id="come today"),
        pytest.param(
            "2024-01-04 rename B - - other=C", "2024-01-02 90\n2024-01-03 90", -700, id="under another name since"
        ),
    ],
)
def test_the_gain_of_the_day_leaves_out_no_position(trades: str, closes: str, gain: int | None):
    prices = {
        "A": prices_of(FLAT),
        "B": prices_of(closes, sessions="2024-01-03 2024-01-04"),
        "C": prices_of("2024-01-04 20"),
    }
    _, found = followed(book_of(f"2024-01-02 buy A 10 -1000\n2024-01-02 buy B 10 -900\n{trades}", prices), "2024-01-04")
    assert day_gain(found, found.scope(), found.place(d("2024-01-04"))) == gain


def test_a_book_without_transactions_is_worth_nothing():
    _, found = followed(book_of((), {}), "2024-01-04")
    assert told(found) == {"2024-01-04": 0}
    assert total(worths(found, found.scope(), 0)) == 0


DAYS = st.integers(0, 60)
RATE_SERIES = st.builds(
    lambda pair, told: RateSeries(
        *pair,
        np.datetime64("2024-01-01") + np.array(sorted(told), int),
        np.array([told[each] for each in sorted(told)]),
        "bank",
    ),
    st.sampled_from([("EUR", "USD"), ("USD", "EUR"), ("GBP", "USD"), ("EUR", "GBP"), ("CHF", "EUR"), ("USD", "CHF")]),
    st.dictionaries(DAYS, st.floats(0.5, 2), min_size=1, max_size=8),
)


@given(st.lists(RATE_SERIES, max_size=5), st.sampled_from(["EUR", "USD", "GBP"]))
def test_a_column_of_rates_is_what_looking_each_up_gives(series: list[RateSeries], base: str):
    on = np.datetime64("2024-01-01") + np.arange(70)
    lookup = Rates(series)
    slow = [lookup.rate(base, "USD", date(2024, 1, 1) + timedelta(days=each)).value for each in range(70)]
    expected = [math.nan if value is None else float(value) for value in slow]
    assert rates_on(series, base, "USD", on) == pytest.approx(expected, rel=1e-12, nan_ok=True)
