from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from bars.tables import DAY, assert_bars, at, lean, lean_minutes, since_midnight, trades_of
from market import SHARED, needs_shared
from openbell.bars.aggregate import bars_from
from openbell.bars.resample import resample
from openbell.model.frames import TRADES, conform, frame_of
from openbell.model.interval import MINUTE, Interval
from openbell.model.sessions import sessions

MONDAY = sessions("XNYS", DAY, DAY)


def test_a_quiet_minute_has_no_bar():
    trades = trades_of("""
        ACME 09:30:01 10.0 100
        ACME 09:30:59 10.4  50
        ACME 09:32:00 10.1  10""")
    assert_bars(
        bars_from(trades, MINUTE, MONDAY),
        """
        ACME 09:30 10.0 10.4 10.0 10.4 150
        ACME 09:32 10.1 10.1 10.1 10.1  10""",
    )


def test_trades_are_ordered_by_event_time_then_by_the_source():
    trades = trades_of("""
        ACME 09:30:30 10.2 1
        ACME 09:30:10 10.0 1
        ACME 09:30:30 10.3 1
        BOLT 09:30:20 55.0 1""")
    assert_bars(
        bars_from(trades.reverse(), MINUTE, MONDAY),
        """
        ACME 09:30 10.0 10.3 10.0 10.3 3
        BOLT 09:30 55.0 55.0 55.0 55.0 1""",
    )


def test_suspicious_trades_trades_without_a_price_and_restated_ones_are_left_out():
    trades = trades_of("""
        ACME 09:30:01 10.0 100
        ACME 09:30:02 99.0 100 !
        ACME 09:30:03 -    100
        ACME 09:30:04 10.0 100 4000000
        ACME 09:30:05 10.0 100 1000000""")
    assert_bars(bars_from(trades, MINUTE, MONDAY), "ACME 09:30 10.0 10.0 10.0 10.0 100")


def test_a_closing_cross_printed_late_belongs_to_the_last_bar_and_other_late_trades_to_the_evening():
    trades = trades_of("""
        ACME 15:59:59 10.0 100
        ACME 16:00:30 10.2  50
        ACME 16:01:13 10.1 900 80""")
    assert_bars(
        bars_from(trades, MINUTE, MONDAY),
        """
        ACME 15:59 10.0 10.1 10.0 10.1 1000
        ACME 16:00 10.2 10.2 10.2 10.2   50""",
    )


def test_on_a_half_day_the_closing_cross_belongs_to_the_bar_before_one():
    trades = trades_of("ACME 2026-11-27T13:00:20 10.1 900 20000080")
    black_friday = sessions("XNYS", date(2026, 11, 27), date(2026, 11, 27))
    assert_bars(bars_from(trades, MINUTE, black_friday), "ACME 2026-11-27T12:59 10.1 10.1 10.1 10.1 900")


def test_without_extended_hours_the_closing_auction_belongs_to_the_last_bar():
    trades = trades_of("""
        ACME 11:29:00 10.0 100
        ACME 11:35:20 10.1 900
        ACME 12:30:00 10.9   1""")
    london = sessions("XLON", DAY, DAY)
    assert_bars(bars_from(trades, MINUTE, london), "ACME 11:29 10.0 10.1 10.0 10.1 1000")


def test_what_may_not_set_the_last_price_counts_in_volume_and_sets_a_price_only_where_there_is_no_other():
    trades = trades_of("""
        ACME 09:30:01 10.0 100
        ACME 09:30:02  9.0  20 20100000
        ACME 09:30:03 11.0  10 4000
        ACME 09:31:02  9.5  70 100000""")
    assert_bars(
        bars_from(trades, MINUTE, MONDAY),
        """
        ACME 09:30 10.0 10.0 10.0 10.0 130
        ACME 09:31  9.5  9.5  9.5  9.5  70""",
    )


def test_trades_outside_every_session_have_no_bar():
    trades = trades_of("""
        ACME 03:59:59 10.0 1
        ACME 04:00:00 10.1 2
        ACME 19:59:59 10.2 3
        ACME 20:00:00 10.3 4""")
    assert_bars(
        bars_from(trades, Interval.parse("1h"), MONDAY),
        """
        ACME 04:00 10.1 10.1 10.1 10.1 2
        ACME 19:00 10.2 10.2 10.2 10.2 3""",
        interval="1h",
    )


