"""A summary of the lake is what plain Polars makes of the newest known rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from openbell import summary
from openbell.model.errors import InvalidInput
from openbell.model.frames import BARS, INSTRUMENTS, conform, frame_of
from openbell.model.interval import DAY, MINUTE
from openbell.model.sessions import EXCHANGES
from openbell.store.lake import Lake
from openbell.summary import Summary, summarize

LEARNED = datetime(2026, 3, 10, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
YEARS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


def bars(symbol: str, stamps: list[datetime], closes: list[float | None], source: str = "test") -> pl.DataFrame:
    """Minutes that open one below the close, and reach two above and three below it."""
    close = pl.col("close")
    rows = pl.DataFrame({"ts": stamps, "close": closes}, schema={"ts": BARS["ts"], "close": pl.Float64})
    return conform(
        rows.with_columns(
            open=close - 1,
            high=close + 2,
            low=close - 3,
            volume=pl.lit(100.0),
            symbol=pl.lit(symbol),
            interval=pl.lit("1m"),
            scale=pl.lit("raw"),
            source=pl.lit(source),
        ),
        BARS,
    )


def minutes(count: int, start: datetime = MONDAY, every: int = 1) -> list[datetime]:
    return [start + timedelta(minutes=every * nth) for nth in range(count)]


def listed(lake: Lake, **exchanges: str) -> None:
    rows = [{"id": s, "ticker": s, "exchange": e, "simulated": True} for s, e in exchanges.items()]
    lake.append_instruments(frame_of(INSTRUMENTS, rows), LEARNED)


def tables(folder: Path) -> dict[str, pl.DataFrame]:
    return {name: pl.read_parquet(sorted((folder / name).iterdir())) for name in summary.TABLES}


def in_plain_polars(lake: Lake, symbols: list[str], zone: str = "UTC") -> dict[str, pl.DataFrame]:
    rows = lake.bars(symbols, MINUTE, *YEARS)
    day = pl.col("ts").dt.convert_time_zone(zone).dt.date().alias("date")
    hour = pl.col("ts").dt.truncate("1h").alias("hour")
    return {
        "daily": rows.group_by("symbol", day).agg(pl.col(*summary.PRICES).mean()).sort("symbol", "date"),
        "hourly": rows.group_by("symbol", hour).agg(pl.max("high")).sort("symbol", "hour"),
        "average": rows.select("symbol", "ts", average=pl.col("close").rolling_mean(20).over("symbol")),
    }


def assert_same(found: dict[str, pl.DataFrame], expected: dict[str, pl.DataFrame]) -> None:
    for name, table in expected.items():
        assert_frame_equal(found[name], table, abs_tol=1e-9)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def test_each_table_is_told_in_full(lake: Lake, tmp_path: Path):
    stamps = [*minutes(3, MONDAY, every=20), MONDAY + timedelta(days=1)]
    lake.append_bars(bars("ACME", stamps, [10.0, 20.0, 30.0, 5.0]), LEARNED)
    assert summarize(lake, MINUTE, tmp_path / "out") == Summary(daily=2, hourly=3, average=4)
    found = tables(tmp_path / "out")
    assert found["daily"].rows() == [
        ("ACME", date(2026, 3, 2), 19.0, 22.0, 17.0, 20.0),
        ("ACME", date(2026, 3, 3), 4.0, 7.0, 2.0, 5.0),
    ]
    assert found["hourly"].rows() == [
        ("ACME", MONDAY.replace(minute=0), 22.0),
        ("ACME", MONDAY.replace(hour=15, minute=0), 32.0),
        ("ACME", MONDAY.replace(day=3, minute=0), 7.0),
    ]
    assert found["average"].rows() == [("ACME", stamp, None) for stamp in stamps]


def test_the_average_of_twenty_closes_begins_anew_with_each_symbol(lake: Lake, tmp_path: Path):
    lake.append_bars(bars("ACME", minutes(21), [float(n) for n in range(21)]), LEARNED)
    lake.append_bars(bars("ZETA", minutes(20), [7.0] * 20), LEARNED)
    summarize(lake, MINUTE, tmp_path / "out")
    averages = tables(tmp_path / "out")["average"]["average"].to_list()
    assert averages == [None] * 19 + [9.5, 10.5] + [None] * 19 + [7.0]


def test_a_correction_counts_once_and_the_newest_wins(lake: Lake, tmp_path: Path):
    lake.append_bars(bars("ACME", minutes(2), [10.0, 11.0], source="first"), LEARNED)
    lake.append_bars(bars("ACME", minutes(2), [20.0, 11.0], source="second"), LEARNED + timedelta(hours=1))
    summarize(lake, MINUTE, tmp_path / "out")
    assert tables(tmp_path / "out")["daily"]["close"].to_list() == [15.5]


def test_a_missing_price_is_left_out_of_means_and_highs_and_empties_the_average_while_in_its_window(
    lake: Lake, tmp_path: Path
):
    closes: list[float | None] = [float(n) for n in range(60)]
    closes[25] = None
    lake.append_bars(bars("ACME", minutes(60), closes), LEARNED)
    lake.append_bars(bars("VOID", minutes(2), [None, None]), LEARNED)
    summarize(lake, MINUTE, tmp_path / "out")
    found = tables(tmp_path / "out")
    assert_same(found, in_plain_polars(lake, ["ACME", "VOID"]))
    assert found["daily"].filter(pl.col("symbol") == "VOID")["close"].to_list() == [None]
    assert found["average"]["average"].null_count() == 19 + 20 + 2


def test_a_trade_date_is_that_of_the_exchange(lake: Lake, tmp_path: Path):
    listed(lake, ACME="XNYS", NIKK="XTKS")
    evening = datetime(2026, 3, 3, 0, 30, tzinfo=UTC)  # Monday 19:30 in New York, Tuesday 09:30 in Tokyo
    for symbol in ("ACME", "NIKK", "COIN"):
        lake.append_bars(bars(symbol, [evening], [1.0]), LEARNED)
    summarize(lake, MINUTE, tmp_path / "out")
    assert tables(tmp_path / "out")["daily"].select("symbol", "date").rows() == [
        ("ACME", date(2026, 3, 2)),
        ("COIN", date(2026, 3, 3)),
        ("NIKK", date(2026, 3, 3)),
    ]


def test_every_exchange_lies_whole_hours_from_utc():
    for exchange in EXCHANGES.values():
        for month in (1, 7):
            offset = datetime(2026, month, 1, tzinfo=ZoneInfo(exchange.zone)).utcoffset()
            assert offset is not None
            assert offset % timedelta(hours=1) == timedelta(0), exchange


def test_batches_workers_years_and_files_change_no_number(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(summary, "BATCH_ROWS", 100)
    rng = np.random.default_rng(7)
    symbols = [f"S{n}" for n in range(7)]
    for symbol in symbols:
        for start in (datetime(2025, 12, 31, 20, tzinfo=UTC), MONDAY):
            closes = np.round(100 + rng.normal(0, 1, 90).cumsum(), 2)
            lake.append_bars(bars(symbol, minutes(90, start, every=7), closes.tolist()), LEARNED)
    expected = in_plain_polars(lake, symbols)
    for workers in (1, 2, 3, 20):
        summarize(lake, MINUTE, tmp_path / str(workers), workers=workers)
        assert_same(tables(tmp_path / str(workers)), expected)
    lake.compact()
    summarize(lake, MINUTE, tmp_path / "compacted")
    assert_same(tables(tmp_path / "compacted"), expected)


class GrowingLake(Lake):
    """A lake into which an import writes a new symbol just after it was asked what there is."""

    def spans(self) -> pl.DataFrame:
        found = super().spans()
        self.append_bars(bars("MIDL", minutes(1), [1.0]), LEARNED)
        return found


def test_a_symbol_that_arrives_meanwhile_is_left_for_the_next_time(tmp_path: Path):
    lake = GrowingLake(tmp_path / "lake")
    for symbol in ("ACME", "ZETA"):
        lake.append_bars(bars(symbol, minutes(1), [1.0]), LEARNED)
    assert summarize(lake, MINUTE, tmp_path / "first") == Summary(2, 2, 2)
    assert summarize(lake, MINUTE, tmp_path / "next") == Summary(3, 3, 3)


def test_an_empty_lake_has_empty_tables(lake: Lake, tmp_path: Path):
    assert summarize(lake, MINUTE, tmp_path / "out") == Summary()
    assert [table.height for table in tables(tmp_path / "out").values()] == [0, 0, 0]


def test_days_have_no_hours_and_a_folder_in_use_is_left_alone(lake: Lake, tmp_path: Path):
    with pytest.raises(InvalidInput, match="have no hours"):
        summarize(lake, DAY, tmp_path / "out")
    (tmp_path / "mine.txt").touch()
    with pytest.raises(InvalidInput, match="is not empty"):
        summarize(lake, MINUTE, tmp_path)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["ACME", "MIDL", "ZETA"]),
            st.integers(0, 200),
            st.one_of(st.none(), st.integers(1, 50_000).map(lambda cents: cents / 100)),
            st.sampled_from(["first", "second"]),
        ),
        min_size=1,
        max_size=120,
    )
)
def test_any_bars_give_what_plain_polars_gives(tmp_path_factory: pytest.TempPathFactory, rows: list):
    folder = tmp_path_factory.mktemp("lake")
    lake = Lake(folder / "lake")
    listed(lake, ACME="XNYS", MIDL="XNYS", ZETA="XNYS")
    newest = {(symbol, at, source): close for symbol, at, close, source in rows}
    for nth, source in enumerate(("first", "second")):
        told = [
            bars(s, [MONDAY + timedelta(minutes=11 * at)], [c], f) for (s, at, f), c in newest.items() if f == source
        ]
        if told:
            lake.append_bars(pl.concat(told), LEARNED + timedelta(hours=nth))
    summarize(lake, MINUTE, folder / "out")
    assert_same(tables(folder / "out"), in_plain_polars(lake, ["ACME", "MIDL", "ZETA"], "America/New_York"))
