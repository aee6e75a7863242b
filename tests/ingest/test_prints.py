from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from openbell.ingest.prints import Prints
from openbell.model.frames import QUOTES, frame_of


def at(clock: str, day: int = 2) -> datetime:
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}").replace(tzinfo=UTC)


def quotes_of(table: str, day: int = 2) -> pl.DataFrame:
    rows = [line.split() for line in table.strip().splitlines()]
    return frame_of(QUOTES, (
        {"symbol": s, "ts": at(clock, day), "price": float(price), "volume": None if volume == "-" else float(volume),
         "source": "vendor"}
        for s, clock, price, volume in rows
    ))  # fmt: skip


def told(trades: pl.DataFrame) -> list[tuple[object, ...]]:
    return [
        (s, f"{ts:%H:%M:%S}", price, size)
        for s, ts, price, size in trades.select("symbol", "ts", "price", "size").iter_rows()
    ]


def session_of(symbol: str, moment: datetime) -> tuple[datetime, datetime] | None:
    """New York's, in winter; a coin's day; none for ACME.X."""
    begin, opening = ("00:00:00", "00:00:00") if symbol == "COIN" else ("09:00:00", "14:30:00")
    day = moment.day
    return None if symbol == "ACME.X" or moment < at(begin, day) else (at(begin, day), at(opening, day))


def prints_of(*tables: str, day: int = 2) -> list[tuple[object, ...]]:
    """What is printed by quotes told in several batches of one day."""
    prints = Prints(session_of)
    return [row for table in tables for row in told(prints.of(quotes_of(table, day), at("00:00:00", day)))]


def test_what_the_days_volume_grows_by_was_traded_at_the_new_price():
    assert prints_of("""
        ACME 14:30:00 10.0 1000
        BOLT 14:30:00 55.0 10
        ACME 14:30:01 10.1 1500
        ACME 14:30:02 10.1 1500
        ACME 14:30:03 10.0 1500
        BOLT 14:30:04 55.0 12""") == [
        ("ACME", "14:30:01", 10.1, 500.0),  # the first quotes may be of any age, and print nothing
        ("ACME", "14:30:03", 10.0, 0.0),  # the price moved, whatever the volume says
        ("BOLT", "14:30:04", 55.0, 2.0),
    ]


def test_an_older_quote_prints_nothing():
    assert prints_of("ACME 14:30:05 10.0 1000\nACME 14:30:01 9.0 1500\nACME 14:30:06 9.0 1000") == [
        ("ACME", "14:30:06", 9.0, 0.0)
    ]


def test_a_quote_from_before_is_remembered_and_prints_nothing():
    prints = Prints(session_of)
    prints.of(quotes_of("ACME 14:30:00 10.0 1000"), at("00:00:00"))
    assert told(prints.of(quotes_of("ACME 14:31:00 10.0 1100"), at("14:31:01"))) == []
    assert told(prints.of(quotes_of("ACME 14:31:01 10.0 1130"), at("14:31:01"))) == [("ACME", "14:31:01", 10.0, 30.0)]


def test_a_volume_that_falls_within_a_day_was_corrected():
    assert prints_of("ACME 15:00:00 10.0 1000\nACME 15:00:02 10.0 30\nACME 15:00:03 10.0 35") == [
        ("ACME", "15:00:02", 10.0, 0.0),
        ("ACME", "15:00:03", 10.0, 5.0),
    ]


@pytest.mark.parametrize(
    ("last", "first", "size"),
    [
        ("ACME 20:59:59 10.0 1000", "ACME 14:30:01 10.1 400", 400.0),  # the opening auction
        ("ACME 20:59:59 10.0 1000", "ACME 14:30:01 10.1 5000", 5000.0),  # however yesterday's volume was
        ("ACME 20:59:59 10.0 1000", "ACME 16:00:00 10.1 5000", 0.0),  # traded at any time of the day
        ("ACME 20:59:59 10.0 1000", "ACME 09:00:01 10.1 5000", 0.0),  # some vendors still tell yesterday's
        ("ACME 20:59:59 10.0 1000", "ACME 03:00:00 10.1 5000", 0.0),  # no session
        ("COIN 23:59:59 10.0 1000", "COIN 00:00:01 10.0 40", 40.0),
        ("COIN 23:59:59 10.0 30", "COIN 00:00:01 10.0 40", 40.0),
        ("COIN 23:00:00 10.0 1000", "COIN 04:00:00 10.0 40", 0.0),
        ("ACME.X 20:59:59 10.0 10", "ACME.X 14:30:01 10.1 400", 0.0),
    ],
)
def test_the_volume_of_a_new_day_counts_from_its_opening(last, first, size):
    prints = Prints(session_of)
    prints.of(quotes_of(last), at("00:00:00"))
    assert [row[-1] for row in told(prints.of(quotes_of(first, day=3), at("00:00:00", 3)))] == [size]


