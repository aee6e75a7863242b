"""How fast is one symbol read: a day of its minutes, the same again, and its year as days?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import duckdb
import polars as pl
from polars.testing import assert_frame_equal

from bench import lakes, market
from bench.rows import Row
from bench.timing import median_ms
from openbell.bars.resample import resample
from openbell.history import History
from openbell.model.interval import DAY, MINUTE
from openbell.store.lake import Lake

READS = 60
YEAR = (datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
VALUES = ["ts", "open", "high", "low", "close", "volume"]

DAY_SQL = (
    "select symbol, ts, open, high, low, close, volume from bars where symbol = ? and ts >= ? and ts < ? order by ts"
)
YEAR_SQL = """
    select ts::date as day, arg_min(open, ts) as open, max(high) as high, min(low) as low,
           arg_max(close, ts) as close, sum(volume) as volume
    from bars where symbol = ? group by day order by day"""


def measure(symbols: int) -> Iterator[Row]:
    """Every read of the lake is of a symbol and day that this process has not read before."""
    lake = lakes.made_lake(symbols)
    peer = lakes.made_duckdb(lake, symbols)
    picks = _picks(symbols)
    _assert_same(lake, peer, *picks[0])
    days = [(symbol, *_ends(day)) for symbol, day in picks[1:]]
    ours: list[Callable[[], object]] = [partial(lake.bars, [s], MINUTE, first, end) for s, first, end in days]
    theirs: list[Callable[[], object]] = [partial(_ask, peer, DAY_SQL, each) for each in days]
    peers = {"DuckDB's own table": median_ms(theirs)}
    yield Row("a symbol's day of minutes, from the store", median_ms(ours), "ms", 8, peers)
    yield Row("the same again", median_ms(ours[-32:]), "ms", 1, {"DuckDB's own table": median_ms(theirs[-32:])})
    names = [symbol for symbol, _ in _picks(symbols, seed=2)]
    years: list[Callable[[], object]] = [partial(_year, lake, name) for name in names]
    theirs = [partial(_ask, peer, YEAR_SQL, [name]) for name in names]
    history = History(Lake(lake.root), _now)
    history.instrument(names[0])  # the register and the spans are read once in a process
    asked: list[Callable[[], object]] = [partial(history.bars, name, DAY, *YEAR) for name in names]
    ms, page_ms = median_ms(years), median_ms(asked)
    note = f"with its actions, split scale and register, as the page asks: {page_ms:.3g} ms"
    peers = {"DuckDB's own table": median_ms(theirs)}
    yield Row("a symbol's year of minutes as days", ms, "ms", 12, peers, note=note)
    peer.close()


def _year(lake: Lake, symbol: str) -> pl.DataFrame:
    """The year's days, made of minutes."""
    return resample(lake.bars([symbol], MINUTE, *YEAR), DAY, market.trading_days())


def _picks(symbols: int, seed: int = 1) -> list[tuple[str, date]]:
    """Symbols and trade dates by chance; no symbol twice where there are enough."""
    rng = random.Random(seed)
    names, days = market.tickers(symbols), market.trading_days()["trade_date"].to_list()
    rng.shuffle(names)
    pairs = [(names[n % symbols], day) for n, day in enumerate(rng.sample(days, READS + 1))]
    return pairs[: READS + 1]


def _now() -> datetime:
    return datetime.now(UTC)


def _ends(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def _ask(peer: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object]) -> pl.DataFrame:
    return pl.DataFrame(peer.sql(sql, params=values).to_arrow_table())


def _assert_same(lake: Lake, peer: duckdb.DuckDBPyConnection, symbol: str, day: date) -> None:
    """What is compared must be the same answer."""
    ends = _ends(day)
    theirs = _ask(peer, DAY_SQL, [symbol, *ends]).select(VALUES)
    assert_frame_equal(lake.bars([symbol], MINUTE, *ends).select(VALUES), theirs, check_dtypes=False)
    days = _ask(peer, YEAR_SQL, [symbol])
    asked = History(lake, _now).bars(symbol, DAY, *YEAR).bars
    for ours in (_year(lake, symbol), asked):
        dated = ours.select(pl.col("ts").dt.date().alias("day"), *VALUES[1:])
        assert_frame_equal(dated, days, check_dtypes=False)