def test_a_day_bar_is_made_of_the_regular_session_and_bears_its_date():
    trades = trades_of("""
        ACME 08:00:00  9.0  10
        ACME 09:30:00 10.0 100
        ACME 16:03:00 10.5 900 80
        ACME 18:00:00 11.0  10""")
    assert_bars(
        bars_from(trades, Interval.parse("1d"), MONDAY), "ACME 2026-03-02 10.0 10.5 10.0 10.5 1000", interval="1d"
    )


def test_trades_of_unknown_size_make_a_bar_of_unknown_volume():
    trades = trades_of("ACME 09:30:01 10.0 -")
    assert_bars(bars_from(trades, MINUTE, MONDAY), "ACME 09:30 10.0 10.0 10.0 10.0 -")


def test_no_trades_or_no_sessions_make_no_bars():
    assert bars_from(frame_of(TRADES), MINUTE, MONDAY).is_empty()
    assert bars_from(trades_of("ACME 09:30:01 10.0 1"), MINUTE, MONDAY.clear()).is_empty()


SECONDS = st.integers(0, 16 * 3600 - 1)  # from 04:00 to 20:00
CONDITIONS = st.sampled_from([None, "80", "100000"])
PRINTS = st.lists(st.tuples(SECONDS, st.integers(1, 500), st.integers(1, 999), CONDITIONS), max_size=60)


@given(prints=PRINTS, step=st.sampled_from(["5m", "30m", "1h", "4h"]))
def test_longer_bars_made_from_minutes_are_those_made_from_trades(prints, step):
    names = ("ts", "price", "size", "condition", "seq", "symbol", "source")
    trades = frame_of(
        TRADES,
        (
            dict(zip(names, (at("04:00") + timedelta(seconds=second), *rest, seq, "ACME", "tape"), strict=True))
            for seq, (second, *rest) in enumerate(prints)
        ),
    )
    longer = Interval.parse(step)
    by_way_of_minutes = resample(bars_from(trades, MINUTE, MONDAY), longer, MONDAY, hours="extended")
    assert_frame_equal(by_way_of_minutes, bars_from(trades, longer, MONDAY))


@pytest.fixture(scope="module")
def ibm() -> pl.DataFrame:
    """IBM's minutes of 2013-10-11, `volume` made from trades beside `volume_file` of the vendor's own minutes."""
    day = date(2013, 10, 11)
    columns = ["ms", "price", "size", "venue", "condition", "suspicious"]
    rows = lean(SHARED / "ticks" / "lean_tick_ibm_20131011_trade.zip", columns)
    trades = rows.with_row_index("seq").select(
        "seq", "size", "venue", since_midnight(day), symbol=pl.lit("IBM"), price=(pl.col("price") / 10_000).round(4),
        condition=pl.col("condition").cast(pl.String), suspicious=pl.col("suspicious") == 1, source=pl.lit("lean"),
    )  # fmt: skip
    bars = bars_from(conform(trades, TRADES), MINUTE, sessions("XNYS", day, day))
    minutes = lean_minutes(SHARED / "ohlcv_intraday" / "lean_min_ibm_20131011_trade.zip", "IBM", day)
    return bars.join(minutes, on=["symbol", "ts"], how="full", suffix="_file", coalesce=True).sort("ts")


@needs_shared
def test_every_minute_of_a_real_day_has_the_volume_of_the_vendors_own_bars(ibm: pl.DataFrame):
    assert ibm.height == 421
    assert ibm.filter(pl.col("volume").ne_missing(pl.col("volume_file"))).is_empty()


@needs_shared
def test_the_real_closing_cross_printed_at_1601_is_in_the_last_minute(ibm: pl.DataFrame):
    last = ibm.filter(pl.col("ts") == at("2013-10-11T15:59"))
    assert last.select("close", "close_file", "volume").row(0) == (186.16, 186.16, 233_844.0)
