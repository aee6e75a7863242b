from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
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


def test_what_the_days_volume_grows_by_was_traded_at_the_new_price():
    quotes = quotes_of("""
        ACME 14:30:00 10.0 1000
        BOLT 14:30:00 55.0 10
        ACME 14:30:01 10.1 1500
        ACME 14:30:02 10.1 1500
        ACME 14:30:03 10.0 1500
        BOLT 14:30:04 55.0 12""")
    assert told(Prints().of(quotes)) == [
        ("ACME", "14:30:00", 10.0, 0.0),  # what was traded before we listened is not of this instant
        ("BOLT", "14:30:00", 55.0, 0.0),
        ("ACME", "14:30:01", 10.1, 500.0),
        ("ACME", "14:30:03", 10.0, 0.0),  # the price moved, whatever the volume says
        ("BOLT", "14:30:04", 55.0, 2.0),
    ]


def test_an_older_quote_prints_nothing():
    assert told(Prints().of(quotes_of("ACME 14:30:05 10.0 1000\nACME 14:30:01 9.0 1500"))) == [
        ("ACME", "14:30:05", 10.0, 0.0)
    ]


def test_a_volume_that_falls_was_corrected_but_over_midnight_it_begins_anew():
    prints = Prints()
    prints.of(quotes_of("ACME 23:59:59 10.0 1000\nBOLT 20:00:00 55.0 700"))
    assert told(prints.of(quotes_of("ACME 00:00:01 10.0 40\nBOLT 14:30:00 56.0 300", day=3))) == [
        ("ACME", "00:00:01", 10.0, 40.0),
        ("BOLT", "14:30:00", 56.0, 0.0),  # nobody listened meanwhile: the 300 were not traded now
    ]
    assert told(prints.of(quotes_of("ACME 00:00:02 10.0 30\nACME 00:00:03 10.0 35", day=3))) == [
        ("ACME", "00:00:02", 10.0, 0.0),
        ("ACME", "00:00:03", 10.0, 5.0),
    ]


def test_quotes_without_a_volume_make_prints_of_unknown_size():
    assert told(Prints().of(quotes_of("EURUSD=X 14:30:00 1.1 -\nEURUSD=X 14:30:01 1.2 -"))) == [
        ("EURUSD=X", "14:30:00", 1.1, None),
        ("EURUSD=X", "14:30:01", 1.2, None),
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
    first = Prints()
    parts = [first.of(quotes[:cut]), Prints(first.heard()).of(quotes[cut:])]
    whole = Prints().of(quotes)
    assert_frame_equal(pl.concat(parts).drop("seq"), whole.drop("seq"))
