from __future__ import annotations

import math
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bars.tables import DAY, bars_of, closes_of
from openbell.bars.compare import Comparison, compare
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, frame_of
from openbell.model.sessions import sessions

JANUARY = sessions("24/7", date(2026, 1, 1), date(2026, 1, 31))
TWO_DAYS = sessions("XNYS", DAY, date(2026, 3, 3))


def days(*closes: list[float | None], window: int = 2) -> Comparison:
    """ACME, BOLT, CORK, ... from the first of January on; None is a day without a bar."""
    names = ("ACME", "BOLT", "CORK", "DRUM")[: len(closes)]
    bars = pl.concat(closes_of(values, symbol=name) for name, values in zip(names, closes, strict=True))
    return compare(bars.drop_nulls("close"), names, dict.fromkeys(names, JANUARY), window=window)


def column(frame: pl.DataFrame, symbol: str) -> dict[int, float]:
    """The column's values by day of January."""
    kept = frame.drop_nulls(symbol)
    return dict(zip(kept[frame.columns[0]].dt.day(), kept[symbol], strict=True))


def test_rebased_prices_begin_at_the_first_day_that_all_have():
    found = days([50, 100, 110, None, 120], [None, 10, None, 9, 15]).rebased
    assert found["ts"].dt.day().to_list() == [2, 3, 4, 5]
    assert column(found, "ACME") == pytest.approx({2: 0, 3: 10, 5: 20})
    assert column(found, "BOLT") == pytest.approx({2: 0, 4: -10, 5: 50})


def test_a_ratio_exists_where_both_prices_do():
    found = days([50, 100, 110, None, 120], [None, 10, None, 9, 15], [25, 20, 10, None, 30]).ratio
    assert found.columns == ["ts", "BOLT", "CORK"]
    assert column(found, "BOLT") == {2: 10, 5: 8}
    assert column(found, "CORK") == {2: 5, 3: 11, 5: 4}


def test_everything_begins_and_ends_with_a_day_that_all_have():
    found = days([10, 100, 110, 121, 500, 600], [None, 10, 11, 12, 13, None], [None, 1, 2, 3, None, 9])
    assert found.common == (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 4, tzinfo=UTC))
    assert found.rebased.row(-1)[1:] == pytest.approx((21, 20, 200))
    assert found.statistics["change_pct"].to_list() == pytest.approx([21, 20, 200])
    assert found.statistics["high"].to_list() == [121, 12, 3]
    assert found.daily_volume["date"].to_list() == [date(2026, 1, day) for day in (2, 3, 4)]
    assert column(found.moving_average, "ACME") == {2: 55, 3: 105, 4: 115.5}  # warmed up on the day before


def test_a_symbol_that_ended_before_another_began_is_left_out():
    found = days([1, 2, None, None, None], [None, None, 4, 5, 6], [None, None, 8, 8, 9])
    assert found.left_out == ("ACME",)
    assert column(found.rebased, "BOLT") == pytest.approx({3: 0, 4: 25, 5: 50})
    assert found.rebased["ACME"].to_list() == [None] * 3
    assert found.statistics["change_pct"].to_list() == [None, 50, 12.5]
    assert found.statistics["bars"].to_list() == [0, 3, 3]


def test_a_newcomer_does_not_throw_out_the_others():
    found = days([1, 2, 3, None, None], [2, 3, 4, None, None], [None, None, None, 5, 6])
    assert found.left_out == ("CORK",)
    assert found.common == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC))


def test_others_are_measured_by_the_first_symbol_that_is_there():
    names = ("NONE", "ACME", "BOLT")
    closes = {"ACME": [10, 20, 10, 20, 10, 30], "BOLT": [1, 2, 1, 2, 1, 3]}
    bars = pl.concat(closes_of(values, symbol=name) for name, values in closes.items())
    found = compare(bars, names, dict.fromkeys(names, JANUARY), window=2)
    assert found.left_out == ("NONE",)
    assert found.statistics["beta"].to_list() == [None, pytest.approx(1), pytest.approx(1)]
    assert column(found.ratio, "BOLT")[1] == 10


def test_of_two_pairs_the_one_with_newer_prices_stays():
    found = days([1, 2, None, None], [None, None, 5, 6], [1, 2, None, None], [None, None, 7, 8])
    assert found.left_out == ("ACME", "CORK")


def test_an_average_moves_over_each_symbols_own_bars():
    found = days([1, 3, 5], [10, None, 30]).moving_average
    assert column(found, "ACME") == {2: 2, 3: 4}
    assert column(found, "BOLT") == {3: 20}


def test_correlation_and_beta_are_of_returns_between_common_days():
    one, other = [100, 110, 99, 105, 120], [10, 11.5, 9, 10, 13]
    found = days([*one[:2], 77, *one[2:]], [*other[:2], None, *other[2:]])
    returns = [np.diff(series) / series[:-1] for series in (np.array(one), np.array(other))]
    expected = np.corrcoef(returns)[0, 1]
    assert found.correlation == [
        [pytest.approx(1), pytest.approx(expected)],
        [pytest.approx(expected), pytest.approx(1)],
    ]
    beta = np.cov(returns)[0, 1] / np.var(returns[0], ddof=1)
    assert found.statistics["beta"].to_list() == [pytest.approx(1), pytest.approx(beta)]