def test_before_the_opening_a_vendor_may_tell_yesterdays_volume_and_the_auction_is_not_lost():
    assert prints_of("ACME 14:29:59 10.0 90000\nACME 14:30:01 10.1 400\nACME 14:30:02 10.1 450") == [
        ("ACME", "14:30:01", 10.1, 400.0),
        ("ACME", "14:30:02", 10.1, 50.0),
    ]


def test_what_grew_in_a_long_silence_has_no_size():
    assert prints_of("ACME 15:00:00 10.0 1000\nACME 15:30:00 10.1 901000\nACME 15:30:01 10.1 901005") == [
        ("ACME", "15:30:00", 10.1, 0.0),
        ("ACME", "15:30:01", 10.1, 5.0),
    ]


def test_what_grew_while_the_line_was_broken_has_no_size_for_its_feed_alone():
    prints = Prints(session_of)
    quotes = quotes_of("ACME 15:00:00 10.0 1000")
    both = [quotes, quotes.with_columns(source=pl.lit("other:stream"))]
    prints.of(pl.concat(both), at("00:00:00"))
    prints.interrupt("other", at("15:00:20"))
    quotes = quotes_of("ACME 15:00:30 10.0 1500\nACME 15:00:31 10.0 1600")
    both = [quotes, quotes.with_columns(source=pl.lit("other:stream"))]
    found = prints.of(pl.concat(both), at("00:00:00"))
    assert found.select("source", "size").rows() == [
        ("vendor", 500.0),
        ("vendor", 100.0),
        ("other:stream", 0.0),
        ("other:stream", 100.0),
    ]


@pytest.mark.parametrize(("ready", "size"), [("14:29:50", 29_000.0), ("14:31:30", 0.0)])
def test_the_auction_counts_for_one_who_listened_before_the_opening(ready, size):
    prints = Prints(session_of)
    prints.of(quotes_of("ACME 20:59:59 10.0 1000"), at("00:00:00"))
    prints.interrupt("", at(ready, 3))
    found = told(prints.of(quotes_of("ACME 14:32:05 10.1 29000", day=3), at("00:00:00", 3)))
    assert [row[-1] for row in found] == [size]


def test_quotes_without_a_volume_make_prints_of_unknown_size():
    assert prints_of("EURUSD=X 14:30:00 1.1 -\nEURUSD=X 14:30:01 1.2 -\nEURUSD=X 14:30:02 1.2 -") == [
        ("EURUSD=X", "14:30:01", 1.2, None),
        ("EURUSD=X", "14:30:02", 1.2, None),
    ]


ROWS = st.lists(
    st.tuples(st.sampled_from(["ACME", "BOLT"]), st.integers(0, 59), st.integers(1, 9), st.integers(0, 50)), max_size=30
)


@given(rows=ROWS, cut=st.integers(0, 30))
def test_who_goes_on_where_another_left_off_prints_the_same(rows, cut):
    quotes = frame_of(QUOTES, (
        {"symbol": s, "ts": at(f"14:30:{second:02}"), "price": float(price), "volume": float(volume), "source": "v"}
        for s, second, price, volume in rows
    ))  # fmt: skip
    first, since = Prints(session_of), at("00:00:00")
    parts = [first.of(quotes[:cut], since), Prints(session_of, first.heard()).of(quotes[cut:], since)]
    whole = Prints(session_of).of(quotes, since)
    assert_frame_equal(pl.concat(parts).drop("seq"), whole.drop("seq"))
