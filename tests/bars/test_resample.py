from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bars.tables import DAY, assert_bars, bars_of, lean_minutes
from market import SHARED, needs_shared
from openbell.bars.resample import resample
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, frame_of
from openbell.model.interval import Interval
from openbell.model.sessions import sessions

WEEK = sessions("XNYS", DAY, date(2026, 3, 6))


def to(step: str) -> Interval:
    return Interval.parse(step)


def test_hours_begin_with_the_open_and_the_last_is_short():
    bars = bars_of("""
        ACME 09:30 10.0 10.1  9.9 10.0 1
        ACME 10:29 10.2 10.6 10.2 10.3 2
        ACME 10:30 10.4 10.4 10.1 10.2 4
        ACME 15:29 10.5 10.5 10.5 10.5 8
        ACME 15:30 10.6 10.7 10.6 10.7 16
        ACME 15:59 10.8 10.9 10.8 10.9 32""")
    assert_bars(
        resample(bars, to("1h"), WEEK),
        """
        ACME 09:30 10.0 10.6  9.9 10.3 3
        ACME 10:30 10.4 10.4 10.1 10.2 4
        ACME 14:30 10.5 10.5 10.5 10.5 8
        ACME 15:30 10.6 10.9 10.6 10.9 48""",
        interval="1h",
    )


def test_no_bar_spans_the_night():
    bars = bars_of(
        """
        ACME 2026-03-02T15:30 10.0 10.0 10.0 10.0 1
        ACME 2026-03-03T09:30 11.0 11.0 11.0 11.0 2""",
        interval="30m",
    )
    assert_bars(
        resample(bars, to("4h"), WEEK),
        """
        ACME 2026-03-02T13:30 10.0 10.0 10.0 10.0 1
        ACME 2026-03-03T09:30 11.0 11.0 11.0 11.0 2""",
        interval="4h",
    )


EARLY_AND_LATE = """
    ACME 09:00  9.0  9.0  9.0  9.0 1
    ACME 09:29  9.1  9.1  9.1  9.1 2
    ACME 09:30 10.0 10.0 10.0 10.0 4
    ACME 15:59 10.5 10.5 10.5 10.5 8
    ACME 16:00 11.0 11.0 11.0 11.0 16
    ACME 19:59 12.0 12.0 12.0 12.0 32"""


def test_regular_hours_leave_the_extended_ones_out():
    assert_bars(
        resample(bars_of(EARLY_AND_LATE), to("1h"), WEEK),
        """
        ACME 09:30 10.0 10.0 10.0 10.0 4
        ACME 15:30 10.5 10.5 10.5 10.5 8""",
        interval="1h",
    )


def test_extended_hours_have_bars_of_their_own():
    assert_bars(
        resample(bars_of(EARLY_AND_LATE), to("1h"), WEEK, hours="extended"),
        """
        ACME 09:00  9.0  9.1  9.0  9.1 3
        ACME 09:30 10.0 10.0 10.0 10.0 4
        ACME 15:30 10.5 10.5 10.5 10.5 8
        ACME 16:00 11.0 11.0 11.0 11.0 16
        ACME 19:00 12.0 12.0 12.0 12.0 32""",
        interval="1h",
    )


def test_a_day_is_made_of_regular_hours_whatever_hours_are_asked():
    expected = "ACME 2026-03-02 10.0 10.5 10.0 10.5 12"
    assert_bars(resample(bars_of(EARLY_AND_LATE), to("1d"), WEEK), expected, interval="1d")
    assert_bars(resample(bars_of(EARLY_AND_LATE), to("1d"), WEEK, hours="extended"), expected, interval="1d")


def test_asking_for_the_same_minutes_only_chooses_the_hours():
    assert_bars(
        resample(bars_of(EARLY_AND_LATE), to("1m"), WEEK),
        """
        ACME 09:30 10.0 10.0 10.0 10.0 4
        ACME 15:59 10.5 10.5 10.5 10.5 8""",
    )


def test_missing_prices_are_passed_over_and_missing_volumes_stay_missing():
    bars = bars_of("""
        ACME 09:30 -    -    -    -    -
        ACME 09:31 10.0 10.4 -    -    -
        ACME 09:32 10.1 10.2 10.0 10.1 -
        ACME 09:33 -    -    -    -    -
        ACME 09:35 -    -    -    -    3""")
    assert_bars(
        resample(bars, to("5m"), WEEK),
        """
        ACME 09:30 10.0 10.4 10.0 10.1 -
        ACME 09:35 -    -    -    -    3""",
        interval="5m",
    )


def test_bars_in_any_order_and_of_several_symbols_are_kept_apart():
    bars = bars_of("""
        BOLT 09:31 51.0 51.0 51.0 51.0 1
        ACME 09:31 10.1 10.1 10.1 10.1 1
        BOLT 09:30 50.0 50.0 50.0 50.0 1
        ACME 09:30 10.0 10.0 10.0 10.0 1""")
    assert_bars(
        resample(bars, to("5m"), WEEK),
        """
        ACME 09:30 10.0 10.1 10.0 10.1 2
        BOLT 09:30 50.0 51.0 50.0 51.0 2""",
        interval="5m",
    )