def test_too_few_returns_or_none_that_move_have_no_correlation():
    assert days([1, 2, 3], [3, 2, 4]).correlation == [[None, None], [None, None]]
    assert days([1, 2, 3, 4], [5, 5, 5, 5]).correlation == [[pytest.approx(1), None], [None, None]]
    assert days([1, 2, 3, 4], [5, 5, 5, 5]).statistics["beta"].to_list() == [1, 0]
    assert days([5, 5, 5, 5], [1, 2, 3, 4]).statistics["beta"].to_list() == [None, None]


def test_the_table_is_of_each_symbols_own_bars_in_the_common_stretch():
    found = days([999, 100, 50, 75, 999], [None, 8, None, 8, None], [1, 1, 1, 1, 1])
    volatility = np.std([math.log(0.5), math.log(1.5)], ddof=1) * math.sqrt(365)
    row = found.statistics.row(0, named=True)
    assert row == {
        "symbol": "ACME", "first": 100, "last": 75, "change_pct": -25, "high": 100, "low": 50,
        "volatility": pytest.approx(volatility), "max_drawdown": -0.5, "average_volume": 100, "bars": 3, "beta": None,
    }  # fmt: skip
    assert found.statistics.drop("beta").row(1) == ("BOLT", 8, 8, 0, 8, 8, None, 0, 100, 2)


MINUTES = bars_of("""
    ACME 2026-03-02T09:30 10 12  8 10  1
    ACME 2026-03-02T09:59 20 22 18 20  3
    ACME 2026-03-02T10:00 30 32 28 30  4
    ACME 2026-03-03T09:30 40 41 39 40  0
    BOLT 2026-03-02T09:30 50 55 45 50  2
    BOLT 2026-03-03T09:30 60 60 60 60  -""")
INTRADAY = {"ACME": TWO_DAYS, "BOLT": TWO_DAYS}


def test_days_have_averages_volumes_and_shares_of_the_volume():
    found = compare(MINUTES, ["BOLT", "ACME"], INTRADAY)
    assert found.daily_average.rows() == [(date(2026, 3, 2), 50, 20), (date(2026, 3, 3), 60, 40)]
    assert found.daily_volume.rows() == [(date(2026, 3, 2), 2, 8), (date(2026, 3, 3), None, 0)]
    assert found.daily_share.rows() == [(date(2026, 3, 2), 0.2, 0.8), (date(2026, 3, 3), None, None)]


def test_hours_have_their_highest_price():
    found = compare(MINUTES, ["BOLT", "ACME"], INTRADAY).hourly_high
    stamps = found["ts"].dt.convert_time_zone("America/New_York").dt.to_string("%d %H:%M").to_list()
    assert list(zip(stamps, found["BOLT"], found["ACME"], strict=True)) == [
        ("02 09:00", 55, 22),
        ("02 10:00", None, 32),
        ("03 09:00", 60, 41),
    ]
    assert days([1, 2], [3, 4]).hourly_high.is_empty()


def test_a_symbol_without_bars_has_nulls_and_takes_nothing_from_the_others():
    found = compare(closes_of([1.0, 2.0]), ["ACME", "NONE"], {"ACME": JANUARY, "NONE": JANUARY}, window=1)
    assert found.left_out == ("NONE",)
    assert column(found.rebased, "ACME") == {1: 0, 2: 100}
    assert found.moving_average["ACME"].to_list() == [1, 2]
    assert found.moving_average["NONE"].to_list() == [None, None]
    assert found.statistics["last"].to_list() == [2, None]
    nothing = compare(frame_of(BARS), ["ACME", "NONE"], {"ACME": JANUARY, "NONE": JANUARY})
    assert (nothing.common, nothing.left_out, nothing.statistics.height) == (None, ("ACME", "NONE"), 2)
    assert nothing.rebased.is_empty()


@pytest.mark.parametrize("symbols", [[], ["ACME"], ["ACME", "ACME"], [f"S{nth}" for nth in range(9)]])
def test_two_to_eight_different_symbols_can_be_compared(symbols: list[str]):
    with pytest.raises(InvalidInput, match="Name 2 to 8 different symbols"):
        compare(frame_of(BARS), symbols, dict.fromkeys(symbols, JANUARY))


def test_a_window_of_no_bars_is_refused():
    with pytest.raises(InvalidInput, match="No average of 0 bars"):
        days([1], [2], window=0)


def test_bars_of_two_intervals_are_a_broken_promise():
    with pytest.raises(ValueError, match="several intervals"):
        compare(pl.concat([MINUTES, closes_of([1.0])]), ["ACME", "BOLT"], INTRADAY)


CLOSES = st.lists(st.tuples(*[st.floats(1, 1000)] * 3), min_size=1, max_size=20)


@given(CLOSES, st.data())
def test_dropping_rows_of_one_symbol_changes_no_value_at_the_days_that_remain(rows, data):
    columns = [list(values) for values in zip(*rows, strict=True)]
    inside = range(1, len(rows) - 1)  # the first day and the last stay: they are the common stretch
    gone = data.draw(st.sets(st.sampled_from(inside))) if inside else set()
    thinned = [None if nth in gone else value for nth, value in enumerate(columns[1])]
    whole, thin = days(*columns), days(columns[0], thinned, columns[2])
    kept = whole.rebased.filter(~pl.Series(range(len(rows))).is_in(list(gone)))
    assert_frame_equal(thin.rebased.drop_nulls(), kept)
    for symbol, values in (("BOLT", thinned), ("CORK", columns[2])):
        expected = {
            nth + 1: pytest.approx(first / other)
            for nth, (first, other) in enumerate(zip(columns[0], values, strict=True))
            if other is not None
        }
        assert column(thin.ratio, symbol) == expected
