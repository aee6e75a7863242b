"""The closing auction that a vendor prints in a minute after the close."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from bars.tables import DAY, assert_bars, bars_of, lean_minutes
from market import SHARED, needs_shared
from openbell.bars.resample import resample
from openbell.model.frames import BARS, conform
from openbell.model.interval import Interval
from openbell.model.sessions import sessions

TODAY = sessions("XNYS", DAY, DAY)
WHOLE_DAY = Interval(1, "d")

SESSION = """
    ACME 09:30 10 12  9 11 450
    ACME 15:40 11 11 11 11  20
    ACME 15:58 11 11 11 11  30
    ACME 15:59 11 11 10 10 300
"""
USUAL = """
    ACME 16:08 12 15 12 15  10
    ACME 16:11 15 15  5  5  10
    ACME 16:20 10 10 10 10  10
"""


def day_of(after: str, evening: str = USUAL, interval: str = "1m") -> tuple[float, float, float, float]:
    """High, low, close and volume of the day of SESSION with these bars after its close."""
    row = resample(bars_of(SESSION + after + evening, interval), WHOLE_DAY, TODAY).row(0, named=True)
    return row["high"], row["low"], row["close"], row["volume"]


def test_an_auction_printed_after_the_close_is_the_days_close_and_counts_in_its_volume():
    minutes = SESSION + "    ACME 16:01 8 8 8 8 900\n    BOLT 16:01 99 99 99 99 900" + USUAL
    assert_bars(resample(bars_of(minutes), WHOLE_DAY, TODAY), "ACME 2026-03-02 10 12 8 8 1700", "1d")


@pytest.mark.parametrize(
    ("after", "close", "volume"),
    [
        (" ACME 16:00 13 14 8 9 900", 9, 1700),  # nothing tells the two apart: the later one
        (" ACME 16:00 13 14 8 9 900\n ACME 16:02 13 13 13 13 400", 13, 2100),  # the price that recurs
        (" ACME 16:00 9 13 9 13 150\n ACME 16:05 13 13 13 13 900", 13, 1850),  # in parts, until five past
    ],
)
def test_the_auctions_price_is_the_open_or_the_close_that_recurs(after: str, close: float, volume: float):
    assert day_of(after)[2:] == (close, volume)


def test_the_auctions_price_alone_is_in_the_days_range():
    assert day_of(" ACME 16:00 13 99 1 13 900") == (13, 9, 13, 1700)


@pytest.mark.parametrize(
    "after",
    [
        " ACME 16:00 13 13 13 13 300",  # no more than the last minute of the session, which has the auction then
        " ACME 16:06 13 13 13 13 900",  # too late
        " ACME 15:29 10 10 10 10 0\n ACME 16:00 13 13 13 13 -",  # no volume
    ],
)
def test_other_trades_after_the_close_are_none_of_the_days(after: str):
    assert day_of(after)[2:] == (10, 800)


def test_a_busy_evening_is_no_auction():
    busy = USUAL.replace("  10\n", "  100\n")
    assert day_of(" ACME 16:00 13 13 13 13 900", busy)[2:] == (10, 800)


@pytest.mark.parametrize(("volume", "close"), [(300, 10), (301, 13)])
def test_without_an_evening_the_last_half_hour_tells_what_is_usual(volume: int, close: float):
    assert day_of(f" ACME 16:00 13 13 13 13 {volume}", "")[2] == close


def test_a_trade_after_the_close_of_a_share_that_hardly_trades_is_no_auction():
    minutes = bars_of("ACME 09:30 10 10 10 10 4\n ACME 15:59 10 10 10 10 8\n ACME 16:00 11 11 11 11 900")
    assert resample(minutes, WHOLE_DAY, TODAY)["close"].to_list() == [10]


def test_bars_of_five_minutes_and_markets_without_extended_hours_have_no_such_bar():
    assert day_of(" ACME 16:00 13 13 13 13 900", interval="5m")[2:] == (10, 800)
    tokyo = sessions("XTKS", DAY, DAY)
    minutes = bars_of("ACME 01:00 10 10 10 10 5\n ACME 01:31 13 13 13 13 900")  # 15:00 and 15:31 in Tokyo
    assert resample(minutes, WHOLE_DAY, tokyo)["close"].to_list() == [13]  # by the rule of its own: see `segments`


def test_the_minutes_stay_where_they_are():
    minutes = bars_of(SESSION + "    ACME 16:01 8 8 8 8 900" + USUAL)
    assert resample(minutes, Interval(1, "m"), TODAY)["close"].to_list() == [11, 11, 11, 10]
    assert resample(minutes, Interval(1, "h"), TODAY)["close"].to_list() == [11, 10]


def test_a_session_without_trades_has_no_day_of_its_auction_alone():
    assert resample(bars_of(" ACME 16:01 8 8 8 8 900" + USUAL), WHOLE_DAY, TODAY).is_empty()


OFFICIAL = {
    (2020, 11): {23: 210.11, 24: 213.86, 25: 213.87, 27: 215.23, 30: 214.07},
    (2020, 12): {
        1: 216.21, 2: 215.37, 3: 214.24, 4: 214.36, 7: 214.29, 8: 216.01, 9: 211.80, 10: 210.52,
        11: 213.26, 14: 214.20, 15: 214.13, 16: 219.28, 17: 219.42, 18: 218.59,
    },
}  # fmt: skip
"""Microsoft's closes: another vendor's adjusted ones, scaled to 215.23 on the 27th; no dividend lies between."""


@needs_shared
def test_the_minutes_of_a_vendor_that_prints_it_late_have_the_official_closes():
    path = SHARED / "ohlcv_intraday" / "av_MSFT_1min_ext_202012.csv.gz"
    stamped = pl.read_csv(path, try_parse_dates=True).sort("time")  # the ends of minutes in New York
    minutes = conform(
        stamped.with_columns(
            ts=(pl.col("time") - timedelta(minutes=1))
            .dt.replace_time_zone("America/New_York")
            .dt.convert_time_zone("UTC"),
            symbol=pl.lit("MSFT"),
            interval=pl.lit("1m"),
            scale=pl.lit("raw"),
        ),
        BARS,
    )
    days = resample(minutes, WHOLE_DAY, sessions("XNAS", date(2020, 11, 23), date(2020, 12, 18)))
    expected = {date(*month, day): close for month, closes in OFFICIAL.items() for day, close in closes.items()}
    assert dict(days.select(pl.col("ts").dt.date(), "close").iter_rows()) == expected
    assert days["volume"].item(3) == 11_251_126 + 1_480_168  # the half day's session and its auction


@needs_shared
@pytest.mark.parametrize(("day", "close"), [(5, 647.35), (6, 645.57), (9, 93.70)])
def test_the_minutes_of_a_vendor_that_prints_it_at_the_close_are_left_alone(day: int, close: float):
    when = date(2014, 6, day)
    minutes = lean_minutes(SHARED / "ohlcv_intraday" / f"lean_min_aapl_{when:%Y%m%d}_trade.zip", "AAPL", when)
    assert resample(minutes, WHOLE_DAY, sessions("XNAS", when, when))["close"].to_list() == [close]