DAYS = """
    ACME 2026-02-27 10 10 10 10 1
    ACME 2026-03-02 11 13 11 12 2
    ACME 2026-03-06 12 14 11 13 4
    ACME 2026-03-09 13 13 13 13 8
    ACME 2026-04-01 20 21 19 20 16"""


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("1w", """
            ACME 2026-02-23 10 10 10 10 1
            ACME 2026-03-02 11 14 11 13 6
            ACME 2026-03-09 13 13 13 13 8
            ACME 2026-03-30 20 21 19 20 16"""),
        ("1mo", """
            ACME 2026-02-01 10 10 10 10 1
            ACME 2026-03-01 11 14 11 13 14
            ACME 2026-04-01 20 21 19 20 16"""),
        ("1q", """
            ACME 2026-01-01 10 14 10 13 15
            ACME 2026-04-01 20 21 19 20 16"""),
        ("1y", "ACME 2026-01-01 10 21 10 20 31"),
        ("1d", DAYS),
    ],
)  # fmt: skip
def test_longer_bars_bear_the_monday_or_the_first(step: str, expected: str):
    assert_bars(resample(bars_of(DAYS, interval="1d"), to(step), WEEK), expected, interval=step)


def test_minutes_make_up_a_week_by_trade_date():
    bars = bars_of("""
        ACME 2026-03-02T09:30 10 11 10 11 1
        ACME 2026-03-02T17:00 99 99 99 99 9
        ACME 2026-03-06T15:59 12 12  9 12 2""")
    assert_bars(resample(bars, to("1w"), WEEK), "ACME 2026-03-02 10 12 9 12 3", interval="1w")


def test_several_days_are_sessions_counted_from_the_first():
    november = sessions("XNYS", date(2026, 11, 25), date(2026, 12, 4))
    bars = bars_of(
        """
        ACME 2026-11-25 1 1 1 1 1
        ACME 2026-11-27 2 2 2 2 2
        ACME 2026-11-30 3 3 3 3 4
        ACME 2026-12-02 4 4 4 4 8""",
        interval="1d",
    )
    assert_bars(
        resample(bars, to("2d"), november),
        """
        ACME 2026-11-25 1 2 1 2 3
        ACME 2026-11-30 3 3 3 3 4
        ACME 2026-12-02 4 4 4 4 8""",
        interval="2d",
    )


def test_a_market_that_never_closes_has_days_of_24_hours():
    always = sessions("24/7", DAY, DAY)
    bars = bars_of("""
        DRIFT 2026-03-01T18:59 1 1 1 1 1
        DRIFT 2026-03-01T19:00 2 2 2 2 2
        DRIFT 2026-03-02T18:59 3 3 3 3 4
        DRIFT 2026-03-02T19:00 4 4 4 4 8""")
    assert_bars(resample(bars, to("1d"), always), "DRIFT 2026-03-02 2 3 2 3 6", interval="1d")


@pytest.mark.parametrize(
    ("step", "longer"),
    [("5m", "7m"), ("5m", "1m"), ("1h", "90m"), ("1d", "1h"), ("1w", "1d"), ("1w", "1mo"), ("5d", "1w"), ("1mo", "1w"),
     ("2mo", "1q"), ("1q", "1mo"), ("1y", "1q"), ("2d", "3d")],
)  # fmt: skip
def test_an_interval_that_the_bars_do_not_make_up_is_refused(step: str, longer: str):
    bars = bars_of("ACME 2026-03-02 1 1 1 1 1", interval=step)
    with pytest.raises(InvalidInput, match=f"Bars of {step} do not make up bars of {to(longer)}"):
        resample(bars, to(longer), WEEK)


def test_bars_of_two_intervals_at_once_are_a_broken_promise():
    mixed = pl.concat([bars_of("ACME 09:30 1 1 1 1 1"), bars_of("ACME 09:30 1 1 1 1 1", interval="5m")])
    with pytest.raises(ValueError, match="several intervals"):
        resample(mixed, to("1h"), WEEK)


def test_no_bars_make_no_bars():
    assert resample(frame_of(BARS), to("1d"), WEEK).is_empty()


NTH = st.integers(0, 5 * 390 - 1)  # minute of the week's sessions
MINUTES = st.lists(st.tuples(NTH, st.none() | st.integers(1, 99), st.integers(0, 9)), unique_by=lambda row: row[0])


@given(MINUTES)
def test_longer_bars_are_the_same_by_way_of_any_step_between(minutes):
    opens = WEEK["open"].to_list()
    bars = frame_of(
        BARS,
        (
            {
                "symbol": "ACME",
                "interval": "1m",
                "ts": opens[nth // 390] + timedelta(minutes=nth % 390),
                **dict.fromkeys(("open", "high", "low", "close"), price),
                "volume": volume,
            }
            for nth, price, volume in minutes
        ),
    )
    direct = resample(bars, to("1w"), WEEK)
    assert_frame_equal(resample(resample(resample(bars, to("15m"), WEEK), to("1h"), WEEK), to("1w"), WEEK), direct)
    assert_frame_equal(resample(resample(bars, to("1d"), WEEK), to("1w"), WEEK), direct)


@needs_shared
@pytest.mark.parametrize(
    ("symbol", "day", "expected"),
    [
        ("spy", date(2013, 10, 11), (168.90, 170.32, 168.77, 170.30, 88_751_455.0)),
        ("aapl", date(2014, 6, 9), (92.69, 93.88, 91.75, 93.70, 72_875_948.0)),
    ],
)
def test_the_minutes_of_a_real_day_add_up_to_the_day(symbol: str, day: date, expected: tuple[float, ...]):
    minutes = lean_minutes(SHARED / "ohlcv_intraday" / f"lean_min_{symbol}_{day:%Y%m%d}_trade.zip", symbol, day)
    found = resample(minutes, to("1d"), sessions("XNYS", day, day))
    assert found.select("open", "high", "low", "close", "volume").rows() == [expected]
