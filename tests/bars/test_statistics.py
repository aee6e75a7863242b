from __future__ import annotations

from datetime import date

import polars as pl
from polars.testing import assert_frame_equal

from bars.tables import DAY, bars_of, lean_minutes
from market import SHARED, needs_shared
from openbell.bars.statistics import by_day, by_hour
from openbell.model.frames import BARS, frame_of
from openbell.model.sessions import sessions

TWO_DAYS = sessions("XNYS", DAY, date(2026, 3, 3))
MINUTES = bars_of("""
    ACME 2026-03-02T09:29 99 99 99 99 99
    ACME 2026-03-02T09:30 10 12  8 10  1
    ACME 2026-03-02T10:00 20 22 18 20  3
    ACME 2026-03-03T09:45 30 32 28 30  0
    ACME 2026-03-03T15:59 -  -  -  -   -
    BOLT 2026-03-03T16:00 50 50 50 50  5""")
COLUMNS = ["mean_open", "mean_high", "mean_low", "mean_close", "high", "low", "volume", "vwap", "bars"]
KINDS = {**dict.fromkeys(COLUMNS, pl.Float64), "bars": pl.Int64}


def statistics_of(part: str, kind: pl.DataType, rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"symbol": pl.String, part: kind, **KINDS}, orient="row")


def test_a_day_has_averages_extremes_volume_and_the_mean_weighted_by_volume():
    assert_frame_equal(by_day(MINUTES, TWO_DAYS), statistics_of("date", pl.Date(), [
        ("ACME", date(2026, 3, 2), 15.0, 17.0, 13.0, 15.0, 22.0, 8.0, 4.0, 17.5, 2),
        ("ACME", date(2026, 3, 3), 30.0, 32.0, 28.0, 30.0, 32.0, 28.0, 0.0, None, 2),
    ]))  # fmt: skip


def test_an_hour_is_one_of_the_exchanges_clock_over_all_days():
    assert_frame_equal(by_hour(MINUTES, "America/New_York"), statistics_of("hour", pl.Int8(), [
        ("ACME", 9, 139 / 3, 143 / 3, 45.0, 139 / 3, 99.0, 8.0, 100.0, 98.11, 3),
        ("ACME", 10, 20.0, 22.0, 18.0, 20.0, 22.0, 18.0, 3.0, 20.0, 1),
        ("ACME", 15, None, None, None, None, None, None, None, None, 1),
        ("BOLT", 16, 50.0, 50.0, 50.0, 50.0, 50.0, 50.0, 5.0, 50.0, 1),
    ]))  # fmt: skip


def test_a_days_bar_is_its_own_average_and_has_no_vwap_and_no_hour():
    day = bars_of("ACME 2026-03-02 10 13 7 10 4", "1d")
    assert by_day(day, TWO_DAYS).rows() == [("ACME", date(2026, 3, 2), 10, 13, 7, 10, 13, 7, 4, None, 1)]
    assert by_hour(day, "America/New_York").is_empty()


def test_no_bars_have_no_statistics():
    assert by_day(frame_of(BARS), TWO_DAYS).is_empty()
    assert by_hour(frame_of(BARS), "UTC").is_empty()


@needs_shared
def test_the_day_of_a_real_minute_file_has_the_vendors_extremes_and_volume():
    day = date(2013, 10, 11)
    minutes = lean_minutes(SHARED / "ohlcv_intraday" / "lean_min_spy_20131011_trade.zip", "SPY", day)
    found = by_day(minutes, sessions("XNYS", day, day)).row(0, named=True)
    assert (found["high"], found["low"], found["volume"], found["bars"]) == (170.32, 168.77, 88_751_455.0, 390)
    assert found["low"] < found["vwap"] < found["high"]
